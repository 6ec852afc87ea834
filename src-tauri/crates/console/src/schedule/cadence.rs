//! When a job is next. Pure: the clock and the zone are parameters.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Time, tz::TimeZone};
use sha2::{Digest, Sha256};

/// How often a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadence {
    /// All the time, as long as the program runs.
    Continuous,
    /// At the marks of a clock that are so far apart.
    Every(SignedDuration),
    /// Once a day at this time on this machine's clock.
    Daily(Time),
}

/// Whether a job is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It goes on all the time.
    Always,
    /// It should run now; it was due then.
    Now(Timestamp),
    /// It runs then.
    At(Timestamp),
}

/// First pause after a failure; it doubles from one failure to the next.
const FIRST_RETRY: SignedDuration = SignedDuration::from_mins(5);

/// Profiles are moved against each other by less than this.
const MOST_PHASE: i64 = 300;

/// By how much a profile's marks are moved.
pub fn phase(profile: &str) -> SignedDuration {
    let digest = Sha256::digest(profile.as_bytes());
    let number = digest.iter().take(4).fold(0_i64, |sum, byte| sum * 256 + i64::from(*byte));
    SignedDuration::from_secs(number % MOST_PHASE)
}

/// The first mark after a moment; `None` for what goes on all the time.
pub fn following(cadence: Cadence, phase: SignedDuration, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    match cadence {
        Cadence::Continuous => None,
        Cadence::Every(period) => {
            let period = period.as_secs().max(1);
            let phase = phase.as_secs() % period;
            let marks = (now.as_second() - phase).div_euclid(period) + 1;
            Some(Timestamp::from_second(marks * period + phase).unwrap_or(Timestamp::MAX))
        }
        Cadence::Daily(time) => {
            let today = zone.to_datetime(now).date();
            // Yesterday's mark may still lie ahead where the clock is put back around midnight.
            (-1..=4_i64).find_map(|days| {
                let day = today.checked_add(days.days()).ok()?;
                // A time that the clock jumps over is taken after the jump, one that comes twice the first time.
                let mark = day.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp().checked_add(phase).ok()?;
                (mark > now).then_some(mark)
            })
        }
    }
}

/// Whether a job is due. `planned` is what was kept. A mark that lies behind is due once, however many others lie behind,
/// too; one that lies further ahead than any mark can (the clock was put back) is planned anew.
pub fn due(
    cadence: Cadence,
    phase: SignedDuration,
    zone: &TimeZone,
    planned: Option<Timestamp>,
    now: Timestamp,
) -> Due {
    let Some(next) = following(cadence, phase, zone, now) else { return Due::Always };
    match planned {
        Some(at) if at <= now => Due::Now(at),
        Some(at) if at < next => Due::At(at),
        _ => Due::At(next),
    }
}

/// When a job that has just run is next: at its next mark, or sooner after a failure.
pub fn after_run(
    cadence: Cadence,
    phase: SignedDuration,
    zone: &TimeZone,
    failures: u32,
    now: Timestamp,
) -> Option<Timestamp> {
    let next = following(cadence, phase, zone, now)?;
    if failures == 0 {
        return Some(next);
    }
    let pause = FIRST_RETRY.saturating_mul(1_i32.checked_shl(failures.min(20) - 1).unwrap_or(i32::MAX));
    Some(now.checked_add(pause).map_or(next, |soon| soon.min(next)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn zones() -> impl Strategy<Value = TimeZone> {
        let names = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"];
        prop::sample::select(names.to_vec()).prop_map(|name| TimeZone::get(name).unwrap())
    }

    fn cadences() -> impl Strategy<Value = Cadence> {
        prop_oneof![
            (60_i64..86_400).prop_map(|s| Cadence::Every(SignedDuration::from_secs(s))),
            (0_i8..24, 0_i8..60).prop_map(|(h, m)| Cadence::Daily(time(h, m, 0, 0))),
        ]
    }

    /// The longest way from one mark to the next. A day may be skipped whole (Apia did), or be longer by an hour.
    fn longest(cadence: Cadence) -> SignedDuration {
        match cadence {
            Cadence::Every(period) => period,
            _ => SignedDuration::from_hours(49),
        }
    }

    /// Between 2004 and 2030.
    fn moments() -> impl Strategy<Value = Timestamp> {
        (1_080_000_000_i64..1_900_000_000).prop_map(|s| Timestamp::from_second(s).unwrap())
    }

    proptest! {
        #[test]
        fn the_next_mark_lies_ahead_and_not_far(
            cadence in cadences(), zone in zones(), now in moments(), phase in 0_i64..300, part in 0.0_f64..1.0,
        ) {
            let phase = SignedDuration::from_secs(phase);
            let next = following(cadence, phase, &zone, now).unwrap();
            prop_assert!(next > now && next.duration_since(now) <= longest(cadence), "{now} → {next}");
            // Nothing lies in between: asked from there it is the same mark.
            #[expect(clippy::cast_possible_truncation, reason = "a moment somewhere in between")]
            let within = (next.duration_since(now).as_secs_f64() * part) as i64;
            let between = now.checked_add(SignedDuration::from_secs(within)).unwrap();
            if between < next {
                prop_assert_eq!(following(cadence, phase, &zone, between), Some(next));
            }
        }

        /// A clock that sleeps, jumps forth and jumps back: each tick runs the job once at most, a jump forth brings one
        /// run and not many, a jump back never stops it for longer than one period.
        #[test]
        fn a_clock_that_jumps_neither_floods_nor_starves(
            cadence in cadences(), zone in zones(), start in moments(),
            steps in prop::collection::vec(prop_oneof![8 => 1_i64..900, 1 => 3_600_i64..1_000_000, 1 => -1_000_000_i64..0], 1..120),
        ) {
            let phase = SignedDuration::from_secs(17);
            let mut now = start;
            let mut planned = None;
            for step in steps {
                let before = now;
                now = now.checked_add(SignedDuration::from_secs(step)).unwrap();
                let ahead = match due(cadence, phase, &zone, planned, now) {
                    Due::Now(at) => {
                        prop_assert!(at <= now);
                        let next = after_run(cadence, phase, &zone, 0, now).unwrap();
                        let again = due(cadence, phase, &zone, Some(next), now);
                        prop_assert_eq!(again, Due::At(next), "one tick, one run");
                        next
                    }
                    Due::At(at) => {
                        if step > longest(cadence).as_secs() {
                            prop_assert!(planned.is_none(), "slept over its mark and does not run: {before} → {now}");
                        }
                        at
                    }
                    Due::Always => unreachable!(),
                };
                prop_assert!(ahead > now && ahead.duration_since(now) <= longest(cadence), "{now}: next is {ahead}");
                planned = Some(ahead);
            }
        }

        #[test]
        fn a_failure_is_tried_again_sooner_but_never_later_than_the_mark(
            cadence in cadences(), zone in zones(), now in moments(), failures in 0_u32..100,
        ) {
            let regular = after_run(cadence, SignedDuration::ZERO, &zone, 0, now).unwrap();
            let next = after_run(cadence, SignedDuration::ZERO, &zone, failures, now).unwrap();
            prop_assert!(next > now && next <= regular);
        }
    }

    #[test]
    fn a_daily_job_runs_once_on_each_day_of_years_with_their_shifts() {
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"] {
            let zone = TimeZone::get(name).unwrap();
            for at in [time(0, 0, 0, 0), time(2, 30, 0, 0), time(23, 59, 0, 0)] {
                let mut now = date(2011, 1, 1).to_zoned(zone.clone()).unwrap().timestamp();
                let mut last = None;
                for _ in 0..800 {
                    let next = following(Cadence::Daily(at), SignedDuration::ZERO, &zone, now).unwrap();
                    let day = zone.to_datetime(next).date();
                    assert_ne!(last, Some(day), "{name} {at}: twice on {day}");
                    if let Some(last) = last {
                        let days = day.since(last).unwrap().get_days();
                        // Samoa had no 30 December 2011.
                        assert!(days == 1 || name == "Pacific/Apia" && days == 2, "{name} {at}: {last} → {day}");
                    }
                    (last, now) = (Some(day), next);
                }
            }
        }
    }
}

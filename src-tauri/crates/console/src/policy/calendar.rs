//! When something may be interrupted: weekly windows and named freezes.

use jiff::{SignedDuration, Span, Timestamp, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A time in which nothing that interrupts is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Begin.
    pub from: Timestamp,
    /// End, not included.
    pub until: Timestamp,
    /// Why, e.g. `Black Friday`.
    pub name: String,
}

impl Freeze {
    /// Whether a moment lies in it.
    pub fn contains(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

/// A weekly time in which things that interrupt may be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Day on which it begins, 1 = Monday … 7 = Sunday.
    pub weekday: i8,
    /// Minute of that day on which it begins.
    pub minute: u16,
    /// How long, in minutes.
    pub minutes: u32,
    /// Time zone, e.g. `Europe/Berlin`.
    pub zone: String,
}

impl Window {
    /// Whether a moment lies in it. A window in an unknown zone contains nothing.
    pub fn contains(&self, now: Timestamp) -> bool {
        // It may have begun up to a week ago.
        self.begins(now, -7..=0).any(|begin| begin <= now && now.duration_since(begin) < self.length())
    }

    /// When it opens next, after a moment that does not lie in it; `None` in an unknown zone.
    pub fn opens(&self, now: Timestamp) -> Option<Timestamp> {
        self.begins(now, 0..=8).find(|begin| *begin > now)
    }

    /// How long it is open.
    pub fn length(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.minutes))
    }

    /// Its beginnings on the days around a moment, earliest first. In the night in which the clock is set back or
    /// forward it begins when the wall clock would show that time.
    fn begins(&self, now: Timestamp, days: std::ops::RangeInclusive<i64>) -> impl Iterator<Item = Timestamp> {
        let zone = TimeZone::get(&self.zone).ok();
        let wanted = Weekday::from_monday_one_offset(self.weekday).ok();
        let hour = i8::try_from(self.minute / 60).unwrap_or(23).min(23);
        let minute = i8::try_from(self.minute % 60).unwrap_or(0);
        days.filter_map(move |days| {
            let zone = zone.clone()?;
            let day = now.to_zoned(zone.clone()).date().checked_add(Span::new().days(days)).ok()?;
            let clock = jiff::civil::time(hour, minute, 0, 0);
            (Some(day.weekday()) == wanted).then(|| day.to_datetime(clock).to_zoned(zone).ok()).flatten()
        })
        .map(|begin| begin.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_that_begins_before_midnight_reaches_into_the_next_day() {
        let window = Window { weekday: 6, minute: 22 * 60, minutes: 240, zone: "Europe/Berlin".into() };
        assert!(!window.contains(at("2026-11-28T20:59:59Z")), "21:59:59 in Berlin");
        assert!(window.contains(at("2026-11-28T21:00:00Z")));
        assert!(window.contains(at("2026-11-29T00:59:59Z")), "Sunday, 01:59:59 in Berlin");
        assert!(!window.contains(at("2026-11-29T01:00:00Z")));
        let nowhere = Window { zone: "Nowhere/Land".into(), ..window };
        assert!(!nowhere.contains(at("2026-11-28T21:00:00Z")));
        assert_eq!(nowhere.opens(at("2026-11-28T21:00:00Z")), None);
    }

    #[test]
    fn a_window_opens_within_the_week_also_over_a_change_of_the_clock() {
        let window = Window { weekday: 7, minute: 2 * 60 + 30, minutes: 60, zone: "Europe/Berlin".into() };
        assert_eq!(window.opens(at("2026-11-20T14:00:00Z")), Some(at("2026-11-22T01:30:00Z")));
        // On 28 March 2027 there is no 02:30 in Berlin: it opens all the same.
        let opens = window.opens(at("2027-03-27T12:00:00Z")).unwrap();
        assert!(window.contains(opens), "{opens}");
    }

    proptest! {
        #[test]
        fn a_window_is_open_when_it_opens_and_not_before(
            weekday in 1i8..=7, minute in 0u16..1440, minutes in 1u32..=600, zone in 0usize..3, now in 1_700_000_000i64..1_900_000_000
        ) {
            let zone = ["UTC", "Europe/Berlin", "America/Los_Angeles"][zone].to_owned();
            let window = Window { weekday, minute, minutes, zone };
            let now = Timestamp::from_second(now).unwrap();
            prop_assume!(!window.contains(now));
            let opens = window.opens(now).unwrap();
            prop_assert!(opens > now && opens.duration_since(now) <= SignedDuration::from_hours(8 * 24));
            prop_assert!(window.contains(opens));
            let middle = Timestamp::from_second(i64::midpoint(now.as_second(), opens.as_second())).unwrap();
            prop_assert!(middle >= opens || !window.contains(middle), "{now} {middle} {opens}");
        }
    }
}

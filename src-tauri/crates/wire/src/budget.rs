//! How much may be asked of one host, and how much may be asked again.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::Budget;

/// Pause after the first 429 or 503 that names none.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// Distance between requests once a host has complained; grows with each complaint, shrinks with each answer.
const FIRST_SPACING: Duration = Duration::from_millis(100);
const LONGEST_SPACING: Duration = Duration::from_secs(5);
/// Below this the distance no longer matters and is dropped.
const NEGLIGIBLE_SPACING: Duration = Duration::from_millis(10);

/// The way to one host: a token bucket, a number of slots, and a pace that follows the host's complaints.
pub(crate) struct Gate {
    budget: Budget,
    bucket: DefaultDirectRateLimiter,
    clock: DefaultClock,
    slots: Arc<Semaphore>,
    pace: Mutex<Pace>,
}

/// Leave to send one request; giving it up frees the slot.
pub(crate) struct Pass {
    _slot: OwnedSemaphorePermit,
}

/// Why a call was not let through: it would have waited this long, which is more than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowded(pub(crate) Duration);

#[derive(Default)]
struct Pace {
    /// Nobody is let through earlier.
    next: Option<Instant>,
    spacing: Duration,
    complaints: u32,
}

impl Pace {
    /// Takes the next place in the row, or says how long it would take.
    fn reserve(&mut self, now: Instant, deadline: Instant) -> Result<Option<Instant>, Crowded> {
        let Some(next) = self.next.filter(|next| *next > now) else {
            self.next = (!self.spacing.is_zero()).then(|| now + self.spacing);
            return Ok(None);
        };
        if next > deadline {
            return Err(Crowded(next - now));
        }
        self.next = Some(next + self.spacing);
        Ok(Some(next))
    }

    fn complained(&mut self, now: Instant, asked: Option<Duration>, longest: Duration) {
        let own = FIRST_BACKOFF.saturating_mul(1 << self.complaints.min(10));
        let until = now + asked.unwrap_or(own).min(longest);
        self.next = Some(self.next.map_or(until, |next| next.max(until)));
        self.spacing = (self.spacing * 2).clamp(FIRST_SPACING, LONGEST_SPACING);
        self.complaints = self.complaints.saturating_add(1);
    }

    fn answered(&mut self) {
        self.complaints = 0;
        self.spacing -= self.spacing / 4;
        if self.spacing < NEGLIGIBLE_SPACING {
            self.spacing = Duration::ZERO;
        }
    }
}

impl Gate {
    pub(crate) fn new(budget: Budget) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(at_least_one(budget.per_minute)).allow_burst(at_least_one(budget.burst));
        Self {
            budget,
            bucket: RateLimiter::direct(quota),
            clock: DefaultClock::default(),
            slots: Arc::new(Semaphore::new(budget.concurrent.max(1))),
            pace: Mutex::new(Pace::default()),
        }
    }

    /// Waits for a slot, for the host's own pause and for a token, in that order.
    pub(crate) async fn admit(&self) -> Result<Pass, Crowded> {
        let deadline = Instant::now() + self.budget.longest_wait;
        let slot = match Arc::clone(&self.slots).try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => timeout_at(deadline, Arc::clone(&self.slots).acquire_owned())
                .await
                .ok()
                .and_then(Result::ok)
                .ok_or(Crowded(self.budget.longest_wait))?,
        };
        let turn = self.pace().reserve(Instant::now(), deadline)?;
        if let Some(turn) = turn {
            sleep_until(turn).await;
        }
        while let Err(denied) = self.bucket.check() {
            let wait = denied.wait_time_from(self.clock.now());
            let until = Instant::now() + wait;
            if until > deadline {
                return Err(Crowded(wait));
            }
            sleep_until(until).await;
        }
        Ok(Pass { _slot: slot })
    }

    /// The host answered 429 or 503, perhaps with a pause it asks for.
    pub(crate) fn complained(&self, asked: Option<Duration>) {
        self.pace().complained(Instant::now(), asked, self.budget.longest_backoff);
    }

    /// The host answered something else.
    pub(crate) fn answered(&self) {
        self.pace().answered();
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Repetitions that all calls share, so that an outage is not answered with three times the load.
pub(crate) struct Reserve {
    tenths: AtomicI64,
    full: i64,
}

/// What one repetition costs, in tenths.
const PRICE: i64 = 10;

impl Reserve {
    pub(crate) fn new(repetitions: u32) -> Self {
        let full = i64::from(repetitions) * PRICE;
        Self { tenths: AtomicI64::new(full), full }
    }

    /// Pays for one repetition; `false` when there is nothing left.
    pub(crate) fn pay(&self) -> bool {
        self.tenths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| (left >= PRICE).then(|| left - PRICE))
            .is_ok()
    }

    /// A call that succeeded at once earns a tenth of a repetition.
    pub(crate) fn earn(&self) {
        if self.tenths.load(Ordering::Relaxed) < self.full {
            self.tenths.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(burst: u32, wait_ms: u64) -> Budget {
        Budget {
            per_minute: 60,
            burst,
            concurrent: 4,
            longest_wait: Duration::from_millis(wait_ms),
            longest_backoff: Duration::from_secs(30),
        }
    }

    #[tokio::test]
    async fn a_full_bucket_lets_a_burst_through_and_then_refuses_who_would_wait_too_long() {
        let gate = Gate::new(budget(3, 50));
        for _ in 0..3 {
            assert!(gate.admit().await.is_ok());
        }
        let refused = gate.admit().await.err().expect("the fourth of three must wait about a second");
        assert!(refused.0 > Duration::from_millis(500), "{refused:?}");
    }

    #[tokio::test]
    async fn only_so_many_are_under_way_at_once() {
        let gate = Gate::new(Budget { concurrent: 1, ..budget(10, 30) });
        let first = gate.admit().await.expect("free");
        assert!(gate.admit().await.is_err(), "the only slot is taken");
        drop(first);
        assert!(gate.admit().await.is_ok());
    }

    #[test]
    fn a_complaint_stops_everybody_for_as_long_as_the_host_asked_but_not_longer_than_we_accept() {
        let now = Instant::now();
        let mut pace = Pace::default();
        pace.complained(now, Some(Duration::from_secs(3600)), Duration::from_secs(30));
        assert_eq!(pace.reserve(now, now + Duration::from_secs(5)), Err(Crowded(Duration::from_secs(30))));
        let turn = pace.reserve(now, now + Duration::from_secs(60)).expect("may wait a minute").expect("must wait");
        assert_eq!(turn - now, Duration::from_secs(30));
        let behind = pace.reserve(now, now + Duration::from_secs(60)).expect("may wait").expect("must wait");
        assert!(behind > turn, "those who waited do not all rush in at once");
    }

    #[test]
    fn complaints_without_a_pause_double_and_answers_bring_the_old_pace_back() {
        let now = Instant::now();
        let longest = Duration::from_secs(30);
        let mut pace = Pace::default();
        for expected in [1, 2, 4, 8, 16, 30, 30] {
            pace.next = None;
            pace.complained(now, None, longest);
            assert_eq!(pace.next, Some(now + Duration::from_secs(expected)));
        }
        for _ in 0..30 {
            pace.answered();
        }
        let later = now + Duration::from_secs(31);
        assert_eq!(pace.reserve(later, later), Ok(None));
        assert_eq!(pace.reserve(later, later), Ok(None), "no distance is kept any more");
    }

    #[test]
    fn the_reserve_runs_dry_and_is_earned_back_by_success() {
        let reserve = Reserve::new(2);
        assert!(reserve.pay() && reserve.pay());
        assert!(!reserve.pay());
        for _ in 0..9 {
            reserve.earn();
        }
        assert!(!reserve.pay(), "nine successes are not enough");
        reserve.earn();
        assert!(reserve.pay());
    }
}

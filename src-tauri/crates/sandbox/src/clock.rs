//! The sandbox's time: it runs like real time and can be pushed forward.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Real time since a start, plus what the control port has added.
///
/// Both providers read every date from here, so that a test can move a whole hosting company three weeks ahead.
#[derive(Debug, Clone)]
pub struct SimClock {
    start: Timestamp,
    anchor: Instant,
    advanced: SignedDuration,
}

impl SimClock {
    /// A clock that shows `start` now; `None` starts at the real present.
    pub fn new(start: Option<Timestamp>) -> Self {
        Self { start: start.unwrap_or_else(Timestamp::now), anchor: Instant::now(), advanced: SignedDuration::ZERO }
    }

    /// The present, as the sandbox sees it.
    pub fn now(&self) -> Timestamp {
        let real = SignedDuration::try_from(self.anchor.elapsed()).unwrap_or(SignedDuration::MAX);
        self.start.saturating_add(self.advanced.saturating_add(real)).unwrap_or(Timestamp::MAX)
    }

    /// The moment seed data was laid around.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// How far the control port has pushed the clock, in whole seconds.
    pub fn advanced_seconds(&self) -> i64 {
        self.advanced.as_secs()
    }

    /// Pushes the clock forward. Time never runs backwards: a negative figure is ignored.
    pub fn advance(&mut self, by: SignedDuration) {
        if by.is_positive() {
            self.advanced = self.advanced.saturating_add(by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_start_is_shown_and_pushing_moves_it_by_exactly_that() {
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        let mut clock = SimClock::new(Some(start));
        assert!(clock.now().duration_since(start) < SignedDuration::from_secs(5));
        clock.advance(SignedDuration::from_hours(48));
        assert!(clock.now().duration_since(start) >= SignedDuration::from_hours(48));
        clock.advance(SignedDuration::from_hours(-96));
        assert_eq!(clock.advanced_seconds(), 48 * 3600, "time does not run backwards");
    }
}

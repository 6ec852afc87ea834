//! Time as a parameter, so that expiry can be tested without waiting.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Two clocks: one that only moves forward, for expiry, and the one on the wall, for comparison with the provider's.
pub trait Clock: Send + Sync {
    /// Time since some fixed moment.
    fn monotonic(&self) -> Duration;

    /// Now.
    fn wall(&self) -> Timestamp;
}

/// The machine's clocks. While the machine sleeps the monotonic one may stand still: a token that expired meanwhile is
/// noticed by the 401 it meets.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }
}

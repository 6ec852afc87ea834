//! The billing and support side of the sandbox.

use jiff::Timestamp;
use rand_chacha::ChaCha12Rng;

use crate::journal::Journal;
use crate::seed::Estate;

/// Everything this provider remembers. Cloned for stale answers.
#[derive(Debug, Clone, Default)]
pub struct State {}

/// Lays the estate's clients and services out as this provider's records.
pub fn seed(_rng: &mut ChaCha12Rng, _estate: &Estate, _now: Timestamp) -> State {
    State::default()
}

/// Lets time pass: whatever was due by `now` happens and is journalled.
pub fn advance(_state: &mut State, _now: Timestamp, _journal: &mut Journal) {}

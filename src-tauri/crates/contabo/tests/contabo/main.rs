//! The client against servers on loopback and against the facts in `tests/contract/contabo.json`.

mod contract;
mod decoding;
mod failures;
mod lists;
mod requests;
mod settling;
mod sign_in;
mod support;

//! The client against servers on loopback and against the facts in `tests/contract/contabo.json`.

#![allow(clippy::expect_used)] // what cannot be prepared is a failed test

mod contract;
mod decoding;
mod failures;
mod lists;
mod quirks;
mod requests;
mod settling;
mod sign_in;
mod support;

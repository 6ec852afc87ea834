//! The client against servers on loopback and against the facts in `tests/contract/contabo.json`.

#![allow(clippy::expect_used)] // a helper that fails is a test that fails

mod contract;
mod decoding;
mod failures;
mod lists;
mod requests;
mod settling;
mod sign_in;
mod support;

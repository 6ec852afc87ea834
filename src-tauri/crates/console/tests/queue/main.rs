//! The queue against a real database and a provider over real HTTP.

#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used)] // one binary of tests

mod engine;
mod kinds;
mod kill;
mod laws;
mod load;
mod model;
mod plans;
mod provider;
mod rig;
mod sandbox;
mod switches;

//! The queue against a real database and a provider over real HTTP.

#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used)] // one binary of tests

mod bench;
mod billing;
mod billing_plans;
mod create;
mod create_killed;
mod create_names;
mod engine;
mod guarded;
mod guardrails;
mod kill;
mod kinds;
mod laws;
mod lines;
mod linked;
mod load;
mod locks;
mod mishaps;
mod model;
mod older;
mod plans;
mod provider;
mod rates;
mod rig;
mod sandbox;
mod switches;
mod verbs;
mod yeses;

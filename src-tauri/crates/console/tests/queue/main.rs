//! The queue against a real database and a provider over real HTTP.

#![allow(unreachable_pub)] // one binary: nothing is reached from outside

mod engine;
mod kill;
mod laws;
mod model;
mod plans;
mod provider;
mod rig;
mod sandbox;
mod switches;

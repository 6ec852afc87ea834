//! Both providers over real HTTP on loopback: for the demo, for training, for tests.
//!
//! Written from the providers' documents and using none of the other crates, so that the sandbox and our clients check
//! each other. Stateful, deterministic from a seed, with a clock that can be pushed, a journal of every change, and
//! faults on demand.
//!
//! One [`world::World`] holds everything behind one lock. A call is answered by a pure function of the world and the
//! request, run by [`faults::serve`], which lets time pass first and applies the fault that is due afterwards.

#![recursion_limit = "256"]

pub mod clock;
pub mod contabo;
pub mod dialect;
pub mod faults;
pub mod journal;
pub mod operations;
pub mod reply;
pub mod seed;
mod server;
pub mod whmcs;
pub mod world;

pub use server::{ContaboLine, Error, Options, Running, ServeLine, WhmcsLine, start};

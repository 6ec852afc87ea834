//! The WHMCS API, whole and typed.
//!
//! A [`Client`] calls [`Action`]s: one struct per action, in the file of its area under [`actions`], tied to its
//! name, its effect, its parameters and its typed answer. Invariants:
//!
//! * requests are built without I/O ([`Client::request`]) exactly as PHP's `http_build_query()` would;
//! * answers are read leniently ([`lenient`]): nothing is lost, oddities are counted, a decode error names
//!   the path and never quotes what it found;
//! * an [`Error`] says what a person can do about it ([`Problem`]) and whether it may have happened ([`Error::sent`]);
//! * secrets are [`Secret`]s: they do not print and do not serialise.
//!
//! To add an action, copy its neighbour in the file of its area: the struct, its answer, and for a list a line in
//! `paged!`. [`registry()`] then knows it, and `tests/contract.rs` holds it against the documentation's facts.
//!
//! Foreign bytes by the million: `fuzz/README.md` says how to run the fuzzers.
//!
//! Numbers such as "quirk 31" refer to the list of oddities in the project's tests (`tests/quirks.rs`).

pub mod actions;
pub mod lenient;
pub mod param;
pub mod php;

mod action;
mod answer;
mod classify;
mod client;
mod config;
mod error;
mod form;
mod given;
mod paging;
mod registry;
mod secret;
mod text;

pub use action::{Action, Area, Reply};
pub use answer::{Answer, decode};
pub use client::Client;
pub use config::{Config, ConfigError, Credentials};
pub use error::{Error, Problem};
pub use form::{Form, http_build_query};
pub use given::{Given, Node, ParamError};
pub use paging::{DEFAULT_PAGE, Page, Paged};
pub use registry::{ActionInfo, RunJson, find, registry};
pub use secret::{HIDDEN, Secret};
pub use text::decode_entities;

//! The Contabo API: its 145 customer operations as types, and one client that calls them.
//!
//! Documentation of the provider: <https://api.contabo.com>. "Quirk n" in these pages means a section of the project's notes
//! on how the API really behaves. Invariants:
//!
//! * requests are built without I/O ([`Operation::request`]); what costs money cannot be built with a defaulted field;
//! * every operation says what it does ([`Operation::EFFECT`]), and nothing but reads is sent twice, except once after a 401;
//! * answers are read leniently ([`lenient`]): words, members and spellings nobody announced are data and are counted;
//! * an error says whether the provider may have acted ([`Error::sent`]), and no error and no `Debug` shows a secret.
//!
//! To add an operation, copy a neighbour in its area's file under `api/`, and name it in `registry.rs`; the test against
//! `tests/contract/contabo.json` says what does not fit.

#[macro_use]
mod macros;

pub mod api;
pub mod argument;
pub mod arguments;
pub mod auth;
pub mod clock;
pub mod edits;
pub mod lenient;
pub mod password;
pub mod registry;
pub mod reply;
pub mod rights;
pub mod secret;
pub mod settle;

mod claims;
mod client;
mod error;
mod operation;
mod paging;

pub use auth::Config;
pub use claims::Identity;
pub use client::Client;
pub use error::{Credential, Error, Permission, Problem};
pub use lenient::{Extra, Quantity, Stamp, Surprises};
pub use operation::{Area, Described, Keyed, Operation, PROVIDER, Paged, Query, encode};
pub use paging::PAGE_SIZE;
pub use registry::{OperationInfo, RunError, registry};
pub use reply::{Done, Page, Pagination};
pub use secret::Secret;
pub use settle::{Doubt, Evidence, Settled, settle};

//! The billing and support side of the sandbox: one address, one form post per action, everything stateful.
//!
//! To add an action: one function in the file of its documentation area under `api/`, one line in that file's
//! `ACTIONS`. It gets a [`desk::Desk`] and its [`params::Params`], changes records, notes each change in the journal,
//! and returns the fields of its answer as the documentation's example shows them.

pub mod access;
pub mod api;
mod cron;
pub mod desk;
mod endpoint;
mod inspect;
mod lay;
mod ledger;
pub mod model;
mod paging;
pub mod params;
pub mod php;
pub mod registry;
mod state;
pub mod table;

pub use access::WhmcsCredentials;
pub use cron::advance;
pub use endpoint::router;
pub use lay::seed;
pub use state::State;

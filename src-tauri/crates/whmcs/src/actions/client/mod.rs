//! Clients, their contacts and what they own.

mod accounts;
mod contacts;
mod details;
mod owned;

pub use accounts::*;
pub use contacts::*;
pub use details::*;
pub use owned::*;

/// Every action of this area.
pub(crate) fn all() -> Vec<crate::registry::ActionInfo> {
    [accounts::all(), contacts::all(), details::all(), owned::all()].into_iter().flatten().collect()
}

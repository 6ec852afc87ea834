//! The actions by area, named as the documentation groups them.

mod answers;
mod words;

pub mod addons;
pub mod affiliates;
pub mod authentication;
pub mod billing;
pub mod client;
pub mod domains;
pub mod module;
pub mod orders;
pub mod products;
pub mod project_management;
pub mod servers;
pub mod service;
pub mod support;
pub mod system;
pub mod tickets;
pub mod users;

pub use answers::{Done, Message};
pub use words::{
    ClientStatus, Direction, DomainStatus, InvoiceStatus, Order, OrderStatus, PayMethodType, Priority, QuoteStage,
    ServiceStatus, TicketStatus,
};

use crate::registry::ActionInfo;

/// Every typed action.
pub(crate) fn all() -> Vec<ActionInfo> {
    [
        addons::all(),
        affiliates::all(),
        authentication::all(),
        billing::all(),
        client::all(),
        domains::all(),
        module::all(),
        orders::all(),
        products::all(),
        project_management::all(),
        servers::all(),
        service::all(),
        support::all(),
        system::all(),
        tickets::all(),
        users::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

//! The actions, one file (or folder) per area of the provider's documentation.

mod addons;
mod affiliates;
mod authentication;
mod billing;
mod client;
mod domains;
mod fields;
mod modules;
mod orders;
mod products;
mod projects;
mod servers;
mod service;
mod support;
mod system;
mod tickets;
mod users;

use client::{is_email, read_address, summary};

use super::registry::Action;

/// Every area's table.
pub const AREAS: &[&[Action]] = &[
    addons::ACTIONS,
    affiliates::ACTIONS,
    authentication::ACTIONS,
    billing::ACTIONS,
    client::ACTIONS,
    domains::ACTIONS,
    modules::ACTIONS,
    orders::ACTIONS,
    products::ACTIONS,
    projects::ACTIONS,
    servers::ACTIONS,
    service::ACTIONS,
    support::ACTIONS,
    system::ACTIONS,
    tickets::ACTIONS,
    users::ACTIONS,
];

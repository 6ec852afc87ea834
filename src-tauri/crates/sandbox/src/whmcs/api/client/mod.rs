//! <https://developers.whmcs.com/api/api-index/#client>

mod accounts;
mod contacts;
mod details;
mod holdings;

pub(super) use accounts::{is_email, read_address};
pub(super) use details::summary;

use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] = &[
    action("AddClient", accounts::add_client),
    action("AddContact", contacts::add_contact),
    action("CloseClient", accounts::close_client),
    action("DeleteClient", accounts::delete_client),
    action("DeleteContact", contacts::delete_contact),
    action("GetCancelledPackages", holdings::get_cancelled_packages),
    action("GetClientGroups", details::get_client_groups),
    action("GetClientPassword", details::get_client_password),
    action("GetClients", details::get_clients),
    action("GetClientsAddons", holdings::get_clients_addons),
    action("GetClientsDetails", details::get_clients_details),
    action("GetClientsDomains", holdings::get_clients_domains),
    action("GetClientsProducts", holdings::get_clients_products),
    action("GetContacts", contacts::get_contacts),
    action("GetEmails", contacts::get_emails),
    action("UpdateClient", accounts::update_client),
    action("UpdateContact", contacts::update_contact),
];

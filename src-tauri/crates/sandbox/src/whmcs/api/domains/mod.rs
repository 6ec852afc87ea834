//! <https://developers.whmcs.com/api/api-index/#domains>

mod records;
mod registrar;
mod tlds;

use crate::whmcs::registry::{Action, action, since_8};

pub(super) const ACTIONS: &[Action] = &[
    action("CreateOrUpdateTLD", tlds::create_or_update_tld),
    action("DomainGetLockingStatus", registrar::get_locking_status),
    action("DomainGetNameservers", registrar::get_nameservers),
    action("DomainGetWhoisInfo", records::get_whois_info),
    action("DomainRegister", registrar::register),
    action("DomainRelease", registrar::release),
    action("DomainRenew", registrar::renew),
    action("DomainRequestEPP", registrar::request_epp),
    action("DomainToggleIdProtect", registrar::toggle_id_protect),
    action("DomainTransfer", registrar::transfer),
    action("DomainUpdateLockingStatus", registrar::update_locking_status),
    action("DomainUpdateNameservers", registrar::update_nameservers),
    action("DomainUpdateWhoisInfo", records::update_whois_info),
    action("DomainWhois", records::whois),
    since_8("GetRegistrars", tlds::get_registrars),
    action("GetTLDPricing", tlds::get_tld_pricing),
    action("UpdateClientDomain", records::update_client_domain),
];

//! Contact records, look-ups, and the installation's own record of a domain.

use serde_json::{Value, json};

use super::registrar::{call, find, read_nameservers};
use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, done, refuse, success};
use crate::whmcs::model::people::Address;
use crate::whmcs::model::services::DomainStatus;
use crate::whmcs::params::Params;

const SECTIONS: [&str; 3] = ["Registrant", "Admin", "Tech"];

/// <https://developers.whmcs.com/api-reference/domaingetwhoisinfo/>
pub(super) fn get_whois_info(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    let Some(domain) = desk.state.domains.get(id) else { return refuse("Domain ID Not Found") };
    if domain.status != DomainStatus::Active {
        return refuse(format!("Domain {} is not registered with this account (EPP 2303)", domain.name));
    }
    let own = desk.state.clients.get(domain.client).map(|client| fields_of(&client.address)).unwrap_or_default();
    let mut answer = success(json!({}));
    for section in SECTIONS {
        let stored = domain.whois.iter().find(|(name, _)| name == section).map(|(_, fields)| fields);
        let fields: serde_json::Map<String, Value> =
            stored.unwrap_or(&own).iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        // One registrar's module hands text on, the others hand a record.
        answer[section] =
            if domain.registrar == "enom" { json!(Value::Object(fields).to_string()) } else { fields.into() };
    }
    Ok(answer)
}

fn fields_of(address: &Address) -> Vec<(String, String)> {
    [
        ("First_Name", &address.firstname),
        ("Last_Name", &address.lastname),
        ("Organisation_Name", &address.companyname),
        ("Email", &address.email),
        ("Address_1", &address.address1),
        ("Address_2", &address.address2),
        ("City", &address.city),
        ("State", &address.state),
        ("Postcode", &address.postcode),
        ("Country", &address.country),
        ("Phone", &address.phonenumber),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.clone()))
    .collect()
}

/// <https://developers.whmcs.com/api-reference/domainupdatewhoisinfo/>
pub(super) fn update_whois_info(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    let xml = params.raw("xml").filter(|text| !text.trim().is_empty()).or_refuse("XML Required")?;
    let sections: Vec<(String, Vec<(String, String)>)> =
        SECTIONS.iter().filter_map(|section| Some(((*section).to_owned(), elements(inside(xml, section)?)))).collect();
    call(desk, id, "Update Whois", |domain| {
        if sections.is_empty() {
            return Err("No contact data found in XML".to_owned());
        }
        for (name, fields) in sections {
            domain.whois.retain(|(known, _)| *known != name);
            domain.whois.push((name, fields));
        }
        Ok(())
    })?;
    done()
}

/// The text between an element's tags.
fn inside<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

/// The elements directly below, with their text.
fn elements(mut xml: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    while let Some((_, rest)) = xml.split_once('<') {
        let Some((name, rest)) = rest.split_once('>') else { break };
        let Some((value, after)) = rest.split_once(&format!("</{name}>")) else {
            xml = rest;
            continue;
        };
        let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        fields.push((name.replace(' ', "_"), value));
        xml = after;
    }
    fields
}

/// <https://developers.whmcs.com/api-reference/domainwhois/>
pub(super) fn whois(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let name = params.text("domain").unwrap_or_default().to_lowercase();
    let valid = name.contains('.') && !name.starts_with('.') && !name.ends_with('.') && !name.contains(' ');
    if !valid {
        return refuse("Domain not valid");
    }
    if !desk.state.tlds.iter().any(|tld| name.ends_with(tld.extension.as_str())) {
        return refuse("The given TLD is not supported for WHOIS lookups");
    }
    let known = desk.state.domains.iter().any(|one| one.name == name) || name.starts_with("example.");
    if !known {
        return Ok(success(json!({"status": "available"})));
    }
    let text =
        format!("Domain Name: {}<br />\nRegistrar: Sandbox Registrar<br />\nStatus: ok<br />\n", name.to_uppercase());
    Ok(success(json!({"status": "unavailable", "whois": text})))
}

/// <https://developers.whmcs.com/api-reference/updateclientdomain/>
pub(super) fn update_client_domain(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    if let Some(registrar) = params.text("registrar") {
        let on = desk.state.modules.iter().any(|one| one.kind == "registrar" && one.active && one.name == registrar);
        on.then_some(()).or_refuse("The Registrar is not active")?;
    }
    if params.flag("updatens") {
        let names = read_nameservers(params)?;
        call(desk, id, "Update Nameservers", |domain| {
            domain.nameservers = names;
            Ok(())
        })?;
    }
    let Some(domain) = desk.state.domains.get_mut(id) else { return refuse("Domain ID Not Found") };
    for (name, field) in [
        ("dnsmanagement", &mut domain.dns_management),
        ("emailforwarding", &mut domain.email_forwarding),
        ("idprotection", &mut domain.id_protection),
        ("donotrenew", &mut domain.do_not_renew),
    ] {
        *field = params.set_flag(name).unwrap_or(*field);
    }
    for (name, field) in [
        ("domain", &mut domain.name),
        ("registrar", &mut domain.registrar),
        ("paymentmethod", &mut domain.gateway),
        ("subscriptionid", &mut domain.subscription),
        ("notes", &mut domain.notes),
    ] {
        if let Some(text) = params.raw(name) {
            text.clone_into(field);
        }
    }
    match params.text("type") {
        Some(kind) if kind.eq_ignore_ascii_case("transfer") => domain.kind = "Transfer",
        Some(_) => domain.kind = "Register",
        None => {}
    }
    domain.registered = params.date("regdate").unwrap_or(domain.registered);
    domain.next_due = params.date("nextduedate").or(domain.next_due);
    domain.expiry = params.date("expirydate").or(domain.expiry);
    domain.first_amount = params.money("firstpaymentamount").unwrap_or(domain.first_amount);
    domain.recurring = params.money("recurringamount").unwrap_or(domain.recurring);
    domain.promotion = params.id("promoid").unwrap_or(domain.promotion);
    domain.status = params.text("status").and_then(DomainStatus::parse).unwrap_or(domain.status);
    if let Some(years) = params.int("regperiod") {
        domain.period = u32::try_from(years.clamp(1, 10)).unwrap_or(1);
    }
    let (client, name, period, status) = (domain.client, domain.name.clone(), domain.period, domain.status.text());
    if params.flag("autorecalc") {
        let currency = desk.state.currency_of(client).map_or(1, |currency| currency.id);
        let price = crate::whmcs::lay::renewal_price(desk.state, &name, period, currency);
        if let (Some(price), Some(domain)) = (price, desk.state.domains.get_mut(id)) {
            domain.recurring = price;
        }
    }
    desk.note(Effect::Updated, "domain", id, json!({"status": status}));
    desk.log(client, format!("Modified Domain - Domain ID: {id}"));
    Ok(success(json!({"domainid": id.to_string()})))
}

//! Reverse names. IPv4 addresses always have one that can be changed; IPv6 ones are made and deleted.
//!
//! No audit list shows these changes.

use std::net::IpAddr;

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, Outcome, Refusal, no_content};
use super::call::{Call, Change};
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, post, put};
use super::query::{contains, equals};
use super::{State, addresses};

const API: &str = "/v1/dns";
const KIND: &str = "ptr";

/// Seconds that the names of IPv4 addresses are kept in caches.
const TTL: i64 = 86_400;

/// One reverse name.
#[derive(Debug, Clone)]
pub(super) struct Ptr {
    pub(super) ip: IpAddr,
    pub(super) ttl: i64,
    pub(super) name: String,
}

impl Ptr {
    pub(super) fn view(&self, state: &State) -> Value {
        state.account.owned(json!({"ip": self.ip.to_string(), "ttl": self.ttl, "ptr": self.name}))
    }
}

/// Every reverse name: what was set, and the provider's own name on the other IPv4 addresses.
fn all(state: &State) -> Vec<Ptr> {
    let of_instances = state.instances.values().flat_map(|one| {
        one.addresses().map(IpAddr::V4).filter(|ip| !state.ptrs.contains_key(ip)).map(move |ip| Ptr {
            ip,
            ttl: TTL,
            name: format!("{}.contaboserver.example", one.name),
        })
    });
    state.ptrs.values().cloned().chain(of_instances).collect()
}

fn find(state: &State, ip: IpAddr) -> Option<Ptr> {
    if let Some(set) = state.ptrs.get(&ip) {
        return Some(set.clone());
    }
    let owner = if ip.is_ipv4() { addresses::owner_of(state, ip)? } else { return None };
    let name = format!("{}.contaboserver.example", state.instances.get(&owner)?.name);
    Some(Ptr { ip, ttl: TTL, name })
}

const ORDER: Order<Ptr> = &[
    ("ip", |one| Key::text(&one.ip.to_string())),
    ("ptr", |one| Key::text(&one.name)),
    ("ttl", |one| Key::Number(one.ttl)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let account = &call.state.account;
    let ours =
        equals(&account.customer, call.query.text("customerId")) && equals(account.tenant, call.query.text("tenantId"));
    let ips = call.query.list("ips");
    let search = call.query.text("search");
    let all = all(call.state);
    let items = all
        .iter()
        .filter(|one| {
            let ip = one.ip.to_string();
            ours && ips.as_ref().is_none_or(|ips| ips.contains(&ip.as_str()))
                && (contains(&ip, search) || contains(&one.name, search))
        })
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(call.state))
}

fn path_ip(call: &Call<'_>) -> Result<IpAddr, Refusal> {
    let wrong = |_| Refusal::fields(vec!["ipAddress must be an ip address".to_owned()]);
    call.param("ipAddress").parse().map_err(wrong)
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let ip = path_ip(call)?;
    let found = find(call.state, ip).ok_or_else(|| Refusal::missing("PtrRecord", ip))?;
    call.one(StatusCode::OK, found.view(call.state))
}

fn name_rule(name: &str) -> Result<(), Refusal> {
    let label = |part: &str| {
        !part.is_empty() && part.len() <= 63 && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let good = name.contains('.') && name.trim_end_matches('.').split('.').all(label);
    if good { Ok(()) } else { Err(Refusal::fields(vec!["ptr must be a valid domain name".to_owned()])) }
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let name = fields.need_text("ptr", 1..=255);
    let address = fields.need_text("ip", 2..=64);
    let ttl = fields.need_integer("ttl");
    let ip: Option<IpAddr> = address.parse().ok();
    if ip.is_none() {
        fields.problem("ip", "must be an ip address");
    }
    fields.done()?;
    name_rule(&name)?;
    let Some(ip) = ip.filter(IpAddr::is_ipv6) else {
        return Err(Refusal::bad("PTR records can only be created for IPv6 addresses"));
    };
    if addresses::owner_of(call.state, ip).is_none() {
        return Err(Refusal::missing("IpAddress", ip));
    }
    if call.state.ptrs.contains_key(&ip) {
        return Err(Refusal::conflict(format!("PTR record for {ip} already exists")));
    }
    let made = Ptr { ip, ttl, name: name.clone() };
    let view = made.view(call.state);
    call.state.ptrs.insert(ip, made);
    call.record(Change::created(KIND, ip).with(json!({"new": {"ptr": name, "ttl": ttl}})));
    call.one(StatusCode::CREATED, view)
}

fn update(call: &mut Call<'_>) -> Outcome {
    let ip = path_ip(call)?;
    let mut fields = call.fields()?;
    let name = fields.need_text("ptr", 1..=255);
    fields.done()?;
    name_rule(&name)?;
    let mut found = find(call.state, ip).ok_or_else(|| Refusal::missing("PtrRecord", ip))?;
    let before = std::mem::replace(&mut found.name, name.clone());
    call.state.ptrs.insert(ip, found);
    call.record(Change::updated(KIND, ip).with(json!({"prev": {"ptr": before}, "new": {"ptr": name}})));
    Ok(Answer::Empty(StatusCode::NO_CONTENT))
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let ip = path_ip(call)?;
    find(call.state, ip).ok_or_else(|| Refusal::missing("PtrRecord", ip))?;
    if ip.is_ipv4() {
        return Err(Refusal::bad("PTR records can only be deleted for IPv6 addresses"));
    }
    call.state.ptrs.shift_remove(&ip);
    call.record(Change::deleted(KIND, ip));
    no_content()
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrievePtrRecordsList", "/v1/dns/ptrs", API, retrieve_list),
    post("createPtrRecord", "/v1/dns/ptrs", API, create),
    get("retrievePtrRecord", "/v1/dns/ptrs/{ipAddress}", API, retrieve),
    put("updatePtrRecord", "/v1/dns/ptrs/{ipAddress}", API, update),
    delete("deletePtrRecord", "/v1/dns/ptrs/{ipAddress}", API, remove),
];

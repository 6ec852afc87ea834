//! Domains: ordered or moved in, cancelled to the end of their year, moved out.

use http::StatusCode;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::agenda::{Due, Passing};
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post};
use super::query::contains;
use super::text::moment;
use super::{Account, State};
use crate::journal::Effect;

const API: &str = "/v1/domains";
const KIND: &str = "domain";
const STATUSES: &[&str] =
    &["ready", "processing", "transferring in", "transferring out", "manual_task", "transferred", "error"];

const REASONS: &[&str] = &[
    "Technical issues / Outages / Performance",
    "Too expensive / price",
    "Product not needed anymore",
    "Bad customer support",
    "Switch to a different Contabo product",
    "Missing features",
    "Other",
];

/// Endings that are sold.
const TLDS: &[&str] = &["com", "net", "org", "de", "eu", "info", "io", "dev", "shop", "co.uk", "example"];

/// Who stands behind a domain.
#[derive(Debug, Clone, Default)]
pub(super) struct Contacts {
    pub(super) owner: String,
    pub(super) admin: String,
    pub(super) tech: String,
    pub(super) zone: String,
}

impl Contacts {
    fn each(&self) -> [&str; 4] {
        [&self.owner, &self.admin, &self.tech, &self.zone]
    }

    /// Whether a handle is one of them.
    pub(super) fn name(&self, handle: &str) -> bool {
        self.each().contains(&handle)
    }

    fn view(&self) -> Value {
        json!({"owner": self.owner, "admin": self.admin, "tech": self.tech, "zone": self.zone})
    }
}

/// One domain.
#[derive(Debug, Clone)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) status: &'static str,
    pub(super) nameservers: Vec<String>,
    pub(super) contacts: Contacts,
    pub(super) registered: Timestamp,
    pub(super) cancelled: Option<Timestamp>,
    pub(super) out_confirmed: bool,
}

impl Domain {
    /// `sld` and `tld`.
    fn parts(&self) -> (&str, &str) {
        self.name.split_once('.').unwrap_or((&self.name, ""))
    }

    /// The next anniversary.
    fn renewal(&self, now: Timestamp) -> Timestamp {
        let first = self.registered.to_zoned(jiff::tz::TimeZone::UTC);
        (1..100)
            .filter_map(|years| first.checked_add(years.years()).ok())
            .map(|day| day.timestamp())
            .find(|at| *at > now)
            .unwrap_or(Timestamp::MAX)
    }

    pub(super) fn view(&self, account: &Account, now: Timestamp) -> Value {
        let (sld, tld) = self.parts();
        let renewal = self.renewal(now);
        let mut view = json!({
            "domain": self.name,
            "domainDetails": {"sld": sld, "tld": tld, "domainPuny": puny(&self.name)},
            "status": self.status,
            "nameservers": self.nameservers,
            "handles": self.contacts.view(),
            "registrationDate": moment(self.registered),
            "renewalDate": moment(renewal),
            "terminationDate": moment(self.cancelled.unwrap_or(renewal)),
            "dnssecKeys": [],
            "transferOutConfirmation": self.out_confirmed,
        });
        if let Some(map) = view.as_object_mut() {
            account.dates.cancel_moment(map, self.cancelled);
        }
        account.owned(view)
    }
}

/// The name as the DNS spells it.
fn puny(name: &str) -> String {
    url::Host::parse(name).map_or_else(|_| name.to_owned(), |host| host.to_string())
}

const ORDER: Order<Domain> = &[
    ("domain", |one| Key::text(&one.name)),
    ("status", |one| Key::text(one.status)),
    ("registrationDate", |one| Key::time(one.registered)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let statuses = call.query.choices("status", STATUSES)?;
    let (sld, tld) = (call.query.text("sld"), call.query.text("tld"));
    let items = call
        .state
        .domains
        .values()
        .filter(|one| contains(one.parts().0, sld) && contains(one.parts().1, tld))
        .filter(|one| statuses.as_ref().is_none_or(|names| names.contains(&one.status)))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(&call.state.account, call.now))
}

fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let name = call.param("domain").to_lowercase();
    if call.state.domains.contains_key(&name) { Ok(name) } else { Err(Refusal::missing("Domain", name)) }
}

fn shown(call: &Call<'_>, status: StatusCode, name: &str) -> Outcome {
    let domain = call.state.domains.get(name).ok_or_else(|| Refusal::missing("Domain", name))?;
    call.one(status, domain.view(&call.state.account, call.now))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let name = wanted(call)?;
    shown(call, StatusCode::OK, &name)
}

/// The document has one name server per entry, whose host name is a list all the same.
fn nameservers(fields: &mut Fields, given: Vec<Fields>) -> Vec<String> {
    let mut names = Vec::new();
    for mut one in given {
        names.extend(one.need_texts("hostname"));
        one.texts("ipV4");
        one.texts("ipV6");
        fields.absorb(one);
    }
    names
}

fn contacts(fields: &mut Fields, mut given: Fields) -> Contacts {
    let contacts = Contacts {
        owner: given.need_text("owner", 1..=255),
        admin: given.need_text("admin", 1..=255),
        tech: given.need_text("tech", 1..=255),
        zone: given.need_text("zone", 1..=255),
    };
    fields.absorb(given);
    contacts
}

fn check_contacts(call: &Call<'_>, contacts: &Contacts) -> Result<(), Refusal> {
    match contacts.each().into_iter().find(|id| !call.state.handles.contains_key(*id)) {
        Some(unknown) => Err(Refusal::missing("Handle", unknown)),
        None => Ok(()),
    }
}

fn changed(change: Change, name: &str) -> Change {
    change.audited(List::Domains, vec![("domain", json!(name))])
}

fn order(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let name = fields.need_text("domain", 1..=253).to_lowercase();
    let auth_code = fields.text("authCode", 1..=255);
    let contacts = match fields.need_object("handles") {
        Some(given) => contacts(&mut fields, given),
        None => Contacts::default(),
    };
    let given = fields.need_objects("nameservers");
    let servers = nameservers(&mut fields, given);
    fields.choice("resourceType", &["instance", "server", "package"]);
    fields.text("resourceId", 0..=255);
    if !is_sold(&name) {
        fields.problem("domain", "is not a domain that can be ordered");
    }
    fields.done()?;
    check_contacts(call, &contacts)?;
    let there = call.state.domains.contains_key(&name);
    if there || (auth_code.is_none() && !is_free(&name)) {
        return Err(Refusal::conflict(format!("Domain {name} is not available")));
    }
    let domain = Domain {
        name: name.clone(),
        status: if auth_code.is_some() { "transferring in" } else { "processing" },
        nameservers: servers,
        contacts,
        registered: call.now,
        cancelled: None,
        out_confirmed: false,
    };
    let detail = json!({"new": {"domain": name, "status": domain.status}});
    let delay = if auth_code.is_some() { call.draw(60_000..180_000) } else { call.draw(8_000..30_000) };
    call.state.domains.insert(name.clone(), domain);
    call.later(delay, Due::DomainSettles { id: name.clone() });
    call.record(changed(Change::created(KIND, &name), &name).with(detail));
    shown(call, StatusCode::CREATED, &name)
}

fn is_sold(name: &str) -> bool {
    name.split_once('.').is_some_and(|(sld, tld)| {
        let good = |c: char| c.is_alphanumeric() || c == '-';
        !sld.is_empty() && sld.len() <= 63 && sld.chars().all(good) && TLDS.contains(&tld)
    })
}

/// Whether nobody in the made-up world has the name: about a third are taken, always the same ones.
fn is_free(name: &str) -> bool {
    use sha2::{Digest, Sha256};
    Sha256::digest(name.as_bytes())[0] >= 85
}

/// Registered, moved in, or changed.
pub(super) fn settles(state: &mut State, passing: &mut Passing<'_>, name: &str) {
    let Some(domain) = state.domains.get_mut(name) else { return };
    if matches!(domain.status, "processing" | "transferring in") {
        let before = std::mem::replace(&mut domain.status, "ready");
        passing.note(Effect::Updated, KIND, name, json!({"status": {"from": before, "to": "ready"}}));
    }
}

/// The end of a cancelled domain.
pub(super) fn ends(state: &mut State, passing: &mut Passing<'_>, name: &str) {
    let due = state.domains.get(name).and_then(|one| one.cancelled).is_some_and(|at| at <= passing.at);
    if due && state.domains.shift_remove(name).is_some() {
        passing.note(Effect::Deleted, KIND, name, json!({"reason": "cancelled"}));
    }
}

fn update(call: &mut Call<'_>) -> Outcome {
    let name = wanted(call)?;
    let mut fields = call.fields()?;
    let servers = fields.objects("nameservers").map(|given| nameservers(&mut fields, given));
    let handles = fields.object("handles").map(|given| contacts(&mut fields, given));
    fields.done()?;
    if let Some(handles) = &handles {
        check_contacts(call, handles)?;
    }
    in_hand(call, &name)?;
    let detail = json!({"new": {"nameservers": servers, "handles": handles.as_ref().map(Contacts::view)}});
    if let Some(domain) = call.state.domains.get_mut(&name) {
        domain.nameservers = servers.unwrap_or_else(|| domain.nameservers.clone());
        domain.contacts = handles.unwrap_or_else(|| domain.contacts.clone());
        domain.status = "processing";
    }
    let delay = call.draw(4_000..15_000);
    call.later(delay, Due::DomainSettles { id: name.clone() });
    call.record(changed(Change::updated(KIND, &name), &name).with(detail));
    shown(call, StatusCode::OK, &name)
}

/// Refuses while the registry is still busy with the domain, or it has left.
fn in_hand(call: &Call<'_>, name: &str) -> Result<(), Refusal> {
    match call.state.domains.get(name).map(|one| one.status) {
        Some("ready") => Ok(()),
        Some(status) => Err(Refusal::conflict(format!("Domain {name} is in status {status}"))),
        None => Err(Refusal::missing("Domain", name)),
    }
}

fn cancel(call: &mut Call<'_>) -> Outcome {
    let name = wanted(call)?;
    let mut fields = call.fields()?;
    let reason = fields.choice("reason", REASONS);
    let words = fields.text("reasonText", 0..=4_096);
    let date = fields.day("cancelDate");
    fields.done()?;
    let domain = call.state.domains.get(&name).ok_or_else(|| Refusal::missing("Domain", &name))?;
    if domain.cancelled.is_some() {
        return Err(Refusal::conflict(format!("Domain {name} is already cancelled")));
    }
    let at = date.map_or_else(|| domain.renewal(call.now), super::text::midnight);
    if at < call.now {
        return Err(Refusal::bad("cancelDate must not be in the past"));
    }
    let (sld, tld) = domain.parts();
    let view = call.state.account.owned(json!({
        "domain": name, "sld": sld, "tld": tld, "cancelDate": moment(at),
    }));
    if let Some(domain) = call.state.domains.get_mut(&name) {
        domain.cancelled = Some(at);
    }
    call.at(at, Due::DomainEnds { id: name.clone() });
    let detail = json!({"new": {"cancelDate": moment(at), "reason": reason, "reasonText": words}});
    call.record(changed(Change::updated(KIND, &name), &name).with(detail));
    call.one(StatusCode::OK, view)
}

fn revoke_cancellation(call: &mut Call<'_>) -> Outcome {
    let name = wanted(call)?;
    let cancelled = call.state.domains.get_mut(&name).and_then(|domain| domain.cancelled.take());
    if cancelled.is_none() {
        return Err(Refusal::conflict(format!("Domain {name} is not cancelled")));
    }
    call.record(changed(Change::updated(KIND, &name), &name).with(json!({"new": {"cancelDate": null}})));
    no_content()
}

fn auth_code(call: &mut Call<'_>) -> Outcome {
    let name = wanted(call)?;
    let code = call.state.hex(16).to_uppercase();
    let code: Vec<&str> = (0..4).map(|part| &code[part * 4..part * 4 + 4]).collect();
    let code = code.join("-");
    let domain = call.state.domains.get(&name).ok_or_else(|| Refusal::missing("Domain", &name))?;
    let mut view = domain.view(&call.state.account, call.now);
    view["authCode"] = json!(code);
    view["authCodeChanged"] = json!({"changed": true, "date": moment(call.now)});
    call.record(changed(Change::updated(KIND, &name), &name).with(json!({"authCode": "generated"})));
    call.one(StatusCode::OK, view)
}

/// The domain, when somebody elsewhere has asked to take it over.
fn leaving(call: &Call<'_>) -> Result<String, Refusal> {
    let name = wanted(call)?;
    match call.state.domains.get(&name).map(|one| one.status) {
        Some("transferring out") => Ok(name),
        _ => Err(Refusal::conflict(format!("Domain {name} is not being transferred out"))),
    }
}

fn confirm_out(call: &mut Call<'_>) -> Outcome {
    let name = leaving(call)?;
    if let Some(domain) = call.state.domains.get_mut(&name) {
        domain.status = "transferred";
        domain.out_confirmed = true;
    }
    call.record(changed(Change::updated(KIND, &name), &name).with(json!({"new": {"status": "transferred"}})));
    no_content()
}

fn revoke_out(call: &mut Call<'_>) -> Outcome {
    let name = leaving(call)?;
    if let Some(domain) = call.state.domains.get_mut(&name) {
        domain.status = "ready";
    }
    call.record(changed(Change::updated(KIND, &name), &name).with(json!({"new": {"status": "ready"}})));
    no_content()
}

fn check_availability(call: &mut Call<'_>) -> Outcome {
    let name = call.param("domain").to_lowercase();
    if !is_sold(&name) {
        return Err(Refusal::bad(format!("Domain {name} cannot be ordered")));
    }
    if call.state.domains.contains_key(&name) || !is_free(&name) {
        return Err(Refusal::not_found(format!("Domain {name} is not available")));
    }
    no_content()
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("listDomains", "/v1/domains", API, retrieve_list),
    post("orderDomain", "/v1/domains", API, order),
    get("retrieveDomain", "/v1/domains/{domain}", API, retrieve),
    patch("updateDomain", "/v1/domains/{domain}", API, update),
    post("cancelDomain", "/v1/domains/{domain}/cancel", API, cancel),
    post("getAuthCode", "/v1/domains/{domain}/generate-auth-code", API, auth_code),
    post("revokeCancelDomain", "/v1/domains/{domain}/revoke-cancellation", API, revoke_cancellation),
    post("confirmDomainTransferOut", "/v1/domains/{domain}/transfer-out", API, confirm_out),
    delete("revokeDomainTransferOut", "/v1/domains/{domain}/transfer-out", API, revoke_out),
    post(
        "validateDomainAvailability",
        "/v1/registries-domains/{domain}/check-availability",
        "/v1/registries-domains",
        check_availability,
    ),
];

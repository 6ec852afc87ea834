//! DNS zones and their records.

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post};
use super::query::{contains, equals};
use super::{Account, State};

const API: &str = "/v1/dns";
const TYPES: &[&str] = &["A", "AAAA", "CAA", "CNAME", "MX", "SRV", "TXT"];

/// One zone.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    pub(super) name: String,
}

impl Zone {
    pub(super) fn view(&self, account: &Account) -> Value {
        account.owned(json!({"zoneName": self.name}))
    }
}

/// One record.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: i64,
    pub(super) zone: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) ttl: f64,
    pub(super) prio: f64,
    pub(super) data: String,
    pub(super) port: f64,
    pub(super) weight: f64,
    pub(super) flag: f64,
    pub(super) tag: String,
}

impl Record {
    pub(super) fn view(&self, account: &Account) -> Value {
        account.owned(json!({
            "recordId": self.id,
            "name": self.name,
            "type": self.kind,
            "ttl": plain(self.ttl),
            "prio": plain(self.prio),
            "data": self.data,
            "port": plain(self.port),
            "weight": plain(self.weight),
            "flag": plain(self.flag),
            "tag": self.tag,
        }))
    }
}

/// Whole numbers are written without a point.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}

const ZONE_ORDER: Order<Zone> = &[("zoneName", |one| Key::text(&one.name))];

const RECORD_ORDER: Order<Record> = &[
    ("recordId", |one| Key::Number(one.id)),
    ("name", |one| Key::text(&one.name)),
    ("type", |one| Key::text(one.kind)),
    ("data", |one| Key::text(&one.data)),
    ("ttl", |one| Key::Number(one.ttl as i64)),
    ("prio", |one| Key::Number(one.prio as i64)),
];

fn list_zones(call: &mut Call<'_>) -> Outcome {
    let account = &call.state.account;
    let ours =
        equals(&account.customer, call.query.text("customerId")) && equals(account.tenant, call.query.text("tenantId"));
    let name = call.query.text("zoneName");
    let items = call.state.zones.values().filter(|one| ours && contains(&one.name, name)).collect();
    call.list(Frame::Full, items, ZONE_ORDER, |one| one.view(account))
}

fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let name = call.param("zoneName").to_lowercase();
    if call.state.zones.contains_key(&name) { Ok(name) } else { Err(Refusal::missing("DnsZone", name)) }
}

fn retrieve_zone(call: &mut Call<'_>) -> Outcome {
    let name = wanted(call)?;
    let view = call.state.account.owned(json!({"zoneName": name}));
    call.one(StatusCode::OK, view)
}

fn is_zone_name(name: &str) -> bool {
    let label =
        |part: &str| !part.is_empty() && part.len() <= 63 && part.chars().all(|c| c.is_alphanumeric() || c == '-');
    name.contains('.') && name.len() <= 253 && name.split('.').all(label)
}

fn zone_changed(change: Change, name: &str) -> Change {
    change.audited(List::Zones, vec![("name", json!(name))])
}

fn create_zone(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let name = fields.need_text("zoneName", 1..=255).to_lowercase();
    if !is_zone_name(&name) {
        fields.problem("zoneName", "must be a valid domain name");
    }
    fields.done()?;
    if call.state.zones.contains_key(&name) {
        return Err(Refusal::conflict(format!("DNS zone {name} already exists")));
    }
    call.state.zones.insert(name.clone(), Zone { name: name.clone() });
    call.record(zone_changed(Change::created("zone", &name), &name));
    let view = call.state.account.owned(json!({"zoneName": name}));
    call.one(StatusCode::CREATED, view)
}

fn delete_zone(call: &mut Call<'_>) -> Outcome {
    let name = wanted(call)?;
    call.state.zones.shift_remove(&name);
    let before = call.state.records.len();
    call.state.records.retain(|_, one| one.zone != name);
    let records = before - call.state.records.len();
    call.record(zone_changed(Change::deleted("zone", &name), &name).with(json!({"records": records})));
    no_content()
}

fn list_records(call: &mut Call<'_>) -> Outcome {
    let zone = wanted(call)?;
    let search = call.query.text("search");
    let items = call
        .state
        .records
        .values()
        .filter(|one| one.zone == zone)
        .filter(|one| contains(&one.name, search) || contains(one.kind, search) || contains(&one.data, search))
        .collect();
    call.list(Frame::Full, items, RECORD_ORDER, |one| one.view(&call.state.account))
}

/// The fields that creating and changing a record have in common.
fn read(fields: &mut Fields, record: &mut Record) {
    record.kind = fields.need_choice("type", TYPES);
    record.ttl = fields.need_number("ttl");
    record.prio = fields.need_number("prio");
    record.data = fields.need_text("data", 1..=4_096);
    record.port = fields.number("port").unwrap_or_default();
    record.weight = fields.number("weight").unwrap_or_default();
    record.flag = fields.number("flag").unwrap_or_default();
    record.tag = fields.text("tag", 0..=255).unwrap_or_default();
    let fits = match record.kind {
        "A" => record.data.parse::<std::net::Ipv4Addr>().is_ok(),
        "AAAA" => record.data.parse::<std::net::Ipv6Addr>().is_ok(),
        _ => true,
    };
    if !fits {
        fields.problem("data", &format!("is not valid for type {}", record.kind));
    }
}

fn record_changed(change: Change, zone: &str, id: i64) -> Change {
    change.audited(List::Records, vec![("recordId", json!(id)), ("zoneName", json!(zone))])
}

fn create_record(call: &mut Call<'_>) -> Outcome {
    let zone = wanted(call)?;
    let mut fields = call.fields()?;
    let name = fields.text("name", 1..=255).unwrap_or_else(|| zone.clone());
    let mut record = blank(zone.clone(), name);
    read(&mut fields, &mut record);
    fields.done()?;
    let twin = |one: &&Record| {
        one.zone == zone && one.name == record.name && one.kind == record.kind && one.data == record.data
    };
    if call.state.records.values().find(twin).is_some() {
        return Err(Refusal::conflict(format!("DNS record {} {} already exists", record.name, record.kind)));
    }
    let id = call.state.serial("record");
    record.id = id;
    let view = record.view(&call.state.account);
    let detail = json!({"new": {"name": record.name, "type": record.kind, "data": record.data}});
    call.state.records.insert(id, record);
    call.record(record_changed(Change::created("record", id), &zone, id).with(detail));
    call.one(StatusCode::CREATED, view)
}

/// A record without anything in it yet.
pub(super) fn blank(zone: String, name: String) -> Record {
    Record {
        id: 0,
        zone,
        name,
        kind: "TXT",
        ttl: 86_400.0,
        prio: 0.0,
        data: String::new(),
        port: 0.0,
        weight: 0.0,
        flag: 0.0,
        tag: String::new(),
    }
}

fn wanted_record(call: &Call<'_>) -> Result<(String, i64), Refusal> {
    let zone = wanted(call)?;
    let id = call.id("recordId")?;
    match call.state.records.get(&id) {
        Some(record) if record.zone == zone => Ok((zone, id)),
        _ => Err(Refusal::missing("DnsZoneRecord", id)),
    }
}

fn update_record(call: &mut Call<'_>) -> Outcome {
    let (zone, id) = wanted_record(call)?;
    let mut fields = call.fields()?;
    let mut record = call.state.records.get(&id).cloned().ok_or_else(|| Refusal::missing("DnsZoneRecord", id))?;
    let before = record.data.clone();
    read(&mut fields, &mut record);
    fields.done()?;
    let view = record.view(&call.state.account);
    let detail = json!({"prev": {"data": before}, "new": {"type": record.kind, "data": record.data}});
    call.state.records.insert(id, record);
    call.record(record_changed(Change::updated("record", id), &zone, id).with(detail));
    call.one(StatusCode::OK, view)
}

fn delete_record(call: &mut Call<'_>) -> Outcome {
    let (zone, id) = wanted_record(call)?;
    call.state.records.remove(&id);
    call.record(record_changed(Change::deleted("record", id), &zone, id));
    no_content()
}

/// A deletion with a body: what of it was not there comes back as failed.
fn delete_records(call: &mut Call<'_>) -> Outcome {
    let zone = wanted(call)?;
    let mut fields = call.fields()?;
    let ids = fields.need_ids("recordIds");
    fields.done()?;
    let mut failed = Vec::new();
    for id in ids {
        if in_zone(call.state, &zone, id) {
            call.state.records.remove(&id);
            call.record(record_changed(Change::deleted("record", id), &zone, id));
        } else {
            failed.push(id);
        }
    }
    let view = call.state.account.owned(json!({"failedIds": failed}));
    call.one(StatusCode::OK, view)
}

fn in_zone(state: &State, zone: &str, id: i64) -> bool {
    state.records.get(&id).is_some_and(|record| record.zone == zone)
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveDnsZonesList", "/v1/dns/zones", API, list_zones),
    post("createDnsZone", "/v1/dns/zones", API, create_zone),
    get("retrieveDnsZone", "/v1/dns/zones/{zoneName}", API, retrieve_zone),
    delete("deleteDnsZone", "/v1/dns/zones/{zoneName}", API, delete_zone),
    get("retrieveDnsZoneRecordsList", "/v1/dns/zones/{zoneName}/records", API, list_records),
    post("createDnsZoneRecord", "/v1/dns/zones/{zoneName}/records", API, create_record),
    delete("bulkDeleteDnsZoneRecords", "/v1/dns/zones/{zoneName}/records/bulk", API, delete_records),
    patch("updateDnsZoneRecord", "/v1/dns/zones/{zoneName}/records/{recordId}", API, update_record),
    delete("deleteDnsZoneRecord", "/v1/dns/zones/{zoneName}/records/{recordId}", API, delete_record),
];

//! Firewalls: inbound rules, put on and taken off instances a few seconds after the call.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::State;
use super::agenda::{Due, Passing};
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::firewall_rules::{self as rules, Rule};
use super::instances::Instance;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post, put};
use super::query::contains;
use super::rights::Tagged;
use super::text::moment;
use crate::journal::Effect;

const API: &str = "/v1/firewalls";
const KIND: &str = "firewall";
const SWITCH: &[&str] = &["active", "inactive"];

/// An instance a firewall is on, or about to be on, or about to leave.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) instance: i64,
    /// `ok`, `processing` or `deleting`.
    pub(super) status: &'static str,
}

/// One firewall.
#[derive(Debug, Clone)]
pub(super) struct Firewall {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) status: &'static str,
    pub(super) rules: Vec<Rule>,
    pub(super) members: Vec<Member>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

impl Firewall {
    pub(super) fn view(&self, state: &State) -> Value {
        let standing: Vec<Value> =
            self.members.iter().map(|one| json!({"instanceId": one.instance, "status": one.status})).collect();
        let instances: Vec<Value> =
            self.members.iter().filter_map(|one| state.instances.get(&one.instance)).map(machine).collect();
        let inbound: Vec<Value> = self.rules.iter().map(Rule::view).collect();
        state.account.owned(json!({
            "firewallId": self.id,
            "name": self.name,
            "description": self.description,
            "status": self.status,
            "instanceStatus": standing,
            "instances": instances,
            "rules": {"inbound": inbound},
            "createdDate": moment(self.created),
            "updatedDate": moment(self.updated),
        }))
    }
}

fn machine(one: &Instance) -> Value {
    json!({
        "instanceId": one.id,
        "displayName": one.display_name,
        "name": one.name,
        "productId": one.plan.product_id,
        "ipConfig": one.ip_config(),
        "regionSlug": one.region.slug,
        "regionName": one.region.name,
        "dataCenterSlug": super::data_centers::slug_of(&one.data_center),
        "dataCenterName": one.data_center,
    })
}

const ORDER: Order<Firewall> = &[
    ("firewallId", |one| Key::text(&one.id)),
    ("name", |one| Key::text(&one.name)),
    ("status", |one| Key::text(one.status)),
    ("createdDate", |one| Key::time(one.created)),
    ("updatedDate", |one| Key::time(one.updated)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let instances = call.query.ids("instanceIds")?;
    let name = call.query.text("name");
    let has = |one: &Firewall| {
        instances.as_ref().is_none_or(|ids| one.members.iter().any(|member| ids.contains(&member.instance)))
    };
    let items = call.state.firewalls.values().filter(|one| contains(&one.name, name) && has(one)).collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(call.state))
}

fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.param("firewallId").to_lowercase();
    if call.state.firewalls.contains_key(&id) { Ok(id) } else { Err(Refusal::missing("Firewall", id)) }
}

fn shown(call: &Call<'_>, status: StatusCode, id: &str) -> Outcome {
    let firewall = call.state.firewalls.get(id).ok_or_else(|| Refusal::missing("Firewall", id))?;
    call.one(status, firewall.view(call.state))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    shown(call, StatusCode::OK, &id)
}

fn name_taken(call: &Call<'_>, name: &str, except: &str) -> Result<(), Refusal> {
    if call.state.firewalls.values().any(|one| one.name == name && one.id != except) {
        return Err(Refusal::conflict(format!("Firewall with name {name} already exists")));
    }
    Ok(())
}

fn changed(change: Change, id: &str) -> Change {
    change.audited(List::Firewalls, vec![("firewallId", json!(id))])
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let name = fields.need_text("name", 1..=255);
    let description = fields.text("description", 0..=255).unwrap_or_default();
    let status = fields.need_choice("status", SWITCH);
    let rules = rules::read(&mut fields);
    fields.done()?;
    name_taken(call, &name, "")?;
    let id = call.state.uuid();
    let firewall = Firewall {
        id: id.clone(),
        name: name.clone(),
        description,
        status,
        rules: rules.unwrap_or_default(),
        members: Vec::new(),
        created: call.now,
        updated: call.now,
    };
    call.state.firewalls.insert(id.clone(), firewall);
    call.record(changed(Change::created(KIND, &id), &id).with(json!({"new": {"name": name, "status": status}})));
    shown(call, StatusCode::CREATED, &id)
}

/// Changes of rules or status are put on every instance anew.
fn touch_members(call: &mut Call<'_>, id: &str) {
    let now = call.now;
    let Some(firewall) = call.state.firewalls.get_mut(id) else { return };
    firewall.updated = now;
    let members: Vec<i64> = firewall
        .members
        .iter_mut()
        .filter(|member| member.status != "deleting")
        .map(|member| {
            member.status = "processing";
            member.instance
        })
        .collect();
    for instance in members {
        let delay = call.draw(2_000..6_000);
        call.later(delay, Due::FirewallSettles { id: id.to_owned(), instance });
    }
}

fn update(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let name = fields.text("name", 1..=255);
    let status = fields.choice("status", SWITCH);
    let description = fields.text("description", 0..=255);
    fields.done()?;
    if let Some(name) = &name {
        name_taken(call, name, &id)?;
    }
    let detail = json!({"new": {"name": name, "status": status, "description": description}});
    let mut switched = false;
    let now = call.now;
    if let Some(firewall) = call.state.firewalls.get_mut(&id) {
        switched = status.is_some_and(|status| status != firewall.status);
        firewall.name = name.unwrap_or_else(|| firewall.name.clone());
        firewall.status = status.unwrap_or(firewall.status);
        firewall.description = description.unwrap_or_else(|| firewall.description.clone());
        firewall.updated = now;
    }
    if switched {
        touch_members(call, &id);
    }
    call.record(changed(Change::updated(KIND, &id), &id).with(detail));
    shown(call, StatusCode::OK, &id)
}

fn put_rules(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let rules = rules::read(&mut fields).unwrap_or_default();
    fields.done()?;
    let detail = json!({"new": {"rules": rules.iter().map(Rule::view).collect::<Vec<_>>()}});
    if let Some(firewall) = call.state.firewalls.get_mut(&id) {
        firewall.rules = rules;
    }
    touch_members(call, &id);
    call.record(changed(Change::updated(KIND, &id), &id).with(detail));
    shown(call, StatusCode::OK, &id)
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    if call.state.firewalls.get(&id).is_some_and(|one| !one.members.is_empty()) {
        return Err(Refusal::conflict(format!("Firewall {id} still has instances attached")));
    }
    call.state.firewalls.shift_remove(&id);
    call.record(changed(Change::deleted(KIND, &id), &id));
    no_content()
}

fn path_instance(call: &Call<'_>) -> Result<i64, Refusal> {
    let instance = call.id("instanceId")?;
    call.state.instance(instance)?;
    call.touch(Tagged::Instance, &instance)?;
    Ok(instance)
}

fn linked(call: &Call<'_>, status: StatusCode, id: &str, instance: i64) -> Outcome {
    let firewall = ("firewall", format!("/v1/firewalls/{id}"));
    call.links(status, &[firewall, ("instance", format!("/v1/compute/instances/{instance}"))])
}

fn assign(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let instance = path_instance(call)?;
    let firewall = call.state.firewalls.get_mut(&id).ok_or_else(|| Refusal::missing("Firewall", &id))?;
    if firewall.members.iter().any(|member| member.instance == instance) {
        return Err(Refusal::conflict(format!("Instance {instance} is already assigned to firewall {id}")));
    }
    firewall.members.push(Member { instance, status: "processing" });
    let delay = call.draw(3_000..8_000);
    call.later(delay, Due::FirewallSettles { id: id.clone(), instance });
    call.record(changed(Change::updated(KIND, &id), &id).with(json!({"assigned": instance})));
    linked(call, StatusCode::CREATED, &id, instance)
}

fn unassign(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let instance = path_instance(call)?;
    let members = call.state.firewalls.get_mut(&id).map(|firewall| &mut firewall.members);
    let member = members.and_then(|members| members.iter_mut().find(|member| member.instance == instance));
    let Some(member) = member else {
        return Err(Refusal::not_found(format!("Instance {instance} is not assigned to firewall {id}")));
    };
    member.status = "deleting";
    let delay = call.draw(2_000..5_000);
    call.later(delay, Due::FirewallSettles { id: id.clone(), instance });
    call.record(changed(Change::updated(KIND, &id), &id).with(json!({"unassigned": instance})));
    linked(call, StatusCode::OK, &id, instance)
}

/// The rules are on the instance, or off it.
pub(super) fn settles(state: &mut State, passing: &mut Passing<'_>, id: &str, instance: i64) {
    let Some(firewall) = state.firewalls.get_mut(id) else { return };
    let Some(at) = firewall.members.iter().position(|member| member.instance == instance) else { return };
    match firewall.members[at].status {
        "deleting" => {
            firewall.members.remove(at);
            passing.note(Effect::Updated, KIND, id, json!({"instanceId": instance, "status": "gone"}));
        }
        "processing" => {
            firewall.members[at].status = "ok";
            passing.note(Effect::Updated, KIND, id, json!({"instanceId": instance, "status": "ok"}));
        }
        _ => {}
    }
}

fn presets(call: &mut Call<'_>) -> Outcome {
    let name = call.query.text("name");
    let items = rules::PRESETS.iter().filter(|preset| contains(preset.name, name)).collect();
    let order: Order<rules::Preset> = &[("name", |preset| Key::text(preset.name))];
    call.list(Frame::SelfOnly, items, order, rules::Preset::view)
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveFirewallList", "/v1/firewalls", API, retrieve_list),
    post("createFirewall", "/v1/firewalls", API, create),
    get("retrievePresetRules", "/v1/firewalls/preset-rules", API, presets),
    get("retrieveFirewall", "/v1/firewalls/{firewallId}", API, retrieve),
    put("putFirewall", "/v1/firewalls/{firewallId}", API, put_rules),
    patch("patchFirewall", "/v1/firewalls/{firewallId}", API, update),
    delete("deleteFirewall", "/v1/firewalls/{firewallId}", API, remove),
    post("assignInstanceFirewall", "/v1/firewalls/{firewallId}/instances/{instanceId}", API, assign),
    delete("unassignInstanceFirewall", "/v1/firewalls/{firewallId}/instances/{instanceId}", API, unassign),
];

//! Snapshots: few per plan, gone after 30 days, and a rollback takes the newer ones with it.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::agenda::{Due, Passing};
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::instance_life::{Step, plan};
use super::instances::Status;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post};
use super::query::contains;
use super::text::moment;
use super::{Account, State};
use crate::journal::Effect;

const API: &str = "/v1/compute/snapshots";

/// Days until a snapshot goes by itself.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One snapshot.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub(super) id: String,
    pub(super) instance: i64,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) created: Timestamp,
    pub(super) image_id: String,
    pub(super) image_name: String,
}

impl Snapshot {
    fn expires(&self) -> Timestamp {
        self.created.saturating_add(KEPT).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn view(&self, account: &Account) -> Value {
        account.owned(json!({
            "snapshotId": self.id,
            "name": self.name,
            // The document wants at least one character.
            "description": if self.description.is_empty() { &self.name } else { &self.description },
            "instanceId": self.instance,
            "createdDate": moment(self.created),
            "autoDeleteDate": moment(self.expires()),
            "imageId": self.image_id,
            "imageName": self.image_name,
        }))
    }
}

const ORDER: Order<Snapshot> = &[
    ("snapshotId", |one| Key::text(&one.id)),
    ("name", |one| Key::text(&one.name)),
    ("createdDate", |one| Key::time(one.created)),
    ("autoDeleteDate", |one| Key::time(one.expires())),
];

/// The snapshot named in the path, of the instance named there.
fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let instance = call.instance_id()?;
    let id = call.param("snapshotId");
    match call.state.snapshots.get(id) {
        Some(snapshot) if snapshot.instance == instance => Ok(id.to_owned()),
        _ => Err(Refusal::missing("Snapshot", id)),
    }
}

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let instance = call.instance_id()?;
    let name = call.query.text("name");
    let items =
        call.state.snapshots.values().filter(|one| one.instance == instance && contains(&one.name, name)).collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(&call.state.account))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    call.one(StatusCode::OK, view(call, &id))
}

fn view(call: &Call<'_>, id: &str) -> Value {
    call.state.snapshots.get(id).map_or(Value::Null, |one| one.view(&call.state.account))
}

fn name_rule(fields: &mut Fields, name: &str) {
    if !name.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-') {
        fields.problem("name", "may contain letters, numbers, spaces, dashes");
    }
}

fn create(call: &mut Call<'_>) -> Outcome {
    let instance = call.instance_id()?;
    let mut fields = call.fields()?;
    let name = fields.need_text("name", 1..=30);
    name_rule(&mut fields, &name);
    let description = fields.text("description", 1..=255).unwrap_or_default();
    fields.done()?;
    let machine = call.state.instance(instance)?;
    if !machine.status.has_power() {
        return Err(Refusal::conflict(format!("Instance {instance} is in status {}", machine.status.name())));
    }
    let limit = machine.plan.snapshots;
    let taken = call.state.snapshots.values().filter(|one| one.instance == instance).count() as u64;
    if taken >= limit {
        let message = format!("Total snapshots exceed the total max limit of {limit} snapshots");
        return Err(Refusal::payment(message));
    }
    let image_name = call.state.images.get(&machine.image_id).map(|image| image.name.clone()).unwrap_or_default();
    let mut number = call.now.as_second();
    while call.state.snapshots.contains_key(&format!("snap{number}")) {
        number += 1;
    }
    let id = format!("snap{number}");
    let snapshot = Snapshot {
        id: id.clone(),
        instance,
        name: name.clone(),
        description,
        created: call.now,
        image_id: machine.image_id.clone(),
        image_name,
    };
    let expires = snapshot.expires();
    call.state.snapshots.insert(id.clone(), snapshot);
    call.at(expires, Due::SnapshotExpires { id: id.clone() });
    let change = Change::created("snapshot", &id).audited(List::Snapshots, subject(instance, &id));
    call.record(change.with(json!({"new": {"name": name}})));
    call.one(StatusCode::CREATED, view(call, &id))
}

fn subject(instance: i64, id: &str) -> Vec<(&'static str, Value)> {
    vec![("instanceId", json!(instance)), ("snapshotId", json!(id))]
}

fn update(call: &mut Call<'_>) -> Outcome {
    let instance = call.instance_id()?;
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let name = fields.text("name", 1..=30);
    if let Some(name) = &name {
        name_rule(&mut fields, name);
    }
    let description = fields.text("description", 1..=255);
    fields.done()?;
    let detail = json!({"new": {"name": name, "description": description}});
    if let Some(snapshot) = call.state.snapshots.get_mut(&id) {
        snapshot.name = name.unwrap_or_else(|| snapshot.name.clone());
        snapshot.description = description.unwrap_or_else(|| snapshot.description.clone());
    }
    let change = Change::updated("snapshot", &id).audited(List::Snapshots, subject(instance, &id));
    call.record(change.with(detail));
    call.one(StatusCode::OK, view(call, &id))
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let instance = call.instance_id()?;
    let id = wanted(call)?;
    call.state.snapshots.shift_remove(&id);
    call.record(Change::deleted("snapshot", &id).audited(List::Snapshots, subject(instance, &id)));
    no_content()
}

fn rollback(call: &mut Call<'_>) -> Outcome {
    let instance = call.instance_id()?;
    let id = wanted(call)?;
    call.fields()?.done()?;
    let status = call.state.instance(instance)?.status;
    if !status.has_power() {
        return Err(Refusal::conflict(format!("Instance {instance} is in status {}", status.name())));
    }
    let created = call.state.snapshots.get(&id).map_or(call.now, |one| one.created);
    let newer: Vec<String> = call
        .state
        .snapshots
        .values()
        .filter(|one| one.instance == instance && one.id != id && one.created > created)
        .map(|one| one.id.clone())
        .collect();
    call.state.snapshots.retain(|id, _| !newer.contains(id));
    let (down, up) = (call.draw(500..1_500), call.draw(8_000..25_000));
    // The disk goes back while the machine is down; it comes up again by itself.
    let steps = [(down, Step::to(Status::Stopped)), (up, Step::to(Status::Running))];
    plan(call.state, instance, call.now, &call.origin(), &steps);
    let change = Change::updated("snapshot", &id).audited(List::Snapshots, subject(instance, &id));
    call.record(change.with(json!({"rollback": true, "deleted": newer})));
    call.links(StatusCode::OK, &[])
}

/// A snapshot's days are over.
pub(super) fn expires(state: &mut State, passing: &mut Passing<'_>, id: &str) {
    if let Some(snapshot) = state.snapshots.shift_remove(id) {
        let detail = json!({"instanceId": snapshot.instance, "reason": "autoDeleteDate"});
        passing.note(Effect::Deleted, "snapshot", id, detail);
    }
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveSnapshotList", "/v1/compute/instances/{instanceId}/snapshots", API, retrieve_list),
    post("createSnapshot", "/v1/compute/instances/{instanceId}/snapshots", API, create),
    get("retrieveSnapshot", "/v1/compute/instances/{instanceId}/snapshots/{snapshotId}", API, retrieve),
    patch("updateSnapshot", "/v1/compute/instances/{instanceId}/snapshots/{snapshotId}", API, update),
    delete("deleteSnapshot", "/v1/compute/instances/{instanceId}/snapshots/{snapshotId}", API, remove),
    post("rollbackSnapshot", "/v1/compute/instances/{instanceId}/snapshots/{snapshotId}/rollback", API, rollback),
];

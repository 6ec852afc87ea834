//! Object storages: one to be bought per region, growing only, cancelled at the end of a term.
//!
//! The document sells one per location and yet speaks of display names that tell several in one region apart. So the
//! estate holds several, as accounts from before that rule do, and a second one is refused.

use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::agenda::{Due, Passing};
use super::answer::{Outcome, Refusal};
use super::audits::List;
use super::call::{Call, Change};
use super::data_centers::s3_url;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, get, patch, post};
use super::query::{contains, equals};
use super::rights::Tagged;
use super::text::{day, midnight, moment};
use super::{Account, State, s3_credentials};
use crate::journal::Effect;
use crate::seed::catalog::{REGIONS, Region, region_of};

const API: &str = "/v1/object-storages";
const KIND: &str = "object-storage";

/// Space is sold in steps of 250 GB.
const STEP_TB: f64 = 0.25;

/// The next state of a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Provisioning,
    Ready,
    Ends,
}

/// One storage.
#[derive(Debug, Clone)]
pub(super) struct ObjectStorage {
    pub(super) id: String,
    pub(super) display_name: String,
    pub(super) region: &'static Region,
    pub(super) data_center: String,
    pub(super) space_tb: f64,
    pub(super) scaling: bool,
    pub(super) scaling_limit_tb: f64,
    pub(super) status: &'static str,
    pub(super) created: Timestamp,
    pub(super) cancel_date: Option<Date>,
}

impl ObjectStorage {
    fn tenant(&self) -> String {
        Sha256::digest(self.id.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Used space in TB and the number of objects: grows slowly with age, and only moves with each full hour.
    fn usage(&self, now: Timestamp) -> (f64, i64) {
        let hours = now.duration_since(self.created).as_hours().max(0);
        let spread = f64::from(Sha256::digest(self.id.as_bytes())[0]) / 255.0;
        let share = (hours as f64 * (0.00005 + 0.0001 * spread)).min(0.93);
        let used = (self.space_tb * share * 10_000.0).round() / 10_000.0;
        (used, (used * 120_000.0) as i64)
    }

    fn percentage(&self, used: f64) -> f64 {
        ((used / self.space_tb * 1_000.0).round() / 10.0).clamp(0.0, 100.0)
    }

    pub(super) fn view(&self, account: &Account) -> Value {
        let mut view = json!({
            "objectStorageId": self.id,
            "createdDate": moment(self.created),
            "autoScaling": self.scaling_view(),
            "dataCenter": self.data_center,
            "totalPurchasedSpaceTB": self.space_tb,
            "s3Url": s3_url(&self.data_center),
            "s3TenantId": self.tenant(),
            "status": self.status,
            "region": self.region.name,
            "displayName": self.display_name,
        });
        if let Some(map) = view.as_object_mut() {
            account.dates.cancel_day(map, self.cancel_date, false);
        }
        account.owned(view)
    }

    fn scaling_view(&self) -> Value {
        json!({
            "state": if self.scaling { "enabled" } else { "disabled" },
            "sizeLimitTB": self.scaling_limit_tb,
        })
    }
}

const ORDER: Order<ObjectStorage> = &[
    ("objectStorageId", |one| Key::text(&one.id)),
    ("displayName", |one| Key::text(&one.display_name)),
    ("region", |one| Key::text(one.region.name)),
    ("dataCenter", |one| Key::text(&one.data_center)),
    ("createdDate", |one| Key::time(one.created)),
    ("status", |one| Key::text(one.status)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let text = |name| call.query.text(name);
    let region = text("region");
    let items = call
        .state
        .storages
        .values()
        .filter(|one| equals(&one.data_center, text("dataCenterName")) && equals(&one.tenant(), text("s3TenantId")))
        .filter(|one| equals(one.region.slug, region) || equals(one.region.name, region))
        .filter(|one| contains(&one.display_name, text("displayName")))
        .filter(|one| call.may_touch(Tagged::ObjectStorage, &one.id))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(&call.state.account))
}

fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.param("objectStorageId").to_lowercase();
    if !call.state.storages.contains_key(&id) {
        return Err(Refusal::missing("ObjectStorage", id));
    }
    call.touch(Tagged::ObjectStorage, &id)?;
    Ok(id)
}

fn storage<'s>(call: &'s Call<'_>, id: &str) -> Result<&'s ObjectStorage, Refusal> {
    call.state.storages.get(id).ok_or_else(|| Refusal::missing("ObjectStorage", id))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    call.one(StatusCode::OK, storage(call, &id)?.view(&call.state.account))
}

fn changed(change: Change, id: &str) -> Change {
    change.audited(List::ObjectStorages, vec![("objectStorageId", json!(id))])
}

fn name_taken(call: &Call<'_>, name: &str, except: &str) -> Result<(), Refusal> {
    if call.state.storages.values().any(|one| one.display_name == name && one.id != except) {
        return Err(Refusal::conflict(format!("Object Storage with display name {name} already exists")));
    }
    Ok(())
}

fn in_steps(space: f64) -> bool {
    space >= STEP_TB && ((space / STEP_TB).round() * STEP_TB - space).abs() < 1e-9
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let sold: Vec<&'static str> = REGIONS.iter().filter(|one| one.object_storage).map(|one| one.slug).collect();
    let region = fields.need_choice("region", &sold);
    let space = fields.need_number("totalPurchasedSpaceTB");
    if !in_steps(space) {
        fields.problem("totalPurchasedSpaceTB", "must be a multiple of 0.25");
    }
    let (mut scaling, mut limit) = (false, 0.0);
    if let Some(mut wanted) = fields.object("autoScaling") {
        scaling = wanted.need_choice("state", &["enabled", "disabled"]) == "enabled";
        limit = wanted.need_number("sizeLimitTB");
        fields.absorb(wanted);
    }
    let name = fields.text("displayName", 1..=255);
    fields.done()?;
    let region = region_of(region).unwrap_or(&REGIONS[0]);
    if call.state.storages.values().any(|one| one.region.slug == region.slug) {
        return Err(Refusal::conflict(format!("There is already an Object Storage in region {}", region.slug)));
    }
    let name = name.unwrap_or_else(|| format!("Object Storage {} {}", region.slug, call.now.as_second() % 1_000));
    name_taken(call, &name, "")?;
    let id = call.state.uuid();
    let made = ObjectStorage {
        id: id.clone(),
        display_name: name,
        region,
        data_center: region.data_centers[0].to_owned(),
        space_tb: space,
        scaling,
        scaling_limit_tb: limit,
        status: "ORDER_PROCESSING",
        created: call.now,
        cancel_date: None,
    };
    let mut view = made.view(&call.state.account);
    view["usedSpaceTB"] = json!(0.0);
    view["usedSpacePercentage"] = json!(0.0);
    let detail = json!({"new": {"displayName": made.display_name, "region": region.slug, "space": space}});
    call.state.storages.insert(id.clone(), made);
    let (first, second) = (call.draw(2_000..6_000), call.draw(15_000..45_000));
    call.later(first, Due::ObjectStorage { id: id.clone(), step: Step::Provisioning });
    call.later(second, Due::ObjectStorage { id: id.clone(), step: Step::Ready });
    call.record(changed(Change::created(KIND, &id), &id).with(detail));
    call.one(StatusCode::CREATED, view)
}

fn rename(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let name = fields.need_text("displayName", 1..=255);
    fields.done()?;
    name_taken(call, &name, &id)?;
    if let Some(one) = call.state.storages.get_mut(&id) {
        one.display_name = name.clone();
    }
    call.record(changed(Change::updated(KIND, &id), &id).with(json!({"new": {"displayName": name}})));
    cancellation(call, &id)
}

/// What both the rename and the cancellation answer, by the document.
fn cancellation(call: &Call<'_>, id: &str) -> Outcome {
    let one = storage(call, id)?;
    let mut view = serde_json::Map::new();
    view.insert("objectStorageId".to_owned(), json!(id));
    call.state.account.dates.cancel_day(&mut view, one.cancel_date, false);
    view.insert("displayName".to_owned(), json!(one.display_name));
    call.one(StatusCode::OK, call.state.account.owned(Value::Object(view)))
}

fn cancel(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let date = fields.day("cancelDate");
    fields.done()?;
    let one = storage(call, &id)?;
    if one.cancel_date.is_some() {
        return Err(Refusal::conflict(format!("Object Storage {id} is already cancelled")));
    }
    // The next possible date is the end of the running month of the contract.
    let mut earliest = day(one.created);
    while earliest <= day(call.now) {
        let Ok(next) = earliest.checked_add(jiff::Span::new().months(1)) else { break };
        earliest = next;
    }
    let date = date.map_or(earliest, |date| date.max(earliest));
    if let Some(one) = call.state.storages.get_mut(&id) {
        one.cancel_date = Some(date);
    }
    let end = midnight(date.tomorrow().unwrap_or(date));
    call.at(end, Due::ObjectStorage { id: id.clone(), step: Step::Ends });
    call.record(changed(Change::updated(KIND, &id), &id).with(json!({"new": {"cancelDate": date.to_string()}})));
    cancellation(call, &id)
}

fn resize(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let space = fields.number("totalPurchasedSpaceTB");
    if space.is_some_and(|space| !in_steps(space)) {
        fields.problem("totalPurchasedSpaceTB", "must be a multiple of 0.25");
    }
    let (mut scaling, mut limit) = (None, None);
    if let Some(mut wanted) = fields.object("autoScaling") {
        scaling = wanted.choice("state", &["enabled", "disabled"]).map(|state| state == "enabled");
        limit = wanted.number("sizeLimitTB");
        fields.absorb(wanted);
    }
    fields.done()?;
    let before = storage(call, &id)?;
    if before.status != "READY" {
        return Err(Refusal::conflict(format!("Object Storage {id} is in status {}", before.status)));
    }
    if space.is_some_and(|space| space < before.space_tb) {
        return Err(Refusal::bad("Downgrading an Object Storage is not possible"));
    }
    let old = before.space_tb;
    let grows = space.is_some_and(|space| space > old);
    if let Some(one) = call.state.storages.get_mut(&id) {
        one.space_tb = space.unwrap_or(one.space_tb);
        one.scaling = scaling.unwrap_or(one.scaling);
        one.scaling_limit_tb = limit.unwrap_or(one.scaling_limit_tb);
        if grows {
            one.status = "UPGRADING";
        }
    }
    if grows {
        let delay = call.draw(8_000..25_000);
        call.later(delay, Due::ObjectStorage { id: id.clone(), step: Step::Ready });
    }
    let detail = json!({"prev": {"space": old}, "new": {"space": space, "scaling": scaling, "limit": limit}});
    call.record(changed(Change::updated(KIND, &id), &id).with(detail));
    call.one(StatusCode::OK, storage(call, &id)?.view(&call.state.account))
}

fn stats(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let one = storage(call, &id)?;
    let (used, objects) = one.usage(call.now);
    let view = call.state.account.owned(json!({
        "usedSpaceTB": used,
        "usedSpacePercentage": one.percentage(used),
        "numberOfObjects": objects,
    }));
    call.one(StatusCode::OK, view)
}

/// A step is due.
pub(super) fn turn(state: &mut State, passing: &mut Passing<'_>, id: &str, step: Step) {
    if step == Step::Ends {
        if state.storages.shift_remove(id).is_some() {
            state.assignments.forget(Tagged::ObjectStorage, id);
            state.s3_credentials.retain(|_, one| one.storage != id);
            passing.note(Effect::Deleted, KIND, id, json!({"reason": "cancelled"}));
        }
        return;
    }
    let Some(one) = state.storages.get_mut(id) else { return };
    let status = if step == Step::Ready { "READY" } else { "PROVISIONING" };
    let before = std::mem::replace(&mut one.status, status);
    passing.note(Effect::Updated, KIND, id, json!({"status": {"from": before, "to": status}}));
    if step == Step::Ready {
        s3_credentials::for_storage(state, id);
    }
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveObjectStorageList", "/v1/object-storages", API, retrieve_list),
    post("createObjectStorage", "/v1/object-storages", API, create),
    get("retrieveObjectStorage", "/v1/object-storages/{objectStorageId}", API, retrieve),
    patch("updateObjectStorage", "/v1/object-storages/{objectStorageId}", API, rename),
    patch("CancelObjectStorage", "/v1/object-storages/{objectStorageId}/cancel", API, cancel),
    post("upgradeObjectStorage", "/v1/object-storages/{objectStorageId}/resize", API, resize),
    get("retrieveObjectStoragesStats", "/v1/object-storages/{objectStorageId}/stats", API, stats),
];

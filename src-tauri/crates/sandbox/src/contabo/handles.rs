//! Handles: the persons and organisations behind domains.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Account;
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post, put};
use super::query::{contains, equals};

const API: &str = "/v1/domains/handles";
const KIND: &str = "handle";
const TYPES: &[&str] = &["person", "organization"];
const GENDERS: &[&str] = &["male", "female", "na"];

/// One handle.
#[derive(Debug, Clone)]
pub(super) struct Handle {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) is_default: bool,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) organization: Option<String>,
    pub(super) reach: Reach,
}

/// The part of a handle that can be changed; nested objects are kept as they came, once they have been checked.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) email: String,
    pub(super) gender: &'static str,
    pub(super) birth: Option<Value>,
    pub(super) address: Value,
    pub(super) phone: Value,
    pub(super) fax: Option<Value>,
}

impl Handle {
    fn country(&self) -> &str {
        self.reach.address["country"].as_str().unwrap_or_default()
    }

    pub(super) fn view(&self, account: &Account) -> Value {
        let mut view = Map::new();
        let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
        put("handleId", json!(self.id));
        put("handleType", json!(self.kind));
        put("isDefault", json!(self.is_default));
        put("firstName", json!(self.first_name));
        put("lastName", json!(self.last_name));
        if let Some(organization) = &self.organization {
            put("organization", json!(organization));
        }
        put("email", json!(self.reach.email));
        put("gender", json!(self.reach.gender));
        if let Some(birth) = &self.reach.birth {
            put("birthInfo", birth.clone());
        }
        put("address", self.reach.address.clone());
        put("phone", self.reach.phone.clone());
        if let Some(fax) = &self.reach.fax {
            put("fax", fax.clone());
        }
        account.owned(Value::Object(view))
    }
}

const ORDER: Order<Handle> = &[
    ("handleId", |one| Key::text(&one.id)),
    ("firstName", |one| Key::text(&one.first_name)),
    ("lastName", |one| Key::text(&one.last_name)),
    ("email", |one| Key::text(&one.reach.email)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let defaults = call.query.flag("showDefaults")?;
    let kinds = call.query.choices("handleType", TYPES)?;
    let countries = call.query.list("countries");
    let text = |name| call.query.text(name);
    let search = text("search");
    let items = call
        .state
        .handles
        .values()
        .filter(|one| {
            let name = format!("{} {}", one.first_name, one.last_name);
            let organization = one.organization.as_deref().unwrap_or_default();
            contains(&name, text("name"))
                && contains(&one.first_name, text("firstName"))
                && contains(&one.last_name, text("lastName"))
                && [&one.id, &name, organization].iter().any(|part| contains(part, search))
        })
        .filter(|one| defaults != Some(false) || !one.is_default)
        .filter(|one| kinds.as_ref().is_none_or(|kinds| kinds.contains(&one.kind)))
        .filter(|one| countries.as_ref().is_none_or(|list| list.iter().any(|c| equals(one.country(), Some(c)))))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(&call.state.account))
}

fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.param("handleId").to_uppercase();
    if call.state.handles.contains_key(&id) { Ok(id) } else { Err(Refusal::missing("Handle", id)) }
}

fn shown(call: &Call<'_>, status: StatusCode, id: &str) -> Outcome {
    let handle = call.state.handles.get(id).ok_or_else(|| Refusal::missing("Handle", id))?;
    call.one(status, handle.view(&call.state.account))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    shown(call, StatusCode::OK, &id)
}

/// Reads named texts out of a nested object, required ones first.
fn texts(fields: &mut Fields, name: &str, required: &[(&str, usize)], optional: &[(&str, usize)]) -> Option<Value> {
    let mut nested = fields.object(name)?;
    let mut map = Map::new();
    for (name, most) in required {
        map.insert((*name).to_owned(), json!(nested.need_text(name, 1..=*most)));
    }
    for (name, most) in optional {
        if let Some(text) = nested.text(name, 1..=*most) {
            map.insert((*name).to_owned(), json!(text));
        }
    }
    fields.absorb(nested);
    Some(Value::Object(map))
}

fn reach(fields: &mut Fields) -> Reach {
    const PHONE: &[(&str, usize)] = &[("prefix", 5), ("number", 50)];
    const ADDRESS: &[(&str, usize)] =
        &[("street", 255), ("streetNumber", 255), ("city", 100), ("country", 100), ("zipCode", 50)];
    const BIRTH: &[(&str, usize)] = &[("date", 40), ("city", 255), ("zipCode", 50), ("country", 100)];
    let email = fields.need_text("email", 1..=255);
    let gender = fields.need_choice("gender", GENDERS);
    let birth = texts(fields, "birthInfo", &[], BIRTH);
    for name in ["address", "phone"] {
        if !fields.has(name) {
            fields.problem(name, "should not be empty");
        }
    }
    let address = texts(fields, "address", ADDRESS, &[("siret", 255), ("region", 255)]).unwrap_or_default();
    let phone = texts(fields, "phone", PHONE, &[]).unwrap_or_default();
    let fax = texts(fields, "fax", PHONE, &[]);
    Reach { email, gender, birth, address, phone, fax }
}

fn changed(change: Change, id: &str) -> Change {
    change.audited(List::Handles, vec![("handleId", json!(id))])
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let kind = fields.need_choice("handleType", TYPES);
    let first_name = fields.need_text("firstName", 1..=255);
    let last_name = fields.need_text("lastName", 1..=255);
    let organization = fields.text("organization", 1..=255);
    let reach = reach(&mut fields);
    if kind == "organization" && organization.is_none() {
        fields.problem("organization", "should not be empty");
    }
    fields.done()?;
    let id = format!("CA{}O1", call.state.serial("handle"));
    let is_default = call.state.handles.is_empty();
    let handle = Handle { id: id.clone(), kind, is_default, first_name, last_name, organization, reach };
    let detail = json!({"new": {"email": handle.reach.email, "handleType": kind}});
    call.state.handles.insert(id.clone(), handle);
    call.record(changed(Change::created(KIND, &id), &id).with(detail));
    shown(call, StatusCode::CREATED, &id)
}

fn update(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let reach = reach(&mut fields);
    fields.done()?;
    let detail = json!({"new": {"email": reach.email, "address": reach.address}});
    if let Some(handle) = call.state.handles.get_mut(&id) {
        handle.reach = reach;
    }
    call.record(changed(Change::updated(KIND, &id), &id).with(detail));
    shown(call, StatusCode::OK, &id)
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    if call.state.domains.values().any(|domain| domain.contacts.name(&id)) {
        return Err(Refusal::conflict(format!("Handle {id} is used by a domain")));
    }
    call.state.handles.shift_remove(&id);
    call.record(changed(Change::deleted(KIND, &id), &id));
    no_content()
}

fn make_default(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    for handle in call.state.handles.values_mut() {
        handle.is_default = handle.id == id;
    }
    call.record(changed(Change::updated(KIND, &id), &id).with(json!({"new": {"isDefault": true}})));
    shown(call, StatusCode::OK, &id)
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("listHandles", "/v1/domains/handles", API, retrieve_list),
    post("createHandle", "/v1/domains/handles", API, create),
    get("retrieveHandle", "/v1/domains/handles/{handleId}", API, retrieve),
    put("updateHandle", "/v1/domains/handles/{handleId}", API, update),
    delete("removeHandle", "/v1/domains/handles/{handleId}", API, remove),
    patch("setDefaultHandle", "/v1/domains/handles/{handleId}/default", API, make_default),
];

//! Tags: names and colours that other things are organised, and rights restricted, by.

use http::StatusCode;
use serde_json::{Value, json};

use super::Account;
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post};
use super::query::contains;

const API: &str = "/v1/tags";
const KIND: &str = "tag";

/// One tag.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) color: String,
    pub(super) description: String,
}

impl Tag {
    pub(super) fn view(&self, account: &Account) -> Value {
        account.owned(json!({
            "tagId": self.id,
            "name": self.name,
            "color": self.color,
            "description": self.description,
        }))
    }
}

const ORDER: Order<Tag> = &[
    ("tagId", |one| Key::Number(one.id)),
    ("name", |one| Key::text(&one.name)),
    ("color", |one| Key::text(&one.color)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let name = call.query.text("name");
    let items = call.state.tags.values().filter(|one| contains(&one.name, name)).collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(&call.state.account))
}

/// The tag named in the path.
pub(super) fn wanted(call: &Call<'_>) -> Result<i64, Refusal> {
    let id = call.id("tagId")?;
    if call.state.tags.contains_key(&id) { Ok(id) } else { Err(Refusal::missing("Tag", id)) }
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let view = call.state.tags.get(&id).map_or(Value::Null, |one| one.view(&call.state.account));
    call.one(StatusCode::OK, view)
}

fn rules(fields: &mut Fields, name: Option<&str>, color: Option<&str>) {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ':' | '-' | '_');
    if name.is_some_and(|name| !name.chars().all(allowed)) {
        fields.problem("name", "may contain letters, numbers, colons, dashes, and underscores");
    }
    let is_color = |text: &str| {
        text.strip_prefix('#')
            .is_some_and(|hex| matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if color.is_some_and(|color| !is_color(color)) {
        fields.problem("color", "must be a hexadecimal color");
    }
}

fn name_taken(call: &Call<'_>, name: &str, except: Option<i64>) -> Result<(), Refusal> {
    if call.state.tags.values().any(|one| one.name == name && Some(one.id) != except) {
        return Err(Refusal::conflict(format!("Tag with name {name} already exists")));
    }
    Ok(())
}

fn changed(change: Change, id: i64) -> Change {
    change.audited(List::Tags, vec![("tagId", json!(id))])
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let name = fields.need_text("name", 1..=255);
    // Required in the document, with a default all the same.
    let color = fields.text("color", 4..=7).unwrap_or_else(|| "#0A78C3".to_owned());
    let description = fields.text("description", 0..=255).unwrap_or_default();
    rules(&mut fields, Some(&name), Some(&color));
    fields.done()?;
    name_taken(call, &name, None)?;
    let id = call.state.serial("tag");
    call.state.tags.insert(id, Tag { id, name: name.clone(), color: color.clone(), description });
    call.record(changed(Change::created(KIND, id), id).with(json!({"new": {"name": name, "color": color}})));
    let view = call.state.account.owned(json!({"tagId": id}));
    call.one(StatusCode::CREATED, view)
}

fn update(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let name = fields.text("name", 1..=255);
    let color = fields.text("color", 4..=7);
    let description = fields.text("description", 0..=255);
    rules(&mut fields, name.as_deref(), color.as_deref());
    fields.done()?;
    if let Some(name) = &name {
        name_taken(call, name, Some(id))?;
    }
    let detail = json!({"new": {"name": name, "color": color, "description": description}});
    if let Some(one) = call.state.tags.get_mut(&id) {
        one.name = name.unwrap_or_else(|| one.name.clone());
        one.color = color.unwrap_or_else(|| one.color.clone());
        one.description = description.unwrap_or_else(|| one.description.clone());
    }
    call.record(changed(Change::updated(KIND, id), id).with(detail));
    call.links(StatusCode::OK, &[])
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    if call.state.assignments.of_tag(id).next().is_some() {
        return Err(Refusal::conflict(format!("Tag {id} is still assigned")));
    }
    call.state.tags.remove(&id);
    call.record(changed(Change::deleted(KIND, id), id));
    no_content()
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveTagList", "/v1/tags", API, retrieve_list),
    post("createTag", "/v1/tags", API, create),
    get("retrieveTag", "/v1/tags/{tagId}", API, retrieve),
    patch("updateTag", "/v1/tags/{tagId}", API, update),
    delete("deleteTag", "/v1/tags/{tagId}", API, remove),
];

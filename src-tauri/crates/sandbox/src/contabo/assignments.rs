//! Tag assignments: which tags are on which instances, images and object storages.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};

use super::State;
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, post};
use super::query::contains;
use super::rights::Tagged;
use super::tags::wanted;

const API: &str = "/v1/tags/assignments";

/// Every assignment, findable from both ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Assignments {
    by_resource: BTreeSet<(Tagged, String, i64)>,
    by_tag: BTreeSet<(i64, Tagged, String)>,
}

impl Assignments {
    /// Adds one; false when it was there.
    pub(super) fn add(&mut self, tag: i64, kind: Tagged, id: &str) -> bool {
        self.by_tag.insert((tag, kind, id.to_owned()));
        self.by_resource.insert((kind, id.to_owned(), tag))
    }

    fn remove(&mut self, tag: i64, kind: Tagged, id: &str) -> bool {
        self.by_tag.remove(&(tag, kind, id.to_owned()));
        self.by_resource.remove(&(kind, id.to_owned(), tag))
    }

    fn has(&self, tag: i64, kind: Tagged, id: &str) -> bool {
        self.by_resource.contains(&(kind, id.to_owned(), tag))
    }

    /// A resource is gone, and its assignments with it.
    pub(super) fn forget(&mut self, kind: Tagged, id: &str) {
        let tags: Vec<i64> = self.tags_of(kind, id).collect();
        for tag in tags {
            self.remove(tag, kind, id);
        }
    }

    /// The tags on a resource.
    pub(super) fn tags_of(&self, kind: Tagged, id: &str) -> impl Iterator<Item = i64> {
        let range = (kind, id.to_owned(), i64::MIN)..=(kind, id.to_owned(), i64::MAX);
        self.by_resource.range(range).map(|(_, _, tag)| *tag)
    }

    /// What carries a tag.
    pub(super) fn of_tag(&self, tag: i64) -> impl Iterator<Item = (Tagged, &str)> {
        let from = (tag, Tagged::Instance, String::new());
        self.by_tag.range(from..).take_while(move |(of, _, _)| *of == tag).map(|(_, kind, id)| (*kind, id.as_str()))
    }
}

/// One assignment as it is shown.
struct Shown {
    kind: Tagged,
    id: String,
    name: String,
}

/// The resource's name; `None` when it is not there.
fn name_of(state: &State, kind: Tagged, id: &str) -> Option<String> {
    match kind {
        Tagged::Instance => {
            let one = state.instances.get(&id.parse().ok()?)?;
            Some(if one.display_name.is_empty() { one.name.clone() } else { one.display_name.clone() })
        }
        Tagged::Image => state.images.get(id).map(|one| one.name.clone()),
        Tagged::ObjectStorage => state.storages.get(id).map(|one| one.display_name.clone()),
    }
}

fn view(state: &State, tag: i64, one: &Shown) -> Value {
    state.account.owned(json!({
        "tagId": tag,
        "tagName": state.tags.get(&tag).map_or("", |tag| tag.name.as_str()),
        "resourceType": one.kind.name(),
        "resourceId": one.id,
        "resourceName": one.name,
    }))
}

const ORDER: Order<Shown> = &[
    ("resourceType", |one| Key::text(one.kind.name())),
    ("resourceId", |one| Key::text(&one.id)),
    ("resourceName", |one| Key::text(&one.name)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let tag = wanted(call)?;
    let kind = call.query.text("resourceType");
    let all: Vec<Shown> = call
        .state
        .assignments
        .of_tag(tag)
        .filter(|(of, id)| contains(of.name(), kind) && call.may_touch(*of, id))
        .filter_map(|(kind, id)| Some(Shown { kind, id: id.to_owned(), name: name_of(call.state, kind, id)? }))
        .collect();
    call.list(Frame::Full, all.iter().collect(), ORDER, |one| view(call.state, tag, one))
}

/// The resource in the path: of a known kind, there, and within the caller's tags.
fn resource(call: &Call<'_>) -> Result<Shown, Refusal> {
    let given = call.param("resourceType");
    let kind = Tagged::parse(given).ok_or_else(|| {
        let problem = "resourceType must be one of the following values: instance, image, object-storage";
        Refusal::fields(vec![problem.to_owned()])
    })?;
    let id = call.param("resourceId").to_owned();
    let name = name_of(call.state, kind, &id).ok_or_else(|| Refusal::missing("Resource", format!("{given} {id}")))?;
    call.touch(kind, &id)?;
    Ok(Shown { kind, id, name })
}

fn links(tag: i64, one: &Shown) -> [(&'static str, String); 2] {
    let path = match one.kind {
        Tagged::Instance => "/v1/compute/instances",
        Tagged::Image => "/v1/compute/images",
        Tagged::ObjectStorage => "/v1/object-storages",
    };
    [("tag", format!("/v1/tags/{tag}")), ("_resource", format!("{path}/{}", one.id))]
}

/// The assignment in the path, when the resource carries the tag.
fn present(call: &Call<'_>) -> Result<(i64, Shown), Refusal> {
    let tag = wanted(call)?;
    let one = resource(call)?;
    if call.state.assignments.has(tag, one.kind, &one.id) {
        return Ok((tag, one));
    }
    Err(Refusal::not_found(format!("Tag {tag} is not assigned to {} {}", one.kind.name(), one.id)))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let (tag, one) = present(call)?;
    call.one_linked(StatusCode::OK, view(call.state, tag, &one), &links(tag, &one))
}

fn change(change: Change, tag: i64, one: &Shown) -> Change {
    let subject = vec![("tagId", json!(tag)), ("resourceId", json!(one.id)), ("resourceType", json!(one.kind.name()))];
    change.audited(List::Assignments, subject).with(json!({"tagId": tag, "resourceId": one.id}))
}

fn create(call: &mut Call<'_>) -> Outcome {
    let tag = wanted(call)?;
    let one = resource(call)?;
    if !call.state.assignments.add(tag, one.kind, &one.id) {
        let kind = one.kind.name();
        return Err(Refusal::conflict(format!("Tag {tag} is already assigned to {kind} {}", one.id)));
    }
    call.record(change(Change::created("assignment", key(tag, &one)), tag, &one));
    call.links(StatusCode::CREATED, &links(tag, &one))
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let (tag, one) = present(call)?;
    call.state.assignments.remove(tag, one.kind, &one.id);
    call.record(change(Change::deleted("assignment", key(tag, &one)), tag, &one));
    no_content()
}

/// The name of an assignment in the journal.
fn key(tag: i64, one: &Shown) -> String {
    format!("{tag}/{}/{}", one.kind.name(), one.id)
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveAssignmentList", "/v1/tags/{tagId}/assignments", API, retrieve_list),
    get("retrieveAssignment", "/v1/tags/{tagId}/assignments/{resourceType}/{resourceId}", API, retrieve),
    post("createAssignment", "/v1/tags/{tagId}/assignments/{resourceType}/{resourceId}", API, create),
    delete("deleteAssignment", "/v1/tags/{tagId}/assignments/{resourceType}/{resourceId}", API, remove),
];

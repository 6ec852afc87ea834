//! Roles, and the list of everything that roles can grant.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::State;
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::listing::{Frame, Key, Order};
use super::operation::{self, Operation, delete, get, post, put};
use super::query::{contains, equals};
use super::rights::{Grant, Scope, Verb};

const API: &str = "/v1/roles";
const KIND: &str = "role";

/// What a role grants on one API.
#[derive(Debug, Clone)]
pub(super) struct Permission {
    pub(super) api: String,
    pub(super) verbs: Vec<String>,
    /// Tags whose resources it reaches.
    pub(super) tags: Vec<i64>,
}

/// One role.
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) admin: bool,
    pub(super) all_resources: bool,
    /// Made by the customer; the others cannot be changed.
    pub(super) custom: bool,
    pub(super) permissions: Vec<Permission>,
}

impl Role {
    /// What it lets its holders do. Without the right to all resources only those with the named tags are reached.
    pub(super) fn grants(&self) -> Vec<Grant> {
        let grant = |one: &Permission| Grant {
            api: one.api.clone(),
            verbs: one.verbs.clone(),
            scope: if self.all_resources { Scope::All } else { Scope::Tags(one.tags.iter().copied().collect()) },
        };
        self.permissions.iter().map(grant).collect()
    }

    pub(super) fn view(&self, state: &State) -> Value {
        let permissions: Vec<Value> = self.permissions.iter().map(|one| one.view(state)).collect();
        state.account.owned(json!({
            "roleId": self.id,
            "name": self.name,
            "admin": self.admin,
            "accessAllResources": self.all_resources,
            "type": self.kind(),
            "permissions": permissions,
        }))
    }

    fn kind(&self) -> &'static str {
        if self.custom { "custom" } else { "default" }
    }
}

impl Permission {
    fn view(&self, state: &State) -> Value {
        let tag = |id: &i64| Some(json!({"tagId": id, "tagName": state.tags.get(id)?.name}));
        let resources: Vec<Value> = self.tags.iter().filter_map(tag).collect();
        json!({"apiName": self.api, "actions": self.verbs, "resources": resources})
    }
}

/// Every API with the verbs it has, read off the table of operations.
fn catalogue() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut apis: BTreeMap<&str, Vec<Verb>> = BTreeMap::new();
    for operation in operation::all() {
        let verbs = apis.entry(operation.api).or_default();
        if !verbs.contains(&operation.verb) {
            verbs.push(operation.verb);
        }
    }
    apis.into_iter()
        .map(|(api, mut verbs)| {
            verbs.sort_unstable();
            (api, verbs.into_iter().map(Verb::name).collect())
        })
        .collect()
}

fn api_permissions(call: &mut Call<'_>) -> Outcome {
    let name = call.query.text("apiName");
    let all = catalogue();
    let items = all.iter().filter(|(api, _)| contains(api, name)).collect();
    let order: Order<(&'static str, Vec<&'static str>)> = &[("apiName", |one| Key::text(one.0))];
    call.list(Frame::LinksOnly, items, order, |(api, verbs)| json!({"apiName": api, "actions": verbs}))
}

const ORDER: Order<Role> = &[
    ("roleId", |one| Key::Number(one.id)),
    ("name", |one| Key::text(&one.name)),
    ("type", |one| Key::text(one.kind())),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let text = |name| call.query.text(name);
    let (api, tag) = (text("apiName"), text("tagName"));
    let names_tag = |one: &Permission| {
        one.tags.iter().filter_map(|id| call.state.tags.get(id)).any(|found| contains(&found.name, tag))
    };
    let items = call
        .state
        .roles
        .values()
        .filter(|one| contains(&one.name, text("name")) && equals(one.kind(), text("type")))
        .filter(|one| api.is_none() || one.permissions.iter().any(|permission| contains(&permission.api, api)))
        .filter(|one| tag.is_none() || one.permissions.iter().any(names_tag))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(call.state))
}

fn wanted(call: &Call<'_>) -> Result<i64, Refusal> {
    let id = call.id("roleId")?;
    if call.state.roles.contains_key(&id) { Ok(id) } else { Err(Refusal::missing("Role", id)) }
}

/// The same, when it may be changed.
fn custom(call: &Call<'_>) -> Result<i64, Refusal> {
    let id = wanted(call)?;
    if call.state.roles.get(&id).is_some_and(|role| role.custom) {
        return Ok(id);
    }
    Err(Refusal::forbidden("Default roles cannot be modified or deleted"))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let view = call.state.roles.get(&id).map_or(Value::Null, |one| one.view(call.state));
    call.one(StatusCode::OK, view)
}

/// Reads a role's body; everything but `permissions` is required, in the update too.
fn read(call: &Call<'_>, id: i64) -> Result<Role, Refusal> {
    let mut fields = call.fields()?;
    let name = fields.need_text("name", 1..=255);
    let admin = fields.need_flag("admin");
    let all_resources = fields.need_flag("accessAllResources");
    let known = catalogue();
    let mut permissions = Vec::new();
    for mut one in fields.objects("permissions").unwrap_or_default() {
        permissions.push(permission(&mut one, &known));
        fields.absorb(one);
    }
    fields.done()?;
    let tags = || permissions.iter().flat_map(|one: &Permission| &one.tags);
    if let Some(unknown) = tags().find(|id| !call.state.tags.contains_key(id)) {
        return Err(Refusal::missing("Tag", unknown));
    }
    if call.state.roles.values().any(|one| one.name == name && one.id != id) {
        return Err(Refusal::conflict(format!("Role with name {name} already exists")));
    }
    Ok(Role { id, name, admin, all_resources, custom: true, permissions })
}

fn permission(fields: &mut Fields, known: &[(&str, Vec<&str>)]) -> Permission {
    let api = fields.need_text("apiName", 1..=255);
    let verbs = fields.need_texts("actions");
    let tags = fields.ids("resources").unwrap_or_default();
    match known.iter().find(|(name, _)| *name == api) {
        None => fields.problem("apiName", "is not a known API"),
        Some(_) if verbs.iter().any(|verb| !Verb::NAMES.contains(&verb.as_str())) => {
            fields.problem("actions", "must contain only CREATE, READ, UPDATE, DELETE");
        }
        Some(_) => {}
    }
    Permission { api, verbs, tags }
}

fn changed(change: Change, id: i64) -> Change {
    change.audited(List::Roles, vec![("roleId", json!(id))])
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut role = read(call, 0)?;
    let id = call.state.serial("role");
    role.id = id;
    let detail = json!({"new": {"name": role.name, "admin": role.admin}});
    call.state.roles.insert(id, role);
    call.record(changed(Change::created(KIND, id), id).with(detail));
    let view = call.state.account.owned(json!({"roleId": id}));
    call.one(StatusCode::CREATED, view)
}

fn update(call: &mut Call<'_>) -> Outcome {
    let id = custom(call)?;
    let role = read(call, id)?;
    let detail = json!({"new": {"name": role.name, "admin": role.admin}});
    call.state.roles.insert(id, role);
    call.record(changed(Change::updated(KIND, id), id).with(detail));
    call.links(StatusCode::OK, &[])
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let id = custom(call)?;
    if call.state.users.values().any(|user| user.roles.contains(&id)) {
        return Err(Refusal::conflict(format!("Role {id} is still assigned to a user")));
    }
    call.state.roles.remove(&id);
    call.record(changed(Change::deleted(KIND, id), id));
    no_content()
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveRoleList", "/v1/roles", API, retrieve_list),
    post("createRole", "/v1/roles", API, create),
    get("retrieveApiPermissionsList", "/v1/roles/api-permissions", API, api_permissions),
    get("retrieveRole", "/v1/roles/{roleId}", API, retrieve),
    put("updateRole", "/v1/roles/{roleId}", API, update),
    delete("deleteRole", "/v1/roles/{roleId}", API, remove),
];

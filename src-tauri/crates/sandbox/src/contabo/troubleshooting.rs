//! Troubleshooting: checks, collections of checks, and remedies. Queued, run, and done in a few seconds.
//!
//! No audit list shows these.

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::agenda::{Due, Passing};
use super::answer::{Outcome, Refusal};
use super::call::{Call, Change};
use super::fields::Fields;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, get, patch, post};
use super::query::equals;
use super::rights::Tagged;
use super::text::moment;
use super::{Account, State};
use crate::journal::Effect;

const API: &str = "/v1/troubleshooting";
const STATUSES: &[&str] = &["queued", "running", "skipped", "cancelled", "failed", "warn", "successful"];

/// The next state of a check or remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Starts,
    Ends,
}

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Check,
    Remedy,
}

impl Sort {
    fn kind(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Remedy => "remedy",
        }
    }
}

/// A check or a remedy.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) id: i64,
    sort: Sort,
    instance: String,
    template: i64,
    /// The collection it belongs to; 0 for none.
    collection: i64,
    status: &'static str,
    note: String,
    created: Timestamp,
    modified: Timestamp,
    started: Option<Timestamp>,
}

/// A collection of checks.
#[derive(Debug, Clone)]
pub(super) struct Collection {
    pub(super) id: i64,
    instance: String,
    template: i64,
    checks: Vec<i64>,
    created: Timestamp,
}

/// Checks and remedies, and collections.
#[derive(Debug, Clone, Default)]
pub(super) struct Bench {
    pub(super) runs: BTreeMap<i64, Run>,
    pub(super) collections: BTreeMap<i64, Collection>,
}

/// Templates by id. The document lists them nowhere; these are the sandbox's own.
const CHECKS: &[(i64, &str)] = &[(1, "Ping check"), (2, "Port check"), (3, "Disk space check"), (4, "DNS check")];
const REMEDIES: &[(i64, &str)] = &[(1, "Restart instance"), (2, "Repair network configuration")];
const COLLECTIONS: &[(i64, &[i64])] = &[(1, &[1, 2, 4]), (2, &[3])];

impl Run {
    fn name(&self) -> &'static str {
        let templates = if self.sort == Sort::Check { CHECKS } else { REMEDIES };
        templates.iter().find(|(id, _)| *id == self.template).map_or("", |(_, name)| name)
    }

    fn is_over(&self) -> bool {
        !matches!(self.status, "queued" | "running")
    }

    pub(super) fn view(&self, account: &Account) -> Value {
        let duration = self.started.map_or(0, |from| self.modified.duration_since(from).as_millis());
        let (own, collection, template) = match self.sort {
            Sort::Check => ("checkId", "checkCollectionId", "checkTemplateId"),
            Sort::Remedy => ("remedyId", "remedyCollectionId", "remedyTemplateId"),
        };
        let mut view = json!({
            "status": self.status,
            "objectType": "vserver",
            "objectId": self.instance,
            "name": self.name(),
            "note": self.note,
            "durationMs": i64::try_from(duration).unwrap_or_default(),
            "createdDate": moment(self.created),
            "modifiedDate": moment(self.modified),
        });
        view[own] = json!(self.id);
        view[collection] = json!(self.collection);
        view[template] = json!(self.template);
        account.owned(view)
    }
}

impl Collection {
    fn runs<'s>(&'s self, bench: &'s Bench) -> impl Iterator<Item = &'s Run> {
        self.checks.iter().filter_map(|id| bench.runs.get(id))
    }

    /// The worst of its checks, once all are over.
    fn status(&self, bench: &Bench) -> &'static str {
        let any = |status: &str| self.runs(bench).any(|run| run.status == status);
        if self.runs(bench).any(|run| !run.is_over()) {
            return if self.runs(bench).all(|run| run.status == "queued") { "queued" } else { "running" };
        }
        ["failed", "warn", "cancelled"].into_iter().find(|status| any(status)).unwrap_or("successful")
    }

    pub(super) fn view(&self, account: &Account, bench: &Bench) -> Value {
        let modified = self.runs(bench).map(|run| run.modified).max().unwrap_or(self.created);
        let templates: Vec<Value> = self
            .runs(bench)
            .map(|run| {
                json!({
                    "checkId": run.id, "checkTemplateId": run.template,
                    "runConcurrent": true, "ignoreErrors": true,
                })
            })
            .collect();
        let checks: Vec<Value> = self.runs(bench).map(|run| run.view(account)).collect();
        account.owned(json!({
            "status": self.status(bench),
            "objectType": "vserver",
            "objectId": self.instance,
            "checkCollectionId": self.id,
            "checkCollectionTemplateId": self.template,
            "checkTemplates": templates,
            "createdDate": moment(self.created),
            "modifiedDate": moment(modified),
            "checks": checks,
        }))
    }
}

const RUN_ORDER: Order<Run> = &[
    ("status", |one| Key::text(one.status)),
    ("createdDate", |one| Key::time(one.created)),
    ("modifiedDate", |one| Key::time(one.modified)),
];

const COLLECTION_ORDER: Order<Collection> = &[("createdDate", |one| Key::time(one.created))];

fn list_runs(call: &mut Call<'_>, sort: Sort, collection: &str, template: &str) -> Outcome {
    call.query.choices("objectType", &["vserver"])?;
    let statuses = call.query.choices("status", STATUSES)?;
    let (collection, template) = (call.query.id(collection)?, call.query.id(template)?);
    let object = call.query.text("objectId");
    let items = call
        .state
        .bench
        .runs
        .values()
        .filter(|one| one.sort == sort && equals(&one.instance, object))
        .filter(|one| statuses.as_ref().is_none_or(|names| names.contains(&one.status)))
        .filter(|one| collection.is_none_or(|id| id == one.collection))
        .filter(|one| template.is_none_or(|id| id == one.template))
        .filter(|one| call.may_touch(Tagged::Instance, &one.instance))
        .collect();
    call.list(Frame::Full, items, RUN_ORDER, |one| one.view(&call.state.account))
}

fn list_checks(call: &mut Call<'_>) -> Outcome {
    list_runs(call, Sort::Check, "checkCollectionId", "checkTemplateId")
}

fn list_remedies(call: &mut Call<'_>) -> Outcome {
    list_runs(call, Sort::Remedy, "remedyCollectionId", "remedyTemplateId")
}

/// The instance a body speaks of.
fn object(call: &Call<'_>, fields: &mut Fields) -> String {
    fields.need_choice("objectType", &["vserver"]);
    let id = fields.need_text("objectId", 1..=40);
    let known = id.parse().is_ok_and(|id: i64| call.state.instances.contains_key(&id));
    if !known {
        fields.problem("objectId", "is not an instance");
    }
    id
}

/// Queues one run; it starts and ends by itself.
fn queue(call: &mut Call<'_>, sort: Sort, instance: String, template: i64, collection: i64) -> i64 {
    let id = call.state.serial("run");
    let run = Run {
        id,
        sort,
        instance: instance.clone(),
        template,
        collection,
        status: "queued",
        note: String::new(),
        created: call.now,
        modified: call.now,
        started: None,
    };
    call.state.bench.runs.insert(id, run);
    let starts = call.draw(500..2_000);
    let ends = starts + call.draw(2_000..9_000);
    call.later(starts, Due::Run { id, step: Step::Starts });
    call.later(ends, Due::Run { id, step: Step::Ends });
    call.record(Change::created(sort.kind(), id).with(json!({"instanceId": instance, "template": template})));
    id
}

fn start_run(call: &mut Call<'_>, sort: Sort, template: &str, collection: &str) -> Outcome {
    let mut fields = call.fields()?;
    let instance = object(call, &mut fields);
    let wanted = fields.need_integer(template);
    let known = if sort == Sort::Check { CHECKS } else { REMEDIES };
    if !known.iter().any(|(id, _)| *id == wanted) {
        fields.problem(template, "is not a known template");
    }
    let collection = fields.integer(collection).unwrap_or_default();
    fields.done()?;
    call.touch(Tagged::Instance, &instance)?;
    let id = queue(call, sort, instance, wanted, collection);
    shown(call, StatusCode::CREATED, id)
}

fn start_check(call: &mut Call<'_>) -> Outcome {
    start_run(call, Sort::Check, "checkTemplateId", "checkCollectionId")
}

fn start_remedy(call: &mut Call<'_>) -> Outcome {
    start_run(call, Sort::Remedy, "remedyTemplateId", "remedyCollectionId")
}

fn shown(call: &Call<'_>, status: StatusCode, id: i64) -> Outcome {
    let run = call.state.bench.runs.get(&id).ok_or_else(|| Refusal::missing("Run", id))?;
    call.one(status, run.view(&call.state.account))
}

fn wanted(call: &Call<'_>, sort: Sort, parameter: &str) -> Result<i64, Refusal> {
    let id = call.id(parameter)?;
    let found = call.state.bench.runs.get(&id).filter(|run| run.sort == sort);
    let run = found.ok_or_else(|| Refusal::missing(sort.kind(), id))?;
    call.touch(Tagged::Instance, &run.instance)?;
    Ok(id)
}

fn get_check(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call, Sort::Check, "checkId")?;
    shown(call, StatusCode::OK, id)
}

fn get_remedy(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call, Sort::Remedy, "remedyId")?;
    shown(call, StatusCode::OK, id)
}

/// The body can only say `cancelled`, and need not say it.
fn cancel_body(call: &Call<'_>) -> Result<(), Refusal> {
    let mut fields = call.fields()?;
    fields.choice("status", &["cancelled"]);
    fields.done()
}

fn cancel_run(call: &mut Call<'_>, sort: Sort, parameter: &str) -> Outcome {
    let id = wanted(call, sort, parameter)?;
    cancel_body(call)?;
    let now = call.now;
    match call.state.bench.runs.get_mut(&id) {
        Some(run) if run.is_over() => {
            let status = run.status;
            return Err(Refusal::conflict(format!("{} {id} is already {status}", sort.kind())));
        }
        Some(run) => {
            run.status = "cancelled";
            run.modified = now;
        }
        None => {}
    }
    call.record(Change::updated(sort.kind(), id).with(json!({"new": {"status": "cancelled"}})));
    shown(call, StatusCode::OK, id)
}

fn cancel_check(call: &mut Call<'_>) -> Outcome {
    cancel_run(call, Sort::Check, "checkId")
}

fn cancel_remedy(call: &mut Call<'_>) -> Outcome {
    cancel_run(call, Sort::Remedy, "remedyId")
}

fn list_collections(call: &mut Call<'_>) -> Outcome {
    call.query.choices("objectType", &["vserver"])?;
    let template = call.query.id("checkCollectionTemplateId")?;
    let object = call.query.text("objectId");
    let bench = &call.state.bench;
    let items = bench
        .collections
        .values()
        .filter(|one| equals(&one.instance, object) && template.is_none_or(|id| id == one.template))
        .filter(|one| call.may_touch(Tagged::Instance, &one.instance))
        .collect();
    call.list(Frame::Full, items, COLLECTION_ORDER, |one| one.view(&call.state.account, bench))
}

fn start_collection(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let instance = object(call, &mut fields);
    let template = fields.need_integer("checkCollectionTemplateId");
    let checks = COLLECTIONS.iter().find(|(id, _)| *id == template).map(|(_, checks)| *checks);
    if checks.is_none() {
        fields.problem("checkCollectionTemplateId", "is not a known template");
    }
    fields.done()?;
    call.touch(Tagged::Instance, &instance)?;
    let id = call.state.serial("check-collection");
    let checks = checks.unwrap_or_default();
    let checks = checks.iter().map(|check| queue(call, Sort::Check, instance.clone(), *check, id)).collect();
    let collection = Collection { id, instance, template, checks, created: call.now };
    call.state.bench.collections.insert(id, collection);
    call.record(Change::created("check-collection", id).with(json!({"template": template})));
    shown_collection(call, StatusCode::CREATED, id)
}

fn shown_collection(call: &Call<'_>, status: StatusCode, id: i64) -> Outcome {
    let bench = &call.state.bench;
    let collection = bench.collections.get(&id).ok_or_else(|| Refusal::missing("CheckCollection", id))?;
    call.touch(Tagged::Instance, &collection.instance)?;
    call.one(status, collection.view(&call.state.account, bench))
}

fn get_collection(call: &mut Call<'_>) -> Outcome {
    let id = call.id("checkCollectionId")?;
    shown_collection(call, StatusCode::OK, id)
}

fn cancel_collection(call: &mut Call<'_>) -> Outcome {
    let id = call.id("checkCollectionId")?;
    cancel_body(call)?;
    let checks = call.state.bench.collections.get(&id).map(|one| one.checks.clone());
    let checks = checks.ok_or_else(|| Refusal::missing("CheckCollection", id))?;
    let now = call.now;
    for check in checks {
        if let Some(run) = call.state.bench.runs.get_mut(&check).filter(|run| !run.is_over()) {
            run.status = "cancelled";
            run.modified = now;
        }
    }
    call.record(Change::updated("check-collection", id).with(json!({"new": {"status": "cancelled"}})));
    shown_collection(call, StatusCode::OK, id)
}

/// A run starts or ends. Most go well; which do not is up to the template and the instance, not to luck.
pub(super) fn turn(state: &mut State, passing: &mut Passing<'_>, id: i64, step: Step) {
    let Some(run) = state.bench.runs.get_mut(&id).filter(|run| !run.is_over()) else { return };
    run.modified = passing.at;
    if step == Step::Starts {
        run.status = "running";
        run.started = Some(passing.at);
    } else {
        let up = run.instance.parse().ok().and_then(|id: i64| state.instances.get(&id));
        let answers = up.is_some_and(|one| one.status == super::instances::Status::Running);
        (run.status, run.note) = match (run.sort, answers) {
            (Sort::Check, false) => ("failed", "The instance did not answer in time".to_owned()),
            (Sort::Check, true) if run.template == 3 => ("warn", "The file system is 91% full".to_owned()),
            _ => ("successful", String::new()),
        };
    }
    let (kind, status) = (run.sort.kind(), run.status);
    passing.note(Effect::Updated, kind, id, json!({"status": status}));
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("listExtCheckCollections", "/v1/troubleshooting/check-collections", API, list_collections),
    post("startExtCheckCollection", "/v1/troubleshooting/check-collections", API, start_collection),
    get("getExtCheckCollection", "/v1/troubleshooting/check-collections/{checkCollectionId}", API, get_collection),
    patch(
        "cancelExtCheckCollection",
        "/v1/troubleshooting/check-collections/{checkCollectionId}",
        API,
        cancel_collection,
    ),
    get("listExtChecks", "/v1/troubleshooting/checks", API, list_checks),
    post("startExtCheck", "/v1/troubleshooting/checks", API, start_check),
    get("getExtCheck", "/v1/troubleshooting/checks/{checkId}", API, get_check),
    patch("cancelExtCheck", "/v1/troubleshooting/checks/{checkId}", API, cancel_check),
    get("listExtRemedies", "/v1/troubleshooting/remedies", API, list_remedies),
    post("startExtRemedy", "/v1/troubleshooting/remedies", API, start_remedy),
    get("getExtRemedy", "/v1/troubleshooting/remedies/{remedyId}", API, get_remedy),
    patch("cancelExtRemedy", "/v1/troubleshooting/remedies/{remedyId}", API, cancel_remedy),
];

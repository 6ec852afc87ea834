//! All 162 actions through the command line's own path, in each dialect of the sandbox.
//!
//! Where an answer can be read, it says the same in every dialect: the typed answers have the same fields with the same
//! kinds of values as those of the plain dialect. Where it cannot, a person is told so in one sentence.

use std::collections::{BTreeMap, BTreeSet};

use rackdesk_commands::{AppError, ErrorCode};
use rackdesk_whmcs::{find, registry};
use serde_json::{Value, json};

use crate::office::Office;
use crate::tour::{Step, Tour};

const SEED: u64 = 42;

/// Actions that came with version 8, and one that was for WHMCS itself only (quirk 67).
const NOT_IN_7: &[&str] = &[
    "GetRegistrars",
    "AddUser",
    "CreateClientInvite",
    "DeleteUserClient",
    "GetUserPermissions",
    "GetUsers",
    "UpdateUser",
    "UpdateUserPermissions",
    "WhmcsDetails",
    "SetConfigurationValue",
];

/// Kinds of values by path, per action; list elements share one path.
type Shapes = BTreeMap<String, BTreeMap<String, BTreeSet<&'static str>>>;

fn shapes(steps: &[Step]) -> Shapes {
    let mut shapes = Shapes::new();
    for step in steps {
        shape(&step.answer, "", shapes.entry(step.action.clone()).or_default());
    }
    shapes
}

fn shape(value: &Value, path: &str, into: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let kind = match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| shape(field, &below(name), into));
            return;
        }
        Value::Array(items) => {
            items.iter().for_each(|item| shape(item, &format!("{path}[]"), into));
            return;
        }
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "flag",
        Value::Null => return,
    };
    into.entry(path.to_owned()).or_default().insert(kind);
}

/// A sandbox in a dialect, and what is known to be missing in it.
async fn walk(dialect: Value, without: &'static [&'static str]) -> (Value, Tour) {
    let office = Office::open(SEED, 1.0).await;
    office.tell("dialect", dialect.clone()).await;
    let tour = Tour::of(office, without).await;
    let expected: BTreeSet<&str> =
        registry().iter().map(|action| action.name).filter(|name| !without.contains(name)).collect();
    assert_eq!(tour.actions(), expected, "{dialect}: every action answers");
    (dialect, tour)
}

/// What differs between two walks. What a field of any kind holds is shown as it came.
fn differences(plain: &Shapes, here: &Shapes, all: bool) -> Vec<String> {
    let mut complaints = Vec::new();
    for (action, fields) in here {
        let free: Vec<String> = (find(action).expect("an action").fields)()
            .into_iter()
            .filter(|field| field.kind == "any")
            .map(|field| field.path)
            .collect();
        let typed = |path: &&String| !free.iter().any(|free| begins(path, free));
        let known = &plain[action];
        for (path, kinds) in fields.iter().filter(|(path, _)| typed(path)) {
            match known.get(path) {
                None => complaints.push(format!("{action}: {path} is there only in this dialect")),
                Some(plain) if !kinds.is_subset(plain) => {
                    complaints.push(format!("{action}: {path} is {kinds:?}, in plain {plain:?}"));
                }
                Some(_) => {}
            }
        }
        let lost: Vec<_> = known.keys().filter(|path| all && !fields.contains_key(*path) && typed(path)).collect();
        if !lost.is_empty() {
            complaints.push(format!("{action}: lost {lost:?}"));
        }
    }
    complaints
}

/// Whether a path lies at or below another; `*` stands for any key.
fn begins(path: &str, with: &str) -> bool {
    let mut parts = path.split('.');
    with.split('.').all(|wanted| {
        parts.next().is_some_and(|part| {
            wanted == "*" || part == wanted || part.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('['))
        })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn all_162_actions_say_the_same_in_every_dialect() {
    let odd = json!({"strings_for_numbers": true, "empty_lists": "string", "lone_objects": true, "numeric_keys": true});
    let whole = [
        json!({}),
        json!({"version": "9.0"}),
        json!({"strings_for_numbers": true}),
        json!({"empty_lists": "string"}),
        json!({"empty_lists": "object"}),
        json!({"empty_lists": "null"}),
        json!({"empty_lists": "absent"}),
        json!({"lone_objects": true}),
        json!({"numeric_keys": true}),
        odd,
    ];
    let walks: Vec<_> = whole.into_iter().map(|dialect| tokio::spawn(walk(dialect, &[]))).collect();
    let old = tokio::spawn(walk(json!({"version": "7.10"}), NOT_IN_7));
    let mut complaints = Vec::new();
    let mut plain = Shapes::new();
    for walked in walks {
        let (dialect, tour) = walked.await.expect("the tour gets to its end");
        let here = shapes(&tour.steps);
        if plain.is_empty() {
            plain = here;
        } else {
            complaints.extend(differences(&plain, &here, true).into_iter().map(|text| format!("{dialect} {text}")));
        }
    }
    let (_, tour) = old.await.expect("the tour gets to its end");
    complaints.extend(differences(&plain, &shapes(&tour.steps), false).into_iter().map(|text| format!("7.10 {text}")));
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
    for action in NOT_IN_7 {
        let error = refused(&tour.office, action, &required(action)).await;
        if *action == "SetConfigurationValue" {
            assert_eq!(error.code, ErrorCode::ActionNotPermitted, "{action}: {error:?}");
        } else {
            assert_eq!(error.code, ErrorCode::Rejected, "{action}: {error:?}");
            let words = "The requested API Action could not be found";
            assert!(error.message.contains(words), "{action}: {}", error.message);
        }
    }
}

/// Something for every parameter that has to be there.
fn required(action: &str) -> Vec<(String, String)> {
    let info = find(action).expect("an action");
    let value = |parameter: &rackdesk_whmcs::param::ParamInfo| match parameter.kind {
        "int" | "decimal" => "1",
        "bool" => "1",
        "date" => "2026-11-20",
        "datetime" => "2026-11-20 08:00:00",
        "localdate" => "20/11/2026",
        "unix" => "1780000000",
        "mmyy" => "0530",
        "list" | "map" | "tree" | "serialized" | "lines" => "{\"1\":\"x\"}",
        "csv" => "1",
        "attachments" => "[]",
        _ => "Other",
    };
    let needed = info.parameters.iter().filter(|parameter| parameter.required);
    needed.map(|parameter| (parameter.name.to_owned(), value(parameter).to_owned())).collect()
}

async fn refused(office: &Office, action: &str, params: &[(String, String)]) -> AppError {
    match office.call_owned(action, params).await {
        Err(error) => error,
        Ok(answer) => panic!("{action} {params:?} went well: {answer}"),
    }
}

/// The first call of each action on a tour, to be made again.
async fn one_of_each() -> Calls {
    let mut calls = Calls::new();
    for step in Tour::of(Office::open(SEED, 1.0).await, &[]).await.steps {
        calls.entry(step.action).or_insert(step.params);
    }
    assert_eq!(calls.len(), 162);
    calls
}

type Calls = BTreeMap<String, Vec<(String, String)>>;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_is_told_in_a_sentence_by_all_162() {
    let calls = std::sync::Arc::new(one_of_each().await);
    let mut runs = tokio::task::JoinSet::new();
    for kind in ["html", "truncated", "cut_middle"] {
        let calls = std::sync::Arc::clone(&calls);
        runs.spawn(async move {
            let office = Office::open(SEED, 0.1).await;
            office.fault("*", kind, json!({})).await;
            for (action, params) in calls.iter() {
                told(kind, action, &refused(&office, action, params).await);
            }
        });
    }
    runs.spawn(async move { forbidden(&calls).await });
    while let Some(run) = runs.join_next().await {
        run.expect("every call was refused as it should be");
    }
}

/// What a person reads.
fn told(kind: &str, action: &str, error: &AppError) {
    let unknown = error.params.get("outcome").is_some_and(|outcome| outcome == "unknown");
    let writes = find(action).expect("an action").effect.writes();
    assert_eq!(unknown, writes, "{kind} {action}: a write may have happened: {error:?}");
    match kind {
        "html" => {
            assert_eq!(error.code, ErrorCode::Maintenance, "{action}: {error:?}");
            assert_eq!(error.message, "WHMCS is in maintenance mode.", "{action}");
            assert_eq!(error.hint.as_deref(), Some("Wait, or switch maintenance mode off in General Settings."));
        }
        "truncated" => {
            assert_eq!(error.code, ErrorCode::Unreadable, "{action}: {error:?}");
            assert!(error.message.starts_with("The answer could not be understood at "), "{action}: {}", error.message);
        }
        _ => {
            assert_eq!(error.code, ErrorCode::Cut, "{action}: {error:?}");
            assert_eq!(error.message, "The line was cut before the answer was whole.", "{action}");
        }
    }
}

/// Quirk 5: by name, and before the content of the call is looked at.
async fn forbidden(calls: &Calls) {
    let office = Office::open(SEED, 0.1).await;
    let added = office.tell("access", json!({"add": {"permissions": []}})).await;
    let last = added["credentials"].as_array().and_then(|all| all.last()).expect("the new one");
    let word = |name: &str| last[name].as_str().expect("text").to_owned();
    office.sign_in(Some((&word("identifier"), &word("secret")))).await;
    for (action, params) in calls {
        let error = refused(&office, action, params).await;
        assert_eq!(error.code, ErrorCode::ActionNotPermitted, "{action}: {error:?}");
        assert_eq!(error.message, format!("The API role does not allow {action}."));
    }
}

/// A notice before the JSON: reads are taken from behind it; of a write nobody knows what printed it and what else that
/// did, so it is told as not understood.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_before_every_answer() {
    let office = Office::open(SEED, 1.0).await;
    for action in registry().iter().filter(|action| !action.effect.writes()) {
        office.fault(action.name, "noise", json!({})).await;
    }
    let tour = Tour::of(office, &[]).await;
    assert_eq!(tour.actions().len(), 162);
    tour.office.fault("*", "noise", json!({})).await;
    let mut writes = BTreeSet::new();
    for step in tour.steps.iter().filter(|step| find(&step.action).is_ok_and(|info| info.effect.writes())) {
        if writes.insert(&step.action) {
            let error = refused(&tour.office, &step.action, &step.params).await;
            assert_eq!(error.code, ErrorCode::Unreadable, "{}: {error:?}", step.action);
        }
    }
    assert_eq!(writes.len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_late() {
    let office = Office::open(SEED, 1.0).await;
    office.fault("*", "slow", json!({"delay_ms": 60})).await;
    let tour = Tour::of(office, &[]).await;
    assert_eq!(tour.actions().len(), 162);
}

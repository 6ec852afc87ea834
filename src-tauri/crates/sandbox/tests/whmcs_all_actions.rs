//! Every documented action is called once with something to do, and its answer is held against the documented names
//! and types (`facts/whmcs_fields.json`: action, path, type).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod common;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use common::{Sandbox, start};
use serde_json::Value;
use walk::{Walker, text, walk};

/// Collects what each action's answers looked like.
struct Story {
    sandbox: Sandbox,
    shapes: BTreeMap<String, BTreeMap<String, BTreeSet<&'static str>>>,
}

impl Walker for Story {
    async fn call(&mut self, action: &str, params: &[(&str, &str)]) -> Value {
        let answer = self.sandbox.call(action, params).await;
        assert_ne!(answer["result"], "error", "{action} {params:?}: {answer}");
        shape(&answer, "", self.shapes.entry(action.to_owned()).or_default());
        answer
    }
}

/// Notes the types found under each path; list elements share one path.
fn shape(value: &Value, path: &str, into: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let dated = name.len() == 10 && name.as_bytes()[4] == b'-';
                shape(field, &below(if dated { "*" } else { name }), into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| shape(item, &format!("{path}[]"), into)),
        other => {
            let kind = match other {
                Value::String(_) => "string",
                Value::Number(number) if number.is_i64() || number.is_u64() => "int",
                Value::Number(_) => "float",
                Value::Bool(_) => "bool",
                _ => "null",
            };
            into.entry(path.to_owned()).or_default().insert(kind);
        }
    }
}

/// What the documentation's example shows and this walk cannot.
const ELSEWHERE: &[(&str, &str)] = &[
    // Elided there with dots.
    ("GetAutomationLog", "statistics"),
];

#[tokio::test]
async fn all_162_actions_do_their_work_and_answer_as_documented() {
    let mut story = Story { sandbox: start(1.0).await, shapes: BTreeMap::new() };
    walk(&mut story).await;

    let operations = story.sandbox.control("operations").await;
    let implemented: BTreeSet<String> = operations["whmcs"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(operations["contabo"].as_array().unwrap().len(), 145);
    let called: BTreeSet<String> = story.shapes.keys().cloned().collect();
    assert_eq!(implemented.difference(&called).collect::<Vec<_>>(), Vec::<&String>::new(), "implemented, not called");

    let facts: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(include_str!("facts/whmcs_fields.json")).unwrap();
    let mut complaints = Vec::new();
    for (action, fields) in &facts {
        let Some(found) = story.shapes.get(action) else {
            complaints.push(format!("{action}: never answered"));
            continue;
        };
        for (path, kind) in fields {
            if ELSEWHERE.contains(&(action.as_str(), path.as_str())) {
                continue;
            }
            match found.get(path) {
                None => complaints.push(format!("{action}: {path} is missing")),
                Some(kinds) if !kinds.contains(kind.as_str()) => {
                    complaints.push(format!("{action}: {path} is {kinds:?}, documented {kind}"));
                }
                Some(_) => {}
            }
        }
    }
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
    assert_eq!(facts.len(), 162);
}

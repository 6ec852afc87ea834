//! Every action's answer, made from the documentation's facts, in every shape in which WHMCS has been seen to send
//! it: whatever the shape, the typed answer is the same, nothing is unknown and nothing is lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test")]

use std::collections::BTreeMap;

use rackdesk_whmcs::{ActionInfo, registry};
use serde_json::{Map, Value, json};

/// How an installation writes.
#[derive(Clone, Copy, Debug)]
struct Dialect {
    /// Numbers as text, booleans as `"on"` (quirks 24 to 26).
    text: bool,
    lists: Lists,
    /// Status instead of result, or neither (quirk 11).
    verdict: Verdict,
    /// A PHP notice before the JSON (quirk 17).
    notice: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Lists {
    AsDocumented,
    /// `{"0": …, "1": …}` (quirk 35).
    Numbered,
    /// A lone object (quirk 35).
    Lone,
    /// Wrapped where documented bare and bare where documented wrapped (quirk 32).
    OtherWay,
    /// `"a[b][0]"` (quirk 37).
    Flat,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Result,
    Status,
    None,
}

const PLAIN: Dialect = Dialect { text: false, lists: Lists::AsDocumented, verdict: Verdict::Result, notice: false };

fn leaf(kind: &str, dialect: Dialect) -> Value {
    match (kind, dialect.text) {
        ("int", false) => json!(7),
        ("int", true) => json!("7"),
        ("decimal", false) => json!(12.5),
        ("decimal", true) => json!("12.50"),
        ("price", _) => json!("-1.00"),
        ("money", _) => json!("$5.95 USD"),
        ("bool", false) => json!(true),
        ("bool", true) => json!("on"),
        ("date", _) => json!("2026-11-20"),
        ("datetime", _) => json!("2026-11-20 10:30:00"),
        ("csv", false) => json!([1, 2]),
        ("csv", true) => json!(",1,2,"),
        ("any", _) => json!({"k": "v"}),
        ("word", _) => json!("Active"),
        (_, false) => json!("text"),
        (_, true) => json!(5),
    }
}

/// What the typed answer says for it.
fn expected(kind: &str, dialect: Dialect) -> Value {
    match (kind, dialect.text) {
        ("int", _) => json!(7),
        ("decimal", false) => json!("12.5"),
        ("bool", _) => json!(true),
        ("secret", _) => json!("[hidden]"),
        ("csv", _) => json!("1,2"),
        ("text", true) => json!("5"),
        _ => leaf(kind, dialect),
    }
}

/// A tree from paths such as `clients.client[].id`; lists hold one element.
fn insert(tree: &mut Value, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *tree = value;
        return;
    };
    let (name, list) = match first.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (*first, false),
    };
    let name = if name == "*" { "KEY" } else { name };
    let object = match tree {
        Value::Object(object) => object,
        other => {
            *other = json!({});
            other.as_object_mut().unwrap()
        }
    };
    let slot = object.entry(name).or_insert(Value::Null);
    if list {
        if !slot.is_array() {
            *slot = json!([null]);
        }
        insert(&mut slot[0], rest, value);
    } else {
        insert(slot, rest, value);
    }
}

fn tree(info: &ActionInfo, dialect: Dialect, value: fn(&str, Dialect) -> Value) -> Value {
    let mut tree = json!({});
    for field in (info.fields)() {
        let path: Vec<&str> = field.path.split('.').collect();
        insert(&mut tree, &path, value(field.kind, dialect));
    }
    tree
}

/// Members whose only content is one list are wrappers.
fn reshape(value: Value, lists: Lists) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let value = match (lists, value) {
                        (Lists::OtherWay, Value::Object(inner))
                            if inner.len() == 1 && inner.values().all(Value::is_array) =>
                        {
                            inner.into_iter().next().unwrap().1
                        }
                        (_, value) => value,
                    };
                    (name, reshape(value, lists))
                })
                .collect(),
        ),
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().map(|item| reshape(item, lists)).collect();
            match lists {
                Lists::Numbered => items.into_iter().enumerate().map(|(n, item)| (n.to_string(), item)).collect(),
                Lists::Lone if items.len() == 1 && items[0].is_object() => items.into_iter().next().unwrap(),
                _ => Value::Array(items),
            }
        }
        other => other,
    }
}

fn flatten(value: &Value, name: String, out: &mut Map<String, Value>) {
    let below = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}[{key}]") };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| flatten(value, below(key), out)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| flatten(item, below(&n.to_string()), out)),
        leaf => _ = out.insert(name, leaf.clone()),
    }
}

fn speak(info: &ActionInfo, dialect: Dialect) -> Vec<u8> {
    let answer = tree(info, dialect, leaf);
    let mut answer = match dialect.lists {
        Lists::Flat => {
            let mut flat = Map::new();
            flatten(&answer, String::new(), &mut flat);
            Value::Object(flat)
        }
        lists => reshape(answer, lists),
    };
    let members = answer.as_object_mut().unwrap();
    match dialect.verdict {
        Verdict::Result => _ = members.insert("result".into(), json!("success")),
        Verdict::Status if !members.contains_key("status") => _ = members.insert("status".into(), json!("success")),
        Verdict::Status => _ = members.insert("result".into(), json!("success")),
        Verdict::None => {}
    }
    let notice = if dialect.notice { "<br />\n<b>Deprecated</b>: x in {\"y\"} <br />\n" } else { "" };
    format!("{notice}{answer}").into_bytes()
}

fn check(info: &ActionInfo, dialect: Dialect) {
    let body = speak(info, dialect);
    let at = || format!("{} in {dialect:?}: {}", info.name, String::from_utf8_lossy(&body));
    let answer = (info.read_json)(&body).unwrap_or_else(|error| panic!("{}: {error}", at()));
    assert_eq!(answer.census.misfits, Vec::<String>::new(), "{}", at());
    assert_eq!(answer.census.unknown, 0, "{}", at());
    assert_eq!(answer.salvaged, dialect.notice, "{}", at());
    let wanted = tree(info, dialect, expected);
    let (mut got, mut want) = (BTreeMap::new(), BTreeMap::new());
    leaves(&answer.value, String::new(), &mut got);
    leaves(&wanted, String::new(), &mut want);
    assert_eq!(got, want, "{}", at());
}

fn leaves(value: &Value, path: String, out: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| leaves(value, format!("{path}.{key}"), out)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| leaves(item, format!("{path}[{n}]"), out)),
        leaf => _ = out.insert(path, leaf.clone()),
    }
}

#[test]
fn numbers_as_text_and_text_as_numbers() {
    for info in registry() {
        check(info, PLAIN);
        check(info, Dialect { text: true, ..PLAIN });
    }
    println!("{} answers", registry().len());
}

#[test]
fn lists_numbered_alone_wrapped_bare_and_flat() {
    for info in registry() {
        for lists in [Lists::Numbered, Lists::Lone, Lists::OtherWay, Lists::Flat] {
            // Free content has no list that could be told from its numbers.
            if lists == Lists::Flat && (info.fields)().iter().any(|field| field.kind == "any" || field.kind == "csv") {
                continue;
            }
            // Data with only one key looks like a wrapper to this test.
            if lists == Lists::OtherWay && ["GetOrders", "GetTLDPricing"].contains(&info.name) {
                continue;
            }
            if matches!(lists, Lists::Numbered | Lists::Lone) {
                check(info, Dialect { lists, text: true, ..PLAIN });
            } else {
                check(info, Dialect { lists, ..PLAIN });
            }
        }
    }
}

#[test]
fn success_said_in_another_word_or_not_at_all() {
    for info in registry() {
        check(info, Dialect { verdict: Verdict::Status, ..PLAIN });
        if !info.effect.writes() {
            check(info, Dialect { verdict: Verdict::None, ..PLAIN });
        }
    }
}

#[test]
fn a_notice_before_the_answer_is_survived_by_reads_and_only_by_reads() {
    for info in registry() {
        let dialect = Dialect { notice: true, ..PLAIN };
        if info.effect.writes() {
            let error = (info.read_json)(&speak(info, dialect)).expect_err("a write is not sure after that");
            assert!(error.contains("text around"), "{}: {error}", info.name);
        } else {
            check(info, dialect);
        }
    }
}

/// quirks 27, 34, 36: nothing, said in ten ways.
#[test]
fn nothing_is_nothing_however_it_is_said() {
    for info in registry() {
        let fields = (info.fields)();
        let lists: Vec<&str> = fields
            .iter()
            .filter(|field| field.path.contains("[]"))
            .map(|f| f.path.split(['.', '[']).next().unwrap())
            .collect();
        for nothing in [json!(""), json!([]), json!({}), json!(null), json!([[]]), json!(false), json!([null])] {
            let mut answer = json!({"result": "success"});
            for list in &lists {
                answer[*list] = nothing.clone();
            }
            let read = (info.read_json)(answer.to_string().as_bytes());
            let read = read.unwrap_or_else(|error| panic!("{} with {nothing}: {error}", info.name));
            assert_eq!(read.census.unknown + read.census.misfits.len(), 0, "{} with {nothing}", info.name);
        }
        for empty in ["{\"result\":\"success\"}", "{\"result\":\"success\",\"totalresults\":\"0\"}"] {
            (info.read_json)(empty.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", info.name));
        }
    }
}

#[test]
fn unknown_fields_are_kept_and_counted_and_misfits_named() {
    let info = rackdesk_whmcs::find("GetClients").unwrap();
    let body = json!({
        "result": "success", "totalresults": "many", "new_top": 1,
        "clients": {"client": [{"id": {"odd": 1}, "firstname": "Eve", "new_row": [1, 2]}]},
    });
    let answer = (info.read_json)(body.to_string().as_bytes()).unwrap();
    assert_eq!(answer.census.unknown, 2);
    assert_eq!(answer.census.misfits, ["clients.client[0].id", "totalresults"]);
    let row = &answer.value["clients"]["client"][0];
    assert_eq!((&row["firstname"], &row["new_row"], &row["id"]), (&json!("Eve"), &json!([1, 2]), &json!({"odd": 1})));
    assert_eq!(answer.value["totalresults"], "many");
}

#[test]
fn a_structure_that_makes_no_sense_is_named_by_its_path_and_never_quoted() {
    let read = |action: &str, body: &str| {
        (rackdesk_whmcs::find(action).unwrap().read_json)(body.as_bytes()).expect_err("makes no sense")
    };
    let error = read("GetClients", r#"{"result":"success","clients":{"client":[{"id":1},"5up3rs3cret"]}}"#);
    assert!(error.contains("clients.client[1]"), "{error}");
    assert!(!error.contains("5up3rs3cret"), "{error}");
    let error = read("GetClientsDetails", r#"{"result":"success","client":"5up3rs3cret"}"#);
    assert!(error.contains("client") && !error.contains("5up3rs3cret"), "{error}");
    let error = read("GetClients", r#"{"result":"success","clients":"5up3rs3cret"}"#);
    assert!(error.contains("clients") && !error.contains("5up3rs3cret"), "{error}");
    let error = read("GetClients", r#"{"result":"success","clients":{"client":[{"id":1,"firstname":"5up3rs3"#);
    assert!(error.contains("clients.client[0]") && !error.contains("5up3rs3"), "{error}");
}

/// Whatever arrives, every reader answers: with what it understood or with why not, and never with a secret.
mod hostile {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{PLAIN, speak};

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
            "[0-9,.-]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 32, 4, |inner| {
            let name = prop_oneof![
                Just("result".to_owned()),
                Just("clients".to_owned()),
                Just("client".to_owned()),
                Just("0".to_owned()),
                Just("a[b][0]".to_owned()),
                "[a-z]{0,6}",
            ];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name, inner), 0..4).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_json_is_read_or_refused(body in any_json()) {
            for info in rackdesk_whmcs::registry() {
                let _ = (info.read_json)(body.to_string().as_bytes());
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
            for info in rackdesk_whmcs::registry().iter().step_by(9) {
                let _ = (info.read_json)(&body);
            }
        }

        #[test]
        fn any_near_miss_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            for info in rackdesk_whmcs::registry() {
                let mut body = speak(info, PLAIN);
                let at = at.index(body.len());
                body[at] = byte;
                let _ = (info.read_json)(&body);
                body.truncate(cut.index(body.len()));
                let _ = (info.read_json)(&body);
            }
        }

        /// Nesting, width and strange names do not cost more than their length.
        #[test]
        fn anything_in_place_of_one_field_leaves_the_others(value in any_json()) {
            let info = rackdesk_whmcs::find("GetClients").expect("typed");
            let body = json!({"result": "success", "clients": {"client": [{"id": 1, "firstname": value, "email": "e"}]}});
            let answer = (info.read_json)(body.to_string().as_bytes()).expect("one odd field is no reason to fail");
            prop_assert_eq!(&answer.value["clients"]["client"][0]["email"], "e");
        }
    }
}

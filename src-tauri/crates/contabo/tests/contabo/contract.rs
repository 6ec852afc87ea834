//! The typed operations against the facts of the documentation.

use std::collections::{BTreeMap, BTreeSet};

use rackdesk_contabo::argument::{Kind, Parameter, Place};
use rackdesk_contabo::edits::EDITS;
use rackdesk_contabo::settle::{Trail, trails};
use rackdesk_contabo::{OperationInfo, registry};
use rackdesk_wire::Effect;
use serde_json::{Map, Value, json};

fn facts() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/contract/contabo.json");
    serde_json::from_slice(&std::fs::read(path).expect("the facts are there")).expect("the facts are JSON")
}

fn operations(facts: &Value) -> Vec<&Value> {
    facts["operations"].as_array().expect("a list").iter().collect()
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_default()
}

#[test]
fn every_documented_operation_is_typed_with_its_method_and_path() {
    let facts = facts();
    let typed: BTreeMap<&str, &OperationInfo> = registry().iter().map(|info| (info.id, info)).collect();
    assert_eq!(typed.len(), registry().len(), "an operation is listed twice");
    let mut missing = Vec::new();
    for fact in operations(&facts) {
        match typed.get(text(fact, "id")) {
            Some(info) => {
                assert_eq!(info.method.as_str(), text(fact, "method"), "{}", info.id);
                assert_eq!(info.path, text(fact, "path"), "{}", info.id);
            }
            None => missing.push(text(fact, "id")),
        }
    }
    let known: BTreeSet<&str> = operations(&facts).into_iter().map(|fact| text(fact, "id")).collect();
    let invented: Vec<&str> = typed.keys().filter(|id| !known.contains(*id)).copied().collect();
    println!("{} of {} Contabo operations typed", known.len() - missing.len(), known.len());
    assert!(missing.is_empty(), "not typed: {missing:?}");
    assert!(invented.is_empty(), "not documented: {invented:?}");
    assert_eq!(known.len(), 145);
}

/// What is required here although the documentation has a default for it, because a default here would buy or place
/// something that nobody chose.
const STRICTER: [(&str, &str); 4] = [
    ("createInstance", "imageId"),
    ("createInstance", "productId"),
    ("createInstance", "region"),
    ("createPrivateNetwork", "region"),
];

#[test]
fn parameters_and_bodies_are_those_of_the_documentation() {
    let facts = facts();
    let mut stricter = BTreeSet::new();
    for fact in operations(&facts) {
        let id = text(fact, "id");
        let info = registry().iter().find(|info| info.id == id).expect("typed");
        for (place, name) in [(Place::Path, "path"), (Place::Query, "query")] {
            let documented: BTreeMap<&str, &Value> = fact["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == name)
                .map(|parameter| (text(parameter, "name"), parameter))
                .collect();
            let typed = at(&info.parameters, place);
            assert_eq!(names(&typed), documented.keys().copied().collect(), "{id}: {name}");
            for parameter in typed {
                same_kind(&parameter.kind, documented[parameter.name.as_str()], &facts, id, &parameter.name);
            }
        }
        assert_eq!(info.has_body, fact.get("body").is_some(), "{id}: body");
        let body = at(&info.parameters, Place::Body);
        match fact["body"].as_str() {
            None => assert!(body.is_empty(), "{id}: body"),
            Some(shape) => same_shape(&body, shape, &facts, id, &mut stricter),
        }
    }
    let expected = STRICTER.iter().map(|(id, field)| ((*id).to_owned(), (*field).to_owned())).collect();
    assert_eq!(stricter, expected, "required here and not in the documentation");
}

fn at(parameters: &[Parameter], place: Place) -> Vec<Parameter> {
    parameters.iter().filter(|parameter| parameter.place == place).cloned().collect()
}

fn names(parameters: &[Parameter]) -> BTreeSet<&str> {
    parameters.iter().map(|parameter| parameter.name.as_str()).collect()
}

fn same_shape(typed: &[Parameter], shape: &str, facts: &Value, id: &str, stricter: &mut BTreeSet<(String, String)>) {
    let members = facts["shapes"][shape].as_object().expect("a known shape");
    assert_eq!(names(typed), members.keys().map(String::as_str).collect(), "{id}: {shape}");
    for parameter in typed {
        let member = &members[&parameter.name];
        let required = member["required"] == true;
        assert!(parameter.required || !required, "{id}: {} is required", parameter.name);
        if parameter.required && !required {
            stricter.insert((id.to_owned(), parameter.name.clone()));
        }
        same_kind(&parameter.kind, member, facts, id, &parameter.name);
    }
}

fn same_kind(kind: &Kind, fact: &Value, facts: &Value, id: &str, name: &str) {
    let listed: Vec<&str> = fact["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let at = format!("{id}: {name}");
    match (kind, text(fact, "type")) {
        (Kind::Choice(words), "string") if !listed.is_empty() => {
            // An address cannot be assigned to nothing.
            let words = words.iter().filter(|word| **word != "null" || listed.contains(word));
            assert_eq!(words.copied().collect::<BTreeSet<_>>(), listed.into_iter().collect(), "{at}");
        }
        (Kind::List(Kind::Choice(words)), "string") if !listed.is_empty() => assert_eq!(*words, listed, "{at}"),
        (_, "string") if !listed.is_empty() => panic!("{at}: has an enumeration"),
        (Kind::Date, "string") => assert_eq!(text(fact, "format"), "date", "{at}"),
        (Kind::Time, "string") => assert_eq!(text(fact, "format"), "date-time", "{at}"),
        (Kind::Text | Kind::Secret | Kind::Choice(_) | Kind::List(_), "string") => {
            assert_eq!(text(fact, "format"), "", "{at}");
        }
        (Kind::Whole, "integer" | "number") | (Kind::Number, "number") | (Kind::Flag, "boolean") => {}
        (Kind::List(of), "array") => same_kind(of, &fact["items"], facts, id, name),
        (Kind::Object(members), "object") => match fact["shape"].as_str() {
            Some(shape) => same_shape(&members(), shape, facts, id, &mut BTreeSet::new()),
            None => assert!(members().is_empty(), "{at}"),
        },
        (kind, documented) => panic!("{at}: {kind} for a documented {documented}"),
    }
}

/// Words for members that are typed as enumerations where the documentation only speaks of text: part of the shape's
/// name, member, word.
const WORDS: [(&str, &str, &str); 5] = [
    ("", "region", "EU"),
    ("", "tenantId", "INT"),
    ("", "resourceType", "instance"),
    ("Image", "status", "downloaded"),
    ("DnsZoneRecord", "type", "MX"),
];

/// A value of a documented member; enumerations give their `turn`-th word.
fn sample(facts: &Value, at: (&str, &str), fact: &Value, turn: usize, depth: usize) -> Value {
    let listed: Vec<&Value> = fact["enum"].as_array().into_iter().flatten().collect();
    if let Some(word) = listed.get(turn % listed.len().max(1)) {
        return (*word).clone();
    }
    match text(fact, "type") {
        "integer" | "number" => json!(7),
        "boolean" => json!(true),
        "array" if depth > 6 => json!([]),
        "array" => json!([sample(facts, at, &fact["items"], turn, depth)]),
        "object" => match fact["shape"].as_str() {
            Some(shape) => row(facts, shape, turn, depth + 1),
            None => json!({"free": "form"}),
        },
        _ if !text(fact, "format").is_empty() => json!("2021-06-03T00:00:00.000+0000"),
        _ => {
            let word = WORDS.iter().find(|(shape, member, _)| at.0.contains(shape) && at.1 == *member);
            json!(word.map_or("text", |(_, _, word)| word))
        }
    }
}

fn row(facts: &Value, shape: &str, turn: usize, depth: usize) -> Value {
    let members = facts["shapes"][shape].as_object().expect("a known shape");
    let values = members.iter().map(|(name, fact)| (name.clone(), sample(facts, (shape, name), fact, turn, depth)));
    Value::Object(values.collect::<Map<_, _>>())
}

#[test]
fn every_documented_reply_is_read_without_a_surprise_and_nothing_of_it_is_lost() {
    let facts = facts();
    let mut rows = 0;
    for fact in operations(&facts) {
        let id = text(fact, "id");
        let info = registry().iter().find(|info| info.id == id).expect("typed");
        let Some(shape) = fact["row"].as_str() else {
            let (_, surprises) = (info.read_json)(b"").unwrap_or_else(|error| panic!("{id}: {error:?}"));
            assert_eq!(surprises.fields, 0, "{id}");
            continue;
        };
        for turn in 0..14 {
            let row = row(&facts, shape, turn, 0);
            let mut reply = json!({"data": [row], "_links": {"self": "/v1/x"}});
            if fact["pagination"] == true {
                reply["_pagination"] = json!({"size": 10, "totalElements": 1, "totalPages": 1, "page": 1});
            }
            let (read, surprises) = (info.read_json)(reply.to_string().as_bytes())
                .unwrap_or_else(|error| panic!("{id}: {error:?} in {reply}"));
            assert_eq!((surprises.fields, surprises.values, surprises.rows), (0, 0, 0), "{id}: {reply}");
            let read = if read.get("data").is_some_and(Value::is_array) { &read["data"][0] } else { &read };
            lost(&row, read, id);
        }
        rows += 1;
    }
    println!("{rows} documented replies read");
}

fn lost(documented: &Value, read: &Value, at: &str) {
    match (documented, read) {
        (Value::Object(members), Value::Object(found)) => {
            for (name, value) in members {
                let found = found.get(name).unwrap_or_else(|| panic!("{at}: {name} was lost"));
                lost(value, found, &format!("{at}.{name}"));
            }
        }
        (Value::Array(items), Value::Array(found)) => {
            assert_eq!(items.len(), found.len(), "{at}");
            items.iter().zip(found).for_each(|(item, found)| lost(item, found, at));
        }
        (_, Value::String(hidden)) if hidden == "[hidden]" => {}
        (Value::String(null), Value::String(word)) if null == "null" && word == "null" => {}
        _ => assert_eq!(documented, read, "{at}"),
    }
}

/// quirks 6.14, 5.4
#[test]
fn effects_follow_what_an_operation_does() {
    let links = [
        "unassignInstancePrivateNetwork",
        "unassignInstanceFirewall",
        "unassignIp",
        "deleteAssignment",
        "revokeDomainTransferOut",
    ];
    for info in registry() {
        let reads = info.method == http::Method::GET || info.id == "validateDomainAvailability";
        assert_eq!(info.effect == Effect::Read, reads, "{}", info.id);
        if info.method == http::Method::DELETE {
            let expected = if links.contains(&info.id) { Effect::Idempotent } else { Effect::Destructive };
            assert_eq!(info.effect, expected, "{}: deleting a thing destroys, deleting a link does not", info.id);
        }
    }
    let of =
        |effect| registry().iter().filter(|info| info.effect == effect).map(|info| info.id).collect::<BTreeSet<_>>();
    let billable = [
        "createInstance",
        "upgradeInstance",
        "createObjectStorage",
        "upgradeObjectStorage",
        "orderDomain",
        "revokeCancelDomain",
    ];
    assert_eq!(of(Effect::Billable), billable.into_iter().collect());
    for id in [
        "reinstallInstance",
        "rollbackSnapshot",
        "cancelInstance",
        "CancelObjectStorage",
        "cancelDomain",
        "startExtRemedy",
    ] {
        assert!(of(Effect::Destructive).contains(id), "{id}");
    }
    for id in ["restart", "rescue", "resetPasswordAction", "createSnapshot", "getAuthCode", "generateClientSecret"] {
        assert!(of(Effect::Once).contains(id), "{id}");
    }
}

#[test]
fn the_table_of_edits_knows_every_change_in_place() {
    let known: BTreeSet<&str> = EDITS.iter().map(|edit| edit.operation).collect();
    for edit in EDITS {
        let info =
            registry().iter().find(|info| info.id == edit.operation).unwrap_or_else(|| panic!("{}", edit.operation));
        let member =
            info.parameters.iter().any(|parameter| parameter.place == Place::Body && parameter.name == edit.field);
        assert!(edit.field == "*" || member, "{}.{}", edit.operation, edit.field);
        assert!(!edit.source.is_empty(), "{}", edit.operation);
    }
    for info in registry() {
        let in_place = info.method == http::Method::PATCH || info.method == http::Method::PUT;
        let touches_a_server = info.id != "createSnapshot"
            && info.path.contains("/instances/{instanceId}")
            && info.method == http::Method::POST
            || info.id.contains("InstancePrivateNetwork");
        assert!(known.contains(info.id) || !(in_place || touches_a_server), "{} has no line", info.id);
    }
}

/// quirk 8.1
#[test]
fn every_mutation_says_where_its_audit_is_or_that_there_is_none() {
    let lists: BTreeSet<&str> =
        registry().iter().filter(|info| info.id.ends_with("AuditsList")).map(|info| info.id).collect();
    assert_eq!(lists.len(), 17);
    let mut used = BTreeSet::new();
    let mut without = Vec::new();
    for (id, trail) in trails() {
        match trail {
            Trail::List(list) => {
                assert!(lists.contains(list), "{id}: {list}");
                used.insert(list);
            }
            Trail::None(why) => {
                assert!(!why.is_empty());
                without.push(id);
            }
        }
    }
    assert_eq!(used, lists, "an audit list that settles nothing");
    println!("{} mutations, {} without an audit list: {without:?}", trails().len(), without.len());
}

//! Holds the typed actions against the documentation's facts (tests/contract/whmcs.json): names, parameters, fields
//! of answers, their types, and what a call does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};

use rackdesk_whmcs::{ActionInfo, find, registry};
use rackdesk_wire::{Effect, TimeoutClass};
use serde::Deserialize;

#[derive(Deserialize)]
struct Documented {
    name: String,
    area: String,
    writes: bool,
    destroys: bool,
    external: bool,
    paged: bool,
    parameters: Vec<Parameter>,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    required: bool,
    format: Option<String>,
}

#[derive(Deserialize)]
struct Field {
    path: String,
    types: Vec<String>,
}

fn documented() -> Vec<Documented> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/contract/whmcs.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the contract is part of the repository")).unwrap()
}

fn typed() -> Vec<(Documented, &'static ActionInfo)> {
    documented().into_iter().filter_map(|action| find(&action.name).ok().map(|info| (action, info))).collect()
}

#[test]
fn every_documented_action_is_typed_and_no_other() {
    let documented: BTreeSet<String> = documented().into_iter().map(|action| action.name).collect();
    let typed: BTreeSet<String> = registry().iter().map(|info| info.name.to_owned()).collect();
    let missing: Vec<_> = documented.difference(&typed).collect();
    println!("{} of {} documented actions are typed; missing: {missing:?}", typed.len(), documented.len());
    assert!(missing.is_empty(), "not typed: {missing:?}");
    assert!(typed.is_subset(&documented), "not documented: {:?}", typed.difference(&documented).collect::<Vec<_>>());
    assert_eq!(registry().len(), typed.len(), "each is registered once");
}

#[test]
fn areas_effects_and_paging_are_the_documented_ones() {
    for (action, info) in typed() {
        let name = &action.name;
        assert_eq!(format!("{:?}", info.area), action.area, "{name}: area");
        assert_eq!(info.effect.writes(), action.writes, "{name}: writes");
        assert_eq!(info.effect == Effect::Destructive, action.destroys, "{name}: destroys");
        assert_eq!(info.paged, action.paged, "{name}: paging");
        if action.external {
            assert_eq!(info.timeout, TimeoutClass::External, "{name}: somebody else is called");
        }
        assert!(info.documentation().ends_with(&format!("/{}/", name.to_lowercase())));
    }
}

/// Parameters that are documented as a must and are not one here, with the reason.
const RELAXED: &[(&str, &[&str], &str)] = &[
    ("AddBannedIp", &["days"], "expires can stand for it"),
    (
        "AddClient",
        &["address1", "city", "state", "postcode", "country", "phonenumber"],
        "which of them are a must is a setting of the installation",
    ),
];

#[test]
fn no_documented_parameter_is_missing_or_of_another_kind() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for (action, info) in typed() {
        let known: BTreeMap<&str, _> =
            info.parameters.iter().flat_map(|p| p.wire_names().iter().map(move |name| (*name, p))).collect();
        for parameter in &action.parameters {
            let at = format!("{}.{}", action.name, parameter.name);
            checked += 1;
            let Some(found) = known.get(parameter.name.as_str()) else {
                wrong.push(format!("{at} is not typed"));
                continue;
            };
            if !fits(&parameter.kind, parameter.format.as_deref(), found.kind) {
                wrong.push(format!("{at}: {} {:?}, typed as {}", parameter.kind, parameter.format, found.kind));
            }
            let relaxed = RELAXED.iter().any(|(name, of, _)| *name == action.name && of.contains(&&*parameter.name));
            if found.required != (parameter.required && !relaxed) {
                wrong.push(format!("{at}: must it be given?"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{checked} parameters");
}

/// Which of our kinds may stand for a documented type.
fn fits(documented: &str, format: Option<&str>, ours: &str) -> bool {
    if let Some(format) = format {
        return match format {
            "Y-m-d" => matches!(ours, "date" | "datetime"),
            "MMYY" => ours == "mmyy",
            "unix seconds" => ours == "unix",
            "Y-m-d H:i:s" | "ISO 8601 or Y-m-d H:i:s" => ours == "datetime",
            _ => ours == "localdate",
        };
    }
    match documented {
        // A few numbers are codes or dates in truth (quirk 59).
        "int" => matches!(ours, "int" | "lines" | "secret" | "text"),
        "float" => matches!(ours, "decimal" | "lines"),
        "bool" => matches!(ours, "bool" | "lines"),
        "string" => matches!(ours, "text" | "word" | "words" | "secret" | "serialized" | "csv" | "lines" | "int"),
        "mixed" => ours == "text",
        "int|string" => ours == "csv",
        "float|string" => ours == "decimal",
        "array" => matches!(ours, "list" | "map" | "tree" | "serialized" | "attachments" | "lines"),
        list if list.ends_with("[]") => matches!(ours, "list" | "map"),
        _ => false,
    }
}

#[test]
fn no_documented_field_of_an_answer_is_missing_or_of_another_kind() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for (action, info) in typed() {
        let fields: BTreeMap<String, &str> = (info.fields)().into_iter().map(|f| (f.path, f.kind)).collect();
        for field in &action.fields {
            let at = format!("{}: {}", action.name, field.path);
            let inside = format!("{}.", field.path);
            let list = format!("{}[]", field.path.trim_end_matches("[]"));
            let exact = fields.get(&field.path).or_else(|| fields.get(&list)).copied();
            let below = || fields.keys().any(|path| path.starts_with(&inside) || path.starts_with(&list));
            checked += 1;
            let Some(kind) = exact.or_else(|| below().then_some("structure")) else {
                wrong.push(format!("{at} is not typed"));
                continue;
            };
            for documented in field.types.iter().filter(|documented| !holds(documented, kind)) {
                wrong.push(format!("{at}: {documented}, typed as {kind}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{checked} fields of answers");
}

/// Which of our kinds can hold what is documented or was seen.
fn holds(documented: &str, ours: &str) -> bool {
    match documented {
        "null" => true,
        "int" => matches!(ours, "int" | "bool" | "decimal" | "price" | "text"),
        "float" => matches!(ours, "decimal" | "price" | "money"),
        "bool" => ours == "bool",
        "string" => ours != "map",
        "structure" | "list" => matches!(ours, "structure" | "any" | "int" | "text" | "csv"),
        _ => false,
    }
}

#[test]
fn secrets_are_secret_wherever_they_are_documented() {
    // quirk 68, and what creates or checks credentials.
    for (action, path) in [
        ("GetClientsProducts", "products.product[].password"),
        ("GetTicket", "c"),
        ("GetTickets", "tickets.ticket[].c"),
        ("OpenTicket", "c"),
        ("ListOAuthCredentials", "clients[].clientSecret"),
        ("CreateOAuthCredential", "clientSecret"),
        ("UpdateOAuthCredential", "newClientSecret"),
        ("GetPayMethods", "paymethods[].remote_token"),
        ("GetClientPassword", "password"),
        ("GetOrders", "orders.order[].transfersecret"),
        ("GetOrders", "orders.order[].validationdata"),
        ("GetUsers", "users[].validationdata"),
        ("DecryptPassword", "password"),
        ("EncryptPassword", "password"),
        ("GetConfigurationValue", "value"),
        ("CreateSsoToken", "access_token"),
        ("CreateSsoToken", "redirect_url"),
        ("ValidateLogin", "passwordhash"),
        ("DomainRequestEPP", "eppcode"),
    ] {
        let info = find(action).unwrap();
        let field = (info.fields)().into_iter().find(|f| f.path == path).unwrap_or_else(|| panic!("{action} {path}"));
        assert_eq!(field.kind, "secret", "{action} {path}");
        let name = path.rsplit(['.', ']']).next().unwrap();
        let hidden = info.secret_fields.iter().any(|secret| secret.eq_ignore_ascii_case(name));
        assert!(hidden, "{action}: {name} is hidden in the record");
    }
    for info in registry() {
        for parameter in info.parameters.iter().filter(|parameter| parameter.kind == "secret") {
            let hidden = info.secret_fields.iter().any(|secret| secret.eq_ignore_ascii_case(parameter.name));
            assert!(hidden, "{}: {} is hidden in the record", info.name, parameter.name);
        }
    }
}

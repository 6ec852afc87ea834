//! Requests as bytes.

use jiff::Timestamp;
use proptest::prelude::*;
use rackdesk_contabo::api::domains::{DomainHandlesInput, Nameserver, OrderDomain};
use rackdesk_contabo::api::images::DeleteImage;
use rackdesk_contabo::api::instance_actions::{Restart, Stop};
use rackdesk_contabo::api::instances::{
    AddOnOrder, AddOns, CancelInstance, CreateInstance, InstanceStatus, Region, RetrieveInstancesList, UpgradeInstance,
};
use rackdesk_contabo::api::object_storages::{
    AutoScalingOrder, AutoScalingSwitch, CreateObjectStorage, UpgradeObjectStorage,
};
use rackdesk_contabo::api::secrets::{CreateSecret, SecretType};
use rackdesk_contabo::api::snapshots::RollbackSnapshot;
use rackdesk_contabo::api::tag_assignments::{CreateAssignment, TaggedType};
use rackdesk_contabo::argument::{Empty, Kind, Parameter};
use rackdesk_contabo::registry::find;
use rackdesk_contabo::{Operation, Problem, Quantity, RunError, registry};
use rackdesk_wire::{Body, Call, Request, Sent};
use serde_json::{Map, Value, json};
use url::Url;

fn api() -> Url {
    "https://api.contabo.com".parse().expect("a URL")
}

fn built<O: Operation>(operation: O) -> Request {
    operation.request(&api(), Call::fresh()).expect("it can be sent")
}

fn body(request: &Request) -> Option<String> {
    match &request.body {
        Body::Empty => None,
        Body::Json(bytes) => Some(String::from_utf8(bytes.to_vec()).expect("UTF-8")),
        Body::Form(_) => panic!("no operation sends a form"),
    }
}

/// quirks 6.4, 6.5
#[test]
fn an_order_sends_exactly_what_was_chosen() {
    let order = CreateInstance::new("V94", Region::UsEast, "afecbb85-e2fc-46f0-9684-b46b1faf00bb", 12)
        .display_name("web 1 ü")
        .ssh_keys(vec![123, 125])
        .user_data("#cloud-config\npackages: [\"nginx\"]\n")
        .add_ons(AddOns::new().private_networking(Empty {}).addons_ids(vec![AddOnOrder::new(1263, 1)]));
    let request = built(&order);
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://api.contabo.com/v1/compute/instances")
    );
    assert_eq!(
        body(&request).as_deref(),
        Some(concat!(
            r#"{"productId":"V94","region":"US-east","imageId":"afecbb85-e2fc-46f0-9684-b46b1faf00bb","period":12,"#,
            r#""sshKeys":[123,125],"userData":"#,
            r##""#cloud-config\npackages: [\"nginx\"]\n","##,
            r#""displayName":"web 1 ü","addOns":{"privateNetworking":{},"addonsIds":[{"id":1263,"quantity":1}]}}"#,
        ))
    );
    assert!(!format!("{order:?}").contains("nginx"), "cloud-init is a secret");
}

/// quirks 4.10, 6.6
#[test]
fn an_order_by_name_is_refused_without_any_of_its_choices() {
    let whole = json!({"productId": "V94", "region": "EU", "imageId": "afecbb85", "period": 1});
    let create = find("createInstance").expect("typed");
    assert!((create.request_json)(&api(), whole.as_object().expect("an object").clone(), Call::fresh()).is_ok());
    for choice in ["productId", "region", "imageId", "period"] {
        let mut less = whole.as_object().expect("an object").clone();
        less.remove(choice);
        let refused = (create.request_json)(&api(), less, Call::fresh()).err().expect("a choice is missing");
        assert_eq!(refused.to_string(), format!("missing: {choice}"));
    }
    for (id, given, missing) in [
        ("createObjectStorage", json!({"region": "EU"}), "missing: totalPurchasedSpaceTB"),
        ("orderDomain", json!({"domain": "example.org"}), "missing: handles, nameservers"),
        ("createPrivateNetwork", json!({"name": "n"}), "missing: region"),
        (
            "createInstance",
            json!({"productId": "V94", "region": "EU", "imageId": "a", "period": 1, "addOns": {"addonsIds": [{"id": 1}]}}),
            "missing: quantity",
        ),
    ] {
        let info = find(id).expect("typed");
        let refused = (info.request_json)(&api(), given.as_object().expect("an object").clone(), Call::fresh());
        assert_eq!(refused.err().expect("incomplete").to_string(), missing, "{id}");
    }
}

/// quirks 6.1, 6.7, 6.12
#[test]
fn bodies_are_absent_empty_or_exact_as_documented() {
    assert_eq!(body(&built(Stop::new(5))), None);
    assert_eq!(body(&built(Restart::new(5))), None);
    assert_eq!(body(&built(RollbackSnapshot::new(5, "snap1"))).as_deref(), Some("{}"));
    assert_eq!(body(&built(CancelInstance::new(5))).as_deref(), Some("{}"));
    let at: Timestamp = "2026-12-01T00:00:00Z".parse().expect("a time");
    assert_eq!(
        body(&built(CancelInstance::new(5).cancel_date(at))).as_deref(),
        Some(r#"{"cancelDate":"2026-12-01T00:00:00Z"}"#)
    );
    assert_eq!(
        body(&built(UpgradeInstance::new(5).private_networking(Empty {}))).as_deref(),
        Some(r#"{"privateNetworking":{}}"#)
    );
    let size = Quantity::from("0.25".parse::<rust_decimal::Decimal>().expect("a number"));
    let storage =
        CreateObjectStorage::new("EU", size).auto_scaling(AutoScalingOrder::new(AutoScalingSwitch::Enabled, 2));
    assert_eq!(
        body(&built(storage)).as_deref(),
        Some(r#"{"region":"EU","totalPurchasedSpaceTB":0.25,"autoScaling":{"state":"enabled","sizeLimitTB":2}}"#)
    );
    let secret = built(CreateSecret::new("root of web1", "Passw0rd!?", SecretType::Password));
    assert_eq!(body(&secret).as_deref(), Some(r#"{"name":"root of web1","value":"Passw0rd!?","type":"password"}"#));
    assert!(secret.redaction.fields.contains(&"value"));
    let order = OrderDomain::new(
        "example.org",
        DomainHandlesInput::new("H1", "H2", "H3", "H4"),
        vec![Nameserver::new(vec!["ns1.contabo.net".to_owned()]).ip_v4(vec!["192.0.2.1".to_owned()])],
    );
    assert_eq!(
        body(&built(order)).as_deref(),
        Some(concat!(
            r#"{"domain":"example.org","handles":{"owner":"H1","admin":"H2","tech":"H3","zone":"H4"},"#,
            r#""nameservers":[{"hostname":["ns1.contabo.net"],"ipV4":["192.0.2.1"]}]}"#,
        ))
    );
}

/// quirks 3.4, 3.5
#[test]
fn lists_take_filters_in_the_forms_the_provider_wants() {
    let list = RetrieveInstancesList::new()
        .page(2)
        .size(100)
        .order_by(vec!["name:asc".to_owned(), "createdDate:DESC".to_owned()])
        .instance_ids(vec![1, 2])
        .status(vec![InstanceStatus::Provisioning, InstanceStatus::Installing])
        .search("web & 1/ü");
    assert_eq!(
        built(list).url.as_str(),
        concat!(
            "https://api.contabo.com/v1/compute/instances?page=2&size=100&orderBy=name%3Aasc&orderBy=createdDate%3ADESC",
            "&instanceIds=1%2C2&status=provisioning%2Cinstalling&search=web%20%26%201%2F%C3%BC"
        )
    );
}

#[test]
fn an_api_under_a_path_is_kept() {
    let base: Url = "http://127.0.0.1:9/contabo/".parse().expect("a URL");
    let request = Stop::new(5).request(&base, Call::fresh()).expect("it can be sent");
    assert_eq!(request.url.as_str(), "http://127.0.0.1:9/contabo/v1/compute/instances/5/actions/stop");
}

/// A DELETE of an image with an empty id would be a DELETE of the list, and `..` one of something else.
#[test]
fn a_parameter_that_would_lead_elsewhere_is_refused() {
    for id in ["", ".", ".."] {
        let refused = DeleteImage::new(id).request(&api(), Call::fresh()).err().expect("refused");
        assert_eq!(refused.sent(), Sent::NotSent);
        assert!(matches!(refused.problem, Problem::Unsendable { .. }), "{id:?}");
    }
}

#[test]
fn an_order_of_nothing_or_for_an_odd_period_is_refused() {
    let refused = |error: Option<rackdesk_contabo::Error>| error.expect("refused").to_string();
    let nothing = refused(UpgradeInstance::new(5).request(&api(), Call::fresh()).err());
    assert_eq!(nothing, "upgradeInstance: cannot be sent: names nothing to buy");
    let storage = UpgradeObjectStorage::new("s").request(&api(), Call::fresh()).err();
    assert_eq!(refused(storage), "upgradeObjectStorage: cannot be sent: names nothing to buy");
    let odd = CreateInstance::new("V94", Region::Eu, "afecbb85", 2).request(&api(), Call::fresh()).err();
    assert_eq!(refused(odd), "createInstance: cannot be sent: period must be 1, 3, 6 or 12 months");
}

proptest! {
    /// Whatever a resource is called, it stays one segment of the path and arrives as it was.
    #[test]
    fn any_text_is_one_segment(text in "\\PC{1,24}") {
        prop_assume!(text != "." && text != "..");
        let request = CreateAssignment::new(7, TaggedType::Instance, text.clone()).request(&api(), Call::fresh());
        let url = request.expect("it can be sent").url;
        let segments: Vec<&str> = url.path_segments().expect("a path").collect();
        prop_assert_eq!(segments.len(), 6);
        prop_assert_eq!(&segments[..5], ["v1", "tags", "7", "assignments", "instance"]);
        prop_assert_eq!(decode(segments[5]), text);
        prop_assert_eq!(url.query(), None);
    }

    /// And any filter arrives as it was, alone.
    #[test]
    fn any_text_is_one_filter(text in "\\PC{0,24}") {
        let url = built(RetrieveInstancesList::new().search(text.clone())).url;
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, vec![("search".to_owned(), text)]);
    }
}

fn decode(segment: &str) -> String {
    let pairs = format!("x={}", segment.replace('+', "%2B"));
    url::form_urlencoded::parse(pairs.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A value of each kind that would break careless encoding.
fn value(kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Secret => json!("a b/ü"),
        // A period that can be ordered.
        Kind::Whole => json!(12),
        Kind::Number => json!("0.25"),
        Kind::Flag => json!(false),
        Kind::Date => json!("2026-11-20"),
        Kind::Time => json!("2026-11-20T10:00:00Z"),
        Kind::Choice(words) => json!(words.last()),
        Kind::List(of) => json!([value(of), value(of)]),
        Kind::Object(members) => Value::Object(all(&members())),
    }
}

fn all(parameters: &[Parameter]) -> Map<String, Value> {
    parameters.iter().map(|parameter| (parameter.name.clone(), value(&parameter.kind))).collect()
}

#[test]
fn every_operation_with_every_parameter_as_bytes() {
    let mut golden = String::new();
    for info in registry() {
        let request = (info.request_json)(&api(), all(&info.parameters), Call::fresh())
            .unwrap_or_else(|error| panic!("{}: {error}", info.id));
        let effect = format!("{:?}", request.effect).to_lowercase();
        golden += &format!("{} · {effect} · {:?}\n{} {}\n", info.id, request.timeout, request.method, request.url);
        if let Some(body) = body(&request) {
            golden += &format!("{body}\n");
        }
        golden += "\n";
    }
    insta::assert_snapshot!("every_request", golden);
}

/// quirk 4.3
#[test]
fn names_are_forgiven_their_case_and_corrected_when_misspelt() {
    assert_eq!(find("RETRIEVEINSTANCE").expect("case does not matter").id, "retrieveInstance");
    assert_eq!(
        find("retreiveInstance").err().expect("unknown").to_string(),
        "no operation retreiveInstance (did you mean retrieveInstance?)"
    );
    let info = find("patchInstance").expect("typed");
    let refused = info.arguments([("instanceID", "5"), ("displayName", "x")]).expect_err("wrong case");
    assert_eq!(refused.to_string(), "no parameter instanceID (did you mean instanceId?)");
    let arguments = info.arguments([("instanceId", "5"), ("displayName", "12")]).expect("fits");
    let request = (info.request_json)(&api(), arguments, Call::fresh()).expect("fits");
    assert_eq!(body(&request).as_deref(), Some(r#"{"displayName":"12"}"#));
}

#[test]
fn a_secret_that_does_not_fit_is_not_quoted() {
    let info = find("createSecret").expect("typed");
    let given = json!({"name": "n", "type": "password", "value": {"hunter2": "Passw0rd!?"}});
    let refused = (info.request_json)(&api(), given.as_object().expect("an object").clone(), Call::fresh());
    let Err(RunError::Argument(error)) = refused else { panic!("an object is no password") };
    assert_eq!(error.to_string(), "value: expected secret text");
}

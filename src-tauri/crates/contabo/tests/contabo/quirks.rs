//! How the API really behaves, fact by fact; `section.line` of the notes on it. Each fact that a client can act on is
//! named by a test here, in the file where it belongs, or in the sandbox's stories.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rackdesk_contabo::api::firewalls::RetrieveFirewall;
use rackdesk_contabo::api::images::RetrieveImage;
use rackdesk_contabo::api::instance_actions::Restart;
use rackdesk_contabo::api::instances::{Instance, InstanceStatus, RetrieveInstance};
use rackdesk_contabo::api::object_storages::RetrieveObjectStorage;
use rackdesk_contabo::api::private_networks::RetrievePrivateNetwork;
use rackdesk_contabo::argument::Kind;
use rackdesk_contabo::edits::{EditEffect, edits, worst};
use rackdesk_contabo::registry::find;
use rackdesk_contabo::reply::Reply;
use rackdesk_contabo::{Client, Operation, Problem, registry};
use rackdesk_wire::{Budget, Call, Effect, Retries, Wire, WireOptions};
use serde_json::{Map, Value, json};
use wiremock::ResponseTemplate;

use crate::support::{Provider, config};

/// The facts in their order, in a few words.
const FACTS: &[(&str, &str)] = &[
    ("1.1", "password grant as a form"),
    ("1.2", "members of a grant"),
    ("1.3", "lifetime in expires_in, five minutes where it is not said"),
    ("1.4", "client as Basic or in the body"),
    ("1.5", "tokens are JWTs with claims"),
    ("1.6", "refusals of the sign-in"),
    ("1.7", "API password, encoded"),
    ("1.8", "one refresh and replay after a 401"),
    ("2.1", "x-request-id is a UUID"),
    ("2.2", "and no idempotency key"),
    ("2.3", "one id for one call"),
    ("2.4", "x-trace-id"),
    ("3.1", "data is an array"),
    ("3.2", "successes without data"),
    ("3.3", "unusual statuses of success"),
    ("3.4", "pages and order"),
    ("3.5", "filters of instances"),
    ("4.1", "statuses of failure"),
    ("4.2", "message as text or list"),
    ("4.3", "unknown products and misspelt fields"),
    ("4.4", "402"),
    ("4.5", "409"),
    ("4.6", "415"),
    ("4.7", "422"),
    ("4.8", "500 for mistakes"),
    ("4.9", "bodies that are no JSON"),
    ("4.10", "creates that may have happened"),
    ("4.11", "429 without a figure"),
    ("5.1", "provisioning, installing, running; an address later"),
    ("5.2", "other states to rest in"),
    ("5.3", "reinstallation"),
    ("5.4", "actions acknowledge"),
    ("5.5", "rescue and reset_password"),
    ("5.6", "images download"),
    ("5.7", "object storages become ready"),
    ("5.8", "members of networks and firewalls"),
    ("5.9", "cancellations take effect later"),
    ("5.10", "no jobs, no webhooks"),
    ("6.1", "secrets by id, their value once"),
    ("6.2", "rule for passwords"),
    ("6.3", "body of rescue and resetPassword"),
    ("6.4", "user data in plain text"),
    ("6.5", "display name"),
    ("6.6", "image ids"),
    ("6.7", "snapshots"),
    ("6.8", "custom images"),
    ("6.9", "joining a private network"),
    ("6.10", "rules of firewalls"),
    ("6.11", "virtual addresses are bookkeeping"),
    ("6.12", "object storages grow in steps"),
    ("6.13", "S3 credentials"),
    ("6.14", "tags, roles, users, client secret"),
    ("6.15", "reverse names"),
    ("7.1", "no prices, invoices, tickets"),
    ("7.2", "no change of plan, no removal of an add-on"),
    ("7.3", "no way back from a cancellation, no hostname"),
    ("7.4", "no VNC, no list of applications"),
    ("8.1", "seventeen audit lists by request id"),
    ("8.2", "rows of audits"),
    ("8.3", "which list proves what"),
    ("8.4", "what is not known about audits"),
    ("8.5", "settling without sending again"),
    ("9.1", "cancelDate's pattern is none"),
    ("9.2", "three spellings of cancelDate"),
    ("9.4", "required and empty"),
    ("9.5", "odd corners of the document"),
    ("9.6", "words in the place of ids"),
    ("9.7", "ids as doubles, answers of other operations"),
    ("9.8", "closed enumerations and dates are too strict"),
];

/// Every number is named by a test, and no test names one that is not there. `7.5` (a plan that the API does not order)
/// and `9.3` (errors and examples the document lacks) leave a client nothing to do.
#[test]
fn every_quirk_is_named_by_a_test() {
    let known: BTreeSet<&str> = FACTS.iter().map(|(number, _)| *number).collect();
    let mut named = BTreeSet::new();
    for file in sources() {
        let text = std::fs::read_to_string(&file).expect("readable");
        for (at, _) in text.match_indices("#[test]").chain(text.match_indices("#[tokio::test")) {
            let comment = text[..at].trim_end().lines().rev().take_while(|line| line.trim_start().starts_with("///"));
            for numbers in comment.filter_map(|line| line.split_once("/// quirk")) {
                let numbers = numbers.1.split(|c: char| !c.is_ascii_digit() && c != '.');
                named.extend(numbers.filter(|number| number.contains('.')).map(str::to_owned));
            }
        }
    }
    let missing: Vec<_> = FACTS.iter().filter(|(number, _)| !named.contains(*number)).collect();
    let unknown: Vec<_> = named.iter().filter(|number| !known.contains(number.as_str())).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "no test names {missing:?}; there is no {unknown:?}");
    println!("{} facts, each named by a test", FACTS.len());
}

fn sources() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![here.join("src"), here.join("tests"), here.join("../sandbox/tests/contabo_stories")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.retain(|path| path.extension().is_some_and(|end| end == "rs"));
    files
}

fn kind_of(operation: &str, member: &str) -> Kind {
    let info = find(operation).expect("typed");
    let parameter = info.parameters.iter().find(|one| one.name == member);
    parameter.unwrap_or_else(|| panic!("{operation} has no {member}")).kind
}

/// quirk 2.1
#[test]
fn a_request_id_is_a_uuid_of_version_four() {
    for _ in 0..100 {
        let id = Call::fresh().request_id;
        assert_eq!((id.get_version_num(), id.to_string().len()), (4, 36));
        assert!("89ab".contains(&id.to_string()[19..20]), "{id}: the variant that the pattern wants");
    }
}

/// quirk 2.2
#[tokio::test]
async fn a_read_is_tried_again_and_a_write_never_whatever_its_id() {
    let provider = Provider::answering(ResponseTemplate::new(500)).await;
    let retries = Retries { attempts: 3, ..Retries::default() };
    let budget = Budget { per_minute: 1_000_000, burst: 10_000, ..Budget::default() };
    let options = WireOptions { budget, retries, seed: Some(1), ..WireOptions::default() };
    let client = Client::new(Wire::new(options, provider.kept.clone()), config(&provider.server.uri()));
    client.call(RetrieveInstance::new(1)).await.expect_err("failed");
    client.call(Restart::new(1)).await.expect_err("failed");
    assert_eq!(provider.requests("/v1/compute/instances/1").await.len(), 3);
    assert_eq!(provider.requests("/v1/compute/instances/1/actions/restart").await.len(), 1);
}

fn row<R: Reply>(row: Value) -> R {
    R::decode(json!({"data": [row]}).to_string().as_bytes()).expect("readable")
}

/// quirks 5.1, 5.2, 5.5
#[test]
fn a_server_passes_through_some_states_and_rests_in_the_others() {
    let passing = ["provisioning", "installing", "reset_password"];
    for word in InstanceStatus::LISTED {
        let server: Instance = row(json!({"instanceId": 1, "status": word, "ipConfig": {}, "additionalIps": []}));
        assert_eq!(server.status.is_passing(), passing.contains(word), "{word}");
        assert!(server.ip_config.is_none_or(|config| config.v4.is_none()), "an address may come later");
    }
    for word in ["pending_payment", "verification_required", "manual_provisioning", "product_not_available", "rescue"] {
        assert!(InstanceStatus::LISTED.contains(&word), "{word}");
    }
}

/// quirks 5.3, 5.5, 6.9, 6.11
#[test]
fn what_a_change_does_to_the_machine_is_known_before() {
    for (operation, effect) in [
        ("reinstallInstance", EditEffect::Wipe),
        ("rollbackSnapshot", EditEffect::Wipe),
        ("rescue", EditEffect::Restart),
        ("resetPasswordAction", EditEffect::Restart),
        ("start", EditEffect::Keep),
        ("assignIp", EditEffect::Keep),
        ("unassignIp", EditEffect::Keep),
        ("patchInstance", EditEffect::Keep),
    ] {
        assert_eq!(worst(operation, &[]), Some(effect), "{operation}");
    }
    let joining: Vec<_> = edits("assignInstancePrivateNetwork", &[]).iter().map(|edit| edit.effect).collect();
    assert_eq!(joining, [EditEffect::Wipe, EditEffect::Restart], "the first network, and each further one");
}

/// quirks 5.6, 5.7, 5.8, 6.10
#[test]
fn what_is_under_way_says_so_in_its_status() {
    let image: <RetrieveImage as Operation>::Response = row(json!({
        "imageId": "i", "status": "downloading", "sizeMb": 2048, "uploadedSizeMb": 512.5, "errorMessage": null, "url": ""
    }));
    assert_eq!(image.status.as_str(), "downloading");
    for status in ["PROVISIONING", "ORDER_PROCESSING", "UPGRADING", "READY"] {
        let storage: <RetrieveObjectStorage as Operation>::Response = row(json!({
            "objectStorageId": "s", "status": status, "totalPurchasedSpaceTB": 0.25,
            "autoScaling": {"state": "error", "sizeLimitTB": 1}
        }));
        assert_eq!(storage.status.as_str(), status);
    }
    let members: Vec<Value> = ["installing", "restart", "reinstall", "ok", "reinstallation failed"]
        .iter()
        .map(|status| json!({"instanceId": 1, "status": status}))
        .collect();
    let network: <RetrievePrivateNetwork as Operation>::Response =
        row(json!({"privateNetworkId": 1, "instances": members}));
    assert_eq!(network.instances.len(), 5);
    assert_eq!(network.instances[4].status.as_str(), "reinstallation failed");
    let wall: <RetrieveFirewall as Operation>::Response = row(json!({
        "firewallId": "f", "status": "active",
        "instanceStatus": [{"instanceId": 1, "status": "processing"}, {"instanceId": 2, "status": "error_processing"}],
        "rules": {"inbound": [{"protocol": "", "destPorts": [], "action": "accept", "status": "active", "srcCidr": {}}]}
    }));
    let shown = serde_json::to_value(&wall).expect("writable");
    assert_eq!(shown["instanceStatus"][1]["status"], "error_processing");
    assert_eq!(shown["rules"]["inbound"][0]["protocol"], "", "every protocol");
}

/// quirks 5.10, 7.1, 7.2, 7.3, 7.4
#[test]
fn what_the_api_cannot_do_has_no_operation() {
    let ids: Vec<String> = registry().iter().map(|info| info.id.to_lowercase()).collect();
    for word in ["job", "task", "webhook", "price", "invoice", "payment", "ledger", "ticket", "vnc", "application"] {
        assert!(!ids.iter().any(|id| id.contains(word)), "{word}");
    }
    for word in ["revokecancelinstance", "deleteinstance", "hostname", "volume", "loadbalancer", "metric"] {
        assert!(!ids.iter().any(|id| id.contains(word)), "{word}");
    }
    let upgrade = find("upgradeInstance").expect("typed");
    let can: Vec<&str> = upgrade.parameters.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(can, ["instanceId", "privateNetworking", "backup"], "no other plan, no other add-on");
    assert!(matches!(kind_of("createInstance", "applicationId"), Kind::Text), "can be sent, not be listed");
}

/// quirks 6.3, 6.13, 9.5
#[test]
fn bodies_and_paths_are_as_odd_as_the_document_has_them() {
    for operation in ["rescue", "resetPasswordAction"] {
        let info = find(operation).expect("typed");
        assert!(matches!(kind_of(operation, "rootPassword"), Kind::Whole), "the id of a secret, never a password");
        assert!(matches!(kind_of(operation, "sshKeys"), Kind::List(Kind::Whole)));
        let body: Vec<_> = info.parameters.iter().filter(|one| one.name != "instanceId").collect();
        assert!(body.len() == 3 && body.iter().all(|one| !one.required), "{operation}");
    }
    let bulk = find("bulkDeleteDnsZoneRecords").expect("typed");
    assert_eq!((bulk.method.as_str(), bulk.has_body), ("DELETE", true));
    let keys = find("regenerateObjectStorageCredentials").expect("typed");
    assert_eq!((keys.method.as_str(), keys.effect), ("PATCH", Effect::Once), "a new secret, not a change of one");
    assert!(keys.path.starts_with("/v1/users/{userId}/object-storages/{objectStorageId}/credentials/"));
    let zone = find("retrieveDnsZone").expect("typed");
    assert!((zone.read_json)(b"").is_ok(), "its answer is not documented");
}

/// quirk 9.6
#[test]
fn an_id_that_is_a_word_of_the_path_would_be_another_operation_and_is_refused() {
    let api = "https://api.contabo.com".parse().expect("a URL");
    let build = |operation: &str, given: Value| {
        let given: Map<String, Value> = given.as_object().expect("an object").clone();
        (find(operation).expect("typed").request_json)(&api, given, Call::fresh())
    };
    for (operation, given) in [
        ("retrieveUser", json!({"userId": "client"})),
        ("deleteUser", json!({"userId": "audits"})),
        ("retrieveImage", json!({"imageId": "stats"})),
        ("deleteImage", json!({"imageId": "audits"})),
        ("retrieveDomain", json!({"domain": "handles"})),
        ("retrieveFirewall", json!({"firewallId": "preset-rules"})),
    ] {
        let refused = build(operation, given).err().expect("another operation").to_string();
        assert!(refused.contains("another operation"), "{operation}: {refused}");
    }
    build("retrieveDomain", json!({"domain": "handles.example"})).expect("a domain");
    let error = RetrieveImage::new("stats").request(&api, Call::fresh()).err().expect("refused");
    assert!(matches!(error.problem, Problem::Unsendable { .. }));
}

//! Settling unknown outcomes by the audits.

use rackdesk_contabo::settle::{Trail, trails};
use rackdesk_contabo::{Doubt, Problem, Settled, registry, settle};
use rackdesk_wire::Call;
use serde_json::{Value, json};
use uuid::Uuid;
use wiremock::{Request, ResponseTemplate};

use crate::support::Provider;

/// What each audit list calls its resource, with a value of its type.
fn resource(list: &str) -> Vec<(&'static str, Value)> {
    match list {
        "retrieveInstancesAuditsList" | "retrieveInstancesActionsAuditsList" => vec![("instanceId", json!(4711))],
        "retrieveSnapshotsAuditsList" => vec![("instanceId", json!(4711)), ("snapshotId", json!("snap1"))],
        "retrieveImageAuditsList" => vec![("imageId", json!("3f184ab8"))],
        "retrievePrivateNetworkAuditsList" => vec![("privateNetworkId", json!(9))],
        "retrieveFirewallAuditsList" => vec![("firewallId", json!("b943b25a"))],
        "retrieveVipAuditsList" => vec![("vipId", json!("7c0a"))],
        "retrieveObjectStorageAuditsList" => vec![("objectStorageId", json!("4a6f"))],
        "retrieveSecretAuditsList" => vec![("secretId", json!(123))],
        "retrieveTagAuditsList" => vec![("tagId", json!(5))],
        "retrieveAssignmentsAuditsList" => {
            vec![("tagId", json!(5)), ("resourceType", json!("instance")), ("resourceId", json!("4711"))]
        }
        "retrieveUserAuditsList" => vec![("userId", json!("6cdf"))],
        "retrieveRoleAuditsList" => vec![("roleId", json!(12))],
        "retrieveDnsAuditsList" => vec![("name", json!("example.org"))],
        "retrieveRecordAuditsList" => vec![("recordId", json!(77)), ("zoneName", json!("example.org"))],
        "retrieveDomainsAuditsList" => vec![("domain", json!("example.org"))],
        "retrieveHandlesAuditsList" => vec![("handleId", json!("H1"))],
        other => panic!("{other}"),
    }
}

fn row(id: u64, request_id: &str, resource: &[(&str, Value)]) -> Value {
    let mut row = json!({
        "id": id, "action": "UPDATED", "timestamp": "2026-11-20T10:00:00Z", "tenantId": "INT", "customerId": "54321",
        "changedBy": "6cdf", "username": "Ops", "requestId": request_id, "traceId": "rackdesk-A-17-1",
        "changes": {"value": {"old": "hunter2", "new": "hunter3"}}
    });
    for (name, value) in resource {
        row[*name] = value.clone();
    }
    row
}

fn list(rows: &[Value], total: usize) -> ResponseTemplate {
    let pagination = json!({"size": 100, "totalElements": total, "totalPages": total.div_ceil(100), "page": 1});
    ResponseTemplate::new(200).set_body_json(json!({"data": rows, "_pagination": pagination}))
}

fn asked_id(request: &Request) -> String {
    let pair = request.url.query_pairs().find(|(name, _)| name == "requestId");
    pair.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// quirks 8.2, 8.3
#[tokio::test]
async fn every_audited_mutation_is_settled_by_its_request_id() {
    let mut settled = 0;
    for (mutation, trail) in trails() {
        let Trail::List(name) = trail else { continue };
        let path = registry().iter().find(|info| info.id == name).expect("typed").path;
        let theirs = resource(name);
        let ours: Vec<(&str, String)> = theirs.iter().map(|(name, value)| (*name, text(value))).collect();
        let ours: Vec<(&str, &str)> = ours.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // The id comes back in capitals: whether the provider minds the case is not known.
        let answer = move |request: &Request| {
            assert_eq!(request.url.path(), path);
            list(&[row(1, &asked_id(request).to_uppercase(), &theirs)], 1)
        };
        let provider = Provider::answering(answer).await;
        let Settled::Applied { ids, rows } =
            settle(&provider.client, mutation, &ours, Uuid::new_v4(), &Call::fresh()).await
        else {
            panic!("{mutation} is not settled");
        };
        let expected: Vec<(String, String)> =
            ours.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(ids, expected, "{mutation}");
        assert_eq!((rows.len(), rows[0].trace_id.as_str()), (1, "rackdesk-A-17-1"));
        settled += 1;
    }
    println!("{settled} mutations settled by their audits");
    assert_eq!((settled, trails().len()), (66, 79));
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// quirk 8.4
#[tokio::test]
async fn no_row_is_no_proof_and_says_so() {
    let provider = Provider::answering(list(&[], 0)).await;
    let outcome = settle(&provider.client, "restart", &[("instanceId", "4711")], Uuid::new_v4(), &Call::fresh()).await;
    assert!(matches!(outcome, Settled::NotSeen), "{outcome:?}");
}

#[tokio::test]
async fn a_look_up_is_recorded_for_the_action_that_asks() {
    let provider = Provider::answering(list(&[], 0)).await;
    let (wanted, trace) = (Uuid::new_v4(), "rackdesk-A-17-2");
    let asker = Call { action_id: Some(17), trace_id: Some(trace.to_owned()), ..Call::fresh() };
    settle(&provider.client, "restart", &[("instanceId", "4711")], wanted, &asker).await;
    let kept = provider.kept.all();
    let look = kept.iter().find(|exchange| exchange.operation.ends_with("AuditsList")).expect("kept");
    assert_eq!((look.action_id, look.trace_id.as_deref()), (Some(17), Some(trace)));
    assert!(look.request_id != wanted && look.request_id != asker.request_id, "an id of its own");
}

#[tokio::test]
async fn an_order_is_settled_with_the_id_of_what_it_bought() {
    let answer = |request: &Request| list(&[row(1, &asked_id(request), &[("instanceId", json!(815))])], 1);
    let provider = Provider::answering(answer).await;
    let outcome = settle(&provider.client, "createInstance", &[], Uuid::new_v4(), &Call::fresh()).await;
    let Settled::Applied { ids, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(ids, [("instanceId".to_owned(), "815".to_owned())]);
}

/// A provider that does not know the filter answers with everything; then absence means nothing at all.
#[tokio::test]
async fn a_filter_that_is_ignored_is_noticed() {
    let others: Vec<Value> =
        (0..100).map(|id| row(id, &Uuid::new_v4().to_string(), &[("instanceId", json!(1))])).collect();
    let page = move |request: &Request| {
        let page: u64 =
            request.url.query_pairs().find(|(name, _)| name == "page").expect("paged").1.parse().expect("a page");
        let rows: Vec<Value> = others
            .iter()
            .map(|row| {
                let mut row = row.clone();
                row["id"] = json!(row["id"].as_u64().unwrap_or(0) + page * 1000);
                row
            })
            .collect();
        let pagination = json!({"size": 100, "totalElements": 99_999, "totalPages": 1000, "page": page});
        ResponseTemplate::new(200).set_body_json(json!({"data": rows, "_pagination": pagination}))
    };
    let provider = Provider::answering(page).await;
    let outcome = settle(&provider.client, "restart", &[("instanceId", "1")], Uuid::new_v4(), &Call::fresh()).await;
    assert!(matches!(outcome, Settled::Unknown(Doubt::FilterIgnored)), "{outcome:?}");
    let asked = provider.requests("/v1/compute/instances/actions/audits").await.len();
    assert_eq!(asked, 3, "it looks at the newest rows, not at all of them");
}

#[tokio::test]
async fn a_row_of_another_resource_settles_nothing() {
    let answer = |request: &Request| list(&[row(1, &asked_id(request), &[("instanceId", json!(9999))])], 1);
    let provider = Provider::answering(answer).await;
    let outcome = settle(&provider.client, "stop", &[("instanceId", "4711")], Uuid::new_v4(), &Call::fresh()).await;
    assert!(matches!(outcome, Settled::Unknown(Doubt::OtherResource { .. })), "{outcome:?}");
}

#[tokio::test]
async fn what_has_no_audit_or_cannot_be_asked_stays_unknown() {
    let provider = Provider::answering(ResponseTemplate::new(500)).await;
    let outcome = settle(&provider.client, "stop", &[], Uuid::new_v4(), &Call::fresh()).await;
    let Settled::Unknown(Doubt::Unreachable(error)) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(error.problem, Problem::ProviderFailed { .. }));
    for mutation in ["createPtrRecord", "startExtCheck", "regenerateObjectStorageCredentials", "resetPassword"] {
        let outcome = settle(&provider.client, mutation, &[], Uuid::new_v4(), &Call::fresh()).await;
        assert!(matches!(outcome, Settled::Unknown(Doubt::NoAuditList { .. })), "{mutation}: {outcome:?}");
    }
    for mutation in ["retrieveInstance", "nonsense"] {
        let outcome = settle(&provider.client, mutation, &[], Uuid::new_v4(), &Call::fresh()).await;
        assert!(matches!(outcome, Settled::Unknown(Doubt::NoMutation)), "{mutation}: {outcome:?}");
    }
}

/// quirks 6.1, 8.2
#[tokio::test]
async fn the_audit_of_a_secret_keeps_none_of_its_values() {
    let answer = |request: &Request| list(&[row(1, &asked_id(request), &[("secretId", json!(123))])], 1);
    let provider = Provider::answering(answer).await;
    let list = rackdesk_contabo::api::audits::RetrieveSecretAuditsList::new();
    let page = provider.client.call(list).await.expect("readable");
    let kept = format!("{page:?} {} {:?}", serde_json::to_string(&page).expect("writable"), provider.kept.all());
    assert!(!kept.contains("hunter"), "{kept}");
    assert!(kept.contains("changes"));
}

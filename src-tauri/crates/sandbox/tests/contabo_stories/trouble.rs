//! Faults on this side, troubleshooting, and the table of operations.

use std::collections::BTreeSet;

use rackdesk_sandbox::contabo;
use rackdesk_sandbox::journal::{Cause, Effect};
use rackdesk_sandbox::world::lock;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::House;

fn fault(house: &House, rule: Value) {
    lock(&house.world).faults.add(serde_json::from_value(rule).unwrap());
}

#[tokio::test]
async fn an_order_answered_with_500_was_bought_once_and_the_audit_proves_it() {
    let house = House::open().await;
    fault(
        &house,
        json!({"provider": "contabo", "operation": "createInstance", "kind": "500_after_success", "times": 1}),
    );
    let before = house.get("/v1/compute/instances").await.total();
    let (token, request) = (house.token().await, Uuid::new_v4().to_string());
    let body = json!({"period": 1, "displayName": "only once"});
    let lost = house.call_as(&token, &request, "POST", "/v1/compute/instances", body).await.expect(500);
    assert_eq!(lost.body, json!({"statusCode": 500, "message": "Internal server error"}));
    assert_eq!(house.get("/v1/compute/instances").await.total(), before + 1);
    let row = house.get(&format!("/v1/compute/instances/audits?requestId={request}")).await;
    let found = house.get("/v1/compute/instances?search=only%20once").await;
    assert_eq!(row.one()["instanceId"], found.one()["instanceId"]);
    let created: Vec<_> = house.journal(&request).into_iter().filter(|entry| entry.effect == Effect::Created).collect();
    assert_eq!(created.len(), 1);
    assert_eq!(created[0].cause, Cause::Request);
}

#[tokio::test]
async fn a_call_that_was_throttled_did_nothing() {
    let house = House::open().await;
    let id = house.running().await;
    fault(&house, json!({"provider": "contabo", "operation": "restart", "kind": "429", "times": 1}));
    let (token, request) = (house.token().await, Uuid::new_v4().to_string());
    let path = format!("/v1/compute/instances/{id}/actions/restart");
    house.call_as(&token, &request, "POST", &path, Value::Null).await.expect(429);
    assert!(house.journal(&request).is_empty());
    let list = format!("/v1/compute/instances/actions/audits?requestId={request}");
    assert_eq!(house.get(&list).await.total(), 0);
    house.call_as(&token, &request, "POST", &path, Value::Null).await.expect(201);
    assert_eq!(house.get(&list).await.total(), 1);
}

#[tokio::test]
async fn the_token_endpoint_has_faults_too_and_a_stale_list_still_lets_callers_in() {
    let house = House::open().await;
    let known = house.credentials();
    fault(&house, json!({"provider": "contabo", "operation": "token", "kind": "503", "times": 1}));
    let form = [
        ("grant_type", "password"),
        ("client_id", known.client_id.as_str()),
        ("client_secret", &known.client_secret),
        ("username", &known.user),
        ("password", &known.password),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let answer = house.http.post(format!("{}{}", house.base, crate::house::TOKEN)).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 503);

    fault(&house, json!({"provider": "contabo", "operation": "retrieveTagList", "kind": "stale", "age_s": 30}));
    let tags = house.get("/v1/tags").await.total();
    house.put("/v1/users/client/secret", Value::Null).await.expect(200);
    house.post("/v1/tags", json!({"name": "fresh", "color": "#fff"})).await.expect(201);
    assert_eq!(house.get("/v1/tags").await.expect(200).total(), tags, "the list is old, the token is not");
    house.wait(31);
    assert_eq!(house.get("/v1/tags").await.total(), tags + 1);
}

#[tokio::test]
async fn checks_are_queued_run_and_done_or_cancelled() {
    let house = House::open().await;
    let id = house.running().await.to_string();
    let check = |template: i64| json!({"objectType": "vserver", "objectId": id, "checkTemplateId": template});
    let made = house.post("/v1/troubleshooting/checks", check(1)).await.expect(201);
    assert_eq!(made.one()["status"], "queued");
    let path = format!("/v1/troubleshooting/checks/{}", made.one()["checkId"]);
    house.wait(2);
    assert_eq!(house.get(&path).await.one()["status"], "running");
    house.wait(10);
    let done = house.get(&path).await;
    assert_eq!(done.one()["status"], "successful");
    assert!(done.one()["durationMs"].as_i64().unwrap() >= 2_000);
    house.patch(&path, json!({"status": "cancelled"})).await.expect(409);
    house.post("/v1/troubleshooting/checks", check(99)).await.expect(400);

    house.post(&format!("/v1/compute/instances/{id}/actions/stop"), Value::Null).await.expect(201);
    house.wait(4);
    let collection = json!({"objectType": "vserver", "objectId": id, "checkCollectionTemplateId": 1});
    let made = house.post("/v1/troubleshooting/check-collections", collection.clone()).await.expect(201);
    let path = format!("/v1/troubleshooting/check-collections/{}", made.one()["checkCollectionId"]);
    house.wait(12);
    let failed = house.get(&path).await;
    assert_eq!(failed.one()["status"], "failed", "nobody answers a ping while it is off");
    assert_eq!(failed.one()["checks"].as_array().unwrap().len(), 3);
    let made = house.post("/v1/troubleshooting/check-collections", collection).await.expect(201);
    let path = format!("/v1/troubleshooting/check-collections/{}", made.one()["checkCollectionId"]);
    assert_eq!(house.patch(&path, json!({"status": "cancelled"})).await.expect(200).one()["status"], "cancelled");
    let list = "/v1/troubleshooting/checks?size=50&objectType=vserver";
    assert_eq!(house.get(&format!("{list}&status=failed&objectId={id}")).await.total(), 3);
    assert_eq!(house.get(&format!("{list}&checkTemplateId=1")).await.total(), 3);
    assert_eq!(house.get("/v1/troubleshooting/check-collections?checkCollectionTemplateId=1").await.total(), 2);

    let remedy = json!({"objectType": "vserver", "objectId": id, "remedyTemplateId": 1});
    let made = house.post("/v1/troubleshooting/remedies", remedy).await.expect(201);
    house.wait(12);
    let path = format!("/v1/troubleshooting/remedies/{}", made.one()["remedyId"]);
    assert_eq!(house.get(&path).await.one()["status"], "successful");
    house.get(&path.replace("remedies", "checks")).await.expect(404);
    assert_eq!(house.get("/v1/troubleshooting/remedies?remedyTemplateId=1&status=successful").await.total(), 1);
}

#[tokio::test]
async fn what_follows_by_itself_is_put_down_to_time_and_names_the_call_that_set_it_off() {
    let house = House::open().await;
    let id = house.running().await;
    let (token, request) = (house.token().await, Uuid::new_v4().to_string());
    let path = format!("/v1/compute/instances/{id}/actions/restart");
    house.call_as(&token, &request, "POST", &path, Value::Null).await.expect(201);
    // A push of a whole day: everything in between happens at its own moment.
    house.wait(24 * 3600);
    let world = lock(&house.world);
    let rows = world.journal.after(0).iter().map(|row| &row.entry);
    let steps: Vec<_> = rows.filter(|entry| entry.detail["set_off_by"] == json!(request)).collect();
    let went: Vec<&Value> = steps.iter().map(|entry| &entry.detail["status"]["to"]).collect();
    assert_eq!(went, ["stopped", "running"]);
    assert!(steps.iter().all(|entry| entry.cause == Cause::Time && entry.operation == "restart"));
    assert!(steps[1].at.duration_since(steps[0].at).as_secs() < 9);
}

#[test]
fn every_operation_of_the_document_is_there_once() {
    let ids = contabo::operation_ids();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!((ids.len(), unique.len()), (145, 145));
    for id in ["createInstance", "CancelObjectStorage", "bulkDeleteDnsZoneRecords", "retrieveVipAuditsList", "start"] {
        assert!(unique.contains(id), "{id}");
    }
}

/// cntb#32: what the web firewall in front of the API once made of cloud-init for sshd.
/// quirk 4.9
#[tokio::test]
async fn a_web_firewall_answers_a_page_to_larger_user_data_about_sshd() {
    let house = House::open().await;
    contabo::configure(&mut lock(&house.world).contabo, contabo::Settings { web_firewall: true, ..Default::default() });
    let before = house.get("/v1/compute/instances").await.total();
    let text = format!("#cloud-config\n# {}\nwrite_files: [{{path: /etc/ssh/sshd_config}}]\n", "-".repeat(2_100));
    let order = |user_data: &str| json!({"period": 1, "userData": user_data});
    let token = house.token().await;
    let id = Uuid::new_v4().to_string();
    let request = house.request(&token, &id, "POST", "/v1/compute/instances", order(&text));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(answer.text().await.unwrap().contains("<title>Your IP is not allowed</title>"));
    assert_eq!(house.get("/v1/compute/instances").await.total(), before, "nothing was ordered");
    house.post("/v1/compute/instances", order("#cloud-config\nssh: sshd\n")).await.expect(201);
}

#[tokio::test]
async fn a_body_that_is_not_there_or_does_not_call_itself_json_has_no_fields() {
    let house = House::open().await;
    let token = house.token().await;
    let send = async |kind: Option<&str>, body: &str| {
        let id = Uuid::new_v4().to_string();
        let mut request = house.request(&token, &id, "POST", "/v1/tags", Value::Null).body(body.to_owned());
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        crate::house::seen(request.send().await.unwrap()).await
    };
    let tag = r##"{"name": "typed", "color": "#fff"}"##;
    for (kind, body) in [(None, ""), (Some("application/json"), ""), (Some("text/plain"), tag), (None, tag)] {
        let refused = send(kind, body).await.expect(400);
        assert_eq!(refused.body["message"], json!(["name should not be empty"]), "{kind:?} {body:?}");
    }
    send(Some("application/json"), "{").await.expect(400);
    send(Some("Application/JSON; charset=utf-8"), tag).await.expect(201);
    // A cancellation has nothing that must be said.
    let id = house.order(json!({})).await;
    house.post(&format!("/v1/compute/instances/{id}/cancel"), Value::Null).await.expect(201);
}

//! Power, rescue, passwords, and the states in between.

use rackdesk_sandbox::journal::{Cause, Effect};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::House;

#[tokio::test]
async fn an_instance_is_ordered_installed_restarted_and_the_audits_tell_by_request_id() {
    let house = House::open().await;
    let token = house.token().await;
    let (ordered, restarted) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let body = json!({
        "imageId": "d64d5c6c-9dda-4e38-8174-0ee282474d8a", "productId": "V91", "region": "EU", "period": 1,
        "displayName": "svc-77",
    });
    let made = house.call_as(&token, &ordered, "POST", "/v1/compute/instances", body).await.expect(201);
    assert_eq!(made.one()["status"], "provisioning");
    let id = made.one()["instanceId"].as_i64().unwrap();
    let path = format!("/v1/compute/instances/{id}");
    let early = house.get(&path).await;
    assert_eq!(early.one()["ipConfig"]["v4"]["ip"], "", "the address comes late");
    assert_eq!(house.get("/v1/compute/instances?ipConfig=false").await.column("instanceId"), [id.to_string()]);

    house.wait(52);
    let installing = house.get(&path).await;
    assert_eq!(installing.one()["status"], "installing");
    assert_ne!(installing.one()["ipConfig"]["v4"]["ip"], "");
    house.post(&format!("{path}/actions/restart"), Value::Null).await.expect(409);
    house.wait(150);
    assert_eq!(house.status(id).await, "running");

    let token = house.token().await;
    let done = house.call_as(&token, &restarted, "POST", &format!("{path}/actions/restart"), Value::Null).await;
    assert_eq!(done.expect(201).one()["action"], "restart");
    assert_eq!(house.status(id).await, "running", "it has not gone down yet");
    house.wait(2);
    assert_eq!(house.status(id).await, "stopped", "the document knows no restarting");
    house.wait(7);
    assert_eq!(house.status(id).await, "running");

    let rows = house.get(&format!("/v1/compute/instances/actions/audits?requestId={restarted}")).await;
    assert_eq!(rows.one()["instanceId"], id);
    assert_eq!(rows.one()["action"], "CREATED");
    assert_eq!(rows.one()["changes"]["action"], "restart");
    assert_eq!(rows.one()["traceId"], "story");
    let rows = house.get(&format!("/v1/compute/instances/audits?requestId={ordered}")).await;
    assert_eq!(rows.one()["instanceId"], id, "a lost order is found again by its request id");

    let journal = house.journal(&restarted);
    assert_eq!(journal.len(), 1, "{journal:?}");
    assert_eq!((journal[0].effect, journal[0].cause), (Effect::Action, Cause::Request));
    assert_eq!(journal[0].trace_id.as_deref(), Some("story"));
}

#[tokio::test]
async fn starting_what_runs_and_stopping_what_is_off_changes_nothing_and_still_counts_as_done() {
    let house = House::open().await;
    let id = house.running().await;
    let path = format!("/v1/compute/instances/{id}/actions");
    house.post(&format!("{path}/start"), Value::Null).await.expect(201);
    house.wait(30);
    assert_eq!(house.status(id).await, "running");
    house.post(&format!("{path}/stop"), Value::Null).await.expect(201);
    house.wait(5);
    assert_eq!(house.status(id).await, "stopped");
    house.post(&format!("{path}/stop"), Value::Null).await.expect(201);
    house.wait(5);
    assert_eq!(house.status(id).await, "stopped");
    let rows = house.get(&format!("/v1/compute/instances/actions/audits?instanceId={id}&startDate=2026-03-02")).await;
    assert_eq!(rows.total(), 3, "calls are audited, not effects");
    house.post(&format!("{path}/start"), Value::Null).await.expect(201);
    house.wait(6);
    assert_eq!(house.status(id).await, "running");
    house.post(&format!("{path}/shutdown"), Value::Null).await.expect(201);
    house.wait(11);
    assert_eq!(house.status(id).await, "stopped");
}

#[tokio::test]
async fn what_is_asked_last_wins_over_what_is_still_under_way() {
    let house = House::open().await;
    let id = house.running().await;
    let path = format!("/v1/compute/instances/{id}/actions");
    house.post(&format!("{path}/restart"), Value::Null).await.expect(201);
    house.post(&format!("{path}/stop"), Value::Null).await.expect(201);
    house.wait(60);
    assert_eq!(house.status(id).await, "stopped", "the restart's way up is void");
}

#[tokio::test]
async fn rescue_lasts_until_a_restart_and_a_password_reset_goes_back_to_where_it_was() {
    let house = House::open().await;
    let id = house.running().await;
    let path = format!("/v1/compute/instances/{id}/actions");
    let secret = json!({"name": "pw", "value": "PwdA?2092w#", "type": "password"});
    let secret = house.post("/v1/secrets", secret).await.expect(201).one()["secretId"].clone();
    house.post(&format!("{path}/rescue"), json!({"rootPassword": secret})).await.expect(201);
    house.wait(21);
    assert_eq!(house.status(id).await, "rescue");
    house.post(&format!("{path}/restart"), Value::Null).await.expect(201);
    house.wait(9);
    assert_eq!(house.status(id).await, "running");
    house.post(&format!("{path}/resetPassword"), json!({"rootPassword": secret})).await.expect(201);
    house.wait(1);
    assert_eq!(house.status(id).await, "reset_password");
    house.wait(15);
    assert_eq!(house.status(id).await, "running");

    let none = house.post(&format!("{path}/rescue"), json!({"rootPassword": 999_999})).await;
    assert_eq!(none.expect(500).body["message"], "Internal server error", "a secret that is not there is a 500");
    house.post(&format!("{path}/rescue"), Value::Null).await.expect(201);
}

/// quirk 6.7
#[tokio::test]
async fn snapshots_are_few_and_a_rollback_takes_the_newer_ones() {
    let house = House::open().await;
    let id = house.order(json!({"productId": "V97"})).await;
    let path = format!("/v1/compute/instances/{id}/snapshots");
    let mut made = Vec::new();
    for name in ["one", "two", "three"] {
        let snapshot = house.post(&path, json!({"name": name})).await.expect(201);
        made.push(snapshot.one()["snapshotId"].as_str().unwrap().to_owned());
        house.wait(60);
    }
    let fourth = house.post(&path, json!({"name": "four"})).await.expect(402);
    assert_eq!(fourth.body["message"], "Total snapshots exceed the total max limit of 3 snapshots");

    let back = house.post(&format!("{path}/{}/rollback", made[1]), json!({})).await.expect(200);
    assert!(back.body.get("data").is_none(), "only links");
    assert_eq!(house.get(&path).await.column("name"), ["one", "two"]);
    house.wait(26);
    assert_eq!(house.status(id).await, "running");

    house.patch(&format!("{path}/{}", made[0]), json!({"name": "kept", "description": "d"})).await.expect(200);
    house.patch(&format!("{path}/{}", made[0]), json!({"name": "a_b"})).await.expect(400);
    house.delete(&format!("{path}/{}", made[1])).await.expect(204);
    house.get(&format!("{path}/{}", made[1])).await.expect(404);
    house.wait(31 * 24 * 3600);
    assert_eq!(house.get(&path).await.total(), 0, "thirty days later it is gone by itself");
    let rows = house.get(&format!("/v1/compute/snapshots/audits?instanceId={id}&size=50")).await;
    assert_eq!(rows.total(), 6, "three made, one rolled back, one renamed, one deleted");
}

#[tokio::test]
async fn plans_without_snapshots_refuse_the_first_one() {
    let house = House::open().await;
    let id = house.order(json!({"productId": "V8"})).await;
    let refused = house.post(&format!("/v1/compute/instances/{id}/snapshots"), json!({"name": "x"})).await.expect(402);
    assert_eq!(refused.body["message"], "Total snapshots exceed the total max limit of 0 snapshots");
}

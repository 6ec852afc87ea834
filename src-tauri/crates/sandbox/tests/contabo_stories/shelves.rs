//! Object storages with their keys, secrets, tags.

use rackdesk_sandbox::contabo::{self, NoDate, Settings};
use rackdesk_sandbox::world::lock;
use serde_json::{Value, json};

use crate::house::{House, text};

/// quirk 6.12
#[tokio::test]
async fn a_storage_is_ordered_grows_and_never_shrinks() {
    let house = House::of_size(0.02).await;
    let body = json!({"region": "SIN", "totalPurchasedSpaceTB": 0.5, "displayName": "backups"});
    let made = house.post("/v1/object-storages", body.clone()).await.expect(201);
    assert_eq!(made.one()["status"], "ORDER_PROCESSING");
    let id = text(&made.one()["objectStorageId"]);
    let path = format!("/v1/object-storages/{id}");
    house.post("/v1/object-storages", body).await.expect(409);
    house.post(&format!("{path}/resize"), json!({"totalPurchasedSpaceTB": 1.0})).await.expect(409);
    house.wait(8);
    assert_eq!(house.get(&path).await.one()["status"], "PROVISIONING");
    house.wait(45);
    assert_eq!(house.get(&path).await.one()["status"], "READY");

    house.post(&format!("{path}/resize"), json!({"totalPurchasedSpaceTB": 0.25})).await.expect(400);
    house.post(&format!("{path}/resize"), json!({"totalPurchasedSpaceTB": 0.6})).await.expect(400);
    let scaling = json!({"totalPurchasedSpaceTB": 1.0, "autoScaling": {"state": "enabled", "sizeLimitTB": 2.0}});
    assert_eq!(house.post(&format!("{path}/resize"), scaling).await.expect(200).one()["status"], "UPGRADING");
    house.wait(26);
    let grown = house.get(&path).await;
    assert_eq!((&grown.one()["status"], &grown.one()["totalPurchasedSpaceTB"]), (&json!("READY"), &json!(1.0)));
    assert_eq!(grown.one()["autoScaling"], json!({"state": "enabled", "sizeLimitTB": 2.0}));

    let used = async || house.get(&format!("{path}/stats")).await.one()["usedSpaceTB"].as_f64().unwrap();
    let at_first = used().await;
    house.wait(20 * 24 * 3600);
    assert!(used().await > at_first, "it fills");

    let cancelled = house.patch(&format!("{path}/cancel"), json!({})).await.expect(200);
    assert_eq!(cancelled.one()["cancelDate"], "2026-04-02");
    house.patch(&format!("{path}/cancel"), json!({})).await.expect(409);
    house.wait(13 * 24 * 3600);
    house.get(&path).await.expect(404);
    house.post("/v1/object-storages", json!({"region": "JPN", "totalPurchasedSpaceTB": 1})).await.expect(400);
}

/// quirk 6.13
#[tokio::test]
async fn each_user_has_a_pair_of_keys_per_storage() {
    let house = House::of_size(0.02).await;
    let body = json!({"region": "SIN", "totalPurchasedSpaceTB": 0.5, "displayName": "media"});
    let id = text(&house.post("/v1/object-storages", body).await.expect(201).one()["objectStorageId"]);
    house.wait(46);
    let user = text(&house.get("/v1/users?owner=true").await.one()["userId"]);
    let list = format!("/v1/users/{user}/object-storages/credentials");
    let found =
        house.get(&format!("{list}?objectStorageId={id}&displayName=media&regionName=Asia%20(Singapore)")).await;
    let pair = format!("/v1/users/{user}/object-storages/{id}/credentials/{}", found.one()["credentialId"]);
    let before = house.get(&pair).await;
    let after = house.patch(&pair, Value::Null).await.expect(200);
    assert_eq!(before.one()["accessKey"], after.one()["accessKey"]);
    assert_ne!(before.one()["secretKey"], after.one()["secretKey"]);
    house.get(&format!("{list}/1")).await.expect(404);
}

#[tokio::test]
async fn a_date_that_does_not_exist_is_written_as_set() {
    let house = House::of_size(0.02).await;
    let id = house.order(json!({})).await;
    let shown = async |no_date| {
        contabo::configure(&mut lock(&house.world).contabo, Settings { no_date, ..Settings::default() });
        house.get(&format!("/v1/compute/instances/{id}")).await.one().get("cancelDate").cloned()
    };
    assert_eq!(shown(NoDate::Empty).await, Some(json!("")));
    assert_eq!(shown(NoDate::Null).await, Some(Value::Null));
    assert_eq!(shown(NoDate::Absent).await, None);
    assert_eq!(shown(NoDate::FarFuture).await, Some(json!("")), "instances have no format to keep");
    assert_eq!(contabo::settings(&lock(&house.world).contabo).no_date, NoDate::FarFuture);
}

#[tokio::test]
async fn a_secret_shows_its_value_only_when_it_is_read_alone() {
    let house = House::open().await;
    let body = json!({"name": "root", "value": "PwdA?2092w#", "type": "password"});
    let made = house.post("/v1/secrets", body).await.expect(201);
    assert_ne!(made.one()["value"], "PwdA?2092w#");
    let path = format!("/v1/secrets/{}", made.one()["secretId"]);
    assert_eq!(house.get(&path).await.one()["value"], "PwdA?2092w#");
    assert!(!house.get("/v1/secrets?size=100").await.body.to_string().contains("PwdA"));
    house.patch(&path, json!({"value": "short"})).await.expect(400);
    house.patch(&path, json!({"value": "nospecial99"})).await.expect(400);
    house.patch(&path, json!({"name": "root 2", "value": "Other?2092w#"})).await.expect(200);
    assert_eq!(house.get("/v1/secrets?name=ROOT%202&type=password").await.total(), 1);
    let wrong = house.post("/v1/secrets", json!({"name": "", "value": "x", "type": "pin"})).await.expect(400);
    assert_eq!(wrong.body["message"].as_array().unwrap().len(), 3);
    house.post("/v1/secrets", json!({"name": "k", "value": "not a key at all", "type": "ssh"})).await.expect(400);
    house.delete(&path).await.expect(204);
    house.get(&path).await.expect(404);
}

/// quirk 6.14
#[tokio::test]
async fn a_tag_stays_while_it_is_on_something() {
    let house = House::open().await;
    let id = house.running().await;
    let made = house.post("/v1/tags", json!({"name": "vip:gold", "color": "#FFD700"})).await.expect(201);
    house.post("/v1/tags", json!({"name": "vip:gold", "color": "#FFD700"})).await.expect(409);
    house.post("/v1/tags", json!({"name": "a/b", "color": "red"})).await.expect(400);
    let tag = format!("/v1/tags/{}", made.one()["tagId"]);
    let on = format!("{tag}/assignments/instance/{id}");
    house.get(&on).await.expect(404);
    let links = house.post(&on, Value::Null).await.expect(201).body["_links"].clone();
    assert_eq!(links["tag"], tag);
    assert_eq!(links["_resource"], format!("/v1/compute/instances/{id}"));
    house.post(&on, Value::Null).await.expect(409);
    assert_eq!(house.get(&on).await.one()["tagName"], "vip:gold");
    house.delete(&tag).await.expect(409);
    house.post(&format!("{tag}/assignments/instance/1"), Value::Null).await.expect(404);
    house.post(&format!("{tag}/assignments/kitten/1"), Value::Null).await.expect(400);
    assert_eq!(house.get(&format!("{tag}/assignments?resourceType=inst")).await.total(), 1);
    assert_eq!(house.get(&format!("{tag}/assignments?resourceType=image")).await.total(), 0);
    house.delete(&on).await.expect(204);
    house.delete(&tag).await.expect(204);
}

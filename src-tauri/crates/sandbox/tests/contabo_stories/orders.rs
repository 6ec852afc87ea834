//! What is bought, wiped and cancelled.

use serde_json::{Value, json};

use crate::house::{House, text};

#[tokio::test]
async fn an_order_without_arguments_buys_the_documents_defaults() {
    let house = House::open().await;
    let made = house.post("/v1/compute/instances", json!({"period": 1})).await.expect(201);
    assert_eq!(made.one()["productId"], "V92", "the API buys what nobody asked for: clients must not let it");
    assert_eq!(made.one()["region"], "EU");
    assert_eq!(made.one()["imageId"], "afecbb85-e2fc-46f0-9684-b46b1faf00bb");
}

#[tokio::test]
async fn wrong_orders_are_refused_in_the_providers_words_and_buy_nothing() {
    let house = House::open().await;
    let before = house.get("/v1/compute/instances").await.total();
    let message =
        async |body: Value| house.post("/v1/compute/instances", body).await.expect(400).body["message"].clone();
    assert_eq!(message(json!({})).await, json!(["period should not be empty"]));
    assert_eq!(
        message(json!({"period": 2, "imageId": "Ubuntu 22.04", "productId": ""})).await,
        json!([
            "imageId must be a UUID",
            "productId must be longer than or equal to 1 characters",
            "period must be one of the following values: 1, 3, 6, 12"
        ])
    );
    assert_eq!(message(json!({"period": 1, "productId": "V1"})).await, "Bad Request productId V1 is wrong");
    assert_eq!(message(json!([1])).await, "Request body has to be an object");
    house.post("/v1/compute/instances", Value::Null).await.expect(400);
    let unknown = json!({"period": 1, "rootPassword": 424_242});
    house.post("/v1/compute/instances", unknown).await.expect(500);
    let key_as_password = house.get("/v1/secrets?type=ssh").await.all()[0]["secretId"].clone();
    house.post("/v1/compute/instances", json!({"period": 1, "rootPassword": key_as_password})).await.expect(500);
    assert_eq!(house.get("/v1/compute/instances").await.total(), before);
    assert_eq!(house.get("/v1/compute/instances/audits?startDate=2026-03-02").await.total(), 0, "no row for a refusal");
}

#[tokio::test]
async fn add_ons_come_by_name_or_id_and_an_extra_address_is_a_vip() {
    let house = House::open().await;
    let add_ons = json!({
        "additionalIps": {}, "privateNetworking": {}, "extraStorage": {"nvme": ["0.15"]},
        "addonsIds": [{"id": 2015, "quantity": 1}],
    });
    let id = house.order(json!({"addOns": add_ons, "license": "PleskHost", "defaultUser": "root"})).await;
    let shown = house.get(&format!("/v1/compute/instances/{id}")).await;
    let ids: Vec<i64> =
        shown.one()["addOns"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [1477, 1263, 2001, 2015]);
    let extra = text(&shown.one()["additionalIps"][0]["v4"]["ip"]);
    let vip = house.get(&format!("/v1/vips/{extra}")).await;
    assert_eq!(vip.one()["type"], "additional");
    assert_eq!(vip.one()["resourceId"], id.to_string());
    assert_eq!(
        house.get(&format!("/v1/compute/instances?search={extra}")).await.column("instanceId"),
        [id.to_string()]
    );
    let wrong = house.post("/v1/compute/instances", json!({"period": 1, "addOns": {"addonsIds": [{"id": 1}]}})).await;
    assert_eq!(wrong.expect(400).body["message"][0], "addOns.addonsIds.0.quantity should not be empty");
}

#[tokio::test]
async fn a_reinstallation_takes_its_time_and_keeps_the_address() {
    let house = House::open().await;
    let id = house.running().await;
    let path = format!("/v1/compute/instances/{id}");
    let before = house.get(&path).await.one()["ipConfig"].clone();
    let body = json!({"imageId": "3b8e1f0a-6c1d-4a52-9f7b-2d9d1c7a5e10", "defaultUser": "root"});
    house.put(&path, body.clone()).await.expect(200);
    let during = house.get(&path).await;
    assert_eq!(during.one()["status"], "installing");
    assert_eq!(during.one()["imageId"], "3b8e1f0a-6c1d-4a52-9f7b-2d9d1c7a5e10");
    house.put(&path, body).await.expect(409);
    house.wait(151);
    let after = house.get(&path).await;
    assert_eq!(after.one()["status"], "running");
    assert_eq!(after.one()["ipConfig"], before);
    let missing = house.put(&path, json!({})).await.expect(400);
    assert_eq!(missing.body["message"], json!(["imageId should not be empty"]));
}

#[tokio::test]
async fn a_cancelled_instance_lives_on_until_its_day_is_over() {
    let house = House::open().await;
    let id = house.order(json!({})).await;
    let path = format!("/v1/compute/instances/{id}");
    house.post(&format!("{path}/cancel"), json!({"cancelDate": "2020-01-01"})).await.expect(400);
    let cancelled = house.post(&format!("{path}/cancel"), json!({})).await.expect(201);
    assert_eq!(cancelled.one()["cancelDate"], "2026-04-02", "the end of the first month");
    house.post(&format!("{path}/cancel"), json!({})).await.expect(409);
    let listed = house.get(&path).await;
    assert_eq!((&listed.one()["cancelDate"], &listed.one()["status"]), (&json!("2026-04-02"), &json!("running")));
    house.wait(31 * 24 * 3600);
    assert_eq!(house.status(id).await, "running", "on its last day it still runs");
    house.wait(24 * 3600);
    house.get(&path).await.expect(404);

    let id = house.order(json!({})).await;
    let path = format!("/v1/compute/instances/{id}/cancel");
    let cancelled = house.post(&path, json!({"cancelDate": "2026-12-24T00:00:00.000+0000"})).await.expect(201);
    assert_eq!(cancelled.one()["cancelDate"], "2026-12-24");
}

#[tokio::test]
async fn what_was_ordered_in_the_panel_cannot_be_cancelled_here() {
    let house = House::of_size(1.0).await;
    let list = house.get("/v1/compute/instances?size=500").await;
    let mut refused = 0;
    for one in list.all().iter().take(120) {
        let path = format!("/v1/compute/instances/{}/cancel", one["instanceId"]);
        refused += u32::from(house.post(&path, json!({})).await.status == 422);
    }
    assert!(refused > 0, "none of the first 120");
}

#[tokio::test]
async fn an_add_on_is_bought_once() {
    let house = House::open().await;
    let id = house.running().await;
    let path = format!("/v1/compute/instances/{id}/upgrade");
    house.post(&path, json!({})).await.expect(400);
    house.post(&path, json!({"privateNetworking": {}})).await.expect(200);
    house.post(&path, json!({"privateNetworking": {}})).await.expect(409);
    house.post(&path, json!({"privateNetworking": {}, "backup": {}})).await.expect(409);
    house.post(&path, json!({"backup": {}})).await.expect(200);
}

#[tokio::test]
async fn a_custom_image_is_paid_fetched_and_then_installable() {
    let house = House::of_size(0.02).await;
    let image =
        json!({"name": "mine", "url": "https://images.example/mine.qcow2?x=1", "osType": "Linux", "version": "1"});
    let made = house.post("/v1/compute/images", image.clone()).await.expect(201);
    let id = text(&made.one()["imageId"]);
    let path = format!("/v1/compute/images/{id}");
    house.wait(15);
    let half = house.get(&path).await;
    assert_eq!(half.one()["status"], "downloading");
    let (size, so_far) = (half.one()["sizeMb"].as_i64().unwrap(), half.one()["uploadedSizeMb"].as_i64().unwrap());
    assert!(0 < so_far && so_far < size, "{so_far} of {size}");
    house.post("/v1/compute/instances", json!({"period": 1, "imageId": id})).await.expect(400);
    house.wait(120);
    assert_eq!(house.get(&path).await.one()["status"], "downloaded");
    house.order(json!({"imageId": id})).await;

    let wrong = json!({"name": "x", "url": "https://images.example/mine.zip", "osType": "Linux", "version": "1"});
    let refused = house.post("/v1/compute/images", wrong).await.expect(415);
    assert!(text(&refused.body["message"]).starts_with("Unsupported Media Type"));
    let unreachable = json!({"name": "x", "url": "https://nowhere.invalid/a.iso", "osType": "Linux", "version": "1"});
    let made = house.post("/v1/compute/images", unreachable).await.expect(201);
    house.wait(130);
    let failed = house.get(&format!("/v1/compute/images/{}", text(&made.one()["imageId"]))).await;
    assert_eq!(failed.one()["status"], "error");
    assert_ne!(failed.one()["errorMessage"], "");

    let mut last = 201;
    for _ in 0..40 {
        last = house.post("/v1/compute/images", image.clone()).await.status;
        if last != 201 {
            break;
        }
    }
    assert_eq!(last, 402, "25 GB are used up at some time");
    house.delete(&path).await.expect(204);
    house.delete("/v1/compute/images/afecbb85-e2fc-46f0-9684-b46b1faf00bb").await.expect(403);
}

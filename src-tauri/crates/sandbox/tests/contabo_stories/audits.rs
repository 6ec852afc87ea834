//! The audit lists: who, what, when, by which request, and how late.

use rackdesk_sandbox::contabo;
use rackdesk_sandbox::world::lock;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, Seen, text};

#[tokio::test]
async fn a_row_shows_only_after_the_lag() {
    let house = House::open().await;
    contabo::set_audit_lag(&mut lock(&house.world).contabo, Some(60));
    let (token, request) = (house.token().await, Uuid::new_v4().to_string());
    let id = house.running().await;
    let path = format!("/v1/compute/instances/{id}/actions/restart");
    house.call_as(&token, &request, "POST", &path, Value::Null).await.expect(201);
    let list = format!("/v1/compute/instances/actions/audits?requestId={request}");
    assert_eq!(house.get(&list).await.total(), 0, "done, and not to be seen yet");
    house.wait(58);
    assert_eq!(house.get(&list).await.total(), 0);
    house.wait(3);
    assert_eq!(house.get(&list).await.total(), 1);
    let loud = format!("/v1/compute/instances/actions/audits?requestId={}", request.to_uppercase());
    assert_eq!(house.get(&loud).await.total(), 1, "ids are compared without regard to case");
}

#[tokio::test]
async fn without_a_setting_rows_come_within_two_seconds() {
    let house = House::open().await;
    contabo::set_audit_lag(&mut lock(&house.world).contabo, None);
    for name in ["a", "b", "c", "d", "e", "f"] {
        house.post("/v1/tags", json!({"name": name, "color": "#123456"})).await.expect(201);
    }
    let at_once = house.get("/v1/tags/audits?size=50").await.total();
    house.wait(3);
    let later = house.get("/v1/tags/audits?size=50").await.total();
    assert_eq!(later, 6);
    assert!(at_once < later, "some are late");
}

#[tokio::test]
async fn rows_are_found_by_user_day_and_resource() {
    let house = House::open().await;
    let mira = house.get("/v1/users?email=mira").await.one()["userId"].clone();
    let token = house.token_by_mail("mira").await;
    let id = house.running().await;
    let rename = |name: &str| json!({"displayName": name});
    let path = format!("/v1/compute/instances/{id}");
    let request = Uuid::new_v4().to_string();
    house.call_as(&token, &request, "PATCH", &path, rename("by mira")).await.expect(200);
    house.wait(24 * 3600);
    house.patch(&path, rename("by the owner")).await.expect(200);

    let list = "/v1/compute/instances/audits?size=100";
    let by_mira = house.get(&format!("{list}&changedBy={}", mira.as_str().unwrap())).await;
    assert_eq!(by_mira.one()["username"], "Mira Sandhu");
    assert_eq!(by_mira.one()["action"], "UPDATED");
    assert_eq!(by_mira.one()["changes"]["new"]["displayName"], "by mira");
    assert_eq!(house.get(&format!("{list}&startDate=2026-03-02&endDate=2026-03-02")).await.total(), 1);
    assert_eq!(house.get(&format!("{list}&startDate=2026-03-03")).await.total(), 1);
    assert_eq!(house.get(&format!("{list}&instanceId={id}")).await.total(), 3, "with the order, long ago");
    assert_eq!(house.get(&format!("{list}&instanceId=1")).await.total(), 0);
    house.get(&format!("{list}&startDate=yesterday")).await.expect(400);
    let newest = house.get(&format!("{list}&orderBy=timestamp:DESC")).await;
    assert_eq!(newest.all()[0]["changes"]["new"]["displayName"], "by the owner");
}

/// Makes a change and looks for its one row in the list and its one entry in the journal.
async fn check(house: &House, method: &str, path: &str, body: Value, list: &str) -> Seen {
    let (token, request) = (house.token().await, Uuid::new_v4().to_string());
    let seen = house.call_as(&token, &request, method, path, body).await;
    assert!((200..300).contains(&seen.status), "{method} {path}: {}", seen.body);
    let rows = house.get(&format!("{list}?requestId={request}")).await.expect(200);
    assert_eq!(rows.all().len(), 1, "{method} {path}");
    assert_eq!(house.journal(&request).len(), 1, "{method} {path}");
    house.wait(12);
    seen
}

fn id_of(seen: &Seen, name: &str) -> String {
    text(&seen.one()[name])
}

#[tokio::test]
async fn changes_around_an_instance_leave_one_row_and_one_entry_each() {
    let house = House::of_size(0.02).await;
    let id = house.order(json!({"addOns": {"privateNetworking": {}}})).await;

    let key = check(
        &house,
        "POST",
        "/v1/secrets",
        json!({"name": "k", "value": "ssh-rsa AAAA", "type": "ssh"}),
        "/v1/secrets/audits",
    )
    .await;
    let key = format!("/v1/secrets/{}", id_of(&key, "secretId"));
    check(&house, "PATCH", &key, json!({"name": "k2"}), "/v1/secrets/audits").await;
    check(&house, "DELETE", &key, Value::Null, "/v1/secrets/audits").await;

    let tag = check(&house, "POST", "/v1/tags", json!({"name": "t", "color": "#fff"}), "/v1/tags/audits").await;
    let tag = format!("/v1/tags/{}", id_of(&tag, "tagId"));
    check(&house, "PATCH", &tag, json!({"color": "#000000"}), "/v1/tags/audits").await;
    let assignment = format!("{tag}/assignments/instance/{id}");
    check(&house, "POST", &assignment, Value::Null, "/v1/tags/assignments/audits").await;
    check(&house, "DELETE", &assignment, Value::Null, "/v1/tags/assignments/audits").await;
    check(&house, "DELETE", &tag, Value::Null, "/v1/tags/audits").await;

    let net = check(&house, "POST", "/v1/private-networks", json!({"name": "n"}), "/v1/private-networks/audits").await;
    let net = format!("/v1/private-networks/{}", id_of(&net, "privateNetworkId"));
    check(&house, "PATCH", &net, json!({"description": "d"}), "/v1/private-networks/audits").await;
    check(&house, "POST", &format!("{net}/instances/{id}"), Value::Null, "/v1/private-networks/audits").await;
    check(&house, "DELETE", &format!("{net}/instances/{id}"), Value::Null, "/v1/private-networks/audits").await;
    check(&house, "DELETE", &net, Value::Null, "/v1/private-networks/audits").await;

    let wall =
        check(&house, "POST", "/v1/firewalls", json!({"name": "f", "status": "active"}), "/v1/firewalls/audits").await;
    let wall = format!("/v1/firewalls/{}", id_of(&wall, "firewallId"));
    check(&house, "PATCH", &wall, json!({"description": "d"}), "/v1/firewalls/audits").await;
    check(&house, "PUT", &wall, json!({"rules": {"inbound": []}}), "/v1/firewalls/audits").await;
    check(&house, "POST", &format!("{wall}/instances/{id}"), Value::Null, "/v1/firewalls/audits").await;
    check(&house, "DELETE", &format!("{wall}/instances/{id}"), Value::Null, "/v1/firewalls/audits").await;
    check(&house, "DELETE", &wall, Value::Null, "/v1/firewalls/audits").await;
}

#[tokio::test]
async fn changes_of_an_instance_leave_one_row_and_one_entry_each() {
    let house = House::of_size(0.02).await;
    let id = house.order(json!({})).await;
    let instance = format!("/v1/compute/instances/{id}");
    for action in ["restart", "start", "stop", "shutdown"] {
        check(
            &house,
            "POST",
            &format!("{instance}/actions/{action}"),
            Value::Null,
            "/v1/compute/instances/actions/audits",
        )
        .await;
    }
    check(&house, "POST", &format!("{instance}/actions/rescue"), json!({}), "/v1/compute/instances/actions/audits")
        .await;
    house.wait(30);
    check(
        &house,
        "POST",
        &format!("{instance}/actions/resetPassword"),
        json!({}),
        "/v1/compute/instances/actions/audits",
    )
    .await;
    house.wait(30);
    let snapshot =
        check(&house, "POST", &format!("{instance}/snapshots"), json!({"name": "s"}), "/v1/compute/snapshots/audits")
            .await;
    let snapshot = format!("{instance}/snapshots/{}", id_of(&snapshot, "snapshotId"));
    check(&house, "PATCH", &snapshot, json!({"name": "s2"}), "/v1/compute/snapshots/audits").await;
    check(&house, "POST", &format!("{snapshot}/rollback"), json!({}), "/v1/compute/snapshots/audits").await;
    house.wait(30);
    check(&house, "DELETE", &snapshot, Value::Null, "/v1/compute/snapshots/audits").await;
    check(&house, "PATCH", &instance, json!({"displayName": "x"}), "/v1/compute/instances/audits").await;
    check(&house, "POST", &format!("{instance}/upgrade"), json!({"backup": {}}), "/v1/compute/instances/audits").await;
    let image = json!({"imageId": "3b8e1f0a-6c1d-4a52-9f7b-2d9d1c7a5e10"});
    check(&house, "PUT", &instance, image, "/v1/compute/instances/audits").await;
    check(&house, "POST", &format!("{instance}/cancel"), json!({}), "/v1/compute/instances/audits").await;
}

#[tokio::test]
async fn changes_of_names_leave_one_row_and_one_entry_each() {
    let house = House::of_size(0.02).await;
    let zone = check(&house, "POST", "/v1/dns/zones", json!({"zoneName": "z.example"}), "/v1/dns/zones/audits").await;
    let zone = format!("/v1/dns/zones/{}", id_of(&zone, "zoneName"));
    let record = json!({"type": "A", "ttl": 60, "prio": 0, "data": "192.0.2.1"});
    let made = check(&house, "POST", &format!("{zone}/records"), record.clone(), "/v1/dns/records/audits").await;
    let path = format!("{zone}/records/{}", id_of(&made, "recordId"));
    check(&house, "PATCH", &path, record, "/v1/dns/records/audits").await;
    check(&house, "DELETE", &path, Value::Null, "/v1/dns/records/audits").await;
    check(&house, "DELETE", &zone, Value::Null, "/v1/dns/zones/audits").await;
}

#[tokio::test]
async fn changes_of_people_and_shelves_leave_one_row_and_one_entry_each() {
    let house = House::of_size(0.02).await;
    let role = json!({"name": "r", "admin": false, "accessAllResources": true});
    let made = check(&house, "POST", "/v1/roles", role.clone(), "/v1/roles/audits").await;
    let path = format!("/v1/roles/{}", id_of(&made, "roleId"));
    check(&house, "PUT", &path, role, "/v1/roles/audits").await;
    check(&house, "DELETE", &path, Value::Null, "/v1/roles/audits").await;

    let user = json!({"email": "lee@nordlicht.example", "enabled": true, "totp": false, "locale": "en"});
    let made = check(&house, "POST", "/v1/users", user, "/v1/users/audits").await;
    let path = format!("/v1/users/{}", id_of(&made, "userId"));
    check(&house, "PATCH", &path, json!({"locale": "de"}), "/v1/users/audits").await;
    check(&house, "POST", &format!("{path}/reset-password"), Value::Null, "/v1/users/audits").await;
    check(&house, "POST", &format!("{path}/resend-email-verification"), Value::Null, "/v1/users/audits").await;
    check(&house, "DELETE", &path, Value::Null, "/v1/users/audits").await;
    check(&house, "PUT", "/v1/users/client/secret", Value::Null, "/v1/users/audits").await;

    let image = json!({"name": "i", "url": "https://images.example/i.iso", "osType": "Linux", "version": "1"});
    let made = check(&house, "POST", "/v1/compute/images", image, "/v1/compute/images/audits").await;
    let path = format!("/v1/compute/images/{}", id_of(&made, "imageId"));
    check(&house, "PATCH", &path, json!({"name": "i2"}), "/v1/compute/images/audits").await;
    check(&house, "DELETE", &path, Value::Null, "/v1/compute/images/audits").await;

    let id = house.order(json!({})).await;
    let free = house.get("/v1/vips?type=floating&resourceType=null").await;
    let path = format!("/v1/vips/{}/instances/{id}", text(&free.one()["v4"]["ip"]));
    check(&house, "POST", &path, Value::Null, "/v1/vips/audits").await;
    check(&house, "DELETE", &path, Value::Null, "/v1/vips/audits").await;

    let shelf = json!({"region": "SIN", "totalPurchasedSpaceTB": 0.25});
    let made = check(&house, "POST", "/v1/object-storages", shelf, "/v1/object-storages/audits").await;
    house.wait(60);
    let path = format!("/v1/object-storages/{}", id_of(&made, "objectStorageId"));
    check(&house, "PATCH", &path, json!({"displayName": "s"}), "/v1/object-storages/audits").await;
    let more = json!({"totalPurchasedSpaceTB": 0.5});
    check(&house, "POST", &format!("{path}/resize"), more, "/v1/object-storages/audits").await;
    check(&house, "PATCH", &format!("{path}/cancel"), json!({}), "/v1/object-storages/audits").await;
}

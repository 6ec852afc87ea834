//! Private networks, firewalls, virtual addresses.

use serde_json::{Value, json};

use crate::house::{House, text};

async fn standing(house: &House, network: &str) -> Vec<String> {
    let shown = house.get(network).await;
    shown.one()["instances"].as_array().unwrap().iter().map(|one| text(&one["status"])).collect()
}

/// quirk 6.9
#[tokio::test]
async fn joining_needs_the_add_on_then_a_reinstallation_and_the_next_network_a_restart() {
    let house = House::open().await;
    let id = house.running().await;
    let instance = format!("/v1/compute/instances/{id}");
    let mut nets = Vec::new();
    for name in ["blue", "green"] {
        let made = house.post("/v1/private-networks", json!({"name": name, "region": "EU"})).await.expect(201);
        nets.push(format!("/v1/private-networks/{}", made.one()["privateNetworkId"]));
    }
    let (blue, green) = (&nets[0], &nets[1]);
    house.post(&format!("{blue}/instances/{id}"), Value::Null).await.expect(402);
    house.post(&format!("{instance}/upgrade"), json!({"privateNetworking": {}})).await.expect(200);
    let joined = house.post(&format!("{blue}/instances/{id}"), Value::Null).await.expect(201);
    assert_eq!(joined.body["_links"]["instance"], instance);
    assert_eq!(joined.body["_links"]["virtualPrivateCloud"], *blue);
    house.post(&format!("{blue}/instances/{id}"), Value::Null).await.expect(409);
    assert_eq!(standing(&house, blue).await, ["reinstall"]);
    house.post(&format!("{instance}/actions/restart"), Value::Null).await.expect(201);
    house.wait(10);
    assert_eq!(standing(&house, blue).await, ["reinstall"], "a restart is not enough the first time");

    house.put(&instance, json!({"imageId": "d64d5c6c-9dda-4e38-8174-0ee282474d8a"})).await.expect(200);
    assert_eq!(standing(&house, blue).await, ["installing"]);
    house.wait(151);
    assert_eq!(standing(&house, blue).await, ["ok"]);

    house.post(&format!("{green}/instances/{id}"), Value::Null).await.expect(201);
    assert_eq!(standing(&house, green).await, ["restart"]);
    house.post(&format!("{instance}/actions/restart"), Value::Null).await.expect(201);
    house.wait(10);
    assert_eq!(standing(&house, green).await, ["ok"]);
    let shown = house.get(green).await;
    assert_eq!(shown.one()["availableIps"], 1021);
    assert!(text(&shown.one()["instances"][0]["privateIpConfig"]["v4"][0]["ip"]).starts_with("10."));
    assert_eq!(house.get(&format!("/v1/private-networks?instanceIds={id}")).await.total(), 2);

    house.delete(&format!("{green}/instances/{id}")).await.expect(201);
    house.delete(&format!("{green}/instances/{id}")).await.expect(404);
    house.delete(blue).await.expect(204);
    house.get(blue).await.expect(404);
}

#[tokio::test]
async fn a_network_has_one_region_and_a_name_of_its_own() {
    let house = House::open().await;
    let id = house.order(json!({"region": "UK", "addOns": {"privateNetworking": {}}})).await;
    let made = house.post("/v1/private-networks", json!({"name": "eu net"})).await.expect(201);
    let path = format!("/v1/private-networks/{}", made.one()["privateNetworkId"]);
    house.post(&format!("{path}/instances/{id}"), Value::Null).await.expect(400);
    house.post("/v1/private-networks", json!({"name": "eu net"})).await.expect(409);
    house.post("/v1/private-networks", json!({"name": "a/b"})).await.expect(400);
    house.patch(&path, json!({"name": "renamed", "description": "d"})).await.expect(200);
    assert_eq!(house.get("/v1/private-networks?name=renamed&region=EU").await.total(), 1);
}

/// quirk 6.10
#[tokio::test]
async fn firewalls_are_put_on_and_taken_off_in_seconds() {
    let house = House::open().await;
    let id = house.running().await;
    let rule = json!({
        "protocol": "tcp", "destPorts": ["80", "8000-8010"], "srcCidr": {"ipv4": ["AnyIPv4", "192.0.2.0/24"]},
        "action": "accept", "status": "active",
    });
    let body = json!({"name": "front door", "status": "active", "rules": {"inbound": [rule]}});
    let made = house.post("/v1/firewalls", body.clone()).await.expect(201);
    house.post("/v1/firewalls", body).await.expect(409);
    let path = format!("/v1/firewalls/{}", text(&made.one()["firewallId"]));
    let member = format!("{path}/instances/{id}");
    let state = async || text(&house.get(&path).await.one()["instanceStatus"][0]["status"]);
    house.post(&member, Value::Null).await.expect(201);
    house.post(&member, Value::Null).await.expect(409);
    assert_eq!(state().await, "processing");
    house.wait(8);
    assert_eq!(state().await, "ok");
    house.put(&path, json!({"rules": {"inbound": []}})).await.expect(200);
    assert_eq!(state().await, "processing", "new rules are put on anew");
    house.wait(8);
    house.delete(&path).await.expect(409);
    assert_eq!(house.get(&format!("/v1/firewalls?instanceIds={id}&name=front")).await.total(), 1);
    house.delete(&member).await.expect(200);
    assert_eq!(state().await, "deleting");
    house.wait(6);
    house.delete(&path).await.expect(204);

    let ports: Vec<String> = (1..=16).map(|port| port.to_string()).collect();
    let wrong = json!({
        "protocol": "icmp", "destPorts": ports, "srcCidr": {"ipv4": ["all"]}, "action": "drop", "status": "active",
    });
    let refused =
        house.post("/v1/firewalls", json!({"name": "x", "status": "on", "rules": {"inbound": [wrong]}})).await;
    let problems = refused.expect(400).body["message"].as_array().unwrap().len();
    assert_eq!(problems, 5, "status, too many ports, ports on icmp, no network, drop");
    assert_eq!(house.get("/v1/firewalls/preset-rules?name=http&size=50").await.column("name"), ["HTTP", "HTTPS"]);
}

#[tokio::test]
async fn a_floating_address_has_one_machine_at_a_time() {
    let house = House::open().await;
    let id = house.running().await;
    let free = house.get("/v1/vips?type=floating&resourceType=null").await;
    let ip = text(&free.one()["v4"]["ip"]);
    assert_eq!((&free.one()["resourceId"], &free.one()["resourceType"]), (&json!(""), &json!("null")));
    let path = format!("/v1/vips/{ip}");
    house.post(&format!("{path}/instances/{id}"), Value::Null).await.expect(200);
    house.post(&format!("{path}/instances/{id}"), Value::Null).await.expect(409);
    assert_eq!(house.get(&format!("/v1/vips?resourceId={id}&ips={ip}&ip={ip}&ipVersion=v4")).await.total(), 1);
    house.delete(&format!("{path}/bare-metal/{id}")).await.expect(404);
    house.delete(&format!("{path}/instances/{id}")).await.expect(204);
    house.post(&format!("{path}/bare-metal/4711"), Value::Null).await.expect(200);
    assert_eq!(house.get(&path).await.one()["resourceType"], "bare-metal");
    house.post(&format!("{path}/load-balancers/1"), Value::Null).await.expect(400);
    house.get("/v1/vips/192.0.2.250").await.expect(404);
    house.get("/v1/vips/nonsense").await.expect(400);
}

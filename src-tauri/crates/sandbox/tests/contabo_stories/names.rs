//! Reverse names, zones, domains, handles.

use serde_json::{Value, json};

use crate::house::{House, text};

/// quirk 6.15
#[tokio::test]
async fn ipv4_names_are_changed_and_ipv6_names_are_made_and_deleted() {
    let house = House::open().await;
    let id = house.running().await;
    let config = house.get(&format!("/v1/compute/instances/{id}")).await.one()["ipConfig"].clone();
    let (v4, v6) = (text(&config["v4"]["ip"]), text(&config["v6"]["ip"]));
    let name = json!({"ptr": "mail.okafor.example"});
    assert!(text(&house.get(&format!("/v1/dns/ptrs/{v4}")).await.one()["ptr"]).starts_with("vmi"));
    house.put(&format!("/v1/dns/ptrs/{v4}"), name.clone()).await.expect(204);
    assert_eq!(house.get("/v1/dns/ptrs?search=okafor").await.column("ip"), std::slice::from_ref(&v4));
    house.delete(&format!("/v1/dns/ptrs/{v4}")).await.expect(400);
    house.get(&format!("/v1/dns/ptrs/{v6}")).await.expect(404);
    let create = |ip: &str| json!({"ptr": "mail.okafor.example", "ip": ip, "ttl": 3600});
    house.post("/v1/dns/ptrs", create(&v4)).await.expect(400);
    house.post("/v1/dns/ptrs", create("2001:db8:ffff:ffff::9")).await.expect(404);
    house.post("/v1/dns/ptrs", create(&v6)).await.expect(201);
    house.post("/v1/dns/ptrs", create(&v6)).await.expect(409);
    assert_eq!(house.get(&format!("/v1/dns/ptrs?ips={v4},{v6}")).await.total(), 2);
    house.put(&format!("/v1/dns/ptrs/{v6}"), json!({"ptr": "no spaces.example"})).await.expect(400);
    house.put(&format!("/v1/dns/ptrs/{v6}"), name).await.expect(204);
    house.delete(&format!("/v1/dns/ptrs/{v6}")).await.expect(204);
}

#[tokio::test]
async fn a_zone_holds_records_and_a_bulk_deletion_names_what_was_not_there() {
    let house = House::open().await;
    house.post("/v1/dns/zones", json!({"zoneName": "Okafor.example"})).await.expect(201);
    house.post("/v1/dns/zones", json!({"zoneName": "okafor.example"})).await.expect(409);
    house.post("/v1/dns/zones", json!({"zoneName": "localhost"})).await.expect(400);
    let zone = "/v1/dns/zones/okafor.example";
    let mut ids = Vec::new();
    for (kind, data) in
        [("A", "192.0.2.1"), ("AAAA", "2001:db8::1"), ("MX", "mail.okafor.example"), ("TXT", "v=spf1 -all")]
    {
        let record = json!({"name": "okafor.example", "type": kind, "ttl": 3600, "prio": 0, "data": data});
        let made = house.post(&format!("{zone}/records"), record.clone()).await.expect(201);
        ids.push(made.one()["recordId"].as_i64().unwrap());
        house.post(&format!("{zone}/records"), record).await.expect(409);
    }
    let wrong = json!({"type": "A", "ttl": 3600, "prio": 0, "data": "mail"});
    house.post(&format!("{zone}/records"), wrong).await.expect(400);
    assert_eq!(house.get(&format!("{zone}/records?search=spf1")).await.column("type"), ["TXT"]);
    let moved = json!({"type": "A", "ttl": 60, "prio": 0, "data": "192.0.2.9"});
    let moved = house.patch(&format!("{zone}/records/{}", ids[0]), moved).await.expect(200);
    assert_eq!((&moved.one()["data"], &moved.one()["name"]), (&json!("192.0.2.9"), &json!("okafor.example")));
    house.delete(&format!("{zone}/records/{}", ids[1])).await.expect(204);
    let bulk = house.call("DELETE", &format!("{zone}/records/bulk"), json!({"recordIds": ids})).await.expect(200);
    assert_eq!(bulk.one()["failedIds"], json!([ids[1]]));
    assert_eq!(house.get(&format!("{zone}/records")).await.total(), 0);
    house.delete(zone).await.expect(204);
    house.get(zone).await.expect(404);
}

fn person() -> Value {
    json!({
        "handleType": "person", "firstName": "Dana", "lastName": "Okafor", "email": "dana@okafor.example", "gender": "na",
        "address": {"street": "Way", "streetNumber": "1", "city": "Leeds", "country": "GB", "zipCode": "LS1"},
        "phone": {"prefix": "+44", "number": "1130000000"},
    })
}

#[tokio::test]
async fn a_domain_is_found_free_ordered_cancelled_and_kept_after_all() {
    let house = House::open().await;
    let handle = text(&house.post("/v1/domains/handles", person()).await.expect(201).one()["handleId"]);
    let mut free = String::new();
    let mut taken = 0;
    for number in 0..30 {
        let name = format!("okafor{number}.com");
        match house.post(&format!("/v1/registries-domains/{name}/check-availability"), Value::Null).await.status {
            204 => free = name,
            404 => taken += 1,
            other => panic!("{other}"),
        }
    }
    assert!(taken > 0 && !free.is_empty());
    let handles = json!({"owner": handle, "admin": handle, "tech": handle, "zone": handle});
    let order = json!({"domain": free, "handles": handles, "nameservers": [{"hostname": ["ns1.okafor.example"]}]});
    assert_eq!(house.post("/v1/domains", order.clone()).await.expect(201).one()["status"], "processing");
    house.post("/v1/domains", order).await.expect(409);
    let path = format!("/v1/domains/{free}");
    house.patch(&path, json!({"nameservers": []})).await.expect(409);
    house.wait(31);
    let shown = house.get(&path).await;
    assert_eq!(shown.one()["status"], "ready");
    assert_eq!(shown.one()["nameservers"], json!(["ns1.okafor.example"]));
    house.delete(&format!("/v1/domains/handles/{handle}")).await.expect(409);

    let end =
        text(&house.post(&format!("{path}/cancel"), json!({"reason": "Other"})).await.expect(200).one()["cancelDate"]);
    assert!(end.starts_with("2027-03-02"), "{end}");
    house.post(&format!("{path}/revoke-cancellation"), Value::Null).await.expect(204);
    house.post(&format!("{path}/revoke-cancellation"), Value::Null).await.expect(409);
    house.wait(370 * 24 * 3600);
    house.get(&path).await.expect(200);
    let code = house.post(&format!("{path}/generate-auth-code"), Value::Null).await.expect(200);
    assert_eq!(text(&code.one()["authCode"]).len(), 19);
}

#[tokio::test]
async fn a_domain_moves_in_with_a_code_and_out_when_confirmed() {
    let house = House::open().await;
    let handle = house.get("/v1/domains/handles?showDefaults=true").await.column("handleId")[0].clone();
    let handles = json!({"owner": handle, "admin": handle, "tech": handle, "zone": handle});
    let order = json!({"domain": "moved.net", "authCode": "AB-12", "handles": handles, "nameservers": []});
    assert_eq!(house.post("/v1/domains", order).await.expect(201).one()["status"], "transferring in");
    house.wait(181);
    assert_eq!(house.get("/v1/domains/moved.net").await.one()["status"], "ready");
    house.post("/v1/domains/moved.net/transfer-out", Value::Null).await.expect(409);

    let leaving = house.get("/v1/domains?status=transferring%20out").await.column("domain");
    let path = format!("/v1/domains/{}/transfer-out", leaving[0]);
    house.post(&path, Value::Null).await.expect(204);
    assert_eq!(house.get("/v1/domains?status=transferred").await.column("domain"), leaving[..1]);
    house.delete(&path).await.expect(409);
    assert_eq!(house.get("/v1/domains?sld=MOVED&tld=net").await.total(), 1);
}

#[tokio::test]
async fn handles_have_one_default_and_are_found_by_every_filter() {
    let house = House::open().await;
    let mut wrong = person();
    wrong["phone"] = json!({"prefix": "+441234", "number": ""});
    wrong["address"] = Value::Null;
    let refused = house.post("/v1/domains/handles", wrong).await.expect(400).body["message"].clone();
    assert_eq!(refused.as_array().unwrap().len(), 3, "{refused}");
    let id = text(&house.post("/v1/domains/handles", person()).await.expect(201).one()["handleId"]);
    let path = format!("/v1/domains/handles/{id}");
    for filter in [
        "firstName=dana",
        "lastName=okafor",
        "name=dana%20o",
        "search=okafor",
        "countries=GB,US",
        "handleType=person",
        "showDefaults=false",
    ] {
        assert_eq!(
            house.get(&format!("/v1/domains/handles?{filter}")).await.column("handleId"),
            std::slice::from_ref(&id),
            "{filter}"
        );
    }
    house.patch(&format!("{path}/default"), Value::Null).await.expect(200);
    let defaults = house.get("/v1/domains/handles").await;
    assert_eq!(defaults.column("isDefault"), ["false", "true"]);
    let mut change = person();
    for fixed in ["handleType", "firstName", "lastName"] {
        change.as_object_mut().unwrap().remove(fixed);
    }
    change["email"] = json!("new@okafor.example");
    assert_eq!(house.put(&path, change).await.expect(200).one()["email"], "new@okafor.example");
    house.delete(&path).await.expect(204);
}

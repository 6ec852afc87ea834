//! The same installation in other spellings.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod common;

use common::start;
use serde_json::{Value, json};

#[tokio::test]
async fn numbers_as_text_lone_records_and_numbered_lists() {
    let sandbox = start(0.1).await;
    sandbox.tell("dialect", json!({"strings_for_numbers": true, "lone_objects": true})).await;
    let one = sandbox.call("GetClients", &[("limitnum", "1")]).await;
    assert_eq!((&one["totalresults"], &one["numreturned"]), (&json!("25"), &json!("1")));
    assert!(one["clients"]["client"].is_object(), "one record stands alone: {one}");

    sandbox.tell("dialect", json!({"numeric_keys": true})).await;
    let some = sandbox.call("GetClients", &[("limitnum", "3")]).await;
    assert_eq!(some["totalresults"], 25, "what is not named goes back to its default");
    let keys: Vec<&String> = some["clients"]["client"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["0", "1", "2"]);
}

#[tokio::test]
async fn each_shape_of_nothing() {
    let sandbox = start(0.1).await;
    let nothing = [("transid", "no-such-transaction")];
    for (shape, expected) in [
        ("array", json!({"transaction": []})),
        ("string", json!("")),
        ("object", json!([])),
        ("null", Value::Null),
        ("absent", Value::Null),
    ] {
        sandbox.tell("dialect", json!({"empty_lists": shape})).await;
        let answer = sandbox.call("GetTransactions", &nothing).await;
        let expected = if shape == "object" { json!({}) } else { expected };
        assert_eq!(answer["transactions"], expected, "{shape}");
        assert_eq!(answer.get("transactions").is_some(), shape != "absent", "{shape}");
    }
}

#[tokio::test]
async fn old_and_new_versions() {
    let sandbox = start(0.1).await;
    let version = async |version: &str| {
        sandbox.tell("dialect", json!({"version": version})).await;
        sandbox.call("GetAdminDetails", &[]).await["whmcs"]["version"].as_str().unwrap().to_owned()
    };
    assert_eq!(version("7.10").await, "7.10.3");
    let gone = sandbox.call("GetUsers", &[]).await;
    assert_eq!(gone["message"], "The requested API Action could not be found.");
    let client = sandbox.call("GetClientsDetails", &[("clientid", "1")]).await;
    assert!(client["client"].get("owner_user_id").is_none() && client["client"].get("users").is_none());

    assert_eq!(version("9.0").await, "9.0.2");
    let frozen = sandbox.call("UpdateInvoice", &[("invoiceid", "1"), ("taxrate", "5")]).await;
    assert_eq!(frozen["result"], "error", "an issued invoice is not changed any more: {frozen}");
    let notes = sandbox.call("UpdateInvoice", &[("invoiceid", "1"), ("notes", "still possible")]).await;
    assert_eq!(notes["result"], "success");
    sandbox.tell("dialect", json!({"version": "8.13"})).await;
    let thawed = sandbox.call("UpdateInvoice", &[("invoiceid", "1"), ("taxrate", "5")]).await;
    assert_eq!(thawed["result"], "success");
}

#[tokio::test]
async fn an_unknown_dialect_is_refused() {
    let sandbox = start(0.1).await;
    let url = format!("{}dialect", sandbox.running.line.control_url);
    let answer = sandbox.http.post(url).json(&json!({"version": "6.3"})).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

//! Who gets in, and what those who do not are told.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod common;

use common::start;
use serde_json::{Value, json};

fn message(body: &str) -> String {
    let value: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    assert_eq!(value["result"], "error", "{value}");
    value["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn wrong_and_missing_credentials_are_told_apart_by_their_words_only() {
    let sandbox = start(0.1).await;
    let (status, body) = sandbox.post(&[("action", "GetClients"), ("responsetype", "json")]).await;
    assert_eq!((status, message(&body).as_str()), (403, "Invalid or missing credentials"));

    let identifier = sandbox.running.line.whmcs.identifier.clone();
    for (name, proof) in [(identifier.as_str(), "wrong"), ("nobody", "wrong")] {
        let form = [("identifier", name), ("secret", proof), ("action", "GetClients"), ("responsetype", "json")];
        let (status, body) = sandbox.post(&form).await;
        assert_eq!((status, message(&body).as_str()), (403, "Authentication Failed"));
    }
}

#[tokio::test]
async fn the_same_pair_is_taken_as_username_and_password() {
    let sandbox = start(0.1).await;
    let whmcs = sandbox.running.line.whmcs.clone();
    let form = [
        ("username", whmcs.identifier.as_str()),
        ("password", whmcs.secret.as_str()),
        ("action", "getclients"),
        ("responsetype", "json"),
    ];
    let (status, body) = sandbox.post(&form).await;
    assert_eq!(status, 200);
    assert!(body.starts_with("{\"result\":\"success\""), "{body}");
}

#[tokio::test]
async fn a_role_limits_a_credential_action_by_action() {
    let sandbox = start(0.1).await;
    let made = sandbox.tell("access", json!({"add": {"permissions": ["GetClients", "mergeticket"]}})).await;
    let second = &made["credentials"][1];
    let login =
        [("identifier", second["identifier"].as_str().unwrap()), ("secret", second["secret"].as_str().unwrap())];
    let mut form = login.to_vec();
    form.extend([("action", "GetClients"), ("responsetype", "json")]);
    assert_eq!(sandbox.post(&form).await.0, 200);
    form[2] = ("action", "GetInvoices");
    let (status, body) = sandbox.post(&form).await;
    assert_eq!(
        (status, message(&body).as_str()),
        (403, "Invalid Permissions: API action \"getinvoices\" is not allowed"),
        "the name comes back in lower case"
    );
    form[2] = ("action", "MergeTicket");
    assert_eq!(message(&sandbox.post(&form).await.1), "Ticket ID Required", "allowed, and refused for another reason");

    let change = json!({"set": {"identifier": login[0].1, "permissions": null, "disabled": true}});
    sandbox.tell("access", change).await;
    assert_eq!(message(&sandbox.post(&form).await.1), "Administrator Account Disabled");
}

#[tokio::test]
async fn the_allow_list_names_the_address_and_the_access_key_passes_it() {
    let sandbox = start(0.1).await;
    sandbox.tell("access", json!({"allowed_ips": ["192.0.2.1"]})).await;
    let (status, body) = sandbox.raw("GetClients", &[]).await;
    assert_eq!((status, message(&body).as_str()), (403, "Invalid IP 127.0.0.1"));
    let key = sandbox.running.line.whmcs.access_key.clone();
    assert_eq!(sandbox.raw("GetClients", &[("accesskey", &key)]).await.0, 200);
    assert_eq!(sandbox.raw("GetClients", &[("accesskey", "not this")]).await.0, 403);
}

#[tokio::test]
async fn other_doors_are_shut() {
    let sandbox = start(0.1).await;
    let got = sandbox.http.get(sandbox.api()).query_pairs(&sandbox.login()).send().await.unwrap();
    assert_eq!(got.status(), 403, "a secret in an address is not accepted");

    let (status, body) = sandbox.raw("", &[]).await;
    assert_eq!((status, message(&body).as_str()), (400, "Empty action request"));
    let (status, body) = sandbox.raw("GetUnicorns", &[]).await;
    assert_eq!((status, message(&body).as_str()), (200, "The requested API Action could not be found."));

    let elsewhere = format!("{}some/prefix/includes/api.php", sandbox.running.line.whmcs.url);
    let answer = sandbox.http.post(elsewhere).send().await.unwrap();
    assert_eq!(answer.status(), 403, "the API answers below any root");
    let page = sandbox.http.get(&sandbox.running.line.whmcs.url).send().await.unwrap().text().await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"));

    let json = sandbox.http.post(sandbox.api()).json(&json!({"action": "GetClients"})).send().await.unwrap();
    assert_eq!(json.status(), 403, "PHP does not fill form fields from JSON");
}

#[tokio::test]
async fn the_other_response_types_are_sensible() {
    let sandbox = start(0.1).await;
    let mut form = sandbox.login();
    form.extend([("action", "GetCurrencies"), ("responsetype", "xml")]);
    let (_, xml) = sandbox.post(&form).await;
    assert!(xml.starts_with("<?xml") && xml.contains("<action>getcurrencies</action>"), "{xml}");
    form.pop();
    let (_, pairs) = sandbox.post(&form).await;
    assert!(pairs.starts_with("result=success;totalresults=5;"), "{pairs}");
}

/// reqwest without its query feature: the pairs are put into the address by hand.
trait QueryPairs {
    fn query_pairs(self, pairs: &[(&str, &str)]) -> Self;
}

impl QueryPairs for reqwest::RequestBuilder {
    fn query_pairs(self, pairs: &[(&str, &str)]) -> Self {
        let (client, request) = self.build_split();
        let mut request = request.unwrap();
        request.url_mut().query_pairs_mut().extend_pairs(pairs);
        reqwest::RequestBuilder::from_parts(client, request)
    }
}

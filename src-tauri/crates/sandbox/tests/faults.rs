//! Every kind of trouble, as somebody sees it who reads the bytes himself.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod common;

use std::time::{Duration, Instant};

use common::{Sandbox, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends one call over its own connection and reads until the other side closes, or until nothing comes any more.
async fn bytes_of(sandbox: &Sandbox, action: &str, params: &[(&str, &str)]) -> Vec<u8> {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(sandbox.login())
        .extend_pairs([("action", action), ("responsetype", "json")])
        .extend_pairs(params);
    let body = body.finish();
    let host = sandbox.running.line.whmcs.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut line = TcpStream::connect(&host).await.unwrap();
    let head = format!(
        "POST /includes/api.php HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nx-request-id: req-{action}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(body.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    // A reset while reading is as good as an end.
    let _ = tokio::time::timeout(Duration::from_secs(3), line.read_to_end(&mut got)).await;
    got
}

fn split(bytes: &[u8]) -> (String, Vec<u8>) {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    (String::from_utf8_lossy(&bytes[..at]).to_lowercase(), bytes[at + 4..].to_vec())
}

async fn fault(sandbox: &Sandbox, rule: Value) {
    let mut rule = rule;
    rule["provider"] = "whmcs".into();
    sandbox.tell("faults", rule).await;
}

async fn logged(sandbox: &Sandbox) -> usize {
    let journal = sandbox.control("journal?operation=LogActivity").await;
    journal["entries"].as_array().unwrap().len()
}

const LINE: [(&str, &str); 1] = [("description", "a line")];

#[tokio::test]
async fn errors_before_the_work_leave_no_trace() {
    let sandbox = start(0.1).await;
    for (kind, status) in [("429", "429"), ("500", "500"), ("502", "502"), ("503", "503")] {
        fault(&sandbox, json!({"operation": "LogActivity", "kind": kind, "times": 1, "retry_after": 7})).await;
        let (head, body) = split(&bytes_of(&sandbox, "LogActivity", &LINE).await);
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
        assert_eq!(head.contains("retry-after: 7"), matches!(kind, "429" | "503"), "{head}");
        assert!(body.starts_with(b"<"), "a proxy answers in HTML");
    }
    fault(&sandbox, json!({"operation": "LogActivity", "kind": "html", "times": 1})).await;
    let (head, body) = split(&bytes_of(&sandbox, "LogActivity", &LINE).await);
    assert!(head.starts_with("http/1.1 200") && String::from_utf8(body).unwrap().contains("Maintenance"));
    fault(&sandbox, json!({"operation": "LogActivity", "kind": "empty", "times": 1})).await;
    let (head, body) = split(&bytes_of(&sandbox, "LogActivity", &LINE).await);
    assert!(head.starts_with("http/1.1 200") && body.is_empty());
    fault(&sandbox, json!({"operation": "LogActivity", "kind": "ip_denied", "times": 1})).await;
    let (head, body) = split(&bytes_of(&sandbox, "LogActivity", &LINE).await);
    assert!(head.starts_with("http/1.1 403") && String::from_utf8(body).unwrap().contains("Invalid IP 198.51.100.77"));
    assert_eq!(logged(&sandbox).await, 0);
    let (_, body) = split(&bytes_of(&sandbox, "LogActivity", &LINE).await);
    assert_eq!(body, br#"{"result":"success"}"#, "each fired once, then all is well");
    assert_eq!(logged(&sandbox).await, 1);
}

#[tokio::test]
async fn a_cut_line_carries_not_one_byte_and_the_journal_knows_whether_the_work_was_done() {
    let sandbox = start(0.1).await;
    fault(&sandbox, json!({"operation": "LogActivity", "kind": "cut_before", "times": 1})).await;
    assert_eq!(bytes_of(&sandbox, "LogActivity", &LINE).await, b"");
    assert_eq!(logged(&sandbox).await, 0);

    fault(&sandbox, json!({"operation": "LogActivity", "kind": "cut_after", "times": 1})).await;
    assert_eq!(bytes_of(&sandbox, "LogActivity", &LINE).await, b"");
    assert_eq!(logged(&sandbox).await, 1, "done, and nobody was told");
    let journal = sandbox.control("journal?request_id=req-LogActivity").await;
    assert_eq!(journal["entries"][0]["resource"]["kind"], "activity");

    fault(&sandbox, json!({"operation": "LogActivity", "kind": "500_after_success", "times": 1})).await;
    let (head, _) = split(&bytes_of(&sandbox, "LogActivity", &LINE).await);
    assert!(head.starts_with("http/1.1 500"));
    assert_eq!(logged(&sandbox).await, 2);

    let arrivals = sandbox.control("arrivals?operation=logactivity").await;
    let seen: Vec<&Value> = arrivals["arrivals"].as_array().unwrap().iter().map(|row| &row["status"]).collect();
    assert_eq!(seen, [&Value::Null, &Value::Null, &json!(500)]);
}

#[tokio::test]
async fn half_an_answer_announces_the_whole() {
    let sandbox = start(0.1).await;
    fault(&sandbox, json!({"operation": "GetClients", "kind": "cut_middle", "times": 1})).await;
    let (head, body) = split(&bytes_of(&sandbox, "GetClients", &[]).await);
    let announced: usize =
        head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().trim().parse().unwrap();
    assert!(!body.is_empty() && body.len() < announced, "{} of {announced}", body.len());

    fault(&sandbox, json!({"operation": "GetClients", "kind": "truncated", "times": 1})).await;
    let (head, body) = split(&bytes_of(&sandbox, "GetClients", &[]).await);
    let announced: usize =
        head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().trim().parse().unwrap();
    assert_eq!(body.len(), announced, "a complete message");
    assert!(serde_json::from_slice::<Value>(&body).is_err(), "of half a document");
}

#[tokio::test]
async fn spoiled_bodies() {
    let sandbox = start(0.1).await;
    fault(&sandbox, json!({"operation": "*", "kind": "malformed", "times": 1})).await;
    let (_, body) = split(&bytes_of(&sandbox, "GetClients", &[]).await);
    assert!(serde_json::from_slice::<Value>(&body).is_err());
    fault(&sandbox, json!({"operation": "*", "kind": "invalid_utf8", "times": 1})).await;
    let (_, body) = split(&bytes_of(&sandbox, "GetClients", &[]).await);
    assert!(String::from_utf8(body).is_err());
    fault(&sandbox, json!({"operation": "*", "kind": "noise", "times": 1})).await;
    let (_, body) = split(&bytes_of(&sandbox, "GetClients", &[]).await);
    let text = String::from_utf8(body).unwrap();
    assert!(text.starts_with("<br />") && text.ends_with('}'), "{text}");
}

#[tokio::test]
async fn slow_comes_late_and_hang_never() {
    let sandbox = start(0.1).await;
    fault(&sandbox, json!({"operation": "GetClients", "kind": "slow", "delay_ms": 400, "times": 1})).await;
    let began = Instant::now();
    split(&bytes_of(&sandbox, "GetClients", &[]).await);
    assert!(began.elapsed() >= Duration::from_millis(400));

    fault(&sandbox, json!({"operation": "LogActivity", "kind": "hang", "work": true, "times": 1})).await;
    let began = Instant::now();
    assert_eq!(bytes_of(&sandbox, "LogActivity", &LINE).await, b"", "the caller gave up after three seconds");
    assert!(began.elapsed() >= Duration::from_secs(3), "and the line stayed open until then");
    assert_eq!(logged(&sandbox).await, 1);
}

#[tokio::test]
async fn a_huge_body_has_exactly_the_size_asked_for() {
    let sandbox = start(0.1).await;
    fault(&sandbox, json!({"operation": "GetClients", "kind": "huge", "bytes": 3_000_000, "times": 1})).await;
    let (_, body) = sandbox.raw("GetClients", &[]).await;
    assert_eq!(body.len(), 3_000_000 + "{\"result\":\"success\",\"padding\":\"".len());
}

#[tokio::test]
async fn stale_reads_show_the_past_while_writes_go_through() {
    let sandbox = start(0.1).await;
    fault(&sandbox, json!({"operation": "*", "kind": "stale", "age_s": 300})).await;
    let name = async || sandbox.call("GetClientsDetails", &[("clientid", "1")]).await["companyname"].clone();
    let before = name().await;
    sandbox.call("UpdateClient", &[("clientid", "1"), ("companyname", "New Name Ltd")]).await;
    assert_eq!(name().await, before, "the list does not know yet");
    sandbox.tell("clock", json!({"advance_seconds": 200})).await;
    assert_eq!(name().await, before);
    sandbox.tell("clock", json!({"advance_seconds": 101})).await;
    assert_eq!(name().await, "New Name Ltd");
    let truth = sandbox.control("state/whmcs/client/1").await;
    assert_eq!(truth["company"], "New Name Ltd");
}

#[tokio::test]
async fn rules_are_listed_counted_and_removed() {
    let sandbox = start(0.1).await;
    fault(&sandbox, json!({"operation": "GetClients", "kind": "502", "after": 1, "times": 1})).await;
    let statuses = [
        sandbox.raw("GetClients", &[]).await.0,
        sandbox.raw("GetClients", &[]).await.0,
        sandbox.raw("GetClients", &[]).await.0,
    ];
    assert_eq!(statuses, [200, 502, 200]);
    let rules = sandbox.control("faults").await;
    assert_eq!((rules["faults"][0]["seen"].as_u64(), rules["faults"][0]["fired"].as_u64()), (Some(3), Some(1)));
    let url = format!("{}faults/{}", sandbox.running.line.control_url, rules["faults"][0]["id"]);
    assert_eq!(sandbox.http.delete(&url).send().await.unwrap().status(), 204);
    assert_eq!(sandbox.http.delete(&url).send().await.unwrap().status(), 404);
    let wrong = sandbox.http.post(format!("{}faults", sandbox.running.line.control_url)).json(&json!({"kind": "x"}));
    assert_eq!(wrong.send().await.unwrap().status(), 400);
    let help = sandbox.http.get(&sandbox.running.line.control_url).send().await.unwrap().text().await.unwrap();
    for kind in ["500_after_success", "cut_middle", "invalid_utf8", "POST /clock", "GET  /journal"] {
        assert!(help.contains(kind), "{kind} is documented");
    }
}

#[tokio::test]
async fn after_the_shutdown_the_ports_are_free_and_open_lines_are_gone() {
    let sandbox = start(0.1).await;
    let url = sandbox.running.line.whmcs.url.clone();
    let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut idle = TcpStream::connect(&host).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    sandbox.running.shutdown().await;
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(2), idle.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "the open line ended");
    assert!(TcpStream::connect(&host).await.is_err(), "nobody listens");
    let port: u16 = host.rsplit(':').next().unwrap().parse().unwrap();
    let options = rackdesk_sandbox::Options { scale: 0.1, whmcs_port: Some(port), ..Default::default() };
    let again = rackdesk_sandbox::start(options.clone()).await.unwrap();
    assert_eq!(again.line.whmcs.url, url);
    let taken = rackdesk_sandbox::start(options).await.unwrap_err().to_string();
    assert!(taken.contains("billing") && taken.contains(&port.to_string()), "{taken}");
}

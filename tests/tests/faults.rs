//! What a person reads when something is wrong, word for word, and that nothing is lost or done twice by it.

use rackdesk_tests::ctl::{Answer, Ctl, Sandbox};
use serde_json::{Value, json};

/// The first two lines of standard error: sentence and hint.
fn said(answer: &Answer) -> (String, String) {
    let mut lines = answer.err.lines().map(|l| l.trim().to_owned());
    (lines.next().unwrap_or_default(), lines.next().unwrap_or_default())
}

fn add(ctl: &Ctl, line: &Value) -> Answer {
    ctl.run_with(&["profile", "add", "--name", "Acme", "--environment", "staging"], &line.to_string())
}

fn with(line: &Value, side: &str, field: &str, value: &str) -> Value {
    let mut line = line.clone();
    line[side][field] = json!(value);
    line
}

#[test]
fn a_connection_that_fails_says_why_and_what_to_do() {
    let sandbox = Sandbox::start(21, "0.1");
    let ctl = Ctl::new();
    let good = &sandbox.line;
    let whmcs = |kind: &str| json!({"provider": "whmcs", "kind": kind});
    let cases: Vec<(&str, Option<Value>, Value, i32, &str)> = vec![
        ("wrong host", None, with(good, "whmcs", "url", "https://whmcs.invalid/"), 5, "whmcs.invalid has no address."),
        ("closed port", None, with(good, "whmcs", "url", "http://127.0.0.1:1/"), 5, "Nobody answers at 127.0.0.1."),
        (
            "plain http to elsewhere",
            None,
            with(good, "whmcs", "url", "http://billing.example.com/"),
            2,
            "Plain http would show your credentials to everyone on the way.",
        ),
        (
            "TLS where there is none",
            None,
            with(good, "whmcs", "url", &good["whmcs"]["url"].as_str().unwrap().replace("http://", "https://")),
            5,
            "No secure connection to 127.0.0.1.",
        ),
        (
            "wrong secret",
            None,
            with(good, "whmcs", "secret", "not-the-secret-at-all"),
            9,
            "WHMCS does not accept identifier and secret.",
        ),
        (
            "wrong Contabo client",
            None,
            with(good, "contabo", "client_secret", "not-the-secret-at-all"),
            9,
            "Contabo does not accept client id and client secret.",
        ),
        (
            "wrong Contabo password",
            None,
            with(good, "contabo", "password", "not-the-password"),
            9,
            "Contabo does not accept API user and API password.",
        ),
        ("maintenance page", Some(whmcs("html")), good.clone(), 5, ""),
        ("empty body", Some(whmcs("empty")), good.clone(), 5, "WHMCS answered nothing."),
        ("address list", Some(whmcs("ip_denied")), good.clone(), 9, "WHMCS does not allow calls from 127.0.0.1."),
        ("slow down", Some(whmcs("429")), good.clone(), 5, "WHMCS asks us to slow down."),
        ("broken answer", Some(whmcs("malformed")), good.clone(), 5, "The answer could not be understood"),
        ("cut line", Some(whmcs("cut_middle")), good.clone(), 5, "The line was cut before the answer was whole."),
    ];
    for (name, fault, line, code, sentence) in cases {
        sandbox.no_faults();
        if let Some(rule) = fault {
            sandbox.fault(&rule);
        }
        let answer = add(&ctl, &line);
        let (what, hint) = said(&answer);
        assert_eq!(answer.code, Some(code), "{name}: {answer:?}");
        assert!(what.starts_with(sentence) && !what.is_empty(), "{name}: said “{what}”");
        assert!(!hint.is_empty(), "{name}: no hint after “{what}”");
        for secret in ["not-the-secret-at-all", "not-the-password", good["whmcs"]["secret"].as_str().unwrap()] {
            assert!(!answer.err.contains(secret) && !answer.out.contains(secret), "{name}: shows a secret");
        }
    }
    sandbox.no_faults();
    add(&ctl, good).ok();
    assert_eq!(ctl.run(&["--json", "profile", "list"]).ok().json().as_array().map(Vec::len), Some(1), "failed ones left nothing");
}

#[test]
fn a_restart_survives_every_fault_and_happens_once() {
    let sandbox = Sandbox::start(22, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &["--grace-seconds", "3"]);
    let servers = ctl.servers("running");
    // (fault, may the call have been done, and so: attempts that reach the provider's journal)
    let cases = [
        json!({"kind": "429", "times": 1, "retry_after": 1}),
        json!({"kind": "500", "times": 1}),
        json!({"kind": "502", "times": 1}),
        json!({"kind": "503", "times": 1}),
        json!({"kind": "500_after_success", "times": 1}),
        json!({"kind": "html", "times": 1, "status": 503}),
        json!({"kind": "empty", "times": 1}),
        json!({"kind": "cut_before", "times": 1}),
        json!({"kind": "cut_after", "times": 1}),
        json!({"kind": "cut_middle", "times": 1}),
        json!({"kind": "malformed", "times": 1}),
        json!({"kind": "truncated", "times": 1}),
        json!({"kind": "slow", "times": 1, "delay_ms": 1500}),
    ];
    for (case, server) in cases.iter().zip(&servers) {
        let mut rule = case.clone();
        rule["provider"] = json!("contabo");
        rule["operation"] = json!("restart");
        sandbox.fault(&rule);
        let answer = ctl.run(&["--json", "servers", "restart", &server.to_string(), "--yes"]);
        let detail = answer.json();
        assert_eq!(detail[0]["row"]["state"], "succeeded", "{case}: {detail}");
        let here = sandbox
            .journal("restart")
            .iter()
            .filter(|e| e["cause"] == "request" && e["resource"]["id"].to_string().contains(&server.to_string()))
            .count();
        assert_eq!(here, 1, "{case}: the provider restarted {server} {here} times");
        sandbox.no_faults();
    }
}

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
            "wrong Contabo client id",
            None,
            with(good, "contabo", "client_id", "not-the-client-at-all"),
            9,
            "Contabo does not accept client id and client secret.",
        ),
        (
            "wrong Contabo client secret",
            None,
            with(good, "contabo", "client_secret", "not-the-secret-at-all"),
            9,
            "Contabo knows the client id and does not accept the client secret.",
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
        ("address list", Some(whmcs("ip_denied")), good.clone(), 9, "WHMCS does not allow calls from "),
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
    assert_eq!(
        ctl.run(&["--json", "profile", "list"]).ok().json().as_array().map(Vec::len),
        Some(1),
        "failed ones left nothing"
    );
}

/// Restarts one server after another, each time with one fault on the call that restarts: whatever a person is told
/// on the way, the server was restarted once.
fn restarts_once_under(seed: u64, cases: &[Value]) {
    let sandbox = Sandbox::start(seed, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &["--grace-seconds", "3"]);
    for (case, server) in cases.iter().zip(&ctl.servers("running")) {
        let mut rule = case.clone();
        rule["provider"] = json!("contabo");
        rule["operation"] = json!("restart");
        rule["times"] = json!(1);
        sandbox.fault(&rule);
        let detail = ctl.run(&["--json", "servers", "restart", &server.to_string(), "--yes"]).json();
        assert_eq!(detail[0]["row"]["state"], "succeeded", "{case}: {detail}");
        let done = sandbox.done("restart", *server);
        assert_eq!(done, 1, "{case}: the provider restarted {server} {done} times");
        sandbox.no_faults();
    }
}

#[test]
fn a_restart_that_was_refused_or_cut_before_the_work_is_sent_again() {
    restarts_once_under(
        22,
        &[json!({"kind": "429", "retry_after": 1}), json!({"kind": "500"}), json!({"kind": "cut_before"})],
    );
}

#[test]
fn a_restart_that_a_proxy_lost_is_sent_again() {
    restarts_once_under(23, &[json!({"kind": "502"}), json!({"kind": "503"}), json!({"kind": "html", "status": 503})]);
}

#[test]
fn a_restart_whose_answer_was_lost_is_not_sent_again() {
    restarts_once_under(
        24,
        &[json!({"kind": "500_after_success"}), json!({"kind": "cut_after"}), json!({"kind": "cut_middle"})],
    );
}

#[test]
fn a_restart_whose_answer_makes_no_sense_is_not_sent_again() {
    let late = json!({"kind": "slow", "delay_ms": 1500});
    restarts_once_under(
        25,
        &[json!({"kind": "malformed"}), json!({"kind": "truncated"}), json!({"kind": "empty"}), late],
    );
}

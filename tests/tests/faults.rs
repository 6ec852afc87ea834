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

/// The row of an action on the board.
fn row(ctl: &Ctl, action: &str) -> Value {
    ctl.run(&["--json", "queue", "show", action]).ok().json()["row"].clone()
}

/// What the board says of each action, one line for each.
fn board(ctl: &Ctl) -> String {
    ctl.run(&["queue", "list"]).ok().out
}

/// Waits until something holds at the provider.
fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed().as_secs() < 30, "waited in vain: {what}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Has the provider take a server away: its contract is cancelled by somebody else, and its last day passes.
fn vanish(ctl: &Ctl, sandbox: &Sandbox, server: i64) {
    ctl.run(&["call", "contabo", "cancelInstance", &format!("instanceId={server}"), "--yes"]).ok();
    sandbox.advance(400 * 86_400);
    assert!(!sandbox.ids("contabo/instance").contains(&server.to_string()), "{server} is still there");
}

#[test]
fn a_secret_that_is_changed_in_the_middle_of_a_batch_stops_it_and_the_new_one_lets_it_go_on() {
    let sandbox = Sandbox::start(26, "0.3");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &["--grace-seconds", "3"]);
    let servers: Vec<i64> = ctl.servers("running").into_iter().take(12).collect();
    // Each takes its time, so that the first ones are under way when the secret goes.
    sandbox.fault(&json!({"provider": "contabo", "operation": "restart", "kind": "slow", "delay_ms": 1500}));
    let actions = ctl.queue_restarts(&servers);
    let worker = ctl.command(&["--json", "queue", "work", "--seconds", "8"]).spawn().unwrap();
    until("some of them are made", || !sandbox.journal("restart").is_empty());
    ctl.run(&["call", "contabo", "generateClientSecret", "--yes"]).ok();
    // The token that the worker has goes with its time.
    sandbox.advance(3_600);
    let ended = worker.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(4), "what waits for a person is an exit code of its own: {ended:?}");
    let made = servers.iter().filter(|server| sandbox.done("restart", **server) == 1).count();
    assert!(made < servers.len(), "the batch was cut in two: {made}");
    let told = board(&ctl);
    assert!(told.contains("Contabo refused client id or client secret"), "{told}");
    let lost = actions.iter().filter(|id| row(&ctl, id)["state"] == "failed").count();
    assert_eq!(lost, 0, "nothing is given up for it: {told}");

    let refused = ctl.run(&["profile", "test"]);
    let (what, hint) = said_anywhere(&refused);
    assert_eq!(refused.code, Some(9), "{refused:?}");
    assert!(what.contains("does not accept the client secret") && !hint.is_empty(), "{refused:?}");

    sandbox.no_faults();
    let secret = sandbox.contabo_credentials()["client_secret"].as_str().unwrap().to_owned();
    let renewed = json!({"contabo": {"client_secret": secret}}).to_string();
    ctl.run_with(&["profile", "credentials"], &renewed).ok();
    ctl.run(&["queue", "work", "--until-idle", "--seconds", "120"]).ok();
    for (action, server) in actions.iter().zip(&servers) {
        assert_eq!(row(&ctl, action)["state"], "succeeded", "{}", board(&ctl));
        assert_eq!(sandbox.done("restart", *server), 1, "{server}");
    }
}

/// The first sentence, wherever it was said, and what follows it.
fn said_anywhere(answer: &Answer) -> (String, String) {
    let all = format!("{}\n{}", answer.out, answer.err);
    let lines: Vec<&str> = all.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let at = lines.iter().position(|line| line.contains("does not accept")).unwrap_or(0);
    let line = |at: usize| lines.get(at).map_or("", |line| line).to_owned();
    (line(at), line(at + 1))
}

#[test]
fn a_server_that_is_gone_is_named_before_the_yes_and_after_it_and_the_others_go_on() {
    let sandbox = Sandbox::start(27, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &["--grace-seconds", "3"]);
    let servers = ctl.servers("running");
    let both = format!("{},{}", servers[0], servers[1]);
    let plan = ctl.run(&["--json", "plan", "make", "power.restart", "--target", &both]).ok().json();
    let number = plan["id"].as_i64().unwrap().to_string();
    let names: Vec<String> =
        plan["changes"].as_array().unwrap().iter().map(|c| c["target"]["name"].as_str().unwrap().to_owned()).collect();

    // Between the plan and the yes.
    vanish(&ctl, &sandbox, servers[0]);
    ctl.run(&["sync", "instances"]).ok();
    let answer = ctl.run(&["plan", "apply", &number, "--yes"]);
    let (what, hint) = said(&answer);
    assert_eq!(answer.code, Some(6), "{answer:?}");
    assert_eq!(what, format!("{} is not there any more since this plan was made.", names[0]), "{answer:?}");
    assert!(!hint.is_empty(), "{answer:?}");
    assert!(sandbox.journal("restart").is_empty(), "nothing was sent");

    // Between the yes and the send.
    let actions = ctl.queue_restarts(&servers[1..3]);
    vanish(&ctl, &sandbox, servers[1]);
    ctl.run(&["queue", "work", "--until-idle", "--seconds", "60"]).ok();
    let gone = row(&ctl, &actions[0]);
    assert_eq!(gone["state"], "failed", "{gone}");
    let story = ctl.run(&["queue", "show", &actions[0]]).ok().out;
    let sentence = format!("Contabo has no server {} any more: refresh the servers", servers[1]);
    assert!(story.contains(&sentence), "{story}");
    assert_eq!(row(&ctl, &actions[1])["state"], "succeeded", "the other one went on");
    assert_eq!((sandbox.done("restart", servers[1]), sandbox.done("restart", servers[2])), (0, 1));
}

#[test]
fn what_moved_since_the_plan_is_named_and_nothing_is_sent() {
    let sandbox = Sandbox::start(28, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &[]);
    let server = ctl.servers("running")[0];
    let plan = ctl.run(&["--json", "plan", "make", "power.restart", "--target", &server.to_string()]).ok().json();
    let number = plan["id"].as_i64().unwrap().to_string();
    let name = plan["changes"][0]["target"]["name"].as_str().unwrap().to_owned();
    ctl.run(&["call", "contabo", "stop", &format!("instanceId={server}"), "--yes"]).ok();
    sandbox.advance(600);
    ctl.run(&["sync", "instances"]).ok();
    let answer = ctl.run(&["plan", "apply", &number, "--yes"]);
    let (what, hint) = said(&answer);
    assert_eq!(answer.code, Some(6), "{answer:?}");
    assert_eq!(what, format!("Facts changed since this plan was made: {name} (status: running → stopped)."));
    assert!(!hint.is_empty(), "{answer:?}");
    assert!(sandbox.journal("restart").is_empty(), "nothing was sent");
    assert_eq!(ctl.run(&["--json", "queue", "list"]).ok().json(), json!([]), "nothing is in the queue");
}

#[test]
fn a_number_that_the_provider_does_not_know_is_said_to_be_unknown_and_nothing_is_sent() {
    let sandbox = Sandbox::start(29, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &[]);
    let answer = ctl.run(&["servers", "restart", "404404404", "--yes"]);
    let (what, hint) = said(&answer);
    assert_eq!(answer.code, Some(6), "{answer:?}");
    assert!(what.contains("Not in the mirror; refresh the servers first"), "{answer:?}");
    assert_eq!(hint, "Refresh the list and check the number: it is the provider's own.", "{answer:?}");
    let server = ctl.servers("running")[0].to_string();
    let unknown = "image_id=00000000-0000-4000-8000-000000000404";
    let password = ctl
        .run_with(
            &["--json", "call", "contabo", "createSecret", "name=root", "type=password", "--stdin", "--yes"],
            &json!({"value": "Fj3!kd92Lq0x"}).to_string(),
        )
        .ok()
        .json();
    let password =
        format!("root_password={}", password["secret_id"].as_i64().or(password["secretId"].as_i64()).unwrap());
    let make = ["plan", "make", "server.reinstall", "--target", &server, unknown, &password, "--yes"];
    let answer = ctl.run(&make);
    assert_eq!(answer.code, Some(6), "{answer:?}");
    let everything = format!("{}{}", answer.out, answer.err);
    assert!(everything.contains("There is no image 00000000-0000-4000-8000-000000000404"), "{everything}");
    assert!(sandbox.journal("restart").is_empty() && sandbox.journal("reinstallInstance").is_empty());
    assert_eq!(ctl.run(&["--json", "queue", "list"]).ok().json(), json!([]), "nothing is in the queue");
}

//! The main path from the command line against both providers: connect, mirror, restart, prove, look it up.

use rackdesk_tests::ctl::{Ctl, Sandbox};
use serde_json::json;

#[test]
fn a_server_is_restarted_and_the_log_tells_the_whole_story() {
    let sandbox = Sandbox::start(11, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &[]);

    let listed = ctl.run(&["--json", "profile", "list"]).ok().json();
    assert_eq!(listed[0]["name"], "Acme Hosting");
    assert!(!listed.to_string().contains(sandbox.line["whmcs"]["secret"].as_str().unwrap()), "a secret came back out");

    let server = ctl.servers("running")[0];
    let plan = ctl.run(&["--json", "servers", "restart", &server.to_string(), "--plan"]).ok().json();
    assert_eq!(plan["impact"], "restart", "the plan says what it does before anything is sent: {plan}");
    assert!(sandbox.journal("restart").is_empty(), "a plan sends nothing");

    let unasked = ctl.run(&["servers", "restart", &server.to_string()]);
    assert_eq!(unasked.code, Some(6), "without a yes nothing is sent: {unasked:?}");
    assert!(sandbox.journal("restart").is_empty());

    let done =
        ctl.run(&["--json", "servers", "restart", &server.to_string(), "--yes", "--reason", "kernel update"]).ok();
    let action = &done.json()[0];
    assert_eq!(action["row"]["state"], "succeeded", "{action}");

    let journal: Vec<_> = sandbox.journal("restart").into_iter().filter(|e| e["cause"] == "request").collect();
    assert_eq!(journal.len(), 1, "one restart, once: {journal:?}");
    let request = journal[0]["request_id"].as_str().expect("a request id");
    assert_eq!(action["attempts"][0]["request_id"].as_str(), Some(request), "the journal names our own request id");

    let found = ctl.run(&["--json", "log", "search", request]).ok().json();
    assert!(found.as_array().is_some_and(|rows| !rows.is_empty()), "the log finds it by its request id");
    let queue = ctl.run(&["--json", "queue", "list"]).ok().json();
    assert_eq!(queue[0]["state"], "succeeded");
}

#[test]
fn everything_is_still_there_when_the_providers_are_gone() {
    let ctl = Ctl::new();
    let servers = {
        let sandbox = Sandbox::start(12, "0.1");
        ctl.connect(&sandbox, &[]);
        ctl.servers("running")
    };
    assert_eq!(ctl.servers("running"), servers, "the list is answered from this machine");
    let sync = ctl.run(&["sync"]);
    assert_eq!(sync.code, Some(5), "and the refresh says that nobody answers: {sync:?}");
    assert!(sync.err.contains("Nobody answers at 127.0.0.1"), "{sync:?}");
    assert_eq!(ctl.servers("running"), servers, "a failed refresh keeps the last good rows");
}

#[test]
fn a_servers_restart_needs_a_server_that_runs() {
    let sandbox = Sandbox::start(13, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &[]);
    let stopped = ctl.servers("stopped");
    let answer = ctl.run(&["servers", "restart", &stopped[0].to_string(), "--yes"]);
    assert_eq!(answer.code, Some(6), "{answer:?}");
    assert!(answer.err.starts_with("Blocked by a guardrail"), "{answer:?}");
    assert!(sandbox.journal("restart").is_empty());

    let missing = ctl.run(&["servers", "restart", "1", "--yes"]);
    assert_eq!(missing.code, Some(6), "{missing:?}");
    assert!(missing.err.contains("Not in the mirror"), "{missing:?}");
}

#[test]
fn secrets_may_come_from_a_credentials_directory() {
    let sandbox = Sandbox::start(14, "0.1");
    let mut ctl = Ctl::new();
    let credentials = tempfile::tempdir().unwrap();
    let side = |side: &str, name: &str| sandbox.line[side][name].as_str().unwrap_or_default().to_owned();
    for (file, value) in [
        ("whmcs_identifier", side("whmcs", "identifier")),
        ("whmcs_secret", side("whmcs", "secret")),
        ("whmcs_access_key", side("whmcs", "access_key")),
        ("contabo_client_id", side("contabo", "client_id")),
        ("contabo_client_secret", side("contabo", "client_secret")),
        ("contabo_password", side("contabo", "password")),
        ("database_key", "5e".repeat(32)),
    ] {
        let path = credentials.path().join(file);
        std::fs::write(&path, value).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o400)).unwrap();
    }
    ctl.env.push(("CREDENTIALS_DIRECTORY".into(), credentials.path().display().to_string()));
    let url = side("whmcs", "url");
    let (api, token, user) = (side("contabo", "api_url"), side("contabo", "token_url"), side("contabo", "user"));
    ctl.run(&[
        "profile",
        "add",
        "--name",
        "Headless",
        "--environment",
        "staging",
        "--whmcs-url",
        &url,
        "--contabo-api-url",
        &api,
        "--contabo-token-url",
        &token,
        "--contabo-user",
        &user,
    ])
    .ok();
    ctl.run(&["sync", "instances"]).ok();
    assert!(!ctl.servers("running").is_empty());
}

#[test]
fn a_payment_is_planned_then_noted_once_although_its_answer_was_lost() {
    let sandbox = Sandbox::start(15, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &["--grace-seconds", "3"]);
    let open = |id: &String| sandbox.record(&format!("whmcs/invoice/{id}"))["status"] == "Unpaid";
    let invoice = sandbox.ids("whmcs/invoice").into_iter().find(open).expect("an unpaid invoice");
    let words = ["transid=CLI-1", "gateway=paypal", "amount=1.00", "date=2026-11-19"];
    let make = |more: &[&str]| {
        let mut args = vec!["--json", "plan", "make", "invoice.pay", "--target", invoice.as_str()];
        args.extend(words);
        args.extend(more);
        ctl.run(&args)
    };

    let plan = make(&[]).ok().json();
    assert_eq!(plan["totals"]["money_now"][0]["amount"], "1.00", "the plan names the money: {plan}");
    assert!(sandbox.journal("AddInvoicePayment").is_empty(), "and sends nothing");

    sandbox.fault(&json!({"provider": "whmcs", "operation": "AddInvoicePayment", "kind": "cut_after", "times": 1}));
    let done = make(&["--yes", "--reason", "bank statement 47"]).ok().json();
    assert_eq!(done[0]["row"]["state"], "succeeded", "{done}");
    let noted = sandbox.journal("AddInvoicePayment");
    let noted = noted.iter().filter(|entry| entry["detail"]["transid"] == "CLI-1").count();
    assert_eq!(noted, 1, "the transaction is noted once");

    let again = make(&["--yes"]);
    assert_eq!(again.code, Some(6), "{again:?}");
    assert!(again.out.contains("This transaction is noted on this invoice already"), "{again:?}");
}

#[test]
fn what_a_profile_allows_is_set_shown_and_kept_to_on_the_command_line() {
    let sandbox = Sandbox::start(16, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &[]);
    let servers: Vec<String> = ctl.servers("running").iter().map(ToString::to_string).collect();
    let policy = || ctl.run(&["--json", "policy", "show"]).ok().json();
    assert_eq!((&policy()["revision"], &policy()["policy"]["power_per_hour"]), (&json!(0), &json!(60)));

    let wrong = ctl.run(&["policy", "set", "spend_day", "ten EUR"]);
    assert_eq!((wrong.code, wrong.err.contains("spend_day.amount")), (Some(2), true), "{wrong:?}");
    ctl.run(&["policy", "set", "power_per_hour", "0", "--reason", "nobody restarts tonight"]).ok();

    let refused = ctl.run(&["servers", "restart", &servers[0], "--yes"]);
    assert_eq!(refused.code, Some(6), "{refused:?}");
    assert!(refused.err.contains("(rate): 1 would pass the 0 power actions allowed per hour"), "{refused:?}");
    let short = ctl.run(&["servers", "restart", &servers[0], "--yes", "--override", "rate=now"]);
    assert_eq!(short.code, Some(2), "{short:?}");
    let reason = "rate=The customer waits for it";
    let done = ctl.run(&["--json", "servers", "restart", &servers[0], "--yes", "--override", reason]).ok().json();
    assert_eq!(done[0]["row"]["state"], "succeeded", "{done}");
    let receipt = ctl.run(&["--json", "receipts", "show", "R-1"]).ok().json();
    let says: serde_json::Value = serde_json::from_str(receipt["body"].as_str().unwrap()).unwrap();
    let over = &says["plan"]["approval"]["yeses"][0]["overrides"][0];
    assert_eq!((&over["guardrail"], &over["reason"]), (&json!("rate"), &json!("The customer waits for it")), "{says}");

    ctl.run(&["policy", "set", "power_per_hour", "60"]).ok();
    ctl.run(&["policy", "set", "second_approver", "all"]).ok();
    let first = ctl.run(&["--json", "servers", "restart", &servers[1], "--yes", "--approve-as", "Ana"]);
    assert_eq!((first.code, &first.json()["waits_for_second"]), (Some(4), &json!(true)), "{first:?}");
    let plan = first.json()["id"].to_string();
    let again = ctl.run(&["plan", "apply", &plan, "--yes", "--approve-as", "ANA"]);
    assert_eq!(again.code, Some(6), "{again:?}");
    assert!(again.err.contains("ANA has said yes already"), "{again:?}");
    assert_eq!(sandbox.done("restart", servers[1].parse().unwrap()), 0);
    let second = ctl.run(&["--json", "plan", "apply", &plan, "--yes", "--approve-as", "Ben"]).ok().json();
    assert_eq!(second[0]["row"]["state"], "succeeded", "{second}");
    assert_eq!(sandbox.done("restart", servers[1].parse().unwrap()), 1);

    ctl.run(&["policy", "set", "second_approver", "nothing"]).ok();
    ctl.run(&["policy", "set", "destructive", "no"]).ok();
    let instance = format!("instanceId={}", servers[2]);
    let bare = ctl.run(&["call", "contabo", "cancelInstance", &instance, "--yes"]);
    assert_eq!(bare.code, Some(6), "a bare call is no way around it: {bare:?}");
    assert!(sandbox.journal("cancelInstance").is_empty());

    let view = policy();
    let history = view["history"].as_array().unwrap();
    assert_eq!((&view["revision"], history.len()), (&json!(5), 5), "{view}");
    assert_eq!(history[4]["reason"], "nobody restarts tonight");
    assert_eq!(history[4]["fields"], json!([{ "field": "power_per_hour", "before": "60", "after": "0" }]));
}

#[test]
fn a_password_that_was_changed_is_given_anew_and_what_waited_goes_on() {
    let sandbox = Sandbox::start(17, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &[]);
    let server = ctl.servers("running")[0];
    let wrong = json!({ "contabo": { "password": "not the one" } });
    ctl.run_with(&["profile", "credentials", "--no-test"], &wrong.to_string()).ok();
    ctl.run(&["servers", "restart", &server.to_string(), "--yes", "--no-wait"]).ok();
    ctl.run(&["queue", "work", "--seconds", "3"]);
    let row = &ctl.run(&["--json", "queue", "list"]).ok().json()[0];
    assert_eq!(row["state"], "retryable", "{row}");
    let story = ctl.run(&["queue", "show", "A-1"]).ok().out;
    assert!(story.contains("Contabo refused API user or password"), "{story}");
    assert!(sandbox.journal("restart").is_empty());

    let refused = ctl.run_with(&["profile", "credentials"], &wrong.to_string());
    assert_eq!(refused.code, Some(9), "what does not work is not kept unseen: {refused:?}");
    ctl.run_with(&["profile", "credentials"], &sandbox.line.to_string()).ok();
    ctl.run(&["queue", "work", "--until-idle", "--seconds", "60"]).ok();
    let row = &ctl.run(&["--json", "queue", "list"]).ok().json()[0];
    assert_eq!(row["state"], "succeeded", "{row}");
    assert_eq!(sandbox.done("restart", server), 1);
}

//! The record, from the command line: receipts that cannot be changed unseen, the log as files, what runs by itself, and
//! what others did.

use rackdesk_store::{DatabaseKey, Store};
use rackdesk_tests::ctl::{Credentials, Ctl, Sandbox};
use serde_json::{Value, json};

const DATABASE_KEY: &str = "51c3e5f7091b2d3f415365778899aabbccddeeff00112233445566778899aa77";

/// A profile whose secrets come from a folder, so that the test knows the database's key.
struct Desk {
    ctl: Ctl,
    _credentials: Credentials,
}

impl Desk {
    fn new(sandbox: &Sandbox) -> Self {
        let credentials = Credentials::of(&sandbox.line, DATABASE_KEY);
        let ctl = Ctl::with_credentials(sandbox, &credentials, &[]);
        Self { ctl, _credentials: credentials }
    }

    fn json(&self, args: &[&str]) -> Value {
        self.ctl.run(&[&["--json"], args].concat()).ok().json()
    }

    fn restart(&self, server: i64) {
        self.ctl.run(&["servers", "restart", &server.to_string(), "--yes", "--reason", "kernel"]).ok();
    }

    /// Changes the database as somebody could who has its key.
    fn tamper(&self, sql: &'static str) {
        let store = Store::open(&self.ctl.database(), &DatabaseKey::from_hex(DATABASE_KEY).unwrap()).unwrap();
        store.write(move |c| Ok(c.execute_batch(sql)?)).unwrap();
        store.close();
    }
}

#[test]
fn what_was_done_has_a_receipt_that_cannot_be_changed_unseen() {
    let sandbox = Sandbox::start(51, "0.1");
    let desk = Desk::new(&sandbox);
    let servers = desk.ctl.servers("running");
    desk.restart(servers[0]);
    desk.restart(servers[1]);

    let list = desk.json(&["receipts", "list"]);
    assert_eq!(list.as_array().map(Vec::len), Some(2), "{list}");
    assert_eq!((&list[1]["id"], &list[1]["state"]), (&json!(1), &json!("succeeded")));

    let receipt = desk.json(&["receipts", "show", "R-1"]);
    let says: Value = serde_json::from_str(receipt["body"].as_str().unwrap()).unwrap();
    let journal = sandbox.journal("restart");
    let server = servers[0].to_string();
    let ours = journal.iter().find(|e| e["cause"] == "request" && e["resource"]["id"].as_str() == Some(&server));
    assert_eq!(says["attempts"][0]["request_id"], ours.unwrap()["request_id"], "the request id the provider saw");
    assert_eq!((&says["reason"], &says["plan"]["impact"]), (&json!("kernel"), &json!("restart")), "{says}");
    assert!(!says["evidence"].as_array().unwrap().is_empty(), "what proved it is in it: {says}");

    let whole = desk.json(&["receipts", "verify"]);
    assert_eq!((&whole["receipts"], &whole["findings"]), (&json!(2), &json!([])));
    let noted = whole["hash"].as_str().unwrap().to_owned();
    let known = desk.json(&["receipts", "verify", "--hash", &noted]);
    assert_eq!(known["known"], 2);

    // Anybody can check the file without Rackdesk: the hash is that of the text as it stands there.
    let exported = desk.ctl.run(&["receipts", "export"]).ok().out;
    for line in exported.lines() {
        let (head, body) = line.split_once(",\"receipt\":").unwrap();
        let body = body.strip_suffix('}').unwrap();
        let hash = rackdesk_console::record::receipts::hash_of(body);
        assert_eq!(head, format!("{{\"hash\":\"{hash}\""));
    }
    assert_eq!(exported.lines().count(), 2);

    desk.tamper("DROP TRIGGER receipt_stays; UPDATE receipt SET body = replace(body, 'kernel', 'lunch') WHERE id = 1;");
    let verified = desk.ctl.run(&["receipts", "verify"]);
    assert_eq!(verified.code, Some(1), "{verified:?}");
    assert!(verified.out.contains("R-1: its text was changed"), "{verified:?}");
    let job = desk.ctl.run(&["schedule", "run", "receipts"]);
    assert_eq!(job.code, Some(7), "the daily check fails aloud: {job:?}");
}

#[test]
fn the_log_leaves_as_a_file_under_a_saved_question() {
    let sandbox = Sandbox::start(52, "0.1");
    let desk = Desk::new(&sandbox);
    let server = desk.ctl.servers("running")[0];
    desk.restart(server);
    desk.ctl.run(&["log", "save", "Restarts", "--where", "action_id>=1", "--where", "provider=contabo"]).ok();
    assert_eq!(desk.json(&["log", "filters"])[0]["name"], "Restarts");

    let lines = desk.ctl.run(&["log", "export", "--saved", "restarts"]).ok().out;
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["action"] == 1 && row["provider"] == "contabo"));
    let post = rows.iter().find(|row| row["method"] == "POST").expect("the restart itself");
    let auth = post["request_headers"].as_array().unwrap().iter().find(|h| h[0] == "authorization").unwrap();
    assert_eq!(auth[1], "[hidden]");

    let file = desk.ctl.dir().join("restarts.har");
    let name = file.display().to_string();
    desk.ctl.run(&["log", "export", "--format", "har", "--saved", "Restarts", "--out", &name]).ok();
    let har: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(har["log"]["entries"].as_array().map(Vec::len), Some(rows.len()));
    let table = desk.ctl.run(&["log", "export", "--format", "csv", "--where", "provider=contabo"]).ok().out;
    assert!(table.starts_with("id,at,provider,operation,"), "{table}");

    desk.ctl.run(&["log", "drop", "restarts"]).ok();
    assert_eq!(desk.ctl.run(&["log", "drop", "restarts"]).code, Some(3));
    let wrong = desk.ctl.run(&["log", "save", "Wrong", "--where", "colour=red"]);
    assert_eq!(wrong.code, Some(2), "a question that makes no sense is not kept: {wrong:?}");
    let kept = desk.json(&["log", "retention", "--days", "30", "--forget"]);
    assert_eq!((&kept["retention"]["days"], &kept["forgotten"]), (&json!(30), &json!(0)), "nothing is that old");
    let told = &kept["would_forget"];
    assert_eq!((&told["rows"], &told["until"]), (&json!(0), &json!(null)), "and nothing is foretold: {kept}");
    assert_eq!(told["stay"], kept["retention"]["rows"], "all of it stays");
}

#[test]
fn a_change_that_is_not_ours_is_a_stranger_until_somebody_takes_note() {
    let sandbox = Sandbox::start(53, "0.1");
    let (ours, theirs) = (Desk::new(&sandbox), Desk::new(&sandbox));
    let before = ours.json(&["strangers", "read"]);
    assert_eq!((&before["lists"], &before["failed"]), (&json!(17), &json!(0)), "{before}");
    let known = before["open"].as_u64().unwrap();

    let servers = ours.ctl.servers("running");
    ours.restart(servers[0]);
    theirs.restart(servers[1]);
    ours.ctl.run(&["call", "contabo", "createTag", "name=ours", "color=#0A78C3", "--yes"]).ok();
    theirs.ctl.run(&["call", "contabo", "createTag", "name=theirs", "color=#0A78C3", "--yes"]).ok();
    sandbox.advance(10);

    let read = ours.json(&["strangers", "read"]);
    assert_eq!(read["open"].as_u64(), Some(known + 2), "their restart and their tag, nothing of ours: {read}");
    let open = ours.json(&["strangers", "list", "--where", "open=true"]);
    let open = open.as_array().unwrap();
    let restart = open.iter().find(|s| s["list"] == "instance_actions").expect("their restart");
    assert_eq!(restart["instance_id"].as_i64(), Some(servers[1]));
    assert!(restart["username"].as_str().is_some_and(|name| !name.is_empty()), "who it was: {restart}");
    let theirs_log = theirs.json(&["log", "search", restart["request_id"].as_str().unwrap()]);
    assert!(theirs_log.as_array().is_some_and(|rows| !rows.is_empty()), "it is the other one's request");
    assert!(open.iter().any(|s| s["list"] == "tags" && s["action"] == "CREATED"));

    let id = restart["id"].to_string();
    let refused = ours.ctl.run(&["strangers", "acknowledge", &id, "--reason", " "]);
    assert_eq!(refused.code, Some(2), "without a reason it is not noted: {refused:?}");
    ours.ctl.run(&["strangers", "acknowledge", &id, "--reason", "Erin at the other desk"]).ok();
    assert_eq!(ours.ctl.run(&["strangers", "acknowledge", &id, "--reason", "again"]).code, Some(6));
    let again = ours.json(&["strangers", "read"]);
    assert_eq!((&again["new"], again["open"].as_u64()), (&json!(0), Some(known + 1)), "read twice, found once");
}

#[test]
fn jobs_run_and_whmcs_is_told_once_whatever_becomes_of_the_answer() {
    let sandbox = Sandbox::start(54, "0.1");
    let desk = Desk::new(&sandbox);
    desk.restart(desk.ctl.servers("running")[0]);

    let jobs = desk.json(&["schedule", "list"]);
    let names: Vec<_> = jobs["jobs"].as_array().unwrap().iter().map(|job| job["name"].as_str().unwrap()).collect();
    let all = [
        "mirror",
        "queue",
        "status",
        "audits",
        "modules",
        "activity",
        "catalogue",
        "prices",
        "usage",
        "receipts",
        "log",
    ];
    assert_eq!(names, all);
    for job in ["queue", "status", "audits", "modules", "catalogue", "prices", "usage", "receipts", "log"] {
        let run = desk.json(&["schedule", "run", job]);
        assert_eq!((&run[0]["outcome"], &run[0]["place"]), (&json!("done"), &json!("rackdeskctl")), "{run}");
    }

    sandbox.fault(&json!({"provider": "whmcs", "operation": "LogActivity", "kind": "cut_after", "times": 1}));
    let told = || sandbox.journal("LogActivity").into_iter().filter(|e| e["cause"] == "request").count();
    let run = desk.json(&["schedule", "run", "activity"]);
    assert_eq!(told(), 1, "it was written, but nobody heard the answer: {run}");
    let receipt = || desk.json(&["receipts", "show", "A-1"])["activity"].clone();
    assert_eq!(receipt()["state"], "sent");
    std::thread::sleep(std::time::Duration::from_secs(6));
    desk.json(&["schedule", "run", "activity"]);
    assert_eq!((receipt()["state"].as_str(), told()), (Some("proven"), 1), "read back, not sent again");
    desk.json(&["schedule", "run", "activity"]);
    assert_eq!(told(), 1);

    // First seen, nothing is due but what goes on all the time; paused, not even that.
    let due = desk.json(&["schedule", "run", "--due"]);
    assert!(due.as_array().unwrap().iter().all(|run| run["job"] == "mirror"), "{due}");
    desk.ctl.run(&["schedule", "pause"]).ok();
    assert_eq!(desk.json(&["schedule", "run", "--due"]), json!([]));
    let history = desk.json(&["schedule", "history", "activity"]);
    assert_eq!(history.as_array().map(Vec::len), Some(3), "{history}");
    assert_eq!(desk.ctl.run(&["schedule", "run", "tea"]).code, Some(3));
}

#[test]
fn each_day_keeps_what_storages_hold_and_which_prices_moved_also_after_a_sleep() {
    let sandbox = Sandbox::start(55, "0.1");
    let desk = Desk::new(&sandbox);
    let overdue = "INSERT OR REPLACE INTO schedule_job (name, next_at) VALUES ('prices', 1), ('usage', 1)";
    desk.tamper(overdue);
    let figure = |run: &Value, name: &str| {
        let counts = run["counts"].as_array().unwrap().iter();
        counts.filter(|c| c["value"] == name).filter_map(|c| c["count"].as_u64()).next()
    };
    let daily = |due: &Value| -> Vec<Value> {
        let runs = due.as_array().unwrap().iter();
        runs.filter(|run| run["job"] == "prices" || run["job"] == "usage").cloned().collect()
    };
    let due = daily(&desk.json(&["schedule", "run", "--due"]));
    assert_eq!(due.iter().map(|run| &run["outcome"]).collect::<Vec<_>>(), ["done", "done"], "{due:?}");
    assert!(due.iter().all(|run| run["due_at"].is_string()), "slept through, and caught up: {due:?}");
    assert_eq!(figure(&due[0], "moved"), Some(0), "what is there at first has not moved");
    assert!(figure(&due[0], "list_days").or(figure(&due[0], "list_old")).is_some(), "how old Contabo's list is");
    assert_eq!(daily(&desk.json(&["schedule", "run", "--due"])), Vec::<Value>::new(), "once");

    let usage = desk.json(&["usage", "list"]);
    let rows = usage.as_array().unwrap();
    assert_eq!(Some(rows.len() as u64), figure(&due[1], "storages"));
    assert!(!rows.is_empty() && rows.iter().all(|row| row["latest"] == true && row["used_tb"].is_string()), "{usage}");
    desk.json(&["schedule", "run", "usage"]);
    let newest = desk.json(&["usage", "list", "--where", "latest=true"]);
    assert_eq!(newest.as_array().map(Vec::len), Some(rows.len()), "one row for each storage, whatever the hour");
    let state = desk.json(&["usage", "state"]);
    assert!(state["storages"].as_array().unwrap().iter().all(|s| s["error"].is_null()), "{state}");

    assert_eq!(desk.json(&["prices", "moved"]), json!([]));
    let dearer =
        ["call", "whmcs", "CreateOrUpdateTLD", "extension=.com", "currency_code=EUR", "register={\"1\": 99.5}"];
    desk.ctl.run(&[&dearer[..], &["--yes"]].concat()).ok();
    desk.json(&["schedule", "run", "prices"]);
    let moved = desk.json(&["prices", "moved", "--where", "currency=EUR"]);
    let com = moved.as_array().unwrap().iter().find(|m| m["term"] == "register.1").expect("it moved");
    assert_eq!((&com["kind"], &com["subject"], &com["new"]), (&json!("tld"), &json!("com"), &json!("99.5")), "{com}");
    desk.json(&["schedule", "run", "prices"]);
    assert_eq!(desk.json(&["prices", "moved", "--where", "currency=EUR"]), moved, "kept once");

    sandbox.fault(&json!({"provider": "contabo", "operation": "retrieveObjectStoragesStats", "kind": "malformed"}));
    let run = desk.ctl.run(&["schedule", "run", "usage"]);
    assert_eq!(run.code, Some(5), "a storage that cannot be read is said: {run:?}");
    let state = desk.json(&["usage", "state"]);
    assert!(state["storages"].as_array().unwrap().iter().all(|s| s["error"]["code"] == "unreadable"), "{state}");
    assert_eq!(desk.json(&["usage", "list"]).as_array().map(Vec::len), Some(newest.as_array().unwrap().len()));
}

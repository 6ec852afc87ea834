//! What is said to be within the UI's reach, against what arrives when its commands run.

use std::time::Duration;

use rackdesk_commands::{Core, CoreOptions, dispatch};
use rackdesk_tests::coverage::reach;
use serde_json::{Value, json};

/// Both providers, first copy, test of the connection, and a restart.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_arrives_that_is_not_said_to_be_within_reach() {
    let office = crate::office::Office::open(33, 0.1).await;
    let line = serde_json::to_value(&office.sandbox.line).expect("JSON");
    let draft = json!({
        "id": null, "name": "Reach", "colour": "petrol", "environment": "staging", "session_only": true,
        "whmcs": line["whmcs"], "contabo": line["contabo"],
    });
    let dir = tempfile::tempdir().expect("a folder");
    let options = CoreOptions { data_dir: dir.path().to_owned(), background: true, profile: None };
    let core = Core::open(options).await.expect("a core");
    let run = async |command: &str, input: Value| {
        dispatch(&core, command, json!({ "input": input })).await.unwrap_or_else(|e| panic!("{command}: {e:?}"))
    };
    let report = run("connection_test", draft.clone()).await;
    assert_eq!(report["ok"], true, "{report}");
    run("profile_save", draft).await;
    let server = loop {
        let all = json!({"text": "", "filters": [], "sort": null, "after": null, "limit": 500});
        let found = run("servers_window", all).await;
        let rows = found["rows"].as_array().cloned().unwrap_or_default();
        if let Some(row) = rows.iter().find(|row| row["state"] == "running") {
            break row["id"].clone();
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let plan = json!({"kind": "power.restart", "instance_ids": [server], "origin": "server"});
    let plan = run("plan_power", plan).await;
    run("plan_approve", json!({"id": plan["id"], "excluded": [], "typed": null, "reason": null})).await;
    let wanted = ["restart", "retrieveInstancesActionsAuditsList"];
    for _ in 0..300 {
        let seen = office.arrived("contabo").await;
        if wanted.iter().all(|id| seen.contains(*id)) && office.arrived("whmcs").await.contains("GetTickets") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    core.close().await;

    let reached = reach::read().expect("the program text");
    let whmcs = office.arrived("whmcs").await;
    let contabo = office.arrived("contabo").await;
    assert!(
        contabo.contains("restart") && whmcs.contains("GetClients"),
        "something has to arrive: {whmcs:?} {contabo:?}"
    );
    for action in &whmcs {
        assert!(reached.whmcs.contains(action.as_str()), "{action} arrived and is not said to be within reach");
    }
    for id in contabo.iter().filter(|id| *id != "token") {
        assert!(reached.contabo.contains(id.as_str()), "{id} arrived and is not said to be within reach");
    }
}

//! Somebody else's client against our sandbox: written long before it, by people who never heard of it.

use std::path::Path;
use std::process::Command;

use rackdesk_tests::ctl::Sandbox;

/// npm's `whmcs`, with every method it has. What it checks, and what is wrong with itself, stands in its script.
#[test]
fn the_npm_client_whmcs_runs_all_its_calls() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign/whmcs-npm");
    let installed = folder.join("node_modules/whmcs").is_dir();
    assert!(installed, "its packages are missing: npm --prefix tests/foreign/whmcs-npm install");
    let sandbox = Sandbox::start(31, "1");
    let mut node = Command::new("node");
    let output = node.arg(folder.join("calls.mjs")).arg(sandbox.line.to_string()).output().expect("node is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    let called = told["called"].as_array().expect("a list").len();
    assert_eq!(called, 52, "every method that is about the API: {told}");
    // Its own defects, not the sandbox's: no amount where it meant "full", a page quoted whole.
    assert!(told["defects"]["emptyAmount"].as_str().is_some_and(|words| words.contains("greater than zero")), "{told}");
    assert!(told["defects"]["wholePage"].as_str().is_some_and(|words| words.contains("JSON failed to parse")));
}

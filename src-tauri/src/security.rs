//! What the window is allowed, held still: a change here is a decision, not a side effect.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rackdesk_commands::COMMANDS;
use serde_json::Value;

fn shell() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn capabilities() -> Vec<Value> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(shell().join("capabilities"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    files.iter().map(|path| json(path)).collect()
}

/// Names of the permissions of a capability, with what scopes them.
fn permissions(capability: &Value) -> Vec<String> {
    let name = |permission: &Value| match permission {
        Value::String(name) => name.clone(),
        scoped => format!("{} {}", scoped["identifier"].as_str().unwrap_or("?"), scoped["allow"]),
    };
    capability["permissions"].as_array().unwrap().iter().map(name).collect()
}

#[test]
fn the_content_policy_allows_nothing_that_is_not_named() {
    let security = json(&shell().join("tauri.conf.json"))["app"]["security"].clone();
    let policy: Vec<String> = security["csp"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(directive, sources)| format!("{directive} {}", sources.as_str().unwrap()))
        .collect();
    insta::assert_snapshot!(policy.join("\n"), @r"
    default-src 'none'
    script-src 'self'
    style-src 'self' 'unsafe-inline'
    font-src 'self'
    img-src 'self' data:
    connect-src ipc: http://ipc.localhost
    base-uri 'none'
    form-action 'none'
    frame-ancestors 'none'
    ");
    // Tauri would add nonces to style-src, and a nonce switches 'unsafe-inline' off, which the component library needs.
    assert_eq!(security["dangerousDisableAssetCspModification"], serde_json::json!(["style-src"]));
    let others: Vec<&String> = security.as_object().unwrap().keys().collect();
    assert_eq!(others, ["csp", "devCsp", "dangerousDisableAssetCspModification", "capabilities"]);
}

#[test]
fn the_window_has_no_global_tauri_object() {
    let config = json(&shell().join("tauri.conf.json"));
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert!(config["plugins"].is_null(), "no plugin widens its scope in the configuration");
}

#[test]
fn what_is_allowed_beside_the_own_commands_is_this() {
    let own: BTreeSet<String> =
        COMMANDS.iter().map(|command| format!("allow-{}", command.name.replace('_', "-"))).collect();
    let mut lines = Vec::new();
    for capability in capabilities() {
        lines.push(format!("{} on windows {}", capability["identifier"], capability["windows"]));
        assert!(capability["remote"].is_null(), "no remote page may call anything");
        lines.extend(permissions(&capability).into_iter().filter(|p| !own.contains(p)).map(|p| format!("  {p}")));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    "main" on windows ["main"]
      core:event:allow-listen
      core:event:allow-unlisten
      dialog:allow-save
      opener:allow-open-url [{"url":"https://developers.whmcs.com/*"},{"url":"https://docs.whmcs.com/*"},{"url":"https://api.contabo.com/*"},{"url":"https://my.contabo.com/*"}]
    "#);
}

#[test]
fn permissions_are_named_one_by_one() {
    for permission in capabilities().iter().flat_map(permissions) {
        let name = permission.split(' ').next().unwrap_or_default();
        let last = name.rsplit(':').next().unwrap_or_default();
        assert!(last.starts_with("allow-"), "{name} is a set: what it holds may grow with the next version");
    }
}

#[test]
fn each_command_is_allowed_in_some_window_and_nothing_else_is() {
    let allowed: BTreeSet<String> =
        capabilities().iter().flat_map(permissions).filter(|permission| !permission.contains(':')).collect();
    let own: BTreeSet<String> =
        COMMANDS.iter().map(|command| format!("allow-{}", command.name.replace('_', "-"))).collect();
    let missing: Vec<_> = own.difference(&allowed).collect();
    assert!(missing.is_empty(), "in no file of src-tauri/capabilities, so no window can call it: {missing:?}");
    let stale: Vec<_> = allowed.difference(&own).collect();
    assert!(stale.is_empty(), "allowed, but there is no such command: {stale:?}");
}

#[test]
fn the_readme_gives_a_reason_for_each_permission() {
    let readme = std::fs::read_to_string(shell().join("capabilities/README.md")).unwrap();
    for permission in capabilities().iter().flat_map(permissions).filter(|p| p.contains(':')) {
        let name = permission.split(' ').next().unwrap_or_default();
        assert!(readme.contains(&format!("`{name}`")), "src-tauri/capabilities/README.md has no reason for {name}");
    }
}

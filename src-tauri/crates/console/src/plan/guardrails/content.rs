//! What an input may ask for: keys, first-boot scripts, networks, what a suspension does to the server.

use serde_json::Value;

use super::Asked;
use crate::{
    act::kinds::Holds,
    plan::{Impact, Phrase, Verdict},
    policy::{CloudInit, SuspendPolicy},
};

/// The field of an input that holds a first-boot script.
pub(super) const USER_DATA: &str = "user_data";

/// Everything the policy has against an input.
pub(super) fn about(asked: &Asked<'_>) -> Vec<Verdict> {
    let input = asked.input;
    let script = input.get(USER_DATA).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let found = [
        ssh_key(asked).then(|| Verdict::block("ssh_key", Phrase::new("guard.ssh_key", []))),
        network(asked).then(|| Verdict::block("networks", Phrase::new("guard.network_off", []))),
        suspend(asked).then(|| Verdict::block("suspend", Phrase::new("guard.suspend_leaves", [])).overridable()),
        cloud_init(&asked.policy.cloud_init, script, sets_up(asked)).map(|reason| Verdict::block("cloud_init", reason)),
    ];
    found.into_iter().flatten().collect()
}

/// Whether one input would give one name to several new servers: later nobody could say whose a server is.
pub(super) fn one_name(asked: &Asked<'_>, rows: usize) -> Option<Verdict> {
    let many = rows > 1 && asked.kind.card().id == "server.create";
    many.then(|| Verdict::block("name", Phrase::new("guard.name_for_many", [])))
}

/// Whether a machine gets a fresh system by it.
fn sets_up(asked: &Asked<'_>) -> bool {
    let card = asked.kind.card();
    card.id == "server.create" || (card.id == "server.reinstall" && card.impact == Impact::Wipe)
}

/// Whether a key is wanted and missing.
fn ssh_key(asked: &Asked<'_>) -> bool {
    let fields = asked.kind.card().fields;
    let field = fields.iter().find(|field| field.holds == Holds::SshKeys);
    let Some(field) = field.filter(|_| asked.policy.ssh_key_required && sets_up(asked)) else { return false };
    asked.input.get(field.name).and_then(Value::as_array).is_none_or(Vec::is_empty)
}

/// Whether a private network would be created although none may be: by its own kind, or as an add-on of a new server.
fn network(asked: &Asked<'_>) -> bool {
    let kind = asked.kind.card().id;
    let add_on = || asked.input.get("private_networking").and_then(Value::as_bool).unwrap_or_default();
    !asked.policy.network_create && (kind == "network.create" || (kind == "server.create" && add_on()))
}

/// Whether a server would be stopped that the policy leaves running.
fn suspend(asked: &Asked<'_>) -> bool {
    asked.policy.suspend == SuspendPolicy::Leave
        && asked.kind.card().id == "service.suspend"
        && asked.input.get("server").and_then(Value::as_str) != Some("leave")
}

/// What is wrong with a first-boot script, or with there being none.
pub(super) fn cloud_init(limits: &CloudInit, script: Option<&str>, sets_up: bool) -> Option<Phrase> {
    let Some(script) = script else {
        let missing = limits.required.first().filter(|_| sets_up && limits.allowed)?;
        return Some(Phrase::new("guard.cloud_missing", [("directive", missing.clone())]));
    };
    if !limits.allowed {
        return Some(Phrase::new("guard.cloud_off", []));
    }
    if script.len() > limits.most_bytes as usize {
        let words = [("bytes", script.len().to_string()), ("allowed", limits.most_bytes.to_string())];
        return Some(Phrase::new("guard.cloud_long", words));
    }
    if limits.required.is_empty() && limits.forbidden.is_empty() {
        return None;
    }
    let found = match directives(script) {
        Ok(found) => found,
        Err(line) => return Some(Phrase::new("guard.cloud_unclear", [("line", line.to_string())])),
    };
    let has = |directive: &String| found.iter().any(|name| name.eq_ignore_ascii_case(directive));
    if let Some(forbidden) = limits.forbidden.iter().find(|directive| has(directive)) {
        return Some(Phrase::new("guard.cloud_forbidden", [("directive", forbidden.clone())]));
    }
    let missing = limits.required.iter().find(|directive| !has(directive))?;
    Some(Phrase::new("guard.cloud_missing", [("directive", missing.clone())]))
}

/// The top-level keys of a cloud-config, or the line that makes it impossible to be sure of them. Whatever is not
/// plainly a key at the margin counts as unclear: scripts, includes, several documents, flow style, quoted or merged
/// keys, templates.
fn directives(script: &str) -> Result<Vec<&str>, usize> {
    let mut lines = (1..).zip(script.lines());
    match lines.next() {
        Some((_, first)) if first.trim_end() == "#cloud-config" => {}
        _ => return Err(1),
    }
    let mut found = Vec::new();
    let mut begun = false;
    for (number, line) in lines {
        let empty = line.trim().is_empty() || line.starts_with('#');
        let belongs = begun && (line.starts_with([' ', '\t']) || line.starts_with("- ") || line.trim_end() == "-");
        if empty || belongs {
            continue;
        }
        let Some((key, rest)) = line.split_once(':') else { return Err(number) };
        let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let ends = rest.is_empty() || rest.starts_with([' ', '\t', '\r']);
        if !plain || !ends || key.starts_with('-') {
            return Err(number);
        }
        found.push(key);
        begun = true;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> CloudInit {
        CloudInit { required: vec!["packages".into()], forbidden: vec!["bootcmd".into()], ..CloudInit::default() }
    }

    fn says(script: Option<&str>) -> Option<String> {
        cloud_init(&limits(), script, true).map(|phrase| phrase.code)
    }

    #[test]
    fn what_is_required_and_what_is_forbidden_is_found_at_the_margin_only() {
        let fine = "#cloud-config\n# bootcmd: none\npackages:\n- nginx\n- bootcmd\nwrite_files:\n  - path: /x\n    content: |\n      bootcmd: no\n";
        assert_eq!(says(Some(fine)), None);
        assert_eq!(
            says(Some("#cloud-config\npackages: [nginx]\nbootcmd: [x]\n")).as_deref(),
            Some("guard.cloud_forbidden")
        );
        assert_eq!(says(Some("#cloud-config\nruncmd: []\n")).as_deref(), Some("guard.cloud_missing"));
        assert_eq!(says(None).as_deref(), Some("guard.cloud_missing"), "nothing at all does not have it either");
        assert_eq!(cloud_init(&limits(), None, false), None, "who sets no machine up needs none");
    }

    #[test]
    fn a_script_that_could_hide_something_is_not_taken() {
        for hidden in [
            "#!/bin/sh\npackages: x",
            "#include\nhttps://example.org/x",
            "## template: jinja\n#cloud-config\npackages: []",
            "#cloud-config\n{packages: [], bootcmd: [x]}",
            "#cloud-config\npackages: []\n\"bootcmd\": [x]",
            "#cloud-config\npackages: []\n? bootcmd\n: [x]",
            "#cloud-config\npackages: []\n<<: *hidden",
            "#cloud-config\npackages: []\n---\nbootcmd: [x]",
            "#cloud-config\npackages: []\n!!str bootcmd: [x]",
            "#cloud-config\npackages: []\nbootcmd : [x]",
            "  #cloud-config\npackages: []",
        ] {
            let found = says(Some(hidden));
            assert!(found.is_some(), "{hidden}");
        }
    }

    #[test]
    fn length_and_the_switch_count_before_anything_is_read() {
        let short = CloudInit { most_bytes: 20, ..CloudInit::default() };
        let code = |limits: &CloudInit, text| cloud_init(limits, Some(text), true).map(|phrase| phrase.code);
        assert_eq!(code(&short, "#cloud-config\npackages: []"), Some("guard.cloud_long".into()));
        assert_eq!(code(&CloudInit::default(), "#!/bin/sh\ntrue"), None, "nothing is asked of it, so anything goes");
        let off = CloudInit { allowed: false, ..CloudInit::default() };
        assert_eq!(code(&off, "#cloud-config"), Some("guard.cloud_off".into()));
        assert_eq!(cloud_init(&off, None, true), None);
    }
}

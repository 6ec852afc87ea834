//! How much of each provider's documented interface is there: typed by our client, answered by the sandbox, and
//! reachable from the commands of the UI. Nothing is counted from a list of ours: the documented names come from
//! `tests/contract`, the typed ones from the clients' registries, the sandboxed ones from the sandbox's dispatch tables,
//! and the reachable ones from the program text of what stands behind the commands (see [`reach`]).

pub mod reach;

use std::collections::BTreeSet;

use rackdesk_sandbox::operations;
use serde::Serialize;
use serde_json::Value;

/// Both providers.
#[derive(Debug, Serialize)]
pub struct Coverage {
    /// The billing side.
    pub whmcs: Provider,
    /// The server side.
    pub contabo: Provider,
    /// What only a question about rights may call: nothing of it is shown, so that it counts for nothing.
    #[serde(skip)]
    pub rights: Vec<&'static str>,
}

/// One provider's interface.
#[derive(Debug, Serialize)]
pub struct Provider {
    /// How many operations are documented.
    pub documented: usize,
    /// How many of them a client type stands for.
    pub typed: usize,
    /// How many of them the sandbox answers.
    pub sandboxed: usize,
    /// How many of them commands of the UI can cause.
    pub ui: usize,
    /// The others, by name.
    pub missing: Missing,
}

/// Documented names that are not there, in the documentation's order.
#[derive(Debug, Serialize)]
pub struct Missing {
    /// Without a type.
    pub typed: Vec<String>,
    /// Unknown to the sandbox.
    pub sandboxed: Vec<String>,
    /// Out of reach of the UI.
    pub ui: Vec<String>,
}

/// Counts.
///
/// # Errors
/// When the program text or the documented facts cannot be read, in words.
pub fn coverage() -> Result<Coverage, String> {
    let reached = reach::read()?;
    let whmcs_typed: Vec<&str> = rackdesk_whmcs::registry().iter().map(|action| action.name).collect();
    let contabo_typed: Vec<&str> = rackdesk_contabo::registry().iter().map(|operation| operation.id).collect();
    let rights = rackdesk_whmcs::registry().iter().filter(|action| reached.rights && action.probe().is_some());
    let rights = rights.map(|action| action.name).filter(|name| !reached.whmcs.contains(name)).collect();
    Ok(Coverage {
        whmcs: held(&names("whmcs.json", "name")?, &whmcs_typed, &operations::whmcs(), &reached.whmcs),
        contabo: held(&names("contabo.json", "id")?, &contabo_typed, &operations::contabo(), &reached.contabo),
        rights,
    })
}

/// What the documentation names.
fn names(file: &str, key: &str) -> Result<Vec<String>, String> {
    let path = reach::root().join("tests/contract").join(file);
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let facts: Value = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    let rows = facts.as_array().or_else(|| facts["operations"].as_array());
    let rows = rows.ok_or_else(|| format!("{}: no list of operations", path.display()))?;
    let named = rows.iter().map(|row| row[key].as_str().map(str::to_owned));
    named.collect::<Option<_>>().ok_or_else(|| format!("{}: an operation without a name", path.display()))
}

/// Holds what is there against what is documented; an undocumented one counts for nothing.
fn held(documented: &[String], typed: &[&str], sandboxed: &[&str], ui: &BTreeSet<&str>) -> Provider {
    let without =
        |there: &dyn Fn(&str) -> bool| -> Vec<String> { documented.iter().filter(|n| !there(n)).cloned().collect() };
    let missing = Missing {
        typed: without(&|name| typed.contains(&name)),
        sandboxed: without(&|name| sandboxed.contains(&name)),
        ui: without(&|name| ui.contains(name)),
    };
    let count = |missing: &Vec<String>| documented.len() - missing.len();
    Provider {
        documented: documented.len(),
        typed: count(&missing.typed),
        sandboxed: count(&missing.sandboxed),
        ui: count(&missing.ui),
        missing,
    }
}

impl Coverage {
    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::from("          documented   typed  sandboxed      ui\n");
        for (name, of) in [("whmcs", &self.whmcs), ("contabo", &self.contabo)] {
            text += &format!("{name:<9} {:>10} {:>7} {:>10} {:>7}\n", of.documented, of.typed, of.sandboxed, of.ui);
        }
        for (name, of) in [("whmcs", &self.whmcs), ("contabo", &self.contabo)] {
            let lists = [
                ("not typed", &of.missing.typed),
                ("not sandboxed", &of.missing.sandboxed),
                ("not reachable from the UI", &of.missing.ui),
            ];
            for (what, missing) in lists.into_iter().filter(|(_, missing)| !missing.is_empty()) {
                text += &format!("\n{name}, {what}:\n{}", columns(missing));
            }
        }
        if !self.rights.is_empty() {
            text += &format!(
                "\nwhmcs, only asked for by the question of what the credential may do (not counted):\n{}",
                columns(&self.rights)
            );
        }
        text
    }
}

/// Words in lines of at most 116 letters.
fn columns(words: &[impl AsRef<str>]) -> String {
    let mut lines = vec![String::new()];
    for word in words.iter().map(AsRef::as_ref) {
        if lines.last().is_some_and(|line| line.len() + word.len() > 114) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            *line += &format!(" {word}");
        }
    }
    lines.into_iter().map(|line| format!(" {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_documented_counts_and_the_rest_is_named() {
        let documented = ["A", "B", "C"].map(str::to_owned);
        let held = held(&documented, &["A", "B", "C", "Addon"], &["A", "C"], &BTreeSet::from(["C", "Addon"]));
        assert_eq!((held.documented, held.typed, held.sandboxed, held.ui), (3, 3, 2, 1));
        assert_eq!(
            serde_json::to_value(&held).unwrap(),
            serde_json::json!({
                "documented": 3, "typed": 3, "sandboxed": 2, "ui": 1,
                "missing": {"typed": [], "sandboxed": ["B"], "ui": ["A", "B"]},
            })
        );
    }

    #[test]
    fn both_providers_are_typed_and_sandboxed_to_the_last_operation() {
        let found = coverage().unwrap();
        for (of, documented) in [(&found.whmcs, 162), (&found.contabo, found.contabo.documented)] {
            assert_eq!(of.documented, documented);
            assert!(of.missing.typed.is_empty(), "not typed: {:?}", of.missing.typed);
            assert!(of.missing.sandboxed.is_empty(), "not sandboxed: {:?}", of.missing.sandboxed);
            assert_eq!(of.ui + of.missing.ui.len(), of.documented);
        }
    }
}

//! English for the codes that cross IPC, for the command line and for logs. The UI translates the same keys itself.
//!
//! `en.json` is nested at the dots of a code. A code with a `count` has the two forms `…_one` and `…_other`.
//! Parameters are raw: `kind` is an action kind and has its words under `kind.`, `job` one of the schedule's under
//! `job.`, `at`, `from` and `until` are moments (RFC 3339, UTC); `why` and `off` are phrases of their own
//! ([`Phrase::inside`]), or somebody's own words, which are quoted; everything else is shown as it is, and may be foreign
//! text.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;

use crate::plan::Phrase;

/// The table as it is shipped.
pub const EN: &str = include_str!("en.json");

static TABLE: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(EN).unwrap_or(Value::Null));

/// The template of a code.
fn template(code: &str) -> Option<&'static str> {
    let mut node = &*TABLE;
    for part in code.split('.') {
        node = node.get(part)?;
    }
    node.as_str()
}

/// One English sentence. A code without words shows itself, so that nothing is hidden.
pub fn english(phrase: &Phrase) -> String {
    let plural = phrase.params.get("count").map(|count| if count == "1" { "_one" } else { "_other" });
    let found = plural.and_then(|form| template(&format!("{}{form}", phrase.code))).or_else(|| template(&phrase.code));
    let Some(mut rest) = found else { return phrase.code.clone() };
    let mut text = String::with_capacity(rest.len() + 32);
    while let Some(open) = rest.find("{{") {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find("}}") else { break };
        let name = &rest[open + 2..open + close];
        text.push_str(&value(name, phrase.params.get(name).map_or("", String::as_str)));
        rest = &rest[open + close + 2..];
    }
    text.push_str(rest);
    text
}

fn value(name: &str, raw: &str) -> String {
    match name {
        "kind" => template(&format!("kind.{raw}")).unwrap_or(raw).to_owned(),
        "job" => template(&format!("job.{raw}")).unwrap_or(raw).to_owned(),
        "at" | "from" | "until" => match raw.parse::<Timestamp>() {
            Ok(at) => at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            Err(_) => raw.to_owned(),
        },
        "why" | "off" if !raw.is_empty() => match serde_json::from_str::<Phrase>(raw) {
            Ok(inner) => english(&inner),
            Err(_) => format!("“{raw}”"),
        },
        _ => raw.to_owned(),
    }
}

/// Every code in the table; plural forms without their ending, once.
pub fn codes() -> Vec<String> {
    fn walk(node: &Value, path: &str, found: &mut Vec<String>) {
        let Some(members) = node.as_object() else {
            let code = path.strip_suffix("_one").or_else(|| path.strip_suffix("_other")).unwrap_or(path);
            found.push(code.to_owned());
            return;
        };
        for (name, child) in members {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            walk(child, &path, found);
        }
    }
    let mut found = Vec::new();
    walk(&TABLE, "", &mut found);
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        path::{Path, PathBuf},
    };

    use super::*;

    #[test]
    fn a_sentence_takes_its_values_and_its_number() {
        let one = Phrase::new("plan.power.restart", [("count", "1".into()), ("name", "db-core".into())]);
        assert_eq!(english(&one), "Restart db-core");
        let many = Phrase::new("plan.power.restart", [("count", "19".into()), ("name", String::new())]);
        assert_eq!(english(&many), "Restart 19 servers");
        let kind = Phrase::new("timeline.action.succeeded", [("kind", "power.restart".into())]);
        assert_eq!(english(&kind), "Restart done");
        let late = Phrase::new("waits.audit", [("until", "2026-11-20T14:08:00Z".into())]);
        assert_eq!(english(&late), "Waits for Contabo's audit row until 2026-11-20 14:08:00 UTC");
        assert_eq!(english(&Phrase::new("no.such.code", [])), "no.such.code");
    }

    #[test]
    fn a_phrase_inside_another_is_said_in_its_own_words_and_foreign_ones_are_quoted() {
        let line = Phrase::new("fault.timeout", [("provider", "WHMCS".into())]);
        let about = |why: String| english(&Phrase::new("evidence.ids_not_kept", [("why", why)]));
        assert_eq!(about(line.inside()), "WHMCS was not told of the request ids: WHMCS did not answer in time");
        let text = "it said {\"code\": 5}";
        assert_eq!(about(text.to_owned()), format!("WHMCS was not told of the request ids: “{text}”"));
        let twice = Phrase::new(
            "evidence.not_locked",
            [(
                "why",
                Phrase::new("waits.both", [("why", line.inside()), ("off", Phrase::new("waits.nobody", []).inside())])
                    .inside(),
            )],
        );
        assert_eq!(
            english(&twice),
            "Sent without the lock in WHMCS: WHMCS did not answer in time. No worker is running"
        );
    }

    #[test]
    fn foreign_text_is_shown_as_it_is_and_never_taken_for_a_template() {
        let foreign =
            Phrase::new("fault.rejected", [("provider", "Contabo".into()), ("text", "{{provider}} {{".into())]);
        assert_eq!(english(&foreign), "Contabo refused: {{provider}} {{");
    }

    fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("phrases/mod.rs") {
                found.push(path);
            }
        }
    }

    /// Every text in the sources that looks like one of our codes.
    fn used() -> BTreeSet<String> {
        let areas = [
            "plan.",
            "kind.",
            "rule.",
            "guard.",
            "waits.",
            "action.",
            "evidence.",
            "notice.",
            "board.",
            "event.",
            "differs.",
            "timeline.",
            "verb.",
            "fault.",
            "news.",
            "tray.",
        ];
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for crate_dir in ["console/src", "commands/src"] {
            sources(&here.parent().unwrap().join(crate_dir), &mut files);
        }
        let mut used = BTreeSet::new();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap();
            for piece in text.split('"').skip(1).step_by(1) {
                let code = piece.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.');
                if code && areas.iter().any(|area| piece.starts_with(area)) && !piece.ends_with('.') {
                    used.insert(piece.to_owned());
                }
            }
        }
        used
    }

    #[test]
    fn every_code_that_is_used_has_words() {
        let known: BTreeSet<String> = codes().into_iter().collect();
        // These are column names and file names that only look like codes.
        let missing: Vec<_> = used()
            .difference(&known)
            .filter(|c| !c.starts_with("plan.body") && !c.starts_with("plan.approval"))
            .cloned()
            .collect();
        assert!(missing.is_empty(), "without words in en.json: {missing:?}");
    }

    #[test]
    fn every_code_with_words_is_used() {
        let used = used();
        // Made from the names of error codes, kinds and their fields.
        let made =
            |code: &String| ["fault.", "kind.", "job.", "plan.", "field."].iter().any(|area| code.starts_with(area));
        let stray: Vec<_> = codes().into_iter().filter(|code| !made(code) && !used.contains(code)).collect();
        assert!(stray.is_empty(), "in en.json and nowhere used: {stray:?}");
    }

    #[test]
    fn every_job_has_words() {
        for job in crate::schedule::jobs::JOBS {
            assert!(template(&format!("job.{}", job.name)).is_some(), "job.{}", job.name);
        }
    }

    #[test]
    fn every_error_code_and_every_kind_has_words() {
        let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fault/mod.rs")).unwrap();
        let body = source.split("pub enum ErrorCode {").nth(1).unwrap().split("\n}").next().unwrap();
        for line in body.lines().map(str::trim).filter(|l| l.ends_with(',') && !l.starts_with("///")) {
            let mut snake = String::new();
            for c in line.trim_end_matches(',').chars() {
                if c.is_ascii_uppercase() && !snake.is_empty() {
                    snake.push('_');
                }
                snake.push(c.to_ascii_lowercase());
            }
            assert!(template(&format!("fault.{snake}")).is_some(), "fault.{snake}");
        }
        for kind in crate::act::kinds::all() {
            let card = kind.card();
            assert!(template(&format!("kind.{}", card.id)).is_some(), "kind.{}", card.id);
            for form in ["one", "other"] {
                assert!(template(&format!("plan.{}_{form}", card.id)).is_some(), "plan.{}_{form}", card.id);
            }
            for field in card.fields {
                assert!(template(&format!("field.{}", field.name)).is_some(), "field.{}", field.name);
            }
        }
    }
}

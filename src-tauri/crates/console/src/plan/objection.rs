//! Why a plan was not applied, as a failure with its sentence.

use super::{
    FactChange, Phrase, Verdict,
    approval::{Moved, Objection},
};
use crate::fault::{ErrorCode, Fault};

/// Most rows, and most facts of one row, that are named.
const NAMED: usize = 5;

/// An objection as a failure.
pub(super) fn fault(objection: Objection) -> Fault {
    match objection {
        Objection::Moved(rows) => moved(&rows),
        Objection::Blocked(verdict) => blocked(verdict),
        Objection::Mistyped(text) => Fault::with(ErrorCode::ConfirmationWrong, [("text", text)]),
        Objection::NothingLeft => Fault::with(
            ErrorCode::InvalidInput,
            [("field", "excluded".into()), ("problem", "no row is left to be carried out".into())],
        ),
        Objection::NoSuchRow(row) => Fault::with(
            ErrorCode::InvalidInput,
            [("field", "excluded".into()), ("problem", format!("the plan has no row {row}"))],
        ),
    }
}

/// Which targets moved, and which of their facts from what to what. What is gone is named apart.
fn moved(rows: &[Moved]) -> Fault {
    let gone: Vec<&str> = rows.iter().filter(|row| row.gone).map(|row| row.name.as_str()).collect();
    let told = rows.iter().take(NAMED).map(told).collect::<Vec<_>>().join("; ");
    let mut fault = Fault::with(ErrorCode::BasisMoved, [("moved", more(told, rows.len(), NAMED))]);
    if !gone.is_empty() {
        let named = gone[..gone.len().min(NAMED)].join(", ");
        fault.params.insert("gone".into(), more(named, gone.len(), NAMED));
    }
    fault
}

fn more(mut text: String, all: usize, named: usize) -> String {
    if all > named {
        text.push_str(&format!(" + {}", all - named));
    }
    text
}

/// One row: `server-2 (status: running → stopped)`.
fn told(row: &Moved) -> String {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
    let fact = |fact: &FactChange| format!("{}: {} → {}", fact.field, side(&fact.before), side(&fact.after));
    if row.facts.is_empty() {
        return row.name.clone();
    }
    let facts = row.facts.iter().take(NAMED).map(fact).collect::<Vec<_>>().join(", ");
    format!("{} ({})", row.name, more(facts, row.facts.len(), NAMED))
}

/// The guardrail's own words: `why` is the code of its reason, whose values stand beside it.
pub fn blocked(verdict: Verdict) -> Fault {
    let overridable = if verdict.overridable { "yes" } else { "no" };
    let mut fault = Fault::with(
        ErrorCode::Blocked,
        [("guardrail", verdict.guardrail), ("why", verdict.reason.code), ("overridable", overridable.to_owned())],
    );
    for (name, value) in verdict.reason.params {
        fault.params.entry(name).or_insert(value);
    }
    fault
}

/// Somebody said yes twice where two have to.
pub(super) fn same_person(by: &str) -> Fault {
    blocked(Verdict::block("second_approver", Phrase::new("guard.same_person", [("by", by.to_owned())])))
}

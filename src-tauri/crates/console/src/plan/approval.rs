//! Whether a person's yes may be carried out: the plan they saw against the facts of now.

use std::collections::BTreeSet;

use super::{
    Change, Confirmation, FactChange, Plan, Verdict,
    compute::ABSENT,
    overrides::{Overridden, Override},
};

/// A person's yes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Yes {
    /// Rows left out.
    pub excluded: BTreeSet<u32>,
    /// What was typed.
    pub typed: Option<String>,
    /// Guardrails that the person sets themselves over.
    pub overrides: Vec<Override>,
    /// The account of the operating system in which it was said.
    pub account: Option<String>,
}

/// A row whose facts are not what they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The target's name.
    pub name: String,
    /// It is not there any more.
    pub gone: bool,
    /// Which facts, before and now.
    pub facts: Vec<FactChange>,
}

/// Why a plan cannot be applied. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// These targets' facts changed since.
    Moved(Vec<Moved>),
    /// A guardrail blocks the plan as a whole, or a row that it let pass before.
    Blocked(Verdict),
    /// What was typed is not what the plan asks for: this.
    Mistyped(String),
    /// No row is left to be carried out.
    NothingLeft,
    /// A row that the plan does not have.
    NoSuchRow(u32),
}

/// The rows that a person said yes to, as they are now, if they may be carried out. `seen` is the plan they were shown;
/// `fresh` the same plan computed from the facts of now, with what is overridden; `overall` the guardrails over the rows
/// that remain.
///
/// # Errors
/// See [`Objection`].
pub fn accept<'a>(
    seen: &Plan,
    fresh: &'a Plan,
    yes: &Yes,
    over: &Overridden,
    overall: impl FnOnce(&[&Change]) -> Vec<Verdict>,
) -> Result<Vec<&'a Change>, Objection> {
    if let Some(stray) = yes.excluded.iter().find(|index| !seen.changes.iter().any(|c| c.index == **index)) {
        return Err(Objection::NoSuchRow(*stray));
    }
    typed(&seen.confirmation, yes)?;
    let wanted = |change: &&Change| {
        let open = !change.verdicts.iter().any(|verdict| over.leaves(verdict));
        open && !yes.excluded.contains(&change.index)
    };
    let rows: Vec<&Change> = seen.changes.iter().filter(wanted).collect();
    if rows.is_empty() {
        // What a guardrail keeps out is told in its own words; what a person left out needs none.
        let kept = fresh.changes.iter().filter(|change| !yes.excluded.contains(&change.index));
        let verdict = kept.flat_map(|change| &change.verdicts).find(|verdict| over.leaves(verdict));
        return Err(verdict.map_or(Objection::NothingLeft, |verdict| Objection::Blocked(verdict.clone())));
    }
    let moved: Vec<Moved> = rows.iter().filter_map(|row| moved(seen, fresh, row)).collect();
    if !moved.is_empty() {
        return Err(Objection::Moved(moved));
    }
    if seen.confirmation == Confirmation::Press {
        // Rows that only an override lets in may ask for more than the plan did without them.
        typed(&fresh.confirmation, yes)?;
    }
    let open: Vec<&Change> = fresh.changes.iter().filter(|c| rows.iter().any(|row| row.index == c.index)).collect();
    if let Some(verdict) = open.iter().flat_map(|change| &change.verdicts).find(|verdict| over.leaves(verdict)) {
        return Err(Objection::Blocked(verdict.clone()));
    }
    match overall(&open).into_iter().find(|verdict| over.leaves(verdict)) {
        Some(verdict) => Err(Objection::Blocked(verdict)),
        None => Ok(open),
    }
}

fn typed(asks: &Confirmation, yes: &Yes) -> Result<(), Objection> {
    match asks {
        Confirmation::Type { text } if yes.typed.as_deref().map(str::trim) != Some(text.as_str()) => {
            Err(Objection::Mistyped(text.clone()))
        }
        _ => Ok(()),
    }
}

/// What changed of the facts under a row; `None` when nothing did.
fn moved(seen: &Plan, fresh: &Plan, row: &Change) -> Option<Moved> {
    let at = row.index as usize;
    let name = row.target.name.clone();
    let (Some(before), Some(now)) = (seen.basis.get(at), fresh.basis.get(at)) else {
        return Some(Moved { name, gone: true, facts: Vec::new() });
    };
    if before.key == now.key && before.version == now.version {
        return None;
    }
    if now.version.split('+').next() == Some(ABSENT) {
        return Some(Moved { name, gone: true, facts: Vec::new() });
    }
    let fields: BTreeSet<&String> = before.facts.keys().chain(now.facts.keys()).collect();
    let change = |field: &&String| FactChange {
        field: (*field).clone(),
        before: before.facts.get(*field).cloned(),
        after: now.facts.get(*field).cloned(),
    };
    // A plan of before facts were kept cannot say which.
    let known = !before.facts.is_empty();
    let facts = fields.iter().map(change).filter(|fact| known && fact.before != fact.after).collect();
    Some(Moved { name, gone: false, facts })
}

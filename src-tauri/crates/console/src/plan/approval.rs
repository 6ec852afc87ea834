//! Whether a person's yes may be carried out: the plan they saw against the facts of now.

use std::collections::BTreeSet;

use super::{Change, Confirmation, Plan, Ruling, Verdict};

/// A person's yes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Yes {
    /// Rows left out.
    pub excluded: BTreeSet<u32>,
    /// What was typed.
    pub typed: Option<String>,
}

/// Why a plan cannot be applied. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// These targets' facts changed since.
    Moved(Vec<String>),
    /// A guardrail blocks the plan as a whole.
    Blocked(Verdict),
    /// What was typed is not what the plan asks for.
    Mistyped,
    /// No row is left to be carried out.
    NothingLeft,
    /// A row that the plan does not have.
    NoSuchRow(u32),
}

/// The rows of `seen` that a person said yes to, if they may be carried out. `fresh` is the same plan computed from the
/// facts of now; `overall` the guardrails over the rows that remain.
///
/// # Errors
/// See [`Objection`].
pub fn accept<'a>(
    seen: &'a Plan,
    fresh: &Plan,
    yes: &Yes,
    overall: impl FnOnce(&[&Change]) -> Vec<Verdict>,
) -> Result<Vec<&'a Change>, Objection> {
    if let Some(stray) = yes.excluded.iter().find(|index| !seen.changes.iter().any(|c| c.index == **index)) {
        return Err(Objection::NoSuchRow(*stray));
    }
    if let Confirmation::Type { text } = &seen.confirmation
        && yes.typed.as_deref().map(str::trim) != Some(text.as_str())
    {
        return Err(Objection::Mistyped);
    }
    let rows: Vec<&Change> = seen.changes.iter().filter(|c| !c.blocked() && !yes.excluded.contains(&c.index)).collect();
    if rows.is_empty() {
        return Err(Objection::NothingLeft);
    }
    let moved: Vec<String> =
        rows.iter().filter(|row| moved(seen, fresh, row)).map(|row| row.target.name.clone()).collect();
    if !moved.is_empty() {
        return Err(Objection::Moved(moved));
    }
    let open: Vec<&Change> = fresh.changes.iter().filter(|c| rows.iter().any(|row| row.index == c.index)).collect();
    match overall(&open).into_iter().find(|v| v.ruling == Ruling::Block) {
        Some(verdict) => Err(Objection::Blocked(verdict)),
        None => Ok(rows),
    }
}

/// Whether the facts under a row, or what a guardrail says about it, changed.
fn moved(seen: &Plan, fresh: &Plan, row: &Change) -> bool {
    let at = row.index as usize;
    let version = |plan: &Plan| plan.basis.get(at).map(|b| (b.key.clone(), b.version.clone()));
    let blocked = fresh.changes.get(at).is_none_or(Change::blocked);
    blocked || version(seen).is_none() || version(seen) != version(fresh)
}

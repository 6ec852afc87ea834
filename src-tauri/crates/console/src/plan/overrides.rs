//! Setting oneself over a guardrail: which ones, why, and what that changes. An override of one guardrail never touches
//! another one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Plan, Ruling, Verdict};
use crate::fault::{ErrorCode, Fault};

/// Fewest characters of a reason.
pub const LEAST_REASON: usize = 10;
/// Most characters of a reason.
pub const MOST_REASON: usize = 500;

/// A person sets themselves over a guardrail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Override {
    /// Guardrail, as its verdict names it.
    pub guardrail: String,
    /// Why; 10 to 500 characters.
    pub reason: String,
}

/// The guardrails that somebody set themselves over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overridden(BTreeSet<String>);

impl Overridden {
    /// Of these overrides.
    pub fn of<'a>(overrides: impl IntoIterator<Item = &'a Override>) -> Self {
        Self(overrides.into_iter().map(|one| one.guardrail.clone()).collect())
    }

    /// Whether it was set aside.
    pub fn has(&self, guardrail: &str) -> bool {
        self.0.contains(guardrail)
    }

    /// Whether a verdict still keeps out what it is about.
    pub fn leaves(&self, verdict: &Verdict) -> bool {
        verdict.blocks() && !(verdict.overridable && self.has(&verdict.guardrail))
    }

    /// Turns blocks that were set aside into warnings.
    pub fn soften(&self, verdicts: &mut [Verdict]) {
        for verdict in verdicts {
            if verdict.blocks() && !self.leaves(verdict) {
                verdict.ruling = Ruling::Warn;
            }
        }
    }
}

/// Overrides as they are kept: reasons trimmed, each guardrail once.
///
/// # Errors
/// `InvalidInput` when a reason is too short or too long, or a guardrail is named twice.
pub fn checked(given: &[Override]) -> Result<Vec<Override>, Fault> {
    let mut kept: Vec<Override> = Vec::with_capacity(given.len());
    for one in given {
        let reason = one.reason.trim();
        let length = reason.chars().count();
        let problem = if kept.iter().any(|other| other.guardrail == one.guardrail) {
            format!("{} is named twice", one.guardrail)
        } else if length < LEAST_REASON {
            format!("the reason for {} needs at least {LEAST_REASON} characters", one.guardrail)
        } else if length > MOST_REASON {
            format!("the reason for {} is longer than {MOST_REASON} characters", one.guardrail)
        } else {
            kept.push(Override { guardrail: one.guardrail.clone(), reason: reason.to_owned() });
            continue;
        };
        return Err(refused(problem));
    }
    Ok(kept)
}

/// Whether a plan has each of these guardrails, and lets people set themselves over it.
///
/// # Errors
/// `InvalidInput` that names the one that it has not, or that nobody can set themselves over.
pub fn fitting(plan: &Plan, overrides: &[Override]) -> Result<(), Fault> {
    let verdicts = || plan.changes.iter().flat_map(|change| &change.verdicts).chain(&plan.verdicts);
    for one in overrides {
        let mut named = verdicts().filter(|verdict| verdict.guardrail == one.guardrail).peekable();
        if named.peek().is_none() {
            return Err(refused(format!("the plan does not meet {}", one.guardrail)));
        }
        if !named.any(|verdict| verdict.overridable) {
            return Err(refused(format!("nobody can set themselves over {}", one.guardrail)));
        }
    }
    Ok(())
}

fn refused(problem: String) -> Fault {
    Fault::with(ErrorCode::InvalidInput, [("field", "overrides".to_owned()), ("problem", problem)])
}

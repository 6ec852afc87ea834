//! Where each step of an action stands, and from which ones a failed action may be repeated.

use std::collections::BTreeSet;

use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord},
    rusqlite::Connection,
};
use rackdesk_wire::Effect;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use super::{
    ActionState,
    kinds::{self, Kind, Lane, Step},
};
use crate::{plan::Phrase, record::timeline::phrase};

/// Under which name a step that a person left out says so among what is carried.
pub(super) const SKIPPED: &str = "skipped";

/// How far a step of an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StepStanding {
    /// Done and proven, or nothing had to be done.
    Done,
    /// Left out by a person.
    Skipped,
    /// The action stands at it.
    Here,
    /// The action ended at it.
    Ended,
    /// Still to come.
    Ahead,
}

/// One step of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepState {
    /// Name, unique within the kind.
    pub name: &'static str,
    /// Whose slot it takes.
    pub lane: Lane,
    /// What its call does.
    pub effect: Effect,
    /// How far it is.
    pub standing: StepStanding,
    /// Why the action cannot be repeated from here; `None` when it can.
    pub refused: Option<Phrase>,
}

/// The steps of an action in their order; none when its kind is not known.
///
/// # Errors
/// When the queue cannot be read.
pub fn standing(c: &Connection, action: &ActionRecord) -> Result<Vec<StepState>, StoreError> {
    let Some(kind) = kinds::named(&action.kind) else { return Ok(Vec::new()) };
    let failed = action.state == ActionState::Failed.name();
    let happened = if failed { happened(c, action)? } else { BTreeSet::new() };
    let steps = kind.steps();
    let at = stage(action);
    let row = |(index, step): (usize, &&dyn Step)| StepState {
        name: step.name(),
        lane: step.lane(),
        effect: step.effect(),
        standing: stands(action, step.name(), index),
        refused: match failed {
            true if index > at => Some(Phrase::new("verb.not_reached", [])),
            true => repeats(&steps[index..=at.min(steps.len() - 1)], &happened),
            false => Some(Phrase::new("verb.not_failed", [])),
        },
    };
    Ok(steps.iter().enumerate().map(row).collect())
}

fn stands(action: &ActionRecord, name: &str, index: usize) -> StepStanding {
    let at = stage(action);
    let state = ActionState::named(&action.state);
    let left_out = |kept: Option<&str>, of: &str| {
        let kept: Option<Value> = kept.and_then(|text| serde_json::from_str(text).ok());
        kept.is_some_and(|kept| kept.pointer(of).is_some())
    };
    if index > at {
        return StepStanding::Ahead;
    }
    if index < at {
        let skipped = left_out(action.carried.as_deref(), &format!("/{name}/{SKIPPED}"));
        return if skipped { StepStanding::Skipped } else { StepStanding::Done };
    }
    match state {
        Some(ActionState::Succeeded) if left_out(action.result.as_deref(), &format!("/{SKIPPED}")) => {
            StepStanding::Skipped
        }
        Some(ActionState::Succeeded) => StepStanding::Done,
        Some(state) if state.is_final() => StepStanding::Ended,
        _ => StepStanding::Here,
    }
}

/// Index of the step an action stands at.
pub(super) fn stage(action: &ActionRecord) -> usize {
    usize::try_from(action.stage).unwrap_or(usize::MAX)
}

/// Why these steps may not be done again: one of them happened, and doing it twice is not the same as doing it once.
fn repeats(steps: &[&dyn Step], happened: &BTreeSet<String>) -> Option<Phrase> {
    let twice = |step: &&&dyn Step| {
        matches!(step.effect(), Effect::Once | Effect::Billable | Effect::Destructive) && happened.contains(step.name())
    };
    let step = steps.iter().find(twice)?;
    Some(Phrase::new("verb.happened", [("step", step.name().to_owned())]))
}

/// The steps that are proven to have happened, in this action or in those that it repeats.
fn happened(c: &Connection, action: &ActionRecord) -> Result<BTreeSet<String>, StoreError> {
    let mut steps = BTreeSet::new();
    let mut next = Some(action.id);
    while let Some(id) = next {
        let attempts = queue::attempts(c, id)?.into_iter().filter(|attempt| attempt.outcome == "applied");
        steps.extend(attempts.map(|attempt| attempt.step));
        // Numbers grow, so that this comes to an end whatever the rows say.
        next = repeated(c, id)?.filter(|before| *before < id);
    }
    Ok(steps)
}

/// The action that one repeats, by its first event.
fn repeated(c: &Connection, id: i64) -> Result<Option<i64>, StoreError> {
    let first = queue::events(c, id)?.into_iter().next();
    let says = first.and_then(|event| phrase(event.detail.as_deref())).filter(|says| says.code == "event.repeats");
    Ok(says.and_then(|says| says.params.get("action")?.parse().ok()))
}

/// Why the step an action stands at cannot be left out; `None` when it can.
pub(super) fn skip_refused(kind: Option<&dyn Kind>, state: ActionState, at: usize) -> Option<Phrase> {
    let steps = kind.map(Kind::steps).unwrap_or_default();
    match state {
        ActionState::Succeeded | ActionState::Cancelled => return Some(Phrase::new("verb.ended", [])),
        ActionState::Unknown => return Some(Phrase::new("verb.settle_first", [])),
        ActionState::Running => return Some(Phrase::new("verb.at_work", [])),
        ActionState::Ready => return Some(Phrase::new("verb.hold_first", [])),
        ActionState::Held | ActionState::Retryable | ActionState::Failed => {}
    }
    let step = steps.get(at)?;
    if steps.len() < 2 {
        return Some(Phrase::new("verb.one_step", []));
    }
    // What the steps behind it work on is what this one buys.
    let made = step.effect() == Effect::Billable && at + 1 < steps.len();
    made.then(|| Phrase::new("verb.needed_behind", [("step", step.name().to_owned())]))
}

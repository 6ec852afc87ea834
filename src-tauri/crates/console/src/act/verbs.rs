//! What a person may do with an action, and why not; every verb leaves the operator and the reason in the history.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, Enqueued, EvidenceRecord, NewAction},
    rusqlite::Connection,
};

use super::{
    ActionState, ActionVerb, STEP_CHECK, kinds,
    policy::EnginePolicy,
    reconcile::later,
    transition::{Move, Refused, Transition, make, to_json},
    worker::wait_for_provider,
};
use crate::{
    fault::{ErrorCode, Fault},
    plan::Phrase,
};

/// Longest reason that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// A verb, and whether it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Verb.
    pub verb: ActionVerb,
    /// Why it is not offered; `None` when it is.
    pub refused: Option<Phrase>,
    /// Whether a reason must be typed.
    pub needs_reason: bool,
}

impl ActionVerb {
    /// All verbs, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::LookAgain, Self::MarkDone, Self::MarkNotDone, Self::RetryNow, Self::Hold, Self::Release, Self::Cancel];

    /// Whether a reason must be typed.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::MarkDone | Self::MarkNotDone)
    }

    /// Its name over IPC.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Release => "release",
            Self::RetryNow => "retry_now",
            Self::Cancel => "cancel",
            Self::LookAgain => "look_again",
            Self::MarkDone => "mark_done",
            Self::MarkNotDone => "mark_not_done",
        }
    }

    const fn transition(self) -> Transition {
        match self {
            Self::Hold => Transition::Hold,
            Self::Release => Transition::Release,
            Self::RetryNow => Transition::RetryNow,
            Self::Cancel => Transition::Cancel,
            Self::LookAgain => Transition::LookAgain,
            Self::MarkDone => Transition::MarkDone,
            Self::MarkNotDone => Transition::MarkNotDone,
        }
    }
}

/// The verbs of an action. Each keeps its place; what cannot be done says why.
pub fn choices(state: ActionState, stage: i64, evidence: &[EvidenceRecord]) -> Vec<Choice> {
    let choice = |verb: ActionVerb| Choice {
        verb,
        refused: refusal(verb, state, evidence),
        needs_reason: needs_reason(verb, stage),
    };
    ActionVerb::ALL.into_iter().map(choice).collect()
}

/// Whether a reason must be typed: also for giving up what was begun.
const fn needs_reason(verb: ActionVerb, stage: i64) -> bool {
    verb.needs_reason() || (matches!(verb, ActionVerb::Cancel) && stage > 0)
}

fn refusal(verb: ActionVerb, state: ActionState, evidence: &[EvidenceRecord]) -> Option<Phrase> {
    if verb == ActionVerb::MarkNotDone
        && state == ActionState::Unknown
        && let Some(speaks) = evidence.iter().find(|e| e.speaks_for == "applied")
    {
        return Some(Phrase::new("verb.evidence_against", [("source", speaks.source.clone())]));
    }
    let again = verb == ActionVerb::RetryNow && state == ActionState::Failed;
    if again || verb.transition().from(state).is_some() {
        return None;
    }
    Some(match (verb, state) {
        (_, state) if state.is_final() => Phrase::new("verb.ended", []),
        (ActionVerb::Hold | ActionVerb::Cancel, ActionState::Running | ActionState::Unknown) => {
            Phrase::new("verb.sent", [])
        }
        (ActionVerb::LookAgain | ActionVerb::MarkDone | ActionVerb::MarkNotDone, _) => {
            Phrase::new("verb.not_unknown", [])
        }
        (ActionVerb::Hold, _) => Phrase::new("verb.held_already", []),
        (ActionVerb::Release, _) => Phrase::new("verb.not_held", []),
        (ActionVerb::RetryNow, ActionState::Unknown) => Phrase::new("verb.settle_first", []),
        (ActionVerb::RetryNow, _) => Phrase::new("verb.nothing_to_retry", []),
        (ActionVerb::Cancel, _) => Phrase::new("verb.ended", []),
    })
}

/// Whose verb it is, why, and when.
#[derive(Debug, Clone, Copy)]
pub struct Saying<'a> {
    /// Operator.
    pub by: &'a str,
    /// Reason, as typed.
    pub reason: Option<&'a str>,
    /// Now.
    pub now: Timestamp,
}

/// Does a verb. The number returned is the action's own, or that of the fresh one a failed action was repeated as.
///
/// # Errors
/// The outer error when the store fails; the inner one says why nothing was done.
pub fn apply(
    c: &Connection,
    id: i64,
    verb: ActionVerb,
    saying: Saying<'_>,
    policy: &EnginePolicy,
) -> Result<Result<i64, Fault>, StoreError> {
    let Some(action) = queue::action(c, id)? else {
        return Ok(Err(Fault::with(ErrorCode::NotFound, [("what", format!("A-{id}"))])));
    };
    let reason = match checked_reason(needs_reason(verb, action.stage), saying.reason) {
        Ok(reason) => reason,
        Err(fault) => return Ok(Err(fault)),
    };
    let state = ActionState::named(&action.state).ok_or_else(|| StoreError::row("action.state is no state"))?;
    let evidence = queue::evidence(c, id)?;
    if let Some(refused) = refusal(verb, state, &evidence) {
        let why = Fault::with(ErrorCode::StateForbids, [("state", state.name().to_owned()), ("why", refused.code)]);
        return Ok(Err(why));
    }
    if verb == ActionVerb::RetryNow && state == ActionState::Failed {
        return repeat(c, &action, saying, reason, policy);
    }
    if let Some(outcome) = settles(verb) {
        settle_by_person(c, &action, outcome, saying, reason.as_deref())?;
    }
    // One of several steps: what comes after it is still to be done.
    let steps = kinds::named(&action.kind).map_or(1, |kind| kind.steps().len());
    let more = verb == ActionVerb::MarkDone && usize::try_from(action.stage).is_ok_and(|stage| stage + 1 < steps);
    let transition = if more { Transition::MarkApplied } else { verb.transition() };
    let mut mv = Move::person(transition, saying.now, saying.by);
    if let Some(reason) = reason {
        mv = mv.saying(Phrase::new("event.reason", [("reason", reason)]));
    }
    let deadline = later(saying.now, policy.start_within);
    let made = make(c, id, None, mv, |a| match verb {
        ActionVerb::LookAgain => a.next_at = Some(saying.now),
        // A person has just looked at it: the time to start it runs anew.
        ActionVerb::Release | ActionVerb::RetryNow => a.deadline = Some(deadline),
        ActionVerb::Hold => {
            let held = Phrase::new("waits.held", [("by", saying.by.to_owned())]);
            a.waits = Some(to_json(&held));
        }
        ActionVerb::MarkDone if more => wait_for_provider(a, saying.now, deadline),
        ActionVerb::Cancel | ActionVerb::MarkDone | ActionVerb::MarkNotDone => {}
    })?;
    // An attempt may have been settled above: a refusal must take that back.
    made.map(|after| Ok(after.id)).map_err(|refused: Refused| StoreError::Constraint { detail: refused.to_string() })
}

fn checked_reason(needed: bool, typed: Option<&str>) -> Result<Option<String>, Fault> {
    let reason = typed.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let invalid = |problem: &str| {
        Fault::with(ErrorCode::InvalidInput, [("field", "reason".to_owned()), ("problem", problem.to_owned())])
    };
    match &reason {
        None if needed => Err(invalid("is missing")),
        Some(text) if text.chars().count() > LONGEST_REASON => Err(invalid("is longer than 500 characters")),
        _ => Ok(reason),
    }
}

const fn settles(verb: ActionVerb) -> Option<&'static str> {
    match verb {
        ActionVerb::MarkDone => Some("applied"),
        ActionVerb::MarkNotDone => Some("not_applied"),
        _ => None,
    }
}

fn settle_by_person(
    c: &Connection,
    action: &ActionRecord,
    outcome: &str,
    saying: Saying<'_>,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let Some(attempt) = queue::last_attempt(c, action.id)? else { return Ok(()) };
    let words = [("by", saying.by.to_owned()), ("reason", reason.unwrap_or_default().to_owned())];
    let says = to_json(&Phrase::new("evidence.person", words));
    queue::settle_attempt(c, action.id, attempt.number, outcome, None, Some(&says))?;
    queue::add_evidence(
        c,
        &EvidenceRecord {
            action_id: action.id,
            attempt: attempt.number,
            at: saying.now,
            source: "person".into(),
            speaks_for: outcome.into(),
            says,
        },
    )
}

/// A failed action is history; the same wish again is a new one.
fn repeat(
    c: &Connection,
    old: &ActionRecord,
    saying: Saying<'_>,
    reason: Option<String>,
    policy: &EnginePolicy,
) -> Result<Result<i64, Fault>, StoreError> {
    let new = NewAction {
        kind: old.kind.clone(),
        input: old.input.clone(),
        target: old.target.clone(),
        resource_key: old.resource_key.clone(),
        unique_key: old.unique_key.clone(),
        lane: old.lane.clone(),
        priority: old.priority,
        state: ActionState::Ready.name().into(),
        step: STEP_CHECK.into(),
        // What was done stays done: it begins at the step that failed.
        stage: old.stage,
        carried: old.carried.clone(),
        not_before: None,
        deadline: Some(later(saying.now, policy.start_within)),
        plan: old.plan,
        by: saying.by.to_owned(),
        reason: reason.or_else(|| old.reason.clone()),
        at: saying.now,
        detail: Some(to_json(&Phrase::new("event.repeats", [("action", old.id.to_string())]))),
    };
    Ok(match queue::enqueue(c, &new)? {
        Enqueued::New(id) => {
            queue::move_needs(c, old.id, id)?;
            Ok(id)
        }
        Enqueued::Open(other) | Enqueued::Differs(other) => Err(Fault::with(
            ErrorCode::StateForbids,
            [("state", old.state.clone()), ("why", "rule.busy".to_owned()), ("action", other.to_string())],
        )),
    })
}

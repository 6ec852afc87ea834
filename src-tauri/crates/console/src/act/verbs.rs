//! What a person may do with an action, and why not; every verb leaves the operator and the reason in the history.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, Enqueued, EvidenceRecord, NewAction},
    rusqlite::Connection,
};

use super::{
    ActionState, ActionVerb, STEP_CHECK, board, kinds,
    policy::EnginePolicy,
    reconcile::later,
    steps::{self, SKIPPED, StepState},
    transition::{Move, Refused, Transition, make, to_json},
    worker::{go_on, wait_for_provider},
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
    pub const ALL: [Self; 9] = [
        Self::LookAgain,
        Self::MarkDone,
        Self::MarkNotDone,
        Self::RetryNow,
        Self::RetryFrom,
        Self::Skip,
        Self::Hold,
        Self::Release,
        Self::Cancel,
    ];

    /// Whether a reason must be typed.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::MarkDone | Self::MarkNotDone | Self::Skip)
    }

    /// Its name over IPC.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Release => "release",
            Self::RetryNow => "retry_now",
            Self::RetryFrom => "retry_from",
            Self::Skip => "skip",
            Self::Cancel => "cancel",
            Self::LookAgain => "look_again",
            Self::MarkDone => "mark_done",
            Self::MarkNotDone => "mark_not_done",
        }
    }

    /// The move of the verbs that are one move of the action itself.
    const fn transition(self) -> Option<Transition> {
        Some(match self {
            Self::Hold => Transition::Hold,
            Self::Release => Transition::Release,
            Self::RetryNow => Transition::RetryNow,
            Self::Cancel => Transition::Cancel,
            Self::LookAgain => Transition::LookAgain,
            Self::MarkDone => Transition::MarkDone,
            Self::MarkNotDone => Transition::MarkNotDone,
            Self::RetryFrom | Self::Skip => return None,
        })
    }
}

/// The verbs of an action. Each keeps its place; what cannot be done says why.
///
/// # Errors
/// When the queue cannot be read.
pub fn choices(c: &Connection, action: &ActionRecord) -> Result<Vec<Choice>, StoreError> {
    let situation = Situation::read(c, action)?;
    let choice = |verb: ActionVerb| Choice {
        verb,
        refused: situation.refusal(verb),
        needs_reason: needs_reason(verb, action.stage),
    };
    Ok(ActionVerb::ALL.into_iter().map(choice).collect())
}

/// Whether a reason must be typed: also for giving up what was begun.
const fn needs_reason(verb: ActionVerb, stage: i64) -> bool {
    verb.needs_reason() || (matches!(verb, ActionVerb::Cancel) && stage > 0)
}

/// What decides which verbs an action takes.
struct Situation<'a> {
    action: &'a ActionRecord,
    state: ActionState,
    evidence: Vec<EvidenceRecord>,
    steps: Vec<StepState>,
}

impl<'a> Situation<'a> {
    fn read(c: &Connection, action: &'a ActionRecord) -> Result<Self, StoreError> {
        let state = ActionState::named(&action.state).ok_or_else(|| StoreError::row("action.state is no state"))?;
        Ok(Self { action, state, evidence: queue::evidence(c, action.id)?, steps: steps::standing(c, action)? })
    }

    fn refusal(&self, verb: ActionVerb) -> Option<Phrase> {
        let state = self.state;
        // Nobody goes on with what cannot be read; it can be taken back where nothing was sent.
        if let Some(damaged) = board::damaged(self.action).filter(|_| verb != ActionVerb::Cancel) {
            return Some(damaged);
        }
        match (verb, state) {
            (ActionVerb::MarkNotDone, ActionState::Unknown) => {
                let against = self.evidence.iter().find(|e| e.speaks_for == "applied");
                return against.map(|e| Phrase::new("verb.evidence_against", [("source", e.source.clone())]));
            }
            (ActionVerb::Skip, _) => {
                return steps::skip_refused(kinds::named(&self.action.kind), state, steps::stage(self.action));
            }
            (ActionVerb::RetryNow, ActionState::Failed) => return self.at_failed().and_then(|s| s.refused.clone()),
            (ActionVerb::RetryFrom, ActionState::Failed) => {
                let first = self.steps.iter().find_map(|s| s.refused.clone());
                let some = self.steps.iter().any(|s| s.refused.is_none());
                let one = (self.steps.len() < 2).then(|| Phrase::new("verb.one_step", []));
                return one.or_else(|| first.filter(|_| !some));
            }
            _ => {}
        }
        if verb.transition().is_some_and(|transition| transition.from(state).is_some()) {
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
            (ActionVerb::RetryFrom, _) => Phrase::new("verb.not_failed", []),
            (ActionVerb::Cancel | ActionVerb::Skip, _) => Phrase::new("verb.ended", []),
        })
    }

    /// The step it failed at.
    fn at_failed(&self) -> Option<&StepState> {
        self.steps.get(steps::stage(self.action))
    }
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

fn state_forbids(state: ActionState, why: Phrase) -> Fault {
    let mut fault = Fault::with(ErrorCode::StateForbids, [("state", state.name().to_owned()), ("why", why.code)]);
    for (name, value) in why.params {
        fault.params.entry(name).or_insert(value);
    }
    fault
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
    let situation = Situation::read(c, &action)?;
    if let Some(refused) = situation.refusal(verb) {
        return Ok(Err(state_forbids(situation.state, refused)));
    }
    let deadline = later(saying.now, policy.start_within);
    match (verb, situation.state) {
        (ActionVerb::RetryNow | ActionVerb::RetryFrom, ActionState::Failed) => {
            return again(c, &action, Again::at(&action), saying, reason, deadline);
        }
        (ActionVerb::Skip, ActionState::Failed) => {
            // What failed is history: a fresh one takes its place, and that one leaves the step out.
            let held = Again { state: ActionState::Held, ..Again::at(&action) };
            let fresh = match again(c, &action, held, saying, None, deadline)? {
                Ok(fresh) => fresh,
                Err(fault) => return Ok(Err(fault)),
            };
            let fresh = queue::action(c, fresh)?.ok_or(StoreError::NotFound)?;
            return skip(c, &fresh, saying, reason.unwrap_or_default()).map(Ok);
        }
        (ActionVerb::Skip, _) => return skip(c, &action, saying, reason.unwrap_or_default()).map(Ok),
        _ => {}
    }
    if let Some(outcome) = settles(verb) {
        settle_by_person(c, &action, outcome, saying, reason.as_deref())?;
    }
    // One of several steps: what comes after it is still to be done.
    let more = verb == ActionVerb::MarkDone && steps::stage(&action) + 1 < situation.steps.len();
    let transition = if more { Some(Transition::MarkApplied) } else { verb.transition() };
    let Some(transition) = transition else { return Ok(Ok(id)) };
    let mut mv = Move::person(transition, saying.now, saying.by);
    if let Some(reason) = reason {
        mv = mv.saying(Phrase::new("event.reason", [("reason", reason)]));
    }
    let made = make(c, id, None, mv, |a| match verb {
        ActionVerb::LookAgain => a.next_at = Some(saying.now),
        // A person has just looked at it: the time to start it runs anew.
        ActionVerb::RetryNow => a.deadline = Some(deadline),
        ActionVerb::Release => a.deadline = Some(later(a.next_at.unwrap_or(saying.now), policy.start_within)),
        ActionVerb::Hold => {
            let held = Phrase::new("waits.held", [("by", saying.by.to_owned())]);
            a.waits = Some(to_json(&held));
        }
        ActionVerb::MarkDone if more => wait_for_provider(a, saying.now, deadline),
        _ => {}
    })?;
    // An attempt may have been settled above: a refusal must take that back.
    taken(made)
}

fn taken(made: Result<ActionRecord, Refused>) -> Result<Result<i64, Fault>, StoreError> {
    made.map(|after| Ok(after.id)).map_err(|refused| StoreError::Constraint { detail: refused.to_string() })
}

/// Repeats a failed action as a fresh one from a step on. What is proven to have happened, and would be something else
/// when done twice, is not repeated.
///
/// # Errors
/// The outer error when the store fails; the inner one says why nothing was done.
pub fn retry_from(
    c: &Connection,
    id: i64,
    step: &str,
    saying: Saying<'_>,
    policy: &EnginePolicy,
) -> Result<Result<i64, Fault>, StoreError> {
    let Some(action) = queue::action(c, id)? else {
        return Ok(Err(Fault::with(ErrorCode::NotFound, [("what", format!("A-{id}"))])));
    };
    let reason = match checked_reason(false, saying.reason) {
        Ok(reason) => reason,
        Err(fault) => return Ok(Err(fault)),
    };
    let situation = Situation::read(c, &action)?;
    let Some(stage) = situation.steps.iter().position(|s| s.name == step) else {
        let names: Vec<_> = situation.steps.iter().map(|s| s.name).collect();
        let problem = format!("is none of its steps: {}", names.join(", "));
        return Ok(Err(Fault::with(ErrorCode::InvalidInput, [("field", "step".to_owned()), ("problem", problem)])));
    };
    let from = &situation.steps[stage];
    if let Some(refused) = situation.refusal(ActionVerb::RetryFrom).or_else(|| from.refused.clone()) {
        return Ok(Err(state_forbids(situation.state, refused)));
    }
    let behind: Vec<_> = situation.steps[stage..].iter().map(|s| s.name).collect();
    let again_from = Again {
        stage: i64::try_from(stage).unwrap_or(i64::MAX),
        lane: from.lane.name().to_owned(),
        carried: without(action.carried.as_deref(), &behind),
        state: ActionState::Ready,
    };
    again(c, &action, again_from, saying, reason, later(saying.now, policy.start_within))
}

/// What was carried, without what some steps brought: they are done anew.
fn without(carried: Option<&str>, steps: &[&str]) -> Option<String> {
    let mut kept: serde_json::Map<String, serde_json::Value> = serde_json::from_str(carried?).ok()?;
    kept.retain(|name, _| !steps.contains(&name.as_str()));
    Some(serde_json::Value::Object(kept).to_string())
}

/// Leaves out the step an action stands at.
fn skip(c: &Connection, action: &ActionRecord, saying: Saying<'_>, reason: String) -> Result<i64, StoreError> {
    let kind = kinds::named(&action.kind).ok_or(StoreError::NotFound)?;
    let steps = kind.steps();
    let at = steps::stage(action);
    let name = steps.get(at).map_or("", |step| step.name());
    let next = steps.get(at + 1).map(|step| step.lane());
    let transition = if next.is_some() { Transition::Skip } else { Transition::LeaveRest };
    let left = serde_json::json!({ SKIPPED: { "step": name, "by": saying.by, "reason": reason } });
    let says = Phrase::new("event.skipped", [("step", name.to_owned()), ("reason", reason)]);
    let mv = Move::person(transition, saying.now, saying.by).saying(says);
    let made = make(c, action.id, None, mv, |a| match next {
        Some(lane) => go_on(a, name, &left, lane),
        None => a.result = Some(left.to_string()),
    })?;
    made.map(|after| after.id).map_err(|refused| StoreError::Constraint { detail: refused.to_string() })
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
    // What is damaged of it takes no decision out of a person's hands.
    let Some(attempt) = queue::last_stand(c, action.id)? else { return Ok(()) };
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

/// How a failed action is done again.
struct Again {
    /// The step it begins at.
    stage: i64,
    /// That step's lane.
    lane: String,
    /// What the steps before it brought.
    carried: Option<String>,
    /// Held or ready.
    state: ActionState,
}

impl Again {
    /// What was done stays done: it begins at the step that failed.
    fn at(old: &ActionRecord) -> Self {
        Self { stage: old.stage, lane: old.lane.clone(), carried: old.carried.clone(), state: ActionState::Ready }
    }
}

/// A failed action is history; the same wish again is a new one.
fn again(
    c: &Connection,
    old: &ActionRecord,
    again: Again,
    saying: Saying<'_>,
    reason: Option<String>,
    deadline: Timestamp,
) -> Result<Result<i64, Fault>, StoreError> {
    let new = NewAction {
        kind: old.kind.clone(),
        input: old.input.clone(),
        target: old.target.clone(),
        resource_key: old.resource_key.clone(),
        unique_key: old.unique_key.clone(),
        lane: again.lane,
        priority: old.priority,
        state: again.state.name().into(),
        step: STEP_CHECK.into(),
        stage: again.stage,
        carried: again.carried,
        not_before: None,
        deadline: Some(deadline),
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

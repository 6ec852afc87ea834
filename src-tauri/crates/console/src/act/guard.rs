//! The guardrails' last word, asked between the look before a send and its journal. Only reads.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError, policy as counted,
    queue::{self, ActionRecord, TargetKind},
    rusqlite::Connection,
};
use serde_json::Value;

use super::{
    STEP_CHECK,
    kinds::{self, Kind, Step, Trouble},
    reconcile::later,
    settle::Settle,
    transition::{Move, Transition, make, to_json},
    worker::Hand,
};
use crate::{
    plan::{
        Phrase, Verdict, facts,
        guardrails::{DAY, Gate, HOUR, MONTH, Sending, at_send, behind, buying_kinds, buys},
        history::{ago, spent_within},
        yeses::Approval,
    },
    policy::{Policy, kept::current},
};

/// A step that the guardrails let through; with what they are asked about, when others may fill the same limit before it
/// is sent.
pub(super) struct Passed(Option<Asked>);

impl Passed {
    /// Asks once more where a limit is counted, within the transaction that marks the send: of two that find room for one
    /// at the same time, one is sent. `None` when it may be sent.
    pub(super) fn counted(&self, c: &Connection, began: &Policy, now: Timestamp) -> Result<Option<Gate>, StoreError> {
        let Some(asked) = &self.0 else { return Ok(None) };
        Ok(Some(asked.gate(c, began, now)?).filter(|gate| *gate != Gate::Open))
    }
}

/// Whether an action goes on by itself: a step of it is done. One that a person repeats from a later step on begins
/// anew, however much another action did before it.
pub(super) fn begun(c: &Connection, action: &ActionRecord) -> Result<bool, StoreError> {
    Ok(action.stage > 0 && counted::advanced(c, action.id)?)
}

/// What allows a send cannot be read: nothing is sent, and it is asked again.
pub(super) fn rules_unread(error: &StoreError) -> Trouble {
    let says = Phrase::new("action.rules_unread", [("why", error.to_string())]);
    Trouble { lasting: false, ..Trouble::hopeless(says) }
}

impl Hand<'_> {
    /// Whether a step may be sent now. When not (`None`), the action was put where it waits, with the reason; nothing was
    /// sent.
    pub(super) async fn let_through(
        &self,
        action: &ActionRecord,
        kind: &'static dyn Kind,
        step: &dyn Step,
    ) -> Result<Option<Passed>, StoreError> {
        let now = self.worker.now();
        let began = self.worker.policy.rails.clone();
        let asked =
            Asked { action: action.clone(), kind, effect: step.effect(), buys: buys(step.lane(), step.effect()) };
        let limited = asked.limited().then(|| asked.clone());
        match self.worker.deps.store.peek_async(move |c| asked.gate(c, &began, now)).await? {
            Gate::Open => Ok(Some(Passed(limited))),
            gate => {
                self.keep_back(action, Settle::default(), gate).await?;
                Ok(None)
            }
        }
    }

    /// Puts an action where it waits, with the reason, and settles its attempt, when one was written down already.
    pub(super) async fn keep_back(&self, action: &ActionRecord, settle: Settle, gate: Gate) -> Result<(), StoreError> {
        let now = self.worker.now();
        match gate {
            Gate::Open => Ok(()),
            Gate::Later { at, stays, says } => {
                // Whatever it waits for, it is given up in its time, unless it waits for its own window. What goes on
                // by itself is never given up, so that its time may be over.
                let ends = action.deadline.filter(|deadline| !stays && *deadline > now);
                let next = ends.map_or(at, |deadline| at.min(deadline));
                let until = stays.then(|| later(at, self.worker.policy.start_within));
                let mv = Move::engine(Transition::PutBack, now).saying(says.clone());
                let waits = to_json(&says);
                self.conclude(action, settle, mv, move |a| {
                    STEP_CHECK.clone_into(&mut a.step);
                    a.next_at = Some(next);
                    a.waits = Some(waits.clone());
                    a.deadline = a.deadline.max(until);
                })
                .await
            }
            Gate::Held(verdict) => self.hold_for_person(action, settle, &verdict).await,
        }
    }

    /// Puts it back and holds it, in one transaction; nothing when the lease is lost.
    async fn hold_for_person(
        &self,
        action: &ActionRecord,
        settle: Settle,
        verdict: &Verdict,
    ) -> Result<(), StoreError> {
        let (id, token, now) = (action.id, action.lease_token, self.worker.now());
        let says = verdict.reason.clone();
        self.persist(false, move |c| {
            if !queue::action(c, id)?.is_some_and(|a| a.lease.is_some() && a.lease_token == token) {
                return Ok(());
            }
            settle.write(c, id)?;
            let back = Move::engine(Transition::PutBack, now).saying(says.clone());
            let returned = make(c, id, Some(token), back, |a| STEP_CHECK.clone_into(&mut a.step))?;
            // After the attempt was settled a refusal has to take that back, too.
            returned.map_err(|refused| StoreError::Constraint { detail: refused.to_string() })?;
            let waits = to_json(&says);
            let hold = Move::engine(Transition::HoldBack, now).saying(says.clone());
            make(c, id, None, hold, |a| a.waits = Some(waits))?.ok();
            Ok(())
        })
        .await
    }
}

/// What is to be sent.
#[derive(Clone)]
struct Asked {
    action: ActionRecord,
    kind: &'static dyn Kind,
    effect: rackdesk_wire::Effect,
    buys: bool,
}

impl Asked {
    /// Whether it counts towards a limit that other sends fill at the same time.
    fn limited(&self) -> bool {
        self.buys || (self.action.plan.is_some() && self.kind.card().family() == "power")
    }

    /// Reads what the guardrails need to know, and no more: most sends buy nothing.
    fn gate(&self, c: &Connection, began: &Policy, now: Timestamp) -> Result<Gate, StoreError> {
        let policy = current(c, began)?;
        let action = &self.action;
        let text = match action.plan {
            Some((plan, _)) => counted::approval_of(c, plan)?,
            None => None,
        };
        let approval = text.as_deref().and_then(Approval::read);
        let overridden = approval.as_ref().map(|said| said.overridden(&policy, now)).unwrap_or_default();
        let mut facts = match TargetKind::named(&action.target.kind) {
            Some(kind) => facts::read(c, kind, &[action.target.id])?.pop(),
            None => None,
        };
        if let Some(found) = &mut facts {
            let carried = action.carried.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
            behind::note(c, self.kind, found, carried.as_ref().and_then(|carried| carried.get(kinds::GATHERED)))?;
        }
        let begun = begun(c, action)?;
        let family = self.kind.card().family();
        let mut sending = Sending {
            kind: self.kind,
            effect: self.effect,
            buys: self.buys,
            begun,
            facts: facts.as_ref(),
            approvers: approval.as_ref().map_or(1, Approval::people),
            overridden: &overridden,
            cost: None,
            spent: (Vec::new(), Vec::new()),
            family_hour: Vec::new(),
            bought_hour: Vec::new(),
            bought_day: Vec::new(),
            policy: &policy,
            now,
        };
        // A limit is a promise about what people approve: what comes from no plan was approved by nobody's limit.
        if action.plan.is_some() && family == "power" && !begun {
            let kinds: Vec<&str> =
                kinds::ALL.iter().map(|k| k.card()).filter(|k| k.family() == family).map(|k| k.id).collect();
            sending.family_hour = counted::sends_since(c, &kinds, ago(now, HOUR), action.id, policy.power_per_hour)?;
        }
        if self.buys {
            let (kinds, plan) = (buying_kinds(), action.plan);
            let sent = |span, limit| counted::sends_since(c, &kinds, ago(now, span), action.id, limit);
            sending.bought_hour = policy.create_per_hour.map_or(Ok(Vec::new()), |limit| sent(HOUR, limit))?;
            sending.bought_day = policy.create_per_day.map_or(Ok(Vec::new()), |limit| sent(DAY, limit))?;
            sending.spent = spent_within(&counted::spent_since(c, ago(now, MONTH))?, now, plan);
            let noted = plan.map(|plan| counted::spend_of(c, plan)).transpose()?.flatten();
            sending.cost =
                noted.and_then(|noted| Some(crate::money::Money::new(noted.amount.parse().ok()?, noted.currency)));
        }
        Ok(with_reason(at_send(&sending), approval.as_ref()))
    }
}

/// What is held although somebody set it aside says why that counts no longer.
fn with_reason(gate: Gate, approval: Option<&Approval>) -> Gate {
    let ever = approval.map(Approval::ever_overridden).unwrap_or_default();
    match gate {
        Gate::Held(verdict) if verdict.overridable && ever.has(&verdict.guardrail) => {
            let reason = Phrase::new("guard.asked_again", [("why", verdict.reason.inside())]);
            Gate::Held(Verdict { reason, ..verdict })
        }
        gate => gate,
    }
}

//! After the send: has the provider's work come to its end, and did a lost attempt happen?

use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord},
};
use rackdesk_wire::Effect;
use serde_json::Value;

use super::{
    ActionState, STEP_CHECK,
    board::damaged,
    kinds::{self, Checked, Kind, Step, Watched},
    policy::growing,
    reconcile::{Decision, Facts, Look, decide, later},
    sending::{note, step_of},
    settle::Settle,
    transition::{Move, Transition, to_json},
    worker::{Hand, wait_for_provider},
};
use crate::plan::Phrase;

impl Hand<'_> {
    pub(super) async fn look(&self, id: i64) -> Result<(), StoreError> {
        let now = self.worker.now();
        let lease = self.worker.lease(now);
        let taken = self
            .persist(false, move |c| {
                let Some(mut action) = queue::action(c, id)? else { return Ok(None) };
                let state = ActionState::named(&action.state);
                let waits = matches!(state, Some(ActionState::Running | ActionState::Unknown));
                if !waits || action.lease.is_some() || action.next_at.is_none_or(|at| at > now) {
                    return Ok(None);
                }
                queue::lease(c, &mut action, lease.clone())?;
                let attempt = match queue::last_attempt(c, id) {
                    Ok(attempt) => Ok(attempt),
                    // Asked for again and again it would never be read, and keep a worker for good.
                    Err(StoreError::Row { what }) => Err(Phrase::new("action.damaged", [("column", what)])),
                    Err(error) => return Err(error),
                };
                Ok(Some((action, attempt)))
            })
            .await?;
        let Some((action, attempt)) = taken else { return Ok(()) };
        if let Some(damaged) = damaged(&action) {
            return self.release(&action, None, Some(&damaged), |_| {}).await;
        }
        let attempt = match attempt {
            Ok(attempt) => attempt,
            Err(damaged) => return self.set_aside(&action, &damaged).await,
        };
        let known = kinds::named(&action.kind).and_then(|kind| Some((kind, step_of(kind, &action)?)));
        match (known, attempt) {
            (Some((_, step)), Some(attempt)) if action.state == ActionState::Unknown.name() => {
                self.witness(&action, step, &attempt).await
            }
            (Some((kind, step)), attempt) => self.watch(&action, kind, step, attempt.as_ref()).await,
            (None, _) => {
                let waits = Phrase::new("action.unknown_kind", []);
                self.release(&action, None, Some(&waits), |_| {}).await
            }
        }
    }

    /// Nobody can tell what its last attempt was: an unknown one waits for a person, another is looked at rarely.
    async fn set_aside(&self, action: &ActionRecord, says: &Phrase) -> Result<(), StoreError> {
        tracing::warn!(action = action.id, "its last attempt cannot be read");
        let unknown = action.state == ActionState::Unknown.name();
        self.release(action, None, Some(says), move |a| a.next_at = a.next_at.filter(|_| !unknown)).await
    }

    /// Has the provider's work come to its end?
    async fn watch(
        &self,
        action: &ActionRecord,
        kind: &dyn Kind,
        step: &dyn Step,
        attempt: Option<&AttemptRecord>,
    ) -> Result<(), StoreError> {
        let wait = &self.worker.policy.wait;
        let pause = growing(wait.first_look, wait.longest_look, action.looks);
        let Some(watched) = self.unless_halted(step.watch(self.site(action, attempt))).await else {
            return self.release(action, Some(later(self.worker.now(), wait.first_look)), None, |_| {}).await;
        };
        let now = self.worker.now();
        let late = action.deadline.is_some_and(|deadline| deadline <= now);
        let number = attempt.map_or(0, |attempt| attempt.number);
        match watched {
            Ok(Watched::Done { result, evidence, says }) => {
                let settle = Settle::only_evidence(number, evidence, now);
                self.step_done(action, kind, settle, Some(number), says, result).await
            }
            Ok(Watched::Broken(says)) => self.fail(action, Settle::default(), says).await,
            Ok(Watched::NotYet { waits, .. }) if late => {
                let says = Phrase { code: "action.too_late".into(), params: waits.params };
                self.fail(action, Settle::default(), says).await
            }
            Ok(Watched::NotYet { waits, notes }) => {
                let notes = notes.to_string();
                self.release(action, Some(later(now, pause)), Some(&waits), move |a| {
                    a.looks += 1;
                    a.result = Some(notes.clone());
                })
                .await
            }
            // It is gone, and time is up: nothing more will be learnt.
            Err(trouble) if trouble.lasting && late => self.fail(action, Settle::default(), trouble.says).await,
            // It was accepted; that it cannot be read now is no reason to give it up.
            Err(trouble) => {
                let pause = pause.max(trouble.retry_after.unwrap_or_default());
                self.release(action, Some(later(now, pause)), Some(&trouble.says), |a| a.looks += 1).await
            }
        }
    }

    /// Where no trace can be read time and again, the resource itself may say enough: a call that may happen any number
    /// of times has happened, or need not, when everything is as it was to make it.
    async fn fulfilled(&self, action: &ActionRecord, step: &dyn Step, look: &Look) -> bool {
        let blind = matches!(look, Look::Unreadable { .. }) && step.effect() == Effect::Idempotent;
        if !blind || action.looks + 1 < self.worker.policy.evidence.least_absences {
            return false;
        }
        let checked = self.unless_halted(step.check(self.site(action, None))).await;
        matches!(checked, Some(Ok(Checked::Already(_))))
    }

    /// Did a lost attempt happen?
    async fn witness(&self, action: &ActionRecord, step: &dyn Step, attempt: &AttemptRecord) -> Result<(), StoreError> {
        let policy = &self.worker.policy;
        // A trace that came while the provider was answering is not in its answer: what counts is when it was asked.
        let (asked, watched) = (self.worker.now(), self.worker.watched(attempt));
        let Some(witness) = self.unless_halted(step.witness(self.site(action, Some(attempt)))).await else {
            return self.release(action, Some(later(self.worker.now(), policy.evidence.first_ask)), None, |_| {}).await;
        };
        let now = self.worker.now();
        let absences = action.absences + i64::from(witness.look == Look::Absent);
        let facts = Facts {
            effect: step.effect(),
            unknown_since: action.unknown_since.unwrap_or(asked),
            watched,
            looks: action.looks + 1,
            absences,
            source: witness.source,
            fulfilled: self.fulfilled(action, step, &witness.look).await,
            look: witness.look,
        };
        let number = attempt.number;
        let decision = decide(&facts, asked, &policy.evidence);
        if matches!(decision, Decision::Applied(_) | Decision::ProvenAbsent(_)) {
            self.worker.watched_enough(attempt);
        }
        match decision {
            Decision::Applied(evidence) => {
                let mv = Move::engine(Transition::ProveApplied, now).about(number).saying(evidence.says.clone());
                let settle = Settle::proven(number, "applied", evidence, now).and(witness.aside, now);
                let deadline = later(now, self.limit(step));
                let ids = match &facts.look {
                    Look::Seen { ids: ids @ Value::Object(_), .. } => serde_json::json!({ "ids": ids }),
                    _ => Value::Null,
                };
                self.conclude(action, settle, mv, move |a| {
                    wait_for_provider(a, now, deadline);
                    note(a, &ids);
                })
                .await
            }
            Decision::ProvenAbsent(evidence) => {
                let next = later(now, self.worker.pause(action.failures + 1, None));
                let mv = Move::engine(Transition::ProveAbsent, now).about(number).saying(evidence.says.clone());
                let waits = to_json(&evidence.says);
                let settle = Settle::proven(number, "not_applied", evidence, now).and(witness.aside, now);
                self.conclude(action, settle, mv, move |a| {
                    STEP_CHECK.clone_into(&mut a.step);
                    a.failures += 1;
                    a.next_at = Some(next);
                    a.waits = Some(waits.clone());
                })
                .await
            }
            Decision::NeedsPerson(evidence) => {
                let mv = Move::engine(Transition::AskPerson, now).about(number).saying(evidence.says.clone());
                let waits = to_json(&evidence.says);
                let settle = Settle::only_evidence(number, evidence, now).and(witness.aside, now);
                self.conclude(action, settle, mv, move |a| {
                    a.lease = None;
                    a.next_at = None;
                    a.looks += 1;
                    a.waits = Some(waits.clone());
                })
                .await
            }
            Decision::AskAgain { at, evidence } => {
                // The same answer again and again is one piece of evidence, not a hundred.
                let waits = to_json(&evidence.says);
                let news = action.waits.as_deref().is_none_or(|old| old != waits);
                let settle = Settle::looked(number).and(news.then_some(evidence), now).and(witness.aside, now);
                self.release_with(action, settle, Some(at), Some(waits), move |a| {
                    a.looks = facts.looks;
                    a.absences = facts.absences;
                })
                .await
            }
        }
    }
}

//! From ready to sent: check → journal → on the disk as sent → send → what the answer says.

use std::sync::Arc;

use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord, NewAttempt},
};
use rackdesk_wire::{Call, Effect, Sent};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    ActionState, STEP_CHECK,
    board::damaged,
    failpoint,
    guard::{Passed, begun, rules_unread},
    kinds::{self, Accepted, CallText, Checked, Kind, Step},
    reconcile::later,
    settle::Settle,
    transition::{Move, Transition, make, to_json},
    worker::{Hand, interrupted, wait_for_provider, why},
};
use crate::plan::{Phrase, facts::hex, guardrails::Gate};

/// Whether the send may go out.
enum Armed {
    Yes,
    /// Stopped by a person, or the lease ran out while we waited.
    No(Phrase),
    /// A limit was filled by others since the guardrails were asked.
    Full(Gate),
    LeaseLost,
}

impl Hand<'_> {
    pub(super) async fn start(&self, id: i64) -> Result<(), StoreError> {
        let Some(action) = self.claim(id).await? else { return Ok(()) };
        let Some(kind) = kinds::named(&action.kind) else {
            return self.fail(&action, Settle::default(), Phrase::new("action.unknown_kind", [])).await;
        };
        let Some(step) = step_of(kind, &action) else {
            return self.fail(&action, Settle::default(), Phrase::new("action.bad_input", [])).await;
        };
        let Some(checked) = self.unless_halted(step.check(self.site(&action, None))).await else {
            return self.put_back(&action, Settle::default(), interrupted()).await;
        };
        let before = match checked {
            Ok(Checked::Go) => None,
            Ok(Checked::Knowing(before)) => Some(before.to_string()),
            Ok(Checked::Already(says)) => return self.already(&action, kind, says).await,
            Ok(Checked::Found { says, result }) => {
                return self.step_done(&action, kind, Settle::default(), None, says, result).await;
            }
            Ok(Checked::Waits(waits)) => return self.only_wait(&action, step, waits).await,
            Ok(Checked::Refused(says)) => return self.fail(&action, Settle::default(), says).await,
            Err(trouble) => return self.not_done(&action, Settle::default(), &trouble).await,
        };
        // The call may depend on what was just seen: it is what will be journalled as the step's notes.
        let seen = ActionRecord { result: before.clone().or_else(|| action.result.clone()), ..action.clone() };
        let call = match step.call(&self.site(&seen, None)) {
            Ok(call) => call,
            Err(says) => return self.fail(&action, Settle::default(), says).await,
        };
        let passed = match self.let_through(&action, kind, step).await {
            Ok(Some(passed)) => Arc::new(passed),
            Ok(None) => return Ok(()),
            Err(error) => return self.not_asked(&action, error).await,
        };
        match self.hold_service(&action, kind, step).await {
            Ok(Ok(())) => {}
            Ok(Err(trouble)) => return self.not_done(&action, Settle::default(), &trouble).await,
            Err(error) => return self.not_asked(&action, error).await,
        }
        failpoint::reach("before_journal").await;
        let Some((action, attempt)) = self.journal(&action, step, &call, before).await? else { return Ok(()) };
        failpoint::reach("after_journal").await;
        match self.arm(&action, &attempt, passed).await? {
            Armed::Yes => {}
            Armed::Full(gate) => return self.keep_back(&action, Settle::unsent(&attempt), gate).await,
            Armed::No(says) => return self.put_back(&action, Settle::unsent(&attempt), says).await,
            Armed::LeaseLost => return Ok(()),
        }
        failpoint::reach("after_sent").await;
        self.send(&action, step, &attempt).await
    }

    /// What has to be known before a send cannot be read: nothing is sent. It may be so for long, and a person can mend
    /// it, so it is asked again at growing pauses until the action's time is over.
    async fn not_asked(&self, action: &ActionRecord, error: StoreError) -> Result<(), StoreError> {
        if error == StoreError::Closed {
            return Err(error);
        }
        tracing::error!(action = action.id, %error, "what allows the send cannot be read");
        self.not_done(action, Settle::default(), &rules_unread(&error)).await
    }

    /// Nothing is sent at this step: what the provider is at already is waited for.
    async fn only_wait(&self, action: &ActionRecord, step: &dyn Step, waits: Phrase) -> Result<(), StoreError> {
        let now = self.worker.now();
        let mv = Move::engine(Transition::Await, now).saying(waits);
        let (next, deadline) = (later(now, self.worker.policy.wait.first_look), later(now, self.limit(step)));
        self.conclude(action, Settle::default(), mv, move |a| wait_for_provider(a, next, deadline)).await
    }

    /// Takes the action into this worker's hands, when it is still next in line.
    async fn claim(&self, id: i64) -> Result<Option<ActionRecord>, StoreError> {
        let now = self.worker.now();
        let lease = self.worker.lease(now);
        self.persist(false, move |c| {
            let control = queue::control(c)?;
            let Some(action) = queue::action(c, id)? else { return Ok(None) };
            let state = ActionState::named(&action.state);
            let open = matches!(state, Some(ActionState::Ready | ActionState::Retryable));
            if control.keeps(&action.lane) || !open || !queue::is_next_in_line(c, id)? {
                return Ok(None);
            }
            // What cannot be read whole is not carried out: it is set aside, for a person to see.
            if let Some(says) = damaged(&action) {
                let mv = Move::engine(Transition::HoldBack, now).saying(says.clone());
                make(c, id, None, mv, |a| a.waits = Some(to_json(&says)))?.ok();
                return Ok(None);
            }
            // Between two steps it is never given up: what was begun is brought to its end, or a person says otherwise.
            if action.deadline.is_some_and(|deadline| deadline <= now) && !begun(c, &action)? {
                let says = Phrase::new("action.expired", []);
                let mv = Move::engine(Transition::Expire, now).saying(says.clone());
                make(c, id, None, mv, |a| a.result = Some(why(&says)))?.ok();
                return Ok(None);
            }
            let lease = lease.clone();
            let made = make(c, id, None, Move::engine(Transition::Start, now), |a| {
                a.lease_token += 1;
                a.lease = Some(lease);
                STEP_CHECK.clone_into(&mut a.step);
            })?;
            Ok(made.ok())
        })
        .await
    }

    /// Writes the attempt down, and what it was like before it. `None` when the lease is lost.
    async fn journal(
        &self,
        action: &ActionRecord,
        step: &dyn Step,
        call: &CallText,
        before: Option<String>,
    ) -> Result<Option<(ActionRecord, AttemptRecord)>, StoreError> {
        let new = NewAttempt {
            action_id: action.id,
            number: action.tries + 1,
            step: step.name().into(),
            request_id: (self.worker.deps.ids)().to_string(),
            call: call.text.clone(),
            effect: effect_name(step.effect()).into(),
            body_sha256: hex(&Sha256::digest(&call.body)),
            lease_token: action.lease_token,
            at: self.worker.now(),
        };
        self.persist(false, move |c| {
            if !queue::begin_attempt(c, &new, before.as_deref())? {
                return Ok(None);
            }
            Ok(queue::action(c, new.action_id)?.zip(queue::attempt(c, new.action_id, new.number)?))
        })
        .await
    }

    /// The last gate: on the disk as sent before any byte leaves. Who stops the queue stops it here at the latest.
    async fn arm(
        &self,
        action: &ActionRecord,
        attempt: &AttemptRecord,
        passed: Arc<Passed>,
    ) -> Result<Armed, StoreError> {
        let now = self.worker.now();
        let began = self.worker.policy.rails.clone();
        let until = self.worker.lease(now).until;
        let (id, number, token) = (action.id, attempt.number, action.lease_token);
        self.persist(true, move |c| {
            let Some(action) = queue::action(c, id)? else { return Ok(Armed::LeaseLost) };
            let Some(lease) = action.lease.as_ref().filter(|_| action.lease_token == token) else {
                return Ok(Armed::LeaseLost);
            };
            if lease.until <= now {
                return Ok(Armed::No(Phrase::new("event.lease_ran_out", [])));
            }
            if queue::control(c)?.stopped {
                return Ok(Armed::No(interrupted()));
            }
            if let Some(gate) = passed.counted(c, &began, now)? {
                return Ok(Armed::Full(gate));
            }
            // The call gets a whole lease for itself.
            let held = queue::prolong(c, id, token, until)? && queue::mark_sent(c, id, number, now)?;
            Ok(if held { Armed::Yes } else { Armed::LeaseLost })
        })
        .await
    }

    async fn send(&self, action: &ActionRecord, step: &dyn Step, attempt: &AttemptRecord) -> Result<(), StoreError> {
        let number = attempt.number;
        let call = Call {
            // The journal's own text: what is sent is what was written down.
            request_id: attempt.request_id.parse().unwrap_or_default(),
            trace_id: Some(format!("rackdesk-A-{}-{number}", action.id)),
            action_id: Some(action.id),
        };
        let Some(answer) = self.unless_halted(step.send(self.site(action, Some(attempt)), call)).await else {
            return self.lose_track(action, number, None, "given up by a person", interrupted()).await;
        };
        failpoint::reach("after_answer").await;
        let trouble = match answer {
            Ok(accepted) => return self.accepted(action, step, number, accepted).await,
            Err(trouble) => trouble,
        };
        match trouble.sent {
            Sent::NotSent | Sent::Rejected | Sent::Throttled => {
                self.not_done(action, Settle::refused(number, &trouble, self.worker.now()), &trouble).await
            }
            Sent::MaybeSent | Sent::Unreadable => {
                self.lose_track(action, number, trouble.status, &trouble.cause, trouble.says).await
            }
        }
    }

    async fn accepted(
        &self,
        action: &ActionRecord,
        step: &dyn Step,
        number: i64,
        accepted: Accepted,
    ) -> Result<(), StoreError> {
        let now = self.worker.now();
        let Accepted { evidence, notes } = accepted;
        let mv = Move::engine(Transition::Await, now).about(number).saying(evidence.says.clone());
        let settle = Settle::proven(number, "applied", evidence, now).answered(now, None);
        let next = later(now, self.worker.policy.wait.first_look);
        let deadline = later(now, self.limit(step));
        self.conclude(action, settle, mv, move |a| {
            wait_for_provider(a, next, deadline);
            note(a, &notes);
        })
        .await
    }
}

/// The step an action stands at.
pub(super) fn step_of<'k>(kind: &'k dyn Kind, action: &ActionRecord) -> Option<&'k dyn Step> {
    kind.steps().into_iter().nth(usize::try_from(action.stage).ok()?)
}

/// Adds what was learnt to the step's notes.
pub(super) fn note(action: &mut ActionRecord, learnt: &Value) {
    let Value::Object(learnt) = learnt else { return };
    let known = action.result.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let mut notes = match known {
        Some(Value::Object(notes)) => notes,
        _ => serde_json::Map::new(),
    };
    notes.extend(learnt.clone());
    action.result = Some(Value::Object(notes).to_string());
}

/// An effect as it is kept and told.
pub const fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Idempotent => "idempotent",
        Effect::Once => "once",
        Effect::Billable => "billable",
        Effect::Destructive => "destructive",
    }
}

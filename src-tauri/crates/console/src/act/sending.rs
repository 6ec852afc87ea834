//! From ready to sent: check → journal → on the disk as sent → send → what the answer says.

use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord, NewAttempt},
};
use rackdesk_wire::{Call, Effect, Sent};
use sha2::{Digest, Sha256};

use super::{
    ActionState, STEP_CHECK, STEP_SEND, failpoint,
    kinds::{self, CallText, Checked, Kind},
    reconcile::{Evidence, later},
    settle::Settle,
    transition::{Move, Transition, make},
    worker::{Hand, interrupted, wait_for_provider, why},
};
use crate::plan::{Phrase, facts::hex};

/// Whether the send may go out.
enum Armed {
    Yes,
    /// Stopped by a person, or the lease ran out while we waited.
    No(Phrase),
    LeaseLost,
}

impl Hand<'_> {
    pub(super) async fn start(&self, id: i64) -> Result<(), StoreError> {
        let Some(action) = self.claim(id).await? else { return Ok(()) };
        let Some(kind) = kinds::named(&action.kind) else {
            return self.fail(&action, Settle::default(), Phrase::new("action.unknown_kind", [])).await;
        };
        let call = match kind.call(&action) {
            Ok(call) => call,
            Err(says) => return self.fail(&action, Settle::default(), says).await,
        };
        let Some(checked) = self.unless_halted(kind.check(self.site(&action, None))).await else {
            return self.put_back(&action, Settle::default(), interrupted()).await;
        };
        match checked {
            Ok(Checked::Go) => {}
            Ok(Checked::Already(says)) => return self.already(&action, says).await,
            Ok(Checked::Refused(says)) => return self.fail(&action, Settle::default(), says).await,
            Err(trouble) => return self.not_done(&action, Settle::default(), &trouble).await,
        }
        failpoint::reach("before_journal").await;
        let Some(attempt) = self.journal(&action, kind, &call).await? else { return Ok(()) };
        failpoint::reach("after_journal").await;
        match self.arm(&action, &attempt).await? {
            Armed::Yes => {}
            Armed::No(says) => return self.put_back(&action, Settle::unsent(&attempt), says).await,
            Armed::LeaseLost => return Ok(()),
        }
        failpoint::reach("after_sent").await;
        self.send(&action, kind, &attempt).await
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
            if control.paused || !open || !queue::is_next_in_line(c, id)? {
                return Ok(None);
            }
            if action.deadline.is_some_and(|deadline| deadline <= now) {
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

    /// Writes the attempt down. `None` when the lease is lost.
    async fn journal(
        &self,
        action: &ActionRecord,
        kind: &dyn Kind,
        call: &CallText,
    ) -> Result<Option<AttemptRecord>, StoreError> {
        let new = NewAttempt {
            action_id: action.id,
            number: action.tries + 1,
            step: STEP_SEND.into(),
            request_id: (self.worker.deps.ids)().to_string(),
            call: call.text.clone(),
            effect: effect_name(kind.effect()).into(),
            body_sha256: hex(&Sha256::digest(&call.body)),
            lease_token: action.lease_token,
            at: self.worker.now(),
        };
        self.persist(false, move |c| {
            if !queue::begin_attempt(c, &new)? {
                return Ok(None);
            }
            queue::attempt(c, new.action_id, new.number)
        })
        .await
    }

    /// The last gate: on the disk as sent before any byte leaves. Who stops the queue stops it here at the latest.
    async fn arm(&self, action: &ActionRecord, attempt: &AttemptRecord) -> Result<Armed, StoreError> {
        let now = self.worker.now();
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
            Ok(if queue::mark_sent(c, id, number, now)? { Armed::Yes } else { Armed::LeaseLost })
        })
        .await
    }

    async fn send(&self, action: &ActionRecord, kind: &dyn Kind, attempt: &AttemptRecord) -> Result<(), StoreError> {
        let number = attempt.number;
        let call = Call {
            // The journal's own text: what is sent is what was written down.
            request_id: attempt.request_id.parse().unwrap_or_default(),
            trace_id: Some(format!("rackdesk-A-{}-{number}", action.id)),
            action_id: Some(action.id),
        };
        let Some(answer) = self.unless_halted(kind.send(self.site(action, Some(attempt)), call)).await else {
            return self.lose_track(action, number, None, "given up by a person", interrupted()).await;
        };
        failpoint::reach("before_commit").await;
        let trouble = match answer {
            Ok(evidence) => return self.accepted(action, kind, number, evidence).await,
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
        kind: &dyn Kind,
        number: i64,
        evidence: Evidence,
    ) -> Result<(), StoreError> {
        let now = self.worker.now();
        let mv = Move::engine(Transition::Await, now).about(number).saying(evidence.says.clone());
        let settle = Settle::proven(number, "applied", evidence, now).answered(now, None);
        let next = later(now, self.worker.policy.wait.first_look);
        let deadline = later(now, self.limit(kind));
        self.conclude(action, settle, mv, move |a| wait_for_provider(a, next, deadline)).await
    }
}

fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Idempotent => "idempotent",
        Effect::Once => "once",
        Effect::Billable => "billable",
        Effect::Destructive => "destructive",
    }
}

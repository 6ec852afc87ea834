//! One step of one action: check → journal → mark as sent → send → wait → prove. Each write is fenced by the lease.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord, Due, Lease, Watch},
    rusqlite::Connection,
};
use rand::rngs::StdRng;
use tokio_util::sync::CancellationToken;

use super::{
    STEP_CHECK, STEP_WAIT,
    engine::Deps,
    failpoint,
    kinds::{self, Kind, Lane, Site, Step, Trouble},
    policy::EnginePolicy,
    reconcile::later,
    settle::Settle,
    transition::{Move, Transition, make, to_json},
};
use crate::plan::Phrase;

/// Does the steps. Shared by all tasks of an engine.
pub(crate) struct Worker {
    pub(crate) holder: String,
    pub(crate) deps: Deps,
    pub(crate) policy: EnginePolicy,
    pub(crate) dice: Mutex<StdRng>,
    pub(super) linked: super::linked::Remembered,
    /// When this process began to look for each lost attempt, by the steady clock.
    pub(crate) watches: Mutex<HashMap<(i64, i64), Duration>>,
}

/// What is said when a worker has to let go.
pub(super) fn interrupted() -> Phrase {
    Phrase::new("event.interrupted", [])
}

/// Why something failed, as it is kept with the action.
pub(super) fn why(says: &Phrase) -> String {
    serde_json::json!({ "why": says }).to_string()
}

impl Worker {
    /// Does what is due. Whatever happens, the action is either moved on or stands as it stood.
    pub(crate) async fn work(
        &self,
        due: &Due,
        halt: &CancellationToken,
        closing: &CancellationToken,
    ) -> Result<(), StoreError> {
        let hand = self.hand(halt, closing);
        match due.watch {
            Watch::Start => hand.start(due.id).await,
            Watch::Look => hand.look(due.id).await,
        }
    }

    pub(super) fn hand<'a>(&'a self, halt: &'a CancellationToken, closing: &'a CancellationToken) -> Hand<'a> {
        Hand { worker: self, halt, closing }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.deps.clock)()
    }

    /// How long this process has been looking for a lost attempt.
    pub(super) fn watched(&self, attempt: &AttemptRecord) -> Duration {
        let now = (self.deps.steady)();
        let mut watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
        now.saturating_sub(*watches.entry((attempt.action_id, attempt.number)).or_insert(now))
    }

    /// The attempt is settled.
    pub(super) fn watched_enough(&self, attempt: &AttemptRecord) {
        let mut watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
        watches.remove(&(attempt.action_id, attempt.number));
    }

    pub(super) fn lease(&self, now: Timestamp) -> Lease {
        Lease { holder: self.holder.clone(), until: later(now, self.policy.lease) }
    }

    pub(super) fn pause(&self, failures: i64, asked: Option<Duration>) -> Duration {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        self.policy.backoff.pause(failures, asked, &mut *dice)
    }
}

/// A worker at one action.
pub(super) struct Hand<'a> {
    pub(super) worker: &'a Worker,
    halt: &'a CancellationToken,
    closing: &'a CancellationToken,
}

/// How long after a failed write it is tried again.
const WRITE_AGAIN: Duration = Duration::from_millis(500);

impl Hand<'_> {
    /// Writes, and keeps trying while the disk is full or busy: what happened must not be forgotten. Gives up when the
    /// engine ends; the next start settles what is then missing.
    pub(super) async fn persist<T: Send + 'static>(
        &self,
        durable: bool,
        work: impl Fn(&Connection) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        loop {
            let again = work.clone();
            let store = &self.worker.deps.store;
            let written = match durable {
                true => store.write_durable_async(move |c| again(c)).await,
                false => store.write_async(move |c| again(c)).await,
            };
            match written {
                Err(error @ (StoreError::Busy | StoreError::DiskFull | StoreError::Io { .. })) => {
                    if self.closing.is_cancelled() {
                        return Err(error);
                    }
                    tracing::warn!(%error, "the queue's journal cannot be written, trying again");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
                other => return other,
            }
        }
    }

    /// Settles an attempt, keeps evidence and moves the action in one transaction; nothing when the lease is lost.
    pub(super) async fn conclude(
        &self,
        action: &ActionRecord,
        settle: Settle,
        mv: Move,
        change: impl Fn(&mut ActionRecord) + Clone + Send + 'static,
    ) -> Result<(), StoreError> {
        let (id, token) = (action.id, action.lease_token);
        let moved = self
            .persist(false, move |c| {
                let held = queue::action(c, id)?.is_some_and(|a| a.lease.is_some() && a.lease_token == token);
                if !held {
                    return Ok(false);
                }
                settle.write(c, id)?;
                // After the attempt was settled a refusal has to take that back, too.
                let made = make(c, id, Some(token), mv.clone(), change.clone())?;
                made.map_err(|e| StoreError::Constraint { detail: e.to_string() })?;
                failpoint::hold("before_commit");
                Ok(true)
            })
            .await?;
        if !moved {
            tracing::info!(action = id, "somebody else has the action now");
        }
        Ok(())
    }

    /// How long the provider's work may take.
    pub(super) fn limit(&self, step: &dyn Step) -> Duration {
        step.limit() * self.worker.policy.wait.limit_percent / 100
    }

    pub(super) fn site<'a>(&'a self, action: &'a ActionRecord, attempt: Option<&'a AttemptRecord>) -> Site<'a> {
        Site { deps: &self.worker.deps, action, attempt, policy: &self.worker.policy, now: self.worker.now() }
    }

    pub(super) async fn unless_halted<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.halt.cancelled() => None,
        }
    }

    /// Lets go without a move: it is looked at again later.
    pub(super) async fn release(
        &self,
        action: &ActionRecord,
        next: Option<Timestamp>,
        waits: Option<&Phrase>,
        change: impl Fn(&mut ActionRecord) + Clone + Send + 'static,
    ) -> Result<(), StoreError> {
        let waits = waits.map(to_json).or_else(|| action.waits.clone());
        self.release_with(action, Settle::default(), next, waits, change).await
    }

    pub(super) async fn release_with(
        &self,
        action: &ActionRecord,
        settle: Settle,
        next: Option<Timestamp>,
        waits: Option<String>,
        change: impl Fn(&mut ActionRecord) + Clone + Send + 'static,
    ) -> Result<(), StoreError> {
        let mut after = action.clone();
        // Without a time it would be forgotten; something that cannot be done here is looked at rarely.
        after.next_at = next.or_else(|| Some(later(self.worker.now(), self.worker.policy.evidence.longest_ask)));
        after.waits = waits;
        change(&mut after);
        self.persist(false, move |c| {
            if queue::renew(c, &after, None)? {
                settle.write(c, after.id)?;
            }
            Ok(())
        })
        .await
    }

    pub(super) async fn put_back(&self, action: &ActionRecord, settle: Settle, says: Phrase) -> Result<(), StoreError> {
        let mv = Move::engine(Transition::PutBack, self.worker.now()).saying(says);
        self.conclude(action, settle, mv, |a| STEP_CHECK.clone_into(&mut a.step)).await
    }

    pub(super) async fn already(&self, action: &ActionRecord, kind: &dyn Kind, says: Phrase) -> Result<(), StoreError> {
        let result = serde_json::json!({ "proof": "already" });
        self.step_done(action, kind, Settle::default(), None, says, result).await
    }

    /// A step is done: the next one, or the end.
    pub(super) async fn step_done(
        &self,
        action: &ActionRecord,
        kind: &dyn Kind,
        settle: Settle,
        attempt: Option<i64>,
        says: Phrase,
        result: serde_json::Value,
    ) -> Result<(), StoreError> {
        let steps = kind.steps();
        let at = usize::try_from(action.stage).unwrap_or(usize::MAX);
        let next = at.checked_add(1).and_then(|next| steps.get(next));
        let transition = if next.is_some() { Transition::Advance } else { Transition::Succeed };
        let told = self.tell_service(action, kind, attempt, next.is_none()).await?;
        let settle = settle.and(told, self.worker.now());
        let mv = Move { attempt, ..Move::engine(transition, self.worker.now()).saying(says) };
        let (name, lane) = (steps.get(at).map_or("", |step| step.name()), next.map(|step| step.lane()));
        self.conclude(action, settle, mv, move |a| match lane {
            Some(lane) => go_on(a, name, &result, lane),
            None => a.result = Some(result.to_string()),
        })
        .await
    }

    pub(super) async fn fail(&self, action: &ActionRecord, settle: Settle, says: Phrase) -> Result<(), StoreError> {
        // Half done, it keeps its lock for a while: somebody has to go on with it. So does what the provider took and
        // may be at work on still. Of an attempt that is damaged only this is asked; where it cannot be told, it may.
        let id = action.id;
        let story = self.worker.deps.store.peek_async(move |c| queue::story(c, id)).await;
        let in_vain = |outcome: &str| matches!(outcome, "open" | "not_applied" | "unknown");
        let taken = story.map_or(true, |story| story.attempts.iter().any(|(one, _)| !in_vain(&one.outcome)));
        if let Some(kind) = kinds::named(&action.kind).filter(|_| action.stage == 0 && !taken) {
            self.let_go(action, kind).await?;
        }
        let result = why(&says);
        let mv = Move::engine(Transition::Fail, self.worker.now()).saying(says);
        self.conclude(action, settle, mv, move |a| a.result = Some(result.clone())).await
    }

    /// Certainly not done: later again, or never.
    pub(super) async fn not_done(
        &self,
        action: &ActionRecord,
        settle: Settle,
        trouble: &Trouble,
    ) -> Result<(), StoreError> {
        let now = self.worker.now();
        let next = later(now, self.worker.pause(action.failures + 1, trouble.retry_after));
        if trouble.lasting || action.deadline.is_some_and(|deadline| deadline <= next) {
            return self.fail(action, settle, trouble.says.clone()).await;
        }
        let mv = Move::engine(Transition::Postpone, now).saying(trouble.says.clone());
        let waits = to_json(&trouble.says);
        self.conclude(action, settle, mv, move |a| {
            STEP_CHECK.clone_into(&mut a.step);
            a.failures += 1;
            a.next_at = Some(next);
            a.waits = Some(waits.clone());
        })
        .await
    }

    pub(super) async fn lose_track(
        &self,
        action: &ActionRecord,
        number: i64,
        status: Option<u16>,
        cause: &str,
        says: Phrase,
    ) -> Result<(), StoreError> {
        let now = self.worker.now();
        let mv = Move::engine(Transition::LoseTrack, now).about(number).saying(says);
        let settle = Settle::lost(number, cause, status, now);
        let next = later(now, self.worker.policy.evidence.first_ask);
        self.conclude(action, settle, mv, move |a| a.next_at = Some(next)).await
    }
}

/// Lets an action stand at its next step, which is on that lane, and keeps what the one before it brought.
pub(super) fn go_on(action: &mut ActionRecord, done: &str, result: &serde_json::Value, lane: Lane) {
    carry(action, done, result);
    action.stage += 1;
    STEP_CHECK.clone_into(&mut action.step);
    lane.name().clone_into(&mut action.lane);
    (action.result, action.deadline, action.failures) = (None, None, 0);
}

/// Keeps what a step brought for the later ones.
pub(super) fn carry(action: &mut ActionRecord, step: &str, result: &serde_json::Value) {
    let kept = action.carried.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let mut carried: serde_json::Map<String, serde_json::Value> = kept.unwrap_or_default();
    carried.insert(step.to_owned(), result.clone());
    action.carried = Some(serde_json::Value::Object(carried).to_string());
}

pub(super) fn wait_for_provider(action: &mut ActionRecord, next: Timestamp, deadline: Timestamp) {
    action.lease = None;
    STEP_WAIT.clone_into(&mut action.step);
    action.next_at = Some(next);
    action.deadline = Some(deadline);
    action.looks = 0;
    action.failures = 0;
}

//! Puts in order what a worker left behind when its process ended.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord},
    rusqlite::Connection,
};

use super::{
    ActionState, STEP_CHECK, STEP_WAIT,
    transition::{Move, Transition, make},
};
use crate::plan::Phrase;

/// How many actions were found in which condition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Recovered {
    /// Nothing had been sent: ready again.
    pub(crate) put_back: u32,
    /// Sent and not answered: unknown.
    pub(crate) unknown: u32,
    /// They wait for the provider, or for evidence, and go on.
    pub(crate) waiting: u32,
}

/// All of them. The caller holds the profile's lock, so nobody works on them.
pub(crate) fn all(c: &Connection, now: Timestamp) -> Result<Recovered, StoreError> {
    let mut recovered = Recovered::default();
    for action in queue::open_in_flight(c)? {
        match settle(c, &action, now)? {
            Some(ActionState::Ready) => recovered.put_back += 1,
            Some(ActionState::Unknown) => recovered.unknown += 1,
            Some(_) => recovered.waiting += 1,
            None => {}
        }
    }
    Ok(recovered)
}

/// One whose task ended in a panic.
pub(crate) fn one(c: &Connection, id: i64, now: Timestamp) -> Result<(), StoreError> {
    if let Some(action) = queue::action(c, id)? {
        settle(c, &action, now)?;
    }
    Ok(())
}

fn settle(c: &Connection, action: &ActionRecord, now: Timestamp) -> Result<Option<ActionState>, StoreError> {
    let last = queue::last_attempt(c, action.id)?;
    match (ActionState::named(&action.state), last) {
        (Some(ActionState::Running), Some(attempt)) if attempt.outcome == "open" && attempt.sent_at.is_some() => {
            lose_track(c, action, &attempt, now).map(|()| Some(ActionState::Unknown))
        }
        // A worker settles the attempt and moves the action in one transaction, so an applied one is waiting.
        // The step tells it from an attempt of the step before.
        (Some(ActionState::Running), Some(attempt)) if attempt.outcome == "applied" && action.step == STEP_WAIT => {
            release(c, action, now)
        }
        (Some(ActionState::Running), last) => {
            put_back(c, action, last.as_ref(), now).map(|()| Some(ActionState::Ready))
        }
        (Some(ActionState::Unknown), _) => release(c, action, now),
        _ => Ok(None),
    }
}

fn release(c: &Connection, action: &ActionRecord, now: Timestamp) -> Result<Option<ActionState>, StoreError> {
    if action.lease.is_some() {
        let mut action = action.clone();
        // One that waits for a person keeps waiting for them.
        if action.state == ActionState::Running.name() {
            action.next_at = Some(now);
        }
        queue::renew(c, &action, None)?;
    }
    Ok(ActionState::named(&action.state))
}

fn lose_track(
    c: &Connection,
    action: &ActionRecord,
    attempt: &AttemptRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    queue::settle_attempt(c, action.id, attempt.number, "unknown", Some("the process ended before the answer"), None)?;
    let mv = Move::engine(Transition::LoseTrack, now)
        .about(attempt.number)
        .saying(Phrase::new("event.process_ended_sent", []));
    // Nobody else moves it in this transaction; a refusal could only mean that it has just ended.
    make(c, action.id, None, mv, |a| a.next_at = Some(now))?.ok();
    Ok(())
}

fn put_back(
    c: &Connection,
    action: &ActionRecord,
    last: Option<&AttemptRecord>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(attempt) = last.filter(|attempt| attempt.outcome == "open") {
        queue::settle_attempt(c, action.id, attempt.number, "not_applied", Some("never sent"), None)?;
    }
    let mv = Move::engine(Transition::PutBack, now).saying(Phrase::new("event.process_ended_unsent", []));
    make(c, action.id, None, mv, |a| STEP_CHECK.clone_into(&mut a.step))?.ok();
    Ok(())
}

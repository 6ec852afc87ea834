//! Puts in order what a worker left behind when its process ended.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, NewEvent, Stand},
    rusqlite::Connection,
};

use super::{
    ActionState, STEP_CHECK, STEP_WAIT,
    transition::{Move, Transition, make, to_json},
};
use crate::plan::Phrase;

/// How many actions were found in which condition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Recovered {
    /// Nothing had been sent: ready again.
    pub(crate) put_back: usize,
    /// Sent and not answered: unknown.
    pub(crate) unknown: usize,
    /// They wait for the provider, and go on.
    pub(crate) waiting: usize,
}

/// What is said of an attempt that was sent by a process that ended.
const LOST: &str = "the process ended before the answer";
/// What is said of one that it had only journalled.
const NEVER_SENT: &str = "never sent";

/// All of them, at once: the same moves as [`one`] makes, see the test below. The caller holds the profile's lock, so
/// nobody works on them.
pub(crate) fn all(c: &Connection, now: Timestamp) -> Result<Recovered, StoreError> {
    let event = |transition: Transition, code: &str| NewEvent {
        name: transition.name().to_owned(),
        by: None,
        attempt: None,
        detail: Some(to_json(&Phrase::new(code, []))),
    };
    let lost = event(Transition::LoseTrack, "event.process_ended_sent");
    let unsent = event(Transition::PutBack, "event.process_ended_unsent");
    Ok(Recovered {
        unknown: queue::lose_track_of_sent(c, now, LOST, &lost)?,
        put_back: queue::put_back_unsent(c, now, STEP_CHECK, NEVER_SENT, &unsent)?,
        waiting: queue::let_go_of_waiting(c, now)?,
    })
}

/// One whose task ended in a panic, or in an error of the store. `next` says when one that failed so often may be taken
/// up again: what ended so once may end so each time. `None` is at once.
pub(crate) fn one(
    c: &Connection,
    id: i64,
    now: Timestamp,
    next: impl Fn(i64) -> Option<Timestamp>,
) -> Result<(), StoreError> {
    if let Some(action) = queue::action(c, id)? {
        settle(c, &action, now, next)?;
    }
    Ok(())
}

fn settle(
    c: &Connection,
    action: &ActionRecord,
    now: Timestamp,
    next: impl Fn(i64) -> Option<Timestamp>,
) -> Result<(), StoreError> {
    // A damaged row of it must not keep it from being put in order.
    let last = queue::last_stand(c, action.id)?;
    match (ActionState::named(&action.state), last) {
        (Some(ActionState::Running), Some(attempt)) if attempt.outcome == "open" && attempt.sent => {
            lose_track(c, action, &attempt, now)
        }
        // A worker settles the attempt and moves the action in one transaction, so one that stands at the wait is waiting,
        // be it for what it sent or for what its provider was at already. The step tells it from an attempt of the step
        // before.
        (Some(ActionState::Running), last)
            if action.step == STEP_WAIT && last.as_ref().is_none_or(|attempt| attempt.outcome != "open") =>
        {
            release(c, action, next(action.looks + 1).unwrap_or(now))
        }
        (Some(ActionState::Running), last) => put_back(c, action, last.as_ref(), now, next(action.failures + 1)),
        (Some(ActionState::Unknown), _) => release(c, action, now),
        _ => Ok(()),
    }
}

fn release(c: &Connection, action: &ActionRecord, next: Timestamp) -> Result<(), StoreError> {
    if action.lease.is_some() {
        let mut action = action.clone();
        // One that waits for a person keeps waiting for them.
        if action.state == ActionState::Running.name() {
            action.next_at = Some(next);
        }
        queue::renew(c, &action, None)?;
    }
    Ok(())
}

fn lose_track(c: &Connection, action: &ActionRecord, attempt: &Stand, now: Timestamp) -> Result<(), StoreError> {
    queue::settle_attempt(c, action.id, attempt.number, "unknown", Some(LOST), None)?;
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
    last: Option<&Stand>,
    now: Timestamp,
    next: Option<Timestamp>,
) -> Result<(), StoreError> {
    if let Some(attempt) = last.filter(|attempt| attempt.outcome == "open") {
        queue::settle_attempt(c, action.id, attempt.number, "not_applied", Some(NEVER_SENT), None)?;
    }
    let mv = Move::engine(Transition::PutBack, now).saying(Phrase::new("event.process_ended_unsent", []));
    make(c, action.id, None, mv, |a| {
        STEP_CHECK.clone_into(&mut a.step);
        a.next_at = next;
        a.failures += i64::from(next.is_some());
    })?
    .ok();
    Ok(())
}

#[cfg(test)]
mod tests {
    use rackdesk_store::{
        DatabaseKey, Store,
        queue::{Lease, NewAttempt},
    };

    use super::*;
    use crate::{
        act::{kinds, transition::Refused},
        plan::{
            Target,
            kept::{Hand, new_action},
        },
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn moved(c: &Connection, id: i64, transition: Transition, change: impl FnOnce(&mut ActionRecord)) {
        let made: Result<ActionRecord, Refused> = make(c, id, None, Move::engine(transition, at(2)), change).unwrap();
        made.unwrap();
    }

    /// One action in every condition that a worker can leave: each a server of its own.
    fn left(c: &Connection) -> Result<(), StoreError> {
        for condition in 0..11_i64 {
            let kind = kinds::named("power.restart").unwrap();
            let target = Target {
                kind: "instance".into(),
                id: condition,
                name: format!("web-{condition}"),
                service_id: None,
                client_id: None,
                client_name: None,
            };
            let hand = Hand { by: "ana", now: at(0) };
            let new = new_action(kind, &target, &serde_json::json!({}), hand);
            let queue::Enqueued::New(id) = queue::enqueue(c, &new)? else { panic!("a fresh wish") };
            if condition == 0 {
                continue;
            }
            moved(c, id, Transition::Start, |a| {
                a.lease_token += 1;
                a.lease = Some(Lease { holder: "gone".into(), until: at(300) });
                a.step = STEP_CHECK.into();
                a.waits = Some("{}".into());
            });
            if condition == 1 {
                continue;
            }
            // Nothing had to be sent: the provider is at it already. Under a lease or not.
            if condition >= 9 {
                moved(c, id, Transition::Await, |a| {
                    (a.lease, a.step, a.next_at) = (None, STEP_WAIT.into(), Some(at(9)));
                    (a.deadline, a.waits) = (Some(at(500)), Some("{}".into()));
                });
                if condition == 10 {
                    let mut action = queue::action(c, id)?.unwrap();
                    queue::lease(c, &mut action, Lease { holder: "gone".into(), until: at(300) })?;
                }
                continue;
            }
            let attempt = NewAttempt {
                action_id: id,
                number: 1,
                step: "send".into(),
                request_id: format!("00000000-0000-4000-8000-{id:012}"),
                call: "POST /x".into(),
                effect: "once".into(),
                body_sha256: "0".repeat(64),
                lease_token: 1,
                at: at(3),
            };
            assert!(queue::begin_attempt(c, &attempt, None)?);
            if condition == 2 {
                continue;
            }
            assert!(queue::mark_sent(c, id, 1, at(4))?);
            let waiting = |a: &mut ActionRecord| {
                (a.lease, a.step, a.next_at) = (None, STEP_WAIT.into(), Some(at(9)));
            };
            match condition {
                3 => {}
                // Accepted, waited for; under a lease or not. Then a later step that had not begun to send.
                4 | 5 | 8 => {
                    queue::settle_attempt(c, id, 1, "applied", None, None)?;
                    moved(c, id, Transition::Await, waiting);
                    let mut action = queue::action(c, id)?.unwrap();
                    if condition != 4 {
                        queue::lease(c, &mut action, Lease { holder: "gone".into(), until: at(300) })?;
                    }
                    if condition == 8 {
                        c.execute("UPDATE action SET step = 'check' WHERE id = ?1", [id])?;
                    }
                }
                // Unknown; under a lease or not.
                _ => {
                    queue::settle_attempt(c, id, 1, "unknown", None, None)?;
                    moved(c, id, Transition::LoseTrack, |a| a.next_at = Some(at(9)));
                    if condition == 7 {
                        let mut action = queue::action(c, id)?.unwrap();
                        queue::lease(c, &mut action, Lease { holder: "gone".into(), until: at(300) })?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Everything in the queue's tables, but the numbers that events got.
    fn all_rows(c: &Connection) -> Vec<String> {
        let mut rows = Vec::new();
        for sql in [
            "SELECT * FROM action ORDER BY id",
            "SELECT * FROM action_attempt ORDER BY action_id, number",
            "SELECT action_id, revision, at, name, from_state, to_state, by_operator, attempt, detail FROM action_event
             ORDER BY action_id, revision",
        ] {
            let mut statement = c.prepare(sql).unwrap();
            let columns = statement.column_count();
            let read = |row: &rackdesk_store::rusqlite::Row<'_>| {
                (0..columns).map(|at| row.get_ref(at).map(|value| format!("{value:?}"))).collect::<Result<Vec<_>, _>>()
            };
            rows.extend(statement.query_map([], read).unwrap().map(|row| row.unwrap().join(" ")));
        }
        rows
    }

    #[test]
    fn all_at_once_leaves_what_one_by_one_leaves() {
        let dir = tempfile::tempdir().unwrap();
        let [at_once, one_by_one] = [true, false].map(|at_once| {
            let path = dir.path().join(format!("{at_once}.db"));
            let store = Store::open(&path, &DatabaseKey::from_bytes([7; 32])).unwrap();
            let rows = store.write(move |c| {
                left(c)?;
                if at_once {
                    let recovered = all(c, at(20))?;
                    assert_eq!(recovered, Recovered { put_back: 3, unknown: 1, waiting: 4 });
                } else {
                    for id in 1..=11 {
                        one(c, id, at(20), |_| None)?;
                    }
                }
                for (id, looks_at) in [(10, 9), (11, 20)] {
                    let waiting = queue::action(c, id)?.unwrap();
                    let kept = (waiting.state.as_str(), waiting.step.as_str(), waiting.next_at, waiting.deadline);
                    assert_eq!(kept, ("running", "wait", Some(at(looks_at)), Some(at(500))), "it goes on waiting");
                }
                Ok(all_rows(c))
            });
            rows.unwrap()
        });
        assert_eq!(at_once, one_by_one);
    }

    #[test]
    fn damaged_attempts_are_put_in_order_by_whether_they_were_sent_and_taken_up_again_later() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("damaged.db"), &DatabaseKey::from_bytes([7; 32])).unwrap();
        let states = store.write(|c| {
            left(c)?;
            // The third was journalled, the fourth sent.
            c.execute_batch(
                "DROP TRIGGER action_attempt_is_sealed;
                 UPDATE action_attempt SET journalled_at = 9000000000000000000",
            )?;
            assert!(queue::last_attempt(c, 3).is_err(), "it cannot be read");
            (3..=4)
                .map(|id| {
                    one(c, id, at(20), |failures| Some(at(30 + failures)))?;
                    let after = queue::action(c, id)?.unwrap();
                    Ok((after.state, after.next_at, after.lease.is_none()))
                })
                .collect::<Result<Vec<_>, StoreError>>()
        });
        let wanted = [("ready".to_owned(), Some(at(31)), true), ("unknown".to_owned(), Some(at(20)), true)];
        assert_eq!(states.unwrap(), wanted);
    }
}

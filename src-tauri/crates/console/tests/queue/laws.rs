//! The state machine: every transition from every state, in Rust and in the database.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rackdesk_console::act::{
    ActionState,
    transition::{Move, Refused, Transition, make},
};
use rackdesk_store::{
    Store, StoreError,
    queue::{self, Enqueued, EvidenceRecord, Lease, NewAttempt, NewEvent},
    rusqlite::Connection,
};

use crate::rig::{key, new_action, step, write};

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
    (dir, store)
}

fn enqueue(c: &Connection, instance: i64) -> i64 {
    match queue::enqueue(c, &new_action("power.restart", instance)).unwrap() {
        Enqueued::New(id) => id,
        Enqueued::Open(id) | Enqueued::Differs(id) => panic!("A-{id} is open"),
    }
}

fn start(c: &Connection, id: i64) {
    step(c, id, Transition::Start, |a| {
        a.lease_token += 1;
        a.lease = Some(Lease { holder: "w".into(), until: Timestamp::MAX });
    });
}

fn attempt(c: &Connection, id: i64, sent: bool) {
    let action = queue::action(c, id).unwrap().unwrap();
    let new = NewAttempt {
        action_id: id,
        number: action.tries + 1,
        step: "send".into(),
        request_id: format!("00000000-0000-4000-8000-{:06}{:06}", id, action.tries),
        call: "POST /x".into(),
        effect: "once".into(),
        body_sha256: "0".repeat(64),
        lease_token: action.lease_token,
        at: Timestamp::now(),
    };
    assert!(queue::begin_attempt(c, &new, None).unwrap());
    if sent {
        assert!(queue::mark_sent(c, id, new.number, Timestamp::now()).unwrap());
    }
}

/// Brings a fresh action into a state by lawful moves.
fn put(c: &Connection, id: i64, state: ActionState) {
    let soon = Some(Timestamp::now());
    match state {
        ActionState::Ready => {}
        ActionState::Held => drop(step(c, id, Transition::Hold, |_| {})),
        ActionState::Cancelled => drop(step(c, id, Transition::Cancel, |_| {})),
        ActionState::Running => start(c, id),
        ActionState::Retryable => {
            start(c, id);
            step(c, id, Transition::Postpone, |a| a.next_at = soon);
        }
        ActionState::Unknown => {
            start(c, id);
            attempt(c, id, true);
            queue::settle_attempt(c, id, 1, "unknown", None, None).unwrap();
            step(c, id, Transition::LoseTrack, |a| a.next_at = soon);
        }
        ActionState::Succeeded => {
            start(c, id);
            step(c, id, Transition::Succeed, |_| {});
        }
        ActionState::Failed => {
            start(c, id);
            step(c, id, Transition::Fail, |_| {});
        }
    }
}

/// What belongs to a move beside the state, so that only the state is in question.
fn prepare(c: &Connection, id: i64, transition: Transition, from: ActionState) {
    if from == ActionState::Unknown {
        let outcome = match transition {
            Transition::ProveApplied | Transition::MarkDone => "applied",
            Transition::ProveAbsent | Transition::MarkNotDone => "not_applied",
            _ => return,
        };
        queue::settle_attempt(c, id, 1, outcome, None, None).unwrap();
    }
    if transition == Transition::LoseTrack && from == ActionState::Running {
        attempt(c, id, true);
        queue::settle_attempt(c, id, 1, "unknown", None, None).unwrap();
    }
}

#[test]
fn every_transition_from_every_state_does_what_the_table_says_and_leaves_its_event() {
    let (_dir, store) = store();
    let mut instance = 0;
    for from in ActionState::ALL {
        for transition in Transition::ALL {
            instance += 1;
            write(&store, move |c| {
                let id = enqueue(c, instance);
                put(c, id, from);
                prepare(c, id, transition, from);
                let events = queue::events(c, id)?.len();
                let soon = Some(Timestamp::now());
                let made = make(c, id, None, Move::engine(transition, Timestamp::now()), |a| {
                    if matches!(a.state.as_str(), "running" | "retryable" | "unknown") {
                        a.next_at = soon;
                    }
                })?;
                let after = queue::action(c, id)?.unwrap();
                match transition.from(from) {
                    Some(to) => {
                        assert!(made.is_ok(), "{transition:?} from {from:?}: {made:?}");
                        assert_eq!(after.state, to.name());
                        let history = queue::events(c, id)?;
                        assert_eq!(history.len(), events + 1);
                        let last = history.last().unwrap();
                        assert_eq!((last.name.as_str(), last.revision), (transition.name(), after.revision));
                        assert_eq!((last.from.as_str(), last.to.as_str()), (from.name(), to.name()));
                        assert_eq!(after.ended_at.is_some(), to.is_final());
                    }
                    None => {
                        assert_eq!(made, Err(Refused::Forbidden { state: from }));
                        assert_eq!(queue::events(c, id)?.len(), events, "a refusal leaves nothing");
                    }
                }
                // The next case wants the server for itself.
                c.execute("DROP INDEX IF EXISTS action_resource_lock", [])?;
                Ok(())
            })
            .unwrap();
        }
    }
}

#[test]
fn the_database_allows_exactly_the_moves_of_the_table() {
    let lawful: BTreeSet<_> = ActionState::ALL
        .into_iter()
        .flat_map(|from| Transition::ALL.into_iter().filter_map(move |t| t.from(from).map(|to| (from, to))))
        .filter(|(from, to)| from != to)
        .map(|(from, to)| (from.name(), to.name()))
        .collect();
    let (_dir, store) = store();
    let mut instance = 0;
    for from in ActionState::ALL {
        for to in ActionState::ALL.into_iter().filter(|to| *to != from) {
            instance += 1;
            let moved = write(&store, move |c| {
                let id = enqueue(c, instance);
                put(c, id, from);
                if to == ActionState::Unknown && from == ActionState::Running {
                    attempt(c, id, true);
                    queue::settle_attempt(c, id, 1, "unknown", None, None)?;
                }
                if from == ActionState::Unknown {
                    queue::settle_attempt(c, id, 1, "not_applied", None, None)?;
                }
                let before = queue::action(c, id)?.unwrap();
                let now = Timestamp::now();
                let mut after = before.clone();
                after.state = to.name().into();
                after.lease = None;
                after.next_at = (!to.is_final()).then_some(now);
                after.ended_at = to.is_final().then_some(now);
                after.unknown_since = (to == ActionState::Unknown).then_some(now);
                let event = NewEvent { name: "raw".into(), by: None, attempt: None, detail: None };
                queue::save(c, &before, &mut after, &event)?;
                // Rolled back either way: only the verdict counts.
                Err::<(), _>(StoreError::NotFound)
            });
            let allowed = moved == Err(StoreError::NotFound);
            assert_eq!(allowed, lawful.contains(&(from.name(), to.name())), "{from:?} → {to:?}: {moved:?}");
        }
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>, because: &str) {
    match result {
        Err(StoreError::Constraint { detail }) => assert!(detail.contains(because), "{detail}"),
        other => panic!("expected a refusal ({because}), got {other:?}"),
    }
}

#[test]
fn history_is_added_to_and_never_rewritten() {
    let (_dir, store) = store();
    write(&store, |c| {
        let id = enqueue(c, 1);
        put(c, id, ActionState::Unknown);
        queue::add_evidence(
            c,
            &EvidenceRecord {
                action_id: id,
                attempt: 1,
                at: Timestamp::now(),
                source: "audit".into(),
                speaks_for: "open".into(),
                says: "{}".into(),
            },
        )
    })
    .unwrap();
    for (sql, because) in [
        ("UPDATE action_event SET name = 'x'", "never changed"),
        ("DELETE FROM action_event", "never deleted"),
        ("UPDATE evidence SET says = '[]'", "never changed"),
        ("DELETE FROM evidence", "never deleted"),
        ("DELETE FROM action_attempt", "never deleted"),
        ("DELETE FROM action", "never deleted"),
        ("UPDATE action_attempt SET request_id = '00000000-0000-4000-8000-000000000009'", "sealed"),
        ("UPDATE action_attempt SET sent_at = sent_at + 1", "sealed"),
        ("UPDATE action_attempt SET outcome = 'open'", "sealed"),
        ("UPDATE action SET kind = 'power.stop'", "sealed"),
        ("UPDATE action SET state = 'running', unknown_since = NULL", "only with its event"),
        ("UPDATE queue_control SET stopped = 1, paused = 0", "CHECK"),
    ] {
        refused(write(&store, move |c| Ok(c.execute(sql, [])?)), because);
    }
}

#[test]
fn one_server_one_wish_one_unsettled_attempt() {
    let (_dir, store) = store();
    write(&store, |c| {
        let first = enqueue(c, 1);
        assert_eq!(queue::enqueue(c, &new_action("power.restart", 1))?, Enqueued::Open(first), "the wish is there");
        start(c, first);
        attempt(c, first, true);
        Ok(())
    })
    .unwrap();
    refused(
        write(&store, |c| {
            let second = match queue::enqueue(c, &new_action("power.stop", 1))? {
                Enqueued::New(id) => id,
                Enqueued::Open(_) | Enqueued::Differs(_) => panic!("another wish"),
            };
            let now = Timestamp::now();
            make(c, second, None, Move::engine(Transition::Start, now), |a| {
                a.lease_token += 1;
                a.lease = Some(Lease { holder: "w".into(), until: now });
            })
        }),
        "action.resource_key",
    );
    refused(
        write(&store, |c| {
            let again = NewAttempt {
                action_id: 1,
                number: 2,
                step: "send".into(),
                request_id: "00000000-0000-4000-8000-000000000077".into(),
                call: "POST /x".into(),
                effect: "once".into(),
                body_sha256: "0".repeat(64),
                lease_token: 1,
                at: Timestamp::now(),
            };
            queue::begin_attempt(c, &again, None)
        }),
        "action_attempt.action_id",
    );
    refused(
        write(&store, |c| {
            Ok(make(c, 1, None, Move::engine(Transition::Succeed, Timestamp::now()), |_| {})?.map(|_| ()))
        }),
        "not settled",
    );
}

#[test]
fn a_worker_that_lost_its_lease_writes_nothing() {
    let (_dir, store) = store();
    write(&store, |c| {
        let id = enqueue(c, 1);
        start(c, id);
        let old = queue::action(c, id)?.unwrap();
        step(c, id, Transition::PutBack, |_| {});
        start(c, id);
        let mv = || Move::engine(Transition::Succeed, Timestamp::now());
        assert_eq!(make(c, id, Some(old.lease_token), mv(), |_| {})?, Err(Refused::LeaseLost));
        assert!(!queue::renew(c, &old, None)?, "nor lets go of another's");
        assert!(make(c, id, Some(old.lease_token + 1), mv(), |_| {})?.is_ok());
        Ok(())
    })
    .unwrap();
}

#[test]
fn the_line_for_a_server_is_by_age_and_a_held_one_lets_others_pass() {
    let (_dir, store) = store();
    write(&store, |c| {
        let now = Timestamp::now();
        let a = enqueue(c, 1);
        let b = match queue::enqueue(c, &new_action("power.stop", 1))? {
            Enqueued::New(id) => id,
            Enqueued::Open(_) | Enqueued::Differs(_) => unreachable!("another wish"),
        };
        let other = enqueue(c, 2);
        let due =
            |c: &Connection| queue::due(c, "contabo", now, true, 10).unwrap().iter().map(|d| d.id).collect::<Vec<_>>();
        assert_eq!(due(c), [a, other]);
        assert_eq!(queue::line_before(c, &queue::action(c, b)?.unwrap())?, Some(a));
        step(c, a, Transition::Hold, |_| {});
        assert_eq!(due(c), [b, other]);
        start(c, b);
        step(c, a, Transition::Release, |_| {});
        assert_eq!(due(c), [other], "the younger one has the server now");
        assert_eq!(queue::due(c, "contabo", now, false, 10)?, [], "paused: no starts");
        Ok(())
    })
    .unwrap();
}

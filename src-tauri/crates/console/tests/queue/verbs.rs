//! Leaving a step out, and repeating a failed action from a step on: who and why is told, and nothing that happened is
//! done twice.

use jiff::Timestamp;
use rackdesk_console::{
    act::{
        ActionState, ActionVerb,
        steps::{StepStanding, standing},
        transition::Transition,
        verbs::{self, Saying},
    },
    fault::{ErrorCode, Fault},
};
use rackdesk_store::{
    Store,
    queue::{self, Enqueued, Lease, NewAction, NewAttempt},
    rusqlite::Connection,
};
use serde_json::{Value, json};

use crate::rig::{action_of, key, new_action, quick, step};

/// Stop, cancel, module, status.
const KIND: &str = "service.terminate";

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
    (dir, store)
}

/// Runs a story in one transaction.
fn tell(story: impl FnOnce(&Connection) + Send + 'static) {
    let (_dir, store) = store();
    store
        .write(move |c| {
            story(c);
            Ok(())
        })
        .unwrap();
}

fn enqueue(c: &Connection, kind: &str, target: i64) -> i64 {
    let mut new = action_of(kind, target, json!({}));
    new.carried = Some(json!({ "gathered": { "status": "Active" } }).to_string());
    match queue::enqueue(c, &new).unwrap() {
        Enqueued::New(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Works at an action up to a step, each step before it proven to have happened.
fn at_step(c: &Connection, id: i64, stage: i64) {
    step(c, id, Transition::Start, |a| {
        a.lease_token += 1;
        a.lease = Some(Lease { holder: "w".into(), until: Timestamp::MAX });
        a.stage = stage;
    });
}

fn happened(c: &Connection, id: i64, name: &str, effect: &str) {
    let action = queue::action(c, id).unwrap().unwrap();
    let new = NewAttempt {
        action_id: id,
        number: action.tries + 1,
        step: name.into(),
        request_id: format!("00000000-0000-4000-8000-{id:06}{:06}", action.tries),
        call: "POST /x".into(),
        effect: effect.into(),
        body_sha256: "0".repeat(64),
        lease_token: action.lease_token,
        at: Timestamp::now(),
    };
    assert!(queue::begin_attempt(c, &new, None).unwrap());
    assert!(queue::mark_sent(c, id, new.number, Timestamp::now()).unwrap());
    queue::settle_attempt(c, id, new.number, "applied", None, None).unwrap();
}

fn say(c: &Connection, id: i64, verb: ActionVerb, reason: Option<&str>) -> Result<i64, Fault> {
    verbs::apply(c, id, verb, Saying { by: "mira", reason, now: Timestamp::now() }, &quick()).unwrap()
}

fn from(c: &Connection, id: i64, name: &str) -> Result<i64, Fault> {
    verbs::retry_from(c, id, name, Saying { by: "mira", reason: None, now: Timestamp::now() }, &quick()).unwrap()
}

fn why(refused: Result<i64, Fault>) -> String {
    let fault = refused.unwrap_err();
    assert_eq!(fault.code, ErrorCode::StateForbids, "{fault:?}");
    fault.params["why"].clone()
}

fn stands(c: &Connection, id: i64) -> Vec<StepStanding> {
    let action = queue::action(c, id).unwrap().unwrap();
    standing(c, &action).unwrap().into_iter().map(|s| s.standing).collect()
}

#[test]
fn a_step_is_left_out_with_a_reason_and_the_next_one_begins() {
    tell(|c| {
        let id = enqueue(c, KIND, 7);
        step(c, id, Transition::Hold, |_| {});
        let fault = say(c, id, ActionVerb::Skip, None).unwrap_err();
        assert_eq!((fault.code, fault.params["field"].as_str()), (ErrorCode::InvalidInput, "reason"));
        assert_eq!(say(c, id, ActionVerb::Skip, Some("it was switched off by hand")).unwrap(), id);
        let action = queue::action(c, id).unwrap().unwrap();
        assert_eq!((action.state.as_str(), action.stage, action.step.as_str()), ("ready", 1, "check"));
        let carried: Value = serde_json::from_str(action.carried.as_deref().unwrap()).unwrap();
        assert_eq!(carried["stop"]["skipped"]["by"], "mira");
        assert_eq!(carried["gathered"]["status"], "Active", "what was gathered stays");
        use StepStanding::{Ahead, Here, Skipped};
        assert_eq!(stands(c, id), [Skipped, Here, Ahead, Ahead]);
        let last = queue::events(c, id).unwrap().pop().unwrap();
        assert_eq!((last.name.as_str(), last.by.as_deref()), ("skip", Some("mira")));
        assert!(last.detail.unwrap().contains("it was switched off by hand"));
    });
}

#[test]
fn what_was_to_start_later_does_so_also_when_it_was_held_for_a_moment() {
    tell(|c| {
        let later = Timestamp::from_second(Timestamp::now().as_second() + 3_600).unwrap();
        let new = NewAction { not_before: Some(later), ..action_of(KIND, 7, json!({})) };
        let Enqueued::New(delayed) = queue::enqueue(c, &new).unwrap() else { panic!("it is new") };
        let tried = enqueue(c, KIND, 8);
        at_step(c, tried, 0);
        step(c, tried, Transition::Postpone, |a| a.next_at = Some(later));
        let over = enqueue(c, KIND, 9);
        at_step(c, over, 0);
        step(c, over, Transition::Postpone, |a| a.next_at = Some(Timestamp::from_second(1_000_000_000).unwrap()));
        for (id, waits) in [(delayed, Some(later)), (tried, Some(later)), (over, None)] {
            say(c, id, ActionVerb::Hold, None).unwrap();
            say(c, id, ActionVerb::Release, None).unwrap();
            let action = queue::action(c, id).unwrap().unwrap();
            assert_eq!((action.state.as_str(), action.next_at), ("ready", waits), "A-{id}");
            assert!(
                action.deadline.is_some_and(|deadline| waits.is_none_or(|at| deadline > at)),
                "A-{id} has its time"
            );
        }
        let due = queue::due(c, "contabo", Timestamp::now(), true, 10).unwrap();
        assert_eq!(due.iter().map(|due| due.id).collect::<Vec<_>>(), [over], "nothing is sent before its time");
    });
}

#[test]
fn leaving_out_the_last_step_means_that_what_was_done_is_enough_and_what_needs_it_goes_on() {
    tell(|c| {
        let (id, needing) = (enqueue(c, KIND, 7), enqueue(c, KIND, 8));
        queue::add_need(c, needing, id).unwrap();
        at_step(c, id, 3);
        let soon = Some(Timestamp::now());
        step(c, id, Transition::Postpone, |a| a.next_at = soon);
        assert!(!queue::is_next_in_line(c, needing).unwrap());
        say(c, id, ActionVerb::Skip, Some("WHMCS was set by hand")).unwrap();
        let action = queue::action(c, id).unwrap().unwrap();
        assert_eq!(action.state, "succeeded");
        assert!(action.result.unwrap().contains("WHMCS was set by hand"));
        assert_eq!(stands(c, id)[3], StepStanding::Skipped);
        assert_eq!(queue::events(c, id).unwrap().last().unwrap().name, "leave_rest");
        assert!(queue::is_next_in_line(c, needing).unwrap());
    });
}

#[test]
fn a_failed_actions_step_is_left_out_in_a_fresh_one_and_history_stays() {
    tell(|c| {
        let id = enqueue(c, KIND, 7);
        at_step(c, id, 2);
        step(c, id, Transition::Fail, |_| {});
        let fresh = say(c, id, ActionVerb::Skip, Some("its module is gone")).unwrap();
        assert_ne!(fresh, id);
        assert_eq!(queue::action(c, id).unwrap().unwrap().state, "failed");
        let action = queue::action(c, fresh).unwrap().unwrap();
        assert_eq!((action.state.as_str(), action.stage, action.lane.as_str()), ("ready", 3, "whmcs"));
        let names: Vec<_> = queue::events(c, fresh).unwrap().into_iter().map(|e| e.name).collect();
        assert_eq!(names, ["enqueue", "skip"]);
    });
}

#[test]
fn a_step_is_left_out_only_where_that_makes_sense_and_the_reason_is_told() {
    tell(|c| {
        let one = match queue::enqueue(c, &new_action("power.restart", 1)).unwrap() {
            Enqueued::New(id) => id,
            other => panic!("{other:?}"),
        };
        step(c, one, Transition::Hold, |_| {});
        let skip = |id| why(say(c, id, ActionVerb::Skip, Some("no")));
        assert_eq!(skip(one), "verb.one_step");
        let id = enqueue(c, KIND, 7);
        assert_eq!(skip(id), "verb.hold_first");
        at_step(c, id, 0);
        assert_eq!(skip(id), "verb.at_work");
        step(c, id, Transition::Fail, |_| {});
        let fresh = say(c, id, ActionVerb::RetryNow, None).unwrap();
        assert_eq!(skip(id), "rule.busy", "the fresh one is open");
        say(c, fresh, ActionVerb::Cancel, Some("enough")).unwrap();
        assert_eq!(skip(fresh), "verb.ended");
    });
}

#[test]
fn a_failed_action_is_repeated_from_a_named_step_up_to_the_one_that_failed() {
    tell(|c| {
        let id = enqueue(c, KIND, 7);
        at_step(c, id, 2);
        let carried = json!({ "gathered": { "status": "Active" }, "stop": { "a": 1 }, "cancel": { "b": 2 } });
        step(c, id, Transition::Fail, |a| a.carried = Some(carried.to_string()));
        assert_eq!(why(from(c, id, "status")), "verb.not_reached");
        let unknown = from(c, id, "nonsense").unwrap_err();
        assert_eq!(unknown.code, ErrorCode::InvalidInput);
        assert!(unknown.params["problem"].contains("stop, cancel, module, status"), "{unknown:?}");
        let fresh = from(c, id, "cancel").unwrap();
        let action = queue::action(c, fresh).unwrap().unwrap();
        assert_eq!((action.stage, action.lane.as_str()), (1, "contabo"), "on that step's lane");
        let carried: Value = serde_json::from_str(action.carried.as_deref().unwrap()).unwrap();
        assert_eq!(carried, json!({ "gathered": { "status": "Active" }, "stop": { "a": 1 } }));
        assert_eq!(why(from(c, fresh, "stop")), "verb.not_failed");
    });
}

#[test]
fn a_success_is_never_repeated_also_not_through_a_repetition() {
    tell(|c| {
        let id = enqueue(c, KIND, 7);
        at_step(c, id, 1);
        happened(c, id, "cancel", "once");
        step(c, id, Transition::Advance, |a| a.stage = 2);
        at_step(c, id, 2);
        step(c, id, Transition::Fail, |_| {});
        assert_eq!(why(from(c, id, "stop")), "verb.happened", "it would pass the step that happened");
        assert_eq!(why(from(c, id, "cancel")), "verb.happened");
        // The step that failed did not happen.
        let fresh = say(c, id, ActionVerb::RetryNow, None).unwrap();
        at_step(c, fresh, 2);
        step(c, fresh, Transition::Fail, |_| {});
        assert_eq!(why(from(c, fresh, "cancel")), "verb.happened", "it is remembered over the repetition");
        assert!(from(c, fresh, "module").is_ok());
    });
    // The step that failed did happen: the provider took it, and what was to come of it did not come.
    tell(|c| {
        let id = match queue::enqueue(c, &new_action("power.restart", 1)).unwrap() {
            Enqueued::New(id) => id,
            other => panic!("{other:?}"),
        };
        at_step(c, id, 0);
        happened(c, id, "send", "once");
        step(c, id, Transition::Fail, |_| {});
        assert_eq!(why(say(c, id, ActionVerb::RetryNow, None)), "verb.happened");
        let action = queue::action(c, id).unwrap().unwrap();
        let told = verbs::choices(c, &action).unwrap();
        let refused = told.iter().filter(|choice| choice.refused.is_none()).count();
        assert_eq!(refused, 0, "everything is refused with its reason: {told:?}");
        assert_eq!(ActionState::named(&action.state), Some(ActionState::Failed));
    });
}

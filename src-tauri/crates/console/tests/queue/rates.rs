//! Limits and quiet times at the send itself: counted once for each send, however many workers ask at the same time, and
//! asked of whatever a person begins anew.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::{
        ActionState,
        transition::Transition,
        verbs::{self, Saying},
    },
    policy::Freeze,
};
use rackdesk_store::queue::{self, Enqueued, Lease};
use serde_json::json;

use crate::{
    bench::{Bench, patience},
    guarded::allow,
    rig::{action_of, step},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_that_find_room_for_one_at_once_one_is_sent() {
    // The pause at the lock lies between the question and the send: all of them are in it together.
    let mut policy = patience();
    policy.lock_settles = Duration::from_millis(400);
    let bench = Bench::with(97, policy).await;
    let pairs = bench.with_machines(4).await;
    allow(&bench.deps.store, Timestamp::now(), |policy| policy.power_per_hour = 1);
    let actions = bench.deps.store.write(move |c| {
        let body = || Ok("{}".to_owned());
        let plan = queue::add_plan(c, "power.restart", "{}", "ana", Timestamp::now(), |_| body())?;
        let mut made = Vec::new();
        for (row, (service, server)) in (0..).zip(&pairs) {
            let mut new = action_of("power.restart", *server, json!({}));
            new.target.service_id = i64::try_from(*service).ok();
            new.plan = Some((plan, row));
            let Enqueued::New(id) = queue::enqueue(c, &new)? else { panic!("a fresh wish") };
            made.push(id);
        }
        Ok(made)
    });
    let actions = actions.unwrap();
    let engine = bench.engine().await;
    let count = |state| actions.iter().filter(|id| bench.state(**id) == state).count();
    let waits =
        || actions.iter().filter(|id| bench.action(**id).waits.is_some_and(|w| w.contains("waits.rate"))).count();
    bench.until("one is done and the others wait", || count(ActionState::Succeeded) == 1 && waits() == 3).await;
    engine.stop().await;
    assert_eq!(bench.arrived("restart"), 1, "one per hour");
    for id in actions.iter().filter(|id| bench.state(**id) == ActionState::Ready) {
        let attempts = bench.deps.store.read(|c| queue::attempts(c, *id)).unwrap();
        assert!(attempts.iter().all(|one| one.outcome == "not_applied" && one.sent_at.is_none()), "{attempts:?}");
    }
}

/// A termination whose server was stopped by an earlier action that then failed; repeated by a person from its end of
/// the contract on.
async fn repeated(bench: &Bench, service: u64, start_within: Duration) -> i64 {
    let id = bench.wish("service.terminate", service, json!({})).await;
    let mut policy = patience();
    policy.start_within = start_within;
    let again = bench.deps.store.write(move |c| {
        stand_at_the_second_step(c, id);
        step(c, id, Transition::Fail, |_| {});
        let saying = Saying { by: "mira", reason: None, now: Timestamp::now() };
        verbs::retry_from(c, id, "cancel", saying, &policy)
    });
    again.unwrap().unwrap()
}

fn stand_at_the_second_step(c: &rackdesk_store::rusqlite::Connection, id: i64) {
    step(c, id, Transition::Start, |a| {
        a.lease_token += 1;
        a.lease = Some(Lease { holder: "gone".into(), until: Timestamp::MAX });
        a.stage = 1;
    });
}

fn quiet_for(hours: i64) -> Freeze {
    let now = Timestamp::now();
    let (from, until) = (now - SignedDuration::from_mins(1), now + SignedDuration::from_hours(hours));
    Freeze { from, until, name: "Cyber Week".into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_repeats_an_action_from_a_later_step_begins_in_no_freeze_and_what_goes_on_by_itself_does() {
    let bench = Bench::new(98).await;
    let services = bench.with_machines(2).await;
    let again = repeated(&bench, services[0].0, Duration::from_secs(3600)).await;
    // The other one came from its first step to its second by itself.
    let by_itself = bench.wish("service.terminate", services[1].0, json!({})).await;
    let went_on = bench.deps.store.write(move |c| {
        stand_at_the_second_step(c, by_itself);
        step(c, by_itself, Transition::Advance, |_| {});
        Ok(())
    });
    went_on.unwrap();
    allow(&bench.deps.store, Timestamp::now(), |policy| policy.freezes = vec![quiet_for(2)]);
    let engine = bench.engine().await;
    let waits = || bench.action(again).waits.unwrap_or_default().contains("waits.freeze");
    bench
        .until("the one waits and the other is done", || waits() && bench.state(by_itself) == ActionState::Succeeded)
        .await;
    engine.stop().await;
    assert_eq!(bench.done(again), Vec::<String>::new(), "{}", bench.told(again));
    assert!(bench.done(by_itself).contains(&"cancelinstance".to_owned()), "{}", bench.told(by_itself));
    allow(&bench.deps.store, Timestamp::now(), |policy| policy.freezes.clear());
    let now = Timestamp::now();
    // The freeze was called off: it need not wait for what would have been its end.
    let saying = move || Saying { by: "mira", reason: None, now };
    let called_off = bench.deps.store.write(move |c| {
        let policy = patience();
        verbs::apply(c, again, rackdesk_console::act::ActionVerb::Hold, saying(), &policy)?.unwrap();
        verbs::apply(c, again, rackdesk_console::act::ActionVerb::Release, saying(), &policy)
    });
    called_off.unwrap().unwrap();
    bench.work().await;
    assert_eq!(bench.state(again), ActionState::Succeeded, "{}", bench.told(again));
    assert_eq!(bench.done(again)[0], "cancelinstance", "it began at its own step: {}", bench.told(again));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_repeated_and_cannot_begin_in_its_time_is_given_up() {
    let bench = Bench::new(99).await;
    let service = bench.with_machines(1).await[0].0;
    let again = repeated(&bench, service, Duration::from_secs(2)).await;
    allow(&bench.deps.store, Timestamp::now(), |policy| policy.freezes = vec![quiet_for(2)]);
    let engine = bench.engine().await;
    bench.until("it is given up", || bench.state(again) == ActionState::Failed).await;
    engine.stop().await;
    assert!(bench.told(again).contains("expire: "), "{}", bench.told(again));
    assert_eq!(bench.done(again), Vec::<String>::new());
}

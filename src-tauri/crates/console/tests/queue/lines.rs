//! Who waits for whom, what is put aside, and what holds when the disk, the clock or another worker misbehaves.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::act::{
    ActionState, ActionVerb, Engine, EngineOptions,
    board::{self, Traffic},
    engine::{pause_lane, resume_lane},
    kinds::Lane,
    transition::{Move, Transition, make},
    verbs::{self, Saying},
};
use rackdesk_store::{
    StoreError,
    queue::{self, Enqueued, Lease},
};
use serde_json::json;

use crate::{
    provider::Fault,
    rig::{Rig, action_of, new_action, quick, step},
};

fn waits(rig: &Rig, id: i64) -> Option<String> {
    let found = rig.store().read(|c| {
        let action = queue::action(c, id)?.unwrap();
        board::waits(c, &action, &Traffic::read(c, true)?)
    });
    found.unwrap().map(|says| says.code)
}

/// An action on a service whose server is this instance.
fn on_service_of(rig: &Rig, kind: &str, service: i64, instance: i64) -> i64 {
    let mut new = action_of(kind, service, json!({}));
    new.carried = Some(json!({ "gathered": { "instance_id": instance } }).to_string());
    match rig.store().write(move |c| queue::enqueue(c, &new)).unwrap() {
        Enqueued::New(id) => id,
        other => panic!("{other:?}"),
    }
}

fn take(rig: &Rig, id: i64) -> Result<(), StoreError> {
    rig.store().write(move |c| {
        let now = Timestamp::now();
        make(c, id, None, Move::engine(Transition::Start, now), |a| {
            a.lease_token += 1;
            a.lease = Some(Lease { holder: "w".into(), until: Timestamp::MAX });
        })
        .map(|made| drop(made.unwrap()))
    })
}

#[tokio::test]
async fn a_server_and_the_service_on_it_are_one_line() {
    let rig = Rig::new(&[]).await;
    let suspend = on_service_of(&rig, "service.suspend", 7, 100);
    let restart = rig.enqueue("power.restart", 100);
    let other = rig.enqueue("power.restart", 200);
    let later = on_service_of(&rig, "service.unsuspend", 8, 200);
    let next = |id| rig.store().read(|c| queue::is_next_in_line(c, id)).unwrap();
    assert_eq!([suspend, restart, other, later].map(next), [true, false, true, false], "the older one goes first");
    assert_eq!(waits(&rig, restart).as_deref(), Some("waits.line"));
    assert_eq!(waits(&rig, later).as_deref(), Some("waits.line"));
    take(&rig, suspend).unwrap();
    take(&rig, other).unwrap();
    for (id, behind) in [(restart, "the service's action"), (later, "the server's action")] {
        let refused = take(&rig, id).unwrap_err();
        assert!(matches!(refused, StoreError::Constraint { .. }), "A-{id} got past {behind}: {refused:?}");
    }
    let about = |kind: &'static str, id| -> Vec<i64> {
        rig.store().read(|c| queue::open_about(c, kind, id)).unwrap().iter().map(|a| a.id).collect()
    };
    assert_eq!(about("instance", 100), [suspend, restart], "a plan for the server sees both");
    assert_eq!(about("instance", 200), [other, later]);
}

#[tokio::test]
async fn what_needs_another_action_waits_runs_after_it_and_is_kept_back_when_it_fails() {
    let rig = Rig::new(&[(1, "running"), (2, "running"), (3, "running")]).await;
    let (first, second) = (rig.enqueue("power.restart", 1), rig.enqueue("power.restart", 2));
    // Approved before what it needs, and of another server: only the need orders them.
    rig.store().write(move |c| queue::add_need(c, first, second)).unwrap();
    assert_eq!(waits(&rig, first).as_deref(), Some("waits.need"));
    rig.work(quick()).await;
    let done: Vec<i64> = rig.provider.with(|w| w.done.iter().map(|(_, instance, _)| *instance).collect());
    assert_eq!(done, [2, 1]);

    rig.provider.fault([Fault::Missing]);
    let fails = rig.enqueue("power.restart", 3);
    let (needs, behind) = (rig.enqueue("power.restart", 1), rig.enqueue("power.restart", 2));
    let links = move |c: &_| queue::add_need(c, needs, fails).and_then(|()| queue::add_need(c, behind, needs));
    rig.store().write(move |c| links(c)).unwrap();
    rig.work(quick()).await;
    assert_eq!((rig.state(fails), rig.state(needs)), (ActionState::Failed, ActionState::Held));
    assert_eq!(waits(&rig, needs).as_deref(), Some("waits.need_failed"));
    assert_eq!(rig.state(behind), ActionState::Ready, "it waits behind the one that is kept back");
    assert_eq!(rig.provider.with(|w| w.done.len()), 2, "nothing of it was done");
}

#[tokio::test]
async fn what_waits_for_a_need_holds_up_nobody_in_its_line() {
    let rig = Rig::new(&[(1, "running")]).await;
    let (waiting, needed) = (rig.enqueue("power.restart", 1), rig.enqueue("power.start", 1));
    rig.store().write(move |c| queue::add_need(c, waiting, needed)).unwrap();
    let next = |id| rig.store().read(|c| queue::is_next_in_line(c, id)).unwrap();
    assert_eq!([waiting, needed].map(next), [false, true], "else each would wait for the other for ever");
    rig.work(quick()).await;
    assert_eq!([waiting, needed].map(|id| rig.state(id)), [ActionState::Succeeded; 2]);
}

#[tokio::test]
async fn a_paused_lane_starts_nothing_says_so_and_goes_on() {
    let rig = Rig::new(&[(1, "running")]).await;
    pause_lane(&rig.deps, Lane::Contabo, "mira").await.unwrap();
    let id = rig.enqueue("power.restart", 1);
    rig.work(quick()).await;
    assert_eq!((rig.state(id), rig.provider.with(|w| w.arrived.len())), (ActionState::Ready, 0));
    assert_eq!(waits(&rig, id).as_deref(), Some("waits.lane_paused"));
    resume_lane(&rig.deps, Lane::Contabo).await.unwrap();
    rig.work(quick()).await;
    assert_eq!(rig.state(id), ActionState::Succeeded);
}

#[tokio::test]
async fn a_row_that_makes_no_sense_is_set_aside_and_shown_and_holds_up_nobody() {
    let rig = Rig::new(&[(1, "running"), (2, "running")]).await;
    let (broken, same, other) =
        (rig.enqueue("power.stop", 1), rig.enqueue("power.restart", 1), rig.enqueue("power.restart", 2));
    let spoil = move |c: &rackdesk_store::rusqlite::Connection| {
        Ok(c.execute("UPDATE action SET created_at = 9000000000000000000 WHERE id = ?1", [broken])?)
    };
    rig.store().write(move |c| spoil(c)).unwrap();
    rig.work(quick()).await;
    assert_eq!((rig.state(same), rig.state(other)), (ActionState::Succeeded, ActionState::Succeeded));
    assert_eq!(rig.provider.count("stop", 1), 0, "nothing is sent of what nobody can read");
    assert_eq!((rig.state(broken), waits(&rig, broken).as_deref()), (ActionState::Held, Some("action.damaged")));
    let today = rackdesk_store::list::Today::local();
    let rows = rig.store().read(|c| queue::board_window(c, &rackdesk_store::list::ListQuery::default(), &today));
    let shown = rows.unwrap().rows.into_iter().find(|a| a.id == broken).expect("the board shows it");
    assert_eq!((shown.damage.as_deref(), shown.kind.as_str()), (Some("created_at"), "power.stop"));
    let told = rig.store().read(|c| verbs::choices(c, &shown)).unwrap();
    let offered: Vec<_> = told.iter().filter(|choice| choice.refused.is_none()).map(|choice| choice.verb).collect();
    assert_eq!(offered, [ActionVerb::Cancel], "it can only be taken back");
    let cancel = move |c: &_| {
        let saying = Saying { by: "mira", reason: Some("the row is damaged"), now: Timestamp::now() };
        verbs::apply(c, broken, ActionVerb::Cancel, saying, &quick())
    };
    rig.store().write(move |c| cancel(c)).unwrap().unwrap();
    assert_eq!(rig.state(broken), ActionState::Cancelled);
}

fn pages(rig: &Rig, most: Option<i64>) {
    let limit = move |c: &rackdesk_store::rusqlite::Connection| {
        let now: i64 = c.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        Ok(c.query_row(&format!("PRAGMA max_page_count = {}", most.unwrap_or(now)), [], |row| row.get::<_, i64>(0))?)
    };
    rig.store().write(move |c| limit(c)).unwrap();
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_sends_nothing_that_is_not_on_it() {
    let machines: Vec<_> = (1..=40).map(|id| (id, "running")).collect();
    let rig = Rig::new(&machines).await;
    let ids: Vec<_> = (1..=40).map(|instance| rig.enqueue("power.restart", instance)).collect();
    pages(&rig, None);
    let more = |c: &rackdesk_store::rusqlite::Transaction<'_>| {
        for instance in 100..400 {
            queue::enqueue(c, &new_action("power.restart", instance))?;
        }
        Ok(())
    };
    assert_eq!(rig.store().write_durable(more), Err(StoreError::DiskFull), "enqueueing says so");
    let count = || -> i64 {
        rig.store().read(|c| Ok(c.query_row("SELECT count(*) FROM action", [], |row| row.get(0))?)).unwrap()
    };
    assert_eq!(count(), 40, "and keeps none of them");
    let engine = rig.engine(quick()).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    // What arrived is read first: it must have been written down before.
    let arrived = rig.provider.with(|w| w.arrived.clone());
    let journalled: Vec<String> = rig
        .store()
        .read(|c| {
            let mut found = c.prepare("SELECT request_id FROM action_attempt WHERE sent_at IS NOT NULL")?;
            Ok(found.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
        .unwrap();
    assert!(arrived.iter().all(|request| journalled.contains(request)), "something was sent and not written down");
    assert!(ids.iter().any(|id| rig.state(*id) != ActionState::Succeeded), "the disk was full indeed");
    pages(&rig, Some(1 << 30));
    tokio::time::timeout(Duration::from_secs(60), engine.run_until_idle()).await.expect("in time").unwrap();
    engine.stop().await;
    for (id, instance) in ids.iter().zip(1..) {
        assert_eq!(rig.state(*id), ActionState::Succeeded, "{:?}", rig.story(*id));
        assert_eq!(rig.provider.count("restart", instance), 1);
    }
}

#[tokio::test]
async fn of_two_workers_on_one_queue_the_one_that_lost_its_lease_writes_nothing() {
    let rig = Rig::new(&[(1, "running")]).await;
    rig.provider.with(|w| w.slow = Duration::from_millis(450));
    let id = rig.enqueue("power.restart", 1);
    let first = rig.engine(quick()).await;
    rig.until("the call is in flight", |r| r.provider.with(|w| w.arrived.len()) == 1).await;
    let before = rig.action(id).lease_token;
    // The lock is stolen: another folder, the same database.
    let elsewhere = tempfile::tempdir().unwrap();
    let options = EngineOptions { profile_dir: elsewhere.path().to_owned(), policy: quick(), seed: Some(2) };
    let second = Engine::start(rig.deps.clone(), options).await.unwrap();
    assert!(rig.story(id).contains(&"lose_track".to_owned()), "the second one does not know how it ended");
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!rig.story(id).contains(&"await".to_owned()), "the first one's answer came too late: {:?}", rig.story(id));
    second.run_until_idle().await.unwrap();
    assert_eq!(rig.state(id), ActionState::Succeeded);
    assert!(rig.action(id).lease_token > before);
    assert_eq!(rig.provider.count("restart", 1), 1);
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 1, "settled by evidence, never sent again");
    first.stop().await;
    second.stop().await;
}

/// The machine's clock with something added to it, in seconds.
fn clock(rig: &mut Rig) -> Arc<AtomicI64> {
    let ahead = Arc::new(AtomicI64::new(0));
    let by = Arc::clone(&ahead);
    rig.deps.clock = Arc::new(move || Timestamp::now() + SignedDuration::from_secs(by.load(Ordering::Relaxed)));
    ahead
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_does_not_make_a_late_audit_row_an_absence() {
    let mut rig = Rig::new(&[(1, "running")]).await;
    let ahead = clock(&mut rig);
    rig.provider.with(|w| w.lag = Duration::from_millis(1200));
    rig.provider.fault([Fault::CutAfter]);
    let id = rig.enqueue("power.restart", 1);
    let engine = rig.engine(quick()).await;
    rig.until("it is unknown", |r| r.state(id) == ActionState::Unknown).await;
    ahead.store(60, Ordering::Relaxed);
    rig.until("it was looked for several times", |r| r.action(id).looks >= 4 || r.state(id) != ActionState::Unknown)
        .await;
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 1, "{:?}", rig.story(id));
    assert_eq!(rig.state(id), ActionState::Succeeded);
}

#[tokio::test]
async fn a_clock_that_is_put_back_keeps_nobody_waiting_for_the_old_time() {
    let mut rig = Rig::new(&[(1, "running"), (2, "running")]).await;
    let ahead = clock(&mut rig);
    ahead.store(86_400, Ordering::Relaxed);
    rig.provider.fault([Fault::TooMany, Fault::CutAfter]);
    let ids = [rig.enqueue("power.stop", 1), rig.enqueue("power.stop", 2)];
    let engine = rig.engine(quick()).await;
    rig.until("both met trouble", |r| {
        ids.iter().all(|id| r.story(*id).iter().any(|name| name == "postpone" || name == "lose_track"))
    })
    .await;
    ahead.store(0, Ordering::Relaxed);
    tokio::time::timeout(Duration::from_secs(20), engine.run_until_idle()).await.expect("not in a day").unwrap();
    engine.stop().await;
    for (id, instance) in ids.iter().zip(1..) {
        assert_eq!(rig.state(*id), ActionState::Succeeded);
        assert_eq!(rig.provider.count("stop", instance), 1);
    }
}

#[tokio::test]
async fn a_restart_that_was_sent_by_a_clock_ahead_is_not_waited_for_until_that_time_comes() {
    let mut rig = Rig::new(&[(1, "running")]).await;
    let ahead = clock(&mut rig);
    ahead.store(86_400, Ordering::Relaxed);
    let id = rig.enqueue("power.restart", 1);
    let engine = rig.engine(quick()).await;
    rig.until("it was sent", |r| r.provider.count("restart", 1) == 1).await;
    ahead.store(0, Ordering::Relaxed);
    tokio::time::timeout(Duration::from_secs(20), engine.run_until_idle()).await.expect("not in a day").unwrap();
    engine.stop().await;
    assert_eq!(rig.state(id), ActionState::Succeeded);
    assert_eq!(rig.provider.count("restart", 1), 1);
}

#[tokio::test]
async fn where_no_audit_can_be_read_a_start_is_settled_by_the_running_server_and_a_restart_is_not() {
    let rig = Rig::new(&[(1, "stopped"), (2, "running")]).await;
    rig.provider.with(|w| w.audits_down = true);
    rig.provider.fault([Fault::CutAfter, Fault::CutAfter]);
    let (start, restart) = (rig.enqueue("power.start", 1), rig.enqueue("power.restart", 2));
    let engine = rig.engine(quick()).await;
    rig.until("the start is settled", |r| r.state(start) == ActionState::Succeeded).await;
    assert_eq!(rig.story(start), ["enqueue", "start", "lose_track", "prove_applied", "succeed"]);
    let evidence = rig.store().read(|c| queue::evidence(c, start)).unwrap();
    assert!(evidence.iter().any(|e| e.source == "state" && e.says.contains("evidence.fulfilled")));
    assert_eq!(rig.state(restart), ActionState::Unknown, "a running server says nothing of a restart");
    engine.stop().await;
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 2);
    let held = rig.store().write(move |c| Ok(step(c, restart, Transition::LookAgain, |_| {}).state));
    assert_eq!(held.unwrap(), "unknown");
}

//! Pausing, stopping everything, two workers, and starting again after the process ended.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rackdesk_console::act::{
    ActionState, ActionVerb, Engine, EngineError, EngineOptions,
    engine::{pause, resume},
    verbs::{self, Saying},
};
use rackdesk_store::queue;

use crate::{
    provider::Fault,
    rig::{Rig, quick},
};

#[tokio::test]
async fn a_paused_queue_starts_nothing_and_finishes_what_runs() {
    let rig = Rig::new(&[(1, "running"), (2, "running")]).await;
    let first = rig.enqueue("power.restart", 1);
    let engine = rig.engine(quick()).await;
    rig.until("the first was accepted", |r| r.action(first).step == "wait").await;
    pause(&rig.deps, "mira").await.unwrap();
    let second = rig.enqueue("power.restart", 2);
    engine.run_until_idle().await.unwrap();
    assert_eq!((rig.state(first), rig.state(second)), (ActionState::Succeeded, ActionState::Ready));
    resume(&rig.deps, "mira").await.unwrap();
    engine.run_until_idle().await.unwrap();
    assert_eq!(rig.state(second), ActionState::Succeeded);
    engine.stop().await;
}

#[tokio::test]
async fn stop_everything_takes_less_than_a_second_and_what_was_in_flight_is_settled_later() {
    let machines: Vec<_> = (1..=12).map(|id| (id, "running")).collect();
    let rig = Rig::new(&machines).await;
    rig.provider.with(|w| w.slow = Duration::from_millis(400));
    let ids: Vec<_> = (1..=12).map(|i| rig.enqueue("power.restart", i)).collect();
    let engine = rig.engine(quick()).await;
    rig.until("four are in flight", |r| r.provider.with(|w| w.arrived.len()) >= 4).await;

    let asked = Instant::now();
    engine.stop_everything("mira").await.unwrap();
    let sent_by_then = rig.provider.with(|w| w.arrived.len());
    rig.until("nothing runs before its answer", |r| {
        ids.iter().all(|id| r.action(*id).step != "send" || r.state(*id) != ActionState::Running)
    })
    .await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(rig.provider.with(|w| w.arrived.len()), sent_by_then, "nothing more was written");
    let unknown_or_proven = ids.iter().filter(|id| rig.story(**id).contains(&"lose_track".to_owned())).count();
    assert!(unknown_or_proven >= 1, "calls in flight were given up");

    resume(&rig.deps, "mira").await.unwrap();
    rig.provider.with(|w| w.slow = Duration::ZERO);
    engine.run_until_idle().await.unwrap();
    for (id, instance) in ids.iter().zip(1..) {
        assert_eq!(rig.state(*id), ActionState::Succeeded);
        assert_eq!(rig.provider.count("restart", instance), 1, "instance {instance}");
    }
    engine.stop().await;
}

#[tokio::test]
async fn a_second_worker_is_turned_away_and_takes_over_when_the_first_ends() {
    let rig = Rig::new(&[(1, "running")]).await;
    let first = rig.engine(quick()).await;
    let options = EngineOptions { profile_dir: rig.dir.path().to_owned(), policy: quick(), seed: None };
    let second = Engine::start(rig.deps.clone(), options.clone()).await;
    assert!(matches!(second, Err(EngineError::AnotherWorker)));
    first.stop().await;
    let second = Engine::start(rig.deps.clone(), options).await.expect("the lock is free again");
    let id = rig.enqueue("power.restart", 1);
    second.run_until_idle().await.unwrap();
    assert_eq!(rig.state(id), ActionState::Succeeded);
    second.stop().await;
}

#[tokio::test]
async fn ending_while_a_call_hangs_journals_it_as_unknown_and_the_next_start_settles_it() {
    let rig = Rig::new(&[(1, "running")]).await;
    rig.provider.fault([Fault::HangAfter]);
    let id = rig.enqueue("power.restart", 1);
    let engine = rig.engine(quick()).await;
    rig.until("it is sent", |r| r.provider.with(|w| w.arrived.len()) == 1).await;
    engine.stop().await;
    assert_eq!(rig.state(id), ActionState::Unknown);
    rig.work(quick()).await;
    assert_eq!(rig.state(id), ActionState::Succeeded);
    assert_eq!(rig.provider.count("restart", 1), 1);
}

#[tokio::test]
async fn no_more_calls_are_in_flight_at_once_than_the_provider_gets() {
    let machines: Vec<_> = (1..=10).map(|id| (id, "running")).collect();
    let rig = Rig::new(&machines).await;
    rig.provider.with(|w| w.slow = Duration::from_millis(200));
    for instance in 1..=10 {
        rig.enqueue("power.restart", instance);
    }
    let mut policy = quick();
    policy.contabo_slots = 3;
    let engine = rig.engine(policy).await;
    let mut most = 0;
    for _ in 0..40 {
        let in_flight = rig
            .store()
            .read(|c| {
                Ok(c.query_row(
                    "SELECT count(*) FROM action_attempt WHERE sent_at IS NOT NULL AND outcome = 'open'",
                    [],
                    |row| row.get::<_, i64>(0),
                )?)
            })
            .unwrap();
        most = most.max(in_flight);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!((1..=3).contains(&most), "{most}");
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
}

#[tokio::test]
async fn a_person_settles_what_evidence_cannot_and_both_are_in_the_history() {
    let rig = Rig::new(&[(1, "running")]).await;
    rig.provider.with(|w| w.audits_down = true);
    rig.provider.fault([Fault::CutBefore]);
    let id = rig.enqueue("power.restart", 1);
    let engine = rig.engine(quick()).await;
    rig.until("it is unknown", |r| r.state(id) == ActionState::Unknown && r.action(id).looks > 0).await;
    let say = |verb: ActionVerb, reason: Option<&'static str>| {
        let saying = move |c: &rackdesk_store::rusqlite::Connection| {
            verbs::apply(c, id, verb, Saying { by: "mira", reason, now: Timestamp::now() }, &quick())
        };
        rig.store().write(move |c| saying(c)).unwrap()
    };
    assert!(say(ActionVerb::Cancel, None).is_err(), "what was sent cannot be taken back");
    assert!(say(ActionVerb::MarkNotDone, None).is_err(), "a reason is needed");
    say(ActionVerb::MarkNotDone, Some("the panel shows no restart")).unwrap();
    assert_eq!(rig.state(id), ActionState::Failed);
    let again = say(ActionVerb::RetryNow, None).unwrap();
    assert_ne!(again, id, "history is not rewritten: it is a fresh action");
    rig.provider.with(|w| w.audits_down = false);
    engine.wake();
    engine.run_until_idle().await.unwrap();
    assert_eq!(rig.state(again), ActionState::Succeeded);
    assert_eq!(rig.provider.count("restart", 1), 1);
    let evidence = rig.store().read(|c| queue::evidence(c, id)).unwrap();
    assert!(evidence.iter().any(|e| e.source == "person" && e.says.contains("the panel shows no restart")));
    engine.stop().await;
}

#[tokio::test]
async fn what_was_not_started_in_time_is_given_up_with_words() {
    let rig = Rig::new(&[(1, "running")]).await;
    let id = rig.enqueue("power.restart", 1);
    rig.store().write(move |c| Ok(c.execute("UPDATE action SET deadline = created_at WHERE id = ?1", [id])?)).unwrap();
    rig.work(quick()).await;
    assert_eq!(rig.state(id), ActionState::Failed);
    assert_eq!(rig.story(id), ["enqueue", "expire"]);
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 0);
}

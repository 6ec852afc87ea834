//! One restart meets every kind of trouble. The provider's own memory is the judge of "exactly once".

use std::time::Duration;

use rackdesk_console::{
    act::{ActionState, policy::EnginePolicy},
    policy::{Policy, kept},
    record::timeline,
};
use rackdesk_store::queue;

use crate::{
    provider::Fault,
    rig::{Rig, quick},
};

async fn restart_under(faults: &[Fault], policy: EnginePolicy) -> (Rig, i64) {
    let rig = Rig::new(&[(100, "running")]).await;
    rig.provider.fault(faults.iter().copied());
    let id = rig.enqueue("power.restart", 100);
    rig.work(policy).await;
    (rig, id)
}

#[tokio::test]
async fn a_restart_is_checked_journalled_sent_waited_for_and_proven_by_the_audit() {
    let (rig, id) = restart_under(&[], quick()).await;
    assert_eq!(rig.provider.count("restart", 100), 1);
    assert_eq!(rig.state(id), ActionState::Succeeded);
    assert_eq!(rig.story(id), ["enqueue", "start", "await", "succeed"]);
    let attempts = rig.store().read(|c| queue::attempts(c, id)).unwrap();
    assert_eq!(attempts.len(), 1);
    let attempt = &attempts[0];
    assert_eq!(
        (attempt.outcome.as_str(), attempt.call.as_str()),
        ("applied", "POST /v1/compute/instances/100/actions/restart")
    );
    assert!(attempt.journalled_at <= attempt.sent_at.unwrap());
    assert_eq!(rig.provider.with(|w| w.done[0].2.clone()), attempt.request_id, "what was sent is what was journalled");
    let result: serde_json::Value = serde_json::from_str(rig.action(id).result.as_deref().unwrap()).unwrap();
    assert_eq!(result["proof"], "audit");
    assert!(result["down_ms"].as_i64().unwrap() > 0, "it was seen down: {result}");
}

#[tokio::test]
async fn done_then_cut_is_settled_by_the_audit_and_never_sent_again() {
    for fault in [Fault::CutAfter, Fault::FailAfter, Fault::HangAfter, Fault::Garbled] {
        let (rig, id) = restart_under(&[fault], quick()).await;
        assert_eq!(rig.provider.count("restart", 100), 1, "{fault:?}");
        assert_eq!(rig.provider.with(|w| w.arrived.len()), 1, "{fault:?}");
        assert_eq!(rig.state(id), ActionState::Succeeded, "{fault:?}");
        assert_eq!(rig.story(id), ["enqueue", "start", "lose_track", "prove_applied", "succeed"], "{fault:?}");
    }
}

#[tokio::test]
async fn cut_before_it_was_done_is_sent_again_only_after_the_grace_time_and_under_a_new_id() {
    for fault in [Fault::CutBefore, Fault::FailBefore, Fault::HangBefore] {
        let begun = std::time::Instant::now();
        let (rig, id) = restart_under(&[fault], quick()).await;
        assert_eq!(rig.provider.count("restart", 100), 1, "{fault:?}");
        assert_eq!(rig.state(id), ActionState::Succeeded, "{fault:?}");
        assert_eq!(
            rig.story(id),
            ["enqueue", "start", "lose_track", "prove_absent", "start", "await", "succeed"],
            "{fault:?}"
        );
        assert!(begun.elapsed() >= Duration::from_millis(1500), "the grace time was kept: {fault:?}");
        let arrived = rig.provider.with(|w| w.arrived.clone());
        assert_eq!(arrived.len(), 2, "{fault:?}");
        assert_ne!(arrived[0], arrived[1], "a new attempt has a new request id");
        let attempts = rig.store().read(|c| queue::attempts(c, id)).unwrap();
        assert_eq!(attempts.iter().map(|a| a.outcome.as_str()).collect::<Vec<_>>(), ["not_applied", "applied"]);
    }
}

#[tokio::test]
async fn a_late_audit_row_within_the_grace_time_is_waited_for() {
    let rig = Rig::new(&[(100, "running")]).await;
    rig.provider.with(|w| w.lag = Duration::from_millis(1000));
    rig.provider.fault([Fault::CutAfter]);
    let id = rig.enqueue("power.restart", 100);
    rig.work(quick()).await;
    assert_eq!(rig.provider.count("restart", 100), 1);
    assert_eq!(rig.story(id), ["enqueue", "start", "lose_track", "prove_applied", "succeed"]);
    let evidence = rig.store().read(|c| queue::evidence(c, id)).unwrap();
    assert!(evidence.iter().any(|e| e.source == "audit" && e.speaks_for == "open"), "the looks before are kept, too");
    assert!(evidence.iter().filter(|e| e.speaks_for == "open").count() <= 3, "but not each of them: {evidence:?}");
}

#[tokio::test]
async fn certain_refusals_are_tried_again_at_once_or_never() {
    let (rig, id) = restart_under(&[Fault::TooMany, Fault::TooMany], quick()).await;
    assert_eq!(rig.provider.count("restart", 100), 1);
    assert_eq!(rig.story(id), ["enqueue", "start", "postpone", "start", "postpone", "start", "await", "succeed"]);

    let (rig, id) = restart_under(&[Fault::Missing], quick()).await;
    assert_eq!(rig.state(id), ActionState::Failed);
    assert_eq!(rig.provider.count("restart", 100), 0);
    let why = timeline::outcome(&rig.action(id)).expect("a reason");
    assert_eq!(why.code, "fault.not_found");

    let (rig, id) = restart_under(&[Fault::Expired], quick()).await;
    assert_eq!(rig.state(id), ActionState::Succeeded, "the client signs in again and replays under the same id");
    let arrived = rig.provider.with(|w| w.arrived.clone());
    assert_eq!(arrived[0], arrived[1]);
}

#[tokio::test]
async fn an_acknowledgement_for_another_server_stops_for_a_person() {
    let rig = Rig::new(&[(100, "running"), (101, "running")]).await;
    rig.provider.fault([Fault::WrongServer]);
    let id = rig.enqueue("power.restart", 100);
    rig.work(quick()).await;
    let action = rig.action(id);
    assert_eq!((action.state.as_str(), action.next_at), ("unknown", None), "nothing goes on by itself");
    assert!(action.waits.unwrap().contains("evidence.audit_elsewhere"));
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 1);
}

#[tokio::test]
async fn unreadable_audits_prove_nothing_however_long_it_takes() {
    let rig = Rig::new(&[(100, "running")]).await;
    rig.provider.with(|w| w.audits_down = true);
    rig.provider.fault([Fault::CutBefore]);
    let id = rig.enqueue("power.restart", 100);
    let engine = rig.engine(quick()).await;
    rig.until("it is unknown", |r| r.state(id) == ActionState::Unknown).await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(rig.state(id), ActionState::Unknown, "the grace time is long over");
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 1);
    rig.provider.with(|w| w.audits_down = false);
    engine.run_until_idle().await.unwrap();
    assert_eq!(rig.state(id), ActionState::Succeeded);
    assert_eq!(rig.provider.count("restart", 100), 1);
    engine.stop().await;
}

#[tokio::test]
async fn an_unknown_outcome_holds_its_server_and_nothing_else() {
    let rig = Rig::new(&[(100, "running"), (200, "running")]).await;
    rig.provider.with(|w| w.audits_down = true);
    rig.provider.fault([Fault::CutAfter]);
    let restart = rig.enqueue("power.restart", 100);
    let engine = rig.engine(quick()).await;
    rig.until("it is unknown", |r| r.state(restart) == ActionState::Unknown).await;
    let stop = rig.enqueue("power.stop", 100);
    let other = rig.enqueue("power.stop", 200);
    engine.wake();
    rig.until("the other server is done", |r| r.state(other) == ActionState::Succeeded).await;
    assert_eq!(rig.state(stop), ActionState::Ready, "it waits in line behind the unknown one");
    rig.provider.with(|w| w.audits_down = false);
    engine.run_until_idle().await.unwrap();
    assert_eq!((rig.state(restart), rig.state(stop)), (ActionState::Succeeded, ActionState::Succeeded));
    assert_eq!(rig.provider.status(100), "stopped", "in the order in which they were approved");
    engine.stop().await;
}

#[tokio::test]
async fn start_stop_and_shutdown_reach_their_states_and_what_is_so_already_is_not_sent() {
    let rig = Rig::new(&[(1, "stopped"), (2, "running"), (3, "running"), (4, "running"), (5, "installing")]).await;
    let start = rig.enqueue("power.start", 1);
    let stop = rig.enqueue("power.stop", 2);
    let shutdown = rig.enqueue("power.shutdown", 3);
    let already = rig.enqueue("power.start", 4);
    let forbidden = rig.enqueue("power.restart", 5);
    let vanished = rig.enqueue("power.restart", 6);
    rig.work(quick()).await;
    for id in [start, stop, shutdown, already] {
        assert_eq!(rig.state(id), ActionState::Succeeded);
    }
    assert_eq!([1, 2, 3].map(|i| rig.provider.status(i)), ["running", "stopped", "stopped"]);
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 3, "what was running already was not started");
    assert_eq!(timeline::outcome(&rig.action(forbidden)).unwrap().code, "rule.status");
    assert_eq!(timeline::outcome(&rig.action(vanished)).unwrap().code, "action.server_gone");
}

#[tokio::test]
async fn a_server_that_does_not_come_back_fails_with_words_and_is_not_restarted_again() {
    let rig = Rig::new(&[(100, "running")]).await;
    rig.provider.with(|w| w.stays_down = true);
    let mut policy = quick();
    policy.wait.limit_percent = 0;
    let id = rig.enqueue("power.restart", 100);
    rig.work(policy).await;
    assert_eq!(rig.state(id), ActionState::Failed);
    assert_eq!(timeline::outcome(&rig.action(id)).unwrap().code, "action.too_late");
    assert_eq!(rig.provider.count("restart", 100), 1);
}

#[tokio::test]
async fn reads_that_fail_while_waiting_do_not_end_the_wait() {
    let rig = Rig::new(&[(100, "running")]).await;
    let id = rig.enqueue("power.restart", 100);
    let engine = rig.engine(quick()).await;
    rig.until("it was accepted", |r| r.action(id).step == "wait").await;
    rig.provider.with(|w| w.reads_down = true);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(rig.state(id), ActionState::Running);
    assert!(rig.action(id).waits.unwrap().contains("fault.provider_failed"));
    rig.provider.with(|w| w.reads_down = false);
    engine.run_until_idle().await.unwrap();
    assert_eq!(rig.state(id), ActionState::Succeeded);
    engine.stop().await;
}

#[tokio::test]
async fn an_account_without_audit_rows_still_ends_on_the_providers_own_answer() {
    let rig = Rig::new(&[(100, "running")]).await;
    rig.provider.with(|w| w.no_rows = true);
    let mut policy = quick();
    policy.wait.audit_patience = Duration::from_millis(300);
    let id = rig.enqueue("power.restart", 100);
    rig.work(policy).await;
    assert_eq!(rig.state(id), ActionState::Succeeded);
    let evidence = rig.store().read(|c| queue::evidence(c, id)).unwrap();
    assert!(evidence.iter().any(|e| e.says.contains("evidence.audit_missing")), "the gap is told");
}

#[tokio::test]
async fn the_story_reads_in_order_and_names_every_request() {
    let (rig, id) = restart_under(&[Fault::CutAfter], quick()).await;
    let action = rig.action(id);
    let story = rig
        .store()
        .read(|c| {
            Ok(timeline::of_action(
                &action,
                &queue::events(c, id)?,
                &queue::attempts(c, id)?,
                &queue::evidence(c, id)?,
                &[],
            ))
        })
        .unwrap();
    let titles: Vec<_> = story.iter().map(|e| e.title.code.as_str()).collect();
    let place =
        |code: &str| titles.iter().position(|t| *t == code).unwrap_or_else(|| panic!("no {code} in {titles:?}"));
    assert!(place("timeline.event.enqueue") < place("timeline.journalled"));
    assert!(place("timeline.journalled") < place("timeline.sent"));
    assert!(place("timeline.sent") < place("timeline.event.lose_track"));
    assert!(place("timeline.event.lose_track") < place("timeline.event.prove_applied"));
    assert_eq!(titles.last(), Some(&"timeline.event.succeed"));
}

#[tokio::test]
async fn an_answer_that_was_asked_for_within_the_grace_time_proves_no_absence_after_it() {
    let rig = Rig::new(&[(1, "running")]).await;
    rig.provider.fault([Fault::CutAfter]);
    // Looked for at 1.3 s, there from 1.4 s on, told at 2.5 s: by then the grace time is over.
    rig.provider.with(|w| (w.lag, w.slow_audits) = (Duration::from_millis(1400), Duration::from_millis(1200)));
    let mut policy = quick();
    policy.evidence.least_absences = 1;
    let id = rig.enqueue("power.restart", 1);
    rig.work(policy).await;
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 1, "sent twice: {:?}", rig.story(id));
    assert_eq!(rig.state(id), ActionState::Succeeded);
    let evidence = rig.store().read(|c| queue::evidence(c, id)).unwrap();
    assert!(
        evidence.iter().any(|e| e.says.contains("evidence.audit_absent")),
        "it was read, and not there: {evidence:?}"
    );
}

#[tokio::test]
async fn an_attempt_that_cannot_be_read_waits_for_a_person_and_takes_nobodys_place() {
    let rig = Rig::new(&[(1, "running"), (2, "running")]).await;
    rig.provider.fault([Fault::CutAfter]);
    rig.provider.with(|w| w.audits_down = true);
    let broken = rig.enqueue("power.restart", 1);
    let engine = rig.engine(EnginePolicy { contabo_slots: 1, ..quick() }).await;
    rig.until("it is unknown", |r| r.state(broken) == ActionState::Unknown).await;
    let spoil = move |c: &rackdesk_store::rusqlite::Connection| {
        let sql = "UPDATE action_attempt SET answered_at = 9000000000000000000 WHERE action_id = ?1";
        Ok(c.execute(sql, [broken])?)
    };
    rig.store().write(move |c| spoil(c)).unwrap();
    rig.until("it is set aside", |r| r.action(broken).next_at.is_none() && r.action(broken).lease.is_none()).await;
    assert!(rig.action(broken).waits.is_some_and(|waits| waits.contains("action.damaged")));
    rig.provider.with(|w| w.audits_down = false);
    let other = rig.enqueue("power.restart", 2);
    tokio::time::timeout(Duration::from_secs(30), engine.run_until_idle()).await.expect("idle in time").unwrap();
    engine.stop().await;
    assert_eq!((rig.state(broken), rig.state(other)), (ActionState::Unknown, ActionState::Succeeded));
    assert_eq!(rig.provider.count("restart", 1), 1);
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_holds_sends_at_growing_pauses_until_it_can() {
    let rig = Rig::new(&[(1, "running")]).await;
    let change = |policy: String| {
        let now = jiff::Timestamp::now();
        let (by, before) = ("mira".to_owned(), "{}".to_owned());
        let change = rackdesk_store::policy::PolicyChange { id: 0, at: now, by, reason: None, before, policy };
        rig.store().write(move |c| rackdesk_store::policy::add(c, &change)).unwrap();
    };
    change("\"of a later version\"".into());
    let id = rig.enqueue("power.restart", 1);
    let engine = rig.engine(quick()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let told = rig.story(id);
    assert!(told.iter().any(|name| name == "postpone"), "{told:?}");
    assert!(told.len() < 40, "{} moves in two seconds", told.len());
    assert!(rig.action(id).waits.is_none_or(|waits| waits.contains("action.rules_unread")));
    assert_eq!(rig.provider.with(|w| w.arrived.len()), 0, "nothing is sent that nothing allows");
    let good = Policy::default();
    rig.store().write(move |c| kept::put(c, &good, &good, "mira", None, jiff::Timestamp::now())).unwrap();
    tokio::time::timeout(Duration::from_secs(30), engine.run_until_idle()).await.expect("idle in time").unwrap();
    engine.stop().await;
    assert_eq!(rig.state(id), ActionState::Succeeded);
}

#[tokio::test]
async fn what_is_dated_tomorrow_by_a_clock_that_was_ahead_counts_for_nothing() {
    let rig = Rig::new(&[(1, "running"), (2, "running")]).await;
    let now = jiff::Timestamp::now();
    let ids = [rig.enqueue("power.restart", 1), rig.enqueue("power.restart", 2)];
    rig.work(quick()).await;
    let counted = move |c: &rackdesk_store::rusqlite::Connection| {
        let hour = rackdesk_console::plan::history::ago(jiff::Timestamp::now(), jiff::SignedDuration::from_hours(1));
        let sent = rackdesk_store::policy::sends_since(c, &["power.restart"], hour, 0, 10)?.len();
        Ok::<_, rackdesk_store::StoreError>((sent, queue::enqueued_since(c, "power.", hour)?))
    };
    let tomorrow = (now + jiff::SignedDuration::from_hours(24)).as_microsecond();
    let spoilt = rig.store().write(move |c| {
        let c: &rackdesk_store::rusqlite::Connection = c;
        c.execute_batch(
            "DROP TRIGGER action_attempt_is_sealed; DROP TRIGGER action_is_sealed;
            INSERT INTO plan (id, kind, state, body, by_operator, created_at, ask)
            VALUES (9, 'x', 'open', '{}', 'a', 1, '{}');
            UPDATE action SET plan_id = 9, change_index = id",
        )?;
        let before = counted(c)?;
        c.execute("UPDATE action SET created_at = ?2 WHERE id = ?1", [ids[1], tomorrow])?;
        c.execute("UPDATE action_attempt SET sent_at = ?2 WHERE action_id = ?1", [ids[1], tomorrow])?;
        Ok((before, counted(c)?))
    });
    assert_eq!(spoilt.unwrap(), ((2, 2), (1, 1)));
}

//! Whatever becomes of an answer, the audits say whether the provider acted: every audited operation, every fault,
//! every lag.

use rackdesk_contabo::registry::find;
use rackdesk_contabo::settle::{Trail, trail, trails};
use rackdesk_contabo::{RunError, Settled, registry, settle};
use rackdesk_wire::{Call, Effect, Sent};
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::desk::Desk;
use crate::story::{Step, story};

/// How late the audit row of the nth call comes, in seconds; no figure is documented (quirk 8). Sixty at most.
type Lag = fn(u32) -> u32;

const AT_ONCE: Lag = |_| 0;
const LATE: Lag = |nth| if nth % 3 == 0 { 60 } else { 1 + nth * 7 % 60 };

/// What a call named, by the provider's names.
fn named(desk: &Desk, step: &Step) -> Vec<(String, String)> {
    let path = find(step.operation).expect("typed").path;
    let given = desk.given(step);
    let in_path = |name: &str| path.contains(&format!("{{{name}}}"));
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    given.iter().filter(|(name, _)| in_path(name)).map(|(name, value)| (name.clone(), text(value))).collect()
}

async fn verdict(desk: &Desk, step: &Step, request_id: Uuid) -> Settled {
    let ours = named(desk, step);
    let ours: Vec<(&str, &str)> = ours.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    settle(&desk.client, step.operation, &ours, request_id, &Call::fresh()).await
}

/// Runs the story; each audited call meets the fault once. Returns the operations that were settled.
async fn story_under(fault: &str, applied: bool, lag: Lag) -> BTreeSet<&'static str> {
    let mut desk = Desk::open(11, None).await;
    desk.lag(0);
    let mut settled = BTreeSet::new();
    for (step, nth) in story().zip(0..) {
        let info = find(step.operation).expect("typed");
        let audited = info.effect != Effect::Read && matches!(trail(info.id, info.area), Trail::List(_));
        if audited && settled.insert(info.id) {
            desk.client.sign_in().await.expect("signed in");
            desk.lag(lag(nth));
            faulty(&mut desk, &step, fault, applied, lag(nth)).await;
        } else {
            let answer = desk.run(&step, Uuid::new_v4()).await;
            let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", step.operation));
            desk.learn(&step, &answer);
        }
        desk.wait(step.rest);
    }
    settled
}

async fn faulty(desk: &mut Desk, step: &Step, fault: &str, applied: bool, lag: u32) {
    let what = format!("{} under {fault}, rows {lag} s late", step.operation);
    let request_id = Uuid::new_v4();
    desk.fault(step.operation, fault);
    let RunError::Call(error) = desk.run(step, request_id).await.expect_err(&what) else { panic!("{what}: not sent") };
    assert_eq!(error.sent(), Sent::MaybeSent, "{what}: {error}");
    assert_eq!(error.request_id, request_id, "{what}");
    assert_eq!(desk.done(request_id) > 0, applied, "{what}: what the provider's own journal says");
    if !applied || lag > 0 {
        let early = verdict(desk, step, request_id).await;
        assert!(matches!(early, Settled::NotSeen), "{what}: {early:?}");
    }
    desk.wait(i64::from(lag) + 1);
    let late = verdict(desk, step, request_id).await;
    if applied {
        let Settled::Applied { ids, rows } = late else { panic!("{what}: {late:?}") };
        assert!(rows.iter().all(|row| row.trace_id == "story"), "{what}: {rows:?}");
        desk.learn_from_audits(step, &ids);
        return;
    }
    assert!(matches!(late, Settled::NotSeen), "{what}: {late:?}");
    // Nothing was done: sent again, under a new id, it is done once.
    let again = Uuid::new_v4();
    let answer = desk.run(step, again).await.unwrap_or_else(|error| panic!("{what}, sent again: {error}"));
    desk.learn(step, &answer);
    desk.wait(i64::from(lag) + 1);
    assert!(matches!(verdict(desk, step, again).await, Settled::Applied { .. }), "{what}, sent again");
    assert_eq!((desk.done(request_id), desk.done(again) > 0), (0, true), "{what}");
}

async fn every_lag_under(fault: &str, applied: bool) {
    let audited: BTreeSet<&str> =
        trails().into_iter().filter(|(_, trail)| matches!(trail, Trail::List(_))).map(|(id, _)| id).collect();
    assert_eq!(audited.len(), 66);
    for lag in [AT_ONCE, LATE] {
        let settled = story_under(fault, applied, lag).await;
        assert_eq!(settled, audited, "the story leaves none out");
    }
    println!("{} operations settled under {fault}, with audit rows at once and up to 60 s late", audited.len());
}

/// quirks 4.10, 8.5
#[tokio::test]
async fn a_lost_answer_is_settled_as_applied_with_its_ids() {
    every_lag_under("cut_after", true).await;
}

#[tokio::test]
async fn a_failure_told_after_the_work_is_settled_as_applied_with_its_ids() {
    every_lag_under("500_after_success", true).await;
}

/// quirks 8.4, 8.5
#[tokio::test]
async fn a_call_cut_off_before_the_work_is_never_settled_as_applied() {
    every_lag_under("cut_before", false).await;
}

/// The story itself, without faults: all of it is answered, and the types know every member.
/// quirk 3.3
#[tokio::test]
async fn the_story_calls_every_operation() {
    let mut desk = Desk::open(11, None).await;
    desk.lag(0);
    let mut called = BTreeSet::new();
    for step in story() {
        let answer = desk.run(&step, Uuid::new_v4()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", step.operation));
        desk.learn(&step, &answer);
        called.insert(step.operation);
        desk.wait(step.rest);
    }
    let missing: Vec<&str> = registry().iter().map(|info| info.id).filter(|id| !called.contains(id)).collect();
    assert!(missing.is_empty(), "not in the story: {missing:?}");
    let surprises = desk.client.surprises();
    assert_eq!((surprises.fields, surprises.rows), (0, 0), "members or rows that no type knows: {surprises:?}");
}

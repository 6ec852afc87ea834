//! What a step costs beside the provider's own time, and how fast everything stops.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rackdesk_console::{
    act::{
        Deps, Engine, EngineOptions, NoMirror, engine, kinds,
        policy::{EnginePolicy, WaitPolicy},
    },
    plan::{
        Target,
        kept::{Hand, new_action},
    },
};
use rackdesk_contabo::{
    Client,
    api::{instance_actions::Start, instances::RetrieveInstance},
    settle,
};
use rackdesk_store::{Store, queue, rusqlite::params};
use rackdesk_wire::Call;
use serde_json::json;

use super::{
    super::{Report, Times},
    host, store_in,
};

/// Steps that are measured, in so many turns.
const STEPS: i64 = 400;
const TURNS: i64 = 4;

fn enqueue(store: &Store, from: i64, to: i64) {
    let kind = kinds::named("power.start").expect("a kind");
    let wishes: Vec<_> = (from..to)
        .map(|id| {
            let name = format!("web-{id}");
            let target =
                Target { kind: "instance".into(), id, name, service_id: None, client_id: None, client_name: None };
            new_action(kind, &target, &json!({}), Hand { by: "bench", now: Timestamp::now() })
        })
        .collect();
    store
        .write(move |c| {
            for new in &wishes {
                queue::enqueue(c, new)?;
            }
            Ok(())
        })
        .expect("actions");
}

/// One at a time and without pauses, so that what is measured is work and not waiting.
fn busy() -> EnginePolicy {
    let policy = EnginePolicy::default();
    let wait = WaitPolicy { first_look: Duration::ZERO, ..policy.wait.clone() };
    EnginePolicy { wait, contabo_slots: 1, whmcs_slots: 0, ..policy }
}

/// The same calls that the step makes: the look before, the write, the look after, the audit.
async fn calls(client: &Client, id: i64, times: &mut Times) {
    times
        .take_async(async {
            client.call_with(RetrieveInstance { instance_id: id }, Call::fresh()).await.expect("an instance");
            let call = Call::fresh();
            let request = call.request_id;
            client.call_with(Start { instance_id: id }, call).await.expect("acknowledged");
            client.call_with(RetrieveInstance { instance_id: id }, Call::fresh()).await.expect("an instance");
            let named = id.to_string();
            settle(client, "start", &[("instanceId", named.as_str())], request, &Call::fresh()).await;
        })
        .await;
}

/// As many commits as a step makes, of a row as wide, with the same waits for the disk: claimed, journalled, marked as
/// sent (on the disk), accepted, looked at, proven.
async fn commits(store: &Store, id: i64, times: &mut Times) {
    times
        .take_async(async {
            for moment in 0..6 {
                let write = move |c: &rackdesk_store::rusqlite::Transaction<'_>| {
                    c.prepare_cached("INSERT OR REPLACE INTO bare (id, state, body) VALUES (?1, ?2, ?3)")?
                        .execute(params![id, moment, "x".repeat(300)])?;
                    Ok(())
                };
                match moment {
                    2 => store.write_durable_async(write).await,
                    _ => store.write_async(write).await,
                }
                .expect("a commit");
            }
        })
        .await;
}

/// Engine per step, the provider's calls per step, bare commits per step: turn about, so that all three meet the same
/// machine.
pub(super) async fn overhead(report: &mut Report, place: &Path) {
    report.heading(&format!("Queue: {STEPS} steps one after the other, on a host that answers at once"));
    let (_host, client) = host::start().await;
    let store = store_in(place);
    store
        .write(|c| Ok(c.execute_batch("CREATE TABLE bare (id INTEGER PRIMARY KEY, state INTEGER, body TEXT) STRICT;")?))
        .expect("a table");
    let deps = Deps::new(store.clone(), Some(client.clone()), Arc::new(NoMirror));
    let options = EngineOptions { profile_dir: place.to_owned(), policy: busy(), seed: Some(1) };
    let engine = Engine::start(deps, options).await.expect("the engine starts");
    let (mut by_calls, mut by_commits, mut by_engine) = (Times::default(), Times::default(), Times::default());
    for turn in 0..TURNS {
        let ids = turn * STEPS / TURNS..(turn + 1) * STEPS / TURNS;
        for id in ids.clone() {
            calls(&client, 1_000_000 + id, &mut by_calls).await;
            commits(&store, id, &mut by_commits).await;
        }
        let steps = u32::try_from(ids.end - ids.start).unwrap_or(1);
        enqueue(&store, 1 + ids.start, 1 + ids.end);
        let began = Instant::now();
        engine.run_until_idle().await.expect("idle");
        by_engine.add(began.elapsed() / steps);
    }
    engine.stop().await;
    let done: i64 = store
        .read(|c| Ok(c.query_row("SELECT count(*) FROM action WHERE state = 'succeeded'", [], |row| row.get(0))?))
        .expect("a count");
    assert_eq!(done, STEPS, "all were brought to their end");
    store.close();
    report.figure("the provider's four calls of a step, bare client", by_calls.text());
    report.figure("six bare commits of a step, one of them on the disk", by_commits.text());
    report.figure("the engine, a whole step, mean of each turn", by_engine.text());
    let extra = by_engine.mean() - by_calls.mean() - by_commits.mean();
    report.limit("overhead of a step beside calls and commits, mean", extra.max(0.0), 2.0, "ms");
}

/// Load on all slots, then the switch: how long until nothing is in flight, and whether anything is sent after it.
pub(super) async fn kill_switch(report: &mut Report, place: &Path) {
    const ROUNDS: i64 = 12;
    report.heading(&format!("Queue: the kill switch under load, ten thousand waiting, {ROUNDS} times"));
    let (host, client) = host::start().await;
    host.late.store(400, Ordering::Relaxed);
    let store = store_in(place);
    enqueue(&store, 1, 10_001);
    let deps = Deps::new(store.clone(), Some(client), Arc::new(NoMirror));
    let policy = EnginePolicy { contabo_slots: 8, ..EnginePolicy::default() };
    let options = EngineOptions { profile_dir: place.to_owned(), policy, seed: Some(1) };
    let worker = Engine::start(deps.clone(), options).await.expect("the engine starts");
    let (mut times, mut after) = (Times::default(), 0);
    for _ in 0..ROUNDS {
        worker.wake();
        while in_flight(&store) < 6 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let began = Instant::now();
        worker.stop_everything("bench").await.expect("the switch");
        let sent = host.writes.load(Ordering::Relaxed);
        while in_flight(&store) > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        times.add(began.elapsed());
        tokio::time::sleep(Duration::from_millis(300)).await;
        after += host.writes.load(Ordering::Relaxed) - sent;
        engine::resume(&deps, "bench").await.expect("resumed");
    }
    worker.stop().await;
    store.close();
    report.figure("until every call in flight was given up and written down", times.text());
    report.limit("the kill switch, longest", times.share(1.0) / 1_000.0, 1.0, "s");
    report.limit("writes that arrived after it", after as f64, 0.0, "");
}

/// Attempts that were sent and have no outcome.
fn in_flight(store: &Store) -> i64 {
    let sql = "SELECT count(*) FROM action_attempt WHERE outcome = 'open' AND sent_at IS NOT NULL";
    store.read(|c| Ok(c.query_row(sql, [], |row| row.get(0))?)).expect("a count")
}

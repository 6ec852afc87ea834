//! A restart on the sandbox under each of its faults. The sandbox was written apart from us; its journal is the judge.

use std::time::Duration;

use rackdesk_console::act::ActionState;
use rackdesk_sandbox::{journal::Provider, world::lock};
use rackdesk_store::queue;
use serde_json::json;

use crate::{bench::Bench, rig::quick};

/// The bench, with the numbers of its servers.
struct Restarts {
    bench: Bench,
    servers: Vec<i64>,
}

impl Restarts {
    async fn new(seed: u64) -> Self {
        let mut policy = quick();
        policy.wait.restart_settles = Duration::from_millis(300);
        let bench = Bench::with(seed, policy).await;
        let servers = bench.servers().await.into_iter().map(|one| one.instance_id).collect();
        Self { bench, servers }
    }

    fn wish(&self, server: i64) -> i64 {
        self.bench.enqueue("power.restart", u64::try_from(server).unwrap(), json!({}))
    }

    /// How often the sandbox restarted a server, by its own journal.
    fn restarts(&self, server: i64) -> usize {
        let id = server.to_string();
        let world = lock(self.bench.sandbox.world());
        let done = |n: &&rackdesk_sandbox::journal::Numbered| {
            n.entry.provider == Provider::Contabo
                && n.entry.operation == "restart"
                && n.entry.request_id.is_some()
                && n.entry.resource.id == id
        };
        world.journal.after(0).iter().filter(done).count()
    }

    fn story(&self, id: i64) -> Vec<String> {
        self.bench.deps.store.read(|c| queue::events(c, id)).unwrap().into_iter().map(|e| e.name).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_each_fault_a_restart_happens_exactly_once() {
    let all = Restarts::new(5).await;
    let bench = &all.bench;
    let kinds = [
        "cut_before",
        "cut_after",
        "cut_middle",
        "500",
        "500_after_success",
        "502",
        "503",
        "429",
        "hang",
        "malformed",
        "truncated",
        "empty",
        "html",
        "slow",
        "invalid_utf8",
        "noise",
        "huge",
    ];
    for (kind, server) in kinds.into_iter().zip(all.servers.clone()) {
        bench.rule(json!({
            "provider": "contabo", "operation": "restart", "kind": kind, "times": 1, "delay_ms": if kind == "slow" { 1500 } else { 0 },
            "bytes": 6_000_000,
        }));
        let id = all.wish(server);
        bench.work().await;
        assert_eq!(all.restarts(server), 1, "{kind}: {:?}", all.story(id));
        assert_eq!(bench.state(id), ActionState::Succeeded, "{kind}: {:?}", all.story(id));
        assert_eq!(bench.status_of(server).await, "running", "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audits_that_lag_behind_within_the_grace_time_do_not_cause_a_second_restart() {
    let all = Restarts::new(5).await;
    let bench = &all.bench;
    let server = all.servers[0];
    bench.rule(json!({"provider": "contabo", "operation": "restart", "kind": "cut_after", "times": 1}));
    // Half a second of ours: within the grace time of one and a half.
    bench.rule(json!({
        "provider": "contabo", "operation": "retrieveInstancesActionsAuditsList", "kind": "stale", "age_s": 50
    }));
    let id = all.wish(server);
    bench.work().await;
    assert_eq!(all.restarts(server), 1, "{:?}", all.story(id));
    assert_eq!(bench.state(id), ActionState::Succeeded);
    assert!(all.story(id).contains(&"prove_applied".to_owned()), "{:?}", all.story(id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_restarts_through_a_bad_line_are_twenty_restarts() {
    let all = Restarts::new(5).await;
    let bench = &all.bench;
    for (kind, chance) in [("cut_before", 0.15), ("cut_after", 0.15), ("500_after_success", 0.1), ("429", 0.1)] {
        bench.rule(json!({"provider": "contabo", "operation": "restart", "kind": kind, "probability": chance}));
    }
    bench.rule(json!({"provider": "contabo", "operation": "retrieveInstance", "kind": "502", "probability": 0.1}));
    let servers: Vec<i64> = all.servers.iter().copied().take(20).collect();
    assert_eq!(servers.len(), 20);
    let ids: Vec<i64> = servers.iter().map(|server| all.wish(*server)).collect();
    bench.work().await;
    for (id, server) in ids.iter().zip(&servers) {
        assert_eq!(bench.state(*id), ActionState::Succeeded, "{:?}", all.story(*id));
        assert_eq!(all.restarts(*server), 1, "{:?}", all.story(*id));
    }
}

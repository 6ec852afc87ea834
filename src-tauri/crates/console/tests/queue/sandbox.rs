//! A restart on the sandbox under each of its faults. The sandbox was written apart from us; its journal is the judge.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use rackdesk_console::act::{ActionState, Deps, Engine, EngineOptions, NoMirror, policy::EnginePolicy};
use rackdesk_contabo::{
    Config,
    api::instances::{Instance, RetrieveInstance, RetrieveInstancesList},
};
use rackdesk_sandbox::{Options, Running, faults::Fault, journal::Provider, world::lock};
use rackdesk_store::{
    Store,
    queue::{self, Enqueued},
};
use serde_json::json;

use crate::rig::{client_of, key, new_action, quick};

/// The sandbox's time runs a hundred times as fast: a machine is up again while we look twice.
fn hurry(sandbox: &Running) -> tokio::task::JoinHandle<()> {
    let world = Arc::clone(sandbox.world());
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            lock(&world).clock.advance(SignedDuration::from_secs(1));
        }
    })
}

struct Bench {
    sandbox: Running,
    _dir: tempfile::TempDir,
    deps: Deps,
    options: EngineOptions,
    servers: Vec<i64>,
}

impl Bench {
    async fn new(policy: EnginePolicy) -> Self {
        let sandbox = rackdesk_sandbox::start(Options { seed: 5, scale: 0.2, ..Options::default() }).await.unwrap();
        let line = &sandbox.line.contabo;
        let client = client_of(Config {
            api_url: line.api_url.parse().unwrap(),
            token_url: line.token_url.parse().unwrap(),
            client_id: line.client_id.clone(),
            client_secret: line.client_secret.clone().into(),
            user: line.user.clone(),
            password: line.password.clone().into(),
        });
        let all: Vec<Instance> = client.all(RetrieveInstancesList::new()).await.unwrap();
        let servers = all.iter().filter(|i| i.status.as_str() == "running").map(|i| i.instance_id).collect();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
        let deps = Deps::new(store, Some(client), Arc::new(NoMirror));
        let options = EngineOptions { profile_dir: dir.path().to_owned(), policy, seed: Some(3) };
        Self { sandbox, _dir: dir, deps, options, servers }
    }

    fn fault(&self, rule: &serde_json::Value) {
        let fault: Fault = serde_json::from_value(rule.clone()).unwrap();
        lock(self.sandbox.world()).faults.add(fault);
    }

    /// How often the sandbox restarted a server, by its own journal.
    fn restarts(&self, server: i64) -> usize {
        let id = server.to_string();
        let world = lock(self.sandbox.world());
        let done = |n: &&rackdesk_sandbox::journal::Numbered| {
            n.entry.provider == Provider::Contabo
                && n.entry.operation == "restart"
                && n.entry.request_id.is_some()
                && n.entry.resource.id == id
        };
        world.journal.after(0).iter().filter(done).count()
    }

    fn enqueue(&self, kind: &str, server: i64) -> i64 {
        let new = new_action(kind, server);
        match self.deps.store.write(move |c| queue::enqueue(c, &new)).unwrap() {
            Enqueued::New(id) | Enqueued::Open(id) | Enqueued::Differs(id) => id,
        }
    }

    async fn work(&self) {
        let engine = Engine::start(self.deps.clone(), self.options.clone()).await.unwrap();
        tokio::time::timeout(Duration::from_secs(60), engine.run_until_idle()).await.expect("idle in time").unwrap();
        engine.stop().await;
    }

    fn state(&self, id: i64) -> ActionState {
        let action = self.deps.store.read(|c| queue::action(c, id)).unwrap().unwrap();
        ActionState::named(&action.state).unwrap()
    }

    fn story(&self, id: i64) -> Vec<String> {
        self.deps.store.read(|c| queue::events(c, id)).unwrap().into_iter().map(|e| e.name).collect()
    }

    async fn status(&self, server: i64) -> String {
        let client = self.deps.contabo.as_ref().unwrap();
        client.call(RetrieveInstance { instance_id: server }).await.unwrap().status.to_string()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_each_fault_a_restart_happens_exactly_once() {
    let mut policy = quick();
    policy.wait.restart_settles = Duration::from_millis(300);
    let bench = Bench::new(policy).await;
    let clock = hurry(&bench.sandbox);
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
    for (kind, server) in kinds.into_iter().zip(bench.servers.clone()) {
        bench.fault(&json!({
            "provider": "contabo", "operation": "restart", "kind": kind, "times": 1, "delay_ms": if kind == "slow" { 1500 } else { 0 },
            "bytes": 6_000_000,
        }));
        let id = bench.enqueue("power.restart", server);
        bench.work().await;
        assert_eq!(bench.restarts(server), 1, "{kind}: {:?}", bench.story(id));
        assert_eq!(bench.state(id), ActionState::Succeeded, "{kind}: {:?}", bench.story(id));
        assert_eq!(bench.status(server).await, "running", "{kind}");
    }
    clock.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audits_that_lag_behind_within_the_grace_time_do_not_cause_a_second_restart() {
    let mut policy = quick();
    policy.wait.restart_settles = Duration::from_millis(300);
    let bench = Bench::new(policy).await;
    let clock = hurry(&bench.sandbox);
    let server = bench.servers[0];
    bench.fault(&json!({"provider": "contabo", "operation": "restart", "kind": "cut_after", "times": 1}));
    // Half a second of ours: within the grace time of one and a half.
    bench.fault(&json!({
        "provider": "contabo", "operation": "retrieveInstancesActionsAuditsList", "kind": "stale", "age_s": 50
    }));
    let id = bench.enqueue("power.restart", server);
    bench.work().await;
    assert_eq!(bench.restarts(server), 1, "{:?}", bench.story(id));
    assert_eq!(bench.state(id), ActionState::Succeeded);
    assert!(bench.story(id).contains(&"prove_applied".to_owned()), "{:?}", bench.story(id));
    clock.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_restarts_through_a_bad_line_are_twenty_restarts() {
    let mut policy = quick();
    policy.wait.restart_settles = Duration::from_millis(300);
    let bench = Bench::new(policy).await;
    let clock = hurry(&bench.sandbox);
    for (kind, chance) in [("cut_before", 0.15), ("cut_after", 0.15), ("500_after_success", 0.1), ("429", 0.1)] {
        bench.fault(&json!({"provider": "contabo", "operation": "restart", "kind": kind, "probability": chance}));
    }
    bench.fault(&json!({"provider": "contabo", "operation": "retrieveInstance", "kind": "502", "probability": 0.1}));
    let servers: Vec<i64> = bench.servers.iter().copied().take(20).collect();
    assert_eq!(servers.len(), 20);
    let ids: Vec<i64> = servers.iter().map(|server| bench.enqueue("power.restart", *server)).collect();
    bench.work().await;
    for (id, server) in ids.iter().zip(&servers) {
        assert_eq!(bench.state(*id), ActionState::Succeeded, "{:?}", bench.story(*id));
        assert_eq!(bench.restarts(*server), 1, "{:?}", bench.story(*id));
    }
    clock.abort();
}

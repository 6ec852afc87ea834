//! Fifty times a worker is killed (SIGKILL) somewhere between "about to be journalled" and "taken down" of a restart.
//! After each start the action settles by evidence, and the sandbox's own journal shows one restart of each server.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::{ActionState, Deps, Engine, EngineOptions, NoMirror, failpoint::PLACES, kinds, policy::EnginePolicy},
    plan::{
        Target,
        kept::{self, Hand},
    },
    record::LogRecorder,
};
use rackdesk_contabo::{
    Client, Config,
    api::instances::{Instance, RetrieveInstancesList},
};
use rackdesk_sandbox::{ContaboLine, Options, Running, faults::Fault, journal::Numbered, world::lock};
use rackdesk_store::{
    DatabaseKey, Store,
    queue::{self, Enqueued},
};
use rackdesk_wire::{NoRecorder, Recorder, Wire, WireOptions};

const KILLS: usize = 50;
/// The first of the places at which the action stands on the disk as sent.
const SENT: usize = 2;
const LINE: &str = "RACKDESK_TEST_WORKER_LINE";
const DIR: &str = "RACKDESK_TEST_WORKER_DIR";

fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([9; 32])
}

fn open(dir: &Path) -> Store {
    Store::open(&dir.join("rackdesk.db"), &key()).unwrap()
}

fn client(line: &ContaboLine, recorder: Arc<dyn Recorder>) -> Client {
    let config = Config {
        api_url: line.api_url.parse().unwrap(),
        token_url: line.token_url.parse().unwrap(),
        client_id: line.client_id.clone(),
        client_secret: line.client_secret.clone().into(),
        user: line.user.clone(),
        password: line.password.clone().into(),
    };
    Client::new(Wire::new(WireOptions::default(), recorder), config)
}

/// Grace of half a second; the sandbox's audit rows are at most twenty milliseconds late at its speed.
fn policy() -> EnginePolicy {
    let mut policy = EnginePolicy::quick(Duration::from_millis(500));
    policy.wait.restart_settles = Duration::from_millis(200);
    policy
}

/// Not a test: the process that is killed. It does something only when the test below starts this binary again.
#[test]
fn the_worker_that_is_killed() {
    let (Ok(line), Ok(dir)) = (std::env::var(LINE), std::env::var(DIR)) else { return };
    let line: ContaboLine = serde_json::from_str(&line).unwrap();
    let dir = PathBuf::from(dir);
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        let store = open(&dir);
        let recorder = Arc::new(LogRecorder::new(store.log_writer().unwrap()));
        let deps = Deps::new(store.clone(), Some(client(&line, recorder)), Arc::new(NoMirror));
        let options = EngineOptions { profile_dir: dir, policy: policy(), seed: None };
        let engine = Engine::start(deps, options).await.unwrap();
        engine.run_until_idle().await.unwrap();
        engine.stop().await;
        store.close();
    });
}

struct Bench {
    sandbox: Running,
    dir: tempfile::TempDir,
    store: Store,
}

impl Bench {
    fn worker(&self, stop_at: Option<(&str, &Path)>) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "the_worker_that_is_killed", "--test-threads=1"])
            .env(LINE, serde_json::to_string(&self.sandbox.line.contabo).unwrap())
            .env(DIR, self.dir.path())
            .stdout(Stdio::null());
        if let Some((place, mark)) = stop_at {
            command.env("RACKDESK_FAIL_POINT", place).env("RACKDESK_FAIL_MARK", mark);
        }
        command.spawn().unwrap()
    }

    /// How often the sandbox restarted a server, by its own journal.
    fn restarts(&self, server: i64) -> usize {
        let id = server.to_string();
        let done =
            |n: &&Numbered| n.entry.operation == "restart" && n.entry.request_id.is_some() && n.entry.resource.id == id;
        lock(self.sandbox.world()).journal.after(0).iter().filter(done).count()
    }

    fn enqueue(&self, server: i64) -> i64 {
        let kind = kinds::named("power.restart").unwrap();
        let target = Target {
            kind: "instance".into(),
            id: server,
            name: server.to_string(),
            service_id: None,
            client_id: None,
            client_name: None,
        };
        let input = kind.accept(&serde_json::Value::Null).unwrap();
        let new = kept::new_action(kind, &target, &input, Hand { by: "ana", now: Timestamp::now() });
        match self.store.write_durable(move |c| queue::enqueue(c, &new)).unwrap() {
            Enqueued::New(id) | Enqueued::Open(id) | Enqueued::Differs(id) => id,
        }
    }

    fn story(&self, id: i64) -> Vec<String> {
        self.store.read(|c| queue::events(c, id)).unwrap().into_iter().map(|e| e.name).collect()
    }

    /// Kills a worker while the restart's answer is on its way: the work is done, and nobody was told.
    async fn kill_in_flight(&self, server: i64) {
        let slow = serde_json::json!({
            "provider": "contabo", "operation": "restart", "kind": "slow", "delay_ms": 20_000, "times": 1
        });
        let slow: Fault = serde_json::from_value(slow).unwrap();
        let rule = lock(self.sandbox.world()).faults.add(slow);
        let mut worker = self.worker(None);
        until("the restart is in the sandbox's journal", || self.restarts(server) == 1).await;
        worker.kill().unwrap();
        worker.wait().unwrap();
        lock(self.sandbox.world()).faults.remove(rule.id);
    }

    async fn kill_at(&self, place: &str, mark: &Path) {
        let mut worker = self.worker(Some((place, mark)));
        until(place, || mark.exists()).await;
        worker.kill().unwrap();
        worker.wait().unwrap();
    }

    async fn finish(&self) {
        let mut worker = self.worker(None);
        let begun = Instant::now();
        loop {
            if let Some(status) = worker.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "the worker does not come to an end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The sandbox's time runs a hundred times as fast.
fn hurry(sandbox: &Running) -> tokio::task::JoinHandle<()> {
    let world = Arc::clone(sandbox.world());
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            lock(&world).clock.advance(SignedDuration::from_secs(1));
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_and_every_server_restarted_once() {
    let sandbox = rackdesk_sandbox::start(Options { seed: 8, scale: 0.3, ..Options::default() }).await.unwrap();
    let clock = hurry(&sandbox);
    let api = client(&sandbox.line.contabo, Arc::new(NoRecorder));
    let all: Vec<Instance> = api.all(RetrieveInstancesList::new()).await.unwrap();
    let servers: Vec<i64> =
        all.iter().filter(|i| i.status.as_str() == "running").map(|i| i.instance_id).take(KILLS).collect();
    assert_eq!(servers.len(), KILLS, "the sandbox has enough running servers");
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let bench = Bench { sandbox, dir, store };

    for (round, server) in servers.into_iter().enumerate() {
        let id = bench.enqueue(server);
        match PLACES.get(round % (PLACES.len() + 1)) {
            Some(place) => bench.kill_at(place, &bench.dir.path().join(format!("mark-{round}"))).await,
            None => bench.kill_in_flight(server).await,
        }
        bench.finish().await;
        // What was on the disk as sent can be settled by evidence only.
        let sent = round % (PLACES.len() + 1) >= SENT;
        let action = bench.store.read(|c| queue::action(c, id)).unwrap().unwrap();
        let story = bench.story(id);
        assert_eq!(ActionState::named(&action.state), Some(ActionState::Succeeded), "round {round}: {story:?}");
        assert_eq!(bench.restarts(server), 1, "round {round}: {story:?}");
        let attempts = bench.store.read(|c| queue::attempts(c, id)).unwrap();
        assert!(attempts.iter().all(|a| matches!(a.outcome.as_str(), "applied" | "not_applied")), "{attempts:?}");
        assert_eq!(story.iter().any(|name| name.starts_with("prove_")), sent, "round {round}: {story:?}");
    }
    clock.abort();
}

/// The whole torture in short; `cargo xtask torture` takes longer ones.
#[test]
fn three_hundred_kills_on_a_bad_line_and_nothing_is_done_twice_lost_or_stuck() {
    let output = Command::new(rackdesk_tests::ctl::program("torture"))
        .args(["--kills", "300", "--seed", "5"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

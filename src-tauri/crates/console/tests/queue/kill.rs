//! A worker process is killed for real (SIGKILL) at every place it passes, and started again. The provider lives in
//! this process and remembers what was really done.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rackdesk_console::act::{ActionState, Deps, Engine, EngineOptions, NoMirror, failpoint::PLACES};
use rackdesk_store::{Store, queue};

use crate::rig::{Rig, client, key, quick};

const URL: &str = "RACKDESK_TEST_WORKER_URL";
const DIR: &str = "RACKDESK_TEST_WORKER_DIR";

/// Not a test: the process that is killed. It runs when the test below starts this binary again with an address.
#[test]
fn the_worker_that_is_killed() {
    let (Ok(url), Ok(dir)) = (std::env::var(URL), std::env::var(DIR)) else { return };
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        let store = Store::open(&Path::new(&dir).join("rackdesk.db"), &key()).unwrap();
        let deps = Deps::new(store.clone(), Some(client(&url)), Arc::new(NoMirror));
        let mut policy = quick();
        policy.evidence.grace = Duration::from_millis(500);
        let options = EngineOptions { profile_dir: dir.into(), policy, seed: None };
        let engine = Engine::start(deps, options).await.unwrap();
        engine.run_until_idle().await.unwrap();
        engine.stop().await;
        store.close();
    });
}

fn worker(rig: &Rig, stop_at: Option<(&str, &Path)>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "kill::the_worker_that_is_killed", "--test-threads=1"])
        .env(URL, &rig.provider.url)
        .env(DIR, rig.dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit());
    if let Some((place, mark)) = stop_at {
        command.env("RACKDESK_FAIL_POINT", place).env("RACKDESK_FAIL_MARK", mark);
    }
    command.spawn().unwrap()
}

async fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn finish(mut worker: Child) {
    let begun = Instant::now();
    loop {
        if let Some(status) = worker.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "the worker does not come to an end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_anywhere_leaves_nothing_undone_and_nothing_done_twice() {
    let machines: Vec<_> = (0..16).map(|n| (n, "running")).collect();
    let rig = Rig::new(&machines).await;
    for round in 0..15_i64 {
        let id = rig.enqueue("power.restart", round);
        let in_flight = usize::try_from(round).unwrap() % 5 == 4;
        if in_flight {
            // Bytes have left, the work is done, and the answer is on its way.
            rig.provider.with(|w| w.slow = Duration::from_secs(5));
            let mut worker = worker(&rig, None);
            wait_for("the restart", || rig.provider.count("restart", round) == 1).await;
            worker.kill().unwrap();
            worker.wait().unwrap();
            rig.provider.with(|w| w.slow = Duration::ZERO);
        } else {
            let place = PLACES[usize::try_from(round).unwrap() % 5];
            let mark = rig.dir.path().join(format!("mark-{round}"));
            let mut worker = worker(&rig, Some((place, &mark)));
            wait_for(place, || mark.exists()).await;
            worker.kill().unwrap();
            worker.wait().unwrap();
        }
        finish(worker(&rig, None)).await;
        assert_eq!(rig.state(id), ActionState::Succeeded, "round {round}: {:?}", rig.story(id));
        assert_eq!(rig.provider.count("restart", round), 1, "round {round}: {:?}", rig.story(id));
        let attempts = rig.store().read(|c| queue::attempts(c, id)).unwrap();
        assert!(attempts.iter().all(|a| matches!(a.outcome.as_str(), "applied" | "not_applied")), "{attempts:?}");
    }
}

//! Buying a server while the process that buys it is killed, at each step and each place of a step.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rackdesk_console::act::{Deps, Engine, EngineOptions, NoMirror};
use rackdesk_sandbox::ServeLine;
use rackdesk_store::Store;

use crate::{
    bench::{Bench, clients, patience},
    create::{CALLS, Shop},
    rig::key,
};

const LINE: &str = "RACKDESK_TEST_SHOP_LINE";
const DIR: &str = "RACKDESK_TEST_SHOP_DIR";

/// Not a test: the process that is killed. It runs when the test below starts this binary again.
#[test]
fn the_buyer_that_is_killed() {
    let (Ok(line), Ok(dir)) = (std::env::var(LINE), std::env::var(DIR)) else { return };
    let line: ServeLine = serde_json::from_str(&line).unwrap();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        let (contabo, whmcs) = clients(&line);
        let store = Store::open(&Path::new(&dir).join("rackdesk.db"), &key()).unwrap();
        let deps = Deps::new(store.clone(), Some(contabo), Arc::new(NoMirror)).with_whmcs(Some(whmcs));
        let options = EngineOptions { profile_dir: dir.into(), policy: patience(), seed: None };
        let engine = Engine::start(deps, options).await.unwrap();
        engine.run_until_idle().await.unwrap();
        engine.stop().await;
        store.close();
    });
}

fn buyer(bench: &Bench, stop_at: Option<(&str, usize, &Path)>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "create_killed::the_buyer_that_is_killed", "--test-threads=1"])
        .env(LINE, serde_json::to_string(&bench.sandbox.line).unwrap())
        .env(DIR, &bench.options.profile_dir)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit());
    if let Some((place, after, mark)) = stop_at {
        command.env("RACKDESK_FAIL_POINT", place).env("RACKDESK_FAIL_AFTER", after.to_string());
        command.env("RACKDESK_FAIL_MARK", mark);
    }
    command.spawn().unwrap()
}

async fn finish(mut worker: Child) {
    let begun = Instant::now();
    while worker.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the buyer does not come to an end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(worker.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_killed_at_any_step_leaves_one_server() {
    let places = ["before_journal", "after_sent", "after_answer", "before_commit"];
    let shop = Shop::open(59, 2 * CALLS.len()).await;
    for (round, service) in shop.services.clone().into_iter().enumerate() {
        // Each step, and each place in turn.
        let (step, place) = (round % CALLS.len(), places[(round + round / CALLS.len()) % places.len()]);
        let name = format!("killed-{round}");
        let action = shop.bench.wish("server.create", service, shop.input(&name)).await;
        let mark = shop.bench.options.profile_dir.join(format!("mark-{round}"));
        let mut first = buyer(&shop.bench, Some((place, step, &mark)));
        shop.bench.until(&format!("{place} of call {step}"), || mark.exists()).await;
        first.kill().unwrap();
        first.wait().unwrap();
        finish(buyer(&shop.bench, None)).await;
        shop.bought(action, service, &name, &format!("killed {place} of {}", CALLS[step])).await;
    }
}

//! The process that is killed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rackdesk_console::{
    act::{Deps, Engine, EngineError, EngineOptions, NoMirror, policy::EnginePolicy},
    record::LogRecorder,
};
use rackdesk_sandbox::{ContaboLine, WhmcsLine};
use rackdesk_store::{DatabaseKey, Store};
use rackdesk_wire::{Recorder, Retries, Timeouts, Wire, WireOptions};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    whmcs: WhmcsLine,
    contabo: ContaboLine,
}

pub(super) fn open(dir: &Path) -> Store {
    Store::open(&dir.join("rackdesk.db"), &DatabaseKey::from_bytes([5; 32])).expect("the database opens")
}

/// Gives writes up after a second, and asks for nothing twice by itself.
pub(super) fn wire(recorder: Arc<dyn Recorder>) -> Wire {
    let options = WireOptions {
        timeouts: Timeouts { external: Duration::from_secs(1), quick: Duration::from_secs(1), ..Timeouts::default() },
        retries: Retries { attempts: 1, ..Retries::default() },
        ..WireOptions::default()
    };
    Wire::new(options, recorder)
}

pub(super) fn contabo(line: &ContaboLine, wire: Wire) -> rackdesk_contabo::Client {
    let config = rackdesk_contabo::Config {
        api_url: line.api_url.parse().expect("a URL"),
        token_url: line.token_url.parse().expect("a URL"),
        client_id: line.client_id.clone(),
        client_secret: line.client_secret.clone().into(),
        user: line.user.clone(),
        password: line.password.clone().into(),
    };
    rackdesk_contabo::Client::new(wire, config)
}

pub(super) fn whmcs(line: &WhmcsLine, wire: Wire) -> rackdesk_whmcs::Client {
    let url = line.url.parse().expect("a URL");
    let mut config = rackdesk_whmcs::Config::new(url, line.identifier.clone().into(), line.secret.clone().into());
    config.access_key = Some(line.access_key.clone().into());
    rackdesk_whmcs::Client::new(wire, config).expect("an address")
}

/// Grace times of one and two seconds; the sandbox's audits are at most half a second late at its speed.
fn policy() -> EnginePolicy {
    let mut policy = EnginePolicy::quick(Duration::from_secs(1));
    policy.evidence.grace_costly = Duration::from_secs(2);
    policy.wait.restart_settles = Duration::from_millis(200);
    policy.contabo_slots = 6;
    policy
}

/// Works the queue until nothing is left that goes on by itself. When another worker has it, waits for its end.
///
/// # Panics
/// When it was not started by [`super::torture`].
pub fn worker() {
    let line: Line = serde_json::from_str(&std::env::var(super::LINE).expect("a line")).expect("a line");
    let dir = PathBuf::from(std::env::var(super::DIR).expect("a folder"));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = open(&dir);
        let recorder: Arc<dyn Recorder> = Arc::new(LogRecorder::new(store.log_writer().expect("a log")));
        let wire = wire(recorder);
        let deps = Deps::new(store.clone(), Some(contabo(&line.contabo, wire.clone())), Arc::new(NoMirror))
            .with_whmcs(Some(whmcs(&line.whmcs, wire)));
        let options = EngineOptions { profile_dir: dir, policy: policy(), seed: None };
        let engine = loop {
            match Engine::start(deps.clone(), options.clone()).await {
                Ok(engine) => break engine,
                Err(EngineError::AnotherWorker) => tokio::time::sleep(Duration::from_millis(15)).await,
                Err(error) => panic!("{error}"),
            }
        };
        engine.run_until_idle().await.expect("the queue is read");
        engine.stop().await;
        store.close();
    });
}

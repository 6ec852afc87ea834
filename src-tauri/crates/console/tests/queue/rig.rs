//! A profile on disk, its client, and short ways to ask about the queue.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rackdesk_console::{
    act::{
        ActionState, Deps, Engine, EngineHandle, EngineOptions, NoMirror, kinds,
        policy::EnginePolicy,
        transition::{Move, Transition, make},
    },
    plan::{
        Target,
        facts::Facts,
        kept::{self, Hand},
    },
};
use rackdesk_contabo::{Client, Config};
use rackdesk_store::{
    DatabaseKey, Store, StoreError,
    queue::{self, ActionRecord, Enqueued, NewAction},
    rusqlite::Connection,
};
use rackdesk_wire::{NoRecorder, Retries, Timeouts, Wire, WireOptions};
use tempfile::TempDir;

use crate::provider::Provider;

pub struct Rig {
    pub dir: TempDir,
    pub deps: Deps,
    pub provider: Provider,
}

pub fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([7; 32])
}

pub fn client(url: &str) -> Client {
    client_of(Config {
        api_url: url.parse().unwrap(),
        token_url: format!("{url}/token").parse().unwrap(),
        client_id: "id".into(),
        client_secret: "client-secret".to_owned().into(),
        user: "ops@example.org".into(),
        password: "api-password".to_owned().into(),
    })
}

/// A client that gives writes up after 600 ms and asks for nothing twice.
pub fn client_of(config: Config) -> Client {
    let options = WireOptions {
        timeouts: Timeouts { external: Duration::from_millis(600), ..Timeouts::default() },
        retries: Retries { attempts: 1, ..Retries::default() },
        ..WireOptions::default()
    };
    Client::new(Wire::new(options, Arc::new(NoRecorder)), config)
}

impl Rig {
    pub async fn new(machines: &[(i64, &'static str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let provider = Provider::start(machines).await;
        let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
        let deps = Deps::new(store, Some(client(&provider.url)), Arc::new(NoMirror));
        Self { dir, deps, provider }
    }

    pub fn store(&self) -> &Store {
        &self.deps.store
    }

    pub async fn engine(&self, policy: EnginePolicy) -> EngineHandle {
        let options = EngineOptions { profile_dir: self.dir.path().to_owned(), policy, seed: Some(1) };
        Engine::start(self.deps.clone(), options).await.unwrap()
    }

    /// Works until nothing is left, at most 30 s.
    pub async fn work(&self, policy: EnginePolicy) {
        let engine = self.engine(policy).await;
        tokio::time::timeout(Duration::from_secs(30), engine.run_until_idle()).await.expect("idle in time").unwrap();
        engine.stop().await;
    }

    pub fn enqueue(&self, kind: &str, instance: i64) -> i64 {
        let new = new_action(kind, instance);
        match self.store().write(move |c| queue::enqueue(c, &new)).unwrap() {
            Enqueued::New(id) | Enqueued::Open(id) | Enqueued::Differs(id) => id,
        }
    }

    pub fn action(&self, id: i64) -> ActionRecord {
        self.store().read(|c| queue::action(c, id)).unwrap().unwrap()
    }

    pub fn state(&self, id: i64) -> ActionState {
        ActionState::named(&self.action(id).state).unwrap()
    }

    /// The names of an action's events, oldest first.
    pub fn story(&self, id: i64) -> Vec<String> {
        self.store().read(|c| queue::events(c, id)).unwrap().into_iter().map(|e| e.name).collect()
    }

    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..1000 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("not within 10 s: {what}");
    }
}

pub fn new_action(kind: &str, instance: i64) -> NewAction {
    action_of(kind, instance, serde_json::json!({}))
}

/// An action of any kind, as an approved plan would make it.
pub fn action_of(kind: &str, target: i64, input: serde_json::Value) -> NewAction {
    let kind = kinds::named(kind).unwrap();
    let input = kind.accept(&input).unwrap();
    let target = Target {
        kind: kind.card().target.name().into(),
        id: target,
        name: format!("server-{target}"),
        service_id: None,
        client_id: None,
        client_name: None,
    };
    kept::new_action(kind, &target, &input, Hand { by: "ana", now: Timestamp::now() })
}

/// A quick engine whose grace time is a second and a half.
pub fn quick() -> EnginePolicy {
    EnginePolicy::quick(Duration::from_millis(1500))
}

pub fn facts(id: i64, status: &str) -> Facts {
    Facts {
        kind: kinds::TargetKind::Instance,
        id,
        name: format!("server-{id}"),
        status: status.into(),
        tags: Vec::new(),
        ipv4: None,
        service_id: Some(id * 10),
        client_id: Some(id % 3),
        client_name: Some("Kestrel Media".into()),
        cancel_date: None,
        details: std::collections::BTreeMap::new(),
        as_of: "2026-11-20T14:00:00Z".parse().unwrap(),
        open_tickets: Vec::new(),
        open_action: None,
    }
}

/// Moves an action or panics.
pub fn step(c: &Connection, id: i64, transition: Transition, change: impl FnOnce(&mut ActionRecord)) -> ActionRecord {
    let now = Timestamp::now();
    make(c, id, None, Move::engine(transition, now), change).unwrap().unwrap_or_else(|e| panic!("{transition:?}: {e}"))
}

/// Writes without minding the disk.
pub fn write<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    store.write(move |c| work(c))
}

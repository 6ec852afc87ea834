//! A sandbox of both providers over real HTTP with a store beside it, for the tests of what reads them.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use rackdesk_sandbox::{Options, Running, faults::Fault as Rule, whmcs::State as Billing, world::lock};
use rackdesk_store::{DatabaseKey, Store};
use rackdesk_wire::{NoRecorder, Retries, Timeouts, Wire, WireOptions};
use serde_json::Value;

pub(crate) struct Sandboxed {
    pub(crate) store: Store,
    pub(crate) whmcs: rackdesk_whmcs::Client,
    pub(crate) contabo: rackdesk_contabo::Client,
    sandbox: Running,
    _dir: tempfile::TempDir,
}

/// A wire that gives up soon and asks for nothing twice, so that one fault is one failure.
fn wire() -> Wire {
    let second = Duration::from_secs(2);
    let timeouts = Timeouts { quick: second, ..Timeouts::default() };
    let options =
        WireOptions { timeouts, retries: Retries { attempts: 1, ..Retries::default() }, ..WireOptions::default() };
    Wire::new(options, Arc::new(NoRecorder))
}

impl Sandboxed {
    pub(crate) async fn start(seed: u64) -> Self {
        let sandbox = rackdesk_sandbox::start(Options { seed, scale: 0.2, ..Options::default() }).await.unwrap();
        let there = &sandbox.line.contabo;
        let config = rackdesk_contabo::Config {
            api_url: there.api_url.parse().unwrap(),
            token_url: there.token_url.parse().unwrap(),
            client_id: there.client_id.clone(),
            client_secret: there.client_secret.clone().into(),
            user: there.user.clone(),
            password: there.password.clone().into(),
        };
        let contabo = rackdesk_contabo::Client::new(wire(), config);
        let there = &sandbox.line.whmcs;
        let (identifier, secret) = (there.identifier.clone().into(), there.secret.clone().into());
        let mut config = rackdesk_whmcs::Config::new(there.url.parse().unwrap(), identifier, secret);
        config.access_key = Some(there.access_key.clone().into());
        let whmcs = rackdesk_whmcs::Client::new(wire(), config).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("rackdesk.db"), &DatabaseKey::from_bytes([3; 32])).unwrap();
        Self { store, whmcs, contabo, sandbox, _dir: dir }
    }

    /// Looks at, or changes, what the sandbox's WHMCS holds.
    pub(crate) fn billing<T>(&self, look: impl FnOnce(&mut Billing) -> T) -> T {
        look(&mut lock(self.sandbox.world()).whmcs)
    }

    pub(crate) fn fault(&self, rule: Value) {
        let rule: Rule = serde_json::from_value(rule).unwrap();
        lock(self.sandbox.world()).faults.add(rule);
    }

    pub(crate) fn no_faults(&self) {
        lock(self.sandbox.world()).faults.clear();
    }

    pub(crate) fn hours_pass(&self, hours: i64) {
        lock(self.sandbox.world()).clock.advance(SignedDuration::from_hours(hours));
    }

    /// How often an operation arrived, whatever became of it.
    pub(crate) fn arrived(&self, operation: &str) -> usize {
        lock(self.sandbox.world()).arrivals.after(0).filter(|a| a.operation.eq_ignore_ascii_case(operation)).count()
    }
}

//! A sandbox of its own, our client in front of it, and what the story has learned so far.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rackdesk_contabo::registry::find;
use rackdesk_contabo::{Client, Config, RunError};
use rackdesk_sandbox::contabo::{self, NoDate, Settings};
use rackdesk_sandbox::journal::Cause;
use rackdesk_sandbox::world::lock;
use rackdesk_sandbox::{Options, Running};
use rackdesk_wire::{Budget, Call, Exchange, Finished, Recorder, Retries, Wire, WireOptions};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::story::Step;

/// Keeps every exchange.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<Exchange>>);

impl Recorder for Kept {
    fn record(&self, finished: Finished) {
        self.0.lock().expect("no panic while recording").push(finished.exchange());
    }
}

impl Kept {
    /// What was exchanged since the last time.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.0.lock().expect("no panic while recording"))
    }
}

pub(crate) struct Desk {
    pub(crate) sandbox: Running,
    pub(crate) client: Client,
    pub(crate) kept: Arc<Kept>,
    known: BTreeMap<String, String>,
}

/// A sandbox with few servers.
pub(crate) async fn sandbox(seed: u64) -> Running {
    let options = Options { seed, scale: 0.02, ..Options::default() };
    rackdesk_sandbox::start(options).await.expect("the sandbox starts")
}

/// A client without a budget worth mentioning and without retries: what goes wrong is to be seen.
pub(crate) fn client(sandbox: &Running, api_url: Option<&str>, kept: Arc<Kept>) -> Client {
    let line = &sandbox.line.contabo;
    let config = Config {
        api_url: api_url.unwrap_or(&line.api_url).parse().expect("a URL"),
        token_url: line.token_url.parse().expect("a URL"),
        client_id: line.client_id.clone(),
        client_secret: line.client_secret.clone().into(),
        user: line.user.clone(),
        password: line.password.clone().into(),
    };
    let budget = Budget { per_minute: 1_000_000, burst: 10_000, concurrent: 300, ..Budget::default() };
    let retries = Retries { attempts: 1, ..Retries::default() };
    Client::new(Wire::new(WireOptions { budget, retries, seed: Some(1), ..WireOptions::default() }, kept), config)
}

impl Desk {
    /// With the API at another address than the sandbox's own when `api_url` says so.
    pub(crate) async fn open(seed: u64, api_url: Option<&str>) -> Self {
        Self::before(sandbox(seed).await, api_url).await
    }

    /// In front of a sandbox that is there.
    pub(crate) async fn before(sandbox: Running, api_url: Option<&str>) -> Self {
        let kept = Arc::new(Kept::default());
        let client = client(&sandbox, api_url, kept.clone());
        let owner = client.sign_in().await.expect("signed in").user_id.expect("a user id");
        let mut desk = Self { sandbox, client, kept, known: BTreeMap::new() };
        desk.know("owner", owner);
        desk.know("freeRegion", desk.free_region());
        desk
    }

    /// A region without an object storage: there can be one in each.
    fn free_region(&self) -> String {
        let world = lock(self.sandbox.world());
        let ids = contabo::inspect(&world.contabo, "object-storage", "").unwrap_or_default();
        let taken: Vec<Value> = ids
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| contabo::inspect(&world.contabo, "object-storage", &text(id)))
            .collect();
        let free = ["SIN", "US-central", "EU"].into_iter().find(|slug| {
            let names =
                [("SIN", "Asia (Singapore)"), ("US-central", "United States (Central)"), ("EU", "European Union")];
            let name = names.iter().find(|(of, _)| of == slug).map_or("", |(_, name)| name);
            !taken.iter().any(|one| text(&one["region"]) == name || text(&one["region"]) == *slug)
        });
        free.expect("a region without a storage; take another seed").to_owned()
    }

    /// Audit rows show this much later.
    pub(crate) fn lag(&self, seconds: u32) {
        self.configure(Settings { audit_lag_seconds: Some(seconds), ..Settings::default() });
    }

    /// Dates that do not exist are written so that they keep the document's formats.
    pub(crate) fn in_documented_formats(&self) {
        self.configure(Settings { audit_lag_seconds: Some(0), no_date: NoDate::FarFuture, ..Settings::default() });
    }

    fn configure(&self, settings: Settings) {
        contabo::configure(&mut lock(self.sandbox.world()).contabo, settings);
    }

    /// The next call of this operation goes wrong in this way.
    pub(crate) fn fault(&self, operation: &str, kind: &str) {
        let rule = serde_json::json!({"provider": "contabo", "operation": operation, "kind": kind, "times": 1});
        lock(self.sandbox.world()).faults.add(serde_json::from_value(rule).expect("a rule"));
    }

    /// Time passes at the provider; nobody waits.
    pub(crate) fn wait(&self, seconds: i64) {
        let mut world = lock(self.sandbox.world());
        world.clock.advance(jiff::SignedDuration::from_secs(seconds));
        world.tick();
    }

    /// How many changes the provider made on behalf of a call.
    pub(crate) fn done(&self, request_id: Uuid) -> usize {
        let (world, wanted) = (lock(self.sandbox.world()), request_id.to_string());
        let ours = world.journal.after(0).iter().filter(|row| row.entry.cause == Cause::Request);
        ours.filter(|row| row.entry.request_id.as_deref() == Some(wanted.as_str())).count()
    }

    fn know(&mut self, name: &str, value: String) {
        self.known.insert(name.to_owned(), value);
    }

    /// What was learned under a name.
    pub(crate) fn known(&self, name: &str) -> &str {
        self.known.get(name).map_or("", String::as_str)
    }

    /// The parameters of a step with everything filled in.
    pub(crate) fn given(&self, step: &Step) -> Map<String, Value> {
        let info = find(step.operation).expect("typed");
        let filled: Vec<(&str, String)> = step.given.iter().map(|(name, text)| (*name, self.fill(text))).collect();
        let pairs = filled.iter().map(|(name, text)| (*name, text.as_str()));
        info.arguments(pairs).unwrap_or_else(|error| panic!("{}: {error}", step.operation))
    }

    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // The longest name first: `$vip` is no beginning of `$vipId`.
        for (name, value) in self.known.iter().rev() {
            text = text.replace(&format!("${name}"), value);
        }
        assert!(!text.contains('$'), "the story has not learned {text}");
        text
    }

    /// One call under a request id.
    pub(crate) async fn run(&self, step: &Step, request_id: Uuid) -> Result<Value, RunError> {
        let call = Call { request_id, trace_id: Some("story".to_owned()), action_id: None };
        (find(step.operation).expect("typed").run_json)(&self.client, self.given(step), call).await
    }

    /// Remembers what an answer brought.
    pub(crate) fn learn(&mut self, step: &Step, answer: &Value) {
        for name in step.learns {
            let value = &answer[*name];
            assert!(!value.is_null(), "{} brings no {name}: {answer}", step.operation);
            self.know(name, text(value));
        }
        for (name, pointer) in step.finds {
            let value = answer.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {answer}"));
            self.know(name, text(value));
        }
    }

    /// Remembers what the audits say that a call brought.
    pub(crate) fn learn_from_audits(&mut self, step: &Step, ids: &[(String, String)]) {
        for name in step.learns {
            let found = ids.iter().find(|(theirs, _)| theirs == name);
            let (_, value) =
                found.unwrap_or_else(|| panic!("the audits of {} name no {name}: {ids:?}", step.operation));
            self.know(name, value.clone());
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

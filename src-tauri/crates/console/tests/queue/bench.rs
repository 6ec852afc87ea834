//! A sandbox of both providers with a queue on it, and short ways to ask either about what was done.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::{ActionState, Deps, Engine, EngineHandle, EngineOptions, NoMirror, kinds, policy::EnginePolicy},
    fault::Fault as AppFault,
    phrases::english,
    plan::{
        Confirmation, Phrase, Plan,
        approval::Yes,
        compute::Ask,
        guardrails::Guardrails,
        kept::{self, Approving, Hand},
        overrides::Override,
    },
};
use rackdesk_contabo::{
    Config,
    api::instances::{Instance, RetrieveInstance, RetrieveInstancesList},
};
use rackdesk_sandbox::{
    Options, Running, ServeLine,
    faults::Fault,
    journal::{Cause, Numbered},
    whmcs::{
        State as Billing,
        model::services::{Service, ServiceStatus},
    },
    world::lock,
};
use rackdesk_store::{
    Store,
    mirror::{ServiceRecord, upsert_many},
    queue::{self, ActionRecord, Enqueued},
};
use rackdesk_wire::{NoRecorder, Retries, Timeouts, Wire, WireOptions};
use serde_json::{Value, json};

use crate::rig::{action_of, client_of, key, quick};

/// A sandbox of both providers, and a console's queue on it.
pub struct Bench {
    pub sandbox: Running,
    _dir: tempfile::TempDir,
    pub deps: Deps,
    pub options: EngineOptions,
    clock: tokio::task::JoinHandle<()>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.clock.abort();
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

/// Both clients, as a console in whatever process makes them: where they are, and with what one signs in.
pub fn clients(line: &ServeLine) -> (rackdesk_contabo::Client, rackdesk_whmcs::Client) {
    let there = &line.contabo;
    let contabo = client_of(Config {
        api_url: there.api_url.parse().unwrap(),
        token_url: there.token_url.parse().unwrap(),
        client_id: there.client_id.clone(),
        client_secret: there.client_secret.clone().into(),
        user: there.user.clone(),
        password: there.password.clone().into(),
    });
    let options = WireOptions {
        timeouts: Timeouts { quick: Duration::from_millis(900), ..Timeouts::default() },
        retries: Retries { attempts: 1, ..Retries::default() },
        ..WireOptions::default()
    };
    let there = &line.whmcs;
    let (identifier, secret) = (there.identifier.clone().into(), there.secret.clone().into());
    let mut config = rackdesk_whmcs::Config::new(there.url.parse().unwrap(), identifier, secret);
    config.access_key = Some(there.access_key.clone().into());
    (contabo, rackdesk_whmcs::Client::new(Wire::new(options, Arc::new(NoRecorder)), config).unwrap())
}

/// Quick, with a grace time that a lost call can be waited out in.
pub fn patience() -> EnginePolicy {
    let mut policy = quick();
    policy.evidence.grace = Duration::from_millis(400);
    policy.evidence.grace_costly = Duration::from_millis(800);
    policy
}

impl Bench {
    pub async fn new(seed: u64) -> Self {
        Self::with(seed, patience()).await
    }

    pub async fn with(seed: u64, policy: EnginePolicy) -> Self {
        let sandbox = rackdesk_sandbox::start(Options { seed, scale: 0.3, ..Options::default() }).await.unwrap();
        let (contabo, whmcs) = clients(&sandbox.line);
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
        let deps = Deps::new(store, Some(contabo), Arc::new(NoMirror)).with_whmcs(Some(whmcs));
        let options = EngineOptions { profile_dir: dir.path().to_owned(), policy, seed: Some(9) };
        let clock = hurry(&sandbox);
        Self { sandbox, _dir: dir, deps, options, clock }
    }

    pub fn contabo(&self) -> &rackdesk_contabo::Client {
        self.deps.contabo.as_ref().unwrap()
    }

    /// The servers that run and go on running.
    pub async fn servers(&self) -> Vec<Instance> {
        let all: Vec<Instance> = self.contabo().all(RetrieveInstancesList::new()).await.unwrap();
        all.into_iter().filter(|one| one.status.as_str() == "running" && one.cancel_date.is_none()).collect()
    }

    /// Looks at, or changes, what the sandbox's WHMCS holds.
    pub fn billing<T>(&self, look: impl FnOnce(&mut Billing) -> T) -> T {
        look(&mut lock(self.sandbox.world()).whmcs)
    }

    pub fn fault(&self, provider: &str, operation: &str, kind: &str, times: u32) {
        self.rule(json!({ "provider": provider, "operation": operation, "kind": kind, "times": times }));
    }

    pub fn rule(&self, rule: Value) {
        let fault: Fault = serde_json::from_value(rule).unwrap();
        lock(self.sandbox.world()).faults.add(fault);
    }

    pub fn no_faults(&self) {
        lock(self.sandbox.world()).faults.clear();
    }

    /// How often an operation arrived, whatever became of it.
    pub fn arrived(&self, operation: &str) -> usize {
        lock(self.sandbox.world()).arrivals.after(0).filter(|a| a.operation.eq_ignore_ascii_case(operation)).count()
    }

    pub fn enqueue(&self, kind: &str, target: u64, input: Value) -> i64 {
        let new = action_of(kind, i64::try_from(target).unwrap(), input);
        match self.deps.store.write(move |c| queue::enqueue(c, &new)).unwrap() {
            Enqueued::New(id) => id,
            other => panic!("{kind}: {other:?}"),
        }
    }

    pub async fn engine(&self) -> EngineHandle {
        Engine::start(self.deps.clone(), self.options.clone()).await.unwrap()
    }

    pub async fn work(&self) {
        let engine = self.engine().await;
        tokio::time::timeout(Duration::from_secs(90), engine.run_until_idle()).await.expect("idle in time").unwrap();
        engine.stop().await;
    }

    pub async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        for _ in 0..1500 {
            if holds() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("not within 15 s: {what}");
    }

    pub fn action(&self, id: i64) -> ActionRecord {
        self.deps.store.read(|c| queue::action(c, id)).unwrap().unwrap()
    }

    pub fn state(&self, id: i64) -> ActionState {
        ActionState::named(&self.action(id).state).unwrap()
    }

    /// The action's history in words.
    pub fn told(&self, id: i64) -> String {
        let events = self.deps.store.read(|c| queue::events(c, id)).unwrap();
        let line = |event: queue::EventRecord| {
            let says = event.detail.and_then(|text| serde_json::from_str::<Phrase>(&text).ok());
            format!("{}: {}", event.name, says.as_ref().map(english).unwrap_or_default())
        };
        events.into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The operations with which an action changed something at a provider, in order: one per call that had an effect.
    pub fn done(&self, id: i64) -> Vec<String> {
        let ours = format!("rackdesk-A-{id}-");
        let mine = |n: &&Numbered| {
            n.entry.cause == Cause::Request && n.entry.trace_id.as_deref().is_some_and(|trace| trace.starts_with(&ours))
        };
        let world = lock(self.sandbox.world());
        let mut calls: Vec<(Option<String>, String)> = Vec::new();
        for entry in world.journal.after(0).iter().filter(mine).map(|n| &n.entry) {
            if calls.iter().all(|(request, _)| *request != entry.request_id) {
                calls.push((entry.request_id.clone(), entry.operation.to_lowercase()));
            }
        }
        calls.into_iter().map(|(_, operation)| operation).collect()
    }

    /// Takes the fields for locks and request ids away, so that a service is written to for its own sake only.
    pub fn without_notes(&self) {
        self.billing(|state| {
            let noted = |name: &str| ["contabo_action_lock", "contabo_last_request_ids"].contains(&name);
            let products: Vec<u64> = state.products.iter().map(|one| one.id).collect();
            let mut gone: Vec<u64> = Vec::new();
            for id in products {
                let fields = &mut state.products.get_mut(id).unwrap().custom_fields;
                gone.extend(fields.iter().filter(|field| noted(&field.name)).map(|field| field.id));
                fields.retain(|field| !noted(&field.name));
            }
            for service in state.services.iter_mut() {
                service.custom_fields.retain(|(id, _)| !gone.contains(id));
            }
        });
    }

    /// Services on a module whose server answers, in this status from now on.
    pub fn on_modules(&self, count: usize, status: ServiceStatus) -> Vec<u64> {
        self.billing(|state| {
            let reached: Vec<u64> = state.servers.iter().filter(|one| one.reachable).map(|one| one.id).collect();
            let with_module: Vec<u64> =
                state.products.iter().filter(|one| !one.module.is_empty()).map(|one| one.id).collect();
            let fits = |one: &&Service| with_module.contains(&one.product) && reached.contains(&one.server);
            let ids: Vec<u64> = state.services.iter().filter(fits).map(|one| one.id).take(count).collect();
            assert_eq!(ids.len(), count, "services on modules");
            for id in &ids {
                state.services.get_mut(*id).unwrap().status = status;
            }
            ids
        })
    }

    /// Active services with their running instances.
    pub async fn with_machines(&self, count: usize) -> Vec<(u64, i64)> {
        let linked: Vec<(u64, i64)> = self.billing(|state| {
            let active = state.services.iter().filter(|one| one.status == ServiceStatus::Active);
            active.filter_map(|one| Some((one.id, machine_of(state, one.id)?))).collect()
        });
        let mut found = Vec::new();
        for (service, instance_id) in linked {
            let contabo = self.contabo();
            let Ok(instance) = contabo.call(RetrieveInstance { instance_id }).await else { continue };
            let taken = found.iter().any(|(_, other)| *other == instance_id);
            if instance.status.as_str() == "running" && instance.cancel_date.is_none() && !taken {
                found.push((service, instance_id));
            }
            if found.len() == count {
                return found;
            }
        }
        panic!("only {} active services have a running server", found.len());
    }

    pub async fn status_of(&self, instance_id: i64) -> String {
        let contabo = self.contabo();
        contabo.call(RetrieveInstance { instance_id }).await.unwrap().status.to_string()
    }

    pub fn service_status(&self, service: u64) -> ServiceStatus {
        self.billing(|state| state.services.get(service).unwrap().status)
    }

    /// Mirrors a service and plans a kind for it, as the console does.
    pub async fn plan(&self, kind: &str, service: u64, input: Value) -> Plan {
        let kind = kinds::named(kind).unwrap();
        let id = i64::try_from(service).unwrap();
        let (status, domain) = self.billing(|state| {
            let one = state.services.get(service).unwrap();
            (one.status.text().to_owned(), one.domain.clone())
        });
        let instance_id = self.billing(|state| machine_of(state, service));
        let record = ServiceRecord { id, client_id: 1, domain, status, instance_id, ..ServiceRecord::default() };
        self.deps.store.write(move |tx| upsert_many(tx, &[record], Timestamp::now()).map(|_| ())).unwrap();
        let input = kind.accept(&input).unwrap();
        let found = kind.gather(&self.deps, id, &input).await.unwrap();
        let gathered: BTreeMap<i64, Value> = found.map(|found| (id, found)).into_iter().collect();
        let ask = Ask { ids: vec![id], input, origin: "test".into(), gathered };
        self.deps
            .store
            .write(move |c| {
                let hand = Hand { by: "ana", now: Timestamp::now() };
                kept::propose(c, kind, &ask, &Guardrails::default(), hand)
            })
            .unwrap()
    }

    /// Approves a plan with whatever it asks to be typed.
    pub async fn approve(&self, plan: &Plan) -> Result<i64, AppFault> {
        self.approve_over(plan, Vec::new()).await
    }

    /// The same over some guardrails.
    pub async fn approve_over(&self, plan: &Plan, overrides: Vec<Override>) -> Result<i64, AppFault> {
        let typed = match &plan.confirmation {
            Confirmation::Type { text } => Some(text.clone()),
            Confirmation::Press => None,
        };
        let id = plan.id;
        let (kind, ask) = self.deps.store.read(move |c| kept::asked(c, id)).unwrap().unwrap();
        let mut gathered = BTreeMap::new();
        for target in &ask.ids {
            gathered.extend(kind.gather(&self.deps, *target, &ask.input).await.unwrap().map(|found| (*target, found)));
        }
        let made = self.deps.store.write(move |c| {
            let yes = Yes { typed, overrides, ..Yes::default() };
            let how = Approving {
                yes: &yes,
                reason: None,
                gathered,
                after: &[],
                delay: Duration::ZERO,
                start_within: Duration::from_secs(3600),
            };
            kept::approve(c, id, &how, &Guardrails::default(), Hand { by: "ana", now: Timestamp::now() })
        });
        made.unwrap().map(|actions| actions[0])
    }

    pub async fn wish(&self, kind: &str, service: u64, input: Value) -> i64 {
        let plan = self.plan(kind, service, input).await;
        self.approve(&plan).await.unwrap_or_else(|fault| panic!("{kind} {service}: {fault:?} {plan:#?}"))
    }
}

/// The instance that a service's custom field names.
pub fn machine_of(state: &Billing, service: u64) -> Option<i64> {
    let service = state.services.get(service)?;
    let product = state.products.get(service.product)?;
    let field = product.custom_fields.iter().find(|field| field.name == "contabo_instance_id")?.id;
    service.custom_fields.iter().find(|(id, _)| *id == field)?.1.parse().ok()
}

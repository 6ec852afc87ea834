//! Every kind of action on the sandbox: done once and proven, also when its answer is lost or the line is cut before.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use rackdesk_console::{
    act::{ActionState, Deps, Engine, EngineOptions, NoMirror, kinds},
    plan::{
        Impact,
        compute::{Ask, Stamp, compute},
        facts::{Facts, History},
        guardrails::Guardrails,
    },
};
use rackdesk_contabo::{
    Config,
    api::{
        instances::{Instance, RetrieveInstancesList},
        private_networks::CreatePrivateNetwork,
        secrets::{CreateSecret, SecretType},
        snapshots::{CreateSnapshot, DeleteSnapshot, RetrieveSnapshotList},
        tags::CreateTag,
    },
};
use rackdesk_sandbox::{
    Options, Running,
    faults::Fault,
    journal::{Cause, Numbered},
    world::lock,
};
use rackdesk_store::{
    Store,
    queue::{self, Enqueued},
};
use rackdesk_wire::{NoRecorder, Retries, Timeouts, Wire, WireOptions};
use serde_json::{Value, json};

use crate::rig::{action_of, client_of, facts, key, quick};

struct Bench {
    sandbox: Running,
    _dir: tempfile::TempDir,
    deps: Deps,
    options: EngineOptions,
    servers: Vec<Instance>,
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

impl Bench {
    async fn new(seed: u64) -> Self {
        let sandbox = rackdesk_sandbox::start(Options { seed, scale: 0.3, ..Options::default() }).await.unwrap();
        let line = &sandbox.line.contabo;
        let contabo = client_of(Config {
            api_url: line.api_url.parse().unwrap(),
            token_url: line.token_url.parse().unwrap(),
            client_id: line.client_id.clone(),
            client_secret: line.client_secret.clone().into(),
            user: line.user.clone(),
            password: line.password.clone().into(),
        });
        let options = WireOptions {
            timeouts: Timeouts { quick: Duration::from_millis(900), ..Timeouts::default() },
            retries: Retries { attempts: 1, ..Retries::default() },
            ..WireOptions::default()
        };
        let line = &sandbox.line.whmcs;
        let mut config = rackdesk_whmcs::Config::new(
            line.url.parse().unwrap(),
            line.identifier.clone().into(),
            line.secret.clone().into(),
        );
        config.access_key = Some(line.access_key.clone().into());
        let whmcs = rackdesk_whmcs::Client::new(Wire::new(options, Arc::new(NoRecorder)), config).unwrap();
        let servers: Vec<Instance> = contabo.all(RetrieveInstancesList::new()).await.unwrap();
        let servers =
            servers.into_iter().filter(|i| i.status.as_str() == "running" && i.cancel_date.is_none()).collect();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
        let deps = Deps::new(store, Some(contabo), Arc::new(NoMirror)).with_whmcs(Some(whmcs));
        let mut policy = quick();
        policy.wait.restart_settles = Duration::from_millis(300);
        policy.evidence.grace_costly = Duration::from_secs(2);
        let options = EngineOptions { profile_dir: dir.path().to_owned(), policy, seed: Some(4) };
        Self { sandbox, _dir: dir, deps, options, servers }
    }

    fn contabo(&self) -> &rackdesk_contabo::Client {
        self.deps.contabo.as_ref().unwrap()
    }

    async fn run(&self, kind: &str, target: i64, input: Value) -> (i64, ActionState) {
        let new = action_of(kind, target, input);
        let id = match self.deps.store.write(move |c| queue::enqueue(c, &new)).unwrap() {
            Enqueued::New(id) => id,
            other => panic!("{other:?}"),
        };
        let engine = Engine::start(self.deps.clone(), self.options.clone()).await.unwrap();
        tokio::time::timeout(Duration::from_secs(90), engine.run_until_idle()).await.expect("idle in time").unwrap();
        engine.stop().await;
        let action = self.deps.store.read(|c| queue::action(c, id)).unwrap().unwrap();
        (id, ActionState::named(&action.state).unwrap())
    }

    /// Calls of an action that changed something at a provider.
    fn done(&self, id: i64) -> usize {
        let ours = format!("rackdesk-A-{id}-");
        let mine = |n: &&Numbered| {
            n.entry.cause == Cause::Request && n.entry.trace_id.as_deref().is_some_and(|trace| trace.starts_with(&ours))
        };
        let world = lock(self.sandbox.world());
        let mut calls: Vec<_> = world.journal.after(0).iter().filter(mine).map(|n| &n.entry.request_id).collect();
        calls.dedup();
        calls.len()
    }

    fn told(&self, id: i64) -> String {
        let events = self.deps.store.read(|c| queue::events(c, id)).unwrap();
        events
            .into_iter()
            .map(|e| format!("{} {}", e.name, e.detail.unwrap_or_default()))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// So many servers whose plan has room for snapshots, each with one.
    async fn with_snapshot(&self, many: usize) -> Vec<(i64, String)> {
        let mut found = Vec::new();
        // From the end: the first ones are used for other things.
        for server in self.servers.iter().rev() {
            let call = CreateSnapshot::new(server.instance_id, "before".to_owned());
            if let Ok(taken) = self.contabo().call(call).await {
                found.push((server.instance_id, taken.snapshot_id));
            }
            if found.len() == many {
                return found;
            }
        }
        panic!("only {} servers have room for snapshots", found.len());
    }

    /// One of each kind: its operation at the provider, its target and its input.
    async fn one_of_each(&self) -> Vec<(&'static str, &'static str, i64, Value)> {
        let api = self.contabo();
        let secret = CreateSecret::new("rescue".to_owned(), "Fj3!kd92Lq0x".to_owned(), SecretType::Password);
        let password = api.call(secret).await.unwrap().secret_id;
        let tag = api.call(CreateTag::new("vip".to_owned(), "#0A78C3".to_owned())).await.unwrap().tag_id;
        let server = |n: usize| self.servers[n].instance_id;
        let networked = self.servers.iter().find(|i| i.add_ons.iter().any(|a| a.id == Some(1477))).expect("an add-on");
        let network = CreatePrivateNetwork::new("backend".to_owned(), networked.region.to_string());
        let network = api.call(network).await.unwrap().private_network_id;
        let snapshots = self.with_snapshot(4).await;
        // That one has room for a snapshot again.
        let (roomy, first) = snapshots[3].clone();
        api.call(DeleteSnapshot { instance_id: roomy, snapshot_id: first }).await.unwrap();
        let image = self.servers[8].image_id.clone();
        let ticket = {
            let ask = rackdesk_whmcs::actions::tickets::GetTickets::default();
            let found = self.deps.whmcs.as_ref().unwrap().call(ask).await.unwrap().value;
            i64::try_from(found.tickets[0].id.unwrap()).unwrap()
        };
        let network = json!({ "private_network_id": network });
        vec![
            ("power.stop", "stop", server(0), json!({})),
            ("power.start", "start", server(0), json!({})),
            ("power.shutdown", "shutdown", server(0), json!({})),
            ("server.rescue", "rescue", server(1), json!({ "root_password": password })),
            ("server.reset_password", "resetPasswordAction", server(2), json!({ "root_password": password })),
            ("server.rename", "patchInstance", server(3), json!({ "display_name": "web-1 (blue)" })),
            ("snapshot.create", "createSnapshot", roomy, json!({ "name": "nightly 1" })),
            (
                "snapshot.rename",
                "updateSnapshot",
                snapshots[0].0,
                json!({ "snapshot_id": snapshots[0].1, "name": "kept" }),
            ),
            ("snapshot.rollback", "rollbackSnapshot", snapshots[1].0, json!({ "snapshot_id": snapshots[1].1 })),
            ("snapshot.delete", "deleteSnapshot", snapshots[2].0, json!({ "snapshot_id": snapshots[2].1 })),
            ("network.assign", "assignInstancePrivateNetwork", networked.instance_id, network.clone()),
            ("network.unassign", "unassignInstancePrivateNetwork", networked.instance_id, network),
            ("tag.assign", "createAssignment", server(7), json!({ "tag_id": tag })),
            ("tag.unassign", "deleteAssignment", server(7), json!({ "tag_id": tag })),
            (
                "server.reinstall",
                "reinstallInstance",
                server(8),
                json!({ "image_id": image, "root_password": password }),
            ),
            ("server.cancel", "cancelInstance", server(9), json!({})),
            (
                "ticket.reply",
                "AddTicketReply",
                ticket,
                json!({ "message": "We are on it — “soon” & <b>sure</b>.\n\nAna" }),
            ),
        ]
    }
}

async fn each_once_under(fault: Option<&str>, seed: u64) {
    let bench = Bench::new(seed).await;
    let clock = hurry(&bench.sandbox);
    for (kind, operation, target, input) in bench.one_of_each().await {
        if let Some(fault) = fault {
            let provider = if kind == "ticket.reply" { "whmcs" } else { "contabo" };
            let rule = json!({ "provider": provider, "operation": operation, "kind": fault, "times": 1 });
            let rule: Fault = serde_json::from_value(rule).unwrap();
            lock(bench.sandbox.world()).faults.add(rule);
        }
        let (id, state) = bench.run(kind, target, input).await;
        assert_eq!(state, ActionState::Succeeded, "{kind} under {fault:?}: {}", bench.told(id));
        assert_eq!(bench.done(id), 1, "{kind} under {fault:?}: {}", bench.told(id));
        let attempts = bench.deps.store.read(|c| queue::attempts(c, id)).unwrap();
        assert_eq!(attempts.iter().filter(|a| a.outcome == "applied").count(), 1, "{kind}");
    }
    clock.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_is_done_once_and_proven() {
    each_once_under(None, 31).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_whose_answer_was_lost_is_settled_by_evidence_and_not_sent_again() {
    each_once_under(Some("cut_after"), 32).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_that_was_cut_before_its_work_is_sent_again_once() {
    each_once_under(Some("cut_before"), 33).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_names_what_is_lost_and_asks_for_the_name_and_the_last_octet() {
    let bench = Bench::new(34).await;
    let mut taken = (0, Vec::new());
    for server in &bench.servers {
        let mut ids = Vec::new();
        for name in ["first", "second", "third"] {
            lock(bench.sandbox.world()).clock.advance(SignedDuration::from_secs(5));
            let call = CreateSnapshot::new(server.instance_id, name.to_owned());
            if let Ok(snapshot) = bench.contabo().call(call).await {
                ids.push((snapshot.snapshot_id, name));
            }
        }
        if ids.len() > taken.1.len() {
            taken = (server.instance_id, ids);
        }
        if taken.1.len() == 3 {
            break;
        }
    }
    let (id, ids) = taken;
    assert!(ids.len() > 1, "some plan has room for two");
    let kept = bench.contabo().all(RetrieveSnapshotList::new(id)).await.unwrap().len();
    let kind = kinds::named("snapshot.rollback").unwrap();
    let input = kind.accept(&json!({ "snapshot_id": ids[0].0 })).unwrap();
    let gathered = kind.gather(&bench.deps, id, &input).await.unwrap().unwrap();
    let ask = Ask { input, gathered: [(id, gathered)].into(), ..Ask::of(&[id], "server") };
    let known = Facts { ipv4: Some("203.0.113.77".into()), name: "db-1".into(), ..facts(id, "running") };
    let stamp = Stamp { id: 1, now: "2026-11-20T14:02:11Z".parse().unwrap() };
    let plan = compute(kind, &ask, &[known], &Guardrails::default(), &History::default(), stamp);
    assert_eq!((plan.impact, plan.totals.wiped), (Impact::Wipe, 1));
    assert_eq!(
        serde_json::to_value(&plan.confirmation).unwrap(),
        json!({ "kind": "type", "text": "db-1 77" }),
        "name and last octet"
    );
    let lost: Vec<_> =
        plan.changes[0].facts.iter().filter(|f| f.after.is_none()).filter_map(|f| f.before.clone()).collect();
    let newer: Vec<_> = ids[1..].iter().map(|(_, name)| (*name).to_owned()).collect();
    assert_eq!(lost, newer, "of {kept} snapshots those taken later go, too");
}

#[test]
fn inputs_are_read_strictly_and_the_field_in_the_way_is_named() {
    let problem =
        |kind: &str, input: Value| kinds::named(kind).unwrap().accept(&input).map_err(|p| (p.field, p.problem));
    assert_eq!(problem("server.rename", json!({})), Err(("display_name".into(), "is missing".into())));
    let secret = json!({ "display_name": "a", "password": "hunter22" });
    assert_eq!(
        problem("server.rename", secret),
        Err(("password".into(), "is not taken by this kind of action".into()))
    );
    assert!(problem("server.rename", json!({ "display_name": "a\u{7}b" })).is_err());
    assert!(problem("snapshot.create", json!({ "name": "x".repeat(31) })).is_err());
    assert!(problem("snapshot.create", json!({ "name": "a/b" })).is_err());
    assert!(problem("server.cancel", json!({ "cancel_date": "tomorrow" })).is_err());
    assert_eq!(problem("server.cancel", json!({ "cancel_date": "2026-12-31" })).unwrap()["cancel_date"], "2026-12-31");
    assert!(problem("server.reinstall", json!({ "image_id": "../etc", "ssh_keys": [1] })).is_err());
    assert!(problem("ticket.reply", json!({ "message": "x", "status": "Nonsense" })).is_err());
}

#[test]
fn the_same_wish_is_the_same_action_and_another_one_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
    let put = |input: Value| {
        let new = action_of("server.rename", 7, input);
        store.write(move |c| queue::enqueue(c, &new)).unwrap()
    };
    assert_eq!(put(json!({ "display_name": "a" })), Enqueued::New(1));
    assert_eq!(put(json!({ "display_name": "a" })), Enqueued::Open(1));
    assert_eq!(put(json!({ "display_name": "b" })), Enqueued::Differs(1));
    let tags = |tag: i64| {
        let new = action_of("tag.assign", 7, json!({ "tag_id": tag }));
        store.write(move |c| queue::enqueue(c, &new)).unwrap()
    };
    assert_eq!((tags(1), tags(2), tags(1)), (Enqueued::New(2), Enqueued::New(3), Enqueued::Open(2)));
}

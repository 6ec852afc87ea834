//! Every kind of action on the sandbox: done once and proven, also when its answer is lost or the line is cut before.

use std::time::Duration;

use jiff::SignedDuration;
use rackdesk_console::{
    act::{ActionState, kinds},
    plan::{
        Impact,
        compute::{Ask, Stamp, compute},
        facts::Facts,
        guardrails::Guardrails,
        history::History,
    },
};
use rackdesk_contabo::api::{
    instances::Instance,
    private_networks::CreatePrivateNetwork,
    secrets::{CreateSecret, SecretType},
    snapshots::{CreateSnapshot, DeleteSnapshot, RetrieveSnapshotList},
    tags::CreateTag,
};
use rackdesk_sandbox::world::lock;
use rackdesk_store::{
    Store,
    queue::{self, Enqueued},
};
use serde_json::{Value, json};

use crate::{
    bench::Bench,
    rig::{action_of, facts, key, quick},
};

/// The bench, with the servers there are.
struct Kinds {
    bench: Bench,
    servers: Vec<Instance>,
}

impl Kinds {
    async fn new(seed: u64) -> Self {
        let mut policy = quick();
        policy.wait.restart_settles = Duration::from_millis(300);
        policy.evidence.grace_costly = Duration::from_secs(2);
        let bench = Bench::with(seed, policy).await;
        let servers = bench.servers().await;
        Self { bench, servers }
    }

    async fn run(&self, kind: &str, target: i64, input: Value) -> (i64, ActionState) {
        let id = self.bench.enqueue(kind, u64::try_from(target).unwrap(), input);
        self.bench.work().await;
        (id, self.bench.state(id))
    }

    /// So many servers whose plan has room for snapshots, each with one.
    async fn with_snapshot(&self, many: usize) -> Vec<(i64, String)> {
        let mut found = Vec::new();
        // From the end: the first ones are used for other things.
        for server in self.servers.iter().rev() {
            let call = CreateSnapshot::new(server.instance_id, "before".to_owned());
            if let Ok(taken) = self.bench.contabo().call(call).await {
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
        let api = self.bench.contabo();
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
            let found = self.bench.deps.whmcs.as_ref().unwrap().call(ask).await.unwrap().value;
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
    let all = Kinds::new(seed).await;
    let bench = &all.bench;
    for (kind, operation, target, input) in all.one_of_each().await {
        if let Some(fault) = fault {
            let provider = if kind == "ticket.reply" { "whmcs" } else { "contabo" };
            bench.fault(provider, operation, fault, 1);
        }
        let (id, state) = all.run(kind, target, input).await;
        assert_eq!(state, ActionState::Succeeded, "{kind} under {fault:?}: {}", bench.told(id));
        assert_eq!(bench.done(id).len(), 1, "{kind} under {fault:?}: {}", bench.told(id));
        let attempts = bench.deps.store.read(|c| queue::attempts(c, id)).unwrap();
        assert_eq!(attempts.iter().filter(|a| a.outcome == "applied").count(), 1, "{kind}");
    }
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
    let all = Kinds::new(34).await;
    let bench = &all.bench;
    let mut taken = (0, Vec::new());
    for server in &all.servers {
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

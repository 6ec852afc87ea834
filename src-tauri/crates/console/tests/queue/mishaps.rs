//! What goes wrong between seeing, agreeing and sending: each has its own sentence, and nothing is lost.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rackdesk_console::{
    act::{ActionState, kinds},
    fault::{ErrorCode, Fault as Failure},
    phrases::english,
    plan::{
        Plan, Ruling,
        compute::Ask,
        kept::{self, Hand},
    },
    policy::Policy,
};
use rackdesk_store::queue;
use serde_json::json;

use crate::{
    bench::Bench,
    guarded::Watched,
    provider::Fault,
    rig::{quick, write},
};

/// The mirror has read that a server is not there any more.
fn vanish(desk: &Watched, id: i64) {
    let now = desk.now().as_microsecond();
    desk.rig
        .store()
        .write(move |tx| {
            tx.execute("UPDATE instance SET gone_at = ?2 WHERE id = ?1", [id, now])?;
            Ok(())
        })
        .unwrap();
}

/// Where an action stands and what its history says last.
fn told(desk: &Watched, id: i64) -> (ActionState, String) {
    let events = desk.rig.store().read(|c| queue::events(c, id)).unwrap();
    let says = events.last().and_then(|event| serde_json::from_str(event.detail.as_deref()?).ok());
    (desk.rig.state(id), says.as_ref().map(english).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moved_is_named_target_by_target_and_fact_by_fact() {
    let machines: Vec<(i64, &'static str)> = (1..=8).map(|id| (id, "running")).collect();
    let desk = Watched::new(&machines).await;
    let ids: Vec<i64> = (1..=8).collect();
    let plan = desk.plan("power.restart", &ids);
    desk.see(&[(2, "stopped")], "db");
    let refused = desk.yes(&plan, "ana", vec![]).unwrap_err();
    assert_eq!(refused.code, ErrorCode::BasisMoved);
    assert_eq!(refused.params["moved"], "server-2 (name: server-2 → db-2, status: running → stopped)");
    let moved: Vec<(i64, &'static str)> = (1..=8).map(|id| (id, "stopped")).collect();
    desk.see(&moved, "server");
    let many = desk.yes(&plan, "ana", vec![]).unwrap_err();
    assert!(many.params["moved"].ends_with("; server-5 (status: running → stopped) + 3"), "{many:?}");
    assert_eq!(desk.rig.store().read(queue::still_open).unwrap(), 0, "nothing was enqueued");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_vanished_before_the_yes_is_named_and_the_others_go_on_without_it() {
    let desk = Watched::new(&[(1, "running"), (2, "running")]).await;
    let plan = desk.plan("power.restart", &[1, 2]);
    vanish(&desk, 2);
    let refused = desk.yes(&plan, "ana", vec![]).unwrap_err();
    assert_eq!((refused.code, refused.params["gone"].as_str()), (ErrorCode::BasisMoved, "server-2"));
    assert_eq!(desk.rig.store().read(queue::still_open).unwrap(), 0);
    let (id, now) = (plan.id, desk.now());
    let again = write(desk.rig.store(), move |c| kept::refresh(c, id, BTreeMap::new(), &Policy::default(), now));
    let again: Plan = again.unwrap().unwrap();
    assert_eq!(english(&again.changes[1].verdicts[0].reason), "Not in the mirror; refresh the servers first");
    let made = desk.yes(&again, "ana", vec![]).unwrap();
    desk.rig.work(quick()).await;
    assert_eq!((made.len(), desk.rig.state(made[0])), (1, ActionState::Succeeded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_vanished_after_the_yes_says_so_and_nothing_is_sent() {
    let desk = Watched::new(&[(1, "running")]).await;
    let id = desk.yes(&desk.plan("power.restart", &[1]), "ana", vec![]).unwrap()[0];
    desk.rig.provider.with(|world| world.forget(1));
    desk.rig.work(quick()).await;
    let says = "Contabo has no server 1 any more: refresh the servers";
    assert_eq!(told(&desk, id), (ActionState::Failed, says.to_owned()));
    assert_eq!(desk.sent(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_credential_says_so_and_the_action_goes_on_once_it_is_mended() {
    let desk = Watched::new(&[(1, "running"), (2, "running")]).await;
    let ids = desk.yes(&desk.plan("power.restart", &[1, 2]), "ana", vec![]).unwrap();
    desk.rig.provider.with(|world| world.revoked = true);
    let engine = desk.rig.engine(quick()).await;
    for id in &ids {
        let id = *id;
        desk.rig.until("it waits", |rig| rig.state(id) == ActionState::Retryable && rig.action(id).failures > 1).await;
    }
    for id in &ids {
        let (state, says) = told(&desk, *id);
        assert!([ActionState::Retryable, ActionState::Running].contains(&state), "{state:?}");
        assert!(desk.rig.story(*id).contains(&"postpone".to_owned()), "{says}");
        let waits = desk.rig.action(*id).waits.unwrap_or_default();
        assert!(state == ActionState::Running || waits.contains("fault.contabo_user"), "{waits}");
    }
    assert_eq!(desk.rig.provider.with(|world| world.done.len()), 0, "nothing was done");
    desk.rig.provider.with(|world| world.revoked = false);
    tokio::time::timeout(std::time::Duration::from_secs(30), engine.run_until_idle()).await.unwrap().unwrap();
    engine.stop().await;
    for (id, server) in ids.iter().zip([1, 2]) {
        assert_eq!(desk.rig.state(*id), ActionState::Succeeded);
        assert_eq!(desk.rig.provider.count("restart", server), 1, "each once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credential_that_is_refused_at_the_write_itself_leaves_the_action_whole() {
    let desk = Watched::new(&[(1, "running")]).await;
    let id = desk.yes(&desk.plan("power.restart", &[1]), "ana", vec![]).unwrap()[0];
    desk.rig.provider.fault([Fault::Expired, Fault::Expired, Fault::Expired]);
    desk.rig.work(quick()).await;
    let story = desk.rig.story(id);
    assert!(story.contains(&"postpone".to_owned()), "{story:?}");
    assert_eq!((desk.rig.state(id), desk.rig.provider.count("restart", 1)), (ActionState::Succeeded, 1));
}

#[test]
fn a_number_that_no_provider_knows_is_a_row_that_says_so() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let desk = Watched::new(&[(1, "running")]).await;
        let plan = desk.plan("power.restart", &[404]);
        let refused: Failure = desk.yes(&plan, "ana", vec![]).unwrap_err();
        assert_eq!((refused.code, refused.params["guardrail"].as_str()), (ErrorCode::Blocked, "missing"));
        assert_eq!(refused.params["why"], "guard.missing");
        assert_eq!(refused.params["overridable"], "no");
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_in_an_input_that_the_provider_does_not_know_are_named_before_anything_is_sent() {
    let bench = Bench::new(11).await;
    let server = bench.servers().await[0].clone();
    let id = server.instance_id;
    let record = rackdesk_store::mirror::InstanceRecord {
        id,
        name: server.name.clone(),
        status: "running".into(),
        ..Default::default()
    };
    let store = &bench.deps.store;
    store.write(move |tx| rackdesk_store::mirror::upsert_many(tx, &[record], Timestamp::now()).map(|_| ())).unwrap();
    let unknown = "00000000-0000-4000-8000-000000000404";
    for (kind, input, says) in [
        (
            "server.reinstall",
            json!({ "image_id": unknown, "ssh_keys": [404_404] }),
            vec![format!("There is no image {unknown}"), "There is no such password or key: 404404".into()],
        ),
        ("snapshot.rollback", json!({ "snapshot_id": "snap404" }), vec!["There is no snapshot snap404".into()]),
        ("network.assign", json!({ "private_network_id": 404_404 }), vec!["There is no private network 404404".into()]),
        ("tag.assign", json!({ "tag_id": 404_404 }), vec!["There is no tag 404404".into()]),
    ] {
        let kind = kinds::named(kind).unwrap();
        let input = kind.accept(&input).unwrap();
        let found = kind.gather(&bench.deps, id, &input).await.unwrap();
        let gathered: BTreeMap<_, _> = found.map(|found| (id, found)).into_iter().collect();
        let ask = Ask { ids: vec![id], input, origin: "test".into(), gathered };
        let plan = write(store, move |c| {
            kept::propose(c, kind, &ask, &Policy::default(), Hand { by: "ana", now: Timestamp::now() })
        });
        let plan = plan.unwrap();
        let blocked = plan.changes[0].verdicts.iter().filter(|verdict| verdict.ruling == Ruling::Block);
        let told: Vec<String> = blocked.map(|verdict| english(&verdict.reason)).collect();
        for sentence in says {
            assert!(told.contains(&sentence), "{kind:?}: {told:?}");
        }
    }
}

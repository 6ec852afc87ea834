//! The name of a server that is bought: given once, and never the reason to take somebody else's server for one's own.

use jiff::Timestamp;
use rackdesk_console::{
    act::{ActionState, kinds, transition::Transition},
    phrases::english,
    plan::{
        Plan, Ruling,
        guardrails::Guardrails,
        kept::{self, Hand},
    },
};
use rackdesk_sandbox::whmcs::model::services::ServiceStatus;
use rackdesk_store::queue::{self, Enqueued};
use serde_json::json;

use crate::{
    create::{Shop, said},
    rig::{action_of, step},
};

/// An order that nobody planned beside the others: as if its plan had been approved while nobody had the name.
async fn ordered_blindly(shop: &Shop, service: u64, name: &str) -> i64 {
    let kind = kinds::named("server.create").unwrap();
    let id = i64::try_from(service).unwrap();
    let input = kind.accept(&shop.input(name)).unwrap();
    let gathered = kind.gather(&shop.bench.deps, id, &input).await.unwrap().unwrap();
    let mut new = action_of("server.create", id, input);
    new.carried = Some(json!({ "gathered": gathered }).to_string());
    match shop.bench.deps.store.write(move |c| queue::enqueue(c, &new)).unwrap() {
        Enqueued::New(id) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_orders_of_one_name_never_share_a_server() {
    let shop = Shop::open(61, 2).await;
    let (first, second) = (shop.services[0], shop.services[1]);
    // The second one waits until the first is through.
    let one = ordered_blindly(&shop, first, "web").await;
    let two = ordered_blindly(&shop, second, "web").await;
    shop.bench.deps.store.write(move |c| queue::add_need(c, two, one)).unwrap();
    shop.bench.work().await;
    shop.bought(one, first, "web", "the first of two").await;
    let told = shop.bench.told(two);
    let server = shop.named("web").await.remove(0).instance_id;
    assert_eq!(shop.bench.state(two), ActionState::Failed, "{told}");
    assert!(told.contains(&format!("Server {server} has this name already")), "{told}");
    assert!(shop.bench.done(two).is_empty(), "nothing was sent: {told}");
    assert_eq!(shop.field(second, "contabo_instance_id"), "", "the other customer's server is not theirs");
    assert_eq!(shop.bench.service_status(second), ServiceStatus::Pending);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_order_does_not_take_the_server_of_another_for_its_own() {
    let shop = Shop::open(62, 2).await;
    let (first, second) = (shop.services[0], shop.services[1]);
    let one = ordered_blindly(&shop, first, "web").await;
    // The second order was planned when nobody had the name, and is lost on its way.
    let kind = kinds::named("server.create").unwrap();
    let id = i64::try_from(second).unwrap();
    let input = kind.accept(&shop.input("web")).unwrap();
    let gathered = kind.gather(&shop.bench.deps, id, &input).await.unwrap().unwrap();
    shop.bench.work().await;
    let mut new = action_of("server.create", id, input);
    new.carried = Some(json!({ "gathered": gathered }).to_string());
    let sent = Timestamp::now();
    let lost = shop.bench.deps.store.write(move |c| {
        let Enqueued::New(id) = queue::enqueue(c, &new)? else { panic!("it is new") };
        lose(c, id, sent);
        Ok(id)
    });
    let two = lost.unwrap();
    shop.bench.work().await;
    shop.bought(one, first, "web", "the one that arrived").await;
    let told = shop.bench.told(two);
    assert!(told.contains("prove_absent"), "no trace of it: {told}");
    assert_eq!(shop.bench.state(two), ActionState::Failed, "{told}");
    assert!(told.contains("has this name already"), "{told}");
    assert_eq!(shop.field(second, "contabo_instance_id"), "");
}

/// Puts an action where a worker leaves it whose order got no answer.
fn lose(c: &rackdesk_store::rusqlite::Connection, id: i64, at: Timestamp) {
    step(c, id, Transition::Start, |a| {
        a.lease_token += 1;
        a.lease = Some(queue::Lease { holder: "gone".into(), until: at });
    });
    let attempt = queue::NewAttempt {
        action_id: id,
        number: 1,
        step: "create".into(),
        request_id: "5f0c1c52-6d1c-4a55-9d0b-0d2f6f5b7a01".into(),
        call: "POST /v1/compute/instances".into(),
        effect: "billable".into(),
        body_sha256: "0".repeat(64),
        lease_token: 1,
        at,
    };
    assert!(queue::begin_attempt(c, &attempt, None).unwrap());
    assert!(queue::mark_sent(c, id, 1, at).unwrap());
    queue::settle_attempt(c, id, 1, "unknown", Some("cut"), None).unwrap();
    step(c, id, Transition::LoseTrack, |a| a.next_at = Some(at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_given_once_in_a_plan_and_among_what_is_under_way() {
    let shop = Shop::open(63, 2).await;
    let (first, second) = (shop.services[0], shop.services[1]);
    let alone = shop.bench.plan("server.create", first, shop.input("web")).await;
    let beside = shop.bench.plan("server.create", second, shop.input("web")).await;
    let both = shop.bench.deps.store.write(move |c| {
        let ask = |plan: &Plan| kept::asked(c, plan.id).unwrap().unwrap();
        let ((kind, mut ask_one), (_, other)) = (ask(&alone), ask(&beside));
        ask_one.ids.extend(other.ids);
        ask_one.gathered.extend(other.gathered);
        let hand = Hand { by: "ana", now: Timestamp::now() };
        kept::propose(c, kind, &ask_one, &Guardrails::default(), hand)
    });
    let both = both.unwrap();
    let blocks = |verdict: &&rackdesk_console::plan::Verdict| verdict.ruling == Ruling::Block;
    let says: Vec<String> = both.verdicts.iter().filter(blocks).map(|verdict| english(&verdict.reason)).collect();
    assert_eq!(says, ["Each server needs a name of its own: one plan orders one server"]);
    let action = shop.bench.wish("server.create", first, shop.input("web")).await;
    let late = shop.bench.plan("server.create", second, shop.input("web")).await;
    let sentence = format!("B A-{action} orders a server of this name already");
    assert!(said(&late).contains(&sentence), "{:?}", said(&late));
    let other = shop.bench.plan("server.create", second, shop.input("web-2")).await;
    assert!(!other.changes[0].blocked(), "{:?}", said(&other));
}

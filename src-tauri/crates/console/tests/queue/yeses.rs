//! What a yes is to, and how long setting oneself over a guardrail counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use rackdesk_console::{
    act::ActionState,
    fault::{ErrorCode, Fault},
    phrases::english,
    plan::{
        Phrase, Plan,
        approval::Yes,
        kept::{self, Approving, Hand},
        overrides::Override,
    },
    policy::{Policy, SecondApprover},
};
use rackdesk_store::queue;

use crate::{
    create::Shop,
    guarded::{Watched, allow},
    guardrails::{euros, set_over},
    rig::{quick, write},
};

/// Somebody says yes, without some rows, over some guardrails.
fn yes(
    desk: &Watched,
    plan: &Plan,
    by: &'static str,
    excluded: &[u32],
    overrides: Vec<Override>,
) -> Result<Vec<i64>, Fault> {
    let (id, now) = (plan.id, desk.now());
    let excluded: BTreeSet<u32> = excluded.iter().copied().collect();
    let yes = Yes { excluded, overrides, ..Yes::default() };
    write(desk.rig.store(), move |c| {
        let how = Approving {
            yes: &yes,
            reason: None,
            gathered: BTreeMap::new(),
            after: &[],
            delay: Duration::ZERO,
            start_within: Duration::from_secs(4 * 3600),
        };
        kept::approve(c, id, &how, &Policy::default(), Hand { by, now })
    })
    .unwrap()
}

fn targets(desk: &Watched, actions: &[i64]) -> Vec<i64> {
    actions.iter().map(|id| desk.rig.action(*id).target.id).collect()
}

/// The first line of an action's history.
fn first_line(desk: &Watched, action: i64) -> String {
    let first = desk.rig.store().read(|c| queue::events(c, action)).unwrap().remove(0);
    english(&serde_json::from_str::<Phrase>(&first.detail.unwrap()).unwrap())
}

/// Four servers of which the third was not read for long, a policy that wants two people, and no old facts.
async fn two_people() -> (Watched, Plan) {
    let machines = [(1, "running"), (2, "running"), (3, "running"), (4, "running")];
    let desk = Watched::new(&machines).await;
    desk.allow(|policy| {
        policy.second_approver = SecondApprover::All;
        policy.stale_seconds = 60;
        policy.stale_blocks = true;
    });
    desk.later(600);
    desk.see(&[(1, "running"), (2, "running"), (4, "running")], "server");
    let plan = desk.plan("power.restart", &[1, 2, 3, 4]);
    assert!(plan.changes[2].blocked() && plan.totals.changes == 3, "{plan:?}");
    (desk, plan)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_yes_lets_no_row_in_that_the_first_was_not_to() {
    let (desk, plan) = two_people().await;
    assert_eq!(yes(&desk, &plan, "ana", &[], vec![]).unwrap(), Vec::<i64>::new());
    let made = yes(&desk, &plan, "ben", &[], vec![set_over("stale")]).unwrap();
    assert_eq!(targets(&desk, &made), [1, 2, 4], "ana was not shown that the third could be restarted");
    let line = first_line(&desk, made[0]);
    assert_eq!(
        line,
        "Approved in PL-1 by ana, ben: the 3 rows that all of them agreed to, set over: stale (the customer waits for it)"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_carried_out_is_what_both_left_in_and_that_is_said() {
    let (desk, plan) = two_people().await;
    yes(&desk, &plan, "ana", &[0], vec![set_over("stale")]).unwrap();
    let made = yes(&desk, &plan, "ben", &[1], vec![]).unwrap();
    assert_eq!(targets(&desk, &made), [3, 4]);
    assert!(first_line(&desk, made[0]).contains("the 2 rows that all of them agreed to"));
    let (desk, plan) = two_people().await;
    yes(&desk, &plan, "ana", &[0], vec![]).unwrap();
    let nothing = yes(&desk, &plan, "ben", &[1, 2, 3], vec![]).unwrap_err();
    assert_eq!(nothing.params["problem"], "no row is left to be carried out");
    let made = yes(&desk, &plan, "ben", &[0], vec![]).unwrap();
    assert_eq!(targets(&desk, &made), [2, 4]);
    assert_eq!(first_line(&desk, made[0]), "Approved in PL-1 by ana, ben", "both wanted the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_override_counts_while_the_limit_is_the_one_that_was_shown() {
    let desk = Watched::new(&[(1, "running"), (2, "running"), (3, "running")]).await;
    desk.allow(|policy| policy.power_per_hour = 1);
    let plan = desk.plan("power.restart", &[1, 2]);
    let made = yes(&desk, &plan, "ana", &[], vec![set_over("rate")]).unwrap();
    desk.allow(|policy| policy.power_per_hour = 0);
    for id in &made {
        desk.waits(*id, "waits.rate").await;
    }
    assert_eq!(desk.sent(), 0, "nobody set themselves over that limit");
    // Another rule that changes does not matter, and the old limit is what they agreed to pass.
    desk.allow(|policy| {
        policy.power_per_hour = 1;
        policy.stale_seconds = 3_000;
    });
    desk.later(3_700);
    desk.rig.work(quick()).await;
    let done = made.iter().filter(|id| desk.rig.state(**id) == ActionState::Succeeded).count();
    assert_eq!((done, desk.sent()), (2, 2));

    let seen = desk.plan("power.restart", &[3]);
    desk.allow(|policy| policy.power_per_hour = 0);
    let moved = yes(&desk, &seen, "ana", &[], vec![set_over("rate")]).unwrap_err();
    assert_eq!((moved.code, moved.params["moved"].as_str()), (ErrorCode::BasisMoved, "policy (rate)"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_yes_over_a_limit_that_was_changed_is_not_made_good_by_a_second_one() {
    let desk = Watched::new(&[(1, "running"), (2, "running")]).await;
    desk.allow(|policy| {
        policy.second_approver = SecondApprover::All;
        policy.power_per_hour = 1;
    });
    let plan = desk.plan("power.restart", &[1, 2]);
    yes(&desk, &plan, "ana", &[], vec![set_over("rate")]).unwrap();
    desk.allow(|policy| policy.power_per_hour = 0);
    let refused = yes(&desk, &plan, "ben", &[], vec![]).unwrap_err();
    assert_eq!((refused.code, refused.params["guardrail"].as_str()), (ErrorCode::Blocked, "rate"));
    desk.allow(|policy| policy.power_per_hour = 1);
    assert_eq!(yes(&desk, &plan, "ben", &[], vec![]).unwrap().len(), 2, "that is what ana set herself over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_over_a_limit_asks_again_when_the_limit_was_changed() {
    let shop = Shop::open(64, 1).await;
    let store = shop.bench.deps.store.clone();
    allow(&store, Timestamp::now(), |policy| policy.spend_day = Some(euros(200)));
    let plan = shop.bench.plan("server.create", shop.services[0], shop.input("web-1")).await;
    let id = shop.bench.approve_over(&plan, vec![set_over("spend")]).await.unwrap();
    allow(&store, Timestamp::now(), |policy| policy.spend_day = Some(euros(100)));
    let engine = shop.bench.engine().await;
    shop.bench.until("it is held", || shop.bench.state(id) == ActionState::Held).await;
    engine.stop().await;
    assert_eq!(shop.bench.arrived("createInstance"), 0, "{}", shop.bench.told(id));
    let waits: Phrase = serde_json::from_str(&shop.bench.action(id).waits.unwrap()).unwrap();
    assert_eq!(waits.code, "guard.asked_again");
    let says = english(&waits);
    assert!(says.contains("would pass the 1.00 EUR allowed. It was set over, but the policy has changed"), "{says}");
}

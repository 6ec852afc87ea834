//! What the guardrails do to a plan that is approved and to an action that is about to be sent.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::{
        ActionState, ActionVerb,
        board::{Traffic, waits},
        kinds,
        verbs::{self, Saying},
    },
    fault::{ErrorCode, Fault},
    phrases::english,
    plan::{
        Phrase, Plan, PlanState, Ruling,
        approval::Yes,
        compute::Ask,
        kept::{self, Approving, Hand},
        overrides::Override,
    },
    policy::{Freeze, Policy, SecondApprover, Window, kept as policies},
};
use rackdesk_store::{
    Store,
    mirror::{InstanceRecord, upsert_many},
    queue,
};

use crate::{
    create::Shop,
    guardrails::{euros, set_over},
    rig::{Rig, quick, write},
};

/// Puts a policy in force.
pub fn allow(store: &Store, now: Timestamp, change: impl FnOnce(&mut Policy)) {
    let mut policy = store.read(|c| policies::current(c, &Policy::default())).unwrap();
    let before = policy.clone();
    change(&mut policy);
    write(store, move |c| policies::put(c, &before, &policy, "ana", Some("a test"), now)).unwrap();
}

/// A rig whose clock a test can put forward.
pub struct Watched {
    pub rig: Rig,
    ahead: Arc<AtomicI64>,
}

impl Watched {
    pub async fn new(machines: &[(i64, &'static str)]) -> Self {
        let mut rig = Rig::new(machines).await;
        let ahead = Arc::new(AtomicI64::new(0));
        let offset = Arc::clone(&ahead);
        rig.deps.clock = Arc::new(move || Timestamp::now() + SignedDuration::from_secs(offset.load(Ordering::Relaxed)));
        let watched = Self { rig, ahead };
        watched.see(machines, "server");
        watched
    }

    pub fn now(&self) -> Timestamp {
        (self.rig.deps.clock)()
    }

    pub fn later(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    pub fn see(&self, machines: &[(i64, &'static str)], name: &str) {
        let record = |(id, status): &(i64, &str)| InstanceRecord {
            id: *id,
            name: format!("{name}-{id}"),
            status: (*status).into(),
            ..InstanceRecord::default()
        };
        let rows: Vec<_> = machines.iter().map(record).collect();
        let now = self.now();
        self.rig.store().write(move |tx| upsert_many(tx, &rows, now).map(|_| ())).unwrap();
    }

    /// The policy in force from now on.
    pub fn allow(&self, change: impl FnOnce(&mut Policy)) {
        allow(self.rig.store(), self.now(), change);
    }

    pub fn plan(&self, kind: &'static str, ids: &[i64]) -> Plan {
        let (ask, now) = (Ask::of(ids, "servers"), self.now());
        let kind = kinds::named(kind).unwrap();
        write(self.rig.store(), move |c| kept::propose(c, kind, &ask, &Policy::default(), Hand { by: "ana", now }))
            .unwrap()
    }

    pub fn yes(&self, plan: &Plan, by: &'static str, overrides: Vec<Override>) -> Result<Vec<i64>, Fault> {
        let (id, now) = (plan.id, self.now());
        let yes = Yes { overrides, account: Some("desk".into()), ..Yes::default() };
        write(self.rig.store(), move |c| {
            let how = Approving {
                yes: &yes,
                reason: Some("asked for"),
                gathered: BTreeMap::new(),
                after: &[],
                delay: Duration::ZERO,
                start_within: Duration::from_secs(4 * 3600),
            };
            kept::approve(c, id, &how, &Policy::default(), Hand { by, now })
        })
        .unwrap()
    }

    pub fn shown(&self, id: i64) -> Plan {
        let now = self.now();
        self.rig.store().read(move |c| kept::show(c, id, now)).unwrap().unwrap()
    }

    /// Works until the queue says why the action waits.
    pub async fn waits(&self, id: i64, code: &str) -> String {
        let engine = self.rig.engine(quick()).await;
        let why = |rig: &Rig| {
            let found = rig.store().read(|c| {
                let traffic = Traffic::read(c, true)?;
                let action = queue::action(c, id)?.unwrap();
                waits(c, &action, &traffic)
            });
            found.unwrap()
        };
        self.rig.until(code, |rig| why(rig).is_some_and(|phrase| phrase.code == code)).await;
        engine.stop().await;
        english(&why(&self.rig).unwrap())
    }

    pub fn sent(&self) -> usize {
        self.rig.provider.with(|world| world.arrived.len())
    }

    fn release(&self, id: i64) {
        let now = self.now();
        let policy = quick();
        let saying = move || Saying { by: "ana", reason: None, now };
        write(self.rig.store(), move |c| verbs::apply(c, id, ActionVerb::Release, saying(), &policy)).unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_that_begins_after_the_yes_keeps_the_send_back_until_it_ends() {
    let desk = Watched::new(&[(1, "running")]).await;
    let plan = desk.plan("power.restart", &[1]);
    let id = desk.yes(&plan, "ana", vec![]).unwrap()[0];
    let (from, until) = (desk.now() - SignedDuration::from_mins(1), desk.now() + SignedDuration::from_hours(2));
    desk.allow(|policy| policy.freezes = vec![Freeze { from, until, name: "Cyber Week".into() }]);
    let says = desk.waits(id, "waits.freeze").await;
    assert!(says.starts_with("Waits for the end of Cyber Week: "), "{says}");
    assert_eq!((desk.sent(), desk.rig.state(id)), (0, ActionState::Ready));
    desk.later(2 * 3600 + 60);
    desk.rig.work(quick()).await;
    assert_eq!((desk.rig.state(id), desk.rig.provider.count("restart", 1)), (ActionState::Succeeded, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_that_outlasts_the_time_to_start_ends_in_nothing_sent() {
    let desk = Watched::new(&[(1, "running")]).await;
    let id = desk.yes(&desk.plan("power.restart", &[1]), "ana", vec![]).unwrap()[0];
    let (from, until) = (desk.now() - SignedDuration::from_mins(1), desk.now() + SignedDuration::from_hours(48));
    desk.allow(|policy| policy.freezes = vec![Freeze { from, until, name: "Holidays".into() }]);
    desk.waits(id, "waits.freeze").await;
    desk.later(4 * 3600 + 60);
    desk.rig.work(quick()).await;
    assert_eq!((desk.rig.state(id), desk.sent()), (ActionState::Failed, 0));
    assert_eq!(desk.rig.story(id).last().map(String::as_str), Some("expire"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outside_of_the_window_it_waits_for_the_next_one_however_long_that_is() {
    let desk = Watched::new(&[(1, "running"), (2, "running")]).await;
    // It opens in a little more than two days.
    let opens = (desk.now() + SignedDuration::from_hours(50)).to_zoned(jiff::tz::TimeZone::UTC);
    let window = Window {
        weekday: opens.weekday().to_monday_one_offset(),
        minute: u16::from(opens.hour().unsigned_abs()) * 60 + u16::from(opens.minute().unsigned_abs()),
        minutes: 60,
        zone: "UTC".into(),
    };
    desk.allow(|policy| policy.windows = vec![window]);
    let plan = desk.plan("power.restart", &[1]);
    let told: Vec<_> = plan.verdicts.iter().filter(|verdict| verdict.guardrail == "maintenance").collect();
    assert_eq!((told[0].ruling, told[0].overridable), (Ruling::Warn, true), "{plan:?}");
    let id = desk.yes(&plan, "ana", vec![]).unwrap()[0];
    let says = desk.waits(id, "waits.window").await;
    assert!(says.starts_with("Waits for the maintenance window: "), "{says}");
    assert_eq!(desk.sent(), 0);
    // The other one is wanted now, and somebody answers for it.
    let now = desk.plan("power.restart", &[2]);
    let at_once = desk.yes(&now, "ana", vec![set_over("maintenance")]).unwrap()[0];
    let engine = desk.rig.engine(quick()).await;
    desk.rig.until("the other one is done", |rig| rig.state(at_once) == ActionState::Succeeded).await;
    engine.stop().await;
    assert_eq!(desk.rig.provider.count("restart", 1), 0);
    desk.later(50 * 3600);
    desk.rig.work(quick()).await;
    assert_eq!((desk.rig.state(id), desk.rig.provider.count("restart", 1)), (ActionState::Succeeded, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_policy_forbids_in_the_meantime_is_held_with_its_sentence_and_goes_on_when_it_may() {
    let desk = Watched::new(&[(1, "running")]).await;
    let id = desk.yes(&desk.plan("power.stop", &[1]), "ana", vec![]).unwrap()[0];
    desk.see(&[(1, "running")], "db");
    desk.allow(|policy| policy.protected = vec!["db-*".into()]);
    let says = desk.waits(id, "guard.protected").await;
    assert_eq!(says, "Protected by the pattern “db-*”");
    assert_eq!((desk.rig.state(id), desk.sent()), (ActionState::Held, 0));
    desk.release(id);
    desk.waits(id, "guard.protected").await;
    assert_eq!(desk.sent(), 0, "letting it go on does not change the policy");
    desk.allow(|policy| policy.protected.clear());
    desk.release(id);
    desk.rig.work(quick()).await;
    assert_eq!((desk.rig.state(id), desk.rig.provider.count("stop", 1)), (ActionState::Succeeded, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rate_that_is_lowered_lets_them_go_one_by_one_and_an_override_is_not_held_up_by_it() {
    let machines: Vec<(i64, &'static str)> = (1..=4).map(|id| (id, "running")).collect();
    let desk = Watched::new(&machines).await;
    let actions = desk.yes(&desk.plan("power.start", &[1]), "ana", vec![]);
    assert_eq!(actions.unwrap_err().params["guardrail"], "state", "running ones cannot be started");
    desk.allow(|policy| policy.power_per_hour = 2);
    let plan = desk.plan("power.restart", &[1, 2, 3, 4]);
    let refused = desk.yes(&plan, "ana", vec![]).unwrap_err();
    assert_eq!((refused.code, refused.params["guardrail"].as_str()), (ErrorCode::Blocked, "rate"));
    assert_eq!((refused.params["why"].as_str(), refused.params["overridable"].as_str()), ("guard.rate_over", "yes"));
    let actions = desk.yes(&plan, "ana", vec![set_over("rate")]).unwrap();
    desk.rig.work(quick()).await;
    let done = actions.iter().filter(|id| desk.rig.state(**id) == ActionState::Succeeded).count();
    assert_eq!((done, desk.sent()), (4, 4), "all four were approved over the limit");
    let first = desk.rig.store().read(|c| queue::events(c, actions[0])).unwrap().remove(0);
    let says: Phrase = serde_json::from_str(&first.detail.unwrap()).unwrap();
    assert_eq!(english(&says), "Approved in PL-2, set over: rate (the customer waits for it)");
}

#[test]
fn an_override_needs_a_guardrail_that_can_be_overridden_and_a_reason() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let desk = Watched::new(&[(1, "running"), (2, "running")]).await;
        desk.allow(|policy| {
            policy.power_per_hour = 0;
            policy.protected = vec!["server-2".into()];
        });
        let plan = desk.plan("power.restart", &[1, 2]);
        let problem = |overrides| desk.yes(&plan, "ana", overrides).unwrap_err().params["problem"].clone();
        let short = Override { guardrail: "rate".into(), reason: "  because  ".into() };
        assert_eq!(problem(vec![short]), "the reason for rate needs at least 10 characters");
        assert_eq!(problem(vec![set_over("protected")]), "nobody can set themselves over protected");
        assert_eq!(problem(vec![set_over("gravity")]), "the plan does not meet gravity");
        assert_eq!(problem(vec![set_over("rate"), set_over("rate")]), "rate is named twice");
        let made = desk.yes(&plan, "ana", vec![set_over("rate")]).unwrap();
        assert_eq!(made.len(), 1, "the protected row stays out");
        let kept = desk.shown(plan.id);
        assert_eq!(kept.approvals[0].overrides, [set_over("rate")]);
        assert_eq!(kept.approvals[0].account.as_deref(), Some("desk"));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_only_an_override_lets_in_is_shown_as_it_was_approved() {
    let desk = Watched::new(&[(1, "running")]).await;
    desk.allow(|policy| {
        policy.stale_seconds = 60;
        policy.stale_blocks = true;
    });
    desk.later(600);
    let plan = desk.plan("power.restart", &[1]);
    assert!(plan.changes[0].blocked() && plan.totals.changes == 0, "{plan:?}");
    let refused = desk.yes(&plan, "ana", vec![]).unwrap_err();
    assert_eq!((refused.params["guardrail"].as_str(), refused.params["overridable"].as_str()), ("stale", "yes"));
    let made = desk.yes(&plan, "ana", vec![set_over("stale")]).unwrap();
    assert_eq!(made.len(), 1);
    let kept = desk.shown(plan.id);
    assert_eq!((kept.totals.changes, kept.changes[0].facts[0].after.as_deref()), (1, Some("running")));
    assert_eq!(kept.created_at, plan.created_at);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_have_to_say_yes_and_one_of_them_is_not_two() {
    let desk = Watched::new(&[(1, "running"), (2, "running"), (3, "running")]).await;
    desk.allow(|policy| policy.second_approver = SecondApprover::All);
    let plan = desk.plan("power.restart", &[1, 2, 3]);
    assert!(plan.verdicts.iter().any(|verdict| verdict.guardrail == "second_approver"), "{plan:?}");
    assert_eq!(desk.yes(&plan, "Ana Kern", vec![]).unwrap(), Vec::<i64>::new(), "nothing is in the queue yet");
    assert_eq!(desk.rig.store().read(queue::still_open).unwrap(), 0);
    let waiting = desk.shown(plan.id);
    assert_eq!((waiting.state, waiting.approvals.len()), (PlanState::Waiting, 1));

    let refused = desk.yes(&plan, " ana  kern", vec![]).unwrap_err();
    assert_eq!((refused.code, refused.params["guardrail"].as_str()), (ErrorCode::Blocked, "second_approver"));
    assert_eq!(refused.params["why"], "guard.same_person");

    let made = desk.yes(&plan, "ben", vec![]).unwrap();
    assert_eq!(made.len(), 3);
    assert_eq!(desk.yes(&plan, "ben", vec![]).unwrap(), made, "a second click makes nothing more");
    let kept = desk.shown(plan.id);
    let names: Vec<_> = kept.approvals.iter().map(|yes| yes.by.as_str()).collect();
    assert_eq!((kept.state, names), (PlanState::Approved, vec!["Ana Kern", "ben"]));
    let first = desk.rig.store().read(|c| queue::events(c, made[0])).unwrap().remove(0);
    let says: Phrase = serde_json::from_str(&first.detail.unwrap()).unwrap();
    assert_eq!(english(&says), format!("Approved in PL-{} by Ana Kern, ben", plan.id));
    desk.rig.work(quick()).await;
    assert!(made.iter().all(|id| desk.rig.state(*id) == ActionState::Succeeded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_yes_is_to_what_was_seen_and_a_yes_from_before_the_rule_is_one() {
    let desk = Watched::new(&[(1, "running"), (2, "running")]).await;
    let early = desk.yes(&desk.plan("power.stop", &[2]), "ana", vec![]).unwrap()[0];
    desk.allow(|policy| policy.second_approver = SecondApprover::All);
    let says = desk.waits(early, "guard.second_needed").await;
    assert!(says.starts_with("Two people have to say yes"), "{says}");
    assert_eq!((desk.rig.state(early), desk.sent()), (ActionState::Held, 0));

    let plan = desk.plan("power.restart", &[1]);
    desk.yes(&plan, "ana", vec![]).unwrap();
    desk.see(&[(1, "stopped")], "server");
    let moved = desk.yes(&plan, "ben", vec![]).unwrap_err();
    assert_eq!(
        (moved.code, moved.params["moved"].as_str()),
        (ErrorCode::BasisMoved, "server-1 (status: running → stopped)")
    );
    desk.see(&[(1, "running")], "server");
    let (id, now) = (plan.id, desk.now());
    let again = write(desk.rig.store(), move |c| kept::refresh(c, id, BTreeMap::new(), &Policy::default(), now));
    assert_eq!(again.unwrap().unwrap().approvals, []);
    assert_eq!(desk.shown(plan.id).state, PlanState::Open, "who looks again says yes again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_be_spent_is_asked_at_the_yes_and_again_at_the_order_itself() {
    let shop = Shop::open(61, 2).await;
    let store = shop.bench.deps.store.clone();
    let now = Timestamp::now;
    allow(&store, now(), |policy| policy.spend_day = Some(euros(1)));
    let plan = shop.bench.plan("server.create", shop.services[0], shop.input("web-1")).await;
    let spend = plan.verdicts.iter().find(|verdict| verdict.guardrail == "spend").unwrap();
    assert_eq!((spend.ruling, spend.overridable), (Ruling::Block, true), "{plan:?}");
    let refused = shop.bench.approve(&plan).await.unwrap_err();
    assert_eq!((refused.code, refused.params["why"].as_str()), (ErrorCode::Blocked, "guard.spend_day_over"));

    let costs = plan.totals.money_now[0].clone();
    allow(&store, now(), |policy| policy.spend_day = Some(costs.clone()));
    let id = shop.bench.approve(&plan).await.unwrap();
    allow(&store, now(), |policy| policy.spend_day = Some(euros(1)));
    let engine = shop.bench.engine().await;
    shop.bench.until("it is held", || shop.bench.state(id) == ActionState::Held).await;
    engine.stop().await;
    assert_eq!(shop.bench.arrived("createInstance"), 0, "nothing was ordered: {}", shop.bench.told(id));
    assert!(shop.bench.action(id).waits.unwrap().contains("guard.spend_day_over"));

    allow(&store, now(), |policy| policy.spend_day = Some(costs.clone()));
    let policy = shop.bench.options.policy.clone();
    let saying = move || Saying { by: "ana", reason: None, now: now() };
    write(&store, move |c| verbs::apply(c, id, ActionVerb::Release, saying(), &policy)).unwrap().unwrap();
    shop.bench.work().await;
    assert_eq!((shop.bench.state(id), shop.named("web-1").await.len()), (ActionState::Succeeded, 1));
    let second = shop.bench.plan("server.create", shop.services[1], shop.input("web-2")).await;
    let spend = second.verdicts.iter().find(|verdict| verdict.guardrail == "spend").unwrap();
    assert_eq!(spend.reason.code, "guard.spend_day_over", "what was spent counts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_policy_protects_since_the_engine_began_is_not_touched_under_the_name_its_provider_tells() {
    let desk = Watched::new(&[(1, "running")]).await;
    // The mirror has an older name; Contabo calls it server-1.
    desk.see(&[(1, "running")], "web");
    let id = desk.yes(&desk.plan("power.restart", &[1]), "ana", vec![]).unwrap()[0];
    desk.allow(|policy| policy.protected = vec!["server-*".into()]);
    desk.rig.work(quick()).await;
    assert_eq!((desk.rig.state(id), desk.sent()), (ActionState::Failed, 0));
    let last = desk.rig.store().read(|c| queue::events(c, id)).unwrap().pop().unwrap();
    assert!(last.detail.unwrap().contains("guard.protected"));
}

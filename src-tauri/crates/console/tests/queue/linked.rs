//! What an action at a server leaves in the WHMCS service behind it: a lock for as long as it is at work, and the ids of
//! what it sent. On the sandbox, whose WHMCS and Contabo know nothing of each other.

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::ActionState,
    phrases::english,
    policy::{Policy, kept as policies},
};
use rackdesk_contabo::api::instance_actions::Shutdown;
use rackdesk_sandbox::whmcs::model::services::ServiceStatus;
use rackdesk_store::{
    Store,
    mirror::{InstanceRecord, upsert_many},
    queue::{self, Enqueued},
};
use serde_json::{Value, json};

use crate::{bench::Bench, rig::action_of};

pub const LOCK: &str = "contabo_action_lock";
pub const IDS: &str = "contabo_last_request_ids";

/// A service with its running server.
pub struct Pair {
    pub bench: Bench,
    pub service: u64,
    pub server: i64,
}

impl Pair {
    pub async fn new(seed: u64) -> Self {
        let bench = Bench::new(seed).await;
        let (service, server) = bench.with_machines(1).await[0];
        assert_eq!(bench.service_status(service), ServiceStatus::Active);
        let pair = Self { bench, service, server };
        pair.put(LOCK, "");
        pair.put(IDS, "");
        pair
    }

    /// An action at the server, approved by ana, that knows of its service.
    pub fn wish(&self, kind: &str) -> i64 {
        self.wish_in(&self.bench.deps.store, kind, json!({}), None)
    }

    /// The same in any database, and given up when it was not started until then.
    pub fn wish_in(&self, store: &Store, kind: &str, input: Value, deadline: Option<Timestamp>) -> i64 {
        let mut new = action_of(kind, self.server, input);
        new.target.service_id = i64::try_from(self.service).ok();
        new.deadline = deadline;
        match store.write(move |c| queue::enqueue(c, &new)).unwrap() {
            Enqueued::New(id) => id,
            other => panic!("{kind}: {other:?}"),
        }
    }

    fn id_of(&self, name: &str) -> Option<u64> {
        self.bench.billing(|state| {
            let product = state.products.get(state.services.get(self.service)?.product)?;
            product.custom_fields.iter().find(|field| field.name == name).map(|field| field.id)
        })
    }

    pub fn field(&self, name: &str) -> String {
        let id = self.id_of(name);
        self.bench.billing(|state| {
            let fields = &state.services.get(self.service).unwrap().custom_fields;
            fields.iter().find(|(known, _)| Some(*known) == id).map(|(_, value)| value.clone()).unwrap_or_default()
        })
    }

    pub fn put(&self, name: &str, text: &str) {
        let id = self.id_of(name);
        self.bench.billing(|state| {
            let fields = &mut state.services.get_mut(self.service).unwrap().custom_fields;
            if let Some((_, value)) = fields.iter_mut().find(|(known, _)| Some(*known) == id) {
                text.clone_into(value);
            }
        });
    }

    /// What is kept as evidence with an action, in words.
    pub fn evidence(&self, action: i64) -> String {
        let pieces = self.bench.deps.store.read(move |c| queue::evidence(c, action)).unwrap();
        pieces.into_iter().map(|piece| piece.says).collect::<Vec<_>>().join("\n")
    }
}

fn later(minutes: i64) -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap() + SignedDuration::from_mins(minutes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_is_locked_while_its_server_is_worked_on_and_keeps_the_ids() {
    let pair = Pair::new(71).await;
    let stop = pair.wish("power.stop");
    let engine = pair.bench.engine().await;
    pair.bench.until("the lock is set", || pair.field(LOCK).contains(&format!(" A-{stop} "))).await;
    assert!(pair.field(LOCK).starts_with("ana@"), "{}", pair.field(LOCK));
    engine.run_until_idle().await.unwrap();
    let start = pair.wish("power.start");
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!(pair.field(LOCK), "", "done, it is anybody's");
    let request = |action: i64| {
        let attempts = pair.bench.deps.store.read(move |c| queue::attempts(c, action)).unwrap();
        attempts.into_iter().find(|attempt| attempt.outcome == "applied").unwrap().request_id
    };
    let kept: Vec<String> = pair.field(IDS).lines().map(str::to_owned).collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(kept[0].ends_with(&format!("power.start/send A-{start} {}", request(start))), "{kept:?}");
    assert!(kept[1].ends_with(&format!("power.stop/send A-{stop} {}", request(stop))), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_elses_lock_is_waited_for_and_one_whose_time_is_over_is_nobodys() {
    let pair = Pair::new(72).await;
    pair.put(LOCK, &format!("bo@laptop A-9 {} deadbeef", later(30)));
    let action = pair.wish("power.restart");
    let engine = pair.bench.engine().await;
    pair.bench.until("it says who is there", || pair.bench.told(action).contains("bo@laptop is at work")).await;
    assert_eq!((pair.bench.state(action), pair.bench.arrived("restart")), (ActionState::Retryable, 0));
    pair.put(LOCK, &format!("bo@laptop A-9 {} deadbeef", later(-1)));
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!((pair.bench.state(action), pair.bench.arrived("restart")), (ActionState::Succeeded, 1));
    assert_eq!(pair.field(LOCK), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fields_that_are_missing_are_warned_about_once_and_stop_nothing() {
    let pair = Pair::new(73).await;
    pair.bench.without_notes();
    let engine = pair.bench.engine().await;
    let stop = pair.wish("power.stop");
    engine.run_until_idle().await.unwrap();
    let start = pair.wish("power.start");
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!((pair.bench.state(stop), pair.bench.state(start)), (ActionState::Succeeded, ActionState::Succeeded));
    assert!(pair.evidence(stop).contains("evidence.no_field"), "{}", pair.evidence(stop));
    assert!(!pair.evidence(start).contains("evidence.no_field"), "once: {}", pair.evidence(start));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_whmcs_what_is_cheap_goes_on_and_says_so_and_what_ends_a_contract_waits() {
    let pair = Pair::new(74).await;
    pair.bench.rule(json!({ "provider": "whmcs", "operation": "GetClientsProducts", "kind": "503" }));
    let engine = pair.bench.engine().await;
    let restart = pair.wish("power.restart");
    pair.bench.until("it went on", || pair.bench.state(restart) == ActionState::Succeeded).await;
    let said = pair.evidence(restart);
    assert!(said.contains("evidence.not_locked") && said.contains("evidence.ids_not_kept"), "{said}");
    let cancel = pair.wish("server.cancel");
    pair.bench.until("it is tried again", || pair.bench.action(cancel).failures > 1).await;
    assert_eq!(pair.bench.arrived("cancelInstance"), 0);
    pair.bench.no_faults();
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!(pair.bench.state(cancel), ActionState::Succeeded, "{}", pair.bench.told(cancel));
    assert_eq!(pair.bench.done(cancel), ["cancelinstance"], "{}", pair.bench.told(cancel));
    assert!(!pair.evidence(cancel).contains("not_locked"), "{}", pair.evidence(cancel));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_wants_no_lock_sets_none() {
    let mut pair = Pair::new(75).await;
    pair.bench.options.policy.rails.whmcs_lock = false;
    let foreign = format!("bo@laptop A-9 {} deadbeef", later(30));
    pair.put(LOCK, &foreign);
    let action = pair.wish("power.restart");
    pair.bench.work().await;
    assert_eq!(pair.bench.state(action), ActionState::Succeeded);
    assert_eq!(pair.field(LOCK), foreign);
    assert!(pair.field(IDS).contains(&format!("power.restart/send A-{action} ")), "the ids are kept all the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_an_action_of_ours_could_not_take_away_is_in_nobodys_way_here() {
    let pair = Pair::new(76).await;
    let engine = pair.bench.engine().await;
    let stop = pair.wish("power.stop");
    pair.bench.until("the lock is set", || pair.field(LOCK).contains(&format!(" A-{stop} "))).await;
    pair.bench.fault("whmcs", "UpdateClientProduct", "503", 10_000);
    engine.run_until_idle().await.unwrap();
    pair.bench.no_faults();
    assert!(pair.field(LOCK).contains(&format!(" A-{stop} ")), "it stands there: {}", pair.field(LOCK));
    assert!(pair.evidence(stop).contains("evidence.ids_not_kept"), "and that is said: {}", pair.evidence(stop));
    let start = pair.wish("power.start");
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!(pair.bench.state(start), ActionState::Succeeded, "{}", pair.bench.told(start));
    assert!(!pair.bench.told(start).contains("is at work"), "{}", pair.bench.told(start));
    assert_eq!((pair.field(LOCK), pair.field(IDS).lines().count()), (String::new(), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_took_keeps_its_lock_when_it_is_given_up() {
    let mut pair = Pair::new(77).await;
    // No time at all: it is given up at the first look, with the restart under way.
    pair.bench.options.policy.wait.limit_percent = 0;
    let action = pair.wish("power.restart");
    pair.bench.work().await;
    assert_eq!((pair.bench.state(action), pair.bench.arrived("restart")), (ActionState::Failed, 1));
    assert!(pair.field(LOCK).contains(&format!(" A-{action} ")), "{}", pair.field(LOCK));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_a_try_in_vain_is_taken_away_when_nothing_is_left_to_do() {
    let pair = Pair::new(78).await;
    pair.bench.fault("contabo", "stop", "429", 10_000);
    let action = pair.wish("power.stop");
    let engine = pair.bench.engine().await;
    pair.bench.until("it is tried again", || pair.bench.action(action).failures > 1).await;
    assert!(pair.field(LOCK).contains(&format!(" A-{action} ")), "{}", pair.field(LOCK));
    // Somebody else brings it down.
    let contabo = pair.bench.contabo();
    contabo.call(Shutdown { instance_id: pair.server }).await.unwrap();
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!(pair.bench.state(action), ActionState::Succeeded, "{}", pair.bench.told(action));
    let attempts = pair.bench.deps.store.read(move |c| queue::attempts(c, action)).unwrap();
    assert!(!attempts.is_empty() && attempts.iter().all(|one| one.outcome == "not_applied"), "{attempts:?}");
    assert_eq!(pair.field(LOCK), "");
}

/// From now on nothing may touch what has the tag.
fn protect(pair: &Pair, tag: &str) {
    let tags = vec![tag.to_owned()];
    let put = pair.bench.deps.store.write(move |c| {
        let before = policies::current(c, &Policy::default())?;
        let policy = Policy { protected_tags: tags, ..before.clone() };
        policies::put(c, &before, &policy, "ana", Some("a test"), Timestamp::now())
    });
    put.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_protects_a_server_keeps_off_who_comes_through_its_service() {
    let pair = Pair::new(79).await;
    let server = InstanceRecord { id: pair.server, status: "running".into(), ..InstanceRecord::default() };
    let tagged = pair.bench.deps.store.write(move |c| {
        let id = server.id;
        upsert_many(c, &[server], Timestamp::now())?;
        Ok(c.execute("UPDATE instance SET tags = '[\"vip\"]' WHERE id = ?1", [id])?)
    });
    assert_eq!(tagged.unwrap(), 1);
    // Approved while nothing speaks against it.
    let suspend = pair.bench.wish("service.suspend", pair.service, json!({})).await;
    protect(&pair, "VIP");
    let engine = pair.bench.engine().await;
    pair.bench.until("it is held", || pair.bench.state(suspend) == ActionState::Held).await;
    engine.stop().await;
    assert!(pair.bench.told(suspend).contains("Protected by the tag"), "{}", pair.bench.told(suspend));
    assert_eq!((pair.bench.arrived("stop"), pair.bench.done(suspend).len()), (0, 0));
    let plan = pair.bench.plan("service.terminate", pair.service, json!({})).await;
    let blocks = |verdict: &&rackdesk_console::plan::Verdict| verdict.guardrail == "protected" && !verdict.overridable;
    let said: Vec<String> = plan.changes[0].verdicts.iter().filter(blocks).map(|v| english(&v.reason)).collect();
    assert_eq!(said, ["Protected by the tag “vip”"], "{plan:#?}");
    // What stays in WHMCS does not come near the server.
    let note = pair.bench.plan("service.update", pair.service, json!({ "subscriptionid": "S-1" })).await;
    assert!(note.changes[0].verdicts.iter().all(|verdict| verdict.guardrail != "protected"), "{note:#?}");
}

//! The lock in WHMCS between two people, while WHMCS is paused or does not answer, and after an action that ended where
//! nobody could take it away.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::{
        ActionState, ActionVerb, Deps, Engine, EngineOptions, NoMirror,
        engine::{pause, pause_lane, resume, resume_lane},
        kinds::Lane,
        policy::EnginePolicy,
        verbs::{self, Saying},
    },
    phrases::english,
    plan::Phrase,
};
use rackdesk_store::{Store, queue, whmcs_locks};
use serde_json::json;

use crate::{
    bench::{clients, patience},
    linked::{IDS, LOCK, Pair},
    rig::key,
};

/// Somebody else's Rackdesk on the same two providers: the same name, the same machine, a data folder of its own.
struct Other {
    dir: tempfile::TempDir,
    deps: Deps,
}

impl Other {
    fn beside(pair: &Pair) -> Self {
        let (contabo, whmcs) = clients(&pair.bench.sandbox.line);
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
        let deps = Deps::new(store, Some(contabo), Arc::new(NoMirror)).with_whmcs(Some(whmcs));
        Self { dir, deps }
    }

    fn options(&self, policy: EnginePolicy) -> EngineOptions {
        EngineOptions { profile_dir: self.dir.path().to_owned(), policy, seed: Some(4) }
    }

    fn state(&self, id: i64) -> String {
        self.deps.store.read(|c| queue::action(c, id)).unwrap().unwrap().state
    }

    fn told(&self, id: i64) -> String {
        let events = self.deps.store.read(|c| queue::events(c, id)).unwrap();
        let says = |text: String| serde_json::from_str::<Phrase>(&text).map_or(text, |says| english(&says));
        events.into_iter().filter_map(|event| event.detail.map(says)).collect::<Vec<_>>().join("\n")
    }
}

/// Wants the server called so: that it changes while another one is at work stands in nobody's way.
fn rename(pair: &Pair, store: &Store, name: &str) -> i64 {
    pair.wish_in(store, "server.rename", json!({ "display_name": name }), None)
}

/// Somebody who is slow enough at the lock to be met there by another one.
fn careful() -> EnginePolicy {
    EnginePolicy { lock_settles: Duration::from_millis(250), ..patience() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_data_folders_of_one_name_on_one_machine_are_two_people() {
    let mut pair = Pair::new(90).await;
    let other = Other::beside(&pair);
    pair.bench.options.policy.wait.first_look = Duration::from_secs(2);
    let first = rename(&pair, &pair.bench.deps.store, "web-ana");
    let second = rename(&pair, &other.deps.store, "web-ben");
    assert_eq!(first, second, "even their numbers are the same");
    let here = pair.bench.engine().await;
    let sent = || pair.bench.arrived("patchInstance");
    pair.bench.until("the first is at work", || sent() == 1).await;
    let there = Engine::start(other.deps.clone(), other.options(patience())).await.unwrap();
    pair.bench.until("the second says who is there", || other.told(second).contains("is at work on the service")).await;
    assert_eq!((pair.bench.state(first), sent()), (ActionState::Running, 1), "{}", other.told(second));
    here.run_until_idle().await.unwrap();
    there.run_until_idle().await.unwrap();
    here.stop().await;
    there.stop().await;
    assert_eq!((pair.bench.state(first), other.state(second).as_str()), (ActionState::Succeeded, "succeeded"));
    assert_eq!((sent(), pair.field(LOCK)), (2, String::new()), "one after the other, and nobody is there any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_find_it_free_at_once_one_goes_on_and_the_other_waits() {
    let mut pair = Pair::new(91).await;
    let other = Other::beside(&pair);
    pair.bench.options.policy = careful();
    let first = rename(&pair, &pair.bench.deps.store, "web-ana");
    let second = rename(&pair, &other.deps.store, "web-ben");
    let (here, there) =
        tokio::join!(pair.bench.engine(), async { Engine::start(other.deps.clone(), other.options(careful())).await });
    let there = there.unwrap();
    let ended = || {
        usize::from(pair.bench.state(first) == ActionState::Succeeded) + usize::from(other.state(second) == "succeeded")
    };
    let (mut met, mut left) = (false, 6_000);
    while ended() < 2 {
        // Read in this order: what was sent by now against what had ended before.
        let (done, sent) = (ended(), pair.bench.arrived("patchInstance"));
        assert!(sent <= done + 1, "two at work: {}\n--\n{}", pair.bench.told(first), other.told(second));
        let told = format!("{}\n{}", pair.bench.told(first), other.told(second));
        met |= told.contains("is at work on the service") || told.contains("did not keep what was written");
        tokio::time::sleep(Duration::from_millis(5)).await;
        left -= 1;
        assert!(left > 0, "it does not come to an end: {told}");
    }
    here.stop().await;
    there.stop().await;
    assert!(met, "they met at the lock: {}\n--\n{}", pair.bench.told(first), other.told(second));
    assert_eq!((pair.bench.arrived("patchInstance"), pair.field(LOCK)), (2, String::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_whmcs_is_paused_nothing_is_written_there_and_what_ends_a_contract_waits() {
    let pair = Pair::new(92).await;
    pause_lane(&pair.bench.deps, Lane::Whmcs, "ana").await.unwrap();
    let engine = pair.bench.engine().await;
    let restart = pair.wish("power.restart");
    pair.bench.until("it went on", || pair.bench.state(restart) == ActionState::Succeeded).await;
    let said = pair.evidence(restart);
    for piece in ["evidence.not_locked", "evidence.ids_not_kept", "waits.lane_paused"] {
        assert!(said.contains(piece), "{piece} in {said}");
    }
    assert_eq!((pair.bench.arrived("UpdateClientProduct"), pair.field(IDS)), (0, String::new()));
    let cancel = pair.wish("server.cancel");
    pair.bench.until("it waits", || pair.bench.action(cancel).failures > 1).await;
    assert_eq!((pair.bench.arrived("cancelInstance"), pair.bench.arrived("UpdateClientProduct")), (0, 0));
    assert!(pair.bench.told(cancel).contains("Nothing new is started on"), "{}", pair.bench.told(cancel));
    resume_lane(&pair.bench.deps, Lane::Whmcs).await.unwrap();
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!(pair.bench.state(cancel), ActionState::Succeeded, "{}", pair.bench.told(cancel));
    assert!(pair.field(IDS).contains(&format!("server.cancel/send A-{cancel} ")), "{}", pair.field(IDS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whmcs_that_hangs_holds_up_no_restart_and_what_ends_a_contract_waits() {
    let mut pair = Pair::new(93).await;
    pair.bench.options.policy.linked_within = Duration::from_millis(150);
    // The line itself would wait longer than that.
    pair.bench.rule(json!({ "provider": "whmcs", "operation": "GetClientsProducts", "kind": "slow", "delay_ms": 700 }));
    let engine = pair.bench.engine().await;
    let restart = pair.wish("power.restart");
    pair.bench.until("it went on", || pair.bench.state(restart) == ActionState::Succeeded).await;
    let said = pair.evidence(restart);
    for piece in ["evidence.not_locked", "evidence.ids_not_kept", "fault.timeout"] {
        assert!(said.contains(piece), "{piece} in {said}");
    }
    let cancel = pair.wish("server.cancel");
    pair.bench.until("it waits", || pair.bench.action(cancel).failures > 1).await;
    assert_eq!(pair.bench.arrived("cancelInstance"), 0);
    pair.bench.no_faults();
    pair.bench.until("it is done", || pair.bench.state(cancel) == ActionState::Succeeded).await;
    engine.stop().await;
}

/// A person takes it back, in whatever process.
fn take_back(pair: &Pair, action: i64) {
    let policy = patience();
    let taken = pair.bench.deps.store.write(move |c| {
        let saying = Saying { by: "mira", reason: Some("not wanted any more"), now: Timestamp::now() };
        verbs::apply(c, action, ActionVerb::Cancel, saying, &policy)
    });
    taken.unwrap().unwrap();
}

fn noted(pair: &Pair) -> usize {
    let later = Timestamp::now();
    pair.bench.deps.store.read(move |c| whmcs_locks::left(c, later, 10)).unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_what_was_taken_back_is_taken_away_by_whoever_works_next() {
    let pair = Pair::new(94).await;
    pair.bench.fault("contabo", "stop", "429", 10_000);
    let action = pair.wish("power.stop");
    let engine = pair.bench.engine().await;
    pair.bench.until("it is tried again", || pair.bench.action(action).failures > 1).await;
    engine.stop().await;
    take_back(&pair, action);
    assert!(
        pair.field(LOCK).contains(&format!(" A-{action} ")),
        "nobody is there to take it away: {}",
        pair.field(LOCK)
    );
    assert_eq!(noted(&pair), 1, "but it is written down");
    // WHMCS does not answer at first: it is tried again.
    pair.bench.fault("whmcs", "UpdateClientProduct", "503", 1);
    let engine = pair.bench.engine().await;
    pair.bench.until("it is taken away", || pair.field(LOCK).is_empty()).await;
    pair.bench.until("and forgotten", || noted(&pair) == 0).await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_what_was_not_started_in_time_is_taken_away_and_somebody_elses_is_not() {
    let pair = Pair::new(95).await;
    pair.bench.fault("contabo", "stop", "429", 10_000);
    let deadline = Timestamp::now() + SignedDuration::from_secs(3);
    let action = pair.wish_in(&pair.bench.deps.store, "power.stop", json!({}), Some(deadline));
    let engine = pair.bench.engine().await;
    pair.bench.until("it is tried again", || pair.bench.action(action).failures > 0).await;
    pause(&pair.bench.deps, "ana").await.unwrap();
    pair.bench.until("its time is over", || Timestamp::now() > deadline).await;
    assert!(pair.field(LOCK).contains(&format!(" A-{action} ")), "{}", pair.field(LOCK));
    resume(&pair.bench.deps, "ana").await.unwrap();
    pair.bench.until("it is given up", || pair.bench.told(action).contains("expire: ")).await;
    pair.bench.until("its lock is taken away", || pair.field(LOCK).is_empty()).await;
    engine.stop().await;

    // The next one is taken back, too, but somebody else has come in between.
    let next = pair.wish("power.stop");
    let engine = pair.bench.engine().await;
    pair.bench.until("it is tried again", || pair.bench.action(next).failures > 0).await;
    engine.stop().await;
    let foreign = format!("bo@laptop A-{next} {} deadbeef", Timestamp::now() + SignedDuration::from_mins(30));
    pair.put(LOCK, &foreign);
    take_back(&pair, next);
    let engine = pair.bench.engine().await;
    pair.bench.until("it is forgotten", || noted(&pair) == 0).await;
    engine.stop().await;
    assert_eq!(pair.field(LOCK), foreign);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_older_attempt_keeps_no_action_from_its_end() {
    let pair = Pair::new(96).await;
    pair.bench.fault("contabo", "stop", "429", 10_000);
    let action = pair.wish("power.stop");
    let engine = pair.bench.engine().await;
    pair.bench.until("it is tried again", || pair.bench.action(action).failures > 1).await;
    engine.stop().await;
    let damage = "DROP TRIGGER action_attempt_is_sealed; UPDATE action_attempt SET journalled_at = 9000000000000000000";
    pair.bench.deps.store.write(move |c| Ok(c.execute_batch(damage)?)).unwrap();
    assert!(pair.bench.deps.store.read(move |c| queue::attempts(c, action)).is_err(), "they cannot be read");
    pair.bench.no_faults();
    let engine = pair.bench.engine().await;
    pair.bench.until("it is done", || pair.bench.state(action) == ActionState::Succeeded).await;
    engine.stop().await;
    assert_eq!((pair.bench.arrived("stop") > 1, pair.field(LOCK)), (true, String::new()));
    assert_eq!(pair.field(IDS).lines().count(), 1, "the whole attempt is told of: {}", pair.field(IDS));
}

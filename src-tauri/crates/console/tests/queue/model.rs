//! A model of the queue against the real one: random moves of workers, providers, people and crashes, on actions of one
//! step and of several. Whatever happens, no server has two hands on it, nothing is sent while an earlier send is
//! unsettled, no step that happened is done again, also not by a repetition, and history only grows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use rackdesk_console::{
    act::{
        ActionState, ActionVerb,
        kinds::{self, Step},
        policy::EnginePolicy,
        steps::standing,
        transition::{Move, Transition, make},
        verbs::{self, Saying},
    },
    record::timeline,
};
use rackdesk_store::{
    Store, StoreError,
    queue::{self, ActionRecord, Enqueued, Lease, NewAttempt},
    rusqlite::Connection,
};
use rackdesk_wire::Effect;

use crate::rig::{key, new_action};

#[derive(Debug, Clone)]
enum Op {
    Enqueue { kind: usize, instance: i64 },
    Claim(usize),
    Send(usize),
    Answer(usize, Answer),
    Evidence(usize, bool),
    Finish(usize),
    Crash,
    Verb(usize, usize),
    RetryFrom(usize, usize),
    Need(usize, usize),
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    Accepted,
    Refused,
    Lost,
}

const KINDS: [&str; 4] = ["power.restart", "power.stop", "service.suspend", "service.terminate"];

fn op() -> impl Strategy<Value = Op> {
    let n = 0..8_usize;
    prop_oneof![
        3 => (0..4_usize, 1..4_i64).prop_map(|(kind, instance)| Op::Enqueue { kind, instance }),
        4 => n.clone().prop_map(Op::Claim),
        4 => n.clone().prop_map(Op::Send),
        4 => (n.clone(), prop_oneof![Just(Answer::Accepted), Just(Answer::Refused), Just(Answer::Lost)])
            .prop_map(|(i, a)| Op::Answer(i, a)),
        3 => (n.clone(), any::<bool>()).prop_map(|(i, seen)| Op::Evidence(i, seen)),
        2 => n.clone().prop_map(Op::Finish),
        1 => Just(Op::Crash),
        4 => (n.clone(), 0..ActionVerb::ALL.len()).prop_map(|(i, v)| Op::Verb(i, v)),
        2 => (n.clone(), 0..5_usize).prop_map(|(i, s)| Op::RetryFrom(i, s)),
        1 => (n.clone(), n).prop_map(|(i, on)| Op::Need(i, on)),
    ]
}

/// What the model knows of an action.
#[derive(Debug, Clone, Default)]
struct Known {
    revision: i64,
    sends: u32,
    settled: u32,
    ended: bool,
}

#[derive(Debug, Default)]
struct Model {
    actions: BTreeMap<i64, Known>,
    ids: u64,
}

impl Model {
    fn pick(&self, n: usize) -> Option<i64> {
        self.actions.keys().copied().nth(n)
    }

    fn apply(&mut self, c: &Connection, op: &Op) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let action = |n: usize| self.pick(n).map(|id| queue::action(c, id)).transpose().map(Option::flatten);
        match op {
            Op::Enqueue { kind, instance } => {
                if let Enqueued::New(id) = queue::enqueue(c, &new_action(KINDS[*kind], *instance))? {
                    self.actions.insert(id, Known { revision: 1, ..Known::default() });
                }
            }
            Op::Claim(n) => {
                let Some(a) = action(*n)? else { return Ok(()) };
                if queue::is_next_in_line(c, a.id)? {
                    make(c, a.id, None, Move::engine(Transition::Start, now), |a| {
                        a.lease_token += 1;
                        a.lease = Some(Lease { holder: "w".into(), until: Timestamp::MAX });
                        a.step = "check".into();
                    })?
                    .ok();
                }
            }
            Op::Send(n) => {
                let Some(a) = action(*n)? else { return Ok(()) };
                if a.state == "running" && a.step == "check" && a.lease.is_some() {
                    self.ids += 1;
                    let new = NewAttempt {
                        action_id: a.id,
                        number: a.tries + 1,
                        step: steps(&a)[a.stage as usize].name().into(),
                        request_id: format!("00000000-0000-4000-8000-{:012}", self.ids),
                        call: "POST /x".into(),
                        effect: "once".into(),
                        body_sha256: "0".repeat(64),
                        lease_token: a.lease_token,
                        at: now,
                    };
                    assert!(queue::begin_attempt(c, &new, None)?);
                    // Some of them end before the bytes leave.
                    if !self.ids.is_multiple_of(3) {
                        assert!(queue::mark_sent(c, a.id, new.number, now)?);
                        self.actions.get_mut(&a.id).unwrap().sends += 1;
                    }
                }
            }
            Op::Answer(n, answer) => {
                let Some(a) = action(*n)? else { return Ok(()) };
                let Some(last) = queue::last_attempt(c, a.id)? else { return Ok(()) };
                if a.state == "running" && last.outcome == "open" && last.sent_at.is_some() {
                    self.answer(c, a.id, last.number, *answer, now)?;
                }
            }
            Op::Evidence(n, seen) => {
                let Some(a) = action(*n)? else { return Ok(()) };
                if a.state == "unknown" {
                    let last = queue::last_attempt(c, a.id)?.unwrap();
                    let (outcome, transition) = match seen {
                        true => ("applied", Transition::ProveApplied),
                        false => ("not_applied", Transition::ProveAbsent),
                    };
                    queue::settle_attempt(c, a.id, last.number, outcome, None, None)?;
                    self.actions.get_mut(&a.id).unwrap().settled += 1;
                    let made = make(c, a.id, None, Move::engine(transition, now), |a| {
                        a.next_at = Some(now);
                        a.step = if *seen { "wait".into() } else { "check".into() };
                    })?;
                    assert!(made.is_ok());
                }
            }
            Op::Finish(n) => {
                let Some(a) = action(*n)? else { return Ok(()) };
                if a.state == "running" && a.step == "wait" {
                    let more = steps(&a).len() > a.stage as usize + 1;
                    let transition = if more { Transition::Advance } else { Transition::Succeed };
                    let made = make(c, a.id, None, Move::engine(transition, now), |a| {
                        a.stage += i64::from(more);
                        a.step = "check".into();
                    })?;
                    assert!(made.is_ok());
                }
            }
            Op::Crash => unreachable!("done with the store in hand"),
            Op::Verb(n, verb) => {
                let Some(a) = action(*n)? else { return Ok(()) };
                let verb = ActionVerb::ALL[*verb];
                let unknown = a.state == "unknown";
                let saying = Saying { by: "mira", reason: Some("because"), now };
                if let Ok(id) = verbs::apply(c, a.id, verb, saying, &EnginePolicy::default())? {
                    if id != a.id {
                        self.actions.insert(id, Known { revision: 1, ..Known::default() });
                    }
                    if unknown && verb.needs_reason() {
                        self.actions.get_mut(&a.id).unwrap().settled += 1;
                    }
                }
            }
            Op::RetryFrom(n, at) => {
                let Some(a) = action(*n)? else { return Ok(()) };
                let Some(name) = steps(&a).get(*at).map(|step| step.name()) else { return Ok(()) };
                let saying = Saying { by: "mira", reason: None, now };
                if let Ok(id) = verbs::retry_from(c, a.id, name, saying, &EnginePolicy::default())? {
                    assert_eq!(a.state, "failed");
                    assert_ne!(id, a.id);
                    self.actions.insert(id, Known { revision: 1, ..Known::default() });
                }
            }
            Op::Need(n, on) => {
                if let (Some(a), Some(on)) = (action(*n)?, action(*on)?)
                    && a.id > on.id
                {
                    queue::add_need(c, a.id, on.id)?;
                }
            }
        }
        Ok(())
    }

    fn answer(
        &mut self,
        c: &Connection,
        id: i64,
        number: i64,
        answer: Answer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (outcome, transition) = match answer {
            Answer::Accepted => ("applied", Transition::Await),
            Answer::Refused => ("not_applied", Transition::Postpone),
            Answer::Lost => ("unknown", Transition::LoseTrack),
        };
        queue::settle_attempt(c, id, number, outcome, None, None)?;
        if !matches!(answer, Answer::Lost) {
            self.actions.get_mut(&id).unwrap().settled += 1;
        }
        let made = make(c, id, None, Move::engine(transition, now), |a| {
            a.lease = None;
            a.next_at = Some(now);
            a.step = if matches!(answer, Answer::Accepted) { "wait".into() } else { "check".into() };
        })?;
        assert!(made.is_ok());
        Ok(())
    }

    /// What must hold after every step.
    fn check(&mut self, c: &Connection) -> Result<(), StoreError> {
        let mut hands = BTreeMap::<String, i64>::new();
        for (id, known) in &mut self.actions {
            let action = queue::action(c, *id)?.unwrap();
            let state = ActionState::named(&action.state).unwrap();
            let history = queue::events(c, *id)?;
            assert_eq!(history.len() as i64, action.revision, "one event per revision");
            assert!(action.revision >= known.revision, "history only grows");
            for pair in history.windows(2) {
                assert_eq!(pair[0].to, pair[1].from, "each event begins where the last one ended");
            }
            assert_eq!(history.last().unwrap().to, action.state);
            assert!(!known.ended || action.revision == known.revision, "what has ended does not move");
            known.revision = action.revision;
            known.ended = state.is_final();
            if matches!(state, ActionState::Running | ActionState::Unknown) {
                let other = hands.insert(action.resource_key.clone(), *id);
                assert_eq!(other, None, "two hands on {}", action.resource_key);
            }
            let attempts = queue::attempts(c, *id)?;
            let sent = attempts.iter().filter(|a| a.sent_at.is_some()).count() as u32;
            assert_eq!(sent, known.sends, "every send is in the journal");
            let unsettled = attempts.iter().filter(|a| matches!(a.outcome.as_str(), "open" | "unknown")).count();
            assert!(unsettled <= 1, "nothing is sent while an earlier send is unsettled");
            assert!(attempts.iter().rev().skip(1).all(|a| matches!(a.outcome.as_str(), "applied" | "not_applied")));
            let mut happened = BTreeMap::<&str, u32>::new();
            for attempt in attempts.iter().filter(|a| a.outcome == "applied") {
                *happened.entry(&attempt.step).or_default() += 1;
            }
            assert!(happened.values().all(|times| *times <= 1), "each step happened once: {happened:?}");
            never_again(c, &action)?;
            let placed = usize::try_from(action.stage).unwrap();
            assert!(placed < steps(&action).len(), "it stands at one of its steps");
            assert_eq!(standing(c, &action)?.len(), steps(&action).len());
            if state == ActionState::Unknown {
                assert_eq!(attempts.last().unwrap().outcome, "unknown");
            }
        }
        Ok(())
    }
}

fn steps(action: &ActionRecord) -> Vec<&'static dyn Step> {
    kinds::named(&action.kind).unwrap().steps()
}

/// Over an action and all that it repeats, a step that is something else when done twice happened once.
fn never_again(c: &Connection, action: &ActionRecord) -> Result<(), StoreError> {
    let mut happened = BTreeMap::<String, u32>::new();
    let mut next = Some(action.id);
    while let Some(id) = next {
        for attempt in queue::attempts(c, id)?.into_iter().filter(|a| a.outcome == "applied") {
            *happened.entry(attempt.step).or_default() += 1;
        }
        let first = queue::events(c, id)?.swap_remove(0).detail;
        let says = timeline::phrase(first.as_deref()).filter(|says| says.code == "event.repeats");
        next = says.map(|says| says.params["action"].parse().unwrap());
    }
    for step in steps(action).into_iter().filter(|step| step.effect() != Effect::Idempotent) {
        let times = happened.get(step.name()).copied().unwrap_or_default();
        assert!(times <= 1, "{} happened {times} times over the repetitions of A-{}", step.name(), action.id);
    }
    Ok(())
}

fn crash(store: &Store) {
    // What the engine does before it works: the same code, reached by starting one.
    let deps =
        rackdesk_console::act::Deps::new(store.clone(), None, std::sync::Arc::new(rackdesk_console::act::NoMirror));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        rackdesk_console::act::engine::pause(&deps, "test").await.unwrap();
        let dir = store.path().parent().unwrap().to_owned();
        let options = rackdesk_console::act::EngineOptions { profile_dir: dir, policy: idle(), seed: Some(1) };
        let engine = rackdesk_console::act::Engine::start(deps, options).await.unwrap();
        engine.stop().await;
    });
}

/// An engine that puts things in order and has no slot to do anything else.
fn idle() -> EnginePolicy {
    EnginePolicy { contabo_slots: 0, whmcs_slots: 0, ..EnginePolicy::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nothing_is_done_twice_and_nothing_is_lost(ops in prop::collection::vec(op(), 1..90)) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
        let mut model = Model::default();
        for op in ops {
            if matches!(op, Op::Crash) {
                crash(&store);
            }
            let mut inside = std::mem::take(&mut model);
            let name = format!("{op:?}");
            let outcome = store.write(move |c| {
                if !matches!(op, Op::Crash) {
                    inside.apply(c, &op)?;
                }
                inside.check(c)?;
                Ok(inside)
            });
            model = outcome.unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }
}

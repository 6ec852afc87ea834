//! Plans are pure and deterministic, kept, refused when their basis moved, and turned into actions once.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;
use proptest::prelude::*;
use rackdesk_console::{
    act::{
        ActionState,
        kinds::{self, power},
    },
    fault::{ErrorCode, Fault},
    phrases::english,
    plan::{
        Impact, Plan, PlanState, Ruling,
        approval::Yes,
        compute::{Ask, Stamp, compute},
        facts::{Facts, History, OpenAction},
        guardrails::{Freeze, Guardrails},
        kept::{self, Approving, Hand},
    },
};
use rackdesk_store::{
    Store, StoreError,
    mirror::{InstanceRecord, upsert_many},
    queue,
    rusqlite::Connection,
};

use crate::rig::{facts, key, write};

const NOW: &str = "2026-11-20T14:02:11Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn ask(ids: &[i64]) -> Ask {
    Ask::of(ids, "servers")
}

fn plan(kind: &str, facts: &[Facts], rails: &Guardrails, history: &History) -> Plan {
    let ids: Vec<_> = facts.iter().map(|f| f.id).collect();
    compute(kinds::named(kind).unwrap(), &ask(&ids), facts, rails, history, Stamp { id: 17, now: now() })
}

#[test]
fn a_restart_of_four_servers_reads_as_in_the_picture() {
    let protected = Facts { name: "db-core".into(), ..facts(2, "running") };
    let ticket = Facts { open_tickets: vec!["#8841".into()], ..facts(3, "running") };
    let busy = Facts {
        open_action: Some(OpenAction { id: 9, kind: "power.stop".into(), state: ActionState::Ready, begun: false }),
        ..facts(4, "running")
    };
    let rails = Guardrails {
        power_per_hour: 30,
        protected: vec!["db-*".into()],
        freezes: vec![Freeze {
            from: "2026-11-28T22:00:00Z".parse().unwrap(),
            until: "2026-11-30T06:00:00Z".parse().unwrap(),
            name: "Cyber Week".into(),
        }],
        ..Guardrails::default()
    };
    let history = History { last_hour: 17, down_ms: vec![38_000, 41_000, 40_000], ..History::default() };
    let plan = plan("power.restart", &[facts(1, "running"), protected, ticket, busy], &rails, &history);

    assert_eq!(english(&plan.title), "Restart 4 servers");
    assert_eq!((plan.totals.changes, plan.totals.blocked, plan.totals.clients), (2, 2, 2));
    assert_eq!((plan.impact, plan.totals.down_seconds, plan.totals.wiped), (Impact::Restart, Some(40), 0));
    let rows: Vec<_> =
        plan.changes.iter().map(|c| c.verdicts.iter().map(|v| english(&v.reason)).collect::<Vec<_>>()).collect();
    assert_eq!(rows[0], Vec::<String>::new());
    assert_eq!(rows[1], ["Protected by the pattern “db-*”"]);
    assert_eq!(rows[2], ["The client has an open ticket: #8841"]);
    assert_eq!(rows[3], ["A-9 is at work on it"]);
    let overall: Vec<_> = plan.verdicts.iter().map(|v| (v.guardrail.as_str(), v.ruling, english(&v.reason))).collect();
    assert_eq!(
        overall,
        [
            ("rate", Ruling::Pass, "19 of 30 power actions allowed per hour".to_owned()),
            ("maintenance", Ruling::Pass, "No freeze until 2026-11-28 22:00:00 UTC: Cyber Week".to_owned()),
            (
                "open_tickets",
                Ruling::Warn,
                "1 of these servers belongs to a client with an open ticket: #8841".to_owned()
            ),
        ]
    );
    assert_eq!(plan.changes[0].facts[0].after.as_deref(), Some("running"));
    assert_eq!(plan.changes[1].down_seconds, None, "a blocked row stays running");
}

#[test]
fn rules_say_why_a_button_is_grey() {
    let table = [
        ("power.start", "running", Some("It is running already")),
        ("power.start", "stopped", None),
        ("power.stop", "stopped", Some("It is stopped already")),
        ("power.stop", "running", None),
        ("power.shutdown", "stopped", Some("It is stopped already")),
        ("power.restart", "stopped", Some("It is not running")),
        ("power.restart", "running", None),
        ("power.restart", "rescue", None),
        ("power.restart", "installing", Some("Not possible while it is installing")),
        ("power.start", "pending_payment", Some("Not possible while it is pending_payment")),
    ];
    for (kind, status, expected) in table {
        let abilities = power::abilities(&facts(1, status), None);
        let ability = abilities.iter().find(|a| a.kind == kind).unwrap();
        assert_eq!(ability.reason.as_ref().map(english).as_deref(), expected, "{kind} while {status}");
        assert_eq!(ability.allowed, expected.is_none());
    }
    let busy = OpenAction { id: 3, kind: "power.stop".into(), state: ActionState::Running, begun: true };
    assert!(power::abilities(&facts(1, "running"), Some(&busy)).iter().all(|a| !a.allowed));
}

const POWER: [&str; 4] = ["power.start", "power.stop", "power.shutdown", "power.restart"];

fn some_facts() -> impl Strategy<Value = Vec<Facts>> {
    let status = prop::sample::select(vec!["running", "stopped", "installing", "error", "rescue"]);
    prop::collection::vec((1..40_i64, status, any::<bool>(), 0..4_000_i64), 1..12).prop_map(|rows| {
        let mut seen = BTreeSet::new();
        rows.into_iter()
            .filter(|row| seen.insert(row.0))
            .map(|(id, status, protected, age)| Facts {
                tags: if protected { vec!["protected".into()] } else { vec![] },
                as_of: now() - jiff::SignedDuration::from_secs(age),
                ..facts(id, status)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_same_facts_give_the_same_plan_and_a_read_again_moves_nothing(found in some_facts(), kind in 0..4_usize) {
        let kind = POWER[kind];
        let (rails, history) = (Guardrails::default(), History::default());
        let first = plan(kind, &found, &rails, &history);
        prop_assert_eq!(&first, &plan(kind, &found, &rails, &history));
        let read_again: Vec<_> = found.iter().map(|f| Facts { as_of: now(), ..f.clone() }).collect();
        let later = plan(kind, &read_again, &rails, &history);
        let versions = |p: &Plan| p.basis.iter().map(|b| b.version.clone()).collect::<Vec<_>>();
        prop_assert_eq!(versions(&first), versions(&later));
    }

    #[test]
    fn totals_are_the_rows_and_every_blocked_row_has_a_reason(found in some_facts(), kind in 0..4_usize) {
        let plan = plan(POWER[kind], &found, &Guardrails::default(), &History::default());
        let blocked = plan.changes.iter().filter(|c| c.blocked()).count();
        prop_assert_eq!(plan.totals.blocked as usize, blocked);
        prop_assert_eq!(plan.totals.changes as usize, plan.changes.len() - blocked);
        for change in plan.changes.iter().filter(|c| c.blocked()) {
            prop_assert!(change.verdicts.iter().any(|v| v.ruling == Ruling::Block && english(&v.reason) != v.reason.code));
        }
        for (change, basis) in plan.changes.iter().zip(&plan.basis) {
            prop_assert_eq!(&basis.key, &format!("instance:{}", change.target.id));
        }
    }

    #[test]
    fn every_fact_that_a_plan_depends_on_moves_its_basis(id in 1..100_i64) {
        let before = facts(id, "running");
        let moved = [
            Facts { name: "other".into(), ..before.clone() },
            Facts { status: "stopped".into(), ..before.clone() },
            Facts { tags: vec!["x".into()], ..before.clone() },
            Facts { service_id: None, ..before.clone() },
            Facts { client_id: Some(99), ..before.clone() },
            Facts { cancel_date: Some("2026-12-01".into()), ..before.clone() },
            Facts {
                open_action: Some(OpenAction { id: 1, kind: "power.stop".into(), state: ActionState::Ready, begun: false }),
                ..before.clone()
            },
        ];
        for after in moved {
            prop_assert_ne!(before.version(&[]), after.version(&[]));
        }
    }
}

/// A database with a mirror that a test can change.
struct Desk {
    _dir: tempfile::TempDir,
    store: Store,
    rails: Guardrails,
}

impl Desk {
    fn new(machines: impl IntoIterator<Item = (i64, &'static str)>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("rackdesk.db"), &key()).unwrap();
        let desk = Self { _dir: dir, store, rails: Guardrails::default() };
        desk.see(machines);
        desk
    }

    /// Contabo says so now.
    fn see(&self, machines: impl IntoIterator<Item = (i64, &'static str)>) {
        let record = |(id, status): (i64, &str)| InstanceRecord {
            id,
            name: format!("server-{id}"),
            status: status.into(),
            ..InstanceRecord::default()
        };
        let rows: Vec<_> = machines.into_iter().map(record).collect();
        self.store.write(move |tx| upsert_many(tx, &rows, Timestamp::now()).map(|_| ())).unwrap();
    }

    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &Guardrails) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        let rails = self.rails.clone();
        write(&self.store, move |c| work(c, &rails)).unwrap()
    }

    fn propose(&self, kind: &'static str, ids: &[i64]) -> Plan {
        let ask = ask(ids);
        self.run(move |c, rails| {
            kept::propose(c, kinds::named(kind).unwrap(), &ask, rails, Hand { by: "ana", now: Timestamp::now() })
        })
    }

    fn approve(&self, id: i64, excluded: &[u32]) -> Result<Vec<i64>, Fault> {
        let yes = Yes { excluded: excluded.iter().copied().collect(), ..Yes::default() };
        self.run(move |c, rails| {
            let hand = Hand { by: "ana", now: Timestamp::now() };
            let how = Approving {
                yes: &yes,
                reason: Some("customer asked"),
                gathered: BTreeMap::new(),
                after: &[],
                delay: Duration::ZERO,
                start_within: Duration::from_secs(3600),
            };
            kept::approve(c, id, &how, rails, hand)
        })
    }
}

fn running(ids: impl IntoIterator<Item = i64>) -> impl Iterator<Item = (i64, &'static str)> {
    ids.into_iter().map(|id| (id, "running"))
}

#[test]
fn approving_makes_all_actions_at_once_and_approving_again_returns_the_same() {
    let desk = Desk::new(running(1..=20));
    let plan = desk.propose("power.restart", &(1..=20).collect::<Vec<_>>());
    assert_eq!(plan.id, 1);
    let actions = desk.approve(plan.id, &[3]).unwrap();
    assert_eq!(actions.len(), 19);
    assert_eq!(desk.approve(plan.id, &[]).unwrap(), actions, "a second click, or a retry after a lost answer");
    let shown = desk.run(move |c, _| kept::show(c, 1, Timestamp::now())).unwrap();
    assert_eq!(shown.state, PlanState::Approved);
    let first = desk.store.read(|c| queue::action(c, actions[0])).unwrap().unwrap();
    assert_eq!((first.by.as_str(), first.reason.as_deref(), first.plan), ("ana", Some("customer asked"), Some((1, 0))));
    let excluded = desk.store.read(|c| queue::open_on_targets(c, "instance", &[4])).unwrap();
    assert_eq!(excluded, [], "row 3 was left out");
}

#[test]
fn a_moved_basis_is_refused_and_named_and_nothing_is_enqueued() {
    let desk = Desk::new(running(1..=3));
    let plan = desk.propose("power.restart", &[1, 2, 3]);
    desk.see([(2, "stopped")]);
    let refused = desk.approve(plan.id, &[]).unwrap_err();
    assert_eq!(refused.code, ErrorCode::BasisMoved);
    assert_eq!(refused.params["moved"], "server-2 (status: running → stopped)");
    assert_eq!(desk.store.read(queue::still_open).unwrap(), 0);
    // Without that row the rest stands as it was seen.
    assert_eq!(desk.approve(plan.id, &[1]).unwrap().len(), 2);
}

#[test]
fn a_shown_plan_tells_which_rows_moved() {
    let desk = Desk::new(running(1..=3));
    let made = desk.propose("power.restart", &[1, 2, 3]);
    desk.see([(2, "stopped")]);
    let shown = desk.run(|c, _| kept::show(c, 1, Timestamp::now())).unwrap();
    let moved: Vec<_> = made.basis.iter().zip(&shown.basis).map(|(a, b)| a.version != b.version).collect();
    assert_eq!(moved, [false, true, false]);
    assert_eq!(shown.changes, made.changes, "the rows are what the person saw");
}

#[test]
fn looking_again_makes_a_moved_plan_true_under_its_old_number() {
    let desk = Desk::new(running(1..=2));
    let plan = desk.propose("power.restart", &[1, 2]);
    desk.see([(1, "stopped")]);
    assert_eq!(desk.approve(plan.id, &[]).unwrap_err().code, ErrorCode::BasisMoved);
    let id = plan.id;
    let again = desk.run(move |c, rails| kept::refresh(c, id, BTreeMap::new(), rails, Timestamp::now())).unwrap();
    assert_eq!((again.id, again.totals.changes, again.totals.blocked), (plan.id, 1, 1));
    assert_eq!(desk.approve(plan.id, &[]).unwrap().len(), 1);
}

#[test]
fn two_plans_on_one_server_cannot_both_be_approved_unseen() {
    let desk = Desk::new(running([1]));
    let (first, second) = (desk.propose("power.restart", &[1]), desk.propose("power.stop", &[1]));
    desk.approve(first.id, &[]).unwrap();
    assert_eq!(desk.approve(second.id, &[]).unwrap_err().code, ErrorCode::BasisMoved);
    let third = desk.propose("power.stop", &[1]);
    assert!(third.changes[0].blocked(), "and a new one shows why");
    let refused = desk.approve(third.id, &[]).unwrap_err();
    assert_eq!((refused.code, refused.params["guardrail"].as_str()), (ErrorCode::Blocked, "busy"));
}

#[test]
fn the_hourly_rate_counts_what_was_approved_and_blocks_what_is_too_much() {
    let mut desk = Desk::new(running(1..=10));
    desk.rails.power_per_hour = 6;
    let first = desk.propose("power.restart", &[1, 2, 3, 4]);
    desk.approve(first.id, &[]).unwrap();
    let second = desk.propose("power.restart", &[5, 6, 7]);
    assert_eq!(second.verdicts[0].ruling, Ruling::Block);
    let refused = desk.approve(second.id, &[]).unwrap_err();
    assert_eq!((refused.code, refused.params["guardrail"].as_str()), (ErrorCode::Blocked, "rate"));
    assert_eq!(desk.approve(second.id, &[2]).unwrap().len(), 2, "one fewer is allowed");
}

#[test]
fn a_dismissed_plan_stays_dismissed() {
    let desk = Desk::new(running([1]));
    let plan = desk.propose("power.restart", &[1]);
    let id = plan.id;
    for _ in 0..2 {
        desk.run(move |c, _| kept::dismiss(c, id, Timestamp::now())).unwrap();
    }
    assert_eq!(desk.approve(id, &[]).unwrap_err().code, ErrorCode::StateForbids);
    assert_eq!(desk.approve(99, &[]).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn a_server_the_mirror_does_not_know_is_a_blocked_row() {
    let desk = Desk::new(running([1]));
    let plan = desk.propose("power.restart", &[1, 404]);
    assert_eq!((plan.totals.changes, plan.totals.blocked), (1, 1));
    assert_eq!(english(&plan.changes[1].verdicts[0].reason), "Not in the mirror; refresh the servers first");
}

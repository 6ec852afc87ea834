//! The laws of the guardrails: pure questions, pure answers. What they do to approvals and sends is in `guarded.rs`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rackdesk_console::{
    act::kinds,
    money::Money,
    plan::{
        Change, Impact, Plan, Ruling, Verdict,
        compute::{Ask, Stamp, compute, compute_over},
        facts::{Facts, History},
        guardrails::{Asked, Gate, Sending, about_plan, at_send},
        overrides::{Overridden, Override},
    },
    policy::{CloudInit, Freeze, Policy, SecondApprover, SuspendPolicy, Window},
};
use rackdesk_wire::Effect;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::rig::facts;

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

pub fn euros(cents: i64) -> Money {
    Money::new(Decimal::new(cents, 2), "EUR")
}

/// What a question is made of.
#[derive(Debug, Clone)]
struct Question {
    kind: &'static str,
    input: Value,
    facts: Vec<Facts>,
    policy: Policy,
    history: History,
}

impl Question {
    fn ask(&self) -> Ask {
        let ids: Vec<i64> = self.facts.iter().map(|found| found.id).collect();
        Ask { input: self.input.clone(), ..Ask::of(&ids, "servers") }
    }

    fn answer(&self) -> Plan {
        let kind = kinds::named(self.kind).unwrap();
        compute(kind, &self.ask(), &self.facts, &self.policy, &self.history, Stamp { id: 1, now: noon() })
    }

    fn over(&self, guardrail: &str) -> Plan {
        let kind = kinds::named(self.kind).unwrap();
        let ask = self.ask();
        let asked = Asked { kind, input: &ask.input, policy: &self.policy, history: &self.history, now: noon() };
        compute_over(&asked, &ask, &self.facts, Stamp { id: 1, now: noon() }, &over(&[guardrail]))
    }
}

fn over(guardrails: &[&str]) -> Overridden {
    let given: Vec<Override> = guardrails.iter().map(|name| set_over(name)).collect();
    Overridden::of(&given)
}

/// Somebody sets themselves over it.
pub fn set_over(guardrail: &str) -> Override {
    Override { guardrail: guardrail.to_owned(), reason: "the customer waits for it".to_owned() }
}

/// The worst ruling of each guardrail: of the plan under its name, of a row under name and row.
fn rulings(plan: &Plan) -> BTreeMap<(Option<u32>, String), Ruling> {
    let mut found = BTreeMap::new();
    let mut note = |row, verdicts: &[Verdict]| {
        for verdict in verdicts {
            let worst = found.entry((row, verdict.guardrail.clone())).or_insert(verdict.ruling);
            *worst = verdict.ruling.max(*worst);
        }
    };
    note(None, &plan.verdicts);
    for change in &plan.changes {
        note(Some(change.index), &change.verdicts);
    }
    found
}

fn blocks(plan: &Plan) -> bool {
    rulings(plan).values().any(|ruling| *ruling == Ruling::Block)
}

fn some_facts() -> impl Strategy<Value = Vec<Facts>> {
    let name = prop::sample::select(vec!["web", "db-core", "mail"]);
    let row = (1..40_i64, name, any::<bool>(), 0..4_000_i64, 0..2_usize);
    prop::collection::vec(row, 1..8).prop_map(|rows| {
        let mut seen = BTreeSet::new();
        rows.into_iter()
            .filter(|row| seen.insert(row.0))
            .map(|(id, name, tagged, age, tickets)| Facts {
                name: format!("{name}-{id}"),
                tags: if tagged { vec!["vip".into()] } else { vec![] },
                as_of: noon() - SignedDuration::from_secs(age),
                open_tickets: (0..tickets).map(|n| format!("#{n}")).collect(),
                ..facts(id, "running")
            })
            .collect()
    })
}

fn some_policy() -> impl Strategy<Value = Policy> {
    let protects = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let limits = (0..12_u32, 0..3_usize, 0..3_usize, 60..4_000_u32);
    let second = prop::sample::select(vec![
        SecondApprover::Nothing,
        SecondApprover::Destructive,
        SecondApprover::Billable,
        SecondApprover::All,
    ]);
    (protects, limits, second, any::<bool>()).prop_map(
        |((names, tags, destructive, stale, tickets), (rate, windows, freezes, age), second, keys)| Policy {
            power_per_hour: rate,
            protected: if names { vec!["db-*".into()] } else { vec![] },
            protected_tags: if tags { vec!["VIP".into()] } else { vec![] },
            destructive,
            stale_seconds: age,
            stale_blocks: stale,
            tickets_block: tickets,
            ssh_key_required: keys,
            second_approver: second,
            // The first is open at noon of that Friday, the second is not.
            windows: [(5, 11 * 60), (6, 0)]
                .into_iter()
                .take(windows)
                .map(|(weekday, minute)| Window { weekday, minute, minutes: 120, zone: "UTC".into() })
                .collect(),
            freezes: [
                ("2026-12-24T00:00:00Z", "2026-12-27T00:00:00Z"),
                ("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
            ]
            .into_iter()
            .take(freezes)
            .map(|(from, until)| Freeze {
                from: from.parse().unwrap(),
                until: until.parse().unwrap(),
                name: "quiet".into(),
            })
            .collect(),
            ..Policy::default()
        },
    )
}

fn some_question() -> impl Strategy<Value = Question> {
    let kind = prop::sample::select(vec![
        ("power.restart", json!({})),
        ("power.start", json!({})),
        ("server.reinstall", json!({ "image_id": "a", "ssh_keys": [], "root_password": 1 })),
        ("server.cancel", json!({})),
    ]);
    (kind, some_facts(), some_policy(), 0..20_u32).prop_map(|((kind, input), facts, policy, last_hour)| Question {
        kind,
        input,
        facts,
        policy,
        history: History { last_hour, ..History::default() },
    })
}

/// A policy that allows everything this one allows, and more: one thing at a time.
fn looser(policy: &Policy, which: usize) -> Policy {
    let mut more = policy.clone();
    match which {
        0 => more.power_per_hour += 5,
        1 => more.protected.clear(),
        2 => more.protected_tags.clear(),
        3 => more.destructive = true,
        4 => more.stale_blocks = false,
        5 => more.stale_seconds *= 2,
        6 => more.tickets_block = false,
        7 => more.windows.clear(),
        8 => {
            more.freezes.pop();
        }
        9 => more.ssh_key_required = false,
        _ => more.second_approver = SecondApprover::Nothing,
    }
    more
}

proptest! {
    #[test]
    fn the_same_question_has_the_same_answer(question in some_question()) {
        prop_assert_eq!(question.answer(), question.answer());
    }

    #[test]
    fn more_history_never_turns_a_block_into_a_pass(question in some_question(), more in 0..30_u32) {
        let before = rulings(&question.answer());
        let history = History { last_hour: question.history.last_hour + more, ..question.history.clone() };
        let after = rulings(&Question { history, ..question }.answer());
        for (guardrail, ruling) in before {
            prop_assert!(after[&guardrail] >= ruling, "{:?}: {:?} became {:?}", guardrail, ruling, after[&guardrail]);
        }
    }

    #[test]
    fn who_passes_a_policy_passes_a_looser_one(question in some_question(), which in 0..11_usize) {
        let policy = looser(&question.policy, which);
        let relaxed = Question { policy, ..question.clone() };
        if !blocks(&question.answer()) {
            prop_assert!(!blocks(&relaxed.answer()), "{:?}", relaxed.answer().verdicts);
        }
        // What a single row meets depends on nothing but the row.
        let (strict, loose) = (rulings(&question.answer()), rulings(&relaxed.answer()));
        for ((row, guardrail), ruling) in loose.into_iter().filter(|((row, _), _)| row.is_some()) {
            let before = strict.get(&(row, guardrail.clone())).copied().unwrap_or(Ruling::Pass);
            prop_assert!(ruling <= before, "{} of row {:?}: {:?} became {:?}", guardrail, row, before, ruling);
        }
    }

    #[test]
    fn setting_oneself_over_one_guardrail_never_loosens_another(question in some_question()) {
        let before = question.answer();
        let named: BTreeSet<String> = rulings(&before).into_keys().map(|(_, name)| name).collect();
        for guardrail in named {
            let after = rulings(&question.over(&guardrail));
            for ((row, other), ruling) in rulings(&before) {
                if other != guardrail {
                    // A row that is let in may bring the plan nearer to a limit, never farther from it.
                    let now = after[&(row, other.clone())];
                    prop_assert!(now >= ruling, "over {}: {} of {:?} was {:?}, is {:?}", guardrail, other, row, ruling, now);
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_overridden_stays_whatever_anybody_says(question in some_question()) {
        let before = question.answer();
        for guardrail in ["protected", "missing", "busy", "state", "destructive", "second_approver", "ssh_key"] {
            let mine = |plan: &Plan| rulings(plan).into_iter().filter(|((_, name), _)| name == guardrail).collect::<Vec<_>>();
            prop_assert_eq!(mine(&before), mine(&question.over(guardrail)), "{}", guardrail);
        }
    }
}

/// A row that costs something.
fn purchase(index: u32, money: Option<Money>) -> Change {
    Change {
        index,
        target: facts(i64::from(index), "running").target(),
        facts: Vec::new(),
        impact: Impact::Keep,
        down_seconds: None,
        money_now: money,
        money_month: None,
        verdicts: Vec::new(),
    }
}

fn some_money() -> impl Strategy<Value = Money> {
    let currency = prop::sample::select(vec!["EUR", "eur", "USD"]);
    (-5_000..10_000_i64, currency).prop_map(|(cents, currency)| Money::new(Decimal::new(cents, 2), currency))
}

proptest! {
    #[test]
    fn spending_is_exact_and_never_adds_two_currencies(
        costs in prop::collection::vec(prop::option::weighted(0.95, some_money()), 1..5),
        spent in prop::collection::vec(some_money(), 0..6),
        allowed in 0..30_000_i64,
    ) {
        let kind = kinds::named("server.create").unwrap();
        let policy = Policy { spend_day: Some(euros(allowed)), ..Policy::default() };
        let history = History { spent_day: spent.clone(), ..History::default() };
        let rows: Vec<Change> = (0..).zip(&costs).map(|(index, money)| purchase(index, money.clone())).collect();
        let rows: Vec<&Change> = rows.iter().collect();
        let input = json!({});
        let asked = Asked { kind, input: &input, policy: &policy, history: &history, now: noon() };
        let verdicts = about_plan(&asked, &rows, &[]);
        let blocked = verdicts.iter().find(|verdict| verdict.guardrail == "spend" && verdict.ruling == Ruling::Block);

        // The same in cents.
        let cents = |money: &Money| i64::try_from(money.amount.max(Decimal::ZERO) * Decimal::from(100)).unwrap();
        let euro = |money: &&Money| money.currency.eq_ignore_ascii_case("EUR");
        let foreign = costs.iter().flatten().any(|money| !euro(&money) && cents(money) > 0);
        let unknown = costs.iter().any(Option::is_none);
        let sum: i64 = costs.iter().flatten().chain(&spent).filter(euro).map(cents).sum();
        let expected = unknown || foreign || sum > allowed;
        prop_assert_eq!(blocked.is_some(), expected, "{:?}", verdicts);
        prop_assert!(blocked.is_none_or(|verdict| verdict.overridable));
        if let Some(total) = verdicts.iter().find_map(|verdict| verdict.reason.params.get("total")) {
            let total: Decimal = total.parse().unwrap();
            prop_assert_eq!(total, Decimal::new(sum, 2), "only amounts of the limit's own currency are in it");
        }
    }
}

/// A send of a kind that nothing is against.
struct Send {
    kind: &'static str,
    effect: Effect,
    begun: bool,
    facts: Facts,
    approvers: usize,
    overridden: Overridden,
    sent: Vec<Timestamp>,
    spent: Vec<Money>,
    cost: Option<Money>,
    policy: Policy,
}

fn restart() -> Send {
    Send {
        kind: "power.restart",
        effect: Effect::Once,
        begun: false,
        facts: facts(1, "running"),
        approvers: 1,
        overridden: Overridden::default(),
        sent: Vec::new(),
        spent: Vec::new(),
        cost: None,
        policy: Policy::default(),
    }
}

fn buy() -> Send {
    Send { kind: "server.create", effect: Effect::Billable, begun: true, cost: Some(euros(5_00)), ..restart() }
}

impl Send {
    fn gate(&self) -> Gate {
        at_send(&Sending {
            kind: kinds::named(self.kind).unwrap(),
            effect: self.effect,
            buys: self.effect == Effect::Billable,
            begun: self.begun,
            facts: Some(&self.facts),
            approvers: self.approvers,
            overridden: &self.overridden,
            cost: self.cost.clone(),
            spent: (self.spent.clone(), self.spent.clone()),
            family_hour: self.sent.clone(),
            bought_hour: self.sent.clone(),
            bought_day: self.sent.clone(),
            policy: &self.policy,
            now: noon(),
        })
    }

    fn says(&self) -> String {
        match self.gate() {
            Gate::Open => "open".into(),
            Gate::Later { says, at, .. } => format!("{} {at}", says.code),
            Gate::Held(verdict) => verdict.reason.code,
        }
    }
}

#[test]
fn before_a_send_each_guardrail_is_asked_once_more() {
    let quiet = |from: &str, until: &str| Freeze {
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        name: "Cyber Week".into(),
    };
    let policy = |change: fn(&mut Policy)| {
        let mut policy = Policy::default();
        change(&mut policy);
        policy
    };
    assert_eq!(restart().says(), "open");
    assert_eq!(
        Send { policy: policy(|p| p.protected = vec!["server-*".into()]), ..restart() }.says(),
        "guard.protected"
    );
    let tagged = Facts { tags: vec!["Protected".into()], ..facts(1, "running") };
    assert_eq!(Send { facts: tagged, ..restart() }.says(), "guard.protected_tag");
    let two = || policy(|p| p.second_approver = SecondApprover::All);
    assert_eq!(Send { policy: two(), ..restart() }.says(), "guard.second_needed");
    assert_eq!(Send { policy: two(), approvers: 2, ..restart() }.says(), "open");
    let ticket = || Facts { open_tickets: vec!["#1".into()], ..facts(1, "running") };
    assert_eq!(Send { facts: ticket(), ..restart() }.says(), "open", "a warning keeps nothing back");
    assert_eq!(
        Send { facts: ticket(), policy: policy(|p| p.tickets_block = true), ..restart() }.says(),
        "guard.ticket"
    );

    let frozen = Policy { freezes: vec![quiet("2026-11-20T00:00:00Z", "2026-11-21T06:00:00Z")], ..Policy::default() };
    assert_eq!(Send { policy: frozen.clone(), ..restart() }.says(), "waits.freeze 2026-11-21T06:00:00Z");
    assert_eq!(
        Send { policy: frozen.clone(), begun: true, ..restart() }.says(),
        "open",
        "what was begun is brought to its end"
    );
    assert_eq!(Send { policy: frozen.clone(), overridden: over(&["maintenance"]), ..restart() }.says(), "open");
    assert_eq!(Send { kind: "power.start", policy: frozen, ..restart() }.says(), "open", "it interrupts nothing");
    let window = |zone: &str| Window { weekday: 6, minute: 22 * 60, minutes: 60, zone: zone.into() };
    let saturday = Policy { windows: vec![window("UTC")], ..Policy::default() };
    assert_eq!(Send { policy: saturday, ..restart() }.says(), "waits.window 2026-11-21T22:00:00Z");
    let never = Policy { windows: vec![window("Mars/Olympus")], ..Policy::default() };
    assert_eq!(Send { policy: never, ..restart() }.says(), "guard.no_window_opens");

    let sent: Vec<Timestamp> = ["2026-11-20T11:50:00Z", "2026-11-20T11:20:00Z"].map(|at| at.parse().unwrap()).into();
    let rate = |allowed| Policy { power_per_hour: allowed, ..Policy::default() };
    assert_eq!(Send { sent: sent.clone(), policy: rate(3), ..restart() }.says(), "open");
    assert_eq!(Send { sent: sent.clone(), policy: rate(2), ..restart() }.says(), "waits.rate 2026-11-20T12:20:00Z");
    assert_eq!(Send { sent: sent.clone(), policy: rate(0), ..restart() }.says(), "waits.rate 2026-11-20T13:00:00Z");
    assert_eq!(Send { sent, policy: rate(2), overridden: over(&["rate"]), ..restart() }.says(), "open");
}

#[test]
fn money_is_asked_for_at_the_step_that_spends_it() {
    let limit = |cents| Policy { spend_day: Some(euros(cents)), ..Policy::default() };
    assert_eq!(Send { policy: limit(5_00), ..buy() }.says(), "open");
    assert_eq!(Send { policy: limit(5_00), spent: vec![euros(1)], ..buy() }.says(), "guard.spend_day_over");
    assert_eq!(Send { policy: limit(5_00), cost: None, ..buy() }.says(), "guard.spend_unknown");
    let over_it = Send { policy: limit(1), overridden: over(&["spend"]), ..buy() };
    assert_eq!(over_it.says(), "open", "what was approved over it is not stopped by it");
    assert_eq!(Send { policy: limit(1), effect: Effect::Once, ..buy() }.says(), "open", "tagging it spends nothing");
    let month = Policy { spend_month: Some(euros(1)), ..Policy::default() };
    assert_eq!(Send { policy: month, ..buy() }.says(), "guard.spend_month_over");
    let one_a_day = Policy { create_per_day: Some(1), ..Policy::default() };
    let sent = vec!["2026-11-20T09:00:00Z".parse().unwrap()];
    assert_eq!(Send { policy: one_a_day, sent, ..buy() }.says(), "waits.bought 2026-11-21T09:00:00Z");
    let two = Policy { second_approver: SecondApprover::Billable, ..Policy::default() };
    assert_eq!(Send { policy: two, ..buy() }.says(), "guard.second_needed", "also between two steps");
}

proptest! {
    #[test]
    fn nothing_hard_is_ever_let_through_and_waiting_always_ends_later(
        policy in some_policy(), begun: bool, approvers in 1..3_usize, minutes in prop::collection::vec(0..60_i64, 0..15)
    ) {
        let mut minutes = minutes;
        minutes.sort_unstable();
        let sent: Vec<Timestamp> = minutes.iter().map(|m| noon() - SignedDuration::from_mins(*m)).collect();
        let soft = ["rate", "create_rate", "spend", "maintenance", "stale", "open_tickets", "suspend"];
        let everything: Vec<&str> =
            soft.into_iter().chain(["protected", "destructive", "second_approver", "missing", "busy"]).collect();
        for (kind, effect) in [("power.restart", Effect::Once), ("server.reinstall", Effect::Destructive)] {
            let send = |overridden| Send { kind, effect, begun, approvers, overridden, sent: sent.clone(), policy: policy.clone(), ..restart() };
            let (plain, bold) = (send(Overridden::default()).gate(), send(over(&everything)).gate());
            if let Gate::Later { at, .. } = plain {
                prop_assert!(at > noon());
            }
            prop_assert!(!matches!(bold, Gate::Later { .. }), "everything that waits was set aside: {:?}", bold);
            if let Gate::Held(verdict) = &plain {
                let hard = !verdict.overridable;
                prop_assert_eq!(hard, matches!(bold, Gate::Held(_)), "{:?} {:?}", verdict, bold);
            }
        }
    }
}

#[test]
fn a_suspension_leaves_the_server_running_where_the_policy_says_so() {
    let policy = Policy { suspend: SuspendPolicy::Leave, ..Policy::default() };
    let ask = |input| Question {
        kind: "service.suspend",
        input,
        facts: vec![facts(1, "Active")],
        policy: policy.clone(),
        history: History::default(),
    };
    let verdict = |question: Question| {
        let found = question.answer().verdicts.into_iter().find(|verdict| verdict.guardrail == "suspend");
        found.map(|verdict| (verdict.ruling, verdict.overridable))
    };
    assert_eq!(verdict(ask(json!({}))), Some((Ruling::Block, true)));
    assert_eq!(verdict(ask(json!({ "server": "stop" }))), Some((Ruling::Block, true)));
    assert_eq!(verdict(ask(json!({ "server": "leave" }))), None);
}

#[test]
fn a_new_server_has_what_the_policy_wants_and_nothing_that_it_forbids() {
    let policy = Policy {
        ssh_key_required: true,
        network_create: false,
        cloud_init: CloudInit { forbidden: vec!["bootcmd".into()], ..CloudInit::default() },
        ..Policy::default()
    };
    let says = |input: Value| {
        let kind = kinds::named("server.create").unwrap();
        let history = History::default();
        let asked = Asked { kind, input: &input, policy: &policy, history: &history, now: noon() };
        let mut found: Vec<String> = about_plan(&asked, &[], &[])
            .into_iter()
            .filter(|verdict| verdict.ruling == Ruling::Block)
            .map(|verdict| verdict.guardrail)
            .collect();
        found.sort();
        found
    };
    assert_eq!(says(json!({ "root_password": 1 })), ["ssh_key"]);
    assert_eq!(says(json!({ "ssh_keys": [4], "private_networking": true })), ["networks"]);
    assert_eq!(says(json!({ "ssh_keys": [4], "user_data": "#cloud-config\nbootcmd: [x]\n" })), ["cloud_init"]);
    assert_eq!(says(json!({ "ssh_keys": [4], "user_data": "#cloud-config\nruncmd: [x]\n" })), Vec::<String>::new());
}

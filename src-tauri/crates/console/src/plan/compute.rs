//! The plan of any kind: a pure function of ask, facts, policy, history and clock.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Basis, Change, Confirmation, Impact, Phrase, Plan, PlanState, Target, Totals,
    facts::{Facts, History, hex},
    guardrails::{Asked, about_plan, about_row, unknown_target},
    overrides::Overridden,
};
use crate::{act::kinds::Kind, money::Money, policy::Policy};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Targets in the order in which the plan shows them.
    pub ids: Vec<i64>,
    /// The kind's input in its one form.
    pub input: Value,
    /// Where it was asked for.
    pub origin: String,
    /// What was read of the providers for it, by target.
    #[serde(default)]
    pub gathered: BTreeMap<i64, Value>,
}

impl Ask {
    /// Asks for a kind without further input.
    pub fn of(ids: &[i64], origin: &str) -> Self {
        let input = Value::Object(serde_json::Map::new());
        Self { ids: ids.to_vec(), input, origin: origin.to_owned(), gathered: BTreeMap::new() }
    }
}

/// What a plan is called and when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Plan number.
    pub id: i64,
    /// When.
    pub now: Timestamp,
}

/// Computes the plan. The same input gives the same plan, byte for byte.
pub fn compute(kind: &dyn Kind, ask: &Ask, facts: &[Facts], policy: &Policy, history: &History, stamp: Stamp) -> Plan {
    let asked = Asked { kind, input: &ask.input, policy, history, now: stamp.now };
    compute_over(&asked, ask, facts, stamp, &Overridden::default())
}

/// The same with guardrails that somebody set themselves over: what they kept out is let in.
pub fn compute_over(asked: &Asked<'_>, ask: &Ask, facts: &[Facts], stamp: Stamp, over: &Overridden) -> Plan {
    let (kind, card) = (asked.kind, asked.kind.card());
    let known: HashMap<i64, &Facts> = facts.iter().map(|found| (found.id, found)).collect();
    let down = card.comes_back.then(|| asked.history.median_seconds()).flatten();
    let mut changes = Vec::with_capacity(ask.ids.len());
    for (index, id) in (0..).zip(&ask.ids) {
        changes.push(match known.get(id) {
            Some(found) => row(asked, ask, index, found, down, over),
            None => missing(kind, index, *id),
        });
    }
    let open: Vec<&Change> = changes.iter().filter(|change| !change.blocked()).collect();
    let mut verdicts = about_plan(asked, &open, facts);
    over.soften(&mut verdicts);
    let confirmation = confirmation(card.typed, &open, &known);
    let name = match &changes[..] {
        [only] => only.target.name.clone(),
        _ => String::new(),
    };
    Plan {
        id: stamp.id,
        kind: card.id.to_owned(),
        title: Phrase::new(format!("plan.{}", card.id), [("count", changes.len().to_string()), ("name", name)]),
        origin: ask.origin.clone(),
        created_at: stamp.now.to_string(),
        state: PlanState::Open,
        impact: open.iter().map(|change| change.impact).max().unwrap_or(Impact::Keep),
        totals: totals(&changes, down),
        verdicts,
        confirmation,
        basis: basis(kind, ask, facts, stamp.now),
        changes,
        approvals: Vec::new(),
    }
}

/// The facts under each row with their version, and with what was gathered for it.
pub fn basis(kind: &dyn Kind, ask: &Ask, facts: &[Facts], now: Timestamp) -> Vec<Basis> {
    let known: HashMap<i64, &Facts> = facts.iter().map(|found| (found.id, found)).collect();
    let card = kind.card();
    let one = |id: &i64| {
        let found = known.get(id);
        let mut version = found.map_or_else(|| ABSENT.to_owned(), |found| found.version(card.depends));
        let mut seen = found.map(|found| found.seen(card.depends)).unwrap_or_default();
        if let Some(gathered) = ask.gathered.get(id) {
            let bytes = serde_json::to_vec(gathered).unwrap_or_default();
            version = format!("{version}+{}", &hex(&Sha256::digest(bytes))[..16]);
            leaves(gathered, "", &mut seen);
        }
        for value in seen.values_mut() {
            if let Some((end, _)) = value.char_indices().nth(LONGEST_FACT) {
                value.truncate(end);
                value.push('…');
            }
        }
        let as_of = found.map_or(now, |f| f.as_of).to_string();
        Basis { key: Facts::basis_key(card.target, *id), version, as_of, facts: seen }
    };
    ask.ids.iter().map(one).collect()
}

/// The version of a target that the mirror does not know.
pub const ABSENT: &str = "absent";
/// Longest value of a fact in a basis, in characters.
const LONGEST_FACT: usize = 80;
/// Most facts of one row in a basis.
const MOST_FACTS: usize = 60;

/// The single values of what was gathered, each under its path.
fn leaves(value: &Value, path: &str, found: &mut BTreeMap<String, String>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        _ if found.len() >= MOST_FACTS => {}
        Value::Object(members) => members.iter().for_each(|(name, value)| leaves(value, &below(name), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| leaves(value, &below(&at.to_string()), found));
        }
        Value::Null => {}
        Value::String(text) => {
            found.entry(path.to_owned()).or_insert_with(|| text.clone());
        }
        other => {
            found.entry(path.to_owned()).or_insert_with(|| other.to_string());
        }
    }
}

fn missing(kind: &dyn Kind, index: u32, id: i64) -> Change {
    let target = Target {
        kind: kind.card().target.name().into(),
        id,
        name: id.to_string(),
        service_id: None,
        client_id: None,
        client_name: None,
    };
    Change {
        index,
        target,
        facts: Vec::new(),
        impact: Impact::Keep,
        down_seconds: None,
        money_now: None,
        money_month: None,
        verdicts: unknown_target(),
    }
}

fn row(asked: &Asked<'_>, ask: &Ask, index: u32, facts: &Facts, down: Option<u32>, over: &Overridden) -> Change {
    let own = asked.kind.change(facts, &ask.input, ask.gathered.get(&facts.id));
    let mut verdicts = about_row(asked, facts, asked.kind.forbidden(facts));
    verdicts.extend(own.verdicts);
    over.soften(&mut verdicts);
    let mut change = Change {
        index,
        target: facts.target(),
        facts: own.facts,
        impact: own.impact,
        down_seconds: down,
        money_now: own.money_now,
        money_month: own.money_month,
        verdicts,
    };
    if change.blocked() {
        // It stays as it is.
        for fact in &mut change.facts {
            fact.after.clone_from(&fact.before);
        }
        (change.down_seconds, change.money_now, change.money_month) = (None, None, None);
    }
    change
}

/// Wipes, and what a kind marks, ask for name and last octet of the address; several of them for those of the first and
/// the number of the others.
fn confirmation(typed: bool, open: &[&Change], known: &HashMap<i64, &Facts>) -> Confirmation {
    let grave: Vec<&&Change> = open.iter().filter(|change| typed || change.impact == Impact::Wipe).collect();
    let Some(first) = grave.first() else { return Confirmation::Press };
    let octet =
        known.get(&first.target.id).and_then(|facts| facts.ipv4.as_deref()).and_then(|ip| ip.rsplit('.').next());
    let mut text = first.target.name.clone();
    if let Some(octet) = octet {
        text.push(' ');
        text.push_str(octet);
    }
    if grave.len() > 1 {
        text.push_str(&format!(" +{}", grave.len() - 1));
    }
    Confirmation::Type { text }
}

fn totals(changes: &[Change], down: Option<u32>) -> Totals {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let open: Vec<&Change> = changes.iter().filter(|c| !c.blocked()).collect();
    let clients: BTreeSet<i64> = open.iter().filter_map(|c| c.target.client_id).collect();
    Totals {
        changes: count(open.len()),
        blocked: count(changes.len() - open.len()),
        clients: count(clients.len()),
        down_seconds: down.filter(|_| !open.is_empty()),
        money_now: sums(open.iter().filter_map(|change| change.money_now.as_ref())),
        money_month: sums(open.iter().filter_map(|change| change.money_month.as_ref())),
        wiped: count(open.iter().filter(|change| change.impact == Impact::Wipe).count()),
    }
}

/// One line per currency.
fn sums<'a>(amounts: impl Iterator<Item = &'a Money>) -> Vec<Money> {
    let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
    for money in amounts {
        sums.entry(&money.currency)
            .and_modify(|sum| sum.amount = sum.amount.saturating_add(money.amount))
            .or_insert_with(|| money.clone());
    }
    sums.into_values().collect()
}

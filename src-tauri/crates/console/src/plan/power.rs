//! The plan of power actions: a pure function of facts, policy, history and clock.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    Basis, Change, Confirmation, FactChange, Impact, Phrase, Plan, PlanState, Ruling, Target, Totals,
    facts::{History, InstanceFacts},
    guardrails::{Guardrails, about_plan, about_row, unknown_server},
};
use crate::act::kinds::power::Power;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerAsk {
    /// Instances in the order in which the plan shows them.
    pub ids: Vec<i64>,
    /// Where it was asked for.
    pub origin: String,
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
pub fn plan_power(
    power: &Power,
    ask: &PowerAsk,
    facts: &[InstanceFacts],
    rails: &Guardrails,
    history: &History,
    stamp: Stamp,
) -> Plan {
    let down = power.comes_back().then(|| history.median_seconds()).flatten();
    let mut changes = Vec::with_capacity(ask.ids.len());
    for (index, id) in (0..).zip(&ask.ids) {
        let found = facts.iter().find(|f| f.id == *id);
        changes.push(row(power, index, *id, found, rails, stamp.now, down));
    }
    let open: Vec<&Change> = changes.iter().filter(|change| !change.blocked()).collect();
    let verdicts = about_plan(power, &open, facts, rails, history, stamp.now);
    let totals = totals(&changes, down);
    let impact = changes.iter().filter(|c| !c.blocked()).map(|c| c.impact).max().unwrap_or(Impact::Keep);
    let name = match &changes[..] {
        [only] => only.target.name.clone(),
        _ => String::new(),
    };
    Plan {
        id: stamp.id,
        kind: power.id.to_owned(),
        title: Phrase::new(power.title(), [("count", changes.len().to_string()), ("name", name)]),
        origin: ask.origin.clone(),
        created_at: stamp.now.to_string(),
        state: PlanState::Open,
        impact,
        changes,
        totals,
        verdicts,
        confirmation: Confirmation::Press,
        basis: basis(&ask.ids, facts, stamp.now),
    }
}

/// The versions of the facts under each row.
pub fn basis(ids: &[i64], facts: &[InstanceFacts], now: Timestamp) -> Vec<Basis> {
    let one = |id: &i64| {
        let found = facts.iter().find(|f| f.id == *id);
        Basis {
            key: InstanceFacts::basis_key(*id),
            version: found.map_or_else(|| "absent".to_owned(), InstanceFacts::version),
            as_of: found.map_or(now, |f| f.as_of).to_string(),
        }
    };
    ids.iter().map(one).collect()
}

fn row(
    power: &Power,
    index: u32,
    id: i64,
    found: Option<&InstanceFacts>,
    rails: &Guardrails,
    now: Timestamp,
    down: Option<u32>,
) -> Change {
    let Some(facts) = found else {
        let target = Target {
            kind: "instance".into(),
            id,
            name: id.to_string(),
            service_id: None,
            client_id: None,
            client_name: None,
        };
        return Change {
            index,
            target,
            facts: Vec::new(),
            impact: Impact::Keep,
            down_seconds: None,
            money_now: None,
            money_month: None,
            verdicts: unknown_server(),
        };
    };
    let verdicts = about_row(power, facts, rails, now);
    let blocked = verdicts.iter().any(|v| v.ruling == Ruling::Block);
    let after = if blocked { facts.status.as_str() } else { power.reaches };
    Change {
        index,
        target: facts.target(),
        facts: vec![FactChange {
            field: "status".into(),
            before: Some(facts.status.clone()),
            after: Some(after.to_owned()),
        }],
        impact: power.impact,
        down_seconds: down.filter(|_| !blocked),
        money_now: None,
        money_month: None,
        verdicts,
    }
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
        money_now: Vec::new(),
        money_month: Vec::new(),
        wiped: 0,
    }
}

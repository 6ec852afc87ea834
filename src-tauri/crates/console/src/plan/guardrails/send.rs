//! The last time the guardrails are asked: with everything checked and nothing journalled yet.
//!
//! What speaks about beginning (windows, freezes, the rate of power actions) is not asked between two steps: what was
//! begun is brought to its end; a person who repeats an action from a later step on begins anew. Money and what can't be
//! taken back is asked at the very step that spends or destroys. How old the mirror's facts are is not asked either: the
//! step has just read its provider.

use jiff::{SignedDuration, Timestamp};
use rackdesk_wire::Effect;

use super::{
    DAY, Deed, HOUR,
    calm::{self, Opening},
    destructive,
    limits::within_limits,
    protected,
};
use crate::{
    act::kinds::Kind,
    money::Money,
    plan::{Impact, Phrase, Verdict, facts::Facts, overrides::Overridden},
    policy::Policy,
};

/// What a send is about.
#[derive(Debug)]
pub struct Sending<'a> {
    /// What is done.
    pub kind: &'a dyn Kind,
    /// What this step's call does.
    pub effect: Effect,
    /// Whether this step buys something.
    pub buys: bool,
    /// Whether it goes on by itself: a step of this very action is done already. What a person repeats from a later
    /// step on begins anew.
    pub begun: bool,
    /// The target as the mirror knows it now.
    pub facts: Option<&'a Facts>,
    /// How many people said yes to it.
    pub approvers: usize,
    /// The guardrails they set themselves over.
    pub overridden: &'a Overridden,
    /// What the step costs, by the price that was approved.
    pub cost: Option<Money>,
    /// What others spent within 24 hours and within 30 days.
    pub spent: (Vec<Money>, Vec<Money>),
    /// When others of its family were sent within the hour, newest first.
    pub family_hour: Vec<Timestamp>,
    /// When others bought something within the hour, newest first.
    pub bought_hour: Vec<Timestamp>,
    /// The same within 24 hours.
    pub bought_day: Vec<Timestamp>,
    /// What is allowed.
    pub policy: &'a Policy,
    /// Now.
    pub now: Timestamp,
}

/// Whether it may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// Nothing is against it.
    Open,
    /// Later, by itself.
    Later {
        /// When it is asked again.
        at: Timestamp,
        /// Whether it may be started at that time also when it would have been given up before: it waits for its own
        /// window.
        stays: bool,
        /// Why it waits.
        says: Phrase,
    },
    /// Not before a person has looked.
    Held(Verdict),
}

/// Asks the guardrails once more. Pure.
pub fn at_send(sending: &Sending<'_>) -> Gate {
    if let Some(verdict) = held(sending) {
        return Gate::Held(verdict);
    }
    waiting(sending).max_by_key(|(at, ..)| *at).map_or(Gate::Open, |(at, stays, says)| Gate::Later { at, stays, says })
}

fn held(sending: &Sending<'_>) -> Option<Verdict> {
    let (policy, deed) = (sending.policy, Deed::of(sending.kind));
    let grave = matches!(sending.effect, Effect::Billable | Effect::Destructive);
    let mut verdicts: Vec<Verdict> = sending.facts.and_then(|facts| protected(facts, policy)).into_iter().collect();
    if !sending.begun || grave {
        verdicts.extend(destructive(deed, policy));
        if deed.needs_second(policy) && sending.approvers < 2 {
            verdicts.push(Verdict::block("second_approver", Phrase::new("guard.second_needed", [])));
        }
    }
    if !sending.begun && sending.kind.card().impact > Impact::Keep {
        verdicts.extend(sending.facts.and_then(|facts| calm::ticket(facts, policy)));
        if matches!(calm::opening(policy, sending.now), Opening::Never) {
            verdicts.push(calm::maintenance(policy, sending.now));
        }
    }
    if sending.buys {
        verdicts.extend(within_limits(policy, &sending.spent.0, &sending.spent.1, std::slice::from_ref(&sending.cost)));
    }
    verdicts.into_iter().find(|verdict| sending.overridden.leaves(verdict))
}

/// What makes it wait, and until when.
fn waiting<'a>(sending: &'a Sending<'_>) -> impl Iterator<Item = (Timestamp, bool, Phrase)> + 'a {
    let (policy, now) = (sending.policy, sending.now);
    let free = |guardrail: &str| !sending.overridden.has(guardrail);
    let begins = |guardrail| !sending.begun && free(guardrail);
    let calm = begins("maintenance") && sending.kind.card().impact > Impact::Keep;
    let calm = calm.then(|| calm_at(policy, now)).flatten();
    let power = begins("rate") && sending.kind.card().family() == "power";
    let power = power.then(|| room(&sending.family_hour, policy.power_per_hour, HOUR, now, "waits.rate")).flatten();
    let bought = |sent: &[Timestamp], allowed: Option<u32>, span| {
        let asked = sending.buys && free("create_rate");
        allowed.filter(|_| asked).and_then(|allowed| room(sent, allowed, span, now, "waits.bought"))
    };
    let hour = bought(&sending.bought_hour, policy.create_per_hour, HOUR);
    let day = bought(&sending.bought_day, policy.create_per_day, DAY);
    [calm, power, hour, day].into_iter().flatten()
}

fn calm_at(policy: &Policy, now: Timestamp) -> Option<(Timestamp, bool, Phrase)> {
    if let Some(freeze) = calm::frozen(policy, now) {
        let words = [("name", freeze.name.clone()), ("until", freeze.until.to_string())];
        return Some((freeze.until, false, Phrase::new("waits.freeze", words)));
    }
    match calm::opening(policy, now) {
        Opening::At(at) => Some((at, true, Phrase::new("waits.window", [("until", at.to_string())]))),
        Opening::Open | Opening::Never => None,
    }
}

/// When there is room for one more.
fn room(
    sent: &[Timestamp],
    allowed: u32,
    span: SignedDuration,
    now: Timestamp,
    words: &str,
) -> Option<(Timestamp, bool, Phrase)> {
    let leaves = match allowed.checked_sub(1) {
        Some(last) => *sent.get(usize::try_from(last).unwrap_or(usize::MAX))?,
        // None at all are allowed: there is no room before the policy changes.
        None => now,
    };
    let at = leaves.checked_add(span).unwrap_or(Timestamp::MAX);
    Some((at, false, Phrase::new(words, [("allowed", allowed.to_string()), ("until", at.to_string())])))
}

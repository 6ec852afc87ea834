//! What may be done, to what, when, how often and for how much: pure functions over plan, facts, policy, history and
//! clock, each with a stable name and a reason that a person understands.
//!
//! They are asked three times: when a plan is made, when it is approved, and once more before each send
//! ([`at_send`]), because the world and the policy move in between. What was set aside under a limit that was changed
//! since asks again (`set_aside.rs`); what is counted per hour or day is counted once more as it is sent. The laws they
//! keep, each with its property test in `console/tests/queue/guardrails.rs`: the same question has the same answer; more
//! history never turns a block into a pass; a looser policy never says more against a plan; setting oneself over one
//! changes none of the others.
//!
//! | guardrail | blocks | can be overridden |
//! |---|---|---|
//! | `protected`, `missing`, `busy`, `state` | the row | no |
//! | `destructive`, `networks`, `ssh_key`, `cloud_init`, `name` | the plan | no |
//! | `second_approver` | until a second person says yes | no |
//! | `spend`, `rate`, `create_rate`, `suspend` | the plan | yes |
//! | `maintenance` | the plan in a freeze; outside of a window it waits | yes: then it goes at once |
//! | `stale`, `open_tickets` | the row, when the policy says so; warns otherwise | yes |

pub(crate) mod behind;
mod calm;
mod content;
mod limits;
mod send;

use jiff::{SignedDuration, Timestamp};
pub use limits::cost;
use rackdesk_wire::Effect;
pub use send::{Gate, Sending, at_send};
use serde_json::Value;

use super::{
    Change, Impact, Phrase, Verdict,
    facts::{Facts, History},
};
pub use crate::policy::{Freeze, Policy as Guardrails, Window};
use crate::{
    act::kinds::{self, Kind, Lane},
    policy::{Policy, SecondApprover},
};

/// The span of the rates.
pub const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The span of the daily limits: any 24 hours.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The span of the monthly limit: any 30 days.
pub const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a kind of action does, as far as a policy cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// It erases or ends something.
    pub destroys: bool,
    /// It buys something at the provider.
    pub buys: bool,
    /// It changes what is paid, to whom ever.
    pub pays: bool,
}

impl Deed {
    /// What a kind does, from its card and the effects of its steps.
    pub fn of(kind: &dyn Kind) -> Self {
        let steps = kind.steps();
        let card = kind.card();
        let buys = steps.iter().any(|step| buys(step.lane(), step.effect()));
        Self {
            destroys: card.impact == Impact::Wipe || steps.iter().any(|step| step.effect() == Effect::Destructive),
            buys,
            pays: card.money || buys,
        }
    }

    /// Whether the policy wants the yes of two people for it.
    pub fn needs_second(self, policy: &Policy) -> bool {
        match policy.second_approver {
            SecondApprover::Nothing => false,
            SecondApprover::Destructive => self.destroys,
            SecondApprover::Billable => self.pays,
            SecondApprover::All => true,
        }
    }
}

/// Whether a call buys something at the provider. What WHMCS bills is the customers' money.
pub fn buys(lane: Lane, effect: Effect) -> bool {
    lane == Lane::Contabo && effect == Effect::Billable
}

/// The kinds that buy something.
pub fn buying_kinds() -> Vec<&'static str> {
    kinds::ALL.iter().filter(|kind| Deed::of(**kind).buys).map(|kind| kind.card().id).collect()
}

/// What the guardrails are asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What is to be done.
    pub kind: &'a dyn Kind,
    /// Its input.
    pub input: &'a Value,
    /// What is allowed.
    pub policy: &'a Policy,
    /// What happened before.
    pub history: &'a History,
    /// Now.
    pub now: Timestamp,
}

/// The first pattern that a name fits, in any letter case.
pub fn protecting<'a>(name: &str, patterns: &'a [String]) -> Option<&'a str> {
    let name = name.to_lowercase();
    patterns.iter().map(String::as_str).find(|pattern| fits(&name, &pattern.to_lowercase()))
}

/// `*` stands for any text, also none.
fn fits(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let mut parts: Vec<&str> = parts.collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether name or tags keep everything off a target, or off the server behind it.
pub fn protected(facts: &Facts, policy: &Policy) -> Option<Verdict> {
    let behind = behind::servers(facts);
    let named = std::iter::once((&facts.name, &facts.tags)).chain(behind.iter().map(|one| (&one.name, &one.tags)));
    named.into_iter().find_map(|(name, tags)| kept_off(name, tags, policy))
}

/// The same for one name and its tags.
pub fn kept_off(name: &str, tags: &[String], policy: &Policy) -> Option<Verdict> {
    if let Some(pattern) = protecting(name, &policy.protected) {
        let reason = Phrase::new("guard.protected", [("pattern", pattern.to_owned())]);
        return Some(Verdict::block("protected", reason));
    }
    let tag = tags.iter().find(|tag| policy.protected_tags.iter().any(|p| p.eq_ignore_ascii_case(tag)))?;
    Some(Verdict::block("protected", Phrase::new("guard.protected_tag", [("tag", tag.clone())])))
}

/// Blocks where the policy says so, warns otherwise.
fn strictly(strict: bool, guardrail: &str, reason: Phrase) -> Verdict {
    let verdict = if strict { Verdict::block(guardrail, reason) } else { Verdict::warn(guardrail, reason) };
    verdict.overridable()
}

/// The guardrails that speak about one target. `forbidden` is the kind's own rule.
pub fn about_row(asked: &Asked<'_>, facts: &Facts, forbidden: Option<Phrase>) -> Vec<Verdict> {
    let (card, policy) = (asked.kind.card(), asked.policy);
    let mut verdicts: Vec<Verdict> = protected(facts, policy).into_iter().collect();
    if let Some(action) = &facts.open_action {
        let words = [("action", action.id.to_string())];
        verdicts.push(if card.supersedes.contains(&action.kind.as_str()) {
            // What was begun stays: the newer wish waits behind it.
            let code = if action.begun { "rule.waits_behind" } else { "rule.supersedes" };
            Verdict::warn("busy", Phrase::new(code, words))
        } else {
            Verdict::block("busy", Phrase::new("rule.busy", words))
        });
    } else if let Some(reason) = forbidden {
        verdicts.push(Verdict::block("state", reason));
    }
    let age = asked.now.duration_since(facts.as_of).as_secs();
    if age > i64::from(policy.stale_seconds) {
        let reason = Phrase::new("guard.stale", [("minutes", (age / 60).to_string()), ("at", facts.as_of.to_string())]);
        verdicts.push(strictly(policy.stale_blocks, "stale", reason));
    }
    if card.impact > Impact::Keep {
        verdicts.extend(calm::ticket(facts, policy));
    }
    verdicts
}

/// A target that the mirror does not know.
pub fn unknown_target() -> Vec<Verdict> {
    vec![Verdict::block("missing", Phrase::new("guard.missing", []))]
}

/// The guardrails that speak about the plan as a whole, over the rows that would be carried out.
pub fn about_plan(asked: &Asked<'_>, rows: &[&Change], facts: &[Facts]) -> Vec<Verdict> {
    let (card, deed) = (asked.kind.card(), Deed::of(asked.kind));
    let mut verdicts: Vec<Verdict> = Vec::new();
    verdicts.extend(destructive(deed, asked.policy));
    verdicts.extend(limits::rate(asked, rows.len()));
    if deed.buys {
        verdicts.extend(limits::bought(asked, rows.len()));
        verdicts.extend(limits::spent(asked.policy, asked.history, rows));
    }
    verdicts.extend(content::about(asked));
    verdicts.extend(content::one_name(asked, rows.len()));
    if card.impact > Impact::Keep {
        verdicts.push(calm::maintenance(asked.policy, asked.now));
        verdicts.extend(calm::tickets(rows, facts));
    }
    if deed.needs_second(asked.policy) {
        verdicts.push(Verdict::warn("second_approver", Phrase::new("guard.second_needed", [])));
    }
    verdicts
}

/// Whether the policy lets anything be erased or ended.
fn destructive(deed: Deed, policy: &Policy) -> Option<Verdict> {
    let off = deed.destroys && !policy.destructive;
    off.then(|| Verdict::block("destructive", Phrase::new("guard.destructive_off", [])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_stands_for_any_text() {
        let protects = |pattern: &str, name: &str| protecting(name, &[pattern.to_owned()]).is_some();
        for (pattern, name) in [
            ("db-*", "db-core"),
            ("*", ""),
            ("*prod*", "web-prod-1"),
            ("a*b*c", "a-b-b-c"),
            ("Core", "core"),
            ("db-*", "DB-"),
        ] {
            assert!(protects(pattern, name), "{pattern} should protect {name}");
        }
        for (pattern, name) in [("db-*", "mydb-1"), ("core", "core-2"), ("a*b", "ac"), ("", "x"), ("a*ab", "ab")] {
            assert!(!protects(pattern, name), "{pattern} should not protect {name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_fits_itself_and_any_pattern_that_only_loses_a_piece(a in "[a-z-]{0,6}", b in "[a-z-]{0,6}", c in "[a-z-]{0,6}") {
            let name = format!("{a}{b}{c}");
            prop_assert!(fits(&name, &name));
            let pattern = format!("{a}*{c}");
            prop_assert!(fits(&name, &pattern));
        }
    }

    #[test]
    fn what_a_kind_does_follows_from_its_steps() {
        let of = |id: &str| Deed::of(kinds::named(id).unwrap());
        assert_eq!(of("power.restart"), Deed { destroys: false, buys: false, pays: false });
        assert_eq!(of("server.reinstall"), Deed { destroys: true, buys: false, pays: false });
        assert!(of("server.cancel").destroys && of("snapshot.delete").destroys && of("service.terminate").destroys);
        assert!(of("invoice.pay").pays && !of("invoice.pay").buys, "a customer's payment is not our spending");
        assert!(!of("network.unassign").destroys && !of("tag.unassign").destroys);
    }
}

//! How long setting oneself over a guardrail counts: as long as the policy says what it said when somebody did so.
//!
//! Who sets themselves over a limit has looked at that limit. So the values of the policy that bear on the guardrail are
//! kept with the yes, and at each later question (a second person's yes, the send) it counts only while they are the
//! same: a limit that was changed since, to whatever side, asks again. A looser one mostly asks nobody, because the rule
//! then no longer speaks. Of freezes only those count that have not ended: a new one asks again, one that is over or was
//! taken away does not; and where all windows are taken away, nothing is left that could ask. Whether a rule may be set
//! aside at all is never remembered: its verdict of the moment says so ([`Overridden::leaves`]).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Plan, Verdict,
    overrides::{Overridden, Override},
};
use crate::{
    fault::{ErrorCode, Fault},
    policy::{Freeze, Policy, kept::InForce},
};

/// A guardrail that was set aside, and what the policy said of it then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Guardrail, as its verdict names it.
    pub guardrail: String,
    /// The policy's values that bear on it.
    pub values: Value,
}

impl SetAside {
    /// What somebody sets aside under this policy.
    pub fn under(policy: &Policy, overrides: &[Override]) -> Vec<Self> {
        let one = |one: &Override| Self { guardrail: one.guardrail.clone(), values: values(policy, &one.guardrail) };
        overrides.iter().map(one).collect()
    }

    /// What nobody can tell any more: it counts no longer.
    pub(super) fn unknown(given: &Override) -> Self {
        Self { guardrail: given.guardrail.clone(), values: Value::Bool(false) }
    }

    /// Whether it still counts.
    fn counts(&self, policy: &Policy, now: Timestamp) -> bool {
        if self.guardrail != MAINTENANCE {
            return self.values == values(policy, &self.guardrail);
        }
        let then = |name: &str| self.values.get(name);
        let windows = policy.windows.is_empty() || then("windows") == Some(&json!(policy.windows));
        let known = |freeze: &&Freeze| {
            let then = then("freezes").and_then(Value::as_array);
            then.is_some_and(|then| then.contains(&json!(freeze)))
        };
        windows && policy.freezes.iter().filter(|freeze| freeze.until > now).all(|freeze| known(&freeze))
    }
}

const MAINTENANCE: &str = "maintenance";

/// What a policy says that a guardrail depends on; `null` for one that asks no policy.
fn values(policy: &Policy, guardrail: &str) -> Value {
    match guardrail {
        "spend" => json!({ "day": policy.spend_day, "month": policy.spend_month }),
        "rate" => json!({ "hour": policy.power_per_hour }),
        "create_rate" => json!({ "hour": policy.create_per_hour, "day": policy.create_per_day }),
        MAINTENANCE => json!({ "windows": policy.windows, "freezes": policy.freezes }),
        "stale" => json!({ "seconds": policy.stale_seconds, "blocks": policy.stale_blocks }),
        "open_tickets" => json!({ "blocks": policy.tickets_block }),
        "suspend" => json!({ "suspend": policy.suspend }),
        _ => Value::Null,
    }
}

/// The guardrails of an approval that still count as set aside. `marked` names the policy under which it was given: of
/// approvals that are older than the values, and have overrides without any, it alone tells.
pub(super) fn counting<'a>(
    set_aside: &[SetAside],
    overrides: impl Iterator<Item = &'a Override>,
    marked: Option<&str>,
    policy: &Policy,
    now: Timestamp,
) -> Overridden {
    let same = marked.is_some_and(|mark| mark == InForce::mark(policy));
    let mut counting: Vec<Override> = Vec::new();
    for given in overrides {
        let mut kept = set_aside.iter().filter(|one| one.guardrail == given.guardrail).peekable();
        let counts = if kept.peek().is_some() { kept.any(|one| one.counts(policy, now)) } else { same };
        if counts {
            counting.push(given.clone());
        }
    }
    Overridden::of(&counting)
}

/// Whether the limits that somebody sets themselves over are those that they were shown.
///
/// # Errors
/// `BasisMoved` that names the guardrail: the plan has to be looked at again.
pub(super) fn as_shown(seen: &Plan, fresh: &Plan, overrides: &[Override]) -> Result<(), Fault> {
    for one in overrides {
        if limits(seen, &one.guardrail) != limits(fresh, &one.guardrail) {
            let moved = format!("policy ({})", one.guardrail);
            return Err(Fault::with(ErrorCode::BasisMoved, [("moved", moved)]));
        }
    }
    Ok(())
}

/// The limits that a guardrail names in a plan, in their order.
fn limits<'a>(plan: &'a Plan, guardrail: &str) -> Vec<(Option<&'a String>, Option<&'a String>)> {
    let named = |verdict: &&Verdict| verdict.guardrail == guardrail;
    let limit = |verdict: &'a Verdict| {
        let params = &verdict.reason.params;
        params.get("allowed").map(|allowed| (Some(allowed), params.get("currency")))
    };
    let mut limits: Vec<_> = plan.verdicts.iter().filter(named).filter_map(limit).collect();
    limits.sort();
    limits.dedup();
    limits
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::{money::Money, policy::Window};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn freeze(name: &str, until: &str) -> Freeze {
        Freeze { from: at("2026-11-20T00:00:00Z"), until: at(until), name: name.into() }
    }

    fn counts(then: &Policy, now: &Policy, guardrail: &str) -> bool {
        let given = [Override { guardrail: guardrail.into(), reason: "the customer waits for it".into() }];
        let kept = SetAside::under(then, &given);
        // As it comes back from the database.
        let kept: Vec<SetAside> = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
        counting(&kept, given.iter(), None, now, at("2026-11-20T12:00:00Z")).has(guardrail)
    }

    #[test]
    fn a_limit_that_was_changed_asks_again_and_another_one_does_not() {
        let euros = |cents| Some(Money::new(Decimal::new(cents, 2), "EUR"));
        let then = Policy { power_per_hour: 10, spend_day: euros(5_00), ..Policy::default() };
        for (guardrail, now, expected) in [
            ("rate", then.clone(), true),
            ("rate", Policy { power_per_hour: 9, ..then.clone() }, false),
            ("rate", Policy { spend_day: euros(1), ..then.clone() }, true),
            ("spend", Policy { spend_day: euros(1), ..then.clone() }, false),
            ("spend", Policy { spend_month: euros(1), ..then.clone() }, false),
            ("create_rate", Policy { create_per_day: Some(1), ..then.clone() }, false),
            ("open_tickets", Policy { tickets_block: true, ..then.clone() }, false),
            ("unpaid", Policy { destructive: false, ..then.clone() }, true),
        ] {
            assert_eq!(counts(&then, &now, guardrail), expected, "{guardrail}");
        }
    }

    #[test]
    fn a_new_freeze_or_window_asks_again_and_one_that_is_gone_does_not() {
        let window = Window { weekday: 6, minute: 0, minutes: 60, zone: "UTC".into() };
        let quiet = freeze("quiet", "2026-11-21T00:00:00Z");
        let then = Policy { windows: vec![window.clone()], freezes: vec![quiet.clone()], ..Policy::default() };
        let now = |freezes, windows| Policy { windows, freezes, ..then.clone() };
        let over = freeze("over", "2026-11-20T11:00:00Z");
        let longer = freeze("quiet", "2026-11-22T00:00:00Z");
        assert!(counts(&then, &then, MAINTENANCE));
        assert!(counts(&then, &now(vec![], vec![]), MAINTENANCE));
        assert!(counts(&then, &now(vec![over, quiet.clone()], vec![window.clone()]), MAINTENANCE));
        assert!(!counts(&then, &now(vec![longer], vec![window.clone()]), MAINTENANCE));
        assert!(!counts(&then, &now(vec![quiet], vec![Window { minutes: 30, ..window }]), MAINTENANCE));
    }

    #[test]
    fn an_approval_of_before_counts_under_its_own_policy_only() {
        let given = [Override { guardrail: "rate".into(), reason: "the customer waits for it".into() }];
        let (then, now) = (Policy::default(), at("2026-11-20T12:00:00Z"));
        let mark = InForce::mark(&then);
        assert!(counting(&[], given.iter(), Some(&mark), &then, now).has("rate"));
        let other = Policy { destructive: false, ..then.clone() };
        assert!(!counting(&[], given.iter(), Some(&mark), &other, now).has("rate"));
        assert!(!counting(&[], given.iter(), None, &then, now).has("rate"));
    }
}

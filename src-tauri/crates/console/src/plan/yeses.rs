//! Who said yes to a plan, to what, and over which guardrails: kept with the plan, told in the history of its actions and
//! in their receipts.
//!
//! Operators are names on this machine. Two names are two names: who sat at the keyboard is not proven by them, and the
//! account of the operating system is kept beside each so that it can be asked.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rackdesk_store::queue::PlanRecord;
use serde::{Deserialize, Serialize};

use super::{
    Phrase, Plan, PlanYes,
    kept::{Approving, Hand},
    overrides::{self, Overridden},
    set_aside::{SetAside, counting},
};
use crate::{
    fault::Fault,
    policy::{Policy, kept::InForce},
};

/// What was approved, kept with the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The actions that were made; none while a second person is waited for.
    pub actions: Vec<i64>,
    /// Rows that one of them left out, or did not let in.
    pub excluded: Vec<u32>,
    /// Why, in the words of the first who said it.
    pub reason: Option<String>,
    /// Who said it last.
    pub by: String,
    /// Everybody who said yes, oldest first.
    #[serde(default)]
    pub yeses: Vec<PlanYes>,
    /// Marks the policy it was given under.
    #[serde(default)]
    pub policy: Option<String>,
    /// What was set aside, with what the policy said of it then.
    #[serde(default)]
    pub set_aside: Vec<SetAside>,
    /// How many rows all of them agreed to, where one of them would have had others, too.
    #[serde(default)]
    pub shared: Option<u32>,
}

impl Approval {
    /// What was said to a plan so far.
    pub fn of(record: &PlanRecord) -> Option<Self> {
        Self::read(record.approval.as_deref()?)
    }

    /// Reads what was kept.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The guardrails that one of them set themselves over, as far as that still counts: see [`super::set_aside`].
    pub fn overridden(&self, policy: &Policy, now: Timestamp) -> Overridden {
        counting(&self.set_aside, self.overrides(), self.policy.as_deref(), policy, now)
    }

    /// Everything that one of them set themselves over, whether it still counts or not.
    pub fn ever_overridden(&self) -> Overridden {
        Overridden::of(self.overrides())
    }

    /// What was set aside. An approval of before values were kept has them only while the policy is still that of then.
    fn kept_aside(&self, policy: &Policy) -> Vec<SetAside> {
        let unknown = || self.overrides().map(SetAside::unknown).collect();
        match self.policy.as_deref() == Some(&*InForce::mark(policy)) && self.set_aside.is_empty() {
            true => SetAside::under(policy, &self.overrides().cloned().collect::<Vec<_>>()),
            false if self.set_aside.is_empty() => unknown(),
            false => self.set_aside.clone(),
        }
    }

    fn overrides(&self) -> impl Iterator<Item = &overrides::Override> {
        self.yeses.iter().flat_map(|yes| &yes.overrides)
    }

    /// The rows of the plan they were shown that were agreed to.
    fn agreed(&self, seen: &Plan) -> BTreeSet<u32> {
        rows(seen, &self.ever_overridden(), |index| !self.excluded.contains(&index))
    }

    /// How many different people said yes, as far as names tell.
    pub fn people(&self) -> usize {
        let names: BTreeSet<String> = self.yeses.iter().map(|yes| same_name(&yes.by)).collect();
        // Approvals of before names were counted are those of one.
        names.len().max(1)
    }

    /// The first line of each action's history.
    pub fn told(&self, plan: i64) -> Phrase {
        let by: Vec<&str> = self.yeses.iter().map(|yes| yes.by.as_str()).collect();
        let over: Vec<String> = self.overrides().map(|one| format!("{} ({})", one.guardrail, one.reason)).collect();
        let mut words = vec![("plan", plan.to_string())];
        let code = match (by.len() > 1, over.is_empty()) {
            (false, true) => "event.from_plan",
            (false, false) => "event.from_plan_over",
            (true, true) if self.shared.is_some() => "event.from_plan_shared",
            (true, true) => "event.from_plan_two",
            (true, false) if self.shared.is_some() => "event.from_plan_shared_over",
            (true, false) => "event.from_plan_two_over",
        };
        if let Some(shared) = self.shared.filter(|_| by.len() > 1) {
            words.push(("count", shared.to_string()));
        }
        if by.len() > 1 {
            words.push(("people", by.join(", ")));
        }
        if !over.is_empty() {
            words.push(("over", over.join("; ")));
        }
        Phrase { code: code.to_owned(), params: words.into_iter().map(|(k, v)| (k.to_owned(), v)).collect() }
    }
}

/// Names that differ in letter case or blanks only are one name.
fn same_name(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The rows of a plan that a guardrail does not keep out, and that were left in.
fn rows(seen: &Plan, over: &Overridden, left_in: impl Fn(u32) -> bool) -> BTreeSet<u32> {
    let open = seen.changes.iter().filter(|change| !change.verdicts.iter().any(|verdict| over.leaves(verdict)));
    open.map(|change| change.index).filter(|index| left_in(*index)).collect()
}

/// What was said before to the plan that was `seen`, with this person's yes under the policy of now. A row is left out
/// when one of them leaves it out, and when it was not open to who said yes first: who sets themselves over something
/// that keeps it out lets it in for nobody else.
///
/// # Errors
/// When a reason is too short or too long.
pub(super) fn said(
    first: Option<&Approval>,
    seen: &Plan,
    how: &Approving<'_>,
    policy: &Policy,
    hand: Hand<'_>,
) -> Result<Approval, Fault> {
    let mine = PlanYes {
        by: hand.by.to_owned(),
        account: how.yes.account.clone(),
        at: hand.now.to_string(),
        reason: how.reason.map(str::to_owned),
        excluded: how.yes.excluded.iter().copied().collect(),
        overrides: overrides::checked(&how.yes.overrides)?,
    };
    let earlier = first.map(|first| first.yeses.clone()).unwrap_or_default();
    let yeses: Vec<PlanYes> = earlier.into_iter().chain([mine]).collect();
    let mut excluded: BTreeSet<u32> = yeses.iter().flat_map(|yes| yes.excluded.iter().copied()).collect();
    let mut shared = first.and_then(|first| first.shared);
    if let Some(first) = first {
        let over = Overridden::of(yeses.iter().flat_map(|yes| &yes.overrides));
        let (before, mine) = (first.agreed(seen), rows(seen, &over, |index| !how.yes.excluded.contains(&index)));
        let both: BTreeSet<u32> = before.intersection(&mine).copied().collect();
        excluded.extend(mine.difference(&before));
        if before != mine {
            shared = u32::try_from(both.len()).ok();
        }
    }
    let earlier = first.map(|first| first.kept_aside(policy)).unwrap_or_default();
    let set_aside = SetAside::under(policy, &how.yes.overrides);
    Ok(Approval {
        actions: Vec::new(),
        excluded: excluded.into_iter().collect(),
        reason: yeses.iter().find_map(|yes| yes.reason.clone()),
        by: hand.by.to_owned(),
        yeses,
        policy: Some(InForce::mark(policy)),
        set_aside: earlier.into_iter().chain(set_aside).collect(),
        shared,
    })
}

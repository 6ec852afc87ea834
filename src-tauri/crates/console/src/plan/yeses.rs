//! Who said yes to a plan, to what, and over which guardrails: kept with the plan, told in the history of its actions and
//! in their receipts.
//!
//! Operators are names on this machine. Two names are two names: who sat at the keyboard is not proven by them, and the
//! account of the operating system is kept beside each so that it can be asked.

use std::collections::BTreeSet;

use rackdesk_store::queue::PlanRecord;
use serde::{Deserialize, Serialize};

use super::{
    Phrase, PlanYes,
    kept::{Approving, Hand},
    overrides::{self, Overridden},
};
use crate::fault::Fault;

/// What was approved, kept with the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The actions that were made; none while a second person is waited for.
    pub actions: Vec<i64>,
    /// Rows that one of them left out.
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

    /// The guardrails that one of them set themselves over.
    pub fn overridden(&self) -> Overridden {
        Overridden::of(self.yeses.iter().flat_map(|yes| &yes.overrides))
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
        let over = self.yeses.iter().flat_map(|yes| &yes.overrides);
        let over: Vec<String> = over.map(|one| format!("{} ({})", one.guardrail, one.reason)).collect();
        let mut words = vec![("plan", plan.to_string())];
        let code = match (by.len() > 1, over.is_empty()) {
            (false, true) => "event.from_plan",
            (false, false) => "event.from_plan_over",
            (true, true) => "event.from_plan_two",
            (true, false) => "event.from_plan_two_over",
        };
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

/// What was said before, with this person's yes. Rows are left out when one of them leaves them out.
///
/// # Errors
/// When a reason is too short or too long.
pub(super) fn said(first: Option<&Approval>, how: &Approving<'_>, hand: Hand<'_>) -> Result<Approval, Fault> {
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
    let excluded: BTreeSet<u32> = yeses.iter().flat_map(|yes| yes.excluded.iter().copied()).collect();
    Ok(Approval {
        actions: Vec::new(),
        excluded: excluded.into_iter().collect(),
        reason: yeses.iter().find_map(|yes| yes.reason.clone()),
        by: hand.by.to_owned(),
        yeses,
        policy: None,
    })
}

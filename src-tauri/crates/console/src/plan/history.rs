//! What happened before: how often, how much was spent, and how long it took.

use jiff::{SignedDuration, Timestamp};
use rackdesk_store::{
    StoreError,
    policy::{self, Lately, SpendRecord},
    queue,
    rusqlite::Connection,
};
use serde::Deserialize;

use super::guardrails::{DAY, Deed, HOUR, MONTH, buying_kinds};
use crate::{act::kinds::Kind, money::Money};

/// How many earlier actions an expectation is drawn from.
const REMEMBERED: u32 = 50;

/// What happened before. Nothing in it is ever taken off by something that comes later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Actions of the same family that came into the queue within the last hour.
    pub last_hour: u32,
    /// Actions that buy something at the provider within the last hour.
    pub bought_hour: u32,
    /// The same within 24 hours.
    pub bought_day: u32,
    /// What was approved to be spent within 24 hours and was, or still may be, spent.
    pub spent_day: Vec<Money>,
    /// The same within 30 days.
    pub spent_month: Vec<Money>,
    /// How long earlier ones took the machine down, in milliseconds, newest first, at most 50.
    pub down_ms: Vec<i64>,
}

impl History {
    /// Reads what happened before to actions of this kind.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub fn read(c: &Connection, kind: &dyn Kind, now: Timestamp) -> Result<Self, StoreError> {
        #[derive(Deserialize)]
        struct Interrupted {
            down_ms: Option<i64>,
        }
        let card = kind.card();
        let results = if card.comes_back { queue::recent_results(c, card.id, REMEMBERED)? } else { Vec::new() };
        let down = |text: &String| serde_json::from_str::<Interrupted>(text).ok().and_then(|r| r.down_ms);
        let mut history = Self {
            last_hour: queue::enqueued_since(c, &format!("{}.", card.family()), ago(now, HOUR))?,
            down_ms: results.iter().filter_map(down).collect(),
            ..Self::default()
        };
        if Deed::of(kind).buys {
            let kinds = buying_kinds();
            history.bought_hour = policy::approved_since(c, &kinds, ago(now, HOUR))?;
            history.bought_day = policy::approved_since(c, &kinds, ago(now, DAY))?;
            let spent = policy::spent_since(c, ago(now, MONTH))?;
            (history.spent_day, history.spent_month) = spent_within(&spent, now, None);
        }
        Ok(history)
    }

    /// The median interruption in whole seconds, `None` when there were none.
    pub fn median_seconds(&self) -> Option<u32> {
        let mut sorted = self.down_ms.clone();
        sorted.sort_unstable();
        let middle = match sorted.len() {
            0 => return None,
            n if n % 2 == 1 => sorted[n / 2],
            n => sorted[n / 2 - 1].midpoint(sorted[n / 2]),
        };
        u32::try_from((middle.max(0) + 500) / 1000).ok()
    }
}

/// By how much another program's clock may be ahead of ours.
const SLACK: SignedDuration = SignedDuration::from_secs(1);

/// What counts as that lately: from so long before now, or from the beginning of time, up to now.
pub fn ago(now: Timestamp, before: SignedDuration) -> Lately {
    Lately {
        since: now.saturating_sub(before).unwrap_or(Timestamp::MIN),
        until: now.saturating_add(SLACK).unwrap_or(Timestamp::MAX),
    }
}

/// What was spent within 24 hours and within 30 days, one row of a plan left out.
pub fn spent_within(spent: &[SpendRecord], now: Timestamp, but: Option<(i64, i64)>) -> (Vec<Money>, Vec<Money>) {
    let others = spent.iter().filter(|one| Some(one.plan) != but);
    let (mut day, mut month) = (Vec::new(), Vec::new());
    for one in others {
        // What cannot be read as an amount cannot be added; it is never written so.
        let Ok(amount) = one.amount.parse() else { continue };
        let money = Money::new(amount, one.currency.clone());
        if one.at >= ago(now, DAY).since {
            day.push(money.clone());
        }
        if one.at >= ago(now, MONTH).since {
            month.push(money);
        }
    }
    (day, month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let of = |ms: &[i64]| History { down_ms: ms.to_vec(), ..History::default() }.median_seconds();
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[41_000]), Some(41));
        assert_eq!(of(&[60_000, 38_000, 40_000]), Some(40));
        assert_eq!(of(&[38_000, 42_000]), Some(40));
        assert_eq!(of(&[499]), Some(0));
        assert_eq!(of(&[500]), Some(1));
    }

    #[test]
    fn what_was_spent_a_day_ago_counts_for_the_month_only_and_ones_own_row_for_nothing() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let spent = |plan, at: &str| SpendRecord {
            plan,
            at: at.parse().unwrap(),
            amount: "4.50".into(),
            currency: "EUR".into(),
        };
        let rows = [
            spent((1, 0), "2026-11-20T11:00:00Z"),
            spent((1, 1), "2026-11-19T11:59:59Z"),
            spent((2, 0), "2026-10-01T00:00:00Z"),
        ];
        let (day, month) = spent_within(&rows, now, None);
        assert_eq!((day.len(), month.len()), (1, 2));
        let (day, month) = spent_within(&rows, now, Some((1, 0)));
        assert_eq!((day.len(), month.len()), (0, 1));
    }
}

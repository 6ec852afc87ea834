//! How often, and for how much.

use rust_decimal::Decimal;

use super::{Asked, History};
use crate::{
    money::Money,
    plan::{Change, Phrase, Verdict},
    policy::Policy,
};

fn counted(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// Power actions per hour.
pub(super) fn rate(asked: &Asked<'_>, rows: usize) -> Option<Verdict> {
    if asked.kind.card().family() != "power" {
        return None;
    }
    let (used, allowed) = (asked.history.last_hour, asked.policy.power_per_hour);
    let total = used.saturating_add(counted(rows));
    let words = [("count", total.to_string()), ("used", used.to_string()), ("allowed", allowed.to_string())];
    Some(if total > allowed {
        Verdict::block("rate", Phrase::new("guard.rate_over", words)).overridable()
    } else {
        Verdict::pass("rate", Phrase::new("guard.rate", words))
    })
}

/// Things bought per hour and within 24 hours.
pub(super) fn bought(asked: &Asked<'_>, rows: usize) -> Vec<Verdict> {
    let limits = [
        (asked.policy.create_per_hour, asked.history.bought_hour, ["guard.buys_hour", "guard.buys_hour_over"]),
        (asked.policy.create_per_day, asked.history.bought_day, ["guard.buys_day", "guard.buys_day_over"]),
    ];
    let one = |(allowed, used, [within, over]): (Option<u32>, u32, [&str; 2])| {
        let allowed = allowed?;
        let total = used.saturating_add(counted(rows));
        let words = [("count", total.to_string()), ("used", used.to_string()), ("allowed", allowed.to_string())];
        Some(if total > allowed {
            Verdict::block("create_rate", Phrase::new(over, words)).overridable()
        } else {
            Verdict::pass("create_rate", Phrase::new(within, words))
        })
    };
    limits.into_iter().filter_map(one).collect()
}

/// What a row costs as far as it is known: what is charged at once, otherwise its first month. Money that comes back
/// is no room for more.
pub fn cost(change: &Change) -> Option<Money> {
    let shown = [change.money_now.as_ref(), change.money_month.as_ref()];
    let positive = shown.into_iter().flatten().find(|money| money.amount > Decimal::ZERO);
    let free = shown.into_iter().flatten().next().map(|money| Money::new(Decimal::ZERO, money.currency.clone()));
    positive.cloned().or(free)
}

/// What is spent within 24 hours and 30 days, these rows included.
pub(super) fn spent(policy: &Policy, history: &History, rows: &[&Change]) -> Vec<Verdict> {
    let costs: Vec<Option<Money>> = rows.iter().map(|row| cost(row)).collect();
    within_limits(policy, &history.spent_day, &history.spent_month, &costs)
}

/// The same over bare amounts; `None` is a price that nobody knows.
pub(super) fn within_limits(
    policy: &Policy,
    spent_day: &[Money],
    spent_month: &[Money],
    costs: &[Option<Money>],
) -> Vec<Verdict> {
    let day = policy.spend_day.as_ref().map(|limit| within(limit, spent_day, costs, DAY));
    let month = policy.spend_month.as_ref().map(|limit| within(limit, spent_month, costs, MONTH));
    day.into_iter().chain(month).flatten().collect()
}

const DAY: [&str; 2] = ["guard.spend_day", "guard.spend_day_over"];
const MONTH: [&str; 2] = ["guard.spend_month", "guard.spend_month_over"];

fn within(limit: &Money, spent: &[Money], costs: &[Option<Money>], [inside, over]: [&str; 2]) -> Vec<Verdict> {
    let block = |reason| Verdict::block("spend", reason).overridable();
    let allowed = ("allowed", limit.amount.to_string());
    let currency = ("currency", limit.currency.clone());
    let same = |money: &&Money| money.currency.eq_ignore_ascii_case(&limit.currency) || money.amount.is_zero();
    let known: Vec<&Money> = costs.iter().flatten().collect();
    if known.len() < costs.len() {
        return vec![block(Phrase::new("guard.spend_unknown", [allowed, currency]))];
    }
    if let Some(other) = known.iter().find(|money| !same(money)) {
        let paid = ("paid", format!("{} {}", other.amount, other.currency));
        return vec![block(Phrase::new("guard.spend_currency", [paid, allowed, currency]))];
    }
    // Only amounts of the limit's own currency are ever added.
    let mine = known.into_iter().chain(spent).filter(same);
    let total = mine.fold(Decimal::ZERO, |sum, money| sum.saturating_add(money.amount.max(Decimal::ZERO)));
    let words = [("total", total.to_string()), allowed, currency.clone()];
    let mut verdicts = vec![if total > limit.amount {
        block(Phrase::new(over, words))
    } else {
        Verdict::pass("spend", Phrase::new(inside, words))
    }];
    if let Some(other) = spent.iter().find(|money| !same(money)) {
        let paid = ("paid", other.currency.clone());
        verdicts.push(Verdict::warn("spend", Phrase::new("guard.spend_foreign", [paid, currency])).overridable());
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Ruling;

    fn eur(cents: i64) -> Money {
        Money::new(Decimal::new(cents, 2), "EUR")
    }

    fn rulings(spent: &[Money], costs: &[Option<Money>]) -> Vec<(Ruling, String)> {
        let policy = Policy { spend_day: Some(eur(10_00)), ..Policy::default() };
        let found = within_limits(&policy, spent, &[], costs);
        found.into_iter().map(|verdict| (verdict.ruling, verdict.reason.code)).collect()
    }

    #[test]
    fn the_limit_itself_may_be_spent_and_not_a_cent_more() {
        assert_eq!(rulings(&[eur(5_50)], &[Some(eur(4_50))]), [(Ruling::Pass, "guard.spend_day".into())]);
        assert_eq!(rulings(&[eur(5_51)], &[Some(eur(4_50))]), [(Ruling::Block, "guard.spend_day_over".into())]);
        assert_eq!(
            rulings(&[eur(-90_00)], &[Some(eur(10_01))]),
            [(Ruling::Block, "guard.spend_day_over".into())],
            "what came back is no room for more"
        );
    }

    #[test]
    fn two_currencies_are_never_added() {
        let usd = Money::new(Decimal::ONE, "USD");
        assert_eq!(rulings(&[], &[Some(usd.clone())]), [(Ruling::Block, "guard.spend_currency".into())]);
        assert_eq!(
            rulings(&[usd], &[Some(eur(10_00))]),
            [(Ruling::Pass, "guard.spend_day".into()), (Ruling::Warn, "guard.spend_foreign".into())]
        );
        assert_eq!(rulings(&[], &[Some(eur(1)), None]), [(Ruling::Block, "guard.spend_unknown".into())]);
        assert_eq!(
            rulings(&[], &[Some(Money::new(Decimal::ZERO, "USD"))]),
            [(Ruling::Pass, "guard.spend_day".into())],
            "nothing is nothing in any currency"
        );
    }
}

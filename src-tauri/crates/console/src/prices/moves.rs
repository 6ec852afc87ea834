//! Which prices moved: pure, from what was known and what a reading says.
//!
//! Only what can be bought has a price. One that could not be understood says nothing, so what was known of it stays;
//! one that a whole list does not name any more has ended, unless the list told nothing at all of what it belongs to.
//! Amounts are compared as numbers, not as texts.

use std::collections::{BTreeMap, BTreeSet};

use rackdesk_store::mirror::{PriceKey, PricePoint};
use rust_decimal::Decimal;

/// What a list says of one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// So much.
    Costs(Decimal),
    /// It cannot be bought.
    NotSold,
    /// Nothing that can be understood.
    Unclear,
}

/// What a list names without telling any price of it, or should name and does not: no price of it has ended by that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untold {
    /// Kind of its prices.
    pub kind: String,
    /// Of what; `None` for everything of the kind.
    pub subject: Option<String>,
    /// In which currency; `None` for all of them.
    pub currency: Option<String>,
}

impl Untold {
    fn covers(&self, key: &PriceKey) -> bool {
        self.kind == key.kind
            && self.subject.as_ref().is_none_or(|subject| *subject == key.subject)
            && self.currency.as_ref().is_none_or(|currency| *currency == key.currency)
    }
}

/// A list as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    prices: BTreeMap<PriceKey, (String, Said)>,
    /// Rows without a key: what they are about cannot be told, so nothing is taken for gone.
    nameless: u32,
    untold: BTreeSet<Untold>,
    /// What came without a single row.
    empty: BTreeSet<Untold>,
}

impl Reading {
    /// Adds what the list says of a price, under the name that people know. A list that says two different things of
    /// one price (two currencies of WHMCS may share a code) says nothing of it.
    pub fn say(&mut self, key: PriceKey, name: &str, said: Said) {
        let kept = self.prices.entry(key).or_insert_with(|| (name.to_owned(), said));
        if kept.1 != said {
            kept.1 = Said::Unclear;
        }
    }

    /// Adds that the list tells no price of something that it names.
    pub fn untold(&mut self, what: Untold) {
        self.untold.insert(what);
    }

    /// Adds that a part of the list has no row. Where prices are known, that is no list.
    pub fn empty(&mut self, what: Untold) {
        self.empty.insert(what);
    }

    /// Whether a part without a row would take all that is known there for gone.
    pub fn lost(&self, known: &BTreeMap<PriceKey, PricePoint>) -> bool {
        self.empty.iter().any(|part| known.keys().any(|key| part.covers(key)))
    }

    /// Whether nothing can be said of a price that the list does not name.
    fn leaves(&self, key: &PriceKey) -> bool {
        self.nameless > 0 || self.untold.iter().chain(&self.empty).any(|part| part.covers(key))
    }

    /// How many known prices stay only because the list told nothing of what they belong to.
    pub fn kept(&self, known: &BTreeMap<PriceKey, PricePoint>) -> u32 {
        let untold = |key: &PriceKey| self.untold.iter().any(|part| part.covers(key));
        let kept = known.keys().filter(|key| !self.prices.contains_key(*key) && untold(key)).count();
        u32::try_from(kept).unwrap_or(u32::MAX)
    }

    /// Adds that a row could not be told apart.
    pub fn nameless(&mut self) {
        self.nameless = self.nameless.saturating_add(1);
    }

    /// How many prices it has.
    pub fn prices(&self) -> u32 {
        self.count(|said| matches!(said, Said::Costs(_)))
    }

    /// How much of it could not be understood.
    pub fn unclear(&self) -> u32 {
        self.count(|said| said == Said::Unclear).saturating_add(self.nameless)
    }

    fn count(&self, which: impl Fn(Said) -> bool) -> u32 {
        let found = self.prices.values().filter(|(_, said)| which(*said)).count();
        u32::try_from(found).unwrap_or(u32::MAX)
    }

    /// Everything in it that can be bought.
    pub fn points(&self) -> impl Iterator<Item = (&PriceKey, PricePoint)> {
        self.prices.iter().filter_map(|(key, (name, said))| match said {
            Said::Costs(amount) => Some((key, PricePoint { name: name.clone(), amount: *amount })),
            Said::NotSold | Said::Unclear => None,
        })
    }
}

/// A price that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Of what.
    pub key: PriceKey,
    /// What people call it.
    pub name: String,
    /// Before; `None` when it could not be bought.
    pub old: Option<Decimal>,
    /// Since; `None` when it cannot be bought any more.
    pub new: Option<Decimal>,
}

/// What moved between what was known and a reading, in the order of the keys.
pub fn moved(known: &BTreeMap<PriceKey, PricePoint>, reading: &Reading) -> Vec<Moved> {
    let mut all = Vec::new();
    for (key, (name, said)) in &reading.prices {
        let old = known.get(key).map(|point| point.amount);
        let new = match said {
            Said::Costs(amount) => Some(*amount),
            Said::NotSold => None,
            Said::Unclear => old,
        };
        if old != new {
            all.push(Moved { key: key.clone(), name: name.clone(), old, new });
        }
    }
    let gone = known.iter().filter(|(key, _)| !reading.prices.contains_key(*key) && !reading.leaves(key));
    all.extend(gone.map(|(key, point)| Moved {
        key: key.clone(),
        name: point.name.clone(),
        old: Some(point.amount),
        new: None,
    }));
    all.sort_by(|a, b| a.key.cmp(&b.key));
    all
}

/// What only got another name: no move, but the name that people know from now on.
pub fn renamed(known: &BTreeMap<PriceKey, PricePoint>, reading: &Reading) -> Vec<(PriceKey, PricePoint)> {
    let other = |key: &PriceKey, point: &PricePoint| {
        known.get(key).is_some_and(|before| before.amount == point.amount && before.name != point.name)
    };
    reading.points().filter(|(key, point)| other(key, point)).map(|(key, point)| (key.clone(), point)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(subject: u8) -> PriceKey {
        PriceKey {
            kind: "product".into(),
            subject: subject.to_string(),
            term: "monthly".into(),
            currency: "EUR".into(),
        }
    }

    fn part(subject: Option<u8>) -> Untold {
        Untold { kind: "product".into(), subject: subject.map(|s| s.to_string()), currency: None }
    }

    fn said() -> impl Strategy<Value = Said> {
        prop_oneof![
            4 => (0_i64..500).prop_map(|cents| Said::Costs(Decimal::new(cents, 2))),
            1 => Just(Said::NotSold),
            1 => Just(Said::Unclear),
        ]
    }

    fn reading() -> impl Strategy<Value = Reading> {
        let nameless = prop_oneof![3 => Just(0_u32), 1 => Just(1)];
        let untold = prop::collection::vec(0_u8..12, 0..3);
        (prop::collection::btree_map(0_u8..12, said(), 0..12), nameless, untold).prop_map(|(rows, nameless, untold)| {
            let mut reading = Reading { nameless, ..Reading::default() };
            rows.into_iter().for_each(|(subject, said)| reading.say(key(subject), "A", said));
            untold.into_iter().for_each(|subject| reading.untold(part(Some(subject))));
            reading
        })
    }

    fn take(known: &mut BTreeMap<PriceKey, PricePoint>, moves: &[Moved]) {
        for one in moves {
            match one.new {
                Some(amount) => known.insert(one.key.clone(), PricePoint { name: one.name.clone(), amount }),
                None => known.remove(&one.key),
            };
        }
    }

    proptest! {
        /// However readings follow each other: what moved leads from the one to the next, a reading that comes twice
        /// moves nothing, and what was not understood takes nothing away.
        #[test]
        fn moves_lead_from_one_reading_to_the_next(readings in prop::collection::vec(reading(), 1..8)) {
            let mut known = BTreeMap::new();
            for reading in &readings {
                let before = known.clone();
                let moves = moved(&known, reading);
                for one in &moves {
                    prop_assert!(one.old != one.new, "{one:?}");
                    prop_assert_eq!(before.get(&one.key).map(|p| p.amount), one.old);
                }
                take(&mut known, &moves);
                prop_assert!(moved(&known, reading).is_empty(), "the same reading again");
                for (key, point) in reading.points() {
                    prop_assert_eq!(known.get(key).map(|p| p.amount), Some(point.amount));
                }
                let kept = |key: &PriceKey| known.get(key).map(|p| p.amount) == before.get(key).map(|p| p.amount);
                for (key, (_, said)) in &reading.prices {
                    prop_assert!(*said != Said::Unclear || kept(key), "{key:?} was not understood");
                }
                let left: Vec<_> = before.keys().filter(|key| !reading.prices.contains_key(*key)).collect();
                prop_assert!(reading.nameless == 0 || left.iter().all(|key| kept(key)));
                for key in left {
                    let told = reading.untold.iter().all(|part| !part.covers(key));
                    prop_assert!(told || kept(key), "nothing was told of {key:?}");
                    prop_assert!(!told || reading.nameless > 0 || !kept(key), "{key:?} has ended");
                }
            }
        }
    }

    #[test]
    fn a_part_without_a_row_is_lost_where_prices_are_known_and_only_there() {
        let known = BTreeMap::from([(key(1), PricePoint { name: "A".into(), amount: Decimal::ONE })]);
        let mut reading = Reading::default();
        reading.empty(part(None));
        assert!(reading.lost(&known) && !reading.lost(&BTreeMap::new()));
        let mut other = Reading::default();
        other.empty(Untold { currency: Some("USD".into()), ..part(None) });
        assert!(!other.lost(&known), "in that currency nothing was known");
    }

    #[test]
    fn two_prices_of_one_thing_say_nothing_and_the_same_twice_says_it() {
        let known = BTreeMap::from([(key(1), PricePoint { name: "A".into(), amount: Decimal::ONE })]);
        let mut reading = Reading::default();
        for amount in [Decimal::TWO, Decimal::TEN, Decimal::TEN] {
            reading.say(key(1), "A", Said::Costs(amount));
            reading.say(key(2), "B", Said::Costs(Decimal::ONE));
        }
        let moves = moved(&known, &reading);
        assert_eq!((moves.len(), moves[0].key.clone(), reading.unclear()), (1, key(2), 1));
    }

    #[test]
    fn another_spelling_of_the_same_number_is_no_move() {
        let known = BTreeMap::from([(key(1), PricePoint { name: "A".into(), amount: "1".parse().unwrap() })]);
        let mut reading = Reading::default();
        reading.say(key(1), "B", Said::Costs("1.00000".parse().unwrap()));
        assert!(moved(&known, &reading).is_empty());
        assert_eq!(renamed(&known, &reading).len(), 1, "but its name is another one");
    }
}

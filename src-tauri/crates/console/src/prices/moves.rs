//! Which prices moved: pure, from what was known and what a reading says.
//!
//! Only what can be bought has a price. One that could not be understood says nothing, so what was known of it stays;
//! one that a whole list does not name any more has ended. Amounts are compared as numbers, not as texts.

use std::collections::BTreeMap;

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

/// A list as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    prices: BTreeMap<PriceKey, (String, Said)>,
    /// Rows without a key: what they are about cannot be told, so nothing is taken for gone.
    nameless: u32,
}

impl Reading {
    /// Adds what the list says of a price, under the name that people know.
    pub fn say(&mut self, key: PriceKey, name: &str, said: Said) {
        self.prices.insert(key, (name.to_owned(), said));
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
    if reading.nameless == 0 {
        let gone = known.iter().filter(|(key, _)| !reading.prices.contains_key(*key));
        all.extend(gone.map(|(key, point)| Moved {
            key: key.clone(),
            name: point.name.clone(),
            old: Some(point.amount),
            new: None,
        }));
    }
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

    fn said() -> impl Strategy<Value = Said> {
        prop_oneof![
            4 => (0_i64..500).prop_map(|cents| Said::Costs(Decimal::new(cents, 2))),
            1 => Just(Said::NotSold),
            1 => Just(Said::Unclear),
        ]
    }

    fn reading() -> impl Strategy<Value = Reading> {
        (prop::collection::btree_map(0_u8..12, said(), 0..12), prop_oneof![3 => Just(0_u32), 1 => Just(1)]).prop_map(
            |(rows, nameless)| {
                let mut reading = Reading { nameless, ..Reading::default() };
                rows.into_iter().for_each(|(subject, said)| reading.say(key(subject), "A", said));
                reading
            },
        )
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
                if reading.nameless > 0 {
                    prop_assert!(before.keys().all(|key| reading.prices.contains_key(key) || kept(key)));
                }
            }
        }
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

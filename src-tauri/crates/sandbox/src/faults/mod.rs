//! Trouble on demand: rules that make either provider slow, wrong, rude or dead, and the one way to answer a call that
//! applies them ([`serve`]).
//!
//! A rule fires for calls of its provider and operation, after skipping `after` of them, at most `times` times, with
//! its `probability`. At most one rule fires per call: the first in the order in which they were added.

mod rules;
mod serve;
mod snapshots;

pub use rules::{Fault, Kind, Rule};
pub use serve::{Cut, serve};
pub(crate) use snapshots::keep;

use std::collections::VecDeque;

use jiff::Timestamp;
use rand::Rng;
use rand_chacha::ChaCha12Rng;
use serde::Serialize;

use crate::journal::Provider;
use snapshots::Snapshots;

/// The rules in force.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Vec<Rule>,
    next_id: u64,
    pub(crate) snapshots: Snapshots,
}

impl Faults {
    /// Adds a rule and returns it with its id.
    pub fn add(&mut self, fault: Fault) -> Rule {
        self.next_id += 1;
        let rule = Rule { id: self.next_id, fault, seen: 0, fired: 0 };
        self.rules.push(rule.clone());
        rule
    }

    /// Removes one rule; false when there is none of that id.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != id);
        self.forget_unneeded_snapshots();
        self.rules.len() < before
    }

    /// Removes all rules.
    pub fn clear(&mut self) {
        self.rules.clear();
        self.forget_unneeded_snapshots();
    }

    /// The rules, with how often each was met and has fired.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The greatest age a stale rule for this provider asks for, in seconds.
    pub(crate) fn stalest(&self, provider: Provider) -> Option<i64> {
        self.rules
            .iter()
            .filter(|rule| rule.fault.provider == provider && rule.fault.kind == Kind::Stale)
            .map(|rule| rule.fault.age_s)
            .max()
    }

    /// Decides whether this call meets trouble, and counts it.
    pub(crate) fn pick(&mut self, provider: Provider, operation: &str, rng: &mut ChaCha12Rng) -> Option<Fault> {
        for rule in &mut self.rules {
            if !rule.fault.concerns(provider, operation) {
                continue;
            }
            rule.seen += 1;
            let spent = rule.fault.times.is_some_and(|times| rule.fired >= times);
            if spent || rule.seen <= rule.fault.after {
                continue;
            }
            if let Some(probability) = rule.fault.probability
                && !rng.random_bool(probability.clamp(0.0, 1.0))
            {
                continue;
            }
            rule.fired += 1;
            return Some(rule.fault.clone());
        }
        None
    }

    fn forget_unneeded_snapshots(&mut self) {
        for provider in [Provider::Whmcs, Provider::Contabo] {
            if self.stalest(provider).is_none() {
                self.snapshots.forget(provider);
            }
        }
    }
}

/// One call that reached the sandbox, whatever became of it.
#[derive(Debug, Clone, Serialize)]
pub struct Arrival {
    /// From 1, without gaps (old ones are forgotten).
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub provider: Provider,
    /// Action or operation.
    pub operation: String,
    /// `x-request-id`, when it carried one.
    pub request_id: Option<String>,
    /// Status answered; absent when the line was cut or left hanging.
    pub status: Option<u16>,
    /// The kind of fault it met.
    pub fault: Option<Kind>,
}

/// The latest calls, for a judge who counts what a client sent.
#[derive(Debug, Default)]
pub struct Arrivals {
    latest: VecDeque<Arrival>,
    count: u64,
}

/// How many calls are remembered.
const REMEMBERED: usize = 100_000;

impl Arrivals {
    pub(crate) fn push(&mut self, arrival: Arrival) {
        self.count += 1;
        if self.latest.len() == REMEMBERED {
            self.latest.pop_front();
        }
        self.latest.push_back(Arrival { seq: self.count, ..arrival });
    }

    /// How many calls came in since the start.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The remembered calls with a greater sequence number than `after`, oldest first.
    pub fn after(&self, after: u64) -> impl Iterator<Item = &Arrival> {
        self.latest.iter().filter(move |arrival| arrival.seq > after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn fault(json: &str) -> Fault {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_rule_skips_then_fires_the_given_number_of_times() {
        let mut faults = Faults::default();
        faults.add(fault(r#"{"provider":"whmcs","operation":"GetClients","kind":"502","after":2,"times":2}"#));
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        let fired: Vec<bool> = (0..6).map(|_| faults.pick(Provider::Whmcs, "getclients", &mut rng).is_some()).collect();
        assert_eq!(fired, [false, false, true, true, false, false], "names match without regard to case");
        assert!(faults.pick(Provider::Contabo, "GetClients", &mut rng).is_none(), "the other provider is not touched");
        assert_eq!((faults.rules()[0].seen, faults.rules()[0].fired), (6, 2));
    }

    #[test]
    fn chance_is_the_same_under_the_same_seed() {
        let run = || {
            let mut faults = Faults::default();
            faults.add(fault(r#"{"provider":"contabo","operation":"*","kind":"500","probability":0.5}"#));
            let mut rng = ChaCha12Rng::seed_from_u64(7);
            (0..64).map(|_| faults.pick(Provider::Contabo, "start", &mut rng).is_some()).collect::<Vec<_>>()
        };
        let first = run();
        assert_eq!(first, run());
        let share = first.iter().filter(|fired| **fired).count();
        assert!((16..48).contains(&share), "about half of them: {share}");
    }

    #[test]
    fn an_unknown_kind_or_field_is_refused() {
        assert!(serde_json::from_str::<Fault>(r#"{"provider":"whmcs","operation":"*","kind":"gremlins"}"#).is_err());
        assert!(
            serde_json::from_str::<Fault>(r#"{"provider":"whmcs","operation":"*","kind":"500","tmies":1}"#).is_err()
        );
    }
}

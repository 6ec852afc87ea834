//! What an unknown outcome is settled by: a pure decision over what the provider says.
//!
//! Contabo's audit lists can be asked for a request id (quirk 8): a row proves that the call was carried out. WHMCS keeps
//! no such list: there the record that the call would have changed is read back, and shows it or not. Either way the
//! absence of a trace proves nothing by itself, because rows may come late and a call may still be under way: only after
//! a grace time, and only when everything could be read in full several times, is it taken as proof that the call did
//! not happen.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rackdesk_wire::Effect;
use serde_json::Value;

use super::policy::{EvidencePolicy, growing};
use crate::plan::Phrase;

/// Where a trace of a lost call is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The provider's audit list, by our request id.
    Audit,
    /// The record that the call would have changed.
    ReadBack,
    /// What the call would have made, found by what it was to be called.
    Trace,
}

impl Source {
    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::ReadBack => "list",
            Self::Trace => "state",
        }
    }
}

/// What one look for a trace of a lost call showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// A trace that can only be ours.
    Seen {
        /// When the provider says it happened.
        at: Option<Timestamp>,
        /// Who did it, in the provider's words.
        by: String,
        /// What it made or touched, by the provider's names (an object); `Null` when that is not known.
        ids: Value,
    },
    /// A row with our request id, but about something else (its id): two stories that cannot both be true.
    Elsewhere {
        /// The resource it is about.
        resource: String,
    },
    /// Everything was read and no trace is in it.
    Absent,
    /// There is more than what was read, and no trace was in that part.
    Incomplete,
    /// It could not be read.
    Unreadable {
        /// Why.
        why: Phrase,
    },
}

/// Everything the decision depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What the call does.
    pub effect: Effect,
    /// Since when nobody of us can still be sending it: when it became unknown.
    pub unknown_since: Timestamp,
    /// How long this process has been looking for it, by a clock that nobody can set.
    pub watched: Duration,
    /// Looks so far, this one included.
    pub looks: i64,
    /// How many of them read the whole list and found nothing, this one included.
    pub absences: i64,
    /// Where was looked.
    pub source: Source,
    /// This look.
    pub look: Look,
    /// The resource is as the call was to make it. Says something only of calls that may happen any number of times, and
    /// only when no trace can be read.
    pub fulfilled: bool,
}

/// Which side a piece of evidence takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// It happened.
    Applied,
    /// It did not happen.
    NotApplied,
    /// Neither.
    Open,
}

impl Speaks {
    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::NotApplied => "not_applied",
            Self::Open => "open",
        }
    }
}

/// Something to be kept as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `reply`, `audit`, `state`, `list`.
    pub source: &'static str,
    /// Which side it takes.
    pub speaks: Speaks,
    /// What it says.
    pub says: Phrase,
}

/// What follows from the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It happened; go on at the wait. Never send it again.
    Applied(Evidence),
    /// It did not happen; a new attempt with a new request id may be made.
    ProvenAbsent(Evidence),
    /// Not known yet.
    AskAgain {
        /// When to look again.
        at: Timestamp,
        /// What this look showed.
        evidence: Evidence,
    },
    /// The evidence contradicts itself.
    NeedsPerson(Evidence),
}

/// Settles an unknown outcome, or says when to look again.
pub fn decide(facts: &Facts, now: Timestamp, policy: &EvidencePolicy) -> Decision {
    let grace_ends = later(now, facts.grace_left(now, policy));
    // To the second: two clocks never agree to the last digit, and the same words are kept only once.
    let until = || [("until", Timestamp::from_second(grace_ends.as_second() + 1).unwrap_or(grace_ends).to_string())];
    let piece = |speaks, says| Evidence { source: facts.source.name(), speaks, says };
    match &facts.look {
        Look::Seen { at, by, .. } => {
            let words = [("at", at.map(|at| at.to_string()).unwrap_or_default()), ("by", by.clone())];
            let codes = ["evidence.audit_seen", "evidence.read_seen", "evidence.trace_seen"];
            Decision::Applied(piece(Speaks::Applied, facts.words(codes, words)))
        }
        Look::Elsewhere { resource } => {
            let words = [("resource", resource.clone())];
            let codes = ["evidence.audit_elsewhere", "evidence.read_elsewhere", "evidence.trace_elsewhere"];
            let says = facts.words(codes, words);
            Decision::NeedsPerson(piece(Speaks::Open, says))
        }
        Look::Absent if now == grace_ends && facts.absences >= policy.least_absences => {
            let waited = SignedDuration::try_from(policy.grace_of(facts.effect)).unwrap_or(SignedDuration::MAX);
            let words = [("looks", facts.absences.to_string()), ("seconds", waited.as_secs().to_string())];
            let says = facts.words(either("evidence.audit_absent_proof", "evidence.read_absent_proof"), words);
            Decision::ProvenAbsent(piece(Speaks::NotApplied, says))
        }
        Look::Absent => {
            let says = facts.words(either("evidence.audit_absent", "evidence.read_absent"), until());
            again(facts, now, grace_ends, policy, says)
        }
        Look::Incomplete => {
            let says = facts.words(either("evidence.audit_incomplete", "evidence.read_incomplete"), []);
            again(facts, now, grace_ends, policy, says)
        }
        Look::Unreadable { .. } if facts.fulfilled && facts.effect == Effect::Idempotent => {
            let says = Phrase::new("evidence.fulfilled", []);
            Decision::Applied(Evidence { source: "state", speaks: Speaks::Applied, says })
        }
        Look::Unreadable { why } => again(facts, now, grace_ends, policy, why.clone()),
    }
}

impl Facts {
    /// What is left of the grace time. The machine's clock may be set, and a process remembers nothing of the one before
    /// it: so it is over only when the clock says so and this process has looked on for as long itself.
    fn grace_left(&self, now: Timestamp, policy: &EvidencePolicy) -> Duration {
        let grace = policy.grace_of(self.effect);
        let by_clock = later(self.unknown_since, grace).duration_since(now);
        Duration::try_from(by_clock).unwrap_or_default().max(grace.saturating_sub(self.watched))
    }

    /// The words for where was looked: in the audits, in the record, for a trace.
    fn words<const N: usize>(&self, [audit, read_back, trace]: [&str; 3], words: [(&str, String); N]) -> Phrase {
        let code = match self.source {
            Source::Audit => audit,
            Source::ReadBack => read_back,
            Source::Trace => trace,
        };
        Phrase::new(code, words)
    }
}

/// Words of two places: a trace that is not there is told as the audits' silence.
const fn either<'a>(audit: &'a str, read_back: &'a str) -> [&'a str; 3] {
    [audit, read_back, audit]
}

fn again(facts: &Facts, now: Timestamp, grace_ends: Timestamp, policy: &EvidencePolicy, says: Phrase) -> Decision {
    let pause = growing(policy.first_ask, policy.longest_ask, facts.looks.saturating_sub(1));
    let mut at = later(now, pause);
    // The look that can settle it should not come later than it must.
    if grace_ends > now && at > grace_ends {
        at = grace_ends;
    }
    Decision::AskAgain { at, evidence: Evidence { source: facts.source.name(), speaks: Speaks::Open, says } }
}

/// A moment some time later, at the end of time at the latest.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EPOCH: i64 = 1_800_000_000;

    fn policy() -> EvidencePolicy {
        super::super::policy::EnginePolicy::default().evidence
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(EPOCH + seconds).unwrap()
    }

    fn look() -> impl Strategy<Value = Look> {
        prop_oneof![
            Just(Look::Seen { at: None, by: "api-acme".into(), ids: Value::Null }),
            Just(Look::Elsewhere { resource: "9".into() }),
            Just(Look::Absent),
            Just(Look::Incomplete),
            Just(Look::Unreadable { why: Phrase::new("evidence.audit_incomplete", []) }),
        ]
    }

    fn effect() -> impl Strategy<Value = Effect> {
        prop_oneof![Just(Effect::Idempotent), Just(Effect::Once), Just(Effect::Billable), Just(Effect::Destructive)]
    }

    prop_compose! {
        fn facts()(
            look in look(), effect in effect(), looks in 1i64..60, missed in 0i64..60, watched in 0u64..2000,
            fulfilled: bool,
        ) -> Facts {
            let absences = (looks - missed).max(i64::from(look == Look::Absent)).min(looks);
            let watched = Duration::from_secs(watched);
            Facts { effect, unknown_since: at(0), watched, looks, absences, source: Source::Audit, look, fulfilled }
        }
    }

    proptest! {
        #[test]
        fn a_row_with_our_id_is_always_proof_and_else_only_a_wish_that_may_come_true_twice(
            facts in facts(), now in -1000i64..5000,
        ) {
            let decision = decide(&facts, at(now), &policy());
            let seen = matches!(facts.look, Look::Seen { .. });
            let blind = matches!(facts.look, Look::Unreadable { .. });
            let so = blind && facts.fulfilled && facts.effect == Effect::Idempotent;
            prop_assert_eq!(matches!(decision, Decision::Applied(_)), seen || so);
        }

        /// The machine's clock is set again and again, ahead and back, while the provider's list lags. However it jumps,
        /// absence is never taken for proof before the process has really looked on for the whole grace time.
        #[test]
        fn no_jump_of_the_clock_shortens_the_grace_time(
            effect in effect(), steps in prop::collection::vec((1u64..30, -100_000i64..100_000, any::<bool>()), 1..60),
        ) {
            let (mut wall, mut watched) = (0_i64, 0_u64);
            for (looks, (passes, jump, jumps)) in (1_i64..).zip(steps) {
                watched += passes;
                wall += i64::try_from(passes).unwrap() + if jumps { jump } else { 0 };
                let facts = Facts {
                    effect,
                    unknown_since: at(0),
                    watched: Duration::from_secs(watched),
                    looks,
                    absences: looks,
                    source: Source::Audit,
                    look: Look::Absent,
                    fulfilled: false,
                };
                match decide(&facts, at(wall), &policy()) {
                    Decision::ProvenAbsent(_) => prop_assert!(
                        facts.watched >= policy().grace_of(effect), "{watched} s were enough at {wall} s"
                    ),
                    Decision::AskAgain { at: next, .. } => prop_assert!(next > at(wall)),
                    other => prop_assert!(false, "{other:?}"),
                }
            }
        }

        #[test]
        fn absence_is_proof_only_after_grace_and_enough_whole_looks(facts in facts(), now in -1000i64..5000) {
            if let Decision::ProvenAbsent(_) = decide(&facts, at(now), &policy()) {
                let grace = policy().grace_of(facts.effect);
                prop_assert!(now >= grace.as_secs() as i64, "{now} s of {grace:?}");
                prop_assert!(facts.watched >= grace, "{:?} of {grace:?}", facts.watched);
                prop_assert!(facts.absences >= policy().least_absences);
                prop_assert_eq!(facts.look, Look::Absent);
            }
        }

        #[test]
        fn once_absence_is_proven_waiting_longer_does_not_unprove_it(facts in facts(), now in 0i64..5000, more in 0i64..5000) {
            if let Decision::ProvenAbsent(_) = decide(&facts, at(now), &policy()) {
                let watched = facts.watched + Duration::from_secs(more.unsigned_abs());
                let later = Facts { looks: facts.looks + 1, absences: facts.absences + 1, watched, ..facts };
                prop_assert!(matches!(decide(&later, at(now + more), &policy()), Decision::ProvenAbsent(_)));
            }
        }

        #[test]
        fn asking_again_lies_ahead_and_not_too_far(facts in facts(), now in -1000i64..5000) {
            if let Decision::AskAgain { at: next, .. } = decide(&facts, at(now), &policy()) {
                prop_assert!(next > at(now));
                prop_assert!(next <= later(at(now), policy().longest_ask));
            }
        }
    }

    #[test]
    fn the_deciding_look_comes_right_when_the_grace_time_ends() {
        let facts = Facts {
            effect: Effect::Once,
            unknown_since: at(0),
            watched: Duration::from_secs(80),
            looks: 20,
            absences: 20,
            source: Source::Audit,
            look: Look::Absent,
            fulfilled: false,
        };
        let Decision::AskAgain { at: next, .. } = decide(&facts, at(80), &policy()) else { panic!("grace is 90 s") };
        assert_eq!(next, at(90));
        let facts = Facts { watched: Duration::from_secs(90), ..facts };
        assert!(matches!(decide(&facts, next, &policy()), Decision::ProvenAbsent(_)));
    }

    #[test]
    fn a_clock_that_jumps_ahead_does_not_make_one_look_proof() {
        let facts = Facts {
            effect: Effect::Once,
            unknown_since: at(0),
            watched: Duration::from_secs(1_000_000),
            looks: 1,
            absences: 1,
            source: Source::Audit,
            look: Look::Absent,
            fulfilled: false,
        };
        assert!(matches!(decide(&facts, at(1_000_000), &policy()), Decision::AskAgain { .. }));
    }
}

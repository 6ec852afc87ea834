//! How patient the engine is. All of it can be set, so that tests do not wait.

use std::time::Duration;

use rackdesk_wire::Effect;

use crate::profile::Policy;

/// When the provider is asked again whether a lost attempt happened, and when its silence is proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidencePolicy {
    /// How late an audit row may be for a call that costs and destroys nothing.
    pub grace: Duration,
    /// The same for calls that cost money or destroy data.
    pub grace_costly: Duration,
    /// Pause before the second look; it grows from there.
    pub first_ask: Duration,
    /// Longest pause between two looks.
    pub longest_ask: Duration,
    /// Looks that must have found nothing. A clock that jumps ahead can fake a grace time, but not these.
    pub least_absences: i64,
}

impl EvidencePolicy {
    /// The grace time of an effect.
    pub const fn grace_of(&self, effect: Effect) -> Duration {
        match effect {
            Effect::Read | Effect::Idempotent | Effect::Once => self.grace,
            Effect::Billable | Effect::Destructive => self.grace_costly,
        }
    }
}

/// How the provider's asynchronous work is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitPolicy {
    /// Pause before the first look; it grows from there.
    pub first_look: Duration,
    /// Longest pause between two looks.
    pub longest_look: Duration,
    /// How long an audit row is waited for once the state is right and the provider had answered that it did it.
    pub audit_patience: Duration,
    /// A machine that still runs this long after a restart, and was never seen down, has been down between two looks.
    pub restart_settles: Duration,
    /// Given to every kind's own time limit as a factor in percent; 100 in production.
    pub limit_percent: u32,
}

/// When something that certainly did not happen is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackoffPolicy {
    /// Pause after the first failure; it doubles from there.
    pub first: Duration,
    /// Longest pause.
    pub longest: Duration,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnginePolicy {
    /// Unknown outcomes.
    pub evidence: EvidencePolicy,
    /// Waiting.
    pub wait: WaitPolicy,
    /// Trying again.
    pub backoff: BackoffPolicy,
    /// Calls in flight at once on Contabo.
    pub contabo_slots: usize,
    /// Calls in flight at once on WHMCS.
    pub whmcs_slots: usize,
    /// How long a lease is good without being renewed. Longer than any call.
    pub lease: Duration,
    /// Shortest pause between the setting of a service's lock and the look whether it stands: longer than another operator
    /// takes from reading the field to writing it.
    pub lock_settles: Duration,
    /// An approved action that could not be started for this long is given up.
    pub start_within: Duration,
    /// Longest time that a lock or a note in WHMCS may take, beside a step of the other provider.
    pub linked_within: Duration,
    /// What the profile began with; the guardrails are asked once more before each send, with the newest one.
    pub rails: Policy,
}

impl Default for EnginePolicy {
    fn default() -> Self {
        Self::of(&Policy::default())
    }
}

impl EnginePolicy {
    /// What a profile's policy means for the engine.
    pub fn of(policy: &Policy) -> Self {
        Self {
            evidence: EvidencePolicy {
                grace: Duration::from_secs(policy.grace_seconds.into()),
                grace_costly: Duration::from_secs(policy.grace_costly_seconds.into()),
                first_ask: Duration::from_secs(3),
                longest_ask: Duration::from_secs(60),
                least_absences: 3,
            },
            wait: WaitPolicy {
                first_look: Duration::from_secs(2),
                longest_look: Duration::from_secs(20),
                audit_patience: Duration::from_secs(180),
                restart_settles: Duration::from_secs(15),
                limit_percent: 100,
            },
            backoff: BackoffPolicy { first: Duration::from_secs(3), longest: Duration::from_secs(300) },
            contabo_slots: 4,
            whmcs_slots: 2,
            lease: Duration::from_secs(300),
            lock_settles: Duration::from_secs(2),
            start_within: Duration::from_secs(4 * 3600),
            linked_within: Duration::from_secs(10),
            rails: policy.clone(),
        }
    }

    /// A short-tempered one for tests against a provider that is quick: everything in milliseconds, `grace` apart.
    pub fn quick(grace: Duration) -> Self {
        Self {
            evidence: EvidencePolicy {
                grace,
                grace_costly: grace * 4,
                first_ask: Duration::from_millis(40),
                longest_ask: Duration::from_millis(400),
                least_absences: 3,
            },
            wait: WaitPolicy {
                first_look: Duration::from_millis(50),
                longest_look: Duration::from_millis(400),
                audit_patience: Duration::from_secs(20),
                restart_settles: Duration::from_millis(1500),
                limit_percent: 100,
            },
            backoff: BackoffPolicy { first: Duration::from_millis(40), longest: Duration::from_millis(500) },
            lock_settles: Duration::from_millis(20),
            ..Self::default()
        }
    }
}

/// A pause that grows by half with each round, up to a longest one.
pub fn growing(first: Duration, longest: Duration, round: i64) -> Duration {
    let mut pause = first;
    for _ in 0..round.clamp(0, 40) {
        if pause >= longest {
            break;
        }
        pause += pause / 2;
    }
    pause.min(longest)
}

impl BackoffPolicy {
    /// The pause after the n-th failure in a row (from 1): doubled each time, then somewhere in its upper half, so that
    /// actions that failed together do not come back together. A provider that names a longer pause gets it.
    pub fn pause(&self, failures: i64, asked: Option<Duration>, dice: &mut impl rand::Rng) -> Duration {
        let doubled = self.first.saturating_mul(1 << failures.clamp(1, 20).saturating_sub(1)).min(self.longest);
        let own = doubled.mul_f64(dice.random_range(0.5..=1.0));
        own.max(asked.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::StdRng};

    proptest! {
        #[test]
        fn a_pause_stays_between_half_and_whole_of_the_doubled_bound(failures in 1i64..60, seed: u64) {
            let policy = EnginePolicy::default().backoff;
            let pause = policy.pause(failures, None, &mut StdRng::seed_from_u64(seed));
            let bound = policy.first.saturating_mul(1 << (failures - 1).min(20)).min(policy.longest);
            prop_assert!(pause >= bound / 2 && pause <= bound, "{pause:?} of {bound:?}");
        }

        #[test]
        fn a_provider_that_names_a_pause_gets_at_least_that(asked in 0u64..10_000, seed: u64) {
            let policy = EnginePolicy::default().backoff;
            let asked = Duration::from_secs(asked);
            prop_assert!(policy.pause(1, Some(asked), &mut StdRng::seed_from_u64(seed)) >= asked);
        }

        #[test]
        fn growing_pauses_never_shrink_and_never_pass_the_longest(round in 0i64..100) {
            let (first, longest) = (Duration::from_secs(2), Duration::from_secs(20));
            prop_assert!(growing(first, longest, round) <= growing(first, longest, round + 1));
            prop_assert!(growing(first, longest, round) <= longest);
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_pauses() {
        let policy = EnginePolicy::default().backoff;
        let run = |seed| {
            let mut dice = StdRng::seed_from_u64(seed);
            (1..6).map(|n| policy.pause(n, None, &mut dice)).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn what_costs_money_or_data_waits_longer_for_proof() {
        let policy = EnginePolicy::default().evidence;
        assert_eq!(policy.grace_of(Effect::Once), Duration::from_secs(90));
        assert_eq!(policy.grace_of(Effect::Idempotent), Duration::from_secs(90));
        assert_eq!(policy.grace_of(Effect::Billable), Duration::from_secs(600));
        assert_eq!(policy.grace_of(Effect::Destructive), Duration::from_secs(600));
    }
}

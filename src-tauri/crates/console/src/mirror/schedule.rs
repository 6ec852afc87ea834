//! When to read what again. Pure: the clock is a parameter.

use jiff::{SignedDuration, Timestamp};
use rackdesk_store::mirror::{Kind, SyncState};

/// How old a kind may become. Contabo is small and quick; WHMCS shares its machine with the shop.
fn life(kind: Kind) -> SignedDuration {
    SignedDuration::from_secs(match kind {
        Kind::Instances => 60,
        Kind::Tickets => 120,
        Kind::Clients | Kind::Services => 600,
        Kind::Invoices => 900,
        Kind::Tags => 900,
        Kind::Images | Kind::DataCenters => 24 * 3600,
    })
}

const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(300);

/// Which kinds are due: never read, or older than their life. A provider that failed is left alone until its next
/// try, whichever kind it failed with: what answers for one list would fail for the others as well.
pub(super) fn due(states: &[SyncState], now: Timestamp) -> Vec<Kind> {
    let resting = |provider: &str| {
        states.iter().filter(|s| s.kind.provider() == provider).any(|s| s.next_try.is_some_and(|at| at > now))
    };
    states
        .iter()
        .filter(|s| !resting(s.kind.provider()))
        .filter(|s| s.error.is_some() || s.last_whole.is_none_or(|at| now.duration_since(at) >= life(s.kind)))
        .map(|s| s.kind)
        .collect()
}

/// When a kind that failed is tried again: the pause doubles from one failure to the next.
pub(super) fn next_try(before: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let pause = match before {
        // The last planned pause is not kept; how long ago it ended tells that failures follow each other.
        Some(at) if now.duration_since(at).abs() < LONGEST_PAUSE => {
            (now.duration_since(at).abs() + FIRST_PAUSE).saturating_mul(2)
        }
        _ => FIRST_PAUSE,
    };
    now.saturating_add(pause.min(LONGEST_PAUSE)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn everything_is_due_at_first_and_nothing_right_after() {
        let fresh: Vec<_> = Kind::ALL.into_iter().map(SyncState::new).collect();
        assert_eq!(due(&fresh, at(1000)), Kind::ALL.to_vec());
        let read: Vec<_> = fresh.into_iter().map(|s| SyncState { last_whole: Some(at(1000)), ..s }).collect();
        assert!(due(&read, at(1030)).is_empty());
        assert_eq!(due(&read, at(1061)), vec![Kind::Instances]);
    }

    #[test]
    fn a_provider_that_failed_rests_and_the_other_does_not() {
        let mut states: Vec<_> = Kind::ALL.into_iter().map(SyncState::new).collect();
        states[0].next_try = Some(at(1010));
        states[0].error = Some(serde_json::json!({}));
        assert!(due(&states, at(1005)).iter().all(|k| k.provider() == "contabo"));
        assert!(due(&states, at(1011)).contains(&Kind::Clients));
    }

    #[test]
    fn pauses_stay_within_their_bounds() {
        let mut before = None;
        for _ in 0..20 {
            let now = before.unwrap_or(at(5000));
            let next = next_try(before, now);
            let pause = next.duration_since(now);
            assert!(pause >= FIRST_PAUSE && pause <= LONGEST_PAUSE, "{pause}");
            before = Some(next);
        }
    }
}

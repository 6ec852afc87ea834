//! When and for whom nothing is interrupted: freezes, windows, open tickets.

use jiff::Timestamp;

use super::strictly;
use crate::{
    plan::{Change, Phrase, Verdict, facts::Facts},
    policy::{Freeze, Policy},
};

/// The freeze a moment lies in that lasts longest.
pub(super) fn frozen(policy: &Policy, now: Timestamp) -> Option<&Freeze> {
    policy.freezes.iter().filter(|freeze| freeze.contains(now)).max_by_key(|freeze| freeze.until)
}

/// Where a moment lies between the windows.
pub(super) enum Opening {
    /// In one, or there are none.
    Open,
    /// The next one begins then.
    At(Timestamp),
    /// None of them ever opens.
    Never,
}

pub(super) fn opening(policy: &Policy, now: Timestamp) -> Opening {
    if policy.windows.is_empty() || policy.windows.iter().any(|window| window.contains(now)) {
        return Opening::Open;
    }
    match policy.windows.iter().filter_map(|window| window.opens(now)).min() {
        Some(at) => Opening::At(at),
        None => Opening::Never,
    }
}

pub(super) fn frozen_words(freeze: &Freeze) -> Phrase {
    Phrase::new("guard.frozen", [("name", freeze.name.clone()), ("until", freeze.until.to_string())])
}

/// Whether something may be interrupted now.
pub(super) fn maintenance(policy: &Policy, now: Timestamp) -> Verdict {
    if let Some(freeze) = frozen(policy, now) {
        return Verdict::block("maintenance", frozen_words(freeze)).overridable();
    }
    match opening(policy, now) {
        Opening::Open => {}
        Opening::At(at) => {
            let reason = Phrase::new("guard.waits_for_window", [("at", at.to_string())]);
            return Verdict::warn("maintenance", reason).overridable();
        }
        Opening::Never => {
            return Verdict::block("maintenance", Phrase::new("guard.no_window_opens", [])).overridable();
        }
    }
    let next = policy.freezes.iter().filter(|f| f.from > now).min_by_key(|f| f.from);
    let reason = match next {
        Some(freeze) => {
            Phrase::new("guard.no_freeze_until", [("name", freeze.name.clone()), ("from", freeze.from.to_string())])
        }
        None => Phrase::new("guard.no_freeze", []),
    };
    Verdict::pass("maintenance", reason)
}

/// The open tickets of one target's client.
pub(super) fn ticket(facts: &Facts, policy: &Policy) -> Option<Verdict> {
    if facts.open_tickets.is_empty() {
        return None;
    }
    let reason = Phrase::new(
        "guard.ticket",
        [("count", facts.open_tickets.len().to_string()), ("tickets", facts.open_tickets.join(", "))],
    );
    Some(strictly(policy.tickets_block, "open_tickets", reason))
}

/// The open tickets of all rows that would be carried out.
pub(super) fn tickets(rows: &[&Change], facts: &[Facts]) -> Option<Verdict> {
    let mut numbers: Vec<String> = Vec::new();
    let mut servers = 0_u32;
    for row in rows {
        let Some(found) = facts.iter().find(|f| f.id == row.target.id && !f.open_tickets.is_empty()) else { continue };
        servers += 1;
        for number in &found.open_tickets {
            if !numbers.contains(number) {
                numbers.push(number.clone());
            }
        }
    }
    if servers == 0 {
        return Some(Verdict::pass("open_tickets", Phrase::new("guard.no_tickets", [])));
    }
    let more = numbers.len().saturating_sub(5);
    numbers.truncate(5);
    let mut list = numbers.join(", ");
    if more > 0 {
        list.push_str(" …");
    }
    let words = [("count", servers.to_string()), ("tickets", list)];
    Some(Verdict::warn("open_tickets", Phrase::new("guard.tickets", words)).overridable())
}

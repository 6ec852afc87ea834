//! What may be done, to what, when and how often: pure functions over facts and policy, each with a reason that a
//! person understands.

use jiff::{SignedDuration, Timestamp, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    Change, Impact, Phrase, Ruling, Verdict,
    facts::{Facts, History},
};
use crate::{act::kinds::Card, profile::Policy};

/// A time in which nothing that interrupts is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Begin.
    pub from: Timestamp,
    /// End, not included.
    pub until: Timestamp,
    /// Why, e.g. `Black Friday`.
    pub name: String,
}

/// A weekly time in which things that interrupt may be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Day on which it begins, 1 = Monday … 7 = Sunday.
    pub weekday: i8,
    /// Minute of that day on which it begins.
    pub minute: u16,
    /// How long, in minutes.
    pub minutes: u32,
    /// Time zone, e.g. `Europe/Berlin`.
    pub zone: String,
}

/// What a profile allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardrails {
    /// Power actions per hour.
    pub power_per_hour: u32,
    /// Server name patterns that no action may touch; `*` stands for any text.
    pub protected: Vec<String>,
    /// Tags whose servers no action may touch.
    pub protected_tags: Vec<String>,
    /// Times in which nothing may be interrupted.
    pub freezes: Vec<Freeze>,
    /// When there are any, interruptions are allowed in them only.
    pub windows: Vec<Window>,
    /// Facts older than this are warned about, in seconds.
    pub stale_seconds: i64,
}

impl From<&Policy> for Guardrails {
    fn from(policy: &Policy) -> Self {
        Self {
            power_per_hour: policy.power_per_hour,
            protected: policy.protected.clone(),
            protected_tags: vec!["protected".into()],
            freezes: Vec::new(),
            windows: Vec::new(),
            stale_seconds: 15 * 60,
        }
    }
}

impl Default for Guardrails {
    fn default() -> Self {
        Self::from(&Policy::default())
    }
}

fn verdict(guardrail: &str, ruling: Ruling, reason: Phrase) -> Verdict {
    Verdict { guardrail: guardrail.to_owned(), ruling, reason }
}

impl Guardrails {
    /// Most actions of a family per hour; `None` when they are not limited.
    pub fn per_hour(&self, family: &str) -> Option<u32> {
        (family == "power").then_some(self.power_per_hour)
    }
}

/// The first pattern that a name fits, in any letter case.
pub fn protecting<'a>(name: &str, patterns: &'a [String]) -> Option<&'a str> {
    let name = name.to_lowercase();
    patterns.iter().map(String::as_str).find(|pattern| fits(&name, &pattern.to_lowercase()))
}

/// `*` stands for any text, also none.
fn fits(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let mut parts: Vec<&str> = parts.collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The guardrails that speak about one target. `forbidden` is the kind's own rule.
pub fn about_row(
    card: &Card,
    facts: &Facts,
    forbidden: Option<Phrase>,
    rails: &Guardrails,
    now: Timestamp,
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if let Some(pattern) = protecting(&facts.name, &rails.protected) {
        let reason = Phrase::new("guard.protected", [("pattern", pattern.to_owned())]);
        verdicts.push(verdict("protected", Ruling::Block, reason));
    } else if let Some(tag) =
        facts.tags.iter().find(|tag| rails.protected_tags.iter().any(|p| p.eq_ignore_ascii_case(tag)))
    {
        let reason = Phrase::new("guard.protected_tag", [("tag", tag.clone())]);
        verdicts.push(verdict("protected", Ruling::Block, reason));
    }
    if let Some(action) = &facts.open_action {
        let words = [("action", action.id.to_string())];
        verdicts.push(if card.supersedes.contains(&action.kind.as_str()) {
            verdict("busy", Ruling::Warn, Phrase::new("rule.supersedes", words))
        } else {
            verdict("busy", Ruling::Block, Phrase::new("rule.busy", words))
        });
    } else if let Some(reason) = forbidden {
        verdicts.push(verdict("state", Ruling::Block, reason));
    }
    let age = now.duration_since(facts.as_of).as_secs();
    if age > rails.stale_seconds {
        let reason = Phrase::new("guard.stale", [("minutes", (age / 60).to_string()), ("at", facts.as_of.to_string())]);
        verdicts.push(verdict("stale", Ruling::Warn, reason));
    }
    if !facts.open_tickets.is_empty() && card.impact > Impact::Keep {
        let reason = Phrase::new(
            "guard.ticket",
            [("count", facts.open_tickets.len().to_string()), ("tickets", facts.open_tickets.join(", "))],
        );
        verdicts.push(verdict("open_tickets", Ruling::Warn, reason));
    }
    verdicts
}

/// A target that the mirror does not know.
pub fn unknown_target() -> Vec<Verdict> {
    vec![verdict("missing", Ruling::Block, Phrase::new("guard.missing", []))]
}

/// The guardrails that speak about the plan as a whole, over the rows that would be carried out.
pub fn about_plan(
    card: &Card,
    rows: &[&Change],
    facts: &[Facts],
    rails: &Guardrails,
    history: &History,
    now: Timestamp,
) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = rate(card, rows.len(), rails, history).into_iter().collect();
    if card.impact > Impact::Keep {
        verdicts.push(maintenance(rails, now));
        verdicts.extend(tickets(rows, facts));
    }
    verdicts
}

fn rate(card: &Card, rows: usize, rails: &Guardrails, history: &History) -> Option<Verdict> {
    let allowed = rails.per_hour(card.family())?;
    let total = history.last_hour.saturating_add(u32::try_from(rows).unwrap_or(u32::MAX));
    let words =
        [("count", total.to_string()), ("used", history.last_hour.to_string()), ("allowed", allowed.to_string())];
    Some(if total > allowed {
        verdict("rate", Ruling::Block, Phrase::new("guard.rate_over", words))
    } else {
        verdict("rate", Ruling::Pass, Phrase::new("guard.rate", words))
    })
}

fn maintenance(rails: &Guardrails, now: Timestamp) -> Verdict {
    if let Some(freeze) = rails.freezes.iter().find(|f| f.from <= now && now < f.until) {
        let reason = Phrase::new("guard.frozen", [("name", freeze.name.clone()), ("until", freeze.until.to_string())]);
        return verdict("maintenance", Ruling::Block, reason);
    }
    if !rails.windows.is_empty() && !rails.windows.iter().any(|w| w.contains(now)) {
        return verdict("maintenance", Ruling::Block, Phrase::new("guard.outside_window", []));
    }
    let next = rails.freezes.iter().filter(|f| f.from > now).min_by_key(|f| f.from);
    let reason = match next {
        Some(freeze) => {
            Phrase::new("guard.no_freeze_until", [("name", freeze.name.clone()), ("from", freeze.from.to_string())])
        }
        None => Phrase::new("guard.no_freeze", []),
    };
    verdict("maintenance", Ruling::Pass, reason)
}

fn tickets(rows: &[&Change], facts: &[Facts]) -> Option<Verdict> {
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
        return Some(verdict("open_tickets", Ruling::Pass, Phrase::new("guard.no_tickets", [])));
    }
    let more = numbers.len().saturating_sub(5);
    numbers.truncate(5);
    let mut list = numbers.join(", ");
    if more > 0 {
        list.push_str(" …");
    }
    let words = [("count", servers.to_string()), ("tickets", list)];
    Some(verdict("open_tickets", Ruling::Warn, Phrase::new("guard.tickets", words)))
}

impl Window {
    /// Whether a moment lies in it. A window in an unknown zone contains nothing.
    pub fn contains(&self, now: Timestamp) -> bool {
        let (Ok(zone), Ok(wanted)) = (TimeZone::get(&self.zone), Weekday::from_monday_one_offset(self.weekday)) else {
            return false;
        };
        let local = now.to_zoned(zone.clone());
        // It may have begun up to a week ago.
        (0..8).any(|days| {
            let Ok(day) = local.date().checked_sub(jiff::Span::new().days(days)) else { return false };
            if day.weekday() != wanted {
                return false;
            }
            let clock = jiff::civil::time(
                i8::try_from(self.minute / 60).unwrap_or(0).min(23),
                i8::try_from(self.minute % 60).unwrap_or(0),
                0,
                0,
            );
            let Ok(begin) = day.to_datetime(clock).to_zoned(zone.clone()) else { return false };
            let begin = begin.timestamp();
            let length = SignedDuration::from_mins(i64::from(self.minutes));
            begin <= now && now.duration_since(begin) < length
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_stands_for_any_text() {
        let protects = |pattern: &str, name: &str| protecting(name, &[pattern.to_owned()]).is_some();
        for (pattern, name) in [
            ("db-*", "db-core"),
            ("*", ""),
            ("*prod*", "web-prod-1"),
            ("a*b*c", "a-b-b-c"),
            ("Core", "core"),
            ("db-*", "DB-"),
        ] {
            assert!(protects(pattern, name), "{pattern} should protect {name}");
        }
        for (pattern, name) in [("db-*", "mydb-1"), ("core", "core-2"), ("a*b", "ac"), ("", "x"), ("a*ab", "ab")] {
            assert!(!protects(pattern, name), "{pattern} should not protect {name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_fits_itself_and_any_pattern_that_only_loses_a_piece(a in "[a-z-]{0,6}", b in "[a-z-]{0,6}", c in "[a-z-]{0,6}") {
            let name = format!("{a}{b}{c}");
            prop_assert!(fits(&name, &name));
            let pattern = format!("{a}*{c}");
            prop_assert!(fits(&name, &pattern));
        }
    }

    #[test]
    fn a_window_that_begins_before_midnight_reaches_into_the_next_day() {
        let window = Window { weekday: 6, minute: 22 * 60, minutes: 240, zone: "Europe/Berlin".into() };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(!window.contains(at("2026-11-28T20:59:59Z")), "21:59:59 in Berlin");
        assert!(window.contains(at("2026-11-28T21:00:00Z")));
        assert!(window.contains(at("2026-11-29T00:59:59Z")), "Sunday, 01:59:59 in Berlin");
        assert!(!window.contains(at("2026-11-29T01:00:00Z")));
        assert!(!Window { zone: "Nowhere/Land".into(), ..window }.contains(at("2026-11-28T21:00:00Z")));
    }
}

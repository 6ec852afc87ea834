//! The texts in the two fields: the lock's one line, and the list of request ids.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::plan::Phrase;

/// Request ids that are kept, the newest first.
const KEPT: usize = 10;

/// A line in the lock field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceLock {
    /// Operator and machine.
    pub holder: String,
    /// Action, as people know it, e.g. `A-17`.
    pub action: String,
    /// When it is over.
    pub until: Timestamp,
    /// Tells one wish from another.
    pub wish: String,
}

impl ServiceLock {
    /// Reads a line; `None` for anything that is none, also for an empty one.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().map(str::to_owned);
        let (holder, action, until, wish) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let until = until.parse().ok()?;
        words.next().is_none().then_some(Self { holder, action, until, wish })
    }

    pub(super) fn line(&self) -> String {
        format!("{} {} {} {}", self.holder, self.action, self.until, self.wish)
    }
}

/// What stands in the way of a lock; `None` when it may be set, or is ours already.
pub fn in_the_way(text: &str, wish: &str, now: Timestamp) -> Option<Phrase> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Some(lock) = ServiceLock::read(text) else {
        let shown: String = text.chars().take(80).collect();
        return Some(Phrase::new("waits.lock_foreign", [("text", shown)]));
    };
    if lock.wish == wish || lock.until <= now {
        return None;
    }
    let words = [("by", lock.holder), ("what", lock.action), ("until", lock.until.to_string())];
    Some(Phrase::new("waits.locked", words))
}

/// The field's new text: the newest lines first, each request once, old ones given up.
pub fn with_ids(known: &str, new: &[(Timestamp, String, String)]) -> String {
    let mut lines: BTreeMap<(Timestamp, String), String> = BTreeMap::new();
    for line in known.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let at = line.split(' ').next().and_then(|at| at.parse().ok()).unwrap_or(Timestamp::MIN);
        lines.insert((at, line.rsplit(' ').next().unwrap_or_default().to_owned()), line.to_owned());
    }
    for (at, what, request) in new {
        lines.insert((*at, request.clone()), format!("{at} {what} {request}"));
    }
    lines.into_values().rev().take(KEPT).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrases::english;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_lock_is_in_the_way_of_others_for_its_time() {
        let now = at("2026-11-20T17:00:00Z");
        let line = "ana@desk-3 A-17 2026-11-20T17:05:00Z 5d1c0f7e";
        let says = |text: &str, wish: &str, now| in_the_way(text, wish, now).as_ref().map(english);
        assert_eq!(says("", "aaaa", now), None);
        assert_eq!(says(line, "5d1c0f7e", now), None, "our own");
        let other = says(line, "aaaa", now).unwrap();
        assert_eq!(other, "ana@desk-3 is at work on the service (A-17) until 2026-11-20 17:05:00 UTC at the latest");
        assert_eq!(says(line, "aaaa", at("2026-11-20T17:05:00Z")), None, "its time is over");
        let foreign = says("locked by a module", "aaaa", now).unwrap();
        assert!(foreign.ends_with("locked by a module"), "{foreign}");
        assert_eq!(ServiceLock::read(line).unwrap().line(), line);
    }

    #[test]
    fn the_newest_ten_request_ids_are_kept_each_once() {
        let new = |minute: i64, id: &str| {
            let at = Timestamp::from_second(1_795_190_400 + minute * 60).unwrap();
            (at, "power.restart/send A-1".to_owned(), id.to_owned())
        };
        let mut text = "written by hand".to_owned();
        for minute in 0..9 {
            text = with_ids(&text, &[new(minute, &format!("id-{minute}"))]);
        }
        assert_eq!(text.lines().count(), 10);
        assert!(text.lines().next().unwrap().ends_with(" power.restart/send A-1 id-8"), "{text}");
        assert_eq!(with_ids(&text, &[new(8, "id-8")]), text, "told twice, kept once");
        let more = with_ids(&text, &[new(9, "id-9")]);
        assert_eq!(more.lines().count(), KEPT);
        assert!(!more.contains("written by hand") && more.contains("id-0"), "{more}");
    }
}

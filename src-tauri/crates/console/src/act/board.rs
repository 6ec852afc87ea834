//! What a person reads about actions: why they wait, what to know, the line under each figure of the board.

use std::collections::HashMap;

use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, BoardCount, ControlRecord, EvidenceRecord},
    rusqlite::Connection,
};

use super::{ActionState, kinds::Lane};
use crate::{plan::Phrase, record::timeline::phrase};

/// How far down a lane places are counted.
const COUNTED: usize = 1000;

/// What waiting depends on beside the action itself; read once for a whole window.
pub struct Traffic {
    control: ControlRecord,
    /// Somebody works the queue.
    worked: bool,
    /// Place of each action that may be started, from 0.
    places: HashMap<i64, usize>,
}

impl Traffic {
    /// Reads switches and lanes. `worked` says whether any process works the queue.
    ///
    /// # Errors
    /// When the queue cannot be read.
    pub fn read(c: &Connection, worked: bool) -> Result<Self, StoreError> {
        let mut places = HashMap::new();
        for lane in Lane::ALL {
            for (place, id) in queue::lane_order(c, lane.name(), COUNTED)?.into_iter().enumerate() {
                places.insert(id, place);
            }
        }
        Ok(Self { control: queue::control(c)?, worked, places })
    }
}

/// Why an action waits; `None` when it does not.
///
/// # Errors
/// When the queue cannot be read.
pub fn waits(c: &Connection, action: &ActionRecord, traffic: &Traffic) -> Result<Option<Phrase>, StoreError> {
    if let Some(damaged) = damaged(action) {
        return Ok(Some(damaged));
    }
    let told = phrase(action.waits.as_deref());
    Ok(match ActionState::named(&action.state) {
        Some(ActionState::Ready) => ready(c, action, traffic)?,
        Some(ActionState::Retryable) => both(told, switched_off(traffic)),
        Some(ActionState::Unknown) if action.next_at.is_none() => Some(told.unwrap_or(Phrase::new("waits.person", []))),
        Some(ActionState::Unknown) => Some(told.unwrap_or(Phrase::new("waits.evidence", []))),
        Some(ActionState::Held | ActionState::Running) => told,
        _ => None,
    })
}

/// What is said of an action whose row in the database is damaged.
pub fn damaged(action: &ActionRecord) -> Option<Phrase> {
    Some(Phrase::new("action.damaged", [("column", action.damage.clone()?)]))
}

fn switched_off(traffic: &Traffic) -> Option<Phrase> {
    if traffic.control.stopped {
        Some(Phrase::new("waits.stopped", []))
    } else if traffic.control.paused {
        Some(Phrase::new("waits.paused", []))
    } else if !traffic.worked {
        Some(Phrase::new("waits.nobody", []))
    } else {
        None
    }
}

/// Why it waits by itself, and why nothing would go on anyway: neither hides the other.
fn both(told: Option<Phrase>, off: Option<Phrase>) -> Option<Phrase> {
    match (told, off) {
        (Some(why), Some(off)) => Some(Phrase::new("waits.both", [("why", why.inside()), ("off", off.inside())])),
        (told, off) => told.or(off),
    }
}

fn ready(c: &Connection, action: &ActionRecord, traffic: &Traffic) -> Result<Option<Phrase>, StoreError> {
    if let Some(off) = switched_off(traffic) {
        return Ok(both(phrase(action.waits.as_deref()), Some(off)));
    }
    if traffic.control.keeps(&action.lane) {
        return Ok(Some(Phrase::new("waits.lane_paused", [("lane", action.lane.clone())])));
    }
    if let Some(need) = queue::needs(c, action.id)?.first() {
        return Ok(Some(Phrase::new("waits.need", [("action", need.to_string())])));
    }
    if let Some(before) = queue::line_before(c, action)? {
        return Ok(Some(Phrase::new("waits.line", [("action", before.to_string())])));
    }
    // It stood here before: a guardrail put it back, and it is asked again then.
    if let Some(told) = phrase(action.waits.as_deref()) {
        return Ok(Some(told));
    }
    let place = traffic.places.get(&action.id).copied().unwrap_or(COUNTED);
    Ok((place > 0).then(|| Phrase::new("waits.behind", [("count", place.to_string())])))
}

/// What a person should know about an action that needs them.
pub fn notice(action: &ActionRecord, evidence: &[EvidenceRecord]) -> Option<Phrase> {
    match ActionState::named(&action.state)? {
        ActionState::Unknown if action.next_at.is_none() && action.lease.is_none() => {
            Some(Phrase::new("notice.unknown_person", []))
        }
        // Looks that all failed: it may stay so for long, and a person may know more.
        ActionState::Unknown if action.looks > 2 && action.absences == 0 && !evidence.is_empty() => {
            Some(Phrase::new("notice.unknown_unreadable", []))
        }
        ActionState::Unknown => Some(Phrase::new("notice.unknown", [])),
        // What its earlier steps did is there.
        ActionState::Failed if action.stage > 0 => Some(Phrase::new("notice.half_done", [])),
        ActionState::Failed => Some(Phrase::new("notice.failed", [])),
        _ => None,
    }
}

/// The line under a state's figure.
pub fn aside(state: ActionState, count: Option<&BoardCount>, control: &ControlRecord, slots: usize) -> Option<Phrase> {
    let count = count.filter(|c| c.count > 0);
    match state {
        ActionState::Held => None,
        ActionState::Ready if control.paused => {
            Some(Phrase::new("board.paused_by", [("by", control.by.clone().unwrap_or_default())]))
        }
        ActionState::Ready => Some(Phrase::new("board.oldest", [("at", count?.oldest_at?.to_string())])),
        // Most of them wait for the provider and hold no worker.
        ActionState::Running => {
            let words = [("working", count.map_or(0, |c| c.at_work).to_string()), ("count", slots.to_string())];
            Some(Phrase::new("board.at_work", words))
        }
        ActionState::Retryable => Some(Phrase::new("board.next", [("at", count?.next_at?.to_string())])),
        ActionState::Unknown => {
            let stuck = count?.stuck;
            let words = [("count", stuck.to_string())];
            Some(if stuck > 0 { Phrase::new("board.needs_you", words) } else { Phrase::new("board.settling", []) })
        }
        ActionState::Failed | ActionState::Succeeded | ActionState::Cancelled => Some(Phrase::new("board.today", [])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrases::english;

    #[test]
    fn a_queue_that_stands_still_does_not_hide_why_an_action_waits() {
        let traffic =
            |control, worked| switched_off(&Traffic { control, worked, places: HashMap::new() }).map(|off| off.code);
        assert_eq!(traffic(ControlRecord::default(), true), None);
        assert_eq!(traffic(ControlRecord::default(), false).as_deref(), Some("waits.nobody"));
        let why = Phrase::new("fault.timeout", [("provider", "Contabo".into())]);
        let nobody = Phrase::new("waits.nobody", []);
        let told = both(Some(why.clone()), Some(nobody.clone())).unwrap();
        assert_eq!(english(&told), "Contabo did not answer in time. No worker is running");
        assert_eq!(both(Some(why.clone()), None), Some(why));
        assert_eq!(both(None, Some(nobody.clone())), Some(nobody));
        assert_eq!(both(None, None), None);
    }
}

//! What a plan is computed from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, TargetFacts, TargetKind},
    rusqlite::Connection,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Target;
use crate::act::ActionState;

/// An action on the same resource that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAction {
    /// Number.
    pub id: i64,
    /// Kind.
    pub kind: String,
    /// State.
    pub state: ActionState,
}

/// A target as the mirror knows it, with whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub kind: TargetKind,
    /// Id at its provider.
    pub id: i64,
    /// Its name, as operators know it.
    pub name: String,
    /// The provider's status.
    pub status: String,
    /// Tags.
    pub tags: Vec<String>,
    /// First IPv4.
    pub ipv4: Option<String>,
    /// Linked WHMCS service.
    pub service_id: Option<i64>,
    /// Its client.
    pub client_id: Option<i64>,
    /// The client's name.
    pub client_name: Option<String>,
    /// Date it ends, when cancelled.
    pub cancel_date: Option<String>,
    /// What else its row says, by column: see `store/src/queue/targets.rs`.
    pub details: BTreeMap<String, String>,
    /// When its provider said so.
    pub as_of: Timestamp,
    /// Numbers of the client's open tickets, as people know them.
    pub open_tickets: Vec<String>,
    /// Open action on it.
    pub open_action: Option<OpenAction>,
}

impl Facts {
    /// What a plan calls it.
    pub fn target(&self) -> Target {
        Target {
            kind: self.kind.name().into(),
            id: self.id,
            name: self.name.clone(),
            service_id: self.service_id,
            client_id: self.client_id,
            client_name: self.client_name.clone(),
        }
    }

    /// One of its further facts; `None` when it is empty.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name).map(String::as_str)
    }

    /// Key in the basis.
    pub fn basis_key(kind: TargetKind, id: i64) -> String {
        format!("{}:{id}", kind.name())
    }

    /// Hash of everything here that a plan depends on, the named details among it. When it was read is no part of it: the same facts read again
    /// move nothing.
    pub fn version(&self, details: &[&str]) -> String {
        #[derive(Serialize)]
        struct Sealed<'a> {
            id: i64,
            name: &'a str,
            status: &'a str,
            tags: Vec<&'a str>,
            service: Option<i64>,
            client: Option<i64>,
            cancel: Option<&'a str>,
            action: Option<i64>,
            details: Vec<(&'a str, &'a str)>,
        }
        let mut tags: Vec<&str> = self.tags.iter().map(String::as_str).collect();
        tags.sort_unstable();
        let sealed = Sealed {
            id: self.id,
            name: &self.name,
            status: &self.status,
            tags,
            service: self.service_id,
            client: self.client_id,
            cancel: self.cancel_date.as_deref(),
            action: self.open_action.as_ref().map(|action| action.id),
            details: details.iter().filter_map(|name| Some((*name, self.detail(name)?))).collect(),
        };
        let bytes = serde_json::to_vec(&sealed).unwrap_or_default();
        hex(&Sha256::digest(bytes))[..16].to_owned()
    }
}

fn of(kind: TargetKind, found: TargetFacts) -> Facts {
    Facts {
        kind,
        id: found.id,
        name: found.name,
        status: found.status,
        tags: found.tags,
        ipv4: found.ipv4,
        service_id: found.service_id,
        client_id: found.client_id,
        client_name: found.client_name,
        cancel_date: found.cancel_date,
        details: found.details,
        as_of: found.seen_at,
        open_tickets: found.open_tickets,
        open_action: None,
    }
}

/// Reads the facts of targets, with the actions at work on them. Targets that the mirror does not know are left out.
///
/// # Errors
/// When mirror or queue cannot be read.
pub fn read(c: &Connection, kind: TargetKind, ids: &[i64]) -> Result<Vec<Facts>, StoreError> {
    let mut facts: Vec<Facts> = queue::target_facts(c, kind, ids)?.into_iter().map(|found| of(kind, found)).collect();
    let mut place: BTreeMap<i64, usize> = BTreeMap::new();
    for (at, found) in facts.iter().enumerate() {
        place.entry(found.id).or_insert(at);
    }
    for action in queue::open_on_targets(c, kind.name(), ids)? {
        let Some(state) = ActionState::named(&action.state) else { continue };
        let at = place.get(&action.target.id).and_then(|at| facts.get_mut(*at));
        if let Some(facts) = at.filter(|facts| facts.open_action.is_none()) {
            facts.open_action = Some(OpenAction { id: action.id, kind: action.kind, state });
        }
    }
    Ok(facts)
}

/// What happened before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Actions of the same family that came into the queue within the last hour.
    pub last_hour: u32,
    /// How long earlier ones took the machine down, in milliseconds, newest first, at most 50.
    pub down_ms: Vec<i64>,
}

impl History {
    /// The median interruption in whole seconds, `None` when there were none.
    pub fn median_seconds(&self) -> Option<u32> {
        let mut sorted = self.down_ms.clone();
        sorted.sort_unstable();
        let middle = match sorted.len() {
            0 => return None,
            n if n % 2 == 1 => sorted[n / 2],
            n => sorted[n / 2 - 1].midpoint(sorted[n / 2]),
        };
        u32::try_from((middle.max(0) + 500) / 1000).ok()
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text does not fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let of = |ms: &[i64]| History { last_hour: 0, down_ms: ms.to_vec() }.median_seconds();
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[41_000]), Some(41));
        assert_eq!(of(&[60_000, 38_000, 40_000]), Some(40));
        assert_eq!(of(&[38_000, 42_000]), Some(40));
        assert_eq!(of(&[499]), Some(0));
        assert_eq!(of(&[500]), Some(1));
    }
}

//! What a plan is computed from.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, TargetFacts, TargetKind},
    rusqlite::Connection,
};
use sha2::{Digest, Sha256};

use super::Target;
pub use super::history::History;
use crate::act::{ActionState, kinds};

/// An action on the same resource that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAction {
    /// Number.
    pub id: i64,
    /// Kind.
    pub kind: String,
    /// State.
    pub state: ActionState,
    /// Whether it stays whatever comes: something of it was sent, and it does not yield between its steps.
    pub begun: bool,
}

impl OpenAction {
    /// An action of the queue as plans see it; `None` when its state is none.
    pub fn of(action: &ActionRecord) -> Option<Self> {
        let state = ActionState::named(&action.state)?;
        let yields = kinds::named(&action.kind).is_some_and(|kind| kind.card().yields);
        let begun = (action.stage > 0 && !yields) || matches!(state, ActionState::Running | ActionState::Unknown);
        Some(Self { id: action.id, kind: action.kind.clone(), state, begun })
    }
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

    /// Everything here that a plan depends on, by name, the named details among it. When it was read is no part of it.
    pub fn seen(&self, details: &[&str]) -> BTreeMap<String, String> {
        let mut tags: Vec<&str> = self.tags.iter().map(String::as_str).collect();
        tags.sort_unstable();
        let number = |n: Option<i64>| n.map(|n| n.to_string());
        let facts = [
            ("name", Some(self.name.clone())),
            ("status", Some(self.status.clone())),
            ("tags", (!tags.is_empty()).then(|| serde_json::to_string(&tags).unwrap_or_default())),
            ("service", number(self.service_id)),
            ("client", number(self.client_id)),
            ("cancel_date", self.cancel_date.clone()),
            ("action", number(self.open_action.as_ref().map(|action| action.id))),
        ];
        let details = details.iter().map(|name| (*name, self.detail(name).map(str::to_owned)));
        facts.into_iter().chain(details).filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// Hash of [`Facts::seen`]: the same facts read again move nothing.
    pub fn version(&self, details: &[&str]) -> String {
        let bytes = serde_json::to_vec(&(self.id, self.seen(details))).unwrap_or_default();
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
    for facts in &mut facts {
        facts.open_action = queue::open_about(c, kind.name(), facts.id)?.iter().find_map(OpenAction::of);
    }
    Ok(facts)
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

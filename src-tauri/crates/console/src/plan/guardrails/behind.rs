//! The servers behind a service: what protects them keeps off them also who comes by way of the service.

use rackdesk_store::{StoreError, queue::TargetKind, rusqlite::Connection};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Deed;
use crate::{
    act::kinds::{Kind, Lane},
    plan::facts::{self, Facts},
};

/// Where they stand among the details of a service's facts. No plan's basis depends on it.
const BEHIND: &str = "behind";

/// A server behind a service, as far as it can be protected.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Server {
    pub name: String,
    pub tags: Vec<String>,
}

/// Whether a kind gets at the server behind its service. What is bought is a new one.
fn reaches(kind: &dyn Kind) -> bool {
    let card = kind.card();
    let by_itself = || kind.steps().iter().any(|step| step.lane() == Lane::Contabo);
    card.target == TargetKind::Service && (card.family() == "module" || by_itself()) && !Deed::of(kind).buys
}

/// Notes with a service's facts which servers a kind gets at: the one that the mirror links to it, and the one that was
/// read for it. The two differ when the link was changed.
///
/// # Errors
/// When the mirror cannot be read.
pub(crate) fn note(
    c: &Connection,
    kind: &dyn Kind,
    facts: &mut Facts,
    gathered: Option<&Value>,
) -> Result<(), StoreError> {
    if !reaches(kind) {
        return Ok(());
    }
    let linked = facts.detail("instance_id").and_then(|id| id.parse().ok());
    let read = gathered.and_then(|found| found.get("instance_id")?.as_i64());
    let mut ids: Vec<i64> = linked.into_iter().chain(read).collect();
    ids.dedup();
    let found = facts::read(c, TargetKind::Instance, &ids)?;
    let servers: Vec<Server> =
        found.into_iter().map(|server| Server { name: server.name, tags: server.tags }).collect();
    let text = serde_json::to_string(&servers).unwrap_or_default();
    facts.details.insert(BEHIND.to_owned(), text);
    Ok(())
}

/// The servers that were noted.
pub(super) fn servers(facts: &Facts) -> Vec<Server> {
    facts.detail(BEHIND).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

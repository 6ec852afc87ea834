//! What plans read of the mirror: instances with whose they are.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::{
    StoreError,
    mirror::{Kind, seen_at},
};

/// An instance as a plan needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFacts {
    /// Contabo's id.
    pub id: i64,
    /// Display name, or name.
    pub name: String,
    /// Contabo's status.
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
    /// Day it ends, when cancelled.
    pub cancel_date: Option<String>,
    /// When Contabo last said so; the beginning of time when that is not known.
    pub seen_at: Timestamp,
    /// Numbers of the client's tickets that are not closed, newest first, at most 20.
    pub open_tickets: Vec<String>,
}

/// Reads instances by id, in that order. Those that are not in the mirror, or gone, are left out.
///
/// # Errors
/// When the mirror cannot be read.
pub fn target_facts(c: &Connection, ids: &[i64]) -> Result<Vec<TargetFacts>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(mut facts) = one(c, *id)? {
            facts.seen_at = seen_at(c, Kind::Instances, *id)?.unwrap_or(Timestamp::UNIX_EPOCH);
            if let Some(client) = facts.client_id {
                facts.open_tickets = open_tickets(c, client)?;
            }
            found.push(facts);
        }
    }
    Ok(found)
}

fn one(c: &Connection, id: i64) -> Result<Option<TargetFacts>, StoreError> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    Ok(c.prepare_cached(
        "SELECT id, label, status, tags, ipv4, service_id, client_id, client_name, cancel_date FROM instance
         WHERE id = ?1 AND gone_at IS NULL",
    )?
    .query_row([id], |row| {
        Ok(TargetFacts {
            id: row.get("id")?,
            name: row.get("label")?,
            status: row.get("status")?,
            tags: serde_json::from_str(&row.get::<_, String>("tags")?).unwrap_or_default(),
            ipv4: some(row.get("ipv4")?),
            service_id: row.get("service_id")?,
            client_id: row.get("client_id")?,
            client_name: some(row.get("client_name")?),
            cancel_date: some(row.get("cancel_date")?),
            seen_at: Timestamp::UNIX_EPOCH,
            open_tickets: Vec::new(),
        })
    })
    .optional()?)
}

fn open_tickets(c: &Connection, client: i64) -> Result<Vec<String>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT tid FROM ticket WHERE client_id = ?1 AND gone_at IS NULL AND status <> 'Closed'
         ORDER BY last_reply DESC, id DESC LIMIT 20",
    )?;
    Ok(statement.query_map([client], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

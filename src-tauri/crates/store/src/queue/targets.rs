//! What plans read of the mirror: one target with whose it is, and what a kind may want to know of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    StoreError,
    mirror::{Kind, seen_at},
};

/// What an action can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetKind {
    /// A Contabo instance.
    Instance,
    /// A WHMCS service.
    Service,
    /// A WHMCS client.
    Client,
    /// A WHMCS invoice.
    Invoice,
    /// A WHMCS ticket.
    Ticket,
    /// A WHMCS order. Not mirrored: what a plan needs of it is read when the plan is made.
    Order,
}

impl TargetKind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Instance, Self::Service, Self::Client, Self::Invoice, Self::Ticket, Self::Order];

    /// Its name in the store and over IPC.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Service => "service",
            Self::Client => "client",
            Self::Invoice => "invoice",
            Self::Ticket => "ticket",
            Self::Order => "order",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    const fn mirrored(self) -> Option<Kind> {
        Some(match self {
            Self::Instance => Kind::Instances,
            Self::Service => Kind::Services,
            Self::Client => Kind::Clients,
            Self::Invoice => Kind::Invoices,
            Self::Ticket => Kind::Tickets,
            Self::Order => return None,
        })
    }

    /// Columns that all have, then those that are kept as details.
    const fn sql(self) -> &'static str {
        match self {
            Self::Instance => {
                "SELECT label AS name, status, tags, ipv4, service_id, client_id, client_name, cancel_date,
                     display_name, name AS provider_name, product_id, product_name, size, region, region_name, image_id,
                     default_user, created, price, price_currency, next_due,
                     coalesce((SELECT image.name FROM image WHERE image.id = instance.image_id), '') AS image
                 FROM instance WHERE id = ?1 AND gone_at IS NULL"
            }
            Self::Service => {
                "SELECT iif(domain = '', product, domain) AS name, status, '[]' AS tags, ip AS ipv4, id AS service_id,
                     client_id, client_name, '' AS cancel_date,
                     product, CAST(product_id AS TEXT) AS product_id, domain, cycle, amount, currency, next_due,
                     method, coalesce(CAST(instance_id AS TEXT), '') AS instance_id
                 FROM service WHERE id = ?1 AND gone_at IS NULL"
            }
            Self::Client => {
                "SELECT iif(name = '', company, name) AS name, status, '[]' AS tags, '' AS ipv4, NULL AS service_id,
                     id AS client_id, name AS client_name, '' AS cancel_date, email, company, currency
                 FROM client WHERE id = ?1 AND gone_at IS NULL"
            }
            Self::Invoice => {
                "SELECT number AS name, status, '[]' AS tags, '' AS ipv4, NULL AS service_id, client_id, client_name,
                     '' AS cancel_date, total, balance, currency, date, due, paid, method
                 FROM invoice WHERE id = ?1 AND gone_at IS NULL"
            }
            Self::Ticket => {
                "SELECT '#' || tid AS name, status, '[]' AS tags, '' AS ipv4, NULL AS service_id, client_id,
                     client_name, '' AS cancel_date, tid, subject, email, department, priority, last_reply
                 FROM ticket WHERE id = ?1 AND gone_at IS NULL"
            }
            Self::Order => {
                "SELECT '#' || ?1 AS name, '' AS status, '[]' AS tags, '' AS ipv4, NULL AS service_id,
                     NULL AS client_id, '' AS client_name, '' AS cancel_date"
            }
        }
    }
}

/// Columns of [`TargetKind::sql`] that are not details.
const COMMON: usize = 8;

/// A target as a plan needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFacts {
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
    /// Day it ends, when cancelled.
    pub cancel_date: Option<String>,
    /// Further columns of its row by name, those that are not empty.
    pub details: BTreeMap<String, String>,
    /// When its provider last said so; the beginning of time when that is not known.
    pub seen_at: Timestamp,
    /// Numbers of the client's tickets that are not closed, newest first, at most 20.
    pub open_tickets: Vec<String>,
}

/// Reads targets by id, in that order. Those that are not in the mirror, or gone, are left out.
///
/// # Errors
/// When the mirror cannot be read.
pub fn target_facts(c: &Connection, kind: TargetKind, ids: &[i64]) -> Result<Vec<TargetFacts>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let read = |row: &Row<'_>| read(*id, row);
        let row = c.prepare_cached(kind.sql())?.query_row([id], read).optional()?;
        let Some(mut facts) = row else { continue };
        facts.seen_at = match kind.mirrored() {
            Some(mirrored) => seen_at(c, mirrored, *id)?.unwrap_or(Timestamp::UNIX_EPOCH),
            None => Timestamp::MAX,
        };
        if let Some(client) = facts.client_id.filter(|_| kind != TargetKind::Ticket) {
            facts.open_tickets = open_tickets(c, client)?;
        }
        found.push(facts);
    }
    Ok(found)
}

/// Services in use, other than one, whose custom field names an instance.
///
/// # Errors
/// When the mirror cannot be read.
pub fn services_on(c: &Connection, instance: i64, besides: i64) -> Result<Vec<i64>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT id FROM service WHERE instance_id = ?1 AND id <> ?2 AND gone_at IS NULL
             AND status IN ('Pending', 'Active', 'Suspended')
         ORDER BY id LIMIT 20",
    )?;
    Ok(statement.query_map([instance, besides], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn read(id: i64, row: &Row<'_>) -> rusqlite::Result<TargetFacts> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let mut details = BTreeMap::new();
    let names: &rusqlite::Statement<'_> = row.as_ref();
    for at in COMMON..names.column_count() {
        let value: String = row.get(at)?;
        if !value.is_empty() {
            details.insert(names.column_name(at)?.to_owned(), value);
        }
    }
    Ok(TargetFacts {
        id,
        name: row.get("name")?,
        status: row.get("status")?,
        tags: serde_json::from_str(&row.get::<_, String>("tags")?).unwrap_or_default(),
        ipv4: some(row.get("ipv4")?),
        service_id: row.get("service_id")?,
        client_id: row.get("client_id")?,
        client_name: some(row.get("client_name")?),
        cancel_date: some(row.get("cancel_date")?),
        details,
        seen_at: Timestamp::UNIX_EPOCH,
        open_tickets: Vec::new(),
    })
}

fn open_tickets(c: &Connection, client: i64) -> Result<Vec<String>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT tid FROM ticket WHERE client_id = ?1 AND gone_at IS NULL AND status <> 'Closed'
         ORDER BY last_reply DESC, id DESC LIMIT 20",
    )?;
    Ok(statement.query_map([client], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

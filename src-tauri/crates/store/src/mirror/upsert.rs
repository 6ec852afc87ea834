//! Writing pages of rows: what is new, what changed, what was merely seen again.

use std::fmt::Write;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, types::Value};
use serde_json::Value as Json;

use super::{Kind, sync::add_rows};
use crate::StoreError;

/// A row type of the mirror.
pub trait Mirrored {
    /// Its kind.
    const KIND: Kind;
    /// Column that names a row at its provider.
    const KEY: &'static str = "id";
    /// The other columns, in the order of [`Mirrored::values`].
    const COLUMNS: &'static [&'static str];
    /// Columns that keep their value when the new one is empty: only other calls tell them.
    const KEPT: &'static [&'static str] = &[];

    /// Value of the key column.
    fn key(&self) -> Value;
    /// Values of the other columns.
    fn values(&self) -> Vec<Value>;
    /// The provider's row as it came.
    fn extra(&self) -> &Json;
}

/// What a batch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upserted {
    /// Rows that were not there.
    pub added: u32,
    /// Rows that differ from what was there.
    pub changed: u32,
    /// Rows seen again as they were.
    pub same: u32,
}

/// Writes a page. Rows that are as before are only marked as seen, so that no view wakes up for them.
///
/// # Errors
/// When the database fails; the records themselves cannot be wrong.
pub fn upsert_many<R: Mirrored>(
    tx: &Transaction<'_>,
    records: &[R],
    seen_at: Timestamp,
) -> Result<Upserted, StoreError> {
    let table = R::KIND.table();
    let mut upsert = tx.prepare_cached(&upsert_sql::<R>())?;
    let mut rowid =
        tx.prepare_cached(&format!("SELECT rowid, gone_at IS NOT NULL FROM {table} WHERE {} = ?1", R::KEY))?;
    let mut seen = tx.prepare_cached(
        "INSERT INTO sync_seen (kind, id, at) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
    )?;
    let mut extra = tx.prepare_cached(&format!(
        "INSERT INTO {table}_extra (id, json) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET json = excluded.json WHERE json IS NOT excluded.json"
    ))?;
    let mut outcome = Upserted::default();
    let mut back = 0_i64;
    for record in records {
        let key = record.key();
        let before: Option<(i64, bool)> = rowid.query_row([&key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let mut values = record.values();
        values.insert(0, key.clone());
        let written = upsert.execute(rusqlite::params_from_iter(values))?;
        let id = match before {
            Some((id, was_gone)) => {
                back += i64::from(was_gone);
                id
            }
            None => rowid.query_row([&key], |row| row.get(0))?,
        };
        let more = extra.execute((id, scrubbed(R::KIND, record.extra())))?;
        seen.execute((R::KIND as i64, id, seen_at.as_microsecond()))?;
        match before {
            None => outcome.added += 1,
            Some(_) if written + more > 0 => outcome.changed += 1,
            Some(_) => outcome.same += 1,
        }
    }
    add_rows(tx, R::KIND, i64::from(outcome.added) + back)?;
    Ok(outcome)
}

/// Marks rows as gone that a whole sweep, begun at `sweep_started_at`, did not name. Nothing is deleted: they come
/// back when they are named again. Call it only after a sweep that reached its end.
///
/// # Errors
/// When the database fails.
pub fn forget_unseen(tx: &Transaction<'_>, kind: Kind, sweep_started_at: Timestamp) -> Result<u32, StoreError> {
    let gone = tx
        .prepare_cached(&format!(
            "UPDATE {0} SET gone_at = ?2 WHERE gone_at IS NULL AND NOT EXISTS
             (SELECT 1 FROM sync_seen WHERE kind = ?1 AND id = {0}.rowid AND at >= ?2)",
            kind.table()
        ))?
        .execute((kind as i64, sweep_started_at.as_microsecond()))?;
    let gone = u32::try_from(gone).unwrap_or(u32::MAX);
    add_rows(tx, kind, -i64::from(gone))?;
    Ok(gone)
}

/// Marks one row as gone: its provider said that it does not exist.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &Transaction<'_>, kind: Kind, id: i64, at: Timestamp) -> Result<bool, StoreError> {
    let sql = format!("UPDATE {} SET gone_at = ?2 WHERE rowid = ?1 AND gone_at IS NULL", kind.table());
    let gone = tx.prepare_cached(&sql)?.execute((id, at.as_microsecond()))? > 0;
    add_rows(tx, kind, -i64::from(gone))?;
    Ok(gone)
}

/// When a row was last named by its provider.
///
/// # Errors
/// When the database fails.
pub fn seen_at(connection: &Connection, kind: Kind, id: i64) -> Result<Option<Timestamp>, StoreError> {
    let micros: Option<i64> = connection
        .prepare_cached("SELECT at FROM sync_seen WHERE kind = ?1 AND id = ?2")?
        .query_row((kind as i64, id), |row| row.get(0))
        .optional()?;
    Ok(micros.and_then(|m| Timestamp::from_microsecond(m).ok()))
}

fn upsert_sql<R: Mirrored>() -> String {
    let table = R::KIND.table();
    let columns = R::COLUMNS.join(", ");
    let places = vec!["?"; R::COLUMNS.len() + 1].join(", ");
    let mut sql = format!(
        "INSERT INTO {table} ({}, {columns}) VALUES ({places}) ON CONFLICT ({}) DO UPDATE SET gone_at = NULL",
        R::KEY,
        R::KEY
    );
    let (mut old, mut new) = (String::new(), String::new());
    for column in R::COLUMNS {
        let value = if R::KEPT.contains(column) {
            format!("coalesce(nullif(excluded.{column}, ''), {table}.{column})")
        } else {
            format!("excluded.{column}")
        };
        write!(sql, ", {column} = {value}").ok();
        write!(old, ", {table}.{column}").ok();
        write!(new, ", {value}").ok();
    }
    write!(sql, " WHERE ({table}.gone_at{old}) IS NOT (NULL{new})").ok();
    sql
}

/// Members that hold a secret in some provider's row (whmcs-quirks 68). The clients leave them out already; what is
/// written to disk does not rely on it.
const SECRETS: &[&str] = &[
    "password",
    "rootpassword",
    "secret",
    "clientsecret",
    "client_secret",
    "remote_token",
    "gatewayid",
    "transfersecret",
    "validationdata",
    "securityqans",
    "accesskey",
    "access_key",
    "secretkey",
    "token",
    "access_token",
];

pub(super) fn scrubbed(kind: Kind, extra: &Json) -> String {
    fn clean(value: &Json, access_code: bool) -> Json {
        match value {
            Json::Object(members) => Json::Object(
                members
                    .iter()
                    .filter(|(name, _)| {
                        let name = name.to_ascii_lowercase();
                        !(SECRETS.contains(&name.as_str()) || access_code && name == "c")
                    })
                    .map(|(name, value)| (name.clone(), clean(value, access_code)))
                    .collect(),
            ),
            Json::Array(items) => Json::Array(items.iter().map(|item| clean(item, access_code)).collect()),
            other => other.clone(),
        }
    }
    // A ticket's `c` opens it without a login.
    clean(extra, kind == Kind::Tickets).to_string()
}

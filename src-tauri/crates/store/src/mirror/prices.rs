//! What things cost, and each time that moved.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, Row, params};
use rust_decimal::Decimal;

use crate::{
    StoreError,
    moments::{maybe_micros, maybe_time, micros, time},
    rows::{all, one},
    text::{fold, words},
};

/// What has a price.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceKey {
    /// `rate`, `product`, `option`, `tld`, `contabo`.
    pub kind: String,
    /// Currency code, product id, choice id, TLD or the provider's product id.
    pub subject: String,
    /// For what of it, e.g. `monthly`, `setup.monthly`, `register.1`; empty for a rate.
    pub term: String,
    /// Currency code.
    pub currency: String,
}

/// A price that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricePoint {
    /// What people call the thing.
    pub name: String,
    /// Price, or rate to the default currency.
    pub amount: Decimal,
}

/// A price that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRecord {
    /// Row; 0 before it is kept.
    pub id: i64,
    /// When it was seen.
    pub at: Timestamp,
    /// Of what.
    pub key: PriceKey,
    /// What people call the thing.
    pub name: String,
    /// Before; `None` when it could not be bought.
    pub old: Option<Decimal>,
    /// Since; `None` when it cannot be bought any more.
    pub new: Option<Decimal>,
}

impl MoveRecord {
    /// `up`, `down`, `began` or `ended`.
    pub fn change(&self) -> &'static str {
        match (self.old, self.new) {
            (None, _) => "began",
            (_, None) => "ended",
            (Some(old), Some(new)) if new > old => "up",
            _ => "down",
        }
    }
}

/// How a list of prices was read last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceListRecord {
    /// `rates`, `products`, `tlds`, `contabo`.
    pub list: String,
    /// When it was asked for last.
    pub tried_at: Timestamp,
    /// When it was last read whole.
    pub read_at: Option<Timestamp>,
    /// Prices in it.
    pub prices: u32,
    /// Those that could not be understood.
    pub unclear: u32,
    /// Version and day of a dated list.
    pub dated: Option<(String, Date)>,
    /// Why it could not be read the last time (JSON).
    pub error: Option<String>,
}

fn decimal(row: &Row<'_>, column: &'static str) -> rusqlite::Result<Option<Decimal>> {
    let text: Option<String> = row.get(column)?;
    let unreadable = |_| rusqlite::Error::InvalidColumnType(0, column.to_owned(), rusqlite::types::Type::Text);
    text.map(|text| text.parse().map_err(unreadable)).transpose()
}

fn key(row: &Row<'_>) -> rusqlite::Result<PriceKey> {
    Ok(PriceKey {
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        term: row.get("term")?,
        currency: row.get("currency")?,
    })
}

/// Reads a row of the list of moved prices.
///
/// # Errors
/// When a column holds what it should not.
pub fn read_move(row: &Row<'_>) -> rusqlite::Result<MoveRecord> {
    Ok(MoveRecord {
        id: row.get("id")?,
        at: time(row, "at")?,
        key: key(row)?,
        name: row.get("name")?,
        old: decimal(row, "old")?,
        new: decimal(row, "new")?,
    })
}

/// What is known of a list.
///
/// # Errors
/// When a row cannot be read.
pub fn price_points(c: &Connection, list: &str) -> Result<BTreeMap<PriceKey, PricePoint>, StoreError> {
    let read = |row: &Row<'_>| {
        let amount = decimal(row, "amount")?.unwrap_or_default();
        Ok((key(row)?, PricePoint { name: row.get("name")?, amount }))
    };
    Ok(all(c, "SELECT * FROM price_point WHERE list = ?1", [list], read)?.into_iter().collect())
}

/// Writes what a thing costs and is called from now on; what costs the same has cost it since before.
///
/// # Errors
/// When the row cannot be written.
pub fn set_price(
    c: &Connection,
    list: &str,
    key: &PriceKey,
    point: &PricePoint,
    since: Timestamp,
) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO price_point (list, kind, subject, term, currency, name, amount, since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (list, kind, subject, term, currency) DO UPDATE SET
             name = excluded.name, amount = excluded.amount,
             since = iif(amount = excluded.amount, since, excluded.since)",
    )?
    .execute(params![
        list,
        key.kind,
        key.subject,
        key.term,
        key.currency,
        point.name,
        point.amount.normalize().to_string(),
        micros(since),
    ])?;
    Ok(())
}

/// Writes down that a price moved, and what it is from now on.
///
/// # Errors
/// When a row cannot be written, e.g. because nothing moved.
pub fn move_price(c: &Connection, list: &str, moved: &MoveRecord) -> Result<(), StoreError> {
    let key = &moved.key;
    let texts = [&moved.name, &key.subject, &key.currency, &key.kind, &key.term];
    let text = |amount: Option<Decimal>| amount.map(|amount| amount.normalize().to_string());
    c.prepare_cached(
        "INSERT INTO price_move (at, kind, subject, term, currency, name, name_key, old, new, change, words)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        micros(moved.at),
        key.kind,
        key.subject,
        key.term,
        key.currency,
        moved.name,
        fold(&moved.name),
        text(moved.old),
        text(moved.new),
        moved.change(),
        words(texts.into_iter().map(String::as_str)),
    ])?;
    let Some(amount) = moved.new else {
        c.prepare_cached(
            "DELETE FROM price_point WHERE list = ?1 AND kind = ?2 AND subject = ?3 AND term = ?4 AND currency = ?5",
        )?
        .execute(params![list, key.kind, key.subject, key.term, key.currency])?;
        return Ok(());
    };
    set_price(c, list, key, &PricePoint { name: moved.name.clone(), amount }, moved.at)
}

/// How a list was read last; `None` when it never was asked for.
///
/// # Errors
/// When the row cannot be read.
pub fn price_list(c: &Connection, list: &str) -> Result<Option<PriceListRecord>, StoreError> {
    one(c, "SELECT * FROM price_list WHERE list = ?1", [list], |row| {
        let (version, day): (Option<String>, Option<String>) = (row.get("version")?, row.get("as_of")?);
        Ok(PriceListRecord {
            list: row.get("list")?,
            tried_at: time(row, "tried_at")?,
            read_at: maybe_time(row, "read_at")?,
            prices: row.get("prices")?,
            unclear: row.get("unclear")?,
            dated: version.zip(day.and_then(|day| day.parse().ok())),
            error: row.get("error")?,
        })
    })
}

/// Writes how a list was read.
///
/// # Errors
/// When the row cannot be written.
pub fn save_price_list(c: &Connection, state: &PriceListRecord) -> Result<(), StoreError> {
    let (version, day) = state.dated.clone().unzip();
    c.prepare_cached(
        "INSERT OR REPLACE INTO price_list (list, tried_at, read_at, prices, unclear, version, as_of, error)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        state.list,
        micros(state.tried_at),
        maybe_micros(state.read_at),
        state.prices,
        state.unclear,
        version,
        day.map(|day| day.to_string()),
        state.error,
    ])?;
    Ok(())
}

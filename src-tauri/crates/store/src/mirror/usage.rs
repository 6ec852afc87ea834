//! What Contabo's object storages hold, one row for each of them and UTC day.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rusqlite::{Connection, Row, params};
use rust_decimal::Decimal;

use super::e4;
use crate::{
    StoreError,
    moments::{maybe_micros, maybe_time, micros},
    rows::all,
    text::{fold, words},
};

/// What a storage held when it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// Object storage id.
    pub storage_id: String,
    /// When it was asked; its UTC day is the row's.
    pub read_at: Timestamp,
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// Data center.
    pub data_center: String,
    /// What the storage is doing, as the provider says.
    pub status: String,
    /// Space in use, TB.
    pub used_tb: Decimal,
    /// Space in use, percent.
    pub percent: Option<Decimal>,
    /// Files and folders.
    pub objects: i64,
    /// Space that is paid for, TB.
    pub bought_tb: Option<Decimal>,
    /// Whether it grows by itself: `enabled`, `disabled`, `error`.
    pub scaling: String,
    /// Up to how many TB.
    pub limit_tb: Option<Decimal>,
}

impl UsageRecord {
    /// The UTC day it counts for.
    pub fn day(&self) -> Date {
        self.read_at.to_zoned(TimeZone::UTC).date()
    }
}

/// A storage, and how its last reading went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageRecord {
    /// Object storage id.
    pub storage_id: String,
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// When it was asked last.
    pub tried_at: Timestamp,
    /// When it last answered.
    pub read_at: Option<Timestamp>,
    /// Why it did not answer the last time (JSON).
    pub error: Option<String>,
    /// Since when the provider does not list it any more.
    pub gone_at: Option<Timestamp>,
}

/// Decimal text, empty for what nobody said, and the same times 10,000, then -1.
fn number(value: Option<Decimal>) -> (String, i64) {
    value.map_or((String::new(), -1), |value| (value.normalize().to_string(), e4(&value)))
}

/// Keeps a reading: the later of a day takes the earlier one's place. False when a later one is there.
///
/// # Errors
/// When the row cannot be written.
pub fn keep_usage(c: &Connection, record: &UsageRecord) -> Result<bool, StoreError> {
    let (used, used_e4) = number(Some(record.used_tb));
    let (percent, percent_e4) = number(record.percent);
    let (bought, bought_e4) = number(record.bought_tb);
    let (limit, limit_e4) = number(record.limit_tb);
    let texts = [&record.name, &record.region, &record.data_center, &record.status, &record.storage_id];
    let written = c
        .prepare_cached(
            "INSERT INTO usage_day (storage_id, day, read_at, name, name_key, region, data_center, status, used_tb,
                 used_e4, percent, percent_e4, objects, bought_tb, bought_e4, scaling, limit_tb, limit_e4, words)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
             ON CONFLICT (storage_id, day) DO UPDATE SET
                 read_at = excluded.read_at, name = excluded.name, name_key = excluded.name_key,
                 region = excluded.region, data_center = excluded.data_center, status = excluded.status,
                 used_tb = excluded.used_tb, used_e4 = excluded.used_e4, percent = excluded.percent,
                 percent_e4 = excluded.percent_e4, objects = excluded.objects, bought_tb = excluded.bought_tb,
                 bought_e4 = excluded.bought_e4, scaling = excluded.scaling, limit_tb = excluded.limit_tb,
                 limit_e4 = excluded.limit_e4, words = excluded.words
             WHERE excluded.read_at >= usage_day.read_at",
        )?
        .execute(params![
            record.storage_id,
            record.day().to_string(),
            micros(record.read_at),
            record.name,
            fold(&record.name),
            record.region,
            record.data_center,
            record.status,
            used,
            used_e4,
            percent,
            percent_e4,
            record.objects,
            bought,
            bought_e4,
            record.scaling,
            limit,
            limit_e4,
            words(texts.into_iter().map(String::as_str)),
        ])?;
    c.prepare_cached(
        "UPDATE usage_day SET latest = (day = (SELECT max(day) FROM usage_day WHERE storage_id = ?1))
         WHERE storage_id = ?1 AND latest <> (day = (SELECT max(day) FROM usage_day WHERE storage_id = ?1))",
    )?
    .execute([&record.storage_id])?;
    Ok(written == 1)
}

/// Notes that a storage is there and how its reading went; an `error` leaves when it last answered as it was.
///
/// # Errors
/// When the row cannot be written.
pub fn note_storage(c: &Connection, storage: &StorageRecord) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT INTO usage_storage (storage_id, name, region, tried_at, read_at, error)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (storage_id) DO UPDATE SET
             name = excluded.name, region = excluded.region, tried_at = excluded.tried_at,
             read_at = coalesce(excluded.read_at, read_at), error = excluded.error, gone_at = NULL",
    )?
    .execute(params![
        storage.storage_id,
        storage.name,
        storage.region,
        micros(storage.tried_at),
        maybe_micros(storage.read_at),
        storage.error,
    ])?;
    Ok(())
}

/// Notes which storages the whole list did not name any more. Their days stay, none of them is the latest. How many.
///
/// # Errors
/// When the rows cannot be written.
pub fn forget_storages(c: &Connection, there: &[String], at: Timestamp) -> Result<usize, StoreError> {
    let there = serde_json::Value::from(there.to_vec()).to_string();
    let gone = c
        .prepare_cached(
            "UPDATE usage_storage SET gone_at = ?2, error = NULL
             WHERE gone_at IS NULL AND storage_id NOT IN (SELECT value FROM json_each(?1))",
        )?
        .execute(params![there, micros(at)])?;
    c.prepare_cached(
        "UPDATE usage_day SET latest = 0 WHERE latest = 1 AND storage_id NOT IN (SELECT value FROM json_each(?1))",
    )?
    .execute([there])?;
    Ok(gone)
}

/// The storages, by name.
///
/// # Errors
/// When a row cannot be read.
pub fn storages(c: &Connection) -> Result<Vec<StorageRecord>, StoreError> {
    let read = |row: &Row<'_>| {
        Ok(StorageRecord {
            storage_id: row.get("storage_id")?,
            name: row.get("name")?,
            region: row.get("region")?,
            tried_at: crate::moments::time(row, "tried_at")?,
            read_at: maybe_time(row, "read_at")?,
            error: row.get("error")?,
            gone_at: maybe_time(row, "gone_at")?,
        })
    };
    all(c, "SELECT * FROM usage_storage ORDER BY name, storage_id", [], read)
}

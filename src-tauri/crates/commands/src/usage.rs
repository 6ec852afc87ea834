//! What Contabo's object storages hold, day by day. Instances have no such figures: the API tells none.

use jiff::Timestamp;
use rackdesk_console::fault::Fault;
use rackdesk_store::{
    StoreError,
    list::USAGE,
    mirror::{StorageRecord, storages},
    rusqlite::{self, Connection, Row},
    schedule::{RunRecord, runs},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    AppError, Core,
    list::{self, ListQuery, Window},
};

/// What a storage held on a day. Columns: id, day, name, storage_id, region, data_center, status, used_tb, percent,
/// objects, bought_tb, scaling, limit_tb, read_at, latest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UsageRow {
    /// Row.
    pub id: i64,
    /// Object storage id.
    pub storage_id: String,
    /// Its name.
    pub name: String,
    /// Region.
    pub region: String,
    /// Data center.
    pub data_center: String,
    /// What it was doing, as Contabo says: `READY`, `UPGRADING`, …
    pub status: String,
    /// Day (yyyy-mm-dd, UTC).
    pub day: String,
    /// When it was asked last on that day (RFC 3339, UTC).
    pub read_at: String,
    /// Space in use, TB; decimal text.
    pub used_tb: String,
    /// Space in use, percent of what is paid for; decimal text.
    pub percent: Option<String>,
    /// Files and folders.
    pub objects: i64,
    /// Space that is paid for, TB; decimal text.
    pub bought_tb: Option<String>,
    /// Whether it grows by itself: `enabled`, `disabled`, `error`.
    pub scaling: String,
    /// Up to how many TB it grows; decimal text.
    pub limit_tb: Option<String>,
    /// The newest row of a storage that is still there.
    pub latest: bool,
}

/// A storage, and how its last reading went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UsageStorage {
    /// Object storage id.
    pub storage_id: String,
    /// Its name.
    pub name: String,
    /// Region.
    pub region: String,
    /// When it last answered (RFC 3339, UTC); `None` when it never did.
    pub read_at: Option<String>,
    /// Why it did not answer the last time.
    pub error: Option<AppError>,
    /// Since when Contabo does not list it any more.
    pub gone_at: Option<String>,
}

/// How far the storages were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct UsageState {
    /// When Contabo was asked last (RFC 3339, UTC), also when it listed no storage or refused; `None` before the first
    /// time.
    pub asked_at: Option<String>,
    /// All there are or were, by name.
    pub storages: Vec<UsageStorage>,
}

fn row(row: &Row<'_>) -> rusqlite::Result<UsageRow> {
    let micros: i64 = row.get("read_at")?;
    let read_at = jiff::Timestamp::from_microsecond(micros).map_or_else(|_| String::new(), |at| at.to_string());
    Ok(UsageRow {
        id: row.get("id")?,
        storage_id: row.get("storage_id")?,
        name: row.get("name")?,
        region: row.get("region")?,
        data_center: row.get("data_center")?,
        status: row.get("status")?,
        day: row.get("day")?,
        read_at,
        used_tb: row.get("used_tb")?,
        percent: list::known(row, "percent")?,
        objects: row.get("objects")?,
        bought_tb: list::known(row, "bought_tb")?,
        scaling: row.get("scaling")?,
        limit_tb: list::known(row, "limit_tb")?,
        latest: row.get("latest")?,
    })
}

impl From<StorageRecord> for UsageStorage {
    fn from(r: StorageRecord) -> Self {
        let fault = r.error.and_then(|json| serde_json::from_str::<Fault>(&json).ok());
        Self {
            storage_id: r.storage_id,
            name: r.name,
            region: r.region,
            read_at: r.read_at.map(|at| at.to_string()),
            error: fault.map(AppError::from),
            gone_at: r.gone_at.map(|at| at.to_string()),
        }
    }
}

/// A window of what was held, the newest day first unless asked otherwise.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn usage_window(core: &Core, input: ListQuery) -> Result<Window<UsageRow>, AppError> {
    list::window(core, &USAGE, input, row).await
}

/// The storages, and why the last reading of one failed.
///
/// # Errors
/// When the store fails.
pub async fn usage_state(core: &Core, (): ()) -> Result<UsageState, AppError> {
    let (known, run) = core.session()?.store.read_async(|c| Ok((storages(c)?, last_reading(c)?))).await?;
    Ok(UsageState {
        asked_at: known.iter().map(|one| one.tried_at).chain(run).max().map(|at| at.to_string()),
        storages: known.into_iter().map(UsageStorage::from).collect(),
    })
}

/// Job that reads the storages.
const JOB: &str = "usage";

/// When the last reading began that came to an end. The history of the job tells it: an account without storages leaves
/// no other trace.
fn last_reading(c: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let asked = |run: &RunRecord| matches!(run.outcome.as_deref(), Some("done" | "failed"));
    Ok(runs(c, Some(JOB), 20)?.iter().find(|run| asked(run)).map(|run| run.began_at))
}

//! The request log beyond the window: as a file, under saved names, for how long, and what belongs to what.

use std::io::Write;

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::record::export::{self, ExportError, Exported, Format};
use rackdesk_store::{Store, StoreError, log, queue, receipts};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio_util::sync::CancellationToken;

use crate::{AppError, Core, ErrorCode, Tag, app::operator, clients::RecordRef, list::ListQuery, writing::as_job};

/// Form of an exported log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// One JSON object per line.
    Jsonl,
    /// A table; what a spreadsheet would compute is written as text.
    Csv,
    /// HTTP archive 1.2.
    Har,
}

impl From<ExportFormat> for Format {
    fn from(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Jsonl => Self::Jsonl,
            ExportFormat::Csv => Self::Csv,
            ExportFormat::Har => Self::Har,
        }
    }
}

/// What to write where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogExport {
    /// The list's present question; its window is ignored, its order is that of time.
    pub query: ListQuery,
    /// Form.
    pub format: ExportFormat,
    /// File.
    pub path: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WrittenFile {
    /// File.
    pub path: String,
    /// Records in it.
    pub entries: u32,
    /// Its size in KiB, rounded up.
    pub kilobytes: u32,
}

/// A question to the log with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogFilter {
    /// Name; two that differ only in letter case are the same.
    pub name: String,
    /// The question.
    pub query: ListQuery,
    /// Who saved it.
    pub by: String,
    /// When (RFC 3339, UTC).
    pub saved_at: String,
}

/// A question to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogFilterDraft {
    /// Name, 1 to 80 characters.
    pub name: String,
    /// The question.
    pub query: ListQuery,
}

/// A saved question by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogFilterRef {
    /// Name.
    pub name: String,
}

/// How long the log is kept, and what it holds. Exchanges of actions that have not ended are kept in any case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogRetention {
    /// Days; `None` means for ever.
    pub days: Option<u32>,
    /// Size of the texts in MiB; `None` means no bound.
    pub megabytes: Option<u32>,
    /// Exchanges kept.
    pub rows: u32,
    /// Size of their texts in MiB, rounded up.
    pub megabytes_used: u32,
    /// Who changed it last.
    pub by: Option<String>,
    /// When.
    pub changed_at: Option<String>,
}

/// How long the log shall be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RetentionDraft {
    /// Days, 7 to 3650; `None` means for ever.
    pub days: Option<u32>,
    /// MiB, 16 to 1048576; `None` means no bound.
    pub megabytes: Option<u32>,
}

/// What forgetting by some bounds would remove now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Forgetting {
    /// Exchanges that would go.
    pub rows: u32,
    /// Size of their texts in MiB, rounded up.
    pub megabytes: u32,
    /// When the last of them began (RFC 3339, UTC).
    pub until: Option<String>,
    /// Exchanges that would stay.
    pub stay: u32,
}

/// What was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Forgotten {
    /// Exchanges removed.
    pub rows: u32,
}

/// What an exchange belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LogLinks {
    /// The console's action; its other exchanges are the log's rows with this `action_id`.
    pub action_id: Option<i64>,
    /// Which of its attempts, when the exchange is one and not a look-up for it.
    pub attempt: Option<u32>,
    /// The plan the action came from.
    pub plan_id: Option<i64>,
    /// The action's receipt.
    pub receipt: Option<i64>,
}

impl From<ExportError> for AppError {
    fn from(e: ExportError) -> Self {
        match e {
            ExportError::Store(e) => e.into(),
            ExportError::Io(e) => e.into(),
        }
    }
}

/// Job name of the log's export.
const LOG: &str = "log:export";

/// Stops the exports of the log that are under way: they leave no file behind.
///
/// # Errors
/// When no profile is open.
pub async fn log_export_stop(core: &Core, (): ()) -> Result<(), AppError> {
    core.opened()?.exports.stop(LOG);
    Ok(())
}

/// Writes the exchanges that answer a question into a file; progress is told as `log:export`.
///
/// # Errors
/// When the question makes no sense, the log cannot be read, the file not be written, or it was stopped; then no file
/// is left behind.
pub async fn log_export(core: &Core, input: LogExport) -> Result<WrittenFile, AppError> {
    let (store, query) = (core.session()?.store.clone(), input.query.into());
    let format = Format::from(input.format);
    as_job(core, LOG, None, input.path, move |writing, out| {
        let done = export::export(&store, &query, format, out, writing.stop(), &mut |done| writing.tell(done))?;
        if done.stopped { Err(AppError::of(ErrorCode::Cancelled)) } else { Ok(done.entries) }
    })
    .await
}

impl Core {
    /// Writes the exchanges that answer a question to anything that takes bytes, for the command line.
    ///
    /// # Errors
    /// As [`log_export`].
    pub async fn write_log(
        &self,
        query: ListQuery,
        format: Format,
        mut out: Box<dyn Write + Send>,
    ) -> Result<Exported, AppError> {
        let store = self.session()?.store.clone();
        let query = query.into();
        let stop = CancellationToken::new();
        let writing =
            tokio::task::spawn_blocking(move || export::export(&store, &query, format, &mut *out, &stop, &mut |_| {}));
        Ok(writing.await.map_err(AppError::internal)??)
    }
}

/// The saved questions, by name.
///
/// # Errors
/// When the store fails.
pub async fn log_filters(core: &Core, (): ()) -> Result<Vec<LogFilter>, AppError> {
    let kept = core.session()?.store.read_async(log::saved_filters).await?;
    // One that a later version wrote and this one cannot read is left out, not lost.
    let read = |filter: log::SavedFilter| {
        let query = serde_json::from_str(&filter.query).ok()?;
        Some(LogFilter { name: filter.name, query, by: filter.by, saved_at: filter.saved_at.to_string() })
    };
    Ok(kept.into_iter().filter_map(read).collect())
}

/// Keeps a question under a name, in place of the one that had it.
///
/// # Errors
/// For a name that is none, a question that makes no sense, or one saved question too many.
pub async fn log_filter_save(core: &Core, input: LogFilterDraft) -> Result<(), AppError> {
    let session = core.session()?;
    let name = input.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err(AppError::invalid("name", "needs 1 to 80 characters"));
    }
    // A saved question has no window.
    let query = ListQuery { after: None, limit: 0, ..input.query };
    let asked = ListQuery { limit: 1, ..query.clone() }.into();
    let json = serde_json::to_string(&query).map_err(AppError::internal)?;
    let by = operator();
    session.store.read_async(move |c| log::search(c, &asked, &rackdesk_store::list::Today::local())).await?;
    session.store.write_async(move |tx| log::save_filter(tx, &name, &json, &by, Timestamp::now())).await?;
    core.changed(&[Tag::Log]);
    Ok(())
}

/// Forgets a saved question.
///
/// # Errors
/// `NotFound` when there is none of that name.
pub async fn log_filter_drop(core: &Core, input: LogFilterRef) -> Result<(), AppError> {
    let name = input.name.clone();
    match core.session()?.store.write_async(move |tx| log::drop_filter(tx, &name)).await? {
        true => Ok(()),
        false => Err(AppError::missing(format!("The filter “{}”", input.name))),
    }
}

/// How long the log is kept.
///
/// # Errors
/// When the store fails.
pub async fn log_retention(core: &Core, (): ()) -> Result<LogRetention, AppError> {
    let (kept, holds) = core.session()?.store.read_async(|c| Ok((log::retention(c)?, log::kept(c)?))).await?;
    Ok(LogRetention {
        days: kept.days,
        megabytes: kept.megabytes,
        rows: u32::try_from(holds.rows).unwrap_or(u32::MAX),
        megabytes_used: u32::try_from(holds.bytes.div_ceil(1024 * 1024)).unwrap_or(u32::MAX),
        by: kept.by,
        changed_at: kept.changed_at.map(|at| at.to_string()),
    })
}

/// Says how long the log is kept. Nothing is removed at once; the job `log` does it, or `log_forget`.
///
/// # Errors
/// For bounds out of range.
pub async fn log_retention_set(core: &Core, input: RetentionDraft) -> Result<(), AppError> {
    input.in_range()?;
    let retention = log::Retention {
        days: input.days,
        megabytes: input.megabytes,
        by: Some(operator()),
        changed_at: Some(Timestamp::now()),
    };
    core.session()?.store.write_async(move |tx| log::set_retention(tx, &retention)).await?;
    core.changed(&[Tag::Log]);
    Ok(())
}

/// What forgetting by these bounds would remove now. Nothing is removed, and the bounds are not kept.
///
/// # Errors
/// For bounds out of range.
pub async fn log_would_forget(core: &Core, input: RetentionDraft) -> Result<Forgetting, AppError> {
    input.in_range()?;
    let now = Timestamp::now();
    let store = core.session()?.store.clone();
    let looked = store.read_slow_async(move |c| {
        let (before, most) = bounds(input.days, input.megabytes, now);
        Ok((log::going(c, before, most)?, log::kept(c)?))
    });
    let (going, kept) = looked.await?;
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Forgetting {
        rows: number(going.rows),
        megabytes: number(going.bytes.div_ceil(1024 * 1024)),
        until: going.until.map(|at| at.to_string()),
        stay: number(kept.rows.saturating_sub(going.rows)),
    })
}

impl RetentionDraft {
    fn in_range(&self) -> Result<(), AppError> {
        if self.days.is_some_and(|days| !(7..=3650).contains(&days)) {
            return Err(AppError::invalid("days", "must be 7 to 3650"));
        }
        if self.megabytes.is_some_and(|mb| !(16..=1_048_576).contains(&mb)) {
            return Err(AppError::invalid("megabytes", "must be 16 to 1048576"));
        }
        Ok(())
    }
}

/// Before when an exchange must have begun to be forgotten, and how many bytes may stay.
fn bounds(days: Option<u32>, megabytes: Option<u32>, now: Timestamp) -> (Option<Timestamp>, Option<u64>) {
    let age = days.map(|days| SignedDuration::from_hours(i64::from(days) * 24));
    (age.and_then(|age| now.checked_sub(age).ok()), megabytes.map(|mb| u64::from(mb) * 1024 * 1024))
}

/// Removes what need not be kept by the bounds that somebody was shown, now.
///
/// # Errors
/// `BasisMoved` when other bounds are kept in the meantime; when the store fails. What was removed before stays removed.
pub async fn log_forget(core: &Core, input: RetentionDraft) -> Result<Forgotten, AppError> {
    input.in_range()?;
    match forget(&core.session()?.store, Timestamp::now(), Some(input)).await? {
        Some(rows) => Ok(Forgotten { rows: u32::try_from(rows).unwrap_or(u32::MAX) }),
        None => Err(AppError::with(ErrorCode::BasisMoved, [("moved", "how long the log is kept".to_owned())])),
    }
}

/// Removes what need not be kept, in small steps. How many exchanges; `None` when other bounds are kept than those
/// that were shown.
pub(crate) async fn forget(
    store: &Store,
    now: Timestamp,
    shown: Option<RetentionDraft>,
) -> Result<Option<u64>, StoreError> {
    let mut rows = 0;
    loop {
        let shown = shown.clone();
        let step = store.write_async(move |tx| {
            let kept = log::retention(tx)?;
            if shown.is_some_and(|shown| (shown.days, shown.megabytes) != (kept.days, kept.megabytes)) {
                return Ok(None);
            }
            let (before, most) = bounds(kept.days, kept.megabytes, now);
            log::prune(tx, before, most).map(Some)
        });
        let Some(pruned) = step.await? else { return Ok(None) };
        rows += pruned.rows;
        if !pruned.more {
            return Ok(Some(rows));
        }
    }
}

/// What an exchange belongs to.
///
/// # Errors
/// `NotFound` when the exchange was never there or is no longer kept.
pub async fn log_links(core: &Core, input: RecordRef) -> Result<LogLinks, AppError> {
    let id = input.id;
    let session = core.session()?;
    let found = session.store.read_async(move |c| {
        let row = log::entry(c, id)?.row;
        let attempt = queue::attempt_by_request(c, &row.request_id)?;
        let action_id = attempt.as_ref().map(|a| a.action_id).or(row.action_id);
        let action = action_id.map(|id| queue::action(c, id)).transpose()?.flatten();
        let receipt = action_id.map(|id| receipts::of_action(c, id)).transpose()?.flatten();
        Ok(LogLinks {
            action_id: action.as_ref().map(|a| a.id),
            attempt: attempt.and_then(|a| u32::try_from(a.number).ok()),
            plan_id: action.and_then(|a| a.plan).map(|(plan, _)| plan),
            receipt: receipt.map(|r| r.id),
        })
    });
    match found.await {
        Err(StoreError::NotFound) => Err(AppError::missing(format!("Log entry {id}"))),
        other => Ok(other?),
    }
}

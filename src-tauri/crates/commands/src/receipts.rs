//! Receipts: what was done, chained so that a later change shows.

use std::io::Write;

use rackdesk_console::record::receipts::{self as chain, Damage};
use rackdesk_store::{
    Store, StoreError,
    list::Today,
    receipts::{self, LineRecord, ReceiptRecord},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    AppError, Core, ErrorCode,
    clients::RecordRef,
    exports::WrittenFile,
    list::{ListQuery, Window},
    writing::as_job,
};

/// A receipt in the list. Columns: id, action_id, at, kind, state, target, target_id, client_id, by, hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReceiptRow {
    /// Number, from 1 without gaps; shown as `R-17`.
    pub id: i64,
    /// Its action.
    pub action_id: i64,
    /// When the action ended (RFC 3339, UTC).
    pub at: String,
    /// Kind of the action, e.g. `power.restart`.
    pub kind: String,
    /// `succeeded`, `failed`, `cancelled`.
    pub state: String,
    /// What it was about: `instance`, `service`, …
    pub target_kind: String,
    /// Its id.
    pub target_id: i64,
    /// Its name.
    pub target_name: String,
    /// WHMCS client.
    pub client_id: Option<i64>,
    /// Who approved it.
    pub by: String,
    /// Its hash, 64 hex digits.
    pub hash: String,
}

/// Where the line about a receipt stands in WHMCS's activity log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActivityLine {
    /// `waiting`, `sent`, `proven` (read back), `unproven`, `refused`.
    pub state: String,
    /// The line.
    pub line: String,
    /// When it was last sent.
    pub sent_at: Option<String>,
    /// When it goes on by itself.
    pub next_at: Option<String>,
    /// Its id in WHMCS, when it was read back.
    pub entry_id: Option<i64>,
}

/// A whole receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReceiptDetail {
    /// The row.
    pub row: ReceiptRow,
    /// Hash of the receipt before; zeros for the first.
    pub prev: String,
    /// The text that was hashed: one JSON object, canonical.
    pub body: String,
    /// Whether its own text hashes to its hash. The whole chain is checked by `receipts_verify`.
    pub whole: bool,
    /// What WHMCS's activity log was told; only of successes.
    pub activity: Option<ActivityLine>,
}

/// What was done to a receipt, or to what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptDamage {
    /// Its text is not the one that was hashed.
    Edited,
    /// Its columns do not say what its text says.
    Displaced,
    /// It is not there.
    Missing,
    /// It does not follow the receipt before it.
    Unlinked,
    /// It was put in.
    Foreign,
    /// Its action ended, but has no receipt.
    Unwritten,
    /// The action's own rows were changed after the receipt was written.
    ActionChanged,
    /// The end of the chain is not where it was.
    HeadMoved,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReceiptFinding {
    /// First receipt concerned; 0 when it is about an action without one.
    pub receipt: i64,
    /// Last receipt concerned.
    pub to: i64,
    /// Action, when it is known.
    pub action_id: Option<i64>,
    /// What.
    pub damage: ReceiptDamage,
}

/// What to check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct VerifyRequest {
    /// A hash that was written down elsewhere before: is it still in the chain?
    pub hash: Option<String>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReceiptReport {
    /// Receipts checked.
    pub receipts: u32,
    /// Number of the last one; 0 when there is none.
    pub last: i64,
    /// Hash of the last one: written down elsewhere, it proves later that nothing before it was changed.
    pub hash: String,
    /// What is wrong; empty means nothing.
    pub findings: Vec<ReceiptFinding>,
    /// The receipt with the hash that was asked for; `None` when it is not in the chain, or none was asked for.
    pub known: Option<i64>,
}

/// Where to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReceiptExport {
    /// File.
    pub path: String,
}

impl From<ReceiptRecord> for ReceiptRow {
    fn from(r: ReceiptRecord) -> Self {
        Self {
            id: r.id,
            action_id: r.action_id,
            at: r.at.to_string(),
            kind: r.kind,
            state: r.state,
            target_kind: r.target_kind,
            target_id: r.target_id,
            target_name: r.target_name,
            client_id: r.client_id,
            by: r.by,
            hash: r.hash,
        }
    }
}

impl From<LineRecord> for ActivityLine {
    fn from(line: LineRecord) -> Self {
        Self {
            state: line.state,
            line: line.line,
            sent_at: line.sent_at.map(|at| at.to_string()),
            next_at: line.next_at.map(|at| at.to_string()),
            entry_id: line.entry_id,
        }
    }
}

impl From<Damage> for ReceiptDamage {
    fn from(damage: Damage) -> Self {
        match damage {
            Damage::Edited => Self::Edited,
            Damage::Displaced => Self::Displaced,
            Damage::Missing => Self::Missing,
            Damage::Unlinked => Self::Unlinked,
            Damage::Foreign => Self::Foreign,
            Damage::Unwritten => Self::Unwritten,
            Damage::ActionChanged => Self::ActionChanged,
            Damage::HeadMoved => Self::HeadMoved,
        }
    }
}

/// Receipts that a view waits for; the others are written in the background.
const AT_ONCE: u32 = 500;

/// A window of the receipts, newest first unless asked otherwise.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn receipts_window(core: &Core, input: ListQuery) -> Result<Window<ReceiptRow>, AppError> {
    let session = core.session()?;
    chain::write_some(&session.store, AT_ONCE).await?;
    let query = input.into();
    let found = session.store.read_async(move |c| receipts::receipt_window(c, &query, &Today::local())).await?;
    Ok(Window { rows: found.rows.into_iter().map(ReceiptRow::from).collect(), next: found.next })
}

async fn detail(
    store: &Store,
    find: impl FnOnce(&rackdesk_store::rusqlite::Connection) -> Result<Option<ReceiptRecord>, StoreError> + Send + 'static,
) -> Result<Option<ReceiptDetail>, AppError> {
    chain::write_some(store, AT_ONCE).await?;
    let found = store.read_async(move |c| {
        let Some(receipt) = find(c)? else { return Ok(None) };
        let line = receipts::line_of(c, receipt.id)?;
        Ok(Some((receipt, line)))
    });
    Ok(found.await?.map(|(receipt, line)| ReceiptDetail {
        prev: receipt.prev.clone(),
        body: receipt.body.clone(),
        whole: chain::hash_of(&receipt.body) == receipt.hash,
        activity: line.map(ActivityLine::from),
        row: receipt.into(),
    }))
}

/// One receipt with its text.
///
/// # Errors
/// `NotFound` when there is none of that number.
pub async fn receipt_show(core: &Core, input: RecordRef) -> Result<ReceiptDetail, AppError> {
    let session = core.session()?;
    let found = detail(&session.store, move |c| receipts::receipt(c, input.id)).await?;
    found.ok_or_else(|| AppError::missing(format!("R-{}", input.id)))
}

/// The receipt of an action; none as long as the action has not ended.
///
/// # Errors
/// When the store fails.
pub async fn receipt_of_action(core: &Core, input: RecordRef) -> Result<Option<ReceiptDetail>, AppError> {
    let session = core.session()?;
    detail(&session.store, move |c| receipts::of_action(c, input.id)).await
}

/// Checks the whole chain, and each receipt against the rows it was made from.
///
/// # Errors
/// When the store fails. What is wrong with the chain is no error but in the answer.
pub async fn receipts_verify(core: &Core, input: VerifyRequest) -> Result<ReceiptReport, AppError> {
    let session = core.session()?;
    chain::write_missing(&session.store).await?;
    let hash = input.hash.map(|hash| hash.trim().to_ascii_lowercase());
    let (report, known) = session
        .store
        .read_slow_async(move |c| {
            let known = hash.map(|hash| receipts::with_hash(c, &hash)).transpose()?.flatten();
            Ok((chain::verify(c)?, known))
        })
        .await?;
    Ok(ReceiptReport {
        receipts: u32::try_from(report.receipts).unwrap_or(u32::MAX),
        last: report.last,
        hash: report.hash,
        findings: report
            .findings
            .into_iter()
            .map(|f| ReceiptFinding { receipt: f.receipt, to: f.to, action_id: f.action_id, damage: f.damage.into() })
            .collect(),
        known,
    })
}

/// Job name of the receipts' export.
const JOB: &str = "receipts:export";

/// Stops the exports of the receipts that are under way: they leave no file behind.
///
/// # Errors
/// When no profile is open.
pub async fn receipts_export_stop(core: &Core, (): ()) -> Result<(), AppError> {
    core.opened()?.exports.stop(JOB);
    Ok(())
}

/// Writes every receipt as JSON lines `{"hash": …, "receipt": …}`; the SHA-256 of what stands behind `"receipt":` is the
/// hash, so that anybody can check the file without Rackdesk. Progress is told as `receipts:export`.
///
/// # Errors
/// When the file cannot be written, or it was stopped; then none is left behind.
pub async fn receipts_export(core: &Core, input: ReceiptExport) -> Result<WrittenFile, AppError> {
    let session = core.session()?;
    chain::write_missing(&session.store).await?;
    let store = session.store.clone();
    // They are numbered without gaps.
    let last = store.read_async(receipts::next_id).await?.saturating_sub(1);
    let total = u32::try_from(last).ok();
    as_job(core, JOB, total, input.path, move |writing, out| {
        write_all(&store, out, &mut |done| {
            writing.tell(done);
            !writing.stop().is_cancelled()
        })
    })
    .await
}

/// Writes every receipt as JSON lines. How many. `go_on` hears how many there are so far, and may end it.
fn write_all(store: &Store, out: &mut dyn Write, go_on: &mut dyn FnMut(u64) -> bool) -> Result<u64, AppError> {
    let (mut after, mut written) = (0, 0);
    loop {
        if !go_on(written) {
            return Err(AppError::of(ErrorCode::Cancelled));
        }
        let page = store.read_slow(|c| receipts::after(c, after, 500))?;
        let Some(last) = page.last() else { return Ok(written) };
        after = last.id;
        for receipt in &page {
            writeln!(out, "{{\"hash\":\"{}\",\"receipt\":{}}}", receipt.hash, receipt.body)?;
            written += 1;
        }
    }
}

impl Core {
    /// Writes every receipt as JSON lines to anything that takes bytes, for the command line.
    ///
    /// # Errors
    /// When the store cannot be read or `out` takes no more.
    pub async fn write_receipts(&self, mut out: Box<dyn Write + Send>) -> Result<u64, AppError> {
        let session = self.session()?;
        chain::write_missing(&session.store).await?;
        let store = session.store.clone();
        let writing = tokio::task::spawn_blocking(move || write_all(&store, &mut *out, &mut |_| true));
        writing.await.map_err(AppError::internal)?
    }
}

#[cfg(test)]
mod tests {
    use rackdesk_store::DatabaseKey;

    use super::*;

    fn receipt(id: i64) -> ReceiptRecord {
        ReceiptRecord {
            id,
            action_id: id,
            event_id: id,
            at: jiff::Timestamp::UNIX_EPOCH,
            kind: "power.restart".into(),
            state: "succeeded".into(),
            target_kind: "instance".into(),
            target_id: 5,
            target_name: "web-1".into(),
            client_id: None,
            by: "mira".into(),
            prev: "0".repeat(64),
            body: format!("{{\"receipt\":{id}}}"),
            hash: format!("{id:064x}"),
        }
    }

    #[test]
    fn an_export_tells_how_far_it_is_and_ends_where_somebody_stops_it() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("r.db"), &DatabaseKey::from_bytes([1; 32])).unwrap();
        let fill = store.write(|tx| (1..=1_200).try_for_each(|id| receipts::add(tx, &receipt(id))));
        fill.unwrap();
        let (mut out, mut heard) = (Vec::new(), Vec::new());
        let all = write_all(&store, &mut out, &mut |done| {
            heard.push(done);
            true
        });
        assert_eq!(all.unwrap(), 1_200);
        assert_eq!(heard, [0, 500, 1_000, 1_200]);
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 1_200);
        let stopped = write_all(&store, &mut Vec::new(), &mut |done| done < 500).unwrap_err();
        assert_eq!(stopped.code, ErrorCode::Cancelled);
    }
}

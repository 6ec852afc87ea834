//! Receipts: what was done, for whom, by whom and with what proof, chained so that a later change shows.
//!
//! A receipt is one canonical JSON text; its hash is the SHA-256 of that text, and the text names the hash of the receipt
//! before it. Receipts follow from the queue's own history: each action that ended has exactly one event that ended it,
//! events are numbered in the order of their commits and never removed, and [`write_missing`] walks them from where the
//! chain ends. So a receipt can be written late, but none can be left out: not by a crash, not by a second process.
//!
//! What the chain shows: any receipt that was changed, removed, swapped or put in afterwards, and any action whose own
//! rows were changed after its receipt ([`verify()`]). Who holds the database's key and computes the whole chain anew
//! leaves no trace inside it; against that a hash written down elsewhere helps (`rackdeskctl receipts verify --hash`).

mod body;
mod canonical;
mod verify;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rackdesk_store::{
    Store, StoreError, TableGroup,
    receipts::{self, LineRecord, ReceiptRecord},
    rusqlite::Connection,
};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast::error::RecvError;

pub use canonical::canonical;
pub use verify::{Damage, Finding, Link, Report, Verifier, verify};

use crate::plan::facts::hex;

/// Receipts written in one transaction; the queue's own writes wait no longer than for these.
const BATCH: u32 = 50;
/// WHMCS is not told of what is older than this: a long past that gets its receipts late would flood its log.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Actions that end within so long share one write to the disk.
const COLLECT: Duration = Duration::from_millis(250);

/// The hash of a receipt's text, in hex.
pub fn hash_of(body: &str) -> String {
    hex(&Sha256::digest(body.as_bytes()))
}

/// Writes the receipts of the next actions that ended and have none, in the order in which they ended. How many.
///
/// # Errors
/// When the queue cannot be read or the receipts not be written; then none of this step was.
pub fn write_next(c: &Connection, now: Timestamp) -> Result<u32, StoreError> {
    let mut head = receipts::head(c)?;
    let ended = receipts::ended_after(c, head.event_id, BATCH)?;
    for one in &ended {
        let id = receipts::next_id(c)?;
        let Some(draft) = body::draft(c, *one, None)? else {
            return Err(StoreError::row(format!("event {} ends an action that is not there", one.event_id)));
        };
        let body = canonical(&draft.sealed(id, &head.last_hash));
        let receipt = draft.record(id, *one, &head.last_hash, body);
        receipts::add(c, &receipt)?;
        if receipt.state == "succeeded" && now.duration_since(receipt.at) < NEWS {
            receipts::save_line(c, &line(&receipt, now))?;
        }
        head.last_hash.clone_from(&receipt.hash);
    }
    Ok(ended.len().try_into().unwrap_or(u32::MAX))
}

/// What WHMCS's activity log is told of a success.
fn line(receipt: &ReceiptRecord, now: Timestamp) -> LineRecord {
    let mark = format!("receipt {} {}", receipt.id, &receipt.hash[..16]);
    let target = format!("{} {} ({})", receipt.target_kind, receipt.target_id, receipt.target_name);
    LineRecord {
        receipt_id: receipt.id,
        client_id: receipt.client_id,
        line: format!("Rackdesk A-{}: {} on {target} by {} [{mark}]", receipt.action_id, receipt.kind, receipt.by),
        mark,
        state: "waiting".into(),
        tries: 0,
        looks: 0,
        request_id: None,
        sent_at: None,
        next_at: Some(now),
        entry_id: None,
        error: None,
        updated_at: now,
    }
}

/// Writes every receipt that is missing. How many.
///
/// # Errors
/// As [`write_next`]; what was written before stays.
pub async fn write_missing(store: &Store) -> Result<u32, StoreError> {
    write_some(store, u32::MAX).await
}

/// Writes receipts that are missing, about so many at most: for views that would rather show what there is than wait for
/// a long past. How many.
///
/// # Errors
/// As [`write_next`]; what was written before stays.
pub async fn write_some(store: &Store, most: u32) -> Result<u32, StoreError> {
    let mut all = 0_u32;
    while all < most {
        // Asked first on a reader: most of the time there is nothing to write.
        let due =
            store.read_async(|c| Ok(!receipts::ended_after(c, receipts::head(c)?.event_id, 1)?.is_empty())).await?;
        if !due {
            break;
        }
        all = all.saturating_add(store.write_durable_async(|c| write_next(c, Timestamp::now())).await?);
    }
    Ok(all)
}

/// Writes receipts as actions end, from those that ended before on, for as long as the store is open.
pub async fn keep_writing(store: Store) {
    let mut changes = store.subscribe();
    loop {
        if let Err(error) = write_missing(&store).await {
            // Tried again at the next change; nothing is lost meanwhile.
            tracing::error!(%error, "receipts could not be written");
        }
        loop {
            match changes.recv().await {
                Ok(changed) if !changed.groups.contains(TableGroup::Queue) => {}
                Ok(_) | Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return,
            }
        }
        tokio::time::sleep(COLLECT).await;
    }
}

#[cfg(test)]
mod tests;

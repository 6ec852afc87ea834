//! What Contabo's object storages hold: asked once a day, one row kept for each storage and UTC day.
//!
//! Only object storages have such figures. The API tells nothing of what an instance uses: no traffic, no processor time,
//! no disk; its limits are in the instance itself.
//!
//! A storage whose answer makes no sense, or that does not answer in time, keeps none of the others from being read, and
//! is named with the reason. Two in a row without any answer mean that nobody is there. Stats are not live (quirk 5): they are the provider's own latest count.

use jiff::Timestamp;
use rackdesk_contabo::{
    Client, Error, Problem,
    api::object_storages::{
        AutoScaling, ObjectStorage, ObjectStorageStats, ObjectStorageStatus, RetrieveObjectStorageList,
        RetrieveObjectStoragesStats,
    },
};
use rackdesk_store::{
    Store,
    mirror::{StorageRecord, UsageRecord, forget_storages, keep_usage, note_storage},
};
use rust_decimal::Decimal;

use crate::fault::{ErrorCode, Fault};

/// What a reading brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsageRead {
    /// Storages there are.
    pub storages: u32,
    /// Storages that were read.
    pub kept: u32,
    /// Storages that are not ready yet and were not asked.
    pub waiting: u32,
    /// Storages that could not be read.
    pub failed: u32,
    /// Why it ended before the last storage, or why the first of those could not be read.
    pub fault: Option<Fault>,
}

/// Asks every object storage for its stats. `at` is when, and its UTC day is the rows'. When nobody answers any more (two
/// in a row, or nobody lets us in), or the store fails, it ends there and says so; what was read before is kept.
pub async fn read(store: &Store, client: &Client, at: Timestamp) -> UsageRead {
    let mut read = UsageRead::default();
    if let Err(fault) = each(store, client, at, &mut read).await {
        read.fault = Some(fault);
    }
    read
}

async fn each(store: &Store, client: &Client, at: Timestamp, read: &mut UsageRead) -> Result<(), Fault> {
    let listed: Vec<ObjectStorage> = client.all(RetrieveObjectStorageList::new()).await.map_err(|e| Fault::from(&e))?;
    read.storages = u32::try_from(listed.len()).unwrap_or(u32::MAX);
    let there: Vec<String> = listed.iter().map(|one| one.object_storage_id.clone()).collect();
    store.write_async(move |tx| forget_storages(tx, &there, at).map(drop)).await?;
    let mut silent = false;
    for storage in &listed {
        if not_ready_yet(&storage.status) {
            read.waiting += 1;
            continue;
        }
        let answer = client.call(RetrieveObjectStoragesStats::new(storage.object_storage_id.clone())).await;
        let was_silent = std::mem::replace(&mut silent, answer.as_ref().is_err_and(no_answer));
        match answer {
            Ok(stats) => match record(storage, &stats, at) {
                Ok(record) => {
                    keep(store, record).await?;
                    read.kept += 1;
                }
                Err(fault) => passed_over(store, storage, at, fault, read).await?,
            },
            Err(error) if only_this(&error) => passed_over(store, storage, at, Fault::from(&error), read).await?,
            Err(error) if silent => {
                let fault = Fault::from(&error);
                passed_over(store, storage, at, fault.clone(), read).await?;
                if was_silent {
                    return Err(fault);
                }
            }
            Err(error) => return Err(Fault::from(&error)),
        }
    }
    Ok(())
}

/// Before it is there it holds nothing.
fn not_ready_yet(status: &ObjectStorageStatus) -> bool {
    use ObjectStorageStatus as S;
    matches!(
        status,
        S::Provisioning
            | S::ManualProvisioning
            | S::OrderProcessing
            | S::PendingPayment
            | S::VerificationRequired
            | S::ProductNotAvailable
    )
}

/// Whether the next storage may answer all the same.
fn only_this(error: &Error) -> bool {
    matches!(
        error.problem,
        Problem::PermissionDenied { .. }
            | Problem::NotFound { .. }
            | Problem::Conflict { .. }
            | Problem::Validation { .. }
            | Problem::Refused { .. }
            | Problem::Html { .. }
            | Problem::Unreadable { .. }
            | Problem::ProviderFailed { .. }
    )
}

/// Whether nothing, or no whole answer, came back.
fn no_answer(error: &Error) -> bool {
    matches!(error.problem, Problem::Wire(_))
}

fn record(storage: &ObjectStorage, stats: &ObjectStorageStats, at: Timestamp) -> Result<UsageRecord, Fault> {
    let damaged = |name: &str| {
        let path = format!("data[0].{name}");
        Fault::with(ErrorCode::Unreadable, [("provider", "Contabo".to_owned()), ("path", path)])
    };
    let size = |quantity: Option<rackdesk_contabo::lenient::Quantity>| quantity.map(|q| q.0);
    let used_tb = size(stats.used_space_tb).filter(|used| !used.is_sign_negative() || used.is_zero());
    let scaling = storage.auto_scaling.as_ref();
    Ok(UsageRecord {
        storage_id: storage.object_storage_id.clone(),
        read_at: at,
        name: storage.display_name.clone(),
        region: storage.region.clone(),
        data_center: storage.data_center.clone(),
        status: storage.status.to_string(),
        used_tb: used_tb.ok_or_else(|| damaged("usedSpaceTB"))?,
        percent: size(stats.used_space_percentage).filter(|percent| *percent >= Decimal::ZERO),
        objects: stats.number_of_objects.filter(|n| *n >= 0).ok_or_else(|| damaged("numberOfObjects"))?,
        bought_tb: size(storage.total_purchased_space_tb),
        scaling: scaling.map(|s: &AutoScaling| s.state.to_string()).unwrap_or_default(),
        limit_tb: scaling.and_then(|s| size(s.size_limit_tb)),
    })
}

async fn keep(store: &Store, record: UsageRecord) -> Result<(), Fault> {
    let storage = StorageRecord {
        storage_id: record.storage_id.clone(),
        name: record.name.clone(),
        region: record.region.clone(),
        tried_at: record.read_at,
        read_at: Some(record.read_at),
        error: None,
        gone_at: None,
    };
    Ok(store
        .write_async(move |tx| {
            note_storage(tx, &storage)?;
            keep_usage(tx, &record).map(drop)
        })
        .await?)
}

async fn passed_over(
    store: &Store,
    storage: &ObjectStorage,
    at: Timestamp,
    fault: Fault,
    read: &mut UsageRead,
) -> Result<(), Fault> {
    let storage = StorageRecord {
        storage_id: storage.object_storage_id.clone(),
        name: storage.display_name.clone(),
        region: storage.region.clone(),
        tried_at: at,
        read_at: None,
        error: serde_json::to_string(&fault).ok(),
        gone_at: None,
    };
    read.failed += 1;
    read.fault.get_or_insert(fault);
    Ok(store.write_async(move |tx| note_storage(tx, &storage)).await?)
}

#[cfg(test)]
mod tests;

//! WHMCS's own queue of module runs that failed: read whole and kept, so that the board shows them beside our own.
//!
//! WHMCS has no call that tries one of them again; what does the same is an action of ours
//! ([`again`] names which), planned and approved like any other.

use jiff::Timestamp;
use rackdesk_store::{
    Store,
    module_queue::{self, FailedRun},
};
use rackdesk_whmcs::{
    Client,
    actions::module::{GetModuleQueue, QueuedAction},
};

use crate::{act::kinds, fault::Fault};

/// Characters of a module's own words that are kept.
const LONGEST_WORDS: usize = 1_000;

/// The kind of action that does what a run failed at; `None` when nothing here does.
pub fn again(run: &FailedRun) -> Option<&'static str> {
    let ours = run.subject.eq_ignore_ascii_case("service");
    kinds::module::retries(&run.action).filter(|_| ours)
}

/// Reads the queue and keeps it in place of what was there. How many runs wait in it.
///
/// # Errors
/// What WHMCS said, or when the store fails.
pub async fn read(store: &Store, client: &Client) -> Result<u32, Fault> {
    let begun = Timestamp::now();
    let answer = client.call(GetModuleQueue::default()).await.map_err(|e| Fault::from(&e))?;
    let waiting = answer.value.queue.iter().filter(|run| run.completed != Some(true));
    let runs: Vec<FailedRun> = waiting.filter_map(record).collect();
    let count = u32::try_from(runs.len()).unwrap_or(u32::MAX);
    store.write_async(move |tx| module_queue::replace(tx, &runs, begun)).await?;
    Ok(count)
}

fn record(run: &QueuedAction) -> Option<FailedRun> {
    let number = |n: Option<u64>| n.and_then(|n| i64::try_from(n).ok());
    Some(FailedRun {
        id: number(run.id)?,
        subject: run.service_type.to_string(),
        subject_id: number(run.service_id)?,
        module: run.module_name.clone(),
        action: run.module_action.clone(),
        error: run.last_attempt_error.chars().take(LONGEST_WORDS).collect(),
        retries: number(run.num_retries).unwrap_or(0),
        last_attempt: run.last_attempt.raw.clone(),
        created: run.created_at.raw.clone(),
    })
}

//! WHMCS's own queue of module runs that failed, beside ours.

use jiff::Timestamp;
use rackdesk_console::record::failed_modules;
use rackdesk_store::module_queue;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AppError, Core, ErrorCode};

/// A run of a module that failed and that WHMCS keeps for another try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FailedModuleRun {
    /// Id in WHMCS's queue.
    pub id: i64,
    /// `service`, `addon`, `domain`.
    pub subject: String,
    /// Its id.
    pub subject_id: i64,
    /// The service's name, when it is in the mirror.
    pub name: Option<String>,
    /// Its client.
    pub client_id: Option<i64>,
    /// Module.
    pub module: String,
    /// What it was told, e.g. `CreateAccount`.
    pub action: String,
    /// The module's own words; foreign text.
    pub error: String,
    /// How often WHMCS tried again.
    pub retries: u32,
    /// When it last tried, in WHMCS's own zone.
    pub last_attempt: String,
    /// The kind of action that does the same, to be planned for this service; none for addons and domains.
    pub again: Option<String>,
}

/// WHMCS's module queue as it was when it was last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ModuleQueue {
    /// When (RFC 3339, UTC); `None` when it never was.
    pub as_of: Option<String>,
    /// Newest first.
    pub runs: Vec<FailedModuleRun>,
}

impl From<module_queue::KnownRun> for FailedModuleRun {
    fn from(known: module_queue::KnownRun) -> Self {
        let run = known.run;
        let again = failed_modules::again(&run);
        Self {
            id: run.id,
            subject: run.subject,
            subject_id: run.subject_id,
            name: known.name,
            client_id: known.client_id,
            module: run.module,
            action: run.action,
            error: run.error,
            retries: u32::try_from(run.retries).unwrap_or(0),
            last_attempt: run.last_attempt,
            again: again.map(str::to_owned),
        }
    }
}

/// WHMCS's module queue as it was when it was last read.
///
/// # Errors
/// When the store fails.
pub async fn module_queue(core: &Core, (): ()) -> Result<ModuleQueue, AppError> {
    let (runs, read_at) = core.session()?.store.read_async(module_queue::runs).await?;
    Ok(ModuleQueue {
        as_of: read_at.map(|at: Timestamp| at.to_string()),
        runs: runs.into_iter().map(FailedModuleRun::from).collect(),
    })
}

/// Reads WHMCS's module queue now.
///
/// # Errors
/// When there is no WHMCS, or what it said.
pub async fn module_queue_read(core: &Core, (): ()) -> Result<ModuleQueue, AppError> {
    let session = core.session()?;
    let client = session.clients.whmcs.as_ref().ok_or_else(|| AppError::of(ErrorCode::NoProfile))?;
    failed_modules::read(&session.store, client).await?;
    module_queue(core, ()).await
}

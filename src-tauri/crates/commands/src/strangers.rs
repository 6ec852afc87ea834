//! Strangers: what others did at the provider, found in its audits.

use jiff::civil::Date;
use rackdesk_console::record::strangers as outside;
use rackdesk_store::{
    list::Today,
    strangers::{self as kept, StrangerRecord},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio_util::sync::CancellationToken;

use crate::{
    AppError, Core, ErrorCode,
    app::operator,
    list::{ListQuery, Window},
    queue::VerbResult,
};

/// A change that carries no request id of ours. Columns: id, at, list, action, username, user_id, request_id,
/// instance_id, open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StrangerRow {
    /// Row.
    pub id: i64,
    /// Audit list: `instances`, `instance_actions`, `snapshots`, `dns_records`, …
    pub list: String,
    /// When it was made (RFC 3339, UTC), as the provider says.
    pub at: Option<String>,
    /// `CREATED`, `UPDATED`, `DELETED`.
    pub action: String,
    /// Name of who did it.
    pub username: String,
    /// The provider's id of who did it.
    pub user_id: String,
    /// The call's `x-request-id`.
    pub request_id: String,
    /// The call's `x-trace-id`; a Rackdesk elsewhere writes `rackdesk-A-…`.
    pub trace_id: String,
    /// On what: names and values as the provider has them.
    pub resource: Vec<crate::log::NameValue>,
    /// The instance, when it is about one.
    pub instance_id: Option<i64>,
    /// Names of what changed.
    pub changed: Vec<String>,
    /// When it was found.
    pub found_at: String,
    /// Who took note.
    pub acknowledged_by: Option<String>,
    /// When.
    pub acknowledged_at: Option<String>,
    /// Why it is all right.
    pub reason: Option<String>,
}

/// How far an audit list was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AuditListState {
    /// List.
    pub list: String,
    /// When it was last read to its end; `None` when it never was.
    pub read_at: Option<String>,
    /// Why the last reading failed, e.g. a permission that is missing.
    pub error: Option<AppError>,
}

/// The strangers as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StrangersState {
    /// How many nobody has taken note of.
    pub open: u32,
    /// The 17 audit lists.
    pub lists: Vec<AuditListState>,
}

/// What to read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct StrangersRequest {
    /// From this day on (yyyy-mm-dd, UTC); from where the last reading ended when absent.
    pub since: Option<String>,
}

/// What a reading brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StrangersRead {
    /// Lists read to their end.
    pub lists: u32,
    /// Lists that could not be read.
    pub failed: u32,
    /// Rows read.
    pub rows: u32,
    /// Strangers that were not known before.
    pub new: u32,
    /// How many nobody has taken note of.
    pub open: u32,
}

/// Takes note of strangers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Acknowledgement {
    /// Rows, 1 to 1,000.
    pub ids: Vec<i64>,
    /// Why it is all right, 1 to 500 characters.
    pub reason: String,
}

impl From<StrangerRecord> for StrangerRow {
    fn from(r: StrangerRecord) -> Self {
        let resource: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&r.resource).unwrap_or_default();
        let value = |v: serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let note = r.acknowledged;
        Self {
            id: r.id,
            list: r.list,
            at: r.at.map(|at| at.to_string()),
            action: r.action,
            username: r.username,
            user_id: r.user_id,
            request_id: r.request_id,
            trace_id: r.trace_id,
            resource: resource.into_iter().map(|(name, v)| crate::log::NameValue { name, value: value(v) }).collect(),
            instance_id: r.instance_id,
            changed: serde_json::from_str(&r.changed).unwrap_or_default(),
            found_at: r.found_at.to_string(),
            acknowledged_by: note.as_ref().map(|n| n.by.clone()),
            acknowledged_at: note.as_ref().map(|n| n.at.to_string()),
            reason: note.map(|n| n.reason),
        }
    }
}

/// A window of the strangers, newest first unless asked otherwise.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn strangers_window(core: &Core, input: ListQuery) -> Result<Window<StrangerRow>, AppError> {
    let query = input.into();
    let found = core.session()?.store.read_async(move |c| kept::stranger_window(c, &query, &Today::local())).await?;
    Ok(Window { rows: found.rows.into_iter().map(StrangerRow::from).collect(), next: found.next })
}

/// How many strangers are open, and how far the audits were read.
///
/// # Errors
/// When the store fails.
pub async fn strangers_state(core: &Core, (): ()) -> Result<StrangersState, AppError> {
    let session = core.session()?;
    let read = session.store.read_async(|c| {
        let lists = outside::LISTS.iter().map(|list| Ok((*list, kept::list_state(c, list)?)));
        Ok((kept::open_count(c)?, lists.collect::<Result<Vec<_>, rackdesk_store::StoreError>>()?))
    });
    let (open, lists) = read.await?;
    let state = |(list, state): (&str, Option<kept::ListRecord>)| AuditListState {
        list: list.to_owned(),
        read_at: state.as_ref().and_then(|s| s.read_at).map(|at| at.to_string()),
        error: state
            .and_then(|s| s.error)
            .and_then(|json| serde_json::from_str::<rackdesk_console::fault::Fault>(&json).ok())
            .map(AppError::from),
    };
    Ok(StrangersState { open, lists: lists.into_iter().map(state).collect() })
}

/// Reads what is new in the 17 audit lists.
///
/// # Errors
/// When there is no Contabo, the day is none, or the provider cannot be reached.
pub async fn strangers_read(core: &Core, input: StrangersRequest) -> Result<StrangersRead, AppError> {
    let session = core.session()?;
    let since: Option<Date> = input
        .since
        .map(|day| day.trim().parse().map_err(|_| AppError::invalid("since", "is no day of the form 2026-11-20")))
        .transpose()?;
    let client = session.clients.contabo.as_ref().ok_or_else(|| AppError::of(ErrorCode::NoProfile))?;
    let read = outside::read(&session.store, client, since, &CancellationToken::new()).await?;
    let open = session.store.read_async(kept::open_count).await?;
    Ok(StrangersRead {
        lists: read.lists,
        failed: read.failed,
        rows: u32::try_from(read.rows).unwrap_or(u32::MAX),
        new: read.new,
        open,
    })
}

/// Takes note of strangers, with a reason; one that cannot be noted does not keep the others from it.
///
/// # Errors
/// When the request makes no sense, or the store fails.
pub async fn strangers_acknowledge(core: &Core, input: Acknowledgement) -> Result<Vec<VerbResult>, AppError> {
    if input.ids.is_empty() || input.ids.len() > 1_000 {
        return Err(AppError::invalid("ids", "needs 1 to 1,000 strangers"));
    }
    if input.reason.trim().is_empty() {
        return Err(AppError::invalid("reason", "must say why it is all right"));
    }
    let session = core.session()?;
    let by = operator();
    let mut results = Vec::with_capacity(input.ids.len());
    for id in input.ids {
        let done = outside::acknowledge(&session.store, id, &by, &input.reason).await;
        results.push(VerbResult { id, error: done.err().map(AppError::from) });
    }
    Ok(results)
}

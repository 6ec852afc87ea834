//! Strangers: changes that the provider's audits show and that did not come from this console.
//!
//! Each write carries a request id of its own, noted before it left. A row of the audits with an id that nobody here noted
//! was made by somebody else: in the provider's panel, by another program, or by another person's Rackdesk.

use futures::{TryStreamExt, pin_mut};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rackdesk_contabo::{
    Client, Error, PAGE_SIZE, Paged, Problem,
    api::audits::{
        AuditRow, RetrieveAssignmentsAuditsList, RetrieveDnsAuditsList, RetrieveDomainsAuditsList,
        RetrieveFirewallAuditsList, RetrieveHandlesAuditsList, RetrieveImageAuditsList,
        RetrieveInstancesActionsAuditsList, RetrieveInstancesAuditsList, RetrieveObjectStorageAuditsList,
        RetrievePrivateNetworkAuditsList, RetrieveRecordAuditsList, RetrieveRoleAuditsList, RetrieveSecretAuditsList,
        RetrieveSnapshotsAuditsList, RetrieveTagAuditsList, RetrieveUserAuditsList, RetrieveVipAuditsList,
    },
};
use rackdesk_store::{
    Store,
    strangers::{self, ListRecord, StrangerRecord},
};
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::fault::{ErrorCode, Fault};

/// Rows may show up in the audits this much after the change; so far back is read again.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// Names of what changed that are kept of a row.
const MOST_NAMES: usize = 20;

/// What a reading brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    /// Lists read to their end.
    pub lists: u32,
    /// Lists that could not be read, e.g. for want of a permission.
    pub failed: u32,
    /// Rows read.
    pub rows: u64,
    /// Strangers that were not known before.
    pub new: u32,
}

/// The names of the lists, as strangers carry them.
pub const LISTS: [&str; 17] = [
    "images",
    "instance_actions",
    "instances",
    "snapshots",
    "dns_records",
    "dns_zones",
    "domains",
    "handles",
    "firewalls",
    "object_storages",
    "private_networks",
    "roles",
    "secrets",
    "tag_assignments",
    "tags",
    "users",
    "vips",
];

struct Reader<'a> {
    store: &'a Store,
    client: &'a Client,
    stop: &'a CancellationToken,
    since: Option<Date>,
    begun: Timestamp,
    read: Read,
}

/// Reads what is new in all audit lists. The first time a list is read from the day this profile first spoke to a
/// provider; `since` reads from an earlier day.
///
/// # Errors
/// When the store fails or the provider cannot be reached; a list that is refused is noted and passed over.
pub async fn read(
    store: &Store,
    client: &Client,
    since: Option<Date>,
    stop: &CancellationToken,
) -> Result<Read, Fault> {
    // What was called a moment ago must be in the log before it is looked up there.
    let log = store.log_writer()?;
    tokio::task::spawn_blocking(move || log.flush()).await.ok();
    let mut reader = Reader { store, client, stop, since, begun: Timestamp::now(), read: Read::default() };
    macro_rules! each {
        ($($name:literal = $list:ident),* $(,)?) => {
            $(reader.list($name, |day| $list::new().start_date(day)).await?;)*
        };
    }
    each!(
        "images" = RetrieveImageAuditsList,
        "instance_actions" = RetrieveInstancesActionsAuditsList,
        "instances" = RetrieveInstancesAuditsList,
        "snapshots" = RetrieveSnapshotsAuditsList,
        "dns_records" = RetrieveRecordAuditsList,
        "dns_zones" = RetrieveDnsAuditsList,
        "domains" = RetrieveDomainsAuditsList,
        "handles" = RetrieveHandlesAuditsList,
        "firewalls" = RetrieveFirewallAuditsList,
        "object_storages" = RetrieveObjectStorageAuditsList,
        "private_networks" = RetrievePrivateNetworkAuditsList,
        "roles" = RetrieveRoleAuditsList,
        "secrets" = RetrieveSecretAuditsList,
        "tag_assignments" = RetrieveAssignmentsAuditsList,
        "tags" = RetrieveTagAuditsList,
        "users" = RetrieveUserAuditsList,
        "vips" = RetrieveVipAuditsList,
    );
    store.write_async(strangers_that_are_ours).await?;
    Ok(reader.read)
}

fn strangers_that_are_ours(tx: &rackdesk_store::rusqlite::Transaction<'_>) -> Result<(), rackdesk_store::StoreError> {
    strangers::drop_ours(tx).map(drop)
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Where the next reading of a list begins: a day before this one began, and never before where this one did.
fn next_day(from: Date, begun: Timestamp) -> Date {
    day(begun.saturating_sub(OVERLAP).unwrap_or(begun)).max(from)
}

impl Reader<'_> {
    async fn list<L>(&mut self, name: &'static str, of: impl FnOnce(Date) -> L) -> Result<(), Fault>
    where
        L: Paged,
        L::Item: AuditRow + Serialize,
    {
        if self.stop.is_cancelled() {
            return Ok(());
        }
        let (known, first) = self
            .store
            .read_async(move |c| Ok((strangers::list_state(c, name)?, strangers::first_exchange(c)?)))
            .await?;
        let begin = known.as_ref().map_or_else(|| day(first.unwrap_or(self.begun)), |known| known.from_day);
        let from = self.since.map_or(begin, |since| since.min(begin));
        let (read_at, from_day, error) = match self.pages(name, of(from)).await? {
            None if self.stop.is_cancelled() => return Ok(()),
            None => {
                self.read.lists += 1;
                // A clock that was ahead must not let days be passed over.
                let next = next_day(from, self.begun).min(day(self.begun).saturating_add(1.day()));
                (Some(self.begun), next, None)
            }
            Some(fault) => {
                self.read.failed += 1;
                let was = known.as_ref().and_then(|k| k.read_at);
                (was, begin, serde_json::to_string(&fault).ok())
            }
        };
        let state = ListRecord { list: name.to_owned(), from_day, read_at, error };
        Ok(self.store.write_async(move |tx| strangers::save_list(tx, &state)).await?)
    }

    /// Reads a list to its end. Says why when this list cannot be read.
    async fn pages<L>(&mut self, name: &'static str, list: L) -> Result<Option<Fault>, Fault>
    where
        L: Paged,
        L::Item: AuditRow + Serialize,
    {
        let pages = self.client.pages(list, PAGE_SIZE);
        pin_mut!(pages);
        loop {
            let page = match self.stop.run_until_cancelled(pages.try_next()).await {
                None | Some(Ok(None)) => return Ok(None),
                Some(Ok(Some(page))) => page,
                Some(Err(error)) if refused(&error) => return Ok(Some(Fault::from(&error))),
                Some(Err(error)) => return Err(Fault::from(&error)),
            };
            let found_at = self.begun;
            let rows: Vec<StrangerRecord> = page.data.iter().map(|row| record(name, row, found_at)).collect();
            self.read.rows += rows.len() as u64;
            self.read.new += self
                .store
                .write_async(move |tx| {
                    let mut new = 0;
                    for row in &rows {
                        if row.request_id.is_empty() || !strangers::is_ours(tx, &row.request_id)? {
                            new += u32::from(strangers::add(tx, row)?);
                        }
                    }
                    Ok(new)
                })
                .await?;
        }
    }
}

/// Whether only this list is closed to us.
fn refused(error: &Error) -> bool {
    matches!(
        error.problem,
        Problem::PermissionDenied { .. }
            | Problem::NotFound { .. }
            | Problem::Validation { .. }
            | Problem::Refused { .. }
            | Problem::Unreadable { .. }
            | Problem::Stuck { .. }
            | Problem::ProviderFailed { .. }
    )
}

fn record<R: AuditRow + Serialize>(list: &str, row: &R, found_at: Timestamp) -> StrangerRecord {
    let resource = row.resource();
    let instance = resource.iter().find(|(name, _)| name == "instanceId").and_then(|(_, id)| id.parse().ok());
    let resource: serde_json::Map<_, _> = resource.into_iter().map(|(name, id)| (name, Value::from(id))).collect();
    let changes = serde_json::to_value(row).ok().and_then(|row| row.get("changes").cloned()).unwrap_or_default();
    StrangerRecord {
        id: 0,
        list: list.to_owned(),
        audit_id: row.id(),
        at: row.timestamp().and_then(|stamp| stamp.at()),
        action: row.action().to_string(),
        user_id: row.changed_by().to_owned(),
        username: row.username().to_owned(),
        request_id: row.request_id().to_ascii_lowercase(),
        trace_id: row.trace_id().to_owned(),
        resource: Value::Object(resource).to_string(),
        changed: names(&changes).to_string(),
        instance_id: instance,
        found_at,
        acknowledged: None,
    }
}

/// Names of what changed. Values stay out: they may be secret, and nobody needs them to ask who it was.
fn names(changes: &Value) -> Value {
    let new = changes.get("new").or_else(|| changes.get("current")).filter(|new| new.is_object());
    let of = new.unwrap_or(changes);
    of.as_object().into_iter().flatten().map(|(name, _)| Value::from(name.as_str())).take(MOST_NAMES).collect()
}

/// Takes note of a stranger.
///
/// # Errors
/// `NotFound` when there is none of that number, `StateForbids` when somebody took note before, `InvalidInput` without a
/// reason.
pub async fn acknowledge(store: &Store, id: i64, by: &str, reason: &str) -> Result<(), Fault> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        let problem = "needs 1 to 500 characters".to_owned();
        return Err(Fault::with(ErrorCode::InvalidInput, [("field", "reason".into()), ("problem", problem)]));
    }
    let note = strangers::Acknowledged { by: by.to_owned(), at: Timestamp::now(), reason: reason.to_owned() };
    if store.write_async(move |tx| strangers::acknowledge(tx, id, &note)).await? {
        return Ok(());
    }
    let there = store
        .read_async(move |c| {
            Ok(c.query_row("SELECT EXISTS (SELECT 1 FROM stranger WHERE id = ?1)", [id], |row| row.get(0))?)
        })
        .await?;
    Err(match there {
        true => Fault::with(ErrorCode::StateForbids, [("state", "acknowledged".into())]),
        false => Fault::with(ErrorCode::NotFound, [("what", format!("Stranger {id}"))]),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_next_reading_overlaps_and_never_goes_back() {
        let begun: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let of = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(next_day(of("2026-11-01"), begun), of("2026-11-19"));
        assert_eq!(next_day(of("2026-11-20"), begun), of("2026-11-20"));
    }

    #[test]
    fn only_names_of_changes_are_kept() {
        assert_eq!(names(&json!({"displayName": {"old": "a", "new": "b"}})), json!(["displayName"]));
        assert_eq!(names(&json!({"new": {"rootPassword": "s3cret"}})), json!(["rootPassword"]));
        assert_eq!(names(&json!("free text")), json!([]));
    }
}

//! The 17 audit lists: what was changed, by whom, and by which request.
//!
//! A row becomes visible some time after the change (see [`Audits::lag`]); calls that were refused leave none.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::answer::Outcome;
use super::call::Call;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, get};
use super::rights::Tagged;
use super::text::moment;

/// One of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum List {
    Images,
    InstanceActions,
    Instances,
    Snapshots,
    Records,
    Zones,
    Domains,
    Handles,
    Firewalls,
    ObjectStorages,
    PrivateNetworks,
    Roles,
    Secrets,
    Assignments,
    Tags,
    Users,
    Vips,
}

impl List {
    /// The resource filters of the list; the rows carry fields of the same names.
    fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Images => &["imageId"],
            Self::InstanceActions | Self::Instances => &["instanceId"],
            Self::Snapshots => &["instanceId", "snapshotId"],
            Self::Records => &["recordId"],
            Self::Zones => &["name"],
            Self::Domains => &["domain"],
            Self::Handles => &["handleId"],
            Self::Firewalls => &["firewallId"],
            Self::ObjectStorages => &["objectStorageId"],
            Self::PrivateNetworks => &["privateNetworkId"],
            Self::Roles => &["roleId"],
            Self::Secrets => &["secretId"],
            Self::Assignments => &["tagId", "resourceId"],
            Self::Tags => &["tagId"],
            Self::Users => &["userId"],
            Self::Vips => &["vipId"],
        }
    }
}

/// What a row says about the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Created,
    Updated,
    Deleted,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Deleted => "DELETED",
        }
    }
}

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) action: Action,
    pub(super) at: Timestamp,
    /// From when on the list shows it.
    pub(super) visible: Timestamp,
    pub(super) changed_by: String,
    pub(super) username: String,
    pub(super) request_id: String,
    pub(super) trace_id: String,
    /// The resource's fields, `instanceId` and the like.
    pub(super) subject: Vec<(&'static str, Value)>,
    pub(super) changes: Value,
}

/// All lists.
#[derive(Debug, Clone, Default)]
pub(super) struct Audits {
    lists: BTreeMap<List, Vec<Row>>,
    /// How long every row stays unseen; `None` draws up to two seconds for each.
    pub(super) lag: Option<SignedDuration>,
    rows: i64,
}

impl Audits {
    /// Adds a row, giving it the next number.
    pub(super) fn push(&mut self, list: List, row: Row) {
        self.rows += 1;
        self.lists.entry(list).or_default().push(Row { id: self.rows, ..row });
    }

    fn of(&self, list: List) -> &[Row] {
        self.lists.get(&list).map_or(&[], Vec::as_slice)
    }
}

const ORDER: Order<Row> = &[
    ("id", |row| Key::Number(row.id)),
    ("timestamp", |row| Key::time(row.at)),
    ("action", |row| Key::text(row.action.name())),
    ("username", |row| Key::text(&row.username)),
    ("changedBy", |row| Key::text(&row.changed_by)),
    ("requestId", |row| Key::text(&row.request_id)),
];

/// Text of a subject's value, for filters.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn list(call: &mut Call<'_>, list: List) -> Outcome {
    let day_start = |date: jiff::civil::Date| date.to_zoned(jiff::tz::TimeZone::UTC).map(|day| day.timestamp()).ok();
    let from = call.query.date("startDate")?.and_then(day_start);
    // The last day counts in full.
    let until = call.query.date("endDate")?.and_then(|date| date.tomorrow().ok()).and_then(day_start);
    let request = call.query.text("requestId");
    let changed_by = call.query.text("changedBy");
    let filters: Vec<(&str, &str)> =
        list.filters().iter().filter_map(|name| Some((*name, call.query.text(name)?))).collect();
    let now = call.now;
    let rows = call
        .state
        .audits
        .of(list)
        .iter()
        .filter(|row| row.visible <= now)
        .filter(|row| from.is_none_or(|from| row.at >= from) && until.is_none_or(|until| row.at < until))
        .filter(|row| request.is_none_or(|request| row.request_id.eq_ignore_ascii_case(request)))
        .filter(|row| changed_by.is_none_or(|user| row.changed_by.eq_ignore_ascii_case(user)))
        .filter(|row| filters.iter().all(|(name, wanted)| subject_is(row, name, wanted)))
        .filter(|row| in_scope(call, row))
        .collect();
    let frame = if list == List::Roles { Frame::LinksOnly } else { Frame::Full };
    call.list(frame, rows, ORDER, |row| view(call, row))
}

fn subject_is(row: &Row, name: &str, wanted: &str) -> bool {
    row.subject.iter().any(|(field, value)| *field == name && plain(value).eq_ignore_ascii_case(wanted))
}

/// Rows about instances, images and storages the caller may not see stay away from them too.
fn in_scope(call: &Call<'_>, row: &Row) -> bool {
    row.subject.iter().all(|(field, value)| {
        let kind = match *field {
            "instanceId" => Tagged::Instance,
            "imageId" => Tagged::Image,
            "objectStorageId" => Tagged::ObjectStorage,
            _ => return true,
        };
        call.may_touch(kind, &plain(value))
    })
}

fn view(call: &Call<'_>, row: &Row) -> Value {
    let mut map = Map::new();
    map.insert("id".to_owned(), json!(row.id));
    for (name, value) in &row.subject {
        map.insert((*name).to_owned(), value.clone());
    }
    map.insert("action".to_owned(), json!(row.action.name()));
    map.insert("timestamp".to_owned(), json!(moment(row.at)));
    map.insert("changedBy".to_owned(), json!(row.changed_by));
    map.insert("username".to_owned(), json!(row.username));
    map.insert("requestId".to_owned(), json!(row.request_id));
    map.insert("traceId".to_owned(), json!(row.trace_id));
    map.insert("changes".to_owned(), row.changes.clone());
    call.state.account.owned(Value::Object(map))
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveImageAuditsList", "/v1/compute/images/audits", "/v1/compute/images", |call| list(call, List::Images)),
    get(
        "retrieveInstancesActionsAuditsList",
        "/v1/compute/instances/actions/audits",
        "/v1/compute/instances/actions",
        |call| list(call, List::InstanceActions),
    ),
    get("retrieveInstancesAuditsList", "/v1/compute/instances/audits", "/v1/compute/instances", |call| {
        list(call, List::Instances)
    }),
    get("retrieveSnapshotsAuditsList", "/v1/compute/snapshots/audits", "/v1/compute/snapshots", |call| {
        list(call, List::Snapshots)
    }),
    get("retrieveRecordAuditsList", "/v1/dns/records/audits", "/v1/dns", |call| list(call, List::Records)),
    get("retrieveDnsAuditsList", "/v1/dns/zones/audits", "/v1/dns", |call| list(call, List::Zones)),
    get("retrieveDomainsAuditsList", "/v1/domains/audits", "/v1/domains", |call| list(call, List::Domains)),
    get("retrieveHandlesAuditsList", "/v1/domains/handles/audits", "/v1/domains/handles", |call| {
        list(call, List::Handles)
    }),
    get("retrieveFirewallAuditsList", "/v1/firewalls/audits", "/v1/firewalls", |call| list(call, List::Firewalls)),
    get("retrieveObjectStorageAuditsList", "/v1/object-storages/audits", "/v1/object-storages", |call| {
        list(call, List::ObjectStorages)
    }),
    get("retrievePrivateNetworkAuditsList", "/v1/private-networks/audits", "/v1/private-networks", |call| {
        list(call, List::PrivateNetworks)
    }),
    get("retrieveRoleAuditsList", "/v1/roles/audits", "/v1/roles", |call| list(call, List::Roles)),
    get("retrieveSecretAuditsList", "/v1/secrets/audits", "/v1/secrets", |call| list(call, List::Secrets)),
    get("retrieveAssignmentsAuditsList", "/v1/tags/assignments/audits", "/v1/tags/assignments", |call| {
        list(call, List::Assignments)
    }),
    get("retrieveTagAuditsList", "/v1/tags/audits", "/v1/tags", |call| list(call, List::Tags)),
    get("retrieveUserAuditsList", "/v1/users/audits", "/v1/users", |call| list(call, List::Users)),
    get("retrieveVipAuditsList", "/v1/vips/audits", "/v1/vips", |call| list(call, List::Vips)),
];

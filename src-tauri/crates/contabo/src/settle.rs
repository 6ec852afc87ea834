//! Settling a call whose outcome is unknown, by the provider's own audits (quirk 8).
//!
//! A row with the call's request id proves that the provider acted on it. No row proves nothing by itself: rows may lag,
//! and nobody has documented whether refused calls leave one. So [`Settled::NotSeen`] is for the caller to weigh, after a
//! grace time and together with a look at the resource.

use futures::future::BoxFuture;
use futures::{StreamExt, pin_mut};
use rackdesk_wire::{Call, Effect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::audits::{
    AuditList, AuditRow, RetrieveAssignmentsAuditsList, RetrieveDnsAuditsList, RetrieveDomainsAuditsList,
    RetrieveFirewallAuditsList, RetrieveHandlesAuditsList, RetrieveImageAuditsList, RetrieveInstancesActionsAuditsList,
    RetrieveInstancesAuditsList, RetrieveObjectStorageAuditsList, RetrievePrivateNetworkAuditsList,
    RetrieveRecordAuditsList, RetrieveRoleAuditsList, RetrieveSecretAuditsList, RetrieveSnapshotsAuditsList,
    RetrieveTagAuditsList, RetrieveUserAuditsList, RetrieveVipAuditsList,
};
use crate::client::Client;
use crate::error::Error;
use crate::lenient::Stamp;
use crate::operation::Area;
use crate::paging::PAGE_SIZE;
use crate::registry;

/// An audit row in the form all lists share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Id of the row.
    pub id: i64,
    /// `CREATED`, `UPDATED` or `DELETED`.
    pub action: String,
    /// When, as the provider wrote it.
    pub timestamp: Option<Stamp>,
    /// User id of who did it.
    pub changed_by: String,
    /// Name of who did it.
    pub username: String,
    /// `x-request-id` of the call.
    pub request_id: String,
    /// `x-trace-id` of the call.
    pub trace_id: String,
    /// The resource by the provider's names.
    pub resource: Vec<(String, String)>,
}

impl Evidence {
    fn of(row: &impl AuditRow) -> Self {
        Self {
            id: row.id(),
            action: row.action().as_str().to_owned(),
            timestamp: row.timestamp().cloned(),
            changed_by: row.changed_by().to_owned(),
            username: row.username().to_owned(),
            request_id: row.request_id().to_owned(),
            trace_id: row.trace_id().to_owned(),
            resource: row.resource(),
        }
    }
}

/// What the audits say about a call.
#[derive(Debug, Clone)]
pub enum Settled {
    /// The provider acted on it.
    Applied {
        /// The resources it touched, by the provider's names; for a create the new one's id.
        ids: Vec<(String, String)>,
        /// The rows that say so.
        rows: Vec<Evidence>,
    },
    /// There is no row with its request id, yet.
    NotSeen,
    /// The audits cannot tell.
    Unknown(Doubt),
}

/// Why the audits cannot tell.
#[derive(Debug, Clone)]
pub enum Doubt {
    /// No operation has this name, or it changes nothing.
    NoMutation,
    /// The provider keeps no audit of it.
    NoAuditList {
        /// Which and why.
        because: &'static str,
    },
    /// The audits could not be read.
    Unreachable(Error),
    /// The provider did not filter by request id, and the newest rows do not hold it.
    FilterIgnored,
    /// The row names another resource than the call did.
    OtherResource {
        /// What it names.
        rows: Vec<Evidence>,
    },
}

/// Where a mutation leaves its audit.
#[derive(Clone, Copy)]
pub enum Trail {
    /// In this list, by its `operationId`.
    List(&'static str),
    /// Nowhere.
    None(&'static str),
}

/// Rows without the request id that are looked at before the filter counts as ignored.
const LOOK_AT: usize = 300;

/// Asks the audits about a call.
///
/// `resource` holds what the call named by the provider's names, e.g. `instanceId`; for a create it is empty. `asker` is
/// whom the look-ups are recorded for: they carry its trace and action, each under a request id of its own.
pub async fn settle(
    client: &Client,
    mutation: &str,
    resource: &[(&str, &str)],
    request_id: Uuid,
    asker: &Call,
) -> Settled {
    let Some(info) = registry::registry().iter().find(|info| info.id == mutation && info.effect != Effect::Read) else {
        return Settled::Unknown(Doubt::NoMutation);
    };
    let list = match trail(info.id, info.area) {
        Trail::List(list) => list,
        Trail::None(because) => return Settled::Unknown(Doubt::NoAuditList { because }),
    };
    let found = match look(client, list, request_id, asker).await {
        Ok(found) => found,
        Err(error) => return Settled::Unknown(Doubt::Unreachable(error)),
    };
    judge(found, resource)
}

/// What reading an audit list brought.
struct Found {
    /// Rows of the call.
    rows: Vec<Evidence>,
    /// Whether rows of other calls were among them and more may follow.
    ignored: bool,
}

fn judge(found: Found, resource: &[(&str, &str)]) -> Settled {
    if found.rows.is_empty() {
        return if found.ignored { Settled::Unknown(Doubt::FilterIgnored) } else { Settled::NotSeen };
    }
    // Request ids are ours alone; a row that names something else means that one of us is wrong.
    let contradicts = |row: &Evidence| {
        resource.iter().any(|(name, value)| {
            let named = row.resource.iter().find(|(theirs, _)| theirs == name);
            named.is_some_and(|(_, theirs)| !theirs.eq_ignore_ascii_case(value))
        })
    };
    if found.rows.iter().all(contradicts) {
        return Settled::Unknown(Doubt::OtherResource { rows: found.rows });
    }
    let mut ids: Vec<(String, String)> = Vec::new();
    for id in found.rows.iter().flat_map(|row| &row.resource) {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    Settled::Applied { ids, rows: found.rows }
}

/// The audit list of a mutation.
pub fn trail(mutation: &str, area: Area) -> Trail {
    match mutation {
        "createPtrRecord" | "updatePtrRecord" | "deletePtrRecord" => {
            return Trail::None("reverse records have no audit list (quirk 8)");
        }
        "createDnsZoneRecord" | "updateDnsZoneRecord" | "deleteDnsZoneRecord" | "bulkDeleteDnsZoneRecords" => {
            return Trail::List("retrieveRecordAuditsList");
        }
        "generateClientSecret" => return Trail::None("the client is no user; its audits are not documented"),
        "resendEmailVerification" | "resetPassword" => {
            return Trail::None("a mail changes nothing that the user audits would show");
        }
        _ => {}
    }
    match area {
        Area::Instances => Trail::List("retrieveInstancesAuditsList"),
        Area::InstanceActions => Trail::List("retrieveInstancesActionsAuditsList"),
        Area::Snapshots => Trail::List("retrieveSnapshotsAuditsList"),
        Area::Images => Trail::List("retrieveImageAuditsList"),
        Area::PrivateNetworks => Trail::List("retrievePrivateNetworkAuditsList"),
        Area::Firewalls => Trail::List("retrieveFirewallAuditsList"),
        Area::Vips => Trail::List("retrieveVipAuditsList"),
        Area::ObjectStorages => Trail::List("retrieveObjectStorageAuditsList"),
        Area::S3Credentials => Trail::None("keys have no audit list; compare the key itself"),
        Area::Secrets => Trail::List("retrieveSecretAuditsList"),
        Area::Tags => Trail::List("retrieveTagAuditsList"),
        Area::TagAssignments => Trail::List("retrieveAssignmentsAuditsList"),
        Area::Users => Trail::List("retrieveUserAuditsList"),
        Area::Roles => Trail::List("retrieveRoleAuditsList"),
        Area::Dns => Trail::List("retrieveDnsAuditsList"),
        Area::Domains => Trail::List("retrieveDomainsAuditsList"),
        Area::Handles => Trail::List("retrieveHandlesAuditsList"),
        Area::Troubleshooting => Trail::None("customers' troubleshooting has no audit list (quirk 8)"),
        Area::DataCenters | Area::Audits => Trail::None("nothing here changes anything"),
    }
}

/// Each mutation with its trail, for tables and tests.
pub fn trails() -> Vec<(&'static str, Trail)> {
    let mutations = registry::registry().iter().filter(|info| info.effect != Effect::Read);
    mutations.map(|info| (info.id, trail(info.id, info.area))).collect()
}

/// Reads an audit list by name.
fn look<'a>(client: &'a Client, list: &str, request_id: Uuid, asker: &'a Call) -> BoxFuture<'a, Result<Found, Error>> {
    macro_rules! by_name {
        ($($name:ident),* $(,)?) => {
            match list {
                $(<$name as crate::operation::Operation>::ID => Box::pin(read::<$name>(client, request_id, asker)),)*
                _ => Box::pin(async { Ok(Found { rows: Vec::new(), ignored: true }) }),
            }
        };
    }
    by_name!(
        RetrieveInstancesAuditsList,
        RetrieveInstancesActionsAuditsList,
        RetrieveSnapshotsAuditsList,
        RetrieveImageAuditsList,
        RetrievePrivateNetworkAuditsList,
        RetrieveFirewallAuditsList,
        RetrieveVipAuditsList,
        RetrieveObjectStorageAuditsList,
        RetrieveSecretAuditsList,
        RetrieveTagAuditsList,
        RetrieveAssignmentsAuditsList,
        RetrieveUserAuditsList,
        RetrieveRoleAuditsList,
        RetrieveDnsAuditsList,
        RetrieveRecordAuditsList,
        RetrieveDomainsAuditsList,
        RetrieveHandlesAuditsList,
    )
}

async fn read<L: AuditList>(client: &Client, request_id: Uuid, asker: &Call) -> Result<Found, Error> {
    let wanted = request_id.to_string();
    let pages = client.pages_for(L::unfiltered().of_request(wanted.clone()), PAGE_SIZE, asker.clone());
    pin_mut!(pages);
    let mut found = Found { rows: Vec::new(), ignored: false };
    let mut others = 0;
    while let Some(page) = pages.next().await {
        for row in page?.data {
            // Whether the provider minds the case of ids is not known.
            if row.request_id().eq_ignore_ascii_case(&wanted) {
                found.rows.push(Evidence::of(&row));
            } else {
                others += 1;
            }
        }
        if others > 0 && (!found.rows.is_empty() || others >= LOOK_AT) {
            found.ignored = true;
            break;
        }
    }
    Ok(found)
}

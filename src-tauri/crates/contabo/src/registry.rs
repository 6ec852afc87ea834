//! Every typed operation by name: for a caller that has only strings, for coverage, and for rights.

use std::sync::LazyLock;

use futures::future::BoxFuture;
use http::Method;
use rackdesk_wire::{Call, Effect, Request};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use crate::api::{
    audits, data_centers, dns, domains, firewalls, handles, images, instance_actions, instances, object_storages,
    private_networks, roles, s3_credentials, secrets, snapshots, tag_assignments, tags, troubleshooting, users, vips,
};
use crate::argument::Parameter;
use crate::arguments::{self, ArgumentError};
use crate::client::Client;
use crate::error::{Error, Permission};
use crate::lenient::{Surprises, take_surprises};
use crate::operation::{Area, Described};
use crate::reply::{Reply, Unreadable};

/// A typed operation as data.
pub struct OperationInfo {
    /// `operationId`.
    pub id: &'static str,
    /// Area.
    pub area: Area,
    /// HTTP method.
    pub method: Method,
    /// Path with `{parameter}` segments.
    pub path: &'static str,
    /// What it does.
    pub effect: Effect,
    /// Path parameters, query parameters, members of the body.
    pub parameters: Vec<Parameter>,
    /// Whether it sends a body at all.
    pub has_body: bool,
    /// What a role must allow.
    pub needs: Permission,
    /// Runs it from parameters by name; the reply with secrets hidden.
    pub run_json: RunJson,
    /// Builds its request from parameters by name, without sending it.
    pub request_json: RequestJson,
    /// Reads a reply and writes it again, secrets hidden; beside it what the types did not know.
    pub read_json: ReadJson,
}

/// See [`OperationInfo::run_json`].
pub type RunJson = for<'a> fn(&'a Client, Map<String, Value>, Call) -> BoxFuture<'a, Result<Value, RunError>>;

/// See [`OperationInfo::request_json`].
pub type RequestJson = fn(&Url, Map<String, Value>, Call) -> Result<Request, RunError>;

/// See [`OperationInfo::read_json`].
pub type ReadJson = fn(&[u8]) -> Result<(Value, Surprises), Unreadable>;

/// Why an operation named by strings did not succeed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RunError {
    /// The parameters do not fit; nothing was sent.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// The call failed.
    #[error(transparent)]
    Call(#[from] Error),
}

impl OperationInfo {
    fn of<O: Described + DeserializeOwned + 'static>() -> Self {
        let parameters = O::parameters();
        Self {
            id: O::ID,
            area: O::AREA,
            method: O::METHOD,
            path: O::PATH,
            effect: O::EFFECT,
            has_body: body_of::<O>(&parameters),
            parameters,
            needs: Permission::of(&O::METHOD, O::PATH),
            run_json: |client, arguments, call| {
                Box::pin(async move {
                    let operation: O = read(arguments)?;
                    let reply = client.call_with(&operation, call).await?;
                    Ok(serde_json::to_value(reply).unwrap_or(Value::Null))
                })
            },
            request_json: |api, arguments, call| {
                let operation: O = read(arguments)?;
                Ok(operation.request(api, call)?)
            },
            read_json: |body| {
                take_surprises();
                let reply = O::Response::decode(body)?;
                Ok((serde_json::to_value(reply).unwrap_or(Value::Null), take_surprises()))
            },
        }
    }

    /// Parameters by name from `name=value` pairs, each value read as its parameter's kind says.
    ///
    /// # Errors
    /// Unknown names with the nearest known one, values that do not fit, and missing ones.
    pub fn arguments<'a>(
        &self,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Map<String, Value>, ArgumentError> {
        arguments::from_pairs(&self.parameters, pairs)
    }
}

/// Whether an operation has a body is known only from a value of it, except for those that name a member of one.
fn body_of<O: Described + DeserializeOwned>(parameters: &[Parameter]) -> bool {
    let sample = arguments::sample(parameters);
    serde_json::from_value::<O>(Value::Object(sample)).is_ok_and(|operation| operation.body().is_some())
}

fn read<O: Described + DeserializeOwned>(given: Map<String, Value>) -> Result<O, ArgumentError> {
    arguments::check(&O::parameters(), &given)?;
    serde_json::from_value(Value::Object(given)).map_err(|error| ArgumentError::of_serde(&error))
}

/// The operation with this `operationId`, in whatever case.
///
/// # Errors
/// The nearest known name.
pub fn find(id: &str) -> Result<&'static OperationInfo, ArgumentError> {
    let all = registry();
    all.iter()
        .find(|info| info.id == id)
        .or_else(|| all.iter().find(|info| info.id.eq_ignore_ascii_case(id)))
        .ok_or_else(|| ArgumentError::UnknownOperation {
            name: id.to_owned(),
            nearest: arguments::nearest(id, all.iter().map(|info| info.id)),
        })
}

/// All typed operations in the order of the documentation.
pub fn registry() -> &'static [OperationInfo] {
    static ALL: LazyLock<Vec<OperationInfo>> = LazyLock::new(|| {
        let areas = [compute(), networks(), storages(), accounts(), names(), troubleshooting(), audits()];
        areas.into_iter().flatten().collect()
    });
    &ALL
}

macro_rules! operations {
    ($($module:ident :: { $($name:ident),* $(,)? })*) => {
        vec![$($(OperationInfo::of::<$module::$name>(),)*)*]
    };
}

fn compute() -> Vec<OperationInfo> {
    operations! {
        instances::{
            RetrieveInstancesList, CreateInstance, RetrieveInstance, ReinstallInstance, PatchInstance, CancelInstance,
            UpgradeInstance,
        }
        instance_actions::{ Rescue, ResetPasswordAction, Restart, Shutdown, Start, Stop }
        snapshots::{
            RetrieveSnapshotList, CreateSnapshot, RetrieveSnapshot, UpdateSnapshot, DeleteSnapshot, RollbackSnapshot,
        }
        images::{
            RetrieveImageList, CreateCustomImage, RetrieveCustomImagesStats, RetrieveImage, UpdateImage, DeleteImage,
        }
    }
}

fn networks() -> Vec<OperationInfo> {
    operations! {
        private_networks::{
            RetrievePrivateNetworkList, CreatePrivateNetwork, RetrievePrivateNetwork, PatchPrivateNetwork,
            DeletePrivateNetwork, AssignInstancePrivateNetwork, UnassignInstancePrivateNetwork,
        }
        firewalls::{
            RetrieveFirewallList, CreateFirewall, RetrievePresetRules, RetrieveFirewall, PutFirewall, PatchFirewall,
            DeleteFirewall, AssignInstanceFirewall, UnassignInstanceFirewall,
        }
        vips::{ RetrieveVipList, RetrieveVip, AssignIp, UnassignIp }
    }
}

fn storages() -> Vec<OperationInfo> {
    operations! {
        data_centers::{ RetrieveDataCenterList }
        object_storages::{
            RetrieveObjectStorageList, CreateObjectStorage, RetrieveObjectStorage, UpdateObjectStorage,
            CancelObjectStorage, UpgradeObjectStorage, RetrieveObjectStoragesStats,
        }
        s3_credentials::{
            ListObjectStorageCredentials, GetObjectStorageCredentials, RegenerateObjectStorageCredentials,
        }
    }
}

fn accounts() -> Vec<OperationInfo> {
    operations! {
        secrets::{ RetrieveSecretList, CreateSecret, RetrieveSecret, UpdateSecret, DeleteSecret }
        tags::{ RetrieveTagList, CreateTag, RetrieveTag, UpdateTag, DeleteTag }
        tag_assignments::{ RetrieveAssignmentList, RetrieveAssignment, CreateAssignment, DeleteAssignment }
        users::{
            RetrieveUserList, CreateUser, RetrieveUserClient, GenerateClientSecret, RetrieveUserIsPasswordSet,
            RetrieveUser, UpdateUser, DeleteUser, ResendEmailVerification, ResetPassword,
        }
        roles::{ RetrieveRoleList, CreateRole, RetrieveApiPermissionsList, RetrieveRole, UpdateRole, DeleteRole }
    }
}

fn names() -> Vec<OperationInfo> {
    operations! {
        dns::{
            RetrievePtrRecordsList, CreatePtrRecord, RetrievePtrRecord, UpdatePtrRecord, DeletePtrRecord,
            RetrieveDnsZonesList, CreateDnsZone, RetrieveDnsZone, DeleteDnsZone, RetrieveDnsZoneRecordsList,
            CreateDnsZoneRecord, BulkDeleteDnsZoneRecords, UpdateDnsZoneRecord, DeleteDnsZoneRecord,
        }
        domains::{
            ListDomains, OrderDomain, RetrieveDomain, UpdateDomain, CancelDomain, GetAuthCode, RevokeCancelDomain,
            ConfirmDomainTransferOut, RevokeDomainTransferOut, ValidateDomainAvailability,
        }
        handles::{ ListHandles, CreateHandle, RetrieveHandle, UpdateHandle, RemoveHandle, SetDefaultHandle }
    }
}

fn troubleshooting() -> Vec<OperationInfo> {
    operations! {
        troubleshooting::{
            ListExtCheckCollections, StartExtCheckCollection, GetExtCheckCollection, CancelExtCheckCollection,
            ListExtChecks, StartExtCheck, GetExtCheck, CancelExtCheck, ListExtRemedies, StartExtRemedy, GetExtRemedy,
            CancelExtRemedy,
        }
    }
}

fn audits() -> Vec<OperationInfo> {
    operations! {
        audits::{
            RetrieveImageAuditsList, RetrieveInstancesActionsAuditsList, RetrieveInstancesAuditsList,
            RetrieveSnapshotsAuditsList, RetrieveRecordAuditsList, RetrieveDnsAuditsList, RetrieveDomainsAuditsList,
            RetrieveHandlesAuditsList, RetrieveFirewallAuditsList, RetrieveObjectStorageAuditsList,
            RetrievePrivateNetworkAuditsList, RetrieveRoleAuditsList, RetrieveSecretAuditsList,
            RetrieveAssignmentsAuditsList, RetrieveTagAuditsList, RetrieveUserAuditsList, RetrieveVipAuditsList,
        }
    }
}

//! Audits: what was changed, by whom, through which request (quirk 8). One list per area, all of the same form.
//!
//! What a row proves is in [`mod@crate::settle`].

use jiff::civil;

use crate::lenient::Stamp;
use crate::secret::{Changes, HiddenChanges};

open_enum! {
    /// What happened to a resource.
    AuditAction {
        Created = "CREATED",
        Updated = "UPDATED",
        Deleted = "DELETED",
    }
}

/// What all audit rows have in common.
pub trait AuditRow {
    /// Id of the row.
    fn id(&self) -> i64;
    /// What happened.
    fn action(&self) -> &AuditAction;
    /// When.
    fn timestamp(&self) -> Option<&Stamp>;
    /// User id of who did it.
    fn changed_by(&self) -> &str;
    /// Name of who did it.
    fn username(&self) -> &str;
    /// `x-request-id` of the call.
    fn request_id(&self) -> &str;
    /// `x-trace-id` of the call.
    fn trace_id(&self) -> &str;
    /// The resource by the provider's names, e.g. `instanceId` → `12345`.
    fn resource(&self) -> Vec<(String, String)>;
}

/// A list of audits.
pub trait AuditList: crate::operation::Paged<Item: AuditRow> {
    /// With no filter.
    fn unfiltered() -> Self;
    /// Only rows of one call.
    #[must_use]
    fn of_request(self, request_id: String) -> Self;
}

macro_rules! audits {
    (
        $(#[$meta:meta])*
        $name:ident = $id:literal, $path:literal -> $row:ident { $($(#[$kmeta:meta])* $key:ident: $ktype:ty,)* }
        filter { $($(#[$fmeta:meta])* $filter:ident: $ftype:ty,)* }
        changes $changes:ty;
        hide $hide:expr;
    ) => {
        object! {
            $(#[$meta])*
            $row
            key {
                /// Id of the row.
                id: i64,
            }
            rest {
                $($(#[$kmeta])* $key: $ktype,)*
                /// What happened.
                action: AuditAction,
                /// When.
                timestamp: Option<Stamp>,
                /// Tenant.
                tenant_id: String,
                /// Customer number.
                customer_id: String,
                /// User id of who did it.
                changed_by: String,
                /// Name of who did it.
                username: String,
                /// `x-request-id` of the call.
                request_id: String,
                /// `x-trace-id` of the call.
                trace_id: String,
                /// What was changed; a free object.
                changes: $changes,
            }
        }

        impl AuditRow for $row {
            fn id(&self) -> i64 {
                self.id
            }
            fn action(&self) -> &AuditAction {
                &self.action
            }
            fn timestamp(&self) -> Option<&Stamp> {
                self.timestamp.as_ref()
            }
            fn changed_by(&self) -> &str {
                &self.changed_by
            }
            fn username(&self) -> &str {
                &self.username
            }
            fn request_id(&self) -> &str {
                &self.request_id
            }
            fn trace_id(&self) -> &str {
                &self.trace_id
            }
            fn resource(&self) -> Vec<(String, String)> {
                let mut resource = Vec::new();
                $(for text in $crate::argument::Argument::texts(&self.$key.clone().into_argument()) {
                    resource.push((wire_name!($key), text));
                })*
                resource
            }
        }

        listing! {
            /// Lists them.
            $name = $id, $path, Audits -> $row;
            hide $hide;
            query {
                $($(#[$fmeta])* $filter: $ftype,)*
                /// `x-request-id` of a call.
                request_id: String,
                /// User id of who did it.
                changed_by: String,
                /// From this day on.
                start_date: civil::Date,
                /// Up to this day.
                end_date: civil::Date,
            }
        }

        impl AuditList for $name {
            fn unfiltered() -> Self {
                Self::new()
            }
            fn of_request(self, request_id: String) -> Self {
                self.request_id(request_id)
            }
        }
    };
    (
        $(#[$meta:meta])*
        $name:ident = $id:literal, $path:literal -> $row:ident { $($keys:tt)* } filter { $($filters:tt)* }
    ) => {
        audits! {
            $(#[$meta])*
            $name = $id, $path -> $row { $($keys)* } filter { $($filters)* }
            changes Changes;
            hide crate::secret::SECRET_FIELDS;
        }
    };
}

/// Key fields of audit rows come as text or as a number that may be missing.
trait IntoArgument {
    type Argument;
    fn into_argument(self) -> Self::Argument;
}

impl IntoArgument for String {
    type Argument = Vec<String>;
    fn into_argument(self) -> Vec<String> {
        Some(self).filter(|text| !text.is_empty()).into_iter().collect()
    }
}

impl IntoArgument for Option<i64> {
    type Argument = Vec<i64>;
    fn into_argument(self) -> Vec<i64> {
        self.into_iter().collect()
    }
}

audits! {
    /// A change of an image.
    RetrieveImageAuditsList = "retrieveImageAuditsList", "/v1/compute/images/audits" -> ImageAudit {
        /// Image id.
        image_id: String,
    }
    filter {
        /// Image id.
        image_id: String,
    }
}

audits! {
    /// An action on a server.
    RetrieveInstancesActionsAuditsList = "retrieveInstancesActionsAuditsList", "/v1/compute/instances/actions/audits"
        -> InstanceActionAudit {
        /// Instance id.
        instance_id: Option<i64>,
    }
    filter {
        /// Instance id.
        instance_id: i64,
    }
}

audits! {
    /// A change of a server.
    RetrieveInstancesAuditsList = "retrieveInstancesAuditsList", "/v1/compute/instances/audits" -> InstanceAudit {
        /// Instance id.
        instance_id: Option<i64>,
    }
    filter {
        /// Instance id.
        instance_id: i64,
    }
}

audits! {
    /// A change of a snapshot.
    RetrieveSnapshotsAuditsList = "retrieveSnapshotsAuditsList", "/v1/compute/snapshots/audits" -> SnapshotAudit {
        /// Instance id.
        instance_id: Option<i64>,
        /// Snapshot id.
        snapshot_id: String,
    }
    filter {
        /// Instance id.
        instance_id: i64,
        /// Snapshot id.
        snapshot_id: String,
    }
}

audits! {
    /// A change of a DNS record.
    RetrieveRecordAuditsList = "retrieveRecordAuditsList", "/v1/dns/records/audits" -> DnsRecordAudit {
        /// Record id.
        record_id: Option<i64>,
        /// Zone.
        zone_name: String,
    }
    filter {
        /// Record id.
        record_id: i64,
    }
}

audits! {
    /// A change of a DNS zone.
    RetrieveDnsAuditsList = "retrieveDnsAuditsList", "/v1/dns/zones/audits" -> DnsZoneAudit {
        /// Zone.
        name: String,
    }
    filter {
        /// Zone.
        name: String,
    }
}

audits! {
    /// A change of a domain.
    RetrieveDomainsAuditsList = "retrieveDomainsAuditsList", "/v1/domains/audits" -> DomainAudit {
        /// Domain name.
        domain: String,
    }
    filter {
        /// Domain name.
        domain: String,
    }
}

audits! {
    /// A change of a domain handle.
    RetrieveHandlesAuditsList = "retrieveHandlesAuditsList", "/v1/domains/handles/audits" -> HandleAudit {
        /// Handle id.
        handle_id: String,
    }
    filter {
        /// Handle id.
        handle_id: String,
    }
}

audits! {
    /// A change of a firewall.
    RetrieveFirewallAuditsList = "retrieveFirewallAuditsList", "/v1/firewalls/audits" -> FirewallAudit {
        /// Firewall id.
        firewall_id: String,
    }
    filter {
        /// Firewall id.
        firewall_id: String,
    }
}

audits! {
    /// A change of an object storage.
    RetrieveObjectStorageAuditsList = "retrieveObjectStorageAuditsList", "/v1/object-storages/audits"
        -> ObjectStorageAudit {
        /// Object storage id.
        object_storage_id: String,
    }
    filter {
        /// Object storage id.
        object_storage_id: String,
    }
}

audits! {
    /// A change of a private network.
    RetrievePrivateNetworkAuditsList = "retrievePrivateNetworkAuditsList", "/v1/private-networks/audits"
        -> PrivateNetworkAudit {
        /// Private network id.
        private_network_id: Option<i64>,
    }
    filter {
        /// Private network id.
        private_network_id: i64,
    }
}

audits! {
    /// A change of a role.
    RetrieveRoleAuditsList = "retrieveRoleAuditsList", "/v1/roles/audits" -> RoleAudit {
        /// Role id.
        role_id: Option<i64>,
    }
    filter {
        /// Role id.
        role_id: i64,
    }
}

audits! {
    /// A change of a secret; of the values nothing is kept.
    RetrieveSecretAuditsList = "retrieveSecretAuditsList", "/v1/secrets/audits" -> SecretAudit {
        /// Secret id.
        secret_id: Option<i64>,
    }
    filter {
        /// Secret id.
        secret_id: i64,
    }
    changes HiddenChanges;
    hide SECRET_CHANGES;
}

/// Of a secret's audit even the free object is hidden in the record.
static SECRET_CHANGES: &[&str] = &["changes", "value", "secret"];

audits! {
    /// A change of a tag's assignment.
    RetrieveAssignmentsAuditsList = "retrieveAssignmentsAuditsList", "/v1/tags/assignments/audits" -> AssignmentAudit {
        /// Tag id.
        tag_id: Option<i64>,
        /// Type of the resource.
        resource_type: String,
        /// Id of the resource.
        resource_id: String,
    }
    filter {
        /// Tag id.
        tag_id: i64,
        /// Id of the resource.
        resource_id: String,
    }
}

audits! {
    /// A change of a tag.
    RetrieveTagAuditsList = "retrieveTagAuditsList", "/v1/tags/audits" -> TagAudit {
        /// Tag id.
        tag_id: Option<i64>,
    }
    filter {
        /// Tag id.
        tag_id: i64,
    }
}

audits! {
    /// A change of a user.
    RetrieveUserAuditsList = "retrieveUserAuditsList", "/v1/users/audits" -> UserAudit {
        /// User id.
        user_id: String,
    }
    filter {
        /// User id.
        user_id: String,
    }
}

audits! {
    /// A change of a VIP.
    RetrieveVipAuditsList = "retrieveVipAuditsList", "/v1/vips/audits" -> VipAudit {
        /// VIP id.
        vip_id: String,
    }
    filter {
        /// VIP id.
        vip_id: String,
    }
}

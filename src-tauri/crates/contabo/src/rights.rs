//! What a user may do: roles compared with what operations need.

use serde::Serialize;

use crate::api::roles::{Role, RoleAction};
use crate::api::users::User;
use crate::error::Permission;
use crate::registry::OperationInfo;

/// Whether a user may call an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Right {
    /// Yes, on every resource.
    Allowed,
    /// Yes, but only on resources with one of these tags.
    OnTagged {
        /// Tag ids.
        tags: Vec<i64>,
    },
    /// No role permits it.
    Denied {
        /// What a role would have to permit.
        needs: Permission,
    },
}

/// What `user` may do with `operation`. Roles in a user's record may come without their permissions, so `roles` are those
/// read one by one or from the list of roles.
pub fn right(user: &User, roles: &[Role], operation: &OperationInfo) -> Right {
    let own: Vec<&Role> = user
        .roles
        .iter()
        .map(|named| roles.iter().find(|role| role.role_id == named.role_id).unwrap_or(named))
        .collect();
    if user.owner || own.iter().any(|role| role.admin) {
        return Right::Allowed;
    }
    let action = RoleAction::from(operation.needs.action.as_str());
    let mut tags = Vec::new();
    let mut permitted = false;
    for role in &own {
        for permission in &role.permissions {
            if !covers(&permission.api_name, operation.path) || !permission.actions.contains(&action) {
                continue;
            }
            permitted = true;
            if role.access_all_resources || permission.resources.is_empty() {
                return Right::Allowed;
            }
            tags.extend(permission.resources.iter().map(|tag| tag.tag_id));
        }
    }
    if !permitted {
        return Right::Denied { needs: operation.needs.clone() };
    }
    tags.sort_unstable();
    tags.dedup();
    Right::OnTagged { tags }
}

/// Whether a permission's API path means this operation's: the same path with or without its parameters, or one above it
/// (`/v1/compute/instances` for `/v1/compute/instances/{instanceId}`).
fn covers(api: &str, path: &str) -> bool {
    let same = |a: &str, b: &str| a == b || (a.starts_with('{') && b.starts_with('{'));
    let mut wanted = path.trim_matches('/').split('/');
    for segment in api.trim_matches('/').split('/') {
        match wanted.next() {
            Some(part) if same(segment, part) => {}
            _ => return false,
        }
    }
    // What is left may only be parameters: `/v1/compute/instances` says nothing about its snapshots.
    wanted.all(|part| part.starts_with('{'))
}

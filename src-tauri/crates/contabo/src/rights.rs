//! What a user may do: roles compared with what operations need.

use serde::Serialize;

use crate::api::roles::{ApiPermission, Role, RoleAction};
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
    /// The provider lists no API path that this operation belongs to; only a call can tell.
    Unlisted,
}

/// The permission that decides about an operation: of the API paths that roles can name, the longest one that its path
/// begins with. Parameters do not count on either side. How the provider matches is not documented (inferred).
pub fn governing(known: &[ApiPermission], operation: &OperationInfo) -> Option<Permission> {
    let wanted = fixed(operation.path);
    let longest = known
        .iter()
        .filter(|permission| wanted.starts_with(&fixed(&permission.api_name)))
        .max_by_key(|permission| fixed(&permission.api_name).len())?;
    Some(Permission { api: longest.api_name.clone(), action: operation.needs.action.clone() })
}

fn fixed(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty() && !segment.starts_with('{')).collect()
}

/// What `user` may do with `operation`.
///
/// `roles` are the account's roles: a user's record may name them without their permissions. `known` is what
/// `retrieveApiPermissionsList` answers.
pub fn right(user: &User, roles: &[Role], known: &[ApiPermission], operation: &OperationInfo) -> Right {
    let full = |named: &'_ Role| roles.iter().find(|role| role.role_id == named.role_id).cloned();
    let own: Vec<Role> = user.roles.iter().map(|named| full(named).unwrap_or_else(|| named.clone())).collect();
    if user.owner || own.iter().any(|role| role.admin) {
        return Right::Allowed;
    }
    let Some(needs) = governing(known, operation) else { return Right::Unlisted };
    let action = RoleAction::from(needs.action.as_str());
    let mut tags = Vec::new();
    let mut permitted = false;
    for role in &own {
        for permission in &role.permissions {
            if fixed(&permission.api_name) != fixed(&needs.api) || !permission.actions.contains(&action) {
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
        return Right::Denied { needs };
    }
    tags.sort_unstable();
    tags.dedup();
    Right::OnTagged { tags }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::registry::find;

    fn user(record: Value) -> User {
        serde_json::from_value(record).expect("a user")
    }

    fn roles(records: Value) -> Vec<Role> {
        serde_json::from_value(records).expect("roles")
    }

    fn known() -> Vec<ApiPermission> {
        let all = ["CREATE", "READ", "UPDATE", "DELETE"];
        let paths = ["/v1/compute/instances", "/v1/compute/instances/{instanceId}/actions", "/v1/tags"];
        paths
            .iter()
            .map(|path| serde_json::from_value(json!({"apiName": path, "actions": all})).expect("a path"))
            .collect()
    }

    fn may(user: &User, roles: &[Role], operation: &str) -> Right {
        right(user, roles, &known(), find(operation).expect("typed"))
    }

    #[test]
    fn owners_and_administrators_may_do_everything() {
        let owner = user(json!({"userId": "u", "owner": true}));
        assert_eq!(may(&owner, &[], "createInstance"), Right::Allowed);
        let admin = user(json!({"userId": "u", "roles": [{"roleId": 1}]}));
        assert_eq!(may(&admin, &roles(json!([{"roleId": 1, "admin": true}])), "orderDomain"), Right::Allowed);
    }

    #[test]
    fn a_role_permits_actions_on_paths_and_perhaps_only_on_tagged_resources() {
        let support = user(json!({"userId": "u", "roles": [{"roleId": 7}, {"roleId": 8}]}));
        let roles = roles(json!([
            {"roleId": 7, "permissions": [
                {"apiName": "/v1/compute/instances", "actions": ["READ"]},
                {"apiName": "/v1/compute/instances/{instanceId}/actions", "actions": ["CREATE"],
                 "resources": [{"tagId": 5}, {"tagId": 3}]}
            ]},
            {"roleId": 8, "permissions": [
                {"apiName": "/v1/compute/instances/{instanceId}/actions", "actions": ["CREATE"], "resources": [{"tagId": 5}]}
            ]}
        ]));
        assert_eq!(may(&support, &roles, "retrieveInstance"), Right::Allowed);
        assert_eq!(may(&support, &roles, "restart"), Right::OnTagged { tags: vec![3, 5] });
        let needs = Permission { api: "/v1/compute/instances".into(), action: "UPDATE".into() };
        assert_eq!(may(&support, &roles, "reinstallInstance"), Right::Denied { needs });
        assert_eq!(may(&support, &roles, "listDomains"), Right::Unlisted);
        assert!(matches!(may(&support, &roles, "createTag"), Right::Denied { .. }));
    }
}

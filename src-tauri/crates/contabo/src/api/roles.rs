//! Roles: which API paths their users may call, on resources with which tags.

use crate::reply::Done;

open_enum! {
    /// What may be done on an API path.
    RoleAction {
        Create = "CREATE",
        Read = "READ",
        Update = "UPDATE",
        Delete = "DELETE",
    }
}

object! {
    /// A tag that limits a permission.
    PermittedTag
    key {
        /// Tag id.
        tag_id: i64,
    }
    rest {
        /// Tag name.
        tag_name: String,
    }
}

object! {
    /// A permission of a role.
    RolePermission
    key {
        /// API path, e.g. `/v1/compute/instances`.
        api_name: String,
    }
    rest {
        /// What may be done there.
        actions: Vec<RoleAction>,
        /// Only on resources with one of these tags; on all when empty.
        resources: Vec<PermittedTag>,
    }
}

object! {
    /// A role.
    Role
    key {
        /// Role id.
        role_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Name.
        name: String,
        /// May call everything.
        admin: bool,
        /// May reach every resource, whatever its tags.
        access_all_resources: bool,
        /// `default` or `custom`; default ones cannot be changed.
        kind as "type": String,
        /// Permissions.
        permissions: Vec<RolePermission>,
    }
}

object! {
    /// What creating a role answers.
    CreatedRole
    key {
        /// Role id.
        role_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
    }
}

object! {
    /// An API path that roles can permit.
    ApiPermission
    key {
        /// API path.
        api_name: String,
    }
    rest {
        /// What can be permitted there.
        actions: Vec<RoleAction>,
    }
}

request_object! {
    /// A permission of a role.
    PermissionInput
    require {
        /// API path.
        api_name: String,
        /// What may be done there.
        actions: Vec<RoleAction>,
    }
    optional {
        /// Ids of tags that limit it.
        resources: Vec<i64>,
    }
}

listing! {
    /// Lists the roles.
    RetrieveRoleList = "retrieveRoleList", "/v1/roles", Roles -> Role;
    query {
        /// Name.
        name: String,
        /// API path.
        api_name: String,
        /// Tag name.
        tag_name: String,
        /// `default` or `custom`.
        kind as "type": String,
    }
}

operation! {
    /// Creates a role.
    CreateRole = "createRole", POST "/v1/roles", Roles, Once, Quick -> CreatedRole;
    require {
        /// Name, up to 255 characters.
        name: String,
        /// May call everything.
        admin: bool,
        /// May reach every resource.
        access_all_resources: bool,
    }
    body {
        /// Permissions.
        permissions: Vec<PermissionInput>,
    }
}

listing! {
    /// Lists what roles can permit. Answers without totals (quirk 9).
    RetrieveApiPermissionsList = "retrieveApiPermissionsList", "/v1/roles/api-permissions", Roles -> ApiPermission;
    query {
        /// API path.
        api_name: String,
    }
}

operation! {
    /// One role.
    RetrieveRole = "retrieveRole", GET "/v1/roles/{roleId}", Roles, Read, Quick -> Role;
    path {
        /// Role id.
        role_id: i64,
    }
}

operation! {
    /// Replaces a role.
    UpdateRole = "updateRole", PUT "/v1/roles/{roleId}", Roles, Idempotent, Quick -> Done;
    path {
        /// Role id.
        role_id: i64,
    }
    require {
        /// Name, up to 255 characters.
        name: String,
        /// May call everything.
        admin: bool,
        /// May reach every resource.
        access_all_resources: bool,
    }
    body {
        /// All its permissions.
        permissions: Vec<PermissionInput>,
    }
}

operation! {
    /// Deletes a role; refused while a user has it (quirk 6).
    DeleteRole = "deleteRole", DELETE "/v1/roles/{roleId}", Roles, Destructive, Quick -> Done;
    path {
        /// Role id.
        role_id: i64,
    }
}

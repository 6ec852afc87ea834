//! Instance actions. They are acknowledged at once and take effect later: poll the server (quirk 5).

use crate::secret::Secret;

object! {
    /// The acknowledgement of an action.
    Acknowledged
    key {
        /// Instance id.
        instance_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// The action, e.g. `restart`.
        action: String,
    }
}

operation! {
    /// Starts a server. Nothing happens when it runs already.
    Start = "start", POST "/v1/compute/instances/{instanceId}/actions/start", InstanceActions, Idempotent, External
        -> Acknowledged;
    path {
        /// Instance id.
        instance_id: i64,
    }
}

operation! {
    /// Cuts a server's power. Nothing happens when it is off already.
    Stop = "stop", POST "/v1/compute/instances/{instanceId}/actions/stop", InstanceActions, Idempotent, External
        -> Acknowledged;
    path {
        /// Instance id.
        instance_id: i64,
    }
}

operation! {
    /// Asks a server's operating system to shut down (ACPI).
    Shutdown = "shutdown", POST "/v1/compute/instances/{instanceId}/actions/shutdown", InstanceActions, Idempotent, External
        -> Acknowledged;
    path {
        /// Instance id.
        instance_id: i64,
    }
}

operation! {
    /// Restarts a server.
    Restart = "restart", POST "/v1/compute/instances/{instanceId}/actions/restart", InstanceActions, Once, External
        -> Acknowledged;
    path {
        /// Instance id.
        instance_id: i64,
    }
}

operation! {
    /// Restarts a server into a rescue system with its disk mounted; the next restart leads back.
    Rescue = "rescue", POST "/v1/compute/instances/{instanceId}/actions/rescue", InstanceActions, Once, External
        -> Acknowledged;
    path {
        /// Instance id.
        instance_id: i64,
    }
    body {
        /// Id of the password (secret) of `root` in the rescue system.
        root_password: i64,
        /// Ids of SSH keys (secrets) of `root`.
        ssh_keys: Vec<i64>,
        /// Cloud-init.
        user_data: Secret,
    }
}

operation! {
    /// Sets the password and keys of the server's default user.
    ResetPasswordAction = "resetPasswordAction", POST "/v1/compute/instances/{instanceId}/actions/resetPassword",
        InstanceActions, Once, External -> Acknowledged;
    path {
        /// Instance id.
        instance_id: i64,
    }
    body {
        /// Ids of SSH keys (secrets).
        ssh_keys: Vec<i64>,
        /// Id of the password (secret).
        root_password: i64,
        /// Cloud-init.
        user_data: Secret,
    }
}

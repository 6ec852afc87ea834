//! Snapshots of a server's disk. How many a plan allows is not in the API; more are refused with 402 (quirk 4).

use crate::lenient::Stamp;
use crate::reply::Done;

object! {
    /// A snapshot.
    Snapshot
    key {
        /// Snapshot id.
        snapshot_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Name, up to 30 characters.
        name: String,
        /// Description, up to 255 characters.
        description: String,
        /// The server it was taken of.
        instance_id: Option<i64>,
        /// When it was taken.
        created_date: Option<Stamp>,
        /// When it goes away by itself (30 days).
        auto_delete_date: Option<Stamp>,
        /// Image the server had.
        image_id: String,
        /// That image's name.
        image_name: String,
    }
}

listing! {
    /// Lists a server's snapshots.
    RetrieveSnapshotList = "retrieveSnapshotList", "/v1/compute/instances/{instanceId}/snapshots", Snapshots -> Snapshot;
    path {
        /// Instance id.
        instance_id: i64,
    }
    query {
        /// Part of the name.
        name: String,
    }
}

operation! {
    /// Takes a snapshot.
    CreateSnapshot = "createSnapshot", POST "/v1/compute/instances/{instanceId}/snapshots", Snapshots, Once, External
        -> Snapshot;
    path {
        /// Instance id.
        instance_id: i64,
    }
    require {
        /// Name, 1 to 30 letters, digits, spaces and dashes.
        name: String,
    }
    body {
        /// Description, 1 to 255 characters.
        description: String,
    }
}

operation! {
    /// One snapshot.
    RetrieveSnapshot = "retrieveSnapshot", GET "/v1/compute/instances/{instanceId}/snapshots/{snapshotId}", Snapshots,
        Read, Quick -> Snapshot;
    path {
        /// Instance id.
        instance_id: i64,
        /// Snapshot id.
        snapshot_id: String,
    }
}

operation! {
    /// Changes a snapshot's name or description.
    UpdateSnapshot = "updateSnapshot", PATCH "/v1/compute/instances/{instanceId}/snapshots/{snapshotId}", Snapshots,
        Idempotent, Quick -> Snapshot;
    path {
        /// Instance id.
        instance_id: i64,
        /// Snapshot id.
        snapshot_id: String,
    }
    body {
        /// Name, 1 to 30 characters.
        name: String,
        /// Description, 1 to 255 characters.
        description: String,
    }
}

operation! {
    /// Deletes a snapshot.
    DeleteSnapshot = "deleteSnapshot", DELETE "/v1/compute/instances/{instanceId}/snapshots/{snapshotId}", Snapshots,
        Destructive, External -> Done;
    path {
        /// Instance id.
        instance_id: i64,
        /// Snapshot id.
        snapshot_id: String,
    }
}

operation! {
    /// Puts a server's disk back to a snapshot: what was written since is lost, and so are newer snapshots.
    RollbackSnapshot = "rollbackSnapshot", POST "/v1/compute/instances/{instanceId}/snapshots/{snapshotId}/rollback",
        Snapshots, Destructive, External -> Done;
    path {
        /// Instance id.
        instance_id: i64,
        /// Snapshot id.
        snapshot_id: String,
    }
    body {}
}

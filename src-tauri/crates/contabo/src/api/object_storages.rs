//! Object storages. Ordering one, enlarging it and letting it grow by itself cost money; there is one per location.

use jiff::Timestamp;

use crate::lenient::{Quantity, Stamp};

open_enum! {
    /// What an object storage is doing.
    ObjectStorageStatus {
        Ready = "READY",
        Provisioning = "PROVISIONING",
        Upgrading = "UPGRADING",
        Cancelled = "CANCELLED",
        Error = "ERROR",
        Disabled = "DISABLED",
        ManualProvisioning = "MANUAL_PROVISIONING",
        ProductNotAvailable = "PRODUCT_NOT_AVAILABLE",
        LimitExceeded = "LIMIT_EXCEEDED",
        VerificationRequired = "VERIFICATION_REQUIRED",
        OrderProcessing = "ORDER_PROCESSING",
        PendingPayment = "PENDING_PAYMENT",
        Unknown = "UNKNOWN",
    }
}

open_enum! {
    /// Whether a storage grows by itself.
    AutoScalingState {
        Enabled = "enabled",
        Disabled = "disabled",
        Error = "error",
    }
}

open_enum! {
    /// Whether a storage shall grow by itself.
    AutoScalingSwitch {
        Enabled = "enabled",
        Disabled = "disabled",
    }
}

object! {
    /// Growth by itself, billed monthly.
    AutoScaling
    rest {
        /// Whether it does.
        state: AutoScalingState,
        /// Up to how many TB.
        size_limit_tb as "sizeLimitTB": Option<Quantity>,
        /// What went wrong.
        error_message: String,
    }
}

object! {
    /// An object storage.
    ObjectStorage
    key {
        /// Object storage id, a UUID.
        object_storage_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// When it was created.
        created_date: Option<Stamp>,
        /// When its contract ends.
        cancel_date: Option<Stamp>,
        /// Growth by itself.
        auto_scaling: Option<AutoScaling>,
        /// Data center.
        data_center: String,
        /// Space that is paid for, TB.
        total_purchased_space_tb as "totalPurchasedSpaceTB": Option<Quantity>,
        /// Space in use, TB; only in the answer to an order.
        used_space_tb as "usedSpaceTB": Option<Quantity>,
        /// Space in use, percent; only in the answer to an order.
        used_space_percentage: Option<Quantity>,
        /// S3 endpoint.
        s3_url: String,
        /// S3 tenant, for public sharing.
        s3_tenant_id: String,
        /// What it is doing.
        status: ObjectStorageStatus,
        /// Region.
        region: String,
        /// Name, unique.
        display_name: String,
    }
}

object! {
    /// What renaming or cancelling answers.
    ObjectStorageEnd
    key {
        /// Object storage id.
        object_storage_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// When its contract ends.
        cancel_date: Option<Stamp>,
        /// Name.
        display_name: String,
    }
}

object! {
    /// What is stored. Not live (quirk 5).
    ObjectStorageStats
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Space in use, TB.
        used_space_tb as "usedSpaceTB": Option<Quantity>,
        /// Space in use, percent.
        used_space_percentage: Option<Quantity>,
        /// Files and folders.
        number_of_objects: Option<i64>,
    }
}

request_object! {
    /// Growth by itself for a new storage.
    AutoScalingOrder
    require {
        /// Whether it shall.
        state: AutoScalingSwitch,
        /// Up to how many TB.
        size_limit_tb as "sizeLimitTB": Quantity,
    }
}

request_object! {
    /// Growth by itself for a storage that is there.
    AutoScalingChange
    optional {
        /// Whether it shall.
        state: AutoScalingSwitch,
        /// Up to how many TB.
        size_limit_tb as "sizeLimitTB": Quantity,
    }
}

listing! {
    /// Lists the object storages.
    RetrieveObjectStorageList = "retrieveObjectStorageList", "/v1/object-storages", ObjectStorages -> ObjectStorage;
    query {
        /// Data center.
        data_center_name: String,
        /// S3 tenant.
        s3_tenant_id: String,
        /// Region.
        region: String,
        /// Name.
        display_name: String,
    }
}

operation! {
    /// Orders an object storage. Costs money each month.
    CreateObjectStorage = "createObjectStorage", POST "/v1/object-storages", ObjectStorages, Billable, External
        -> ObjectStorage;
    require {
        /// Region: EU, US-central or SIN.
        region: String,
        /// Space in TB, in steps of 0.25.
        total_purchased_space_tb as "totalPurchasedSpaceTB": Quantity,
    }
    body {
        /// Growth by itself.
        auto_scaling: AutoScalingOrder,
        /// Name, unique.
        display_name: String,
    }
}

operation! {
    /// One object storage.
    RetrieveObjectStorage = "retrieveObjectStorage", GET "/v1/object-storages/{objectStorageId}", ObjectStorages, Read,
        Quick -> ObjectStorage;
    path {
        /// Object storage id.
        object_storage_id: String,
    }
}

operation! {
    /// Renames an object storage. Answers in the form of a cancellation (quirk 9); nothing is cancelled.
    UpdateObjectStorage = "updateObjectStorage", PATCH "/v1/object-storages/{objectStorageId}", ObjectStorages,
        Idempotent, Quick -> ObjectStorageEnd;
    path {
        /// Object storage id.
        object_storage_id: String,
    }
    require {
        /// Name, unique.
        display_name: String,
    }
}

operation! {
    /// Ends an object storage's contract at the next possible date; its contents go with it.
    CancelObjectStorage = "CancelObjectStorage", PATCH "/v1/object-storages/{objectStorageId}/cancel", ObjectStorages,
        Destructive, External -> ObjectStorageEnd;
    path {
        /// Object storage id.
        object_storage_id: String,
    }
    body {
        /// When.
        cancel_date: Timestamp,
    }
}

operation! {
    /// Enlarges an object storage or changes how it grows by itself. Cannot be taken back: it never shrinks (quirk 6).
    UpgradeObjectStorage = "upgradeObjectStorage", POST "/v1/object-storages/{objectStorageId}/resize", ObjectStorages,
        Billable, External -> ObjectStorage;
    path {
        /// Object storage id.
        object_storage_id: String,
    }
    body {
        /// Growth by itself.
        auto_scaling: AutoScalingChange,
        /// Space in TB in all.
        total_purchased_space_tb as "totalPurchasedSpaceTB": Quantity,
    }
    refuse |order| {
        (order.auto_scaling.is_none() && order.total_purchased_space_tb.is_none()).then_some("names nothing to buy")
    };
}

operation! {
    /// What is stored.
    RetrieveObjectStoragesStats = "retrieveObjectStoragesStats", GET "/v1/object-storages/{objectStorageId}/stats",
        ObjectStorages, Read, Quick -> ObjectStorageStats;
    path {
        /// Object storage id.
        object_storage_id: String,
    }
}

//! Troubleshooting: the provider's own checks of a server, and its remedies. The lists answer with totals but take no page.

use crate::lenient::{Quantity, Stamp};
use crate::reply::Page;

open_enum! {
    /// What is looked at.
    CheckedType {
        Vserver = "vserver",
    }
}

open_enum! {
    /// How far a check or remedy is.
    CheckStatus {
        Queued = "queued",
        Running = "running",
        Skipped = "skipped",
        Cancelled = "cancelled",
        Failed = "failed",
        Warn = "warn",
        Successful = "successful",
    }
}

open_enum! {
    /// The only state a caller can set.
    CancelStatus {
        Cancelled = "cancelled",
    }
}

object! {
    /// A check.
    Check
    key {
        /// Check id.
        check_id: i64,
    }
    rest {
        /// How far it is.
        status: CheckStatus,
        /// What is looked at.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// The collection it is part of.
        check_collection_id: Option<i64>,
        /// Its template.
        check_template_id: Option<i64>,
        /// Name.
        name: String,
        /// For the customer.
        note: String,
        /// How long it took, ms.
        duration_ms: Option<Quantity>,
        /// When it was created.
        created_date: Option<Stamp>,
        /// When it was last changed.
        modified_date: Option<Stamp>,
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
    }
}

object! {
    /// A template within a collection.
    CheckTemplate
    rest {
        /// Check id.
        check_id: Option<i64>,
        /// Template id.
        check_template_id: Option<i64>,
        /// Whether it runs beside others.
        run_concurrent: bool,
        /// Whether its failure matters.
        ignore_errors: bool,
        /// Templates within it.
        check_templates: Vec<CheckTemplate>,
    }
}

object! {
    /// Several checks at once.
    CheckCollection
    key {
        /// Collection id.
        check_collection_id: i64,
    }
    rest {
        /// How far it is.
        status: CheckStatus,
        /// What is looked at.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// Its template.
        check_collection_template_id: Option<i64>,
        /// The templates it is made of.
        check_templates: Vec<CheckTemplate>,
        /// When it was created.
        created_date: Option<Stamp>,
        /// When it was last changed.
        modified_date: Option<Stamp>,
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Its checks.
        checks: Vec<Check>,
    }
}

object! {
    /// A remedy.
    Remedy
    key {
        /// Remedy id.
        remedy_id: i64,
    }
    rest {
        /// How far it is.
        status: CheckStatus,
        /// What is mended.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// The collection it is part of.
        remedy_collection_id: Option<i64>,
        /// Its template.
        remedy_template_id: Option<i64>,
        /// Name.
        name: String,
        /// For the customer.
        note: String,
        /// How long it took, ms.
        duration_ms: Option<Quantity>,
        /// When it was created.
        created_date: Option<Stamp>,
        /// When it was last changed.
        modified_date: Option<Stamp>,
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
    }
}

operation! {
    /// Lists the collections of checks.
    ListExtCheckCollections = "listExtCheckCollections", GET "/v1/troubleshooting/check-collections", Troubleshooting,
        Read, List -> Page<CheckCollection>;
    query {
        /// What is looked at.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// Template.
        check_collection_template_id: i64,
    }
}

operation! {
    /// Starts a collection of checks.
    StartExtCheckCollection = "startExtCheckCollection", POST "/v1/troubleshooting/check-collections", Troubleshooting,
        Once, External -> CheckCollection;
    require {
        /// What to look at.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// Template.
        check_collection_template_id: i64,
    }
}

operation! {
    /// One collection of checks.
    GetExtCheckCollection = "getExtCheckCollection", GET "/v1/troubleshooting/check-collections/{checkCollectionId}",
        Troubleshooting, Read, Quick -> CheckCollection;
    path {
        /// Collection id.
        check_collection_id: i64,
    }
}

operation! {
    /// Cancels a collection of checks.
    CancelExtCheckCollection = "cancelExtCheckCollection",
        PATCH "/v1/troubleshooting/check-collections/{checkCollectionId}", Troubleshooting, Idempotent, Quick
        -> CheckCollection;
    path {
        /// Collection id.
        check_collection_id: i64,
    }
    body {
        /// `cancelled`.
        status: CancelStatus,
    }
}

operation! {
    /// Lists the checks.
    ListExtChecks = "listExtChecks", GET "/v1/troubleshooting/checks", Troubleshooting, Read, List -> Page<Check>;
    query {
        /// What is looked at.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// How far they are.
        status: CheckStatus,
        /// Collection.
        check_collection_id: i64,
        /// Template.
        check_template_id: i64,
    }
}

operation! {
    /// Starts a check.
    StartExtCheck = "startExtCheck", POST "/v1/troubleshooting/checks", Troubleshooting, Once, External -> Check;
    require {
        /// What to look at.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// Template.
        check_template_id: i64,
    }
    body {
        /// Collection.
        check_collection_id: i64,
    }
}

operation! {
    /// One check.
    GetExtCheck = "getExtCheck", GET "/v1/troubleshooting/checks/{checkId}", Troubleshooting, Read, Quick -> Check;
    path {
        /// Check id.
        check_id: i64,
    }
}

operation! {
    /// Cancels a check.
    CancelExtCheck = "cancelExtCheck", PATCH "/v1/troubleshooting/checks/{checkId}", Troubleshooting, Idempotent, Quick
        -> Check;
    path {
        /// Check id.
        check_id: i64,
    }
    body {
        /// `cancelled`.
        status: CancelStatus,
    }
}

operation! {
    /// Lists the remedies.
    ListExtRemedies = "listExtRemedies", GET "/v1/troubleshooting/remedies", Troubleshooting, Read, List -> Page<Remedy>;
    query {
        /// What is mended.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// How far they are.
        status: CheckStatus,
        /// Collection.
        remedy_collection_id: i64,
        /// Template.
        remedy_template_id: i64,
    }
}

operation! {
    /// Starts a remedy. Remedies may restart or reinstall the server, so this counts as destroying.
    StartExtRemedy = "startExtRemedy", POST "/v1/troubleshooting/remedies", Troubleshooting, Destructive, External
        -> Remedy;
    require {
        /// What to mend.
        object_type: CheckedType,
        /// Id of that.
        object_id: String,
        /// Template.
        remedy_template_id: i64,
    }
    body {
        /// Collection.
        remedy_collection_id: i64,
    }
}

operation! {
    /// One remedy.
    GetExtRemedy = "getExtRemedy", GET "/v1/troubleshooting/remedies/{remedyId}", Troubleshooting, Read, Quick -> Remedy;
    path {
        /// Remedy id.
        remedy_id: i64,
    }
}

operation! {
    /// Cancels a remedy.
    CancelExtRemedy = "cancelExtRemedy", PATCH "/v1/troubleshooting/remedies/{remedyId}", Troubleshooting, Idempotent,
        Quick -> Remedy;
    path {
        /// Remedy id.
        remedy_id: i64,
    }
    body {
        /// `cancelled`.
        status: CancelStatus,
    }
}

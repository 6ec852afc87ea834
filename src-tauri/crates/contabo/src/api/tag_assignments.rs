//! Tag assignments: which resource carries which tag.

use crate::reply::Done;

open_enum! {
    /// What can carry a tag.
    TaggedType {
        Instance = "instance",
        Image = "image",
        ObjectStorage = "object-storage",
    }
}

object! {
    /// A tag on a resource.
    Assignment
    key {
        /// Tag id.
        tag_id: i64,
        /// Type of the resource.
        resource_type: TaggedType,
        /// Id of the resource.
        resource_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Tag name.
        tag_name: String,
        /// Name of the resource.
        resource_name: String,
    }
}

listing! {
    /// Lists what carries a tag.
    RetrieveAssignmentList = "retrieveAssignmentList", "/v1/tags/{tagId}/assignments", TagAssignments -> Assignment;
    path {
        /// Tag id.
        tag_id: i64,
    }
    query {
        /// Type of the resource.
        resource_type: TaggedType,
    }
}

operation! {
    /// One assignment.
    RetrieveAssignment = "retrieveAssignment", GET "/v1/tags/{tagId}/assignments/{resourceType}/{resourceId}",
        TagAssignments, Read, Quick -> Assignment;
    path {
        /// Tag id.
        tag_id: i64,
        /// Type of the resource.
        resource_type: TaggedType,
        /// Id of the resource.
        resource_id: String,
    }
}

operation! {
    /// Puts a tag on a resource.
    CreateAssignment = "createAssignment", POST "/v1/tags/{tagId}/assignments/{resourceType}/{resourceId}",
        TagAssignments, Idempotent, Quick -> Done;
    path {
        /// Tag id.
        tag_id: i64,
        /// Type of the resource.
        resource_type: TaggedType,
        /// Id of the resource.
        resource_id: String,
    }
}

operation! {
    /// Takes a tag off a resource.
    DeleteAssignment = "deleteAssignment", DELETE "/v1/tags/{tagId}/assignments/{resourceType}/{resourceId}",
        TagAssignments, Idempotent, Quick -> Done;
    path {
        /// Tag id.
        tag_id: i64,
        /// Type of the resource.
        resource_type: TaggedType,
        /// Id of the resource.
        resource_id: String,
    }
}

//! Tags: names and colours that group resources, and, through roles, limit who may reach them.

use crate::reply::Done;

object! {
    /// A tag.
    Tag
    key {
        /// Tag id.
        tag_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Name, 1 to 255 characters.
        name: String,
        /// `#RRGGBB`.
        color: String,
        /// Description.
        description: String,
    }
}

object! {
    /// What creating a tag answers.
    CreatedTag
    key {
        /// Tag id.
        tag_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
    }
}

listing! {
    /// Lists the tags.
    RetrieveTagList = "retrieveTagList", "/v1/tags", Tags -> Tag;
    query {
        /// Part of the name.
        name: String,
    }
}

operation! {
    /// Creates a tag.
    CreateTag = "createTag", POST "/v1/tags", Tags, Once, Quick -> CreatedTag;
    require {
        /// Name: letters, digits, colons, dashes, underscores, up to 255.
        name: String,
        /// `#RRGGBB`; 4 to 7 characters.
        color: String,
    }
    body {
        /// Description.
        description: String,
    }
}

operation! {
    /// One tag.
    RetrieveTag = "retrieveTag", GET "/v1/tags/{tagId}", Tags, Read, Quick -> Tag;
    path {
        /// Tag id.
        tag_id: i64,
    }
}

operation! {
    /// Changes a tag.
    UpdateTag = "updateTag", PATCH "/v1/tags/{tagId}", Tags, Idempotent, Quick -> Done;
    path {
        /// Tag id.
        tag_id: i64,
    }
    body {
        /// Name.
        name: String,
        /// `#RRGGBB`.
        color: String,
        /// Description.
        description: String,
    }
}

operation! {
    /// Deletes a tag; refused while anything carries it (quirk 6).
    DeleteTag = "deleteTag", DELETE "/v1/tags/{tagId}", Tags, Destructive, Quick -> Done;
    path {
        /// Tag id.
        tag_id: i64,
    }
}

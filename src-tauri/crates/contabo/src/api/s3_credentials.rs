//! S3 credentials: the keys of a user to an object storage. The user id is claim `sub` of the token
//! ([`crate::Identity::user_id`]).

use crate::secret::Secret;

object! {
    /// A pair of keys.
    S3Credential
    key {
        /// Object storage id.
        object_storage_id: String,
        /// Credential id.
        credential_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Access key.
        access_key: Option<Secret>,
        /// Secret key.
        secret_key: Option<Secret>,
        /// Object storage's name.
        display_name: String,
        /// Object storage's region.
        region: String,
    }
}

listing! {
    /// Lists a user's keys.
    ListObjectStorageCredentials = "listObjectStorageCredentials", "/v1/users/{userId}/object-storages/credentials",
        S3Credentials -> S3Credential;
    path {
        /// User id.
        user_id: String,
    }
    query {
        /// Object storage id.
        object_storage_id: String,
        /// Region in words.
        region_name: String,
        /// Object storage's name.
        display_name: String,
    }
}

operation! {
    /// One pair of keys.
    GetObjectStorageCredentials = "getObjectStorageCredentials",
        GET "/v1/users/{userId}/object-storages/{objectStorageId}/credentials/{credentialId}", S3Credentials, Read, Quick
        -> S3Credential;
    path {
        /// User id.
        user_id: String,
        /// Object storage id.
        object_storage_id: String,
        /// Credential id.
        credential_id: i64,
    }
}

operation! {
    /// Replaces the secret key; whoever uses the old one is locked out.
    RegenerateObjectStorageCredentials = "regenerateObjectStorageCredentials",
        PATCH "/v1/users/{userId}/object-storages/{objectStorageId}/credentials/{credentialId}", S3Credentials, Once,
        Quick -> S3Credential;
    path {
        /// User id.
        user_id: String,
        /// Object storage id.
        object_storage_id: String,
        /// Credential id.
        credential_id: i64,
    }
}

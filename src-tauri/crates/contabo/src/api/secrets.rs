//! Secrets: passwords and SSH keys that servers are installed with. Servers name them by id, never by value.

use crate::lenient::Stamp;
use crate::reply::Done;
use crate::secret::{SECRET_FIELDS_AND_VALUE, Secret};

open_enum! {
    /// Kind of secret; it cannot be changed.
    SecretType {
        Password = "password",
        Ssh = "ssh",
    }
}

object! {
    /// A stored password or key.
    StoredSecret
    key {
        /// Secret id.
        secret_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Name, 1 to 255 characters.
        name: String,
        /// Kind.
        kind as "type": SecretType,
        /// The password or key; only where a single secret is asked for (quirk 6).
        value: Option<Secret>,
        /// When it was created.
        created_at: Option<Stamp>,
        /// When it was last changed.
        updated_at: Option<Stamp>,
    }
}

listing! {
    /// Lists the secrets, without their values.
    RetrieveSecretList = "retrieveSecretList", "/v1/secrets", Secrets -> StoredSecret;
    hide SECRET_FIELDS_AND_VALUE;
    query {
        /// Name.
        name: String,
        /// Kind.
        kind as "type": SecretType,
    }
}

operation! {
    /// Stores a password or key. The provider checks passwords (see [`crate::password`]).
    CreateSecret = "createSecret", POST "/v1/secrets", Secrets, Once, Quick -> StoredSecret;
    hide SECRET_FIELDS_AND_VALUE;
    require {
        /// Name, 1 to 255 characters.
        name: String,
        /// The password or key, at least 8 characters.
        value: Secret,
        /// Kind.
        kind as "type": SecretType,
    }
}

operation! {
    /// One secret with its value.
    RetrieveSecret = "retrieveSecret", GET "/v1/secrets/{secretId}", Secrets, Read, Quick -> StoredSecret;
    hide SECRET_FIELDS_AND_VALUE;
    path {
        /// Secret id.
        secret_id: i64,
    }
}

operation! {
    /// Changes a secret's name or value. Servers keep what they were installed with.
    UpdateSecret = "updateSecret", PATCH "/v1/secrets/{secretId}", Secrets, Idempotent, Quick -> Done;
    hide SECRET_FIELDS_AND_VALUE;
    path {
        /// Secret id.
        secret_id: i64,
    }
    body {
        /// Name.
        name: String,
        /// The password or key.
        value: Secret,
    }
}

operation! {
    /// Deletes a secret.
    DeleteSecret = "deleteSecret", DELETE "/v1/secrets/{secretId}", Secrets, Destructive, Quick -> Done;
    hide SECRET_FIELDS_AND_VALUE;
    path {
        /// Secret id.
        secret_id: i64,
    }
}

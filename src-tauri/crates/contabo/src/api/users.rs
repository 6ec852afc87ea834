//! Users of the account, and the OAuth2 client that everybody signs in with.

use crate::api::roles::Role;
use crate::reply::Done;
use crate::secret::Secret;

open_enum! {
    /// Language of a user.
    Locale {
        DeDe = "de-DE",
        De = "de",
        EnUs = "en-US",
        En = "en",
        Es = "es",
        EsEs = "es-ES",
        PtBr = "pt-BR",
        Pt = "pt",
    }
}

object! {
    /// A user.
    User
    key {
        /// User id, a UUID.
        user_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
        /// E-mail address; also the sign-in name.
        email: String,
        /// Whether the address was confirmed.
        email_verified: bool,
        /// Whether the user may sign in.
        enabled: bool,
        /// Whether a second factor is asked for.
        totp: bool,
        /// Language.
        locale: Locale,
        /// Roles.
        roles: Vec<Role>,
        /// The owner may do everything.
        owner: bool,
    }
}

object! {
    /// What creating a user answers.
    CreatedUser
    key {
        /// User id.
        user_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
    }
}

object! {
    /// The OAuth2 client of the account.
    OauthClient
    key {
        /// Id.
        id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Client id.
        client_id: String,
        /// Client secret.
        secret: Option<Secret>,
    }
}

object! {
    /// A new client secret.
    NewClientSecret
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Client secret.
        secret: Option<Secret>,
    }
}

object! {
    /// Whether a user has a password.
    PasswordState
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Whether one is set.
        is_password_set: bool,
    }
}

listing! {
    /// Lists the users.
    RetrieveUserList = "retrieveUserList", "/v1/users", Users -> User;
    query {
        /// Part of the address.
        email: String,
        /// Only users who may sign in, or may not.
        enabled: bool,
        /// Only the owner, or only others.
        owner: bool,
    }
}

operation! {
    /// Creates a user. The provider mails an invitation; a password cannot be set (quirk 6).
    CreateUser = "createUser", POST "/v1/users", Users, Once, Quick -> CreatedUser;
    require {
        /// E-mail address.
        email: String,
        /// Whether the user may sign in.
        enabled: bool,
        /// Whether a second factor is asked for.
        totp: bool,
        /// Language.
        locale: Locale,
    }
    body {
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
        /// Role ids.
        roles: Vec<i64>,
    }
}

operation! {
    /// The account's OAuth2 client, with its secret.
    RetrieveUserClient = "retrieveUserClient", GET "/v1/users/client", Users, Read, Quick -> OauthClient;
}

operation! {
    /// Replaces the client secret this very client signs in with: until the new one is stored and a new
    /// [`crate::Client`] made, nobody can renew a token (quirk 6).
    GenerateClientSecret = "generateClientSecret", PUT "/v1/users/client/secret", Users, Once, Quick -> NewClientSecret;
}

operation! {
    /// Whether a user has set a password.
    RetrieveUserIsPasswordSet = "retrieveUserIsPasswordSet", GET "/v1/users/is-password-set", Users, Read, Quick
        -> PasswordState;
    query {
        /// User id.
        user_id: String,
    }
}

operation! {
    /// One user.
    RetrieveUser = "retrieveUser", GET "/v1/users/{userId}", Users, Read, Quick -> User;
    path {
        /// User id.
        user_id: String,
    }
}

operation! {
    /// Changes a user.
    UpdateUser = "updateUser", PATCH "/v1/users/{userId}", Users, Idempotent, Quick -> Done;
    path {
        /// User id.
        user_id: String,
    }
    body {
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
        /// E-mail address.
        email: String,
        /// Whether the user may sign in.
        enabled: bool,
        /// Whether a second factor is asked for.
        totp: bool,
        /// Language.
        locale: Locale,
        /// Role ids; they replace all that were there.
        roles: Vec<i64>,
    }
}

operation! {
    /// Deletes a user.
    DeleteUser = "deleteUser", DELETE "/v1/users/{userId}", Users, Destructive, Quick -> Done;
    path {
        /// User id.
        user_id: String,
    }
}

operation! {
    /// Mails the confirmation of the address once more.
    ResendEmailVerification = "resendEmailVerification", POST "/v1/users/{userId}/resend-email-verification", Users,
        Once, Quick -> Done;
    path {
        /// User id.
        user_id: String,
    }
    query {
        /// Where the mail's link leads in the end.
        redirect_url: String,
    }
}

operation! {
    /// Mails a link for a new password.
    ResetPassword = "resetPassword", POST "/v1/users/{userId}/reset-password", Users, Once, Quick -> Done;
    path {
        /// User id.
        user_id: String,
    }
    query {
        /// Where the mail's link leads in the end.
        redirect_url: String,
    }
}

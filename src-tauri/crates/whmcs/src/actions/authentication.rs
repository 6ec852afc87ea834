//! Signing on as a client, checking logins, OAuth credentials.

use crate::action::actions;
use crate::actions::Direction;
use crate::lenient::{Moment, open_enum, record};
use crate::param::Spaced;
use crate::secret::Secret;

open_enum! {
    /// What an OAuth credential is for.
    GrantType { AuthorizationCode = "authorization_code", SingleSignOn = "single_sign_on" }
}

record! {
    /// The way into the client area: once, within 60 seconds, past captcha and second factor (quirk 66).
    SsoToken {
        access_token: Secret,
        redirect_url: Secret,
    }
}

record! {
    /// A login that is right.
    ValidLogin {
        /// The user.
        userid: Option<u64>,
        /// Proves the session; missing when a second factor is asked for.
        passwordhash: Secret,
        two_factor_enabled as "twoFactorEnabled": Option<bool>,
    }
}

record! {
    /// A new OAuth credential.
    NewCredential {
        credential_id as "credentialId": Option<u64>,
        client_identifier as "clientIdentifier": String,
        client_secret as "clientSecret": Secret,
    }
}

record! {
    /// The OAuth credential that was changed or removed.
    CredentialRef {
        credential_id as "credentialId": Option<u64>,
        /// When it was asked for.
        new_client_secret as "newClientSecret": Secret,
    }
}

record! {
    /// An OAuth credential.
    OAuthCredential {
        credential_id as "credentialId": Option<u64>,
        name: String,
        description: String,
        grant_types as "grantTypes": String,
        scope: String,
        client_identifier as "clientIdentifier": String,
        client_secret as "clientSecret": Secret,
        uuid: String,
        service_id as "serviceId": Option<u64>,
        logo_uri as "logoUri": String,
        redirect_uri as "redirectUri": Vec<String>,
        rsa_key_pair_id as "rsaKeyPairId": Option<u64>,
        /// In words, without a parsed time (quirk 46).
        created_at as "createdAt": Moment,
        /// In words, without a parsed time (quirk 46).
        updated_at as "updatedAt": Moment,
    }
}

record! {
    /// OAuth credentials.
    OAuthCredentials {
        clients bare "client": Vec<OAuthCredential>,
    }
}

actions! {
    Authentication;

    /// Makes a way into the client area as a user or client. <https://developers.whmcs.com/api-reference/createssotoken/>
    CreateSsoToken: Once, Quick => SsoToken {
        may {
            /// Or `user_id`.
            client_id: u64,
            /// The owner of the client when not given.
            user_id: u64,
            /// E.g. `clientarea:services`, or `sso:custom_redirect`.
            destination: String,
            /// For destinations within a service.
            service_id: u64,
            /// For destinations within a domain.
            domain_id: u64,
            /// Path for `sso:custom_redirect`.
            sso_redirect_path: String,
        }
    }

    /// Checks a user's mail address and password, and begins a session.
    /// <https://developers.whmcs.com/api-reference/validatelogin/>
    ValidateLogin: Once, Quick => ValidLogin {
        needs {
            email: String,
            password2: Secret,
        }
    }

    /// Makes an OAuth credential. <https://developers.whmcs.com/api-reference/createoauthcredential/>
    CreateOAuthCredential: Once, Quick => NewCredential {
        needs {
            grant_type as "grantType": GrantType,
            scope: Spaced,
        }
        may {
            /// Needed for authorization codes.
            name: String,
            /// Needed for single sign-on.
            service_id as "serviceId": u64,
            description: String,
            logo_uri as "logoUri": String,
            redirect_uri as "redirectUri": String,
        }
    }

    /// Changes an OAuth credential, or gives it a new secret.
    /// <https://developers.whmcs.com/api-reference/updateoauthcredential/>
    UpdateOAuthCredential: Once, Quick => CredentialRef {
        needs { credential_id as "credentialId": u64, }
        may {
            /// In place of the id.
            client_api_identifier as "clientApiIdentifier": String,
            name: String,
            description: String,
            grant_type as "grantType": GrantType,
            scope: Spaced,
            service_id as "serviceId": u64,
            logo_uri as "logoUri": Vec<String>,
            redirect_uri as "redirectUri": String,
            reset_secret as "resetSecret": bool,
        }
    }

    /// Removes an OAuth credential. <https://developers.whmcs.com/api-reference/deleteoauthcredential/>
    DeleteOAuthCredential: Destructive, Quick => CredentialRef {
        needs { credential_id as "credentialId": u64, }
    }

    /// OAuth credentials with their secrets; it has a limit but no pages (quirk 42).
    /// <https://developers.whmcs.com/api-reference/listoauthcredentials/>
    ListOAuthCredentials: Read, Quick => OAuthCredentials {
        may {
            grant_type as "grantType": GrantType,
            sort_field as "sortField": String,
            sort_order as "sortOrder": Direction,
            /// Most rows.
            limit: u64,
        }
    }
}

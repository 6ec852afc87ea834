//! Users of the account: their mails, roles and client secret. Nobody's password can be set here, mails are sent.

use http::StatusCode;
use serde_json::{Value, json};

use super::agenda::{Due, Passing};
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post, put};
use super::query::contains;
use super::{State, s3_credentials};
use crate::journal::Effect;

const API: &str = "/v1/users";
const KIND: &str = "user";
const LOCALES: &[&str] = &["de-DE", "de", "en-US", "en", "es", "es-ES", "pt-BR", "pt"];

/// One user.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) email_verified: bool,
    pub(super) enabled: bool,
    pub(super) totp: bool,
    pub(super) locale: &'static str,
    pub(super) roles: Vec<i64>,
    pub(super) owner: bool,
    /// Absent until the link in the mail was followed.
    pub(super) password: Option<String>,
}

impl User {
    pub(super) fn view(&self, state: &State) -> Value {
        let roles: Vec<Value> =
            self.roles.iter().filter_map(|id| state.roles.get(id)).map(|role| role.view(state)).collect();
        state.account.owned(json!({
            "userId": self.id,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "email": self.email,
            "emailVerified": self.email_verified,
            "enabled": self.enabled,
            "totp": self.totp,
            "locale": self.locale,
            "roles": roles,
            "owner": self.owner,
        }))
    }
}

const ORDER: Order<User> = &[
    ("userId", |one| Key::text(&one.id)),
    ("firstName", |one| Key::text(&one.first_name)),
    ("lastName", |one| Key::text(&one.last_name)),
    ("email", |one| Key::text(&one.email)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let email = call.query.text("email");
    let enabled = call.query.flag("enabled")?;
    let owner = call.query.flag("owner")?;
    let items = call
        .state
        .users
        .values()
        .filter(|one| contains(&one.email, email))
        .filter(|one| enabled.is_none_or(|wanted| wanted == one.enabled))
        .filter(|one| owner.is_none_or(|wanted| wanted == one.owner))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(call.state))
}

fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let id = call.param("userId").to_lowercase();
    if call.state.users.contains_key(&id) { Ok(id) } else { Err(Refusal::missing("User", id)) }
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let view = call.state.users.get(&id).map_or(Value::Null, |one| one.view(call.state));
    call.one(StatusCode::OK, view)
}

fn changed(change: Change, id: &str) -> Change {
    change.audited(List::Users, vec![("userId", json!(id))])
}

fn check(call: &Call<'_>, email: Option<&str>, roles: Option<&[i64]>, except: &str) -> Result<(), Refusal> {
    if let Some(email) = email {
        let taken = |one: &User| one.email.eq_ignore_ascii_case(email) && one.id != except;
        if call.state.users.values().any(taken) {
            return Err(Refusal::conflict(format!("User with email {email} already exists")));
        }
    }
    match roles.and_then(|roles| roles.iter().find(|id| !call.state.roles.contains_key(id))) {
        Some(unknown) => Err(Refusal::missing("Role", unknown)),
        None => Ok(()),
    }
}

fn email_rule(fields: &mut Fields, email: &str) {
    if email.split_once('@').is_none_or(|(name, host)| name.is_empty() || !host.contains('.')) {
        fields.problem("email", "must be an email");
    }
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let first_name = fields.text("firstName", 1..=255);
    let last_name = fields.text("lastName", 1..=255);
    let email = fields.need_text("email", 1..=255);
    email_rule(&mut fields, &email);
    let enabled = fields.need_flag("enabled");
    let totp = fields.need_flag("totp");
    let locale = fields.need_choice("locale", LOCALES);
    let roles = fields.ids("roles").unwrap_or_default();
    fields.done()?;
    check(call, Some(&email), Some(&roles), "")?;
    let id = call.state.uuid();
    let user = User {
        id: id.clone(),
        // The document wants names where it did not ask for any.
        first_name: first_name.unwrap_or_else(|| "-".to_owned()),
        last_name: last_name.unwrap_or_else(|| "-".to_owned()),
        email: email.clone(),
        email_verified: false,
        enabled,
        totp,
        locale,
        roles: roles.clone(),
        owner: false,
        password: None,
    };
    call.state.users.insert(id.clone(), user);
    s3_credentials::for_user(call.state, &id);
    call.later(FOLLOWS_LINK, Due::UserConfirms { id: id.clone() });
    call.record(changed(Change::created(KIND, &id), &id).with(json!({"new": {"email": email, "roles": roles}})));
    let view = call.state.account.owned(json!({"userId": id}));
    call.one(StatusCode::CREATED, view)
}

/// Milliseconds until somebody follows the link in a mail.
const FOLLOWS_LINK: i64 = 5_000;

/// Somebody followed the link in the mail: the address is proven, and a password is chosen.
pub(super) fn confirms(state: &mut State, passing: &mut Passing<'_>, id: &str) {
    let password = format!("{}aA1!", state.hex(16));
    let Some(user) = state.users.get_mut(id) else { return };
    user.email_verified = true;
    user.password = Some(password);
    passing.note(Effect::Updated, KIND, id, json!({"emailVerified": true, "passwordSet": true}));
}

fn update(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let first_name = fields.text("firstName", 1..=255);
    let last_name = fields.text("lastName", 1..=255);
    let email = fields.text("email", 1..=255);
    if let Some(email) = &email {
        email_rule(&mut fields, email);
    }
    let enabled = fields.flag("enabled");
    let totp = fields.flag("totp");
    let locale = fields.choice("locale", LOCALES);
    let roles = fields.ids("roles");
    fields.done()?;
    check(call, email.as_deref(), roles.as_deref(), &id)?;
    if call.state.users.get(&id).is_some_and(|one| one.owner) && enabled == Some(false) {
        return Err(Refusal::forbidden("The owner cannot be disabled"));
    }
    let detail = json!({"new": {"email": email, "enabled": enabled, "roles": roles, "locale": locale}});
    if let Some(one) = call.state.users.get_mut(&id) {
        one.email_verified &= email.is_none();
        one.first_name = first_name.unwrap_or_else(|| one.first_name.clone());
        one.last_name = last_name.unwrap_or_else(|| one.last_name.clone());
        one.email = email.unwrap_or_else(|| one.email.clone());
        one.enabled = enabled.unwrap_or(one.enabled);
        one.totp = totp.unwrap_or(one.totp);
        one.locale = locale.unwrap_or(one.locale);
        one.roles = roles.unwrap_or_else(|| one.roles.clone());
    }
    call.record(changed(Change::updated(KIND, &id), &id).with(detail));
    call.links(StatusCode::OK, &[])
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    if call.state.users.get(&id).is_some_and(|one| one.owner) {
        return Err(Refusal::forbidden("The owner cannot be deleted"));
    }
    call.state.users.shift_remove(&id);
    call.state.s3_credentials.retain(|_, one| one.user != id);
    call.record(changed(Change::deleted(KIND, &id), &id));
    no_content()
}

fn mail(call: &mut Call<'_>, which: &str) -> Outcome {
    let id = wanted(call)?;
    call.later(FOLLOWS_LINK, Due::UserConfirms { id: id.clone() });
    let change = changed(Change::action(KIND, &id), &id);
    call.record(change.with(json!({"mail": which, "redirectUrl": call.query.text("redirectUrl")})));
    no_content()
}

fn resend_verification(call: &mut Call<'_>) -> Outcome {
    mail(call, "email-verification")
}

fn reset_password(call: &mut Call<'_>) -> Outcome {
    mail(call, "reset-password")
}

fn client(call: &mut Call<'_>) -> Outcome {
    let credentials = &call.state.credentials;
    let view = call.state.account.owned(json!({
        "id": call.state.client_uuid,
        "clientId": credentials.client_id,
        "secret": credentials.client_secret,
    }));
    call.one(StatusCode::OK, view)
}

/// Rotates the secret that the caller itself signs in with; the old one is refused from now on.
fn new_secret(call: &mut Call<'_>) -> Outcome {
    let secret = call.state.hex(32);
    call.state.credentials.client_secret.clone_from(&secret);
    let user = call.who.user_id.clone();
    call.record(changed(Change::updated("client-secret", &user), &user).with(json!({"clientSecret": "rotated"})));
    let view = call.state.account.owned(json!({"secret": secret}));
    call.one(StatusCode::OK, view)
}

fn is_password_set(call: &mut Call<'_>) -> Outcome {
    let id = call.query.text("userId").unwrap_or(&call.who.user_id);
    let user = call.state.users.get(id).ok_or_else(|| Refusal::missing("User", id))?;
    let view = call.state.account.owned(json!({"isPasswordSet": user.password.is_some()}));
    call.one(StatusCode::OK, view)
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveUserList", "/v1/users", API, retrieve_list),
    post("createUser", "/v1/users", API, create),
    get("retrieveUserClient", "/v1/users/client", API, client),
    put("generateClientSecret", "/v1/users/client/secret", API, new_secret),
    get("retrieveUserIsPasswordSet", "/v1/users/is-password-set", API, is_password_set),
    get("retrieveUser", "/v1/users/{userId}", API, retrieve),
    patch("updateUser", "/v1/users/{userId}", API, update),
    delete("deleteUser", "/v1/users/{userId}", API, remove),
    post("resendEmailVerification", "/v1/users/{userId}/resend-email-verification", API, resend_verification),
    post("resetPassword", "/v1/users/{userId}/reset-password", API, reset_password),
];

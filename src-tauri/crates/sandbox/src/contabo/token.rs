//! The token endpoint, and reading the tokens it gave out.
//!
//! Tokens have the form of a JWT because known clients split them at the dots and read the claims. They are checked by
//! their signature alone, so they outlive nothing but their `exp`, their user and a restart of the sandbox.

use axum::extract::Request;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::State;
use super::query::Query;
use super::users::User;
use crate::faults::serve;
use crate::journal::Provider;
use crate::reply::Reply;
use crate::world::{Shared, World};

/// Where tokens are given out.
pub(super) const PATH: &str = "/auth/realms/contabo/protocol/openid-connect/token";

/// Seconds an access token is good for.
const ACCESS_SECONDS: i64 = 300;
/// Seconds a refresh token is good for.
const REFRESH_SECONDS: i64 = 1800;

/// Answers `POST` on [`PATH`]; its name for fault rules is `token`.
pub(super) async fn endpoint(world: Shared, request: Request) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 * 1024).await.unwrap_or_default();
    let work = |world: &mut World| {
        let now = world.clock.now();
        let form = Query::parse(&String::from_utf8_lossy(&body));
        grant(&mut world.contabo, &parts.headers, &form, now)
    };
    serve(&world, Provider::Contabo, "token", &parts.headers, work).await
}

fn refuse(status: StatusCode, error: &str, description: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "error_description": description}))
}

/// Who the client says it is: HTTP Basic first, then the body.
fn client(headers: &HeaderMap, form: &Query) -> Option<(String, String)> {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(encoded) = basic.and_then(|value| value.strip_prefix("Basic ")) {
        let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        return Some((form_decoded(id), form_decoded(secret)));
    }
    Some((form.text("client_id")?.to_owned(), form.text("client_secret").unwrap_or_default().to_owned()))
}

/// OAuth2 wants both halves of Basic form-encoded; clients that do not encode send no percent sign in practice.
fn form_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    url::form_urlencoded::parse(format!("v={text}").as_bytes()).next().map_or_else(String::new, |(_, v)| v.into_owned())
}

fn grant(state: &mut State, headers: &HeaderMap, form: &Query, now: Timestamp) -> Reply {
    let description = "Invalid client or Invalid client credentials";
    // The sign-in's address is a Keycloak's, and that one says by the code alone which half was wrong.
    match client(headers, form) {
        Some((id, secret)) if id == state.credentials.client_id => {
            if secret != state.credentials.client_secret {
                return refuse(StatusCode::UNAUTHORIZED, "unauthorized_client", description);
            }
        }
        _ => return refuse(StatusCode::UNAUTHORIZED, "invalid_client", description),
    }
    match form.text("grant_type") {
        Some("password") => {
            let name = form.text("username").unwrap_or_default();
            let password = form.text("password").unwrap_or_default();
            let found = state.users.values().find(|user| user.email.eq_ignore_ascii_case(name));
            let wrong = || refuse(StatusCode::UNAUTHORIZED, "invalid_grant", "Invalid user credentials");
            match found {
                Some(user) if user.password.as_deref() == Some(password) && !user.enabled => {
                    refuse(StatusCode::BAD_REQUEST, "invalid_grant", "Account disabled")
                }
                Some(user) if user.password.as_deref() == Some(password) => issue(state, &user.clone(), now),
                _ => wrong(),
            }
        }
        Some("refresh_token") => {
            let user = form
                .text("refresh_token")
                .and_then(|token| read(state, token, "Refresh", now))
                .and_then(|id| state.users.get(&id))
                .filter(|user| user.enabled);
            match user {
                Some(user) => issue(state, &user.clone(), now),
                None => refuse(StatusCode::BAD_REQUEST, "invalid_grant", "Token is not active"),
            }
        }
        Some(_) => refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Unsupported grant_type"),
        None => refuse(StatusCode::BAD_REQUEST, "invalid_request", "Missing form parameter: grant_type"),
    }
}

fn issue(state: &mut State, user: &User, now: Timestamp) -> Reply {
    let session = state.uuid();
    let access = sign(state, user, "Bearer", &session, now, ACCESS_SECONDS);
    let refresh = sign(state, user, "Refresh", &session, now, REFRESH_SECONDS);
    let body = json!({
        "access_token": access,
        "expires_in": ACCESS_SECONDS,
        "refresh_expires_in": REFRESH_SECONDS,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "session_state": session,
        "scope": "email profile",
    });
    Reply::json(StatusCode::OK, &body).with_header(header::CACHE_CONTROL, "no-store")
}

fn sign(state: &mut State, user: &User, kind: &str, session: &str, now: Timestamp, seconds: i64) -> String {
    let head = json!({"alg": "HS256", "typ": "JWT", "kid": "sandbox"});
    let claims = json!({
        "exp": now.as_second() + seconds,
        "iat": now.as_second(),
        "jti": state.uuid(),
        "iss": "https://auth.contabo.com/auth/realms/contabo",
        "sub": user.id,
        "typ": kind,
        "azp": state.credentials.client_id,
        "session_state": session,
        "scope": "email profile",
        "tenantId": state.account.tenant,
        "customerId": state.account.customer,
        "preferred_username": user.email,
        "name": format!("{} {}", user.first_name, user.last_name),
        "email": user.email,
        "email_verified": user.email_verified,
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&head), part(&claims));
    let signature = signature(state, &signed);
    format!("{signed}.{signature}")
}

fn signature(state: &State, signed: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(state.token_key);
    hash.update(signed.as_bytes());
    hash.update(state.token_key);
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// The user id in a token of this kind, when it is ours and has not expired.
fn read(state: &State, token: &str, kind: &str, now: Timestamp) -> Option<String> {
    let (signed, mark) = token.rsplit_once('.')?;
    if signature(state, signed) != mark {
        return None;
    }
    let (_, claims) = signed.split_once('.')?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let fresh = claims["exp"].as_i64()? > now.as_second();
    (fresh && claims["typ"] == kind).then(|| claims["sub"].as_str().map(str::to_owned))?
}

/// The user id in a call's bearer token.
pub(super) fn bearer(state: &State, headers: &HeaderMap, now: Timestamp) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| read(state, token.trim(), "Bearer", now))?
}

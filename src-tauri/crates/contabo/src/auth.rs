//! Signing in (quirk 1): a password grant, renewed by its refresh token, one renewal at a time however many calls wait.
//!
//! Tokens live in memory only. The whole reply of the token endpoint is hidden in the record.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue};
use http::{HeaderMap, Method};
use rackdesk_wire::{Body, Call, Effect, Redaction, Request, TimeoutClass, Wire};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::claims::Identity;
use crate::clock::Clock;
use crate::error::{Credential, Error, Problem};
use crate::lenient::read;
use crate::operation::{PROVIDER, encode};
use crate::reply::{html_title, parse};
use crate::secret::SECRET_FIELDS;

/// How sign-ins are named in the record.
pub const TOKEN_OPERATION: &str = "token";

/// No official lifetime is documented; clients in the wild assume five minutes (quirk 1).
const ASSUMED_LIFETIME: Duration = Duration::from_secs(300);

/// A token is renewed this long before its end, or at nine tenths of a shorter life.
const SKEW: Duration = Duration::from_secs(30);

/// What it takes to sign in.
#[derive(Clone)]
pub struct Config {
    /// Base of the API, normally `https://api.contabo.com`.
    pub api_url: Url,
    /// Token endpoint.
    pub token_url: Url,
    /// OAuth2 client id.
    pub client_id: String,
    /// OAuth2 client secret.
    pub client_secret: SecretString,
    /// API user (an e-mail address).
    pub user: String,
    /// API password; not the portal's.
    pub password: SecretString,
}

impl Config {
    /// What must not be seen of it in a record. The client id is half of a credential.
    fn hidden(&self) -> Vec<SecretString> {
        vec![SecretString::from(self.client_id.clone()), self.client_secret.clone(), self.password.clone()]
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("api_url", &self.api_url.as_str())
            .field("token_url", &self.token_url.as_str())
            .field("client_id", &self.client_id)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A token in use.
#[derive(Clone)]
pub(crate) struct Bearer {
    /// `Bearer …`, marked sensitive.
    pub(crate) header: HeaderValue,
    /// Tells this token from the next one.
    pub(crate) generation: u64,
    /// Everything of this sign-in that must not be seen.
    pub(crate) literals: Arc<[SecretString]>,
    pub(crate) identity: Identity,
    renew_at: Duration,
    expires_at: Duration,
}

/// The sign-in of one client.
pub(crate) struct SignIn {
    config: Config,
    wire: Wire,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Renewals that ended, well or not. Who waited while one failed shares its failure instead of trying again: two
    /// hundred wrong passwords in a row lock an account.
    ended: AtomicU64,
}

#[derive(Default)]
struct State {
    bearer: Option<Bearer>,
    refresh: Option<(SecretString, Duration)>,
    failure: Option<Error>,
    generation: u64,
}

/// The token endpoint's answer.
#[derive(Deserialize)]
struct Grant {
    #[serde(deserialize_with = "read")]
    access_token: String,
    #[serde(default, deserialize_with = "read")]
    expires_in: Option<i64>,
    #[serde(default, deserialize_with = "read")]
    refresh_token: Option<String>,
    #[serde(default, deserialize_with = "read")]
    refresh_expires_in: Option<i64>,
}

/// The token endpoint's refusal.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    #[serde(deserialize_with = "read")]
    error: String,
    #[serde(deserialize_with = "read")]
    error_description: String,
}

impl SignIn {
    pub(crate) fn new(config: Config, wire: Wire, clock: Arc<dyn Clock>) -> Self {
        Self { config, wire, clock, state: Mutex::default(), ended: AtomicU64::new(0) }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// A token that is good for a while; `refused` names the generation that the API has just turned down.
    pub(crate) async fn bearer(
        &self,
        refused: Option<u64>,
        for_call: (&'static str, &Call),
    ) -> Result<(Bearer, Seen), Error> {
        let before = self.ended.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        let now = self.clock.monotonic();
        if let Some(bearer) = &state.bearer
            && refused != Some(bearer.generation)
            && now < bearer.renew_at
        {
            return Ok((bearer.clone(), Seen::default()));
        }
        let (operation, call) = for_call;
        if self.ended.load(Ordering::Acquire) != before
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone().seen_by(operation, call.request_id));
        }
        let renewed = self.renew(&mut state, call.action_id).await;
        self.ended.fetch_add(1, Ordering::Release);
        match renewed {
            Ok(done) => {
                state.failure = None;
                Ok(done)
            }
            Err(error) => {
                // While the old token still lives, a sign-in that cannot be reached is no reason to fail.
                if let Some(bearer) = &state.bearer
                    && refused != Some(bearer.generation)
                    && now < bearer.expires_at
                    && !matches!(error.problem, Problem::Credential(_))
                {
                    return Ok((bearer.clone(), Seen::default()));
                }
                state.failure = Some(error.clone());
                Err(error.seen_by(operation, call.request_id))
            }
        }
    }

    /// A new sign-in by password, whatever is held: it proves the credentials.
    pub(crate) async fn anew(&self) -> Result<(Bearer, Seen), Error> {
        let mut state = self.state.lock().await;
        let result = self.by_password(&mut state, None).await;
        self.ended.fetch_add(1, Ordering::Release);
        state.failure = result.as_ref().err().cloned();
        result
    }

    async fn renew(&self, state: &mut State, action_id: Option<i64>) -> Result<(Bearer, Seen), Error> {
        let usable = state.refresh.take().filter(|(_, end)| self.clock.monotonic() < *end);
        if let Some((token, end)) = usable {
            let form = format!("grant_type=refresh_token&refresh_token={}", encode(token.expose_secret()));
            match self.grant(state, &form, action_id).await {
                Ok(done) => return Ok(done),
                // Spent, revoked or unknown: the password decides.
                Err(error) if matches!(error.problem, Problem::Credential(_)) => {
                    tracing::debug!(%error, "the refresh token was refused");
                }
                Err(error) => {
                    state.refresh = Some((token, end));
                    return Err(error);
                }
            }
        }
        self.by_password(state, action_id).await
    }

    async fn by_password(&self, state: &mut State, action_id: Option<i64>) -> Result<(Bearer, Seen), Error> {
        let form = format!(
            "grant_type=password&username={}&password={}",
            encode(&self.config.user),
            encode(self.config.password.expose_secret())
        );
        self.grant(state, &form, action_id).await
    }

    async fn grant(&self, state: &mut State, form: &str, action_id: Option<i64>) -> Result<(Bearer, Seen), Error> {
        let call = Call { action_id, ..Call::fresh() };
        let request_id = call.request_id;
        let response = self.wire.send(self.request(form, call)).await.map_err(refusal)?;
        let seen = Seen::of(&response.headers);
        let grant: Grant = parse(&response.body).map_err(|unreadable| {
            let detail = html_title(&response.body).unwrap_or(unreadable.path);
            let status = Some(response.status.as_u16());
            Error::credential(Credential::NotASignIn { detail }, TOKEN_OPERATION, request_id, status)
        })?;
        let now = self.clock.monotonic();
        let bearer = self.accept(state, grant, now).ok_or_else(|| {
            let detail = "access_token".to_owned();
            Error::credential(Credential::NotASignIn { detail }, TOKEN_OPERATION, request_id, None)
        })?;
        Ok((bearer, seen))
    }

    /// Takes a grant into use; `None` when its token cannot stand in a header.
    fn accept(&self, state: &mut State, grant: Grant, now: Duration) -> Option<Bearer> {
        let access = SecretString::from(grant.access_token);
        let mut header = HeaderValue::from_str(&format!("Bearer {}", access.expose_secret())).ok()?;
        header.set_sensitive(true);
        if access.expose_secret().is_empty() {
            return None;
        }
        let seconds = |given: Option<i64>| given.and_then(|s| u64::try_from(s).ok()).map(Duration::from_secs);
        let lifetime = seconds(grant.expires_in).filter(|d| !d.is_zero()).unwrap_or(ASSUMED_LIFETIME);
        let identity = Identity::of_token(access.expose_secret());
        let mut literals = self.config.hidden();
        literals.push(access);
        state.refresh = grant.refresh_token.map(|token| {
            let token = SecretString::from(token);
            literals.push(token.clone());
            // Keycloak says 0 for a refresh token that does not expire by itself.
            let end = seconds(grant.refresh_expires_in).filter(|d| !d.is_zero()).unwrap_or(Duration::MAX);
            (token, now.saturating_add(end))
        });
        state.generation += 1;
        let bearer = Bearer {
            header,
            generation: state.generation,
            literals: literals.into(),
            identity,
            renew_at: now.saturating_add(lifetime.saturating_sub(SKEW.min(lifetime / 10))),
            expires_at: now.saturating_add(lifetime),
        };
        state.bearer = Some(bearer.clone());
        Some(bearer)
    }

    fn request(&self, form: &str, call: Call) -> Request {
        let body = format!(
            "{form}&client_id={}&client_secret={}",
            encode(&self.config.client_id),
            encode(self.config.client_secret.expose_secret())
        );
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Request {
            provider: PROVIDER,
            operation: TOKEN_OPERATION.to_owned(),
            method: Method::POST,
            url: self.config.token_url.clone(),
            headers,
            body: Body::Form(Bytes::from(body)),
            // Signing in twice leaves nothing behind, so a lost answer may be asked for again.
            effect: Effect::Read,
            timeout: TimeoutClass::Quick,
            max_reply: 1 << 20,
            redaction: Redaction { fields: SECRET_FIELDS, whole_reply: true, literals: self.config.hidden().into() },
            call,
        }
    }
}

/// What an answer tells beside its body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The provider's clock.
    pub(crate) date: Option<jiff::Timestamp>,
}

impl Seen {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self { date: rackdesk_wire::date(headers) }
    }
}

/// Why a sign-in failed, from what the executor reports of it. The body of a refusal is OAuth2's, or a web page.
pub fn refusal(error: rackdesk_wire::Error) -> Error {
    let (request_id, status, date) = (error.request_id, error.status, error.date);
    let unsent = |problem| Error::unsent(problem, TOKEN_OPERATION, request_id).with_answer(status, date);
    let credential = |kind| unsent(Problem::Credential(kind));
    if error.sent == rackdesk_wire::Sent::Throttled {
        return unsent(Problem::Throttled { retry_after: error.retry_after });
    }
    let Some(code) = status.filter(|code| *code >= 400) else { return unsent(Problem::Wire(Box::new(error))) };
    let body = error.body.unwrap_or_default();
    let Refusal { error: kind, error_description: detail } = serde_json::from_str(&body).unwrap_or_default();
    let words = detail.to_ascii_lowercase();
    match kind.as_str() {
        "invalid_client" => credential(Credential::InvalidClient),
        // The sign-in's paths are Keycloak's, which says so of a known client with another secret.
        "unauthorized_client" if words.contains("secret") || words.contains("credentials") => {
            credential(Credential::WrongClientSecret)
        }
        "unauthorized_client" => credential(Credential::NoApiAccess { detail }),
        "invalid_grant" if words.contains("set up") || words.contains("disabled") => {
            credential(Credential::NoApiAccess { detail })
        }
        "invalid_grant" => credential(Credential::InvalidUser),
        _ if code >= 500 => unsent(Problem::ProviderFailed { message: html_title(body.as_bytes()).unwrap_or(detail) }),
        "" => {
            let detail = html_title(body.as_bytes()).unwrap_or_else(|| format!("status {code}"));
            credential(Credential::NotASignIn { detail })
        }
        _ => credential(Credential::Refused { error: kind, detail }),
    }
}

//! A loopback provider that hands out tokens and answers as a test says, and a client that talks to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rackdesk_contabo::clock::Clock;
use rackdesk_contabo::{Client, Config};
use rackdesk_wire::{Budget, Exchange, Finished, Recorder, Retries, Wire, WireOptions};
use serde_json::{Value, json};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) const CLIENT_SECRET: &str = "client-s3cret-0815";
pub(crate) const PASSWORD: &str = "p+ä&=% w0rd";
pub(crate) const USER: &str = "ops+api@example.org";

/// Keeps every exchange.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<Exchange>>);

impl Recorder for Kept {
    fn record(&self, finished: Finished) {
        self.0.lock().expect("no panic while recording").push(finished.exchange());
    }
}

impl Kept {
    pub(crate) fn all(&self) -> Vec<Exchange> {
        self.0.lock().expect("no panic while recording").clone()
    }
}

/// A clock that a test moves.
#[derive(Default)]
pub(crate) struct HandClock {
    seconds: AtomicU64,
}

impl HandClock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.seconds.load(Ordering::SeqCst))
    }

    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

pub(crate) struct Provider {
    pub(crate) server: MockServer,
    pub(crate) client: Client,
    pub(crate) kept: Arc<Kept>,
    pub(crate) clock: Arc<HandClock>,
}

/// A token in the form of a JWT; the number makes each one different.
pub(crate) fn jwt(number: u64) -> String {
    let claims = json!({
        "sub": "6cdf5968-f9fe-4192-97c2-f349e813c5e8", "preferred_username": USER, "customerId": 54321,
        "tenantId": "INT", "n": number
    });
    format!("eyJhbGciOiJSUzI1NiJ9.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// Hands out a new token each time.
pub(crate) fn grants() -> impl Respond {
    let issued = AtomicU64::new(0);
    move |_: &Request| {
        let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
        ResponseTemplate::new(200).set_body_json(json!({
            "access_token": jwt(number), "expires_in": 300, "refresh_expires_in": 1800,
            "refresh_token": format!("eyJhbGciOiJIUzI1NiJ9.cmVmcmVzaA.{number}refresh"), "token_type": "Bearer",
            "not-before-policy": 0, "session_state": "fb3b9b0c", "scope": "email profile"
        }))
    }
}

impl Provider {
    /// One whose token endpoint works and whose API answers with `api`.
    pub(crate) async fn answering(api: impl Respond + 'static) -> Self {
        let provider = Self::silent().await;
        Mock::given(method("POST")).and(path("/token")).respond_with(grants()).mount(&provider.server).await;
        Mock::given(any()).respond_with(api).with_priority(9).mount(&provider.server).await;
        provider
    }

    /// One that answers everything with 404 until told otherwise.
    pub(crate) async fn silent() -> Self {
        let server = MockServer::start().await;
        let kept = Arc::new(Kept::default());
        let clock = Arc::new(HandClock::default());
        let client = Client::with_clock(wire(kept.clone()), config(&server.uri()), clock.clone());
        Self { server, client, kept, clock }
    }

    pub(crate) async fn requests(&self, at: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.expect("recording is on");
        all.into_iter().filter(|request| request.url.path() == at).collect()
    }
}

pub(crate) fn config(base: &str) -> Config {
    Config {
        api_url: base.parse().expect("a URL"),
        token_url: format!("{base}/token").parse().expect("a URL"),
        client_id: "INT-54321".into(),
        client_secret: CLIENT_SECRET.into(),
        user: USER.into(),
        password: PASSWORD.into(),
    }
}

pub(crate) fn wire(recorder: Arc<Kept>) -> Wire {
    let budget = Budget { per_minute: 1_000_000, burst: 10_000, concurrent: 300, ..Budget::default() };
    let retries = Retries { attempts: 1, ..Retries::default() };
    Wire::new(WireOptions { budget, retries, seed: Some(1), ..WireOptions::default() }, recorder)
}

/// An envelope with one row.
pub(crate) fn one(row: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"data": [row], "_links": {"self": "/v1/x"}}))
}

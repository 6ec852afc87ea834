//! Signing in, and staying so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use rackdesk_contabo::api::instance_actions::Restart;
use rackdesk_contabo::api::instances::RetrieveInstance;
use rackdesk_contabo::{Credential, Error, Problem};
use rackdesk_wire::{Call, Sent};
use serde_json::json;
use uuid::Uuid;
use wiremock::matchers::{method, path};
use wiremock::{Mock, Request, ResponseTemplate};

use crate::support::{CLIENT_SECRET, PASSWORD, Provider, USER, grants, jwt, one};

fn form(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

fn grant_types(requests: &[Request]) -> Vec<String> {
    let of =
        |request: &Request| form(request).into_iter().find(|(name, _)| name == "grant_type").map(|(_, value)| value);
    requests.iter().filter_map(of).collect()
}

fn instance() -> ResponseTemplate {
    one(json!({"instanceId": 1, "status": "running"}))
}

/// quirks 1.1, 1.2, 1.7
#[tokio::test]
async fn the_first_call_signs_in_by_password_and_the_next_ones_do_not() {
    let provider = Provider::answering(instance()).await;
    for _ in 0..3 {
        provider.client.call(RetrieveInstance::new(1)).await.expect("an instance");
    }
    let tokens = provider.requests("/token").await;
    assert_eq!(tokens.len(), 1);
    let sent = form(&tokens[0]);
    let expected = [
        ("grant_type", "password"),
        ("username", USER),
        ("password", PASSWORD),
        ("client_id", "INT-54321"),
        ("client_secret", CLIENT_SECRET),
    ];
    assert_eq!(sent, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let calls = provider.requests("/v1/compute/instances/1").await;
    assert_eq!(calls[0].headers["authorization"].to_str().expect("text"), format!("Bearer {}", jwt(1)));
}

/// quirk 1.3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_calls_at_expiry_renew_once() {
    let provider = Provider::silent().await;
    let slow = grants();
    let slow = move |request: &Request| slow.respond(request).set_delay(Duration::from_millis(150));
    use wiremock::Respond;
    Mock::given(method("POST")).and(path("/token")).respond_with(slow).mount(&provider.server).await;
    Mock::given(method("GET")).respond_with(instance()).mount(&provider.server).await;
    provider.client.call(RetrieveInstance::new(1)).await.expect("an instance");
    provider.clock.advance(280);

    let calls = (0..200).map(|_| {
        let client = provider.client.clone();
        tokio::spawn(async move { client.call(RetrieveInstance::new(1)).await })
    });
    for call in join_all(calls).await {
        call.expect("no panic").expect("an instance");
    }
    assert_eq!(grant_types(&provider.requests("/token").await), ["password", "refresh_token"]);
    assert_eq!(provider.requests("/v1/compute/instances/1").await.len(), 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_calls_with_a_wrong_password_try_it_once() {
    let provider = Provider::silent().await;
    let refusal = ResponseTemplate::new(401)
        .set_delay(Duration::from_millis(150))
        .set_body_json(json!({"error": "invalid_grant", "error_description": "Invalid user credentials"}));
    Mock::given(path("/token")).respond_with(refusal).mount(&provider.server).await;
    let calls = (0..50).map(|_| {
        let client = provider.client.clone();
        tokio::spawn(async move { client.call(Restart::new(1)).await })
    });
    for call in join_all(calls).await {
        let error = call.expect("no panic").expect_err("no sign-in");
        assert!(matches!(error.problem, Problem::Credential(Credential::InvalidUser)), "{error}");
        assert_eq!((error.sent(), error.operation), (Sent::NotSent, "restart"));
    }
    assert_eq!(provider.requests("/token").await.len(), 1, "more tries would lock the account");
    provider.client.call(Restart::new(1)).await.expect_err("still wrong");
    assert_eq!(provider.requests("/token").await.len(), 2, "a later call does try again");
}

#[tokio::test]
async fn a_call_given_up_in_the_middle_of_a_sign_in_blocks_nobody() {
    let provider = Provider::silent().await;
    let issue = grants();
    let slow = move |request: &Request| {
        use wiremock::Respond;
        issue.respond(request).set_delay(Duration::from_millis(200))
    };
    Mock::given(path("/token")).respond_with(slow).mount(&provider.server).await;
    Mock::given(method("GET")).respond_with(instance()).mount(&provider.server).await;
    let client = provider.client.clone();
    let first = tokio::spawn(async move { client.call(RetrieveInstance::new(1)).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    first.abort();
    let second = tokio::time::timeout(Duration::from_secs(10), provider.client.call(RetrieveInstance::new(1))).await;
    second.expect("not blocked").expect("an instance");
}

#[tokio::test]
async fn a_refused_refresh_token_leads_back_to_the_password() {
    let provider = Provider::silent().await;
    let issue = grants();
    let answer = move |request: &Request| {
        use wiremock::Respond;
        if grant_types(std::slice::from_ref(request)) == ["refresh_token"] {
            let body = json!({"error": "invalid_grant", "error_description": "Token is not active"});
            return ResponseTemplate::new(400).set_body_json(body);
        }
        issue.respond(request)
    };
    Mock::given(path("/token")).respond_with(answer).mount(&provider.server).await;
    Mock::given(method("GET")).respond_with(instance()).mount(&provider.server).await;
    provider.client.call(RetrieveInstance::new(1)).await.expect("an instance");
    provider.clock.advance(280);
    provider.client.call(RetrieveInstance::new(1)).await.expect("an instance");
    assert_eq!(grant_types(&provider.requests("/token").await), ["password", "refresh_token", "password"]);
    provider.clock.advance(2000);
    provider.client.call(RetrieveInstance::new(1)).await.expect("an instance");
    let all = grant_types(&provider.requests("/token").await);
    assert_eq!(all.last().map(String::as_str), Some("password"), "an expired refresh token is not tried");
    assert_eq!(all.len(), 4);
}

#[tokio::test]
async fn a_token_that_still_lives_outlasts_a_sign_in_that_is_down() {
    let provider = Provider::silent().await;
    Mock::given(path("/token")).respond_with(grants()).up_to_n_times(1).mount(&provider.server).await;
    Mock::given(path("/token")).respond_with(ResponseTemplate::new(503)).with_priority(9).mount(&provider.server).await;
    Mock::given(method("GET")).respond_with(instance()).mount(&provider.server).await;
    provider.client.call(RetrieveInstance::new(1)).await.expect("an instance");
    provider.clock.advance(290);
    provider.client.call(RetrieveInstance::new(1)).await.expect("ten seconds are left");
    provider.clock.advance(20);
    let error = provider.client.call(RetrieveInstance::new(1)).await.expect_err("none are left");
    assert!(matches!(error.problem, Problem::ProviderFailed { .. }), "{error}");
    assert_eq!(error.sent(), Sent::NotSent);
}

/// Answers 401 to the first `refusals` calls.
fn refusing(refusals: u64) -> impl Fn(&Request) -> ResponseTemplate {
    let calls = Arc::new(AtomicU64::new(0));
    move |_| {
        if calls.fetch_add(1, Ordering::SeqCst) < refusals {
            ResponseTemplate::new(401).set_body_json(json!({"statusCode": 401, "message": "Unauthorized"}))
        } else {
            ResponseTemplate::new(201).set_body_json(json!({"data": [{"instanceId": 1, "action": "restart"}]}))
        }
    }
}

/// quirks 1.8, 2.3, 2.4, 5.4
#[tokio::test]
async fn a_401_is_answered_by_one_new_token_and_one_replay_under_the_same_id() {
    let provider = Provider::answering(refusing(1)).await;
    let id = Uuid::new_v4();
    let call = Call { request_id: id, trace_id: Some("rackdesk-A-17-2".into()), action_id: Some(17) };
    let done = provider.client.call_with(Restart::new(1), call).await.expect("restarted");
    assert_eq!(done.action, "restart");
    let sent = provider.requests("/v1/compute/instances/1/actions/restart").await;
    assert_eq!(sent.len(), 2);
    for request in &sent {
        assert_eq!(
            request.headers["x-request-id"].to_str().expect("text"),
            id.to_string(),
            "audits know it by this id"
        );
        assert_eq!(request.headers["x-trace-id"], "rackdesk-A-17-2");
    }
    let bearer = |index: usize| sent[index].headers["authorization"].clone();
    assert_ne!(bearer(0), bearer(1));
    assert_eq!(grant_types(&provider.requests("/token").await), ["password", "refresh_token"]);
}

/// quirk 1.8
#[tokio::test]
async fn a_second_401_is_the_end() {
    let provider = Provider::answering(refusing(u64::MAX)).await;
    let error = provider.client.call(Restart::new(1)).await.expect_err("refused");
    assert!(matches!(error.problem, Problem::Credential(Credential::TokenRefused)), "{error}");
    assert_eq!((error.sent(), error.status), (Sent::Rejected, Some(401)));
    assert_eq!(provider.requests("/v1/compute/instances/1/actions/restart").await.len(), 2);
}

#[tokio::test]
async fn a_refused_token_is_blamed_on_a_clock_that_is_off() {
    let provider = Provider::silent().await;
    let behind = |answer: ResponseTemplate| {
        let theirs = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(11);
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&theirs).expect("a date");
        answer.insert_header("date", date.as_str())
    };
    let issue = grants();
    let token = move |request: &Request| {
        use wiremock::Respond;
        behind(issue.respond(request))
    };
    let refuse = refusing(u64::MAX);
    let api = move |request: &Request| behind(refuse(request));
    Mock::given(path("/token")).respond_with(token).mount(&provider.server).await;
    Mock::given(method("POST")).respond_with(api).with_priority(9).mount(&provider.server).await;
    let error = provider.client.call(Restart::new(1)).await.expect_err("refused");
    let Problem::Credential(Credential::ClockSkew { seconds }) = error.problem else { panic!("{error}") };
    assert!((659..=662).contains(&seconds), "{seconds}");
    assert_eq!(provider.client.clock_skew(), Some(seconds));
}

#[tokio::test]
async fn a_sign_in_that_is_refused_shows_the_clock_all_the_same() {
    let provider = Provider::silent().await;
    let theirs = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(5);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&theirs).expect("a date");
    let body = json!({"error": "invalid_grant", "error_description": "Invalid user credentials"});
    let refusal = ResponseTemplate::new(401).set_body_json(body).insert_header("date", date.as_str());
    Mock::given(path("/token")).respond_with(refusal).mount(&provider.server).await;
    assert_eq!(provider.client.clock_skew(), None);
    provider.client.sign_in().await.expect_err("refused");
    let skew = provider.client.clock_skew().expect("its answer had a date");
    assert!((-301..=-298).contains(&skew), "{skew}");
    provider.client.call(Restart::new(1)).await.expect_err("refused");
    assert!(provider.client.clock_skew().is_some_and(|skew| skew < -200));
}

async fn refused_sign_in(answer: ResponseTemplate) -> Error {
    let provider = Provider::silent().await;
    Mock::given(path("/token")).respond_with(answer).mount(&provider.server).await;
    let error = provider.client.sign_in().await.expect_err("refused");
    assert_eq!(error.sent(), Sent::NotSent);
    error
}

/// quirk 1.6
#[tokio::test]
async fn a_refused_sign_in_says_what_is_wrong() {
    let oauth = |status: u16, error: &str, words: &str| {
        ResponseTemplate::new(status).set_body_json(json!({"error": error, "error_description": words}))
    };
    for (answer, expected) in [
        (oauth(401, "invalid_client", "Invalid client or Invalid client credentials"), Credential::InvalidClient),
        (oauth(400, "unauthorized_client", "Invalid client secret"), Credential::WrongClientSecret),
        (
            oauth(401, "unauthorized_client", "Invalid client or Invalid client credentials"),
            Credential::WrongClientSecret,
        ),
        (oauth(401, "invalid_grant", "Invalid user credentials"), Credential::InvalidUser),
        (
            oauth(400, "invalid_grant", "Account is not fully set up"),
            Credential::NoApiAccess { detail: "Account is not fully set up".into() },
        ),
        (
            oauth(400, "unauthorized_client", "Client not allowed for direct access grants"),
            Credential::NoApiAccess { detail: "Client not allowed for direct access grants".into() },
        ),
        (
            oauth(400, "invalid_scope", "Invalid scopes"),
            Credential::Refused { error: "invalid_scope".into(), detail: "Invalid scopes".into() },
        ),
        (
            ResponseTemplate::new(404).set_body_raw("<html><title>Not here</title>", "text/html"),
            Credential::NotASignIn { detail: "Not here".into() },
        ),
        (
            ResponseTemplate::new(200).set_body_raw("<html><title>Login</title>", "text/html"),
            Credential::NotASignIn { detail: "Login".into() },
        ),
        (
            ResponseTemplate::new(200).set_body_json(json!({"token_type": "Bearer"})),
            Credential::NotASignIn { detail: ".".into() },
        ),
        (
            ResponseTemplate::new(200).set_body_json(json!({"access_token": "line\nbreak"})),
            Credential::NotASignIn { detail: "access_token".into() },
        ),
    ] {
        let error = refused_sign_in(answer).await;
        let Problem::Credential(found) = error.problem else { panic!("{expected:?}: {error}") };
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn an_outage_of_the_sign_in_is_no_fault_of_the_credentials() {
    let error =
        refused_sign_in(ResponseTemplate::new(502).set_body_raw("<title>Bad gateway</title>", "text/html")).await;
    assert!(matches!(&error.problem, Problem::ProviderFailed { message } if message == "Bad gateway"), "{error}");
    let error = refused_sign_in(ResponseTemplate::new(429)).await;
    assert!(matches!(error.problem, Problem::Throttled { .. }), "{error}");

    let provider = Provider::silent().await;
    let mut config = crate::support::config(&provider.server.uri());
    config.token_url = "http://127.0.0.1:9/token".parse().expect("a URL");
    let client = rackdesk_contabo::Client::new(crate::support::wire(Arc::default()), config);
    let error = client.sign_in().await.expect_err("nobody listens");
    assert!(matches!(&error.problem, Problem::Wire(_)), "{error}");
    assert_eq!(error.sent(), Sent::NotSent);
}

/// quirk 1.5
#[tokio::test]
async fn a_sign_in_says_whose_it_is() {
    let provider = Provider::answering(instance()).await;
    let identity = provider.client.sign_in().await.expect("signed in");
    assert_eq!(identity.user_id.as_deref(), Some("6cdf5968-f9fe-4192-97c2-f349e813c5e8"));
    assert_eq!(identity.username.as_deref(), Some(USER));
    assert_eq!((identity.customer_id.as_deref(), identity.tenant_id.as_deref()), (Some("54321"), Some("INT")));
    assert_eq!(provider.client.identity().await.expect("signed in"), identity);
    assert_eq!(provider.requests("/token").await.len(), 1);
}

#[tokio::test]
async fn nothing_that_is_kept_or_printed_holds_a_secret() {
    let echo = |request: &Request| {
        let bearer = request.headers["authorization"].to_str().expect("text").to_owned();
        let body = json!({"statusCode": 400, "message": [format!("bad token {bearer}"), CLIENT_SECRET, PASSWORD]});
        ResponseTemplate::new(400).set_body_json(body)
    };
    let provider = Provider::answering(echo).await;
    let error = provider.client.call(RetrieveInstance::new(1)).await.expect_err("refused");
    provider.clock.advance(280);
    provider.client.call(RetrieveInstance::new(1)).await.expect_err("refused");
    let printed = format!("{error} {error:?} {:?} {:?}", provider.client, provider.kept.all());
    for secret in [CLIENT_SECRET, PASSWORD, &jwt(1), &jwt(2), "1refresh", "2refresh"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    let kept = provider.kept.all();
    assert_eq!(kept.iter().filter(|exchange| exchange.operation == "token").count(), 2);
}

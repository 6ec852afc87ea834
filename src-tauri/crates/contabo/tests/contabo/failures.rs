//! Failures in the terms in which somebody can act on them.

use std::time::Duration;

use rackdesk_contabo::api::domains::ValidateDomainAvailability;
use rackdesk_contabo::api::images::CreateCustomImage;
use rackdesk_contabo::api::instances::{CancelInstance, CreateInstance, RetrieveInstance};
use rackdesk_contabo::api::snapshots::CreateSnapshot;
use rackdesk_contabo::{Error, Operation, Permission, Problem};
use rackdesk_wire::{Cause, Sent};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate};

use crate::support::{Provider, config, grants, wire};

async fn failure<O: Operation>(operation: O, answer: ResponseTemplate) -> Error
where
    O::Response: std::fmt::Debug,
{
    Provider::answering(answer).await.client.call(operation).await.expect_err("a failure")
}

fn said(status: u16, message: serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"statusCode": status, "message": message}))
}

fn order() -> CreateInstance {
    CreateInstance::new("V94", "EU", "afecbb85", 1)
}

/// quirks 4.2, 4.3
#[tokio::test]
async fn a_refusal_is_a_list_of_sentences_whether_it_comes_as_one_or_several() {
    for (body, expected) in [
        (json!({"statusCode": 400, "message": "productId is wrong"}), vec!["productId is wrong"]),
        (
            json!({"statusCode": 400, "message": ["imageId must be a UUID", "period must not be empty"], "error": "Bad Request"}),
            vec!["imageId must be a UUID", "period must not be empty"],
        ),
        (json!({"message": "status code: 0"}), vec!["status code: 0"]),
        (json!({"error": "Bad Request"}), vec!["Bad Request"]),
        (json!({"message": {"reason": "odd"}}), vec![r#"{"reason":"odd"}"#]),
        (json!({}), vec![]),
    ] {
        let error = failure(order(), ResponseTemplate::new(400).set_body_json(&body)).await;
        let Problem::Validation { messages } = &error.problem else { panic!("{error}") };
        assert_eq!(*messages, expected, "{body}");
        assert_eq!(error.sent(), Sent::Rejected);
    }
    let error = failure(order(), ResponseTemplate::new(400).set_body_string("no JSON at all")).await;
    assert!(matches!(&error.problem, Problem::Validation { messages } if messages == &["no JSON at all"]), "{error}");
}

/// quirks 4.1, 4.4, 4.5, 4.6, 4.7, 6.8
#[tokio::test]
async fn each_status_has_its_meaning() {
    let limit = "Total snapshots exceed the total max limit of 1 snapshots";
    let error = failure(CreateSnapshot::new(1, "s"), said(402, json!(limit))).await;
    assert!(matches!(&error.problem, Problem::PaymentRequired { message } if message == limit), "{error}");

    let error = failure(CreateSnapshot::new(1, "s"), said(403, json!("Forbidden"))).await;
    let Problem::PermissionDenied { needs, .. } = &error.problem else { panic!("{error}") };
    let right = Permission { api: "/v1/compute/instances/{instanceId}/snapshots".into(), action: "CREATE".into() };
    assert_eq!(*needs, right);

    let error = failure(RetrieveInstance::new(1), said(404, json!("Entity not found"))).await;
    assert!(matches!(error.problem, Problem::NotFound { .. }), "{error}");
    let error = failure(order(), said(409, json!("Conflict"))).await;
    assert!(matches!(error.problem, Problem::Conflict { .. }), "{error}");
    let image = CreateCustomImage::new("n", "https://example.org/x", "Linux", "1");
    let error = failure(image, said(415, json!("Unsupported Media Type: Please provide a direct link"))).await;
    assert!(matches!(error.problem, Problem::UnsupportedMedia { .. }), "{error}");
    let error = failure(CancelInstance::new(1), said(422, json!("Unprocessable"))).await;
    assert!(matches!(error.problem, Problem::NotCancellable { .. }), "{error}");
    let error = failure(order(), said(422, json!("Unprocessable"))).await;
    assert!(matches!(error.problem, Problem::Validation { .. }), "{error}");
    let error = failure(order(), said(418, json!("short and stout"))).await;
    assert!(matches!(error.problem, Problem::Refused { .. }), "{error}");
    assert_eq!(error.sent(), Sent::Rejected);
}

/// quirks 4.8, 4.9, 4.11
#[tokio::test]
async fn too_many_requests_were_not_done_and_a_failed_provider_may_have_done_it() {
    let error = failure(order(), said(429, json!("Please wait")).insert_header("retry-after", "7")).await;
    assert!(matches!(error.problem, Problem::Throttled { retry_after: Some(wait) } if wait == Duration::from_secs(7)));
    assert_eq!(error.sent(), Sent::Throttled);
    for status in [500, 502, 503, 504] {
        let error = failure(order(), said(status, json!("Internal Server Error"))).await;
        assert!(matches!(error.problem, Problem::ProviderFailed { .. }), "{error}");
        assert_eq!(error.sent(), Sent::MaybeSent, "{status}");
    }
    let page = ResponseTemplate::new(403).set_body_raw("<html><title>Blocked</title></html>", "text/html");
    let error = failure(order(), page).await;
    assert!(matches!(&error.problem, Problem::Html { title } if title == "Blocked"), "{error}");
    assert_eq!(error.sent(), Sent::Rejected);
}

/// tf#42: the error was shown and the server was created.
/// quirk 4.10
#[tokio::test]
async fn an_order_whose_answer_is_cut_may_have_happened() {
    let provider = Provider::silent().await;
    Mock::given(path("/token")).respond_with(grants()).mount(&provider.server).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a call");
        let mut buffer = vec![0; 8192];
        let read = stream.read(&mut buffer).await.expect("a request");
        let answer =
            "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"data\":[{\"inst";
        stream.write_all(answer.as_bytes()).await.expect("an answer");
        String::from_utf8_lossy(&buffer[..read]).into_owned()
    });
    let mut config = config(&provider.server.uri());
    config.api_url = format!("http://{address}").parse().expect("a URL");
    let client = rackdesk_contabo::Client::new(wire(provider.kept.clone()), config);
    let error = client.call(order()).await.expect_err("half an answer");
    assert_eq!(error.sent(), Sent::MaybeSent);
    assert!(matches!(&error.problem, Problem::Wire(wire) if wire.cause == Cause::Cut), "{error:?}");
    assert!(served.await.expect("no panic").starts_with("POST /v1/compute/instances HTTP/1.1"));
}

#[tokio::test]
async fn a_domain_is_free_when_204_taken_when_404_and_neither_when_a_page_says_so() {
    let free = Provider::answering(ResponseTemplate::new(204)).await;
    let check = || ValidateDomainAvailability::new("example.org");
    assert!(free.client.call(check()).await.expect("known").available);
    let taken = Provider::answering(said(404, json!("Not Found"))).await;
    assert!(!taken.client.call(check()).await.expect("known").available);
    let lost = failure(check(), ResponseTemplate::new(404).set_body_raw("<html>nginx</html>", "text/html")).await;
    assert!(matches!(lost.problem, Problem::Html { .. }), "{lost}");
}

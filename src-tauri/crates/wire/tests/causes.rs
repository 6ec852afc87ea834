//! Every way an exchange can end, against a real host: is the cause right, is "may it have happened" right, and is
//! it recorded exactly once?
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

mod common;

use std::time::{Duration, Instant};

use common::{Host, Turn, ok, quick_options, reply, request, wire};
use rackdesk_wire::{Cause, Effect, Error, Exchange, Outcome, Retries, Sent, TimeoutClass, WireOptions};

/// Options that try once, so that a cause is seen alone.
fn once() -> WireOptions {
    WireOptions { retries: Retries { attempts: 1, ..Retries::default() }, ..quick_options() }
}

async fn fail(turn: Turn, effect: Effect) -> (Error, Exchange) {
    let host = Host::start(vec![turn]).await;
    let (wire, memory) = wire(once());
    let error = wire.send(request(host.url("/api.php"), effect)).await.expect_err("must fail");
    let exchange = memory.only();
    let Outcome::Failed { sent, cause, detail } = &exchange.outcome else { panic!("recorded as answered") };
    assert_eq!((sent, cause, detail), (&error.sent, &error.cause, &error.detail), "record and error agree");
    assert_eq!(exchange.request_id, error.request_id);
    (error, exchange)
}

#[tokio::test]
async fn an_answer_comes_back_whole_and_is_recorded_without_its_secrets() {
    let host = Host::start(vec![ok(r#"{"result":"success","password":"p","echo":"5up3r\/s3cret\"\u00fc"}"#)]).await;
    let (wire, memory) = wire(once());
    let sent = request(host.url("/includes/api.php?x=1&secret=2"), Effect::Read);
    let call = sent.call.clone();
    let response = wire.send(sent).await.expect("an answer");
    assert_eq!(response.status, 200);
    assert!(response.body.starts_with(br#"{"result":"success","password":"p""#), "the caller gets everything");

    let head = host.seen().remove(0);
    assert!(head.contains(&format!("x-request-id: {}", call.request_id)), "{head}");
    assert!(head.contains("x-trace-id: rackdesk-A-17-1"), "{head}");
    assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
    assert!(head.ends_with("action=GetClients&secret=5up3r%2Fs3cret%22%C3%BC&limitnum=25"), "{head}");

    let exchange = memory.only();
    assert_eq!(exchange.outcome, Outcome::Answered);
    assert_eq!(exchange.status, Some(200));
    assert_eq!(exchange.reply_bytes, response.body.len() as u64);
    assert_eq!(exchange.request_body, "action=GetClients&secret=[hidden]&limitnum=25");
    assert_eq!(exchange.reply_body, r#"{"result":"success","password":"[hidden]","echo":"[hidden]"}"#);
    assert!(exchange.url.ends_with("/includes/api.php?x=1&secret=[hidden]"), "{}", exchange.url);
    assert_eq!((exchange.trace_id.as_deref(), exchange.action_id), (Some("rackdesk-A-17-1"), Some(17)));
    assert_eq!((exchange.provider.as_str(), exchange.operation.as_str()), ("whmcs", "GetClients"));
}

#[tokio::test]
async fn a_host_without_address_a_closed_port_and_a_silent_network_are_certainly_not_sent() {
    let (wire, memory) = wire(once());
    let nobody = request("https://no-such-host.invalid/".parse().unwrap(), Effect::Billable);
    let error = wire.send(nobody).await.expect_err("no such host");
    assert_eq!((error.sent, &error.cause), (Sent::NotSent, &Cause::Dns), "{error}");

    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let error = wire
        .send(request(format!("http://{closed}/").parse().unwrap(), Effect::Billable))
        .await
        .expect_err("nobody listens");
    assert_eq!((error.sent, &error.cause), (Sent::NotSent, &Cause::Connect), "{error}");
    assert_eq!(memory.all().len(), 2);
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused_before_anything_is_looked_up() {
    let (wire, memory) = wire(once());
    let error = wire
        .send(request("http://billing.example/includes/api.php".parse().unwrap(), Effect::Read))
        .await
        .expect_err("refused");
    assert_eq!((error.sent, &error.cause), (Sent::NotSent, &Cause::RefusedUrl));
    assert_eq!(memory.only().status, None);
}

#[tokio::test]
async fn localhost_is_this_machine() {
    let host = Host::start(vec![ok("{}")]).await;
    let (wire, _) = wire(once());
    let url = format!("http://localhost:{}/", host.addr.port()).parse().unwrap();
    assert!(wire.send(request(url, Effect::Read)).await.is_ok());
}

#[tokio::test]
async fn no_secure_connection_is_certainly_not_sent() {
    let host = Host::start(vec![ok("{}")]).await;
    let (wire, _) = wire(once());
    let url = format!("https://127.0.0.1:{}/", host.addr.port()).parse().unwrap();
    let error = wire.send(request(url, Effect::Billable)).await.expect_err("the host speaks no TLS");
    assert_eq!(error.sent, Sent::NotSent, "{error}");
    assert!(matches!(error.cause, Cause::Tls | Cause::Timeout), "{error:?}");
    assert!(host.seen().is_empty());
}

#[tokio::test]
async fn a_host_that_never_answers_may_have_acted() {
    let (error, exchange) = fail(Turn::Stall, Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::MaybeSent, &Cause::Timeout), "{error}");
    assert!(exchange.duration_us >= 390_000, "{} us", exchange.duration_us);
}

#[tokio::test]
async fn the_class_of_a_call_decides_how_long_it_may_take() {
    let host = Host::start(vec![Turn::Stall]).await;
    let (wire, _) = wire(once());
    let started = Instant::now();
    let list = rackdesk_wire::Request { timeout: TimeoutClass::List, ..request(host.url("/"), Effect::Once) };
    wire.send(list).await.expect_err("stalls");
    assert!(started.elapsed() >= Duration::from_millis(780), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_line_cut_before_the_answer_may_have_carried_the_request() {
    for turn in [Turn::Close, Turn::CloseUnread] {
        let (error, exchange) = fail(turn, Effect::Billable).await;
        assert_eq!((error.sent, &error.cause), (Sent::MaybeSent, &Cause::Cut), "{error}");
        assert_eq!(exchange.status, None);
    }
}

#[tokio::test]
async fn a_line_cut_inside_the_answer_keeps_what_came() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"result\":\"succ".to_vec();
    let (error, exchange) = fail(Turn::ReplyAndClose(half.clone()), Effect::Billable).await;
    assert_eq!((error.sent, &error.cause), (Sent::MaybeSent, &Cause::Cut), "{error}");
    assert_eq!(exchange.reply_body, "{\"result\":\"succ");
    assert_eq!(exchange.status, Some(200));

    let (error, exchange) = fail(Turn::ReplyAndStall(half), Effect::Billable).await;
    assert_eq!((error.sent, &error.cause), (Sent::MaybeSent, &Cause::Timeout), "{error}");
    assert_eq!(exchange.reply_body, "{\"result\":\"succ");
}

#[tokio::test]
async fn an_answer_larger_than_the_cap_is_not_read_to_the_end() {
    let (error, exchange) = fail(Turn::Endless, Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::MaybeSent, &Cause::TooLarge { limit: 65_536 }), "{error}");
    assert!(exchange.reply_bytes <= 65_536);

    let announced = reply("200 OK", "", &"x".repeat(70_000));
    let (error, exchange) = fail(announced, Effect::Once).await;
    assert_eq!(error.cause, Cause::TooLarge { limit: 65_536 });
    assert_eq!(exchange.reply_bytes, 0, "its length was enough");
}

#[tokio::test]
async fn the_cap_counts_what_a_compressed_answer_unfolds_to() {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![b' '; 50 * 1024 * 1024]).unwrap();
    let bomb = gzip.finish().unwrap();
    assert!(bomb.len() < 60_000, "small enough to pass by its length: {}", bomb.len());
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let answer = [answer.into_bytes(), bomb].concat();
    let (error, _) = fail(Turn::Reply(answer), Effect::Read).await;
    assert_eq!(error.cause, Cause::TooLarge { limit: 65_536 });
}

#[tokio::test]
async fn broken_compression_is_an_answer_that_nobody_can_read() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 12\r\n\r\nnot gzip at!".to_vec();
    let (error, _) = fail(Turn::Reply(answer), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::Unreadable, &Cause::Other), "{error}");
}

#[tokio::test]
async fn garbage_instead_of_http_may_hide_that_it_happened() {
    let (error, _) = fail(Turn::ReplyAndClose(b"MySQL server has gone away\r\n\r\n".to_vec()), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::MaybeSent, &Cause::Other), "{error}");
}

#[tokio::test]
async fn a_redirect_is_reported_and_not_followed() {
    let headers = "location: https://login.example/?secret=5up3r%2Fs3cret%22%C3%BC\r\n";
    let (error, exchange) = fail(reply("302 Found", headers, "moved"), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::MaybeSent, &Cause::Redirect { to: "login.example".into() }));
    assert!(!format!("{exchange:?}").contains("s3cret"), "{exchange:?}");

    let (error, _) = fail(reply("301 Moved Permanently", "location: /elsewhere\r\n", ""), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::Rejected, &Cause::Redirect { to: "127.0.0.1".into() }));
}

#[tokio::test]
async fn a_refusal_brings_its_words_along_redacted() {
    let body = r#"{"result":"error","message":"Invalid IP 203.0.113.9","password":"hunter22"}"#;
    let (error, exchange) = fail(reply("403 Forbidden", "", body), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::Rejected, &Cause::Status { code: 403 }));
    assert_eq!(error.status, Some(403));
    let expected = r#"{"result":"error","message":"Invalid IP 203.0.113.9","password":"[hidden]"}"#;
    assert_eq!((error.body.as_deref(), exchange.reply_body.as_str()), (Some(expected), expected));
}

#[tokio::test]
async fn a_refusal_counts_even_when_its_explanation_breaks_off_or_never_ends() {
    let half = b"HTTP/1.1 404 Not Found\r\ncontent-length: 500\r\n\r\nno such".to_vec();
    let (error, _) = fail(Turn::ReplyAndClose(half.clone()), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::Rejected, &Cause::Status { code: 404 }));
    let (error, _) = fail(Turn::ReplyAndStall(half), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::Rejected, &Cause::Status { code: 404 }));
    let (error, _) = fail(reply("500 Oops", "", &"x".repeat(400_000)), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::MaybeSent, &Cause::Status { code: 500 }));
}

#[tokio::test]
async fn too_many_requests_is_throttled_and_says_for_how_long() {
    let (error, _) = fail(reply("429 Too Many Requests", "retry-after: 7\r\n", ""), Effect::Once).await;
    assert_eq!((error.sent, &error.cause), (Sent::Throttled, &Cause::Status { code: 429 }));
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_secret_reply_is_hidden_whole_but_its_refusal_can_be_read() {
    let host = Host::start(vec![
        ok(r#"{"access_token":"aaa.bbb.ccc"}"#),
        reply("401 Unauthorized", "", r#"{"error":"invalid_grant"}"#),
    ])
    .await;
    let (wire, memory) = wire(once());
    let token = || {
        let mut token = request(host.url("/token"), Effect::Read);
        token.redaction.whole_reply = true;
        token
    };
    wire.send(token()).await.expect("a token");
    let error = wire.send(token()).await.expect_err("a refusal");
    assert_eq!(error.body.as_deref(), Some(r#"{"error":"invalid_grant"}"#));
    let bodies = memory.all().into_iter().map(|exchange| exchange.reply_body).collect::<Vec<_>>();
    assert_eq!(bodies, ["[hidden]", r#"{"error":"invalid_grant"}"#]);
}

#[tokio::test]
async fn a_dropped_call_is_recorded_as_one_that_may_have_happened() {
    let host = Host::start(vec![Turn::Stall]).await;
    let (wire, memory) = wire(once());
    let call = wire.send(request(host.url("/"), Effect::Billable));
    assert!(tokio::time::timeout(Duration::from_millis(150), call).await.is_err());
    assert_eq!(host.seen().len(), 1, "it had left");
    let Outcome::Failed { sent, cause, .. } = memory.only().outcome else { panic!("not answered") };
    assert_eq!((sent, cause), (Sent::MaybeSent, Cause::Dropped));
}

#[tokio::test]
async fn a_call_dropped_before_its_connection_stood_was_not_sent() {
    // A listener whose queue is full does not complete handshakes, so the connection hangs.
    let (wire, memory) = wire(WireOptions {
        timeouts: rackdesk_wire::Timeouts { connect: Duration::from_secs(5), ..once().timeouts },
        ..once()
    });
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let addr = listener.local_addr().unwrap();
    let mut held = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(150), tokio::net::TcpStream::connect(addr)).await
    {
        held.push(stream);
        assert!(held.len() < 64, "the queue never fills");
    }
    let call = wire.send(request(format!("http://{addr}/").parse().unwrap(), Effect::Billable));
    assert!(tokio::time::timeout(Duration::from_millis(150), call).await.is_err());
    let Outcome::Failed { sent, cause, .. } = memory.only().outcome else { panic!("not answered") };
    assert_eq!((sent, cause), (Sent::NotSent, Cause::Dropped));

    let error = wire.send(request(format!("http://{addr}/").parse().unwrap(), Effect::Billable)).await.unwrap_err();
    assert_eq!((error.sent, error.cause), (Sent::NotSent, Cause::Timeout), "the whole time went into connecting");
}

#[tokio::test]
async fn each_write_has_a_connection_of_its_own_and_reads_share_theirs() {
    use std::sync::atomic::Ordering;
    let host = Host::start(vec![ok("{}")]).await;
    let (wire, _) = wire(once());
    for _ in 0..3 {
        wire.send(request(host.url("/"), Effect::Read)).await.expect("an answer");
    }
    assert_eq!(host.connections.load(Ordering::SeqCst), 1);
    for _ in 0..3 {
        wire.send(request(host.url("/"), Effect::Idempotent)).await.expect("an answer");
    }
    assert_eq!(host.connections.load(Ordering::SeqCst), 4);
}

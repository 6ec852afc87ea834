//! Answering one call, with or without trouble.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{Arrival, Fault, Kind, snapshots};
use crate::journal::{Call, Provider};
use crate::reply::Reply;
use crate::world::{Shared, World, lock};

/// Laid on a response's extensions: the listener closes the connection instead of writing it.
#[derive(Debug, Clone, Copy)]
pub struct Cut;

/// What is left to do once the lock is released.
enum Outcome {
    Answer(Reply),
    /// Half of it, then nothing.
    Half(Reply),
    Cut,
    Hang,
    Huge(u64),
}

/// Answers one call: lets time pass, does the work under the lock, and applies the fault that is due.
///
/// `operation` is the action's or operation's name as the provider documents it; `work` computes the answer from the
/// world and journals what it changed with [`crate::journal::Journal::note`], which adds the call's ids by itself.
pub async fn serve<F>(world: &Shared, provider: Provider, operation: &str, headers: &HeaderMap, work: F) -> Response
where
    F: FnOnce(&mut World) -> Reply,
{
    let (outcome, delay_ms) = {
        let mut world = lock(world);
        compute(&mut world, provider, operation, headers, work)
    };
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    match outcome {
        Outcome::Answer(reply) => reply.into_response(),
        Outcome::Half(reply) => half(reply),
        Outcome::Cut => cut(),
        Outcome::Hang => std::future::pending().await,
        Outcome::Huge(bytes) => huge(bytes),
    }
}

fn compute<F>(world: &mut World, provider: Provider, operation: &str, headers: &HeaderMap, work: F) -> (Outcome, u64)
where
    F: FnOnce(&mut World) -> Reply,
{
    let now = world.tick();
    snapshots::keep(world, provider, now);
    let call = Call {
        operation: operation.to_owned(),
        request_id: header_text(headers, "x-request-id"),
        trace_id: header_text(headers, "x-trace-id"),
    };
    let request_id = call.request_id.clone();
    world.journal.set_call(Some(call));
    let fault = world.faults.pick(provider, operation, &mut world.rng);
    let outcome = match &fault {
        None => Outcome::Answer(work(world)),
        Some(fault) => {
            let done = fault.works().then(|| match fault.kind {
                Kind::Stale => snapshots::as_of(world, provider, now, fault.age_s, work),
                _ => work(world),
            });
            trouble(fault, provider, done)
        }
    };
    world.journal.set_call(None);
    snapshots::keep(world, provider, now);
    let status = match &outcome {
        Outcome::Answer(reply) | Outcome::Half(reply) => Some(reply.status.as_u16()),
        Outcome::Huge(_) => Some(200),
        Outcome::Cut | Outcome::Hang => None,
    };
    world.arrivals.push(Arrival {
        seq: 0,
        at: now,
        provider,
        operation: operation.to_owned(),
        request_id,
        status,
        fault: fault.as_ref().map(|fault| fault.kind),
    });
    (outcome, fault.as_ref().map_or(0, Fault::delay_ms))
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// What the caller gets to see instead of `done`, which is the answer of the work when it was done.
fn trouble(fault: &Fault, provider: Provider, done: Option<Reply>) -> Outcome {
    let done = done.unwrap_or_else(|| Reply::json(StatusCode::OK, &serde_json::json!({"result": "success"})));
    let reply = match fault.kind {
        Kind::CutBefore | Kind::CutAfter => return Outcome::Cut,
        Kind::CutMiddle => return Outcome::Half(done),
        Kind::Hang => return Outcome::Hang,
        Kind::Huge => return Outcome::Huge(fault.bytes),
        Kind::TooMany => with_retry_after(too_many(provider), fault.retry_after),
        Kind::Internal | Kind::InternalAfterSuccess => internal_error(provider),
        Kind::BadGateway => gateway(StatusCode::BAD_GATEWAY),
        Kind::Unavailable => with_retry_after(gateway(StatusCode::SERVICE_UNAVAILABLE), fault.retry_after),
        Kind::Html => Reply::html(status_of(fault), MAINTENANCE),
        Kind::Empty => Reply { body: Bytes::new(), ..Reply::html(status_of(fault), "") },
        Kind::IpDenied => ip_denied(provider),
        Kind::Slow | Kind::Stale => done,
        Kind::Malformed => Reply { body: break_json(&done.body), ..done },
        Kind::Truncated => Reply { body: done.body.slice(..done.body.len() / 2), ..done },
        Kind::InvalidUtf8 => Reply { body: spoil_text(&done.body), ..done },
        Kind::Noise => Reply { body: [NOTICE.as_bytes(), &done.body].concat().into(), ..done },
    };
    Outcome::Answer(reply)
}

const MAINTENANCE: &str = "<!DOCTYPE html>\n<html><head><title>Down for Maintenance</title></head>\
<body><h1>Down for Maintenance</h1><p>We are performing scheduled work and will be back shortly.</p></body></html>\n";

const NOTICE: &str = "<br />\n<b>Notice</b>:  Undefined index: companyname in \
<b>/var/www/html/includes/hooks/loyalty.php</b> on line <b>41</b><br />\n";

fn status_of(fault: &Fault) -> StatusCode {
    fault.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK)
}

fn with_retry_after(reply: Reply, seconds: Option<u64>) -> Reply {
    match seconds {
        Some(seconds) => reply.with_header(header::RETRY_AFTER, &seconds.to_string()),
        None => reply,
    }
}

fn too_many(provider: Provider) -> Reply {
    match provider {
        // The billing side has no limit of its own: this is the proxy in front of it.
        Provider::Whmcs => gateway(StatusCode::TOO_MANY_REQUESTS),
        Provider::Contabo => {
            let body = serde_json::json!({"statusCode": 429, "message": "Please wait for some time"});
            Reply::json(StatusCode::TOO_MANY_REQUESTS, &body)
        }
    }
}

fn internal_error(provider: Provider) -> Reply {
    match provider {
        Provider::Whmcs => Reply::html(
            StatusCode::INTERNAL_SERVER_ERROR,
            "<!DOCTYPE html>\n<html><head><title>Oops!</title></head><body><h1>Oops!</h1>\
             <p>Something went wrong and we couldn't process your request.</p></body></html>\n",
        ),
        Provider::Contabo => {
            let body = serde_json::json!({"statusCode": 500, "message": "Internal server error"});
            Reply::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
        }
    }
}

fn gateway(status: StatusCode) -> Reply {
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    Reply::html(status, body)
}

fn ip_denied(provider: Provider) -> Reply {
    match provider {
        Provider::Whmcs => {
            let body = serde_json::json!({"result": "error", "message": "Invalid IP 198.51.100.77"});
            Reply::json(StatusCode::FORBIDDEN, &body)
        }
        Provider::Contabo => Reply::html(
            StatusCode::FORBIDDEN,
            "<!DOCTYPE html>\n<html><head><title>Access denied</title></head><body><h1>Sorry, you have been blocked</h1>\
             <p>Your IP is not allowed: 198.51.100.77</p></body></html>\n",
        ),
    }
}

/// The first colon becomes an equals sign and the last brace goes: no parser takes it.
fn break_json(body: &Bytes) -> Bytes {
    let mut bytes = body.to_vec();
    if let Some(colon) = bytes.iter().position(|byte| *byte == b':') {
        bytes[colon] = b'=';
    }
    bytes.pop();
    bytes.into()
}

/// Puts a lone continuation byte and half of a character into the first text value, or behind the body without one.
fn spoil_text(body: &Bytes) -> Bytes {
    let mut bytes = body.to_vec();
    let at = bytes.windows(2).position(|pair| pair == b":\"").map_or(bytes.len(), |found| found + 2);
    bytes.splice(at..at, [0x80, 0xC3, b' ', 0xFF]);
    bytes.into()
}

fn cut() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Cut);
    response
}

/// Announces the full length, sends half, and breaks off.
fn half(reply: Reply) -> Response {
    let length = reply.body.len();
    let first = reply.body.slice(..length / 2);
    let parts = stream::unfold(Some(first), |left| async move {
        match left {
            Some(bytes) => Some((Ok(bytes), None)),
            None => {
                // The first half has to leave before the error makes the connection go.
                tokio::time::sleep(Duration::from_millis(40)).await;
                Some((Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)), None))
            }
        }
    });
    let mut response = Reply { body: Bytes::new(), ..reply }.into_response();
    *response.body_mut() = Body::from_stream(parts);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn huge(bytes: u64) -> Response {
    const CHUNK: usize = 64 * 1024;
    let open = Bytes::from_static(b"{\"result\":\"success\",\"padding\":\"");
    let padding = Bytes::from(vec![b'x'; CHUNK]);
    let body = stream::unfold((Some(open), bytes), move |(open, left)| {
        let padding = padding.clone();
        async move {
            if let Some(open) = open {
                return Some((Ok::<_, std::io::Error>(open), (None, left)));
            }
            let length = left.min(CHUNK as u64);
            (length > 0).then(|| (Ok(padding.slice(..usize::try_from(length).unwrap_or(CHUNK))), (None, left - length)))
        }
    });
    let mut response = Response::new(Body::from_stream(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

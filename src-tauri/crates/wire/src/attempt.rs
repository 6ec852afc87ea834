//! One attempt: from the connection to the last byte, and its record.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use uuid::Uuid;

use crate::classify::{self, Failure, Reached};
use crate::finished::{Finished, Kept};
use crate::lanes::Connected;
use crate::redact::Redactor;
use crate::{Body, Cause, Error, Outcome, Recorder, Request, Response, Sent};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");

/// Of an answer that failed anyway, this much is read.
const FAILED_REPLY: u64 = 256 * 1024;

/// Largest buffer reserved on the word of a `content-length`.
const TRUSTED_LENGTH: usize = 1024 * 1024;

/// An attempt under way. It records itself exactly once: at its end, or, when the caller drops it, as a call that
/// may have happened.
pub(crate) struct Attempt<'a> {
    request: &'a Request,
    request_id: Uuid,
    redactor: Arc<Redactor>,
    recorder: &'a dyn Recorder,
    headers: HeaderMap,
    /// Only writes know whether their connection stands; see [`crate::lanes`].
    connected: Option<Connected>,
    at: Timestamp,
    started: Instant,
    reply: Reply,
    recorded: bool,
}

/// What has arrived so far.
#[derive(Default)]
struct Reply {
    head: Option<(StatusCode, HeaderMap)>,
    body: Received,
}

/// A body in pieces. Most answers are one piece, which is then kept without a copy.
#[derive(Default)]
enum Received {
    #[default]
    Nothing,
    One(Bytes),
    Many(BytesMut),
}

impl Received {
    fn push(&mut self, piece: Bytes, expected: usize) {
        match self {
            Self::Nothing => *self = Self::One(piece),
            Self::One(first) => {
                let mut all = BytesMut::with_capacity(expected.max(2 * (first.len() + piece.len())));
                all.extend_from_slice(first);
                all.extend_from_slice(&piece);
                *self = Self::Many(all);
            }
            Self::Many(all) => all.extend_from_slice(&piece),
        }
    }

    /// All of it in one piece, kept and shared.
    fn whole(&mut self) -> Bytes {
        let whole = match std::mem::take(self) {
            Self::Nothing => Bytes::new(),
            Self::One(piece) => piece,
            Self::Many(all) => all.freeze(),
        };
        *self = Self::One(whole.clone());
        whole
    }
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        request: &'a Request,
        request_id: Uuid,
        user_agent: &HeaderValue,
        redactor: Arc<Redactor>,
        recorder: &'a dyn Recorder,
    ) -> Self {
        Self {
            headers: headers(request, request_id, user_agent),
            connected: request.effect.writes().then(Connected::default),
            request,
            request_id,
            redactor,
            recorder,
            at: Timestamp::now(),
            started: Instant::now(),
            reply: Reply::default(),
            recorded: false,
        }
    }

    /// Ends an attempt that does not begin.
    pub(crate) fn refuse(mut self, cause: Cause, why: &str) -> Error {
        self.fail(Failure::new(Sent::NotSent, cause, why))
    }

    pub(crate) async fn run(mut self, client: &reqwest::Client, limit: Duration) -> Result<Response, Error> {
        let connected = self.connected.clone();
        let exchange = self.exchange(client);
        let ended = match connected {
            Some(connected) => tokio::time::timeout(limit, connected.watch(exchange)).await,
            None => tokio::time::timeout(limit, exchange).await,
        };
        let result = ended.unwrap_or_else(|_| {
            let waited = format!("no whole answer within {} s", limit.as_secs_f32());
            Err(Failure::new(self.reached().sent(), Cause::Timeout, waited))
        });
        match (result, self.reply.head.take()) {
            (Ok(()), Some((status, headers))) if status.is_success() => Ok(self.answer(status, headers)),
            (result, Some((status, headers))) => {
                // A status says more than the way its explanation broke off.
                let failure =
                    classify::status(status, &headers, self.request.effect, &self.request.url).or(result.err());
                self.reply.head = Some((status, headers));
                Err(self.fail(failure.unwrap_or_else(no_answer)))
            }
            (result, None) => Err(self.fail(result.err().unwrap_or_else(no_answer))),
        }
    }

    async fn exchange(&mut self, client: &reqwest::Client) -> Result<(), Failure> {
        let mut outgoing = reqwest::Request::new(self.request.method.clone(), self.request.url.clone());
        *outgoing.headers_mut() = self.headers.clone();
        *outgoing.body_mut() = match &self.request.body {
            Body::Empty => None,
            Body::Form(bytes) | Body::Json(bytes) => Some(bytes.clone().into()),
        };
        let mut incoming =
            client.execute(outgoing).await.map_err(|error| classify::transport(&error, self.reached()))?;
        let status = incoming.status();
        let success = status.is_success();
        self.reply.head = Some((status, std::mem::take(incoming.headers_mut())));

        let limit = if success { self.request.max_reply } else { FAILED_REPLY };
        let announced = incoming.content_length().unwrap_or(0);
        if success && announced > limit {
            return Err(too_large(limit));
        }
        let expected = usize::try_from(announced).unwrap_or(usize::MAX).min(TRUSTED_LENGTH);
        let mut received = 0_u64;
        while let Some(piece) = incoming.chunk().await.map_err(|error| classify::transport(&error, Reached::Answer))? {
            received += piece.len() as u64;
            if received > limit {
                return if success { Err(too_large(limit)) } else { Ok(()) };
            }
            self.reply.body.push(piece, expected);
        }
        Ok(())
    }

    fn reached(&self) -> Reached {
        if self.reply.head.is_some() {
            return Reached::Answer;
        }
        match &self.connected {
            Some(connected) if !connected.yes() => Reached::Nothing,
            _ => Reached::Connection,
        }
    }

    fn answer(mut self, status: StatusCode, headers: HeaderMap) -> Response {
        self.reply.head = Some((status, headers));
        self.record(Outcome::Answered);
        let headers = self.reply.head.take().map(|(_, headers)| headers).unwrap_or_default();
        Response { status, headers, body: self.reply.body.whole(), request_id: self.request_id }
    }

    fn fail(&mut self, failure: Failure) -> Error {
        let Failure { sent, cause, detail } = failure;
        let detail = self.redactor.words(&detail);
        let (status, retry_after, date) = match &self.reply.head {
            Some((status, headers)) => {
                let pause = classify::retry_after(headers, Timestamp::now());
                (Some(status.as_u16()), pause, classify::date(headers))
            }
            None => (None, None, None),
        };
        self.record(Outcome::Failed { sent, cause: cause.clone(), detail: detail.clone() });
        let body = self.reply.head.is_some().then(|| self.redactor.text(&self.reply.body.whole()));
        Error {
            sent,
            cause,
            operation: self.request.operation.clone(),
            detail,
            status,
            body,
            retry_after,
            date,
            request_id: self.request_id,
        }
    }

    fn record(&mut self, outcome: Outcome) {
        self.recorded = true;
        let duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let body = self.reply.body.whole();
        let succeeded = self.reply.head.as_ref().is_some_and(|(status, _)| status.is_success());
        let secret = self.request.redaction.whole_reply && succeeded;
        self.recorder.record(Finished {
            at: self.at,
            provider: self.request.provider,
            operation: self.request.operation.clone(),
            effect: self.request.effect,
            method: self.request.method.clone(),
            url: self.request.url.clone(),
            request_headers: self.headers.clone(),
            request_body: self.request.body.clone(),
            reply: self.reply.head.clone(),
            reply_body: Kept::of(&body, secret, &self.redactor),
            reply_bytes: body.len() as u64,
            duration_us,
            outcome,
            request_id: self.request_id,
            trace_id: self.request.call.trace_id.clone(),
            action_id: self.request.call.action_id,
            redactor: Arc::clone(&self.redactor),
        });
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.recorded {
            let sent = self.reached().sent();
            let detail = "the caller gave up before the answer was whole".to_owned();
            self.record(Outcome::Failed { sent, cause: Cause::Dropped, detail });
        }
    }
}

fn too_large(limit: u64) -> Failure {
    Failure::new(Sent::MaybeSent, Cause::TooLarge { limit }, format!("the answer is larger than {limit} bytes"))
}

fn no_answer() -> Failure {
    Failure::new(Sent::MaybeSent, Cause::Other, "no answer")
}

fn headers(request: &Request, request_id: Uuid, user_agent: &HeaderValue) -> HeaderMap {
    let mut headers = request.headers.clone();
    headers.insert(header::USER_AGENT, user_agent.clone());
    let content_type = match request.body {
        Body::Empty => None,
        Body::Form(_) => Some("application/x-www-form-urlencoded"),
        Body::Json(_) => Some("application/json"),
    };
    if let Some(content_type) = content_type {
        headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(content_type));
    }
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let id = request_id.hyphenated().encode_lower(&mut text);
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    // A trace id that is no header value is kept in the record all the same.
    if let Some(trace) = request.call.trace_id.as_deref().and_then(|trace| HeaderValue::from_str(trace).ok()) {
        headers.insert(TRACE_ID, trace);
    }
    headers
}

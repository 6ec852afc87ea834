//! From the wire into the request log.

use rackdesk_store::log::{ExchangeRecord, LogWriter};
use rackdesk_wire::{Cause, Exchange, Finished, Outcome, Recorder, Sent};

/// Hands each finished attempt to the profile's request log and returns at once; it is redacted on the log's thread.
#[derive(Clone)]
pub struct LogRecorder {
    writer: LogWriter,
}

impl LogRecorder {
    /// A recorder into a store's log.
    pub fn new(writer: LogWriter) -> Self {
        Self { writer }
    }
}

impl Recorder for LogRecorder {
    fn record(&self, finished: Finished) {
        self.writer.push(|| record(finished.exchange()));
    }
}

/// How the log names an outcome.
fn outcome_name(outcome: &Outcome) -> &'static str {
    let Outcome::Failed { sent, cause, .. } = outcome else { return "ok" };
    match (cause, sent) {
        (Cause::Timeout, _) => "timeout",
        (Cause::Cut | Cause::Dropped, _) => "cut",
        (_, Sent::Throttled) => "throttled",
        (_, Sent::Rejected) => "rejected",
        (_, Sent::NotSent) => "not_sent",
        (_, Sent::Unreadable) => "unreadable",
        (_, Sent::MaybeSent) => "failed",
    }
}

fn record(exchange: Exchange) -> ExchangeRecord {
    let outcome = outcome_name(&exchange.outcome);
    let detail = match exchange.outcome {
        Outcome::Failed { detail, .. } if !detail.is_empty() => Some(detail),
        _ => None,
    };
    // All of WHMCS is one address; what tells its calls apart is the action.
    let path = match exchange.provider.as_str() {
        "whmcs" => exchange.operation.clone(),
        _ => path_of(&exchange.url),
    };
    let effect = serde_json::to_value(exchange.effect).ok().and_then(|name| name.as_str().map(str::to_owned));
    ExchangeRecord {
        at: exchange.at,
        provider: exchange.provider,
        operation: exchange.operation,
        effect: effect.unwrap_or_default(),
        method: exchange.method,
        path,
        url: exchange.url,
        request_headers: exchange.request_headers,
        request_body: exchange.request_body,
        status: exchange.status,
        reply_headers: exchange.reply_headers,
        reply_body: exchange.reply_body,
        reply_bytes: exchange.reply_bytes,
        duration_us: exchange.duration_us,
        outcome: outcome.to_owned(),
        detail,
        request_id: exchange.request_id.to_string(),
        trace_id: exchange.trace_id,
        action_id: exchange.action_id,
    }
}

/// Path and query of a URL that may hold redaction marks and so need not parse.
fn path_of(url: &str) -> String {
    let after = url.split_once("://").map_or(url, |(_, rest)| rest);
    after.find('/').map_or_else(|| "/".to_owned(), |at| after[at..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_the_word_the_log_filters_by() {
        let failed = |sent, cause| outcome_name(&Outcome::Failed { sent, cause, detail: String::new() });
        assert_eq!(outcome_name(&Outcome::Answered), "ok");
        assert_eq!(failed(Sent::MaybeSent, Cause::Timeout), "timeout");
        assert_eq!(failed(Sent::NotSent, Cause::Timeout), "timeout");
        assert_eq!(failed(Sent::MaybeSent, Cause::Dropped), "cut");
        assert_eq!(failed(Sent::Throttled, Cause::Status { code: 429 }), "throttled");
        assert_eq!(failed(Sent::Rejected, Cause::Status { code: 404 }), "rejected");
        assert_eq!(failed(Sent::MaybeSent, Cause::Status { code: 500 }), "failed");
        assert_eq!(failed(Sent::NotSent, Cause::Dns), "not_sent");
        assert_eq!(failed(Sent::Unreadable, Cause::Other), "unreadable");
    }

    #[test]
    fn a_path_is_what_follows_the_host() {
        assert_eq!(path_of("https://api.contabo.com/v1/compute/instances?page=2"), "/v1/compute/instances?page=2");
        assert_eq!(path_of("http://127.0.0.1:8080"), "/");
        assert_eq!(path_of("not a url"), "/");
    }
}

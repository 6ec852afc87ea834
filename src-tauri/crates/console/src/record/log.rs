//! From the wire to the request log.

use rackdesk_store::log::{ExchangeRecord, LogWriter};
use rackdesk_wire::{Cause, Exchange, Outcome, Recorder, Sent};
use url::Url;

/// Hands every finished exchange to the log. Never waits.
#[derive(Clone)]
pub struct LogRecorder(LogWriter);

impl LogRecorder {
    /// A recorder into this log.
    pub fn new(writer: LogWriter) -> Self {
        Self(writer)
    }
}

impl Recorder for LogRecorder {
    fn record(&self, exchange: Exchange) {
        self.0.push(entry(exchange));
    }
}

/// How an attempt ended, in the words of the log's filter.
fn word(outcome: &Outcome) -> &'static str {
    let Outcome::Failed { sent, cause, .. } = outcome else { return "ok" };
    match (sent, cause) {
        (Sent::NotSent, _) => "not_sent",
        (Sent::Throttled, _) => "throttled",
        (_, Cause::Timeout) => "timeout",
        (_, Cause::Cut | Cause::Dropped) => "cut",
        (Sent::Unreadable, _) => "unreadable",
        (Sent::Rejected, _) => "rejected",
        (Sent::MaybeSent, _) => "failed",
    }
}

/// What stands in the list: WHMCS has one address for everything, so its action's name says more.
fn path(exchange: &Exchange) -> String {
    if exchange.provider == "whmcs" {
        return exchange.operation.clone();
    }
    Url::parse(&exchange.url).map_or_else(
        |_| exchange.url.clone(),
        |url| match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        },
    )
}

fn entry(exchange: Exchange) -> ExchangeRecord {
    let effect = serde_json::to_value(exchange.effect).ok().and_then(|v| v.as_str().map(str::to_owned));
    let detail = match &exchange.outcome {
        Outcome::Answered => None,
        Outcome::Failed { detail, .. } => Some(detail.clone()),
    };
    ExchangeRecord {
        path: path(&exchange),
        outcome: word(&exchange.outcome).to_owned(),
        at: exchange.at,
        provider: exchange.provider,
        operation: exchange.operation,
        effect: effect.unwrap_or_default(),
        method: exchange.method,
        url: exchange.url,
        request_headers: exchange.request_headers,
        request_body: exchange.request_body,
        status: exchange.status,
        reply_headers: exchange.reply_headers,
        reply_body: exchange.reply_body,
        reply_bytes: exchange.reply_bytes,
        duration_us: exchange.duration_us,
        detail,
        request_id: exchange.request_id.to_string(),
        trace_id: exchange.trace_id,
        action_id: exchange.action_id,
    }
}

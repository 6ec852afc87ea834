use std::io::{self, Write};

use rackdesk_store::log::Entry;
use serde_json::{Value, json};

use super::Sheet;

/// One JSON object per line.
pub(super) struct Lines<'a>(pub(super) &'a mut dyn Write);

fn headers(headers: &[(String, String)]) -> Value {
    headers.iter().map(|(name, value)| json!([name, value])).collect()
}

impl Sheet for Lines<'_> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        let row = &entry.row;
        let line = json!({
            "id": row.id,
            "at": row.at.to_string(),
            "provider": row.provider,
            "operation": row.operation,
            "effect": row.effect,
            "method": row.method,
            "url": entry.url,
            "status": row.status,
            "outcome": row.outcome,
            "duration_us": row.duration_us,
            "request_id": row.request_id,
            "trace_id": entry.trace_id,
            "action": row.action_id,
            "request_headers": headers(&entry.request_headers),
            "request_body": entry.request_body,
            "reply_headers": headers(&entry.reply_headers),
            "reply_body": entry.reply_body,
            "reply_bytes": entry.reply_bytes,
            "detail": entry.detail,
        });
        writeln!(self.0, "{line}")
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

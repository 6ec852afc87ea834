//! HTTP archive 1.2, as browsers' developer tools write and read it: <http://www.softwareishard.com/blog/har-12-spec/>.

use std::io::{self, Write};

use rackdesk_store::log::Entry;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::Sheet;

/// An archive; its entries are written as they come.
pub(super) struct Archive<'a> {
    out: &'a mut dyn Write,
    first: bool,
}

impl<'a> Archive<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, first: true }
    }
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn headers(headers: &[(String, String)]) -> Value {
    pairs(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

fn header<'a>(headers: &'a [(String, String)], wanted: &str) -> &'a str {
    let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map_or("", |(_, value)| value.as_str())
}

fn query(url: &str) -> Value {
    let Ok(url) = Url::parse(url) else { return json!([]) };
    url.query_pairs().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn post_data(entry: &Entry) -> Option<Value> {
    if entry.request_body.is_empty() {
        return None;
    }
    let mime = header(&entry.request_headers, "content-type");
    let form = mime.starts_with("application/x-www-form-urlencoded");
    let params: Value = match form {
        true => form_urlencoded::parse(entry.request_body.as_bytes())
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect(),
        false => json!([]),
    };
    Some(json!({ "mimeType": mime, "params": params, "text": entry.request_body }))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds with a fraction, as the format wants them")]
fn entry(entry: &Entry) -> Value {
    let row = &entry.row;
    let ms = row.duration_us as f64 / 1000.0;
    let cut = entry.reply_bytes > entry.reply_body.len() as u64;
    let mut request = json!({
        "method": row.method,
        "url": entry.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&entry.request_headers),
        "queryString": query(&entry.url),
        "headersSize": -1,
        "bodySize": entry.request_body.len(),
    });
    if let Some(data) = post_data(entry) {
        request["postData"] = data;
    }
    let mut content = json!({
        "size": entry.reply_bytes,
        "mimeType": header(&entry.reply_headers, "content-type"),
        "text": entry.reply_body,
    });
    if cut {
        content["comment"] = json!("cut, or secrets hidden");
    }
    json!({
        "startedDateTime": row.at.to_string(),
        "time": ms,
        "request": request,
        "response": {
            // A browser writes 0 when no answer came.
            "status": row.status.unwrap_or(0),
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(&entry.reply_headers),
            "content": content,
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": { "send": 0, "wait": ms, "receive": 0 },
        "comment": entry.detail.clone().unwrap_or_default(),
        "_provider": row.provider,
        "_operation": row.operation,
        "_outcome": row.outcome,
        "_requestId": row.request_id,
        "_action": row.action_id,
    })
}

impl Sheet for Archive<'_> {
    fn begin(&mut self) -> io::Result<()> {
        let creator = json!({ "name": "Rackdesk", "version": env!("CARGO_PKG_VERSION") });
        write!(self.out, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"pages\":[],\"entries\":[")
    }

    fn entry(&mut self, one: &Entry) -> io::Result<()> {
        let before = if std::mem::take(&mut self.first) { "\n" } else { ",\n" };
        write!(self.out, "{before}{}", entry(one))
    }

    fn end(&mut self) -> io::Result<()> {
        writeln!(self.out, "\n]}}}}")
    }
}

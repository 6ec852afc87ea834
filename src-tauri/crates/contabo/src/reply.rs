//! Reading a whole answer: the envelope (`data` is always an array, quirk 3), pages, and answers that are none.

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};

use crate::lenient::{self, Lenient, read};

/// An answer that arrived whole and makes no sense. Never quotes a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// JSON path of what was in the way, e.g. `data[0].instanceId`; `.` for the whole answer.
    pub path: String,
    /// What was expected there.
    pub detail: String,
}

/// What an operation answers.
pub trait Reply: Serialize + Sized + Send + 'static {
    /// Reads the body of a success.
    fn decode(body: &[u8]) -> Result<Self, Unreadable>;
}

/// Totals of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pagination {
    /// Rows per page.
    #[serde(deserialize_with = "read")]
    pub size: Option<i64>,
    /// Rows in all.
    #[serde(deserialize_with = "read")]
    pub total_elements: Option<i64>,
    /// Pages in all.
    #[serde(deserialize_with = "read")]
    pub total_pages: Option<i64>,
    /// This page, from 1.
    #[serde(deserialize_with = "read")]
    pub page: Option<i64>,
}

impl Lenient for Pagination {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    /// The rows in the provider's order.
    pub data: Vec<T>,
    /// Totals; some lists answer without (quirk 9: preset rules, API permissions, role audits).
    #[serde(rename = "_pagination")]
    pub pagination: Option<Pagination>,
}

impl<T> Page<T> {
    /// Rows of the whole list, where the provider says so.
    pub fn total(&self) -> Option<i64> {
        self.pagination.as_ref()?.total_elements
    }

    /// Whether there is certainly nothing beyond this page.
    pub fn is_last(&self) -> bool {
        let Some(pagination) = &self.pagination else { return false };
        match (pagination.page, pagination.total_pages) {
            (Some(page), Some(pages)) => page >= pages,
            _ => false,
        }
    }
}

#[derive(Deserialize)]
#[serde(bound = "T: Lenient")]
struct Envelope<T> {
    #[serde(default, deserialize_with = "read")]
    data: Option<Vec<T>>,
    #[serde(rename = "_pagination", default, deserialize_with = "read")]
    pagination: Option<Pagination>,
}

impl<T: Lenient + Serialize + Send + 'static> Reply for Page<T> {
    fn decode(body: &[u8]) -> Result<Self, Unreadable> {
        let envelope: Envelope<T> = parse(body)?;
        // A list without `data` must not pass for an empty list: a mirror would delete everything.
        let data = envelope.data.ok_or_else(|| Unreadable { path: "data".into(), detail: "missing".into() })?;
        Ok(Self { data, pagination: envelope.pagination })
    }
}

/// The one element of `data`.
pub(crate) fn one<T: Lenient>(body: &[u8]) -> Result<T, Unreadable> {
    let envelope: Envelope<T> = parse(body)?;
    let mut rows = envelope.data.unwrap_or_default().into_iter();
    let first = rows.next().ok_or_else(|| Unreadable { path: "data[0]".into(), detail: "missing".into() })?;
    lenient::note(|seen| seen.rows += rows.len() as u64);
    Ok(first)
}

/// An object that may be missing from its answer (an operation whose reply is not documented).
impl<T: Lenient + Serialize + Send + 'static> Reply for Option<T> {
    fn decode(body: &[u8]) -> Result<Self, Unreadable> {
        if is_blank(body) {
            return Ok(None);
        }
        let envelope: Envelope<T> = parse(body)?;
        Ok(envelope.data.unwrap_or_default().into_iter().next())
    }
}

/// A success that says nothing more: 204, or only links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Done {}

impl Reply for Done {
    fn decode(body: &[u8]) -> Result<Self, Unreadable> {
        if !is_blank(body) {
            let _: serde::de::IgnoredAny = parse(body)?;
        }
        Ok(Self {})
    }
}

fn is_blank(body: &[u8]) -> bool {
    body.iter().all(u8::is_ascii_whitespace)
}

/// Parses JSON; on failure a second, slower run finds the path.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if is_blank(body) {
        return Err(Unreadable { path: ".".into(), detail: "empty answer".into() });
    }
    if let Ok(value) = serde_json::from_slice(body) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        // Only what follows the value was wrong.
        Ok(_) => Err(Unreadable { path: ".".into(), detail: "text after the end of the JSON".into() }),
        Err(error) => Err(Unreadable { path: error.path().to_string(), detail: explain(error.inner()) }),
    }
}

/// The part of serde's message that cannot hold a value of the answer.
fn explain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(before, _)| before);
    if let Some(rest) = text.strip_prefix("missing field `") {
        return format!("missing {}", rest.trim_end_matches('`'));
    }
    match text.rsplit_once("expected ") {
        Some((_, expected)) if error.is_data() => format!("expected {expected}"),
        _ if error.is_eof() => "ends in the middle".into(),
        _ if error.is_syntax() => format!("not JSON at line {}, column {}", error.line(), error.column()),
        _ => "not understood".into(),
    }
}

/// The title of an HTML page, or `""` for one without; `None` when the body is no HTML (quirk 4: a firewall's page
/// instead of an answer).
pub fn html_title(body: &[u8]) -> Option<String> {
    let start = &body[..body.len().min(64 << 10)];
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let open = at + lower[at..].find('>')? + 1;
        let close = open + lower[open..].find("</title")?;
        text.get(open..close)
    });
    let words: Vec<&str> = title.unwrap_or_default().split_whitespace().collect();
    Some(words.join(" ").chars().take(200).collect())
}

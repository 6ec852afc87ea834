//! Writing a batch of exchanges.

use std::collections::{BTreeSet, HashMap};

use rusqlite::Transaction;

use super::{ExchangeRecord, segments};
use crate::{StoreError, text};

/// Writes exchanges in the order given.
///
/// # Errors
/// When the database fails; then none of the batch is kept.
pub fn insert_many(tx: &Transaction<'_>, records: &[ExchangeRecord]) -> Result<(), StoreError> {
    let mut row = tx.prepare_cached(
        "INSERT INTO exchange (at, provider, operation, effect, method, path, status, outcome, duration_us, request_id,
         action_id, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let mut body = tx.prepare_cached(
        "INSERT INTO exchange_body (id, url, trace_id, request_headers, request_body, reply_headers, reply_body,
         reply_bytes, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut counts: HashMap<(&'static str, String), i64> = HashMap::new();
    let mut segment = None;
    for record in records {
        let (request_headers, reply_headers) = (headers(&record.request_headers), headers(&record.reply_headers));
        let size =
            [&request_headers, &record.request_body, &reply_headers, &record.reply_body, &record.url, &record.path];
        let bytes = size.iter().map(|text| text.len() as i64).sum::<i64>() + 200;
        row.execute(rusqlite::params![
            record.at.as_microsecond(),
            record.provider,
            record.operation,
            record.effect,
            record.method,
            record.path,
            record.status.unwrap_or(0),
            record.outcome,
            number(record.duration_us),
            record.request_id,
            record.action_id.unwrap_or(0),
            bytes,
        ])?;
        let id = tx.last_insert_rowid();
        body.execute(rusqlite::params![
            id,
            record.url,
            record.trace_id,
            request_headers,
            record.request_body,
            reply_headers,
            record.reply_body,
            number(record.reply_bytes),
            record.detail,
        ])?;
        let wanted = segments::of(id);
        if segment != Some(wanted) {
            segments::make(tx, wanted)?;
            segment = Some(wanted);
        }
        tx.prepare_cached(&format!("INSERT INTO {} (rowid, words) VALUES (?1, ?2)", segments::table(wanted)))?
            .execute((id, words(record)))?;
        for (field, value) in counted(record) {
            *counts.entry((field, value)).or_default() += 1;
        }
        *counts.entry(("", "rows".into())).or_default() += 1;
        *counts.entry(("", "bytes".into())).or_default() += bytes;
    }
    add_counts(tx, counts)
}

pub(super) fn add_counts(tx: &Transaction<'_>, counts: HashMap<(&'static str, String), i64>) -> Result<(), StoreError> {
    let mut add = tx.prepare_cached(
        "INSERT INTO exchange_count (field, value, n) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET n = n + excluded.n",
    )?;
    for ((field, value), n) in counts {
        add.execute((field, value, n))?;
    }
    Ok(())
}

/// Columns whose values are counted for the filter menu.
fn counted(record: &ExchangeRecord) -> impl Iterator<Item = (&'static str, String)> {
    [
        ("provider", record.provider.clone()),
        ("call", record.operation.clone()),
        ("effect", record.effect.clone()),
        ("outcome", record.outcome.clone()),
    ]
    .into_iter()
    .chain(record.status.map(|status| ("status", status.to_string())))
}

/// Everything a person may look for, each word once. Bodies are read as what they mean: `M\u00fcller` and `M%C3%BCller`
/// are Müller. The filterable columns stand among them, so that a filter narrows a search inside the index.
fn words(record: &ExchangeRecord) -> String {
    let mut words = BTreeSet::new();
    for text in [&record.path, &record.url, &record.request_body, &record.reply_body] {
        text::index_words(&text::unescaped(text), &mut words);
    }
    let more = [Some(&record.operation), Some(&record.request_id), record.trace_id.as_ref(), record.detail.as_ref()];
    for text in more.into_iter().flatten() {
        text::index_words(text, &mut words);
    }
    words.extend([
        fact("provider", &record.provider),
        fact("call", &record.operation),
        fact("effect", &record.effect),
        fact("outcome", &record.outcome),
    ]);
    words.extend(record.status.map(|status| fact("status", &status.to_string())));
    words.extend(record.action_id.map(|id| fact("action_id", &id.to_string())));
    let mut all = String::with_capacity(words.iter().map(|word| word.len() + 1).sum());
    for word in words {
        all.push_str(&word);
        all.push(' ');
    }
    all
}

/// A value of a column as one word that no text of a provider has: `call`, `Get Clients` → `_callgetclients`.
pub(super) fn fact(field: &str, value: &str) -> String {
    let mut word = String::from("_");
    word.extend(field.chars().filter(char::is_ascii_alphanumeric));
    word.extend(text::fold(value).chars().filter(|c| c.is_alphanumeric()));
    word
}

fn headers(headers: &[(String, String)]) -> String {
    serde_json::to_string(headers).unwrap_or_else(|_| "[]".to_owned())
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

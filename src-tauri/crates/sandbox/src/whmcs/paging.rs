//! Pages of lists.

use serde_json::{Map, Value, json};

use super::params::Params;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// Rows left out before.
    pub start: usize,
    /// Rows shown.
    pub count: usize,
}

impl Page {
    /// `limitstart` and `limitnum`, 25 rows from the first unless asked otherwise.
    pub(crate) fn of(params: &Params) -> Self {
        let at_least_one = |name: &str| params.int(name).and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
        Self { start: at_least_one("limitstart").unwrap_or(0), count: at_least_one("limitnum").unwrap_or(25) }
    }

    /// The rows of this page.
    pub(crate) fn cut<T>(self, rows: &[T]) -> &[T] {
        let start = self.start.min(rows.len());
        &rows[start..start.saturating_add(self.count).min(rows.len())]
    }
}

/// How the three counters of a list are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// Three numbers.
    Numbers,
    /// Three texts.
    Texts,
    /// The total as text, the others as numbers.
    TextTotal,
}

/// `totalresults`, `startnumber`, `numreturned`.
pub(crate) fn counts(how: Counts, total: usize, start: usize, shown: usize) -> Map<String, Value> {
    let write = |text: bool, number: usize| if text { json!(number.to_string()) } else { json!(number) };
    let (first, rest) = match how {
        Counts::Numbers => (false, false),
        Counts::Texts => (true, true),
        Counts::TextTotal => (true, false),
    };
    let mut fields = Map::new();
    fields.insert("totalresults".to_owned(), write(first, total));
    fields.insert("startnumber".to_owned(), write(rest, start));
    fields.insert("numreturned".to_owned(), write(rest, shown));
    fields
}

/// One page of a wrapped list: the counters, then `{outer: {inner: [rows]}}`.
pub(crate) fn list<T>(
    params: &Params,
    how: Counts,
    (outer, inner): (&str, &str),
    rows: &[T],
    show: impl Fn(&T) -> Value,
) -> Value {
    let page = Page::of(params);
    let shown: Vec<Value> = page.cut(rows).iter().map(show).collect();
    let mut fields = counts(how, rows.len(), page.start, shown.len());
    fields.insert(outer.to_owned(), json!({inner: shown}));
    super::desk::success(Value::Object(fields))
}

use std::{
    borrow::Cow,
    io::{self, Write},
};

use csv::Writer;
use rackdesk_store::log::Entry;

use super::Sheet;

const HEAD: [&str; 17] = [
    "id",
    "at",
    "provider",
    "operation",
    "effect",
    "method",
    "url",
    "status",
    "outcome",
    "ms",
    "request_id",
    "trace_id",
    "action",
    "request_body",
    "reply_body",
    "reply_bytes",
    "detail",
];

/// A table for spreadsheets.
pub(super) struct Table<'a>(Writer<&'a mut dyn Write>);

impl<'a> Table<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self(Writer::from_writer(out))
    }
}

/// A text that a spreadsheet shows and does not compute: what it would read as a formula gets an apostrophe before it.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let begins =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '|' | '%');
    // Some programs drop blanks before they look.
    match text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\0']).starts_with(begins) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

impl Sheet for Table<'_> {
    fn begin(&mut self) -> io::Result<()> {
        self.0.write_record(HEAD).map_err(io::Error::from)
    }

    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        let row = &entry.row;
        let number = |n: Option<String>| n.unwrap_or_default();
        let cells = [
            row.id.to_string(),
            row.at.to_string(),
            row.provider.clone(),
            row.operation.clone(),
            row.effect.clone(),
            row.method.clone(),
            entry.url.clone(),
            number(row.status.map(|s| s.to_string())),
            row.outcome.clone(),
            format!("{}.{:03}", row.duration_us / 1000, row.duration_us % 1000),
            row.request_id.clone(),
            entry.trace_id.clone().unwrap_or_default(),
            number(row.action_id.map(|id| format!("A-{id}"))),
            entry.request_body.clone(),
            entry.reply_body.clone(),
            entry.reply_bytes.to_string(),
            entry.detail.clone().unwrap_or_default(),
        ];
        self.0.write_record(cells.iter().map(|cell| harmless(cell).into_owned())).map_err(io::Error::from)
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

//! The request log as a file for others: JSON lines, a table, or an HTTP archive.
//!
//! What is exported was redacted before it was stored; nothing here could bring a secret back. Entries are read in
//! windows and written one by one, so that a million of them need the memory of one window.

mod csv;
mod har;
mod jsonl;

use std::io::{self, Write};

use rackdesk_store::{
    Store, StoreError,
    list::{ListQuery, Sort, Today},
    log::{self, Entry},
};
use tokio_util::sync::CancellationToken;

/// Entries read at a time.
const PAGE: u32 = 200;

/// Form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    Jsonl,
    /// A table, RFC 4180.
    Csv,
    /// HTTP archive 1.2.
    Har,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Jsonl, Self::Csv, Self::Har];

    /// Its name, also the ending of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Har => "har",
        }
    }

    /// The format of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exported {
    /// Entries.
    pub entries: u64,
    /// It was stopped before the end; the file is whole as far as it goes.
    pub stopped: bool,
}

/// Why nothing, or not everything, was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes entries in a format.
trait Sheet {
    fn begin(&mut self) -> io::Result<()>;
    fn entry(&mut self, entry: &Entry) -> io::Result<()>;
    fn end(&mut self) -> io::Result<()>;
}

/// Writes every entry that answers the question, newest first or, when it sorts by time upwards, oldest first. Entries
/// that come or go meanwhile may be missing; none is written twice. Blocks. `tell` hears how many were written.
///
/// # Errors
/// When the question is wrong, the log cannot be read, or `out` takes no more.
pub fn export(
    store: &Store,
    query: &ListQuery,
    format: Format,
    out: &mut dyn Write,
    stop: &CancellationToken,
    tell: &mut dyn FnMut(u64),
) -> Result<Exported, ExportError> {
    let descending = query.sort.as_ref().is_none_or(|sort| sort.column != "at" || sort.descending);
    let sort = Some(Sort { column: "at".into(), descending });
    let mut query = ListQuery { sort, after: None, limit: PAGE, ..query.clone() };
    let today = Today::local();
    let mut sheet: Box<dyn Sheet + '_> = match format {
        Format::Jsonl => Box::new(jsonl::Lines(out)),
        Format::Csv => Box::new(csv::Table::new(out)),
        Format::Har => Box::new(har::Archive::new(out)),
    };
    let mut done = Exported::default();
    sheet.begin()?;
    loop {
        if stop.is_cancelled() {
            done.stopped = true;
            break;
        }
        let (entries, next) = page(store, &query, &today)?;
        for entry in &entries {
            sheet.entry(entry)?;
            done.entries += 1;
        }
        tell(done.entries);
        match next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    sheet.end()?;
    drop(sheet);
    out.flush()?;
    Ok(done)
}

fn page(store: &Store, query: &ListQuery, today: &Today) -> Result<(Vec<Entry>, Option<String>), StoreError> {
    // One reader for the window and its bodies: what is forgotten meanwhile is still there for it.
    store.read_slow(|c| {
        let found = log::search(c, query, today)?;
        let entries = found.rows.iter().map(|row| log::entry(c, row.id)).collect::<Result<_, _>>()?;
        Ok((entries, found.next))
    })
}

#[cfg(test)]
mod tests;

//! The request log: every exchange, written in batches off the hot path, searched newest first.
//!
//! [`crate::Store::log_writer`] takes exchanges without ever making a caller wait. [`search`] answers a window,
//! [`entry`] one exchange with its bodies, [`histogram`] calls over time, [`totals`] counts, [`prune`] forgets by age
//! and size, but never an exchange of an action that has not ended. A row's searchable text goes into one of many
//! full-text tables (`segments.rs`).

mod entry;
mod filters;
mod histogram;
mod insert;
mod record;
mod retention;
mod search;
mod segments;
mod snippet;
mod writer;

pub use entry::{Entry, entry};
pub use filters::{Retention, SavedFilter, drop_filter, retention, save_filter, saved_filters, set_retention};
pub use histogram::{Bar, Histogram, histogram};
pub use insert::insert_many;
pub use record::{ExchangeRecord, LogRow};
pub use retention::{Going, Kept, Pruned, going, kept, prune};
pub use search::{EXCHANGES, ids, search, totals};
pub use writer::LogWriter;

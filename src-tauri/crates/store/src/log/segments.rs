//! Full text in segments.
//!
//! One index over a million rows answers a rare word at once, but the beginning of a common word (`instanc`) makes
//! SQLite merge the row lists of every word that begins so before it gives the first hit. In segments of bounded
//! size that merge is bounded too, and a common word fills its window from the newest segment alone.
//!
//! The index knows which rows a word is in and nothing more, which keeps it small and quick to write; what belongs
//! together is joined into one word before (`text::index_words`).

use rusqlite::{Connection, Transaction};

use crate::StoreError;

/// Ids per segment, as a power of two.
const BITS: u32 = 14;

/// The segment of a row.
pub(super) const fn of(id: i64) -> i64 {
    id >> BITS
}

/// The first id after a segment.
pub(super) const fn end(segment: i64) -> i64 {
    (segment + 1) << BITS
}

/// The segment's table.
pub(super) fn table(segment: i64) -> String {
    format!("exchange_text_{segment}")
}

/// Makes the segment's table when it is not there.
pub(super) fn make(tx: &Transaction<'_>, segment: i64) -> Result<(), StoreError> {
    let exists: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)")?
        .query_row([table(segment)], |row| row.get(0))?;
    if exists {
        return Ok(());
    }
    // Small pieces are left as they are until the segment is complete: it is merged once then, not again and again.
    let this = table(segment);
    tx.execute_batch(&format!(
        "CREATE VIRTUAL TABLE {this} USING fts5 (words, content = '', detail = none, columnsize = 0,
         tokenize = \"unicode61 remove_diacritics 0 tokenchars '_'\");
         INSERT INTO {this} ({this}, rank) VALUES ('automerge', 0);"
    ))?;
    // The one before is complete now; merged into one piece it is read with a fraction of the page reads.
    if all(tx)?.contains(&(segment - 1)) {
        let before = table(segment - 1);
        tx.execute_batch(&format!("INSERT INTO {before} ({before}) VALUES ('optimize')"))?;
    }
    Ok(())
}

/// Drops the segments that lie wholly before an id and of whose rows none is left.
pub(super) fn drop_before(tx: &Transaction<'_>, id: i64) -> Result<(), StoreError> {
    let mut left = tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM exchange WHERE id >= ?1 AND id < ?2)")?;
    for segment in all(tx)?.into_iter().filter(|s| end(*s) <= id) {
        if left.query_row([segment << BITS, end(segment)], |row| row.get(0))? {
            continue;
        }
        tx.execute_batch(&format!("DROP TABLE {}", table(segment)))?;
    }
    Ok(())
}

/// The segments there are, newest first.
pub(super) fn all(connection: &Connection) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT CAST(substr(name, 15) AS INTEGER) AS segment FROM sqlite_schema
         WHERE type = 'table' AND name GLOB 'exchange_text_[0-9]*' AND sql LIKE 'CREATE VIRTUAL%'
         ORDER BY segment DESC",
    )?;
    let found = statement.query_map([], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

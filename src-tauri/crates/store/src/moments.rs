//! Moments in columns: microseconds since 1970, UTC.

use jiff::Timestamp;
use rusqlite::{Row, types::Type};

/// The last microsecond that can be read back; the very last moment of all lies a little behind it.
const LAST: i64 = 253_402_207_200_000_000;

/// Microseconds of a moment.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond().min(LAST)
}

/// Microseconds of a moment, when there is one.
pub(crate) fn maybe_micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(micros)
}

/// The moment of a number of microseconds, when there is such a moment.
pub(crate) fn moment(micros: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(micros).ok()
}

/// Reads a moment.
pub(crate) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, Box::new(e)))
}

/// Reads a moment that may be absent.
pub(crate) fn maybe_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        Some(_) => time(row, column).map(Some),
        None => Ok(None),
    }
}

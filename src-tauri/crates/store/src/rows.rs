//! Reading rows: all that a question finds, or one.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::StoreError;

/// Every row that a question finds, in its order.
pub(crate) fn all<T, P: Params>(
    c: &Connection,
    sql: &str,
    values: P,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    Ok(c.prepare_cached(sql)?.query_map(values, read)?.collect::<Result<_, _>>()?)
}

/// The row that a question finds, if any.
pub(crate) fn one<T, P: Params>(
    c: &Connection,
    sql: &str,
    values: P,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    Ok(c.prepare_cached(sql)?.query_row(values, read).optional()?)
}

/// The one value that a question always finds.
pub(crate) fn value<T: rusqlite::types::FromSql, P: Params>(
    c: &Connection,
    sql: &str,
    values: P,
) -> Result<T, StoreError> {
    Ok(c.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
}

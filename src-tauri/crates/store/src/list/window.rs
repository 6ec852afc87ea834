//! One window of a list.

use rusqlite::{Connection, Row, params_from_iter, types::Value};

use super::{
    Column, ListQuery, ListSpec, Today,
    condition::with_today,
    cursor::Cursor,
    drive::{Source, for_window},
};
use crate::StoreError;

/// A window's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRows<T> {
    /// Rows in order.
    pub rows: Vec<T>,
    /// Where the next window starts; `None` at the end.
    pub next: Option<String>,
}

/// Most ids that [`ids`] gives.
pub const MOST_IDS: u32 = 100_000;

/// Which rows after a cursor: those with the same sort value, those beyond it, or all.
#[derive(Clone, Copy)]
enum Part<'a> {
    All,
    Same(&'a Cursor),
    Beyond(&'a Cursor),
}

/// Answers a question with one window. Rows with the same sort value stand in the order of their ids, so that windows
/// put together are the whole list, each row once.
///
/// # Errors
/// [`StoreError::Input`] when the question has an unknown column, a wrong value or a foreign cursor.
pub fn window<T>(
    connection: &Connection,
    spec: &ListSpec,
    query: &ListQuery,
    today: &Today,
    decode: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<WindowRows<T>, StoreError> {
    Windowing::new(connection, spec, query, today)?.rows(connection, limit(query)?, decode)
}

/// Rows wanted.
pub(crate) fn limit(query: &ListQuery) -> Result<usize, StoreError> {
    match query.limit {
        0 => Ok(100),
        n @ 1..=500 => Ok(n as usize),
        _ => Err(StoreError::input("limit", "is at most 500")),
    }
}

/// A window over rows that were found elsewhere; text and filters are taken as applied.
pub(crate) fn windows_of<T>(
    connection: &Connection,
    spec: &ListSpec,
    query: &ListQuery,
    today: &Today,
    ids: &[i64],
    decode: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<WindowRows<T>, StoreError> {
    let bare = ListQuery { text: String::new(), filters: Vec::new(), ..query.clone() };
    let mut windowing = Windowing::new(connection, spec, &bare, today)?;
    let ids = serde_json::to_string(ids).unwrap_or_default();
    windowing.source.from = format!("json_each(?) j CROSS JOIN {} t ON t.id = j.value", spec.table);
    windowing.source.condition.values.insert(0, ids.into());
    windowing.rows(connection, limit(query)?, decode)
}

/// The ids of all matching rows in order, at most [`MOST_IDS`]; `after` and `limit` are ignored.
///
/// # Errors
/// As [`window`].
pub fn ids(connection: &Connection, spec: &ListSpec, query: &ListQuery, today: &Today) -> Result<Vec<i64>, StoreError> {
    let whole = ListQuery { after: None, ..query.clone() };
    let bare = ListSpec { select: "1", joins: "", ..*spec };
    let windowing = Windowing::new(connection, &bare, &whole, today)?;
    Ok(windowing.rows(connection, MOST_IDS as usize, |row| row.get("_id"))?.rows)
}

struct Windowing<'a> {
    spec: &'a ListSpec,
    source: Source,
    column: &'static Column,
    sort: String,
    select: String,
    descending: bool,
    after: Option<Cursor>,
}

impl<'a> Windowing<'a> {
    fn new(connection: &Connection, spec: &'a ListSpec, query: &ListQuery, today: &Today) -> Result<Self, StoreError> {
        let (name, descending) = match &query.sort {
            Some(sort) => (sort.column.as_str(), sort.descending),
            None => spec.order,
        };
        let unknown = || StoreError::input("sort", format!("{} cannot be sorted by {name}", spec.name));
        let column = spec.column(name).ok_or_else(unknown)?;
        let sort = with_today(column.sort.ok_or_else(unknown)?, today);
        let after = query.after.as_deref().map(|text| Cursor::read(text, spec, name, descending)).transpose()?;
        let source = for_window(connection, spec, query, today, column)?;
        Ok(Self { spec, source, column, sort, select: with_today(spec.select, today), descending, after })
    }

    fn rows<T>(
        &self,
        connection: &Connection,
        limit: usize,
        mut decode: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<WindowRows<T>, StoreError> {
        // Two ranges of the index after a cursor, not one condition with OR: many rows may share a sort value, and
        // each range is found directly.
        let parts = match &self.after {
            None => vec![Part::All],
            Some(cursor) if self.by_id() => vec![Part::Beyond(cursor)],
            Some(cursor) => vec![Part::Same(cursor), Part::Beyond(cursor)],
        };
        let mut rows = Vec::new();
        let mut last: Option<(Value, i64)> = None;
        let mut more = false;
        for part in parts {
            // One more than wanted tells whether there is a next window.
            let wanted = limit + 1 - rows.len();
            let (sql, values) = self.statement(part, wanted);
            let mut statement = connection.prepare_cached(&sql)?;
            let mut found = statement.query(params_from_iter(values))?;
            while let Some(row) = found.next()? {
                if rows.len() == limit {
                    more = true;
                    break;
                }
                last = Some((row.get("_key")?, row.get("_id")?));
                rows.push(decode(row)?);
            }
            if more {
                break;
            }
        }
        let next = match last {
            Some((key, id)) if more => {
                Some(Cursor::new(self.spec, self.column.name, self.descending, key, id)?.write())
            }
            _ => None,
        };
        Ok(WindowRows { rows, next })
    }

    fn by_id(&self) -> bool {
        self.sort == "t.id"
    }

    fn statement(&self, part: Part<'_>, limit: usize) -> (String, Vec<Value>) {
        let (direction, beyond) = if self.descending { (" DESC", "<") } else { ("", ">") };
        // A plus keeps the rows from being walked in the order of the sort column when something else leads to them.
        let hide = if self.source.sorted_after { "+" } else { "" };
        let (sort, id) = (format!("{hide}{}", self.sort), format!("{hide}t.id"));
        let mut values = self.source.condition.values.clone();
        let (place, order) = match part {
            Part::All if self.by_id() => (String::new(), format!("{id}{direction}")),
            Part::All => (String::new(), format!("{sort}{direction}, {id}{direction}")),
            Part::Same(cursor) => {
                values.extend([cursor.key(), cursor.id().into()]);
                (format!(" AND {sort} = ? AND {id} {beyond} ?"), format!("{id}{direction}"))
            }
            Part::Beyond(cursor) if self.by_id() => {
                values.push(cursor.id().into());
                (format!(" AND {id} {beyond} ?"), format!("{id}{direction}"))
            }
            Part::Beyond(cursor) => {
                values.push(cursor.key());
                (format!(" AND {sort} {beyond} ?"), format!("{sort}{direction}, {id}{direction}"))
            }
        };
        values.push(Value::Integer(limit as i64));
        let Source { from, condition, .. } = &self.source;
        let (select, joins, condition) = (&self.select, self.spec.joins, &condition.sql);
        if !self.source.sorted_after {
            let sql = format!(
                "SELECT {select}, {sort} AS _key, t.id AS _id FROM {from} {joins} WHERE {condition}{place}
                 ORDER BY {order} LIMIT ?"
            );
            return (sql, values);
        }
        // Thousands are sorted and a hundred are shown: only those are read whole.
        let table = self.spec.table;
        let sql = format!(
            "SELECT {select}, w.k AS _key, t.id AS _id FROM (
                 SELECT {sort} AS k, t.id AS i FROM {from} {joins} WHERE {condition}{place} ORDER BY {order} LIMIT ?
             ) w CROSS JOIN {table} t ON t.id = w.i {joins} ORDER BY w.k{direction}, w.i{direction}"
        );
        (sql, values)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};

    use super::*;
    use crate::{
        DatabaseKey, Store,
        list::{Filter, FilterOp, INVOICES, Sort},
        mirror::{InvoiceRecord, upsert_many},
    };

    /// What SQLite does for a window and, when asked, for the window after it.
    fn plan(store: &Store, query: &ListQuery) -> Vec<String> {
        let today = Today::of("2026-11-20T10:00:00Z".parse().unwrap(), TimeZone::UTC);
        store
            .read(|c| {
                let windowing = Windowing::new(c, &INVOICES, query, &today)?;
                let parts = match &windowing.after {
                    None => vec![Part::All],
                    Some(cursor) if windowing.by_id() => vec![Part::Beyond(cursor)],
                    Some(cursor) => vec![Part::Same(cursor), Part::Beyond(cursor)],
                };
                let mut lines = Vec::new();
                for part in parts {
                    let (sql, values) = windowing.statement(part, 101);
                    let mut statement = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                    let found = statement.query_map(params_from_iter(values), |row| row.get("detail"))?;
                    lines.extend(found.collect::<Result<Vec<String>, _>>()?);
                }
                Ok(lines)
            })
            .unwrap()
    }

    fn by(column: &str, descending: bool) -> ListQuery {
        ListQuery { sort: Some(Sort { column: column.into(), descending }), ..Default::default() }
    }

    fn is(field: &str, value: &str, query: ListQuery) -> ListQuery {
        ListQuery {
            filters: vec![Filter { field: field.into(), op: FilterOp::Is, values: vec![value.into()] }],
            ..query
        }
    }

    #[test]
    fn windows_of_a_large_table_come_from_an_index_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("plan.db"), &DatabaseKey::from_bytes([1; 32])).unwrap();
        store
            .write(|tx| {
                let rows: Vec<_> = (0..4_000_i64)
                    .map(|id| InvoiceRecord {
                        id,
                        client_id: id % 200,
                        client_name: format!("Client {}", id % 200),
                        date: Some(date(2026, 11, 20) - (id % 900).days()),
                        due: Some(date(2026, 11, 27) - (id % 900).days()),
                        status: if id % 30 == 0 { "Unpaid" } else { "Paid" }.into(),
                        total: rust_decimal::Decimal::new(id * 37 % 9_000, 2),
                        ..Default::default()
                    })
                    .collect();
                upsert_many(tx, &rows, Timestamp::UNIX_EPOCH)
            })
            .unwrap();
        let questions = [
            // In the order of the rows themselves, from their end.
            (by("id", true), "SCAN t"),
            (by("date", true), "invoice_by_date"),
            (by("total", false), "invoice_by_total"),
            (by("client", false), "invoice_by_name"),
            (by("status", false), "invoice_by_status"),
            (is("status", "Paid", by("date", true)), "invoice_by_status_date"),
            (is("status", "Unpaid", by("due", false)), "invoice_by_status_due"),
            (is("status", "Paid", by("total", true)), "invoice_by_status_total"),
            (is("overdue", "true", by("due", false)), "invoice_open"),
            (is("client_id", "17", by("date", true)), "invoice_by_client"),
        ];
        // With SQLite's own guesses and with statistics.
        for analysed in [false, true] {
            if analysed {
                store.write(|tx| Ok(tx.execute_batch("ANALYZE")?)).unwrap();
            }
            for (query, index) in &questions {
                let first = plan(&store, query);
                assert!(first.iter().any(|line| line.contains(index)), "{query:?}: {first:?}");
                assert!(!first.iter().any(|line| line.contains("TEMP B-TREE")), "{query:?} is sorted: {first:?}");
                let today = Today::of(Timestamp::UNIX_EPOCH, TimeZone::UTC);
                let next =
                    store.read(|c| window(c, &INVOICES, &ListQuery { limit: 1, ..query.clone() }, &today, |_| Ok(())));
                let after = next.unwrap().next;
                let second = plan(&store, &ListQuery { after, ..query.clone() });
                assert!(!second.iter().any(|line| line.contains("TEMP B-TREE")), "{query:?} is sorted: {second:?}");
                assert!(second.iter().all(|line| line.starts_with("SEARCH")), "{query:?} is scanned: {second:?}");
            }
        }
    }
}

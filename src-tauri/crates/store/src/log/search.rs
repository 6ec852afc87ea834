//! Windows, ids and counts of the log.

use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value};

use super::{LogRow, insert::fact, retention::kept, segments, snippet::around};
use crate::{
    StoreError, TableGroup,
    list::{
        Column, ColumnKind, FacetCount, Filter, FilterOp, ListQuery, ListSpec, ListTotals, MOST_IDS, Sort, Today,
        WindowRows,
        parts::{Clause, Cursor, filters, limit, span, windows_of},
        window,
    },
    text::{index_query, phrases},
};

/// The request log.
pub static EXCHANGES: ListSpec = ListSpec {
    name: "log",
    group: TableGroup::Log,
    table: "exchange",
    select: "t.at, t.provider, t.operation, t.effect, t.method, t.path, t.status, t.outcome, t.duration_us,
             t.request_id, t.action_id",
    joins: "",
    base: "1",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        // Rows are written in the order of time, give or take a call's length; ids page faster. The plus keeps a
        // condition on time from being taken for the way to the rows: an id bound does that (`bounded`).
        Column::new("at", ColumnKind::Moment, "+t.at").sorted_by("t.id"),
        Column::new("provider", ColumnKind::Text, "t.provider").indexed().facet(),
        Column::new("call", ColumnKind::Text, "t.operation").indexed().facet(),
        Column::new("effect", ColumnKind::Text, "t.effect").unsorted().facet(),
        Column::new("method", ColumnKind::Text, "t.method").unsorted(),
        Column::new("path", ColumnKind::Text, "t.path").unsorted(),
        Column::new("status", ColumnKind::Number, "t.status").indexed().facet(),
        Column::new("outcome", ColumnKind::Text, "t.outcome").indexed().facet(),
        Column::new("ms", ColumnKind::Millis, "t.duration_us").indexed(),
        Column::new("request_id", ColumnKind::Text, "t.request_id").indexed(),
        Column::new("action_id", ColumnKind::Number, "t.action_id").indexed(),
    ],
    order: ("at", true),
    ordered: &[
        ("request_id", &["at", "id"]),
        ("action_id", &["at", "id"]),
        ("status", &["at", "id"]),
        ("outcome", &["at", "id"]),
        ("call", &["at", "id"]),
        ("provider", &["at", "id"]),
    ],
    text: None,
    sums: &[],
};

/// Columns that a search narrows inside the full text.
const FACTS: [&str; 6] = ["provider", "call", "effect", "status", "outcome", "action_id"];

/// In another order than by time, this many newest hits are sorted.
const SORTED_HITS: usize = 5_000;

/// One window of the log, newest first unless asked otherwise. All words of the text must be there; the last one may
/// be unfinished. With text, each row has a snippet around its first
/// hit. Sorted by something else than time, a search covers its newest 5,000 hits.
///
/// # Errors
/// [`StoreError::Input`] when the question is wrong.
pub fn search(connection: &Connection, query: &ListQuery, today: &Today) -> Result<WindowRows<LogRow>, StoreError> {
    let query = bounded(connection, query, today)?;
    let Some(text) = Text::of(&query)? else {
        return window(connection, &EXCHANGES, &query, today, LogRow::read);
    };
    let mut found = match by_time(&query)? {
        Some(descending) => text.window(connection, &query, today, descending)?,
        None => {
            let hits = text.hits(connection, &query, today, SORTED_HITS)?;
            windows_of(connection, &EXCHANGES, &query, today, &hits, LogRow::read)?
        }
    };
    let mut bodies =
        connection.prepare_cached("SELECT detail, request_body, reply_body, url FROM exchange_body WHERE id = ?1")?;
    for row in &mut found.rows {
        let texts: Option<[Option<String>; 4]> =
            bodies.query_row([row.id], |b| Ok([b.get(0)?, b.get(1)?, b.get(2)?, b.get(3)?])).optional()?;
        row.snippet = around(texts.iter().flatten().flatten().map(String::as_str), &text.phrases);
    }
    Ok(found)
}

/// The ids of all matching exchanges, newest first, at most [`MOST_IDS`].
///
/// # Errors
/// As [`search`].
pub fn ids(connection: &Connection, query: &ListQuery, today: &Today) -> Result<Vec<i64>, StoreError> {
    let query = bounded(connection, query, today)?;
    match Text::of(&query)? {
        Some(text) => text.hits(connection, &query, today, MOST_IDS as usize),
        None => crate::list::ids(connection, &EXCHANGES, &query, today),
    }
}

/// Counts the log; asks the kept counts where it can.
///
/// # Errors
/// As [`search`].
pub fn totals(connection: &Connection, query: &ListQuery, today: &Today) -> Result<ListTotals, StoreError> {
    let query = bounded(connection, query, today)?;
    let all = u32::try_from(kept(connection)?.rows).unwrap_or(u32::MAX);
    let matching = match Text::of(&query)? {
        Some(text) => text.count(connection, &query, today)?,
        None if query.filters.is_empty() => all,
        None => {
            let condition = conditions(&query.filters, today)?;
            let sql = format!("SELECT count(*) FROM exchange t WHERE {}", condition.sql);
            connection.prepare_cached(&sql)?.query_row(params_from_iter(condition.values), |row| row.get(0))?
        }
    };
    let mut statement = connection.prepare_cached(
        "SELECT value, n FROM exchange_count WHERE field = ?1 AND value <> '' ORDER BY n DESC, value LIMIT 50",
    )?;
    let facets = EXCHANGES
        .columns
        .iter()
        .filter(|column| column.facet)
        .map(|column| {
            let values = statement.query_map([column.name], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(FacetCount { field: column.name, values: values.collect::<Result<_, _>>()? })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(ListTotals { matching, all, sums: Vec::new(), facets })
}

/// The same question with bounds on ids where it has bounds on time: ids are what everything here is paged by.
pub(super) fn bounded(connection: &Connection, query: &ListQuery, today: &Today) -> Result<ListQuery, StoreError> {
    let mut query = query.clone();
    let (from, to) = span("at", &query.filters, today)?;
    let mut bound = |sql: &str, at: i64, op: FilterOp, nothing: i64| -> Result<(), StoreError> {
        let id: Option<i64> = connection.prepare_cached(sql)?.query_row([at], |row| row.get(0))?;
        let values = vec![id.unwrap_or(nothing).to_string()];
        query.filters.push(Filter { field: "id".into(), op, values });
        Ok(())
    };
    // Of the thousand rows nearest to the moment the outermost id counts: a long call is written after shorter, later
    // ones.
    if let Some(from) = from {
        let sql = "SELECT min(id) FROM (SELECT id FROM exchange WHERE at >= ?1 ORDER BY at LIMIT 1000)";
        bound(sql, from, FilterOp::Over, i64::MAX)?;
    }
    if let Some(to) = to {
        let sql = "SELECT max(id) FROM (SELECT id FROM exchange WHERE at <= ?1 ORDER BY at DESC LIMIT 1000)";
        bound(sql, to, FilterOp::Under, -1)?;
    }
    Ok(query)
}

pub(super) fn conditions(asked: &[Filter], today: &Today) -> Result<Clause, StoreError> {
    let mut condition = Clause::default();
    condition.and(EXCHANGES.base, []);
    filters(&EXCHANGES, asked, today, &mut condition)?;
    Ok(condition)
}

/// Newest first (true), oldest first (false), or by something else.
fn by_time(query: &ListQuery) -> Result<Option<bool>, StoreError> {
    let Some(Sort { column, descending }) = &query.sort else { return Ok(Some(true)) };
    Ok(matches!(column.as_str(), "at" | "id").then_some(*descending))
}

/// A search: what the full text answers, and what only the rows can.
pub(super) struct Text {
    /// For snippets.
    pub(super) phrases: Vec<String>,
    /// Everything the full text is asked.
    wanted: String,
    /// Its whole words alone: where they are in no row of a segment, the costly beginnings are not looked up there.
    whole: Option<String>,
    rest: Vec<Filter>,
    /// First and last id that can be a hit.
    ids: (i64, i64),
}

impl Text {
    /// `None` when no text was asked for.
    pub(super) fn of(query: &ListQuery) -> Result<Option<Self>, StoreError> {
        if query.text.trim().is_empty() {
            return Ok(None);
        }
        if query.text.len() > 500 {
            return Err(StoreError::input("text", "is longer than 500 characters"));
        }
        let quoted = |word: &String| format!("\"{word}\"");
        // Only signs: no text has a word of them, and no word is "_".
        let (whole, begun) = index_query(&query.text).unwrap_or_else(|| (vec!["_".into()], Vec::new()));
        let mut must: Vec<String> = whole.iter().map(quoted).collect();
        let mut not = Vec::new();
        let mut rest = Vec::new();
        let mut ids = (0, i64::MAX);
        for filter in &query.filters {
            let facts = || {
                let facts = filter.values.iter().map(|value| quoted(&fact(&filter.field, value)));
                format!("({})", facts.collect::<Vec<_>>().join(" OR "))
            };
            let narrows = FACTS.contains(&filter.field.as_str()) && !filter.values.is_empty();
            if filter.field == "id"
                && let Some(id) = filter.values.first().and_then(|id| id.parse::<i64>().ok())
            {
                match filter.op {
                    FilterOp::Over => ids.0 = ids.0.max(id),
                    FilterOp::Under => ids.1 = ids.1.min(id),
                    _ => {}
                }
            }
            match filter.op {
                FilterOp::Is if narrows => must.push(facts()),
                FilterOp::IsNot if narrows => not.push(facts()),
                _ => rest.push(filter.clone()),
            }
        }
        let whole = (!must.is_empty() && !begun.is_empty()).then(|| must.join(" AND "));
        must.extend(begun.iter().map(|word| format!("\"{word}\" *")));
        let mut wanted = format!("({})", must.join(" AND "));
        for facts in not {
            wanted = format!("({wanted} NOT {facts})");
        }
        Ok(Some(Self { phrases: phrases(&query.text), wanted, whole, rest, ids }))
    }

    /// Whether a segment can have a hit at all.
    fn may_be_in(&self, connection: &Connection, segment: i64) -> Result<bool, StoreError> {
        if segments::end(segment) <= self.ids.0 || segment > segments::of(self.ids.1) {
            return Ok(false);
        }
        let table = segments::table(segment);
        let Some(whole) = &self.whole else { return Ok(true) };
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {table} MATCH ?1)");
        Ok(connection.prepare_cached(&sql)?.query_row([whole], |row| row.get(0))?)
    }

    fn window(
        &self,
        connection: &Connection,
        query: &ListQuery,
        today: &Today,
        descending: bool,
    ) -> Result<WindowRows<LogRow>, StoreError> {
        let limit = limit(query)?;
        let column = query.sort.as_ref().map_or("at", |sort| sort.column.as_str());
        let after =
            query.after.as_deref().map(|text| Cursor::read(text, &EXCHANGES, column, descending)).transpose()?;
        let mut rows: Vec<LogRow> = Vec::new();
        let select = EXCHANGES.select;
        self.each(connection, today, after.map(|cursor| cursor.id()), descending, limit + 1, select, |row| {
            rows.push(LogRow::read(row)?);
            Ok(())
        })?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = match rows.last() {
            Some(last) if more => {
                Some(Cursor::new(&EXCHANGES, column, descending, Value::Integer(last.id), last.id)?.write())
            }
            _ => None,
        };
        Ok(WindowRows { rows, next })
    }

    /// Ids of the newest hits, newest first.
    fn hits(
        &self,
        connection: &Connection,
        query: &ListQuery,
        today: &Today,
        most: usize,
    ) -> Result<Vec<i64>, StoreError> {
        limit(query)?;
        let mut hits = Vec::new();
        self.each(connection, today, None, true, most, "1", |row| {
            hits.push(row.get("_id")?);
            Ok(())
        })?;
        Ok(hits)
    }

    fn count(&self, connection: &Connection, query: &ListQuery, today: &Today) -> Result<u32, StoreError> {
        limit(query)?;
        let condition = conditions(&self.rest, today)?;
        let mut count = 0_u32;
        for segment in segments::all(connection)? {
            let table = segments::table(segment);
            if !self.may_be_in(connection, segment)? {
                continue;
            }
            let sql = format!(
                "SELECT count(*) FROM {table} x CROSS JOIN exchange t ON t.id = x.rowid WHERE {table} MATCH ? AND {}",
                condition.sql
            );
            let values = std::iter::once(Value::from(self.wanted.clone())).chain(condition.values.iter().cloned());
            let found: u32 = connection.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?;
            count = count.saturating_add(found);
        }
        Ok(count)
    }

    /// Walks the hits beyond an id, segment by segment, until there are enough.
    #[expect(clippy::too_many_arguments, reason = "each says one thing about one walk")]
    pub(super) fn each(
        &self,
        connection: &Connection,
        today: &Today,
        after: Option<i64>,
        descending: bool,
        most: usize,
        select: &str,
        mut take: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let condition = conditions(&self.rest, today)?;
        let (direction, beyond) = if descending { (" DESC", "<") } else { ("", ">") };
        let edge = after.unwrap_or(if descending { i64::MAX } else { -1 });
        let mut segments = segments::all(connection)?;
        segments.retain(|s| if descending { *s <= segments::of(edge) } else { segments::end(*s) > edge });
        if !descending {
            segments.reverse();
        }
        let mut left = most;
        for segment in segments {
            let table = segments::table(segment);
            if !self.may_be_in(connection, segment)? {
                continue;
            }
            let sql = format!(
                "SELECT {select}, t.id AS _id FROM {table} x CROSS JOIN exchange t ON t.id = x.rowid
                 WHERE {table} MATCH ? AND x.rowid {beyond} ? AND {} ORDER BY x.rowid{direction} LIMIT ?",
                condition.sql
            );
            let mut values = vec![Value::from(self.wanted.clone()), edge.into()];
            values.extend(condition.values.iter().cloned());
            values.push(Value::Integer(left as i64));
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                take(row)?;
                left -= 1;
            }
            if left == 0 {
                break;
            }
        }
        Ok(())
    }
}

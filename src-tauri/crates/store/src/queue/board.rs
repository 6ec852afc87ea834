//! The queue as lists show it.

use jiff::Timestamp;
use rusqlite::{Connection, ToSql, params, params_from_iter, types::Value};

use super::{
    ActionRecord,
    rows::{maybe_time, micros, read_action},
};
use crate::StoreError;

/// One state's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardCount {
    /// State.
    pub state: String,
    /// Actions in it.
    pub count: u32,
    /// When the oldest of them came into the queue.
    pub oldest_at: Option<Timestamp>,
    /// When the first of them goes on by itself.
    pub next_at: Option<Timestamp>,
}

/// How a filter compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardFilter {
    /// The column is one of the values, or none of them.
    Among {
        /// Column.
        column: String,
        /// Values.
        values: Vec<String>,
        /// Turned round.
        not: bool,
    },
    /// The column contains the text.
    Contains {
        /// Column.
        column: String,
        /// Text.
        text: String,
    },
    /// The column is at least the value (number, or microseconds).
    AtLeast {
        /// Column.
        column: String,
        /// Value.
        value: i64,
    },
    /// The column is at most the value.
    AtMost {
        /// Column.
        column: String,
        /// Value.
        value: i64,
    },
}

/// Order of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardSort {
    /// Column; `board` is the board's own order.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// A question to the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardQuery {
    /// Action number, kind, target, client or reason contains it.
    pub text: String,
    /// All of which must hold.
    pub filters: Vec<BoardFilter>,
    /// Order.
    pub sort: BoardSort,
    /// The `next` of the window before.
    pub after: Option<String>,
    /// Rows wanted.
    pub limit: u32,
}

impl Default for BoardQuery {
    fn default() -> Self {
        let sort = BoardSort { column: "board".into(), descending: false };
        Self { text: String::new(), filters: Vec::new(), sort, after: None, limit: 100 }
    }
}

/// A window of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardWindow {
    /// Rows.
    pub rows: Vec<ActionRecord>,
    /// Where the next window starts.
    pub next: Option<String>,
}

/// What a column is called in SQL. Columns that can be empty sort as the far end of time.
fn expression(column: &str) -> Option<&'static str> {
    Some(match column {
        "board" => "board_rank",
        "id" => "id",
        "state" => "state",
        "kind" => "kind",
        "target" => "target_name",
        "target_id" => "target_id",
        "client" => "coalesce(client_name, '')",
        "client_id" => "client_id",
        "service_id" => "service_id",
        "lane" => "lane",
        "by" => "by_operator",
        "plan" => "plan_id",
        "next_try" => "coalesce(next_at, 9223372036854775807)",
        "tries" => "tries",
        "created" => "created_at",
        "updated" => "updated_at",
        _ => return None,
    })
}

fn known(column: &str) -> Result<&'static str, StoreError> {
    expression(column).ok_or_else(|| StoreError::input(column, "the queue has no such column"))
}

/// Figures of all open states, and of the ended ones since a moment.
///
/// # Errors
/// When the queue cannot be read.
pub fn board_counts(c: &Connection, ended_since: Timestamp) -> Result<Vec<BoardCount>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT state, count(*) AS n, min(created_at) AS oldest_at, min(next_at) AS next_at FROM action
         WHERE state IN ('held', 'ready', 'running', 'retryable', 'unknown') GROUP BY state
         UNION ALL
         SELECT state, count(*), min(ended_at), NULL FROM action WHERE ended_at >= ?1 GROUP BY state",
    )?;
    let rows = statement.query_map([micros(ended_since)], |row| {
        Ok(BoardCount {
            state: row.get("state")?,
            count: row.get("n")?,
            oldest_at: maybe_time(row, "oldest_at")?,
            next_at: maybe_time(row, "next_at")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The WHERE clause of a question and its values.
fn conditions(query: &BoardQuery) -> Result<(String, Vec<Value>), StoreError> {
    let mut clauses = vec!["1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let text = query.text.trim();
    if !text.is_empty() {
        let number = text.trim_start_matches(['A', 'a', '-']).parse::<i64>().unwrap_or(-1);
        let like = format!("%{}%", escape(text));
        clauses.push(
            "(id = ? OR target_id = ? OR target_name LIKE ? ESCAPE '\\' OR kind LIKE ? ESCAPE '\\'
              OR client_name LIKE ? ESCAPE '\\' OR reason LIKE ? ESCAPE '\\')"
                .into(),
        );
        values.extend([Value::from(number), Value::from(number)]);
        values.extend(std::iter::repeat_n(Value::from(like), 4));
    }
    for filter in &query.filters {
        match filter {
            BoardFilter::Among { column, values: wanted, not } => {
                let marks = vec!["?"; wanted.len()].join(", ");
                let not = if *not { "NOT " } else { "" };
                // Numbers are compared as text, so that one kind of value serves all columns.
                clauses.push(format!("CAST({} AS TEXT) {not}IN ({marks})", known(column)?));
                values.extend(wanted.iter().cloned().map(Value::from));
            }
            BoardFilter::Contains { column, text } => {
                clauses.push(format!("{} LIKE ? ESCAPE '\\'", known(column)?));
                values.push(Value::from(format!("%{}%", escape(text))));
            }
            BoardFilter::AtLeast { column, value } => {
                clauses.push(format!("{} >= ?", known(column)?));
                values.push(Value::from(*value));
            }
            BoardFilter::AtMost { column, value } => {
                clauses.push(format!("{} <= ?", known(column)?));
                values.push(Value::from(*value));
            }
        }
    }
    Ok((clauses.join(" AND "), values))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// One window, by keyset: equal sort values are told apart by the number, newest first.
///
/// # Errors
/// [`StoreError::Input`] for an unknown column or a bad cursor.
pub fn board_window(c: &Connection, query: &BoardQuery) -> Result<BoardWindow, StoreError> {
    let (mut clause, mut values) = conditions(query)?;
    let key = known(&query.sort.column)?;
    let (beyond, direction) = if query.sort.descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some(after) = &query.after {
        let (value, id) = read_cursor(after)?;
        clause.push_str(&format!(" AND ({key} {beyond} ? OR ({key} = ? AND id < ?))"));
        values.extend([value.clone(), value, Value::from(id)]);
    }
    let limit = query.limit.clamp(1, 500);
    let sql = format!(
        "SELECT *, {key} AS sort_key FROM action WHERE {clause} ORDER BY {key} {direction}, id DESC LIMIT {}",
        limit + 1
    );
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    let mut next = None;
    let mut last = None;
    while let Some(row) = rows.next()? {
        if found.len() == limit as usize {
            next = last;
            break;
        }
        let action = read_action(row)?;
        last = Some(write_cursor(&row.get::<_, Value>("sort_key")?, action.id));
        found.push(action);
    }
    Ok(BoardWindow { rows: found, next })
}

fn write_cursor(value: &Value, id: i64) -> String {
    let value = match value {
        Value::Integer(n) => serde_json::json!(n),
        Value::Text(text) => serde_json::json!(text),
        _ => serde_json::Value::Null,
    };
    serde_json::json!([value, id]).to_string()
}

fn read_cursor(text: &str) -> Result<(Value, i64), StoreError> {
    let bad = || StoreError::input("after", "not a place in this list");
    let (value, id): (serde_json::Value, i64) = serde_json::from_str(text).map_err(|_| bad())?;
    let value = match value {
        serde_json::Value::Number(n) => Value::from(n.as_i64().ok_or_else(bad)?),
        serde_json::Value::String(text) => Value::from(text),
        _ => return Err(bad()),
    };
    Ok((value, id))
}

/// How many actions fit a question, and how many there are.
///
/// # Errors
/// [`StoreError::Input`] for an unknown column.
pub fn board_total(c: &Connection, query: &BoardQuery) -> Result<(u32, u32), StoreError> {
    let (clause, values) = conditions(query)?;
    let matching = c
        .prepare_cached(&format!("SELECT count(*) FROM action WHERE {clause}"))?
        .query_row(params_from_iter(values), |row| row.get(0))?;
    let all = c.prepare_cached("SELECT count(*) FROM action")?.query_row([], |row| row.get(0))?;
    Ok((matching, all))
}

/// The numbers of the actions that fit a question, in its order, at most `limit`.
///
/// # Errors
/// [`StoreError::Input`] for an unknown column.
pub fn board_ids(c: &Connection, query: &BoardQuery, limit: u32) -> Result<Vec<i64>, StoreError> {
    let (clause, values) = conditions(query)?;
    let key = known(&query.sort.column)?;
    let direction = if query.sort.descending { "DESC" } else { "ASC" };
    let sql = format!("SELECT id FROM action WHERE {clause} ORDER BY {key} {direction}, id DESC LIMIT {limit}");
    let mut statement = c.prepare_cached(&sql)?;
    Ok(statement.query_map(params_from_iter(values), |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The values of a column with their counts over the whole queue, most frequent first, at most 50.
///
/// # Errors
/// [`StoreError::Input`] for an unknown column.
pub fn board_facet(c: &Connection, column: &str) -> Result<Vec<(String, u32)>, StoreError> {
    let key = known(column)?;
    let sql = format!(
        "SELECT CAST({key} AS TEXT), count(*) AS n FROM action WHERE {key} IS NOT NULL AND {key} <> ''
         GROUP BY 1 ORDER BY n DESC, 1 LIMIT 50"
    );
    let mut statement = c.prepare_cached(&sql)?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}

/// The open actions on some targets, oldest first.
///
/// # Errors
/// When the queue cannot be read.
pub fn open_on_targets(c: &Connection, target_kind: &str, ids: &[i64]) -> Result<Vec<ActionRecord>, StoreError> {
    let mut found = Vec::new();
    let mut statement = c.prepare_cached(
        "SELECT * FROM action WHERE target_kind = ?1 AND target_id = ?2 AND ended_at IS NULL ORDER BY id",
    )?;
    for id in ids {
        for row in statement.query_map(params![target_kind, id], read_action)? {
            found.push(row?);
        }
    }
    Ok(found)
}

/// How many actions of kinds that start with `prefix` came into the queue since a moment and were not taken back.
///
/// # Errors
/// When the queue cannot be read.
pub fn enqueued_since(c: &Connection, prefix: &str, since: Timestamp) -> Result<u32, StoreError> {
    let like = format!("{}%", escape(prefix));
    let values: [&dyn ToSql; 2] = [&micros(since), &like];
    Ok(c.prepare_cached(
        "SELECT count(*) FROM action WHERE created_at >= ?1 AND kind LIKE ?2 ESCAPE '\\' AND state <> 'cancelled'",
    )?
    .query_row(&values[..], |row| row.get(0))?)
}

/// The results (JSON) of the newest succeeded actions of a kind, newest first.
///
/// # Errors
/// When the queue cannot be read.
pub fn recent_results(c: &Connection, kind: &str, limit: u32) -> Result<Vec<String>, StoreError> {
    let mut statement = c.prepare_cached(
        "SELECT result FROM action WHERE kind = ?1 AND state = 'succeeded' AND result IS NOT NULL
         ORDER BY id DESC LIMIT ?2",
    )?;
    Ok(statement.query_map(params![kind, limit], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

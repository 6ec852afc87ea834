//! Filters and quick text as SQL.

use jiff::{SignedDuration, ToSpan};
use rusqlite::types::Value;

use super::{
    Column, ColumnKind, Filter, FilterOp, ListQuery, ListSpec, Today,
    moment::{amount, date, days, duration, micros, moment, number},
};
use crate::{
    StoreError,
    text::{fold, phrases},
};

const MOST_FILTERS: usize = 50;
const MOST_VALUES: usize = 1_000;
const LONGEST_TEXT: usize = 500;

/// SQL with its values, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clause {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

impl Clause {
    pub(super) fn add(&mut self, other: Self) {
        self.and(&other.sql, other.values);
    }

    pub(crate) fn and(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(sql);
        self.values.extend(values);
    }
}

/// One filter as SQL.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) column: &'static Column,
    /// May lead to the rows by an index.
    pub(super) open: Clause,
    /// The same, but never taken for the way to the rows: `+` hides a column from the query planner.
    pub(super) closed: Clause,
    /// One value is wanted.
    pub(super) equal: bool,
    /// It narrows the rows to a range or a few values.
    pub(super) narrows: bool,
}

/// Every filter as SQL.
pub(super) fn pieces(spec: &ListSpec, filters: &[Filter], today: &Today) -> Result<Vec<Piece>, StoreError> {
    if filters.len() > MOST_FILTERS {
        return Err(StoreError::input("filters", "are more than 50"));
    }
    filters.iter().map(|filter| piece(spec, filter, today)).collect()
}

fn piece(spec: &ListSpec, filter: &Filter, today: &Today) -> Result<Piece, StoreError> {
    let column = spec
        .column(&filter.field)
        .ok_or_else(|| StoreError::input(&filter.field, format!("is no column of {}", spec.name)))?;
    if filter.values.is_empty() || filter.values.len() > MOST_VALUES {
        return Err(StoreError::input(&filter.field, "needs 1 to 1000 values"));
    }
    let (mut open, mut closed) = (Clause::default(), Clause::default());
    let sql = with_today(column.filter, today);
    one(column, filter, &sql, today, &mut open)?;
    let hidden = if column.kind == ColumnKind::Flag { format!("+({sql})") } else { format!("+{sql}") };
    one(column, filter, &hidden, today, &mut closed)?;
    let says_yes = column.kind != ColumnKind::Flag || open.sql.starts_with('(');
    Ok(Piece {
        column,
        open,
        closed,
        equal: filter.op == FilterOp::Is && filter.values.len() == 1 && says_yes,
        narrows: !matches!(filter.op, FilterOp::IsNot | FilterOp::Contains) && says_yes,
    })
}

/// Adds the conditions of filters, each open to be led by.
pub(crate) fn filters(spec: &ListSpec, filters: &[Filter], today: &Today, into: &mut Clause) -> Result<(), StoreError> {
    for piece in pieces(spec, filters, today)? {
        into.add(piece.open);
    }
    Ok(())
}

/// What was typed, as folded phrases; `None` when nothing was.
pub(super) fn typed(query: &ListQuery) -> Result<Option<Vec<String>>, StoreError> {
    if query.text.len() > LONGEST_TEXT {
        return Err(StoreError::input("text", "is longer than 500 characters"));
    }
    Ok(Some(phrases(&query.text)).filter(|_| !query.text.trim().is_empty()))
}

fn one(column: &Column, filter: &Filter, sql: &str, today: &Today, into: &mut Clause) -> Result<(), StoreError> {
    let field = filter.field.as_str();
    let first = filter.values.first().map(String::as_str).unwrap_or_default();
    match (column.kind, filter.op) {
        (ColumnKind::Flag, FilterOp::Is | FilterOp::IsNot) => {
            let wanted = truth(field, first)? == (filter.op == FilterOp::Is);
            into.and(&if wanted { format!("({sql})") } else { format!("NOT ({sql})") }, []);
        }
        (ColumnKind::Tags, FilterOp::Is | FilterOp::IsNot) => {
            let not = if filter.op == FilterOp::IsNot { "NOT " } else { "" };
            let places = vec!["?"; filter.values.len()].join(", ");
            into.and(
                &format!("{not}EXISTS (SELECT 1 FROM json_each({sql}) WHERE value IN ({places}))"),
                filter.values.iter().cloned().map(Value::from),
            );
        }
        (kind, FilterOp::Is | FilterOp::IsNot) => among(kind, field, sql, filter, into)?,
        (ColumnKind::Text | ColumnKind::Tags | ColumnKind::LocalTime, FilterOp::Contains) => {
            // Any of the values, as for "is".
            let (test, folded) = match column.folded {
                Some(key) => (format!("instr({key}, ?) > 0"), true),
                // Not LIKE: its patterns end at the first NUL and would then match everything.
                None => (format!("instr(lower({sql}), ?) > 0"), false),
            };
            let tests = vec![test; filter.values.len()].join(" OR ");
            let values = filter.values.iter().map(|v| if folded { fold(v) } else { v.to_ascii_lowercase() }.into());
            into.and(&format!("({tests})"), values);
        }
        (kind, FilterOp::Over) => into.and(&format!("{sql} >= ?"), [bound(kind, field, first, false)?]),
        (kind, FilterOp::Under) => {
            let value = bound(kind, field, first, true)?;
            // '' stands for "unknown", which is not before any day.
            let known = if matches!(kind, ColumnKind::Date | ColumnKind::LocalTime) { " AND {} > ''" } else { "" };
            into.and(&format!("{sql} <= ?{}", known.replace("{}", sql)), [value]);
        }
        (kind, FilterOp::Within) => within(kind, field, sql, first, today, into)?,
        (_, FilterOp::Contains) => return Err(StoreError::input(field, "has no text to look into")),
    }
    Ok(())
}

fn among(kind: ColumnKind, field: &str, sql: &str, filter: &Filter, into: &mut Clause) -> Result<(), StoreError> {
    let values = filter
        .values
        .iter()
        .map(|text| match kind {
            ColumnKind::Number => Ok(number(field, text)?.into()),
            ColumnKind::Amount => Ok(amount(field, text)?.into()),
            ColumnKind::Millis => Ok(micros(field, text)?.into()),
            ColumnKind::Moment => Ok(moment(field, text, false)?.into()),
            _ => Ok(Value::from(text.clone())),
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let places = vec!["?"; values.len()].join(", ");
    match filter.op {
        // A nullable column has no value that could be one of these.
        FilterOp::IsNot => into.and(&format!("({sql} IS NULL OR {sql} NOT IN ({places}))"), values),
        _ if values.len() == 1 => into.and(&format!("{sql} = ?"), values),
        _ => into.and(&format!("{sql} IN ({places})"), values),
    }
    Ok(())
}

/// A bound for at least (`end` false) or at most (`end` true).
fn bound(kind: ColumnKind, field: &str, text: &str, end: bool) -> Result<Value, StoreError> {
    Ok(match kind {
        ColumnKind::Number => number(field, text)?.into(),
        ColumnKind::Amount => amount(field, text)?.into(),
        ColumnKind::Millis if end => micros(field, text)?.saturating_add(999).into(),
        ColumnKind::Millis => micros(field, text)?.into(),
        ColumnKind::Moment => moment(field, text, end)?.into(),
        ColumnKind::Date => date(field, text)?.to_string().into(),
        ColumnKind::LocalTime if end => format!("{} 23:59:59", date(field, text)?).into(),
        ColumnKind::LocalTime => date(field, text)?.to_string().into(),
        ColumnKind::Text | ColumnKind::Flag | ColumnKind::Tags => {
            return Err(StoreError::input(field, "cannot be compared with more or less"));
        }
    })
}

fn within(
    kind: ColumnKind,
    field: &str,
    sql: &str,
    text: &str,
    today: &Today,
    into: &mut Clause,
) -> Result<(), StoreError> {
    let (span, ahead) = duration(field, text)?;
    let edge = |span: SignedDuration| today.now.checked_add(if ahead { span } else { -span });
    let far = || StoreError::input(field, "reaches too far");
    let (from, to): (Value, Value) = match kind {
        ColumnKind::Moment => {
            let (edge, now) = (edge(span).map_err(|_| far())?.as_microsecond(), today.now.as_microsecond());
            (edge.min(now).into(), edge.max(now).into())
        }
        ColumnKind::Date | ColumnKind::LocalTime => {
            let span = days(span).days();
            let edge = today.date.checked_add(if ahead { span } else { -span }).map_err(|_| far())?;
            let (from, to) = (edge.min(today.date).to_string(), edge.max(today.date).to_string());
            (from.into(), if kind == ColumnKind::Date { to } else { format!("{to} 23:59:59") }.into())
        }
        _ => return Err(StoreError::input(field, "is no time")),
    };
    into.and(&format!("{sql} BETWEEN ? AND ?"), [from, to]);
    Ok(())
}

/// The moments between which filters want a column, microseconds: the latest beginning and the earliest end.
pub(crate) fn span(field: &str, filters: &[Filter], today: &Today) -> Result<(Option<i64>, Option<i64>), StoreError> {
    let now = today.now.as_microsecond();
    let (mut from, mut to): (Option<i64>, Option<i64>) = (None, None);
    let sooner = |to: Option<i64>, end: i64| Some(to.map_or(end, |to| to.min(end)));
    for filter in filters.iter().filter(|f| f.field == field) {
        let first = filter.values.first().map(String::as_str).unwrap_or_default();
        match filter.op {
            FilterOp::Over => from = from.max(Some(moment(field, first, false)?)),
            FilterOp::Under => to = sooner(to, moment(field, first, true)?),
            FilterOp::Within => {
                let (span, ahead) = duration(field, first)?;
                let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
                let (begin, end) =
                    if ahead { (now, now.saturating_add(span)) } else { (now.saturating_sub(span), now) };
                from = from.max(Some(begin));
                to = sooner(to, end);
            }
            _ => {}
        }
    }
    Ok((from, to))
}

fn truth(field: &str, text: &str) -> Result<bool, StoreError> {
    match text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err(StoreError::input(field, "is true or false")),
    }
}

/// A day is digits and dashes, so it can stand in SQL as it is.
pub(super) fn with_today(sql: &str, today: &Today) -> String {
    sql.replace("{today}", &format!("'{}'", today.date))
}

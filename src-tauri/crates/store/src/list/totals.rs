//! Counts, sums and values over a whole list. May read a whole table, so it is asked on the slow readers and kept
//! until the table changes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, params_from_iter};
use rust_decimal::Decimal;

use super::{ColumnKind, ListQuery, ListSpec, Today, condition::with_today, drive::for_count};
use crate::{StoreError, mirror::from_e4};

/// Values of one column with their counts, most frequent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// Column.
    pub field: &'static str,
    /// Value and count, at most 50.
    pub values: Vec<(String, u32)>,
}

/// Figures over a whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListTotals {
    /// Rows that match.
    pub matching: u32,
    /// Rows there are.
    pub all: u32,
    /// Column, currency and exact sum over the matching rows; currencies are never mixed.
    pub sums: Vec<(&'static str, String, Decimal)>,
    /// Values of the filterable columns over the whole list.
    pub facets: Vec<FacetCount>,
}

#[derive(Debug, Clone)]
struct Whole {
    all: u32,
    facets: Vec<FacetCount>,
}

/// Answers that hold until their table changes.
#[derive(Debug, Default)]
pub struct TotalsCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    wholes: HashMap<&'static str, (i64, Arc<Whole>)>,
    answers: HashMap<(&'static str, ListQuery, Today), (i64, ListTotals)>,
}

/// More different questions than a person has open at once.
const MOST_KEPT: usize = 200;

/// Counts and sums a whole list; `after`, `limit` and `sort` are ignored.
///
/// # Errors
/// [`StoreError::Input`] when the question is wrong.
pub fn totals(
    connection: &Connection,
    cache: &TotalsCache,
    spec: &ListSpec,
    query: &ListQuery,
    today: &Today,
) -> Result<ListTotals, StoreError> {
    let mark = mark(connection, spec)?;
    let asked = ListQuery { text: query.text.clone(), filters: query.filters.clone(), ..ListQuery::default() };
    // Only a duration depends on the minute; everything else on the day at most.
    let minute_matters = asked.filters.iter().any(|f| f.op == super::FilterOp::Within);
    let when = if minute_matters { *today } else { Today { now: jiff::Timestamp::UNIX_EPOCH, ..*today } };
    let key = (spec.name, asked, when);
    if let Some((kept, answer)) = cache.lock().answers.get(&key)
        && *kept == mark
    {
        return Ok(answer.clone());
    }
    let whole = whole(connection, cache, spec, mark, today)?;
    let (matching, sums) = matching(connection, spec, query, today, whole.all)?;
    let answer = ListTotals { matching, all: whole.all, sums, facets: whole.facets.clone() };
    let mut kept = cache.lock();
    if kept.answers.len() >= MOST_KEPT {
        kept.answers.clear();
    }
    kept.answers.insert(key, (mark, answer.clone()));
    Ok(answer)
}

impl TotalsCache {
    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mark(connection: &Connection, spec: &ListSpec) -> Result<i64, StoreError> {
    Ok(connection
        .prepare_cached("SELECT n FROM change_mark WHERE grp = ?1")?
        .query_row([spec.group as u32], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

fn whole(
    connection: &Connection,
    cache: &TotalsCache,
    spec: &ListSpec,
    mark: i64,
    today: &Today,
) -> Result<Arc<Whole>, StoreError> {
    if let Some((kept, whole)) = cache.lock().wholes.get(spec.name)
        && *kept == mark
    {
        return Ok(whole.clone());
    }
    let sql = format!("SELECT count(*) FROM {} t WHERE {}", spec.table, spec.base);
    let all: u32 = connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    let facets = spec
        .columns
        .iter()
        .filter(|column| column.facet)
        .map(|column| {
            let (value, from) = match column.kind {
                ColumnKind::Tags => ("j.value", format!("{} t, json_each({}) j", spec.table, column.filter)),
                _ => (column.filter, format!("{} t", spec.table)),
            };
            let sql = format!(
                "SELECT {value}, count(*) FROM {from} WHERE {} AND {value} <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
                spec.base
            );
            let mut statement = connection.prepare_cached(&with_today(&sql, today))?;
            let values = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            Ok(FacetCount { field: column.name, values })
        })
        .collect::<Result<_, StoreError>>()?;
    let whole = Arc::new(Whole { all, facets });
    cache.lock().wholes.insert(spec.name, (mark, whole.clone()));
    Ok(whole)
}

type Sums = Vec<(&'static str, String, Decimal)>;

fn matching(
    connection: &Connection,
    spec: &ListSpec,
    query: &ListQuery,
    today: &Today,
    all: u32,
) -> Result<(u32, Sums), StoreError> {
    let source = for_count(connection, spec, query, today)?;
    let (from, condition) = (&source.from, &source.condition.sql);
    let values = || params_from_iter(source.condition.values.iter());
    let matching = if query.filters.is_empty() && query.text.trim().is_empty() {
        all
    } else {
        let sql = format!("SELECT count(*) FROM {from} WHERE {condition}");
        connection.prepare_cached(&sql)?.query_row(values(), |row| row.get(0))?
    };
    let mut sums = Vec::new();
    for (column, amount, currency) in spec.sums {
        let sql = format!(
            "SELECT {currency}, sum({amount}) FROM {from} WHERE {condition} AND {amount} <> 0 GROUP BY 1 ORDER BY 1"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(values())?;
        while let Some(row) = rows.next()? {
            sums.push((*column, row.get(0)?, from_e4(row.get(1)?)));
        }
    }
    Ok((matching, sums))
}

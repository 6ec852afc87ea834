//! Which condition leads to the rows.
//!
//! SQLite plans a statement once, without knowing that 3 in 1,000 invoices are in collections and 950 are paid. So
//! that is found out here, by counting index entries up to a small number: a condition that few rows fulfil leads to
//! them and they are sorted; where no condition is that narrow, the rows are walked in the order wanted, as those that
//! fit are then frequent enough to fill a window soon. Every other condition is hidden from the planner.

use rusqlite::{Connection, params_from_iter};

use super::{
    Column, ListQuery, ListSpec, Today,
    condition::{Clause, Piece, pieces, typed},
};
use crate::{StoreError, text::match_query};

/// Up to this many rows are fetched and sorted. To walk until a window of 100 is full means to look at 100 rows for
/// each share of the table that fits: of a million, at ten thousand when ten thousand fit. So this is where both ways
/// are equally long, and neither gets longer than that.
const FEW: i64 = 10_000;

/// Where the rows come from and which of them are wanted.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Text of FROM, without the joins that only `select` needs.
    pub(super) from: String,
    pub(super) condition: Clause,
    /// Rows are few and sorted after they were found; else they are walked in the index of the sort column.
    pub(super) sorted_after: bool,
}

/// The rows of a window sorted by a column.
pub(super) fn for_window(
    connection: &Connection,
    spec: &ListSpec,
    query: &ListQuery,
    today: &Today,
    sort: &Column,
) -> Result<Source, StoreError> {
    let pieces = pieces(spec, &query.filters, today)?;
    let typed = typed(query)?;
    let base = Clause { sql: spec.base.to_owned(), values: Vec::new() };
    let mut source = Source { from: format!("{} t", spec.table), condition: base, sorted_after: false };
    let ordered = |piece: &Piece| {
        // An index over this column and then the sort column gives both the rows and their order.
        let pair = spec.ordered.iter().any(|(by, sorts)| *by == piece.column.name && sorts.contains(&sort.name));
        pair && piece.equal || piece.column.name == sort.name && piece.narrows
    };
    let mut leader = None;
    // The narrowest that few rows fulfil leads; else one that gives the order.
    let mut fewest = FEW + 1;
    for (at, piece) in pieces.iter().enumerate().filter(|(_, p)| p.narrows && p.column.indexed) {
        let found = count_up_to(connection, spec, &piece.open, fewest)?;
        if found < fewest {
            (fewest, leader) = (found, Some(at));
        }
    }
    source.sorted_after = leader.is_some_and(|at| !ordered(&pieces[at]));
    if leader.is_none() {
        leader = spec
            .ordered
            .iter()
            .find_map(|(by, _)| pieces.iter().position(|p| p.column.name == *by && ordered(p)))
            .or_else(|| pieces.iter().position(ordered));
    }
    if let Some(phrases) = typed {
        let few = fewest <= FEW;
        leader = text_source(connection, spec, &phrases, few, &mut source)?.then_some(usize::MAX).or(leader);
    }
    for (at, piece) in pieces.into_iter().enumerate() {
        source.condition.add(if leader == Some(at) { piece.open } else { piece.closed });
    }
    Ok(source)
}

/// The rows of a count or a sum: every condition may lead, and no order is wanted.
pub(super) fn for_count(
    connection: &Connection,
    spec: &ListSpec,
    query: &ListQuery,
    today: &Today,
) -> Result<Source, StoreError> {
    let base = Clause { sql: spec.base.to_owned(), values: Vec::new() };
    let mut source = Source { from: format!("{} t", spec.table), condition: base, sorted_after: false };
    if let Some(phrases) = typed(query)? {
        text_source(connection, spec, &phrases, false, &mut source)?;
    }
    for piece in pieces(spec, &query.filters, today)? {
        source.condition.add(piece.open);
    }
    Ok(source)
}

/// Adds the text; whether it leads to the rows.
fn text_source(
    connection: &Connection,
    spec: &ListSpec,
    phrases: &[String],
    few_already: bool,
    source: &mut Source,
) -> Result<bool, StoreError> {
    if phrases.is_empty() {
        // Only signs were typed: no row has a word of them.
        source.condition.and("0", []);
        return Ok(false);
    }
    let Some((table, words)) = spec.text else { return Ok(false) };
    let wanted = match_query(phrases);
    // One letter begins a good part of all words; to find out how many costs more than to walk. And where a filter
    // leads to few rows already, their words are simply looked at.
    let worth_counting = phrases.iter().any(|phrase| phrase.chars().count() > 2) && !few_already;
    if worth_counting && hits_up_to(connection, table, &wanted, FEW + 1)? <= FEW {
        source.from = format!("{table} x CROSS JOIN {} t ON t.id = x.rowid", spec.table);
        source.condition.and(&format!("{table} MATCH ?"), [wanted.into()]);
        source.sorted_after = true;
        return Ok(true);
    }
    for phrase in phrases {
        source.condition.and(&format!("instr({words}, ?) > 0"), [phrase.clone().into()]);
    }
    Ok(false)
}

fn count_up_to(connection: &Connection, spec: &ListSpec, clause: &Clause, most: i64) -> Result<i64, StoreError> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {} t WHERE {} AND {} LIMIT {most})",
        spec.table, spec.base, clause.sql
    );
    Ok(connection.prepare_cached(&sql)?.query_row(params_from_iter(clause.values.iter()), |row| row.get(0))?)
}

fn hits_up_to(connection: &Connection, table: &str, wanted: &str, most: i64) -> Result<i64, StoreError> {
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ?1 LIMIT ?2)");
    Ok(connection.prepare_cached(&sql)?.query_row((wanted, most), |row| row.get(0))?)
}

//! Questions and answers of every list: filtered, sorted windows, never a whole table.

use rackdesk_console::money::Money;
use rackdesk_store::{
    StoreError,
    list::{self as store, Today},
    log,
    rusqlite::{Connection, Error::FromSqlConversionFailure, Row, types},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AppError, Core};

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FilterOp {
    /// Any of the values.
    Is,
    /// None of the values.
    IsNot,
    /// Contains the value's text.
    Contains,
    /// At least the value (number, money or date).
    Over,
    /// At most the value.
    Under,
    /// Within the last duration, e.g. `6h`, `7d`.
    Within,
}

/// One chip of the filter bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Filter {
    /// Column.
    pub field: String,
    /// Comparison.
    pub op: FilterOp,
    /// Values; at least one.
    pub values: Vec<String>,
}

/// Order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Sort {
    /// Column.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// A question to a list. Everything defaults to "all, in the list's own order".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListQuery {
    /// Quick filter or full text.
    pub text: String,
    /// Chips, all of which must hold.
    pub filters: Vec<Filter>,
    /// Order; the list's own when absent.
    pub sort: Option<Sort>,
    /// The `next` of the window before.
    pub after: Option<String>,
    /// Rows wanted, 1 to 500; 0 means 100.
    pub limit: u32,
}

/// A window of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Window<T> {
    /// Rows.
    pub rows: Vec<T>,
    /// Where the next window starts; `None` at the end.
    pub next: Option<String>,
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Clients.
    Clients,
    /// Services.
    Services,
    /// Servers.
    Servers,
    /// Invoices.
    Invoices,
    /// Tickets.
    Tickets,
    /// Actions.
    Actions,
    /// Request log.
    Log,
    /// What others did at a provider.
    Strangers,
    /// Receipts.
    Receipts,
    /// What object storages hold, day by day.
    Usage,
    /// Prices that moved.
    Prices,
}

/// A question about a whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TotalsQuery {
    /// List.
    pub list: ListKind,
    /// Its question; `after` and `limit` are ignored.
    pub query: ListQuery,
}

/// The sum of a money column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ColumnSum {
    /// Column.
    pub column: String,
    /// One line per currency, never mixed.
    pub sums: Vec<Money>,
}

/// Figures over a whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ListTotals {
    /// Rows that match.
    pub matching: u32,
    /// Rows there are.
    pub all: u32,
    /// Sums over the matching rows; a column is left out as long as the currency of one of its rows is not known.
    pub sums: Vec<ColumnSum>,
    /// Values of the filterable columns with their counts over the whole list, for the filter menu.
    pub facets: Vec<Facet>,
}

/// The values of one filterable column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Facet {
    /// Column.
    pub field: String,
    /// Value and count, most frequent first, at most 50.
    pub values: Vec<FacetValue>,
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FacetValue {
    /// Value.
    pub value: String,
    /// Rows with it.
    pub count: u32,
}

impl From<ListQuery> for rackdesk_store::list::ListQuery {
    fn from(query: ListQuery) -> Self {
        let op = |op| match op {
            FilterOp::Is => store::FilterOp::Is,
            FilterOp::IsNot => store::FilterOp::IsNot,
            FilterOp::Contains => store::FilterOp::Contains,
            FilterOp::Over => store::FilterOp::Over,
            FilterOp::Under => store::FilterOp::Under,
            FilterOp::Within => store::FilterOp::Within,
        };
        let filter = |f: Filter| store::Filter { field: f.field, op: op(f.op), values: f.values };
        Self {
            text: query.text,
            filters: query.filters.into_iter().map(filter).collect(),
            sort: query.sort.map(|s| store::Sort { column: s.column, descending: s.descending }),
            after: query.after,
            limit: query.limit,
        }
    }
}

/// The list's columns and where its rows come from; the log has its own way.
fn spec(list: ListKind) -> Option<&'static store::ListSpec> {
    Some(match list {
        ListKind::Clients => &store::CLIENTS,
        ListKind::Services => &store::SERVICES,
        ListKind::Servers => &store::SERVERS,
        ListKind::Invoices => &store::INVOICES,
        ListKind::Tickets => &store::TICKETS,
        ListKind::Actions => &rackdesk_store::queue::ACTIONS,
        ListKind::Log => return None,
        ListKind::Strangers => &rackdesk_store::strangers::STRANGERS,
        ListKind::Receipts => &rackdesk_store::receipts::RECEIPTS,
        ListKind::Usage => &store::USAGE,
        ListKind::Prices => &store::PRICES,
    })
}

/// Counts, sums and filter values of a whole list. May take a moment on a large one; windows never wait for it.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn list_totals(core: &Core, input: TotalsQuery) -> Result<ListTotals, AppError> {
    let session = core.session()?;
    let (spec, query, store) = (spec(input.list), input.query.into(), session.store.clone());
    let counted = session.store.read_slow_async(move |c| match spec {
        Some(spec) => store::totals(c, store.totals_cache(), spec, &query, &Today::local()),
        None => log::totals(c, &query, &Today::local()),
    });
    Ok(counted.await?.into())
}

/// The ids of every matching row in order, at most 100,000.
///
/// # Errors
/// As [`list_totals`].
pub async fn list_ids(core: &Core, input: TotalsQuery) -> Result<Vec<i64>, AppError> {
    let session = core.session()?;
    let (spec, query) = (spec(input.list), input.query.into());
    let ids = session.store.read_slow_async(move |c| match spec {
        Some(spec) => store::ids(c, spec, &query, &Today::local()),
        None => log::ids(c, &query, &Today::local()),
    });
    Ok(ids.await?)
}

impl From<store::ListTotals> for ListTotals {
    fn from(counted: store::ListTotals) -> Self {
        let mut sums: Vec<ColumnSum> = Vec::new();
        // While a first copy runs the currency of some rows is not known yet: no sum is better than one that mixes.
        let unsure: Vec<&str> = counted.sums.iter().filter(|(_, c, _)| c.is_empty()).map(|(name, ..)| *name).collect();
        for (column, currency, amount) in counted.sums {
            if unsure.contains(&column) {
                continue;
            }
            let money = Money::new(amount, currency);
            match sums.iter_mut().find(|sum| sum.column == column) {
                Some(sum) => sum.sums.push(money),
                None => sums.push(ColumnSum { column: column.to_owned(), sums: vec![money] }),
            }
        }
        let facet = |facet: store::FacetCount| Facet {
            field: facet.field.to_owned(),
            values: facet.values.into_iter().map(|(value, count)| FacetValue { value, count }).collect(),
        };
        Self {
            matching: counted.matching,
            all: counted.all,
            sums,
            facets: counted.facets.into_iter().map(facet).collect(),
        }
    }
}

/// Asks the open profile's store for a window of a list.
pub(crate) async fn window<T: Send + 'static>(
    core: &Core,
    spec: &'static store::ListSpec,
    query: ListQuery,
    decode: fn(&Row<'_>) -> rackdesk_store::rusqlite::Result<T>,
) -> Result<Window<T>, AppError> {
    let session = core.session()?;
    let query = query.into();
    let found = session.store.read_async(move |c| store::window(c, spec, &query, &Today::local(), decode)).await?;
    Ok(Window { rows: found.rows, next: found.next })
}

/// The row of a list with that id.
pub(crate) fn one<T>(
    c: &Connection,
    spec: &'static store::ListSpec,
    id: i64,
    decode: impl FnMut(&Row<'_>) -> rackdesk_store::rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    let filter = store::Filter { field: "id".into(), op: store::FilterOp::Is, values: vec![id.to_string()] };
    let query = store::ListQuery { filters: vec![filter], limit: 1, ..store::ListQuery::default() };
    Ok(store::window(c, spec, &query, &Today::local(), decode)?.rows.into_iter().next())
}

/// A text column, `None` when it is empty.
pub(crate) fn known(row: &Row<'_>, column: &str) -> rackdesk_store::rusqlite::Result<Option<String>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// An amount column with its currency column.
pub(crate) fn money(row: &Row<'_>, amount: &str, currency: &str) -> rackdesk_store::rusqlite::Result<Money> {
    let text: String = row.get(amount)?;
    let amount = text.parse().map_err(|e| FromSqlConversionFailure(0, types::Type::Text, Box::new(DecimalError(e))))?;
    Ok(Money { amount, currency: row.get(currency)? })
}

/// Not the library's own words: they may repeat what could not be read.
#[derive(Debug)]
struct DecimalError(#[expect(dead_code, reason = "kept for a debugger")] rust_decimal::Error);

impl std::fmt::Display for DecimalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("is no decimal number")
    }
}

impl std::error::Error for DecimalError {}

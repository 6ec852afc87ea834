//! Questions and answers of every list: filtered, sorted windows, never a whole table.

use rackdesk_console::money::Money;
use serde::{Deserialize, Serialize};
use specta::Type;

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
    /// Sums over the matching rows.
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
        use rackdesk_store::list as store;
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

/// See the list of commands.
pub async fn list_totals(core: &crate::Core, input: crate::list::TotalsQuery) -> Result<crate::list::ListTotals, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn list_ids(core: &crate::Core, input: crate::list::TotalsQuery) -> Result<Vec<i64>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

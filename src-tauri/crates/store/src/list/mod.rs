//! Windows of sorted, filtered lists: never a whole table, and the next window found by the last row's key.
//!
//! A list is a [`ListSpec`]: where its rows come from and what can be done with each column. [`window`] answers a
//! [`ListQuery`] with rows and a cursor, [`totals`] counts and sums a whole list, [`ids`] names every matching row.
//! To add a list, copy a file of this folder; to add a column, add its line there and, when it is sorted in a large
//! table, an index in a migration.

mod clients;
mod condition;
mod cursor;
mod drive;
mod invoices;
mod moment;
mod prices;
mod query;
mod servers;
mod services;
mod spec;
mod tickets;
mod totals;
mod usage;
mod window;

pub use clients::CLIENTS;
pub use invoices::INVOICES;
pub use prices::PRICES;
pub use query::{Filter, FilterOp, ListQuery, Sort, Today};
pub use servers::SERVERS;
pub use services::SERVICES;
pub use spec::{Column, ColumnKind, ListSpec};
pub use tickets::TICKETS;
pub use totals::{FacetCount, ListTotals, TotalsCache, totals};
pub use usage::USAGE;
pub use window::{MOST_IDS, WindowRows, ids, window};

pub(crate) mod parts {
    //! What the log's search shares with the lists.
    pub(crate) use super::{
        condition::{Clause, filters, span},
        cursor::Cursor,
        window::{limit, windows_of},
    };
}

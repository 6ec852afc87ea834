//! Invoices, payments, credit, quotes and stored payment methods.

mod invoices;
mod pay_methods;
mod payments;
mod quotes;

pub use invoices::*;
pub use pay_methods::*;
pub use payments::*;
pub use quotes::*;

/// Every action of this area.
pub(crate) fn all() -> Vec<crate::registry::ActionInfo> {
    [invoices::all(), pay_methods::all(), payments::all(), quotes::all()].into_iter().flatten().collect()
}

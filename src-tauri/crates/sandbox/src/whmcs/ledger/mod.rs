//! The consequences of money and of module calls: what things cost, what an invoice becomes when it is paid, what
//! happens to a service when its module is called.

pub(super) mod generate;
pub(super) mod invoices;
pub(super) mod modules;
pub(super) mod pricing;

use super::{Column, ColumnKind, ListSpec};
use crate::TableGroup;

/// WHMCS invoices.
pub static INVOICES: ListSpec = ListSpec {
    name: "invoices",
    group: TableGroup::Invoices,
    table: "invoice",
    select: "t.number, t.client_id, t.client_name, t.date, t.due, t.paid, t.status, t.currency, t.total, t.balance,
             t.method, t.balance_e4 > 0 AND t.due > '' AND t.due < {today} AS overdue",
    joins: "",
    base: "t.gone_at IS NULL",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id"),
        Column::new("number", ColumnKind::Text, "t.number"),
        Column::name("client", "t.client_name", "t.client_key"),
        Column::new("client_id", ColumnKind::Number, "t.client_id").unsorted(),
        Column::new("date", ColumnKind::Date, "t.date"),
        Column::new("due", ColumnKind::Date, "t.due"),
        Column::new("paid", ColumnKind::Date, "t.paid"),
        Column::new("status", ColumnKind::Text, "t.status").facet(),
        Column::new("total", ColumnKind::Amount, "t.total_e4"),
        Column::new("balance", ColumnKind::Amount, "t.balance_e4"),
        Column::new("currency", ColumnKind::Text, "t.currency").facet(),
        Column::new("method", ColumnKind::Text, "t.method").facet(),
        Column::flag("overdue", "t.balance_e4 > 0 AND t.due > '' AND t.due < {today}"),
    ],
    order: ("id", true),
    text: Some(("invoice_text", "t.words")),
    sums: &[("total", "t.total_e4", "t.currency"), ("balance", "t.balance_e4", "t.currency")],
};

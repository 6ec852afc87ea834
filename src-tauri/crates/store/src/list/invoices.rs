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
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::new("number", ColumnKind::Text, "t.number").indexed(),
        Column::name("client", "t.client_name", "t.client_key").indexed(),
        Column::new("client_id", ColumnKind::Number, "t.client_id").indexed().unsorted(),
        Column::new("date", ColumnKind::Date, "t.date").indexed(),
        Column::new("due", ColumnKind::Date, "t.due").indexed(),
        Column::new("paid", ColumnKind::Date, "t.paid"),
        Column::new("status", ColumnKind::Text, "t.status").indexed().facet(),
        Column::new("total", ColumnKind::Amount, "t.total_e4").indexed(),
        Column::new("balance", ColumnKind::Amount, "t.balance_e4").indexed(),
        Column::new("currency", ColumnKind::Text, "t.currency").facet(),
        Column::new("method", ColumnKind::Text, "t.method").facet(),
        Column::flag("overdue", "t.balance_e4 > 0 AND t.due > '' AND t.due < {today}").indexed(),
    ],
    order: ("id", true),
    ordered: &[
        ("client_id", &["date"]),
        ("overdue", &["due"]),
        ("status", &["id", "number", "client", "date", "due", "total"]),
    ],
    text: Some(("invoice_text", "t.words")),
    sums: &[("total", "t.total_e4", "t.currency"), ("balance", "t.balance_e4", "t.currency")],
};

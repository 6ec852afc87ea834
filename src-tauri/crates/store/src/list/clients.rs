use super::{Column, ColumnKind, ListSpec};
use crate::TableGroup;

/// Clients.
pub static CLIENTS: ListSpec = ListSpec {
    name: "clients",
    group: TableGroup::Clients,
    table: "client",
    select: "t.name, t.company, t.email, t.status, t.country, t.currency, t.services, t.servers, t.tickets,
             t.overdue_e4, t.overdue_currency, t.created, t.services_all, t.tickets_all, t.invoices",
    joins: "",
    base: "t.gone_at IS NULL",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::name("name", "t.name", "t.name_key").indexed(),
        Column::new("company", ColumnKind::Text, "t.company"),
        Column::new("email", ColumnKind::Text, "t.email").indexed(),
        Column::new("status", ColumnKind::Text, "t.status").indexed().facet(),
        Column::new("country", ColumnKind::Text, "t.country").facet(),
        Column::new("currency", ColumnKind::Text, "t.currency").facet(),
        Column::new("group_id", ColumnKind::Number, "t.group_id"),
        Column::new("services", ColumnKind::Number, "t.services"),
        Column::new("servers", ColumnKind::Number, "t.servers"),
        Column::new("tickets", ColumnKind::Number, "t.tickets"),
        Column::new("overdue", ColumnKind::Amount, "t.overdue_e4").indexed(),
        Column::new("created", ColumnKind::Date, "t.created").indexed(),
    ],
    order: ("name", false),
    ordered: &[("status", &["id"])],
    text: Some(("client_text", "t.words")),
    sums: &[("overdue", "t.overdue_e4", "t.overdue_currency")],
};

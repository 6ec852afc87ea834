use super::{Column, ColumnKind, ListSpec};
use crate::TableGroup;

/// WHMCS services.
pub static SERVICES: ListSpec = ListSpec {
    name: "services",
    group: TableGroup::Services,
    table: "service",
    select: "t.client_id, t.client_name, t.product, t.domain, t.status, t.cycle, t.amount, t.currency, t.next_due,
             t.instance_id, n.status AS server_state, coalesce(nullif(n.ipv4, ''), nullif(t.ip, '')) AS ipv4",
    joins: "LEFT JOIN instance n ON n.id = t.instance_id AND n.gone_at IS NULL",
    base: "t.gone_at IS NULL",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::name("client", "t.client_name", "t.client_key").indexed(),
        Column::new("client_id", ColumnKind::Number, "t.client_id").indexed().unsorted(),
        Column::new("product", ColumnKind::Text, "t.product").indexed().facet(),
        Column::new("domain", ColumnKind::Text, "t.domain").indexed(),
        Column::new("status", ColumnKind::Text, "t.status").indexed().facet(),
        Column::new("cycle", ColumnKind::Text, "t.cycle").facet(),
        Column::new("price", ColumnKind::Amount, "t.amount_e4").indexed(),
        Column::new("currency", ColumnKind::Text, "t.currency").facet(),
        Column::new("next_due", ColumnKind::Date, "t.next_due").indexed(),
        Column::new("registered", ColumnKind::Date, "t.registered"),
        Column::new("method", ColumnKind::Text, "t.method").facet(),
        Column::new("instance_id", ColumnKind::Number, "t.instance_id").indexed().unsorted(),
        Column::flag("linked", "t.instance_id IS NOT NULL"),
    ],
    order: ("id", true),
    ordered: &[("client_id", &["id"]), ("product", &["id"]), ("status", &["id"])],
    text: Some(("service_text", "t.words || t.more_words")),
    sums: &[("price", "t.amount_e4", "t.currency")],
};

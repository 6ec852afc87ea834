use super::{Column, ColumnKind, ListSpec};
use crate::TableGroup;

/// Contabo instances with the service that sells them.
pub static SERVERS: ListSpec = ListSpec {
    name: "servers",
    group: TableGroup::Servers,
    table: "instance",
    select:
        "t.label, t.name, t.service_id, t.client_id, t.client_name, t.status, t.region, t.data_center, t.product_id,
             t.size, t.ipv4, t.ipv6, t.next_due, t.cancel_date, t.price, t.price_currency, t.tags,
             coalesce((SELECT s.at FROM sync_seen s WHERE s.kind = 5 AND s.id = t.id), 0) AS seen_at",
    joins: "",
    base: "t.gone_at IS NULL",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::name("name", "t.label", "t.label_key").indexed(),
        Column::name("client", "t.client_name", "t.client_key").indexed(),
        Column::new("client_id", ColumnKind::Number, "t.client_id").indexed().unsorted(),
        Column::new("service_id", ColumnKind::Number, "t.service_id").unsorted(),
        Column::new("state", ColumnKind::Text, "t.status").indexed().facet(),
        Column::new("region", ColumnKind::Text, "t.region").facet(),
        Column::new("data_center", ColumnKind::Text, "t.data_center").facet(),
        Column::new("size", ColumnKind::Text, "t.size").facet(),
        Column::new("product_id", ColumnKind::Text, "t.product_id").facet(),
        Column::new("ipv4", ColumnKind::Text, "t.ipv4").sorted_by("t.ipv4_number"),
        Column::new("next_due", ColumnKind::Date, "t.next_due"),
        Column::new("renews", ColumnKind::Date, "t.cancel_date"),
        Column::new("created", ColumnKind::Text, "t.created"),
        Column::new("price", ColumnKind::Amount, "t.price_e4"),
        Column::new("tags", ColumnKind::Tags, "t.tags").unsorted().facet(),
        Column::flag("linked", "t.service_id IS NOT NULL"),
        Column::flag("cancelled", "t.cancel_date > ''"),
    ],
    order: ("name", false),
    ordered: &[("client_id", &["id"]), ("state", &["id"])],
    text: Some(("instance_text", "t.words || t.more_words")),
    sums: &[("price", "t.price_e4", "t.price_currency")],
};

use super::{Column, ColumnKind, ListSpec};
use crate::TableGroup;

/// Prices and rates that moved.
pub static PRICES: ListSpec = ListSpec {
    name: "prices",
    group: TableGroup::Prices,
    table: "price_move",
    select: "t.*",
    joins: "",
    base: "1",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::new("at", ColumnKind::Moment, "t.at").indexed(),
        Column::new("kind", ColumnKind::Text, "t.kind").facet(),
        Column::new("subject", ColumnKind::Text, "t.subject").unsorted(),
        Column::name("name", "t.name", "t.name_key").indexed(),
        Column::new("term", ColumnKind::Text, "t.term").facet(),
        Column::new("currency", ColumnKind::Text, "t.currency").facet(),
        Column::new("change", ColumnKind::Text, "t.change").facet(),
    ],
    order: ("at", true),
    ordered: &[],
    text: Some(("price_text", "t.words")),
    sums: &[],
};

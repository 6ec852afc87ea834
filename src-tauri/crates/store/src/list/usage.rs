use super::{Column, ColumnKind, ListSpec};
use crate::TableGroup;

/// What Contabo's object storages held, day by day.
pub static USAGE: ListSpec = ListSpec {
    name: "usage",
    group: TableGroup::Usage,
    table: "usage_day",
    select: "t.*",
    joins: "",
    base: "1",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::new("day", ColumnKind::Date, "t.day").indexed(),
        Column::name("name", "t.name", "t.name_key"),
        Column::new("storage_id", ColumnKind::Text, "t.storage_id").indexed().unsorted(),
        Column::new("region", ColumnKind::Text, "t.region").facet(),
        Column::new("data_center", ColumnKind::Text, "t.data_center").facet(),
        Column::new("status", ColumnKind::Text, "t.status").facet(),
        Column::new("used_tb", ColumnKind::Amount, "t.used_e4"),
        Column::new("percent", ColumnKind::Amount, "nullif(t.percent_e4, -1)").sorted_by("t.percent_e4"),
        Column::new("objects", ColumnKind::Number, "t.objects"),
        Column::new("bought_tb", ColumnKind::Amount, "nullif(t.bought_e4, -1)").sorted_by("t.bought_e4"),
        Column::new("scaling", ColumnKind::Text, "t.scaling").facet(),
        Column::new("limit_tb", ColumnKind::Amount, "nullif(t.limit_e4, -1)").sorted_by("t.limit_e4"),
        Column::new("read_at", ColumnKind::Moment, "t.read_at"),
        Column::flag("latest", "t.latest = 1").indexed(),
    ],
    order: ("day", true),
    ordered: &[("latest", &["name"])],
    text: Some(("usage_text", "t.words")),
    sums: &[],
};

use super::{Column, ColumnKind, ListSpec};
use crate::TableGroup;

/// WHMCS tickets.
pub static TICKETS: ListSpec = ListSpec {
    name: "tickets",
    group: TableGroup::Tickets,
    table: "ticket",
    select: "t.tid, t.subject, t.client_id, t.client_name, t.department, t.status, t.priority, t.last_reply, t.opened,
             t.waiting",
    joins: "",
    base: "t.gone_at IS NULL",
    columns: &[
        Column::new("id", ColumnKind::Number, "t.id").indexed(),
        Column::new("tid", ColumnKind::Text, "t.tid").indexed(),
        Column::new("subject", ColumnKind::Text, "t.subject"),
        Column::name("client", "t.client_name", "t.client_key").indexed(),
        Column::new("client_id", ColumnKind::Number, "t.client_id").indexed().unsorted(),
        Column::new("department", ColumnKind::Text, "t.department").facet(),
        Column::new("status", ColumnKind::Text, "t.status").indexed().facet(),
        Column::new("priority", ColumnKind::Text, "t.priority")
            .sorted_by("CASE t.priority WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 WHEN 'Low' THEN 1 ELSE 0 END")
            .facet(),
        Column::new("last_reply", ColumnKind::LocalTime, "t.last_reply").indexed(),
        Column::new("opened", ColumnKind::LocalTime, "t.opened").indexed(),
        Column::flag("waiting", "t.waiting = 1").indexed(),
    ],
    order: ("last_reply", true),
    ordered: &[("client_id", &["id"]), ("waiting", &["last_reply"]), ("status", &["last_reply"])],
    text: Some(("ticket_text", "t.words")),
    sums: &[],
};

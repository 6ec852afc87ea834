//! What Contabo's own audits tell of a server: also what was done in its panel, by its API, or by another console.

use jiff::Timestamp;
use rackdesk_contabo::{
    Client, Paged,
    api::audits::{AuditAction, AuditRow, RetrieveInstancesActionsAuditsList, RetrieveInstancesAuditsList},
};
use serde_json::Value;

use crate::{fault::Fault, plan::Phrase};

/// Rows read of each list: the newest page. The provider does not say for how long it keeps them.
const ROWS: i64 = 100;

/// One row of the provider's audits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// When the provider wrote it.
    pub at: Timestamp,
    /// What happened.
    pub title: Phrase,
    /// By whom, and what of it.
    pub lines: Vec<Phrase>,
    /// Whether it is worth a second look when it was not this console: everything but the server's own beginning.
    pub notable: bool,
    /// The call's `x-request-id`; empty when the provider has none.
    pub request_id: String,
}

/// The audits of a server, newest first. Two reads.
///
/// # Errors
/// What the provider said, or that the role may not read audits.
pub async fn of_instance(client: &Client, id: i64) -> Result<Vec<Audited>, Fault> {
    let mut changes = RetrieveInstancesAuditsList::new().instance_id(id);
    changes.turn_to(1, ROWS);
    let mut actions = RetrieveInstancesActionsAuditsList::new().instance_id(id);
    actions.turn_to(1, ROWS);
    let (changes, actions) = tokio::join!(client.call(changes), client.call(actions));
    let (changes, actions) = (changes.map_err(|e| Fault::from(&e))?, actions.map_err(|e| Fault::from(&e))?);
    // A filter that the provider ignores must not put another server's history here.
    let own = |of: Option<i64>| of.is_none_or(|of| of == id);
    let mut rows: Vec<Audited> = Vec::new();
    rows.extend(changes.data.iter().filter(|r| own(r.instance_id)).filter_map(|r| changed(r, &r.changes.0)));
    rows.extend(actions.data.iter().filter(|r| own(r.instance_id)).filter_map(|r| acted(r, &r.changes.0)));
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    Ok(rows)
}

fn changed(row: &impl AuditRow, changes: &Value) -> Option<Audited> {
    let (title, notable) = match row.action() {
        AuditAction::Created => ("timeline.audit.created", false),
        AuditAction::Deleted => ("timeline.audit.deleted", true),
        _ => ("timeline.audit.changed", true),
    };
    entry(row, Phrase::new(title, []), notable, if notable { fields(changes) } else { String::new() })
}

fn acted(row: &impl AuditRow, changes: &Value) -> Option<Audited> {
    let named = changes.get("action").and_then(Value::as_str).map(str::to_owned);
    let title = match &named {
        Some(action) => Phrase::new("timeline.audit.action", [("text", action.clone())]),
        None => Phrase::new("timeline.audit.acted", []),
    };
    entry(row, title, true, if named.is_some() { String::new() } else { fields(changes) })
}

fn entry(row: &impl AuditRow, title: Phrase, notable: bool, fields: String) -> Option<Audited> {
    let by = if row.username().is_empty() { row.changed_by() } else { row.username() };
    let mut lines = vec![Phrase::new("timeline.audit.by", [("by", by.to_owned())])];
    if !fields.is_empty() {
        lines.push(Phrase::new("timeline.text", [("text", fields)]));
    }
    Some(Audited { at: row.timestamp()?.at()?, title, lines, notable, request_id: row.request_id().to_owned() })
}

/// Names of what changed; values stay out, they may be secret.
fn fields(changes: &Value) -> String {
    let object = changes.get("new").filter(|new| new.is_object()).unwrap_or(changes);
    let names: Vec<&str> = object.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).take(6).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_names_of_changes_are_told() {
        assert_eq!(fields(&json!({"displayName": {"old": "a", "new": "b"}})), "displayName");
        assert_eq!(fields(&json!({"new": {"rootPassword": "s3cret", "imageId": "x"}})), "rootPassword, imageId");
        assert_eq!(fields(&json!(null)), "");
        assert_eq!(fields(&json!(["a"])), "");
    }
}

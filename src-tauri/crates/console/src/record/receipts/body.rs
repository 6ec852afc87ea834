//! What a receipt says, read from the queue's own rows.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    queue::{self, ActionRecord, AttemptRecord, EventRecord, EvidenceRecord},
    receipts::{Ended, ReceiptRecord},
    rusqlite::Connection,
};
use serde_json::{Map, Value, json};

use super::hash_of;

/// Form of the text; a later form gets a later number, and old receipts stay as they are.
pub(super) const FORM: i64 = 1;

/// Everything a receipt says but its own place in the chain.
pub(super) struct Draft {
    action: ActionRecord,
    at: Timestamp,
    says: Map<String, Value>,
}

/// Reads what the receipt of an action says. `evidence` is how many pieces of evidence there were, when the receipt is
/// older than the question. `None` when there is no such action or event. A damaged row ends no chain: the receipt says
/// which of its columns cannot be read.
///
/// # Errors
/// When the queue cannot be read.
pub(super) fn draft(c: &Connection, ended: Ended, evidence: Option<usize>) -> Result<Option<Draft>, StoreError> {
    let Some(action) = queue::action(c, ended.action_id)? else { return Ok(None) };
    let queue::Story { events, attempts, evidence: mut pieces } = queue::story(c, action.id)?;
    let Some((end, damage)) = events.iter().find(|(event, _)| event.id == ended.event_id) else { return Ok(None) };
    // When the event's own moment cannot be read, the action keeps it, too.
    let at = if damage.is_none() { end.at } else { action.ended_at.unwrap_or(action.updated_at) };
    pieces.truncate(evidence.unwrap_or(pieces.len()));
    let mut says = Map::new();
    let mut say = |name: &str, value: Value| says.insert(name.to_owned(), value);
    say("form", json!(FORM));
    say("action", json!(action.id));
    say("event", json!(end.id));
    say("kind", json!(action.kind));
    say("target", target(&action));
    say("resource", json!(action.resource_key));
    say("generation", json!(action.generation));
    say("lane", json!(action.lane));
    say("by", json!(action.by));
    say("reason", json!(action.reason));
    // The input may name what must not be told; that it was this one is told all the same.
    say("input_sha256", json!(hash_of(&action.input)));
    say("plan", plan(c, &action)?);
    say("approved_at", json!(action.created_at.to_string()));
    say("ended_at", json!(at.to_string()));
    say("state", json!(end.to));
    say("result", parsed(action.result.as_deref()));
    say("attempts", attempts.iter().map(|(one, damage)| told(attempt(one), *damage)).collect());
    say("evidence", pieces.iter().map(|(one, damage)| told(piece(one), *damage)).collect());
    let decided =
        events.iter().filter(|(e, damage)| (e.by.is_some() || damage.is_some()) && e.revision <= end.revision);
    say("decisions", decided.map(|(one, damage)| told(decision(one), *damage)).collect());
    // Said only where there is some, so that the text of all others stays as it was.
    if let Some(column) = &action.damage {
        say("damaged", json!(column));
    }
    Ok(Some(Draft { at, action, says }))
}

impl Draft {
    /// The whole text's value, at its place in the chain.
    pub(super) fn sealed(&self, id: i64, prev: &str) -> Value {
        let mut says = self.says.clone();
        says.insert("receipt".into(), json!(id));
        says.insert("prev".into(), json!(prev));
        Value::Object(says)
    }

    /// The row that is kept.
    pub(super) fn record(&self, id: i64, ended: Ended, prev: &str, body: String) -> ReceiptRecord {
        let action = &self.action;
        ReceiptRecord {
            id,
            event_id: ended.event_id,
            action_id: action.id,
            at: self.at,
            kind: action.kind.clone(),
            state: self.says.get("state").and_then(Value::as_str).unwrap_or_default().to_owned(),
            target_kind: action.target.kind.clone(),
            target_id: action.target.id,
            target_name: action.target.name.clone(),
            client_id: action.target.client_id,
            by: action.by.clone(),
            prev: prev.to_owned(),
            hash: hash_of(&body),
            body,
        }
    }
}

fn target(action: &ActionRecord) -> Value {
    let target = &action.target;
    json!({
        "kind": target.kind,
        "id": target.id,
        "name": target.name,
        "service": target.service_id,
        "client": target.client_id,
        "client_name": target.client_name,
    })
}

/// The plan's own row about this action: before and after, what it costs, what it does. The hash stands for the rest.
fn plan(c: &Connection, action: &ActionRecord) -> Result<Value, StoreError> {
    let Some((plan_id, row)) = action.plan else { return Ok(Value::Null) };
    let plan = match queue::plan(c, plan_id) {
        Ok(Some(plan)) => plan,
        Ok(None) => return Ok(json!({ "id": plan_id, "row": row })),
        Err(StoreError::Row { what }) => return Ok(json!({ "id": plan_id, "row": row, "damaged": what })),
        Err(error) => return Err(error),
    };
    let body: Value = parsed(Some(&plan.body));
    let rows = body.get("changes").and_then(Value::as_array);
    let change = rows.and_then(|rows| rows.iter().find(|r| r.get("index").and_then(Value::as_i64) == Some(row)));
    let of = |name: &str| change.and_then(|change| change.get(name)).cloned().unwrap_or_default();
    Ok(json!({
        "id": plan_id,
        "row": row,
        "sha256": hash_of(&plan.body),
        "approval": parsed(plan.approval.as_deref()),
        "approved_at": plan.settled_at.map(|at| at.to_string()),
        "facts": of("facts"),
        "impact": of("impact"),
        "money_now": of("money_now"),
        "money_month": of("money_month"),
    }))
}

fn parsed(json: Option<&str>) -> Value {
    json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// What a row says; of a damaged one also which column cannot be read, where something harmless stands for it.
fn told(mut says: Value, damage: Option<&str>) -> Value {
    if let (Some(column), Value::Object(says)) = (damage, &mut says) {
        says.insert("damaged".into(), json!(column));
    }
    says
}

fn attempt(attempt: &AttemptRecord) -> Value {
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "number": attempt.number,
        "step": attempt.step,
        "call": attempt.call,
        "effect": attempt.effect,
        "request_id": attempt.request_id,
        "body_sha256": attempt.body_sha256,
        "journalled_at": attempt.journalled_at.to_string(),
        "sent_at": moment(attempt.sent_at),
        "answered_at": moment(attempt.answered_at),
        "status": attempt.status,
        "outcome": attempt.outcome,
        "cause": attempt.cause,
    })
}

fn piece(piece: &EvidenceRecord) -> Value {
    json!({
        "attempt": piece.attempt,
        "at": piece.at.to_string(),
        "source": piece.source,
        "speaks_for": piece.speaks_for,
        "says": parsed(Some(&piece.says)),
    })
}

fn decision(event: &EventRecord) -> Value {
    json!({
        "at": event.at.to_string(),
        "name": event.name,
        "by": event.by,
        "attempt": event.attempt,
        "detail": parsed(event.detail.as_deref()),
    })
}

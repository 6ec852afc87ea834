//! An action's whole story in the order of time: decisions, attempts, evidence.

use jiff::Timestamp;
use rackdesk_store::{
    log::LogRow,
    queue::{ActionRecord, AttemptRecord, EventRecord, EvidenceRecord},
};

use crate::{act::ActionState, plan::Phrase};

/// How an entry looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Went well.
    Ok,
    /// Under way.
    Busy,
    /// Waits for a person, or went wrong for now.
    Warn,
    /// Failed.
    Bad,
    /// Neutral.
    Idle,
}

/// One line of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub title: Phrase,
    /// One or two further lines.
    pub lines: Vec<Phrase>,
    /// Look.
    pub tone: Tone,
    /// Its action.
    pub action_id: i64,
    /// Its request id.
    pub request_id: Option<String>,
}

/// A phrase as it is kept in the store; one that cannot be read is left out.
pub fn phrase(json: Option<&str>) -> Option<Phrase> {
    json.and_then(|text| serde_json::from_str(text).ok())
}

/// Why an action failed, or what it says about its end.
pub fn outcome(action: &ActionRecord) -> Option<Phrase> {
    let result: serde_json::Value = serde_json::from_str(action.result.as_deref()?).ok()?;
    serde_json::from_value(result.get("why")?.clone()).ok()
}

fn title_of(name: &str) -> (&'static str, Tone) {
    match name {
        "enqueue" => ("timeline.event.enqueue", Tone::Idle),
        "start" => ("timeline.event.start", Tone::Busy),
        "put_back" => ("timeline.event.put_back", Tone::Idle),
        "postpone" => ("timeline.event.postpone", Tone::Warn),
        "lose_track" => ("timeline.event.lose_track", Tone::Warn),
        "await" => ("timeline.event.await", Tone::Busy),
        "advance" => ("timeline.event.advance", Tone::Ok),
        "succeed" => ("timeline.event.succeed", Tone::Ok),
        "fail" => ("timeline.event.fail", Tone::Bad),
        "expire" => ("timeline.event.expire", Tone::Bad),
        "prove_applied" => ("timeline.event.prove_applied", Tone::Ok),
        "prove_absent" => ("timeline.event.prove_absent", Tone::Idle),
        "ask_person" => ("timeline.event.ask_person", Tone::Warn),
        "hold_back" => ("timeline.event.hold_back", Tone::Warn),
        "supersede" => ("timeline.event.supersede", Tone::Idle),
        "hold" => ("timeline.event.hold", Tone::Idle),
        "release" => ("timeline.event.release", Tone::Idle),
        "retry_now" => ("timeline.event.retry_now", Tone::Idle),
        "cancel" => ("timeline.event.cancel", Tone::Idle),
        "look_again" => ("timeline.event.look_again", Tone::Idle),
        "mark_applied" => ("timeline.event.mark_applied", Tone::Ok),
        "skip" => ("timeline.event.skip", Tone::Warn),
        "leave_rest" => ("timeline.event.leave_rest", Tone::Warn),
        "mark_done" => ("timeline.event.mark_done", Tone::Ok),
        _ => ("timeline.event.mark_not_done", Tone::Bad),
    }
}

/// The story of one action, oldest first.
pub fn of_action(
    action: &ActionRecord,
    events: &[EventRecord],
    attempts: &[AttemptRecord],
    evidence: &[EvidenceRecord],
    exchanges: &[LogRow],
) -> Vec<Entry> {
    // At the same moment the journal comes before the send, and evidence before what was decided from it.
    let mut story: Vec<(u8, Entry)> = Vec::new();
    for attempt in attempts {
        let exchange = exchanges.iter().find(|x| x.request_id.eq_ignore_ascii_case(&attempt.request_id));
        story.extend(of_attempt(attempt, exchange).into_iter().map(|entry| (1, entry)));
    }
    for piece in evidence {
        let told = events.iter().any(|event| event.at == piece.at && event.detail.as_deref() == Some(&piece.says));
        if !told && piece.source != "reply" {
            story.push((2, of_evidence(piece, attempts)));
        }
    }
    for event in events {
        let rank = if event.name == "enqueue" { 0 } else { 3 };
        story.push((rank, of_event(event, action, attempts)));
    }
    story.sort_by_key(|(rank, entry)| (entry.at, *rank));
    story.into_iter().map(|(_, entry)| entry).collect()
}

fn request_of(number: Option<i64>, attempts: &[AttemptRecord]) -> Option<String> {
    attempts.iter().find(|attempt| Some(attempt.number) == number).map(|attempt| attempt.request_id.clone())
}

fn of_event(event: &EventRecord, action: &ActionRecord, attempts: &[AttemptRecord]) -> Entry {
    let (code, tone) = title_of(&event.name);
    let by = event.by.clone().unwrap_or_else(|| action.by.clone());
    Entry {
        at: event.at,
        title: Phrase::new(code, [("by", by)]),
        lines: phrase(event.detail.as_deref()).into_iter().collect(),
        tone,
        action_id: action.id,
        request_id: request_of(event.attempt, attempts),
    }
}

fn of_attempt(attempt: &AttemptRecord, exchange: Option<&LogRow>) -> Vec<Entry> {
    let number = || [("number", attempt.number.to_string())];
    let entry = |at, title, line| Entry {
        at,
        title,
        lines: vec![line],
        tone: Tone::Idle,
        action_id: attempt.action_id,
        request_id: Some(attempt.request_id.clone()),
    };
    let hash = attempt.body_sha256.get(..12).unwrap_or_default().to_owned();
    let call = Phrase::new("timeline.call", [("call", attempt.call.clone()), ("hash", hash)]);
    let mut entries = vec![entry(attempt.journalled_at, Phrase::new("timeline.journalled", number()), call)];
    if let Some(sent) = attempt.sent_at {
        let request = Phrase::new("timeline.request", [("request", attempt.request_id.clone())]);
        let mut sent = entry(sent, Phrase::new("timeline.sent", number()), request);
        sent.lines.extend(exchange.map(reply));
        entries.push(sent);
    }
    entries
}

/// What came back, and after how long.
fn reply(exchange: &LogRow) -> Phrase {
    let ms = (exchange.duration_us / 1000).to_string();
    match exchange.status {
        Some(status) => Phrase::new("timeline.reply", [("status", status.to_string()), ("ms", ms)]),
        None => Phrase::new("timeline.no_reply", [("outcome", exchange.outcome.clone()), ("ms", ms)]),
    }
}

fn of_evidence(piece: &EvidenceRecord, attempts: &[AttemptRecord]) -> Entry {
    let code = match piece.source.as_str() {
        "state" => "timeline.evidence.state",
        "list" => "timeline.evidence.list",
        "person" => "timeline.evidence.person",
        _ => "timeline.evidence.audit",
    };
    Entry {
        at: piece.at,
        title: Phrase::new(code, []),
        lines: phrase(Some(&piece.says)).into_iter().collect(),
        tone: if piece.speaks_for == "open" { Tone::Idle } else { Tone::Ok },
        action_id: piece.action_id,
        request_id: request_of(Some(piece.attempt), attempts),
    }
}

/// One line for the timeline of what the action is about.
pub fn summary(action: &ActionRecord) -> Entry {
    let state = ActionState::named(&action.state).unwrap_or(ActionState::Unknown);
    let (code, tone) = match state {
        ActionState::Held => ("timeline.action.held", Tone::Idle),
        ActionState::Ready => ("timeline.action.ready", Tone::Idle),
        ActionState::Running => ("timeline.action.running", Tone::Busy),
        ActionState::Retryable => ("timeline.action.retryable", Tone::Warn),
        ActionState::Unknown => ("timeline.action.unknown", Tone::Warn),
        ActionState::Succeeded => ("timeline.action.succeeded", Tone::Ok),
        ActionState::Failed => ("timeline.action.failed", Tone::Bad),
        ActionState::Cancelled => ("timeline.action.cancelled", Tone::Idle),
    };
    let by = Phrase::new("timeline.action.by", [("action", action.id.to_string()), ("by", action.by.clone())]);
    let mut lines = vec![by];
    lines.extend(outcome(action).or_else(|| phrase(action.waits.as_deref())));
    Entry {
        at: action.ended_at.unwrap_or(action.updated_at),
        title: Phrase::new(code, [("kind", action.kind.clone())]),
        lines,
        tone,
        action_id: action.id,
        request_id: None,
    }
}

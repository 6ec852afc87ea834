//! The sandbox's own journal against the queue: Contabo's side and WHMCS's.

use std::collections::{BTreeMap, BTreeSet};

use rackdesk_console::act::kinds;
use rackdesk_sandbox::{Running, journal::Cause, world::lock};
use rackdesk_store::{
    Store, StoreError,
    queue::{self, ActionRecord, AttemptRecord},
    rusqlite::Connection,
};
use rackdesk_wire::Effect;
use serde_json::Value;

use super::{
    load::{REPLY, TRANSID},
    report::{Record, Tally},
};

/// An action with everything that the queue has of it.
struct Story {
    action: ActionRecord,
    attempts: Vec<AttemptRecord>,
    events: Vec<String>,
    evidence: usize,
}

fn stories(c: &Connection) -> Result<Vec<Story>, StoreError> {
    let last: i64 = c.query_row("SELECT coalesce(max(id), 0) FROM action", [], |row| row.get(0))?;
    let mut all = Vec::new();
    for id in 1..=last {
        if let Some(action) = queue::action(c, id)? {
            let events = queue::events(c, id)?.into_iter().map(|e| e.name).collect();
            let evidence = queue::evidence(c, id)?.len();
            all.push(Story { action, attempts: queue::attempts(c, id)?, events, evidence });
        }
    }
    Ok(all)
}

/// Calls of ours that changed something: which action each was for, by request id.
fn done(sandbox: &Running) -> BTreeMap<String, (i64, String)> {
    let mut done = BTreeMap::new();
    for noted in lock(sandbox.world()).journal.after(0) {
        let entry = &noted.entry;
        let ours = entry.trace_id.as_deref().and_then(|trace| trace.strip_prefix("rackdesk-A-"));
        let action = ours.and_then(|rest| rest.split('-').next()).and_then(|id| id.parse().ok());
        if let (Cause::Request, Some(action), Some(request)) = (entry.cause, action, &entry.request_id) {
            done.entry(request.to_ascii_lowercase()).or_insert_with(|| (action, entry.operation.clone()));
        }
    }
    done
}

/// What the torture's payments and replies have come to in WHMCS's own records: each of them once.
fn noted_twice(sandbox: &Running) -> Vec<String> {
    let world = lock(sandbox.world());
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let payments = world.whmcs.transactions.iter().map(|one| one.transid.as_str());
    for transid in payments.filter(|transid| transid.starts_with(TRANSID)) {
        *seen.entry(transid).or_default() += 1;
    }
    let replies = world.whmcs.tickets.iter().flat_map(|ticket| &ticket.replies).map(|reply| reply.message.as_str());
    for message in replies.filter(|message| message.starts_with(REPLY)) {
        *seen.entry(message.lines().next().unwrap_or_default()).or_default() += 1;
    }
    let twice = seen.into_iter().filter(|(_, times)| *times > 1);
    twice.map(|(what, times)| format!("twice: WHMCS has {what} {times} times")).collect()
}

/// Judges a bench after its last life.
pub(super) fn judge(store: &Store, sandbox: &Running, tally: Tally) -> Record {
    let done = done(sandbox);
    let stories = store.read(stories).expect("the queue is read");
    let mut record = Record::new(tally);
    let mut known: BTreeSet<String> = BTreeSet::new();
    for story in &stories {
        known.extend(story.attempts.iter().map(|attempt| attempt.request_id.to_ascii_lowercase()));
        count(&mut record, story);
        let wrong = verdict(story, &done);
        record.tally.wrong.extend(wrong);
    }
    for (request, (action, operation)) in done.iter().filter(|(request, _)| !known.contains(*request)) {
        let stray =
            format!("lost: the sandbox did {operation} {request} for A-{action}, the queue does not know of it");
        record.tally.wrong.push(stray);
    }
    record.tally.wrong.extend(noted_twice(sandbox));
    record
}

fn count(record: &mut Record, story: &Story) {
    let kind = record.kinds.entry(story.action.kind.clone()).or_default();
    kind.actions += 1;
    kind.sends += story.attempts.iter().filter(|attempt| attempt.sent_at.is_some()).count() as u64;
    *record.states.entry(story.action.state.clone()).or_default() += 1;
    for name in &story.events {
        let how = match name.as_str() {
            "prove_applied" => "it happened",
            "prove_absent" => "it did not",
            "ask_person" => "a person must",
            _ => continue,
        };
        kind.lost += 1;
        *record.settled.entry(how).or_default() += 1;
    }
    if story.action.state == "failed" {
        let why = code(story.action.result.as_deref()).unwrap_or_else(|| "without a word".to_owned());
        *record.failed.entry(why).or_default() += 1;
    }
}

/// The code of the sentence that a failed action was left with.
fn code(result: Option<&str>) -> Option<String> {
    let result: Value = serde_json::from_str(result?).ok()?;
    Some(result["why"]["code"].as_str()?.to_owned())
}

/// What must not be.
fn verdict(story: &Story, done: &BTreeMap<String, (i64, String)>) -> Vec<String> {
    let Story { action, attempts, events, evidence } = story;
    let what = format!("A-{} {} {} [{}]", action.id, action.kind, action.state, events.join(" "));
    let was_done = |attempt: &&AttemptRecord| done.contains_key(&attempt.request_id.to_ascii_lowercase());
    let mut wrong = Vec::new();
    let steps = kinds::named(&action.kind).map(|kind| kind.steps()).unwrap_or_default();
    for step in &steps {
        let of_step: Vec<&AttemptRecord> = attempts.iter().filter(|attempt| attempt.step == step.name()).collect();
        let times = of_step.iter().copied().filter(was_done).count();
        if times > 1 {
            wrong.push(format!("twice: {what}, its step {} was done {times} times", step.name()));
        }
        let proven = of_step.iter().any(|attempt| attempt.outcome == "applied");
        let waits = step.effect() == Effect::Read;
        if action.state == "succeeded" && !proven && !waits && !skipped(action, step.name(), steps.len()) {
            wrong.push(format!("lost: {what}, and nothing was done in its step {}", step.name()));
        }
    }
    for attempt in attempts {
        let happened = was_done(&attempt);
        match attempt.outcome.as_str() {
            "applied" if !happened => {
                wrong.push(format!("lost: {what} says that {} was done, the sandbox does not", attempt.request_id));
            }
            "not_applied" if happened => {
                let (request, proof) = (&attempt.request_id, attempt.evidence.as_deref().unwrap_or_default());
                let sent = attempt.sent_at.map(|at| at.to_string()).unwrap_or_default();
                wrong.push(format!(
                    "lost: {what} says that {request}, sent {sent}, was not done, the sandbox did it; proof {proof}"
                ));
            }
            "applied" | "not_applied" => {}
            _ if action.state == "unknown" => {}
            other => wrong.push(format!("stuck: {what}, its attempt {} is {other}", attempt.number)),
        }
    }
    match action.state.as_str() {
        "succeeded" | "cancelled" => {}
        "failed" if code(action.result.as_deref()).is_some() => {}
        "unknown" if action.next_at.is_none() && *evidence > 0 => {}
        _ => wrong.push(format!("stuck: {what}, waits {:?}, next {:?}", action.waits, action.next_at)),
    }
    wrong
}

/// Whether a step of a finished action had nothing to send: what it wanted was so already, or there was nothing there.
fn skipped(action: &ActionRecord, step: &str, steps: usize) -> bool {
    let read = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default();
    let nothing = |result: &Value| result["proof"] == "already";
    let last = usize::try_from(action.stage).is_ok_and(|stage| stage + 1 == steps);
    let carried = read(action.carried.as_deref());
    match carried.get(step) {
        Some(result) => nothing(result),
        None => last && nothing(&read(action.result.as_deref())),
    }
}

//! The sandbox's own journal against the queue.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use rackdesk_sandbox::{Running, journal::Cause, world::lock};
use rackdesk_store::{
    Store, StoreError,
    queue::{self, ActionRecord, AttemptRecord},
    rusqlite::Connection,
};

use super::Ask;

/// What came out.
#[derive(Debug)]
pub struct Verdict {
    ask: Ask,
    took: Duration,
    stood_by: u32,
    /// By state.
    states: BTreeMap<String, u32>,
    /// Sends whose answer was lost, by how they were settled.
    settled: BTreeMap<&'static str, u32>,
    kinds: BTreeMap<String, u32>,
    sends: u64,
    /// What must not be.
    pub wrong: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |map: &BTreeMap<String, u32>| {
            map.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(", ")
        };
        let actions: u32 = self.states.values().sum();
        writeln!(f, "torture: {} kills, seed {}, {:.0} s", self.ask.kills, self.ask.seed, self.took.as_secs_f64())?;
        writeln!(
            f,
            "    {actions} actions ({}), {} sends, {} second workers",
            count(&self.states),
            self.sends,
            self.stood_by
        )?;
        writeln!(f, "    kinds: {}", count(&self.kinds))?;
        let settled: Vec<_> = self.settled.iter().map(|(how, n)| format!("{how} {n}")).collect();
        writeln!(f, "    lost answers settled: {}", settled.join(", "))?;
        let of = |what: &str| self.wrong.iter().filter(|w| w.starts_with(what)).count();
        writeln!(f, "    done twice {}, lost {}, stuck {}", of("twice"), of("lost"), of("stuck"))?;
        for wrong in self.wrong.iter().take(20) {
            writeln!(f, "    WRONG {wrong}")?;
        }
        Ok(())
    }
}

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

/// Calls that changed something, by action: their request ids.
fn done(sandbox: &Running) -> BTreeMap<i64, BTreeSet<String>> {
    let mut done: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for noted in lock(sandbox.world()).journal.after(0) {
        let entry = &noted.entry;
        let ours = entry.trace_id.as_deref().and_then(|trace| trace.strip_prefix("rackdesk-A-"));
        let action = ours.and_then(|rest| rest.split('-').next()).and_then(|id| id.parse().ok());
        if let (Cause::Request, Some(action), Some(request)) = (entry.cause, action, &entry.request_id) {
            done.entry(action).or_default().insert(request.to_ascii_lowercase());
        }
    }
    done
}

pub(super) fn judge(store: &Store, sandbox: &Running, ask: Ask, stood_by: u32, took: Duration) -> Verdict {
    let done = done(sandbox);
    let stories = store.read(stories).expect("the queue is read");
    let mut verdict = Verdict {
        ask,
        took,
        stood_by,
        states: BTreeMap::new(),
        settled: BTreeMap::new(),
        kinds: BTreeMap::new(),
        sends: 0,
        wrong: Vec::new(),
    };
    for story in &stories {
        verdict.add(story, done.get(&story.action.id).unwrap_or(&BTreeSet::new()));
    }
    let known: BTreeSet<i64> = stories.iter().map(|s| s.action.id).collect();
    for stray in done.keys().filter(|id| !known.contains(id)) {
        verdict.wrong.push(format!("lost: the sandbox knows A-{stray}, the queue does not"));
    }
    verdict
}

impl Verdict {
    fn add(&mut self, story: &Story, done: &BTreeSet<String>) {
        let Story { action, attempts, events, evidence } = story;
        let what = format!("A-{} {} {} [{}]", action.id, action.kind, action.state, events.join(" "));
        *self.states.entry(action.state.clone()).or_default() += 1;
        *self.kinds.entry(action.kind.clone()).or_default() += 1;
        self.sends += attempts.iter().filter(|a| a.sent_at.is_some()).count() as u64;
        for name in events {
            let how = match name.as_str() {
                "prove_applied" => "it happened",
                "prove_absent" => "it did not",
                "ask_person" => "a person must",
                _ => continue,
            };
            *self.settled.entry(how).or_default() += 1;
        }
        if done.len() > 1 {
            self.wrong.push(format!("twice: {what} was done {} times", done.len()));
        }
        let applied: BTreeSet<String> =
            attempts.iter().filter(|a| a.outcome == "applied").map(|a| a.request_id.to_ascii_lowercase()).collect();
        let refused: BTreeSet<String> =
            attempts.iter().filter(|a| a.outcome == "not_applied").map(|a| a.request_id.to_ascii_lowercase()).collect();
        if let Some(stray) = applied.difference(done).next() {
            self.wrong.push(format!("lost: {what} says that {stray} was done, the sandbox does not"));
        }
        if let Some(stray) = refused.intersection(done).next() {
            self.wrong.push(format!("lost: {what} says that {stray} was not done, the sandbox did it"));
        }
        let already = action.result.as_deref().is_some_and(|result| result.contains("\"already\""));
        match action.state.as_str() {
            "succeeded" if done.is_empty() && !already => {
                self.wrong.push(format!("lost: {what}, and nothing was done"));
            }
            "succeeded" | "cancelled" => {}
            "failed" if action.result.as_deref().is_some_and(|result| result.contains("why")) => {}
            "unknown" if action.next_at.is_none() && *evidence > 0 => {}
            _ => self.wrong.push(format!("stuck: {what}, waits {:?}", action.waits)),
        }
    }
}

//! The action queue's journal: plans, actions, attempts, events, evidence, and the two switches.
//!
//! Why it exists: what a person approved survives everything, and nothing is sent that was not written down before.
//! Invariants, kept by the schema itself (`migrations/0002_queue.sql`):
//!
//! * an action changes its state only together with an event of the same revision, and only along the lawful ways;
//! * one action at a time holds a resource, one open action has a wish (`unique_key`), one attempt per action is
//!   unsettled;
//! * events, evidence, attempts and actions are never deleted, what was journalled of an attempt is never changed;
//! * an attempt that happened is never followed by another one of the same step.
//!
//! No rules live here: which move is right is decided by the console. All functions work inside a caller's
//! transaction.

mod board;
mod due;
mod rows;
mod sweep;
mod targets;
mod write;

pub use board::{
    ACTIONS, BoardCount, board_counts, board_window, calls_since, ended_on_target, enqueued_since, mentioning,
    open_about, open_on_targets, recent_results,
};
pub use due::{Due, Watch, due, is_next_in_line, lane_order, line_before, next_due, still_open, wait_no_longer_than};
use jiff::Timestamp;
pub use rows::{
    Legible, Stand, Story, action, actions_of_plan, attempt, attempt_by_request, attempts, control, events,
    events_of_target, evidence, last_attempt, last_stand, needed_by, needs, plan, plans_waiting, story,
};
pub use sweep::{let_go_of_waiting, lose_track_of_sent, put_back_unsent};
pub use targets::{TargetFacts, TargetKind, services_on, target_facts};
pub use write::{
    Enqueued, add_evidence, add_need, add_plan, answer_attempt, begin_attempt, enqueue, lease, mark_sent, move_needs,
    open_wish, prolong, renew, save, save_plan, set_control, set_lane, settle_attempt,
};

/// What an action is about, as the lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRecord {
    /// `instance`, `service`, …
    pub kind: String,
    /// Id at its provider.
    pub id: i64,
    /// Name when it was enqueued.
    pub name: String,
    /// WHMCS service.
    pub service_id: Option<i64>,
    /// WHMCS client.
    pub client_id: Option<i64>,
    /// The client's name when it was enqueued.
    pub client_name: Option<String>,
}

/// An action to be enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAction {
    /// Kind, e.g. `power.restart`.
    pub kind: String,
    /// Its typed input as JSON.
    pub input: String,
    /// On what.
    pub target: TargetRecord,
    /// What it locks, e.g. `contabo:instance:202718441`.
    pub resource_key: String,
    /// The wish: two open actions never share it.
    pub unique_key: String,
    /// `contabo` or `whmcs`.
    pub lane: String,
    /// Larger goes first.
    pub priority: i64,
    /// `ready` or `held`.
    pub state: String,
    /// Phase it begins in.
    pub step: String,
    /// Index of the step it begins at; not 0 when an earlier action did the steps before it.
    pub stage: i64,
    /// What those brought (JSON object by step name).
    pub carried: Option<String>,
    /// Not started before this; at once when there is none.
    pub not_before: Option<Timestamp>,
    /// Not started later than this.
    pub deadline: Option<Timestamp>,
    /// Plan and row.
    pub plan: Option<(i64, i64)>,
    /// Who approved it.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What its first event says (JSON).
    pub detail: Option<String>,
}

/// Who works on an action, and until when nobody else does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Worker.
    pub holder: String,
    /// End.
    pub until: Timestamp,
}

/// An action as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRecord {
    /// Number.
    pub id: i64,
    /// Kind, e.g. `power.restart`.
    pub kind: String,
    /// Its typed input as JSON.
    pub input: String,
    /// On what.
    pub target: TargetRecord,
    /// What it locks.
    pub resource_key: String,
    /// The wish.
    pub unique_key: String,
    /// How often this wish was enqueued, this one included.
    pub generation: i64,
    /// `contabo` or `whmcs`.
    pub lane: String,
    /// Larger goes first.
    pub priority: i64,
    /// Plan and row.
    pub plan: Option<(i64, i64)>,
    /// Who approved it.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// Counts moves.
    pub revision: i64,
    /// State.
    pub state: String,
    /// Phase of the step it stands at: `check`, `send` or `wait`.
    pub step: String,
    /// Index of that step.
    pub stage: i64,
    /// What the steps before it brought (JSON object by step name).
    pub carried: Option<String>,
    /// When it goes on by itself.
    pub next_at: Option<Timestamp>,
    /// When it is given up: before the start, or in waiting for the provider.
    pub deadline: Option<Timestamp>,
    /// Who works on it.
    pub lease: Option<Lease>,
    /// Fencing token of the last lease.
    pub lease_token: i64,
    /// Attempts so far.
    pub tries: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Looks at the provider in this step.
    pub looks: i64,
    /// How many of them found no trace.
    pub absences: i64,
    /// Since when it is not known whether it happened.
    pub unknown_since: Option<Timestamp>,
    /// Why it waits (JSON).
    pub waits: Option<String>,
    /// What came out (JSON).
    pub result: Option<String>,
    /// When it last moved.
    pub updated_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The first column that cannot be read, in a damaged row. What stands in its place means nothing.
    pub damage: Option<String>,
}

/// What a move leaves in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Name of the transition.
    pub name: String,
    /// The person who did it; `None` for the engine.
    pub by: Option<String>,
    /// Attempt it is about.
    pub attempt: Option<i64>,
    /// What it says (JSON).
    pub detail: Option<String>,
}

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Row.
    pub id: i64,
    /// Action.
    pub action_id: i64,
    /// Revision it made.
    pub revision: i64,
    /// When.
    pub at: Timestamp,
    /// Name of the transition.
    pub name: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
    /// The person who did it.
    pub by: Option<String>,
    /// Attempt it is about.
    pub attempt: Option<i64>,
    /// What it says (JSON).
    pub detail: Option<String>,
}

/// An attempt to be journalled, before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttempt {
    /// Action.
    pub action_id: i64,
    /// From 1.
    pub number: i64,
    /// Step.
    pub step: String,
    /// `x-request-id`.
    pub request_id: String,
    /// Method and path, or the WHMCS action.
    pub call: String,
    /// `once`, `billable`, …
    pub effect: String,
    /// SHA-256 of the body, 64 hex digits.
    pub body_sha256: String,
    /// Fencing token of the worker.
    pub lease_token: i64,
    /// When.
    pub at: Timestamp,
}

/// An attempt as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Action.
    pub action_id: i64,
    /// From 1.
    pub number: i64,
    /// Step.
    pub step: String,
    /// `x-request-id`.
    pub request_id: String,
    /// Method and path, or the WHMCS action.
    pub call: String,
    /// `once`, `billable`, …
    pub effect: String,
    /// SHA-256 of the body, 64 hex digits.
    pub body_sha256: String,
    /// Fencing token of the worker that made it.
    pub lease_token: i64,
    /// When it was written down.
    pub journalled_at: Timestamp,
    /// When bytes were about to leave.
    pub sent_at: Option<Timestamp>,
    /// When the answer was whole.
    pub answered_at: Option<Timestamp>,
    /// `open`, `applied`, `not_applied`, `unknown`.
    pub outcome: String,
    /// Status of the answer.
    pub status: Option<i64>,
    /// Cause of a failure.
    pub cause: Option<String>,
    /// What settled it (JSON).
    pub evidence: Option<String>,
}

/// Something the provider, or a person, said about an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRecord {
    /// Action.
    pub action_id: i64,
    /// Attempt.
    pub attempt: i64,
    /// When.
    pub at: Timestamp,
    /// `reply`, `audit`, `state`, `list`, `person`.
    pub source: String,
    /// `applied`, `not_applied`, `open`.
    pub speaks_for: String,
    /// What it says (JSON).
    pub says: String,
}

/// A plan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRecord {
    /// Number.
    pub id: i64,
    /// Kind of its actions.
    pub kind: String,
    /// `open`, `approved`, `dismissed`.
    pub state: String,
    /// The plan (JSON).
    pub body: String,
    /// What was asked for, and what was read for it (JSON).
    pub ask: Option<String>,
    /// Who asked for it.
    pub by: String,
    /// What was approved (JSON).
    pub approval: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was approved or dismissed.
    pub settled_at: Option<Timestamp>,
}

/// The switches of the whole queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControlRecord {
    /// Nothing new is started.
    pub paused: bool,
    /// Nothing is written to a provider.
    pub stopped: bool,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Who threw the switch.
    pub by: Option<String>,
    /// Lanes on which nothing new is started.
    pub lanes: Vec<PausedLaneRecord>,
}

/// A lane on which nothing new is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PausedLaneRecord {
    /// Its name.
    pub lane: String,
    /// Who paused it.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
}

impl ControlRecord {
    /// Whether nothing new is started on a lane.
    pub fn keeps(&self, lane: &str) -> bool {
        self.paused || self.lanes.iter().any(|paused| paused.lane == lane)
    }
}

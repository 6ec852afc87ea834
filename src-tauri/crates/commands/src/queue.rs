//! The action queue as people see it.

use rackdesk_console::{
    act::{ActionState, ActionVerb},
    plan::{Phrase, Target},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::servers::TimelineEntry;

/// An action. Columns: id, state, kind, target, next_try, tries, created, updated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActionRow {
    /// Number, shown as `A-17`.
    pub id: i64,
    /// State.
    pub state: ActionState,
    /// Kind, e.g. `power.restart`.
    pub kind: String,
    /// On what.
    pub target: Target,
    /// Why it waits.
    pub waits: Option<Phrase>,
    /// When it goes on by itself (RFC 3339, UTC).
    pub next_try: Option<String>,
    /// Attempts so far.
    pub tries: u32,
    /// Provider lane: `contabo` or `whmcs`.
    pub lane: String,
    /// Who approved it.
    pub by: String,
    /// Its plan.
    pub plan_id: Option<i64>,
    /// When it was enqueued.
    pub created_at: String,
    /// When it last moved.
    pub updated_at: String,
}

/// One state's count for the board's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StateCount {
    /// State.
    pub state: ActionState,
    /// Actions in it (ended ones: since midnight, local).
    pub count: u32,
    /// The line under the figure.
    pub aside: Option<Phrase>,
}

/// The board's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct QueueBoard {
    /// All states in the board's order.
    pub counts: Vec<StateCount>,
    /// New actions are not started.
    pub paused: bool,
    /// Everything was stopped: nothing is written to a provider.
    pub stopped: bool,
    /// Calls per second of the last minute: provider and rate in tenths.
    pub rates: Vec<ProviderRate>,
    /// Which process works the queue.
    pub worker: WorkerState,
}

/// How fast a provider is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProviderRate {
    /// `whmcs` or `contabo`.
    pub provider: String,
    /// Calls in the last minute.
    pub calls: u32,
}

/// Who works the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    /// This process.
    Here,
    /// Another process on this machine.
    Elsewhere,
    /// Nobody.
    Nobody,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AttemptRow {
    /// From 1.
    pub number: u32,
    /// Step, e.g. `send`.
    pub step: String,
    /// `x-request-id`, chosen before the send.
    pub request_id: String,
    /// Method and path, or WHMCS action.
    pub call: String,
    /// SHA-256 of the body, first 12 hex digits.
    pub body_hash: String,
    /// When it was written to the journal.
    pub journalled_at: String,
    /// When bytes were about to leave.
    pub sent_at: Option<String>,
    /// When the answer was whole.
    pub answered_at: Option<String>,
    /// `open`, `applied`, `not_applied`, `unknown`.
    pub outcome: String,
    /// Status, or the cause of the failure.
    pub result: Option<String>,
}

/// A thing the provider said about an unknown outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct EvidenceRow {
    /// When it was asked.
    pub at: String,
    /// `audit`, `state`, `list`.
    pub source: String,
    /// What it says.
    pub says: Phrase,
    /// `applied`, `not_applied`, `open`.
    pub speaks_for: String,
}

/// What a person may do with an action, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerbChoice {
    /// Verb.
    pub verb: ActionVerb,
    /// Whether it is offered.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Phrase>,
    /// Whether a reason must be typed.
    pub needs_reason: bool,
}

/// An action with its whole story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActionDetail {
    /// The row.
    pub row: ActionRow,
    /// What a person should know, when it waits for one.
    pub notice: Option<Phrase>,
    /// Every event, oldest first.
    pub events: Vec<TimelineEntry>,
    /// Attempts, oldest first.
    pub attempts: Vec<AttemptRow>,
    /// Evidence, oldest first.
    pub evidence: Vec<EvidenceRow>,
    /// What can be done.
    pub verbs: Vec<VerbChoice>,
}

/// A verb on actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerbRequest {
    /// Actions.
    pub ids: Vec<i64>,
    /// Verb.
    pub verb: ActionVerb,
    /// Why; required by some verbs.
    pub reason: Option<String>,
}

/// What became of a verb on one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct VerbResult {
    /// Action.
    pub id: i64,
    /// Why it could not be done.
    pub error: Option<crate::AppError>,
}

/// A switch for the whole queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum QueueSwitch {
    /// Start nothing new.
    Pause,
    /// Go on.
    Resume,
    /// Stop every write within a second; what is in flight becomes unknown and is settled later.
    StopEverything,
}

/// Throws the switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SwitchRequest {
    /// Which way.
    pub switch: QueueSwitch,
}

/// See the list of commands.
pub async fn queue_board(core: &crate::Core, input: ()) -> Result<crate::queue::QueueBoard, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn queue_window(core: &crate::Core, input: crate::list::ListQuery) -> Result<crate::list::Window<crate::queue::ActionRow>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn action_detail(core: &crate::Core, input: crate::clients::RecordRef) -> Result<crate::queue::ActionDetail, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn action_verb(core: &crate::Core, input: crate::queue::VerbRequest) -> Result<Vec<crate::queue::VerbResult>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn queue_switch(core: &crate::Core, input: crate::queue::SwitchRequest) -> Result<(), crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

use serde::{Deserialize, Serialize};
use specta::Type;

/// Where an action stands. Moves only through the transitions of the engine, each with its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// Kept back by a person, a policy or an approval.
    Held,
    /// May be started when its lane is free.
    Ready,
    /// A worker has it, or it waits for the provider's asynchronous work.
    Running,
    /// Certainly not done; tried again at `next_try`.
    Retryable,
    /// May have been done; nothing is sent until evidence settles it.
    Unknown,
    /// Done and proven.
    Succeeded,
    /// Certainly not done and not tried again.
    Failed,
    /// Taken back before anything was sent.
    Cancelled,
}

impl ActionState {
    /// All states in the board's order.
    pub const ALL: [Self; 8] = [
        Self::Held,
        Self::Ready,
        Self::Running,
        Self::Retryable,
        Self::Unknown,
        Self::Failed,
        Self::Succeeded,
        Self::Cancelled,
    ];

    /// Its name in the store and over IPC.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Retryable => "retryable",
            Self::Unknown => "unknown",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the action has ended for good.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// What a person may do with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ActionVerb {
    /// Keep a ready or retryable action back.
    Hold,
    /// Let a held action go on.
    Release,
    /// Do not wait for the next try. On a failed action: a fresh one with the same input, from the step that failed.
    RetryNow,
    /// Repeat a failed action as a fresh one from a named step on.
    RetryFrom,
    /// Leave out the step it stands at; needs a reason. At the last step: what was done is enough.
    Skip,
    /// Take back what has not been sent.
    Cancel,
    /// Ask the provider for evidence again, now.
    LookAgain,
    /// Settle an unknown action as done; needs a reason.
    MarkDone,
    /// Settle an unknown action as not done; needs a reason; offered only when no evidence speaks against it.
    MarkNotDone,
}

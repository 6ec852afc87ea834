use serde::{Deserialize, Serialize};

/// What a call does at the provider. Together with [`crate::Sent`] it decides what may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Changes nothing; the only effect that is retried blindly.
    Read,
    /// Writes, but a second time leaves the same state (a rename, a stop of a stopped server).
    Idempotent,
    /// Writes, and a second time would act a second time (a restart, a mail).
    Once,
    /// Costs money.
    Billable,
    /// Destroys data that cannot be brought back.
    Destructive,
}

impl Effect {
    /// Whether the provider's state may differ after the call.
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Read)
    }
}

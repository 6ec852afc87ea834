//! What the core tells its listeners. Ids and tags, never payloads.

use rackdesk_console::mirror;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::tags::Tag;

/// Something changed: views showing these tags should read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TagsChanged {
    /// What changed.
    pub tags: Vec<Tag>,
}

/// How a long job goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Job, e.g. `sync:invoices`.
    pub job: String,
    /// Rows or steps done.
    pub done: u32,
    /// Of how many, when known.
    pub total: Option<u32>,
    /// Estimated seconds left, when known.
    pub seconds_left: Option<u32>,
    /// Where it stands.
    pub state: ProgressState,
}

/// Where a long job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProgressState {
    /// Going on.
    Running,
    /// Ended well.
    Done,
    /// Stopped by a person.
    Stopped,
    /// Failed; the freshness view says why.
    Failed,
}

/// An event of the core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Views should read again.
    TagsChanged(TagsChanged),
    /// A job moved.
    Progress(Progress),
}

impl From<mirror::Progress> for Progress {
    fn from(p: mirror::Progress) -> Self {
        Self {
            job: format!("sync:{}", p.kind.name()),
            done: p.done,
            total: p.total,
            seconds_left: p.left.map(|left| u32::try_from(left.as_secs()).unwrap_or(u32::MAX)),
            state: match p.state {
                mirror::ProgressState::Running => ProgressState::Running,
                mirror::ProgressState::Done => ProgressState::Done,
                mirror::ProgressState::Stopped => ProgressState::Stopped,
                mirror::ProgressState::Failed => ProgressState::Failed,
            },
        }
    }
}

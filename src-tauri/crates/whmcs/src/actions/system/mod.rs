//! The installation itself: logs, statistics, settings, staff, mails, announcements, to-do entries.

mod facts;
mod logs;
mod mails;
mod staff;
mod stats;

pub use facts::*;
pub use logs::*;
pub use mails::*;
pub use staff::*;
pub use stats::*;

/// Every action of this area.
pub(crate) fn all() -> Vec<crate::registry::ActionInfo> {
    [facts::all(), logs::all(), mails::all(), staff::all(), stats::all()].into_iter().flatten().collect()
}

//! Places where a test may stop the process for good, to be killed there. Compiled into debug builds only.
//!
//! `RACKDESK_FAIL_POINT=name` picks the place, `RACKDESK_FAIL_MARK=path` the file that is written when it is reached;
//! from then on the task that reached it never goes on.

/// The places, in the order in which an action passes them.
pub const PLACES: [&str; 4] = ["before_journal", "after_journal", "after_sent", "before_commit"];

/// Stops here for good when a test asked for it.
#[cfg(debug_assertions)]
pub(crate) async fn reach(place: &str) {
    debug_assert!(PLACES.contains(&place), "{place} is not in the list");
    if std::env::var("RACKDESK_FAIL_POINT").is_ok_and(|wanted| wanted == place) {
        if let Ok(mark) = std::env::var("RACKDESK_FAIL_MARK") {
            std::fs::write(mark, place).ok();
        }
        std::future::pending::<()>().await;
    }
}

/// Nothing, in release builds.
#[cfg(not(debug_assertions))]
pub(crate) async fn reach(_: &str) {}

//! Places where a test may stop the process for good, to be killed there. Compiled into debug builds only.
//!
//! `RACKDESK_FAIL_POINT=name` picks the place, `RACKDESK_FAIL_AFTER=n` lets it be passed n times before, and
//! `RACKDESK_FAIL_MARK=path` is the file that is written when it is reached; from then on the task that reached it never
//! goes on. That bytes have left is seen at the provider's end: a test lets the answer wait there.

/// The places, in the order in which an action passes them. The last one lies inside the transaction that takes down
/// what became of the call: everything is written and nothing committed.
pub const PLACES: [&str; 5] = ["before_journal", "after_journal", "after_sent", "after_answer", "before_commit"];

/// Whether a test asked to be stopped here; the mark is written then.
#[cfg(debug_assertions)]
fn stops(place: &str) -> bool {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    debug_assert!(PLACES.contains(&place), "{place} is not in the list");
    if !std::env::var("RACKDESK_FAIL_POINT").is_ok_and(|wanted| wanted == place) {
        return false;
    }
    let after: u32 = std::env::var("RACKDESK_FAIL_AFTER").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    if PASSED.fetch_add(1, Ordering::Relaxed) < after {
        return false;
    }
    if let Ok(mark) = std::env::var("RACKDESK_FAIL_MARK") {
        std::fs::write(mark, place).ok();
    }
    true
}

/// Stops here for good when a test asked for it.
#[cfg(debug_assertions)]
pub(crate) async fn reach(place: &str) {
    if stops(place) {
        std::future::pending::<()>().await;
    }
}

/// The same where nothing can be awaited: the thread stops, with whatever it holds.
#[cfg(debug_assertions)]
pub(crate) fn hold(place: &str) {
    if stops(place) {
        loop {
            std::thread::park();
        }
    }
}

/// Nothing, in release builds.
#[cfg(not(debug_assertions))]
pub(crate) async fn reach(_: &str) {}

/// Nothing, in release builds.
#[cfg(not(debug_assertions))]
pub(crate) fn hold(_: &str) {}

//! How old everything is.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rackdesk_store::mirror::{Kind, SyncState};

use crate::fault::{ErrorCode, Fault};

/// How old one provider's data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderFreshness {
    /// `whmcs` or `contabo`.
    pub provider: &'static str,
    /// When everything was last known to be whole.
    pub as_of: Option<Timestamp>,
    /// When it last answered at all.
    pub last_answer: Option<Timestamp>,
    /// It is being read now.
    pub syncing: bool,
    /// It cannot be reached.
    pub offline: bool,
    /// Why the last sweep failed.
    pub error: Option<Fault>,
    /// When it is tried next.
    pub next_try: Option<Timestamp>,
    /// Each kind's own age.
    pub kinds: Vec<KindFreshness>,
}

/// How old one kind of row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindFreshness {
    /// Which.
    pub kind: Kind,
    /// When it was last whole.
    pub as_of: Option<Timestamp>,
    /// Rows kept.
    pub rows: u32,
}

/// Marks a kind as being read, for as long as it lives.
pub(super) struct Running<'a> {
    list: &'a Mutex<Vec<Kind>>,
    kind: Kind,
}

impl<'a> Running<'a> {
    pub(super) fn mark(list: &'a Mutex<Vec<Kind>>, kind: Kind) -> Self {
        list.lock().unwrap_or_else(PoisonError::into_inner).push(kind);
        Self { list, kind }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).retain(|k| *k != self.kind);
    }
}

/// Failures that mean that nobody is there, not that somebody said no.
fn nobody_there(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Dns | ErrorCode::Connect | ErrorCode::Timeout | ErrorCode::Cut | ErrorCode::Tls)
}

/// Sums up the states of the kinds. `has` says which of WHMCS and Contabo the profile has.
pub(super) fn freshness(states: &[SyncState], running: &[Kind], has: [bool; 2]) -> Vec<ProviderFreshness> {
    ["whmcs", "contabo"]
        .into_iter()
        .zip(has)
        .filter(|(_, has)| *has)
        .map(|(provider, _)| of_provider(provider, states, running))
        .collect()
}

fn of_provider(provider: &'static str, states: &[SyncState], running: &[Kind]) -> ProviderFreshness {
    let own: Vec<&SyncState> = states.iter().filter(|s| s.kind.provider() == provider).collect();
    // As old as its oldest part; unknown as long as one part was never whole.
    let as_of = own.iter().map(|s| s.last_whole).collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().min());
    let failed = own.iter().filter(|s| s.error.is_some()).max_by_key(|s| s.next_try);
    let error: Option<Fault> = failed.and_then(|s| s.error.clone()).and_then(|json| serde_json::from_value(json).ok());
    ProviderFreshness {
        provider,
        as_of,
        last_answer: own.iter().filter_map(|s| s.last_answer).max(),
        syncing: running.iter().any(|k| k.provider() == provider),
        offline: error.as_ref().is_some_and(|e| nobody_there(e.code)),
        next_try: failed.and_then(|s| s.next_try),
        error,
        kinds: own.iter().map(|s| KindFreshness { kind: s.kind, as_of: s.last_whole, rows: s.rows }).collect(),
    }
}

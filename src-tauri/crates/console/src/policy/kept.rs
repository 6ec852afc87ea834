//! The policy in force, and its history.

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    policy::{self, PolicyChange},
    rusqlite::Connection,
};
use sha2::{Digest, Sha256};

use super::Policy;
use crate::{act::transition::to_json, plan::facts::hex};

/// A policy with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// What it says.
    pub policy: Policy,
    /// Number of the change that brought it; 0 for the one the profile began with.
    pub revision: i64,
    /// Who changed it last, and when.
    pub changed: Option<(String, Timestamp)>,
}

impl InForce {
    /// A hash by which an approval names the policy it was given under.
    pub fn mark(policy: &Policy) -> String {
        hex(&Sha256::digest(to_json(policy).as_bytes()))[..16].to_owned()
    }
}

/// What is in force. `began` is the profile's own, for a database in which it was never changed.
///
/// # Errors
/// When it cannot be read: a policy that cannot be read allows nothing.
pub fn in_force(c: &Connection, began: &Policy) -> Result<InForce, StoreError> {
    Ok(match policy::newest(c)? {
        Some(change) => {
            InForce { policy: read(&change.policy)?, revision: change.id, changed: Some((change.by, change.at)) }
        }
        None => InForce { policy: began.clone(), revision: 0, changed: None },
    })
}

/// As [`in_force`], for who only asks what is allowed.
///
/// # Errors
/// As [`in_force`].
pub fn current(c: &Connection, began: &Policy) -> Result<Policy, StoreError> {
    in_force(c, began).map(|found| found.policy)
}

/// Puts a policy in force, for everything that is planned, approved or sent from now on.
///
/// # Errors
/// When it cannot be written.
pub fn put(
    c: &Connection,
    before: &Policy,
    after: &Policy,
    by: &str,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let change = PolicyChange {
        id: 0,
        at: now,
        by: by.to_owned(),
        reason: reason.map(str::to_owned),
        before: to_json(before),
        policy: to_json(after),
    };
    policy::add(c, &change)
}

/// Reads a kept policy.
///
/// # Errors
/// When it is not one.
pub fn read(text: &str) -> Result<Policy, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::row(format!("policy_change.policy: {e}")))
}

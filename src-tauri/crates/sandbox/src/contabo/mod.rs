//! The server provider's side of the sandbox.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rand_chacha::ChaCha12Rng;
use serde::Serialize;
use serde_json::Value;

use crate::journal::Journal;
use crate::seed;
use crate::world::World;

/// Everything this provider remembers. Cloned for stale answers.
#[derive(Debug, Clone, Default)]
pub struct State {
    credentials: ContaboCredentials,
}

/// What a client needs to get a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContaboCredentials {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// API user (a mail address).
    pub user: String,
    /// API password.
    pub password: String,
}

/// Lays the estate's servers, networks and storages out as this provider's resources.
pub fn seed(_rng: &mut ChaCha12Rng, plan: &seed::Estate, _now: Timestamp) -> State {
    State { credentials: plan.contabo_credentials.clone() }
}

/// The API under `/v1` and the token endpoint.
pub fn router(_world: Arc<Mutex<World>>) -> axum::Router {
    axum::Router::new()
}

/// Lets time pass: whatever was due by `now` happens and is journalled.
pub fn advance(_state: &mut State, _now: Timestamp, _journal: &mut Journal) {}

/// The credentials the seed gave.
pub fn credentials(state: &State) -> ContaboCredentials {
    state.credentials.clone()
}

/// Called before a stale answer is computed from an old snapshot: whatever must not be stale (issued tokens) is copied
/// from the live state.
pub fn carry_sessions(_live: &State, _snapshot: &mut State) {}

/// What the control port shows under `/state/contabo/{kind}/{id}`; `kind` as in the journal. An empty `id` asks for
/// the ids of that kind, an empty `kind` for the counts of all kinds.
pub fn inspect(_state: &State, _kind: &str, _id: &str) -> Option<Value> {
    None
}

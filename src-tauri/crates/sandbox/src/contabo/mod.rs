//! The server provider's side of the sandbox: the 145 operations of its document, with what happens by itself
//! afterwards.
//!
//! One file per area of the document. Each area has its records, how they are shown, and one small function per
//! operation, listed with its path in the area's `OPERATIONS`; [`operation_ids`] reads those tables. A new operation is
//! a function and a line there.
//!
//! - A call goes token → rights → request id → operation ([`operation`]); refusals take the provider's two shapes
//!   ([`answer`]).
//! - Every change is written once, by [`call::Call::record`]: into one of the 17 audit lists, where it shows after a lag,
//!   and into the sandbox's journal.
//! - Whatever takes time is an appointment ([`agenda`]); pushing the clock makes it happen in order.
//!
//! Where the document is silent the sandbox takes the least surprising course and says so beside the code.

mod account;
mod actions;
mod addresses;
mod agenda;
mod answer;
mod assignments;
mod audits;
mod call;
mod data_centers;
mod domains;
mod fields;
mod firewall_rules;
mod firewalls;
mod handles;
mod images;
mod inspect;
mod instance_life;
mod instance_orders;
mod instances;
mod lay_out;
mod lay_out_people;
mod listing;
mod object_storages;
mod operation;
mod private_networks;
mod ptrs;
mod query;
mod rights;
mod roles;
mod s3_credentials;
mod secrets;
mod snapshots;
mod tags;
mod text;
mod token;
mod troubleshooting;
mod users;
mod vips;
mod zones;

pub use account::{DaySpelling, NoDate, Settings};
pub use inspect::inspect;
pub use lay_out::seed;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::routing::post;
use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use rand_chacha::ChaCha12Rng;
use serde::Serialize;

use account::Account;
use answer::Refusal;
use instances::Instance;

use crate::journal::Journal;
use crate::world::World;
use text::uuid_of;

/// Everything this provider remembers. Cloned for stale answers.
#[derive(Debug, Clone)]
pub struct State {
    credentials: ContaboCredentials,
    account: Account,
    client_uuid: String,
    /// What tokens are signed with.
    token_key: [u8; 32],
    chance: ChaCha12Rng,
    /// The last number given of each kind.
    serials: BTreeMap<&'static str, i64>,
    agenda: agenda::Agenda,
    audits: audits::Audits,
    instances: BTreeMap<i64, Instance>,
    images: IndexMap<String, images::Image>,
    snapshots: IndexMap<String, snapshots::Snapshot>,
    networks: BTreeMap<i64, private_networks::Network>,
    firewalls: IndexMap<String, firewalls::Firewall>,
    vips: IndexMap<Ipv4Addr, vips::Vip>,
    storages: IndexMap<String, object_storages::ObjectStorage>,
    /// By storage and user.
    s3_credentials: BTreeMap<(String, String), s3_credentials::S3Credential>,
    secrets: BTreeMap<i64, secrets::Secret>,
    tags: BTreeMap<i64, tags::Tag>,
    assignments: assignments::Assignments,
    users: IndexMap<String, users::User>,
    roles: BTreeMap<i64, roles::Role>,
    ptrs: IndexMap<IpAddr, ptrs::Ptr>,
    zones: IndexMap<String, zones::Zone>,
    records: BTreeMap<i64, zones::Record>,
    domains: IndexMap<String, domains::Domain>,
    handles: IndexMap<String, handles::Handle>,
    bench: troubleshooting::Bench,
}

impl State {
    /// The next number of a kind.
    fn serial(&mut self, kind: &'static str) -> i64 {
        let last = self.serials.entry(kind).or_insert(10_000);
        *last += 1;
        *last
    }

    /// A random UUID.
    fn uuid(&mut self) -> String {
        uuid_of(&mut self.chance)
    }

    /// Random lower case hexadecimal digits.
    fn hex(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b"0123456789abcdef"[self.chance.random_range(0..16)])).collect()
    }

    fn instance(&self, id: i64) -> Result<&Instance, Refusal> {
        self.instances.get(&id).ok_or_else(|| Refusal::missing("Instance", id))
    }

    fn instance_mut(&mut self, id: i64) -> Result<&mut Instance, Refusal> {
        self.instances.get_mut(&id).ok_or_else(|| Refusal::missing("Instance", id))
    }
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

/// The API under `/v1` and the token endpoint.
pub fn router(world: Arc<Mutex<World>>) -> axum::Router {
    let tokens = world.clone();
    let token = move |request: Request| token::endpoint(tokens.clone(), request);
    operation::router(world).route(token::PATH, post(token))
}

/// Lets time pass: whatever was due by `now` happens and is journalled.
pub fn advance(state: &mut State, now: Timestamp, journal: &mut Journal) {
    agenda::advance(state, now, journal);
}

/// The credentials in force; the client secret moves when it is rotated over the API.
pub fn credentials(state: &State) -> ContaboCredentials {
    state.credentials.clone()
}

/// Called before a stale answer is computed from an old snapshot: whatever must not be stale (users, roles and the
/// client secret, on which tokens hang) is copied from the live state.
pub fn carry_sessions(live: &State, snapshot: &mut State) {
    snapshot.credentials.clone_from(&live.credentials);
    snapshot.users.clone_from(&live.users);
    snapshot.roles.clone_from(&live.roles);
}

/// How long audit rows stay unseen, in seconds; `None` draws up to two seconds for each.
///
/// Holds for changes from now on; rows that are there keep the lag they were made with.
pub fn set_audit_lag(state: &mut State, seconds: Option<u32>) {
    state.audits.lag = seconds.map(|seconds| SignedDuration::from_secs(seconds.into()));
}

/// How this provider behaves where the document leaves it open.
pub fn settings(state: &State) -> Settings {
    Settings {
        audit_lag_seconds: state.audits.lag.and_then(|lag| u32::try_from(lag.as_secs()).ok()),
        ..state.account.dates
    }
}

/// Changes how this provider behaves.
pub fn configure(state: &mut State, settings: Settings) {
    set_audit_lag(state, settings.audit_lag_seconds);
    state.account.dates = settings;
}

/// The documented ids of every operation that is implemented, read off the table that calls are routed by.
pub fn operation_ids() -> Vec<&'static str> {
    operation::all().map(|operation| operation.id).collect()
}

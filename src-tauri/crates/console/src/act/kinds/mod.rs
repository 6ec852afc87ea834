//! The kinds of action, one file each. A new one is a copy of its neighbour plus its line in [`all`].
//!
//! A kind says what it calls, what must hold before, how it sees that the provider's work is done, and how a lost
//! outcome shows. When and how often any of this is done is the engine's business.

mod contabo;
pub mod power;

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use rackdesk_store::queue::{ActionRecord, AttemptRecord};
use rackdesk_wire::{Call, Effect, Sent};

use super::{
    engine::Deps,
    policy::EnginePolicy,
    reconcile::{AuditLook, Evidence},
};
use crate::plan::Phrase;

/// Which provider an action speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Contabo.
    Contabo,
    /// WHMCS.
    Whmcs,
}

impl Lane {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Contabo, Self::Whmcs];

    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contabo => "contabo",
            Self::Whmcs => "whmcs",
        }
    }
}

/// What a step of a kind works with.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Providers and mirror.
    pub deps: &'a Deps,
    /// The action.
    pub action: &'a ActionRecord,
    /// Its newest attempt.
    pub attempt: Option<&'a AttemptRecord>,
    /// How patient we are.
    pub policy: &'a EnginePolicy,
    /// Now.
    pub now: Timestamp,
}

/// The call a kind makes, as it is journalled before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallText {
    /// Method and path, or the WHMCS action.
    pub text: String,
    /// The body's bytes.
    pub body: Vec<u8>,
}

/// What the last look before the send showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// It may be sent.
    Go,
    /// It is so already: nothing has to be sent.
    Already(Phrase),
    /// It must not be sent.
    Refused(Phrase),
}

/// What a look at the provider's asynchronous work showed.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched {
    /// Not there yet.
    NotYet {
        /// What is missing.
        waits: Phrase,
        /// What was learnt on the way, kept for the next look.
        notes: serde_json::Value,
    },
    /// It is done.
    Done {
        /// What came out.
        result: serde_json::Value,
        /// What proves it.
        evidence: Evidence,
        /// One line for the history.
        says: Phrase,
    },
    /// It will not come about.
    Broken(Phrase),
}

/// What a look at a lost attempt showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What the audit list says.
    pub audit: AuditLook,
    /// What else a person should see. Decides nothing.
    pub aside: Vec<Evidence>,
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Whether the provider may have acted.
    pub sent: Sent,
    /// What happened, for a person.
    pub says: Phrase,
    /// Status of the answer.
    pub status: Option<u16>,
    /// Technical words, redacted.
    pub cause: String,
    /// How long the provider asked us to wait.
    pub retry_after: Option<Duration>,
    /// The same call would fail the same way.
    pub lasting: bool,
}

/// A kind of action.
pub trait Kind: Send + Sync {
    /// Name, e.g. `power.restart`.
    fn id(&self) -> &'static str;

    /// Whose slot it takes.
    fn lane(&self) -> Lane;

    /// What its call does.
    fn effect(&self) -> Effect;

    /// How long the provider's work may take once it was accepted.
    fn limit(&self) -> Duration;

    /// The call as it will be made.
    ///
    /// # Errors
    /// When the input makes no call.
    fn call(&self, action: &ActionRecord) -> Result<CallText, Phrase>;

    /// The last look before the send. Only reads.
    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>>;

    /// Makes the call once.
    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Evidence, Trouble>>;

    /// Looks whether the provider's work is done. Only reads.
    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>>;

    /// Looks whether a lost attempt happened. Only reads; what cannot be read is part of the answer.
    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness>;
}

/// The kinds there are.
pub fn all() -> Vec<&'static dyn Kind> {
    power::POWER.iter().map(|power| power as &dyn Kind).collect()
}

/// The kind of that name.
pub fn named(id: &str) -> Option<&'static dyn Kind> {
    all().into_iter().find(|kind| kind.id() == id)
}

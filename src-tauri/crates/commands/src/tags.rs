//! Cache tags: reads say what they show, writes and events say what they change, so that the UI never guesses.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A kind of thing that views show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    /// Profiles and which one is open.
    Profiles,
    /// Preferences.
    Preferences,
    /// Clients.
    Clients,
    /// Services.
    Services,
    /// Contabo instances.
    Servers,
    /// Invoices.
    Invoices,
    /// Tickets.
    Tickets,
    /// Images, data centers, tags.
    Catalogue,
    /// Plans.
    Plans,
    /// The action queue.
    Queue,
    /// The request log.
    Log,
    /// How fresh the mirror is, and whether a provider can be reached.
    Freshness,
    /// What the credentials may do.
    Rights,
    /// Receipts of what was done.
    Receipts,
    /// What runs by itself.
    Schedule,
    /// What others did at a provider.
    Strangers,
    /// What the profile allows.
    Policy,
    /// What object storages hold.
    Usage,
    /// Prices that moved.
    Prices,
}

impl Tag {
    /// Every tag, for when everything may have changed.
    pub const ALL: &'static [Self] = &[
        Self::Profiles,
        Self::Preferences,
        Self::Clients,
        Self::Services,
        Self::Servers,
        Self::Invoices,
        Self::Tickets,
        Self::Catalogue,
        Self::Plans,
        Self::Queue,
        Self::Log,
        Self::Freshness,
        Self::Rights,
        Self::Receipts,
        Self::Schedule,
        Self::Strangers,
        Self::Policy,
        Self::Usage,
        Self::Prices,
    ];
}

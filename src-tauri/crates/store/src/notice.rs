//! What changed, in groups of tables, for this process's views.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tables that views care about together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableGroup {
    /// Clients of WHMCS.
    Clients,
    /// Their services.
    Services,
    /// Contabo instances.
    Servers,
    /// Invoices.
    Invoices,
    /// Tickets.
    Tickets,
    /// Images, data centers, tags.
    Catalogue,
    /// How fresh the mirror is.
    Freshness,
    /// Plans.
    Plans,
    /// Actions, attempts, events.
    Queue,
    /// Exchanges.
    Log,
    /// Receipts.
    Receipts,
    /// What runs by itself.
    Schedule,
    /// What others did.
    Strangers,
    /// What the profile allows.
    Policy,
    /// What object storages hold.
    Usage,
    /// Prices that moved.
    Prices,
}

impl TableGroup {
    /// All groups.
    pub const ALL: [Self; 16] = [
        Self::Clients,
        Self::Services,
        Self::Servers,
        Self::Invoices,
        Self::Tickets,
        Self::Catalogue,
        Self::Freshness,
        Self::Plans,
        Self::Queue,
        Self::Log,
        Self::Receipts,
        Self::Schedule,
        Self::Strangers,
        Self::Policy,
        Self::Usage,
        Self::Prices,
    ];

    /// The group's name, as the cache tags have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Services => "services",
            Self::Servers => "servers",
            Self::Invoices => "invoices",
            Self::Tickets => "tickets",
            Self::Catalogue => "catalogue",
            Self::Freshness => "freshness",
            Self::Plans => "plans",
            Self::Queue => "queue",
            Self::Log => "log",
            Self::Receipts => "receipts",
            Self::Schedule => "schedule",
            Self::Strangers => "strangers",
            Self::Policy => "policy",
            Self::Usage => "usage",
            Self::Prices => "prices",
        }
    }

    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// By the table's first word: `client`, `client_field`, `client_text_data` (a full-text shadow) …
    fn of(table: &str) -> Option<Self> {
        let word = table.split('_').next().unwrap_or(table);
        Some(match word {
            "client" => Self::Clients,
            "service" => Self::Services,
            "instance" => Self::Servers,
            "invoice" => Self::Invoices,
            "ticket" => Self::Tickets,
            "image" | "datacenter" | "tag" | "product" => Self::Catalogue,
            "sync" => Self::Freshness,
            "plan" => Self::Plans,
            "action" | "attempt" | "queue" | "evidence" => Self::Queue,
            "exchange" => Self::Log,
            "receipt" => Self::Receipts,
            "schedule" => Self::Schedule,
            "stranger" => Self::Strangers,
            "policy" => Self::Policy,
            "usage" => Self::Usage,
            "price" => Self::Prices,
            _ => return None,
        })
    }
}

/// A set of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Groups(pub(crate) u32);

impl Groups {
    /// Whether the group is in the set.
    pub const fn contains(self, group: TableGroup) -> bool {
        self.0 & group.bit() != 0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The groups.
    pub fn iter(self) -> impl Iterator<Item = TableGroup> {
        TableGroup::ALL.into_iter().filter(move |g| self.contains(*g))
    }
}

impl FromIterator<TableGroup> for Groups {
    fn from_iter<I: IntoIterator<Item = TableGroup>>(groups: I) -> Self {
        Self(groups.into_iter().fold(0, |bits, group| bits | group.bit()))
    }
}

/// A commit happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// What it touched.
    pub groups: Groups,
    /// Another process did it.
    pub elsewhere: bool,
}

/// Collects what the open transaction touches; written by SQLite's update hook.
#[derive(Debug, Default)]
pub(crate) struct Touched(AtomicU32);

impl Touched {
    pub(crate) fn table(&self, name: &str) {
        if let Some(group) = TableGroup::of(name) {
            self.0.fetch_or(group.bit(), Ordering::Relaxed);
        }
    }

    pub(crate) fn take(&self) -> Groups {
        Groups(self.0.swap(0, Ordering::Relaxed))
    }

    pub(crate) fn peek(&self) -> Groups {
        Groups(self.0.load(Ordering::Relaxed))
    }
}

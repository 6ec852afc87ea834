//! Tickets and what helps answering them.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::{named, rows};

/// A support department.
#[derive(Debug, Clone)]
pub struct Department {
    /// Department id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its mail address.
    pub email: String,
    /// Hidden from clients.
    pub hidden: bool,
}

named! {
    /// State of a ticket.
    TicketStatus {
        Open = "Open",
        Answered = "Answered",
        CustomerReply = "Customer-Reply",
        Closed = "Closed",
        OnHold = "On Hold",
        InProgress = "In Progress",
    }
}

impl TicketStatus {
    /// As shown in lists.
    pub fn colour(self) -> &'static str {
        match self {
            Self::Open => "#779500",
            Self::Answered => "#000000",
            Self::CustomerReply => "#ff6600",
            Self::Closed => "#888888",
            Self::OnHold => "#224488",
            Self::InProgress => "#cc0000",
        }
    }

    /// Counts as active.
    pub fn active(self) -> bool {
        self != Self::Closed
    }

    /// Waits for staff.
    pub fn awaiting(self) -> bool {
        matches!(self, Self::Open | Self::CustomerReply)
    }
}

named! {
    /// How urgent the sender says it is.
    Priority { Low = "Low", Medium = "Medium", High = "High" }
}

/// An attached file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Name on disk: six digits, an underscore, the file's name.
    pub stored: String,
    /// What it holds; shared because tickets are cloned for snapshots.
    pub data: Arc<[u8]>,
}

impl Attachment {
    /// The file's own name.
    pub fn filename(&self) -> &str {
        self.stored.split_once('_').map_or(self.stored.as_str(), |(_, name)| name)
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// The owner or another user of the ticket's client.
    Client {
        /// User id; 0 when it is not known.
        user: u64,
    },
    /// A contact of the ticket's client.
    Contact(u64),
    /// Somebody without an account.
    Guest {
        /// As given.
        name: String,
        /// As given.
        email: String,
    },
    /// Staff, by name.
    Admin(String),
}

/// A reply.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Reply id, counted over all tickets.
    pub id: u64,
    /// Who.
    pub author: Author,
    /// When.
    pub date: DateTime,
    /// What; hostile.
    pub message: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Rating by the client, 0 for none.
    pub rating: u8,
}

/// A note among staff.
#[derive(Debug, Clone)]
pub struct TicketNote {
    /// Note id, counted over all tickets.
    pub id: u64,
    /// Staff name.
    pub admin: String,
    /// When.
    pub date: DateTime,
    /// What.
    pub message: String,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// A ticket.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Ticket {
    pub id: u64,
    /// Six digits the client knows it by.
    pub number: String,
    /// Access code for people without a login: a secret.
    pub code: String,
    pub department: u64,
    /// Client id; 0 for a guest's ticket.
    pub client: u64,
    pub author: Author,
    pub cc: String,
    pub date: DateTime,
    pub subject: String,
    pub message: String,
    pub attachments: Vec<Attachment>,
    /// Files older than the retention time are deleted, their names stay.
    pub attachments_removed: bool,
    pub status: TicketStatus,
    pub priority: Priority,
    pub last_reply: DateTime,
    /// Admin it is flagged to; 0 for none.
    pub flag: u64,
    /// `S12` for a service, `D7` for a domain, or empty.
    pub service: String,
    pub replies: Vec<Reply>,
    pub notes: Vec<TicketNote>,
    /// Values by custom field id.
    pub custom_fields: Vec<(u64, String)>,
    pub prevent_closure: bool,
}

/// An announcement.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Announcement id.
    pub id: u64,
    /// Date shown.
    pub date: DateTime,
    /// Title.
    pub title: String,
    /// HTML.
    pub text: String,
    /// Visible.
    pub published: bool,
    /// When it was made.
    pub created: DateTime,
    /// When it was last changed.
    pub updated: DateTime,
}

/// A category of prepared replies.
#[derive(Debug, Clone)]
pub struct PredefinedCategory {
    /// Category id.
    pub id: u64,
    /// Category above; 0 for none.
    pub parent: u64,
    /// Its name.
    pub name: String,
}

/// A prepared reply.
#[derive(Debug, Clone)]
pub struct PredefinedReply {
    /// Reply id.
    pub id: u64,
    /// Category id.
    pub category: u64,
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

rows!(Department, Ticket, Announcement, PredefinedCategory, PredefinedReply);

use rusqlite::types::Value;
use serde_json::Value as Json;

use super::{Kind, Mirrored};
use crate::text::{fold, words};

/// A ticket as GetTickets tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TicketRecord {
    /// Internal id.
    pub id: i64,
    /// Number that clients see.
    pub tid: String,
    /// Subject: foreign text.
    pub subject: String,
    /// Client id, none for guests.
    pub client_id: Option<i64>,
    /// Client's or guest's name.
    pub client_name: String,
    /// Mail address of who opened it.
    pub email: String,
    /// Department's name, its number where the name is not known.
    pub department: String,
    /// `Open`, `Answered`, `Customer-Reply`, … as WHMCS says.
    pub status: String,
    /// `Low`, `Medium`, `High`.
    pub priority: String,
    /// Last reply, `yyyy-mm-dd hh:mm:ss` in the installation's own time; empty when not told.
    pub last_reply: String,
    /// When it was opened, like `last_reply`.
    pub opened: String,
    /// Waits for an answer of the staff.
    pub waiting: bool,
    /// Related service as WHMCS names it (`S123`, `D45`), may be empty.
    pub service: String,
    /// The row as it came.
    pub extra: Json,
}

impl Mirrored for TicketRecord {
    const KIND: Kind = Kind::Tickets;
    const COLUMNS: &'static [&'static str] = &[
        "tid",
        "subject",
        "client_id",
        "client_name",
        "client_key",
        "email",
        "department",
        "status",
        "priority",
        "last_reply",
        "opened",
        "waiting",
        "service",
        "words",
    ];

    fn key(&self) -> Value {
        self.id.into()
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.tid.clone().into(),
            self.subject.clone().into(),
            self.client_id.into(),
            self.client_name.clone().into(),
            fold(&self.client_name).into(),
            self.email.clone().into(),
            self.department.clone().into(),
            self.status.clone().into(),
            self.priority.clone().into(),
            self.last_reply.clone().into(),
            self.opened.clone().into(),
            i64::from(self.waiting).into(),
            self.service.clone().into(),
            words([&self.tid, &self.subject, &self.client_name, &self.email].map(String::as_str)).into(),
        ]
    }

    fn extra(&self) -> &Json {
        &self.extra
    }
}

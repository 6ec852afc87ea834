//! The project management add-on.

use jiff::civil::{Date, DateTime};

use super::rows;

/// A project.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Project {
    pub id: u64,
    pub client: u64,
    pub title: String,
    /// Comma list.
    pub tickets: String,
    /// Comma list.
    pub invoices: String,
    pub notes: String,
    pub admin: u64,
    pub status: String,
    pub created: Date,
    pub due: Option<Date>,
    pub completed: bool,
    pub modified: DateTime,
    pub tasks: Vec<Task>,
    pub messages: Vec<Message>,
}

/// A task of a project.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Task {
    /// Counted over all projects.
    pub id: u64,
    pub task: String,
    pub notes: String,
    pub admin: u64,
    pub created: DateTime,
    pub due: Option<Date>,
    pub completed: bool,
    pub billed: bool,
    pub timers: Vec<Timer>,
}

/// Time spent on a task.
#[derive(Debug, Clone)]
pub struct Timer {
    /// Counted over all projects.
    pub id: u64,
    /// Who.
    pub admin: u64,
    /// Unix seconds.
    pub start: i64,
    /// Unix seconds; 0 while it runs.
    pub end: i64,
}

/// A message on a project.
#[derive(Debug, Clone)]
pub struct Message {
    /// Counted over all projects.
    pub id: u64,
    /// When.
    pub date: DateTime,
    /// What.
    pub text: String,
    /// Who.
    pub admin: u64,
}

rows!(Project);

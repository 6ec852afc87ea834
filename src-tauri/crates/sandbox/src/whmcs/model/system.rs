//! Staff, logs, settings, modules.

use jiff::civil::DateTime;

use super::rows;

/// A member of staff.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Admin {
    pub id: u64,
    pub uuid: String,
    pub role: u64,
    pub username: String,
    /// In the clear: it opens nothing.
    pub password: String,
    pub firstname: String,
    pub lastname: String,
    pub email: String,
    pub signature: String,
    pub notes: String,
    pub disabled: bool,
    pub departments: Vec<u64>,
    pub notified: Vec<u64>,
    pub created: DateTime,
    pub updated: DateTime,
    /// Login time, address and last visit while signed in.
    pub online: Option<(DateTime, String, DateTime)>,
}

impl Admin {
    /// First and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.firstname, self.lastname).trim().to_owned()
    }
}

/// A line of the activity log.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Line id.
    pub id: u64,
    /// When.
    pub date: DateTime,
    /// Client id; 0 for none.
    pub client: u64,
    /// User id; 0 for none.
    pub user: u64,
    /// Admin id; 0 for none.
    pub admin: u64,
    /// What.
    pub description: String,
    /// Who, in words.
    pub username: String,
    /// From where.
    pub ip: String,
}

/// An entry of the staff's to-do list.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Todo {
    pub id: u64,
    pub date: jiff::civil::Date,
    pub title: String,
    pub description: String,
    pub admin: u64,
    /// `New`, `Pending`, `In Progress`, `Completed` or `Postponed`.
    pub status: String,
    pub due: Option<jiff::civil::Date>,
}

/// A mail template.
#[derive(Debug, Clone)]
pub struct EmailTemplate {
    /// Template id.
    pub id: u64,
    /// `general`, `product`, `domain`, `invoice`, `support`, `affiliate` or `admin`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its subject.
    pub subject: String,
    /// Made by the company and not shipped.
    pub custom: bool,
    /// Switched off.
    pub disabled: bool,
}

/// A banned address.
#[derive(Debug, Clone)]
pub struct BannedIp {
    /// Ban id.
    pub id: u64,
    /// Address.
    pub ip: String,
    /// For staff.
    pub reason: String,
    /// Until when.
    pub expires: DateTime,
}

/// An OAuth credential.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct OAuthCredential {
    pub id: u64,
    pub name: String,
    pub description: String,
    /// `authorization_code` or `single_sign_on`.
    pub grant_type: String,
    pub scope: String,
    pub identifier: String,
    /// A secret.
    pub secret: String,
    pub service: u64,
    pub logo: String,
    pub redirects: Vec<String>,
    pub created: DateTime,
    pub updated: DateTime,
}

/// A module call that failed and waits to be tried again.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct QueueEntry {
    pub id: u64,
    /// `service`, `domain` or `addon`.
    pub kind: String,
    pub related: u64,
    pub module: String,
    pub action: String,
    pub last_attempt: DateTime,
    pub error: String,
    pub retries: u32,
    pub completed: bool,
    pub created: DateTime,
    pub updated: DateTime,
}

/// A module that can be switched on and configured.
#[derive(Debug, Clone)]
pub struct Module {
    /// `gateway`, `registrar`, `addon`, `fraud`, `notification`, `server` or `widget`.
    pub kind: &'static str,
    /// System name.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    /// Switched on.
    pub active: bool,
    /// Fields: name, label, type, value.
    pub fields: Vec<(&'static str, &'static str, &'static str, String)>,
}

rows!(Admin, Activity, Todo, EmailTemplate, BannedIp, OAuthCredential, QueueEntry);

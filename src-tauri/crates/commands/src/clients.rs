//! Clients, their services, invoices and tickets, read from the mirror.

use rackdesk_console::money::Money;
use serde::{Deserialize, Serialize};
use specta::Type;

/// A row of the clients list. Columns: id, name, email, status, country, services, servers, tickets, overdue, created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClientRow {
    /// WHMCS client id.
    pub id: i64,
    /// First and last name.
    pub name: String,
    /// Company, may be empty.
    pub company: String,
    /// Mail address.
    pub email: String,
    /// `Active`, `Inactive`, `Closed` or what WHMCS says.
    pub status: String,
    /// Currency code.
    pub currency: String,
    /// Active services.
    pub services: u32,
    /// Linked Contabo servers.
    pub servers: u32,
    /// Tickets that wait for an answer.
    pub tickets: u32,
    /// Sum of overdue invoices.
    pub overdue: Option<Money>,
    /// Date of creation (yyyy-mm-dd), when known.
    pub created: Option<String>,
}

/// A client's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClientPage {
    /// The row.
    pub row: ClientRow,
    /// Further facts in order: code (e.g. `phone`, `address`, `group`) and text; only those WHMCS gave.
    pub facts: Vec<ClientFact>,
    /// Open (unpaid) sum per currency.
    pub unpaid: Vec<Money>,
    /// Recurring revenue per month per currency.
    pub monthly: Vec<Money>,
    /// Invoices in all.
    pub invoices: u32,
    /// Services in all.
    pub services_all: u32,
    /// Tickets in all.
    pub tickets_all: u32,
    /// When WHMCS said so.
    pub as_of: Option<String>,
}

/// One fact of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClientFact {
    /// Code, translated by the UI.
    pub code: String,
    /// Text as WHMCS gave it.
    pub text: String,
}

/// A WHMCS service. Columns: id, client, product, domain, status, cycle, price, next_due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServiceRow {
    /// Service id.
    pub id: i64,
    /// Client id.
    pub client_id: i64,
    /// Client's name.
    pub client_name: String,
    /// Product's name.
    pub product: String,
    /// Domain or host name.
    pub domain: String,
    /// `Active`, `Suspended`, … as WHMCS says.
    pub status: String,
    /// Billing cycle as WHMCS says.
    pub cycle: String,
    /// Recurring amount per cycle.
    pub price: Option<Money>,
    /// Next due date (yyyy-mm-dd).
    pub next_due: Option<String>,
    /// Linked instance.
    pub instance_id: Option<i64>,
    /// Its state word, when linked.
    pub server_state: Option<String>,
    /// Its IPv4.
    pub ipv4: Option<String>,
}

/// An invoice. Columns: id, number, client, date, due, status, total, balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InvoiceRow {
    /// Invoice id.
    pub id: i64,
    /// Number as printed; the id when WHMCS has none.
    pub number: String,
    /// Client id.
    pub client_id: i64,
    /// Client's name.
    pub client_name: String,
    /// Date (yyyy-mm-dd).
    pub date: Option<String>,
    /// Due date.
    pub due: Option<String>,
    /// When it was paid.
    pub paid: Option<String>,
    /// `Paid`, `Unpaid`, `Cancelled`, … as WHMCS says.
    pub status: String,
    /// Unpaid and past its due date, by this machine's clock.
    pub overdue: bool,
    /// Total.
    pub total: Money,
    /// Payment method.
    pub method: String,
}

/// A ticket. Columns: id, tid, subject, client, department, status, priority, last_reply, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TicketRow {
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
    /// Department.
    pub department: String,
    /// `Open`, `Answered`, `Customer-Reply`, … as WHMCS says.
    pub status: String,
    /// `Low`, `Medium`, `High`.
    pub priority: String,
    /// Last reply, as WHMCS says (server-local time).
    pub last_reply: Option<String>,
    /// When it was opened, as WHMCS says.
    pub opened: Option<String>,
    /// Waits for an answer of the staff.
    pub waiting: bool,
}

/// Names a record by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RecordRef {
    /// Id.
    pub id: i64,
}

/// See the list of commands.
pub async fn clients_window(core: &crate::Core, input: crate::list::ListQuery) -> Result<crate::list::Window<crate::clients::ClientRow>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn client_page(core: &crate::Core, input: crate::clients::RecordRef) -> Result<crate::clients::ClientPage, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn services_window(core: &crate::Core, input: crate::list::ListQuery) -> Result<crate::list::Window<crate::clients::ServiceRow>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn invoices_window(core: &crate::Core, input: crate::list::ListQuery) -> Result<crate::list::Window<crate::clients::InvoiceRow>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn tickets_window(core: &crate::Core, input: crate::list::ListQuery) -> Result<crate::list::Window<crate::clients::TicketRow>, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

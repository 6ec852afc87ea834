//! Clients, their services, invoices and tickets, read from the mirror.

use rackdesk_console::{both_sides::monthly, money::Money};
use rackdesk_store::{
    StoreError,
    list::{CLIENTS, INVOICES, SERVICES, TICKETS},
    mirror::{Kind, client_detail, client_extra, from_e4, recurring_of_client, seen_at, unpaid_of_client},
    rusqlite::{self, Connection, Row},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use crate::{
    AppError, Core,
    list::{self, ListQuery, Window, known, money},
};

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

/// A window of the clients.
///
/// # Errors
/// When the question makes no sense, or the store fails.
pub async fn clients_window(core: &Core, input: ListQuery) -> Result<Window<ClientRow>, AppError> {
    list::window(core, &CLIENTS, input, client_row).await
}

pub(crate) fn client_row(row: &Row<'_>) -> rusqlite::Result<ClientRow> {
    let overdue: i64 = row.get("overdue_e4")?;
    let currency: String = row.get("overdue_currency")?;
    Ok(ClientRow {
        id: row.get("_id")?,
        name: row.get("name")?,
        company: row.get("company")?,
        email: row.get("email")?,
        status: row.get("status")?,
        currency: row.get("currency")?,
        services: row.get("services")?,
        servers: row.get("servers")?,
        tickets: row.get("tickets")?,
        overdue: (overdue > 0).then(|| Money::new(from_e4(overdue), currency)),
        created: known(row, "created")?,
    })
}

/// One client's page.
///
/// # Errors
/// `NotFound` when the mirror has no such client; or the store fails.
pub async fn client_page(core: &Core, input: RecordRef) -> Result<ClientPage, AppError> {
    let id = input.id;
    let page = core.session()?.store.read_async(move |c| read_page(c, id)).await?;
    page.ok_or_else(|| AppError::missing(format!("Client {id}")))
}

pub(crate) fn read_page(c: &Connection, id: i64) -> Result<Option<ClientPage>, StoreError> {
    let found = list::one(c, &CLIENTS, id, |row| {
        let counts: (u32, u32, u32) = (row.get("services_all")?, row.get("tickets_all")?, row.get("invoices")?);
        Ok((client_row(row)?, counts))
    })?;
    let Some((row, (services_all, tickets_all, invoices))) = found else { return Ok(None) };
    let detail = client_detail(c, id)?.map(|(detail, _)| detail);
    let known = match detail {
        Some(detail) => Some(detail),
        None => client_extra(c, id)?,
    };
    Ok(Some(ClientPage {
        row,
        facts: known.as_ref().map(facts).unwrap_or_default(),
        unpaid: unpaid_of_client(c, id)?.into_iter().map(|(currency, sum)| Money::new(sum, currency)).collect(),
        monthly: monthly(&recurring_of_client(c, id)?),
        invoices,
        services_all,
        tickets_all,
        as_of: seen_at(c, Kind::Clients, id)?.map(|at| at.to_string()),
    }))
}

/// What else WHMCS tells of a client, in the order in which a page shows it.
fn facts(client: &Value) -> Vec<ClientFact> {
    let text = |names: &[&str]| {
        names.iter().find_map(|name| match client.get(*name)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let joined = |names: &[&str], by: &str| {
        let parts: Vec<_> = names.iter().filter_map(|name| text(&[name])).collect();
        (!parts.is_empty()).then(|| parts.join(by))
    };
    let city = joined(&["postcode", "city"], " ");
    let address: Vec<_> =
        [text(&["address1"]), text(&["address2"]), city, text(&["fullstate", "state"])].into_iter().flatten().collect();
    let said = |text: Option<String>, nothing: &str| text.filter(|text| text != nothing);
    [
        ("phone", text(&["phonenumberformatted", "telephoneNumber", "phonenumber"])),
        ("address", (!address.is_empty()).then(|| address.join(", "))),
        ("country", text(&["countryname", "country", "countrycode"])),
        ("tax_id", text(&["tax_id"])),
        ("group", said(text(&["groupid"]), "0")),
        ("language", text(&["language"])),
        ("payment_method", text(&["defaultgateway"])),
        ("credit", text(&["credit"]).filter(|credit| credit.parse::<Decimal>().is_ok_and(|c| !c.is_zero()))),
        ("notes", text(&["notes"]).map(|notes| notes.chars().take(500).collect())),
    ]
    .into_iter()
    .filter_map(|(code, text)| Some(ClientFact { code: code.to_owned(), text: text? }))
    .collect()
}

/// A window of the services.
///
/// # Errors
/// As [`clients_window`].
pub async fn services_window(core: &Core, input: ListQuery) -> Result<Window<ServiceRow>, AppError> {
    list::window(core, &SERVICES, input, service_row).await
}

pub(crate) fn service_row(row: &Row<'_>) -> rusqlite::Result<ServiceRow> {
    Ok(ServiceRow {
        id: row.get("_id")?,
        client_id: row.get("client_id")?,
        client_name: row.get("client_name")?,
        product: row.get("product")?,
        domain: row.get("domain")?,
        status: row.get("status")?,
        cycle: row.get("cycle")?,
        price: Some(money(row, "amount", "currency")?).filter(|price| !price.amount.is_zero()),
        next_due: known(row, "next_due")?,
        instance_id: row.get("instance_id")?,
        server_state: row.get("server_state")?,
        ipv4: row.get("ipv4")?,
    })
}

/// A window of the invoices.
///
/// # Errors
/// As [`clients_window`].
pub async fn invoices_window(core: &Core, input: ListQuery) -> Result<Window<InvoiceRow>, AppError> {
    list::window(core, &INVOICES, input, invoice_row).await
}

pub(crate) fn invoice_row(row: &Row<'_>) -> rusqlite::Result<InvoiceRow> {
    Ok(InvoiceRow {
        id: row.get("_id")?,
        number: row.get("number")?,
        client_id: row.get("client_id")?,
        client_name: row.get("client_name")?,
        date: known(row, "date")?,
        due: known(row, "due")?,
        paid: known(row, "paid")?,
        status: row.get("status")?,
        overdue: row.get("overdue")?,
        total: money(row, "total", "currency")?,
        method: row.get("method")?,
    })
}

/// A window of the tickets.
///
/// # Errors
/// As [`clients_window`].
pub async fn tickets_window(core: &Core, input: ListQuery) -> Result<Window<TicketRow>, AppError> {
    list::window(core, &TICKETS, input, ticket_row).await
}

pub(crate) fn ticket_row(row: &Row<'_>) -> rusqlite::Result<TicketRow> {
    Ok(TicketRow {
        id: row.get("_id")?,
        tid: row.get("tid")?,
        subject: row.get("subject")?,
        client_id: row.get("client_id")?,
        client_name: row.get("client_name")?,
        department: row.get("department")?,
        status: row.get("status")?,
        priority: row.get("priority")?,
        last_reply: known(row, "last_reply")?,
        opened: known(row, "opened")?,
        waiting: row.get("waiting")?,
    })
}

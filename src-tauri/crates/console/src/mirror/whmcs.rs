//! WHMCS's rows as the mirror keeps them, and how its lists are read.

use std::collections::BTreeMap;

use futures::{TryStreamExt, pin_mut};
use jiff::Timestamp;
use rackdesk_store::mirror::{ClientRecord, InvoiceRecord, Kind, Mirrored, ServiceRecord, TicketRecord};
use rackdesk_whmcs::{
    Client, Paged,
    actions::{Order, billing, client, tickets},
};
use serde::Serialize;
use serde_json::Value;

use super::{
    Mirror,
    source::{OnPage, keep},
};
use crate::fault::Fault;

/// Custom field that names a service's instance (SV12).
pub(crate) const INSTANCE_FIELD: &str = "contabo_instance_id";
/// Rows kept at once.
const BATCH: usize = 250;
/// Ticket states in which the staff is awaited.
const WAITING: [&str; 3] = ["open", "customer-reply", "in progress"];

fn json(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

fn id(id: Option<u64>) -> Option<i64> {
    i64::try_from(id?).ok()
}

/// Reads one kind to its end.
pub(super) async fn read(
    mirror: &Mirror,
    whmcs: &Client,
    kind: Kind,
    seen_at: Timestamp,
    on_page: OnPage<'_>,
) -> Result<(), Fault> {
    match kind {
        Kind::Clients => pages(mirror, whmcs, client::GetClients::default(), client_record, seen_at, on_page).await,
        Kind::Services => {
            pages(mirror, whmcs, client::GetClientsProducts::default(), service_record, seen_at, on_page).await
        }
        Kind::Invoices => {
            // Newest first: what people look at is there after the first page.
            let list = billing::GetInvoices {
                orderby: Some(billing::InvoiceSort::Id),
                order: Some(Order::Descending),
                ..Default::default()
            };
            pages(mirror, whmcs, list, invoice_record, seen_at, on_page).await
        }
        _ => {
            let names = departments(whmcs).await?;
            // Without it WHMCS silently leaves out what the credential's admin is not assigned to (quirk 45).
            let list = tickets::GetTickets { ignore_dept_assignments: Some(true), ..Default::default() };
            pages(mirror, whmcs, list, |row| ticket_record(row, &names), seen_at, on_page).await
        }
    }
}

async fn pages<A, R>(
    mirror: &Mirror,
    whmcs: &Client,
    list: A,
    record: impl Fn(&A::Row) -> Option<R>,
    seen_at: Timestamp,
    on_page: OnPage<'_>,
) -> Result<(), Fault>
where
    A: Paged,
    R: Mirrored + Send + 'static,
{
    // How many there are, so that a first copy can say how long it takes.
    let total = whmcs.page(&list, 0, 1).await.map_err(|e| Fault::from(&e))?.total;
    let total = total.and_then(|n| u32::try_from(n).ok());
    let batches = whmcs.rows(list).try_chunks(BATCH);
    pin_mut!(batches);
    loop {
        let (rows, failed) = match batches.try_next().await {
            Ok(Some(rows)) => (rows, None),
            Ok(None) => return Ok(()),
            // What came before the failure is kept.
            Err(e) => (e.0, Some(e.1)),
        };
        let records: Vec<R> = rows.iter().filter_map(&record).collect();
        if records.len() < rows.len() {
            tracing::warn!(rows = rows.len() - records.len(), "rows without an id were left out");
        }
        let count = records.len();
        keep(mirror, records, seen_at).await?;
        on_page(count, total);
        if let Some(e) = failed {
            return Err(Fault::from(&e));
        }
    }
}

/// Names of the departments: tickets only carry their numbers.
async fn departments(whmcs: &Client) -> Result<BTreeMap<u64, String>, Fault> {
    let list = tickets::GetSupportDepartments { ignore_dept_assignments: Some(true) };
    match whmcs.call(list).await {
        Ok(answer) => Ok(answer.value.departments.into_iter().filter_map(|d| Some((d.id?, d.name))).collect()),
        // A role that may read tickets need not be allowed to read departments: then the number is shown.
        Err(e) if matches!(e.problem, rackdesk_whmcs::Problem::ActionNotPermitted { .. }) => Ok(BTreeMap::new()),
        Err(e) => Err(Fault::from(&e)),
    }
}

fn name(first: &str, last: &str, company: &str) -> String {
    match format!("{} {}", first.trim(), last.trim()).trim() {
        "" => company.trim().to_owned(),
        name => name.to_owned(),
    }
}

fn client_record(row: &client::ClientRow) -> Option<ClientRecord> {
    Some(ClientRecord {
        id: id(row.id)?,
        first_name: row.firstname.clone(),
        last_name: row.lastname.clone(),
        company: row.companyname.clone(),
        email: row.email.clone(),
        status: row.status.to_string(),
        group_id: id(row.groupid).unwrap_or(0),
        created: row.datecreated.time.map(|t| t.date()),
        extra: json(row),
        ..ClientRecord::default()
    })
}

fn service_record(row: &client::ClientService) -> Option<ServiceRecord> {
    let fields: BTreeMap<String, String> = row.customfields.iter().map(|f| (f.name.clone(), f.value.clone())).collect();
    Some(ServiceRecord {
        id: id(row.id)?,
        client_id: id(row.clientid).unwrap_or(0),
        product_id: id(row.pid).unwrap_or(0),
        product: row.name.clone(),
        domain: row.domain.clone(),
        status: row.status.to_string(),
        cycle: row.billingcycle.clone(),
        qty: id(row.qty).unwrap_or(1),
        amount: row.recurringamount.unwrap_or_default(),
        next_due: row.nextduedate.date,
        registered: row.regdate.date,
        ip: row.dedicatedip.clone(),
        method: row.paymentmethod.clone(),
        instance_id: fields.get(INSTANCE_FIELD).and_then(|v| v.trim().parse().ok()),
        fields,
        extra: json(row),
    })
}

fn invoice_record(row: &billing::InvoiceRow) -> Option<InvoiceRecord> {
    Some(InvoiceRecord {
        id: id(row.id)?,
        number: row.invoicenum.clone(),
        client_id: id(row.userid).unwrap_or(0),
        client_name: name(&row.firstname, &row.lastname, &row.companyname),
        company: row.companyname.clone(),
        date: row.date.date,
        due: row.duedate.date,
        paid: row.datepaid.time.map(|t| t.date()),
        status: row.status.to_string(),
        currency: row.currencycode.clone(),
        total: row.total.unwrap_or_default(),
        balance: None,
        method: row.paymentmethod.clone(),
        extra: json(row),
    })
}

fn ticket_record(row: &tickets::TicketRow, departments: &BTreeMap<u64, String>) -> Option<TicketRecord> {
    let department = row.deptid.map(|d| departments.get(&d).cloned().unwrap_or_else(|| d.to_string()));
    let status = row.status.to_string();
    Some(TicketRecord {
        id: id(row.id)?,
        tid: row.tid.clone(),
        subject: row.subject.clone(),
        client_id: id(row.userid).filter(|n| *n > 0),
        client_name: [&row.name, &row.owner_name, &row.requestor_name]
            .into_iter()
            .find(|n| !n.is_empty())
            .cloned()
            .unwrap_or_default(),
        email: row.email.clone(),
        department: department.unwrap_or_default(),
        waiting: WAITING.iter().any(|w| status.eq_ignore_ascii_case(w)),
        status,
        priority: row.priority.to_string(),
        last_reply: row.lastreply.raw.clone(),
        opened: row.date.raw.clone(),
        service: row.service.clone(),
        extra: json(row),
    })
}

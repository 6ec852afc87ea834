//! Invoices.

use std::cmp::Ordering;
use std::collections::HashSet;

use jiff::Span;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::payments::show_transaction;
use crate::dialect::Version;
use crate::whmcs::State;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, cash, day, moment, moment_or_zero, refuse, success};
use crate::whmcs::ledger::generate::Scope;
use crate::whmcs::ledger::invoices::{NewInvoice, NewItem, numbered};
use crate::whmcs::model::billing::{Invoice, InvoiceStatus};
use crate::whmcs::paging::{Counts, list};
use crate::whmcs::params::{Params, is_true, to_money};

/// <https://developers.whmcs.com/api-reference/getinvoices/>
pub(super) fn get_invoices(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (state, today) = (&*desk.state, desk.today());
    let client = params.id("userid");
    let wanted = params.text("status");
    let status = wanted.and_then(InvoiceStatus::parse);
    let overdue = wanted.is_some_and(|text| text.eq_ignore_ascii_case("overdue"));
    let mut rows: Vec<&Invoice> = state
        .invoices
        .iter()
        .filter(|one| client.is_none_or(|id| one.client == id))
        .filter(|one| match (wanted, status) {
            (None, _) => true,
            _ if overdue => one.is_overdue(today),
            (_, Some(status)) => one.status == status,
            _ => false,
        })
        .collect();
    order(&mut rows, params.text("orderby").unwrap_or("invoicenumber"));
    if params.text("order").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        rows.reverse();
    }
    Ok(list(params, Counts::Numbers, ("invoices", "invoice"), &rows, |one| row(state, one)))
}

fn order(rows: &mut [&Invoice], by: &str) {
    let compare: fn(&&Invoice, &&Invoice) -> Ordering = match by.to_lowercase().as_str() {
        "date" => |a, b| (a.date, a.id).cmp(&(b.date, b.id)),
        "duedate" => |a, b| (a.due, a.id).cmp(&(b.due, b.id)),
        "total" => |a, b| (a.total, a.id).cmp(&(b.total, b.id)),
        "status" => |a, b| (a.status.text(), a.id).cmp(&(b.status.text(), b.id)),
        // Already in the order of ids, which is also that of the numbers.
        _ => return,
    };
    rows.sort_unstable_by(compare);
}

fn row(state: &State, one: &Invoice) -> Value {
    let address = state.clients.get(one.client).map(|client| &client.address);
    let currency = state.currency_of(one.client);
    json!({
        "id": one.id,
        "userid": one.client,
        "firstname": address.map(|one| one.firstname.as_str()).unwrap_or_default(),
        "lastname": address.map(|one| one.lastname.as_str()).unwrap_or_default(),
        "companyname": address.map(|one| one.companyname.as_str()).unwrap_or_default(),
        "invoicenum": one.number,
        "date": day(one.date),
        "duedate": day(one.due),
        "datepaid": moment_or_zero(one.paid),
        "last_capture_attempt": moment_or_zero(one.last_capture),
        "date_refunded": moment_or_zero(one.refunded),
        "date_cancelled": moment_or_zero(one.cancelled),
        "subtotal": cash(one.subtotal),
        "credit": cash(one.credit),
        "tax": cash(one.tax),
        "tax2": cash(one.tax2),
        "total": cash(one.total),
        "taxrate": cash(one.taxrate),
        "taxrate2": cash(one.taxrate2),
        "status": one.status.text(),
        "paymentmethod": one.gateway,
        "paymethodid": one.pay_method,
        "notes": one.notes,
        "created_at": moment(one.created),
        "updated_at": moment(one.updated),
        "currencycode": currency.map(|one| one.code.as_str()).unwrap_or_default(),
        "currencyprefix": currency.map(|one| one.prefix.as_str()).unwrap_or_default(),
        "currencysuffix": currency.map(|one| one.suffix.as_str()).unwrap_or_default(),
    })
}

/// <https://developers.whmcs.com/api-reference/getinvoice/>
pub(super) fn get_invoice(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let one = find(desk, params)?;
    let items: Vec<Value> = one
        .items
        .iter()
        .map(|item| {
            json!({
                "id": item.id,
                "type": item.kind,
                "relid": item.related,
                "description": item.description,
                "amount": cash(item.amount),
                "taxed": u8::from(item.taxed),
            })
        })
        .collect();
    let transactions: Vec<Value> = state.transactions_of(one.id).map(show_transaction).collect();
    let card = state.gateways.iter().any(|gateway| gateway.module == one.gateway && gateway.card);
    Ok(success(json!({
        "invoiceid": one.id,
        "invoicenum": one.number,
        "userid": one.client,
        "date": day(one.date),
        "duedate": day(one.due),
        "datepaid": moment_or_zero(one.paid),
        "lastcaptureattempt": moment_or_zero(one.last_capture),
        "subtotal": cash(one.subtotal),
        "credit": cash(one.credit),
        "tax": cash(one.tax),
        "tax2": cash(one.tax2),
        "total": cash(one.total),
        "balance": cash(desk.balance(one.id)),
        "taxrate": cash(one.taxrate),
        "taxrate2": cash(one.taxrate2),
        "status": one.status.text(),
        "paymentmethod": one.gateway,
        "notes": one.notes,
        "ccgateway": card,
        "items": {"item": items},
        "transactions": {"transaction": transactions},
    })))
}

/// The invoice named by `invoiceid`.
pub(super) fn find<'d>(desk: &'d Desk<'_>, params: &Params) -> Result<&'d Invoice, Refusal> {
    params.id("invoiceid").and_then(|id| desk.state.invoices.get(id)).or_refuse("Invoice ID Not Found")
}

/// <https://developers.whmcs.com/api-reference/createinvoice/>
pub(super) fn create_invoice(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = desk.client(params, "userid", "Client ID Not Found")?.id;
    let draft = params.flag("draft") || params.text("status").is_some_and(|text| text.eq_ignore_ascii_case("draft"));
    let send = params.flag("sendinvoice");
    if draft && send {
        return refuse(
            "Cannot create and send a draft invoice in a single API request. Please create and send separately.",
        );
    }
    let today = desk.today();
    let date = params.date("date").unwrap_or(today);
    let rates = params
        .has("taxrate")
        .then(|| (params.money("taxrate").unwrap_or_default(), params.money("taxrate2").unwrap_or_default()));
    let wanted = NewInvoice {
        client,
        date,
        due: params.date("duedate").unwrap_or_else(|| date.saturating_add(Span::new().days(14))),
        status: if draft { InvoiceStatus::Draft } else { InvoiceStatus::Unpaid },
        gateway: params.string("paymentmethod"),
        rates,
        items: numbered_items(params),
        notes: params.raw("notes").unwrap_or_default().to_owned(),
    };
    let id = desk.create_invoice(wanted);
    if send {
        desk.mail(client, "Customer Invoice", &format!("Invoice #{id} has been generated."));
    }
    if params.flag("autoapplycredit") {
        desk.apply_credit(id, None);
    }
    let status = desk.state.invoices.get(id).map_or("", |invoice| invoice.status.text());
    Ok(success(json!({"invoiceid": id.to_string(), "status": status})))
}

/// `itemdescription1`, `itemamount1`, `itemtaxed1`, and so on until a number is missing.
fn numbered_items(params: &Params) -> Vec<NewItem> {
    let mut numbers: Vec<u64> =
        params.names().filter_map(|name| name.strip_prefix("itemdescription")?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
        .into_iter()
        .filter_map(|number| {
            let description = params.text(&format!("itemdescription{number}"))?;
            Some(NewItem {
                kind: "",
                related: 0,
                description: description.to_owned(),
                amount: params.money(&format!("itemamount{number}")).unwrap_or_default(),
                taxed: params.flag(&format!("itemtaxed{number}")),
            })
        })
        .collect()
}

/// <https://developers.whmcs.com/api-reference/updateinvoice/>
pub(super) fn update_invoice(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let invoice = find(desk, params)?;
    let (id, client, before) = (invoice.id, invoice.client, invoice.status);
    let status = match params.text("status") {
        Some(text) => Some(InvoiceStatus::parse(text).or_refuse(&format!("Invalid status {text}"))?),
        None => None,
    };
    let publish = params.flag("publish") || params.flag("publishandsendemail");
    if publish && before != InvoiceStatus::Draft {
        return refuse("Invoice must be in Draft status to be published");
    }
    let lines = changed_lines(params)?;
    let new_lines = new_lines(params);
    let gone: HashSet<u64> = params.list("deletelineids").iter().filter_map(|id| id.trim().parse().ok()).collect();
    let touches_figures = !lines.is_empty()
        || !new_lines.is_empty()
        || !gone.is_empty()
        || ["taxrate", "taxrate2", "date", "duedate"].iter().any(|name| params.has(name));
    if desk.version == Version::V9 && before != InvoiceStatus::Draft && touches_figures {
        // From 9.0 on an issued invoice is corrected by another document. The wording is not documented.
        return refuse("The invoice has been issued and can no longer be modified");
    }
    let now = desk.now();
    let mut counter = desk.state.counters.item;
    desk.change_invoice(id, |invoice| {
        invoice.items.retain(|item| !gone.contains(&item.id));
        for (line, description, amount, taxed) in lines {
            if let Some(item) = invoice.items.iter_mut().find(|item| item.id == line) {
                (item.description, item.amount, item.taxed) = (description, amount, taxed);
            }
        }
        invoice.items.extend(new_lines.into_iter().map(|item| numbered(&mut counter, item)));
        plain_fields(invoice, params);
        invoice.settle_totals();
        if publish {
            invoice.status = InvoiceStatus::Unpaid;
            invoice.created = now;
        }
        match status {
            Some(InvoiceStatus::Cancelled) => invoice.cancelled = Some(now),
            Some(InvoiceStatus::Refunded) => invoice.refunded = Some(now),
            _ => {}
        }
        if let Some(status) = status.filter(|status| *status != InvoiceStatus::Paid) {
            invoice.status = status;
        }
    });
    desk.state.counters.item = counter;
    if status == Some(InvoiceStatus::Paid) && before != InvoiceStatus::Paid {
        desk.mark_paid(id, true);
    }
    if let Some(paid) = params.moment("datepaid") {
        desk.change_invoice(id, |invoice| invoice.paid = Some(paid));
    }
    if params.flag("publishandsendemail") {
        desk.mail(client, "Customer Invoice", &format!("Invoice #{id} has been generated."));
    }
    desk.log(client, format!("Modified Invoice - Invoice ID: {id}"));
    Ok(success(json!({"invoiceid": id.to_string()})))
}

fn plain_fields(invoice: &mut Invoice, params: &Params) {
    if let Some(gateway) = params.text("paymentmethod") {
        gateway.clone_into(&mut invoice.gateway);
    }
    for (name, field) in
        [("taxrate", &mut invoice.taxrate), ("taxrate2", &mut invoice.taxrate2), ("credit", &mut invoice.credit)]
    {
        *field = params.money(name).unwrap_or(*field);
    }
    invoice.date = params.date("date").unwrap_or(invoice.date);
    invoice.due = params.date("duedate").unwrap_or(invoice.due);
    if let Some(notes) = params.raw("notes") {
        notes.clone_into(&mut invoice.notes);
    }
}

type Line = (u64, String, Decimal, bool);

/// `itemdescription[13]` with its two companions, all three of which are needed.
fn changed_lines(params: &Params) -> Result<Vec<Line>, Refusal> {
    const MISSING: &str =
        "Missing Variables: itemdescription, itemamount and itemtaxed are required for each item being changed";
    let mut ids: Vec<&str> = ["itemdescription", "itemamount", "itemtaxed"]
        .iter()
        .flat_map(|name| params.map(name))
        .map(|(id, _)| id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|id| {
            let description = params.at("itemdescription", id).or_refuse(MISSING)?;
            let amount = params.at("itemamount", id).and_then(to_money).or_refuse(MISSING)?;
            let taxed = params.at("itemtaxed", id).map(is_true).or_refuse(MISSING)?;
            Ok((id.parse().unwrap_or(0), description.to_owned(), amount, taxed))
        })
        .collect()
}

fn new_lines(params: &Params) -> Vec<NewItem> {
    params
        .map("newitemdescription")
        .into_iter()
        .map(|(key, description)| NewItem {
            kind: "",
            related: 0,
            description: description.to_owned(),
            amount: params.at("newitemamount", key).and_then(to_money).unwrap_or_default(),
            taxed: params.at("newitemtaxed", key).is_some_and(is_true),
        })
        .collect()
}

/// <https://developers.whmcs.com/api-reference/geninvoices/>
pub(super) fn gen_invoices(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = match params.id("clientid") {
        Some(_) => Some(desk.client(params, "clientid", "Client ID Not Found")?.id),
        None => None,
    };
    let ids = |name: &str| params.list(name).iter().filter_map(|id| id.trim().parse().ok()).collect();
    let scope = Scope { client, services: ids("serviceids"), domains: ids("domainids"), addons: ids("addonids") };
    let made = desk.generate_invoices(&scope, params.flag("noemails"));
    let mut answer = success(json!({"numcreated": made.len().to_string()}));
    if client.is_some() {
        answer["latestinvoiceid"] = made.last().copied().unwrap_or(0).to_string().into();
    }
    Ok(answer)
}

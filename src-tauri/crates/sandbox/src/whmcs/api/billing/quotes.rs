//! Quotes.

use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::State;
use crate::whmcs::api::{read_address, summary};
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, cash, day, day_or_zero, done, refuse, success};
use crate::whmcs::ledger::invoices::{NewInvoice, NewItem};
use crate::whmcs::model::billing::{InvoiceStatus, Quote, QuoteItem, QuoteStage};
use crate::whmcs::model::people::Address;
use crate::whmcs::paging::{Counts, list};
use crate::whmcs::params::{Params, to_number};
use crate::whmcs::php::serialized::Php;
use crate::whmcs::state::next;

/// <https://developers.whmcs.com/api-reference/createquote/>
pub(super) fn create_quote(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let subject = params.text("subject").or_refuse("Subject is required")?.to_owned();
    let stage = params.text("stage").and_then(QuoteStage::parse).or_refuse("Invalid Stage")?;
    let valid_until = params.local_date("validuntil").or_refuse("Valid Until is required")?;
    let today = desk.today();
    // A client that does not exist is not noticed here.
    let client = params.id("userid").unwrap_or(0);
    let taxrate = desk.tax_rate(client);
    let items = new_items(desk.state, params);
    let id = desk.state.quotes.add(|id| Quote {
        id,
        subject,
        stage,
        valid_until,
        client,
        address: if client == 0 { read_address(params, Address::default()) } else { Address::default() },
        currency: params.id("currency").unwrap_or(1),
        items,
        taxrate,
        proposal: params.raw("proposal").unwrap_or_default().to_owned(),
        customer_notes: params.raw("customernotes").unwrap_or_default().to_owned(),
        admin_notes: params.raw("adminnotes").unwrap_or_default().to_owned(),
        created: params.local_date("datecreated").unwrap_or(today),
        modified: today,
        sent: None,
        accepted: None,
    });
    desk.note(Effect::Created, "quote", id, json!({"client": client, "stage": stage.text()}));
    desk.log(client, format!("Created Quote - Quote ID: {id}"));
    Ok(success(json!({"quoteid": id.to_string()})))
}

fn new_items(state: &mut State, params: &Params) -> Vec<QuoteItem> {
    let Some(sent) = params.serialized("lineitems") else { return Vec::new() };
    sent.pairs().iter().map(|(_, line)| item(&mut state.counters.quote_item, line)).collect()
}

fn item(counter: &mut u64, line: &Php) -> QuoteItem {
    let text = |name: &str| line.get(name).map(Php::text).unwrap_or_default();
    let number = |name: &str| to_number(&text(name)).unwrap_or_default();
    QuoteItem {
        id: next(counter),
        description: text("desc"),
        quantity: number("qty"),
        unit_price: number("up"),
        discount: number("discount"),
        taxable: line.get("taxable").is_some_and(Php::is_true),
    }
}

fn find<'d>(desk: &'d Desk<'_>, params: &Params) -> Result<&'d Quote, Refusal> {
    params.id("quoteid").and_then(|id| desk.state.quotes.get(id)).or_refuse("Quote ID Not Found")
}

/// <https://developers.whmcs.com/api-reference/updatequote/>
pub(super) fn update_quote(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let mut quote = find(desk, params)?.clone();
    if let Some(text) = params.text("stage") {
        quote.stage = QuoteStage::parse(text).or_refuse("Invalid Stage")?;
    }
    quote.valid_until = params.local_date("validuntil").unwrap_or(quote.valid_until);
    quote.created = params.local_date("datecreated").unwrap_or(quote.created);
    quote.client = params.id("userid").unwrap_or(quote.client);
    quote.currency = params.id("currency").unwrap_or(quote.currency);
    for (name, field) in [
        ("subject", &mut quote.subject),
        ("proposal", &mut quote.proposal),
        ("customernotes", &mut quote.customer_notes),
        ("adminnotes", &mut quote.admin_notes),
    ] {
        if let Some(text) = params.raw(name) {
            text.clone_into(field);
        }
    }
    quote.address = read_address(params, quote.address);
    if let Some(sent) = params.serialized("lineitems") {
        for (_, line) in sent.pairs() {
            let known = line.get("id").and_then(|id| id.text().parse::<u64>().ok());
            let changed = item(&mut desk.state.counters.quote_item, line);
            match quote.items.iter_mut().find(|one| Some(one.id) == known) {
                Some(one) => *one = QuoteItem { id: one.id, ..changed },
                None => quote.items.push(changed),
            }
        }
    }
    quote.modified = desk.today();
    let (id, client) = (quote.id, quote.client);
    if let Some(slot) = desk.state.quotes.get_mut(id) {
        *slot = quote;
    }
    desk.note(Effect::Updated, "quote", id, json!({}));
    desk.log(client, format!("Modified Quote - Quote ID: {id}"));
    done()
}

/// <https://developers.whmcs.com/api-reference/deletequote/>
pub(super) fn delete_quote(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (id, client) = find(desk, params).map(|quote| (quote.id, quote.client))?;
    desk.state.quotes.remove(id);
    desk.note(Effect::Deleted, "quote", id, json!({}));
    desk.log(client, format!("Deleted Quote - Quote ID: {id}"));
    done()
}

/// <https://developers.whmcs.com/api-reference/sendquote/>
pub(super) fn send_quote(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (id, client) = find(desk, params).map(|quote| (quote.id, quote.client))?;
    let today = desk.today();
    if let Some(quote) = desk.state.quotes.get_mut(id) {
        quote.stage = QuoteStage::Delivered;
        quote.sent = Some(today);
        quote.modified = today;
    }
    desk.note(Effect::Updated, "quote", id, json!({"stage": "Delivered"}));
    desk.mail(client, "Quote Delivery with PDF", &format!("Please find quote #{id} attached."));
    desk.log(client, format!("Sent Quote - Quote ID: {id}"));
    done()
}

/// <https://developers.whmcs.com/api-reference/acceptquote/>
pub(super) fn accept_quote(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let quote = find(desk, params)?.clone();
    let today = desk.today();
    let items = quote
        .items
        .iter()
        .map(|item| NewItem {
            kind: "",
            related: 0,
            description: format!("{} x {}", item.quantity.normalize(), item.description),
            amount: item.amount(),
            taxed: item.taxable,
        })
        .collect();
    let invoice = desk.create_invoice(NewInvoice {
        client: quote.client,
        date: today,
        due: today,
        status: InvoiceStatus::Unpaid,
        gateway: String::new(),
        rates: None,
        items,
        notes: format!("Quote #{}", quote.id),
    });
    if let Some(quote) = desk.state.quotes.get_mut(quote.id) {
        quote.stage = QuoteStage::Accepted;
        quote.accepted = Some(today);
        quote.modified = today;
    }
    desk.note(Effect::Updated, "quote", quote.id, json!({"stage": "Accepted", "invoice": invoice}));
    desk.mail(quote.client, "Customer Invoice", &format!("Invoice #{invoice} has been generated."));
    Ok(success(json!({"invoiceid": invoice})))
}

/// <https://developers.whmcs.com/api-reference/getquotes/>
pub(super) fn get_quotes(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    if params.text("stage").is_some_and(|stage| QuoteStage::parse(stage).is_none()) {
        return refuse("Invalid Stage");
    }
    let stage = params.text("stage").and_then(QuoteStage::parse);
    let (id, client, subject) = (params.id("quoteid"), params.id("userid"), params.text("subject"));
    let mut rows: Vec<&Quote> = state
        .quotes
        .iter()
        .filter(|one| id.is_none_or(|wanted| one.id == wanted))
        .filter(|one| client.is_none_or(|wanted| one.client == wanted))
        .filter(|one| subject.is_none_or(|wanted| one.subject == wanted))
        .filter(|one| stage.is_none_or(|wanted| one.stage == wanted))
        .filter(|one| params.date("datecreated").is_none_or(|wanted| one.created == wanted))
        .filter(|one| params.date("lastmodified").is_none_or(|wanted| one.modified == wanted))
        .filter(|one| params.date("validuntil").is_none_or(|wanted| one.valid_until == wanted))
        .collect();
    rows.reverse();
    Ok(list(params, Counts::Numbers, ("quotes", "quote"), &rows, |one| show(state, one)))
}

fn show(state: &State, one: &Quote) -> Value {
    let (subtotal, tax) = one.sums();
    let address = &one.address;
    let items: Vec<Value> = one
        .items
        .iter()
        .map(|item| {
            json!({
                "id": item.id,
                "description": item.description,
                "quantity": item.quantity.normalize().to_string(),
                "unitprice": cash(item.unit_price),
                "discount": cash(item.discount),
                "taxable": u8::from(item.taxable),
            })
        })
        .collect();
    json!({
        "id": one.id,
        "subject": one.subject,
        "stage": one.stage.text(),
        "validuntil": day(one.valid_until),
        "userid": one.client,
        "client": state.clients.get(one.client).map(summary),
        "firstname": address.firstname,
        "lastname": address.lastname,
        "companyname": address.companyname,
        "email": address.email,
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "state": address.state,
        "postcode": address.postcode,
        "country": address.country,
        "phonenumber": address.phonenumber,
        "tax_id": address.tax_id,
        "currency": one.currency,
        "subtotal": cash(subtotal),
        "tax1": cash(tax),
        "tax2": "0.00",
        "total": cash(subtotal + tax),
        "proposal": one.proposal,
        "customernotes": one.customer_notes,
        "adminnotes": one.admin_notes,
        "datecreated": day(one.created),
        "lastmodified": day(one.modified),
        "datesent": day_or_zero(one.sent),
        "dateaccepted": day_or_zero(one.accepted),
        "items": {"item": items},
    })
}

//! Payments and transactions.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::invoices::find;
use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, cash, done, moment, refuse, success};
use crate::whmcs::ledger::invoices::Payment;
use crate::whmcs::model::billing::{InvoiceStatus, Transaction};
use crate::whmcs::params::{Params, to_number};

/// The documentation knows no refusal of a transaction id that was used before (that of AddTransaction does): the same
/// payment sent twice is noted twice, which is why a client has to look before it sends.
/// <https://developers.whmcs.com/api-reference/addinvoicepayment/>
pub(super) fn add_invoice_payment(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let invoice = find(desk, params)?;
    let (id, status) = (invoice.id, invoice.status);
    if status == InvoiceStatus::Cancelled {
        return refuse("It is not possible to add a payment to an invoice that is Cancelled");
    }
    let payment = Payment {
        invoice: id,
        amount: params.money("amount").unwrap_or_else(|| desk.balance(id)),
        fees: params.money("fees").unwrap_or_default(),
        gateway: params.string("gateway"),
        transid: params.string("transid"),
        date: params.moment("date").unwrap_or_else(|| desk.now()),
        silent: params.flag("noemail"),
    };
    desk.pay(payment);
    done()
}

/// <https://developers.whmcs.com/api-reference/addtransaction/>
pub(super) fn add_transaction(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let gateway = params.text("paymentmethod").or_refuse("Payment Method is required")?.to_owned();
    let client = match params.id("userid") {
        Some(_) => desk.client(params, "userid", "Client ID Not Found")?.id,
        None => 0,
    };
    let invoice = match params.id("invoiceid") {
        Some(_) => Some(find(desk, params)?),
        None => None,
    };
    let client = match (client, invoice) {
        (0, Some(invoice)) => invoice.client,
        (client, Some(invoice)) if invoice.client != client => {
            return refuse("User ID does not own the given Invoice ID");
        }
        (client, _) => client,
    };
    let invoice = invoice.map_or(0, |invoice| invoice.id);
    let currency = currency(desk, params, client)?;
    let transid = params.string("transid");
    let taken = !transid.is_empty() && desk.state.transactions.iter().any(|one| one.transid == transid);
    if taken && !params.flag("allowduplicatetransid") {
        return refuse("Transaction ID must be Unique");
    }
    let (amount_in, amount_out) =
        (params.money("amountin").unwrap_or_default(), params.money("amountout").unwrap_or_default());
    let date = params.local_date("date").map_or_else(|| desk.now(), |day| day.at(0, 0, 0, 0));
    desk.add_transaction(Transaction {
        id: 0,
        client,
        currency,
        gateway,
        date,
        description: params.string("description"),
        amount_in,
        fees: params.money("fees").unwrap_or_default(),
        amount_out,
        rate: rate(params),
        transid,
        invoice,
        refund: 0,
    });
    if params.flag("credit") && invoice == 0 && client > 0 {
        desk.add_credit(client, amount_in, "Add Funds", 0);
    }
    if invoice > 0 {
        desk.settle(invoice, true);
        refund_when_all_went_back(desk, invoice, amount_out);
    }
    done()
}

fn rate(params: &Params) -> Decimal {
    params.text("rate").and_then(to_number).unwrap_or(Decimal::ONE)
}

fn currency(desk: &Desk<'_>, params: &Params, client: u64) -> Result<u64, Refusal> {
    let named = match params.id("currencyid") {
        Some(id) => Some(desk.state.currencies.get(id).or_refuse("Currency ID Not Found")?.id),
        None => None,
    };
    match (desk.state.clients.get(client), named) {
        (Some(client), Some(id)) if client.currency != id => refuse("Currency ID does not match Client currency"),
        (Some(_), _) => Ok(0),
        (None, Some(id)) => Ok(id),
        (None, None) => refuse("A Currency ID is required for non-customer related transactions"),
    }
}

/// An invoice whose money has all gone back is refunded.
fn refund_when_all_went_back(desk: &mut Desk<'_>, invoice: u64, amount_out: Decimal) {
    let paid = desk.state.invoices.get(invoice).is_some_and(|one| one.status == InvoiceStatus::Paid);
    if amount_out > Decimal::ZERO && paid && desk.received(invoice) <= Decimal::ZERO {
        let now = desk.now();
        desk.change_invoice(invoice, |one| {
            one.status = InvoiceStatus::Refunded;
            one.refunded = Some(now);
        });
    }
}

/// <https://developers.whmcs.com/api-reference/updatetransaction/>
pub(super) fn update_transaction(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.id("transactionid").filter(|id| desk.state.transactions.get(*id).is_some());
    let id = id.or_refuse("Transaction ID Not Found")?;
    if let Some(invoice) = params.id("invoiceid") {
        desk.state.refile_transaction(id, invoice);
    }
    let Some(one) = desk.state.transactions.get_mut(id) else { return done() };
    for (name, field) in [("refundid", &mut one.refund), ("userid", &mut one.client), ("currency", &mut one.currency)] {
        if let Some(number) = params.int(name) {
            *field = u64::try_from(number).unwrap_or(0);
        }
    }
    for (name, field) in
        [("transid", &mut one.transid), ("gateway", &mut one.gateway), ("description", &mut one.description)]
    {
        if let Some(text) = params.raw(name) {
            text.clone_into(field);
        }
    }
    for (name, field) in [("amountin", &mut one.amount_in), ("fees", &mut one.fees), ("amountout", &mut one.amount_out)]
    {
        *field = params.money(name).unwrap_or(*field);
    }
    one.date = params.moment("date").unwrap_or(one.date);
    if params.has("rate") {
        one.rate = rate(params);
    }
    let client = one.client;
    desk.note(Effect::Updated, "transaction", id, json!({}));
    desk.log(client, format!("Modified Transaction - Transaction ID: {id}"));
    Ok(success(json!({"transactionid": id.to_string()})))
}

/// <https://developers.whmcs.com/api-reference/gettransactions/>
pub(super) fn get_transactions(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (invoice, client, transid) = (params.id("invoiceid"), params.id("clientid"), params.text("transid"));
    let rows: Vec<Value> = desk
        .state
        .transactions
        .iter()
        .filter(|one| invoice.is_none_or(|id| one.invoice == id))
        .filter(|one| client.is_none_or(|id| one.client == id))
        .filter(|one| transid.is_none_or(|text| one.transid == text))
        .map(show_transaction)
        .collect();
    // There is no paging: everything comes at once.
    Ok(success(json!({
        "totalresults": rows.len(),
        "startnumber": 0,
        "numreturned": rows.len(),
        "transactions": {"transaction": rows},
    })))
}

/// A transaction as lists and invoices show it.
pub(super) fn show_transaction(one: &Transaction) -> Value {
    json!({
        "id": one.id.to_string(),
        "userid": one.client.to_string(),
        "currency": one.currency.to_string(),
        "gateway": one.gateway,
        "date": moment(one.date),
        "description": one.description,
        "amountin": cash(one.amount_in),
        "fees": cash(one.fees),
        "amountout": cash(one.amount_out),
        "rate": format!("{:.5}", one.rate),
        "transid": one.transid,
        "invoiceid": one.invoice.to_string(),
        "refundid": one.refund.to_string(),
    })
}

/// <https://developers.whmcs.com/api-reference/capturepayment/>
pub(super) fn capture_payment(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params
        .id("invoiceid")
        .filter(|id| desk.state.invoices.get(*id).is_some_and(|one| one.status == InvoiceStatus::Unpaid))
        .or_refuse("Invoice Not Found or Not Unpaid")?;
    match desk.capture(id) {
        Ok(()) => done(),
        Err(()) => refuse("Payment Attempt Failed"),
    }
}

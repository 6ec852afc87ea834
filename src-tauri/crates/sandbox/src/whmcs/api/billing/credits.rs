//! A client's credit.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::invoices::find;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, cash, day, refuse, success};
use crate::whmcs::model::billing::InvoiceStatus;
use crate::whmcs::params::{Params, to_date, to_money};

/// <https://developers.whmcs.com/api-reference/addcredit/>
pub(super) fn add_credit(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let remove = match params.text("type").unwrap_or("add").to_lowercase().as_str() {
        "add" => false,
        "remove" => true,
        _ => return refuse("Type can only be add or remove"),
    };
    let client = desk.client(params, "clientid", "Client ID Not Found")?.id;
    if params.id("adminid").is_some_and(|id| desk.state.admins.get(id).is_none()) {
        return refuse("Admin ID Not Found");
    }
    let text = params.text("amount").or_refuse("No Amount Provided")?;
    let amount = decimal(text).or_refuse("Amount must be in decimal format: ### or ###.##")?;
    if params.text("date").is_some_and(|date| to_date(date).is_none()) {
        return refuse("Date Format is not Valid");
    }
    let amount = if remove { -amount } else { amount };
    desk.add_credit(client, amount, &params.string("description"), 0);
    if let Some(date) = params.date("date") {
        let last = desk.state.credits.len() as u64;
        if let Some(credit) = desk.state.credits.get_mut(last) {
            credit.date = date;
        }
    }
    let verb = if remove { "Removed" } else { "Added" };
    desk.log(client, format!("{verb} Credit - User ID: {client} - Amount: {}", cash(amount.abs())));
    let balance = desk.state.clients.get(client).map_or(Decimal::ZERO, |client| client.credit);
    Ok(success(json!({"newbalance": cash(balance)})))
}

/// Digits, at most one dot, at most two digits behind it.
fn decimal(text: &str) -> Option<Decimal> {
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.chars().all(|letter| letter.is_ascii_digit());
    let valid = !whole.is_empty() && digits(whole) && digits(cents) && cents.len() <= 2;
    valid.then(|| to_money(text.trim_end_matches('.'))).flatten()
}

/// <https://developers.whmcs.com/api-reference/applycredit/>
pub(super) fn apply_credit(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let invoice = find(desk, params)?;
    let (id, client, status) = (invoice.id, invoice.client, invoice.status);
    if status != InvoiceStatus::Unpaid {
        return refuse("Invoice Not in Unpaid Status");
    }
    let credit = desk.state.clients.get(client).map_or(Decimal::ZERO, |client| client.credit);
    let balance = desk.balance(id);
    let amount = match params.text("amount").unwrap_or_default() {
        "full" => credit.min(balance),
        text => to_money(text).unwrap_or(Decimal::ZERO),
    };
    if amount > credit {
        return refuse("Amount exceeds customer credit balance");
    }
    if amount > balance {
        return refuse("Amount Exceeds Invoice Balance");
    }
    if amount <= Decimal::ZERO {
        return refuse("Credit Amount to apply must be greater than zero");
    }
    let paid = desk.apply_credit(id, Some((amount, params.flag("noemail"))));
    Ok(success(json!({
        "invoiceid": id.to_string(),
        "amount": cash(amount),
        "invoicepaid": if paid { "true" } else { "false" },
    })))
}

impl Desk<'_> {
    /// Pays an invoice from credit, with as much as there is unless an amount is given; says whether it is paid now.
    pub(super) fn apply_credit(&mut self, id: u64, wanted: Option<(Decimal, bool)>) -> bool {
        let Some(client) = self.state.invoices.get(id).map(|invoice| invoice.client) else { return false };
        let credit = self.state.clients.get(client).map_or(Decimal::ZERO, |client| client.credit);
        let (amount, silent) = wanted.unwrap_or_else(|| (credit.min(self.balance(id)), true));
        if amount <= Decimal::ZERO {
            return false;
        }
        self.add_credit(client, -amount, &format!("Credit Applied to Invoice #{id}"), id);
        self.change_invoice(id, |invoice| {
            invoice.credit += amount;
            invoice.settle_totals();
        });
        self.log(client, format!("Credit Applied - Invoice ID: {id} - Amount: {}", cash(amount)));
        self.settle(id, silent);
        self.state.invoices.get(id).is_some_and(|invoice| invoice.status == InvoiceStatus::Paid)
    }
}

/// <https://developers.whmcs.com/api-reference/getcredits/>
pub(super) fn get_credits(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = desk.client(params, "clientid", "Client ID Not Found")?.id;
    let rows: Vec<Value> = desk
        .state
        .credits
        .iter()
        .filter(|credit| credit.client == client)
        .map(|credit| {
            json!({
                "id": credit.id.to_string(),
                "date": day(credit.date),
                "description": credit.description,
                "amount": cash(credit.amount),
                "relid": credit.related.to_string(),
            })
        })
        .collect();
    Ok(success(json!({
        "totalresults": rows.len().to_string(),
        "clientid": client.to_string(),
        "credits": {"credit": rows},
    })))
}

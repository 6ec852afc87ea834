//! Work to be billed.

use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, cash, refuse};
use crate::whmcs::model::billing::BillableItem;
use crate::whmcs::params::{Params, to_date, to_money};

/// <https://developers.whmcs.com/api-reference/addbillableitem/>
pub(super) fn add_billable_item(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = desk.client(params, "clientid", "Client ID not Found")?.id;
    let description = params.text("description").or_refuse("You must provide a description")?.to_owned();
    let action = params.text("invoiceaction").unwrap_or("noinvoice").to_lowercase();
    if !["noinvoice", "nextcron", "nextinvoice", "duedate", "recur"].contains(&action.as_str()) {
        return refuse("Invalid Invoice Action");
    }
    // The documentation's own example leaves the unit out.
    let unit = params.text("unit").unwrap_or("quantity").to_lowercase();
    if !["hours", "quantity"].contains(&unit.as_str()) {
        return refuse("Invalid Unit, please specify either 'hours' or 'quantity'");
    }
    let recur = params.int("recur").unwrap_or(0);
    let recur_cycle = params.string("recurcycle");
    let recur_for = params.int("recurfor").unwrap_or(0);
    if action == "recur" && (recur <= 0 || recur_cycle.is_empty() || recur_for <= 0) {
        return refuse("Recurring must have a unit, cycle and limit");
    }
    let due = match params.text("duedate") {
        Some(text) => Some(to_date(text).or_refuse("Invalid Date Format - Expected: 'YYYY-mm-dd'")?),
        None if action == "duedate" || action == "recur" => return refuse("Due date is required"),
        None => None,
    };
    let amount = params.money("amount").unwrap_or_default();
    let quantity = params.text("quantity").or_else(|| params.text("hours")).and_then(to_money);
    let id = desk.state.billable.add(|id| BillableItem {
        id,
        client,
        description,
        quantity: quantity.unwrap_or_default(),
        unit,
        amount,
        action,
        recur: u32::try_from(recur.clamp(0, 1_000)).unwrap_or(0),
        recur_cycle,
        recur_for: u32::try_from(recur_for.clamp(0, 1_000)).unwrap_or(0),
        due,
        invoiced: 0,
    });
    desk.note(Effect::Created, "billable_item", id, json!({"client": client, "amount": cash(amount)}));
    desk.log(client, format!("Added Billable Item - Billable Item ID: {id}"));
    // One of the two actions that say `status` where others say `result`.
    Ok(json!({"status": "success", "billableid": id}))
}

//! <https://developers.whmcs.com/api/api-index/#addons>

use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, refuse, success};
use crate::whmcs::model::services::{Cycle, ServiceStatus};
use crate::whmcs::params::Params;
use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] = &[action("UpdateClientAddon", update_client_addon)];

/// <https://developers.whmcs.com/api-reference/updateclientaddon/>
fn update_client_addon(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = params.id("id").filter(|id| desk.state.addons.get(*id).is_some()).or_refuse("Addon ID Not Found")?;
    let known = [
        "status",
        "addonid",
        "name",
        "setupfee",
        "recurring",
        "billingcycle",
        "nextduedate",
        "terminationdate",
        "notes",
        "autorecalc",
    ];
    if !known.iter().any(|name| params.has(name)) {
        return refuse("Nothing to Update");
    }
    let currency = desk.state.addons.get(id).and_then(|one| desk.state.currency_of(one.client)).map_or(1, |one| one.id);
    let catalogue = params.id("addonid").or_else(|| desk.state.addons.get(id).map(|one| one.addon)).unwrap_or(0);
    let price = params.flag("autorecalc").then(|| desk.state.addon_price(catalogue, currency)).flatten();
    let Some(addon) = desk.state.addons.get_mut(id) else { return refuse("Addon ID Not Found") };
    addon.status = params.text("status").and_then(ServiceStatus::parse).unwrap_or(addon.status);
    addon.addon = catalogue;
    addon.setup_fee = params.money("setupfee").unwrap_or(addon.setup_fee);
    addon.recurring = params.money("recurring").unwrap_or(addon.recurring);
    if let Some(price) = price {
        addon.recurring = price.recurring;
    }
    addon.cycle = params.text("billingcycle").and_then(Cycle::read).unwrap_or(addon.cycle);
    addon.next_due = params.date("nextduedate").or(addon.next_due);
    addon.terminated = params.date("terminationdate").or(addon.terminated);
    for (name, field) in [("name", &mut addon.name), ("notes", &mut addon.notes)] {
        if let Some(text) = params.raw(name) {
            text.clone_into(field);
        }
    }
    let (client, status) = (addon.client, addon.status.text());
    desk.note(Effect::Updated, "addon", id, json!({"status": status}));
    desk.log(client, format!("Modified Addon - Addon ID: {id}"));
    Ok(success(json!({"id": id.to_string()})))
}

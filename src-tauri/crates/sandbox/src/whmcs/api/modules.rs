//! <https://developers.whmcs.com/api/api-index/#module>

use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, done, moment, refuse, success};
use crate::whmcs::params::{Params, to_date};
use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] = &[
    action("ActivateModule", activate_module),
    action("DeactivateModule", deactivate_module),
    action("GetModuleConfigurationParameters", get_module_configuration_parameters),
    action("GetModuleQueue", get_module_queue),
    action("UpdateModuleConfiguration", update_module_configuration),
];

const KINDS: [&str; 5] = ["gateway", "registrar", "addon", "fraud", "notification"];

/// Where the named module is in the list.
fn find(desk: &Desk<'_>, params: &Params) -> Result<usize, Refusal> {
    let kind = params.text("moduleType").unwrap_or_default().to_lowercase();
    if !KINDS.contains(&kind.as_str()) {
        let kinds = KINDS.join(", ");
        return refuse(format!("Invalid module type provided. Supported module types include: {kinds}"));
    }
    let name = params.text("moduleName").unwrap_or_default();
    let at = desk.state.modules.iter().position(|one| one.kind == kind && one.name.eq_ignore_ascii_case(name));
    at.or_refuse("Invalid module name provided.")
}

/// Takes over the values of known fields; says whether there was any.
fn configure(desk: &mut Desk<'_>, at: usize, params: &Params) -> bool {
    let sent: Vec<(String, String)> =
        params.map("parameters").into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let fields = &mut desk.state.modules[at].fields;
    for (name, value) in &sent {
        if let Some(field) = fields.iter_mut().find(|field| field.0.eq_ignore_ascii_case(name)) {
            value.clone_into(&mut field.3);
        }
    }
    !sent.is_empty()
}

fn switch(desk: &mut Desk<'_>, at: usize, active: bool) {
    let module = &mut desk.state.modules[at];
    module.active = active;
    let (kind, name) = (module.kind, module.name);
    if kind == "gateway" {
        desk.state.gateways.iter_mut().filter(|one| one.module == name).for_each(|one| one.active = active);
    }
    desk.note(Effect::Updated, "module", format!("{kind}/{name}"), json!({"active": active}));
    let verb = if active { "Activated" } else { "Deactivated" };
    desk.log(0, format!("Module {verb} - {kind} {name}"));
}

/// <https://developers.whmcs.com/api-reference/activatemodule/>
fn activate_module(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let at = find(desk, params)?;
    if desk.state.modules[at].active {
        return refuse(format!("Failed to activate: {} is already active", desk.state.modules[at].label));
    }
    configure(desk, at, params);
    switch(desk, at, true);
    done()
}

/// <https://developers.whmcs.com/api-reference/deactivatemodule/>
fn deactivate_module(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let at = find(desk, params)?;
    let (kind, name, active) = {
        let module = &desk.state.modules[at];
        (module.kind, module.name, module.active)
    };
    if !active {
        return refuse("Failed to deactivate: Module is not active");
    }
    if kind == "gateway" {
        let new = params.text("newGateway").unwrap_or_default();
        let usable = desk.state.gateways.iter().any(|one| one.module == new && one.active && new != name);
        if !usable {
            return refuse("Failed to deactivate: Invalid new gateway provided");
        }
        let new = new.to_owned();
        desk.state
            .services
            .iter_mut()
            .filter(|one| one.gateway == name)
            .for_each(|one| new.clone_into(&mut one.gateway));
        desk.state
            .clients
            .iter_mut()
            .filter(|one| one.gateway == name)
            .for_each(|one| new.clone_into(&mut one.gateway));
    }
    switch(desk, at, false);
    done()
}

/// <https://developers.whmcs.com/api-reference/updatemoduleconfiguration/>
fn update_module_configuration(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let at = find(desk, params)?;
    if !desk.state.modules[at].active {
        return refuse("Module Configuration Update Failed: Module is not active");
    }
    configure(desk, at, params);
    let name = desk.state.modules[at].name;
    desk.note(Effect::Updated, "module", name, json!({"configured": true}));
    done()
}

/// <https://developers.whmcs.com/api-reference/getmoduleconfigurationparameters/>
fn get_module_configuration_parameters(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let at = find(desk, params)?;
    let rows: Vec<Value> = desk.state.modules[at]
        .fields
        .iter()
        .map(|(name, label, kind, _)| json!({"name": name, "displayName": label, "fieldType": kind}))
        .collect();
    Ok(success(json!({"parameters": rows})))
}

/// <https://developers.whmcs.com/api-reference/getmodulequeue/>
fn get_module_queue(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let (related, kind) = (params.id("relatedId"), params.text("serviceType"));
    let (module, action) = (params.text("moduleName"), params.text("moduleAction"));
    let since = params.text("since").and_then(to_date);
    let rows: Vec<Value> = desk
        .state
        .module_queue
        .iter()
        .filter(|one| !one.completed)
        .filter(|one| related.is_none_or(|id| one.related == id))
        .filter(|one| kind.is_none_or(|name| one.kind.eq_ignore_ascii_case(name)))
        .filter(|one| module.is_none_or(|name| one.module.eq_ignore_ascii_case(name)))
        .filter(|one| action.is_none_or(|name| one.action.eq_ignore_ascii_case(name)))
        .filter(|one| since.is_none_or(|day| one.last_attempt.date() >= day))
        .map(|one| {
            json!({
                "id": one.id.to_string(),
                "serviceType": one.kind,
                "serviceId": one.related.to_string(),
                "moduleName": one.module,
                "moduleAction": one.action,
                "lastAttempt": moment(one.last_attempt),
                "lastAttemptError": one.error,
                "numRetries": one.retries.to_string(),
                "completed": "0",
                "createdAt": moment(one.created),
                "updatedAt": moment(one.updated),
            })
        })
        .collect();
    Ok(success(json!({"count": rows.len().to_string(), "queue": rows})))
}

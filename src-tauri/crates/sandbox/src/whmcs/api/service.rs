//! <https://developers.whmcs.com/api/api-index/#service>

use serde_json::json;

use super::fields;
use crate::whmcs::access::letters;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, done, refuse, success};
use crate::whmcs::ledger::modules::ModuleFault;
use crate::whmcs::model::services::{Choice, Cycle, Service, ServiceStatus};
use crate::whmcs::params::{Params, is_true};
use crate::whmcs::php::serialized::Php;
use crate::whmcs::registry::{Action, action};

pub(super) const ACTIONS: &[Action] = &[
    action("ModuleChangePackage", |desk, params| module(desk, params, "ChangePackage")),
    action("ModuleChangePw", module_change_pw),
    action("ModuleCreate", |desk, params| module(desk, params, "CreateAccount")),
    action("ModuleCustom", module_custom),
    action("ModuleSuspend", module_suspend),
    action("ModuleTerminate", |desk, params| module(desk, params, "TerminateAccount")),
    action("ModuleUnsuspend", |desk, params| module(desk, params, "UnsuspendAccount")),
    action("UpdateClientProduct", update_client_product),
    action("UpgradeProduct", super::orders::upgrade_product),
];

/// The service named by `serviceid`, or by the name it had before 7.7.
fn service(desk: &Desk<'_>, params: &Params) -> Result<u64, Refusal> {
    let name = if params.has("serviceid") { "serviceid" } else { "accountid" };
    params.text(name).or_refuse("Service ID is required")?;
    params.id(name).filter(|id| desk.state.services.get(*id).is_some()).or_refuse("Service ID not found")
}

fn call(desk: &mut Desk<'_>, id: u64, function: &str) -> Answer {
    match desk.module_call(id, function) {
        Ok(()) => done(),
        Err(ModuleFault::None) => refuse("Service not assigned to a module"),
        Err(ModuleFault::Said(words)) => refuse(words),
    }
}

fn module(desk: &mut Desk<'_>, params: &Params, function: &str) -> Answer {
    let id = service(desk, params)?;
    call(desk, id, function)
}

/// <https://developers.whmcs.com/api-reference/modulesuspend/>
fn module_suspend(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = service(desk, params)?;
    let answer = call(desk, id, "SuspendAccount")?;
    let reason = params.raw("suspendreason").unwrap_or_default().to_owned();
    desk.change_service(id, |service| service.suspend_reason = reason);
    Ok(answer)
}

/// <https://developers.whmcs.com/api-reference/modulechangepw/>
fn module_change_pw(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = service(desk, params)?;
    let answer = call(desk, id, "ChangePassword")?;
    let made = letters(desk.rng, 14);
    let password = params.raw("servicepassword").filter(|text| !text.is_empty()).map_or(made, str::to_owned);
    desk.change_service(id, |service| service.password = password);
    Ok(answer)
}

/// <https://developers.whmcs.com/api-reference/modulecustom/>
fn module_custom(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = service(desk, params)?;
    let function = params.text("func_name").unwrap_or_default();
    if !["reboot", "boot", "shutdown", "sync", "rebuild"].contains(&function.to_lowercase().as_str()) {
        let known = desk.state.product_of(id).is_some_and(|product| !product.module.is_empty());
        return refuse(if known { "Function Not Supported by Module" } else { "Service not assigned to a module" });
    }
    call(desk, id, function)
}

/// <https://developers.whmcs.com/api-reference/updateclientproduct/>
fn update_client_product(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let found = params.id("serviceid").and_then(|id| desk.state.services.get(id));
    let mut service = found.or_refuse("Service ID Not Found")?.clone();
    let (id, before) = (service.id, service.status);
    if let Some(product) = params.id("pid").filter(|id| desk.state.products.get(*id).is_some()) {
        change_product(desk, &mut service, product);
    }
    texts(&mut service, params);
    figures(&mut service, params);
    for name in params.list("unset") {
        unset(&mut service, name);
    }
    let sent_fields = params.serialized("customfields");
    fields::set(&mut service.custom_fields, sent_fields.as_ref());
    if let Some(sent) = params.serialized("configoptions") {
        choose(desk, &mut service, &sent);
    }
    if params.flag("autorecalc") {
        let currency = desk.state.currency_of(service.client).map_or(1, |currency| currency.id);
        if let Some(price) = desk.state.price_of(service.product, service.cycle, currency, &service.options) {
            service.recurring = price.recurring;
        }
    }
    if service.status.ended() && !before.ended() && service.terminated.is_none() {
        service.terminated = Some(desk.today());
    }
    let client = service.client;
    let named: Vec<String> = params.names().filter(|name| !SECRET.contains(name)).map(str::to_owned).collect();
    desk.change_service(id, |slot| *slot = service);
    desk.note(crate::journal::Effect::Action, "service", id, json!({"parameters": named}));
    desk.log(client, format!("Modified Product/Service - Service ID: {id}"));
    Ok(success(json!({"serviceid": id.to_string()})))
}

/// Parameters that say who calls and not what is wanted.
const SECRET: [&str; 8] =
    ["identifier", "secret", "username", "password", "accesskey", "responsetype", "action", "servicepassword"];

/// Another product has other custom fields: values move over by the fields' names.
fn change_product(desk: &Desk<'_>, service: &mut Service, product: u64) {
    let name_of = |product: u64, field: u64| {
        let product = desk.state.products.get(product)?;
        product.custom_fields.iter().find(|one| one.id == field).map(|one| one.name.clone())
    };
    let old: Vec<(Option<String>, String)> =
        service.custom_fields.iter().map(|(id, value)| (name_of(service.product, *id), value.clone())).collect();
    let Some(new) = desk.state.products.get(product) else { return };
    service.custom_fields = new
        .custom_fields
        .iter()
        .map(|field| {
            let value = old.iter().find(|(name, _)| name.as_deref() == Some(field.name.as_str()));
            (field.id, value.map(|(_, value)| value.clone()).unwrap_or_default())
        })
        .collect();
    service.product = product;
}

fn texts(service: &mut Service, params: &Params) {
    // An empty text changes nothing: that is what `unset` is for.
    for (name, field) in [
        ("domain", &mut service.domain),
        ("paymentmethod", &mut service.gateway),
        ("subscriptionid", &mut service.subscription),
        ("notes", &mut service.notes),
        ("serviceusername", &mut service.username),
        ("servicepassword", &mut service.password),
        ("ns1", &mut service.ns1),
        ("ns2", &mut service.ns2),
        ("dedicatedip", &mut service.dedicated_ip),
        ("assignedips", &mut service.assigned_ips),
        ("suspendreason", &mut service.suspend_reason),
    ] {
        if let Some(text) = params.raw(name).filter(|text| !text.is_empty()) {
            text.clone_into(field);
        }
    }
}

fn figures(service: &mut Service, params: &Params) {
    service.server = params.id("serverid").unwrap_or(service.server);
    service.registered = params.date("regdate").unwrap_or(service.registered);
    if let Some(due) = params.date("nextduedate") {
        service.next_due = Some(due);
        service.next_invoice = Some(due);
    }
    service.terminated = params.date("terminationdate").or(service.terminated);
    service.first_amount = params.money("firstpaymentamount").unwrap_or(service.first_amount);
    service.recurring = params.money("recurringamount").unwrap_or(service.recurring);
    service.cycle = params.text("billingcycle").and_then(Cycle::read).unwrap_or(service.cycle);
    service.status = params.text("status").and_then(ServiceStatus::parse).unwrap_or(service.status);
    if let Some(text) = params.text("overideautosuspend") {
        service.no_suspend = is_true(text);
    }
    service.no_suspend_until = params.date("overidesuspenduntil").or(service.no_suspend_until);
    for (at, name) in ["diskusage", "disklimit", "bwusage", "bwlimit"].into_iter().enumerate() {
        if let Some(number) = params.int(name) {
            service.usage[at] = u64::try_from(number).unwrap_or(0);
        }
    }
    service.promotion = params.id("promoid").unwrap_or(service.promotion);
}

fn unset(service: &mut Service, name: &str) {
    let field = match name {
        "domain" => &mut service.domain,
        "serviceusername" => &mut service.username,
        "servicepassword" => &mut service.password,
        "subscriptionid" => &mut service.subscription,
        "ns1" => &mut service.ns1,
        "ns2" => &mut service.ns2,
        "dedicatedip" => &mut service.dedicated_ip,
        "assignedips" => &mut service.assigned_ips,
        "notes" => &mut service.notes,
        "suspendreason" => &mut service.suspend_reason,
        _ => return,
    };
    field.clear();
}

/// `optionId => choiceId`, or `optionId => {optionid, qty}` for options that count.
fn choose(desk: &Desk<'_>, service: &mut Service, sent: &Php) {
    for (id, value) in sent.pairs() {
        let Some(option) = id.parse().ok().and_then(|id| desk.state.options.get(id)) else { continue };
        let number = |value: &Php| value.text().parse::<u64>().unwrap_or(0);
        let chosen = match (value.get("optionid"), value.get("qty")) {
            (Some(choice), quantity) => {
                let quantity = quantity.map_or(1, number);
                Choice { option: option.id, choice: number(choice), quantity: u32::try_from(quantity).unwrap_or(0) }
            }
            // A bare number on an option that counts falls to the least that is allowed.
            _ if option.kind >= 3 => {
                let Some(only) = option.choices.first() else { continue };
                Choice { option: option.id, choice: only.id, quantity: option.min }
            }
            _ => Choice { option: option.id, choice: number(value), quantity: 1 },
        };
        if !option.choices.iter().any(|choice| choice.id == chosen.choice) {
            continue;
        }
        match service.options.iter_mut().find(|one| one.option == chosen.option) {
            Some(one) => *one = chosen,
            None => service.options.push(chosen),
        }
    }
}

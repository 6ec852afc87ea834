//! What clients have: services, add-ons, domains, and their wishes to end them.

use serde_json::{Value, json};

use crate::whmcs::State;
use crate::whmcs::desk::{Answer, Desk, cash, day, day_or_zero, moment, moment_or_zero, on, one, success};
use crate::whmcs::model::services::{CancelRequest, Domain, Service, ServiceAddon};
use crate::whmcs::paging::{Counts, Page, list};
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/getclientsproducts/>
pub(super) fn get_clients_products(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let (client, service, product) = (params.id("clientid"), params.id("serviceid"), params.id("pid"));
    let (domain, username) = (params.text("domain"), params.text("username2"));
    let rows: Vec<&Service> = state
        .services
        .iter()
        .filter(|one| client.is_none_or(|id| one.client == id))
        .filter(|one| service.is_none_or(|id| one.id == id))
        .filter(|one| product.is_none_or(|id| one.product == id))
        .filter(|one| domain.is_none_or(|name| one.domain.eq_ignore_ascii_case(name)))
        .filter(|one| username.is_none_or(|name| one.username == name))
        .collect();
    let page = Page::of(params);
    let shown: Vec<Value> = page.cut(&rows).iter().map(|one| show_service(state, one)).collect();
    Ok(success(json!({
        "clientid": params.text("clientid"),
        "serviceid": params.text("serviceid"),
        "pid": params.text("pid"),
        "domain": domain,
        "totalresults": rows.len().to_string(),
        "startnumber": page.start,
        "numreturned": shown.len(),
        "products": {"product": shown},
    })))
}

fn show_service(state: &State, one: &Service) -> Value {
    let product = state.products.get(one.product);
    let name = product.map(|product| product.name.as_str()).unwrap_or_default();
    let group = product.and_then(|product| state.product_groups.get(product.group));
    let group = group.map(|group| group.name.as_str()).unwrap_or_default();
    let server = state.servers.get(one.server);
    let number = state.orders.get(one.order).map(|order| order.number.to_string()).unwrap_or_default();
    json!({
        "id": one.id.to_string(),
        "qty": one.quantity.to_string(),
        "clientid": one.client.to_string(),
        "orderid": one.order.to_string(),
        "ordernumber": number,
        "pid": one.product.to_string(),
        "regdate": day(one.registered),
        "name": name,
        "translated_name": name,
        "groupname": group,
        "translated_groupname": group,
        "domain": one.domain,
        "dedicatedip": one.dedicated_ip,
        "serverid": one.server.to_string(),
        "servername": server.map(|server| server.name.as_str()).unwrap_or_default(),
        "serverip": server.map(|server| server.ip.as_str()).unwrap_or_default(),
        "serverhostname": server.map(|server| server.hostname.as_str()).unwrap_or_default(),
        "suspensionreason": one.suspend_reason,
        "firstpaymentamount": cash(one.first_amount),
        "recurringamount": cash(one.recurring),
        "paymentmethod": one.gateway,
        "paymentmethodname": state.gateway_name(&one.gateway),
        "billingcycle": one.cycle.text(),
        "nextduedate": day_or_zero(one.next_due),
        "status": one.status.text(),
        "username": one.username,
        "password": one.password,
        "subscriptionid": one.subscription,
        "promoid": one.promotion.to_string(),
        "overideautosuspend": on(one.no_suspend),
        "overidesuspenduntil": day_or_zero(one.no_suspend_until),
        "ns1": one.ns1,
        "ns2": one.ns2,
        "assignedips": one.assigned_ips,
        "notes": one.notes,
        "diskusage": one.usage[0].to_string(),
        "disklimit": one.usage[1].to_string(),
        "bwusage": one.usage[2].to_string(),
        "bwlimit": one.usage[3].to_string(),
        "lastupdate": moment_or_zero(one.usage_at),
        "customfields": {"customfield": custom_fields(state, one)},
        "configoptions": {"configoption": chosen_options(state, one)},
    })
}

fn custom_fields(state: &State, one: &Service) -> Vec<Value> {
    let Some(product) = state.products.get(one.product) else { return Vec::new() };
    product
        .custom_fields
        .iter()
        .map(|field| {
            let value = one.custom_fields.iter().find(|(id, _)| *id == field.id).map(|(_, value)| value.as_str());
            json!({
                "id": field.id.to_string(),
                "name": field.name,
                "translated_name": field.name,
                "value": value.unwrap_or_default(),
            })
        })
        .collect()
}

fn chosen_options(state: &State, one: &Service) -> Vec<Value> {
    one.options
        .iter()
        .filter_map(|chosen| {
            let option = state.options.get(chosen.option)?;
            let choice = option.choices.iter().find(|choice| choice.id == chosen.choice)?;
            let label = option.name.split_once('|').map_or(option.name.as_str(), |(_, label)| label);
            let value = if option.kind >= 3 { chosen.quantity.to_string() } else { choice.label().to_owned() };
            Some(json!({
                "id": option.id.to_string(),
                "option": label,
                "type": option.kind_name(),
                "value": value,
            }))
        })
        .collect()
}

/// <https://developers.whmcs.com/api-reference/getclientsaddons/>
pub(super) fn get_clients_addons(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let services: Vec<u64> = params
        .text("serviceid")
        .map(|ids| ids.split(',').map(|id| id.trim().parse().unwrap_or(0)).collect())
        .unwrap_or_default();
    let (client, addon) = (params.id("clientid"), params.id("addonid"));
    let rows: Vec<Value> = state
        .addons
        .iter()
        .filter(|one| services.is_empty() || services.contains(&one.service))
        .filter(|one| client.is_none_or(|id| one.client == id))
        .filter(|one| addon.is_none_or(|id| one.addon == id))
        .map(|one| show_addon(state, one))
        .collect();
    Ok(success(json!({
        "serviceid": params.string("serviceid"),
        "clientid": params.string("clientid"),
        "totalresults": rows.len().to_string(),
        "addons": {"addon": rows},
    })))
}

fn show_addon(state: &State, one: &ServiceAddon) -> Value {
    json!({
        "id": one.id.to_string(),
        "qty": one.quantity.to_string(),
        "userid": one.client.to_string(),
        "orderid": one.order.to_string(),
        "serviceid": one.service.to_string(),
        "addonid": one.addon.to_string(),
        "name": one.name,
        "setupfee": cash(one.setup_fee),
        "recurring": cash(one.recurring),
        "billingcycle": one.cycle.text(),
        "tax": on(one.tax),
        "status": one.status.text(),
        "regdate": day(one.registered),
        "nextduedate": day_or_zero(one.next_due),
        "nextinvoicedate": day_or_zero(one.next_due),
        "paymentmethod": one.gateway,
        "paymentmethodname": state.gateway_name(&one.gateway),
        "notes": one.notes,
    })
}

/// <https://developers.whmcs.com/api-reference/getclientsdomains/>
pub(super) fn get_clients_domains(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let (client, id, name) = (params.id("clientid"), params.id("domainid"), params.text("domain"));
    let rows: Vec<&Domain> = state
        .domains
        .iter()
        .filter(|one| client.is_none_or(|wanted| one.client == wanted))
        .filter(|one| id.is_none_or(|wanted| one.id == wanted))
        .filter(|one| name.is_none_or(|wanted| one.name.eq_ignore_ascii_case(wanted)))
        .collect();
    let page = Page::of(params);
    let shown: Vec<Value> = page.cut(&rows).iter().map(|one| show_domain(state, one)).collect();
    Ok(success(json!({
        "clientid": params.string("clientid"),
        "domainid": params.string("domainid"),
        "totalresults": rows.len().to_string(),
        "startnumber": page.start.to_string(),
        "numreturned": shown.len().to_string(),
        "domains": {"domain": shown},
    })))
}

fn show_domain(state: &State, one: &Domain) -> Value {
    json!({
        "id": one.id.to_string(),
        "userid": one.client.to_string(),
        "orderid": one.order.to_string(),
        "regtype": one.kind,
        "domainname": one.name,
        "registrar": one.registrar,
        "regperiod": one.period.to_string(),
        "firstpaymentamount": cash(one.first_amount),
        "recurringamount": cash(one.recurring),
        "paymentmethod": one.gateway,
        "paymentmethodname": state.gateway_name(&one.gateway),
        "regdate": day(one.registered),
        "expirydate": day_or_zero(one.expiry),
        "nextduedate": day_or_zero(one.next_due),
        "status": one.status.text(),
        "subscriptionid": one.subscription,
        "promoid": one.promotion.to_string(),
        "dnsmanagement": self::one(one.dns_management),
        "emailforwarding": self::one(one.email_forwarding),
        "idprotection": self::one(one.id_protection),
        "donotrenew": self::one(one.do_not_renew),
        "notes": one.notes,
    })
}

/// <https://developers.whmcs.com/api-reference/getcancelledpackages/>
pub(super) fn get_cancelled_packages(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let rows: Vec<&CancelRequest> = desk.state.cancel_requests.iter().collect();
    Ok(list(params, Counts::Texts, ("packages", "package"), &rows, |request| {
        json!({
            "id": request.id.to_string(),
            "date": moment(request.date),
            "relid": request.service.to_string(),
            "reason": request.reason,
            "type": if request.immediate { "Immediate" } else { "End of Billing Period" },
            "created_at": moment(request.date),
            "updated_at": moment(request.date),
        })
    }))
}

//! Orders, their states, promotions.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use crate::whmcs::State;
use crate::whmcs::desk::{Answer, Desk, cash, day_or_zero, moment, success};
use crate::whmcs::model::catalog::Promotion;
use crate::whmcs::model::services::{Order, OrderStatus};
use crate::whmcs::paging::{Counts, list};
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/getorderstatuses/>
pub(super) fn get_order_statuses(desk: &mut Desk<'_>, _params: &Params) -> Answer {
    let rows: Vec<Value> = OrderStatus::ALL
        .iter()
        .map(|status| {
            let count = desk.state.orders.iter().filter(|order| order.status == *status).count();
            json!({"title": status.text(), "count": count})
        })
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "statuses": {"status": rows}})))
}

/// <https://developers.whmcs.com/api-reference/getorders/>
pub(super) fn get_orders(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let state = &*desk.state;
    let (id, client, requestor) = (params.id("id"), params.id("userid"), params.id("requestor_id"));
    let status = params.text("status");
    let rows: Vec<&Order> = state
        .orders
        .iter()
        .rev()
        .filter(|one| id.is_none_or(|wanted| one.id == wanted))
        .filter(|one| client.is_none_or(|wanted| one.client == wanted))
        .filter(|one| requestor.is_none_or(|wanted| one.requestor == wanted))
        .filter(|one| status.is_none_or(|wanted| one.status.text().eq_ignore_ascii_case(wanted)))
        .collect();
    Ok(list(params, Counts::Numbers, ("orders", "order"), &rows, |one| show(state, one)))
}

fn show(state: &State, one: &Order) -> Value {
    let currency = state.currency_of(one.client);
    let name = state.clients.get(one.client).map(|client| client.address.full_name()).unwrap_or_default();
    let paid = match state.invoices.get(one.invoice) {
        Some(invoice) => invoice.status.text(),
        None if one.amount.is_zero() => "Complete",
        None => "No Invoice Created",
    };
    let renewals = one.renewals.iter().map(|(domain, years)| format!("{domain}={years}")).collect::<Vec<_>>().join(",");
    let renewed: Vec<Value> =
        one.renewals.iter().map(|(domain, years)| json!({"id": domain, "period": years})).collect();
    json!({
        "id": one.id,
        "ordernum": one.number,
        "userid": one.client,
        "contactid": one.contact,
        "requestor_id": one.requestor,
        "admin_requestor_id": one.admin_requestor,
        "date": moment(one.date),
        "nameservers": one.nameservers,
        "transfersecret": "",
        "renewals": renewals,
        "renewalsByType": {"domains": renewed, "services": [], "addons": []},
        "promocode": one.promo_code,
        "promotype": one.promo_type,
        "promovalue": one.promo_value,
        "orderdata": "[]",
        "amount": cash(one.amount),
        "paymentmethod": one.gateway,
        "invoiceid": one.invoice,
        "status": one.status.text(),
        "ipaddress": one.ip,
        "fraudmodule": one.fraud_module,
        "fraudoutput": one.fraud_output,
        "notes": one.notes,
        "paymentmethodname": state.gateway_name(&one.gateway),
        "paymentstatus": paid,
        "name": name,
        "currencyprefix": currency.map(|one| one.prefix.as_str()).unwrap_or_default(),
        "currencysuffix": currency.map(|one| one.suffix.as_str()).unwrap_or_default(),
        "frauddata": "",
        "validationdata": "",
        "lineitems": {"lineitem": lines(state, one)},
    })
}

fn lines(state: &State, order: &Order) -> Vec<Value> {
    let formatted = |amount: Decimal| state.formatted(amount, state.currency_of(order.client).map_or(1, |one| one.id));
    let services = order.services.iter().filter_map(|id| state.services.get(*id)).map(|one| {
        let product = state.products.get(one.product);
        let group = product.and_then(|product| state.product_groups.get(product.group));
        let kind = match product.map(|product| product.kind.as_str()) {
            Some("hostingaccount") => "Hosting Account",
            Some("reselleraccount") => "Reseller Account",
            Some("server") => "Dedicated/VPS Server",
            _ => "Other Product/Service",
        };
        let group = group.map(|group| group.name.as_str()).unwrap_or_default();
        let name = product.map(|product| product.name.as_str()).unwrap_or_default();
        json!({
            "type": "product",
            "relid": one.id,
            "producttype": kind,
            "product": format!("{group} - {name}"),
            "domain": one.domain,
            "billingcycle": one.cycle.text(),
            "amount": formatted(one.first_amount),
            "status": one.status.text(),
        })
    });
    let addons = order.addons.iter().filter_map(|id| state.addons.get(*id)).map(|one| {
        json!({
            "type": "addon",
            "relid": one.id,
            "producttype": "Addon",
            "product": one.name,
            "domain": "",
            "billingcycle": one.cycle.text(),
            "amount": formatted(one.recurring + one.setup_fee),
            "status": one.status.text(),
        })
    });
    let domains = order.domains.iter().filter_map(|id| state.domains.get(*id)).map(|one| {
        json!({
            "type": "domain",
            "relid": one.id,
            "producttype": "Domain",
            "product": one.kind,
            "domain": one.name,
            "billingcycle": format!("{} Year/s", one.period),
            "amount": formatted(one.first_amount),
            "status": one.status.text(),
            "dnsmanagement": u8::from(one.dns_management),
            "emailforwarding": u8::from(one.email_forwarding),
            "idprotection": u8::from(one.id_protection),
        })
    });
    services.chain(addons).chain(domains).collect()
}

/// <https://developers.whmcs.com/api-reference/getpromotions/>
pub(super) fn get_promotions(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let code = params.text("code");
    let rows: Vec<Value> = desk
        .state
        .promotions
        .iter()
        .filter(|one| code.is_none_or(|wanted| one.code.eq_ignore_ascii_case(wanted)))
        .map(show_promotion)
        .collect();
    Ok(success(json!({"totalresults": rows.len(), "promotions": {"promotion": rows}})))
}

fn show_promotion(one: &Promotion) -> Value {
    let applies: Vec<String> = one.applies_to.iter().map(ToString::to_string).collect();
    // Whole values are numbers without decimals.
    let value = match one.value.to_i64().filter(|_| one.value.fract().is_zero()) {
        Some(whole) => json!(whole),
        None => json!(one.value.to_f64()),
    };
    json!({
        "id": one.id,
        "code": one.code,
        "type": one.kind,
        "recurring": u8::from(one.recurring),
        "value": value,
        "cycles": one.cycles,
        "appliesto": applies.join(","),
        "requires": "",
        "requiresexisting": 0,
        "startdate": day_or_zero(one.starts),
        "expirationdate": day_or_zero(one.expires),
        "maxuses": one.max_uses,
        "uses": one.uses,
        "lifetimepromo": u8::from(one.recurring),
        "applyonce": 0,
        "newsignups": u8::from(one.new_signups),
        "existingclient": u8::from(one.existing_client),
        "onceperclient": u8::from(one.once_per_client),
        "recurfor": 0,
        "upgrades": 0,
        "upgradeconfig": "a:4:{s:5:\"value\";s:4:\"0.00\";s:4:\"type\";s:0:\"\";s:12:\"discounttype\";s:10:\"Percentage\";s:13:\"configoptions\";s:0:\"\";}",
        "notes": one.notes,
    })
}

//! Placing an order: it makes services, add-ons, domains and an invoice, all pending.

use rand::Rng;
use rust_decimal::Decimal;
use serde_json::json;

use super::cart::{Cart, WantedDomain, WantedService};
use crate::journal::Effect;
use crate::whmcs::access::letters;
use crate::whmcs::api::fields;
use crate::whmcs::desk::{Answer, Desk, cash, refuse, success};
use crate::whmcs::ledger::generate::period;
use crate::whmcs::ledger::invoices::{NewInvoice, NewItem};
use crate::whmcs::model::billing::InvoiceStatus;
use crate::whmcs::model::people::ClientStatus;
use crate::whmcs::model::services::{Domain, DomainStatus, Order, Service, ServiceAddon, ServiceStatus};
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/addorder/>
pub(super) fn add_order(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let client = desk.client(params, "clientid", "Client ID Not Found")?;
    let id = client.id;
    if client.status == ClientStatus::Closed {
        return refuse("Unable to add order when client status is Closed");
    }
    let gateway = params.text("paymentmethod").unwrap_or_default().to_owned();
    let active: Vec<&str> =
        desk.state.gateways.iter().filter(|one| one.active).map(|one| one.module.as_str()).collect();
    if !active.contains(&gateway.as_str()) {
        return refuse(format!("Invalid Payment Method. Valid options include {}", active.join(",")));
    }
    let cart = Cart::read(desk, params, id)?;
    let order = open(desk, params, id, &gateway, &cart);
    let mut lines = Vec::new();
    for wanted in &cart.services {
        lines.extend(make_service(desk, order, id, &gateway, wanted));
    }
    for wanted in &cart.addons {
        lines.extend(make_addon(desk, order, id, &gateway, wanted.service, wanted.addon, wanted.quantity));
    }
    for wanted in &cart.domains {
        lines.push(make_domain(desk, params, order, id, &gateway, wanted));
    }
    lines.extend(renewals(desk, &cart));
    let amount: Decimal = lines.iter().map(|line| line.amount).sum();
    let invoice =
        if params.flag("noinvoice") || amount.is_zero() { 0 } else { invoice(desk, params, id, &gateway, lines) };
    if let Some(order) = desk.state.orders.get_mut(order) {
        order.amount = amount;
        order.invoice = invoice;
    }
    if let Some(promotion) = cart.promotion.as_ref().and_then(|one| desk.state.promotions.get_mut(one.id)) {
        promotion.uses += 1;
    }
    if !params.flag("noemail") {
        desk.mail(id, "Order Confirmation", &format!("We have received your order {order}."));
    }
    Ok(answer(desk, order, invoice))
}

fn answer(desk: &Desk<'_>, order: u64, invoice: u64) -> serde_json::Value {
    let join = |ids: &[u64]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let made = desk.state.orders.get(order);
    let services = made.map(|order| join(&order.services)).unwrap_or_default();
    let mut answer = success(json!({"orderid": order.to_string(), "serviceids": services}));
    // The old name is still sent beside the new one.
    answer["productids"] = services.into();
    answer["addonids"] = made.map(|order| join(&order.addons)).unwrap_or_default().into();
    answer["domainids"] = made.map(|order| join(&order.domains)).unwrap_or_default().into();
    if invoice > 0 {
        answer["invoiceid"] = invoice.to_string().into();
    }
    answer
}

fn open(desk: &mut Desk<'_>, params: &Params, client: u64, gateway: &str, cart: &Cart) -> u64 {
    let nameservers: Vec<&str> = ["nameserver1", "nameserver2", "nameserver3", "nameserver4", "nameserver5"]
        .iter()
        .filter_map(|name| params.text(name))
        .collect();
    let (number, date) = (desk.rng.random_range(1_000_000_000..9_999_999_999_u64), desk.now());
    let promotion = cart.promotion.as_ref();
    let order = Order {
        contact: params.id("contactid").unwrap_or(0),
        requestor: desk.state.clients.get(client).map_or(0, |client| client.owner()),
        admin_requestor: desk.caller.admin,
        nameservers: nameservers.join(","),
        promo_code: promotion.map(|one| one.code.clone()).unwrap_or_default(),
        promo_type: promotion.map(|one| one.kind.clone()).unwrap_or_default(),
        promo_value: promotion.map(|one| cash(one.value)).unwrap_or_default(),
        ip: params.string("clientip"),
        notes: params.raw("notes").unwrap_or_default().to_owned(),
        renewals: cart.domain_renewals.iter().map(|(domain, years, _)| (*domain, *years)).collect(),
        ..Order::placed(client, number, date, gateway)
    };
    let id = desk.state.orders.add(|id| Order { id, ..order });
    desk.note(Effect::Created, "order", id, json!({"client": client, "number": number}));
    desk.log(client, format!("New Order Placed - Order ID: {id}"));
    id
}

fn make_service(desk: &mut Desk<'_>, order: u64, client: u64, gateway: &str, wanted: &WantedService) -> Vec<NewItem> {
    let today = desk.today();
    let Some(product) = desk.state.products.get(wanted.product) else { return Vec::new() };
    let (name, taxed, module) = (product.name.clone(), product.taxed, product.module.clone());
    let mut custom_fields: Vec<(u64, String)> =
        product.custom_fields.iter().map(|field| (field.id, String::new())).collect();
    fields::set(&mut custom_fields, wanted.fields.as_ref());
    let recurs = wanted.cycle.months() > 0;
    let server = desk.state.servers.iter().find(|one| !module.is_empty() && one.module == module && one.active);
    let server = server.map_or(0, |server| server.id);
    let password = if wanted.password.is_empty() { letters(desk.rng, 12) } else { wanted.password.clone() };
    let service = Service {
        quantity: wanted.quantity,
        domain: wanted.domain.clone(),
        server,
        first_amount: wanted.first.recurring + wanted.first.setup,
        recurring: wanted.recurring,
        password,
        custom_fields,
        options: wanted.options.clone(),
        ..Service::ordered(client, order, wanted.product, (wanted.cycle, today), gateway)
    };
    let id = desk.state.services.add(|id| Service { id, ..service });
    if let Some(order) = desk.state.orders.get_mut(order) {
        order.services.push(id);
    }
    if let Some(product) = desk.state.products.get_mut(wanted.product).filter(|product| product.stock_control) {
        product.stock -= i64::from(wanted.quantity);
    }
    desk.note(Effect::Created, "service", id, json!({"client": client, "product": wanted.product, "order": order}));
    let months = wanted.cycle.months();
    let when = if recurs { format!(" ({})", period(today, months)) } else { String::new() };
    let host = if wanted.domain.is_empty() { String::new() } else { format!(" - {}", wanted.domain) };
    let mut lines = vec![NewItem {
        kind: "Hosting",
        related: id,
        description: format!("{name}{host}{when}"),
        amount: wanted.first.recurring,
        taxed,
    }];
    if !wanted.first.setup.is_zero() {
        let description = format!("{name} Setup Fee");
        lines.push(NewItem { kind: "Setup", related: id, description, amount: wanted.first.setup, taxed });
    }
    for addon in &wanted.addons {
        lines.extend(make_addon(desk, order, client, gateway, id, *addon, 1));
    }
    lines
}

fn make_addon(
    desk: &mut Desk<'_>,
    order: u64,
    client: u64,
    gateway: &str,
    service: u64,
    addon: u64,
    quantity: u32,
) -> Option<NewItem> {
    let today = desk.today();
    let currency = desk.state.currency_of(client).map_or(1, |currency| currency.id);
    let price = desk.state.addon_price(addon, currency)?;
    let catalogue = desk.state.addon_products.get(addon)?;
    let (name, cycle, tax) = (catalogue.name.clone(), catalogue.cycle, catalogue.taxed);
    let count = Decimal::from(quantity);
    let id = desk.state.addons.add(|id| ServiceAddon {
        id,
        order,
        service,
        client,
        addon,
        name: name.clone(),
        quantity,
        setup_fee: price.setup * count,
        recurring: price.recurring * count,
        cycle,
        tax,
        status: ServiceStatus::Pending,
        registered: today,
        next_due: Some(today),
        terminated: None,
        gateway: gateway.to_owned(),
        notes: String::new(),
    });
    if let Some(order) = desk.state.orders.get_mut(order) {
        order.addons.push(id);
    }
    desk.note(Effect::Created, "addon", id, json!({"service": service, "addon": addon}));
    let description = format!("Addon - {name}");
    Some(NewItem {
        kind: "Addon",
        related: id,
        description,
        amount: (price.recurring + price.setup) * count,
        taxed: tax,
    })
}

fn make_domain(
    desk: &mut Desk<'_>,
    params: &Params,
    order: u64,
    client: u64,
    gateway: &str,
    wanted: &WantedDomain,
) -> NewItem {
    let today = desk.today();
    let registrar = desk.state.tlds.iter().find(|tld| wanted.name.ends_with(tld.extension.as_str()));
    let registrar = registrar.map(|tld| tld.registrar.clone()).unwrap_or_default();
    let nameservers: Vec<String> = ["nameserver1", "nameserver2", "nameserver3", "nameserver4", "nameserver5"]
        .iter()
        .filter_map(|name| params.text(name).map(str::to_owned))
        .collect();
    let epp = if wanted.epp.is_empty() { letters(desk.rng, 12) } else { wanted.epp.clone() };
    let id = desk.state.domains.add(|id| Domain {
        id,
        client,
        order,
        kind: if wanted.transfer { "Transfer" } else { "Register" },
        name: wanted.name.clone(),
        registrar,
        period: wanted.years,
        first_amount: wanted.price,
        recurring: wanted.renewal,
        gateway: gateway.to_owned(),
        registered: today,
        expiry: None,
        next_due: Some(today),
        status: DomainStatus::Pending,
        subscription: String::new(),
        promotion: 0,
        dns_management: wanted.dns,
        email_forwarding: wanted.forwarding,
        id_protection: wanted.protection,
        do_not_renew: false,
        notes: String::new(),
        nameservers,
        locked: true,
        epp,
        whois: Vec::new(),
    });
    if let Some(order) = desk.state.orders.get_mut(order) {
        order.domains.push(id);
    }
    desk.note(Effect::Created, "domain", id, json!({"client": client, "name": wanted.name, "order": order}));
    let (kind, verb) =
        if wanted.transfer { ("DomainTransfer", "Transfer") } else { ("DomainRegister", "Registration") };
    let description = format!("Domain {verb} - {} - {} Year/s", wanted.name, wanted.years);
    NewItem { kind, related: id, description, amount: wanted.price, taxed: true }
}

fn renewals(desk: &mut Desk<'_>, cart: &Cart) -> Vec<NewItem> {
    let mut lines = Vec::new();
    for (id, years, price) in &cart.domain_renewals {
        let Some(domain) = desk.state.domains.get_mut(*id) else { continue };
        domain.period = *years;
        let description = format!("Domain Renewal - {} - {years} Year/s", domain.name);
        lines.push(NewItem { kind: "Domain", related: *id, description, amount: *price, taxed: true });
    }
    for id in &cart.service_renewals {
        let Some(service) = desk.state.services.get_mut(*id) else { continue };
        let (amount, months) = (service.recurring, service.cycle.months());
        let due = service.next_due.unwrap_or(service.registered);
        service.next_invoice = Some(due.saturating_add(jiff::Span::new().months(months)));
        let description = format!("Renewal - {} ({})", service.domain, period(due, months));
        lines.push(NewItem { kind: "Hosting", related: *id, description, amount, taxed: true });
    }
    for id in &cart.addon_renewals {
        let Some(addon) = desk.state.addons.get(*id) else { continue };
        let description = format!("Addon - {}", addon.name);
        lines.push(NewItem { kind: "Addon", related: *id, description, amount: addon.recurring, taxed: addon.tax });
    }
    lines
}

fn invoice(desk: &mut Desk<'_>, params: &Params, client: u64, gateway: &str, items: Vec<NewItem>) -> u64 {
    let today = desk.today();
    // The period ordered is invoiced now; the next one later.
    let ordered: Vec<u64> = items.iter().filter(|item| item.kind == "Hosting").map(|item| item.related).collect();
    for id in ordered {
        if let Some(service) = desk.state.services.get_mut(id) {
            let months = jiff::Span::new().months(service.cycle.months());
            let next = service.next_due.map(|due| due.saturating_add(months));
            service.next_invoice = service.next_invoice.max(next);
        }
    }
    let id = desk.create_invoice(NewInvoice {
        client,
        date: today,
        due: today,
        status: InvoiceStatus::Unpaid,
        gateway: gateway.to_owned(),
        rates: None,
        items,
        notes: String::new(),
    });
    if !params.flag("noinvoiceemail") {
        desk.mail(client, "Customer Invoice", &format!("Invoice #{id} has been generated."));
    }
    id
}

//! Changing a service's product or options.

use rand::Rng;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, refuse, success};
use crate::whmcs::ledger::generate::positive;
use crate::whmcs::ledger::invoices::{NewInvoice, NewItem};
use crate::whmcs::model::billing::InvoiceStatus;
use crate::whmcs::model::services::{Choice, Cycle, Order, Service, Upgrade};
use crate::whmcs::params::{HALF_UP, Params};

/// What an upgrade would change and cost.
struct Change {
    product: Option<(u64, Cycle)>,
    options: Vec<Choice>,
    recurring: Decimal,
    price: Decimal,
    days_left: i64,
    days: i64,
    lines: Vec<(String, Decimal)>,
}

/// <https://developers.whmcs.com/api-reference/upgradeproduct/>
pub(in crate::whmcs::api) fn upgrade_product(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let found = params.id("serviceid").and_then(|id| desk.state.services.get(id));
    let service = found.or_refuse("Service ID Not Found")?.clone();
    let unpaid = desk.state.upgrades.iter().any(|one| {
        let waiting = desk.state.invoices.get(one.invoice).is_some_and(|one| one.status == InvoiceStatus::Unpaid);
        one.service == service.id && !one.done && waiting
    });
    let calculate = params.flag("calconly");
    if unpaid && !calculate {
        return refuse("Unable to accept upgrade order. Previous upgrade invoice for service is still unpaid.");
    }
    let gateway = params.text("paymentmethod").unwrap_or_default().to_owned();
    let active: Vec<&str> =
        desk.state.gateways.iter().filter(|one| one.active).map(|one| one.module.as_str()).collect();
    if !active.contains(&gateway.as_str()) {
        return refuse(format!("Invalid Payment Method. Valid options include {}", active.join(",")));
    }
    let change = match params.text("type").unwrap_or_default() {
        "product" => to_product(desk, params, &service)?,
        "configoptions" => to_options(desk, params, &service),
        _ => return refuse("Invalid Upgrade Type"),
    };
    let mut answer = describe(desk, &service, &change);
    if calculate {
        answer["upgradeinprogress"] = u8::from(unpaid).into();
        return Ok(answer);
    }
    let (upgrade, order, number, invoice) = place(desk, &service, &gateway, change);
    answer["id"] = upgrade.to_string().into();
    answer["orderid"] = order.into();
    answer["order_number"] = number.to_string().into();
    answer["invoiceid"] = if invoice > 0 { json!(invoice) } else { Value::Null };
    Ok(answer)
}

/// Days until the next due date, and days of a whole round.
fn remaining(desk: &Desk<'_>, service: &Service) -> (i64, i64) {
    let due = service.next_due.unwrap_or_else(|| desk.today());
    let before = due.saturating_sub(jiff::Span::new().months(service.cycle.months().max(1)));
    let left = i64::from((due - desk.today()).get_days()).max(0);
    (left, i64::from((due - before).get_days()).max(1))
}

fn share(amount: Decimal, left: i64, days: i64) -> Decimal {
    (amount * Decimal::from(left) / Decimal::from(days)).round_dp_with_strategy(2, HALF_UP)
}

fn to_product(desk: &Desk<'_>, params: &Params, service: &Service) -> Result<Change, Refusal> {
    let product = params.id("newproductid").filter(|id| desk.state.products.get(*id).is_some());
    let product = product.or_refuse("Invalid Upgrade Type")?;
    let cycle = params.text("newproductbillingcycle").and_then(Cycle::read).unwrap_or(service.cycle);
    let currency = desk.state.currency_of(service.client).map_or(1, |currency| currency.id);
    let price = desk.state.price_of(product, cycle, currency, &service.options).or_refuse("Invalid Upgrade Type")?;
    let (days_left, days) = remaining(desk, service);
    let months = Decimal::from(cycle.months().max(1)) / Decimal::from(service.cycle.months().max(1));
    let difference = share(price.recurring / months - service.recurring, days_left, days);
    let name = desk.state.products.get(product).map(|one| one.name.clone()).unwrap_or_default();
    Ok(Change {
        product: Some((product, cycle)),
        options: Vec::new(),
        recurring: price.recurring,
        price: difference,
        days_left,
        days,
        lines: vec![(format!("Upgrade/Downgrade to {name} - {}", service.domain), difference)],
    })
}

/// `configoptions[optionId]` is a choice, or a number for options that count.
fn to_options(desk: &Desk<'_>, params: &Params, service: &Service) -> Change {
    let currency = desk.state.currency_of(service.client).map_or(1, |currency| currency.id);
    let (days_left, days) = remaining(desk, service);
    let mut options = Vec::new();
    for (option, value) in params.map("configoptions") {
        let Some(option) = option.parse().ok().and_then(|id| desk.state.options.get(id)) else { continue };
        let number: u64 = value.parse().unwrap_or(0);
        let Some(first) = option.choices.first() else { continue };
        options.push(if option.kind >= 3 {
            let quantity = u32::try_from(number).unwrap_or(0).clamp(option.min, option.max.max(1));
            Choice { option: option.id, choice: first.id, quantity }
        } else {
            let chosen = option.choices.iter().find(|choice| choice.id == number).unwrap_or(first);
            Choice { option: option.id, choice: chosen.id, quantity: 1 }
        });
    }
    let mut all = service.options.clone();
    for choice in &options {
        match all.iter_mut().find(|one| one.option == choice.option) {
            Some(one) => *one = *choice,
            None => all.push(*choice),
        }
    }
    let new = desk.state.price_of(service.product, service.cycle, currency, &all);
    let recurring = new.map_or(service.recurring, |price| price.recurring);
    let price = share(recurring - service.recurring, days_left, days);
    let lines = vec![(format!("Upgrade/Downgrade Options - {}", service.domain), price)];
    Change { product: None, options, recurring, price, days_left, days, lines }
}

fn describe(desk: &Desk<'_>, service: &Service, change: &Change) -> Value {
    let name = |id: u64| desk.state.products.get(id).map(|one| one.name.clone()).unwrap_or_default();
    let currency = desk.state.currency_of(service.client).map_or(1, |currency| currency.id);
    let price = desk.state.formatted(change.price, currency);
    match change.product {
        Some((product, cycle)) => success(json!({
            "oldproductid": service.product.to_string(),
            "oldproductname": name(service.product),
            "newproductid": product,
            "newproductname": name(product),
            "daysuntilrenewal": change.days_left,
            "totaldays": change.days,
            "newproductbillingcycle": cycle.key(),
            "price": price,
        })),
        None => success(json!({
            "configname1": change.options.iter().map(|one| one.option.to_string()).collect::<Vec<_>>().join(","),
            "daysuntilrenewal": change.days_left,
            "totaldays": change.days,
            "price1": price,
            "subtotal": price,
            "total": price,
        })),
    }
}

fn place(desk: &mut Desk<'_>, service: &Service, gateway: &str, change: Change) -> (u64, u64, u64, u64) {
    let (number, date) = (desk.rng.random_range(1_000_000_000..9_999_999_999_u64), desk.now());
    let requestor = desk.state.clients.get(service.client).map_or(0, |client| client.owner());
    let admin = desk.caller.admin;
    let order = Order {
        requestor,
        admin_requestor: admin,
        amount: change.price.max(Decimal::ZERO),
        ..Order::placed(service.client, number, date, gateway)
    };
    let order = desk.state.orders.add(|id| Order { id, ..order });
    desk.note(Effect::Created, "order", order, json!({"client": service.client, "upgrade_of": service.id}));
    let upgrade = desk.state.upgrades.add(|id| Upgrade {
        id,
        service: service.id,
        order,
        invoice: 0,
        product: change.product,
        options: change.options,
        recurring: change.recurring,
        done: false,
    });
    desk.note(Effect::Created, "upgrade", upgrade, json!({"service": service.id, "price": change.price.to_string()}));
    let items: Vec<NewItem> = change
        .lines
        .into_iter()
        .filter_map(|(description, amount)| {
            let amount = positive(amount)?;
            Some(NewItem { kind: "Upgrade", related: upgrade, description, amount, taxed: true })
        })
        .collect();
    if items.is_empty() {
        // Nothing to pay: a downgrade is credited and carried out at once.
        if change.price < Decimal::ZERO {
            desk.add_credit(service.client, -change.price, "Upgrade/Downgrade Credit", 0);
        }
        desk.carry_out_upgrade(upgrade);
        return (upgrade, order, number, 0);
    }
    let due = desk.today();
    let invoice = desk.create_invoice(NewInvoice {
        client: service.client,
        date: due,
        due,
        status: InvoiceStatus::Unpaid,
        gateway: gateway.to_owned(),
        rates: None,
        items,
        notes: String::new(),
    });
    if let Some(one) = desk.state.upgrades.get_mut(upgrade) {
        one.invoice = invoice;
    }
    if let Some(one) = desk.state.orders.get_mut(order) {
        one.invoice = invoice;
    }
    (upgrade, order, number, invoice)
}

//! Services with the orders they came from, their add-ons, and the wishes to end them.

use jiff::Span;
use jiff::civil::Date;
use rand::Rng;
use rust_decimal::Decimal;

use super::Plot;
use super::catalog::{ADDRESS_OPTION, BACKUP_OPTION, IMAGE_OPTION, LINK_FIELDS, REGION_OPTION};
use crate::seed::Server;
use crate::seed::contracts::{Contract, Link, Phase};
use crate::seed::offers::Source;
use crate::whmcs::State;
use crate::whmcs::access::letters;
use crate::whmcs::model::services::{
    CancelRequest, Choice, Cycle, Order, OrderStatus, Service, ServiceAddon, ServiceStatus,
};

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    let contracts = &plot.estate.contracts;
    let mut machines: Vec<Option<&Server>> = vec![None; contracts.len()];
    for server in &plot.estate.servers {
        if let Some(slot) = server.service_id.and_then(|id| machines.get_mut(usize::try_from(id).ok()? - 1)) {
            *slot = Some(server);
        }
    }
    for (contract, machine) in contracts.iter().zip(machines) {
        let order = order(state, plot, contract);
        service(state, plot, contract, machine, order);
        addon(state, plot, contract);
        cancel_request(state, plot, contract);
    }
}

/// The cycle with so many months.
pub(super) fn cycle_of(contract: &Contract) -> Cycle {
    match (contract.months, contract.offer.pay_type) {
        (0, "onetime") => Cycle::OneTime,
        (0, _) => Cycle::Free,
        (months, _) => Cycle::RECURRING.into_iter().find(|cycle| cycle.months() == months).unwrap_or(Cycle::Monthly),
    }
}

fn order(state: &mut State, plot: &mut Plot<'_>, contract: &Contract) -> u64 {
    let status = match contract.phase {
        Phase::Pending => OrderStatus::Pending,
        Phase::Fraud => OrderStatus::Fraud,
        _ => OrderStatus::Active,
    };
    let client = state.clients.get(contract.client);
    let requestor = client.map_or(0, |client| client.owner());
    let gateway = client.map(|client| client.gateway.clone()).unwrap_or_default();
    let date = plot.time_on(contract.started);
    let number = plot.rng.random_range(1_000_000_000..9_999_999_999_u64);
    let fraud = contract.phase == Phase::Fraud;
    let promoted = state.orders.next_id() % 23 == 5;
    let text = |text: &str| if promoted { text.to_owned() } else { String::new() };
    let nameservers = "ns1.nordlicht.example,ns2.nordlicht.example";
    let order = Order {
        requestor,
        admin_requestor: if state.orders.next_id().is_multiple_of(14) { 2 } else { 0 },
        nameservers: if contract.offer.kind == "server" { nameservers.to_owned() } else { String::new() },
        promo_code: text("FRIENDS5"),
        promo_type: text("Percentage"),
        promo_value: text("5.00"),
        status,
        ip: format!("198.51.100.{}", contract.client % 250),
        fraud_module: if fraud { "fraudlabs".to_owned() } else { String::new() },
        fraud_output: if fraud { FRAUD.to_owned() } else { String::new() },
        services: vec![contract.id],
        ..Order::placed(contract.client, number, date, &gateway)
    };
    state.orders.add(|id| Order { id, ..order })
}

const FRAUD: &str = "{\"is_country_match\":\"N\",\"is_high_risk_country\":\"Y\",\"distance_in_km\":\
8412.5500000000001818989403545856475830078125,\"fraudlabspro_score\":91}";

fn service(state: &mut State, plot: &mut Plot<'_>, contract: &Contract, machine: Option<&Server>, order: u64) {
    let Some(client) = state.clients.get(contract.client) else { return };
    let (currency, gateway) = (client.currency, client.gateway.clone());
    let cycle = cycle_of(contract);
    let options = options(state, contract, machine);
    let price = state.price_of(contract.offer.id, cycle, currency, &options).unwrap_or_default();
    let hosted = !contract.offer.module.is_empty();
    let server = if hosted { host(state, contract) } else { 0 };
    let short: String = contract.domain.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let machine_user = if contract.offer.kind == "server" { "root".to_owned() } else { String::new() };
    let disk = plot.rng.random_range(50..9000);
    let text = |wanted: bool, text: &str| if wanted { text.to_owned() } else { String::new() };
    let service = Service {
        domain: contract.domain.clone(),
        server,
        first_amount: price.recurring + price.setup,
        recurring: if contract.months > 0 { price.recurring } else { Decimal::ZERO },
        next_due: None,
        next_invoice: None,
        terminated: contract.ended,
        status: status(contract.phase),
        username: if hosted { short } else { machine_user },
        password: letters(plot.rng, 12),
        promotion: if order % 23 == 5 { 5 } else { 0 },
        suspend_reason: text(contract.phase == Phase::Suspended, "Overdue on Payment"),
        no_suspend: contract.id % 97 == 4,
        ns1: text(hosted, "ns1.nordlicht.example"),
        ns2: text(hosted, "ns2.nordlicht.example"),
        dedicated_ip: contract.link.ip.clone(),
        assigned_ips: machine.map(assigned).unwrap_or_default(),
        notes: text(contract.id % 50 == 9, "Migrated by hand.\r\nOld box: see ticket."),
        usage: if hosted { [disk, 20_000, disk * 7, 500_000] } else { [0; 4] },
        usage_at: hosted.then(|| plot.time_on(plot.today)),
        custom_fields: field_values(state, contract),
        options,
        ..Service::ordered(contract.client, order, contract.offer.id, (cycle, contract.started), &gateway)
    };
    state.services.add(|id| Service { id, ..service });
}

fn status(phase: Phase) -> ServiceStatus {
    match phase {
        Phase::Pending => ServiceStatus::Pending,
        Phase::Active => ServiceStatus::Active,
        Phase::Suspended => ServiceStatus::Suspended,
        Phase::Terminated => ServiceStatus::Terminated,
        Phase::Cancelled => ServiceStatus::Cancelled,
        Phase::Fraud => ServiceStatus::Fraud,
        Phase::Completed => ServiceStatus::Completed,
    }
}

fn assigned(server: &Server) -> String {
    let mut lines: Vec<String> = server.extra_ipv4.iter().map(ToString::to_string).collect();
    lines.push(server.ipv6.to_string());
    lines.join("\r\n")
}

/// The module server a hosted service lies on.
fn host(state: &State, contract: &Contract) -> u64 {
    let fitting: Vec<u64> =
        state.servers.iter().filter(|server| server.module == contract.offer.module).map(|server| server.id).collect();
    // The oldest accounts lie on the machine that takes no new ones.
    match fitting.as_slice() {
        [] => 0,
        [.., last] if contract.id.is_multiple_of(9) => *last,
        several => several[(contract.id as usize) % (several.len() - 1).max(1)],
    }
}

fn options(state: &State, contract: &Contract, machine: Option<&Server>) -> Vec<Choice> {
    let Source::Instance(_) = contract.offer.source else { return Vec::new() };
    let region = machine.map_or("EU", |server| server.region.as_str());
    let image = machine.map_or("afecbb85-e2fc-46f0-9684-b46b1faf00bb", |server| server.image_id.as_str());
    let extra = machine.map_or(0, |server| server.extra_ipv4.len() as u32);
    let backup = machine.is_some_and(|server| server.add_ons.iter().any(|name| name == "backup"));
    [
        (REGION_OPTION, region, 1),
        (IMAGE_OPTION, image, 1),
        (ADDRESS_OPTION, "1", extra),
        (BACKUP_OPTION, "1", u32::from(backup)),
    ]
    .into_iter()
    .filter_map(|(option, value, quantity)| {
        let one = state.options.get(option)?;
        let choice = one.choices.iter().find(|choice| choice.name.split('|').next() == Some(value))?;
        Some(Choice { option, choice: choice.id, quantity })
    })
    .collect()
}

/// What the ten fields say, as far as the product has them.
fn field_values(state: &State, contract: &Contract) -> Vec<(u64, String)> {
    let Some(product) = state.products.get(contract.offer.id) else { return Vec::new() };
    let Link { resource_type, instance_id, storage_id, network_id, last_state, request_ids, template, .. } =
        &contract.link;
    let empty = String::new();
    let values =
        [resource_type, instance_id, storage_id, network_id, &empty, template, &empty, last_state, request_ids, &empty];
    product
        .custom_fields
        .iter()
        .map(|field| {
            let at = LINK_FIELDS.iter().position(|name| *name == field.name);
            (field.id, at.map(|at| values[at].clone()).unwrap_or_default())
        })
        .collect()
}

fn addon(state: &mut State, plot: &mut Plot<'_>, contract: &Contract) {
    if contract.id % 15 != 2 || contract.phase == Phase::Fraud {
        return;
    }
    let Some(service) = state.services.get(contract.id) else { return };
    let (client, order, gateway, registered) =
        (service.client, service.order, service.gateway.clone(), service.registered);
    let (status, next_due) = (service.status, service.next_due);
    let currency = state.clients.get(client).map_or(1, |client| client.currency);
    let catalogue = plot.pick(&[1, 2, 3]);
    let price = state.addon_price(catalogue, currency).unwrap_or_default();
    let name = state.addon_products.get(catalogue).map(|addon| addon.name.clone()).unwrap_or_default();
    let id = state.addons.add(|id| ServiceAddon {
        id,
        order,
        service: contract.id,
        client,
        addon: catalogue,
        name,
        quantity: 1,
        setup_fee: price.setup,
        recurring: price.recurring,
        cycle: Cycle::Monthly,
        tax: true,
        status,
        registered,
        next_due,
        terminated: contract.ended,
        gateway,
        notes: String::new(),
    });
    if let Some(order) = state.orders.get_mut(order) {
        order.addons.push(id);
    }
}

fn cancel_request(state: &mut State, plot: &mut Plot<'_>, contract: &Contract) {
    let wanted = match contract.phase {
        Phase::Active => contract.id % 80 == 41,
        Phase::Cancelled => contract.id.is_multiple_of(6),
        _ => false,
    };
    if !wanted {
        return;
    }
    let day: Date = contract.ended.unwrap_or_else(|| plot.today.saturating_sub(Span::new().days(3)));
    let date = plot.time_on(day);
    let reason = plot.pick(&[
        "Client Requested",
        "Zu teuer",
        "We no longer need this server, thank you.",
        "moving to another provider",
    ]);
    let immediate = plot.chance(0.3);
    state.cancel_requests.add(|id| CancelRequest {
        id,
        date,
        service: contract.id,
        reason: reason.to_owned(),
        immediate,
    });
}

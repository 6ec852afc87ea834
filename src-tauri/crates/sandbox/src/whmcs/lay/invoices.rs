//! Three years of invoices with their payments: every one adds up.

use jiff::Span;
use jiff::civil::Date;
use rand::Rng;
use rust_decimal::Decimal;

use super::Plot;
use crate::seed::people::Payer;
use crate::whmcs::State;
use crate::whmcs::access::letters;
use crate::whmcs::model::billing::{Invoice, InvoiceStatus, Item, Transaction};
use crate::whmcs::model::people::Credit;
use crate::whmcs::model::services::{DomainStatus, ServiceStatus};
use crate::whmcs::state::next;

/// Days between an invoice and its due date, for renewals.
pub(in crate::whmcs) const AHEAD: i64 = 14;

/// Something that falls due.
struct Due {
    issued: Date,
    due: Date,
    client: u64,
    kind: &'static str,
    related: u64,
    description: String,
    amount: Decimal,
    /// It will not be paid whatever the client's habits are.
    doomed: bool,
}

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    let mut dues = service_dues(state, plot);
    dues.extend(domain_dues(state, plot));
    dues.sort_by_key(|due| (due.issued, due.client, due.due, due.related));
    let mut groups: Vec<Vec<Due>> = Vec::new();
    for due in dues {
        match groups.last_mut() {
            Some(group)
                if group[0].client == due.client && group[0].issued == due.issued && group[0].due == due.due =>
            {
                group.push(due);
            }
            _ => groups.push(vec![due]),
        }
    }
    // Older ones were left behind at the move to this installation.
    let kept = usize::try_from(plot.scaled(4_000.0)).unwrap_or(usize::MAX);
    let skip = groups.len().saturating_sub(kept);
    for group in groups.into_iter().skip(skip) {
        invoice(state, plot, group);
    }
    due_dates(state);
    addon_dates(state, plot);
    goodwill(state, plot);
}

fn service_dues(state: &State, plot: &Plot<'_>) -> Vec<Due> {
    let horizon = plot.today.saturating_add(Span::new().days(AHEAD));
    let mut dues = Vec::new();
    for service in &state.services {
        let name = state.products.get(service.product).map(|product| product.name.as_str()).unwrap_or_default();
        let months = service.cycle.months();
        if service.first_amount.is_zero() {
            continue;
        }
        for round in 0.. {
            let due = service.registered.saturating_add(Span::new().months(months * round));
            let ended = service.terminated.is_some_and(|end| due > end);
            if due > horizon
                || ended
                || (months == 0 && round > 0)
                || (round > 0 && service.status == ServiceStatus::Pending)
            {
                break;
            }
            let first = round == 0;
            let until = due.saturating_add(Span::new().months(months)).saturating_sub(Span::new().days(1));
            let period = if months > 0 {
                format!(" ({} - {})", due.strftime("%d/%m/%Y"), until.strftime("%d/%m/%Y"))
            } else {
                String::new()
            };
            let last_before_end =
                service.terminated.is_some_and(|end| due.saturating_add(Span::new().months(months)) > end);
            dues.push(Due {
                issued: if first { due } else { due.saturating_sub(Span::new().days(AHEAD)) },
                due,
                client: service.client,
                kind: "Hosting",
                related: service.id,
                description: format!("{name} - {}{period}", service.domain),
                amount: if first { service.first_amount } else { service.recurring },
                doomed: match service.status {
                    ServiceStatus::Pending | ServiceStatus::Fraud => true,
                    ServiceStatus::Suspended => due.saturating_add(Span::new().days(70)) > plot.today,
                    ServiceStatus::Terminated => last_before_end && service.id.is_multiple_of(2),
                    _ => false,
                },
            });
        }
    }
    dues
}

fn domain_dues(state: &State, plot: &Plot<'_>) -> Vec<Due> {
    let horizon = plot.today.saturating_add(Span::new().days(AHEAD));
    let mut dues = Vec::new();
    for domain in &state.domains {
        let over = matches!(domain.status, DomainStatus::Cancelled | DomainStatus::TransferredAway);
        for round in 0.. {
            let due = domain.registered.saturating_add(Span::new().years(domain.period as i32 * round));
            if due > horizon || (over && round > 0) || (domain.status == DomainStatus::Pending && round > 0) {
                break;
            }
            let (kind, verb) = match (round, domain.kind) {
                (0, "Transfer") => ("DomainTransfer", "Transfer"),
                (0, _) => ("DomainRegister", "Registration"),
                _ => ("Domain", "Renewal"),
            };
            dues.push(Due {
                issued: if round == 0 { due } else { due.saturating_sub(Span::new().days(AHEAD)) },
                due,
                client: domain.client,
                kind,
                related: domain.id,
                description: format!("Domain {verb} - {} - {} Year/s", domain.name, domain.period),
                amount: domain.recurring,
                doomed: domain.status == DomainStatus::Pending,
            });
        }
    }
    dues
}

fn invoice(state: &mut State, plot: &mut Plot<'_>, group: Vec<Due>) {
    let Some(client) = state.clients.get(group[0].client) else { return };
    let (id_of_client, gateway, exempt) = (client.id, client.gateway.clone(), client.tax_exempt);
    let rate = state.tax_rates.get(&client.address.country).copied().filter(|_| !exempt).unwrap_or_default();
    let (issued, due) = (group[0].issued, group[0].due);
    let doomed = group.iter().any(|due| due.doomed);
    let first_service = group.iter().find(|due| due.kind == "Hosting").map(|due| due.related);
    let items: Vec<Item> = group
        .into_iter()
        .map(|due| Item {
            id: next(&mut state.counters.item),
            kind: due.kind,
            related: due.related,
            description: due.description,
            amount: due.amount,
            taxed: true,
        })
        .collect();
    let created = issued.at(6, 0, 0, 0).min(plot.now);
    let mut invoice = Invoice {
        id: 0,
        number: String::new(),
        client: id_of_client,
        date: issued,
        due,
        paid: None,
        last_capture: None,
        refunded: None,
        cancelled: None,
        items,
        subtotal: Decimal::ZERO,
        credit: Decimal::ZERO,
        tax: Decimal::ZERO,
        tax2: Decimal::ZERO,
        total: Decimal::ZERO,
        taxrate: rate,
        taxrate2: Decimal::ZERO,
        status: InvoiceStatus::Unpaid,
        gateway,
        pay_method: None,
        notes: String::new(),
        created,
        updated: created,
    };
    invoice.settle_totals();
    let payer = usize::try_from(id_of_client)
        .ok()
        .and_then(|id| plot.estate.people.get(id - 1))
        .map_or(Payer::Good, |one| one.payer);
    let fate = fate(plot, payer, due, doomed);
    let id = state.invoices.add(|id| Invoice { id, ..invoice });
    settle(state, plot, id, fate);
    link_order(state, id, first_service);
}

enum Fate {
    Paid(Date),
    Refunded(Date),
    Cancelled(Date),
    Collections,
    Pending,
    Open,
}

fn fate(plot: &mut Plot<'_>, payer: Payer, due: Date, doomed: bool) -> Fate {
    let age = (plot.today - due).get_days();
    let dice = plot.rng.random_range(0..1000);
    if doomed {
        return if age > 90 { Fate::Cancelled(due.saturating_add(Span::new().days(60))) } else { Fate::Open };
    }
    if age <= 0 {
        return match (payer, dice) {
            (Payer::Good, 0..350) => Fate::Paid(plot.today),
            (Payer::Good, 350..370) => Fate::Pending,
            _ => Fate::Open,
        };
    }
    let days = match payer {
        Payer::Good if dice < 990 => -plot.rng.random_range(0..11),
        Payer::Good | Payer::Late => plot.rng.random_range(3..26),
        Payer::Bad if age > 200 => plot.rng.random_range(10..60),
        Payer::Bad if age > 120 => return if dice < 500 { Fate::Collections } else { Fate::Cancelled(plot.today) },
        Payer::Bad if dice < 450 => plot.rng.random_range(10..60),
        Payer::Bad => return Fate::Open,
    };
    let when = due.saturating_add(Span::new().days(days));
    match dice {
        _ if when > plot.today => Fate::Open,
        800..810 => Fate::Refunded(when),
        810..822 => Fate::Cancelled(when),
        _ => Fate::Paid(when),
    }
}

fn settle(state: &mut State, plot: &mut Plot<'_>, id: u64, fate: Fate) {
    let with_credit = plot.chance(0.02);
    let Some(invoice) = state.invoices.get_mut(id) else { return };
    let (status, on) = match fate {
        Fate::Paid(on) => (InvoiceStatus::Paid, Some(on)),
        Fate::Refunded(on) => (InvoiceStatus::Refunded, Some(on)),
        Fate::Cancelled(on) => (InvoiceStatus::Cancelled, Some(on)),
        Fate::Collections => (InvoiceStatus::Collections, None),
        Fate::Pending => (InvoiceStatus::PaymentPending, None),
        Fate::Open => (InvoiceStatus::Unpaid, None),
    };
    let at = on.map(|day| plot.time_on(day.min(plot.today).max(invoice.date)));
    invoice.status = status;
    invoice.updated = at.unwrap_or(invoice.created);
    match status {
        InvoiceStatus::Cancelled => invoice.cancelled = at,
        InvoiceStatus::Paid | InvoiceStatus::Refunded => invoice.paid = at,
        _ => {}
    }
    let Some(at) = at.filter(|_| status != InvoiceStatus::Cancelled) else { return };
    let (client, gateway) = (invoice.client, invoice.gateway.clone());
    if with_credit && status == InvoiceStatus::Paid {
        let used = (invoice.total / Decimal::TWO).round_dp(2);
        invoice.credit = used;
        invoice.settle_totals();
        for (amount, description) in
            [(used, "Refund as agreed".to_owned()), (-used, format!("Credit Applied to Invoice #{id}"))]
        {
            state.credits.add(|credit| Credit {
                id: credit,
                client,
                date: at.date(),
                description,
                amount,
                related: id,
            });
        }
    }
    let total = state.invoices.get(id).map(|invoice| invoice.total).unwrap_or_default();
    let payment = pay(state, plot, client, (id, total), &gateway, at);
    if status == InvoiceStatus::Refunded {
        let back = at.saturating_add(Span::new().days(2)).min(plot.now);
        if let Some(invoice) = state.invoices.get_mut(id) {
            invoice.refunded = Some(back);
        }
        let transid = format!("re_{}", letters(plot.rng, 16));
        state.file_transaction(Transaction {
            id: 0,
            client,
            currency: 0,
            gateway,
            date: back,
            description: format!("Refund of Transaction ID {payment}"),
            amount_in: Decimal::ZERO,
            fees: Decimal::ZERO,
            amount_out: total,
            rate: Decimal::ONE,
            transid,
            invoice: id,
            refund: payment,
        });
    }
}

fn pay(
    state: &mut State,
    plot: &mut Plot<'_>,
    client: u64,
    (invoice, total): (u64, Decimal),
    gateway: &str,
    at: jiff::civil::DateTime,
) -> u64 {
    let rate = state.rate(state.clients.get(client).map_or(1, |client| client.currency));
    let (transid, fees) = match gateway {
        "stripe" => {
            (format!("pi_{}", letters(plot.rng, 24)), (total * Decimal::new(15, 3) + Decimal::new(25, 2)).round_dp(2))
        }
        "paypal" => {
            (letters(plot.rng, 17).to_uppercase(), (total * Decimal::new(29, 3) + Decimal::new(35, 2)).round_dp(2))
        }
        "gocardless" => (format!("PM{}", letters(plot.rng, 12)), (total * Decimal::new(1, 2)).round_dp(2)),
        _ => (format!("BT-{}-{invoice:05}", at.year()), Decimal::ZERO),
    };
    state.file_transaction(Transaction {
        id: 0,
        client,
        currency: 0,
        gateway: gateway.to_owned(),
        date: at,
        description: "Invoice Payment".to_owned(),
        amount_in: total,
        fees,
        amount_out: Decimal::ZERO,
        rate,
        transid,
        invoice,
        refund: 0,
    })
}

/// An order shows the invoice its first payment was on.
fn link_order(state: &mut State, invoice: u64, service: Option<u64>) {
    let Some(service) = service.and_then(|id| state.services.get(id)) else { return };
    let (order, amount) = (service.order, service.first_amount);
    if let Some(order) = state.orders.get_mut(order).filter(|order| order.invoice == 0) {
        order.invoice = invoice;
        order.amount = amount;
    }
}

/// A service or domain is next due on the first day that has not been paid, and invoiced up to the last one.
fn due_dates(state: &mut State) {
    for service in state.services.iter_mut() {
        if service.cycle.months() > 0 {
            service.next_due = Some(service.registered);
            service.next_invoice = service.next_due;
        }
    }
    let lines: Vec<(&'static str, u64, bool, Date)> = state
        .invoices
        .iter()
        .flat_map(|invoice| {
            let paid = matches!(invoice.status, InvoiceStatus::Paid | InvoiceStatus::Refunded);
            invoice.items.iter().map(move |item| (item.kind, item.related, paid, invoice.due))
        })
        .collect();
    for (kind, related, paid, due) in lines {
        if kind == "Hosting" {
            if let Some(service) = state.services.get_mut(related).filter(|service| service.cycle.months() > 0) {
                let after = due.saturating_add(Span::new().months(service.cycle.months()));
                service.next_invoice = service.next_invoice.max(Some(after));
                if paid {
                    service.next_due = service.next_due.max(Some(after));
                }
            }
        } else if let Some(domain) = state.domains.get_mut(related) {
            let after = due.saturating_add(Span::new().years(domain.period as i32));
            domain.next_due = if paid { domain.next_due.max(Some(after)) } else { Some(due) };
        }
    }
}

/// Add-ons are due every month on their own day.
fn addon_dates(state: &mut State, plot: &Plot<'_>) {
    for addon in state.addons.iter_mut().filter(|addon| addon.status.renews()) {
        let months = i32::from(plot.today.year() - addon.registered.year()) * 12 + i32::from(plot.today.month())
            - i32::from(addon.registered.month());
        addon.next_due = (months..)
            .map(|round| addon.registered.saturating_add(Span::new().months(round)))
            .find(|due| *due > plot.today);
    }
}

/// Some clients have money left.
fn goodwill(state: &mut State, plot: &mut Plot<'_>) {
    let clients: Vec<u64> = state.clients.iter().map(|client| client.id).filter(|id| id % 13 == 4).collect();
    for client in clients {
        let amount = Decimal::new(plot.rng.random_range(100..6_000), 2);
        let days = plot.rng.random_range(1..200);
        let date = plot.days_ago(days);
        state.credits.add(|id| Credit {
            id,
            client,
            date,
            description: "Credit for downtime".to_owned(),
            amount,
            related: 0,
        });
    }
    let sums: Vec<(u64, Decimal)> = state.credits.iter().map(|credit| (credit.client, credit.amount)).collect();
    for (client, amount) in sums {
        if let Some(client) = state.clients.get_mut(client) {
            client.credit += amount;
        }
    }
}

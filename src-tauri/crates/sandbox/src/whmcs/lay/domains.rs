//! Domains with their orders.

use jiff::Span;
use rand::Rng;
use rust_decimal::Decimal;

use super::Plot;
use crate::seed::people::Standing;
use crate::whmcs::State;
use crate::whmcs::access::letters;
use crate::whmcs::model::services::{Domain, DomainStatus, Order, OrderStatus};

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    let people = &plot.estate.people;
    for number in 0..plot.scaled(300.0) {
        let at = plot.rng.random_range(0..people.len());
        let person = &people[at];
        let days = i64::from((plot.today - person.since).get_days().max(1));
        let registered = person.since.saturating_add(Span::new().days(plot.rng.random_range(0..days)));
        let Some(tld) = state.tlds.rows().get(plot.rng.random_range(0..state.tlds.len())) else { continue };
        let (extension, registrar) = (tld.extension.clone(), tld.registrar.clone());
        let period = plot.pick(&[1_u32, 1, 1, 1, 2, 5]);
        let euros = tld.renew.get(&period).copied().unwrap_or_default();
        let client = state.clients.get(person.id);
        let currency = client.map_or(1, |client| client.currency);
        let gateway = client.map(|client| client.gateway.clone()).unwrap_or_default();
        let price = state.convert(euros, currency);
        // The end of the last year that has begun.
        let years = (plot.today - registered).get_days() / (365 * period as i32) + 1;
        let expiry = registered.saturating_add(Span::new().years(years * period as i32));
        let status = match (person.standing, plot.rng.random_range(0..100)) {
            (Standing::Active, 0..86) => DomainStatus::Active,
            (Standing::Active, 86..90) => DomainStatus::Expired,
            (Standing::Active, 90..93) => DomainStatus::PendingTransfer,
            (Standing::Active, 93..95) => DomainStatus::Pending,
            (_, dice) if dice % 2 == 0 => DomainStatus::Cancelled,
            _ => DomainStatus::TransferredAway,
        };
        // One name with letters beyond ASCII for every hundred.
        let name = if number % 100 == 33 {
            format!("bäckerei-{number}{extension}")
        } else {
            format!("{}{number}{extension}", person.handle)
        };
        let domain = Domain {
            id: 0,
            client: person.id,
            order: 0,
            kind: if number % 5 == 0 { "Transfer" } else { "Register" },
            name,
            registrar,
            period,
            first_amount: price,
            recurring: price,
            gateway,
            registered,
            expiry: Some(expiry),
            next_due: Some(expiry),
            status,
            subscription: String::new(),
            promotion: 0,
            dns_management: plot.chance(0.6),
            email_forwarding: false,
            id_protection: plot.chance(0.3),
            do_not_renew: plot.chance(0.08),
            notes: String::new(),
            nameservers: vec!["ns1.nordlicht.example".to_owned(), "ns2.nordlicht.example".to_owned()],
            locked: plot.chance(0.8),
            epp: format!("{}&{}", letters(plot.rng, 6), letters(plot.rng, 6)),
            whois: Vec::new(),
        };
        with_order(state, plot, domain);
    }
}

fn with_order(state: &mut State, plot: &mut Plot<'_>, domain: Domain) {
    let date = plot.time_on(domain.registered);
    let requestor = state.clients.get(domain.client).map_or(0, |client| client.owner());
    let number = plot.rng.random_range(1_000_000_000..9_999_999_999_u64);
    let next = state.domains.next_id();
    let order = Order {
        requestor,
        nameservers: domain.nameservers.join(","),
        amount: domain.first_amount,
        status: if domain.status == DomainStatus::Pending { OrderStatus::Pending } else { OrderStatus::Active },
        domains: vec![next],
        ..Order::placed(domain.client, number, date, &domain.gateway)
    };
    let order = state.orders.add(|id| Order { id, ..order });
    state.domains.add(|id| Domain { id, order, ..domain });
}

/// What a domain costs a client per round, from the price list.
pub(in crate::whmcs) fn renewal_price(state: &State, name: &str, years: u32, currency: u64) -> Option<Decimal> {
    let tld = state.tlds.iter().find(|tld| name.ends_with(tld.extension.as_str()))?;
    tld.renew.get(&years).map(|euros| state.convert(*euros, currency))
}

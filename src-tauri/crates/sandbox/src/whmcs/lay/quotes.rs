//! Quotes and work to be billed.

use jiff::Span;
use rand::Rng;
use rust_decimal::Decimal;

use super::Plot;
use crate::whmcs::State;
use crate::whmcs::model::billing::{BillableItem, Quote, QuoteItem, QuoteStage};
use crate::whmcs::model::people::Address;
use crate::whmcs::state::next;

pub(super) fn lay(state: &mut State, plot: &mut Plot<'_>) {
    for number in 0..plot.scaled(40.0) {
        quote(state, plot, number);
    }
    for number in 0..plot.scaled(15.0) {
        let client = 1 + number * 13 % state.clients.len() as u64;
        let quantity = Decimal::new(plot.rng.random_range(5..60), 1);
        let due = plot.today.saturating_add(Span::new().days(20));
        state.billable.add(|id| BillableItem {
            id,
            client,
            description: "Consulting, remote".to_owned(),
            quantity,
            unit: "hours".to_owned(),
            amount: (quantity * Decimal::from(95)).round_dp(2),
            action: if id % 3 == 0 { "duedate" } else { "noinvoice" }.to_owned(),
            recur: 0,
            recur_cycle: String::new(),
            recur_for: 0,
            due: (id % 3 == 0).then_some(due),
            invoiced: 0,
        });
    }
}

fn quote(state: &mut State, plot: &mut Plot<'_>, number: u64) {
    let stage = plot.pick(&[
        QuoteStage::Draft,
        QuoteStage::Delivered,
        QuoteStage::Delivered,
        QuoteStage::OnHold,
        QuoteStage::Lost,
        QuoteStage::Dead,
    ]);
    let days = plot.rng.random_range(0..300);
    let created = plot.days_ago(days);
    let prospect = number.is_multiple_of(4);
    let client = if prospect { 0 } else { 1 + number * 31 % state.clients.len() as u64 };
    let rate = state.clients.get(client).and_then(|client| state.tax_rates.get(&client.address.country)).copied();
    let lines = [
        ("Cloud VPS L, 12 months", 12, 2699),
        ("Set-up and hardening", 1, 14_900),
        ("Migration of three sites", 3, 7900),
    ];
    let take = plot.rng.random_range(1..=lines.len());
    let items = lines[..take]
        .iter()
        .map(|(description, quantity, cents)| QuoteItem {
            id: next(&mut state.counters.quote_item),
            description: (*description).to_owned(),
            quantity: Decimal::from(*quantity),
            unit_price: Decimal::new(*cents, 2),
            discount: if take == 3 { Decimal::from(10) } else { Decimal::ZERO },
            taxable: true,
        })
        .collect();
    let address = Address {
        firstname: "Wilhelmina".to_owned(),
        lastname: "Interessent".to_owned(),
        email: format!("prospect{number}@example.net"),
        country: "NL".to_owned(),
        ..Address::default()
    };
    let sent = (stage != QuoteStage::Draft).then_some(created);
    state.quotes.add(|id| Quote {
        id,
        subject: if id % 5 == 0 { String::new() } else { format!("Offer {id}: servers and migration") },
        stage,
        valid_until: created.saturating_add(Span::new().days(30)),
        client,
        address: if prospect { address } else { Address::default() },
        currency: 1,
        items,
        taxrate: rate.unwrap_or_default(),
        proposal: String::new(),
        customer_notes: "Prices are net.".to_owned(),
        admin_notes: String::new(),
        created,
        modified: created,
        sent,
        accepted: None,
    });
}

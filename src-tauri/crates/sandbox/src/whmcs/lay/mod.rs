//! Laying the estate out as records of this installation.

mod catalog;
mod clients;
mod domains;
mod invoices;
mod modules;
mod office;
mod quotes;
mod services;
mod system;
mod texts;
mod tickets;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha12Rng;

pub(super) use domains::renewal_price;
pub(super) use invoices::AHEAD;

use super::State;
use super::access::Access;
use super::desk::local;
use crate::seed::Estate;

/// What every part of the layout needs.
pub(super) struct Plot<'a> {
    rng: &'a mut ChaCha12Rng,
    estate: &'a Estate,
    now: DateTime,
    today: Date,
}

impl Plot<'_> {
    /// So many at this company's size; at least one.
    fn scaled(&self, base: f64) -> u64 {
        (base * self.estate.scale).round().max(1.0) as u64
    }

    /// One of them.
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from.choose(self.rng).copied().unwrap_or(from[0])
    }

    /// True with this chance.
    fn chance(&mut self, probability: f64) -> bool {
        self.rng.random_bool(probability)
    }

    /// A moment of this day, never in the future.
    fn time_on(&mut self, day: Date) -> DateTime {
        let at = day.at(self.rng.random_range(7..22), self.rng.random_range(0..60), self.rng.random_range(0..60), 0);
        if at <= self.now {
            return at;
        }
        // Later today has not happened yet.
        let passed = i64::from(self.now.hour()) * 60 + i64::from(self.now.minute());
        self.now.saturating_sub(jiff::Span::new().minutes(self.rng.random_range(0..=passed)))
    }

    /// A day so many days ago.
    fn days_ago(&self, days: i64) -> Date {
        self.today.saturating_sub(jiff::Span::new().days(days))
    }
}

/// Lays the estate's clients and services out as this provider's records.
pub fn seed(rng: &mut ChaCha12Rng, estate: &Estate, now: Timestamp) -> State {
    let mut state = State {
        access: Access::seed(rng),
        company: estate.company.name.clone(),
        cron_at: Some(now),
        ..State::default()
    };
    let now = local(now);
    let mut plot = Plot { rng, estate, now, today: now.date() };
    catalog::lay(&mut state, &mut plot);
    modules::lay(&mut state);
    system::lay(&mut state, &mut plot);
    clients::lay(&mut state, &mut plot);
    services::lay(&mut state, &mut plot);
    domains::lay(&mut state, &mut plot);
    invoices::lay(&mut state, &mut plot);
    quotes::lay(&mut state, &mut plot);
    tickets::lay(&mut state, &mut plot);
    office::lay(&mut state, &mut plot);
    state
}

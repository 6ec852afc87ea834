//! What Contabo's servers cost. Its API has no prices, so a dated list is shipped: net prices by product and term, what
//! another region than the EU adds, and what add-ons add.
//!
//! A list that does not know something says so: an unknown price is never taken for nothing.
//!
//! [`watch`] looks each day at what WHMCS asks for and at this list, and keeps each price that moved; [`moves`] says what
//! that is, [`lists`] where the prices are read.

pub mod lists;
pub mod moves;
pub mod watch;

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{money::Money, plan::facts::hex};

/// A price list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PriceList {
    /// Where it was read.
    pub source: String,
    /// Day on which it was read.
    pub as_of: Date,
    /// ISO currency of every amount in it.
    pub currency: String,
    /// What is sold, in the order in which it is offered.
    pub products: Vec<Product>,
    /// The first digits of the list's hash: two lists with the same version say the same.
    #[serde(skip)]
    pub version: String,
}

/// A product that a server can be ordered as.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Product {
    /// Contabo's product id, e.g. `V94`.
    pub id: String,
    /// Its name in the shop.
    pub name: String,
    /// By months of the first contract period.
    terms: BTreeMap<String, Term>,
    /// What a region adds each month, by slug; only those in which it is sold.
    regions: BTreeMap<String, Decimal>,
    /// What an add-on adds each month, by its name in an order.
    add_ons: BTreeMap<String, Decimal>,
}

/// Prices of a contract period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Term {
    /// Each month, discounts included.
    monthly: Decimal,
    /// Once.
    setup: Decimal,
    /// The whole first period with what is paid once.
    first: Decimal,
}

/// What one server costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Each month.
    pub monthly: Money,
    /// At the order: the first period, and what is paid once.
    pub first: Money,
    /// Version of the list that says so.
    pub list: String,
    /// Day of that list.
    pub as_of: Date,
}

static SHIPPED: LazyLock<PriceList> = LazyLock::new(|| {
    let text = include_str!("../../data/contabo-prices.json");
    // A test reads it; an empty list sells nothing.
    let mut list = serde_json::from_str(text).unwrap_or_else(|_| PriceList {
        source: String::new(),
        as_of: Date::MIN,
        currency: String::new(),
        products: Vec::new(),
        version: String::new(),
    });
    list.version = hex(&Sha256::digest(text))[..12].to_owned();
    list
});

/// A list that is older than this says so: prices may have moved since.
pub const OLD_AFTER_DAYS: u32 = 90;

impl PriceList {
    /// How old the list is on a day of UTC; a clock that is behind makes it 0 days.
    pub fn days(&self, today: Date) -> u32 {
        let days = today.duration_since(self.as_of).as_hours() / 24;
        u32::try_from(days.max(0)).unwrap_or(u32::MAX)
    }

    /// The list that comes with this version of the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// A product by its id.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id.eq_ignore_ascii_case(id))
    }

    /// What a server costs; `None` when the list lacks a part of it.
    pub fn quote(&self, product: &str, region: &str, months: i64, add_ons: &[&str]) -> Option<Quote> {
        let product = self.product(product)?;
        let term = product.terms.get(&months.to_string())?;
        let mut more = *product.regions.get(region)?;
        for add_on in add_ons {
            more = more.checked_add(*product.add_ons.get(*add_on)?)?;
        }
        let money = |amount: Decimal| Money::new(amount.round_dp(2), self.currency.clone());
        Some(Quote {
            monthly: money(term.monthly.checked_add(more)?),
            first: money(term.first.checked_add(more.checked_mul(Decimal::from(months))?)?),
            list: self.version.clone(),
            as_of: self.as_of,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(product: &str, region: &str, months: i64, add_ons: &[&str]) -> Option<(String, String)> {
        let quote = PriceList::shipped().quote(product, region, months, add_ons)?;
        let show = |money: Money| format!("{} {}", money.amount.normalize(), money.currency);
        Some((show(quote.monthly), show(quote.first)))
    }

    #[test]
    fn the_shipped_list_is_whole() {
        let list = PriceList::shipped();
        assert_eq!(
            (list.products.len(), list.currency.as_str(), list.as_of.to_string()),
            (22, "EUR", "2026-08-22".into())
        );
        for product in &list.products {
            assert_eq!(product.terms.keys().collect::<Vec<_>>(), ["1", "12", "3", "6"], "{}", product.id);
            for (months, term) in &product.terms {
                let months: Decimal = months.parse().unwrap();
                let off = (term.monthly * months + term.setup - term.first).abs();
                assert!(off < Decimal::new(10, 2), "{} {months}: a period is its months and the set-up", product.id);
            }
            assert_eq!(product.regions.get("EU"), Some(&Decimal::ZERO), "{}", product.id);
        }
    }

    #[test]
    fn a_list_counts_its_days_and_a_clock_that_is_behind_makes_none() {
        let days = |today: &str| PriceList::shipped().days(today.parse().unwrap());
        assert_eq!((days("2026-08-22"), days("2026-11-20"), days("2026-11-21")), (0, 90, 91));
        assert_eq!(days("2020-01-01"), 0);
    }

    #[test]
    fn a_price_is_term_region_and_add_ons_and_never_guessed() {
        let says = |monthly: &str, first: &str| Some((monthly.to_owned(), first.to_owned()));
        assert_eq!(quote("V94", "EU", 1, &[]), says("7.5 EUR", "7.5 EUR"));
        assert_eq!(quote("v94", "EU", 12, &[]), says("6 EUR", "72 EUR"));
        assert_eq!(quote("V94", "JPN", 3, &["backup", "extra_ipv4"]), says("17 EUR", "51 EUR"));
        assert_eq!(quote("V999", "EU", 1, &[]), None, "no such product");
        assert_eq!(quote("V94", "MARS", 1, &[]), None, "not sold there");
        assert_eq!(quote("V94", "EU", 2, &[]), None, "no such period");
        assert_eq!(quote("V93", "EU", 1, &["backup"]), None, "no backup for it");
    }
}

//! What things cost.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::whmcs::State;
use crate::whmcs::model::billing::percent_of;
use crate::whmcs::model::catalog::Promotion;
use crate::whmcs::model::services::{Choice, Cycle};

/// Set-up fee and price per round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// Once.
    pub setup: Decimal,
    /// Each round.
    pub recurring: Decimal,
}

impl State {
    /// What a product costs with these options; `None` when it is not offered in that cycle and currency.
    pub fn price_of(&self, product: u64, cycle: Cycle, currency: u64, options: &[Choice]) -> Option<Price> {
        let product = self.products.get(product)?;
        let (base, setup) = match product.pay_type.as_str() {
            "free" => (Decimal::ZERO, Decimal::ZERO),
            _ => product.pricing.get(&currency)?.of(cycle)?,
        };
        let mut price = Price { setup, recurring: base };
        for choice in options {
            if let Some((each, setup)) = self.option_price(*choice, cycle, currency) {
                let count = Decimal::from_u32(choice.quantity).unwrap_or_default();
                price.recurring += each * count;
                price.setup += setup * count;
            }
        }
        Some(price)
    }

    /// What one of a chosen option costs. Options that count cost nothing at none.
    fn option_price(&self, choice: Choice, cycle: Cycle, currency: u64) -> Option<(Decimal, Decimal)> {
        let option = self.options.get(choice.option)?;
        let chosen = option.choices.iter().find(|one| one.id == choice.choice)?;
        chosen.pricing.get(&currency)?.of(cycle)
    }

    /// What a catalogue add-on costs.
    pub fn addon_price(&self, addon: u64, currency: u64) -> Option<Price> {
        let addon = self.addon_products.get(addon)?;
        let (recurring, setup) = addon.pricing.get(&currency)?.of(addon.cycle)?;
        Some(Price { setup, recurring })
    }

    /// Units of a currency for one of the default currency.
    pub fn rate(&self, currency: u64) -> Decimal {
        self.currencies.get(currency).map_or(Decimal::ONE, |currency| currency.rate)
    }

    /// An amount of the default currency in another.
    pub fn convert(&self, amount: Decimal, currency: u64) -> Decimal {
        (amount * self.rate(currency)).round_dp_with_strategy(2, crate::whmcs::params::HALF_UP)
    }

    /// An amount as people read it: `€1,234.50 EUR`.
    pub fn formatted(&self, amount: Decimal, currency: u64) -> String {
        match self.currencies.get(currency) {
            Some(one) => format!("{}{amount:.2}{}", one.prefix, one.suffix),
            None => format!("{amount:.2}"),
        }
    }
}

/// What is left of a first payment under a promotion.
pub(crate) fn discounted(promotion: &Promotion, price: Price) -> Price {
    let off = |amount: Decimal| (amount - percent_of(amount, promotion.value)).max(Decimal::ZERO);
    match promotion.kind.as_str() {
        "Percentage" => Price { setup: off(price.setup), recurring: off(price.recurring) },
        "Fixed Amount" => Price { recurring: (price.recurring - promotion.value).max(Decimal::ZERO), ..price },
        "Price Override" => Price { recurring: promotion.value, ..price },
        "Free Setup" => Price { setup: Decimal::ZERO, ..price },
        _ => price,
    }
}

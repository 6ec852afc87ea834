//! An amount with its currency. Crosses IPC as strings; never a float.

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use specta::Type;

/// An exact amount in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Money {
    /// Decimal text with a point, e.g. `-8.67`.
    #[specta(type = String)]
    pub amount: Decimal,
    /// ISO 4217 code as the provider gave it, e.g. `EUR`.
    pub currency: String,
}

impl Money {
    /// An amount in a currency.
    pub fn new(amount: Decimal, currency: impl Into<String>) -> Self {
        Self { amount, currency: currency.into() }
    }

    /// Digits after the point that the currency uses; 2 when the code is not ISO 4217.
    pub fn digits(&self) -> u32 {
        Currency::from_code(&self.currency).and_then(|c| c.exponent()).map_or(2, u32::from)
    }
}

//! Exact amounts beside integers that sort and add up.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// Largest amount the integer columns tell apart: a hundred thousand million. Beyond it the text stays exact and the
/// integer stops there, so that one absurd row cannot overflow a sum.
const MOST: i64 = 1_000_000_000_000_000;

/// An amount times 10,000. Digits after the fourth are rounded half to even; the providers send two.
pub fn e4(amount: &Decimal) -> i64 {
    amount
        .round_dp_with_strategy(4, RoundingStrategy::MidpointNearestEven)
        .checked_mul(Decimal::from(10_000))
        .and_then(|scaled| scaled.to_i64())
        .map_or(if amount.is_sign_negative() { -MOST } else { MOST }, |scaled| scaled.clamp(-MOST, MOST))
}

/// The amount of an integer column or of its sum.
pub fn from_e4(scaled: i64) -> Decimal {
    let mut amount = Decimal::new(scaled, 4).normalize();
    // Money is shown with at least two digits, also where nobody knows the currency.
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_value_and_absurd_ones_stop_at_the_edge() {
        let exact = |text: &str| e4(&text.parse().unwrap());
        assert_eq!(exact("12.95"), 129_500);
        assert_eq!(exact("-0.01"), -100);
        assert_eq!(exact("100000000000000000000"), MOST);
        assert_eq!(exact("-100000000000000000000"), -MOST);
        assert_eq!(from_e4(129_500).to_string(), "12.95");
        assert_eq!(from_e4(120_000).to_string(), "12.00");
        assert_eq!(from_e4(12_345).to_string(), "1.2345");
    }
}

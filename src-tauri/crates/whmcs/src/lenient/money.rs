use rust_decimal::Decimal;
use serde::{Deserializer, Serialize, Serializer};

use super::scalars::parse_decimal;
use super::{Fit, Lenient};

/// A price in a price list, where `-1.00` means "not offered" (quirk 27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Price {
    /// WHMCS said nothing.
    #[default]
    Unknown,
    /// This cycle cannot be bought.
    NotOffered,
    /// In the currency of the price list.
    Amount(Decimal),
}

impl Price {
    /// The amount when it can be bought.
    pub const fn amount(self) -> Option<Decimal> {
        match self {
            Self::Amount(amount) => Some(amount),
            Self::Unknown | Self::NotOffered => None,
        }
    }
}

impl Lenient for Price {
    const KIND: &'static str = "price";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        let offered =
            |amount: Decimal| if amount == Decimal::NEGATIVE_ONE { Self::NotOffered } else { Self::Amount(amount) };
        Ok(<Decimal as Lenient>::read(source)?.map(offered))
    }

    fn is_absent(&self) -> bool {
        *self == Self::Unknown
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            Self::NotOffered => serializer.serialize_str("-1.00"),
            Self::Amount(amount) => Serialize::serialize(amount, serializer),
        }
    }
}

/// Money as WHMCS writes it for people: `$2,645.80 USD` (quirk 28). How it is written depends on the currency's
/// settings, so the amount is a best effort and the text is what counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormattedMoney {
    /// The text.
    pub raw: String,
    /// The amount, when the text leaves no doubt.
    pub amount: Option<Decimal>,
    /// The three capital letters in it.
    pub currency: Option<String>,
}

impl From<String> for FormattedMoney {
    fn from(raw: String) -> Self {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '\'' | ' ' | '\u{a0}');
        let digits: String = raw.chars().filter(|c| is_part(*c)).collect();
        let amount = unambiguous(digits.trim_matches(|c: char| !c.is_ascii_digit() && c != '-'));
        let currency = raw
            .split(|c: char| !c.is_alphanumeric())
            .find(|word| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase()))
            .map(str::to_owned);
        Self { raw, amount, currency }
    }
}

/// A number whose decimal mark is certain: two different marks (the last one is it), or one mark with other than
/// three digits behind it. `1.234` could be either and is not guessed.
fn unambiguous(text: &str) -> Option<Decimal> {
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\'')).collect();
    let last = text.rfind(['.', ',']);
    let Some(last) = last else { return text.parse().ok() };
    let (whole, fraction) = (&text[..last], &text[last + 1..]);
    let mark = text.as_bytes()[last];
    let other = if mark == b'.' { ',' } else { '.' };
    let same_again = whole.bytes().any(|byte| byte == mark);
    if same_again && !whole.contains(other) {
        // Only thousands: 1,234,567
        return parse_decimal(&text.replace('.', ","));
    }
    if same_again || (fraction.len() == 3 && !whole.contains(other)) {
        return None;
    }
    parse_decimal(&format!("{}.{fraction}", whole.replace('.', ",")))
}

impl Lenient for FormattedMoney {
    const KIND: &'static str = "money";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        Ok(String::read(source)?.map(Self::from))
    }

    fn is_absent(&self) -> bool {
        self.raw.is_empty()
    }
}

impl Serialize for FormattedMoney {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatted_money_is_read_when_it_is_certain_and_never_guessed() {
        for (text, amount, currency) in [
            ("$5.95 USD", Some("5.95"), Some("USD")),
            ("$2,645.80 USD", Some("2645.80"), Some("USD")),
            ("€1.234.567,89 EUR", Some("1234567.89"), Some("EUR")),
            ("$-8.67 USD", Some("-8.67"), Some("USD")),
            ("CHF 1'234.50", Some("1234.50"), Some("CHF")),
            ("1 234,50 Kč", Some("1234.50"), None),
            ("¥500", Some("500"), None),
            ("1,234,567", Some("1234567"), None),
            ("$1.234", None, None),
            ("1,234", None, None),
            ("free", None, None),
            ("", None, None),
        ] {
            let money = FormattedMoney::from(text.to_owned());
            assert_eq!(money.amount, amount.map(|amount| amount.parse().unwrap()), "{text}");
            assert_eq!(money.currency.as_deref(), currency, "{text}");
        }
    }
}

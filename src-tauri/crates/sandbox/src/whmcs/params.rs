//! A call's parameters, read the forgiving way PHP reads them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::php::form::{Field, Fields};
use super::php::serialized::Php;

/// Parameters of one call.
#[derive(Debug, Clone, Default)]
pub struct Params(Fields);

impl Params {
    /// Wraps decoded form fields.
    pub fn new(fields: Fields) -> Self {
        Self(fields)
    }

    /// A scalar, also when it is empty; `None` when it was not sent (or sent as an array).
    pub fn raw(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Field::Text(text) => Some(text),
            Field::Map(_) => None,
        }
    }

    /// A scalar that is not empty, trimmed.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A scalar or nothing, as text.
    pub fn string(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    /// A whole number; text that begins with digits counts as those digits, as PHP casts it.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.text(name).map(to_int)
    }

    /// An id: a positive whole number.
    pub fn id(&self, name: &str) -> Option<u64> {
        self.int(name).and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0)
    }

    /// Whether it is true as PHP sees it; absent is false.
    pub fn flag(&self, name: &str) -> bool {
        self.set_flag(name).unwrap_or(false)
    }

    /// Whether it is true, `None` when it was not sent.
    pub fn set_flag(&self, name: &str) -> Option<bool> {
        self.raw(name).map(is_true)
    }

    /// An amount; `None` when it was not sent or is no number.
    pub fn money(&self, name: &str) -> Option<Decimal> {
        self.text(name).and_then(to_money)
    }

    /// A day written `Y-m-d` (a time behind it is ignored).
    pub fn date(&self, name: &str) -> Option<Date> {
        self.text(name).and_then(to_date)
    }

    /// A day in the installation's format, which is `d/m/Y`; `Y-m-d` is taken too.
    pub fn local_date(&self, name: &str) -> Option<Date> {
        let text = self.text(name)?;
        to_local_date(text).or_else(|| to_date(text))
    }

    /// A moment written `Y-m-d H:i:s` or in ISO 8601; a day alone is its midnight.
    pub fn moment(&self, name: &str) -> Option<DateTime> {
        self.text(name).and_then(to_moment)
    }

    /// The values of a bracketed list, or of a scalar as a list of one; in the order in which they came.
    pub fn list(&self, name: &str) -> Vec<&str> {
        match self.0.get(name) {
            Some(Field::Text(text)) => vec![text.as_str()],
            Some(Field::Map(fields)) => fields.values().filter_map(leaf).collect(),
            None => Vec::new(),
        }
    }

    /// The pairs of a bracketed map.
    pub fn map(&self, name: &str) -> Vec<(&str, &str)> {
        match self.0.get(name) {
            Some(Field::Map(fields)) => {
                fields.iter().filter_map(|(key, value)| Some((key.as_str(), leaf(value)?))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The element of a bracketed list or map under this key.
    pub fn at(&self, name: &str, key: &str) -> Option<&str> {
        match self.0.get(name)? {
            Field::Map(fields) => leaf(fields.get(key)?),
            Field::Text(_) => None,
        }
    }

    /// Nested maps under this name, for `pricing[1][monthly]` and `attributes[0][label]`.
    pub fn maps(&self, name: &str) -> Vec<(&str, &Fields)> {
        match self.0.get(name) {
            Some(Field::Map(fields)) => fields
                .iter()
                .filter_map(|(key, value)| match value {
                    Field::Map(inner) => Some((key.as_str(), inner)),
                    Field::Text(_) => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it was sent as a bracketed array.
    pub fn is_array(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Field::Map(_)))
    }

    /// Whether it was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A scalar of base64 over serialised text.
    pub fn serialized(&self, name: &str) -> Option<Php> {
        self.text(name).and_then(Php::from_base64)
    }

    /// All names, for noticing what nobody reads.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The text of a leaf.
pub fn leaf(field: &Field) -> Option<&str> {
    match field {
        Field::Text(text) => Some(text),
        Field::Map(_) => None,
    }
}

/// PHP's cast to a whole number: what stands in front counts when it is a number, also `1e3` and `12.9`; what follows
/// does not.
pub fn to_int(text: &str) -> i64 {
    let text = text.trim();
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with(['-', '+']));
    let whole = sign + digits(&text[sign..]);
    let mut end = whole;
    if text[end..].starts_with('.') {
        end += 1 + digits(&text[end + 1..]);
    }
    if text[end..].starts_with(['e', 'E']) {
        let signed = end + 1 + usize::from(text[end + 1..].starts_with(['-', '+']));
        let power = digits(&text[signed..]);
        end = if power > 0 { signed + power } else { end };
    }
    if end == whole {
        return text[..whole].parse().unwrap_or(0);
    }
    // A number so large that nothing can hold it is cast to nothing.
    scientific(&text[..end]).and_then(|number| number.trunc().to_i64()).unwrap_or(0)
}

/// A decimal, also one with a power of ten.
fn scientific(text: &str) -> Option<Decimal> {
    text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
}

/// PHP's idea of truth for a form value, and the word that means the contrary in most clients.
pub fn is_true(text: &str) -> bool {
    !matches!(text.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "off" | "no")
}

/// An amount written with a dot, rounded to two decimals.
pub fn to_money(text: &str) -> Option<Decimal> {
    to_number(text).map(|amount| amount.round_dp_with_strategy(2, HALF_UP))
}

/// A number written with a dot, smaller than the columns it would be stored in can hold.
pub fn to_number(text: &str) -> Option<Decimal> {
    let number = scientific(text.trim())?;
    (number.abs() < Decimal::from(LARGEST)).then_some(number)
}

const LARGEST: u64 = 100_000_000_000;

/// How every amount is rounded.
pub const HALF_UP: rust_decimal::RoundingStrategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;

/// `Y-m-d`, with or without a time behind it.
pub fn to_date(text: &str) -> Option<Date> {
    let day = text.trim().split([' ', 'T']).next()?;
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn to_local_date(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn to_moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.to_zoned(jiff::tz::TimeZone::UTC).datetime());
    }
    if let Ok(at) = text.replacen(' ', "T", 1).parse::<DateTime>() {
        return Some(at);
    }
    to_date(text).map(|day| day.at(0, 0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whmcs::php::form::decode;

    #[test]
    fn numbers_and_truth_are_php_s() {
        let params = Params::new(decode(b"a=12abc&b=&c=-3&d=false&e=on&f=1&g=0&h=x"));
        assert_eq!(params.int("a"), Some(12));
        assert_eq!(params.int("b"), None);
        assert_eq!(params.id("c"), None);
        assert_eq!(params.int("h"), Some(0));
        assert!(!params.flag("d") && params.flag("e") && params.flag("f") && !params.flag("g") && !params.flag("zz"));
    }

    #[test]
    fn a_power_of_ten_is_read_as_one() {
        for (text, number) in
            [("1e3", 1000), ("-2.5e1x", -25), ("12.9", 12), ("1e", 1), ("e5", 0), (".5", 0), ("1e99", 0), ("é", 0)]
        {
            assert_eq!(to_int(text), number, "{text}");
        }
        assert_eq!(to_money("1e3"), Some(Decimal::from(1000)));
        assert_eq!(to_money("1.005e1"), Some(Decimal::new(1005, 2)));
        assert_eq!((to_money("1e30"), to_money("1e3x")), (None, None));
    }

    #[test]
    fn dates_come_in_two_fashions() {
        let params = Params::new(decode(b"a=2026-03-01&b=01/03/2026&c=2026-13-01&d=2026-03-01+10:11:12"));
        assert_eq!(params.date("a"), Some(jiff::civil::date(2026, 3, 1)));
        assert_eq!(params.local_date("b"), params.date("a"));
        assert_eq!(params.date("b"), None);
        assert_eq!(params.date("c"), None);
        assert_eq!(params.moment("d"), Some(jiff::civil::date(2026, 3, 1).at(10, 11, 12, 0)));
    }
}

//! Reading what the provider sends, not what it promised.
//!
//! Quirks 9: ids come as numbers or strings, required members come empty, dates have three spellings. [`Lenient`] is the one
//! way in: it accepts each spelling whose meaning is beyond doubt and refuses the rest without quoting the value.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

/// A type that can be read from the provider's looser spellings of it.
pub trait Lenient: Sized {
    /// Reads one value.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// [`Lenient::read`] in the form serde's `deserialize_with` takes.
pub(crate) fn read<'de, D: Deserializer<'de>, T: Lenient>(deserializer: D) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// Any JSON value as it came.
pub(crate) fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Value::deserialize(deserializer)
}

/// What a reply held that the documentation does not name. Data, not errors; counted so that a change at the provider is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surprises {
    /// Members that no type here knows.
    pub fields: u64,
    /// Values of enumerations that are not listed.
    pub values: u64,
    /// Rows beside the one that was expected.
    pub rows: u64,
}

thread_local! {
    // Decoding is synchronous, so one cell per thread counts exactly one reply at a time.
    static SEEN: Cell<Surprises> = const { Cell::new(Surprises { fields: 0, values: 0, rows: 0 }) };
}

/// Forgets what was counted and returns it.
pub(crate) fn take_surprises() -> Surprises {
    SEEN.take()
}

pub(crate) fn note(add: impl FnOnce(&mut Surprises)) {
    let mut seen = SEEN.get();
    add(&mut seen);
    SEEN.set(seen);
}

/// Members of an answer that its type does not name, kept as they came.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct Extra(pub Map<String, Value>);

impl Deref for Extra {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(deserializer)?;
        if !members.is_empty() {
            note(|seen| seen.fields += members.len() as u64);
        }
        Ok(Self(members))
    }
}

macro_rules! scalar {
    ($type:ty, $visitor:ident, $expecting:literal, { $($body:tt)* }) => {
        impl Lenient for $type {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct $visitor;
                impl<'de> Visitor<'de> for $visitor {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    $($body)*
                }
                deserializer.deserialize_any($visitor)
            }
        }
    };
}

scalar!(String, Text, "text", {
    fn visit_str<E: de::Error>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }
    fn visit_string<E: de::Error>(self, value: String) -> Result<String, E> {
        Ok(value)
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_unit<E: de::Error>(self) -> Result<String, E> {
        Ok(String::new())
    }
    fn visit_none<E: de::Error>(self) -> Result<String, E> {
        Ok(String::new())
    }
});

/// Largest magnitude up to which a double holds every whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

scalar!(i64, Whole, "a whole number", {
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::custom("expected a whole number below 2^63"))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<i64, E> {
        if value.fract() == 0.0 && value.abs() <= EXACT {
            Ok(value as i64)
        } else {
            Err(E::custom("expected a whole number"))
        }
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<i64, E> {
        value.trim().parse().map_err(|_| E::custom("expected a whole number"))
    }
});

scalar!(bool, Flag, "true or false", {
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<bool, E> {
        Ok(value != 0)
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<bool, E> {
        Ok(value != 0)
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<bool, E> {
        match value.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(true),
            "false" | "0" | "no" | "" => Ok(false),
            _ => Err(E::custom("expected true or false")),
        }
    }
    fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
        Ok(false)
    }
    fn visit_none<E: de::Error>(self) -> Result<bool, E> {
        Ok(false)
    }
});

/// A size or duration that may have a fraction (MB, TB, percent, ms). A JSON number on both sides, never a float inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(pub Decimal);

impl Quantity {
    /// The whole part as a number, if it fits.
    pub fn whole(self) -> Option<i64> {
        self.0.trunc().to_i64()
    }

    /// As a JSON number.
    pub fn to_json(self) -> Value {
        if self.0.fract().is_zero()
            && let Some(whole) = self.0.to_i64()
        {
            return Value::from(whole);
        }
        // Up to 15 significant digits survive the double; sizes have fewer.
        self.0.to_f64().map_or(Value::Null, Value::from)
    }
}

impl From<i64> for Quantity {
    fn from(value: i64) -> Self {
        Self(Decimal::from(value))
    }
}

impl From<Decimal> for Quantity {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

fn quantity<E: de::Error>(text: &str) -> Result<Quantity, E> {
    let text = text.trim();
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map(Quantity)
        .map_err(|_| E::custom("expected a number"))
}

scalar!(Quantity, Number, "a number", {
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Quantity, E> {
        Ok(Quantity::from(value))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Quantity, E> {
        Ok(Quantity(Decimal::from(value)))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Quantity, E> {
        quantity(&value.to_string())
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Quantity, E> {
        quantity(value)
    }
});

/// A moment as the provider wrote it, kept raw; [`Stamp::at`] and [`Stamp::date`] read its three spellings
/// (`2021-06-03`, `2021-06-03T00:00:00Z`, `2021-06-03T00:00:00.000+0000`; quirk 9).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(pub String);

impl Stamp {
    /// The moment in UTC; midnight for a bare date. `None` when the text is no time.
    pub fn at(&self) -> Option<Timestamp> {
        let text = self.0.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at);
        }
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            let number: i64 = text.parse().ok()?;
            return if text.len() >= 12 { Timestamp::from_millisecond(number) } else { Timestamp::from_second(number) }
                .ok();
        }
        if let Ok(at) = text.parse::<civil::DateTime>() {
            return at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        }
        let date = text.parse::<civil::Date>().ok()?;
        date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    }

    /// The calendar date the provider named, whatever time of day stands beside it.
    pub fn date(&self) -> Option<civil::Date> {
        self.0.trim().get(..10)?.parse().ok()
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Lenient for Stamp {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::read(deserializer).map(Self)
    }
}

impl Lenient for Value {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value(deserializer)
    }
}

/// Absent, `null` and `""` are nothing; everything else is a `T`.
impl<T: Lenient> Lenient for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Maybe(PhantomData))
    }
}

struct Maybe<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for Maybe<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or nothing")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_none<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Option<T>, E> {
        if value.is_empty() { Ok(None) } else { T::read(value.into_deserializer()).map(Some) }
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Option<T>, E> {
        T::read(value.into_deserializer()).map(Some)
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Option<T>, E> {
        T::read(value.into_deserializer()).map(Some)
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Option<T>, E> {
        T::read(value.into_deserializer()).map(Some)
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Option<T>, E> {
        T::read(value.into_deserializer()).map(Some)
    }
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Option<T>, A::Error> {
        T::read(MapAccessDeserializer::new(members)).map(Some)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Option<T>, A::Error> {
        T::read(SeqAccessDeserializer::new(items)).map(Some)
    }
}

/// An array; `null` and `""` are empty, a single value is a list of one.
impl<T: Lenient> Lenient for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(List(PhantomData))
    }
}

struct List<T>(PhantomData<T>);

struct Item<T>(PhantomData<T>);

impl<'de, T: Lenient> DeserializeSeed<'de> for Item<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

impl<'de, T: Lenient> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Item(PhantomData))? {
            list.push(item);
        }
        Ok(list)
    }
    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
    fn visit_none<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Vec<T>, E> {
        if value.is_empty() { Ok(Vec::new()) } else { T::read(value.into_deserializer()).map(|item| vec![item]) }
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Vec<T>, E> {
        T::read(value.into_deserializer()).map(|item| vec![item])
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Vec<T>, E> {
        T::read(value.into_deserializer()).map(|item| vec![item])
    }
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Vec<T>, A::Error> {
        T::read(MapAccessDeserializer::new(members)).map(|item| vec![item])
    }
}

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Fit;

/// A scalar before it is taken for what it should be.
#[derive(Debug)]
pub enum Raw<'de> {
    /// null, an empty list, an empty object.
    Nothing,
    /// true or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number beyond that.
    UInt(u64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(Cow<'de, str>),
    /// A list or object with something in it.
    Other(Value),
}

impl<'de> Raw<'de> {
    /// Reads any scalar.
    pub(crate) fn read<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(AnyScalar)
    }

    /// Gives up on it.
    pub(crate) fn misfit<T>(self) -> Fit<T> {
        match self {
            Self::Nothing => Fit::Nothing,
            other => Fit::Misfit(other.into_value()),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Bool(yes) => Value::from(yes),
            Self::Int(number) => Value::from(number),
            Self::UInt(number) => Value::from(number),
            Self::Float(number) => Value::from(number),
            Self::Text(text) => Value::from(text.into_owned()),
            Self::Other(value) => value,
        }
    }

    /// As text: numbers with their digits, `true` and `false` by name.
    pub(crate) fn into_text(self) -> Result<Option<String>, Self> {
        Ok(Some(match self {
            Self::Nothing => return Ok(None),
            Self::Bool(yes) => yes.to_string(),
            Self::Int(number) => number.to_string(),
            Self::UInt(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Text(text) => text.into_owned(),
            other @ Self::Other(_) => return Err(other),
        }))
    }
}

struct AnyScalar;

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Raw<'de>, E> {
        Ok(Raw::Bool(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw<'de>, E> {
        Ok(Raw::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw<'de>, E> {
        Ok(i64::try_from(number).map_or(Raw::UInt(number), Raw::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Raw<'de>, E> {
        Ok(Raw::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Borrowed(text)))
    }

    fn visit_string<E>(self, text: String) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Owned(text)))
    }

    fn visit_unit<E>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Nothing)
    }

    fn visit_none<E>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<Raw<'de>, D::Error> {
        Raw::read(source)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Value>()? {
            list.push(item);
        }
        Ok(if list.is_empty() { Raw::Nothing } else { Raw::Other(Value::Array(list)) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Raw<'de>, A::Error> {
        let mut map = Map::new();
        while let Some((key, value)) = members.next_entry::<String, Value>()? {
            map.insert(key, value);
        }
        Ok(if map.is_empty() { Raw::Nothing } else { Raw::Other(Value::Object(map)) })
    }
}

/// A JSON value as it is.
impl super::Lenient for Value {
    const KIND: &'static str = "any";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        let value = <Self as serde::Deserialize>::deserialize(source)?;
        Ok(if value.is_null() { Fit::Nothing } else { Fit::Fits(value) })
    }

    fn is_absent(&self) -> bool {
        self.is_null()
    }
}

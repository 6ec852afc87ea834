//! PHP's own text format, `serialize()`, in which WHMCS takes custom fields, configurable options, quote lines and
//! mail variables (quirks 53 to 55).
//!
//! Lengths count bytes, keys that look like integers are integers, objects are refused: reading
//! foreign text must never be able to name a class.

mod read;
mod write;

use std::fmt;

use indexmap::IndexMap;

pub use read::PhpError;
pub(crate) use write::float;

/// A PHP value without objects.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum PhpValue {
    /// `null`; left out when sent as form fields.
    #[default]
    Null,
    /// `true` or `false`; `1` and `0` as form fields.
    Bool(bool),
    /// 64-bit integer.
    Int(i64),
    /// Floating point. Money is sent as text, never as this.
    Float(f64),
    /// Text.
    Text(String),
    /// A string that is not UTF-8. PHP strings are bytes.
    Bytes(Vec<u8>),
    /// An array: PHP has one kind for lists and maps, and it keeps its order.
    Array(PhpArray),
}

/// The content of a PHP array in its order.
pub type PhpArray = IndexMap<PhpKey, PhpValue>;

/// A key of a PHP array. Text that is a canonical integer is one: `"5"` and `5` are the same key, `"05"` is another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PhpKey {
    /// Integer key.
    Int(i64),
    /// Text key.
    Text(String),
}

impl PhpValue {
    /// A list: keys 0, 1, 2 and so on.
    pub fn list(items: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::Array((0..).map(PhpKey::Int).zip(items.into_iter().map(Into::into)).collect())
    }

    /// A map in the given order; of a key given twice the last value counts.
    pub fn map(pairs: impl IntoIterator<Item = (impl Into<PhpKey>, impl Into<Self>)>) -> Self {
        Self::Array(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }

    /// What `serialize()` writes.
    pub fn serialize(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write::value(self, &mut out);
        out
    }

    /// What WHMCS takes as one parameter: `serialize()` in base64.
    pub fn serialize_base64(&self) -> String {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(self.serialize())
    }

    /// Reads what `serialize()` wrote.
    ///
    /// # Errors
    /// Where the text stops being one, and objects, references and nesting beyond 64 levels.
    pub fn unserialize(text: &[u8]) -> Result<Self, PhpError> {
        read::value(text)
    }

    /// The same value as JSON would show it: arrays with keys 0..n become lists.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Null => Value::Null,
            Self::Bool(yes) => Value::Bool(*yes),
            Self::Int(number) => Value::from(*number),
            Self::Float(number) => Value::from(*number),
            Self::Text(text) => Value::from(text.as_str()),
            Self::Bytes(bytes) => Value::from(String::from_utf8_lossy(bytes)),
            Self::Array(items) if is_list(items) => items.values().map(Self::to_json).collect(),
            Self::Array(items) => items.iter().map(|(key, value)| (key.to_string(), value.to_json())).collect(),
        }
    }

    /// A JSON value as PHP would hold it. Whole numbers beyond 64 bits become text.
    pub fn from_json(json: &serde_json::Value) -> Self {
        use serde_json::Value;
        match json {
            Value::Null => Self::Null,
            Value::Bool(yes) => Self::Bool(*yes),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Int(whole),
                (None, Some(float)) if !number.is_u64() => Self::Float(float),
                _ => Self::Text(number.to_string()),
            },
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::list(items.iter().map(Self::from_json)),
            Value::Object(members) => {
                Self::map(members.iter().map(|(key, value)| (key.as_str(), Self::from_json(value))))
            }
        }
    }
}

fn is_list(items: &PhpArray) -> bool {
    items.keys().zip(0..).all(|(key, index)| *key == PhpKey::Int(index))
}

impl From<&str> for PhpKey {
    fn from(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let canonical = match digits.as_bytes() {
            [b'0'] => digits.len() == text.len(),
            [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
            _ => false,
        };
        match text.parse() {
            Ok(number) if canonical => Self::Int(number),
            _ => Self::Text(text.to_owned()),
        }
    }
}

impl From<String> for PhpKey {
    fn from(text: String) -> Self {
        match Self::from(text.as_str()) {
            Self::Text(_) => Self::Text(text),
            number => number,
        }
    }
}

impl From<i64> for PhpKey {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for PhpKey {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::Int)
    }
}

impl fmt::Display for PhpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl From<&str> for PhpValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for PhpValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for PhpValue {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<i64> for PhpValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for PhpValue {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::Int)
    }
}

impl From<rust_decimal::Decimal> for PhpValue {
    /// Money goes as text, so that nothing is rounded.
    fn from(number: rust_decimal::Decimal) -> Self {
        Self::Text(number.to_string())
    }
}

impl<T: Into<Self>> From<Option<T>> for PhpValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

use rust_decimal::Decimal;

use super::Param;
use crate::form::Form;
use crate::given::Node;
use crate::php::PhpValue;
use crate::secret::Secret;

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl Param for $type {
            const KIND: &'static str = "int";

            fn put(&self, name: &str, form: &mut Form) {
                form.text(name, &self.to_string());
            }

            fn take(node: Node) -> Result<Self, &'static str> {
                node.leaf().and_then(|text| text.trim().parse().ok()).ok_or("a whole number")
            }
        }
    )*};
}

whole_numbers!(u64, i64, u32);

impl Param for bool {
    const KIND: &'static str = "bool";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, if *self { "1" } else { "0" });
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let text = node.leaf().unwrap_or_default().trim().to_ascii_lowercase();
        match text.as_str() {
            "1" | "true" | "yes" | "on" => Ok(true),
            "0" | "false" | "no" | "off" => Ok(false),
            _ => Err("true or false"),
        }
    }
}

/// Sent with the digits it was given: `12.50` stays `12.50`.
impl Param for Decimal {
    const KIND: &'static str = "decimal";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &self.to_string());
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        node.leaf().and_then(|text| text.trim().parse().ok()).ok_or("a decimal number such as 12.50")
    }
}

impl Param for String {
    const KIND: &'static str = "text";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, self);
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        node.leaf().ok_or("one value")
    }
}

impl Param for Secret {
    const KIND: &'static str = "secret";

    fn put(&self, name: &str, form: &mut Form) {
        form.secret(name, self);
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        node.leaf().map(Self::from).ok_or("one value")
    }
}

/// Several values in one field, separated by commas (quirk 58).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Csv<T>(pub Vec<T>);

impl<T> From<Vec<T>> for Csv<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T: std::fmt::Display + std::str::FromStr> Param for Csv<T> {
    const KIND: &'static str = "csv";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &joined(&self.0, ","));
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let texts: Vec<String> = match node {
            Node::Leaf(text) if !text.trim_start().starts_with('[') => text.split(',').map(str::to_owned).collect(),
            node => node.entries().into_iter().filter_map(|(_, item)| item.leaf()).collect(),
        };
        let parse = |text: &String| text.trim().parse().map_err(|_| "values separated by commas");
        texts.iter().filter(|text| !text.trim().is_empty()).map(parse).collect::<Result<_, _>>().map(Self)
    }
}

/// Several words in one field, separated by blanks (OAuth scopes).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spaced(pub Vec<String>);

impl Param for Spaced {
    const KIND: &'static str = "words";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &self.0.join(" "));
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let text = node.leaf().ok_or("words separated by blanks")?;
        Ok(Self(text.split_whitespace().map(str::to_owned).collect()))
    }
}

fn joined<T: std::fmt::Display>(items: &[T], separator: &str) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

/// An amount, or a word in its place. ApplyCredit documents that it takes text, but not which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmountOrWord {
    /// This much.
    Amount(Decimal),
    /// What the installation understands.
    Word(String),
}

impl Param for AmountOrWord {
    const KIND: &'static str = "decimal";

    fn put(&self, name: &str, form: &mut Form) {
        match self {
            Self::Amount(amount) => amount.put(name, form),
            Self::Word(word) => form.text(name, word),
        }
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let text = node.leaf().ok_or("an amount")?;
        Ok(text.trim().parse().map_or_else(|_| Self::Word(text.clone()), Self::Amount))
    }
}

/// `base64(serialize(…))` in one field: custom fields by field id, configurable options by option id, mail variables
/// by name (quirks 53 to 55).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Serialized(pub PhpValue);

impl Serialized {
    /// Values by key, e.g. custom field values by field id.
    pub fn map<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<crate::php::PhpKey>,
        V: Into<PhpValue>,
    {
        Self(PhpValue::map(pairs))
    }
}

impl Param for Serialized {
    const KIND: &'static str = "serialized";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &self.0.serialize_base64());
    }

    /// A map in brackets or JSON; or a text that is already encoded.
    fn take(node: Node) -> Result<Self, &'static str> {
        use base64::Engine;
        if let Node::Leaf(text) = &node
            && let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(text.trim())
            && let Ok(value) = PhpValue::unserialize(&bytes)
        {
            return Ok(Self(value));
        }
        match node.into_php() {
            value @ PhpValue::Array(_) => Ok(Self(value)),
            _ => Err("a map: name[key]=value, or a JSON object"),
        }
    }
}

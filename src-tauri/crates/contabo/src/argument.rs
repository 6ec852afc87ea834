//! Values that go into a request: how they are written into a path, a query or a body, and how a caller who has only
//! names and strings is told what fits.

use std::fmt;

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::lenient::Quantity;
use crate::secret::Secret;

/// What a parameter may hold.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Free text.
    Text,
    /// Text that is never printed.
    Secret,
    /// A whole number.
    Whole,
    /// A number that may have a fraction.
    Number,
    /// `true` or `false`.
    Flag,
    /// `YYYY-MM-DD`.
    Date,
    /// RFC 3339; a bare date means midnight UTC.
    Time,
    /// One of the listed words; others are sent as they are, because the list is open.
    Choice(&'static [&'static str]),
    /// Several.
    List(&'static Kind),
    /// An object with these members.
    Object(fn() -> Vec<Parameter>),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Secret => f.write_str("secret text"),
            Self::Whole => f.write_str("a whole number"),
            Self::Number => f.write_str("a number"),
            Self::Flag => f.write_str("true or false"),
            Self::Date => f.write_str("a date (YYYY-MM-DD)"),
            Self::Time => f.write_str("a time (RFC 3339, UTC)"),
            Self::Choice(words) => write!(f, "one of {}", words.join(", ")),
            Self::List(of) => write!(f, "a list of {of}"),
            Self::Object(members) => {
                let names: Vec<String> = members().into_iter().map(|member| member.name).collect();
                write!(f, "a JSON object with {}", names.join(", "))
            }
        }
    }
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A member of the JSON body.
    Body,
}

/// One parameter of an operation as the provider names it.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name on the wire, e.g. `instanceId`.
    pub name: String,
    /// Where it goes.
    pub place: Place,
    /// What it holds.
    pub kind: Kind,
    /// Whether the operation cannot be built without it.
    pub required: bool,
}

/// A type that can stand in a request.
pub trait Argument {
    /// What it holds.
    const KIND: Kind;

    /// Its texts in a path or query; several for a repeated query parameter.
    fn texts(&self) -> Vec<String>;

    /// Its form in a body. Secrets appear in plain here: this is what is sent.
    fn json(&self) -> Value;
}

macro_rules! plain {
    ($($type:ty => $kind:ident),* $(,)?) => {
        $(impl Argument for $type {
            const KIND: Kind = Kind::$kind;

            fn texts(&self) -> Vec<String> {
                vec![self.to_string()]
            }

            fn json(&self) -> Value {
                Value::from(self.clone())
            }
        })*
    };
}

plain!(String => Text, i64 => Whole, bool => Flag);

macro_rules! printed {
    ($($type:ty => $kind:ident),* $(,)?) => {
        $(impl Argument for $type {
            const KIND: Kind = Kind::$kind;

            fn texts(&self) -> Vec<String> {
                vec![self.to_string()]
            }

            fn json(&self) -> Value {
                Value::from(self.to_string())
            }
        })*
    };
}

printed!(civil::Date => Date, Timestamp => Time, Uuid => Text);

impl Argument for Quantity {
    const KIND: Kind = Kind::Number;

    fn texts(&self) -> Vec<String> {
        vec![self.to_string()]
    }

    fn json(&self) -> Value {
        self.to_json()
    }
}

impl Argument for Secret {
    const KIND: Kind = Kind::Secret;

    fn texts(&self) -> Vec<String> {
        vec![self.expose().to_owned()]
    }

    fn json(&self) -> Value {
        Value::from(self.expose())
    }
}

impl<T: Argument> Argument for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn texts(&self) -> Vec<String> {
        self.iter().flat_map(T::texts).collect()
    }

    fn json(&self) -> Value {
        Value::Array(self.iter().map(T::json).collect())
    }
}

/// A list that the provider wants as one comma-separated text (instance ids, product ids, statuses).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Csv<T>(pub Vec<T>);

impl<T> From<Vec<T>> for Csv<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T: Argument> Argument for Csv<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn texts(&self) -> Vec<String> {
        vec![self.0.iter().flat_map(T::texts).collect::<Vec<_>>().join(",")]
    }

    fn json(&self) -> Value {
        Value::Array(self.0.iter().map(T::json).collect())
    }
}

/// An add-on without settings: the documentation wants an empty object for it (quirk 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

impl Argument for Empty {
    const KIND: Kind = Kind::Object(Vec::new);

    fn texts(&self) -> Vec<String> {
        Vec::new()
    }

    fn json(&self) -> Value {
        Value::Object(Map::new())
    }
}

/// `instance_id` → `instanceId`.
pub(crate) fn camel(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut upper = false;
    for c in field.chars() {
        if c == '_' {
            upper = true;
        } else if upper {
            name.extend(c.to_uppercase());
            upper = false;
        } else {
            name.push(c);
        }
    }
    name
}

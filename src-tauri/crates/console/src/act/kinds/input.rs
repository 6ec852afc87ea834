//! What a kind takes: its fields, and the check of an input against them. Forms, the command line and the approval all
//! go through the same check.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One field of a kind's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name in the input; its words are under `field.`.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether it must be given.
    pub required: bool,
}

/// A field that must be given.
pub const fn needs(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, required: true }
}

/// A field that may be left out.
pub const fn may(name: &'static str, holds: Holds) -> Field {
    Field { name, holds, required: false }
}

/// What a field holds. Secrets are never among them: they are stored first, and named by their id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// One line.
    Text {
        /// Most characters.
        most: u32,
    },
    /// Several lines.
    LongText {
        /// Most characters.
        most: u32,
    },
    /// A whole number.
    Number,
    /// A decimal amount, as text.
    Amount,
    /// Yes or no.
    Flag,
    /// A moment (RFC 3339).
    Moment,
    /// A day (yyyy-mm-dd).
    Day,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Id of a password among Contabo's secrets.
    Password,
    /// Ids of SSH keys among Contabo's secrets.
    SshKeys,
    /// Id of an image (UUID).
    Image,
    /// Id of a snapshot of the target.
    Snapshot,
    /// Id of a private network.
    PrivateNetwork,
    /// Id of a tag.
    Tag,
    /// Ids of tags.
    Tags,
    /// Id of a product that a server is ordered as.
    Product,
    /// Slug of a region that a server is ordered in.
    Region,
    /// Name for a new server, one line; proposals are offered.
    ServerName,
}

/// Most characters of a server's name (quirk 6).
const LONGEST_NAME: u32 = 255;

/// Why an input cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    /// Field; empty for the whole.
    pub field: String,
    /// What is wrong, never quoting the value.
    pub problem: String,
}

impl InputProblem {
    /// A problem of one field.
    pub fn new(field: &str, problem: &str) -> Self {
        Self { field: field.to_owned(), problem: problem.to_owned() }
    }
}

/// Reads an input, naming the field that is in the way.
pub(super) fn read<T: DeserializeOwned>(input: &Value, fields: &[Field]) -> Result<T, InputProblem> {
    let Some(members) = input.as_object() else { return Err(InputProblem::new("", "is no object")) };
    if let Some(stray) = members.keys().find(|name| !fields.iter().any(|field| field.name == name.as_str())) {
        return Err(InputProblem::new(stray, "is not taken by this kind of action"));
    }
    for field in fields {
        let given = members.get(field.name).filter(|value| !value.is_null());
        match given {
            None if field.required => return Err(InputProblem::new(field.name, "is missing")),
            Some(value) => field.check(value)?,
            None => {}
        }
    }
    T::deserialize(input).map_err(|_| InputProblem::new("", "does not have the shape that this kind takes"))
}

impl Field {
    fn check(&self, value: &Value) -> Result<(), InputProblem> {
        let wrong = |problem: &str| Err(InputProblem::new(self.name, problem));
        match (self.holds, value) {
            (Holds::ServerName, Value::String(_)) => {
                Field { holds: Holds::Text { most: LONGEST_NAME }, ..*self }.check(value)
            }
            (Holds::Text { most } | Holds::LongText { most }, Value::String(text)) => {
                let long = text.chars().count() > most as usize;
                let broken = matches!(self.holds, Holds::Text { .. }) && text.chars().any(char::is_control);
                match (long, broken, self.required && text.trim().is_empty()) {
                    (true, ..) => wrong("is too long"),
                    (_, true, _) => wrong("must be one line without control characters"),
                    (_, _, true) => wrong("is empty"),
                    _ => Ok(()),
                }
            }
            (Holds::Choice(words), Value::String(word)) if !words.contains(&word.as_str()) => {
                wrong(&format!("is not one of {}", words.join(", ")))
            }
            (Holds::Day, Value::String(day)) if day.parse::<jiff::civil::Date>().is_err() => {
                wrong("is no day (yyyy-mm-dd)")
            }
            (Holds::Moment, Value::String(at)) if at.parse::<Timestamp>().is_err() => wrong("is no moment (RFC 3339)"),
            (Holds::Amount, Value::String(text)) if text.parse::<rust_decimal::Decimal>().is_err() => {
                wrong("is no decimal number")
            }
            (Holds::Number | Holds::Password | Holds::PrivateNetwork | Holds::Tag, Value::Number(n)) => {
                if n.is_i64() {
                    Ok(())
                } else {
                    wrong("is no whole number")
                }
            }
            (Holds::Flag, Value::Bool(_)) => Ok(()),
            (Holds::SshKeys | Holds::Tags, Value::Array(ids)) if ids.iter().all(Value::is_i64) => Ok(()),
            (Holds::Choice(_) | Holds::Day | Holds::Moment | Holds::Amount, Value::String(_)) => Ok(()),
            (Holds::Image | Holds::Snapshot | Holds::Product | Holds::Region, Value::String(id)) => {
                let sane = (1..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                if sane { Ok(()) } else { wrong("is no id") }
            }
            _ => wrong("has the wrong type"),
        }
    }
}

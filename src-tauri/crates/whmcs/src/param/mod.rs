//! How the values of a request are written as form fields, and read from what a person typed.

mod attachments;
mod lines;
mod preferences;
mod scalars;
mod times;

use std::collections::BTreeMap;

pub use attachments::{Attachment, Attachments};
pub use lines::{InvoiceItems, LineItem, QuoteLine, QuoteLines};
pub use preferences::EmailPreferences;
pub use scalars::{AmountOrWord, Csv, Serialized, Spaced};
pub use times::{Created, DateFormat, LocalDate, MonthYear};

use crate::form::Form;
use crate::given::{Given, Node, ParamError};
use crate::php::PhpValue;

/// A value that can be a parameter.
pub trait Param: Sized {
    /// What it is, in one word: `int`, `decimal`, `bool`, `text`, …
    const KIND: &'static str;

    /// Names on the wire when they differ from the field's own (numbered or bracketed parameters).
    const NAMES: &'static [&'static str] = &[];

    /// Writes it.
    fn put(&self, name: &str, form: &mut Form);

    /// Reads it from what was typed; `Err` says what would fit.
    ///
    /// # Errors
    /// The expectation, e.g. `a whole number`.
    fn take(node: Node) -> Result<Self, &'static str>;

    /// Finds it among the given parameters.
    ///
    /// # Errors
    /// [`ParamError::Misfit`].
    fn find(name: &str, given: &mut Given) -> Result<Option<Self>, ParamError> {
        given
            .remove(name)
            .map(Self::take)
            .transpose()
            .map_err(|expected| ParamError::Misfit { name: name.to_owned(), expected })
    }
}

/// A parameter of an action as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ParamInfo {
    /// Name on the wire.
    pub name: &'static str,
    /// Further names when one Rust field stands for several parameters.
    pub names: &'static [&'static str],
    /// See [`Param::KIND`].
    pub kind: &'static str,
    /// Whether the action is refused without it.
    pub required: bool,
    /// What it means, in a few words; empty when the name says it.
    pub about: &'static str,
}

impl ParamInfo {
    /// The names WHMCS knows it by.
    pub fn wire_names(&self) -> &[&'static str] {
        if self.names.is_empty() { std::slice::from_ref(&self.name) } else { self.names }
    }
}

impl<T: Param> Param for Vec<T> {
    const KIND: &'static str = "list";

    fn put(&self, name: &str, form: &mut Form) {
        for (index, item) in self.iter().enumerate() {
            item.put(&format!("{name}[{index}]"), form);
        }
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        node.entries().into_iter().map(|(_, item)| T::take(item)).collect()
    }
}

impl<K, T> Param for BTreeMap<K, T>
where
    K: std::fmt::Display + std::str::FromStr + Ord,
    T: Param,
{
    const KIND: &'static str = "map";

    fn put(&self, name: &str, form: &mut Form) {
        for (key, item) in self {
            item.put(&format!("{name}[{key}]"), form);
        }
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        if matches!(&node, Node::Leaf(text) if !text.trim_start().starts_with('{')) {
            return Err("a map: name[key]=value, or a JSON object");
        }
        node.entries()
            .into_iter()
            .map(|(key, item)| Ok((key.parse().map_err(|_| "a map with other keys")?, T::take(item)?)))
            .collect()
    }
}

/// Free nesting in brackets: module settings, merge fields, notification attributes.
impl Param for PhpValue {
    const KIND: &'static str = "tree";

    fn put(&self, name: &str, form: &mut Form) {
        form.nested(name, self);
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        Ok(node.into_php())
    }
}

#[cfg(test)]
mod tests;

//! Reading what WHMCS sends.
//!
//! The same field is a number in one version and text in the next, a list comes wrapped, bare, numbered, alone or as
//! an empty string (quirks 24 to 36). So nothing here insists: a scalar that does not fit is set aside raw under its
//! name, an unknown field is kept, and both are counted. Only a structure that makes no sense (text where
//! the list of clients should be) is an error, which names its path and never its content.

mod census;
mod lists;
mod money;
mod raw;
mod record;
mod scalars;
mod times;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, MapAccess};
use serde_json::Value;

pub use census::{At, Census};
pub use lists::Keyed;
pub use money::{FormattedMoney, Price};
pub use raw::Raw;
pub use record::{Extra, Record};
pub use scalars::Csv;
pub use times::{Day, Moment};

pub(crate) use lists::{ListSeed, Wrapped};
pub(crate) use record::{object, record};
pub(crate) use scalars::open_enum;

/// What was found at a place.
#[derive(Debug)]
pub enum Fit<T> {
    /// A value.
    Fits(T),
    /// One of the ways in which WHMCS says "none".
    Nothing,
    /// Something else, kept as it is.
    Misfit(Value),
}

impl<T> Fit<T> {
    /// Changes the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Fit<U> {
        match self {
            Self::Fits(value) => Fit::Fits(change(value)),
            Self::Nothing => Fit::Nothing,
            Self::Misfit(raw) => Fit::Misfit(raw),
        }
    }
}

/// A field of an answer as data.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldInfo {
    /// Path as in `clients.client[].id`; `*` stands for a key that is data.
    pub path: String,
    /// What it is, in one word.
    pub kind: &'static str,
}

/// A type that reads whatever stands in its place.
pub trait Lenient: Default {
    /// What it is, in one word: `int`, `decimal`, `bool`, `text`, `date`, …
    const KIND: &'static str;

    /// Reads it.
    ///
    /// # Errors
    /// Broken JSON, or a structure where none of this kind can be. The message never quotes what was found.
    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error>;

    /// Reports what was kept without being understood.
    fn tally(&self, at: &At<'_>, census: &mut Census) {
        let _ = (at, census);
    }

    /// Lists the fields below it.
    fn shape(path: String, fields: &mut Vec<FieldInfo>) {
        fields.push(FieldInfo { path, kind: Self::KIND });
    }

    /// Whether it says nothing, so that it is left out when written.
    fn is_absent(&self) -> bool {
        false
    }
}

/// Reads a `T` where serde wants a seed.
pub(crate) struct Seed<T>(PhantomData<T>);

impl<T> Seed<T> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Lenient> DeserializeSeed<'de> for Seed<T> {
    type Value = Fit<T>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Fit<T>, D::Error> {
        T::read(source)
    }
}

/// Reads the value of a member into its field, or sets it aside.
pub(crate) fn place<'de, T: Lenient, A: MapAccess<'de>>(
    slot: &mut T,
    name: &str,
    extra: &mut Extra,
    members: &mut A,
) -> Result<(), A::Error> {
    settle(slot, name, extra, members.next_value_seed(Seed::<T>::new())?);
    Ok(())
}

/// Reads a list that may be wrapped in an object with one member called `inner`.
pub(crate) fn place_list<'de, T: Lenient, A: MapAccess<'de>>(
    slot: &mut Vec<T>,
    name: &str,
    inner: &'static str,
    extra: &mut Extra,
    members: &mut A,
) -> Result<(), A::Error> {
    settle(slot, name, extra, members.next_value_seed(ListSeed::new(Some(inner)))?);
    Ok(())
}

fn settle<T>(slot: &mut T, name: &str, extra: &mut Extra, found: Fit<T>) {
    match found {
        Fit::Fits(value) => *slot = value,
        Fit::Nothing => {}
        Fit::Misfit(raw) => extra.put(name, raw),
    }
}

/// "expected …" for errors; what was found is never quoted.
pub(crate) struct Expected(pub(crate) &'static str);

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.0)
    }
}

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{At, Census, Expected, FieldInfo, Fit};

const EXPECTED: &str = "an object";

/// Members of an object that its type does not know, and known ones that did not fit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extra(Option<Box<Map<String, Value>>>);

impl Extra {
    /// By name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// Name and value of each.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().flat_map(|map| map.iter())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|map| map.is_empty())
    }

    pub(crate) fn put(&mut self, name: &str, value: Value) {
        self.0.get_or_insert_default().insert(name.to_owned(), value);
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        let map = self.0.as_mut()?;
        let value = map.shift_remove(name);
        if map.is_empty() {
            self.0 = None;
        }
        value
    }
}

/// An object of an answer. Declared with [`record!`].
pub trait Record: Default {
    /// Wire names and the field each belongs to.
    const NAMES: &'static [(&'static str, usize)];

    /// Reads the value of a member into the field with this number.
    fn set<'de, A: MapAccess<'de>>(&mut self, field: usize, members: &mut A) -> Result<(), A::Error>;

    /// Where everything else goes.
    fn extra_mut(&mut self) -> &mut Extra;

    /// What went there.
    fn extra(&self) -> &Extra;

    /// Fields of the type.
    fn fields(path: &str, fields: &mut Vec<FieldInfo>);

    /// See [`super::Lenient::tally`].
    fn tally_fields(&self, at: &At<'_>, census: &mut Census);

    /// Counts what this object itself kept without understanding it.
    fn tally_extra(&self, at: &At<'_>, census: &mut Census) {
        for (name, _) in self.extra().iter() {
            if Self::NAMES.iter().any(|(known, _)| known == name) {
                census.misfit(&At::Member(at, name));
            } else {
                census.unknown();
            }
        }
    }
}

/// Reads an object.
pub(crate) fn object<'de, T: Record, D: Deserializer<'de>>(source: D) -> Result<Fit<T>, D::Error> {
    source.deserialize_any(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Record> Visitor<'de> for ObjectVisitor<T> {
    type Value = Fit<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Fit<T>, A::Error> {
        let mut record = T::default();
        let mut next = 0;
        let mut empty = true;
        while let Some(name) = members.next_key_seed(Name { known: T::NAMES, next })? {
            empty = false;
            match name {
                Found::Known(position) => {
                    next = position + 1;
                    record.set(T::NAMES[position].1, &mut members)?;
                }
                Found::Unknown(name) => {
                    let value = members.next_value()?;
                    record.extra_mut().put(&name, value);
                }
            }
        }
        Ok(if empty { Fit::Nothing } else { Fit::Fits(record) })
    }

    fn visit_unit<E>(self) -> Result<Fit<T>, E> {
        Ok(Fit::Nothing)
    }

    fn visit_none<E>(self) -> Result<Fit<T>, E> {
        Ok(Fit::Nothing)
    }

    /// An empty list is how PHP writes an empty object; a list with one object in it is taken for that.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Fit<T>, A::Error> {
        let mut found = Fit::Nothing;
        while let Some(item) = items.next_element_seed(ObjectSeed(PhantomData))? {
            found = match (found, item) {
                (found, Fit::Nothing) => found,
                (Fit::Nothing, item) => item,
                _ => return Err(A::Error::custom(Expected(EXPECTED))),
            };
        }
        Ok(found)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Fit<T>, E> {
        nothing_or_error(text.trim().is_empty())
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Fit<T>, E> {
        nothing_or_error(!yes)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Fit<T>, E> {
        nothing_or_error(false)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Fit<T>, E> {
        nothing_or_error(false)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Fit<T>, E> {
        nothing_or_error(false)
    }
}

struct ObjectSeed<T>(PhantomData<T>);

impl<'de, T: Record> DeserializeSeed<'de> for ObjectSeed<T> {
    type Value = Fit<T>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Fit<T>, D::Error> {
        object(source)
    }
}

fn nothing_or_error<T, E: Error>(nothing: bool) -> Result<Fit<T>, E> {
    if nothing { Ok(Fit::Nothing) } else { Err(E::custom(Expected(EXPECTED))) }
}

enum Found {
    /// Position in [`Record::NAMES`].
    Known(usize),
    Unknown(String),
}

/// Finds a name. Members mostly come in the order they are declared in, so the next one is tried first.
struct Name {
    known: &'static [(&'static str, usize)],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Found, D::Error> {
        source.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Found, E> {
        if self.known.get(self.next).is_some_and(|(known, _)| *known == name) {
            return Ok(Found::Known(self.next));
        }
        Ok(match self.known.iter().position(|(known, _)| *known == name) {
            Some(position) => Found::Known(position),
            None => Found::Unknown(name.to_owned()),
        })
    }
}

/// Declares an object of an answer.
///
/// ```ignore
/// record! {
///     /// A row of GetThings.
///     Thing {
///         id: Option<u64>,
///         /// The name on the wire can differ, and can have an older form.
///         kind as "type" or "kind": String,
///         /// A list that WHMCS wraps in a member of its own.
///         parts in "part": Vec<Part>,
///         /// A list that it does not wrap, although others expect so: both are read.
///         sides bare "side": Vec<Side>,
///     }
/// }
/// ```
macro_rules! record {
    (
        $(#[doc = $about:literal])+
        $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $field:ident $(as $wire:literal)? $(or $($older:literal)|+)? $(in $inner:literal)? $(bare $bare:literal)? : $type:ty
            ),* $(,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $name {
            $(
                #[doc = concat!("`", $crate::lenient::record!(@wire $field $($wire)?), "`.")]
                $(#[doc = $doc])*
                pub $field: $type,
            )*
            /// Members that are not known here, and known ones that did not fit.
            pub extra: $crate::lenient::Extra,
        }

        const _: () = {
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            #[derive(Clone, Copy)]
            enum Field { $($field),* }
            const FIELDS: &[Field] = &[$(Field::$field),*];

            #[allow(unused_variables)]
            impl $crate::lenient::Record for $name {
                const NAMES: &'static [(&'static str, usize)] = &[
                    $(
                        ($crate::lenient::record!(@wire $field $($wire)?), Field::$field as usize),
                        $($(($older, Field::$field as usize),)+)?
                    )*
                ];

                fn set<'de, A: serde::de::MapAccess<'de>>(
                    &mut self,
                    field: usize,
                    members: &mut A,
                ) -> Result<(), A::Error> {
                    match FIELDS[field] {
                        $(Field::$field => $crate::lenient::record!(
                            @set self, members, $field, $crate::lenient::record!(@wire $field $($wire)?)
                            $(, $inner)? $(, $bare)?
                        ),)*
                    }
                }

                fn extra_mut(&mut self) -> &mut $crate::lenient::Extra {
                    &mut self.extra
                }

                fn extra(&self) -> &$crate::lenient::Extra {
                    &self.extra
                }

                fn fields(path: &str, fields: &mut Vec<$crate::lenient::FieldInfo>) {
                    let dot = if path.is_empty() { "" } else { "." };
                    $(
                        let name = $crate::lenient::record!(@wire $field $($wire)?);
                        let below = format!("{path}{dot}{name}{}", $crate::lenient::record!(@below $($inner)?));
                        <$type as $crate::lenient::Lenient>::shape(below, fields);
                    )*
                }

                fn tally_fields(&self, at: &$crate::lenient::At<'_>, census: &mut $crate::lenient::Census) {
                    $(
                        let name = $crate::lenient::record!(@wire $field $($wire)?);
                        let below = $crate::lenient::record!(@at at, name $(, $inner)?);
                        $crate::lenient::Lenient::tally(&self.$field, &below, census);
                    )*
                    self.tally_extra(at, census);
                }
            }

            impl $crate::lenient::Lenient for $name {
                const KIND: &'static str = "object";

                fn read<'de, D: serde::Deserializer<'de>>(source: D) -> Result<$crate::lenient::Fit<Self>, D::Error> {
                    $crate::lenient::object(source)
                }

                fn tally(&self, at: &$crate::lenient::At<'_>, census: &mut $crate::lenient::Census) {
                    $crate::lenient::Record::tally_fields(self, at, census);
                }

                fn shape(path: String, fields: &mut Vec<$crate::lenient::FieldInfo>) {
                    <Self as $crate::lenient::Record>::fields(&path, fields);
                }
            }

            impl $crate::lenient::Lenient for Option<$name> {
                const KIND: &'static str = "object";

                fn read<'de, D: serde::Deserializer<'de>>(source: D) -> Result<$crate::lenient::Fit<Self>, D::Error> {
                    Ok($crate::lenient::object(source)?.map(Some))
                }

                fn tally(&self, at: &$crate::lenient::At<'_>, census: &mut $crate::lenient::Census) {
                    if let Some(record) = self {
                        $crate::lenient::Record::tally_fields(record, at, census);
                    }
                }

                fn shape(path: String, fields: &mut Vec<$crate::lenient::FieldInfo>) {
                    <$name as $crate::lenient::Record>::fields(&path, fields);
                }

                fn is_absent(&self) -> bool {
                    self.is_none()
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    use serde::ser::SerializeMap;
                    let mut map = serializer.serialize_map(None)?;
                    $(
                        if !$crate::lenient::Lenient::is_absent(&self.$field) {
                            let name = $crate::lenient::record!(@wire $field $($wire)?);
                            $crate::lenient::record!(@write map, name, &self.$field $(, $inner)?);
                        }
                    )*
                    for (name, value) in self.extra.iter() {
                        map.serialize_entry(name, value)?;
                    }
                    map.end()
                }
            }
        };
    };
    (@wire $field:ident) => { stringify!($field) };
    (@wire $field:ident $wire:literal) => { $wire };
    (@set $self:ident, $members:ident, $field:ident, $name:expr) => {
        $crate::lenient::place(&mut $self.$field, $name, &mut $self.extra, $members)
    };
    (@set $self:ident, $members:ident, $field:ident, $name:expr, $inner:literal) => {
        $crate::lenient::place_list(&mut $self.$field, $name, $inner, &mut $self.extra, $members)
    };
    (@below) => { "" };
    (@below $inner:literal) => { concat!(".", $inner) };
    (@at $at:ident, $name:ident) => { $crate::lenient::At::Member($at, $name) };
    (@at $at:ident, $name:ident, $inner:literal) => { $crate::lenient::At::Wrapped($at, $name, $inner) };
    (@write $map:ident, $name:ident, $value:expr) => { $map.serialize_entry($name, $value)? };
    (@write $map:ident, $name:ident, $value:expr, $inner:literal) => {
        $map.serialize_entry($name, &$crate::lenient::Wrapped { inner: $inner, list: $value })?
    };
}
pub(crate) use record;

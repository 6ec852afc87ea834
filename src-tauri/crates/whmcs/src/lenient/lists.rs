use std::fmt;
use std::marker::PhantomData;

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{At, Census, Expected, FieldInfo, Fit, Lenient, Seed};

const EXPECTED: &str = "a list";

/// Reads a list in every shape it has been met: wrapped in a member, bare, with numbers for keys, a lone element, and
/// five ways of being empty (quirks 31 to 36).
pub(crate) struct ListSeed<T> {
    inner: Option<&'static str>,
    element: PhantomData<T>,
}

impl<T> ListSeed<T> {
    pub(crate) const fn new(inner: Option<&'static str>) -> Self {
        Self { inner, element: PhantomData }
    }
}

impl<'de, T: Lenient> DeserializeSeed<'de> for ListSeed<T> {
    type Value = Fit<Vec<T>>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de, T: Lenient> Visitor<'de> for ListSeed<T> {
    type Value = Fit<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Fit::Nothing)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Fit::Nothing)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Self::Value, E> {
        if yes { Err(E::custom(Expected(EXPECTED))) } else { Ok(Fit::Nothing) }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        lone(Value::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        lone(Value::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        lone(Value::from(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.trim().is_empty() { Ok(Fit::Nothing) } else { lone(Value::from(text)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::with_capacity(items.size_hint().unwrap_or(0).min(1024));
        while let Some(item) = items.next_element_seed(Seed::<T>::new())? {
            match item {
                Fit::Fits(item) => list.push(item),
                // `[[]]` is how an empty list of attachments looks.
                Fit::Nothing => {}
                Fit::Misfit(_) => return Err(A::Error::custom(Expected(T::KIND))),
            }
        }
        Ok(Fit::Fits(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let Some(first) = members.next_key::<String>()? else { return Ok(Fit::Nothing) };
        if self.inner == Some(first.as_str()) {
            let found = members.next_value_seed(Self::new(None))?;
            while members.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
            return Ok(found);
        }
        if is_index(&first) {
            return numbered(first, members);
        }
        let mut object = Map::new();
        object.insert(first, members.next_value()?);
        while let Some((key, value)) = members.next_entry::<String, Value>()? {
            // The wrapper may have other members that come first. A lone row may have a text of the same name.
            if self.inner == Some(key.as_str()) && (value.is_array() || value.is_object()) {
                while members.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
                return Self::new(None).deserialize(value).map_err(A::Error::custom);
            }
            object.insert(key, value);
        }
        lone(Value::Object(object))
    }
}

fn is_index(key: &str) -> bool {
    !key.is_empty() && key.len() <= 9 && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// `{"0": …, "1": …}`, in the order of the numbers.
fn numbered<'de, T: Lenient, A: MapAccess<'de>>(first: String, mut members: A) -> Result<Fit<Vec<T>>, A::Error> {
    let mut rows: Vec<(u32, T)> = Vec::new();
    let mut key = Some(first);
    while let Some(index) = key {
        let row = members.next_value_seed(Seed::<T>::new())?;
        match (index.parse(), row) {
            (Ok(index), Fit::Fits(row)) => rows.push((index, row)),
            (_, Fit::Nothing) => {}
            _ => return Err(A::Error::custom(Expected(EXPECTED))),
        }
        key = members.next_key()?;
    }
    rows.sort_by_key(|(index, _)| *index);
    Ok(Fit::Fits(rows.into_iter().map(|(_, row)| row).collect()))
}

/// One element without a list around it.
fn lone<T: Lenient, E: Error>(value: Value) -> Result<Fit<Vec<T>>, E> {
    match T::read(value) {
        Ok(Fit::Fits(element)) => Ok(Fit::Fits(vec![element])),
        Ok(Fit::Nothing) => Ok(Fit::Nothing),
        Ok(Fit::Misfit(_)) => Err(E::custom(Expected(EXPECTED))),
        Err(error) => Err(E::custom(error)),
    }
}

impl<T: Lenient> Lenient for Vec<T> {
    const KIND: &'static str = "list";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        ListSeed::new(None).deserialize(source)
    }

    fn tally(&self, at: &At<'_>, census: &mut Census) {
        for (index, item) in self.iter().enumerate() {
            item.tally(&At::Index(at, index), census);
        }
    }

    fn shape(path: String, fields: &mut Vec<FieldInfo>) {
        T::shape(path + "[]", fields);
    }
}

/// An object whose keys are data: currencies, years, dates, statuses (quirk 33). PHP writes an empty one as `[]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyed<T>(pub IndexMap<String, T>);

impl<T> Default for Keyed<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

struct KeyedVisitor<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for KeyedVisitor<T> {
    type Value = Fit<Keyed<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Fit::Nothing)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Self::Value, E> {
        Ok(if yes { Fit::Misfit(yes.into()) } else { Fit::Nothing })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(if text.trim().is_empty() { Fit::Nothing } else { Fit::Misfit(text.into()) })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Fit::Misfit(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Fit::Misfit(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Fit::Misfit(number.into()))
    }

    /// Keys 0, 1, 2 make PHP write a list.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut map = IndexMap::new();
        let mut index = 0_usize;
        while let Some(item) = items.next_element_seed(Seed::<T>::new())? {
            match item {
                Fit::Fits(item) => _ = map.insert(index.to_string(), item),
                Fit::Nothing => {}
                Fit::Misfit(_) => return Err(A::Error::custom(Expected("an object"))),
            }
            index += 1;
        }
        Ok(if map.is_empty() { Fit::Nothing } else { Fit::Fits(Keyed(map)) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = IndexMap::new();
        while let Some(key) = members.next_key::<String>()? {
            match members.next_value_seed(Seed::<T>::new())? {
                Fit::Fits(value) => _ = map.insert(key, value),
                Fit::Nothing => _ = map.insert(key, T::default()),
                Fit::Misfit(_) => return Err(A::Error::custom(Expected(T::KIND))),
            }
        }
        Ok(Fit::Fits(Keyed(map)))
    }
}

impl<T: Lenient> Lenient for Keyed<T> {
    const KIND: &'static str = "map";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        source.deserialize_any(KeyedVisitor(PhantomData))
    }

    fn tally(&self, at: &At<'_>, census: &mut Census) {
        for (key, item) in &self.0 {
            item.tally(&At::Member(at, key), census);
        }
    }

    fn shape(path: String, fields: &mut Vec<FieldInfo>) {
        T::shape(path + ".*", fields);
    }

    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Serialize> Serialize for Keyed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(&self.0)
    }
}

/// Writes a list as WHMCS wraps it.
pub(crate) struct Wrapped<'a, T> {
    pub(crate) inner: &'static str,
    pub(crate) list: &'a [T],
}

impl<T: Serialize> Serialize for Wrapped<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.inner, self.list)?;
        map.end()
    }
}

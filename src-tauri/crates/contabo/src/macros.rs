//! The four forms in which the API is written down: an enumeration, an object of a reply, an object of a request, an
//! operation. They keep each of them to what its documentation page says and nothing else.

/// The provider's name of a field.
macro_rules! wire_name {
    ($field:ident) => {
        $crate::argument::camel(stringify!($field))
    };
    ($field:ident as $name:literal) => {
        ::std::string::String::from($name)
    };
}

/// An enumeration whose list may grow at any time: a word that is not listed is kept, not refused.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$vmeta])* #[doc = concat!("`", $word, "`")] $variant,)*
            /// A word the documentation does not list, as it came.
            Unlisted(String),
        }

        impl $name {
            /// The words the documentation lists.
            pub const LISTED: &'static [&'static str] = &[$($word),*];

            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Unlisted(word) => word,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Unlisted(String::new())
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    $(_ if word.eq_ignore_ascii_case($word) => Self::$variant,)*
                    _ => Self::Unlisted(word.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                Self::from(word.as_str())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <Self as $crate::lenient::Lenient>::read(deserializer)
            }
        }

        impl $crate::lenient::Lenient for $name {
            fn read<'de, D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Word;
                impl<'de> ::serde::de::Visitor<'de> for Word {
                    type Value = $name;
                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str("a word")
                    }
                    fn visit_str<E: ::serde::de::Error>(self, word: &str) -> Result<$name, E> {
                        let value = $name::from(word);
                        if matches!(&value, $name::Unlisted(word) if !word.is_empty()) {
                            $crate::lenient::note(|seen| seen.values += 1);
                        }
                        Ok(value)
                    }
                    fn visit_i64<E: ::serde::de::Error>(self, word: i64) -> Result<$name, E> {
                        self.visit_str(&word.to_string())
                    }
                    fn visit_u64<E: ::serde::de::Error>(self, word: u64) -> Result<$name, E> {
                        self.visit_str(&word.to_string())
                    }
                    fn visit_bool<E: ::serde::de::Error>(self, word: bool) -> Result<$name, E> {
                        self.visit_str(if word { "true" } else { "false" })
                    }
                    fn visit_unit<E: ::serde::de::Error>(self) -> Result<$name, E> {
                        Ok($name::default())
                    }
                    fn visit_none<E: ::serde::de::Error>(self) -> Result<$name, E> {
                        Ok($name::default())
                    }
                }
                deserializer.deserialize_any(Word)
            }
        }

        impl $crate::argument::Argument for $name {
            const KIND: $crate::argument::Kind = $crate::argument::Kind::Choice(Self::LISTED);

            fn texts(&self) -> Vec<String> {
                vec![self.as_str().to_owned()]
            }

            fn json(&self) -> ::serde_json::Value {
                ::serde_json::Value::from(self.as_str())
            }
        }
    };
}

/// An object of a reply. Only the members under `key` must be there; everything else may be absent or empty.
macro_rules! object {
    (
        $(#[$meta:meta])* $name:ident
        $(key { $($(#[$kmeta:meta])* $key:ident $(as $kname:literal)? : $ktype:ty,)* })?
        rest { $($(#[$fmeta:meta])* $field:ident $(as $fname:literal)? : $ftype:ty,)* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($($(#[$kmeta])* $(#[serde(rename = $kname)])?
            #[serde(deserialize_with = "crate::lenient::read")]
            pub $key: $ktype,)*)?
            $($(#[$fmeta])* $(#[serde(rename = $fname)])?
            #[serde(default, deserialize_with = "crate::lenient::read")]
            pub $field: $ftype,)*
            /// Members the documentation does not name.
            #[serde(flatten)]
            pub extra: $crate::lenient::Extra,
        }

        impl $crate::lenient::Lenient for $name {
            fn read<'de, D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <Self as ::serde::Deserialize>::deserialize(deserializer)
            }
        }

        impl $crate::reply::Reply for $name {
            fn decode(body: &[u8]) -> Result<Self, $crate::reply::Unreadable> {
                $crate::reply::one(body)
            }
        }

        $(impl $crate::operation::Keyed for $name {
            fn key(&self) -> String {
                [$(self.$key.to_string()),*].join("/")
            }
        })?
    };
}

/// An object of a request: built from what it cannot do without, the rest set one by one.
macro_rules! request_object {
    (
        $(#[$meta:meta])* $name:ident
        $(require { $($(#[$rmeta:meta])* $req:ident $(as $rname:literal)? : $rtype:ty,)* })?
        $(optional { $($(#[$ometa:meta])* $opt:ident $(as $oname:literal)? : $otype:ty,)* })?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, ::serde::Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            $($($(#[$rmeta])* $(#[serde(rename = $rname)])? pub $req: $rtype,)*)?
            $($($(#[$ometa])* $(#[serde(rename = $oname)])? #[serde(default)] pub $opt: Option<$otype>,)*)?
        }

        impl $name {
            /// With what it cannot do without.
            #[allow(clippy::too_many_arguments, clippy::new_without_default)]
            pub fn new($($($req: impl Into<$rtype>,)*)?) -> Self {
                Self { $($($req: $req.into(),)*)? $($($opt: None,)*)? }
            }
            $($(
                $(#[$ometa])*
                #[must_use]
                pub fn $opt(mut self, $opt: impl Into<$otype>) -> Self {
                    self.$opt = Some($opt.into());
                    self
                }
            )*)?
        }

        impl $crate::argument::Argument for $name {
            const KIND: $crate::argument::Kind = $crate::argument::Kind::Object(|| vec![
                $($($crate::argument::Parameter {
                    name: wire_name!($req $(as $rname)?),
                    place: $crate::argument::Place::Body,
                    kind: <$rtype as $crate::argument::Argument>::KIND,
                    required: true,
                },)*)?
                $($($crate::argument::Parameter {
                    name: wire_name!($opt $(as $oname)?),
                    place: $crate::argument::Place::Body,
                    kind: <$otype as $crate::argument::Argument>::KIND,
                    required: false,
                },)*)?
            ]);

            fn texts(&self) -> Vec<String> {
                vec![self.json().to_string()]
            }

            fn json(&self) -> ::serde_json::Value {
                let mut members = ::serde_json::Map::new();
                $($(members.insert(wire_name!($req $(as $rname)?), $crate::argument::Argument::json(&self.$req));)*)?
                $($(if let Some(value) = &self.$opt {
                    members.insert(wire_name!($opt $(as $oname)?), $crate::argument::Argument::json(value));
                })*)?
                ::serde_json::Value::Object(members)
            }
        }
    };
}

/// An operation. `path` and `require` become the constructor's arguments, `query` and `body` are set one by one; an
/// operation with a body names `require` or `body`, even when empty.
macro_rules! operation {
    (
        $(#[$meta:meta])*
        $name:ident = $id:literal, $method:ident $path:literal, $area:ident, $effect:ident, $timeout:ident -> $reply:ty;
        $(hide $hide:expr;)?
        $(path { $($(#[$pmeta:meta])* $seg:ident $(as $pname:literal)? : $ptype:ty,)* })?
        $(require { $($(#[$rmeta:meta])* $req:ident $(as $rname:literal)? : $rtype:ty,)* })?
        $(query { $($(#[$qmeta:meta])* $qry:ident $(as $qname:literal)? : $qtype:ty,)* })?
        $(body { $($(#[$bmeta:meta])* $bdy:ident $(as $bname:literal)? : $btype:ty,)* })?
        $(recover $recover:expr;)?
        $(refuse $refuse:expr;)?
    ) => {
        $(#[$meta])*
        ///
        #[doc = concat!("`", stringify!($method), " ", $path, "`")]
        #[derive(Debug, Clone, ::serde::Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            $($($(#[$pmeta])* $(#[serde(rename = $pname)])? pub $seg: $ptype,)*)?
            $($($(#[$rmeta])* $(#[serde(rename = $rname)])? pub $req: $rtype,)*)?
            $($($(#[$qmeta])* $(#[serde(rename = $qname)])? #[serde(default)] pub $qry: Option<$qtype>,)*)?
            $($($(#[$bmeta])* $(#[serde(rename = $bname)])? #[serde(default)] pub $bdy: Option<$btype>,)*)?
        }

        impl $name {
            /// With everything it cannot do without; nothing is defaulted.
            #[allow(clippy::too_many_arguments, clippy::new_without_default)]
            pub fn new($($($seg: impl Into<$ptype>,)*)? $($($req: impl Into<$rtype>,)*)?) -> Self {
                Self {
                    $($($seg: $seg.into(),)*)?
                    $($($req: $req.into(),)*)?
                    $($($qry: None,)*)?
                    $($($bdy: None,)*)?
                }
            }
            $($(
                $(#[$qmeta])*
                #[must_use]
                pub fn $qry(mut self, $qry: impl Into<$qtype>) -> Self {
                    self.$qry = Some($qry.into());
                    self
                }
            )*)?
            $($(
                $(#[$bmeta])*
                #[must_use]
                pub fn $bdy(mut self, $bdy: impl Into<$btype>) -> Self {
                    self.$bdy = Some($bdy.into());
                    self
                }
            )*)?
        }

        impl $crate::operation::Operation for $name {
            const ID: &'static str = $id;
            const AREA: $crate::operation::Area = $crate::operation::Area::$area;
            const METHOD: ::http::Method = ::http::Method::$method;
            const PATH: &'static str = $path;
            const EFFECT: ::rackdesk_wire::Effect = ::rackdesk_wire::Effect::$effect;
            const TIMEOUT: ::rackdesk_wire::TimeoutClass = ::rackdesk_wire::TimeoutClass::$timeout;
            const HIDE: &'static [&'static str] = operation!(@hide $($hide)?);
            type Response = $reply;

            fn segments(&self) -> Vec<(String, String)> {
                vec![$($((
                    wire_name!($seg $(as $pname)?),
                    $crate::argument::Argument::texts(&self.$seg).concat(),
                ),)*)?]
            }

            #[allow(unused_variables)]
            fn query(&self, query: &mut $crate::operation::Query) {
                $($(query.add(wire_name!($qry $(as $qname)?), self.$qry.as_ref());)*)?
            }

            #[allow(unused_mut, unused_assignments)]
            fn body(&self) -> Option<::serde_json::Map<String, ::serde_json::Value>> {
                let mut body: Option<::serde_json::Map<String, ::serde_json::Value>> = None;
                $(
                    let mut members = ::serde_json::Map::new();
                    $(members.insert(wire_name!($req $(as $rname)?), $crate::argument::Argument::json(&self.$req));)*
                    body = Some(members);
                )?
                $(
                    let mut members = body.take().unwrap_or_default();
                    $(if let Some(value) = &self.$bdy {
                        members.insert(wire_name!($bdy $(as $bname)?), $crate::argument::Argument::json(value));
                    })*
                    body = Some(members);
                )?
                body
            }

            $(fn recover(&self, failure: &::rackdesk_wire::Error) -> Option<Self::Response> {
                let recover: fn(&::rackdesk_wire::Error) -> Option<Self::Response> = $recover;
                recover(failure)
            })?

            $(fn refuse(&self) -> Option<&'static str> {
                let refuse: fn(&Self) -> Option<&'static str> = $refuse;
                refuse(self)
            })?
        }

        impl $crate::operation::Described for $name {
            fn parameters() -> Vec<$crate::argument::Parameter> {
                #[allow(unused_imports)]
                use $crate::argument::{Argument, Parameter, Place};
                vec![
                    $($(Parameter {
                        name: wire_name!($seg $(as $pname)?),
                        place: Place::Path,
                        kind: <$ptype as Argument>::KIND,
                        required: true,
                    },)*)?
                    $($(Parameter {
                        name: wire_name!($qry $(as $qname)?),
                        place: Place::Query,
                        kind: <$qtype as Argument>::KIND,
                        required: false,
                    },)*)?
                    $($(Parameter {
                        name: wire_name!($req $(as $rname)?),
                        place: Place::Body,
                        kind: <$rtype as Argument>::KIND,
                        required: true,
                    },)*)?
                    $($(Parameter {
                        name: wire_name!($bdy $(as $bname)?),
                        place: Place::Body,
                        kind: <$btype as Argument>::KIND,
                        required: false,
                    },)*)?
                ]
            }
        }
    };
    (@hide) => { $crate::secret::SECRET_FIELDS };
    (@hide $hide:expr) => { $hide };
}

/// A list with pages: an operation with `page`, `size` and `orderBy` beside its own filters.
macro_rules! listing {
    (
        $(#[$meta:meta])*
        $name:ident = $id:literal, $path:literal, $area:ident -> $item:ty;
        $(hide $hide:expr;)?
        $(path { $($path_fields:tt)* })?
        $(query { $($query_fields:tt)* })?
    ) => {
        operation! {
            $(#[$meta])*
            $name = $id, GET $path, $area, Read, List -> $crate::reply::Page<$item>;
            $(hide $hide;)?
            $(path { $($path_fields)* })?
            query {
                /// Page, from 1.
                page: i64,
                /// Rows per page.
                size: i64,
                /// `field:ASC` or `field:DESC`, in order of weight; which fields work is not documented (quirk 3).
                order_by: Vec<String>,
                $($($query_fields)*)?
            }
        }

        impl $crate::operation::Paged for $name {
            type Item = $item;

            fn turn_to(&mut self, page: i64, size: i64) {
                self.page = Some(page);
                self.size = Some(size);
            }
        }
    };
}

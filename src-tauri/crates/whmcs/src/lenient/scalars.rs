use rust_decimal::Decimal;
use serde::{Deserializer, Serialize, Serializer};

use super::{Fit, Lenient, Raw};
use crate::secret::Secret;

/// Implements [`Lenient`] for a scalar and, where absence matters, for its `Option`.
macro_rules! scalar {
    ($type:ty, $kind:literal, $convert:expr) => {
        impl Lenient for $type {
            const KIND: &'static str = $kind;

            fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
                Raw::read(source).map($convert)
            }
        }

        impl Lenient for Option<$type> {
            const KIND: &'static str = $kind;

            fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
                Ok(Raw::read(source).map($convert)?.map(Some))
            }

            fn is_absent(&self) -> bool {
                self.is_none()
            }
        }
    };
}

scalar!(u64, "int", unsigned);
scalar!(i64, "int", signed);
scalar!(bool, "bool", boolean);
scalar!(Decimal, "decimal", decimal);

/// Digits as a number or as text; a float without a fraction; `""` is none.
fn signed(raw: Raw<'_>) -> Fit<i64> {
    match raw {
        Raw::Nothing => Fit::Nothing,
        Raw::Int(number) => Fit::Fits(number),
        Raw::Bool(yes) => Fit::Fits(yes.into()),
        // Beyond 2^53 a float is no longer the number that was meant.
        Raw::Float(number) if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 => {
            Fit::Fits(number as i64)
        }
        Raw::Text(text) if text.trim().is_empty() => Fit::Nothing,
        Raw::Text(text) => match text.trim().parse() {
            Ok(number) => Fit::Fits(number),
            Err(_) => match text.trim().parse::<Decimal>().ok().filter(Decimal::is_integer).map(i64::try_from) {
                Some(Ok(number)) => Fit::Fits(number),
                _ => Raw::Text(text).misfit(),
            },
        },
        other => other.misfit(),
    }
}

fn unsigned(raw: Raw<'_>) -> Fit<u64> {
    match raw {
        Raw::UInt(number) => Fit::Fits(number),
        Raw::Text(text) if text.len() >= 19 && text.parse::<u64>().is_ok() => {
            Fit::Fits(text.parse().unwrap_or_default())
        }
        raw => match signed(raw) {
            Fit::Fits(number) => u64::try_from(number).map_or_else(|_| Fit::Misfit(number.into()), Fit::Fits),
            Fit::Nothing => Fit::Nothing,
            Fit::Misfit(raw) => Fit::Misfit(raw),
        },
    }
}

/// `true`, `1`, `"1"`, `"on"`, `"true"`, `"yes"` and their opposites; `""` is what an unticked box sends.
fn boolean(raw: Raw<'_>) -> Fit<bool> {
    match raw {
        Raw::Nothing => Fit::Nothing,
        Raw::Bool(yes) => Fit::Fits(yes),
        Raw::Int(0) => Fit::Fits(false),
        Raw::Int(1) => Fit::Fits(true),
        Raw::Text(text) => {
            let word = text.trim();
            if word.is_empty() || ["0", "off", "false", "no"].iter().any(|no| word.eq_ignore_ascii_case(no)) {
                Fit::Fits(false)
            } else if ["1", "on", "true", "yes"].iter().any(|yes| word.eq_ignore_ascii_case(yes)) {
                Fit::Fits(true)
            } else {
                Raw::Text(text).misfit()
            }
        }
        other => other.misfit(),
    }
}

/// A number or text, with a point and perhaps commas between the thousands.
fn decimal(raw: Raw<'_>) -> Fit<Decimal> {
    match raw {
        Raw::Nothing => Fit::Nothing,
        Raw::Int(number) => Fit::Fits(number.into()),
        Raw::UInt(number) => Fit::Fits(number.into()),
        // The shortest digits of a float are those that were sent.
        Raw::Float(number) => match parse_decimal(&number.to_string()) {
            Some(number) => Fit::Fits(number),
            None => Raw::Float(number).misfit(),
        },
        Raw::Text(text) if text.trim().is_empty() => Fit::Nothing,
        Raw::Text(text) => match parse_decimal(text.trim()) {
            Some(number) => Fit::Fits(number),
            None => Raw::Text(text).misfit(),
        },
        other => other.misfit(),
    }
}

/// A decimal number with a point; commas only where thousands are separated.
pub(super) fn parse_decimal(text: &str) -> Option<Decimal> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    if !text.contains(',') {
        return Decimal::from_scientific(text).ok();
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let head = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    let sound = head && groups.all(|group| group.len() == 3) && !fraction.contains(',');
    sound.then(|| text.replace(',', "").parse().ok())?
}

impl Lenient for String {
    const KIND: &'static str = "text";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        Ok(match Raw::read(source)?.into_text() {
            Ok(Some(text)) => Fit::Fits(text),
            Ok(None) => Fit::Nothing,
            Err(raw) => raw.misfit(),
        })
    }
}

impl Lenient for Secret {
    const KIND: &'static str = "secret";

    /// What does not fit is not kept: it may hold the secret all the same.
    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        Ok(match Raw::read(source)?.into_text() {
            Ok(Some(text)) => Fit::Fits(Self::from(text)),
            Ok(None) => Fit::Nothing,
            Err(_) => Fit::Misfit(crate::secret::HIDDEN.into()),
        })
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Values in one text, separated by commas and perhaps enclosed in them (`",1,2,"`); a real list is taken as well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Csv<T>(pub Vec<T>);

impl<T: std::str::FromStr + Default> Lenient for Csv<T> {
    const KIND: &'static str = "csv";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        let raw = Raw::read(source)?;
        let text = match raw {
            Raw::Nothing => return Ok(Fit::Nothing),
            Raw::Other(serde_json::Value::Array(items)) => {
                let texts: Vec<_> =
                    items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
                texts.join(",")
            }
            raw => match raw.into_text() {
                Ok(text) => text.unwrap_or_default(),
                Err(raw) => return Ok(raw.misfit()),
            },
        };
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Ok(match parts.map(str::parse).collect() {
            Ok(items) => Fit::Fits(Self(items)),
            Err(_) => Fit::Misfit(text.into()),
        })
    }
}

impl<T: std::fmt::Display> Serialize for Csv<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        serializer.serialize_str(&texts.join(","))
    }
}

/// Declares words that WHMCS uses, open for those it will use: an unknown one is kept as `Other`.
macro_rules! open_enum {
    ($(#[doc = $about:literal])+ $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $(
                #[doc = concat!("`", $word, "`")]
                $variant,
            )+
            /// A word that is not known here; empty when there was none.
            Other(String),
        }

        impl $name {
            /// The word as WHMCS writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }

            /// The known words.
            pub const KNOWN: &'static [&'static str] = &[$($word),+];
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($word) { return Self::$variant; })+
                Self::Other(word.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::lenient::Lenient for $name {
            const KIND: &'static str = "word";

            fn read<'de, D: serde::Deserializer<'de>>(source: D) -> Result<$crate::lenient::Fit<Self>, D::Error> {
                Ok(String::read(source)?.map(|word| Self::from(word.as_str())))
            }

            fn is_absent(&self) -> bool {
                self.as_str().is_empty()
            }
        }

        impl $crate::param::Param for $name {
            const KIND: &'static str = "word";

            fn put(&self, name: &str, form: &mut $crate::form::Form) {
                form.text(name, self.as_str());
            }

            fn take(node: $crate::given::Node) -> Result<Self, &'static str> {
                node.leaf().map(|word| Self::from(word.as_str())).ok_or("one value")
            }
        }
    };
}
pub(crate) use open_enum;

use jiff::civil::{Date, DateTime};
use serde::{Deserializer, Serialize, Serializer};

use super::{Fit, Lenient};

/// A date as WHMCS wrote it, and what it means. Local to the server of WHMCS, which never names its zone (quirk 46).
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Day {
    /// The text.
    pub raw: String,
    /// The date; `None` for zero dates and for texts that leave doubt.
    pub date: Option<Date>,
}

/// A date and time as WHMCS wrote it, and what it means. Local to the server of WHMCS (quirk 46).
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Moment {
    /// The text.
    pub raw: String,
    /// The time; midnight when only a date was given; `None` for zero dates and for texts that leave doubt.
    pub time: Option<DateTime>,
}

impl From<String> for Day {
    fn from(raw: String) -> Self {
        Self { date: parse(&raw).map(DateTime::date), raw }
    }
}

impl From<String> for Moment {
    fn from(raw: String) -> Self {
        Self { time: parse(&raw), raw }
    }
}

/// `Y-m-d`, `Y-m-d H:i:s`, `Y-m-d H:i`, with a `T` or a blank, padded or not. `17/05/2019` is not parsed: it could be
/// American.
fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let mut parts = date.split('-');
    let (year, month, day) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    if parts.next().is_some() {
        return None;
    }
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    if date.year() < 1000 {
        return None;
    }
    if time.is_empty() {
        return Some(date.at(0, 0, 0, 0));
    }
    // Fractions and an offset may follow (ISO 8601 from newer versions); the local reading is kept.
    let time = time.split(['.', 'Z', '+']).next()?;
    let mut parts = time.split(':').map(number);
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let small = |number: u32| i8::try_from(number).ok();
    DateTime::new(date.year(), date.month(), date.day(), small(hour)?, small(minute)?, small(second)?, 0).ok()
}

fn number(digits: &str) -> Option<u32> {
    (digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

impl Lenient for Day {
    const KIND: &'static str = "date";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        Ok(String::read(source)?.map(Self::from))
    }

    fn is_absent(&self) -> bool {
        self.raw.is_empty()
    }
}

impl Lenient for Moment {
    const KIND: &'static str = "datetime";

    fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Fit<Self>, D::Error> {
        Ok(String::read(source)?.map(Self::from))
    }

    fn is_absent(&self) -> bool {
        self.raw.is_empty()
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.raw)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_parsed_when_they_leave_no_doubt_and_always_kept() {
        for (text, expected) in [
            ("2026-11-20 10:30:05", Some("2026-11-20T10:30:05")),
            ("2016-1-02 13:59:01", Some("2016-01-02T13:59:01")),
            ("2026-11-20", Some("2026-11-20T00:00:00")),
            ("2026-11-20 10:30", Some("2026-11-20T10:30:00")),
            ("2026-11-20T10:30:05.000000Z", Some("2026-11-20T10:30:05")),
            ("2026-11-20T10:30:05+02:00", Some("2026-11-20T10:30:05")),
            ("0000-00-00 00:00:00", None),
            ("0000-00-00", None),
            ("-0001-11-30 00:00:00", None),
            ("17/05/2019 10:01", None),
            ("18th November 2016 9:32:24am", None),
            ("2026-02-30", None),
            ("2026-11-20 25:00:00", None),
            ("", None),
        ] {
            let moment = Moment::from(text.to_owned());
            assert_eq!(moment.time, expected.map(|time| time.parse().unwrap()), "{text}");
            assert_eq!(moment.raw, text);
            assert_eq!(Day::from(text.to_owned()).date, moment.time.map(DateTime::date));
        }
    }
}

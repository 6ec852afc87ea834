//! Dates. WHMCS takes three kinds: `Y-m-d`, `Y-m-d H:i:s`, and on six parameters whatever format the installation is
//! set to (quirk 47). It knows no time zone: all are local to its server (quirk 46).

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, Zoned};

use super::Param;
use crate::form::Form;
use crate::given::Node;

const DATE: &str = "a date such as 2026-11-20";
const TIME: &str = "a time such as 2026-11-20 10:30:00";

impl Param for Date {
    const KIND: &'static str = "date";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &self.to_string());
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        node.leaf().and_then(|text| text.trim().parse().ok()).ok_or(DATE)
    }
}

impl Param for DateTime {
    const KIND: &'static str = "datetime";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &self.strftime("%Y-%m-%d %H:%M:%S").to_string());
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let text = node.leaf().ok_or(TIME)?;
        text.trim().parse().or_else(|_| text.trim().parse::<Date>().map(|date| date.at(0, 0, 0, 0))).map_err(|_| TIME)
    }
}

/// Sent as Unix seconds.
impl Param for Timestamp {
    const KIND: &'static str = "unix";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &self.as_second().to_string());
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let expected = "Unix seconds or a time such as 2026-11-20T10:30:00Z";
        let text = node.leaf().ok_or(expected)?;
        match text.trim().parse::<i64>() {
            Ok(seconds) => Self::from_second(seconds).map_err(|_| expected),
            Err(_) => text.trim().parse().map_err(|_| expected),
        }
    }
}

/// The date formats an installation can be set to (General Settings, Localisation).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFormat {
    /// `31/12/2026`
    DayMonthYearSlashes,
    /// `31.12.2026`
    DayMonthYearDots,
    /// `31-12-2026`
    DayMonthYearDashes,
    /// `12/31/2026`
    MonthDayYear,
    /// `2026/12/31`
    YearMonthDaySlashes,
    /// `2026-12-31`
    YearMonthDay,
}

/// A date in the format the installation is set to. There is no way to ask for that format, so the caller says it:
/// a guess would turn the third of April into the fourth of March.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDate(String);

impl LocalDate {
    /// The date in that format.
    pub fn new(date: Date, format: DateFormat) -> Self {
        let format = match format {
            DateFormat::DayMonthYearSlashes => "%d/%m/%Y",
            DateFormat::DayMonthYearDots => "%d.%m.%Y",
            DateFormat::DayMonthYearDashes => "%d-%m-%Y",
            DateFormat::MonthDayYear => "%m/%d/%Y",
            DateFormat::YearMonthDaySlashes => "%Y/%m/%d",
            DateFormat::YearMonthDay => "%Y-%m-%d",
        };
        Self(date.strftime(format).to_string())
    }

    /// A text that is already in the installation's format.
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl Param for LocalDate {
    const KIND: &'static str = "localdate";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &self.0);
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        node.leaf().map(Self).ok_or("a date in the installation's own format")
    }
}

/// Month and year of a card: `1129` for November 2029.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthYear {
    /// 1 to 12.
    pub month: u8,
    /// Last two digits.
    pub year: u8,
}

impl Param for MonthYear {
    const KIND: &'static str = "mmyy";

    fn put(&self, name: &str, form: &mut Form) {
        form.text(name, &format!("{:02}{:02}", self.month, self.year));
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let digits: String = node.leaf().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
        let number: u16 = digits.parse().map_err(|_| "month and year as MMYY")?;
        let (month, year) = ((number / 100) as u8, (number % 100) as u8);
        if digits.len() == 4 && (1..=12).contains(&month) {
            Ok(Self { month, year })
        } else {
            Err("month and year as MMYY")
        }
    }
}

/// When a ticket message was written: with its offset (ISO 8601), or local to the installation.
#[derive(Debug, Clone, PartialEq)]
pub enum Created {
    /// With its offset, so that nobody has to know the installation's time zone.
    At(Zoned),
    /// Local to the installation.
    Local(DateTime),
}

impl Param for Created {
    const KIND: &'static str = "datetime";

    fn put(&self, name: &str, form: &mut Form) {
        match self {
            Self::At(time) => form.text(name, &time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            Self::Local(time) => time.put(name, form),
        }
    }

    fn take(node: Node) -> Result<Self, &'static str> {
        let text = node.leaf().ok_or(TIME)?;
        if let Ok(time) = text.trim().parse::<Timestamp>() {
            return Ok(Self::At(time.to_zoned(jiff::tz::TimeZone::UTC)));
        }
        DateTime::take(Node::Leaf(text)).map(Self::Local)
    }
}

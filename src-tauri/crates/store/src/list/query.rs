use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilterOp {
    /// Any of the values.
    Is,
    /// None of the values.
    IsNot,
    /// Contains the text.
    Contains,
    /// At least the value.
    Over,
    /// At most the value.
    Under,
    /// Within the last duration (`30m`, `6h`, `7d`, `2w`), or within the next one (`+7d`).
    Within,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Column.
    pub field: String,
    /// Comparison.
    pub op: FilterOp,
    /// Values; at least one.
    pub values: Vec<String>,
}

/// Order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sort {
    /// Column.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// A question to a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ListQuery {
    /// Words that must all be found, each from its beginning.
    pub text: String,
    /// Conditions that must all hold.
    pub filters: Vec<Filter>,
    /// Order; the list's own when absent.
    pub sort: Option<Sort>,
    /// The `next` of the window before.
    pub after: Option<String>,
    /// Rows wanted, 1 to 500; 0 means 100.
    pub limit: u32,
}

/// Where and when a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Today {
    /// Now.
    pub now: Timestamp,
    /// This machine's day.
    pub date: Date,
}

impl Today {
    /// By this machine's clock and zone.
    pub fn of(now: Timestamp, zone: TimeZone) -> Self {
        Self { now, date: now.to_zoned(zone).date() }
    }

    /// By this machine's clock and zone, now.
    pub fn local() -> Self {
        Self::of(Timestamp::now(), TimeZone::system())
    }
}

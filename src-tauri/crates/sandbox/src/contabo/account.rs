//! The customer account everything belongs to, and how it writes what the document leaves open.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::text::moment;

/// How a date that does not exist is written; the document requires the field and forbids `null`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoDate {
    /// `""`, which the document's `minLength: 0` seems to mean.
    #[default]
    Empty,
    /// `null`.
    Null,
    /// The field is left out.
    Absent,
    /// The last day of the year 9999 where the document asks for the format of a date: for judges that check formats.
    FarFuture,
}

/// How a cancellation day is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaySpelling {
    /// `2026-06-03`.
    #[default]
    Date,
    /// `2026-06-03T00:00:00.000Z`.
    Timestamp,
    /// `2026-06-03T00:00:00.000+0000`, as in the document's examples.
    Offset,
}

/// How this provider behaves where the document leaves it open, for the control port.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seconds until an audit row shows; `null` draws up to two for each.
    pub audit_lag_seconds: Option<u32>,
    /// How a cancellation date that does not exist is written.
    pub no_date: NoDate,
    /// How a cancellation day is written.
    pub day_spelling: DaySpelling,
    /// Whether the web firewall in front of the API takes larger user data about sshd for an attack, as it once did.
    pub web_firewall: bool,
}

impl Settings {
    /// Whether the web firewall answers a call instead of the API. From which size on is not known; one page of text.
    pub(super) fn blocks(&self, body: &[u8]) -> bool {
        const LARGER: usize = 2_048;
        self.web_firewall && body.len() > LARGER && body.windows(4).any(|word| word == b"sshd")
    }

    /// Adds `cancelDate` as a day. `loose` is for instances, whose field has no format in the document.
    pub(super) fn cancel_day(&self, map: &mut Map<String, Value>, date: Option<Date>, loose: bool) {
        let value = match date {
            Some(date) => json!(match self.day_spelling {
                DaySpelling::Date => date.to_string(),
                DaySpelling::Timestamp => format!("{date}T00:00:00.000Z"),
                DaySpelling::Offset => format!("{date}T00:00:00.000+0000"),
            }),
            None => match self.absent(if loose { "" } else { "9999-12-31" }) {
                Some(value) => value,
                None => return,
            },
        };
        map.insert("cancelDate".to_owned(), value);
    }

    /// Adds `cancelDate` as a moment.
    pub(super) fn cancel_moment(&self, map: &mut Map<String, Value>, at: Option<Timestamp>) {
        let value = at.map(|at| json!(moment(at))).or_else(|| self.absent("9999-12-31T00:00:00.000Z"));
        if let Some(value) = value {
            map.insert("cancelDate".to_owned(), value);
        }
    }

    fn absent(&self, far_future: &str) -> Option<Value> {
        match self.no_date {
            NoDate::Empty => Some(json!("")),
            NoDate::Null => Some(Value::Null),
            NoDate::Absent => None,
            NoDate::FarFuture => Some(json!(far_future)),
        }
    }
}

/// The customer account.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) tenant: &'static str,
    pub(super) customer: String,
    pub(super) dates: Settings,
}

impl Account {
    /// Puts the owner's two ids in front of an object's fields.
    pub(super) fn owned(&self, value: Value) -> Value {
        let mut map = Map::new();
        map.insert("tenantId".to_owned(), json!(self.tenant));
        map.insert("customerId".to_owned(), json!(self.customer));
        if let Value::Object(fields) = value {
            map.extend(fields);
        }
        Value::Object(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(settings: Settings, date: Option<&str>) -> Value {
        let mut map = Map::new();
        settings.cancel_day(&mut map, date.map(|date| date.parse().unwrap()), false);
        Value::Object(map)
    }

    #[test]
    fn a_cancellation_day_has_three_spellings_and_its_absence_four() {
        let spelled = |day_spelling| shown(Settings { day_spelling, ..Settings::default() }, Some("2026-06-03"));
        assert_eq!(spelled(DaySpelling::Date), json!({"cancelDate": "2026-06-03"}));
        assert_eq!(spelled(DaySpelling::Timestamp), json!({"cancelDate": "2026-06-03T00:00:00.000Z"}));
        assert_eq!(spelled(DaySpelling::Offset), json!({"cancelDate": "2026-06-03T00:00:00.000+0000"}));
        let none = |no_date| shown(Settings { no_date, ..Settings::default() }, None);
        assert_eq!(none(NoDate::Empty), json!({"cancelDate": ""}));
        assert_eq!(none(NoDate::Null), json!({"cancelDate": null}));
        assert_eq!(none(NoDate::Absent), json!({}));
        assert_eq!(none(NoDate::FarFuture), json!({"cancelDate": "9999-12-31"}));
    }
}

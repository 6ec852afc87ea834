//! Whether a policy makes sense, field by field.

use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::{Policy, Window};
use crate::money::Money;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Its path, e.g. `windows.0.zone`.
    pub field: String,
    /// What is wrong, as the end of a sentence that begins with the field.
    pub problem: String,
}

/// Most windows, freezes, patterns, tags or directives in one list.
const MOST: usize = 100;
/// Minutes of a week.
const WEEK: u32 = 7 * 24 * 60;

/// What is wrong with a policy; empty when nothing is.
pub fn problems(policy: &Policy) -> Vec<FieldProblem> {
    let mut found = Found(Vec::new());
    found.bound("grace_seconds", policy.grace_seconds, 1, 86_400);
    found.bound("grace_costly_seconds", policy.grace_costly_seconds, 1, 7 * 86_400);
    if policy.grace_costly_seconds < policy.grace_seconds {
        found.say("grace_costly_seconds", "must not be shorter than grace_seconds");
    }
    found.bound("power_per_hour", policy.power_per_hour, 0, 10_000);
    for (field, limit) in [("create_per_hour", policy.create_per_hour), ("create_per_day", policy.create_per_day)] {
        if let Some(limit) = limit {
            found.bound(field, limit, 0, 10_000);
        }
    }
    found.money("spend_day", policy.spend_day.as_ref());
    found.money("spend_month", policy.spend_month.as_ref());
    found.bound("cloud_init.most_bytes", policy.cloud_init.most_bytes, 1, 1_048_576);
    found.words("cloud_init.required", &policy.cloud_init.required, directive);
    found.words("cloud_init.forbidden", &policy.cloud_init.forbidden, directive);
    if let Some(both) = policy.cloud_init.required.iter().find(|d| policy.cloud_init.forbidden.contains(d)) {
        found.say("cloud_init.forbidden", &format!("has “{both}”, which is required"));
    }
    found.words("protected", &policy.protected, |text| text.chars().count() <= 100);
    found.words("protected_tags", &policy.protected_tags, |text| text.chars().count() <= 255);
    found.bound("stale_seconds", policy.stale_seconds, 60, 30 * 86_400);
    found.windows(&policy.windows);
    found.many("freezes", policy.freezes.len());
    for (at, freeze) in policy.freezes.iter().enumerate() {
        if freeze.from >= freeze.until {
            found.say(&format!("freezes.{at}.until"), "must be later than its begin");
        }
        let name = freeze.name.trim();
        if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
            found.say(&format!("freezes.{at}.name"), "needs 1 to 80 characters");
        }
    }
    found.0
}

/// A top-level key of cloud-config.
fn directive(text: &str) -> bool {
    text.len() <= 64 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

struct Found(Vec<FieldProblem>);

impl Found {
    fn say(&mut self, field: &str, problem: &str) {
        self.0.push(FieldProblem { field: field.to_owned(), problem: problem.to_owned() });
    }

    fn bound(&mut self, field: &str, value: u32, least: u32, most: u32) {
        if !(least..=most).contains(&value) {
            self.say(field, &format!("must be {least} to {most}"));
        }
    }

    fn many(&mut self, field: &str, count: usize) {
        if count > MOST {
            self.say(field, &format!("has more than {MOST} entries"));
        }
    }

    fn money(&mut self, field: &str, money: Option<&Money>) {
        let Some(money) = money else { return };
        if money.amount < Decimal::ZERO {
            self.say(&format!("{field}.amount"), "must not be negative");
        }
        let code = &money.currency;
        if iso_currency::Currency::from_code(code).is_none() {
            self.say(&format!("{field}.currency"), "is no currency code, e.g. EUR");
        } else if money.amount.normalize().scale() > money.digits() {
            self.say(&format!("{field}.amount"), &format!("has more digits after the point than {code} knows"));
        }
    }

    fn words(&mut self, field: &str, words: &[String], sane: impl Fn(&str) -> bool) {
        self.many(field, words.len());
        for (at, word) in words.iter().enumerate() {
            if word.trim().is_empty() || word.trim() != word || word.chars().any(char::is_control) || !sane(word) {
                self.say(&format!("{field}.{at}"), "is empty, too long or has characters that cannot be in it");
            }
        }
    }

    fn windows(&mut self, windows: &[Window]) {
        self.many("windows", windows.len());
        for (at, window) in windows.iter().enumerate() {
            let field = |name: &str| format!("windows.{at}.{name}");
            if !(1..=7).contains(&window.weekday) {
                self.say(&field("weekday"), "must be 1 (Monday) to 7 (Sunday)");
            }
            if window.minute >= 24 * 60 {
                self.say(&field("begins"), "is no time of day");
            }
            self.bound(&field("minutes"), window.minutes, 1, WEEK);
            if TimeZone::get(&window.zone).is_err() {
                self.say(&field("zone"), "is no time zone, e.g. Europe/Berlin");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{CloudInit, Freeze};

    fn fields(policy: &Policy) -> Vec<String> {
        problems(policy).into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn the_defaults_are_sane() {
        assert_eq!(problems(&Policy::default()), []);
    }

    #[test]
    fn each_problem_names_its_own_field() {
        let moment = |text: &str| text.parse().unwrap();
        let policy = Policy {
            grace_seconds: 0,
            create_per_day: Some(10_001),
            spend_day: Some(Money::new(Decimal::new(-1, 0), "EUR")),
            spend_month: Some(Money::new(Decimal::new(10_005, 3), "EUR")),
            cloud_init: CloudInit {
                required: vec!["packages".into()],
                forbidden: vec!["packages".into(), "boot cmd".into()],
                ..CloudInit::default()
            },
            windows: vec![Window { weekday: 8, minute: 1440, minutes: 0, zone: "Mars".into() }],
            freezes: vec![Freeze {
                from: moment("2026-12-02T00:00:00Z"),
                until: moment("2026-12-01T00:00:00Z"),
                name: " ".into(),
            }],
            protected: vec![String::new()],
            stale_seconds: 1,
            ..Policy::default()
        };
        let expected = [
            "grace_seconds",
            "create_per_day",
            "spend_day.amount",
            "spend_month.amount",
            "cloud_init.forbidden.1",
            "cloud_init.forbidden",
            "protected.0",
            "stale_seconds",
            "windows.0.weekday",
            "windows.0.begins",
            "windows.0.minutes",
            "windows.0.zone",
            "freezes.0.until",
            "freezes.0.name",
        ];
        assert_eq!(fields(&policy), expected);
        let strange = Policy { spend_day: Some(Money::new(Decimal::ONE, "XQZ")), ..Policy::default() };
        assert_eq!(fields(&strange), ["spend_day.currency"]);
    }
}

//! Reading a JSON body field by field, gathering what is wrong in the provider's validator's words.
//!
//! Unknown fields are ignored, as there: a misspelt name shows up as the missing field it should have been.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::answer::Refusal;

/// A JSON object being read.
#[derive(Debug)]
pub(super) struct Fields {
    map: Map<String, Value>,
    prefix: String,
    problems: Vec<String>,
}

impl Fields {
    /// Reads a request's body, which has to be a JSON object. No body is an empty one: what is required is then named
    /// field by field, and a body of nothing but choices may be left out, as older clients do.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self { map: Map::new(), prefix: String::new(), problems: Vec::new() });
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(Self { map, prefix: String::new(), problems: Vec::new() }),
            Ok(_) => Err(Refusal::bad("Request body has to be an object")),
            Err(error) => Err(Refusal::bad(format!("Unexpected token in JSON at position {}", error.column()))),
        }
    }

    /// Notes a problem that only the operation knows of.
    pub(super) fn problem(&mut self, name: &str, rule: &str) {
        self.problems.push(format!("{}{name} {rule}", self.prefix));
    }

    /// Refuses when anything was wrong.
    pub(super) fn done(self) -> Result<(), Refusal> {
        if self.problems.is_empty() { Ok(()) } else { Err(Refusal::fields(self.problems)) }
    }

    /// Takes over what was found wrong in a nested object.
    pub(super) fn absorb(&mut self, nested: Self) {
        self.problems.extend(nested.problems);
    }

    /// Whether the field is there; `null` counts as absent.
    pub(super) fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|value| !value.is_null())
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.map.shift_remove(name).filter(|value| !value.is_null())
    }

    fn need(&mut self, name: &str) -> bool {
        let there = self.has(name);
        if !there {
            self.problem(name, "should not be empty");
        }
        there
    }

    /// Optional text within a length (in characters).
    pub(super) fn text(&mut self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => {
                let count = text.chars().count();
                if count < *length.start() {
                    self.problem(name, &format!("must be longer than or equal to {} characters", length.start()));
                } else if count > *length.end() {
                    self.problem(name, &format!("must be shorter than or equal to {} characters", length.end()));
                }
                Some(text)
            }
            _ => {
                self.problem(name, "must be a string");
                None
            }
        }
    }

    /// Required text within a length.
    pub(super) fn need_text(&mut self, name: &str, length: RangeInclusive<usize>) -> String {
        if self.need(name) { self.text(name, length).unwrap_or_default() } else { String::new() }
    }

    /// Optional text out of a closed set.
    pub(super) fn choice(&mut self, name: &str, allowed: &[&'static str]) -> Option<&'static str> {
        let given = self.take(name)?;
        let found = given.as_str().and_then(|text| allowed.iter().copied().find(|one| *one == text));
        if found.is_none() {
            self.problem(name, &format!("must be one of the following values: {}", allowed.join(", ")));
        }
        found
    }

    /// Required text out of a closed set.
    pub(super) fn need_choice(&mut self, name: &str, allowed: &[&'static str]) -> &'static str {
        if self.need(name) { self.choice(name, allowed).unwrap_or_default() } else { "" }
    }

    /// Optional whole number.
    pub(super) fn integer(&mut self, name: &str) -> Option<i64> {
        let given = self.take(name)?;
        let number = given.as_i64();
        if number.is_none() {
            self.problem(name, "must be an integer number");
        }
        number
    }

    /// Required whole number.
    pub(super) fn need_integer(&mut self, name: &str) -> i64 {
        if self.need(name) { self.integer(name).unwrap_or_default() } else { 0 }
    }

    /// Optional number.
    pub(super) fn number(&mut self, name: &str) -> Option<f64> {
        let given = self.take(name)?;
        let number = given.as_f64();
        if number.is_none() {
            self.problem(name, "must be a number conforming to the specified constraints");
        }
        number
    }

    /// Required number.
    pub(super) fn need_number(&mut self, name: &str) -> f64 {
        if self.need(name) { self.number(name).unwrap_or_default() } else { 0.0 }
    }

    /// Optional truth value.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let given = self.take(name)?;
        let flag = given.as_bool();
        if flag.is_none() {
            self.problem(name, "must be a boolean value");
        }
        flag
    }

    /// Required truth value.
    pub(super) fn need_flag(&mut self, name: &str) -> bool {
        self.need(name) && self.flag(name).unwrap_or_default()
    }

    fn array(&mut self, name: &str) -> Option<Vec<Value>> {
        match self.take(name)? {
            Value::Array(items) => Some(items),
            _ => {
                self.problem(name, "must be an array");
                None
            }
        }
    }

    /// Optional list of whole numbers.
    pub(super) fn ids(&mut self, name: &str) -> Option<Vec<i64>> {
        let items = self.array(name)?;
        let ids: Option<Vec<i64>> = items.iter().map(Value::as_i64).collect();
        if ids.is_none() {
            self.problem(name, "must contain only integer numbers");
        }
        ids
    }

    /// Required list of whole numbers.
    pub(super) fn need_ids(&mut self, name: &str) -> Vec<i64> {
        if self.need(name) { self.ids(name).unwrap_or_default() } else { Vec::new() }
    }

    /// Optional list of texts.
    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let items = self.array(name)?;
        let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        if texts.is_none() {
            self.problem(name, "must contain only strings");
        }
        texts
    }

    /// Required list of texts.
    pub(super) fn need_texts(&mut self, name: &str) -> Vec<String> {
        if self.need(name) { self.texts(name).unwrap_or_default() } else { Vec::new() }
    }

    /// Optional object; hand it back to [`Fields::absorb`] when read.
    pub(super) fn object(&mut self, name: &str) -> Option<Self> {
        match self.take(name)? {
            Value::Object(map) => Some(Self { map, prefix: format!("{}{name}.", self.prefix), problems: Vec::new() }),
            _ => {
                self.problem(name, "must be an object");
                None
            }
        }
    }

    /// Required object.
    pub(super) fn need_object(&mut self, name: &str) -> Option<Self> {
        if self.need(name) { self.object(name) } else { None }
    }

    /// Optional list of objects.
    pub(super) fn objects(&mut self, name: &str) -> Option<Vec<Self>> {
        let items = self.array(name)?;
        let mut objects = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Value::Object(map) => {
                    let prefix = format!("{}{name}.{index}.", self.prefix);
                    objects.push(Self { map, prefix, problems: Vec::new() });
                }
                _ => self.problem(name, "must contain only objects"),
            }
        }
        Some(objects)
    }

    /// Required list of objects.
    pub(super) fn need_objects(&mut self, name: &str) -> Vec<Self> {
        if self.need(name) { self.objects(name).unwrap_or_default() } else { Vec::new() }
    }

    /// Optional point in time, of which the day is kept: a date, RFC 3339, or with `+0000`.
    pub(super) fn day(&mut self, name: &str) -> Option<Date> {
        let given = self.take(name)?;
        let day = given.as_str().and_then(day_of);
        if day.is_none() {
            self.problem(name, "must be a valid ISO 8601 date string");
        }
        day
    }
}

/// The day of a date or a timestamp in any of the spellings the provider's own examples use.
fn day_of(text: &str) -> Option<Date> {
    if let Ok(date) = text.parse::<Date>() {
        return Some(date);
    }
    let text = text.replace("+0000", "Z");
    let moment: Timestamp = text.parse().ok()?;
    Some(moment.to_zoned(jiff::tz::TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_wrong_field_is_named_with_its_path() {
        let body = json!({"name": "", "addOns": {"addonsIds": [{"id": "x"}]}, "period": "1"});
        let mut fields = Fields::read(body.to_string().as_bytes()).unwrap();
        fields.need_text("name", 1..=255);
        fields.need_integer("period");
        fields.need_choice("region", &["EU"]);
        let mut add_ons = fields.object("addOns").unwrap();
        for mut one in add_ons.objects("addonsIds").unwrap() {
            one.need_integer("id");
            add_ons.absorb(one);
        }
        fields.absorb(add_ons);
        let refusal = fields.done().unwrap_err().reply();
        let body: Value = serde_json::from_slice(&refusal.body).unwrap();
        assert_eq!(
            body["message"],
            json!([
                "name must be longer than or equal to 1 characters",
                "period must be an integer number",
                "region should not be empty",
                "addOns.addonsIds.0.id must be an integer number"
            ])
        );
    }

    #[test]
    fn a_day_is_read_in_three_spellings() {
        let expected: Date = "2026-06-03".parse().unwrap();
        for text in ["2026-06-03", "2026-06-03T00:00:00Z", "2026-06-03T00:00:00.000+0000"] {
            assert_eq!(day_of(text), Some(expected), "{text}");
        }
        assert_eq!(day_of("tomorrow"), None);
    }
}

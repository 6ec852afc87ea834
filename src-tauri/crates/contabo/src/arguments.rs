//! From names and strings to the parameters of an operation.

use jiff::civil;
use serde_json::{Map, Value};

use crate::argument::{Kind, Parameter};

/// Parameters that do not fit. Never quotes a value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// No operation has this name.
    #[error("no operation {name}{}", did_you_mean(nearest.as_deref()))]
    UnknownOperation {
        /// The name.
        name: String,
        /// A known one that is nearly the same.
        nearest: Option<String>,
    },
    /// The operation has no such parameter.
    #[error("no parameter {name}{}", did_you_mean(nearest.as_deref()))]
    Unknown {
        /// The name.
        name: String,
        /// A known one that is nearly the same.
        nearest: Option<String>,
    },
    /// Parameters that the operation cannot be built without.
    #[error("missing: {}", names.join(", "))]
    Missing {
        /// Their names.
        names: Vec<String>,
    },
    /// A value of the wrong kind.
    #[error("{name}: expected {expected}")]
    Invalid {
        /// The parameter.
        name: String,
        /// What it holds.
        expected: String,
    },
    /// The same parameter twice.
    #[error("{name} is given twice")]
    Twice {
        /// The parameter.
        name: String,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default()
}

impl ArgumentError {
    /// What serde says about a value nested too deep for [`check`]; only the part that cannot quote it.
    pub(crate) fn of_serde(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let expected = text.rsplit_once("expected ").map_or("another value", |(_, expected)| expected);
        Self::Invalid { name: "parameters".into(), expected: expected.to_owned() }
    }
}

/// Reads `name=value` pairs.
pub(crate) fn from_pairs<'a>(
    parameters: &[Parameter],
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Map<String, Value>, ArgumentError> {
    let mut arguments = Map::new();
    for (name, text) in pairs {
        let parameter = known(parameters, name)?;
        let value = coerce(&parameter.kind, text).ok_or_else(|| wrong(parameter))?;
        if arguments.insert(parameter.name.clone(), value).is_some() {
            return Err(ArgumentError::Twice { name: parameter.name.clone() });
        }
    }
    check(parameters, &arguments)?;
    Ok(arguments)
}

/// Unknown names, missing ones and values whose form is wrong.
pub(crate) fn check(parameters: &[Parameter], given: &Map<String, Value>) -> Result<(), ArgumentError> {
    for (name, value) in given {
        let parameter = known(parameters, name)?;
        fits(&parameter.kind, value, &parameter.name)?;
    }
    let names: Vec<String> = parameters
        .iter()
        .filter(|parameter| parameter.required && !given.contains_key(&parameter.name))
        .map(|parameter| parameter.name.clone())
        .collect();
    if names.is_empty() { Ok(()) } else { Err(ArgumentError::Missing { names }) }
}

fn known<'p>(parameters: &'p [Parameter], name: &str) -> Result<&'p Parameter, ArgumentError> {
    parameters.iter().find(|parameter| parameter.name == name).ok_or_else(|| ArgumentError::Unknown {
        name: name.to_owned(),
        nearest: nearest(name, parameters.iter().map(|parameter| parameter.name.as_str())),
    })
}

fn wrong(parameter: &Parameter) -> ArgumentError {
    ArgumentError::Invalid { name: parameter.name.clone(), expected: parameter.kind.to_string() }
}

/// Whether a JSON value has a parameter's form; inside objects too.
fn fits(kind: &Kind, value: &Value, name: &str) -> Result<(), ArgumentError> {
    let fine = match kind {
        Kind::Text | Kind::Secret | Kind::Choice(_) => value.is_string(),
        Kind::Date => value.as_str().is_some_and(|text| text.parse::<civil::Date>().is_ok()),
        Kind::Time => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        Kind::Whole => value.is_i64(),
        Kind::Number => value.is_number() || value.as_str().is_some_and(|text| text.trim().parse::<f64>().is_ok()),
        Kind::Flag => value.is_boolean(),
        Kind::List(of) => {
            let items = value.as_array();
            for item in items.into_iter().flatten() {
                fits(of, item, name)?;
            }
            items.is_some()
        }
        Kind::Object(members) => {
            if let Some(given) = value.as_object() {
                return check(&members(), given);
            }
            false
        }
    };
    if fine { Ok(()) } else { Err(ArgumentError::Invalid { name: name.to_owned(), expected: kind.to_string() }) }
}

/// A text as a value of a kind: lists as JSON or separated by commas, objects as JSON.
fn coerce(kind: &Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text | Kind::Secret | Kind::Choice(_) | Kind::Date => Some(Value::from(text)),
        Kind::Time => match text.parse::<civil::Date>() {
            Ok(date) if text.len() == 10 => Some(Value::from(format!("{date}T00:00:00Z"))),
            _ => Some(Value::from(text)),
        },
        Kind::Whole => text.trim().parse::<i64>().ok().map(Value::from),
        Kind::Number => text.trim().parse::<rust_decimal::Decimal>().ok().map(|number| {
            // As text: a double would round it.
            Value::from(number.to_string())
        }),
        Kind::Flag => text.trim().parse::<bool>().ok().map(Value::from),
        Kind::List(of) => {
            if text.trim_start().starts_with('[') {
                return serde_json::from_str::<Value>(text).ok().filter(Value::is_array);
            }
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            items.map(|item| coerce(of, item)).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        Kind::Object(_) => serde_json::from_str::<Value>(text).ok().filter(Value::is_object),
    }
}

/// Arguments of the right kinds for everything that is required.
pub(crate) fn sample(parameters: &[Parameter]) -> Map<String, Value> {
    let required = parameters.iter().filter(|parameter| parameter.required);
    required.map(|parameter| (parameter.name.clone(), sample_of(&parameter.kind))).collect()
}

fn sample_of(kind: &Kind) -> Value {
    match kind {
        Kind::Text | Kind::Secret => Value::from("x"),
        Kind::Whole | Kind::Number => Value::from(1),
        Kind::Flag => Value::from(true),
        Kind::Date => Value::from("2026-11-20"),
        Kind::Time => Value::from("2026-11-20T00:00:00Z"),
        Kind::Choice(words) => Value::from(words.first().copied().unwrap_or_default()),
        Kind::List(of) => Value::Array(vec![sample_of(of)]),
        Kind::Object(members) => Value::Object(sample(&members())),
    }
}

/// The name that takes the fewest keystrokes to get to, if that is few.
pub(crate) fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let wrong = wrong.to_lowercase();
    let limit = (wrong.chars().count() / 3).max(2);
    names
        .map(|name| (distance(&wrong, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name.to_owned())
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::argument::Place;

    fn parameter(name: &str, kind: Kind, required: bool) -> Parameter {
        Parameter { name: name.into(), place: Place::Query, kind, required }
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest_one() {
        let known = ["instanceId", "displayName", "imageId"];
        assert_eq!(nearest("instanceid", known.into_iter()).as_deref(), Some("instanceId"));
        assert_eq!(nearest("dispalyName", known.into_iter()).as_deref(), Some("displayName"));
        assert_eq!(nearest("colour", known.into_iter()), None);
    }

    #[test]
    fn texts_become_what_the_parameter_holds() {
        let parameters = [
            parameter("id", Kind::Whole, true),
            parameter("ids", Kind::List(&Kind::Whole), false),
            parameter("names", Kind::List(&Kind::Text), false),
            parameter("when", Kind::Time, false),
            parameter("size", Kind::Number, false),
            parameter("on", Kind::Flag, false),
        ];
        let pairs = [
            ("id", "7"),
            ("ids", "1, 2"),
            ("names", r#"["a,b"]"#),
            ("when", "2026-12-01"),
            ("size", "0.25"),
            ("on", "false"),
        ];
        let arguments = from_pairs(&parameters, pairs).expect("all fit");
        let expected = serde_json::json!({
            "id": 7, "ids": [1, 2], "names": ["a,b"], "when": "2026-12-01T00:00:00Z", "size": "0.25", "on": false
        });
        assert_eq!(Value::Object(arguments), expected);
    }

    #[test]
    fn what_does_not_fit_is_named_and_never_quoted() {
        let parameters = [parameter("id", Kind::Whole, true), parameter("value", Kind::Secret, true)];
        let refused = |pairs: &[(&'static str, &'static str)]| {
            from_pairs(&parameters, pairs.iter().copied()).expect_err("does not fit").to_string()
        };
        assert_eq!(refused(&[("id", "hunter2")]), "id: expected a whole number");
        assert_eq!(refused(&[("id", "1")]), "missing: value");
        assert_eq!(refused(&[("idd", "1")]), "no parameter idd (did you mean id?)");
        assert_eq!(refused(&[("id", "1"), ("id", "2")]), "id is given twice");
    }
}

use std::process::ExitCode;

use rackdesk_commands::{
    AppError, Core,
    policy::{self, PolicyDraft, PolicyForm, PolicyView},
};
use serde_json::{Value, json};

use super::Done;
use crate::{args::policy::PolicyCommand, output};

pub(super) async fn run(core: &Core, command: &PolicyCommand, json: bool) -> Done {
    match command {
        PolicyCommand::Show { history } => {
            let view = policy::policy_get(core, ()).await?;
            show(&view, *history, json);
        }
        PolicyCommand::Set { field, value, reason } => {
            let view = policy::policy_get(core, ()).await?;
            let form = changed(&view.policy, field, value)?;
            let draft = PolicyDraft { revision: view.revision, policy: form, reason: reason.clone() };
            let view = policy::policy_set(core, draft).await?;
            show(&view, false, json);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(view: &PolicyView, history: bool, json: bool) {
    if json {
        return output::json(view);
    }
    if history {
        let rows = view.history.iter().flat_map(|change| {
            change.fields.iter().map(|field| {
                vec![
                    change.revision.to_string(),
                    change.at.clone(),
                    change.by.clone(),
                    field.field.clone(),
                    field.before.clone(),
                    field.after.clone(),
                    change.reason.clone().unwrap_or_else(|| "—".into()),
                ]
            })
        });
        let rows: Vec<_> = rows.collect();
        return output::table(&["CHANGE", "AT", "BY", "FIELD", "BEFORE", "AFTER", "WHY"], &rows);
    }
    let (now, defaults) = (members(&view.policy), members(&view.defaults));
    let rows: Vec<_> = now
        .iter()
        .map(|(field, value)| {
            let changed = if defaults.iter().any(|(name, before)| name == field && before == value) { "" } else { "*" };
            vec![field.clone(), told(value), changed.to_owned()]
        })
        .collect();
    output::table(&["FIELD", "VALUE", ""], &rows);
}

/// The fields by name, what is within a field after a dot.
fn members(form: &PolicyForm) -> Vec<(String, Value)> {
    let Ok(Value::Object(fields)) = serde_json::to_value(form) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Object(parts) if name == "cloud_init" => {
                found.extend(parts.into_iter().map(|(part, value)| (format!("{name}.{part}"), value)));
            }
            value => found.push((name, value)),
        }
    }
    found
}

/// A value as it would be typed.
fn told(value: &Value) -> String {
    let text = |value: &Value, name: &str| match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    match value {
        Value::Null => "none".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(word) => word.clone(),
        Value::Array(items) if items.is_empty() => "none".into(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Value::Array(items) => items.iter().map(told).collect::<Vec<_>>().join("; "),
        Value::Object(_) if value.get("currency").is_some() => {
            format!("{} {}", text(value, "amount"), text(value, "currency"))
        }
        Value::Object(_) if value.get("weekday").is_some() => {
            let day = value.get("weekday").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
            let day = day.and_then(|n| DAYS.get(n.wrapping_sub(1))).copied().unwrap_or("?");
            format!("{day} {} {} {}", text(value, "begins"), text(value, "minutes"), text(value, "zone"))
        }
        Value::Object(_) if value.get("until").is_some() => {
            format!("{} {} {}", text(value, "name"), text(value, "from"), text(value, "until"))
        }
        other => other.to_string(),
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The form with one field as it was typed.
fn changed(form: &PolicyForm, field: &str, typed: &str) -> Result<PolicyForm, AppError> {
    let mut whole = serde_json::to_value(form).map_err(AppError::internal)?;
    let pointer = format!("/{}", field.replace('.', "/"));
    let place = whole.pointer_mut(&pointer).filter(|_| !field.is_empty());
    let place = place.ok_or_else(|| AppError::invalid(field, "is no field of the policy; policy show has them all"))?;
    *place = value(field, place, typed.trim())?;
    serde_json::from_value(whole).map_err(|_| AppError::invalid(field, "does not take this"))
}

fn value(field: &str, before: &Value, typed: &str) -> Result<Value, AppError> {
    let wrong = |problem: &str| AppError::invalid(field, problem);
    let number = |text: &str| text.parse::<u32>().map(Value::from).map_err(|_| wrong("is no whole number"));
    let none = typed.eq_ignore_ascii_case("none");
    let pieces = |between: char| typed.split(between).map(str::trim).filter(|piece| !piece.is_empty());
    match field {
        "spend_day" | "spend_month" | "create_per_hour" | "create_per_day" if none => Ok(Value::Null),
        "spend_day" | "spend_month" => {
            let (amount, currency) = typed
                .split_once(char::is_whitespace)
                .ok_or_else(|| wrong("is no amount with its currency, e.g. 250 EUR"))?;
            Ok(json!({ "amount": amount, "currency": currency.trim() }))
        }
        "create_per_hour" | "create_per_day" => number(typed),
        "windows" if none => Ok(json!([])),
        "windows" => {
            pieces(';').map(|piece| window(piece).ok_or_else(|| wrong("needs day, begin, minutes, zone"))).collect()
        }
        "freezes" if none => Ok(json!([])),
        "freezes" => pieces(';').map(|piece| freeze(piece).ok_or_else(|| wrong("needs name, begin, end"))).collect(),
        _ => match before {
            Value::Bool(_) => match typed.to_lowercase().as_str() {
                "yes" | "true" | "on" => Ok(Value::Bool(true)),
                "no" | "false" | "off" => Ok(Value::Bool(false)),
                _ => Err(wrong("is neither yes nor no")),
            },
            Value::Number(_) => number(typed),
            Value::Array(_) if none => Ok(json!([])),
            Value::Array(_) => Ok(pieces(',').map(Value::from).collect()),
            Value::String(_) => Ok(Value::from(typed)),
            _ => Err(wrong("has parts: name one of them after a dot")),
        },
    }
}

fn window(text: &str) -> Option<Value> {
    let mut words = text.split_whitespace();
    let day = words.next()?.to_lowercase();
    let weekday = DAYS.iter().position(|name| day.starts_with(name))? + 1;
    let (begins, minutes, zone) = (words.next()?, words.next()?.parse::<u32>().ok()?, words.next()?);
    words.next().is_none().then(|| json!({ "weekday": weekday, "begins": begins, "minutes": minutes, "zone": zone }))
}

fn freeze(text: &str) -> Option<Value> {
    let (rest, until) = text.rsplit_once(char::is_whitespace)?;
    let (name, from) = rest.trim_end().rsplit_once(char::is_whitespace)?;
    Some(json!({ "name": name.trim(), "from": from, "until": until }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> PolicyForm {
        PolicyForm::from(&rackdesk_console::policy::Policy::default())
    }

    #[test]
    fn every_field_can_be_typed_as_it_is_shown() {
        let mut now = form();
        for (field, typed) in [
            ("power_per_hour", "30"),
            ("create_per_day", "3"),
            ("spend_day", "250.00 EUR"),
            ("destructive", "no"),
            ("suspend", "leave"),
            ("second_approver", "all"),
            ("protected", "db-*, core"),
            ("cloud_init.forbidden", "bootcmd"),
            ("cloud_init.most_bytes", "16000"),
            ("windows", "sat 22:00 240 Europe/Berlin; sun 02:00 120 UTC"),
            ("freezes", "Cyber Week 2026-11-28T00:00:00Z 2026-11-30T06:00:00Z"),
        ] {
            now = changed(&now, field, typed).unwrap();
            let shown = members(&now).into_iter().find(|(name, _)| name == field).map(|(_, value)| told(&value));
            assert_eq!(shown.as_deref(), Some(typed), "{field}");
        }
        let again =
            members(&now).iter().fold(form(), |form, (field, value)| changed(&form, field, &told(value)).unwrap());
        assert_eq!(again, now);
        assert_eq!(changed(&now, "spend_day", "none").unwrap().spend_day, None);
    }

    #[test]
    fn what_cannot_be_typed_names_its_field() {
        for (field, typed) in [
            ("power_per_hour", "many"),
            ("spend_day", "250"),
            ("destructive", "maybe"),
            ("suspend", "explode"),
            ("windows", "someday"),
            ("nothing_of_that_name", "1"),
            ("cloud_init", "x"),
        ] {
            let error = changed(&form(), field, typed).unwrap_err();
            assert_eq!(error.params["field"], field, "{typed}");
        }
    }
}

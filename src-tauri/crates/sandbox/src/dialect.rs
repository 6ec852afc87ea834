//! How the billing side writes its JSON. Real installations differ by version and by add-on; a client has to read all.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which version's shapes are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Version {
    /// Before users were split from clients.
    #[serde(rename = "7.10")]
    V7,
    /// The last of the eights.
    #[default]
    #[serde(rename = "8.13")]
    V8,
    /// Issued invoices are immutable.
    #[serde(rename = "9.0")]
    V9,
}

/// How a list without entries is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmptyLists {
    /// `[]`, or as the action's documentation shows it.
    #[default]
    Array,
    /// `""`.
    String,
    /// `{}`.
    Object,
    /// `null`.
    Null,
    /// The key is not there.
    Absent,
}

/// One transformation of every answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialect {
    /// Which version's shapes.
    pub version: Version,
    /// Every number and boolean becomes text.
    pub strings_for_numbers: bool,
    /// How a list without entries is written.
    pub empty_lists: EmptyLists,
    /// A list of one is written as the bare element.
    pub lone_objects: bool,
    /// A list is written as an object with the keys "0", "1", …
    pub numeric_keys: bool,
}

impl Version {
    /// As the installation names itself.
    pub fn number(self) -> &'static str {
        match self {
            Self::V7 => "7.10.3",
            Self::V8 => "8.13.1",
            Self::V9 => "9.0.2",
        }
    }
}

/// Fields that came after 7.10, by action.
const AFTER_7: &[(&str, &[&str])] = &[
    ("GetClientsDetails", &["owner_user_id", "uuid", "users", "email_verified", "isOptedInToMarketingEmails"]),
    ("GetTickets", &["requestor_name", "requestor_email", "requestor_type", "owner_name"]),
    ("GetTicket", &["requestor_name", "requestor_email", "requestor_type"]),
    ("GetClientsProducts", &["qty"]),
    ("GetClientsAddons", &["qty"]),
    ("GetActivityLog", &["clientId", "userId", "adminId"]),
    ("GetProducts", &["slug", "product-url", "allowqty", "quantity_available", "minqty", "maxqty"]),
    ("GetOrders", &["requestor_id", "admin_requestor_id", "renewalsByType"]),
    ("AddClient", &["owner_id"]),
];

impl Dialect {
    /// Rewrites one answer.
    pub fn apply(&self, action: &str, mut value: Value) -> Value {
        if self.version == Version::V7
            && let Some((_, names)) = AFTER_7.iter().find(|(name, _)| *name == action)
        {
            strip(&mut value, names);
        }
        if let Value::Object(fields) = &mut value {
            self.documented_empties(action, fields);
        }
        match value {
            Value::Object(fields) => Value::Object(self.fields(fields)),
            other => self.reshape(other).unwrap_or(Value::Null),
        }
    }

    /// Two lists whose emptiness the documentation shows in a form of their own.
    fn documented_empties(&self, action: &str, fields: &mut Map<String, Value>) {
        if self.empty_lists != EmptyLists::Array {
            return;
        }
        match action {
            "GetInvoice" if fields.get("transactions").is_some_and(is_empty_list) => {
                fields.insert("transactions".to_owned(), "".into());
            }
            "GetToDoItems" if fields.get("items").is_some_and(is_empty_list) => {
                fields.shift_remove("items");
            }
            _ => {}
        }
    }

    fn fields(&self, fields: Map<String, Value>) -> Map<String, Value> {
        fields.into_iter().filter_map(|(name, field)| Some((name, self.reshape(field)?))).collect()
    }

    /// `None` is a field that is not there.
    fn reshape(&self, value: Value) -> Option<Value> {
        if self.empty_lists != EmptyLists::Array && is_empty_list(&value) {
            return match self.empty_lists {
                EmptyLists::String => Some("".into()),
                EmptyLists::Object => Some(Value::Object(Map::new())),
                EmptyLists::Null => Some(Value::Null),
                EmptyLists::Absent | EmptyLists::Array => None,
            };
        }
        Some(match value {
            // PHP has one kind of array: an empty map is written like an empty list.
            Value::Object(fields) if fields.is_empty() => Value::Array(Vec::new()),
            Value::Object(fields) => Value::Object(self.fields(fields)),
            Value::Array(items) => self.list(items),
            Value::Number(number) if self.strings_for_numbers => number.to_string().into(),
            Value::Bool(flag) if self.strings_for_numbers => u8::from(flag).to_string().into(),
            other => other,
        })
    }

    fn list(&self, items: Vec<Value>) -> Value {
        let records = !items.is_empty() && items.iter().all(Value::is_object);
        let mut items: Vec<Value> =
            items.into_iter().map(|item| self.reshape(item).unwrap_or_else(|| Value::Array(Vec::new()))).collect();
        if records && self.lone_objects && items.len() == 1 {
            return items.remove(0);
        }
        if records && self.numeric_keys {
            return items.into_iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect();
        }
        Value::Array(items)
    }
}

/// `[]`, or the usual wrapping of it: `{"client": []}`.
fn is_empty_list(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => {
            fields.len() == 1 && fields.values().all(|inner| inner.as_array().is_some_and(Vec::is_empty))
        }
        _ => false,
    }
}

fn strip(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(fields) => {
            names.iter().for_each(|name| drop(fields.shift_remove(*name)));
            fields.values_mut().for_each(|inner| strip(inner, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| strip(inner, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn dialect(change: Value) -> Dialect {
        serde_json::from_value(change).unwrap()
    }

    #[test]
    fn every_empty_list_has_its_shape() {
        let answer = json!({"result": "success", "customfields": {"customfield": []}, "queue": [], "name": ""});
        for (shape, expected) in [
            ("array", json!({"result": "success", "customfields": {"customfield": []}, "queue": [], "name": ""})),
            ("string", json!({"result": "success", "customfields": "", "queue": "", "name": ""})),
            ("object", json!({"result": "success", "customfields": {}, "queue": {}, "name": ""})),
            ("null", json!({"result": "success", "customfields": null, "queue": null, "name": ""})),
            ("absent", json!({"result": "success", "name": ""})),
        ] {
            assert_eq!(dialect(json!({"empty_lists": shape})).apply("GetX", answer.clone()), expected, "{shape}");
        }
    }

    #[test]
    fn the_other_dialects_rewrite_lists_and_numbers() {
        let answer = json!({"totalresults": 1, "flag": true, "clients": {"client": [{"id": 7}]}});
        assert_eq!(
            dialect(json!({"lone_objects": true, "strings_for_numbers": true})).apply("GetClients", answer.clone()),
            json!({"totalresults": "1", "flag": "1", "clients": {"client": {"id": "7"}}})
        );
        assert_eq!(
            dialect(json!({"numeric_keys": true})).apply("GetClients", answer),
            json!({"totalresults": 1, "flag": true, "clients": {"client": {"0": {"id": 7}}}})
        );
    }

    #[test]
    fn documented_oddities_and_old_versions() {
        let invoice = json!({"transactions": {"transaction": []}, "items": {"item": []}});
        assert_eq!(Dialect::default().apply("GetInvoice", invoice), json!({"transactions": "", "items": {"item": []}}));
        assert_eq!(Dialect::default().apply("GetTLDPricing", json!({"pricing": {}})), json!({"pricing": []}));
        let row = json!({"products": {"product": [{"id": "1", "qty": "1"}]}});
        assert_eq!(
            dialect(json!({"version": "7.10"})).apply("GetClientsProducts", row),
            json!({"products": {"product": [{"id": "1"}]}})
        );
        assert!(serde_json::from_value::<Dialect>(json!({"empty_list": "array"})).is_err(), "a typing error is told");
    }
}

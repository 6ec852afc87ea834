//! One text for one value: members in the order of their names, nothing between them.

use serde_json::Value;

/// The canonical text of a value. Two values that are equal, whatever the order of their members, have the same text.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            text.push('{');
            for (i, name) in names.into_iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(&members[name], text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((".{0,6}", inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// The same value with every object's members the other way round.
    fn turned(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                Value::Object(members.iter().rev().map(|(name, value)| (name.clone(), turned(value))).collect())
            }
            Value::Array(items) => items.iter().map(turned).collect(),
            plain => plain.clone(),
        }
    }

    proptest! {
        #[test]
        fn the_order_of_members_does_not_matter_and_nothing_is_lost(value in value()) {
            let text = canonical(&value);
            prop_assert_eq!(&canonical(&turned(&value)), &text);
            prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &value);
        }
    }

    #[test]
    fn it_is_as_short_as_json_can_be() {
        assert_eq!(canonical(&json!({"b": [1, "ü\n"], "a": null})), r#"{"a":null,"b":[1,"ü\n"]}"#);
    }
}

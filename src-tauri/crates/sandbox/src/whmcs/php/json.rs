//! Writing answers: JSON as PHP's `json_encode` writes it (slashes and everything beyond ASCII escaped), XML, and the
//! name-value text of old.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CharEscape, Formatter, Serializer};

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, letter) in fragment.char_indices() {
            if letter.is_ascii() && letter != '/' {
                continue;
            }
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            if letter == '/' {
                writer.write_all(b"\\/")?;
            } else {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            plain = at + letter.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Solidus => writer.write_all(b"\\/"),
            CharEscape::Quote => writer.write_all(b"\\\""),
            CharEscape::ReverseSolidus => writer.write_all(b"\\\\"),
            CharEscape::Backspace => writer.write_all(b"\\b"),
            CharEscape::FormFeed => writer.write_all(b"\\f"),
            CharEscape::LineFeed => writer.write_all(b"\\n"),
            CharEscape::CarriageReturn => writer.write_all(b"\\r"),
            CharEscape::Tab => writer.write_all(b"\\t"),
            CharEscape::AsciiControl(byte) => write!(writer, "\\u{byte:04x}"),
        }
    }
}

/// JSON text.
pub fn to_json(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    let mut serializer = Serializer::with_formatter(&mut out, Escaping);
    if value.serialize(&mut serializer).is_err() {
        out.clear();
    }
    out
}

/// XML text under the API's root element; list elements repeat their name.
pub fn to_xml(action: &str, value: &Value) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<whmcsapi version=\"8.13.0\">\n");
    element(&mut out, "action", &Value::from(action.to_lowercase()));
    if let Value::Object(fields) = value {
        for (name, field) in fields {
            element(&mut out, name, field);
        }
    }
    out.push_str("</whmcsapi>\n");
    out.into_bytes()
}

fn element(out: &mut String, name: &str, value: &Value) {
    if let Value::Array(items) = value {
        items.iter().for_each(|item| element(out, name, item));
        return;
    }
    // An element's name cannot begin with a digit.
    let name =
        if name.starts_with(|first: char| first.is_ascii_digit()) { format!("item{name}") } else { name.to_owned() };
    out.push_str(&format!("<{name}>"));
    match value {
        Value::Object(fields) => fields.iter().for_each(|(inner, field)| element(out, inner, field)),
        other => out.push_str(&escape_xml(&scalar(other))),
    }
    out.push_str(&format!("</{name}>\n"));
}

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `result=success;clientid=1;`, nested values with bracketed names.
pub fn to_pairs(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    pair(&mut out, "", value);
    out.into_bytes()
}

fn pair(out: &mut String, name: &str, value: &Value) {
    let under = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}[{key}]") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, field)| pair(out, &under(key), field)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pair(out, &under(&index.to_string()), item));
        }
        other => out.push_str(&format!("{name}={};", scalar(other))),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "1".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn json_escapes_as_php_does() {
        let bytes = to_json(&json!({"url": "a/b", "name": "Jörg 🚀 \"x\"\u{1}"}));
        assert_eq!(String::from_utf8(bytes).unwrap(), r#"{"url":"a\/b","name":"J\u00f6rg \ud83d\ude80 \"x\"\u0001"}"#);
    }

    #[test]
    fn other_shapes_are_sensible() {
        let value = json!({"result": "success", "clients": {"client": [{"id": 1}, {"id": 2}]}});
        let xml = String::from_utf8(to_xml("GetClients", &value)).unwrap();
        assert!(xml.contains("<client><id>1</id>\n</client>"), "{xml}");
        assert_eq!(
            String::from_utf8(to_pairs(&value)).unwrap(),
            "result=success;clients[client][0][id]=1;clients[client][1][id]=2;"
        );
    }

    proptest! {
        #[test]
        fn any_text_survives(text in any::<String>()) {
            let back: Value = serde_json::from_slice(&to_json(&json!({"t": text}))).unwrap();
            prop_assert_eq!(back, json!({"t": text}));
        }
    }
}

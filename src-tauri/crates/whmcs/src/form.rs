//! Form bodies exactly as PHP's `http_build_query()` writes them (quirk 51), since that is what WHMCS is tested with.

use std::fmt::Write;

use crate::php::{PhpKey, PhpValue};
use crate::secret::Secret;

/// A form body under construction.
#[derive(Clone, Default)]
pub struct Form {
    encoded: String,
    secrets: Vec<Secret>,
}

impl Form {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one field.
    pub fn text(&mut self, name: &str, value: &str) {
        if !self.encoded.is_empty() {
            self.encoded.push('&');
        }
        encode(name, &mut self.encoded);
        self.encoded.push('=');
        encode(value, &mut self.encoded);
    }

    /// Adds a secret, which is then hidden wherever WHMCS might repeat it.
    pub fn secret(&mut self, name: &str, value: &Secret) {
        self.text(name, value.expose());
        self.secrets.push(value.clone());
    }

    /// Adds a value with everything in it: `name[key][0]=…`. Null is left out, booleans are 1 and 0.
    pub fn nested(&mut self, name: &str, value: &PhpValue) {
        match value {
            PhpValue::Null => {}
            PhpValue::Bool(yes) => self.text(name, if *yes { "1" } else { "0" }),
            PhpValue::Int(number) => self.text(name, &number.to_string()),
            PhpValue::Float(number) => self.text(name, &crate::php::float(*number)),
            PhpValue::Text(text) => self.text(name, text),
            PhpValue::Bytes(bytes) => self.text(name, &String::from_utf8_lossy(bytes)),
            PhpValue::Array(items) => {
                for (key, item) in items {
                    match key {
                        PhpKey::Int(number) => self.nested(&format!("{name}[{number}]"), item),
                        PhpKey::Text(text) => self.nested(&format!("{name}[{text}]"), item),
                    }
                }
            }
        }
    }

    /// The body so far.
    pub fn as_str(&self) -> &str {
        &self.encoded
    }

    /// The secrets in it.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// The body.
    pub fn into_string(self) -> String {
        self.encoded
    }
}

impl std::fmt::Debug for Form {
    /// The content holds credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({} bytes)", self.encoded.len())
    }
}

/// What PHP's `http_build_query()` gives for an array.
pub fn http_build_query(values: &PhpValue) -> String {
    let mut form = Form::new();
    if let PhpValue::Array(items) = values {
        for (key, value) in items {
            form.nested(&key.to_string(), value);
        }
    }
    form.into_string()
}

/// `urlencode()`: letters, digits and `-_.` stay, a blank becomes `+`.
fn encode(text: &str, out: &mut String) {
    for &byte in text.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            // Writing to a String cannot fail.
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
}

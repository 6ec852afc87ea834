//! PHP's serialised text, as clients send it for custom fields, options and line items. Objects are refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A value of serialised text.
#[derive(Debug, Clone, PartialEq)]
pub enum Php {
    /// `N;`
    Null,
    /// `b:1;`
    Bool(bool),
    /// `i:5;`
    Int(i64),
    /// `d:0.5;`, kept as it was written.
    Float(String),
    /// `s:6:"Google";`, the length in bytes.
    Text(String),
    /// `a:1:{…}`, keys as text.
    Array(Vec<(String, Php)>),
}

/// Nesting beyond this is not a form's business.
const MAX_DEPTH: usize = 16;

impl Php {
    /// Decodes base64 of serialised text, as the API's scalar array parameters are sent.
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        Self::parse(&bytes)
    }

    /// Parses serialised text; `None` when it is broken, has something behind it, or holds an object.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader { bytes, at: 0 };
        let value = reader.value(0)?;
        (reader.at == bytes.len()).then_some(value)
    }

    /// The pairs of an array.
    pub fn pairs(&self) -> &[(String, Php)] {
        match self {
            Self::Array(pairs) => pairs,
            _ => &[],
        }
    }

    /// The element under this key.
    pub fn get(&self, key: &str) -> Option<&Php> {
        self.pairs().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// As PHP would print it; an array has no text.
    pub fn text(&self) -> String {
        match self {
            Self::Null | Self::Array(_) | Self::Bool(false) => String::new(),
            Self::Bool(true) => "1".to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Float(text) | Self::Text(text) => text.clone(),
        }
    }

    /// As PHP would decide in an `if`.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Array(pairs) => !pairs.is_empty(),
            other => !matches!(other.text().as_str(), "" | "0"),
        }
    }

    /// Serialised text of it.
    pub fn serialize(&self) -> String {
        match self {
            Self::Null => "N;".to_owned(),
            Self::Bool(value) => format!("b:{};", u8::from(*value)),
            Self::Int(number) => format!("i:{number};"),
            Self::Float(text) => format!("d:{text};"),
            Self::Text(text) => format!("s:{}:\"{text}\";", text.len()),
            Self::Array(pairs) => {
                let inner: String = pairs.iter().map(|(key, value)| serialize_key(key) + &value.serialize()).collect();
                format!("a:{}:{{{inner}}}", pairs.len())
            }
        }
    }
}

/// A key that looks like a number is one.
fn serialize_key(key: &str) -> String {
    match key.parse::<i64>() {
        Ok(number) if number.to_string() == key => format!("i:{number};"),
        _ => format!("s:{}:\"{key}\";", key.len()),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Php> {
        let kind = *self.bytes.get(self.at)?;
        if kind == b'N' {
            return self.skip(b"N;").then_some(Php::Null);
        }
        self.at += 1;
        if !self.skip(b":") {
            return None;
        }
        match kind {
            b'b' => Some(Php::Bool(self.until(b';')? == "1")),
            b'i' => self.until(b';')?.parse().ok().map(Php::Int),
            b'd' => Some(Php::Float(self.until(b';')?.to_owned())),
            b's' => {
                let length: usize = self.until(b':')?.parse().ok()?;
                let text = self.quoted(length)?;
                self.skip(b";").then_some(Php::Text(text))
            }
            b'a' if depth < MAX_DEPTH => self.array(depth),
            _ => None,
        }
    }

    fn array(&mut self, depth: usize) -> Option<Php> {
        let count: usize = self.until(b':')?.parse().ok()?;
        // Each pair takes at least six bytes: an invented count must not reserve memory.
        if !self.skip(b"{") || count > self.bytes.len() / 6 + 1 {
            return None;
        }
        let mut pairs = Vec::with_capacity(count);
        for _ in 0..count {
            let key = match self.value(MAX_DEPTH)? {
                Php::Int(number) => number.to_string(),
                Php::Text(text) => text,
                _ => return None,
            };
            pairs.push((key, self.value(depth + 1)?));
        }
        self.skip(b"}").then_some(Php::Array(pairs))
    }

    fn until(&mut self, end: u8) -> Option<&str> {
        let length = self.bytes.get(self.at..)?.iter().position(|byte| *byte == end)?;
        let text = std::str::from_utf8(&self.bytes[self.at..self.at + length]).ok()?;
        self.at += length + 1;
        Some(text)
    }

    fn quoted(&mut self, length: usize) -> Option<String> {
        if !self.skip(b"\"") {
            return None;
        }
        let end = self.at.checked_add(length)?;
        let text = std::str::from_utf8(self.bytes.get(self.at..end)?).ok()?.to_owned();
        self.at = end;
        self.skip(b"\"").then_some(text)
    }

    fn skip(&mut self, expected: &[u8]) -> bool {
        let there = self.bytes[self.at.min(self.bytes.len())..].starts_with(expected);
        if there {
            self.at += expected.len();
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_documented_samples_are_read() {
        let one = Php::from_base64("YToxOntpOjE7czo2OiJHb29nbGUiO30=").unwrap();
        assert_eq!(one, Php::Array(vec![("1".to_owned(), Php::Text("Google".to_owned()))]));
        let umlaut = Php::from_base64("YToxOntpOjU7czo3OiJNw7xsbGVyIjt9").unwrap();
        assert_eq!(umlaut.get("5").unwrap().text(), "Müller", "lengths count bytes");
        let number = Php::from_base64("YToxOntpOjE7aTo5OTk7fQ==").unwrap();
        assert_eq!(number.get("1"), Some(&Php::Int(999)));
    }

    #[test]
    fn objects_lies_and_leftovers_are_refused() {
        for text in [
            "O:8:\"stdClass\":0:{}",
            "a:9999999999:{}",
            "s:99:\"x\";",
            "i:1;i:2;",
            "a:1:{i:0;O:1:\"x\":0:{}}",
            "",
            "s:3:\"ü\";",
        ] {
            assert_eq!(Php::parse(text.as_bytes()), None, "{text}");
        }
    }

    fn value() -> impl Strategy<Value = Php> {
        let leaf = prop_oneof![
            Just(Php::Null),
            any::<bool>().prop_map(Php::Bool),
            any::<i64>().prop_map(Php::Int),
            any::<String>().prop_map(Php::Text),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop::collection::vec((any::<String>(), inner), 0..5).prop_map(Php::Array)
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in value()) {
            prop_assert_eq!(Php::parse(value.serialize().as_bytes()), Some(value));
        }

        #[test]
        fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Php::parse(&bytes);
        }
    }
}

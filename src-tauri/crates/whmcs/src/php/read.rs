use super::{PhpArray, PhpKey, PhpValue};

/// Deepest nesting that is read. WHMCS needs three.
const DEEPEST: usize = 64;

/// Why a text is no serialised PHP value, and where (byte offset).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhpError {
    /// The text is not as `serialize()` writes it.
    #[error("no serialised PHP value at byte {0}")]
    Malformed(usize),
    /// An object or an enumeration, which is never read.
    #[error("a serialised PHP object at byte {0}, which is not accepted")]
    Object(usize),
    /// A reference to another part of the value, which is never read.
    #[error("a serialised PHP reference at byte {0}, which is not accepted")]
    Reference(usize),
    /// Nested too deeply.
    #[error("a serialised PHP value nested too deeply at byte {0}")]
    Deep(usize),
}

pub(super) fn value(text: &[u8]) -> Result<PhpValue, PhpError> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    if reader.at == text.len() { Ok(value) } else { Err(PhpError::Malformed(reader.at)) }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<PhpValue, PhpError> {
        if depth > DEEPEST {
            return Err(PhpError::Deep(self.at));
        }
        let start = self.at;
        match self.take()? {
            b'N' => self.expect(b";").map(|()| PhpValue::Null),
            b'b' => match self.field(b';')? {
                b"1" => Ok(PhpValue::Bool(true)),
                b"0" => Ok(PhpValue::Bool(false)),
                _ => Err(PhpError::Malformed(start)),
            },
            b'i' => self.number(b';').map(PhpValue::Int),
            b'd' => self.float().ok_or(PhpError::Malformed(start)).map(PhpValue::Float),
            b's' => {
                let text = self.string()?;
                Ok(match std::str::from_utf8(text) {
                    Ok(text) => PhpValue::Text(text.to_owned()),
                    Err(_) => PhpValue::Bytes(text.to_vec()),
                })
            }
            b'a' => self.array(depth).map(PhpValue::Array),
            b'O' | b'C' | b'E' => Err(PhpError::Object(start)),
            b'R' | b'r' => Err(PhpError::Reference(start)),
            _ => Err(PhpError::Malformed(start)),
        }
    }

    fn array(&mut self, depth: usize) -> Result<PhpArray, PhpError> {
        let start = self.at;
        let count: usize = self.number(b':')?.try_into().map_err(|_| PhpError::Malformed(start))?;
        self.expect(b"{")?;
        // The shortest entry, `i:0;N;`, takes six bytes; a larger count is a lie and must not reserve memory.
        if count > (self.text.len() - self.at) / 6 {
            return Err(PhpError::Malformed(start));
        }
        // Arrays within arrays may each announce as many: room is made as entries come.
        let mut items = PhpArray::with_capacity(count.min(64));
        for _ in 0..count {
            let key = self.key()?;
            let item = self.value(depth + 1)?;
            items.insert(key, item);
        }
        self.expect(b"}")?;
        Ok(items)
    }

    fn key(&mut self) -> Result<PhpKey, PhpError> {
        let start = self.at;
        match self.take()? {
            b'i' => self.number(b';').map(PhpKey::Int),
            b's' => {
                let text = self.string()?;
                Ok(PhpKey::from(String::from_utf8_lossy(text).into_owned()))
            }
            _ => Err(PhpError::Malformed(start)),
        }
    }

    /// `:length:"bytes";`
    fn string(&mut self) -> Result<&'a [u8], PhpError> {
        let start = self.at;
        let length: usize = self.number(b':')?.try_into().map_err(|_| PhpError::Malformed(start))?;
        self.expect(b"\"")?;
        let end = self.at.checked_add(length).ok_or(PhpError::Malformed(start))?;
        let text = self.text.get(self.at..end).ok_or(PhpError::Malformed(start))?;
        self.at = end;
        self.expect(b"\";")?;
        Ok(text)
    }

    fn number(&mut self, end: u8) -> Result<i64, PhpError> {
        let start = self.at;
        let digits = std::str::from_utf8(self.field(end)?).map_err(|_| PhpError::Malformed(start))?;
        digits.parse().map_err(|_| PhpError::Malformed(start))
    }

    fn float(&mut self) -> Option<f64> {
        match self.field(b';').ok()? {
            b"INF" => Some(f64::INFINITY),
            b"-INF" => Some(f64::NEG_INFINITY),
            b"NAN" => Some(f64::NAN),
            digits => {
                let digits = std::str::from_utf8(digits).ok()?;
                digits
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'E' | b'e'))
                    .then_some(())?;
                digits.parse().ok()
            }
        }
    }

    /// `:…` up to and with `end`; no field is longer than 64 bytes.
    fn field(&mut self, end: u8) -> Result<&'a [u8], PhpError> {
        self.expect(b":")?;
        let rest = &self.text[self.at..self.text.len().min(self.at + 64)];
        let length = rest.iter().position(|byte| *byte == end).ok_or(PhpError::Malformed(self.at))?;
        self.at += length + 1;
        Ok(&rest[..length])
    }

    fn take(&mut self) -> Result<u8, PhpError> {
        let byte = *self.text.get(self.at).ok_or(PhpError::Malformed(self.at))?;
        self.at += 1;
        Ok(byte)
    }

    fn expect(&mut self, what: &[u8]) -> Result<(), PhpError> {
        if !self.text[self.at..].starts_with(what) {
            return Err(PhpError::Malformed(self.at));
        }
        self.at += what.len();
        Ok(())
    }
}

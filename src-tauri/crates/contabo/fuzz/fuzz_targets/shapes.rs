//! Answers in the documented shape of an operation, with every member as documented, absent, or in one of the spellings
//! that nobody announced. Reaches deeper than bytes do.
//!
//! Nothing documented is refused: an answer without any oddity in it must be read.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rackdesk_contabo::registry::find;
use serde_json::{Map, Value, json};

#[path = "../twice.rs"]
mod twice;

static FACTS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../../tests/contract/contabo.json")).expect("facts")
});

/// The fuzzer's bytes, as choices.
struct Choices<'a> {
    rest: &'a [u8],
    odd: bool,
}

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    fn word(&mut self) -> String {
        let length = usize::from(self.byte() % 24).min(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        String::from_utf8_lossy(word).into_owned()
    }

    fn oddity(&mut self) -> Value {
        self.odd = true;
        match self.byte() % 16 {
            0 => Value::Null,
            1 => json!(""),
            2 => json!({}),
            3 => json!([]),
            4 => json!([[]]),
            5 => json!(true),
            6 => json!(-1),
            7 => json!(u64::MAX),
            8 => json!(1e300),
            9 => json!(0.1),
            10 => json!("2021-06-03T00:00:00.000+0000"),
            11 => json!("99999999999999999999999"),
            12 => json!(i64::MIN),
            13 => json!("true"),
            14 => json!({"a": {"a": [1, null]}}),
            _ => json!(self.word()),
        }
    }

    fn value(&mut self, spec: &Value, depth: u8) -> Value {
        let choice = self.byte();
        if choice >= 0xd0 {
            return self.oddity();
        }
        if let Some(words) = spec["enum"].as_array().filter(|_| choice < 0xc0) {
            return words[usize::from(choice) % words.len()].clone();
        }
        match spec["type"].as_str().unwrap_or_default() {
            "integer" => json!(i64::from(choice) * 7919),
            // Ids are documented as numbers too (quirk 9); a broken one is an oddity where a size is not.
            "number" if choice < 0x80 => json!(i64::from(choice)),
            "number" => {
                self.odd = true;
                json!(f64::from(choice) / 4.0)
            }
            "boolean" => json!(choice % 2 == 0),
            "array" => {
                let length = if depth > 4 { 0 } else { choice % 3 };
                (0..length).map(|_| self.value(&spec["items"], depth + 1)).collect()
            }
            "object" => self.object(&FACTS["shapes"][spec["shape"].as_str().unwrap_or_default()], depth + 1),
            _ => json!(self.word()),
        }
    }

    fn object(&mut self, shape: &Value, depth: u8) -> Value {
        let mut made = Map::new();
        for (name, spec) in shape.as_object().into_iter().flatten() {
            match self.byte() {
                0xfe => self.odd = true,
                0xff => {
                    self.odd = true;
                    let more = self.word();
                    made.insert(more, json!(1));
                }
                _ => {
                    let value = self.value(spec, depth);
                    made.insert(name.clone(), value);
                }
            }
        }
        Value::Object(made)
    }
}

fuzz_target!(|data: &[u8]| {
    let mut choices = Choices { rest: data, odd: false };
    let operations = FACTS["operations"].as_array().expect("operations");
    let fact = &operations[usize::from(choices.byte()) % operations.len()];
    let Some(shape) = fact["row"].as_str() else { return };
    let rows = if fact["pagination"].as_bool().unwrap_or(false) { usize::from(choices.byte() % 4) } else { 1 };
    let rows: Vec<Value> = (0..rows).map(|_| choices.object(&FACTS["shapes"][shape], 0)).collect();
    let mut body = json!({"data": rows, "_links": {"self": "/v1"}});
    if fact["pagination"].as_bool().unwrap_or(false) {
        body["_pagination"] = match choices.byte() {
            0xf0.. => choices.oddity(),
            n => json!({"size": n, "totalElements": n, "totalPages": 1, "page": 1}),
        };
    }
    let info = find(fact["id"].as_str().unwrap_or_default()).expect("typed");
    let was_read = twice::read(info, body.to_string().as_bytes());
    assert!(was_read || choices.odd, "{}: refused as documented: {body}", info.id);
});

//! Where the next window starts: the sort value and the id of the last row, as a text that views hand back unread.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use super::ListSpec;
use crate::StoreError;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(i64),
    Text(String),
}

/// The last row of a window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    l: String,
    c: String,
    d: bool,
    k: Key,
    i: i64,
}

impl Cursor {
    pub(crate) fn new(
        spec: &ListSpec,
        column: &str,
        descending: bool,
        key: Value,
        id: i64,
    ) -> Result<Self, StoreError> {
        let k = match key {
            Value::Integer(number) => Key::Number(number),
            Value::Text(text) => Key::Text(text),
            _ => return Err(StoreError::row(format!("{}.{column}: the sort value is empty", spec.name))),
        };
        Ok(Self { l: spec.name.into(), c: column.into(), d: descending, k, i: id })
    }

    pub(crate) fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a cursor back; it only fits the list and order it was made for.
    pub(crate) fn read(text: &str, spec: &ListSpec, column: &str, descending: bool) -> Result<Self, StoreError> {
        let wrong = || StoreError::input("after", "is no cursor of this list and order");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if cursor.l != spec.name || cursor.c != column || cursor.d != descending {
            return Err(wrong());
        }
        Ok(cursor)
    }

    pub(crate) fn key(&self) -> Value {
        match &self.k {
            Key::Number(number) => Value::Integer(*number),
            Key::Text(text) => Value::Text(text.clone()),
        }
    }

    pub(crate) fn id(&self) -> i64 {
        self.i
    }
}

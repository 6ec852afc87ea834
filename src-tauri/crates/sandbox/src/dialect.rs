//! How the billing side writes its JSON. Real installations differ by version and by add-on; a client has to read all.

use serde::{Deserialize, Serialize};

/// Which version's shapes are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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

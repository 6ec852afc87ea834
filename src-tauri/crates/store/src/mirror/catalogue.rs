use std::collections::BTreeSet;

use rusqlite::{Transaction, types::Value};
use serde_json::Value as Json;

use super::{Kind, Mirrored};
use crate::StoreError;

/// An image of Contabo, standard or custom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageRecord {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// `Linux` or `Windows`.
    pub os_type: String,
    /// Version, e.g. `24.04`.
    pub version: String,
    /// `downloaded`, …
    pub status: String,
    /// Contabo's own.
    pub standard: bool,
    /// Size in MB.
    pub size_mb: i64,
    /// The row as it came.
    pub extra: Json,
}

impl Mirrored for ImageRecord {
    const KIND: Kind = Kind::Images;
    const COLUMNS: &'static [&'static str] =
        &["name", "description", "os_type", "version", "status", "standard", "size_mb"];

    fn key(&self) -> Value {
        self.id.clone().into()
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.name.clone().into(),
            self.description.clone().into(),
            self.os_type.clone().into(),
            self.version.clone().into(),
            self.status.clone().into(),
            i64::from(self.standard).into(),
            self.size_mb.into(),
        ]
    }

    fn extra(&self) -> &Json {
        &self.extra
    }
}

/// A data center of Contabo.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataCenterRecord {
    /// Slug, e.g. `EU1`.
    pub slug: String,
    /// Name, e.g. `European Union 1`.
    pub name: String,
    /// Region slug, e.g. `EU`.
    pub region: String,
    /// Region's name.
    pub region_name: String,
    /// `VPS`, `VDS`, `Object-Storage`, …
    pub capabilities: Vec<String>,
    /// The row as it came.
    pub extra: Json,
}

impl Mirrored for DataCenterRecord {
    const KIND: Kind = Kind::DataCenters;
    const KEY: &'static str = "slug";
    const COLUMNS: &'static [&'static str] = &["name", "region", "region_name", "capabilities"];

    fn key(&self) -> Value {
        self.slug.clone().into()
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.name.clone().into(),
            self.region.clone().into(),
            self.region_name.clone().into(),
            Json::from(self.capabilities.clone()).to_string().into(),
        ]
    }

    fn extra(&self) -> &Json {
        &self.extra
    }
}

/// A tag of Contabo.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagRecord {
    /// Tag id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// `#0A78C3`.
    pub colour: String,
    /// Description.
    pub description: String,
    /// The row as it came.
    pub extra: Json,
}

impl Mirrored for TagRecord {
    const KIND: Kind = Kind::Tags;
    const COLUMNS: &'static [&'static str] = &["name", "colour", "description"];

    fn key(&self) -> Value {
        self.id.into()
    }

    fn values(&self) -> Vec<Value> {
        vec![self.name.clone().into(), self.colour.clone().into(), self.description.clone().into()]
    }

    fn extra(&self) -> &Json {
        &self.extra
    }
}

/// A tag on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagAssignment {
    /// `instance`, `image`, `object-storage`, … as Contabo says.
    pub resource_type: String,
    /// The resource's id.
    pub resource_id: String,
}

/// Sets what a tag is on. Assignments that stay are not touched, so nothing wakes up for them.
///
/// # Errors
/// When the database fails.
pub fn replace_assignments(tx: &Transaction<'_>, tag_id: i64, wanted: &[TagAssignment]) -> Result<(), StoreError> {
    let mut read = tx.prepare_cached("SELECT resource_type, resource_id FROM tag_assignment WHERE tag_id = ?1")?;
    let there = read
        .query_map([tag_id], |row| Ok(TagAssignment { resource_type: row.get(0)?, resource_id: row.get(1)? }))?
        .collect::<Result<BTreeSet<_>, _>>()?;
    let wanted: BTreeSet<_> = wanted.iter().cloned().collect();
    let mut remove =
        tx.prepare_cached("DELETE FROM tag_assignment WHERE tag_id = ?1 AND resource_type = ?2 AND resource_id = ?3")?;
    for old in there.difference(&wanted) {
        remove.execute((tag_id, &old.resource_type, &old.resource_id))?;
    }
    let mut add =
        tx.prepare_cached("INSERT INTO tag_assignment (tag_id, resource_type, resource_id) VALUES (?1, ?2, ?3)")?;
    for new in wanted.difference(&there) {
        add.execute((tag_id, &new.resource_type, &new.resource_id))?;
    }
    Ok(())
}

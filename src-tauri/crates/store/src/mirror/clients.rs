use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, Transaction, types::Value};
use serde_json::Value as Json;

use super::{Kind, Mirrored};
use crate::{
    StoreError,
    text::{fold, words},
};

/// A client as GetClients tells it. What only GetClientsDetails tells (currency, country) may be empty and then keeps
/// the value known before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientRecord {
    /// WHMCS client id.
    pub id: i64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Company, may be empty.
    pub company: String,
    /// Mail address.
    pub email: String,
    /// `Active`, `Inactive`, `Closed` or what WHMCS says.
    pub status: String,
    /// Two-letter country, empty when not told.
    pub country: String,
    /// Currency code, empty when not told.
    pub currency: String,
    /// Client group, 0 for none.
    pub group_id: i64,
    /// Date of creation.
    pub created: Option<Date>,
    /// The row as it came.
    pub extra: Json,
}

impl ClientRecord {
    /// First and last name; the company where both are empty.
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.first_name.trim(), self.last_name.trim());
        match name.trim() {
            "" => self.company.trim().to_owned(),
            name => name.to_owned(),
        }
    }
}

impl Mirrored for ClientRecord {
    const KIND: Kind = Kind::Clients;
    const COLUMNS: &'static [&'static str] = &[
        "first_name",
        "last_name",
        "name",
        "name_key",
        "company",
        "email",
        "status",
        "country",
        "currency",
        "group_id",
        "created",
        "words",
    ];
    const KEPT: &'static [&'static str] = &["country", "currency"];

    fn key(&self) -> Value {
        self.id.into()
    }

    fn values(&self) -> Vec<Value> {
        let name = self.name();
        vec![
            self.first_name.clone().into(),
            self.last_name.clone().into(),
            name.clone().into(),
            fold(&name).into(),
            self.company.clone().into(),
            self.email.clone().into(),
            self.status.clone().into(),
            self.country.clone().into(),
            self.currency.clone().into(),
            self.group_id.into(),
            date(self.created),
            words([&name, &self.company, &self.email, &self.id.to_string()].map(String::as_str)).into(),
        ]
    }

    fn extra(&self) -> &Json {
        &self.extra
    }
}

/// A date column: yyyy-mm-dd, empty when not told.
pub(super) fn date(date: Option<Date>) -> Value {
    date.map(|d| d.to_string()).unwrap_or_default().into()
}

/// Keeps the full record of one client (GetClientsDetails, without its secrets), with what the lists need of it.
///
/// # Errors
/// When the database fails.
pub fn save_client_detail(
    tx: &Transaction<'_>,
    id: i64,
    currency: &str,
    country: &str,
    detail: &Json,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO client_detail (id, json, at) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET json = excluded.json, at = excluded.at",
    )?
    .execute((id, super::upsert::scrubbed(Kind::Clients, detail), at.as_microsecond()))?;
    tx.prepare_cached(
        "UPDATE client SET currency = coalesce(nullif(?2, ''), currency), country = coalesce(nullif(?3, ''), country)
         WHERE id = ?1 AND (currency, country) IS NOT (?2, ?3)",
    )?
    .execute((id, currency, country))?;
    Ok(())
}

/// The full record of one client and when WHMCS told it.
///
/// # Errors
/// When the database fails or the stored text is no JSON.
pub fn client_detail(connection: &Connection, id: i64) -> Result<Option<(Json, Timestamp)>, StoreError> {
    let found: Option<(String, i64)> = connection
        .prepare_cached("SELECT json, at FROM client_detail WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(json, at)| {
            let json = serde_json::from_str(&json).map_err(|e| StoreError::row(format!("client_detail.json: {e}")))?;
            let at = Timestamp::from_microsecond(at).map_err(|e| StoreError::row(format!("client_detail.at: {e}")))?;
            Ok((json, at))
        })
        .transpose()
}

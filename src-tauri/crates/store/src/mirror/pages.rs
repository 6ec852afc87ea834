//! What the pages of one client and one server need beyond their rows.

use rusqlite::{Connection, OptionalExtension, Row};
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::from_e4;
use crate::StoreError;

/// An instance with everything the mirror keeps of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceDetail {
    /// `instanceId`.
    pub id: i64,
    /// Contabo's status.
    pub status: String,
    /// Contabo's words about an error: foreign text, may be empty.
    pub error_message: String,
    /// Region's name, or its slug.
    pub region: String,
    /// Data center.
    pub data_center: String,
    /// Product id.
    pub product_id: String,
    /// Plan's name, may be empty.
    pub product_name: String,
    /// `nvme`, `ssd`, `hdd`, `vds`.
    pub product_type: String,
    /// Image's name; its id where the catalogue does not know it.
    pub image: String,
    /// `Linux` or `Windows`.
    pub os_type: String,
    /// First IPv4, may be empty.
    pub ipv4: String,
    /// All addresses.
    pub addresses: Vec<String>,
    /// MAC address.
    pub mac: String,
    /// CPU cores.
    pub cpu: i64,
    /// Memory in MB.
    pub ram_mb: i64,
    /// Disk in MB.
    pub disk_mb: i64,
    /// Host system's name.
    pub host: String,
    /// Default user.
    pub default_user: String,
    /// When it was created (RFC 3339), may be empty.
    pub created: String,
    /// Day it ends, when cancelled (yyyy-mm-dd), else empty.
    pub cancel_date: String,
}

/// One instance that is not gone.
///
/// # Errors
/// When the database fails.
pub fn instance_detail(connection: &Connection, id: i64) -> Result<Option<InstanceDetail>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT n.*, coalesce(i.name, n.image_id) AS image,
                    coalesce(nullif(n.region_name, ''), n.region) AS region_word
             FROM instance n LEFT JOIN image i ON i.id = n.image_id WHERE n.id = ?1 AND n.gone_at IS NULL",
        )?
        .query_row([id], |row| Ok((read_instance(row)?, row.get::<_, String>("addresses")?)))
        .optional()?;
    found
        .map(|(mut instance, addresses)| {
            instance.addresses =
                serde_json::from_str(&addresses).map_err(|e| StoreError::row(format!("instance.addresses: {e}")))?;
            Ok(instance)
        })
        .transpose()
}

fn read_instance(row: &Row<'_>) -> rusqlite::Result<InstanceDetail> {
    Ok(InstanceDetail {
        id: row.get("id")?,
        status: row.get("status")?,
        error_message: row.get("error_message")?,
        region: row.get("region_word")?,
        data_center: row.get("data_center")?,
        product_id: row.get("product_id")?,
        product_name: row.get("product_name")?,
        product_type: row.get("product_type")?,
        image: row.get("image")?,
        os_type: row.get("os_type")?,
        ipv4: row.get("ipv4")?,
        addresses: Vec::new(),
        mac: row.get("mac")?,
        cpu: row.get("cpu")?,
        ram_mb: row.get("ram_mb")?,
        disk_mb: row.get("disk_mb")?,
        host: row.get("host")?,
        default_user: row.get("default_user")?,
        created: row.get("created")?,
        cancel_date: row.get("cancel_date")?,
    })
}

/// A service that names an instance in its custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimingService {
    /// Service id.
    pub id: i64,
    /// As WHMCS says.
    pub status: String,
    /// Product's name.
    pub product: String,
    /// Domain or host name.
    pub domain: String,
    /// Dedicated IP as WHMCS has it, may be empty.
    pub ip: String,
    /// Billing cycle.
    pub cycle: String,
    /// Amount per cycle.
    pub amount: Decimal,
    /// Currency code, may be empty.
    pub currency: String,
    /// Next due date (yyyy-mm-dd), may be empty.
    pub next_due: String,
}

/// The services that name an instance, by id.
///
/// # Errors
/// When the database fails.
pub fn services_claiming(connection: &Connection, instance_id: i64) -> Result<Vec<ClaimingService>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, status, product, domain, ip, cycle, amount_e4, currency, next_due FROM service
         WHERE instance_id = ?1 AND gone_at IS NULL ORDER BY id",
    )?;
    let rows = statement.query_map([instance_id], |row| {
        Ok(ClaimingService {
            id: row.get(0)?,
            status: row.get(1)?,
            product: row.get(2)?,
            domain: row.get(3)?,
            ip: row.get(4)?,
            cycle: row.get(5)?,
            amount: from_e4(row.get(6)?),
            currency: row.get(7)?,
            next_due: row.get(8)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Currency and exact sum.
pub type CurrencySum = (String, Decimal);

/// What a client still owes, per currency.
///
/// # Errors
/// When the database fails.
pub fn unpaid_of_client(connection: &Connection, client_id: i64) -> Result<Vec<CurrencySum>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT currency, sum(balance_e4) FROM invoice
         WHERE client_id = ?1 AND gone_at IS NULL AND balance_e4 > 0 GROUP BY currency ORDER BY 2 DESC",
    )?;
    let rows = statement.query_map([client_id], |row| Ok((row.get(0)?, from_e4(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Cycle, currency and exact sum of a client's active services.
///
/// # Errors
/// When the database fails.
pub fn recurring_of_client(
    connection: &Connection,
    client_id: i64,
) -> Result<Vec<(String, String, Decimal)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT cycle, currency, sum(amount_e4) FROM service
         WHERE client_id = ?1 AND gone_at IS NULL AND status = 'Active' GROUP BY cycle, currency ORDER BY currency",
    )?;
    let rows = statement.query_map([client_id], |row| Ok((row.get(0)?, row.get(1)?, from_e4(row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The row as WHMCS's list gave it.
///
/// # Errors
/// When the database fails or the stored text is no JSON.
pub fn client_extra(connection: &Connection, id: i64) -> Result<Option<Json>, StoreError> {
    let json: Option<String> = connection
        .prepare_cached("SELECT json FROM client_extra WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    json.map(|text| serde_json::from_str(&text)).transpose().map_err(|e| StoreError::row(format!("client_extra: {e}")))
}

/// The instances of a client, the newest 100.
///
/// # Errors
/// When the database fails.
pub fn servers_of_client(connection: &Connection, client_id: i64) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM instance WHERE client_id = ?1 AND gone_at IS NULL ORDER BY id DESC LIMIT 100",
    )?;
    let rows = statement.query_map([client_id], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Something dated that happened with a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMoment {
    /// An invoice was paid.
    Paid {
        /// Number as printed.
        number: String,
        /// Day.
        on: String,
        /// Total.
        total: Decimal,
        /// Currency code.
        currency: String,
    },
    /// An invoice was written.
    Invoiced {
        /// Number as printed.
        number: String,
        /// Day.
        on: String,
        /// Total.
        total: Decimal,
        /// Currency code.
        currency: String,
        /// Status as WHMCS says.
        status: String,
    },
    /// A ticket was opened.
    Opened {
        /// Number that clients see.
        tid: String,
        /// Time as WHMCS says.
        at: String,
        /// Subject: foreign text.
        subject: String,
    },
    /// A ticket was answered last.
    Replied {
        /// Number that clients see.
        tid: String,
        /// Time as WHMCS says.
        at: String,
        /// Subject: foreign text.
        subject: String,
        /// Whether it waits for the staff since then.
        waiting: bool,
    },
}

/// A client's invoices and tickets as moments, the newest `limit` of each kind.
///
/// # Errors
/// When the database fails.
pub fn moments_of_client(connection: &Connection, client_id: i64, limit: u32) -> Result<Vec<ClientMoment>, StoreError> {
    let mut moments = Vec::new();
    let mut invoices = connection.prepare_cached(
        "SELECT number, date, paid, total_e4, currency, status FROM invoice
         WHERE client_id = ?1 AND gone_at IS NULL ORDER BY date DESC, id DESC LIMIT ?2",
    )?;
    let mut rows = invoices.query((client_id, limit))?;
    while let Some(row) = rows.next()? {
        let (number, date, paid): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (total, currency): (Decimal, String) = (from_e4(row.get(3)?), row.get(4)?);
        if !paid.is_empty() {
            moments.push(ClientMoment::Paid { number: number.clone(), on: paid, total, currency: currency.clone() });
        }
        if !date.is_empty() {
            moments.push(ClientMoment::Invoiced { number, on: date, total, currency, status: row.get(5)? });
        }
    }
    let mut tickets = connection.prepare_cached(
        "SELECT tid, opened, last_reply, subject, waiting FROM ticket
         WHERE client_id = ?1 AND gone_at IS NULL ORDER BY last_reply DESC, id DESC LIMIT ?2",
    )?;
    let mut rows = tickets.query((client_id, limit))?;
    while let Some(row) = rows.next()? {
        let (tid, opened, replied): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let subject: String = row.get(3)?;
        if !replied.is_empty() && replied != opened {
            let (tid, subject) = (tid.clone(), subject.clone());
            moments.push(ClientMoment::Replied { tid, at: replied, subject, waiting: row.get(4)? });
        }
        if !opened.is_empty() {
            moments.push(ClientMoment::Opened { tid, at: opened, subject });
        }
    }
    Ok(moments)
}

use jiff::{Timestamp, civil::Date};
use rusqlite::types::Value;
use serde_json::Value as Json;

use super::{Kind, Mirrored, clients::date};
use crate::text::{fold, words};

/// An instance as Contabo's instance list tells it. Tags come apart, through their assignments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstanceRecord {
    /// `instanceId`.
    pub id: i64,
    /// Contabo's own name, e.g. `vmd12345`.
    pub name: String,
    /// Name given by people, may be empty.
    pub display_name: String,
    /// `running`, `stopped`, `installing`, … as Contabo says.
    pub status: String,
    /// Contabo's words about an error: foreign text, may be empty.
    pub error_message: String,
    /// Region slug, e.g. `EU`.
    pub region: String,
    /// Region's name.
    pub region_name: String,
    /// Data center's name.
    pub data_center: String,
    /// Product id, e.g. `V95`.
    pub product_id: String,
    /// Plan's name, may be empty.
    pub product_name: String,
    /// `nvme`, `ssd`, `hdd`, `vds`.
    pub product_type: String,
    /// Image id (UUID), may be empty.
    pub image_id: String,
    /// `Linux` or `Windows`.
    pub os_type: String,
    /// First IPv4, empty before one is given.
    pub ipv4: String,
    /// First IPv6, may be empty.
    pub ipv6: String,
    /// All addresses, the two above among them.
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
    /// `root`, `admin` or `administrator`.
    pub default_user: String,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Day it ends, when cancelled.
    pub cancel_date: Option<Date>,
    /// The row as it came.
    pub extra: Json,
}

impl InstanceRecord {
    /// Display name, or name.
    pub fn label(&self) -> &str {
        if self.display_name.trim().is_empty() { &self.name } else { &self.display_name }
    }
}

impl Mirrored for InstanceRecord {
    const KIND: Kind = Kind::Instances;
    const COLUMNS: &'static [&'static str] = &[
        "name",
        "display_name",
        "label",
        "label_key",
        "status",
        "error_message",
        "region",
        "region_name",
        "data_center",
        "product_id",
        "product_name",
        "product_type",
        "size",
        "image_id",
        "os_type",
        "ipv4",
        "ipv4_number",
        "ipv6",
        "addresses",
        "mac",
        "cpu",
        "ram_mb",
        "disk_mb",
        "host",
        "default_user",
        "created",
        "cancel_date",
        "words",
    ];

    fn key(&self) -> Value {
        self.id.into()
    }

    fn values(&self) -> Vec<Value> {
        let size = if self.product_name.trim().is_empty() { &self.product_id } else { &self.product_name };
        let id = self.id.to_string();
        let mut texts = vec![self.label(), &self.name, &self.region, size, &id];
        texts.extend(self.addresses.iter().map(String::as_str));
        for address in [&self.ipv4, &self.ipv6] {
            if !self.addresses.contains(address) {
                texts.push(address);
            }
        }
        vec![
            self.name.clone().into(),
            self.display_name.clone().into(),
            self.label().to_owned().into(),
            fold(self.label()).into(),
            self.status.clone().into(),
            self.error_message.clone().into(),
            self.region.clone().into(),
            self.region_name.clone().into(),
            self.data_center.clone().into(),
            self.product_id.clone().into(),
            self.product_name.clone().into(),
            self.product_type.clone().into(),
            size.clone().into(),
            self.image_id.clone().into(),
            self.os_type.clone().into(),
            self.ipv4.clone().into(),
            ipv4_number(&self.ipv4).into(),
            self.ipv6.clone().into(),
            Json::from(self.addresses.clone()).to_string().into(),
            self.mac.clone().into(),
            self.cpu.into(),
            self.ram_mb.into(),
            self.disk_mb.into(),
            self.host.clone().into(),
            self.default_user.clone().into(),
            self.created.map(|t| t.to_string()).unwrap_or_default().into(),
            date(self.cancel_date),
            words(texts).into(),
        ]
    }

    fn extra(&self) -> &Json {
        &self.extra
    }
}

/// Addresses sort as numbers; -1 stands for none.
fn ipv4_number(text: &str) -> i64 {
    text.parse::<std::net::Ipv4Addr>().map_or(-1, |ip| i64::from(u32::from(ip)))
}

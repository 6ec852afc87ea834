use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::types::Value;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::{Kind, Mirrored, clients::date, e4};
use crate::text::words;

/// A service as GetClientsProducts tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceRecord {
    /// Service id.
    pub id: i64,
    /// Client id.
    pub client_id: i64,
    /// Product id.
    pub product_id: i64,
    /// Product's name.
    pub product: String,
    /// Domain or host name.
    pub domain: String,
    /// `Active`, `Suspended`, … as WHMCS says.
    pub status: String,
    /// Billing cycle as WHMCS says.
    pub cycle: String,
    /// Quantity, 1 for most.
    pub qty: i64,
    /// Recurring amount per cycle, in the client's currency.
    pub amount: Decimal,
    /// Next due date.
    pub next_due: Option<Date>,
    /// When it was ordered.
    pub registered: Option<Date>,
    /// Dedicated IP as WHMCS has it.
    pub ip: String,
    /// Payment method.
    pub method: String,
    /// Contabo instance from the custom field `contabo_instance_id`; `None` when empty or no number.
    pub instance_id: Option<i64>,
    /// Custom fields by name, as they came.
    pub fields: BTreeMap<String, String>,
    /// The row as it came.
    pub extra: Json,
}

impl Mirrored for ServiceRecord {
    const KIND: Kind = Kind::Services;
    const COLUMNS: &'static [&'static str] = &[
        "client_id",
        "product_id",
        "product",
        "domain",
        "status",
        "cycle",
        "qty",
        "amount",
        "amount_e4",
        "next_due",
        "registered",
        "ip",
        "method",
        "instance_id",
        "fields",
        "words",
    ];

    fn key(&self) -> Value {
        self.id.into()
    }

    fn values(&self) -> Vec<Value> {
        let instance = self.instance_id.map(|id| id.to_string()).unwrap_or_default();
        vec![
            self.client_id.into(),
            self.product_id.into(),
            self.product.clone().into(),
            self.domain.clone().into(),
            self.status.clone().into(),
            self.cycle.clone().into(),
            self.qty.into(),
            self.amount.to_string().into(),
            e4(&self.amount).into(),
            date(self.next_due),
            date(self.registered),
            self.ip.clone().into(),
            self.method.clone().into(),
            self.instance_id.into(),
            serde_json::to_string(&self.fields).unwrap_or_else(|_| "{}".to_owned()).into(),
            words([&self.domain, &self.product, &self.ip, &self.id.to_string(), &instance].map(String::as_str)).into(),
        ]
    }

    fn extra(&self) -> &Json {
        &self.extra
    }
}

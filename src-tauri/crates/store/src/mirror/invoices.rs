use jiff::civil::Date;
use rusqlite::types::Value;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::{Kind, Mirrored, clients::date, e4};
use crate::text::{fold, words};

/// An invoice as GetInvoices tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoiceRecord {
    /// Invoice id.
    pub id: i64,
    /// Number as printed; empty when WHMCS has none, then the id is shown.
    pub number: String,
    /// Client id.
    pub client_id: i64,
    /// Client's first and last name as the row has them; the company where both are empty.
    pub client_name: String,
    /// Company, may be empty.
    pub company: String,
    /// Date.
    pub date: Option<Date>,
    /// Due date.
    pub due: Option<Date>,
    /// Day it was paid.
    pub paid: Option<Date>,
    /// `Paid`, `Unpaid`, `Cancelled`, … as WHMCS says.
    pub status: String,
    /// Currency code.
    pub currency: String,
    /// Total.
    pub total: Decimal,
    /// What is still to be paid. GetInvoices does not tell it: `None` takes the total of an open invoice and nothing
    /// of a settled one.
    pub balance: Option<Decimal>,
    /// Payment method.
    pub method: String,
    /// The row as it came.
    pub extra: Json,
}

impl InvoiceRecord {
    /// Whether the status says that money is still expected.
    pub fn is_open(&self) -> bool {
        ["unpaid", "overdue", "payment pending", "collections"].contains(&self.status.to_ascii_lowercase().as_str())
    }

    fn balance(&self) -> Decimal {
        self.balance.unwrap_or(if self.is_open() { self.total } else { Decimal::ZERO })
    }
}

impl Mirrored for InvoiceRecord {
    const KIND: Kind = Kind::Invoices;
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "client_id",
        "client_name",
        "client_key",
        "date",
        "due",
        "paid",
        "status",
        "currency",
        "total",
        "total_e4",
        "balance",
        "balance_e4",
        "method",
        "words",
    ];

    fn key(&self) -> Value {
        self.id.into()
    }

    fn values(&self) -> Vec<Value> {
        let id = self.id.to_string();
        let number = if self.number.trim().is_empty() { &id } else { &self.number };
        let balance = self.balance();
        let mut texts = vec![number.as_str(), &self.client_name, &self.company];
        if *number != id {
            texts.push(&id);
        }
        vec![
            number.clone().into(),
            self.client_id.into(),
            self.client_name.clone().into(),
            fold(&self.client_name).into(),
            date(self.date),
            date(self.due),
            date(self.paid),
            self.status.clone().into(),
            self.currency.clone().into(),
            self.total.to_string().into(),
            e4(&self.total).into(),
            balance.to_string().into(),
            e4(&balance).into(),
            self.method.clone().into(),
            words(texts).into(),
        ]
    }

    fn extra(&self) -> &Json {
        &self.extra
    }
}

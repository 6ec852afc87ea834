//! What the control port shows of this side's records: the truth, whatever faults make callers see.

use serde_json::{Value, json};

use super::State;
use super::desk::{cash, moment};
use super::model::billing::{Invoice, Transaction};
use super::model::services::{Domain, Order};
use super::model::support::Ticket;
use super::table::{Row, Table};

impl State {
    /// One record of a kind, or the ids of that kind when `id` is empty.
    pub fn inspect(&self, kind: &str, id: &str) -> Option<Value> {
        if id.is_empty() {
            return self.ids_of(kind);
        }
        let id = id.parse().ok()?;
        match kind {
            "client" => self.clients.get(id).map(|one| {
                json!({
                    "id": one.id,
                    "name": one.address.full_name(),
                    "company": one.address.companyname,
                    "email": one.address.email,
                    "status": one.status.text(),
                    "credit": cash(one.credit),
                    "currency": one.currency,
                })
            }),
            "service" => self.inspect_service(id),
            "invoice" => self.invoices.get(id).map(show_invoice),
            "transaction" => self.transactions.get(id).map(show_transaction),
            "ticket" => self.tickets.get(id).map(show_ticket),
            "domain" => self.domains.get(id).map(show_domain),
            "order" => self.orders.get(id).map(show_order),
            _ => None,
        }
    }

    fn inspect_service(&self, id: u64) -> Option<Value> {
        let one = self.services.get(id)?;
        let product = self.products.get(one.product)?;
        let fields: serde_json::Map<String, Value> = one
            .custom_fields
            .iter()
            .filter_map(|(field, value)| {
                let field = product.custom_fields.iter().find(|known| known.id == *field)?;
                Some((field.name.clone(), json!(value)))
            })
            .collect();
        Some(json!({
            "id": one.id,
            "client": one.client,
            "product": product.name,
            "status": one.status.text(),
            "domain": one.domain,
            "cycle": one.cycle.text(),
            "recurring": cash(one.recurring),
            "next_due": one.next_due.map(|day| day.to_string()),
            "dedicated_ip": one.dedicated_ip,
            "custom_fields": fields,
        }))
    }

    fn ids_of(&self, kind: &str) -> Option<Value> {
        fn ids<T: Row>(table: &Table<T>) -> Value {
            table.iter().map(Row::id).collect::<Vec<_>>().into()
        }
        match kind {
            "client" => Some(ids(&self.clients)),
            "service" => Some(ids(&self.services)),
            "invoice" => Some(ids(&self.invoices)),
            "transaction" => Some(ids(&self.transactions)),
            "ticket" => Some(ids(&self.tickets)),
            "domain" => Some(ids(&self.domains)),
            "order" => Some(ids(&self.orders)),
            _ => None,
        }
    }
}

fn show_invoice(one: &Invoice) -> Value {
    let items: Vec<Value> = one
        .items
        .iter()
        .map(|item| {
            json!({
                "id": item.id,
                "kind": item.kind,
                "related": item.related,
                "description": item.description,
                "amount": cash(item.amount),
                "taxed": item.taxed,
            })
        })
        .collect();
    json!({
        "id": one.id,
        "client": one.client,
        "status": one.status.text(),
        "date": one.date.to_string(),
        "due": one.due.to_string(),
        "subtotal": cash(one.subtotal),
        "tax": cash(one.tax + one.tax2),
        "credit": cash(one.credit),
        "total": cash(one.total),
        "items": items,
    })
}

fn show_transaction(one: &Transaction) -> Value {
    json!({
        "id": one.id,
        "client": one.client,
        "invoice": one.invoice,
        "in": cash(one.amount_in),
        "out": cash(one.amount_out),
        "transid": one.transid,
    })
}

fn show_ticket(one: &Ticket) -> Value {
    json!({
        "id": one.id,
        "number": one.number,
        "client": one.client,
        "subject": one.subject,
        "status": one.status.text(),
        "replies": one.replies.len(),
        "notes": one.notes.len(),
        "last_reply": moment(one.last_reply),
    })
}

fn show_domain(one: &Domain) -> Value {
    json!({
        "id": one.id,
        "client": one.client,
        "name": one.name,
        "status": one.status.text(),
        "expiry": one.expiry.map(|day| day.to_string()),
        "locked": one.locked,
        "nameservers": one.nameservers,
    })
}

fn show_order(one: &Order) -> Value {
    json!({
        "id": one.id,
        "client": one.client,
        "status": one.status.text(),
        "invoice": one.invoice,
        "services": one.services,
        "domains": one.domains,
        "addons": one.addons,
    })
}

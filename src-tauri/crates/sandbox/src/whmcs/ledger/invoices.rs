//! What an invoice becomes, and what its payment sets off.

use jiff::Span;
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::desk::{Desk, cash};
use crate::whmcs::model::billing::{Invoice, InvoiceStatus, Item, Transaction};
use crate::whmcs::model::people::Credit;
use crate::whmcs::model::services::{DomainStatus, ServiceStatus};
use crate::whmcs::state::next;

/// A line to be put on an invoice.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// As [`Item::kind`].
    pub kind: &'static str,
    /// As [`Item::related`].
    pub related: u64,
    /// What the client reads.
    pub description: String,
    /// Net.
    pub amount: Decimal,
    /// Tax is added.
    pub taxed: bool,
}

/// An invoice to be made.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    /// Client id.
    pub client: u64,
    /// Date on it.
    pub date: Date,
    /// When it is due.
    pub due: Date,
    /// Draft or Unpaid.
    pub status: InvoiceStatus,
    /// Gateway; empty takes the client's.
    pub gateway: String,
    /// Percent; `None` takes what the client's country asks.
    pub rates: Option<(Decimal, Decimal)>,
    /// Lines.
    pub items: Vec<NewItem>,
    /// Notes.
    pub notes: String,
}

/// Money that came in for an invoice.
#[derive(Debug, Clone)]
pub struct Payment {
    /// Invoice id.
    pub invoice: u64,
    /// How much.
    pub amount: Decimal,
    /// The gateway's fee.
    pub fees: Decimal,
    /// Gateway.
    pub gateway: String,
    /// The gateway's id of it.
    pub transid: String,
    /// When.
    pub date: DateTime,
    /// No mail about it.
    pub silent: bool,
}

impl Desk<'_> {
    /// Net money received for an invoice.
    pub fn received(&self, invoice: u64) -> Decimal {
        self.state.transactions_of(invoice).map(|one| one.amount_in - one.amount_out).sum()
    }

    /// What is still to pay.
    pub fn balance(&self, invoice: u64) -> Decimal {
        self.state.invoices.get(invoice).map_or(Decimal::ZERO, |one| one.total - self.received(invoice))
    }

    /// The tax in percent a client pays.
    pub fn tax_rate(&self, client: u64) -> Decimal {
        let Some(client) = self.state.clients.get(client) else { return Decimal::ZERO };
        if client.tax_exempt {
            return Decimal::ZERO;
        }
        self.state.tax_rates.get(&client.address.country).copied().unwrap_or_default()
    }

    /// Makes an invoice and returns its id.
    pub fn create_invoice(&mut self, wanted: NewInvoice) -> u64 {
        let now = self.now();
        let (taxrate, taxrate2) = wanted.rates.unwrap_or_else(|| (self.tax_rate(wanted.client), Decimal::ZERO));
        let gateway = if wanted.gateway.is_empty() { self.gateway_of(wanted.client) } else { wanted.gateway };
        let counter = &mut self.state.counters.item;
        let items = wanted.items.into_iter().map(|item| numbered(counter, item)).collect();
        let mut invoice = Invoice {
            id: self.state.invoices.next_id(),
            number: String::new(),
            client: wanted.client,
            date: wanted.date,
            due: wanted.due,
            paid: None,
            last_capture: None,
            refunded: None,
            cancelled: None,
            items,
            subtotal: Decimal::ZERO,
            credit: Decimal::ZERO,
            tax: Decimal::ZERO,
            tax2: Decimal::ZERO,
            total: Decimal::ZERO,
            taxrate,
            taxrate2,
            status: wanted.status,
            gateway,
            pay_method: None,
            notes: wanted.notes,
            created: now,
            updated: now,
        };
        invoice.settle_totals();
        let (client, total, status) = (invoice.client, invoice.total, invoice.status);
        let id = self.state.invoices.add(|_| invoice);
        let detail = json!({"client": client, "total": cash(total), "status": status.text()});
        self.note(Effect::Created, "invoice", id, detail);
        self.log(client, format!("Created Invoice - Invoice ID: {id}"));
        // Nothing to pay is paid at once.
        if status == InvoiceStatus::Unpaid && total <= Decimal::ZERO {
            self.mark_paid(id, true);
        }
        id
    }

    /// A client's gateway, or the first that is active.
    pub fn gateway_of(&self, client: u64) -> String {
        let own = self.state.clients.get(client).map(|client| client.gateway.clone()).unwrap_or_default();
        if !own.is_empty() {
            return own;
        }
        self.state.gateways.iter().find(|one| one.active).map(|one| one.module.clone()).unwrap_or_default()
    }

    /// Changes an invoice and writes down what it was and is.
    pub fn change_invoice(&mut self, id: u64, change: impl FnOnce(&mut Invoice)) {
        let now = self.now();
        let Some(invoice) = self.state.invoices.get_mut(id) else { return };
        let before = summary(invoice);
        change(invoice);
        invoice.updated = now;
        let after = summary(invoice);
        self.note(Effect::Updated, "invoice", id, json!({"before": before, "after": after}));
    }

    /// Registers a payment: the transaction, the mail, the flip to Paid at zero balance, what is too much as credit.
    pub fn pay(&mut self, payment: Payment) -> u64 {
        let client = self.state.invoices.get(payment.invoice).map_or(0, |invoice| invoice.client);
        let rate = self.state.currency_of(client).map_or(Decimal::ONE, |currency| currency.rate);
        let (invoice, amount) = (payment.invoice, payment.amount);
        let transaction = self.add_transaction(Transaction {
            id: 0,
            client,
            currency: 0,
            gateway: payment.gateway,
            date: payment.date,
            description: "Invoice Payment".to_owned(),
            amount_in: amount,
            fees: payment.fees,
            amount_out: Decimal::ZERO,
            rate,
            transid: payment.transid,
            invoice,
            refund: 0,
        });
        let status = self.state.invoices.get(invoice).map(|invoice| invoice.status);
        let balance = self.balance(invoice);
        if status == Some(InvoiceStatus::Paid) || balance < Decimal::ZERO {
            let surplus = if status == Some(InvoiceStatus::Paid) { amount } else { -balance };
            self.add_credit(client, surplus, &format!("Invoice #{invoice} Overpayment"), invoice);
        }
        self.settle(invoice, payment.silent);
        transaction
    }

    /// Files a transaction and returns its id.
    pub fn add_transaction(&mut self, transaction: Transaction) -> u64 {
        let detail = json!({
            "client": transaction.client,
            "invoice": transaction.invoice,
            "in": cash(transaction.amount_in),
            "out": cash(transaction.amount_out),
            "transid": transaction.transid,
        });
        let client = transaction.client;
        let id = self.state.file_transaction(transaction);
        self.note(Effect::Created, "transaction", id, detail);
        self.log(client, format!("Added Transaction - Transaction ID: {id}"));
        id
    }

    /// Moves a client's credit and logs why.
    pub fn add_credit(&mut self, client: u64, amount: Decimal, description: &str, related: u64) {
        let date = self.today();
        let description = description.to_owned();
        let Some(one) = self.state.clients.get_mut(client) else { return };
        one.credit += amount;
        let balance = one.credit;
        let id = self.state.credits.add(|id| Credit { id, client, date, description, amount, related });
        self.note(
            Effect::Created,
            "credit",
            id,
            json!({"client": client, "amount": cash(amount), "balance": cash(balance)}),
        );
    }

    /// Flips an open invoice to Paid when nothing is left to pay.
    pub fn settle(&mut self, id: u64, silent: bool) {
        let open = self.state.invoices.get(id).is_some_and(|invoice| {
            use InvoiceStatus::{Collections, Draft, PaymentPending, Unpaid};
            matches!(invoice.status, Unpaid | PaymentPending | Collections | Draft)
        });
        if open && self.balance(id) <= Decimal::ZERO {
            self.mark_paid(id, silent);
        }
    }

    /// Marks an invoice paid and carries out what its lines promise.
    pub fn mark_paid(&mut self, id: u64, silent: bool) {
        let now = self.now();
        self.change_invoice(id, |invoice| {
            invoice.status = InvoiceStatus::Paid;
            invoice.paid = Some(now);
        });
        let Some((client, items)) = self.state.invoices.get(id).map(|one| (one.client, one.items.clone())) else {
            return;
        };
        self.log(client, format!("Invoice Marked Paid - Invoice ID: {id}"));
        for item in items {
            self.deliver(client, &item);
        }
        if !silent {
            self.mail(client, "Invoice Payment Confirmation", &format!("Thank you for your payment of invoice #{id}."));
        }
    }

    fn deliver(&mut self, client: u64, item: &Item) {
        match item.kind {
            "Hosting" => self.renew_service(item.related),
            "Addon" => {
                if let Some(addon) = self.state.addons.get_mut(item.related) {
                    let months = addon.cycle.months();
                    addon.next_due = addon.next_due.map(|due| due.saturating_add(Span::new().months(months)));
                    self.note(Effect::Updated, "addon", item.related, json!({"renewed": true}));
                }
            }
            "Domain" | "DomainRegister" | "DomainTransfer" => self.renew_domain(item.kind, item.related),
            "Upgrade" => self.carry_out_upgrade(item.related),
            "AddFunds" => self.add_credit(client, item.amount, "Add Funds", 0),
            _ => {}
        }
    }

    fn renew_service(&mut self, id: u64) {
        let Some(service) = self.state.services.get_mut(id) else { return };
        let months = service.cycle.months();
        if months > 0 {
            service.next_due = service.next_due.map(|due| due.saturating_add(Span::new().months(months)));
            service.next_invoice = service.next_invoice.max(service.next_due);
        }
        let (status, reason) = (service.status, service.suspend_reason.clone());
        let next_due = service.next_due.map(|due| due.to_string());
        self.note(Effect::Updated, "service", id, json!({"renewed": true, "next_due": next_due}));
        let auto_setup = self
            .state
            .product_of(id)
            .is_some_and(|product| product.auto_setup == "payment" && !product.module.is_empty());
        match status {
            ServiceStatus::Pending if auto_setup => {
                // A failure stays in the module queue, as after any automatic set-up.
                let _ = self.module_call(id, "CreateAccount");
            }
            ServiceStatus::Suspended if reason == "Overdue on Payment" && !self.has_overdue(id) => {
                let _ = self.module_call(id, "UnsuspendAccount");
            }
            _ => {}
        }
    }

    /// Whether an overdue invoice has a line for this service.
    pub fn has_overdue(&self, service: u64) -> bool {
        let today = self.today();
        self.state
            .invoices
            .iter()
            .filter(|invoice| invoice.is_overdue(today))
            .any(|invoice| invoice.items.iter().any(|item| item.kind == "Hosting" && item.related == service))
    }

    fn renew_domain(&mut self, kind: &str, id: u64) {
        let today = self.today();
        let Some(domain) = self.state.domains.get_mut(id) else { return };
        let years = Span::new().years(i64::from(domain.period));
        match kind {
            "DomainTransfer" => domain.status = DomainStatus::PendingTransfer,
            "DomainRegister" => {
                domain.status = DomainStatus::Active;
                domain.registered = today;
                domain.expiry = Some(today.saturating_add(years));
                domain.next_due = domain.expiry;
            }
            _ => {
                domain.status = DomainStatus::Active;
                domain.expiry = domain.expiry.map(|expiry| expiry.saturating_add(years));
                domain.next_due = domain.next_due.map(|due| due.saturating_add(years));
            }
        }
        let detail = json!({"status": domain.status.text(), "expiry": domain.expiry.map(|day| day.to_string())});
        self.note(Effect::Updated, "domain", id, detail);
    }

    /// Gives a service the product, options and price that were ordered for it.
    pub fn carry_out_upgrade(&mut self, id: u64) {
        let Some(upgrade) = self.state.upgrades.get_mut(id).filter(|upgrade| !upgrade.done) else { return };
        upgrade.done = true;
        let upgrade = upgrade.clone();
        let Some(service) = self.state.services.get_mut(upgrade.service) else { return };
        if let Some((product, cycle)) = upgrade.product {
            service.product = product;
            service.cycle = cycle;
        }
        for choice in &upgrade.options {
            match service.options.iter_mut().find(|one| one.option == choice.option) {
                Some(one) => *one = *choice,
                None => service.options.push(*choice),
            }
        }
        service.recurring = upgrade.recurring;
        self.note(
            Effect::Updated,
            "service",
            upgrade.service,
            json!({"upgrade": id, "recurring": cash(upgrade.recurring)}),
        );
    }
}

/// Gives a line its number.
pub(crate) fn numbered(counter: &mut u64, item: NewItem) -> Item {
    Item {
        id: next(counter),
        kind: item.kind,
        related: item.related,
        description: item.description,
        amount: item.amount,
        taxed: item.taxed,
    }
}

fn summary(invoice: &Invoice) -> serde_json::Value {
    json!({
        "status": invoice.status.text(),
        "total": cash(invoice.total),
        "credit": cash(invoice.credit),
        "items": invoice.items.len(),
    })
}

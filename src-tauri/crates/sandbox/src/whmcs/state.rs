//! All records together.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::Value;

use super::access::{Access, WhmcsCredentials};
use super::model::billing::{BillableItem, Currency, Gateway, Invoice, Quote, Transaction};
use super::model::catalog::{
    AddonProduct, ConfigOption, CustomField, ModuleServer, Product, ProductGroup, Promotion, Tld,
};
use super::model::people::{Affiliate, Client, ClientNote, Contact, Credit, Email, Group, Invite, PayMethod, User};
use super::model::projects::Project;
use super::model::services::{CancelRequest, Domain, Order, Service, ServiceAddon, Upgrade};
use super::model::support::{Announcement, Department, PredefinedCategory, PredefinedReply, Ticket};
use super::model::system::{Activity, Admin, BannedIp, EmailTemplate, Module, OAuthCredential, QueueEntry, Todo};
use super::table::Table;

/// Ids that are counted over the lines of many records.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "each counts what it is called")]
pub struct Counters {
    pub item: u64,
    pub quote_item: u64,
    pub reply: u64,
    pub note: u64,
    pub field: u64,
    pub choice: u64,
    pub task: u64,
    pub timer: u64,
    pub message: u64,
}

/// Takes the next id of a counter.
pub(crate) fn next(counter: &mut u64) -> u64 {
    *counter += 1;
    *counter
}

/// Everything this provider remembers. Cloned for stale answers.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "each table holds what it is called; the records are documented")]
pub struct State {
    pub(super) access: Access,
    pub(super) url: String,
    pub(super) company: String,
    pub clients: Table<Client>,
    pub contacts: Table<Contact>,
    pub users: Table<User>,
    pub invites: Table<Invite>,
    pub groups: Table<Group>,
    pub client_notes: Table<ClientNote>,
    pub emails: Table<Email>,
    pub credits: Table<Credit>,
    pub affiliates: Table<Affiliate>,
    pub pay_methods: Table<PayMethod>,
    pub invoices: Table<Invoice>,
    pub transactions: Table<Transaction>,
    pub quotes: Table<Quote>,
    pub billable: Table<BillableItem>,
    pub currencies: Table<Currency>,
    pub gateways: Vec<Gateway>,
    pub services: Table<Service>,
    pub addons: Table<ServiceAddon>,
    pub domains: Table<Domain>,
    pub orders: Table<Order>,
    pub cancel_requests: Table<CancelRequest>,
    pub upgrades: Table<Upgrade>,
    pub product_groups: Table<ProductGroup>,
    pub products: Table<Product>,
    pub client_fields: Vec<CustomField>,
    pub options: Table<ConfigOption>,
    pub addon_products: Table<AddonProduct>,
    pub promotions: Table<Promotion>,
    pub tlds: Table<Tld>,
    pub servers: Table<ModuleServer>,
    pub departments: Table<Department>,
    pub tickets: Table<Ticket>,
    pub blocked_senders: Vec<String>,
    pub announcements: Table<Announcement>,
    pub predefined_categories: Table<PredefinedCategory>,
    pub predefined_replies: Table<PredefinedReply>,
    pub admins: Table<Admin>,
    pub activity: Table<Activity>,
    pub todos: Table<Todo>,
    pub email_templates: Table<EmailTemplate>,
    pub banned_ips: Table<BannedIp>,
    pub oauth: Table<OAuthCredential>,
    pub module_queue: Table<QueueEntry>,
    pub modules: Vec<Module>,
    pub settings: BTreeMap<String, String>,
    pub projects: Table<Project>,
    pub counters: Counters,
    /// Transactions by invoice, so that a balance does not need a walk through all of them.
    pub(super) by_invoice: HashMap<u64, Vec<u64>>,
    /// Tax rate in percent by country.
    pub tax_rates: BTreeMap<String, rust_decimal::Decimal>,
    /// What the daily job did, by day and then by name.
    pub automation: BTreeMap<jiff::civil::Date, BTreeMap<&'static str, u64>>,
    /// When the daily job ran last.
    pub cron_at: Option<Timestamp>,
}

impl State {
    /// The credential that may do everything.
    pub fn credentials(&self) -> WhmcsCredentials {
        self.access.first()
    }

    /// Who may call.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Who may call, to change it.
    pub fn access_mut(&mut self) -> &mut Access {
        &mut self.access
    }

    /// Called before a stale answer is computed: who gets in is never stale.
    pub(crate) fn carry_access(&self, snapshot: &mut Self) {
        snapshot.access.clone_from(&self.access);
        snapshot.admins.clone_from(&self.admins);
    }

    /// Tells the installation its own address, for links it hands out.
    pub fn set_url(&mut self, url: &str) {
        url.clone_into(&mut self.url);
        self.settings.insert("SystemURL".to_owned(), url.to_owned());
    }

    /// The currency a client is billed in; the default one for no client.
    pub fn currency_of(&self, client: u64) -> Option<&Currency> {
        let id = self.clients.get(client).map_or(1, |client| client.currency);
        self.currencies.get(id).or_else(|| self.currencies.get(1))
    }

    /// Files a transaction and returns its id.
    pub fn file_transaction(&mut self, transaction: Transaction) -> u64 {
        let invoice = transaction.invoice;
        let id = self.transactions.add(|id| Transaction { id, ..transaction });
        self.by_invoice.entry(invoice).or_default().push(id);
        id
    }

    /// Moves a transaction to another invoice.
    pub fn refile_transaction(&mut self, id: u64, invoice: u64) {
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        let before = std::mem::replace(&mut transaction.invoice, invoice);
        if let Some(ids) = self.by_invoice.get_mut(&before) {
            ids.retain(|one| *one != id);
        }
        self.by_invoice.entry(invoice).or_default().push(id);
    }

    /// The transactions of an invoice, oldest first.
    pub fn transactions_of(&self, invoice: u64) -> impl Iterator<Item = &Transaction> {
        self.by_invoice.get(&invoice).into_iter().flatten().filter_map(|id| self.transactions.get(*id))
    }

    /// A gateway's name for people; its system name when it is unknown.
    pub fn gateway_name<'a>(&'a self, module: &'a str) -> &'a str {
        self.gateways.iter().find(|gateway| gateway.module == module).map_or(module, |gateway| gateway.name.as_str())
    }

    /// Counts of the main records, for the control port.
    pub fn counts(&self) -> Value {
        serde_json::json!({
            "client": self.clients.len(),
            "contact": self.contacts.len(),
            "user": self.users.len(),
            "service": self.services.len(),
            "addon": self.addons.len(),
            "domain": self.domains.len(),
            "order": self.orders.len(),
            "invoice": self.invoices.len(),
            "transaction": self.transactions.len(),
            "quote": self.quotes.len(),
            "ticket": self.tickets.len(),
            "email": self.emails.len(),
            "activity": self.activity.len(),
            "product": self.products.len(),
        })
    }
}

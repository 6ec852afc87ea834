//! What clients have: services, add-ons, domains, and the orders they came from.

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use super::{named, rows};

named! {
    /// State of a service or add-on.
    ServiceStatus {
        Pending = "Pending",
        Active = "Active",
        Completed = "Completed",
        Suspended = "Suspended",
        Terminated = "Terminated",
        Cancelled = "Cancelled",
        Fraud = "Fraud",
    }
}

impl ServiceStatus {
    /// It is billed again and again.
    pub fn renews(self) -> bool {
        matches!(self, Self::Active | Self::Suspended)
    }

    /// It is over.
    pub fn ended(self) -> bool {
        matches!(self, Self::Terminated | Self::Cancelled | Self::Fraud)
    }
}

named! {
    /// How often a service is billed.
    Cycle {
        Free = "Free Account",
        OneTime = "One Time",
        Monthly = "Monthly",
        Quarterly = "Quarterly",
        SemiAnnually = "Semi-Annually",
        Annually = "Annually",
        Biennially = "Biennially",
        Triennially = "Triennially",
    }
}

impl Cycle {
    /// The cycles that come round, in the order of the price columns.
    pub const RECURRING: [Self; 6] =
        [Self::Monthly, Self::Quarterly, Self::SemiAnnually, Self::Annually, Self::Biennially, Self::Triennially];

    /// Months of one round; 0 when it is billed once or never.
    pub fn months(self) -> i32 {
        match self {
            Self::Free | Self::OneTime => 0,
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::SemiAnnually => 6,
            Self::Annually => 12,
            Self::Biennially => 24,
            Self::Triennially => 36,
        }
    }

    /// The key in price lists and orders: `monthly`, `semiannually`, …
    pub fn key(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::OneTime => "onetime",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::SemiAnnually => "semiannually",
            Self::Annually => "annually",
            Self::Biennially => "biennially",
            Self::Triennially => "triennially",
        }
    }

    /// Reads either spelling.
    pub fn read(text: &str) -> Option<Self> {
        let wanted = text.trim().to_ascii_lowercase().replace(['-', ' '], "");
        let wanted = if wanted == "freeaccount" { "free" } else { &wanted };
        Self::ALL.iter().copied().find(|cycle| cycle.key() == wanted)
    }

    /// Place in [`Cycle::RECURRING`].
    pub fn column(self) -> Option<usize> {
        Self::RECURRING.iter().position(|cycle| *cycle == self)
    }
}

/// A chosen configurable option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Option id.
    pub option: u64,
    /// Choice id.
    pub choice: u64,
    /// How many, for options that count.
    pub quantity: u32,
}

/// A service.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Service {
    pub id: u64,
    pub client: u64,
    pub order: u64,
    pub product: u64,
    pub quantity: u32,
    pub registered: Date,
    pub domain: String,
    /// Module server; 0 for none.
    pub server: u64,
    pub gateway: String,
    pub first_amount: Decimal,
    pub recurring: Decimal,
    pub cycle: Cycle,
    pub next_due: Option<Date>,
    /// The due date up to which it has been invoiced.
    pub next_invoice: Option<Date>,
    pub terminated: Option<Date>,
    pub status: ServiceStatus,
    pub username: String,
    pub password: String,
    pub subscription: String,
    pub promotion: u64,
    pub suspend_reason: String,
    /// Not suspended automatically, until the day beside it when there is one.
    pub no_suspend: bool,
    pub no_suspend_until: Option<Date>,
    pub ns1: String,
    pub ns2: String,
    pub dedicated_ip: String,
    pub assigned_ips: String,
    pub notes: String,
    /// MB: used and allowed disk, used and allowed traffic.
    pub usage: [u64; 4],
    pub usage_at: Option<DateTime>,
    /// Values by custom field id.
    pub custom_fields: Vec<(u64, String)>,
    pub options: Vec<Choice>,
}

impl Service {
    /// A service that has just been ordered and costs nothing yet.
    pub fn ordered(client: u64, order: u64, product: u64, (cycle, today): (Cycle, Date), gateway: &str) -> Self {
        let due = (cycle.months() > 0).then_some(today);
        Self {
            id: 0,
            client,
            order,
            product,
            quantity: 1,
            registered: today,
            domain: String::new(),
            server: 0,
            gateway: gateway.to_owned(),
            first_amount: Decimal::ZERO,
            recurring: Decimal::ZERO,
            cycle,
            next_due: due,
            next_invoice: due,
            terminated: None,
            status: ServiceStatus::Pending,
            username: String::new(),
            password: String::new(),
            subscription: String::new(),
            promotion: 0,
            suspend_reason: String::new(),
            no_suspend: false,
            no_suspend_until: None,
            ns1: String::new(),
            ns2: String::new(),
            dedicated_ip: String::new(),
            assigned_ips: String::new(),
            notes: String::new(),
            usage: [0; 4],
            usage_at: None,
            custom_fields: Vec::new(),
            options: Vec::new(),
        }
    }
}

/// An add-on of a service.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct ServiceAddon {
    pub id: u64,
    pub order: u64,
    pub service: u64,
    pub client: u64,
    /// Catalogue add-on; 0 for one written by hand.
    pub addon: u64,
    pub name: String,
    pub quantity: u32,
    pub setup_fee: Decimal,
    pub recurring: Decimal,
    pub cycle: Cycle,
    pub tax: bool,
    pub status: ServiceStatus,
    pub registered: Date,
    pub next_due: Option<Date>,
    pub terminated: Option<Date>,
    pub gateway: String,
    pub notes: String,
}

named! {
    /// State of a domain.
    DomainStatus {
        Pending = "Pending",
        PendingRegistration = "Pending Registration",
        PendingTransfer = "Pending Transfer",
        Active = "Active",
        Grace = "Grace",
        Redemption = "Redemption",
        Expired = "Expired",
        TransferredAway = "Transferred Away",
        Cancelled = "Cancelled",
        Fraud = "Fraud",
    }
}

/// A domain.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Domain {
    pub id: u64,
    pub client: u64,
    pub order: u64,
    /// `Register` or `Transfer`.
    pub kind: &'static str,
    pub name: String,
    pub registrar: String,
    /// Years per round.
    pub period: u32,
    pub first_amount: Decimal,
    pub recurring: Decimal,
    pub gateway: String,
    pub registered: Date,
    pub expiry: Option<Date>,
    pub next_due: Option<Date>,
    pub status: DomainStatus,
    pub subscription: String,
    pub promotion: u64,
    pub dns_management: bool,
    pub email_forwarding: bool,
    pub id_protection: bool,
    pub do_not_renew: bool,
    pub notes: String,
    /// At the registrar: one to five names.
    pub nameservers: Vec<String>,
    /// At the registrar.
    pub locked: bool,
    /// At the registrar: the transfer code.
    pub epp: String,
    /// At the registrar: contact sections, each a list of fields, when they differ from the client's own data.
    pub whois: Vec<(String, Vec<(String, String)>)>,
}

named! {
    /// State of an order.
    OrderStatus { Pending = "Pending", Active = "Active", Fraud = "Fraud", Cancelled = "Cancelled" }
}

/// An order.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Order {
    pub id: u64,
    /// Ten digits.
    pub number: u64,
    pub client: u64,
    pub contact: u64,
    /// User who ordered.
    pub requestor: u64,
    /// Admin who ordered for the client; 0 for none.
    pub admin_requestor: u64,
    pub date: DateTime,
    /// Comma list.
    pub nameservers: String,
    pub promo_code: String,
    pub promo_type: String,
    pub promo_value: String,
    pub amount: Decimal,
    pub gateway: String,
    /// Invoice; 0 for none.
    pub invoice: u64,
    pub status: OrderStatus,
    pub ip: String,
    pub fraud_module: String,
    pub fraud_output: String,
    pub notes: String,
    pub services: Vec<u64>,
    pub addons: Vec<u64>,
    pub domains: Vec<u64>,
    /// `(domain id, years)` for orders that renew.
    pub renewals: Vec<(u64, u32)>,
}

impl Order {
    /// An order that has just come in and holds nothing yet.
    pub fn placed(client: u64, number: u64, date: DateTime, gateway: &str) -> Self {
        Self {
            id: 0,
            number,
            client,
            contact: 0,
            requestor: 0,
            admin_requestor: 0,
            date,
            nameservers: String::new(),
            promo_code: String::new(),
            promo_type: String::new(),
            promo_value: String::new(),
            amount: Decimal::ZERO,
            gateway: gateway.to_owned(),
            invoice: 0,
            status: OrderStatus::Pending,
            ip: String::new(),
            fraud_module: String::new(),
            fraud_output: String::new(),
            notes: String::new(),
            services: Vec::new(),
            addons: Vec::new(),
            domains: Vec::new(),
            renewals: Vec::new(),
        }
    }
}

/// A client's wish to end a service.
#[derive(Debug, Clone)]
pub struct CancelRequest {
    /// Request id.
    pub id: u64,
    /// When it was made.
    pub date: DateTime,
    /// Service id.
    pub service: u64,
    /// In the client's words.
    pub reason: String,
    /// At once, or at the end of the paid period.
    pub immediate: bool,
}

/// An ordered change of product or options that waits for its invoice.
#[derive(Debug, Clone)]
pub struct Upgrade {
    /// Upgrade id.
    pub id: u64,
    /// Service id.
    pub service: u64,
    /// Order id.
    pub order: u64,
    /// Invoice id; 0 when nothing was to pay.
    pub invoice: u64,
    /// New product and cycle, or none for a change of options.
    pub product: Option<(u64, Cycle)>,
    /// New options.
    pub options: Vec<Choice>,
    /// What the service costs afterwards.
    pub recurring: Decimal,
    /// It has been carried out.
    pub done: bool,
}

rows!(Service, ServiceAddon, Domain, Order, CancelRequest, Upgrade);

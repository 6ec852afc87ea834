//! Clients, the users who log in for them, and what hangs on a client.

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use super::{named, rows};

named! {
    /// State of a client account.
    ClientStatus { Active = "Active", Inactive = "Inactive", Closed = "Closed" }
}

/// Kinds of mail a client or contact can be sent, in the order of `email_preferences`.
pub const MAIL_KINDS: [&str; 6] = ["general", "invoice", "support", "product", "domain", "affiliate"];

/// Names and address, as clients, contacts and quotes have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Address {
    pub firstname: String,
    pub lastname: String,
    pub companyname: String,
    pub email: String,
    pub address1: String,
    pub address2: String,
    pub city: String,
    pub state: String,
    pub postcode: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    /// National part.
    pub phonenumber: String,
    /// Tax number.
    pub tax_id: String,
}

impl Address {
    /// First and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.firstname, self.lastname).trim().to_owned()
    }
}

/// A login's place at a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub user: u64,
    /// There is one owner per client, who may do everything.
    pub owner: bool,
    /// What the others may do.
    pub permissions: Vec<String>,
}

/// A client account.
#[derive(Debug, Clone)]
pub struct Client {
    /// Client id.
    pub id: u64,
    /// Stable outside name.
    pub uuid: String,
    /// Who and where.
    pub address: Address,
    /// Country calling code.
    pub phone_cc: u32,
    /// State of the account.
    pub status: ClientStatus,
    /// Currency id; everything the client is billed is in it.
    pub currency: u64,
    /// Client group; 0 for none.
    pub group: u64,
    /// Language name in lower case; empty for the installation's.
    pub language: String,
    /// Notes for staff.
    pub notes: String,
    /// Credit balance.
    pub credit: Decimal,
    /// Preferred gateway; empty for none.
    pub gateway: String,
    /// Pays no tax.
    pub tax_exempt: bool,
    /// Pays no late fees.
    pub late_fee_override: bool,
    /// Gets no overdue notices.
    pub overdue_notices_override: bool,
    /// Gets an invoice per service.
    pub separate_invoices: bool,
    /// Is never charged automatically.
    pub no_auto_charge: bool,
    /// Is never closed automatically.
    pub no_auto_close: bool,
    /// Wants marketing mail.
    pub marketing: bool,
    /// Wanted mail, in the order of [`MAIL_KINDS`].
    pub mail: [bool; 6],
    /// Single sign-on is allowed.
    pub sso: bool,
    /// The address has been confirmed.
    pub email_verified: bool,
    /// Since when.
    pub created: Date,
    /// Last login with its address.
    pub last_login: Option<(DateTime, String)>,
    /// Values by custom field id.
    pub custom_fields: Vec<(u64, String)>,
    /// The logins that may act for it.
    pub members: Vec<Member>,
}

impl Client {
    /// An account as it is opened: active, without credit, with every mail wanted.
    pub fn opened(uuid: String, address: Address, (currency, phone_cc): (u64, u32), since: Date, owner: u64) -> Self {
        Self {
            id: 0,
            uuid,
            address,
            phone_cc,
            status: ClientStatus::Active,
            currency,
            group: 0,
            language: String::new(),
            notes: String::new(),
            credit: Decimal::ZERO,
            gateway: String::new(),
            tax_exempt: false,
            late_fee_override: false,
            overdue_notices_override: false,
            separate_invoices: false,
            no_auto_charge: false,
            no_auto_close: false,
            marketing: false,
            mail: [true; 6],
            sso: true,
            email_verified: false,
            created: since,
            last_login: None,
            custom_fields: Vec::new(),
            members: vec![Member { user: owner, owner: true, permissions: Vec::new() }],
        }
    }

    /// The owning user; 0 when there is none.
    pub fn owner(&self) -> u64 {
        self.members.iter().find(|member| member.owner).map_or(0, |member| member.user)
    }
}

/// A contact below a client, who gets mail and cannot log in.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Contact id.
    pub id: u64,
    /// Client id.
    pub client: u64,
    /// Who and where.
    pub address: Address,
    /// Wanted mail, in the order of [`MAIL_KINDS`].
    pub mail: [bool; 6],
    /// When it was made.
    pub created: DateTime,
    /// When it was last changed.
    pub updated: DateTime,
}

/// A login.
#[derive(Debug, Clone)]
pub struct User {
    /// User id.
    pub id: u64,
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
    /// Login name.
    pub email: String,
    /// Password, in the clear: it opens nothing.
    pub password: String,
    /// Language name in lower case; may be empty.
    pub language: String,
    /// A second factor is asked for.
    pub two_factor: bool,
    /// When it was made.
    pub created: DateTime,
}

/// An invitation that has not been taken up.
#[derive(Debug, Clone)]
pub struct Invite {
    /// Invite id.
    pub id: u64,
    /// Client id.
    pub client: u64,
    /// Who is invited.
    pub email: String,
    /// What they will be allowed.
    pub permissions: Vec<String>,
}

/// A client group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Group id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `#28C99B`.
    pub colour: String,
    /// Discount in percent.
    pub discount: Decimal,
    /// Neither suspended nor terminated automatically.
    pub suspend_exempt: bool,
    /// Invoices are kept apart.
    pub separate_invoices: bool,
}

/// A staff note about a client.
#[derive(Debug, Clone)]
pub struct ClientNote {
    /// Note id.
    pub id: u64,
    /// Client id.
    pub client: u64,
    /// Admin id.
    pub admin: u64,
    /// Shown everywhere.
    pub sticky: bool,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub created: DateTime,
}

/// A mail that was sent.
#[derive(Debug, Clone)]
pub struct Email {
    /// Mail id.
    pub id: u64,
    /// Client id.
    pub client: u64,
    /// Subject.
    pub subject: String,
    /// Body, HTML.
    pub message: String,
    /// When it was sent.
    pub date: DateTime,
    /// Recipient with name.
    pub to: String,
    /// Copies.
    pub cc: String,
}

/// A movement of a client's credit.
#[derive(Debug, Clone)]
pub struct Credit {
    /// Credit id.
    pub id: u64,
    /// Client id.
    pub client: u64,
    /// When.
    pub date: Date,
    /// Why.
    pub description: String,
    /// Negative when it was used up.
    pub amount: Decimal,
    /// Invoice it belongs to; 0 for none.
    pub related: u64,
}

/// A client who brings others.
#[derive(Debug, Clone)]
pub struct Affiliate {
    /// Affiliate id.
    pub id: u64,
    /// Client id.
    pub client: u64,
    /// Since when.
    pub date: Date,
    /// Visitors brought.
    pub visitors: u64,
    /// ``, `percentage` or `fixed`.
    pub pay_type: String,
    /// How much.
    pub pay_amount: Decimal,
    /// Paid once per customer and not on every renewal.
    pub one_time: bool,
    /// Earned and not yet paid.
    pub balance: Decimal,
    /// Paid out.
    pub withdrawn: Decimal,
    /// When it was made.
    pub created: DateTime,
}

named! {
    /// What a stored payment method is.
    PayMethodKind { CreditCard = "CreditCard", RemoteCreditCard = "RemoteCreditCard", BankAccount = "BankAccount" }
}

/// A stored payment method.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct PayMethod {
    pub id: u64,
    pub client: u64,
    pub kind: PayMethodKind,
    pub description: String,
    pub gateway: String,
    pub card_type: String,
    pub card_last_four: String,
    /// `MM/YY`.
    pub expiry: String,
    /// `MM/YY`; may be empty.
    pub start: String,
    pub issue_number: String,
    pub bank_name: String,
    pub account_type: String,
    pub routing_number: String,
    pub account_number: String,
    /// The gateway's token, a secret.
    pub remote_token: String,
    pub default: bool,
    pub updated: DateTime,
}

rows!(Client, Contact, User, Invite, Group, ClientNote, Email, Credit, Affiliate, PayMethod);

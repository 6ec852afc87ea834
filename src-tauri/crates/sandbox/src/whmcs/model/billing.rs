//! Invoices, transactions, quotes, currencies.

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use super::people::Address;
use super::{named, rows};
use crate::whmcs::params::HALF_UP;

named! {
    /// State of an invoice. `Overdue` is not one of them: it is Unpaid with a past due date.
    InvoiceStatus {
        Draft = "Draft",
        Unpaid = "Unpaid",
        Paid = "Paid",
        Cancelled = "Cancelled",
        Refunded = "Refunded",
        Collections = "Collections",
        PaymentPending = "Payment Pending",
    }
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Line id, counted over all invoices.
    pub id: u64,
    /// `Hosting`, `DomainRegister`, `Domain`, `Addon`, `Upgrade`, `Setup`, `Item`, `Invoice`, `AddFunds`, `LateFee`, or
    /// empty for a line written by hand.
    pub kind: &'static str,
    /// The service, domain, add-on or invoice of that kind.
    pub related: u64,
    /// What the client reads.
    pub description: String,
    /// Net amount; may be negative.
    pub amount: Decimal,
    /// Tax is added.
    pub taxed: bool,
}

/// An invoice. `total` is always items + tax − credit, see [`Invoice::settle_totals`].
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Invoice {
    pub id: u64,
    /// The number on paper; may be empty, then the id stands for it.
    pub number: String,
    pub client: u64,
    pub date: Date,
    pub due: Date,
    pub paid: Option<DateTime>,
    pub last_capture: Option<DateTime>,
    pub refunded: Option<DateTime>,
    pub cancelled: Option<DateTime>,
    pub items: Vec<Item>,
    pub subtotal: Decimal,
    /// Credit that has been applied.
    pub credit: Decimal,
    pub tax: Decimal,
    pub tax2: Decimal,
    pub total: Decimal,
    /// Percent.
    pub taxrate: Decimal,
    /// Percent.
    pub taxrate2: Decimal,
    pub status: InvoiceStatus,
    pub gateway: String,
    pub pay_method: Option<u64>,
    pub notes: String,
    pub created: DateTime,
    pub updated: DateTime,
}

impl Invoice {
    /// Computes subtotal, taxes and total from the lines, the rates and the credit.
    pub fn settle_totals(&mut self) {
        let sum = |taxed_only: bool| -> Decimal {
            self.items.iter().filter(|item| item.taxed || !taxed_only).map(|item| item.amount).sum()
        };
        let taxable = sum(true);
        self.subtotal = sum(false);
        self.tax = percent_of(taxable, self.taxrate);
        self.tax2 = percent_of(taxable, self.taxrate2);
        self.total = self.subtotal + self.tax + self.tax2 - self.credit;
    }

    /// Unpaid, and the day it was due has passed.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.status == InvoiceStatus::Unpaid && self.due < today
    }
}

/// `rate` percent of `amount`, rounded to cents.
pub fn percent_of(amount: Decimal, rate: Decimal) -> Decimal {
    (amount * rate / Decimal::ONE_HUNDRED).round_dp_with_strategy(2, HALF_UP)
}

/// Money that came in or went out.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// Record id.
    pub id: u64,
    /// Client id; 0 when it belongs to none.
    pub client: u64,
    /// Currency id when there is no client, else 0.
    pub currency: u64,
    /// Gateway system name.
    pub gateway: String,
    /// When.
    pub date: DateTime,
    /// What for.
    pub description: String,
    /// Received.
    pub amount_in: Decimal,
    /// The gateway's fee.
    pub fees: Decimal,
    /// Paid out.
    pub amount_out: Decimal,
    /// Rate to the default currency.
    pub rate: Decimal,
    /// The gateway's own id.
    pub transid: String,
    /// Invoice; 0 for none.
    pub invoice: u64,
    /// The transaction this one refunds; 0 for none.
    pub refund: u64,
}

named! {
    /// Stage of a quote.
    QuoteStage {
        Draft = "Draft",
        Delivered = "Delivered",
        OnHold = "On Hold",
        Accepted = "Accepted",
        Lost = "Lost",
        Dead = "Dead",
    }
}

/// A line of a quote.
#[derive(Debug, Clone)]
pub struct QuoteItem {
    /// Line id, counted over all quotes.
    pub id: u64,
    /// What the client reads.
    pub description: String,
    /// How many; up to two decimals.
    pub quantity: Decimal,
    /// Net price of one.
    pub unit_price: Decimal,
    /// Percent off.
    pub discount: Decimal,
    /// Tax is added.
    pub taxable: bool,
}

impl QuoteItem {
    /// Net amount of the line.
    pub fn amount(&self) -> Decimal {
        let full = self.quantity * self.unit_price;
        (full - full * self.discount / Decimal::ONE_HUNDRED).round_dp_with_strategy(2, HALF_UP)
    }
}

/// A sales quote.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct Quote {
    pub id: u64,
    pub subject: String,
    pub stage: QuoteStage,
    pub valid_until: Date,
    /// Client id; 0 for a prospect, who is then described by `address`.
    pub client: u64,
    pub address: Address,
    pub currency: u64,
    pub items: Vec<QuoteItem>,
    /// Percent.
    pub taxrate: Decimal,
    pub proposal: String,
    pub customer_notes: String,
    pub admin_notes: String,
    pub created: Date,
    pub modified: Date,
    pub sent: Option<Date>,
    pub accepted: Option<Date>,
}

impl Quote {
    /// Subtotal and tax.
    pub fn sums(&self) -> (Decimal, Decimal) {
        let sum = |taxed_only: bool| -> Decimal {
            self.items.iter().filter(|item| item.taxable || !taxed_only).map(QuoteItem::amount).sum()
        };
        (sum(false), percent_of(sum(true), self.taxrate))
    }
}

/// Work to be billed.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are what they are called")]
pub struct BillableItem {
    pub id: u64,
    pub client: u64,
    pub description: String,
    pub quantity: Decimal,
    /// `hours` or `quantity`.
    pub unit: String,
    pub amount: Decimal,
    /// `noinvoice`, `nextcron`, `nextinvoice`, `duedate` or `recur`.
    pub action: String,
    pub recur: u32,
    /// `Days`, `Weeks`, `Months`, `Years`; empty when it does not recur.
    pub recur_cycle: String,
    /// Invoices still to come when it recurs.
    pub recur_for: u32,
    pub due: Option<Date>,
    pub invoiced: u32,
}

/// A currency prices are kept in.
#[derive(Debug, Clone)]
pub struct Currency {
    /// Currency id.
    pub id: u64,
    /// ISO 4217.
    pub code: String,
    /// Before the figure.
    pub prefix: String,
    /// Behind the figure.
    pub suffix: String,
    /// 1 to 4: how thousands and decimals are parted.
    pub format: u8,
    /// Units for one of the default currency.
    pub rate: Decimal,
}

/// A payment gateway.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// System name.
    pub module: String,
    /// What clients read.
    pub name: String,
    /// Charges stored cards.
    pub card: bool,
    /// Switched on.
    pub active: bool,
    /// Settings.
    pub settings: Vec<(String, String)>,
}

rows!(Invoice, Transaction, Quote, BillableItem, Currency);

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn invoice(items: Vec<Item>, taxrate: Decimal, taxrate2: Decimal, credit: Decimal) -> Invoice {
        let at = date(2026, 3, 1).at(0, 0, 0, 0);
        Invoice {
            id: 1,
            number: String::new(),
            client: 1,
            date: at.date(),
            due: at.date(),
            paid: None,
            last_capture: None,
            refunded: None,
            cancelled: None,
            items,
            subtotal: Decimal::ZERO,
            credit,
            tax: Decimal::ZERO,
            tax2: Decimal::ZERO,
            total: Decimal::ZERO,
            taxrate,
            taxrate2,
            status: InvoiceStatus::Unpaid,
            gateway: String::new(),
            pay_method: None,
            notes: String::new(),
            created: at,
            updated: at,
        }
    }

    fn item((cents, taxed): (i64, bool)) -> Item {
        Item { id: 1, kind: "", related: 0, description: String::new(), amount: Decimal::new(cents, 2), taxed }
    }

    proptest! {
        #[test]
        fn a_total_is_items_plus_tax_minus_credit_in_whole_cents(
            lines in prop::collection::vec((-100_000_i64..10_000_000, any::<bool>()), 0..20),
            rates in (0_i64..3_000, 0_i64..1_000),
            credit in 0_i64..100_000,
        ) {
            let items: Vec<Item> = lines.iter().copied().map(item).collect();
            let (rate, rate2) = (Decimal::new(rates.0, 2), Decimal::new(rates.1, 2));
            let mut one = invoice(items, rate, rate2, Decimal::new(credit, 2));
            one.settle_totals();
            let net: i64 = lines.iter().map(|(cents, _)| cents).sum();
            let taxable: i64 = lines.iter().filter(|(_, taxed)| *taxed).map(|(cents, _)| cents).sum();
            prop_assert_eq!(one.subtotal, Decimal::new(net, 2));
            prop_assert_eq!(one.total, one.subtotal + one.tax + one.tax2 - one.credit);
            prop_assert!(one.total.scale() <= 2);
            // A tax is never more than half a cent away from the exact one.
            let exact = Decimal::new(taxable, 2) * rate / Decimal::ONE_HUNDRED;
            prop_assert!((one.tax - exact).abs() <= Decimal::new(5, 3));
        }
    }
}

//! Noting a payment of an invoice. The gateway's transaction id is the proof, and the guard: an id that WHMCS has
//! already, on whatever invoice, is never sent again.

use futures::{FutureExt, future::BoxFuture};
use jiff::civil::Date;
use rackdesk_whmcs::actions::{
    InvoiceStatus,
    billing::{AddInvoicePayment, GetInvoice, GetTransactions, Invoice, Transaction},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Act, Card, Checked, Gathering, Holds, InputProblem, Row, Site, Step, TargetKind, Trouble, may, needs,
    whmcs::{OnWhmcs, Write, ask, comparable, id, read, sealed, unreadable},
};
use crate::{
    act::{engine::Deps, reconcile::Look},
    money::Money,
    plan::{Phrase, Verdict, facts::Facts},
};

/// The kind.
#[derive(Debug)]
pub struct Pay;

/// What a person gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The gateway's own id of the payment.
    pub transid: String,
    /// Gateway, by its system name.
    pub gateway: String,
    /// How much, in the invoice's currency.
    pub amount: Decimal,
    /// Day it was received, in WHMCS's own zone.
    pub date: Date,
    /// What the gateway kept; less than nothing when it paid.
    #[serde(default)]
    pub fees: Option<Decimal>,
    /// No mail to the client.
    #[serde(default)]
    pub noemail: Option<bool>,
}

static CARD: Card = Card {
    money: true,
    fields: &[
        needs("transid", Holds::Text { most: 255 }),
        needs("gateway", Holds::Text { most: 64 }),
        needs("amount", Holds::Amount),
        needs("date", Holds::Day),
        may("fees", Holds::Amount),
        may("noemail", Holds::Flag),
    ],
    depends: &["currency"],
    ..Card::of("invoice.pay", TargetKind::Invoice)
};

/// Statuses of an invoice that can be paid.
const PAYABLE: [&str; 3] = ["Unpaid", "Payment Pending", "Collections"];

/// An invoice as its plan shows it, and where the transaction id is known already.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    /// Empty when there is no such invoice.
    status: String,
    balance: Decimal,
    gateway: String,
    /// Invoices that have a transaction of this id.
    used: Vec<u64>,
}

fn transaction(input: &Input) -> GetTransactions {
    GetTransactions { transid: Some(input.transid.clone()), ..GetTransactions::default() }
}

/// Whether it is the transaction in question, whatever the filter did.
fn is(row: &Transaction, transid: &str) -> bool {
    comparable(&row.transid) == comparable(transid)
}

fn seen(invoice: &Invoice, rows: &[Transaction], transid: &str) -> Seen {
    let listed = rows.iter().filter(|row| is(row, transid)).map(|row| row.invoiceid.unwrap_or_default());
    let own = invoice.transactions.iter().filter(|row| is(row, transid)).filter_map(|_| invoice.invoiceid);
    let mut used: Vec<u64> = listed.chain(own).collect();
    used.sort_unstable();
    used.dedup();
    Seen {
        status: invoice.status.to_string(),
        balance: invoice.balance.or(invoice.total).unwrap_or_default(),
        gateway: invoice.paymentmethod.clone(),
        used,
    }
}

/// Why a transaction id may not be sent for an invoice: it was.
fn used(seen: &Seen, invoice: u64) -> Option<Phrase> {
    let other = seen.used.iter().find(|used| **used != invoice);
    if seen.used.contains(&invoice) {
        return Some(Phrase::new("guard.paid_with", []));
    }
    other.map(|other| Phrase::new("guard.transid_used", [("invoice", other.to_string())]))
}

impl Act for Pay {
    type Input = Input;

    fn card(&self) -> &Card {
        &CARD
    }

    fn refuse(&self, input: &Input) -> Option<InputProblem> {
        (input.amount <= Decimal::ZERO).then(|| InputProblem::new("amount", "must be more than nothing"))
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, input: &'a Input) -> Gathering<'a> {
        async move {
            let invoiceid = u64::try_from(target).unwrap_or_default();
            let Some(invoice) = ask(deps, &GetInvoice { invoiceid }).await? else {
                return Ok(sealed(&Seen::default()));
            };
            let rows = ask(deps, &transaction(input)).await?.map(|list| list.transactions).unwrap_or_default();
            Ok(sealed(&seen(&invoice, &rows, &input.transid)))
        }
        .boxed()
    }

    fn change(&self, facts: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let seen = gathered.and_then(|found| Seen::deserialize(found).ok()).unwrap_or_default();
        let left = seen.balance - input.amount;
        let after = if left <= Decimal::ZERO { InvoiceStatus::Paid.as_str() } else { seen.status.as_str() };
        let currency = facts.detail("currency").unwrap_or_default();
        let money = |amount: Decimal| [("amount", amount.to_string()), ("currency", currency.to_owned())];
        let shown = |amount: Decimal| format!("{amount} {currency}").trim_end().to_owned();
        let mut row = Row::of(&CARD)
            .fact("status", Some(&seen.status), Some(after))
            .fact("balance", Some(&shown(seen.balance)), Some(&shown(left.max(Decimal::ZERO))))
            .fact("transid", None, Some(&input.transid))
            .fact("gateway", Some(&seen.gateway), Some(&input.gateway));
        row.money_now = Some(Money::new(input.amount, currency));
        let amount = match left {
            left if left < Decimal::ZERO => Some(Phrase::new("guard.overpaid", money(-left))),
            left if left > Decimal::ZERO => Some(Phrase::new("guard.underpaid", money(left))),
            _ => None,
        };
        let other = (seen.gateway != input.gateway).then(|| {
            let words = [("gateway", seen.gateway.clone())];
            Verdict::warn("gateway", Phrase::new("guard.other_gateway", words))
        });
        let invoice = u64::try_from(facts.id).unwrap_or_default();
        let block = match seen.status.as_str() {
            "" => Some(Phrase::new("guard.no_invoice", [])),
            status if !PAYABLE.contains(&status) => {
                Some(Phrase::new("rule.invoice_status", [("status", status.to_owned())]))
            }
            _ => used(&seen, invoice),
        };
        row.verdict(amount.map(|reason| Verdict::warn("amount", reason)))
            .verdict(other)
            .verdict(block.map(|reason| Verdict::block("payment", reason)))
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnWhmcs(Send)]
    }

    fn wish(&self, input: &Input) -> Option<String> {
        Some(comparable(&input.transid))
    }
}

struct Send;

/// The invoice, and what is known of the transaction id. Both lists are asked: either alone may be filtered.
async fn now(site: &Site<'_>, input: &Input) -> Result<Seen, Trouble> {
    let invoice = read(site, &GetInvoice { invoiceid: id(site)? }).await?;
    let rows = read(site, &transaction(input)).await?.transactions;
    Ok(seen(&invoice, &rows, &input.transid))
}

impl Write for Send {
    type Action = AddInvoicePayment;

    fn action(&self, site: &Site<'_>) -> Result<AddInvoicePayment, Phrase> {
        let input: Input = site.input()?;
        let date = input.date.at(0, 0, 0, 0);
        let mut action = AddInvoicePayment::new(id(site)?, input.transid, input.gateway, date);
        (action.amount, action.fees, action.noemail) = (Some(input.amount), input.fees, input.noemail);
        Ok(action)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let input: Input = site.input()?;
            let found = now(&site, &input).await?;
            if found.used.contains(&id(&site)?) {
                return Ok(Checked::Already(Phrase::new("action.paid_already", [])));
            }
            if let Some(used) = used(&found, id(&site)?) {
                return Ok(Checked::Refused(used));
            }
            if !PAYABLE.contains(&found.status.as_str()) {
                return Ok(Checked::Refused(Phrase::new("rule.invoice_status", [("status", found.status)])));
            }
            // What was approved was approved for that balance.
            let planned = site.gathered::<Seen>().map_or(found.balance, |planned| planned.balance);
            Ok(if planned == found.balance {
                Checked::Go
            } else {
                let words = [("before", planned.to_string()), ("after", found.balance.to_string())];
                Checked::Refused(Phrase::new("rule.balance_moved", words))
            })
        }
        .boxed()
    }

    fn look<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Look> {
        async move {
            let (input, invoice) = match (site.input::<Input>(), id(&site)) {
                (Ok(input), Ok(invoice)) => (input, invoice),
                (Err(why), _) | (_, Err(why)) => return Look::Unreadable { why },
            };
            let found = match now(&site, &input).await {
                Ok(found) => found,
                Err(trouble) => return unreadable(trouble),
            };
            match found.used.first() {
                _ if found.used.contains(&invoice) => Look::Seen {
                    at: None,
                    by: String::new(),
                    ids: json!({ "transid": input.transid, "status": found.status }),
                },
                Some(other) => Look::Elsewhere { resource: format!("invoice {other}") },
                None => Look::Absent,
            }
        }
        .boxed()
    }
}

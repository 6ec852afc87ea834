//! Accepting a pending order. Orders are not mirrored: what a plan shows is read when it is made. The proof is the
//! order's own status.

use futures::{FutureExt, future::BoxFuture};
use rackdesk_whmcs::actions::{
    OrderStatus,
    orders::{AcceptOrder, GetOrders, OrderRow},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Act, Card, Checked, Gathering, Holds, Row, Site, Step, TargetKind, Trouble, may, needs,
    whmcs::{OnWhmcs, Write, ask, id, module_said, read, sealed, unreadable},
};
use crate::{
    act::{engine::Deps, reconcile::Look},
    plan::{Phrase, Verdict, facts::Facts},
};

/// The kind.
#[derive(Debug)]
pub struct Accept;

/// What a person gives. What WHMCS would otherwise take from the product's settings is said here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Have the modules of the services create them.
    pub autosetup: bool,
    /// Mail the client.
    pub sendemail: bool,
    /// Call the registrar for the domains.
    #[serde(default)]
    pub sendregistrar: Option<bool>,
    /// Registrar module for the domains.
    #[serde(default)]
    pub registrar: Option<String>,
    /// Server of WHMCS for the services.
    #[serde(default)]
    pub serverid: Option<u64>,
    /// User name for the services.
    #[serde(default)]
    pub serviceusername: Option<String>,
}

static CARD: Card = Card {
    money: true,
    fields: &[
        needs("autosetup", Holds::Flag),
        needs("sendemail", Holds::Flag),
        may("sendregistrar", Holds::Flag),
        may("registrar", Holds::Text { most: 64 }),
        may("serverid", Holds::Number),
        may("serviceusername", Holds::Text { most: 64 }),
    ],
    ..Card::of("order.accept", TargetKind::Order)
};

/// An order as its plan shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    /// Empty when there is no such order.
    status: String,
    client: String,
    amount: String,
    /// 0 for none.
    invoice: u64,
    /// Status of its invoice, in WHMCS's words.
    payment: String,
    lines: Vec<Line>,
}

/// A line of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    /// `product`, `addon`, `domain`, …
    kind: String,
    says: String,
    status: String,
}

impl From<OrderRow> for Seen {
    fn from(row: OrderRow) -> Self {
        let amount = row.amount.map(|amount| format!("{}{amount}{}", row.currencyprefix, row.currencysuffix));
        let lines = row.lineitems.into_iter().map(|line| {
            let parts = [line.product, line.domain, line.billingcycle, line.amount];
            let says = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
            Line { kind: line.kind, says, status: line.status }
        });
        Self {
            status: row.status.to_string(),
            client: row.name,
            amount: amount.unwrap_or_default(),
            invoice: row.invoiceid.unwrap_or_default(),
            payment: row.paymentstatus,
            lines: lines.collect(),
        }
    }
}

fn one(order: u64) -> GetOrders {
    GetOrders { id: Some(order), ..GetOrders::default() }
}

impl Act for Accept {
    type Input = Input;

    fn card(&self) -> &Card {
        &CARD
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, _: &'a Input) -> Gathering<'a> {
        async move {
            let order = u64::try_from(target).unwrap_or_default();
            let found = ask(deps, &one(order)).await?.map(|list| list.orders).unwrap_or_default();
            let row = found.into_iter().find(|row| row.id == Some(order));
            Ok(sealed(&row.map(Seen::from).unwrap_or_default()))
        }
        .boxed()
    }

    fn change(&self, _: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let seen = gathered.and_then(|found| Seen::deserialize(found).ok()).unwrap_or_default();
        let mut row = Row::of(&CARD).fact("status", Some(&seen.status), Some(OrderStatus::Active.as_str()));
        for (field, value) in [("client", &seen.client), ("amount", &seen.amount), ("payment", &seen.payment)] {
            if !value.is_empty() {
                row = row.fact(field, None, Some(value));
            }
        }
        for (at, line) in (1..).zip(&seen.lines) {
            row = row.fact(&format!("line {at}"), Some(&line.status), Some(&line.says));
        }
        let services = seen.lines.iter().filter(|line| line.kind == "product").count();
        let sets_up = (input.autosetup && services > 0)
            .then(|| Verdict::warn("order", Phrase::new("guard.sets_up", [("count", services.to_string())])));
        let paid = seen.invoice == 0 || ["Paid", "Complete"].contains(&seen.payment.as_str());
        let unpaid = (!paid).then(|| {
            let words = [("invoice", seen.invoice.to_string()), ("status", seen.payment.clone())];
            Verdict::warn("unpaid", Phrase::new("guard.order_unpaid", words))
        });
        let block = match seen.status.as_str() {
            "" => Some(Phrase::new("guard.no_order", [])),
            "Pending" => None,
            status => Some(Phrase::new("rule.order_status", [("status", status.to_owned())])),
        };
        row.verdict(sets_up).verdict(unpaid).verdict(block.map(|reason| Verdict::block("state", reason)))
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnWhmcs(Send)]
    }
}

struct Send;

async fn now(site: &Site<'_>) -> Result<OrderRow, Trouble> {
    let order = id(site)?;
    let found = read(site, &one(order)).await?;
    let row = found.orders.into_iter().find(|row| row.id == Some(order));
    row.ok_or_else(|| Trouble::hopeless(Phrase::new("fault.not_found", [("what", format!("order {order}"))])))
}

impl Write for Send {
    type Action = AcceptOrder;

    fn action(&self, site: &Site<'_>) -> Result<AcceptOrder, Phrase> {
        let input: Input = site.input()?;
        Ok(AcceptOrder {
            autosetup: Some(input.autosetup),
            sendemail: Some(input.sendemail),
            sendregistrar: input.sendregistrar,
            registrar: input.registrar,
            serverid: input.serverid,
            serviceusername: input.serviceusername,
            ..AcceptOrder::new(id(site)?)
        })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let status = now(&site).await?.status;
            Ok(match status {
                OrderStatus::Pending => module_said(&site).await?.map_or(Checked::Go, Checked::Refused),
                OrderStatus::Active => {
                    Checked::Already(Phrase::new("action.already", [("status", status.to_string())]))
                }
                other => Checked::Refused(Phrase::new("rule.order_status", [("status", other.to_string())])),
            })
        }
        .boxed()
    }

    fn look<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Look> {
        async move {
            let status = match now(&site).await {
                Ok(row) => row.status,
                Err(trouble) => return unreadable(trouble),
            };
            match status {
                OrderStatus::Active => {
                    Look::Seen { at: None, by: String::new(), ids: json!({ "status": status.as_str() }) }
                }
                OrderStatus::Pending => Look::Absent,
                // Somebody did something else to it: whether ours came first, nobody can tell from here.
                other => Look::Elsewhere { resource: other.to_string() },
            }
        }
        .boxed()
    }
}

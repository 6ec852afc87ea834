//! Changing what WHMCS says of a service; no module is called and no machine touched. The proof is the record itself:
//! each field reads as it was wanted.
//!
//! The status is not among the fields: it is set by `service.suspend`, `service.unsuspend` and `service.terminate`,
//! after what it says has become true at the provider. Neither is the password: it would be part of the plan.

use std::collections::BTreeMap;

use futures::{FutureExt, future::BoxFuture};
use jiff::civil::Date;
use rackdesk_whmcs::actions::{
    client::ClientService,
    service::{OnOff, ServiceText, UpdateClientProduct},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Act, Card, Checked, Field, Gathering, Holds, InputProblem, Row, Site, Step, TargetKind, Trouble, may, service,
    whmcs::{OnWhmcs, Write, comparable, id, sealed, unreadable},
};
use crate::{
    act::{engine::Deps, reconcile::Look},
    money::Money,
    plan::{Phrase, Verdict, facts::Facts},
};

/// The kind.
#[derive(Debug)]
pub struct Update;

/// Billing cycles, as WHMCS spells them, and how many months each has; 0 for those that do not recur.
const CYCLES: &[(&str, u32)] = &[
    ("Free Account", 0),
    ("One Time", 0),
    ("Monthly", 1),
    ("Quarterly", 3),
    ("Semi-Annually", 6),
    ("Annually", 12),
    ("Biennially", 24),
    ("Triennially", 36),
];

/// What a person gives, by WHMCS's own names; at least one. `clear` names texts to empty, with commas between them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)] // WHMCS's names, explained at the action's own struct
pub struct Input {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverid: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promoid: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serviceusername: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dedicatedip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignedips: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ns1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ns2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriptionid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paymentmethod: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billingcycle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firstpaymentamount: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurringamount: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nextduedate: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overideautosuspend: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overidesuspenduntil: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear: Option<String>,
}

const LINE: Holds = Holds::Text { most: 255 };

const FIELDS: &[Field] = &[
    may("pid", Holds::Number),
    may("serverid", Holds::Number),
    may("promoid", Holds::Number),
    may("domain", LINE),
    may("serviceusername", LINE),
    may("dedicatedip", LINE),
    may("assignedips", Holds::LongText { most: 4_000 }),
    may("ns1", LINE),
    may("ns2", LINE),
    may("subscriptionid", LINE),
    may("paymentmethod", LINE),
    may(
        "billingcycle",
        Holds::Choice(&[
            "Free Account",
            "One Time",
            "Monthly",
            "Quarterly",
            "Semi-Annually",
            "Annually",
            "Biennially",
            "Triennially",
        ]),
    ),
    may("firstpaymentamount", Holds::Amount),
    may("recurringamount", Holds::Amount),
    may("nextduedate", Holds::Day),
    may("overideautosuspend", Holds::Flag),
    may("overidesuspenduntil", Holds::Day),
    may("notes", Holds::LongText { most: 20_000 }),
    may("clear", LINE),
];

static CARD: Card =
    Card { money: true, fields: FIELDS, depends: &["currency"], ..Card::of("service.update", TargetKind::Service) };

/// Texts that can be emptied and read back.
const CLEARS: [&str; 8] =
    ["domain", "serviceusername", "subscriptionid", "ns1", "ns2", "dedicatedip", "assignedips", "notes"];

impl Input {
    /// The texts to empty.
    fn cleared(&self) -> impl Iterator<Item = &str> {
        self.clear.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty())
    }

    /// What is wanted, by field, as text.
    fn wanted(&self) -> BTreeMap<String, String> {
        let members = match json!(self) {
            Value::Object(members) => members,
            _ => serde_json::Map::new(),
        };
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let given = members.into_iter().filter(|(name, _)| name != "clear").map(|(name, value)| (name, text(value)));
        given.chain(self.cleared().map(|name| (name.to_owned(), String::new()))).collect()
    }
}

/// What WHMCS says in a field, as text.
fn current(found: &ClientService, name: &str) -> String {
    let number = |value: Option<u64>| value.unwrap_or_default().to_string();
    let amount = |value: Option<Decimal>| value.unwrap_or_default().to_string();
    let day = |value: Option<Date>| value.map(|day| day.to_string()).unwrap_or_default();
    match name {
        "pid" => number(found.pid),
        "serverid" => number(found.serverid),
        "promoid" => number(found.promoid),
        "domain" => found.domain.clone(),
        "serviceusername" => found.username.clone(),
        "dedicatedip" => found.dedicatedip.clone(),
        "assignedips" => found.assignedips.clone(),
        "ns1" => found.ns1.clone(),
        "ns2" => found.ns2.clone(),
        "subscriptionid" => found.subscriptionid.clone(),
        "paymentmethod" => found.paymentmethod.clone(),
        "billingcycle" => found.billingcycle.clone(),
        "firstpaymentamount" => amount(found.firstpaymentamount),
        "recurringamount" => amount(found.recurringamount),
        "nextduedate" => day(found.nextduedate.date),
        "overideautosuspend" => found.overideautosuspend.unwrap_or_default().to_string(),
        "overidesuspenduntil" => day(found.overidesuspenduntil.date),
        "notes" => found.notes.clone(),
        _ => String::new(),
    }
}

/// Whether two texts mean the same.
fn same(a: &str, b: &str) -> bool {
    match (a.parse::<Decimal>(), b.parse::<Decimal>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => comparable(a).eq_ignore_ascii_case(&comparable(b)),
    }
}

/// What a service pays in a month, to the cent.
fn monthly(amount: &str, cycle: &str) -> Option<Decimal> {
    let months = CYCLES.iter().find(|(name, _)| name.eq_ignore_ascii_case(cycle)).map(|(_, months)| *months)?;
    let amount: Decimal = amount.parse().ok()?;
    Some(if months == 0 { Decimal::ZERO } else { (amount / Decimal::from(months)).round_dp(2) })
}

/// A service as its plan shows it: the fields in question, and what it costs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    /// Empty when there is no such service.
    status: String,
    amount: String,
    cycle: String,
    fields: BTreeMap<String, String>,
}

impl Act for Update {
    type Input = Input;

    fn card(&self) -> &Card {
        &CARD
    }

    fn refuse(&self, input: &Input) -> Option<InputProblem> {
        if input.cleared().any(|name| !CLEARS.contains(&name)) {
            let problem = format!("names something else than {}", CLEARS.join(", "));
            return Some(InputProblem::new("clear", &problem));
        }
        let given = json!(input);
        if let Some(twice) = input.cleared().find(|name| given.get(name).is_some()) {
            return Some(InputProblem::new(twice, "is given and cleared at once"));
        }
        let negative = |amount: Option<Decimal>| amount.is_some_and(|amount| amount < Decimal::ZERO);
        for (name, amount) in
            [("firstpaymentamount", input.firstpaymentamount), ("recurringamount", input.recurringamount)]
        {
            if negative(amount) {
                return Some(InputProblem::new(name, "is less than nothing"));
            }
        }
        input.wanted().is_empty().then(|| InputProblem::new("", "names nothing to change"))
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, input: &'a Input) -> Gathering<'a> {
        async move {
            let Some(found) = service::row(deps, target).await? else { return Ok(sealed(&Seen::default())) };
            let field = |name: String| (name.clone(), current(&found, &name));
            Ok(sealed(&Seen {
                status: found.status.to_string(),
                amount: current(&found, "recurringamount"),
                cycle: found.billingcycle.clone(),
                fields: input.wanted().into_keys().map(field).collect(),
            }))
        }
        .boxed()
    }

    fn change(&self, facts: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let seen = gathered.and_then(|found| Seen::deserialize(found).ok()).unwrap_or_default();
        let wanted = input.wanted();
        let mut row = Row::of(&CARD);
        for (name, after) in &wanted {
            let before = seen.fields.get(name).map_or("", String::as_str);
            if !same(before, after) {
                row = row.fact(name, Some(before), Some(after));
            }
        }
        // The change of what comes in each month, so that a plan's sum is the change of all.
        let or = |name: &str, now: &str| wanted.get(name).cloned().unwrap_or_else(|| now.to_owned());
        let before = monthly(&seen.amount, &seen.cycle);
        let after = monthly(&or("recurringamount", &seen.amount), &or("billingcycle", &seen.cycle));
        let change = before.zip(after).map(|(before, after)| after - before).filter(|change| !change.is_zero());
        let currency = facts.detail("currency").unwrap_or_default();
        row.money_month = change.map(|change| Money::new(change, currency));
        let block = if seen.status.is_empty() {
            Some(Phrase::new("guard.no_service", []))
        } else {
            row.facts.is_empty().then(|| Phrase::new("guard.nothing_to_change", []))
        };
        let product =
            wanted.contains_key("pid").then(|| Verdict::warn("product", Phrase::new("guard.module_not_called", [])));
        row.verdict(product).verdict(block.map(|reason| Verdict::block("service", reason)))
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnWhmcs(Send)]
    }
}

struct Send;

impl Write for Send {
    type Action = UpdateClientProduct;

    fn action(&self, site: &Site<'_>) -> Result<UpdateClientProduct, Phrase> {
        let input: Input = site.input()?;
        let unset: Vec<ServiceText> = input.cleared().map(ServiceText::from).collect();
        Ok(UpdateClientProduct {
            pid: input.pid,
            serverid: input.serverid,
            promoid: input.promoid,
            domain: input.domain,
            serviceusername: input.serviceusername,
            dedicatedip: input.dedicatedip,
            assignedips: input.assignedips,
            ns1: input.ns1,
            ns2: input.ns2,
            subscriptionid: input.subscriptionid,
            paymentmethod: input.paymentmethod,
            billingcycle: input.billingcycle,
            firstpaymentamount: input.firstpaymentamount,
            recurringamount: input.recurringamount,
            nextduedate: input.nextduedate,
            overideautosuspend: input.overideautosuspend.map(|on| if on { OnOff::On } else { OnOff::Off }),
            overidesuspenduntil: input.overidesuspenduntil,
            notes: input.notes,
            unset: (!unset.is_empty()).then_some(unset),
            ..UpdateClientProduct::new(id(site)?)
        })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let wanted = site.input::<Input>()?.wanted();
            let found = service::now(&site).await?;
            if wanted.iter().all(|(name, after)| same(&current(&found, name), after)) {
                return Ok(Checked::Already(Phrase::new("action.service_so_already", [])));
            }
            // What was approved replaces what was shown, and nothing else.
            let planned = site.gathered::<Seen>().unwrap_or_default().fields;
            let moved = planned.iter().find(|(name, before)| {
                let now = current(&found, name);
                !same(&now, before) && !wanted.get(*name).is_some_and(|after| same(&now, after))
            });
            Ok(moved.map_or(Checked::Go, |(name, _)| {
                Checked::Refused(Phrase::new("rule.field_moved", [("field", name.clone())]))
            }))
        }
        .boxed()
    }

    fn look<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Look> {
        async move {
            let Ok(input) = site.input::<Input>() else { return Look::Incomplete };
            let found = match service::now(&site).await {
                Ok(found) => found,
                Err(trouble) => return unreadable(trouble),
            };
            let wanted = input.wanted();
            if wanted.iter().all(|(name, after)| same(&current(&found, name), after)) {
                let fields: Vec<&String> = wanted.keys().collect();
                return Look::Seen { at: None, by: String::new(), ids: json!({ "fields": fields }) };
            }
            Look::Absent
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_when_they_mean_the_same() {
        for (a, b) in [("12", "12.00"), ("a &amp; b", "a & b"), ("one\r\ntwo", "one\ntwo "), ("true", "True")] {
            assert!(same(a, b), "{a} is {b}");
        }
        for (a, b) in [("12", "12.01"), ("", "x"), ("0", "")] {
            assert!(!same(a, b), "{a} is not {b}");
        }
    }

    #[test]
    fn a_month_of_a_longer_cycle_is_its_part_to_the_cent() {
        let of = |amount: &str, cycle: &str| monthly(amount, cycle).map(|amount| amount.to_string());
        assert_eq!(of("100.00", "Quarterly").as_deref(), Some("33.33"));
        assert_eq!(of("12.50", "monthly").as_deref(), Some("12.50"));
        assert_eq!(of("99", "One Time").as_deref(), Some("0"));
        assert_eq!(of("x", "Monthly"), None);
        assert_eq!(of("1", "Every Tuesday"), None);
    }
}

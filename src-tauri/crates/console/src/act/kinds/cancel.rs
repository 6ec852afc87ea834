//! Ending a server's contract. It lives until then; the API cannot take this back (quirk 7).

use futures::{FutureExt, future::BoxFuture};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rackdesk_contabo::api::instances::{CancelInstance, CancelledInstance, Instance};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Accepted, Act, Card, Checked, Holds, Row, Site, Step, TargetKind, Trouble, Watched,
    contabo::{OnContabo, Write, answered, instance, protected, same_instance, shown},
    may,
};
use crate::{
    money::Money,
    plan::{Phrase, Verdict, facts::Facts},
    prices::{PriceList, Quote},
};

/// The kind.
#[derive(Debug)]
pub struct Cancel;

/// What a person gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Last day; the provider's earliest when left out.
    #[serde(default)]
    pub cancel_date: Option<Date>,
}

static CARD: Card = Card {
    money: true,
    typed: true,
    fields: &[may("cancel_date", Holds::Day)],
    depends: &["product_id", "region"],
    ..Card::of("server.cancel", TargetKind::Instance)
};

impl Act for Cancel {
    type Input = Input;

    fn card(&self) -> &Card {
        &CARD
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        let day = facts.cancel_date.clone()?;
        Some(Phrase::new("rule.cancelled", [("date", day)]))
    }

    fn change(&self, facts: &Facts, input: &Input, _: Option<&Value>) -> Row {
        let day = input.cancel_date.map_or_else(|| "earliest".to_owned(), |day| day.to_string());
        let mut row = Row::of(&CARD).fact("cancel_date", None, Some(&day));
        if let Some(saved) = saved(facts) {
            row.money_month = Some(Money::new(-saved.monthly.amount, saved.monthly.currency));
            let words = [("date", saved.as_of.to_string())];
            row = row.verdict(Some(Verdict::warn("price", Phrase::new("guard.saved", words))));
        }
        let billed = facts.service_id.map(|id| {
            let words = [
                ("service", id.to_string()),
                ("price", facts.detail("price").unwrap_or_default().to_owned()),
                ("currency", facts.detail("price_currency").unwrap_or_default().to_owned()),
            ];
            Verdict::warn("billed", Phrase::new("guard.still_billed", words))
        });
        row.verdict(billed)
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(Send)]
    }
}

/// What it costs each month, by the price list: on what terms it was ordered, Contabo does not say.
fn saved(facts: &Facts) -> Option<Quote> {
    PriceList::shipped().quote(facts.detail("product_id")?, facts.detail("region")?, 1, &[])
}

/// The day a server ends, as the provider shows it.
fn end(found: &Instance) -> Option<String> {
    Some(found.cancel_date.as_ref()?.date()?.to_string())
}

struct Send;

impl Write for Send {
    type Operation = CancelInstance;

    fn operation(&self, site: &Site<'_>) -> Result<CancelInstance, Phrase> {
        let input: Input = site.input()?;
        let moment = |day: Date| -> Option<Timestamp> { Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp()) };
        Ok(CancelInstance { instance_id: site.action.target.id, cancel_date: input.cancel_date.and_then(moment) })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let found = instance(&site).await?;
            if let Some(day) = end(&found) {
                return Ok(Checked::Already(Phrase::new("rule.cancelled", [("date", day)])));
            }
            Ok(protected(&site, &found).await?.unwrap_or(Checked::Go))
        }
        .boxed()
    }

    fn accepted(&self, site: &Site<'_>, answer: CancelledInstance) -> Result<Accepted, Trouble> {
        same_instance(site, answer.instance_id)?;
        Ok(answered("cancel").into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let found = instance(&site).await?;
            Ok(match end(&found) {
                Some(day) => {
                    let says = Phrase::new("action.cancelled", [("date", day.clone())]);
                    let result = json!({ "proof": "state", "cancel_date": day });
                    Watched::Done { result, evidence: shown(says.clone()), says }
                }
                None => Watched::NotYet { waits: Phrase::new("waits.cancel_date", []), notes: Value::Null },
            })
        }
        .boxed()
    }
}

//! Buying a server for a WHMCS service: paid for, ordered once, tagged, waited for, written back to WHMCS, logged.
//!
//! | step | what it does | what proves it |
//! |---|---|---|
//! | `create` | orders the server, when the service has none and its invoice is paid | the audits, by request id; then the list of servers, by the name |
//! | `tag_1` … `tag_4` | puts the tags on, those that were asked for | the assignment |
//! | `ready` | sends nothing: waits until it runs and has an IPv4 | the server itself |
//! | `write_back` | ids, address and status into the service; Active only now | each field reads as it was wanted |
//! | `log` | one line in WHMCS's activity log | the line, by its mark |
//!
//! What is ordered is **sealed** when the plan is approved: the input together with everything that was read for it
//! (service, invoice, names of image, tags and secrets, prices and the version of their list) is kept with the action
//! and hashed ([`sealed`]). A catalogue that changes later changes nothing of what is sent; a seal that does not fit any
//! more is refused.
//!
//! **Never a second server, and never another's.** The name is free when the plan is approved, and no other order under
//! way has it. Before each send and in each look for a lost one the servers are asked for it. A server that bears it
//! then is this order's only when it was sent, and nobody else can be meant ([`whose`]); any other one stops the order.
//! What was bought is never cancelled by itself. A step that fails afterwards says what was bought and what is missing
//! ([`after`]); trying the action again goes on at that step.

mod after;
mod order;
mod sealed;
mod whose;

use futures::FutureExt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::sealed::Known;
use super::{Act, Card, Gathering, Holds, InputProblem, Row, Step, TargetKind, contabo::OnContabo, login, may, needs};
use crate::{
    act::engine::Deps,
    plan::{Phrase, Verdict, facts::Facts},
    prices::PriceList,
};

/// The kind.
#[derive(Debug)]
pub struct Create;

/// Most tags that one order puts on.
const MOST_TAGS: usize = 4;

/// What a person gives. Nothing of it has a default at Contabo's side: what is not said is not bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Contabo's product id, e.g. `V94`.
    pub product_id: String,
    /// Region, by its slug.
    pub region: String,
    /// Image, a UUID.
    pub image_id: String,
    /// Months of the first contract period.
    pub period: String,
    /// Name at Contabo; no other server may have it.
    pub display_name: String,
    /// User to create.
    pub default_user: String,
    /// Id of the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_password: Option<i64>,
    /// Ids of the keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ssh_keys: Vec<i64>,
    /// Ids of the tags it gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<i64>,
    /// Buys the private networking add-on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_networking: Option<bool>,
    /// Buys a second IPv4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_ipv4: Option<bool>,
    /// Buys the backup add-on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<bool>,
    /// 1-click application, a UUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// Cloud-init, plain text. It is kept with the action: no secret belongs into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_data: Option<String>,
}

static CARD: Card = Card {
    money: true,
    fields: &[
        needs("product_id", Holds::Product),
        needs("region", Holds::Region),
        needs("image_id", Holds::Image),
        needs("period", Holds::Choice(&["1", "3", "6", "12"])),
        needs("display_name", Holds::ServerName),
        needs("default_user", Holds::Choice(&["root", "admin", "administrator"])),
        login::PASSWORD,
        login::KEYS,
        may("tags", Holds::Tags),
        may("private_networking", Holds::Flag),
        may("extra_ipv4", Holds::Flag),
        may("backup", Holds::Flag),
        may("application_id", Holds::Text { most: 64 }),
        may("user_data", Holds::LongText { most: 32_768 }),
    ],
    depends: &["instance_id"],
    ..Card::of("server.create", TargetKind::Service)
};

impl Input {
    /// Months of the first contract period; 0 when it is no number.
    fn months(&self) -> i64 {
        self.period.parse().unwrap_or_default()
    }

    /// The add-ons to buy, by their names in the input and in the price list.
    fn add_ons(&self) -> Vec<&'static str> {
        let all =
            [("private_networking", self.private_networking), ("extra_ipv4", self.extra_ipv4), ("backup", self.backup)];
        all.into_iter().filter(|(_, wanted)| *wanted == Some(true)).map(|(name, _)| name).collect()
    }
}

/// What looks like a secret in a text that is kept.
fn holds_secret(text: &str) -> bool {
    text.contains("PRIVATE KEY-----")
}

impl Act for Create {
    type Input = Input;

    fn card(&self) -> &Card {
        &CARD
    }

    fn refuse(&self, input: &Input) -> Option<InputProblem> {
        let twice = |ids: &[i64]| (1..ids.len()).any(|at| ids[..at].contains(&ids[at]));
        if input.root_password.is_none() && input.ssh_keys.is_empty() {
            return Some(InputProblem::new("root_password", "is missing, and so are keys: nobody could log in"));
        }
        if input.display_name != input.display_name.trim() {
            return Some(InputProblem::new("display_name", "begins or ends with a blank"));
        }
        if input.tags.len() > MOST_TAGS {
            return Some(InputProblem::new("tags", "are more than four"));
        }
        if twice(&input.tags) {
            return Some(InputProblem::new("tags", "name one tag twice"));
        }
        if twice(&input.ssh_keys) {
            return Some(InputProblem::new("ssh_keys", "name one key twice"));
        }
        let secret = input.user_data.as_deref().is_some_and(holds_secret);
        secret.then(|| InputProblem::new("user_data", "holds a private key; store it at the provider instead"))
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        if let Some(server) = facts.detail("instance_id") {
            return Some(Phrase::new("guard.has_server", [("server", server.to_owned())]));
        }
        status_forbids(&facts.status)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, input: &'a Input) -> Gathering<'a> {
        async move { sealed::gather(deps, target, input).await.map(Some) }.boxed()
    }

    fn change(&self, _: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let known = gathered.and_then(|found| Known::deserialize(found).ok()).unwrap_or_default();
        let mut row = Row::of(&CARD);
        for (field, value) in shown(input, &known) {
            row = row.fact(field, None, Some(&value));
        }
        row = row.fact("status", Some(&known.status), Some("Active"));
        row = login::row(row, input.root_password, &input.ssh_keys, &known.login);
        for id in &input.tags {
            match known.tags.get(id) {
                Some(name) => row = row.fact("tag", None, Some(name)),
                None => row = row.verdict(Some(blocks("tag", "guard.no_tag", [("tag", id.to_string())]))),
            }
        }
        if let Some(quote) = &known.quote {
            row.money_now = Some(quote.first.clone());
            row.money_month = Some(quote.monthly.clone());
        }
        row = about_service(row, &known);
        about_order(row, input, &known)
    }

    fn steps(&self) -> Vec<&dyn Step> {
        let mut steps: Vec<&dyn Step> = vec![&OnContabo(order::Order)];
        steps.extend(after::STEPS.iter().map(|step| step as &dyn Step));
        steps
    }
}

/// The statuses in which a service gets a server.
fn status_forbids(status: &str) -> Option<Phrase> {
    let fits = ["Pending", "Active"].contains(&status);
    (!fits).then(|| Phrase::new("rule.service_status", [("status", status.to_owned())]))
}

fn blocks<const N: usize>(guardrail: &str, code: &str, words: [(&str, String); N]) -> Verdict {
    Verdict::block(guardrail, Phrase::new(code, words))
}

/// What will be, in the order in which a person reads it.
fn shown(input: &Input, known: &Known) -> Vec<(&'static str, String)> {
    let named = |name: Option<&str>, id: &str| match name {
        Some(name) if !name.is_empty() => format!("{name} ({id})"),
        _ => id.to_owned(),
    };
    let product = PriceList::shipped().product(&input.product_id).map(|product| product.name.as_str());
    let mut facts = vec![
        ("display_name", input.display_name.clone()),
        ("product_id", named(product, &input.product_id)),
        ("region", named(known.region.as_deref(), &input.region)),
        ("image_id", named(known.image.as_ref().map(|image| image.name.as_str()), &input.image_id)),
        ("period", input.period.clone()),
        ("default_user", input.default_user.clone()),
    ];
    facts.extend(input.add_ons().into_iter().map(|name| (name, "true".to_owned())));
    facts.extend(input.application_id.iter().map(|id| ("application_id", id.clone())));
    if let Some(text) = &input.user_data {
        facts.push(("user_data", format!("{} · sha256 {}", text.chars().count(), sealed::digest(text))));
    }
    if let Some(quote) = &known.quote {
        facts.push(("price_list", format!("{} · {}", quote.as_of, quote.list)));
    }
    if !known.seal.is_empty() {
        facts.push(("seal", known.seal.clone()));
    }
    facts
}

/// What speaks against it on WHMCS's side.
fn about_service(mut row: Row, known: &Known) -> Row {
    if known.status.is_empty() {
        return row.verdict(Some(blocks("service", "guard.no_service", [])));
    }
    row = row.verdict(status_forbids(&known.status).map(|reason| Verdict::block("state", reason)));
    if let Some(server) = known.server {
        let words = [("server", server.to_string())];
        row = row.verdict(Some(match known.server_gone {
            true => Verdict::warn("server", Phrase::new("guard.server_replaced", words)),
            false => blocks("server", "guard.has_server", words),
        }));
    }
    if let Some(bought) = &known.bought {
        let words = [("action", bought.action.to_string()), ("server", bought.server.to_string())];
        row = row.verdict(Some(blocks("server", "guard.bought_already", words)));
    }
    if let Some(missing) = known.lacks_field() {
        row = row.verdict(Some(blocks("fields", "guard.no_field", [("field", missing.to_owned())])));
    }
    row.verdict(known.unpaid().map(|reason| Verdict::block("unpaid", reason).overridable()))
}

/// What speaks against it on Contabo's side.
fn about_order(mut row: Row, input: &Input, known: &Known) -> Row {
    if known.region.is_none() {
        row = row.verdict(Some(blocks("region", "guard.no_region", [("region", input.region.clone())])));
    }
    match &known.image {
        None => row = row.verdict(Some(blocks("image", "guard.no_image", [("image", input.image_id.clone())]))),
        Some(image) => row = about_image(row, input, image),
    }
    if let Some(other) = known.namesakes.first() {
        row = row.verdict(Some(blocks("name", "guard.name_taken", [("server", other.to_string())])));
    }
    if let Some(action) = known.ordered.first() {
        row = row.verdict(Some(blocks("name", "guard.name_ordered", [("action", action.to_string())])));
    }
    let list = PriceList::shipped();
    let day = ("date", list.as_of.to_string());
    row.verdict(match &known.quote {
        Some(quote) if quote.monthly.amount > Decimal::ZERO => {
            Some(Verdict::warn("price", Phrase::new("guard.list_price", [day])))
        }
        _ if list.product(&input.product_id).is_none() => {
            Some(blocks("product", "guard.no_product", [("product", input.product_id.clone()), day]))
        }
        _ => Some(blocks("price", "guard.no_price", [("product", input.product_id.clone()), day])),
    })
}

fn about_image(mut row: Row, input: &Input, image: &sealed::Image) -> Row {
    if !image.ready() {
        let words = [("image", image.name.clone()), ("status", image.status.clone())];
        row = row.verdict(Some(blocks("image", "guard.image_not_ready", words)));
    }
    if image.os.eq_ignore_ascii_case("windows") {
        if input.default_user == "root" {
            row = row.verdict(Some(blocks("user", "guard.no_root", [])));
        }
        row = row.verdict(Some(Verdict::warn("price", Phrase::new("guard.windows_extra", []))));
    }
    row
}

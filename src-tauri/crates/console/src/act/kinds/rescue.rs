//! Starting a server's rescue system, and setting the password of its user: both restart it, both take a way in.

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::api::instance_actions::{Acknowledged, Rescue as RescueCall, ResetPasswordAction};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Accepted, Act, Card, Checked, Gathering, Row, Site, Step, TargetKind, Trouble, Watched,
    contabo::{OnContabo, Write, answered, comes_to, instance, known_as, protected, same_instance},
    login,
};
use crate::{
    act::engine::Deps,
    plan::{Impact, Phrase, facts::Facts},
};

/// Into the rescue system; the next restart leads back.
#[derive(Debug)]
pub struct Rescue;

/// A new password and new keys for the server's user.
#[derive(Debug)]
pub struct ResetPassword;

/// What a person gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Id of the password.
    #[serde(default)]
    pub root_password: Option<i64>,
    /// Ids of the keys.
    #[serde(default)]
    pub ssh_keys: Vec<i64>,
}

static RESCUE: Card = Card {
    impact: Impact::Restart,
    fields: &[login::PASSWORD, login::KEYS],
    ..Card::of("server.rescue", TargetKind::Instance)
};

static RESET: Card = Card {
    impact: Impact::Restart,
    fields: &[login::PASSWORD, login::KEYS],
    ..Card::of("server.reset_password", TargetKind::Instance)
};

/// Statuses in which a machine takes actions (quirk 5).
pub(super) fn has_power(status: &str) -> Option<Phrase> {
    let fits = matches!(status, "running" | "stopped" | "rescue" | "reset_password" | "error" | "unknown" | "other");
    (!fits).then(|| Phrase::new("rule.status", [("status", status.to_owned())]))
}

fn gather<'a>(deps: &'a Deps, input: &'a Input) -> Gathering<'a> {
    async move { known_as(&login::known(deps, input.root_password, &input.ssh_keys).await?) }.boxed()
}

fn change(card: &Card, facts: &Facts, after: &str, input: &Input, gathered: Option<&Value>) -> Row {
    let known = gathered.and_then(|found| login::Known::deserialize(found).ok()).unwrap_or_default();
    let row = Row::of(card).fact("status", Some(&facts.status), Some(after));
    login::row(row, input.root_password, &input.ssh_keys, &known)
}

impl Act for Rescue {
    type Input = Input;

    fn card(&self) -> &Card {
        &RESCUE
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        has_power(&facts.status)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, _: i64, input: &'a Input) -> Gathering<'a> {
        gather(deps, input)
    }

    fn change(&self, facts: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        change(&RESCUE, facts, "rescue", input, gathered)
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(SendRescue)]
    }
}

impl Act for ResetPassword {
    type Input = Input;

    fn card(&self) -> &Card {
        &RESET
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        has_power(&facts.status)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, _: i64, input: &'a Input) -> Gathering<'a> {
        gather(deps, input)
    }

    fn change(&self, facts: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        change(&RESET, facts, &facts.status, input, gathered)
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(SendReset)]
    }
}

async fn may_act(site: &Site<'_>) -> Result<Checked, Trouble> {
    let found = instance(site).await?;
    if let Some(refused) = protected(site, &found).await? {
        return Ok(refused);
    }
    Ok(has_power(found.status.as_str()).map_or(Checked::Go, Checked::Refused))
}

fn keys(input: Input) -> Option<Vec<i64>> {
    (!input.ssh_keys.is_empty()).then_some(input.ssh_keys)
}

fn acknowledged(site: &Site<'_>, answer: &Acknowledged) -> Result<Accepted, Trouble> {
    same_instance(site, answer.instance_id)?;
    Ok(answered(&answer.action).into())
}

struct SendRescue;

impl Write for SendRescue {
    type Operation = RescueCall;

    fn operation(&self, site: &Site<'_>) -> Result<RescueCall, Phrase> {
        let input: Input = site.input()?;
        let (instance_id, root_password) = (site.action.target.id, input.root_password);
        Ok(RescueCall { instance_id, root_password, ssh_keys: keys(input), user_data: None })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move { may_act(&site).await }.boxed()
    }

    fn accepted(&self, site: &Site<'_>, answer: Acknowledged) -> Result<Accepted, Trouble> {
        acknowledged(site, &answer)
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move { comes_to(&site, "rescue", |found| found.status.as_str() == "rescue").await }.boxed()
    }
}

struct SendReset;

impl Write for SendReset {
    type Operation = ResetPasswordAction;

    fn operation(&self, site: &Site<'_>) -> Result<ResetPasswordAction, Phrase> {
        let input: Input = site.input()?;
        let (instance_id, root_password) = (site.action.target.id, input.root_password);
        Ok(ResetPasswordAction { instance_id, root_password, ssh_keys: keys(input), user_data: None })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move { may_act(&site).await }.boxed()
    }

    fn accepted(&self, site: &Site<'_>, answer: Acknowledged) -> Result<Accepted, Trouble> {
        acknowledged(site, &answer)
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move { comes_to(&site, "running", |found| found.status.as_str() != "reset_password").await }.boxed()
    }
}

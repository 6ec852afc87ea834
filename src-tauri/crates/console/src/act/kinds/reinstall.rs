//! Reinstalling a server: its disk is erased, its addresses stay (quirk 5).

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{
    Problem,
    api::{
        images::RetrieveImage,
        instances::{ChangedInstance, DefaultUser, ReinstallInstance},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Accepted, Act, Card, Checked, Gathering, Holds, Row, Site, Step, TargetKind, Trouble, Watched,
    contabo::{
        OnContabo, Write, answered, comes_to, instance, known_as, no_account, protected, same_instance, trouble,
    },
    login, may, needs,
    rescue::has_power,
};
use crate::{
    act::engine::Deps,
    plan::{Impact, Phrase, Verdict, facts::Facts},
};

/// The kind.
#[derive(Debug)]
pub struct Reinstall;

/// What a person gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Image.
    pub image_id: String,
    /// Id of the password.
    #[serde(default)]
    pub root_password: Option<i64>,
    /// Ids of the keys.
    #[serde(default)]
    pub ssh_keys: Vec<i64>,
    /// User to create.
    #[serde(default)]
    pub default_user: Option<String>,
}

static CARD: Card = Card {
    impact: Impact::Wipe,
    fields: &[
        needs("image_id", Holds::Image),
        login::PASSWORD,
        login::KEYS,
        may("default_user", Holds::Choice(&["root", "admin", "administrator"])),
    ],
    depends: &["image_id"],
    ..Card::of("server.reinstall", TargetKind::Instance)
};

/// What was read for the plan.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Gathered {
    /// Name of the image; `None` when there is none of that id.
    image: Option<String>,
    login: login::Known,
}

async fn gathered(deps: &Deps, input: &Input) -> Result<Option<Value>, Trouble> {
    let client = deps.contabo.as_ref().ok_or_else(no_account)?;
    let image = match client.call(RetrieveImage { image_id: input.image_id.clone() }).await {
        Ok(image) => Some(image.name),
        Err(error) if matches!(error.problem, Problem::NotFound { .. } | Problem::Validation { .. }) => None,
        Err(error) => return Err(trouble(&error)),
    };
    let login = login::known(deps, input.root_password, &input.ssh_keys).await?;
    known_as(&Gathered { image, login })
}

impl Act for Reinstall {
    type Input = Input;

    fn card(&self) -> &Card {
        &CARD
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        has_power(&facts.status)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, _: i64, input: &'a Input) -> Gathering<'a> {
        gathered(deps, input).boxed()
    }

    fn change(&self, facts: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let known = gathered.and_then(|found| Gathered::deserialize(found).ok()).unwrap_or_default();
        let row = Row::of(&CARD);
        let row = match &known.image {
            // The old one by its name, too, when the mirror has it.
            Some(name) => row.fact("image", facts.detail("image").or(facts.detail("image_id")), Some(name)),
            None => {
                let says = Phrase::new("guard.no_image", [("image", input.image_id.clone())]);
                row.verdict(Some(Verdict::block("image", says)))
            }
        };
        login::row(row, input.root_password, &input.ssh_keys, &known.login)
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(Send)]
    }
}

struct Send;

impl Write for Send {
    type Operation = ReinstallInstance;

    fn limit(&self) -> Duration {
        Duration::from_secs(45 * 60)
    }

    fn operation(&self, site: &Site<'_>) -> Result<ReinstallInstance, Phrase> {
        let input: Input = site.input()?;
        let mut call = ReinstallInstance::new(site.action.target.id, input.image_id);
        call.root_password = input.root_password;
        call.ssh_keys = (!input.ssh_keys.is_empty()).then_some(input.ssh_keys);
        call.default_user = input.default_user.as_deref().map(DefaultUser::from);
        Ok(call)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let found = instance(&site).await?;
            if let Some(refused) = protected(&site, &found).await? {
                return Ok(refused);
            }
            Ok(has_power(found.status.as_str()).map_or(Checked::Go, Checked::Refused))
        }
        .boxed()
    }

    fn accepted(&self, site: &Site<'_>, answer: ChangedInstance) -> Result<Accepted, Trouble> {
        same_instance(site, answer.instance_id)?;
        Ok(answered("reinstall").into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let wanted: Input = site.input()?;
            comes_to(&site, "running", |found| {
                found.status.as_str() == "running" && found.image_id.eq_ignore_ascii_case(&wanted.image_id)
            })
            .await
        }
        .boxed()
    }
}

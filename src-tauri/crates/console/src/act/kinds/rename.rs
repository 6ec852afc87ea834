//! Changing a server's display name.

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::api::instances::{ChangedInstance, PatchInstance};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Accepted, Act, Card, Checked, Holds, Row, Site, Step, TargetKind, Trouble, Watched,
    contabo::{OnContabo, Write, answered, instance, protected, same_instance, shown},
    needs,
};
use crate::plan::{Phrase, facts::Facts};

/// The kind.
#[derive(Debug)]
pub struct Rename;

/// What a person gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The name it shall have, up to 255 characters.
    pub display_name: String,
}

static CARD: Card = Card {
    fields: &[needs("display_name", Holds::Text { most: 255 })],
    depends: &["display_name"],
    ..Card::of("server.rename", TargetKind::Instance)
};

impl Act for Rename {
    type Input = Input;

    fn card(&self) -> &Card {
        &CARD
    }

    fn change(&self, facts: &Facts, input: &Input, _: Option<&Value>) -> Row {
        Row::of(&CARD).fact("display_name", facts.detail("display_name"), Some(&input.display_name))
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(Send)]
    }
}

struct Send;

impl Write for Send {
    type Operation = PatchInstance;

    fn operation(&self, site: &Site<'_>) -> Result<PatchInstance, Phrase> {
        let input: Input = site.input()?;
        Ok(PatchInstance { instance_id: site.action.target.id, display_name: Some(input.display_name) })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let wanted: Input = site.input()?;
            let found = instance(&site).await?;
            if found.display_name == wanted.display_name {
                return Ok(Checked::Already(Phrase::new("action.named_already", [])));
            }
            Ok(protected(&site, &found).await?.unwrap_or(Checked::Go))
        }
        .boxed()
    }

    fn accepted(&self, site: &Site<'_>, answer: ChangedInstance) -> Result<Accepted, Trouble> {
        same_instance(site, answer.instance_id)?;
        Ok(answered("rename").into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let wanted: Input = site.input()?;
            let found = instance(&site).await?;
            if found.display_name != wanted.display_name {
                let waits = Phrase::new("waits.name", [("name", found.display_name)]);
                return Ok(Watched::NotYet { waits, notes: Value::Null });
            }
            let says = Phrase::new("action.named", [("name", found.display_name)]);
            Ok(Watched::Done { result: json!({ "proof": "state" }), evidence: shown(says.clone()), says })
        }
        .boxed()
    }
}

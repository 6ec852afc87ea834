//! Putting a tag on a server and taking it off.

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{
    Problem,
    api::{
        tag_assignments::{CreateAssignment, DeleteAssignment, RetrieveAssignment, TaggedType},
        tags::RetrieveTag,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Act, Card, Field, Gathering, Holds, Row, Site, Step, TargetKind, Trouble,
    bond::{Bond, Make, Undo, Words},
    contabo::{OnContabo, client, known_as, no_account, trouble},
    needs,
};
use crate::{
    act::engine::Deps,
    plan::{Phrase, Verdict, facts::Facts},
};

/// On.
#[derive(Debug)]
pub struct Assign;
/// Off.
#[derive(Debug)]
pub struct Unassign;

/// What a person gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which tag.
    pub tag_id: i64,
}

const TAG: Field = needs("tag_id", Holds::Tag);
static ASSIGN: Card = Card { fields: &[TAG], ..Card::of("tag.assign", TargetKind::Instance) };
static UNASSIGN: Card = Card { fields: &[TAG], ..Card::of("tag.unassign", TargetKind::Instance) };

async fn gathered(deps: &Deps, input: &Input) -> Result<Option<Value>, Trouble> {
    let client = deps.contabo.as_ref().ok_or_else(no_account)?;
    let name = match client.call(RetrieveTag { tag_id: input.tag_id }).await {
        Ok(tag) => Some(tag.name),
        Err(error) if matches!(error.problem, Problem::NotFound { .. }) => None,
        Err(error) => return Err(trouble(&error)),
    };
    known_as(&name)
}

fn row(card: &Card, input: &Input, gathered: Option<&Value>, facts: &Facts, on: bool) -> Row {
    let row = Row::of(card);
    let Some(name) = gathered.and_then(Value::as_str) else {
        let says = Phrase::new("guard.no_tag", [("tag", input.tag_id.to_string())]);
        return row.verdict(Some(Verdict::block("tag", says)));
    };
    let has = facts.tags.iter().any(|tag| tag.eq_ignore_ascii_case(name));
    let pointless = (has == on).then(|| {
        let code = if on { "guard.tagged_already" } else { "guard.not_tagged" };
        Verdict::block("tag", Phrase::new(code, [("tag", name.to_owned())]))
    });
    let (before, after) = if on { (None, Some(name)) } else { (Some(name), None) };
    row.fact("tag", before, after).verdict(pointless)
}

impl Act for Assign {
    type Input = Input;

    fn card(&self) -> &Card {
        &ASSIGN
    }

    fn gather<'a>(&'a self, deps: &'a Deps, _: i64, input: &'a Input) -> Gathering<'a> {
        gathered(deps, input).boxed()
    }

    fn change(&self, facts: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        row(&ASSIGN, input, gathered, facts, true)
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(Make(Tagged))]
    }

    fn wish(&self, input: &Input) -> Option<String> {
        Some(input.tag_id.to_string())
    }
}

impl Act for Unassign {
    type Input = Input;

    fn card(&self) -> &Card {
        &UNASSIGN
    }

    fn gather<'a>(&'a self, deps: &'a Deps, _: i64, input: &'a Input) -> Gathering<'a> {
        gathered(deps, input).boxed()
    }

    fn change(&self, facts: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        row(&UNASSIGN, input, gathered, facts, false)
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(Undo(Tagged))]
    }

    fn wish(&self, input: &Input) -> Option<String> {
        Some(input.tag_id.to_string())
    }
}

/// Whether a server has a tag.
///
/// # Errors
/// When that cannot be read.
pub async fn tagged(site: &Site<'_>, server: i64, tag_id: i64) -> Result<bool, Trouble> {
    let resource_id = server.to_string();
    let call = RetrieveAssignment { tag_id, resource_type: TaggedType::Instance, resource_id };
    match client(site)?.call_with(call, site.call()).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.problem, Problem::NotFound { .. }) => Ok(false),
        Err(error) => Err(trouble(&error)),
    }
}

/// What is said of a server that has got its tag, or lost it.
pub fn said(on: bool) -> Phrase {
    Phrase::new(if on { "action.tagged" } else { "action.untagged" }, [])
}

/// A tag on a server.
struct Tagged;

impl Bond for Tagged {
    type Make = CreateAssignment;
    type Undo = DeleteAssignment;
    type Seen = ();

    const WANTED: Words = Words { already: "action.tagged_already", waits: "waits.tag" };
    const UNWANTED: Words = Words { already: "action.untagged_already", waits: "waits.tag" };
    // A tag changes nothing of the machine.
    const PROTECTED: bool = false;

    fn make(site: &Site<'_>) -> Result<CreateAssignment, Phrase> {
        let Input { tag_id } = site.input()?;
        let resource_id = site.action.target.id.to_string();
        Ok(CreateAssignment { tag_id, resource_type: TaggedType::Instance, resource_id })
    }

    fn undo(site: &Site<'_>) -> Result<DeleteAssignment, Phrase> {
        let Input { tag_id } = site.input()?;
        let resource_id = site.action.target.id.to_string();
        Ok(DeleteAssignment { tag_id, resource_type: TaggedType::Instance, resource_id })
    }

    fn names(site: &Site<'_>) -> Vec<(&'static str, String)> {
        let tag = site.input::<Input>().map(|input| input.tag_id.to_string()).unwrap_or_default();
        vec![("tagId", tag), ("resourceId", site.action.target.id.to_string())]
    }

    fn look<'a>(site: Site<'a>) -> BoxFuture<'a, Result<(bool, ()), Trouble>> {
        async move {
            let Input { tag_id } = site.input()?;
            Ok((tagged(&site, site.action.target.id, tag_id).await?, ()))
        }
        .boxed()
    }

    fn done(there: bool, (): ()) -> (Phrase, Value) {
        (said(there), json!({ "proof": "state" }))
    }
}

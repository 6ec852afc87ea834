//! Putting a tag on a server and taking it off.

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{
    Done, Operation, Problem,
    api::{
        tag_assignments::{CreateAssignment, DeleteAssignment, RetrieveAssignment, TaggedType},
        tags::RetrieveTag,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Accepted, Act, Card, Checked, Field, Gathering, Holds, Row, Site, Step, TargetKind, Trouble, Watched,
    contabo::{OnContabo, Write, answered, client, known_as, no_account, shown, trouble},
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
        vec![&OnContabo(SendAssign)]
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
        vec![&OnContabo(SendUnassign)]
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

fn names(site: &Site<'_>) -> Vec<(&'static str, String)> {
    let tag = site.input::<Input>().map(|input| input.tag_id.to_string()).unwrap_or_default();
    vec![("tagId", tag), ("resourceId", site.action.target.id.to_string())]
}

async fn check(site: &Site<'_>, wanted: bool) -> Result<Checked, Trouble> {
    let code = if wanted { "action.tagged_already" } else { "action.untagged_already" };
    let has = tagged(site, site.action.target.id, site.input::<Input>()?.tag_id).await?;
    Ok(if has == wanted { Checked::Already(Phrase::new(code, [])) } else { Checked::Go })
}

async fn watch(site: &Site<'_>, wanted: bool) -> Result<Watched, Trouble> {
    comes_to(site, site.action.target.id, site.input::<Input>()?.tag_id, wanted).await
}

/// Waits until a server has a tag, or has it no more.
///
/// # Errors
/// When that cannot be read.
pub async fn comes_to(site: &Site<'_>, server: i64, tag_id: i64, wanted: bool) -> Result<Watched, Trouble> {
    if tagged(site, server, tag_id).await? != wanted {
        return Ok(Watched::NotYet { waits: Phrase::new("waits.tag", []), notes: Value::Null });
    }
    let says = Phrase::new(if wanted { "action.tagged" } else { "action.untagged" }, []);
    Ok(Watched::Done { result: json!({ "proof": "state" }), evidence: shown(says.clone()), says })
}

struct SendAssign;

impl Write for SendAssign {
    type Operation = CreateAssignment;

    fn operation(&self, site: &Site<'_>) -> Result<CreateAssignment, Phrase> {
        let Input { tag_id } = site.input()?;
        let resource_id = site.action.target.id.to_string();
        Ok(CreateAssignment { tag_id, resource_type: TaggedType::Instance, resource_id })
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        names(site)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move { check(&site, true).await }.boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(CreateAssignment::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move { watch(&site, true).await }.boxed()
    }
}

struct SendUnassign;

impl Write for SendUnassign {
    type Operation = DeleteAssignment;

    fn operation(&self, site: &Site<'_>) -> Result<DeleteAssignment, Phrase> {
        let Input { tag_id } = site.input()?;
        let resource_id = site.action.target.id.to_string();
        Ok(DeleteAssignment { tag_id, resource_type: TaggedType::Instance, resource_id })
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        names(site)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move { check(&site, false).await }.boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(DeleteAssignment::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move { watch(&site, false).await }.boxed()
    }
}

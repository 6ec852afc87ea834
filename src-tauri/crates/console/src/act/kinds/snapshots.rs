//! Snapshots of a server's disk: taking, renaming, deleting one, and putting the disk back to one. How many a plan
//! allows is not in the API: the provider refuses one too many with 402 (quirk 4).

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{
    Done, Operation, Problem,
    api::snapshots::{
        CreateSnapshot, DeleteSnapshot, RetrieveSnapshot, RetrieveSnapshotList, RollbackSnapshot, Snapshot,
        UpdateSnapshot,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Accepted, Act, Card, Checked, Field, Gathering, Holds, InputProblem, Row, Site, Step, TargetKind, Trouble, Watched,
    contabo::{
        OnContabo, Write, answered, client, comes_to, instance, known_as, no_account, protected, shown, trouble,
    },
    may, needs,
    rescue::has_power,
};
use crate::{
    act::engine::Deps,
    plan::{Impact, Phrase, Verdict, facts::Facts},
};

/// Takes a snapshot.
#[derive(Debug)]
pub struct Create;
/// Changes a snapshot's name and description.
#[derive(Debug)]
pub struct Rename;
/// Puts the disk back to a snapshot: what was written since is lost, and so are newer snapshots.
#[derive(Debug)]
pub struct Rollback;
/// Deletes a snapshot.
#[derive(Debug)]
pub struct Delete;

const NAME: Field = needs("name", Holds::Text { most: 30 });
const DESCRIPTION: Field = may("description", Holds::Text { most: 255 });
const SNAPSHOT: Field = needs("snapshot_id", Holds::Snapshot);

/// A name and a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// 1 to 30 letters, digits, spaces and dashes.
    pub name: String,
    /// Up to 255 characters.
    #[serde(default)]
    pub description: Option<String>,
}

/// A snapshot with a new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renamed {
    /// Which.
    pub snapshot_id: String,
    /// 1 to 30 letters, digits, spaces and dashes.
    pub name: String,
    /// Up to 255 characters.
    #[serde(default)]
    pub description: Option<String>,
}

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Which.
    pub snapshot_id: String,
}

/// What was read for the plan: the server's snapshots, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Gathered {
    snapshots: Vec<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    id: String,
    name: String,
    created: String,
}

async fn list(deps: &Deps, instance_id: i64) -> Result<Option<Value>, Trouble> {
    let client = deps.contabo.as_ref().ok_or_else(no_account)?;
    let found = client.all(RetrieveSnapshotList::new(instance_id)).await.map_err(|error| trouble(&error))?;
    let mut snapshots: Vec<(_, Known)> = found.into_iter().map(|one| (taken(&one), known(one))).collect();
    snapshots.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    known_as(&Gathered { snapshots: snapshots.into_iter().map(|(_, known)| known).collect() })
}

fn taken(snapshot: &Snapshot) -> Option<jiff::Timestamp> {
    snapshot.created_date.as_ref().and_then(|stamp| stamp.at())
}

fn known(snapshot: Snapshot) -> Known {
    let created = taken(&snapshot).map(|at| at.to_string()).unwrap_or_default();
    Known { id: snapshot.snapshot_id, name: snapshot.name, created }
}

fn read(gathered: Option<&Value>) -> Gathered {
    gathered.and_then(|found| Gathered::deserialize(found).ok()).unwrap_or_default()
}

impl Gathered {
    fn find(&self, id: &str) -> Result<&Known, Option<Verdict>> {
        let says = || Verdict::block("snapshot", Phrase::new("guard.no_snapshot", [("snapshot", id.to_owned())]));
        self.snapshots.iter().find(|one| one.id == id).ok_or_else(|| Some(says()))
    }
}

fn name_rule(name: &str) -> Option<InputProblem> {
    let fits = name.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-');
    (!fits).then(|| InputProblem::new("name", "may have letters, digits, spaces and dashes only"))
}

static CREATE: Card = Card { fields: &[NAME, DESCRIPTION], ..Card::of("snapshot.create", TargetKind::Instance) };
static RENAME: Card =
    Card { fields: &[SNAPSHOT, NAME, DESCRIPTION], ..Card::of("snapshot.rename", TargetKind::Instance) };
static ROLLBACK: Card =
    Card { impact: Impact::Wipe, fields: &[SNAPSHOT], ..Card::of("snapshot.rollback", TargetKind::Instance) };
static DELETE: Card = Card { typed: true, fields: &[SNAPSHOT], ..Card::of("snapshot.delete", TargetKind::Instance) };

impl Act for Create {
    type Input = Named;

    fn card(&self) -> &Card {
        &CREATE
    }

    fn refuse(&self, input: &Named) -> Option<InputProblem> {
        name_rule(&input.name)
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        has_power(&facts.status)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, _: &'a Named) -> Gathering<'a> {
        list(deps, target).boxed()
    }

    fn change(&self, _: &Facts, input: &Named, gathered: Option<&Value>) -> Row {
        let there = read(gathered).snapshots.len().to_string();
        Row::of(&CREATE).fact("snapshot", None, Some(&input.name)).fact("snapshots", Some(&there), None)
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(SendCreate)]
    }

    fn wish(&self, input: &Named) -> Option<String> {
        Some(input.name.clone())
    }
}

impl Act for Rename {
    type Input = Renamed;

    fn card(&self) -> &Card {
        &RENAME
    }

    fn refuse(&self, input: &Renamed) -> Option<InputProblem> {
        name_rule(&input.name)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, _: &'a Renamed) -> Gathering<'a> {
        list(deps, target).boxed()
    }

    fn change(&self, _: &Facts, input: &Renamed, gathered: Option<&Value>) -> Row {
        match read(gathered).find(&input.snapshot_id) {
            Ok(known) => Row::of(&RENAME).fact("snapshot", Some(&known.name), Some(&input.name)),
            Err(missing) => Row::of(&RENAME).verdict(missing),
        }
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(SendRename)]
    }

    fn wish(&self, input: &Renamed) -> Option<String> {
        Some(input.snapshot_id.clone())
    }
}

impl Act for Rollback {
    type Input = Which;

    fn card(&self) -> &Card {
        &ROLLBACK
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        has_power(&facts.status)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, _: &'a Which) -> Gathering<'a> {
        list(deps, target).boxed()
    }

    fn change(&self, _: &Facts, input: &Which, gathered: Option<&Value>) -> Row {
        let all = read(gathered);
        let row = Row::of(&ROLLBACK);
        let known = match all.find(&input.snapshot_id) {
            Ok(known) => known,
            Err(missing) => return row.verdict(missing),
        };
        let mut row = row.fact("disk", None, Some(&format!("{} ({})", known.name, known.created)));
        // Those that were taken after it go, too.
        for newer in all.snapshots.iter().skip_while(|one| one.id != known.id).skip(1) {
            row = row.fact("snapshot", Some(&newer.name), None);
        }
        row
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(SendRollback)]
    }
}

impl Act for Delete {
    type Input = Which;

    fn card(&self) -> &Card {
        &DELETE
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, _: &'a Which) -> Gathering<'a> {
        list(deps, target).boxed()
    }

    fn change(&self, _: &Facts, input: &Which, gathered: Option<&Value>) -> Row {
        match read(gathered).find(&input.snapshot_id) {
            Ok(known) => Row::of(&DELETE).fact("snapshot", Some(&known.name), None),
            Err(missing) => Row::of(&DELETE).verdict(missing),
        }
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(SendDelete)]
    }

    fn wish(&self, input: &Which) -> Option<String> {
        Some(input.snapshot_id.clone())
    }
}

/// One snapshot of the action's server; `None` when it is not there.
async fn look(site: &Site<'_>, snapshot_id: &str) -> Result<Option<Snapshot>, Trouble> {
    let call = RetrieveSnapshot { instance_id: site.action.target.id, snapshot_id: snapshot_id.to_owned() };
    match client(site)?.call_with(call, site.call()).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.problem, Problem::NotFound { .. }) => Ok(None),
        Err(error) => Err(trouble(&error)),
    }
}

fn both(site: &Site<'_>, snapshot_id: &str) -> Vec<(&'static str, String)> {
    vec![("instanceId", site.action.target.id.to_string()), ("snapshotId", snapshot_id.to_owned())]
}

fn which(site: &Site<'_>) -> String {
    site.input::<Which>().map(|input| input.snapshot_id).unwrap_or_default()
}

fn done(says: Phrase, result: Value) -> Watched {
    Watched::Done { result, evidence: shown(says.clone()), says }
}

fn gone(id: &str) -> Checked {
    Checked::Refused(Phrase::new("guard.no_snapshot", [("snapshot", id.to_owned())]))
}

struct SendCreate;

/// The new snapshot's id, from the answer or from the audits.
#[derive(Debug, Default, Deserialize)]
struct Taken {
    snapshot_id: Option<String>,
    #[serde(default)]
    ids: serde_json::Map<String, Value>,
}

impl Write for SendCreate {
    type Operation = CreateSnapshot;

    fn operation(&self, site: &Site<'_>) -> Result<CreateSnapshot, Phrase> {
        let input: Named = site.input()?;
        let mut call = CreateSnapshot::new(site.action.target.id, input.name);
        call.description = input.description;
        Ok(call)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let found = instance(&site).await?;
            Ok(has_power(found.status.as_str()).map_or(Checked::Go, Checked::Refused))
        }
        .boxed()
    }

    fn accepted(&self, _: &Site<'_>, answer: Snapshot) -> Result<Accepted, Trouble> {
        Ok(Accepted { evidence: answered(CreateSnapshot::ID), notes: json!({ "snapshot_id": answer.snapshot_id }) })
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let known: Taken = site.notes();
            let audited = known.ids.get("snapshotId").and_then(Value::as_str).map(str::to_owned);
            let Some(id) = known.snapshot_id.or(audited) else {
                // The audits named no snapshot: that it happened is proven all the same.
                return Ok(done(Phrase::new("action.snapshot.taken", [("name", String::new())]), Value::Null));
            };
            Ok(match look(&site, &id).await? {
                Some(found) => done(
                    Phrase::new("action.snapshot.taken", [("name", found.name)]),
                    json!({ "proof": "state", "snapshot_id": id }),
                ),
                None => {
                    Watched::NotYet { waits: Phrase::new("waits.snapshot", []), notes: json!({ "snapshot_id": id }) }
                }
            })
        }
        .boxed()
    }
}

struct SendRename;

impl Write for SendRename {
    type Operation = UpdateSnapshot;

    fn operation(&self, site: &Site<'_>) -> Result<UpdateSnapshot, Phrase> {
        let input: Renamed = site.input()?;
        Ok(UpdateSnapshot {
            instance_id: site.action.target.id,
            snapshot_id: input.snapshot_id,
            name: Some(input.name),
            description: input.description,
        })
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        both(site, &site.input::<Renamed>().map(|input| input.snapshot_id).unwrap_or_default())
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let wanted: Renamed = site.input()?;
            Ok(match look(&site, &wanted.snapshot_id).await? {
                None => gone(&wanted.snapshot_id),
                Some(found) if found.name == wanted.name && wanted.description.is_none() => {
                    Checked::Already(Phrase::new("action.named_already", []))
                }
                Some(_) => Checked::Go,
            })
        }
        .boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Snapshot) -> Result<Accepted, Trouble> {
        Ok(answered(UpdateSnapshot::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let wanted: Renamed = site.input()?;
            Ok(match look(&site, &wanted.snapshot_id).await? {
                Some(found) if found.name == wanted.name => {
                    done(Phrase::new("action.named", [("name", found.name)]), json!({ "proof": "state" }))
                }
                Some(found) => {
                    let waits = Phrase::new("waits.name", [("name", found.name)]);
                    Watched::NotYet { waits, notes: Value::Null }
                }
                None => Watched::Broken(Phrase::new("guard.no_snapshot", [("snapshot", wanted.snapshot_id)])),
            })
        }
        .boxed()
    }
}

struct SendRollback;

impl Write for SendRollback {
    type Operation = RollbackSnapshot;

    fn limit(&self) -> std::time::Duration {
        std::time::Duration::from_secs(45 * 60)
    }

    fn operation(&self, site: &Site<'_>) -> Result<RollbackSnapshot, Phrase> {
        let input: Which = site.input()?;
        Ok(RollbackSnapshot { instance_id: site.action.target.id, snapshot_id: input.snapshot_id })
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        both(site, &which(site))
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let wanted: Which = site.input()?;
            let found = instance(&site).await?;
            if let Some(refused) = protected(&site, &found).await? {
                return Ok(refused);
            }
            if let Some(forbidden) = has_power(found.status.as_str()) {
                return Ok(Checked::Refused(forbidden));
            }
            Ok(if look(&site, &wanted.snapshot_id).await?.is_none() { gone(&wanted.snapshot_id) } else { Checked::Go })
        }
        .boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(RollbackSnapshot::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move { comes_to(&site, "running", |found| found.status.as_str() == "running").await }.boxed()
    }
}

struct SendDelete;

impl Write for SendDelete {
    type Operation = DeleteSnapshot;

    fn operation(&self, site: &Site<'_>) -> Result<DeleteSnapshot, Phrase> {
        let input: Which = site.input()?;
        Ok(DeleteSnapshot { instance_id: site.action.target.id, snapshot_id: input.snapshot_id })
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        both(site, &which(site))
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let wanted: Which = site.input()?;
            Ok(match look(&site, &wanted.snapshot_id).await? {
                Some(_) => Checked::Go,
                None => Checked::Already(Phrase::new("action.gone_already", [])),
            })
        }
        .boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(DeleteSnapshot::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let wanted: Which = site.input()?;
            Ok(match look(&site, &wanted.snapshot_id).await? {
                None => done(Phrase::new("action.snapshot.deleted", []), json!({ "proof": "state" })),
                Some(_) => Watched::NotYet { waits: Phrase::new("waits.still_there", []), notes: Value::Null },
            })
        }
        .boxed()
    }
}

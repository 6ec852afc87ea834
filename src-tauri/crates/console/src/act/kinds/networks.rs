//! Putting a server into a private network and taking it out. Contabo says afterwards what the server still needs: a
//! restart, or for its first network a reinstallation (quirk 6).

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{
    Done, Operation, Problem,
    api::private_networks::{
        AssignInstancePrivateNetwork, Member, PrivateNetwork, RetrievePrivateNetwork, UnassignInstancePrivateNetwork,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Accepted, Act, Card, Checked, Field, Gathering, Holds, Row, Site, Step, TargetKind, Trouble, Watched,
    contabo::{OnContabo, Write, answered, client, instance, known_as, no_account, protected, shown, trouble},
    needs,
};
use crate::{
    act::engine::Deps,
    plan::{Phrase, Verdict, facts::Facts},
};

/// Into a network.
#[derive(Debug)]
pub struct Assign;
/// Out of a network.
#[derive(Debug)]
pub struct Unassign;

/// What a person gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which network.
    pub private_network_id: i64,
}

const NETWORK: Field = needs("private_network_id", Holds::PrivateNetwork);
static ASSIGN: Card =
    Card { fields: &[NETWORK], depends: &["region"], ..Card::of("network.assign", TargetKind::Instance) };
static UNASSIGN: Card = Card { fields: &[NETWORK], ..Card::of("network.unassign", TargetKind::Instance) };

/// What was read for the plan.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Gathered {
    /// Name; `None` when there is no such network.
    name: Option<String>,
    region: String,
    /// Whether the server is in it.
    member: bool,
}

async fn gathered(deps: &Deps, instance_id: i64, input: &Input) -> Result<Option<Value>, Trouble> {
    let client = deps.contabo.as_ref().ok_or_else(no_account)?;
    let call = RetrievePrivateNetwork { private_network_id: input.private_network_id };
    let found = match client.call(call).await {
        Ok(found) => {
            let member = found.instances.iter().any(|member| member.instance_id == instance_id);
            Gathered { name: Some(found.name), region: found.region, member }
        }
        Err(error) if matches!(error.problem, Problem::NotFound { .. }) => Gathered::default(),
        Err(error) => return Err(trouble(&error)),
    };
    known_as(&found)
}

fn read(input: &Input, gathered: Option<&Value>) -> Result<(String, Gathered), Verdict> {
    let known = gathered.and_then(|found| Gathered::deserialize(found).ok()).unwrap_or_default();
    match known.name.clone() {
        Some(name) => Ok((name, known)),
        None => {
            let words = [("network", input.private_network_id.to_string())];
            Err(Verdict::block("network", Phrase::new("guard.no_network", words)))
        }
    }
}

impl Act for Assign {
    type Input = Input;

    fn card(&self) -> &Card {
        &ASSIGN
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, input: &'a Input) -> Gathering<'a> {
        gathered(deps, target, input).boxed()
    }

    fn change(&self, facts: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let row = Row::of(&ASSIGN);
        let (name, known) = match read(input, gathered) {
            Ok(known) => known,
            Err(missing) => return row.verdict(Some(missing)),
        };
        let region = facts.detail("region").unwrap_or_default();
        let verdict = if known.member {
            Verdict::block("network", Phrase::new("guard.in_network", []))
        } else if !known.region.is_empty() && !region.is_empty() && !known.region.eq_ignore_ascii_case(region) {
            Verdict::block("network", Phrase::new("guard.other_region", [("region", known.region)]))
        } else {
            Verdict::warn("network", Phrase::new("guard.network_restart", []))
        };
        row.fact("private_network", None, Some(&name)).verdict(Some(verdict))
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(SendAssign)]
    }

    fn wish(&self, input: &Input) -> Option<String> {
        Some(input.private_network_id.to_string())
    }
}

impl Act for Unassign {
    type Input = Input;

    fn card(&self) -> &Card {
        &UNASSIGN
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, input: &'a Input) -> Gathering<'a> {
        gathered(deps, target, input).boxed()
    }

    fn change(&self, _: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let row = Row::of(&UNASSIGN);
        match read(input, gathered) {
            Ok((name, known)) => {
                let absent = Verdict::block("network", Phrase::new("guard.not_in_network", []));
                row.fact("private_network", Some(&name), None).verdict((!known.member).then_some(absent))
            }
            Err(missing) => row.verdict(Some(missing)),
        }
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![&OnContabo(SendUnassign)]
    }

    fn wish(&self, input: &Input) -> Option<String> {
        Some(input.private_network_id.to_string())
    }
}

/// The network, and the action's server in it.
async fn look(site: &Site<'_>) -> Result<(PrivateNetwork, Option<Member>), Trouble> {
    let input: Input = site.input()?;
    let call = RetrievePrivateNetwork { private_network_id: input.private_network_id };
    let mut found = client(site)?.call_with(call, site.call()).await.map_err(|error| trouble(&error))?;
    let at = found.instances.iter().position(|member| member.instance_id == site.action.target.id);
    let member = at.map(|at| found.instances.swap_remove(at));
    Ok((found, member))
}

/// The audits of networks name the network.
fn names(site: &Site<'_>) -> Vec<(&'static str, String)> {
    let id = site.input::<Input>().map(|input| input.private_network_id.to_string()).unwrap_or_default();
    vec![("privateNetworkId", id)]
}

struct SendAssign;

impl Write for SendAssign {
    type Operation = AssignInstancePrivateNetwork;

    fn operation(&self, site: &Site<'_>) -> Result<AssignInstancePrivateNetwork, Phrase> {
        let Input { private_network_id } = site.input()?;
        Ok(AssignInstancePrivateNetwork { private_network_id, instance_id: site.action.target.id })
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        names(site)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            if look(&site).await?.1.is_some() {
                return Ok(Checked::Already(Phrase::new("guard.in_network", [])));
            }
            let found = instance(&site).await?;
            Ok(protected(&site, &found).unwrap_or(Checked::Go))
        }
        .boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(AssignInstancePrivateNetwork::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let (network, member) = look(&site).await?;
            Ok(match member {
                Some(member) => {
                    let words = [("name", network.name), ("needs", member.status.to_string())];
                    let says = Phrase::new("action.network.joined", words);
                    let result = json!({ "proof": "state", "needs": member.status.as_str() });
                    Watched::Done { result, evidence: shown(says.clone()), says }
                }
                None => Watched::NotYet { waits: Phrase::new("waits.network", []), notes: Value::Null },
            })
        }
        .boxed()
    }
}

struct SendUnassign;

impl Write for SendUnassign {
    type Operation = UnassignInstancePrivateNetwork;

    fn operation(&self, site: &Site<'_>) -> Result<UnassignInstancePrivateNetwork, Phrase> {
        let Input { private_network_id } = site.input()?;
        Ok(UnassignInstancePrivateNetwork { private_network_id, instance_id: site.action.target.id })
    }

    fn names(&self, site: &Site<'_>) -> Vec<(&'static str, String)> {
        names(site)
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            if look(&site).await?.1.is_none() {
                return Ok(Checked::Already(Phrase::new("guard.not_in_network", [])));
            }
            let found = instance(&site).await?;
            Ok(protected(&site, &found).unwrap_or(Checked::Go))
        }
        .boxed()
    }

    fn accepted(&self, _: &Site<'_>, _: Done) -> Result<Accepted, Trouble> {
        Ok(answered(UnassignInstancePrivateNetwork::ID).into())
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let (network, member) = look(&site).await?;
            if member.is_some() {
                return Ok(Watched::NotYet { waits: Phrase::new("waits.still_there", []), notes: Value::Null });
            }
            let says = Phrase::new("action.network.left", [("name", network.name)]);
            Ok(Watched::Done { result: json!({ "proof": "state" }), evidence: shown(says.clone()), says })
        }
        .boxed()
    }
}

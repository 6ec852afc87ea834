//! Putting a server into a private network and taking it out. Contabo says afterwards what the server still needs: a
//! restart, or for its first network a reinstallation (quirk 6).

use futures::{FutureExt, future::BoxFuture};
use rackdesk_contabo::{
    Problem,
    api::private_networks::{AssignInstancePrivateNetwork, RetrievePrivateNetwork, UnassignInstancePrivateNetwork},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Act, Card, Field, Gathering, Holds, Row, Site, Step, TargetKind, Trouble,
    bond::{Bond, Make, Undo, Words},
    contabo::{self, OnContabo, known_as, no_account, trouble},
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
        vec![&OnContabo(Make(Membership))]
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
        vec![&OnContabo(Undo(Membership))]
    }

    fn wish(&self, input: &Input) -> Option<String> {
        Some(input.private_network_id.to_string())
    }
}

/// A server in a private network.
struct Membership;

/// The network's name, and what the server in it still needs.
struct Joined {
    network: String,
    needs: String,
}

impl Bond for Membership {
    type Make = AssignInstancePrivateNetwork;
    type Undo = UnassignInstancePrivateNetwork;
    type Seen = Joined;

    const WANTED: Words = Words { already: "guard.in_network", waits: "waits.network" };
    const UNWANTED: Words = Words { already: "guard.not_in_network", waits: "waits.still_there" };
    const PROTECTED: bool = true;

    fn make(site: &Site<'_>) -> Result<AssignInstancePrivateNetwork, Phrase> {
        let Input { private_network_id } = site.input()?;
        Ok(AssignInstancePrivateNetwork { private_network_id, instance_id: site.action.target.id })
    }

    fn undo(site: &Site<'_>) -> Result<UnassignInstancePrivateNetwork, Phrase> {
        let Input { private_network_id } = site.input()?;
        Ok(UnassignInstancePrivateNetwork { private_network_id, instance_id: site.action.target.id })
    }

    /// The audits of networks name the network.
    fn names(site: &Site<'_>) -> Vec<(&'static str, String)> {
        let id = site.input::<Input>().map(|input| input.private_network_id.to_string()).unwrap_or_default();
        vec![("privateNetworkId", id)]
    }

    fn look<'a>(site: Site<'a>) -> BoxFuture<'a, Result<(bool, Joined), Trouble>> {
        async move {
            let Input { private_network_id } = site.input()?;
            let found = contabo::read(&site, RetrievePrivateNetwork { private_network_id }).await?;
            let member = found.instances.iter().find(|member| member.instance_id == site.action.target.id);
            let needs = member.map(|member| member.status.to_string());
            Ok((needs.is_some(), Joined { network: found.name, needs: needs.unwrap_or_default() }))
        }
        .boxed()
    }

    fn done(there: bool, Joined { network, needs }: Joined) -> (Phrase, Value) {
        if !there {
            return (Phrase::new("action.network.left", [("name", network)]), json!({ "proof": "state" }));
        }
        let result = json!({ "proof": "state", "needs": needs });
        (Phrase::new("action.network.joined", [("name", network), ("needs", needs)]), result)
    }
}

//! Private networks: a region's instances, each with the paid add-on, joined by a reinstallation or a restart.

use std::net::Ipv4Addr;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::State;
use super::agenda::Passing;
use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::instances::add_on;
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, patch, post};
use super::query::{contains, equals};
use super::rights::Tagged;
use super::text::moment;
use crate::journal::Effect;
use crate::seed::catalog::{REGIONS, Region, region_of};

const API: &str = "/v1/private-networks";

/// Addresses a /22 has for instances.
const CAPACITY: usize = 1022;

/// Where an instance stands with a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Ok,
    /// Waits for the instance to be restarted.
    Restart,
    /// Waits for the instance to be reinstalled.
    Reinstall,
    /// Being reinstalled.
    Installing,
}

impl Standing {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Restart => "restart",
            Self::Reinstall => "reinstall",
            Self::Installing => "installing",
        }
    }
}

/// An instance in a network.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) instance: i64,
    pub(super) ip: Ipv4Addr,
    pub(super) standing: Standing,
}

/// One network.
#[derive(Debug, Clone)]
pub(super) struct Network {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) region: &'static Region,
    pub(super) data_center: String,
    pub(super) net: Ipv4Addr,
    pub(super) prefix: u8,
    pub(super) created: Timestamp,
    pub(super) members: Vec<Member>,
}

impl Network {
    /// The lowest address that no member has; the first is the gateway.
    pub(super) fn free_address(&self) -> Ipv4Addr {
        let base = u32::from(self.net);
        let taken = |ip: &Ipv4Addr| self.members.iter().any(|member| member.ip == *ip);
        (2..).map(|low| Ipv4Addr::from(base + low)).find(|ip| !taken(ip)).unwrap_or(self.net)
    }

    fn gateway(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.net) + 1)
    }

    pub(super) fn view(&self, state: &State) -> Value {
        let members: Vec<Value> = self.members.iter().filter_map(|member| self.member_view(state, member)).collect();
        state.account.owned(json!({
            "privateNetworkId": self.id,
            "dataCenter": self.data_center,
            "region": self.region.slug,
            "regionName": self.region.name,
            "name": self.name,
            "description": self.description,
            "cidr": format!("{}/{}", self.net, self.prefix),
            "availableIps": CAPACITY.saturating_sub(self.members.len()),
            "createdDate": moment(self.created),
            "instances": members,
        }))
    }

    fn member_view(&self, state: &State, member: &Member) -> Option<Value> {
        let instance = state.instances.get(&member.instance)?;
        let own = json!({
            "ip": member.ip.to_string(),
            "netmaskCidr": self.prefix,
            "gateway": self.gateway().to_string(),
        });
        Some(json!({
            "instanceId": instance.id,
            "displayName": instance.display_name,
            "name": instance.name,
            "productId": instance.plan.product_id,
            "privateIpConfig": {"v4": [own]},
            "ipConfig": instance.ip_config(),
            "status": member.standing.name(),
        }))
    }
}

const ORDER: Order<Network> = &[
    ("privateNetworkId", |one| Key::Number(one.id)),
    ("name", |one| Key::text(&one.name)),
    ("region", |one| Key::text(one.region.slug)),
    ("dataCenter", |one| Key::text(&one.data_center)),
    ("createdDate", |one| Key::time(one.created)),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let instances = call.query.ids("instanceIds")?;
    let has = |one: &Network| {
        instances.as_ref().is_none_or(|ids| one.members.iter().any(|member| ids.contains(&member.instance)))
    };
    let text = |name| call.query.text(name);
    let items = call
        .state
        .networks
        .values()
        .filter(|one| contains(&one.name, text("name")) && equals(one.region.slug, text("region")))
        .filter(|one| equals(&one.data_center, text("dataCenter")) && has(one))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(call.state))
}

fn wanted(call: &Call<'_>) -> Result<i64, Refusal> {
    let id = call.id("privateNetworkId")?;
    if call.state.networks.contains_key(&id) { Ok(id) } else { Err(Refusal::missing("PrivateNetwork", id)) }
}

fn shown(call: &Call<'_>, status: StatusCode, id: i64) -> Outcome {
    let network = call.state.networks.get(&id).ok_or_else(|| Refusal::missing("PrivateNetwork", id))?;
    call.one(status, network.view(call.state))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    shown(call, StatusCode::OK, id)
}

fn name_rule(fields: &mut Fields, name: &str) {
    if !name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | ':' | '-' | '_')) {
        fields.problem("name", "may contain letters, numbers, colons, dashes, and underscores");
    }
}

fn name_taken(call: &Call<'_>, name: &str, except: Option<i64>) -> Result<(), Refusal> {
    if call.state.networks.values().any(|one| one.name == name && Some(one.id) != except) {
        return Err(Refusal::conflict(format!("Private Network with name {name} already exists")));
    }
    Ok(())
}

fn create(call: &mut Call<'_>) -> Outcome {
    let mut fields = call.fields()?;
    let slugs: Vec<&'static str> = REGIONS.iter().map(|region| region.slug).collect();
    let region = fields.choice("region", &slugs).unwrap_or("EU");
    let name = fields.need_text("name", 1..=255);
    name_rule(&mut fields, &name);
    let description = fields.text("description", 0..=255).unwrap_or_default();
    fields.done()?;
    name_taken(call, &name, None)?;
    let region = region_of(region).unwrap_or(&REGIONS[0]);
    let id = call.state.serial("private-network");
    // Networks do not see each other, so that all may have the same range; a few ranges make mix-ups visible.
    let third = u8::try_from(id % 64).unwrap_or_default() * 4;
    let network = Network {
        id,
        name: name.clone(),
        description,
        region,
        data_center: region.data_centers[0].to_owned(),
        net: Ipv4Addr::new(10, 0, third, 0),
        prefix: 22,
        created: call.now,
        members: Vec::new(),
    };
    call.state.networks.insert(id, network);
    call.record(changed(Change::created(KIND, id), id).with(json!({"new": {"name": name, "region": region.slug}})));
    shown(call, StatusCode::CREATED, id)
}

const KIND: &str = "private-network";

fn changed(change: Change, id: i64) -> Change {
    change.audited(List::PrivateNetworks, vec![("privateNetworkId", json!(id))])
}

fn update(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let mut fields = call.fields()?;
    let name = fields.text("name", 1..=255);
    if let Some(name) = &name {
        name_rule(&mut fields, name);
    }
    let description = fields.text("description", 0..=255);
    fields.done()?;
    if let Some(name) = &name {
        name_taken(call, name, Some(id))?;
    }
    let detail = json!({"new": {"name": name, "description": description}});
    if let Some(network) = call.state.networks.get_mut(&id) {
        network.name = name.unwrap_or_else(|| network.name.clone());
        network.description = description.unwrap_or_else(|| network.description.clone());
    }
    call.record(changed(Change::updated(KIND, id), id).with(detail));
    shown(call, StatusCode::OK, id)
}

fn remove(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let gone = call.state.networks.remove(&id);
    let members: Vec<i64> = gone.iter().flat_map(|one| &one.members).map(|member| member.instance).collect();
    call.record(changed(Change::deleted(KIND, id), id).with(json!({"unassigned": members})));
    no_content()
}

/// The links of a membership.
fn linked(call: &Call<'_>, id: i64, instance: i64) -> Outcome {
    let network = ("virtualPrivateCloud", format!("/v1/private-networks/{id}"));
    call.links(StatusCode::CREATED, &[network, ("instance", format!("/v1/compute/instances/{instance}"))])
}

fn assign(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let instance = path_instance(call)?;
    let machine = call.state.instance(instance)?;
    let network = call.state.networks.get(&id).ok_or_else(|| Refusal::missing("PrivateNetwork", id))?;
    if network.members.iter().any(|member| member.instance == instance) {
        return Err(Refusal::conflict(format!("Instance {instance} is already assigned to Private Network {id}")));
    }
    if machine.region.slug != network.region.slug {
        return Err(Refusal::bad(format!("Instance {instance} is not in region {}", network.region.slug)));
    }
    if !machine.has(add_on::PRIVATE_NETWORKING) {
        return Err(Refusal::payment(format!("Instance {instance} needs the Private Networking add-on")));
    }
    if network.members.len() >= CAPACITY {
        return Err(Refusal::conflict(format!("Private Network {id} has no address left")));
    }
    // The first network of an instance needs a reinstallation, the others a restart.
    let joined = call.state.networks.values().flat_map(|one| &one.members);
    let prepared = joined
        .filter(|member| member.instance == instance)
        .any(|member| matches!(member.standing, Standing::Ok | Standing::Restart));
    let standing = if prepared { Standing::Restart } else { Standing::Reinstall };
    let ip = network.free_address();
    if let Some(network) = call.state.networks.get_mut(&id) {
        network.members.push(Member { instance, ip, standing });
    }
    let detail = json!({"assigned": instance, "ip": ip.to_string(), "needs": standing.name()});
    call.record(changed(Change::updated(KIND, id), id).with(detail));
    linked(call, id, instance)
}

/// The path's instance; both it and the network have to be there.
fn path_instance(call: &Call<'_>) -> Result<i64, Refusal> {
    let instance = call.id("instanceId")?;
    call.state.instance(instance)?;
    call.touch(Tagged::Instance, &instance)?;
    Ok(instance)
}

fn unassign(call: &mut Call<'_>) -> Outcome {
    let id = wanted(call)?;
    let instance = path_instance(call)?;
    let network = call.state.networks.get_mut(&id).ok_or_else(|| Refusal::missing("PrivateNetwork", id))?;
    let before = network.members.len();
    network.members.retain(|member| member.instance != instance);
    if network.members.len() == before {
        return Err(Refusal::not_found(format!("Instance {instance} is not assigned to Private Network {id}")));
    }
    call.record(changed(Change::updated(KIND, id), id).with(json!({"unassigned": instance})));
    linked(call, id, instance)
}

/// An instance is being reinstalled: its memberships wait for that.
pub(super) fn being_installed(state: &mut State, instance: i64) {
    for network in state.networks.values_mut() {
        for member in network.members.iter_mut().filter(|member| member.instance == instance) {
            member.standing = Standing::Installing;
        }
    }
}

/// An instance is running again, after an installation or something less: what waited for that is joined.
pub(super) fn came_up(state: &mut State, passing: &mut Passing<'_>, instance: i64, installed: bool) {
    for network in state.networks.values_mut() {
        for member in network.members.iter_mut().filter(|member| member.instance == instance) {
            let settled = installed || member.standing == Standing::Restart;
            if settled && member.standing != Standing::Ok {
                member.standing = Standing::Ok;
                passing.note(Effect::Updated, KIND, network.id, json!({"instanceId": instance, "status": "ok"}));
            }
        }
    }
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrievePrivateNetworkList", "/v1/private-networks", API, retrieve_list),
    post("createPrivateNetwork", "/v1/private-networks", API, create),
    get("retrievePrivateNetwork", "/v1/private-networks/{privateNetworkId}", API, retrieve),
    patch("patchPrivateNetwork", "/v1/private-networks/{privateNetworkId}", API, update),
    delete("deletePrivateNetwork", "/v1/private-networks/{privateNetworkId}", API, remove),
    post("assignInstancePrivateNetwork", "/v1/private-networks/{privateNetworkId}/instances/{instanceId}", API, assign),
    delete(
        "unassignInstancePrivateNetwork",
        "/v1/private-networks/{privateNetworkId}/instances/{instanceId}",
        API,
        unassign,
    ),
];

//! Virtual addresses: bought with an instance, or floating from machine to machine.

use std::net::Ipv4Addr;

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Outcome, Refusal, no_content};
use super::audits::List;
use super::call::{Call, Change};
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, delete, get, post};
use super::query::{contains, equals};
use super::rights::Tagged;
use super::{State, addresses};
use crate::seed::catalog::Region;

const API: &str = "/v1/vips";

/// One address.
#[derive(Debug, Clone)]
pub(super) struct Vip {
    pub(super) id: String,
    pub(super) ip: Ipv4Addr,
    /// Floats; otherwise it came with an instance.
    pub(super) floating: bool,
    pub(super) region: &'static Region,
    pub(super) data_center: String,
    /// The machine it is assigned to.
    pub(super) resource: Option<i64>,
    /// That machine is a dedicated one, of which the API knows nothing else.
    pub(super) bare_metal: bool,
}

impl Vip {
    fn resource_type(&self) -> &'static str {
        match (self.resource, self.bare_metal) {
            // The document lists the word, not the value.
            (None, _) => "null",
            (Some(_), true) => "bare-metal",
            (Some(_), false) => "instances",
        }
    }

    /// Name and display name of the machine; empty without one.
    fn names(&self, state: &State) -> (String, String) {
        match self.resource {
            None => (String::new(), String::new()),
            Some(id) if self.bare_metal => (format!("m{id}"), format!("Dedicated {id}")),
            Some(id) => {
                state.instances.get(&id).map(|one| (one.name.clone(), one.display_name.clone())).unwrap_or_default()
            }
        }
    }

    pub(super) fn view(&self, state: &State) -> Value {
        let (name, display_name) = self.names(state);
        let [a, b, c, _] = self.ip.octets();
        let net = |last: u8| Ipv4Addr::new(a, b, c, last).to_string();
        state.account.owned(json!({
            "vipId": self.id,
            "dataCenter": self.data_center,
            "region": self.region.name,
            "resourceId": self.resource.map(|id| id.to_string()).unwrap_or_default(),
            "resourceType": self.resource_type(),
            "resourceName": name,
            "resourceDisplayName": display_name,
            "ipVersion": "v4",
            "type": if self.floating { "floating" } else { "additional" },
            "v4": {
                "ip": self.ip.to_string(),
                "gateway": net(1),
                "netmaskCidr": 24,
                "broadcast": net(255),
                "net": format!("{}/24", net(0)),
            },
        }))
    }
}

/// An instance was bought with an additional address: the address and its entry here.
pub(super) fn bought_with(state: &mut State, instance: i64) {
    let ip = addresses::next_v4(state);
    let id = state.uuid();
    let Some(machine) = state.instances.get_mut(&instance) else { return };
    machine.extra_ipv4.push(ip);
    let vip = Vip {
        id,
        ip,
        floating: false,
        region: machine.region,
        data_center: machine.data_center.clone(),
        resource: Some(instance),
        bare_metal: false,
    };
    state.vips.insert(ip, vip);
}

const ORDER: Order<Vip> = &[
    ("vipId", |one| Key::text(&one.id)),
    ("ip", |one| Key::Number(i64::from(u32::from(one.ip)))),
    ("dataCenter", |one| Key::text(&one.data_center)),
    ("region", |one| Key::text(one.region.name)),
    ("resourceId", |one| Key::Number(one.resource.unwrap_or_default())),
];

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let kinds = call.query.choices("resourceType", &["instances", "bare-metal", "null"])?;
    let types = call.query.choices("type", &["additional", "floating"])?;
    call.query.choices("ipVersion", &["v4"])?;
    let ips = call.query.list("ips");
    let text = |name| call.query.text(name);
    let region = text("region");
    let passes = |one: &Vip| {
        let (name, display_name) = one.names(call.state);
        let ip = one.ip.to_string();
        let resource = one.resource.map(|id| id.to_string()).unwrap_or_default();
        equals(&resource, text("resourceId"))
            && contains(&name, text("resourceName"))
            && contains(&display_name, text("resourceDisplayName"))
            && equals(&ip, text("ip"))
            && ips.as_ref().is_none_or(|ips| ips.contains(&ip.as_str()))
            && kinds.as_ref().is_none_or(|kinds| kinds.contains(&one.resource_type()))
            && types.as_ref().is_none_or(|types| types.contains(&if one.floating { "floating" } else { "additional" }))
            && equals(&one.data_center, text("dataCenter"))
            && (equals(one.region.slug, region) || equals(one.region.name, region))
    };
    let items = call.state.vips.values().filter(|one| passes(one)).collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(call.state))
}

fn wanted(call: &Call<'_>) -> Result<Ipv4Addr, Refusal> {
    let text = call.param("ip");
    let ip: Ipv4Addr = text.parse().map_err(|_| Refusal::fields(vec!["ip must be an ip address".to_owned()]))?;
    if call.state.vips.contains_key(&ip) { Ok(ip) } else { Err(Refusal::missing("Vip", ip)) }
}

fn shown(call: &Call<'_>, ip: Ipv4Addr) -> Outcome {
    let vip = call.state.vips.get(&ip).ok_or_else(|| Refusal::missing("Vip", ip))?;
    call.one(StatusCode::OK, vip.view(call.state))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let ip = wanted(call)?;
    shown(call, ip)
}

/// Whether the path speaks of a dedicated machine, and which machine.
fn target(call: &Call<'_>) -> Result<(bool, i64), Refusal> {
    let bare_metal = match call.param("resourceType") {
        "instances" => false,
        "bare-metal" => true,
        _ => {
            let problem = "resourceType must be one of the following values: instances, bare-metal";
            return Err(Refusal::fields(vec![problem.to_owned()]));
        }
    };
    let resource = call.id("resourceId")?;
    if !bare_metal {
        call.state.instance(resource)?;
        call.touch(Tagged::Instance, &resource)?;
    }
    Ok((bare_metal, resource))
}

fn changed(call: &Call<'_>, ip: Ipv4Addr) -> Change {
    let id = call.state.vips.get(&ip).map(|vip| vip.id.clone()).unwrap_or_default();
    Change::updated("vip", ip).audited(List::Vips, vec![("vipId", json!(id))])
}

fn assign(call: &mut Call<'_>) -> Outcome {
    let ip = wanted(call)?;
    let (bare_metal, resource) = target(call)?;
    let vip = call.state.vips.get_mut(&ip).ok_or_else(|| Refusal::missing("Vip", ip))?;
    if vip.resource.is_some() {
        return Err(Refusal::conflict(format!("Vip {ip} is already assigned")));
    }
    vip.resource = Some(resource);
    vip.bare_metal = bare_metal;
    let change = changed(call, ip).with(json!({"new": {"resourceId": resource}}));
    call.record(change);
    shown(call, ip)
}

fn unassign(call: &mut Call<'_>) -> Outcome {
    let ip = wanted(call)?;
    let (bare_metal, resource) = target(call)?;
    let vip = call.state.vips.get_mut(&ip).ok_or_else(|| Refusal::missing("Vip", ip))?;
    if vip.resource != Some(resource) || vip.bare_metal != bare_metal {
        return Err(Refusal::not_found(format!("Vip {ip} is not assigned to {resource}")));
    }
    vip.resource = None;
    let change = changed(call, ip).with(json!({"prev": {"resourceId": resource}}));
    call.record(change);
    no_content()
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveVipList", "/v1/vips", API, retrieve_list),
    get("retrieveVip", "/v1/vips/{ip}", API, retrieve),
    post("assignIp", "/v1/vips/{ip}/{resourceType}/{resourceId}", API, assign),
    delete("unassignIp", "/v1/vips/{ip}/{resourceType}/{resourceId}", API, unassign),
];

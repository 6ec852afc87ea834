//! Instances: list, read, rename, and the day they end.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::agenda::Passing;
use super::answer::{Outcome, Refusal};
use super::audits::List;
use super::call::{Call, Change};
use super::listing::{Frame, Key, Order};
use super::operation::{Operation, get, patch};
use super::query::{Query, contains, equals};
use super::rights::Tagged;
use super::text::moment;
use super::{Account, State};
use crate::journal::Effect;
use crate::seed::catalog::{Plan, Region};

/// The 14 documented states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Provisioning,
    Uninstalled,
    Running,
    Stopped,
    Error,
    Installing,
    Unknown,
    ManualProvisioning,
    ProductNotAvailable,
    VerificationRequired,
    Rescue,
    PendingPayment,
    Other,
    ResetPassword,
}

impl Status {
    const ALL: [Self; 14] = [
        Self::Provisioning,
        Self::Uninstalled,
        Self::Running,
        Self::Stopped,
        Self::Error,
        Self::Installing,
        Self::Unknown,
        Self::ManualProvisioning,
        Self::ProductNotAvailable,
        Self::VerificationRequired,
        Self::Rescue,
        Self::PendingPayment,
        Self::Other,
        Self::ResetPassword,
    ];

    /// As the document spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Uninstalled => "uninstalled",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Error => "error",
            Self::Installing => "installing",
            Self::Unknown => "unknown",
            Self::ManualProvisioning => "manual_provisioning",
            Self::ProductNotAvailable => "product_not_available",
            Self::VerificationRequired => "verification_required",
            Self::Rescue => "rescue",
            Self::PendingPayment => "pending_payment",
            Self::Other => "other",
            Self::ResetPassword => "reset_password",
        }
    }

    /// Reads the document's spelling; what it does not have is `other`.
    pub(super) fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|status| status.name() == name).unwrap_or(Self::Other)
    }

    /// Whether an operating system is there that can be started and stopped.
    pub(super) fn has_power(self) -> bool {
        matches!(self, Self::Running | Self::Stopped | Self::Rescue | Self::Error | Self::Other | Self::Unknown)
    }
}

/// An add-on bought with an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AddOn {
    pub(super) id: i64,
    pub(super) quantity: i64,
}

/// Add-on ids as the order page has them.
pub(super) mod add_on {
    pub(in super::super) const ADDITIONAL_IP: i64 = 1263;
    pub(in super::super) const PRIVATE_NETWORKING: i64 = 1477;
    pub(in super::super) const CUSTOM_IMAGE: i64 = 1471;
    pub(in super::super) const BACKUP: i64 = 2015;
    pub(in super::super) const EXTRA_NVME: i64 = 2001;
    pub(in super::super) const EXTRA_SSD: i64 = 2008;
}

/// One server.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) plan: &'static Plan,
    pub(super) region: &'static Region,
    pub(super) data_center: String,
    pub(super) image_id: String,
    pub(super) os_type: String,
    pub(super) ipv4: Ipv4Addr,
    pub(super) ipv6: Ipv6Addr,
    /// Addresses show late: not before the installation starts.
    pub(super) addressed: bool,
    pub(super) extra_ipv4: Vec<Ipv4Addr>,
    pub(super) mac: String,
    pub(super) ssh_keys: Vec<i64>,
    pub(super) created: Timestamp,
    pub(super) cancel_date: Option<Date>,
    pub(super) status: Status,
    pub(super) host: i64,
    pub(super) add_ons: Vec<AddOn>,
    pub(super) error: Option<String>,
    pub(super) default_user: &'static str,
    pub(super) application_id: String,
    /// Months of a contract term.
    pub(super) period: i64,
    /// Ordered in the provider's panel: it cannot be cancelled over the API.
    pub(super) from_panel: bool,
    /// Moves with everything that is done with it, so that what was planned before is void.
    pub(super) epoch: u32,
}

impl Instance {
    /// Whether it has bought this add-on.
    pub(super) fn has(&self, add_on: i64) -> bool {
        self.add_ons.iter().any(|bought| bought.id == add_on)
    }

    /// Its addresses, as several areas show them. Empty until it has any: the document requires the fields.
    pub(super) fn ip_config(&self) -> Value {
        if !self.addressed {
            return json!({
                "v4": {"ip": "", "netmaskCidr": 0, "gateway": ""},
                "v6": {"ip": "", "netmaskCidr": 0, "gateway": ""},
            });
        }
        json!({
            "v4": ipv4_config(self.ipv4),
            "v6": {"ip": self.ipv6.to_string(), "netmaskCidr": 64, "gateway": "fe80::1"},
        })
    }

    /// Every IPv4 address it answers on.
    pub(super) fn addresses(&self) -> impl Iterator<Item = Ipv4Addr> {
        self.addressed.then_some(self.ipv4).into_iter().chain(self.extra_ipv4.iter().copied())
    }

    /// The end of the running contract term.
    pub(super) fn term_end(&self, now: Timestamp) -> Date {
        let today = super::text::day(now);
        let mut end = super::text::day(self.created);
        let month = jiff::Span::new().months(self.period.max(1));
        while end <= today {
            let Ok(next) = end.checked_add(month) else { return today };
            end = next;
        }
        end
    }

    pub(super) fn view(&self, account: &Account) -> Value {
        let extra: Vec<Value> = self.extra_ipv4.iter().map(|ip| json!({"v4": ipv4_config(*ip)})).collect();
        let add_ons: Vec<Value> = self.add_ons.iter().map(AddOn::view).collect();
        let mut view = json!({
            "additionalIps": extra,
            "name": self.name,
            "displayName": self.display_name,
            "instanceId": self.id,
            "dataCenter": self.data_center,
            "region": self.region.slug,
            "regionName": self.region.name,
            "productId": self.plan.product_id,
            "imageId": self.image_id,
            "ipConfig": self.ip_config(),
            "macAddress": self.mac,
            "ramMb": self.plan.ram_mb,
            "cpuCores": self.plan.cores,
            "osType": self.os_type,
            "diskMb": self.plan.disk_mb,
            "sshKeys": self.ssh_keys,
            "createdDate": moment(self.created),
            "status": self.status.name(),
            "vHostId": self.host,
            "vHostNumber": self.host % 10_000,
            "vHostName": format!("m{}", self.host % 10_000),
            "addOns": add_ons,
            "productType": self.plan.kind,
            "productName": self.plan.name,
            "defaultUser": self.default_user,
            "applicationId": self.application_id,
        });
        if let Some(map) = view.as_object_mut() {
            account.dates.cancel_day(map, self.cancel_date, true);
            if let Some(error) = &self.error {
                map.insert("errorMessage".to_owned(), json!(error));
            }
        }
        account.owned(view)
    }
}

impl AddOn {
    pub(super) fn view(&self) -> Value {
        json!({"id": self.id, "quantity": self.quantity})
    }
}

/// Address, mask and gateway in a /24, the gateway being its first address.
fn ipv4_config(ip: Ipv4Addr) -> Value {
    let [a, b, c, _] = ip.octets();
    json!({"ip": ip.to_string(), "netmaskCidr": 24, "gateway": Ipv4Addr::new(a, b, c, 1).to_string()})
}

const ORDER: Order<Instance> = &[
    ("instanceId", |one| Key::Number(one.id)),
    ("name", |one| Key::text(&one.name)),
    ("displayName", |one| Key::text(&one.display_name)),
    ("createdDate", |one| Key::time(one.created)),
    ("status", |one| Key::text(one.status.name())),
    ("region", |one| Key::text(one.region.slug)),
    ("dataCenter", |one| Key::text(&one.data_center)),
    ("productId", |one| Key::text(one.plan.product_id)),
    ("cancelDate", |one| Key::Text(one.cancel_date.map(|date| date.to_string()).unwrap_or_default())),
];

/// The list's filters, read once.
struct Filters<'q> {
    query: &'q Query,
    ids: Option<Vec<i64>>,
    statuses: Option<Vec<&'q str>>,
    products: Option<Vec<&'q str>>,
    add_ons: Option<Vec<i64>>,
    kinds: Option<Vec<&'q str>>,
    addressed: Option<bool>,
}

impl<'q> Filters<'q> {
    fn read(query: &'q Query) -> Result<Self, Refusal> {
        let names: Vec<&str> = Status::ALL.iter().map(|status| status.name()).collect();
        let mut ids = query.ids("instanceIds")?;
        if let Some(one) = query.id("instanceId")? {
            ids.get_or_insert_default().push(one);
        }
        Ok(Self {
            query,
            ids,
            statuses: query.choices("status", &names)?,
            products: query.list("productIds"),
            add_ons: query.ids("addOnIds")?,
            kinds: query.choices("productTypes", &["hdd", "ssd", "vds", "nvme"])?,
            addressed: query.flag("ipConfig")?,
        })
    }

    fn pass(&self, one: &Instance) -> bool {
        let text = |name| self.query.text(name);
        contains(&one.name, text("name"))
            && contains(&one.display_name, text("displayName"))
            && equals(&one.data_center, text("dataCenter"))
            && equals(one.region.slug, text("region"))
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&one.id))
            && self.statuses.as_ref().is_none_or(|names| names.contains(&one.status.name()))
            && self.products.as_ref().is_none_or(|ids| ids.contains(&one.plan.product_id))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&one.plan.kind))
            && self.add_ons.as_ref().is_none_or(|ids| ids.iter().any(|id| one.has(*id)))
            && self.addressed.is_none_or(|wanted| wanted == one.addressed)
            && text("search").is_none_or(|search| found(one, search))
    }
}

/// The full text search: name, display name, address.
fn found(one: &Instance, search: &str) -> bool {
    contains(&one.name, Some(search))
        || contains(&one.display_name, Some(search))
        || one.addresses().any(|ip| ip.to_string().contains(search))
        || (one.addressed && contains(&one.ipv6.to_string(), Some(search)))
}

fn retrieve_list(call: &mut Call<'_>) -> Outcome {
    let filters = Filters::read(&call.query)?;
    let account = &call.state.account;
    let ours =
        equals(&account.customer, call.query.text("customerId")) && equals(account.tenant, call.query.text("tenantId"));
    let items = call
        .state
        .instances
        .values()
        .filter(|one| ours && filters.pass(one))
        .filter(|one| call.may_touch(Tagged::Instance, &one.id))
        .collect();
    call.list(Frame::Full, items, ORDER, |one| one.view(account))
}

fn retrieve(call: &mut Call<'_>) -> Outcome {
    let id = call.instance_id()?;
    let view = call.state.instance(id)?.view(&call.state.account);
    call.one(StatusCode::OK, view)
}

fn rename(call: &mut Call<'_>) -> Outcome {
    let id = call.instance_id()?;
    let mut fields = call.fields()?;
    let name = fields.text("displayName", 0..=255);
    fields.done()?;
    if let Some(name) = name {
        let instance = call.state.instance_mut(id)?;
        let before = std::mem::replace(&mut instance.display_name, name.clone());
        call.record(changed(id).with(json!({"prev": {"displayName": before}, "new": {"displayName": name}})));
    }
    acknowledged(call, id)
}

/// The short answer of changes: who and since when.
pub(super) fn acknowledged(call: &Call<'_>, id: i64) -> Outcome {
    let created = moment(call.state.instance(id)?.created);
    let view = call.state.account.owned(json!({"instanceId": id, "createdDate": created}));
    call.one(StatusCode::OK, view)
}

/// An update of an instance, for the audits of instances.
pub(super) fn changed(id: i64) -> Change {
    Change::updated("instance", id).audited(List::Instances, vec![("instanceId", json!(id))])
}

/// The last day of a cancelled instance: it goes, and everything that hung on it.
pub(super) fn ends(state: &mut State, passing: &mut Passing<'_>, id: i64) {
    let Some(instance) = state.instances.remove(&id) else { return };
    state.assignments.forget(Tagged::Instance, &id.to_string());
    state.snapshots.retain(|_, snapshot| snapshot.instance != id);
    for network in state.networks.values_mut() {
        network.members.retain(|member| member.instance != id);
    }
    for firewall in state.firewalls.values_mut() {
        firewall.members.retain(|member| member.instance != id);
    }
    state.vips.retain(|_, vip| vip.resource != Some(id) || vip.floating);
    for vip in state.vips.values_mut().filter(|vip| vip.resource == Some(id)) {
        vip.resource = None;
    }
    let detail = json!({"name": instance.name, "displayName": instance.display_name, "reason": "cancelled"});
    passing.note(Effect::Deleted, "instance", id, detail);
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    get("retrieveInstancesList", "/v1/compute/instances", API, retrieve_list),
    get("retrieveInstance", "/v1/compute/instances/{instanceId}", API, retrieve),
    patch("patchInstance", "/v1/compute/instances/{instanceId}", API, rename),
];

/// The name under which roles grant instances.
pub(super) const API: &str = "/v1/compute/instances";

//! What is bought, wiped and cancelled: new instances, add-ons, reinstallation, cancellation.

use http::StatusCode;
use serde_json::{Value, json};

use super::actions::Login;
use super::agenda::Due;
use super::answer::{Outcome, Refusal};
use super::audits::List;
use super::call::{Call, Change};
use super::fields::Fields;
use super::instance_life::{Step, plan};
use super::instances::{API, AddOn, Instance, Status, acknowledged, add_on, changed};
use super::operation::{Operation, post, put};
use super::text::{day, is_uuid, midnight, moment};
use super::{addresses, private_networks, vips};
use crate::seed::catalog::{Plan, REGIONS, Region, plan_of, region_of};

/// What the document orders when the caller does not say: three real accounts paid for these.
const DEFAULT_IMAGE: &str = "afecbb85-e2fc-46f0-9684-b46b1faf00bb";
const DEFAULT_PRODUCT: &str = "V92";
const DEFAULT_REGION: &str = "EU";

const USERS: &[&str] = &["root", "admin", "administrator"];

const LICENSES: &[&str] = &[
    "cPanel5",
    "cPanel30",
    "cPanel50",
    "cPanel100",
    "cPanel150",
    "cPanel200",
    "cPanel250",
    "cPanel300",
    "cPanel350",
    "cPanel400",
    "cPanel450",
    "cPanel500",
    "cPanel550",
    "cPanel600",
    "cPanel650",
    "cPanel700",
    "cPanel750",
    "cPanel800",
    "cPanel850",
    "cPanel900",
    "cPanel950",
    "cPanel1000",
    "PleskAdmin",
    "PleskHost",
    "PleskPro",
];

/// Months of a first term.
const PERIODS: &[i64] = &[1, 3, 6, 12];

/// A create request that passed every check.
struct Order {
    plan: &'static Plan,
    region: &'static Region,
    image_id: String,
    os_type: String,
    period: i64,
    display_name: String,
    default_user: &'static str,
    application_id: String,
    license: Option<&'static str>,
    add_ons: Vec<AddOn>,
    login: Login,
}

fn read_order(call: &Call<'_>) -> Result<Order, Refusal> {
    let mut fields = call.fields()?;
    let slugs: Vec<&'static str> = REGIONS.iter().map(|region| region.slug).collect();
    let image_id = image_field(&mut fields).unwrap_or_else(|| DEFAULT_IMAGE.to_owned());
    let product = fields.text("productId", 1..=255).unwrap_or_else(|| DEFAULT_PRODUCT.to_owned());
    let region = fields.choice("region", &slugs).unwrap_or(DEFAULT_REGION);
    let period = fields.need_integer("period");
    if period != 0 && !PERIODS.contains(&period) {
        fields.problem("period", "must be one of the following values: 1, 3, 6, 12");
    }
    let login = Login::read(&mut fields);
    let license = fields.choice("license", LICENSES);
    let display_name = fields.text("displayName", 0..=255).unwrap_or_default();
    let default_user = fields.choice("defaultUser", USERS).unwrap_or("admin");
    let application_id = application_field(&mut fields);
    let add_ons = match fields.object("addOns") {
        None => Vec::new(),
        Some(mut wanted) => {
            let add_ons = add_ons_of(&mut wanted);
            fields.absorb(wanted);
            add_ons
        }
    };
    fields.done()?;
    let Some(plan) = plan_of(&product) else {
        return Err(Refusal::bad(format!("Bad Request productId {product} is wrong")));
    };
    let region = region_of(region).unwrap_or(&REGIONS[0]);
    let os_type = installable(call, &image_id)?;
    login.check(call)?;
    Ok(Order {
        plan,
        region,
        image_id,
        os_type,
        period,
        display_name,
        default_user,
        application_id,
        license,
        add_ons,
        login,
    })
}

fn image_field(fields: &mut Fields) -> Option<String> {
    let image = fields.text("imageId", 0..=255)?;
    if !is_uuid(&image) {
        fields.problem("imageId", "must be a UUID");
    }
    Some(image)
}

fn application_field(fields: &mut Fields) -> String {
    let id = fields.text("applicationId", 0..=255).unwrap_or_default();
    if !id.is_empty() && !is_uuid(&id) {
        fields.problem("applicationId", "must be a UUID");
    }
    id
}

/// The add-ons asked for, by name or by id.
fn add_ons_of(wanted: &mut Fields) -> Vec<AddOn> {
    let mut add_ons = Vec::new();
    let named = [
        ("privateNetworking", add_on::PRIVATE_NETWORKING),
        ("additionalIps", add_on::ADDITIONAL_IP),
        ("backup", add_on::BACKUP),
        ("customImage", add_on::CUSTOM_IMAGE),
    ];
    for (name, id) in named {
        if let Some(empty) = wanted.object(name) {
            wanted.absorb(empty);
            add_ons.push(AddOn { id, quantity: 1 });
        }
    }
    if let Some(mut storage) = wanted.object("extraStorage") {
        for (name, id) in [("ssd", add_on::EXTRA_SSD), ("nvme", add_on::EXTRA_NVME)] {
            let count = storage.texts(name).map_or(0, |sizes| sizes.len());
            if count > 0 {
                add_ons.push(AddOn { id, quantity: i64::try_from(count).unwrap_or(1) });
            }
        }
        wanted.absorb(storage);
    }
    for mut one in wanted.objects("addonsIds").unwrap_or_default() {
        let (id, quantity) = (one.need_integer("id"), one.need_integer("quantity"));
        if quantity < 1 {
            one.problem("quantity", "must not be less than 1");
        }
        wanted.absorb(one);
        add_ons.push(AddOn { id, quantity });
    }
    add_ons
}

/// The system an image brings, when there is such an image and it is complete.
fn installable(call: &Call<'_>, image_id: &str) -> Result<String, Refusal> {
    match call.state.images.get(image_id) {
        Some(image) if image.is_ready() => Ok(image.os_type.clone()),
        Some(_) => Err(Refusal::bad(format!("Bad Request imageId {image_id} is not ready"))),
        None => Err(Refusal::bad(format!("Bad Request imageId {image_id} is wrong"))),
    }
}

fn create(call: &mut Call<'_>) -> Outcome {
    let order = read_order(call)?;
    let extra = order.add_ons.iter().any(|bought| bought.id == add_on::ADDITIONAL_IP);
    let (license, user_data) = (order.license, order.login.user_data.as_ref().map(String::len));
    let instance = unpack(call, order);
    let id = instance.id;
    let add_ons: Vec<Value> = instance.add_ons.iter().map(AddOn::view).collect();
    let view = call.state.account.owned(json!({
        "instanceId": id,
        "createdDate": moment(call.now),
        "imageId": instance.image_id,
        "productId": instance.plan.product_id,
        "region": instance.region.slug,
        "addOns": add_ons,
        "osType": instance.os_type,
        "status": instance.status.name(),
        "sshKeys": instance.ssh_keys,
    }));
    let detail = json!({"new": {
        "displayName": instance.display_name, "productId": instance.plan.product_id, "region": instance.region.slug,
        "imageId": instance.image_id, "period": instance.period, "addOns": add_ons, "license": license,
        "userDataLength": user_data,
    }});
    call.state.instances.insert(id, instance);
    if extra {
        vips::bought_with(call.state, id);
    }
    let installing = call.draw(20_000..50_000);
    let running = installing + call.draw(60_000..150_000);
    let steps = [(installing, Step { to: Status::Installing, addresses: true }), (running, Step::to(Status::Running))];
    plan(call.state, id, call.now, &call.origin(), &steps);
    let subject = vec![("instanceId", json!(id))];
    call.record(Change::created("instance", id).audited(List::Instances, subject).with(detail));
    call.one(StatusCode::CREATED, view)
}

/// The instance that was ordered, with its number and addresses, and nothing done about it yet.
fn unpack(call: &mut Call<'_>, order: Order) -> Instance {
    let id = call.state.serial("instance");
    let ipv4 = addresses::next_v4(call.state);
    Instance {
        id,
        name: format!("vmi{id}"),
        display_name: order.display_name,
        plan: order.plan,
        region: order.region,
        data_center: order.region.data_centers[0].to_owned(),
        image_id: order.image_id,
        os_type: order.os_type,
        ipv4,
        ipv6: addresses::v6_for(ipv4),
        addressed: false,
        extra_ipv4: Vec::new(),
        mac: addresses::mac_for(ipv4),
        ssh_keys: order.login.ssh_keys,
        created: call.now,
        cancel_date: None,
        status: Status::Provisioning,
        host: call.draw(70_000..80_000),
        add_ons: order.add_ons,
        error: None,
        default_user: order.default_user,
        application_id: order.application_id,
        period: order.period,
        from_panel: false,
        epoch: 0,
    }
}

fn reinstall(call: &mut Call<'_>) -> Outcome {
    let id = call.instance_id()?;
    let mut fields = call.fields()?;
    let given = fields.has("imageId");
    let image_id = image_field(&mut fields).unwrap_or_default();
    if !given {
        fields.problem("imageId", "should not be empty");
    }
    let login = Login::read(&mut fields);
    let default_user = fields.choice("defaultUser", USERS).unwrap_or("admin");
    let application_id = application_field(&mut fields);
    fields.done()?;
    let os_type = installable(call, &image_id)?;
    login.check(call)?;
    let status = call.state.instance(id)?.status;
    if !status.has_power() && status != Status::Uninstalled {
        return Err(Refusal::conflict(format!("Instance {id} is in status {}", status.name())));
    }
    let instance = call.state.instance_mut(id)?;
    let before = std::mem::replace(&mut instance.image_id, image_id.clone());
    instance.os_type = os_type;
    instance.ssh_keys = login.ssh_keys;
    instance.default_user = default_user;
    instance.application_id = application_id;
    instance.status = Status::Installing;
    instance.error = None;
    private_networks::being_installed(call.state, id);
    let running = call.draw(60_000..150_000);
    plan(call.state, id, call.now, &call.origin(), &[(running, Step::to(Status::Running))]);
    let detail = json!({"prev": {"imageId": before}, "new": {"imageId": image_id}, "reinstalled": true});
    call.record(changed(id).with(detail));
    acknowledged(call, id)
}

fn upgrade(call: &mut Call<'_>) -> Outcome {
    let id = call.instance_id()?;
    let mut fields = call.fields()?;
    let mut wanted = Vec::new();
    for (name, add_on) in [("privateNetworking", add_on::PRIVATE_NETWORKING), ("backup", add_on::BACKUP)] {
        if let Some(empty) = fields.object(name) {
            fields.absorb(empty);
            wanted.push((name, add_on));
        }
    }
    fields.done()?;
    if wanted.is_empty() {
        return Err(Refusal::bad("At least one add-on has to be provided"));
    }
    let instance = call.state.instance_mut(id)?;
    if let Some((name, _)) = wanted.iter().find(|(_, add_on)| instance.has(*add_on)) {
        return Err(Refusal::conflict(format!("Instance {id} already has the add-on {name}")));
    }
    instance.add_ons.extend(wanted.iter().map(|(_, id)| AddOn { id: *id, quantity: 1 }));
    let ids: Vec<i64> = wanted.iter().map(|(_, id)| *id).collect();
    call.record(changed(id).with(json!({"new": {"addOns": ids}})));
    acknowledged(call, id)
}

fn cancel(call: &mut Call<'_>) -> Outcome {
    let id = call.instance_id()?;
    let mut fields = call.fields()?;
    let wanted = fields.day("cancelDate");
    fields.done()?;
    let instance = call.state.instance(id)?;
    if instance.from_panel {
        return Err(Refusal::unprocessable(format!("Instance {id} cannot be cancelled")));
    }
    if let Some(date) = instance.cancel_date {
        return Err(Refusal::conflict(format!("Instance {id} is already cancelled to {date}")));
    }
    if wanted.is_some_and(|date| date < day(call.now)) {
        return Err(Refusal::bad("cancelDate must not be in the past"));
    }
    let date = wanted.unwrap_or_else(|| instance.term_end(call.now));
    call.state.instance_mut(id)?.cancel_date = Some(date);
    // It lives until that day is over.
    let end = midnight(date.tomorrow().unwrap_or(date));
    call.at(end, Due::InstanceEnds { id });
    call.record(changed(id).with(json!({"new": {"cancelDate": date.to_string()}})));
    let mut view = serde_json::Map::new();
    view.insert("instanceId".to_owned(), json!(id));
    call.state.account.dates.cancel_day(&mut view, Some(date), false);
    let view = call.state.account.owned(Value::Object(view));
    call.one(StatusCode::CREATED, view)
}

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    post("createInstance", "/v1/compute/instances", API, create),
    put("reinstallInstance", "/v1/compute/instances/{instanceId}", API, reinstall),
    post("cancelInstance", "/v1/compute/instances/{instanceId}/cancel", API, cancel),
    post("upgradeInstance", "/v1/compute/instances/{instanceId}/upgrade", API, upgrade),
];

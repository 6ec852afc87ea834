//! Laying the estate out as this provider's resources, and adding what a real account has besides: secrets, users,
//! roles, firewalls, zones, domains, and a past.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use rand_chacha::ChaCha12Rng;
use serde_json::json;

use super::account::{Account, Settings};
use super::agenda::{Due, Origin};
use super::audits::{Action, List, Row};
use super::instances::{AddOn, Instance, Status, add_on};
use super::object_storages::ObjectStorage;
use super::private_networks::{Member, Network, Standing};
use super::rights::Tagged;
use super::tags::Tag;
use super::text::uuid_of;
use super::vips::Vip;
use super::{State, images, lay_out_people};
use crate::seed::catalog::{PLANS, REGIONS, image_of, plan_of, region_of};
use crate::seed::{Estate, Server};

/// Lays the estate's servers, networks and storages out as this provider's resources.
pub fn seed(rng: &mut ChaCha12Rng, estate: &Estate, now: Timestamp) -> State {
    let mut state = empty(rng, estate, now);
    lay_out_people::users_and_roles(&mut state, estate);
    tags(&mut state, estate);
    lay_out_people::secrets(&mut state, now);
    for server in &estate.servers {
        instance(&mut state, server, now);
    }
    networks(&mut state, estate);
    storages(&mut state, estate);
    lay_out_people::restricted_role(&mut state);
    extras(&mut state, now);
    lay_out_people::domains(&mut state, estate, now);
    past(&mut state, now);
    state
}

fn empty(rng: &mut ChaCha12Rng, estate: &Estate, now: Timestamp) -> State {
    let customer = estate.contabo_credentials.client_id.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
    let mut serials = BTreeMap::new();
    let highest =
        |ids: &mut dyn Iterator<Item = u64>| i64::try_from(ids.max().unwrap_or(200_000_000)).unwrap_or_default();
    serials.insert("instance", highest(&mut estate.servers.iter().map(|one| one.instance_id)));
    serials.insert("private-network", highest(&mut estate.networks.iter().map(|one| one.id).chain([20_000])));
    serials.insert("address", 0);
    State {
        credentials: estate.contabo_credentials.clone(),
        account: Account { tenant: "DE", customer, dates: Settings::default() },
        client_uuid: uuid_of(rng),
        token_key: rng.random(),
        chance: rng.clone(),
        serials,
        agenda: Default::default(),
        audits: Default::default(),
        instances: BTreeMap::new(),
        images: images::standard(now),
        snapshots: IndexMap::new(),
        networks: BTreeMap::new(),
        firewalls: IndexMap::new(),
        vips: IndexMap::new(),
        storages: IndexMap::new(),
        s3_credentials: BTreeMap::new(),
        secrets: BTreeMap::new(),
        tags: BTreeMap::new(),
        assignments: Default::default(),
        users: IndexMap::new(),
        roles: BTreeMap::new(),
        ptrs: IndexMap::new(),
        zones: IndexMap::new(),
        records: BTreeMap::new(),
        domains: IndexMap::new(),
        handles: IndexMap::new(),
        bench: Default::default(),
    }
}

const COLORS: &[&str] = &["#0A78C3", "#1B998B", "#E84855", "#F9A03F", "#6A4C93", "#3D5A80", "#9BC53D"];

fn tags(state: &mut State, estate: &Estate) {
    let mut names: Vec<&str> = estate.servers.iter().flat_map(|server| &server.tags).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    for (index, name) in names.into_iter().enumerate() {
        let id = state.serial("tag");
        let color = COLORS[index % COLORS.len()].to_owned();
        state.tags.insert(id, Tag { id, name: name.to_owned(), color, description: String::new() });
    }
}

fn instance(state: &mut State, server: &Server, now: Timestamp) {
    let id = i64::try_from(server.instance_id).unwrap_or_default();
    let image = image_of(&server.image_id);
    let ssh_key = state.secrets.values().find(|secret| secret.kind == "ssh").map(|secret| secret.id);
    let linux = image.is_none_or(|image| image.os_type == "Linux");
    let status = Status::parse(&server.status);
    let made = Instance {
        id,
        name: server.name.clone(),
        display_name: server.display_name.clone(),
        plan: plan_of(&server.product_id).unwrap_or(&PLANS[0]),
        region: region_of(&server.region).unwrap_or(&REGIONS[0]),
        data_center: server.data_center.clone(),
        image_id: server.image_id.clone(),
        os_type: image.map_or("Linux", |image| image.os_type).to_owned(),
        ipv4: server.ipv4,
        ipv6: server.ipv6,
        addressed: !matches!(status, Status::Provisioning | Status::PendingPayment | Status::ManualProvisioning),
        extra_ipv4: server.extra_ipv4.clone(),
        mac: server.mac.clone(),
        ssh_keys: if linux && state.chance.random_bool(0.4) { ssh_key.into_iter().collect() } else { Vec::new() },
        created: server.created,
        cancel_date: server.cancel_date,
        status,
        host: state.chance.random_range(70_000..80_000),
        add_ons: add_ons(server),
        error: (status == Status::Error).then(|| "The host system reported a disk failure".to_owned()),
        default_user: if linux { "root" } else { "administrator" },
        application_id: String::new(),
        period: [1, 1, 1, 6, 12][state.chance.random_range(0..5)],
        from_panel: state.chance.random_bool(0.05),
        epoch: 0,
    };
    belongings(state, &made, &server.tags, now);
    state.instances.insert(id, made);
}

/// What hangs on an instance: addresses, its end, tags, perhaps a snapshot.
fn belongings(state: &mut State, made: &Instance, tags: &[String], now: Timestamp) {
    for ip in &made.extra_ipv4 {
        let vip = Vip {
            id: uuid_of(&mut state.chance),
            ip: *ip,
            floating: false,
            region: made.region,
            data_center: made.data_center.clone(),
            resource: Some(made.id),
            bare_metal: false,
        };
        state.vips.insert(*ip, vip);
    }
    if let Some(date) = made.cancel_date {
        let end = super::text::midnight(date.tomorrow().unwrap_or(date)).max(now);
        let origin = Origin { operation: "cancelInstance".to_owned(), ..Origin::default() };
        state.agenda.at(end, Due::InstanceEnds { id: made.id }, origin);
    }
    for name in tags {
        if let Some(tag) = state.tags.values().find(|tag| tag.name == *name) {
            state.assignments.add(tag.id, Tagged::Instance, &made.id.to_string());
        }
    }
    if made.plan.snapshots > 0 && made.status == Status::Running && state.chance.random_bool(0.15) {
        snapshot(state, made, now);
    }
}

fn add_ons(server: &Server) -> Vec<AddOn> {
    let id = |name: &str| match name {
        "private-networking" => Some(add_on::PRIVATE_NETWORKING),
        "backup" => Some(add_on::BACKUP),
        "additional-ips" => Some(add_on::ADDITIONAL_IP),
        "custom-image" => Some(add_on::CUSTOM_IMAGE),
        _ => None,
    };
    server.add_ons.iter().filter_map(|name| Some(AddOn { id: id(name)?, quantity: 1 })).collect()
}

fn snapshot(state: &mut State, instance: &Instance, now: Timestamp) {
    let age = SignedDuration::from_mins(state.chance.random_range(60..60 * 24 * 28));
    let created = now.saturating_sub(age).unwrap_or(now).max(instance.created);
    let id = format!("snap{}", created.as_second());
    if state.snapshots.contains_key(&id) {
        return;
    }
    let names = ["before update", "before php 8-4", "clean install", "weekly", "pre-migration"];
    let made = super::snapshots::Snapshot {
        id: id.clone(),
        instance: instance.id,
        name: names[state.chance.random_range(0..names.len())].to_owned(),
        description: String::new(),
        created,
        image_id: instance.image_id.clone(),
        image_name: image_of(&instance.image_id).map_or("", |image| image.name).to_owned(),
    };
    let expires = created.saturating_add(super::snapshots::KEPT).unwrap_or(Timestamp::MAX).max(now);
    let origin = Origin { operation: "createSnapshot".to_owned(), ..Origin::default() };
    state.agenda.at(expires, Due::SnapshotExpires { id: id.clone() }, origin);
    state.snapshots.insert(id, made);
}

fn networks(state: &mut State, estate: &Estate) {
    for planned in &estate.networks {
        let id = i64::try_from(planned.id).unwrap_or_default();
        let (net, prefix) = planned.cidr.split_once('/').unwrap_or((&planned.cidr, "22"));
        let mut network = Network {
            id,
            name: planned.name.clone(),
            description: String::new(),
            region: region_of(&planned.region).unwrap_or(&REGIONS[0]),
            data_center: planned.data_center.clone(),
            net: net.parse().unwrap_or(Ipv4Addr::new(10, 0, 0, 0)),
            prefix: prefix.parse().unwrap_or(22),
            created: planned.created,
            members: Vec::new(),
        };
        for member in &planned.members {
            let instance = i64::try_from(*member).unwrap_or_default();
            let ip = network.free_address();
            network.members.push(Member { instance, ip, standing: Standing::Ok });
        }
        state.networks.insert(id, network);
    }
}

fn storages(state: &mut State, estate: &Estate) {
    for planned in &estate.storages {
        let made = ObjectStorage {
            id: planned.id.clone(),
            display_name: planned.display_name.clone(),
            region: region_of(&planned.region).unwrap_or(&REGIONS[0]),
            data_center: planned.data_center.clone(),
            space_tb: f64::from(planned.quarters_tb) * 0.25,
            scaling: planned.quarters_tb >= 4,
            scaling_limit_tb: f64::from(planned.quarters_tb) * 0.5,
            status: "READY",
            created: planned.created,
            cancel_date: None,
        };
        state.storages.insert(planned.id.clone(), made);
        super::s3_credentials::for_storage(state, &planned.id);
    }
}

/// Custom images, floating addresses and firewalls, which the estate does not plan.
fn extras(state: &mut State, now: Timestamp) {
    let running: Vec<i64> =
        state.instances.values().filter(|one| one.status == Status::Running).map(|one| one.id).collect();
    if let Some(instance) = running.first().and_then(|id| state.instances.get_mut(id)) {
        instance.add_ons.push(AddOn { id: add_on::CUSTOM_IMAGE, quantity: 1 });
    }
    super::lay_out_people::image(state, now);
    for (index, region) in REGIONS.iter().take(2).enumerate() {
        let ip = super::addresses::next_v4(state);
        let vip = Vip {
            id: uuid_of(&mut state.chance),
            ip,
            floating: true,
            region,
            data_center: region.data_centers[0].to_owned(),
            resource: running.get(index).copied().filter(|_| index == 0),
            bare_metal: false,
        };
        state.vips.insert(ip, vip);
    }
    super::lay_out_people::firewalls(state, &running, now);
}

/// The audits begin before the sandbox does: every instance was ordered once, and somebody restarts one now and then.
fn past(state: &mut State, now: Timestamp) {
    let Some(owner) = state.users.values().find(|user| user.owner).cloned() else { return };
    let mut rows: Vec<(List, Row)> = Vec::new();
    let instances: Vec<(i64, Timestamp)> = state.instances.values().map(|one| (one.id, one.created)).collect();
    for (id, created) in instances {
        let mut row = |at: Timestamp, changes| Row {
            id: 0,
            action: Action::Created,
            at,
            visible: at,
            changed_by: owner.id.clone(),
            username: format!("{} {}", owner.first_name, owner.last_name),
            request_id: uuid_of(&mut state.chance),
            trace_id: String::new(),
            subject: vec![("instanceId", json!(id))],
            changes,
        };
        rows.push((List::Instances, row(created, json!({"new": {"instanceId": id}}))));
        if id % 7 == 0 {
            let at = now.saturating_sub(SignedDuration::from_mins(id % (60 * 24 * 20))).unwrap_or(now).max(created);
            rows.push((List::InstanceActions, row(at, json!({"action": "restart"}))));
        }
    }
    rows.sort_by_key(|(_, row)| row.at);
    for (list, row) in rows {
        state.audits.push(list, row);
    }
}

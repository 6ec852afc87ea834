//! The part of an account that the estate does not plan: who signs in, with what, and the company's own names.

use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use serde_json::json;

use super::State;
use super::domains::{Contacts, Domain};
use super::firewall_rules::Rule;
use super::firewalls::{Firewall, Member};
use super::handles::{Handle, Reach};
use super::images::{Image, Progress};
use super::roles::{Permission, Role};
use super::secrets::Secret;
use super::text::uuid_of;
use super::users::User;
use super::zones::{Zone, blank};
use crate::seed::Estate;

/// Users besides the owner: first and last name, and the role they hold.
const STAFF: &[(&str, &str, &str)] =
    &[("Mira", "Sandhu", "Administrators"), ("Jonas", "Behrens", "Read only"), ("Ana", "Duarte", "Managed servers")];

/// The owner, the staff, and the two default roles.
pub(super) fn users_and_roles(state: &mut State, estate: &Estate) {
    for (name, admin) in [("Administrators", true), ("Read only", false)] {
        let id = state.serial("role");
        let permissions = if admin { Vec::new() } else { everything_readable() };
        let role = Role { id, name: name.to_owned(), admin, all_resources: true, custom: false, permissions };
        state.roles.insert(id, role);
    }
    let owner = estate.contabo_credentials.clone();
    add_user(state, ("Frieda", "Nord"), &owner.user, Some(owner.password), true);
    for (first, last, role) in STAFF {
        let email = format!("{}@{}", first.to_lowercase(), estate.company.domain);
        let password = format!("{}aA1!", state.hex(16));
        let id = add_user(state, (first, last), &email, Some(password), false);
        let held = state.roles.values().find(|one| one.name == *role).map(|one| one.id);
        if let Some(user) = state.users.get_mut(&id) {
            user.roles.extend(held);
        }
    }
}

fn everything_readable() -> Vec<Permission> {
    let mut apis: Vec<&str> = super::operation::all().map(|operation| operation.api).collect();
    apis.sort_unstable();
    apis.dedup();
    let read = |api: &str| Permission { api: api.to_owned(), verbs: vec!["READ".to_owned()], tags: Vec::new() };
    apis.into_iter().map(read).collect()
}

fn add_user(
    state: &mut State,
    (first, last): (&str, &str),
    email: &str,
    password: Option<String>,
    owner: bool,
) -> String {
    let id = uuid_of(&mut state.chance);
    let user = User {
        id: id.clone(),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        email: email.to_owned(),
        email_verified: true,
        enabled: true,
        totp: false,
        locale: "en",
        roles: Vec::new(),
        owner,
        password,
    };
    state.users.insert(id.clone(), user);
    id
}

/// A role that reaches only instances with the tag `managed`, and its holder.
pub(super) fn restricted_role(state: &mut State) {
    let tag = state.tags.values().find(|tag| tag.name == "managed").map(|tag| tag.id);
    let id = state.serial("role");
    let permission = |api: &str, verbs: &[&str]| Permission {
        api: api.to_owned(),
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        tags: tag.into_iter().collect(),
    };
    let permissions = vec![
        permission("/v1/compute/instances", &["READ", "UPDATE"]),
        permission("/v1/compute/instances/actions", &["CREATE", "READ"]),
        permission("/v1/compute/snapshots", &["CREATE", "READ", "UPDATE", "DELETE"]),
        permission("/v1/compute/images", &["READ"]),
        permission("/v1/data-centers", &["READ"]),
    ];
    let name = "Managed servers".to_owned();
    state.roles.insert(id, Role { id, name, admin: false, all_resources: false, custom: true, permissions });
    if let Some(user) = state.users.values_mut().find(|user| user.first_name == "Ana") {
        user.roles.push(id);
    }
}

/// Two public keys and two passwords.
pub(super) fn secrets(state: &mut State, now: Timestamp) {
    let since = now.saturating_sub(SignedDuration::from_hours(24 * 200)).unwrap_or(now);
    for (name, kind) in
        [("ops key", "ssh"), ("jump host key", "ssh"), ("default root password", "password"), ("rescue", "password")]
    {
        let value = match kind {
            "ssh" => format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{} {name}", state.hex(43)),
            _ => format!("{}aA1!?", state.hex(16)),
        };
        let id = state.serial("secret");
        state.secrets.insert(id, Secret { id, name: name.to_owned(), kind, value, created: since, updated: since });
    }
}

/// One custom image.
pub(super) fn image(state: &mut State, now: Timestamp) {
    let since = now.saturating_sub(SignedDuration::from_hours(24 * 90)).unwrap_or(now);
    let id = uuid_of(&mut state.chance);
    let image = Image {
        id: id.clone(),
        name: "golden-debian-12".to_owned(),
        description: "Debian 12 with our monitoring".to_owned(),
        url: "https://images.nordlicht.example/golden-debian-12.qcow2".to_owned(),
        size_mb: 1_640,
        os_type: "Linux".to_owned(),
        version: "12".to_owned(),
        format: "qcow2",
        progress: Progress::Downloaded,
        standard: false,
        created: since,
        modified: since,
    };
    state.images.insert(id, image);
}

/// A firewall for web servers and one for everything else.
pub(super) fn firewalls(state: &mut State, running: &[i64], now: Timestamp) {
    let since = now.saturating_sub(SignedDuration::from_hours(24 * 60)).unwrap_or(now);
    let web = vec![Rule::open("80", "HTTP"), Rule::open("443", "HTTPS"), Rule::open("22", "SSH")];
    let sets = [("web servers", web, 1), ("ssh only", vec![Rule::open("22", "SSH")], 2)];
    for (name, rules, offset) in sets {
        let id = uuid_of(&mut state.chance);
        let members = running.iter().skip(offset).step_by(40).take(5);
        let firewall = Firewall {
            id: id.clone(),
            name: name.to_owned(),
            description: String::new(),
            status: "active",
            rules,
            members: members.map(|id| Member { instance: *id, status: "ok" }).collect(),
            created: since,
            updated: since,
        };
        state.firewalls.insert(id, firewall);
    }
}

/// The company's domains with their handle, zones and records. Two are about to leave.
pub(super) fn domains(state: &mut State, estate: &Estate, now: Timestamp) {
    let handle = company_handle(state, estate);
    let sld = estate.company.domain.split('.').next().unwrap_or("company").to_owned();
    for (index, tld) in ["com", "de", "net", "shop"].into_iter().enumerate() {
        let name = format!("{sld}-hosting.{tld}");
        let age = SignedDuration::from_hours(24 * state.chance.random_range(30..900));
        let contacts =
            Contacts { owner: handle.clone(), admin: handle.clone(), tech: handle.clone(), zone: handle.clone() };
        let domain = Domain {
            name: name.clone(),
            status: if index >= 2 { "transferring out" } else { "ready" },
            nameservers: vec!["ns1.contabo.example".to_owned(), "ns2.contabo.example".to_owned()],
            contacts,
            registered: now.saturating_sub(age).unwrap_or(now),
            cancelled: None,
            out_confirmed: false,
        };
        state.domains.insert(name.clone(), domain);
        zone(state, &name);
    }
}

fn company_handle(state: &mut State, estate: &Estate) -> String {
    let id = format!("CA{}O1", state.serial("handle"));
    let reach = Reach {
        email: estate.company.email.clone(),
        gender: "na",
        birth: None,
        address: json!({
            "street": "Am Speicher", "streetNumber": "12", "city": "Kiel", "country": "DE", "zipCode": "24103",
        }),
        phone: json!({"prefix": "+49", "number": "4315550100"}),
        fax: None,
    };
    let handle = Handle {
        id: id.clone(),
        kind: "organization",
        is_default: true,
        first_name: "Frieda".to_owned(),
        last_name: "Nord".to_owned(),
        organization: Some(estate.company.name.clone()),
        reach,
    };
    state.handles.insert(id.clone(), handle);
    id
}

fn zone(state: &mut State, name: &str) {
    state.zones.insert(name.to_owned(), Zone { name: name.to_owned() });
    let address = state.instances.values().next().map_or_else(|| "192.0.2.10".to_owned(), |one| one.ipv4.to_string());
    let entries = [
        (name.to_owned(), "A", address, 0.0),
        (format!("www.{name}"), "CNAME", name.to_owned(), 0.0),
        (name.to_owned(), "MX", format!("mail.{name}"), 10.0),
        (name.to_owned(), "TXT", "v=spf1 mx -all".to_owned(), 0.0),
    ];
    for (owner, kind, data, prio) in entries {
        let id = state.serial("record");
        let mut record = blank(name.to_owned(), owner);
        (record.id, record.kind, record.data, record.prio) = (id, kind, data, prio);
        state.records.insert(id, record);
    }
}

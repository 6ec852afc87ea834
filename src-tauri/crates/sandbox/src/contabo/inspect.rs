//! What the control port shows of this side.

use serde_json::{Map, Value, json};

use super::State;

/// The kinds the journal speaks of.
const KINDS: &[&str] = &[
    "instance",
    "image",
    "snapshot",
    "private-network",
    "firewall",
    "vip",
    "object-storage",
    "s3-credential",
    "secret",
    "tag",
    "user",
    "role",
    "ptr",
    "zone",
    "record",
    "domain",
    "handle",
    "check",
    "check-collection",
    "login",
];

/// What the control port shows under `/state/contabo/{kind}/{id}`; `kind` as in the journal. An empty `id` asks for
/// the ids of that kind, an empty `kind` for the counts of all kinds. The kind `login` shows a user's mail address and
/// password, which the API never does.
pub fn inspect(state: &State, kind: &str, id: &str) -> Option<Value> {
    if kind.is_empty() {
        let mut counts = Map::new();
        for kind in KINDS {
            counts.insert((*kind).to_owned(), json!(ids(state, kind).map_or(0, |ids| ids.len())));
        }
        return Some(Value::Object(counts));
    }
    if id.is_empty() {
        return ids(state, kind).map(|ids| json!(ids));
    }
    one(state, kind, id)
}

fn texts<T: ToString>(ids: impl Iterator<Item = T>) -> Option<Vec<String>> {
    Some(ids.map(|id| id.to_string()).collect())
}

fn ids(state: &State, kind: &str) -> Option<Vec<String>> {
    match kind {
        "instance" => texts(state.instances.keys()),
        "image" => texts(state.images.keys()),
        "snapshot" => texts(state.snapshots.keys()),
        "private-network" => texts(state.networks.keys()),
        "firewall" => texts(state.firewalls.keys()),
        "vip" => texts(state.vips.keys()),
        "object-storage" => texts(state.storages.keys()),
        "s3-credential" => texts(state.s3_credentials.values().map(|one| one.id)),
        "secret" => texts(state.secrets.keys()),
        "tag" => texts(state.tags.keys()),
        "user" | "login" => texts(state.users.keys()),
        "role" => texts(state.roles.keys()),
        "ptr" => texts(state.ptrs.keys()),
        "zone" => texts(state.zones.keys()),
        "record" => texts(state.records.keys()),
        "domain" => texts(state.domains.keys()),
        "handle" => texts(state.handles.keys()),
        "check" | "remedy" => texts(state.bench.runs.keys()),
        "check-collection" => texts(state.bench.collections.keys()),
        _ => None,
    }
}

fn one(state: &State, kind: &str, id: &str) -> Option<Value> {
    let account = &state.account;
    let number = || id.parse::<i64>().ok();
    Some(match kind {
        "instance" => state.instances.get(&number()?)?.view(account),
        "image" => state.images.get(id).map(|one| one.view(account, one.modified))?,
        "snapshot" => state.snapshots.get(id)?.view(account),
        "private-network" => state.networks.get(&number()?)?.view(state),
        "firewall" => state.firewalls.get(id)?.view(state),
        "vip" => state.vips.get(&id.parse::<std::net::Ipv4Addr>().ok()?)?.view(state),
        "object-storage" => state.storages.get(id)?.view(account),
        "s3-credential" => state.s3_credentials.values().find(|one| one.id.to_string() == id)?.view(state),
        "secret" => state.secrets.get(&number()?)?.view(account, true),
        "tag" => state.tags.get(&number()?)?.view(account),
        "user" => state.users.get(id)?.view(state),
        "login" => {
            let user = state.users.get(id)?;
            json!({"user": user.email, "password": user.password})
        }
        "role" => state.roles.get(&number()?)?.view(state),
        "ptr" => state.ptrs.get(&id.parse::<std::net::IpAddr>().ok()?)?.view(state),
        "zone" => state.zones.get(id)?.view(account),
        "record" => state.records.get(&number()?)?.view(account),
        "domain" => state.domains.get(id).map(|one| one.view(account, one.registered))?,
        "handle" => state.handles.get(id)?.view(account),
        "check" | "remedy" => state.bench.runs.get(&number()?)?.view(account),
        "check-collection" => state.bench.collections.get(&number()?)?.view(account, &state.bench),
        _ => return None,
    })
}

//! A mixed load: every kind of action there is.

use jiff::{SignedDuration, Timestamp};
use rackdesk_console::{
    act::{
        Deps,
        kinds::{self, Kind},
    },
    plan::{
        Target,
        kept::{self, Hand},
    },
};
use rackdesk_contabo::api::{
    instances::{Instance, RetrieveInstancesList},
    private_networks::CreatePrivateNetwork,
    secrets::{CreateSecret, SecretType},
    snapshots::CreateSnapshot,
    tags::CreateTag,
};
use rackdesk_sandbox::Running;
use rackdesk_store::queue::{self, NewAction};
use serde_json::{Value, json};

use super::Dice;

pub(super) mod billing;

use billing::Billing;
pub(super) use billing::{REPLY, TRANSID};

/// Each kind and how often it is drawn. A test holds this against the kinds that there are.
const KINDS: &[(&str, u64)] = &[
    ("power.start", 3),
    ("power.stop", 2),
    ("power.shutdown", 1),
    ("power.restart", 7),
    ("server.rescue", 1),
    ("server.reset_password", 1),
    ("server.rename", 3),
    ("snapshot.create", 1),
    ("snapshot.rename", 2),
    ("snapshot.rollback", 1),
    ("snapshot.delete", 1),
    ("network.assign", 1),
    ("network.unassign", 1),
    ("tag.assign", 2),
    ("tag.unassign", 1),
    ("server.reinstall", 1),
    ("server.cancel", 1),
    ("server.create", 2),
    ("service.suspend", 2),
    ("service.unsuspend", 2),
    ("service.terminate", 1),
    ("service.update", 3),
    ("module.create", 1),
    ("module.suspend", 1),
    ("module.unsuspend", 1),
    ("module.terminate", 1),
    ("module.change_package", 1),
    ("module.change_password", 1),
    ("module.custom", 1),
    ("order.accept", 2),
    ("invoice.pay", 3),
    ("ticket.reply", 3),
];

/// Kinds that use something up for good, and one in how many of those drawn is made.
const SCARCE: &[(&str, u64)] = &[("server.cancel", 12), ("snapshot.delete", 4)];

/// Under which name an action carries what was read of the providers for its plan.
const GATHERED: &str = "gathered";

/// How long an approved action may wait for its start, in half of them.
const START_WITHIN: SignedDuration = SignedDuration::from_hours(4);

/// What actions are drawn from.
pub(super) struct Load {
    bench: u32,
    servers: Vec<i64>,
    /// What is bought is like this one.
    like: Instance,
    networked: Vec<i64>,
    network: i64,
    tags: Vec<i64>,
    password: i64,
    snapshots: Vec<(i64, String)>,
    billing: Billing,
    /// What was done lately that another kind undoes.
    stopped: Vec<i64>,
    tagged: Vec<(i64, i64)>,
    connected: Vec<i64>,
    drawn: u64,
}

impl Load {
    /// Lays out what the kinds need.
    pub(super) async fn prepare(bench: u32, sandbox: &Running, deps: &Deps, dice: &mut Dice) -> Self {
        let api = deps.contabo.as_ref().expect("a Contabo side");
        let all: Vec<Instance> = api.all(RetrieveInstancesList::new()).await.expect("servers");
        let running = |i: &&Instance| i.status.as_str() == "running" && i.cancel_date.is_none();
        let all: Vec<Instance> = all.iter().filter(running).cloned().collect();
        let secret = CreateSecret::new("root".to_owned(), "Fj3!kd92Lq0x".to_owned(), SecretType::Password);
        let password = api.call(secret).await.expect("a secret").secret_id;
        let mut tags = Vec::new();
        for name in ["gold", "silver", "tin"] {
            let tag = CreateTag::new(name.to_owned(), "#0A78C3".to_owned());
            tags.push(api.call(tag).await.expect("a tag").tag_id);
        }
        let with_add_on = |i: &&Instance| i.add_ons.iter().any(|a| a.id == Some(1477));
        let region = all.iter().find(with_add_on).map(|i| i.region.clone()).expect("private networking");
        let networked = all.iter().filter(with_add_on).filter(|i| i.region == region).map(|i| i.instance_id).collect();
        let network = CreatePrivateNetwork::new("backend".to_owned(), region.to_string());
        let network = api.call(network).await.expect("a network").private_network_id;
        let mut snapshots = Vec::new();
        for server in all.iter().take(60) {
            let call = CreateSnapshot::new(server.instance_id, "base".to_owned());
            if let Ok(taken) = api.call(call).await {
                snapshots.push((server.instance_id, taken.snapshot_id));
            }
        }
        let like = dice.pick(&all).clone();
        let servers = all.iter().map(|i| i.instance_id).collect();
        let billing = Billing::prepare(bench, sandbox, deps).await;
        Self {
            bench,
            servers,
            like,
            networked,
            network,
            tags,
            password,
            snapshots,
            billing,
            stopped: Vec::new(),
            tagged: Vec::new(),
            connected: Vec::new(),
            drawn: 0,
        }
    }

    /// The next action. The first ones are one of each kind.
    pub(super) async fn draw(&mut self, sandbox: &Running, deps: &Deps, dice: &mut Dice) -> NewAction {
        let first = usize::try_from(self.drawn).ok().and_then(|at| KINDS.get(at)).map(|(name, _)| *name);
        self.drawn += 1;
        let name = first.unwrap_or_else(|| drawn(dice));
        let (target, input) = self.wish(name, sandbox, deps, dice);
        let kind = kinds::named(name).expect("a kind");
        let input = kind.accept(&input).expect("an input");
        let gathered = kind.gather(deps, target, &input).await.ok().flatten();
        action(kind, target, &input, gathered, dice.below(2) == 0)
    }

    fn wish(&mut self, kind: &str, sandbox: &Running, deps: &Deps, dice: &mut Dice) -> (i64, Value) {
        let server = *dice.pick(&self.servers);
        let login = || json!({ "root_password": self.password });
        match kind {
            "server.rescue" | "server.reset_password" => (server, login()),
            "server.rename" => (server, json!({ "display_name": format!("srv-{}-{}", self.bench, self.drawn) })),
            "server.reinstall" => (server, json!({ "image_id": self.like.image_id, "root_password": self.password })),
            "server.create" => {
                let service = self.billing.for_a_server(sandbox, deps, dice);
                (i64::try_from(service).expect("an id"), self.order(dice))
            }
            "snapshot.create" => (server, json!({ "name": format!("nightly {}", self.drawn) })),
            "snapshot.rename" | "snapshot.rollback" | "snapshot.delete" => self.of_snapshot(kind, dice),
            "tag.assign" => {
                let tag = *dice.pick(&self.tags);
                self.tagged.push((server, tag));
                (server, json!({ "tag_id": tag }))
            }
            "tag.unassign" => {
                let (server, tag) = self.tagged.pop().unwrap_or((server, self.tags[0]));
                (server, json!({ "tag_id": tag }))
            }
            "network.assign" => {
                let server = *dice.pick(&self.networked);
                self.connected.push(server);
                (server, json!({ "private_network_id": self.network }))
            }
            "network.unassign" => {
                let server = self.connected.pop().unwrap_or(server);
                (server, json!({ "private_network_id": self.network }))
            }
            "power.stop" | "power.shutdown" => {
                self.stopped.push(server);
                (server, json!({}))
            }
            "power.start" => (self.stopped.pop().unwrap_or(server), json!({})),
            _ if kind.starts_with("power.") || kind == "server.cancel" => (server, json!({})),
            _ => self.billing.wish(kind, self.drawn, sandbox, deps, dice),
        }
    }

    fn order(&self, dice: &mut Dice) -> Value {
        let tags: Vec<&i64> = self.tags.iter().take(usize::try_from(dice.below(3)).unwrap_or(0)).collect();
        json!({
            "product_id": self.like.product_id, "region": self.like.region, "image_id": self.like.image_id,
            "period": "1", "display_name": format!("new-{}-{}", self.bench, self.drawn), "default_user": "root",
            "root_password": self.password, "tags": tags,
        })
    }

    fn of_snapshot(&self, kind: &str, dice: &mut Dice) -> (i64, Value) {
        let (server, snapshot) = dice.pick(&self.snapshots);
        let mut input = json!({ "snapshot_id": snapshot });
        if kind == "snapshot.rename" {
            input["name"] = json!(format!("kept {}", self.drawn));
        }
        (*server, input)
    }
}

/// A kind by its share.
fn drawn(dice: &mut Dice) -> &'static str {
    loop {
        let mut at = dice.below(KINDS.iter().map(|(_, share)| share).sum());
        let found = KINDS.iter().find(|(_, share)| {
            let here = at < *share;
            at = at.saturating_sub(*share);
            here
        });
        let name = found.map_or(KINDS[0].0, |(name, _)| *name);
        let scarce = SCARCE.iter().find(|(scarce, _)| *scarce == name);
        if scarce.is_none_or(|(_, one_in)| dice.below(*one_in) == 0) {
            return name;
        }
    }
}

/// Whether something is still to be done to a target.
fn is_open(deps: &Deps, kind: &str, id: i64) -> bool {
    !deps.store.read(|c| queue::open_on_targets(c, kind, &[id])).expect("the queue is read").is_empty()
}

fn action(kind: &dyn Kind, id: i64, input: &Value, gathered: Option<Value>, expires: bool) -> NewAction {
    let target = Target {
        kind: kind.card().target.name().into(),
        id,
        name: format!("{}-{id}", kind.card().target.name()),
        service_id: None,
        client_id: None,
        client_name: None,
    };
    let now = Timestamp::now();
    NewAction {
        carried: gathered.map(|found| json!({ (GATHERED): found }).to_string()),
        deadline: if expires { now.saturating_add(START_WITHIN).ok() } else { None },
        ..kept::new_action(kind, &target, input, Hand { by: "torture", now })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_there_is_is_in_the_load() {
        let load: BTreeSet<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        let all: BTreeSet<&str> = kinds::ALL.iter().map(|kind| kind.card().id).collect();
        assert_eq!(load, all, "a kind that is not tortured is not known to be safe: add it to KINDS and to its wishes");
    }

    #[test]
    fn every_kind_is_drawn_sooner_or_later() {
        let mut dice = Dice::new(1);
        let drawn: BTreeSet<&str> = (0..5_000).map(|_| drawn(&mut dice)).collect();
        assert_eq!(drawn.len(), KINDS.len());
    }
}

//! A mixed load: every kind on Contabo, and replies on WHMCS.

use std::sync::Arc;

use jiff::Timestamp;
use rackdesk_console::{
    act::kinds,
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
use rackdesk_store::queue::NewAction;
use rackdesk_wire::NoRecorder;
use serde_json::{Value, json};

use super::{Dice, worker};

/// Operations that write.
pub(super) const WRITES: &[&str] = &[
    "start",
    "stop",
    "shutdown",
    "restart",
    "rescue",
    "resetPasswordAction",
    "patchInstance",
    "createSnapshot",
    "updateSnapshot",
    "rollbackSnapshot",
    "deleteSnapshot",
    "assignInstancePrivateNetwork",
    "unassignInstancePrivateNetwork",
    "createAssignment",
    "deleteAssignment",
    "reinstallInstance",
    "cancelInstance",
];

/// Lists in which lost calls are looked for.
pub(super) const AUDITS: &[&str] = &[
    "retrieveInstancesActionsAuditsList",
    "retrieveInstancesAuditsList",
    "retrieveSnapshotsAuditsList",
    "retrieveAssignmentsAuditsList",
    "retrievePrivateNetworkAuditsList",
];

/// What actions are drawn from.
pub(super) struct Load {
    servers: Vec<i64>,
    image: String,
    networked: Vec<i64>,
    network: i64,
    tags: Vec<i64>,
    password: i64,
    snapshots: Vec<(i64, String)>,
    tickets: Vec<i64>,
    drawn: u64,
}

impl Load {
    /// Lays out what the kinds need.
    pub(super) async fn prepare(sandbox: &Running, dice: &mut Dice) -> Self {
        let wire = worker::wire(Arc::new(NoRecorder));
        let api = worker::contabo(&sandbox.line.contabo, wire.clone());
        let whmcs = worker::whmcs(&sandbox.line.whmcs, wire);
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
        let found = whmcs.call(rackdesk_whmcs::actions::tickets::GetTickets::default()).await.expect("tickets");
        let tickets = found.value.tickets.iter().filter_map(|t| i64::try_from(t.id?).ok()).collect();
        let image = dice.pick(&all).image_id.clone();
        let servers = all.iter().map(|i| i.instance_id).collect();
        Self { servers, image, networked, network, tags, password, snapshots, tickets, drawn: 0 }
    }

    /// How many were drawn so far.
    pub(super) const fn drawn(&self) -> u64 {
        self.drawn
    }

    /// The next action.
    pub(super) fn draw(&mut self, dice: &mut Dice) -> NewAction {
        self.drawn += 1;
        let server = *dice.pick(&self.servers);
        let network = json!({ "private_network_id": self.network });
        let tag = json!({ "tag_id": dice.pick(&self.tags) });
        let login = json!({ "root_password": self.password });
        let (kind, target, input) = match dice.below(26) {
            0..=5 => ("power.restart", server, json!({})),
            6 => ("power.stop", server, json!({})),
            7 | 8 => ("power.start", server, json!({})),
            9 => ("power.shutdown", server, json!({})),
            10 => ("server.rescue", server, login),
            11 => ("server.reset_password", server, login),
            12..=14 => ("server.rename", server, json!({ "display_name": format!("srv-{}", self.drawn) })),
            15 => ("snapshot.create", server, json!({ "name": format!("nightly {}", self.drawn) })),
            16 | 17 => self.of_snapshot("snapshot.rename", dice),
            18 => self.of_snapshot("snapshot.rollback", dice),
            19 if dice.below(3) == 0 => self.of_snapshot("snapshot.delete", dice),
            19 | 20 => ("tag.assign", server, tag),
            21 => ("tag.unassign", server, tag),
            22 => ("network.assign", *dice.pick(&self.networked), network),
            23 => ("network.unassign", *dice.pick(&self.networked), network),
            24 if dice.below(8) == 0 => ("server.cancel", server, json!({})),
            24 => ("server.reinstall", server, json!({ "image_id": self.image, "root_password": self.password })),
            _ => {
                let message = format!("Reply number {}.\n\nAna & team", self.drawn);
                ("ticket.reply", *dice.pick(&self.tickets), json!({ "message": message }))
            }
        };
        action(kind, target, &input)
    }

    fn of_snapshot(&self, kind: &'static str, dice: &mut Dice) -> (&'static str, i64, Value) {
        let (server, snapshot) = dice.pick(&self.snapshots);
        let mut input = json!({ "snapshot_id": snapshot });
        if kind == "snapshot.rename" {
            input["name"] = json!(format!("kept {}", self.drawn));
        }
        (kind, *server, input)
    }
}

fn action(kind: &str, id: i64, input: &Value) -> NewAction {
    let kind = kinds::named(kind).expect("a kind");
    let input = kind.accept(input).expect("an input");
    let target = Target {
        kind: kind.card().target.name().into(),
        id,
        name: format!("{}-{id}", kind.card().target.name()),
        service_id: None,
        client_id: None,
        client_name: None,
    };
    kept::new_action(kind, &target, &input, Hand { by: "torture", now: Timestamp::now() })
}

//! Starting, stopping, shutting down and restarting Contabo instances: one kind, four rows of data.
//!
//! The call is acknowledged at once and takes effect later (quirk 5), so the instance is read until its status fits.
//! No status says "restarting": a machine may still show as running before it goes down. So a restart is done when the
//! machine was seen down and is up again, or has been up for long enough; and its audit row is waited for as well.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use jiff::Timestamp;
use rackdesk_contabo::{
    Client,
    api::{
        instance_actions::{Acknowledged, Restart, Shutdown, Start, Stop},
        instances::{Instance, RetrieveInstance},
    },
};
use rackdesk_store::queue::ActionRecord;
use rackdesk_wire::{Call, Effect, Sent};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{CallText, Checked, Kind, Lane, Site, Trouble, Watched, Witness, contabo};
use crate::{
    act::reconcile::{AuditLook, Evidence, Speaks, later},
    plan::{
        Impact, Phrase,
        facts::{InstanceFacts, OpenAction},
        guardrails::protecting,
    },
};

/// One of the four.
#[derive(Debug)]
pub struct Power {
    /// Name, e.g. `power.restart`.
    pub id: &'static str,
    /// Last word of the path.
    verb: &'static str,
    /// Statuses from which it makes sense.
    pub may_from: &'static [&'static str],
    /// Statuses in which it is so already.
    pub already: &'static [&'static str],
    /// The status that shows that it is done.
    pub reaches: &'static str,
    /// What it does to the machine.
    pub impact: Impact,
    effect: Effect,
    /// Whether the status alone cannot show that it happened.
    needs_audit: bool,
    limit: Duration,
    title: &'static str,
}

/// Statuses in which a machine is on, as far as one can tell.
const ON: &[&str] = &["running", "rescue", "reset_password", "error", "unknown", "other"];

/// The four.
pub static POWER: [Power; 4] = [
    Power {
        id: "power.start",
        verb: "start",
        may_from: &["stopped", "error", "unknown", "other"],
        already: &["running"],
        reaches: "running",
        impact: Impact::Keep,
        effect: Effect::Idempotent,
        needs_audit: false,
        limit: Duration::from_secs(600),
        title: "plan.power.start",
    },
    Power {
        id: "power.stop",
        verb: "stop",
        may_from: ON,
        already: &["stopped"],
        reaches: "stopped",
        impact: Impact::Restart,
        effect: Effect::Idempotent,
        needs_audit: false,
        limit: Duration::from_secs(600),
        title: "plan.power.stop",
    },
    Power {
        id: "power.shutdown",
        verb: "shutdown",
        may_from: ON,
        already: &["stopped"],
        reaches: "stopped",
        impact: Impact::Restart,
        effect: Effect::Idempotent,
        needs_audit: false,
        // The operating system is only asked, and may take its time.
        limit: Duration::from_secs(900),
        title: "plan.power.shutdown",
    },
    Power {
        id: "power.restart",
        verb: "restart",
        may_from: ON,
        already: &[],
        reaches: "running",
        impact: Impact::Restart,
        effect: Effect::Once,
        needs_audit: true,
        limit: Duration::from_secs(900),
        title: "plan.power.restart",
    },
];

/// The power kind of that name.
pub fn named(id: &str) -> Option<&'static Power> {
    POWER.iter().find(|power| power.id == id)
}

/// What can be done with an instance now, and why not: the rule behind every button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerAbility {
    /// Kind.
    pub kind: &'static str,
    /// Whether it may be asked for now.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Phrase>,
    /// What it does.
    pub impact: Impact,
}

/// The abilities of an instance, in the order of [`POWER`].
pub fn abilities(facts: &InstanceFacts, open: Option<&OpenAction>) -> Vec<PowerAbility> {
    let busy = open.map(|action| Phrase::new("rule.busy", [("action", action.id.to_string())]));
    let ability = |power: &Power| {
        let reason = busy.clone().or_else(|| power.forbidden_in(&facts.status));
        PowerAbility { kind: power.id, allowed: reason.is_none(), reason, impact: power.impact }
    };
    POWER.iter().map(ability).collect()
}

impl Power {
    /// Why it makes no sense in a status; `None` when it does.
    pub fn forbidden_in(&self, status: &str) -> Option<Phrase> {
        if self.may_from.contains(&status) {
            return None;
        }
        Some(match (self.already.contains(&status), status) {
            (true, "running") => Phrase::new("rule.already_running", []),
            (true, _) => Phrase::new("rule.already_stopped", []),
            (false, "stopped") => Phrase::new("rule.not_running", []),
            _ => Phrase::new("rule.status", [("status", status.to_owned())]),
        })
    }

    /// The plan's title code.
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Whether the machine comes back by itself, so that an interruption has a length.
    pub fn comes_back(&self) -> bool {
        self.impact == Impact::Restart && self.reaches == "running"
    }

    async fn audit(&self, client: &Client, action: &ActionRecord, request_id: &str) -> AuditLook {
        let instance = action.target.id.to_string();
        contabo::audit(client, self.verb, &[("instanceId", &instance)], request_id, action.id).await
    }

    async fn acknowledge(&self, client: &Client, instance_id: i64, call: Call) -> Result<Acknowledged, Trouble> {
        let answer = match self.verb {
            "start" => client.call_with(Start { instance_id }, call).await,
            "stop" => client.call_with(Stop { instance_id }, call).await,
            "shutdown" => client.call_with(Shutdown { instance_id }, call).await,
            _ => client.call_with(Restart { instance_id }, call).await,
        };
        answer.map_err(|error| contabo::trouble(&error))
    }
}

/// The input of a power action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerInput {
    /// Instance id.
    pub instance_id: i64,
}

/// What is remembered between looks, and at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerResult {
    /// When the machine was first seen down, for what comes back by itself.
    pub down_at: Option<Timestamp>,
    /// When the status was first seen to fit.
    pub fit_at: Option<Timestamp>,
    /// How long it was seen down, in milliseconds.
    pub down_ms: Option<i64>,
    /// `audit`, `state`, `reply` or `already`.
    pub proof: Option<String>,
}

impl PowerResult {
    fn of(action: &ActionRecord) -> Self {
        action.result.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

fn client<'a>(site: &Site<'a>) -> Result<&'a Client, Trouble> {
    site.deps.contabo.as_ref().ok_or_else(contabo::no_account)
}

/// Reads the instance and lets the mirror know.
async fn read(site: &Site<'_>) -> Result<Instance, Trouble> {
    let operation = RetrieveInstance { instance_id: site.action.target.id };
    // So that the log shows it with the action's other calls.
    let call = Call { action_id: Some(site.action.id), ..Call::fresh() };
    let instance = client(site)?.call_with(operation, call).await.map_err(|error| contabo::trouble(&error))?;
    site.deps.mirror.instance_seen(&instance, (site.deps.clock)()).await;
    Ok(instance)
}

/// Its name as operators know it.
fn name(instance: &Instance) -> &str {
    if instance.display_name.is_empty() { &instance.name } else { &instance.display_name }
}

impl Kind for Power {
    fn id(&self) -> &'static str {
        self.id
    }

    fn lane(&self) -> Lane {
        Lane::Contabo
    }

    fn effect(&self) -> Effect {
        self.effect
    }

    fn limit(&self) -> Duration {
        self.limit
    }

    fn call(&self, action: &ActionRecord) -> Result<CallText, Phrase> {
        let input: PowerInput = serde_json::from_str(&action.input).map_err(|_| Phrase::new("action.bad_input", []))?;
        let text = format!("POST /v1/compute/instances/{}/actions/{}", input.instance_id, self.verb);
        Ok(CallText { text, body: Vec::new() })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let instance = read(&site).await?;
            if let Some(pattern) = protecting(name(&instance), &site.policy.protected) {
                return Ok(Checked::Refused(Phrase::new("guard.protected", [("pattern", pattern.to_owned())])));
            }
            let status = instance.status.as_str();
            if self.already.contains(&status) {
                let status = Phrase::new("action.already", [("status", status.to_owned())]);
                return Ok(Checked::Already(status));
            }
            Ok(self.forbidden_in(status).map_or(Checked::Go, Checked::Refused))
        }
        .boxed()
    }

    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Evidence, Trouble>> {
        async move {
            let instance_id = site.action.target.id;
            let answer = self.acknowledge(client(&site)?, instance_id, call).await?;
            if answer.instance_id != instance_id {
                // It may have happened, perhaps to somebody else: the audits must say.
                return Err(Trouble {
                    sent: Sent::Unreadable,
                    says: Phrase::new("fault.other_resource", [("resource", answer.instance_id.to_string())]),
                    status: None,
                    cause: format!("acknowledged instance {}", answer.instance_id),
                    retry_after: None,
                    lasting: false,
                });
            }
            Ok(Evidence {
                source: "reply",
                speaks: Speaks::Applied,
                says: Phrase::new("evidence.acknowledged", [("action", answer.action)]),
            })
        }
        .boxed()
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let instance = read(&site).await?;
            let mut notes = PowerResult::of(site.action);
            let status = instance.status.as_str();
            if status == "error" && self.reaches != "stopped" {
                let text = ("text", instance.error_message.clone());
                return Ok(Watched::Broken(Phrase::new("action.power.error", [text])));
            }
            if status != self.reaches {
                let words = [("status", status.to_owned()), ("wanted", self.reaches.to_owned())];
                notes.fit_at = None;
                notes.down_at.get_or_insert(site.now);
                return Ok(Watched::NotYet { waits: Phrase::new("waits.status", words), notes: notes.json() });
            }
            let sent_at = site.attempt.and_then(|attempt| attempt.sent_at).unwrap_or(site.action.created_at);
            if self.comes_back()
                && notes.down_at.is_none()
                && site.now < later(sent_at, site.policy.wait.restart_settles)
            {
                return Ok(Watched::NotYet { waits: Phrase::new("waits.going_down", []), notes: notes.json() });
            }
            let fit_at = *notes.fit_at.get_or_insert(site.now);
            if let Some(down_at) = notes.down_at.filter(|_| self.comes_back() && notes.down_ms.is_none()) {
                notes.down_ms = i64::try_from(fit_at.duration_since(down_at).as_millis().max(0)).ok();
            }
            Ok(self.prove(site, status, fit_at, notes).await)
        }
        .boxed()
    }

    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness> {
        async move {
            let audit = match (client(&site), site.attempt) {
                (Ok(client), Some(attempt)) => self.audit(client, site.action, &attempt.request_id).await,
                (Err(trouble), _) => AuditLook::Unreadable { why: trouble.says },
                (Ok(_), None) => AuditLook::Incomplete,
            };
            // A person who has to decide wants to know how the machine is; once is enough.
            let mut aside = Vec::new();
            if site.action.looks == 0
                && let Ok(instance) = read(&site).await
            {
                let says = Phrase::new("evidence.status", [("status", instance.status.to_string())]);
                aside.push(Evidence { source: "state", speaks: Speaks::Open, says });
            }
            Witness { audit, aside }
        }
        .boxed()
    }
}

impl Power {
    /// The status fits. What proves that it was our call that brought it about?
    async fn prove(&self, site: Site<'_>, status: &str, fit_at: Timestamp, mut notes: PowerResult) -> Watched {
        let settled_by_audit = site.attempt.is_some_and(|attempt| {
            attempt.evidence.as_deref().is_some_and(|evidence| evidence.contains("evidence.audit_seen"))
        });
        let audit = match (settled_by_audit, client(&site), site.attempt) {
            (false, Ok(client), Some(attempt)) => self.audit(client, site.action, &attempt.request_id).await,
            _ => AuditLook::Incomplete,
        };
        let done = |proof: &str, notes: &mut PowerResult, evidence: Evidence| {
            notes.proof = Some(proof.to_owned());
            let says = Phrase::new("action.power.done", [("status", status.to_owned())]);
            Watched::Done { result: notes.json(), evidence, says }
        };
        let state = Evidence {
            source: "state",
            speaks: Speaks::Applied,
            says: Phrase::new("evidence.status", [("status", status.to_owned())]),
        };
        if let AuditLook::Seen { at, by } = audit {
            let at = at.map(|at| at.to_string()).unwrap_or_default();
            let says = Phrase::new("evidence.audit_seen", [("at", at), ("by", by)]);
            return done("audit", &mut notes, Evidence { source: "audit", speaks: Speaks::Applied, says });
        }
        if settled_by_audit {
            return done("audit", &mut notes, state);
        }
        if !self.needs_audit {
            return done("state", &mut notes, state);
        }
        let until = later(fit_at, site.policy.wait.audit_patience);
        if site.now < until {
            let waits = Phrase::new("waits.audit", [("until", until.to_string())]);
            return Watched::NotYet { waits, notes: notes.json() };
        }
        // The provider acknowledged the call, and that is a proof; that its audit list does not show it is kept, too.
        let says =
            Phrase::new("evidence.audit_missing", [("seconds", site.policy.wait.audit_patience.as_secs().to_string())]);
        done("reply", &mut notes, Evidence { source: "audit", speaks: Speaks::Open, says })
    }
}

/// The typed input as it is kept.
pub fn input(instance_id: i64) -> String {
    json!(PowerInput { instance_id }).to_string()
}

/// What a power action locks.
pub fn resource_key(instance_id: i64) -> String {
    format!("contabo:instance:{instance_id}")
}

/// The wish: this kind on this instance.
pub fn unique_key(kind: &str, instance_id: i64) -> String {
    format!("{kind}:{}", resource_key(instance_id))
}

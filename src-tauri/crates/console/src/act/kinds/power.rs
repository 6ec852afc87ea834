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
        instances::Instance,
    },
};
use rackdesk_wire::{Call, Effect};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Accepted, Act, CallText, Card, Checked, Lane, Row, Site, Step, TargetKind, Trouble, Watched, Witness,
    contabo::{self, answered, client, instance, protected, same_instance, trouble},
};
use crate::{
    act::reconcile::{Evidence, Look, Source, Speaks, later},
    plan::{
        Impact, Phrase,
        facts::{Facts, OpenAction},
    },
};

/// One of the four.
#[derive(Debug)]
pub struct Power {
    card: Card,
    /// Last word of the path.
    verb: &'static str,
    /// Statuses from which it makes sense.
    pub may_from: &'static [&'static str],
    /// Statuses in which it is so already.
    pub already: &'static [&'static str],
    /// The status that shows that it is done.
    pub reaches: &'static str,
    effect: Effect,
    /// Whether the status alone cannot show that it happened.
    needs_audit: bool,
    limit: Duration,
}

/// Statuses in which a machine is on, as far as one can tell.
const ON: &[&str] = &["running", "rescue", "reset_password", "error", "unknown", "other"];

/// Starts a stopped server.
pub static START: Power = Power {
    card: Card::of("power.start", TargetKind::Instance),
    verb: "start",
    may_from: &["stopped", "error", "unknown", "other"],
    already: &["running"],
    reaches: "running",
    effect: Effect::Idempotent,
    needs_audit: false,
    limit: Duration::from_secs(600),
};

/// Cuts the power.
pub static STOP: Power = Power {
    card: Card { impact: Impact::Restart, ..Card::of("power.stop", TargetKind::Instance) },
    verb: "stop",
    may_from: ON,
    already: &["stopped"],
    reaches: "stopped",
    effect: Effect::Idempotent,
    needs_audit: false,
    limit: Duration::from_secs(600),
};

/// Asks the operating system to shut down.
pub static SHUTDOWN: Power = Power {
    card: Card { impact: Impact::Restart, ..Card::of("power.shutdown", TargetKind::Instance) },
    verb: "shutdown",
    may_from: ON,
    already: &["stopped"],
    reaches: "stopped",
    effect: Effect::Idempotent,
    needs_audit: false,
    // The operating system is only asked, and may take its time.
    limit: Duration::from_secs(900),
};

/// Restarts a running server.
pub static RESTART: Power = Power {
    card: Card { impact: Impact::Restart, comes_back: true, ..Card::of("power.restart", TargetKind::Instance) },
    verb: "restart",
    may_from: ON,
    already: &[],
    reaches: "running",
    effect: Effect::Once,
    needs_audit: true,
    limit: Duration::from_secs(900),
};

/// The four.
pub static POWER: [&Power; 4] = [&START, &STOP, &SHUTDOWN, &RESTART];

/// The power kind of that name.
pub fn named(id: &str) -> Option<&'static Power> {
    POWER.into_iter().find(|power| power.card.id == id)
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
pub fn abilities(facts: &Facts, open: Option<&OpenAction>) -> Vec<PowerAbility> {
    let busy = open.map(|action| Phrase::new("rule.busy", [("action", action.id.to_string())]));
    let ability = |power: &Power| {
        let reason = busy.clone().or_else(|| power.forbidden_in(&facts.status));
        PowerAbility { kind: power.card.id, allowed: reason.is_none(), reason, impact: power.card.impact }
    };
    POWER.into_iter().map(ability).collect()
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

    async fn audit(&self, site: &Site<'_>) -> Look {
        contabo::audit(site, self.verb, &[("instanceId", site.action.target.id.to_string())]).await
    }

    async fn acknowledge(&self, client: &Client, instance_id: i64, call: Call) -> Result<Acknowledged, Trouble> {
        let answer = match self.verb {
            "start" => client.call_with(Start { instance_id }, call).await,
            "stop" => client.call_with(Stop { instance_id }, call).await,
            "shutdown" => client.call_with(Shutdown { instance_id }, call).await,
            _ => client.call_with(Restart { instance_id }, call).await,
        };
        answer.map_err(|error| trouble(&error))
    }
}

/// Nothing has to be given beside the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {}

/// What is remembered between looks, and at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerResult {
    /// When the machine was first seen down, for what comes back by itself.
    pub down_at: Option<Timestamp>,
    /// When the status was first seen to fit.
    pub fit_at: Option<Timestamp>,
    /// Since when its way down is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Timestamp>,
    /// How long it was seen down, in milliseconds.
    pub down_ms: Option<i64>,
    /// `audit`, `state`, `reply` or `already`.
    pub proof: Option<String>,
}

impl PowerResult {
    fn json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

impl Act for Power {
    type Input = Input;

    fn card(&self) -> &Card {
        &self.card
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        self.forbidden_in(&facts.status)
    }

    fn change(&self, facts: &Facts, _: &Input, _: Option<&Value>) -> Row {
        Row::of(&self.card).fact("status", Some(&facts.status), Some(self.reaches))
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![self]
    }
}

impl Step for Power {
    fn lane(&self) -> Lane {
        Lane::Contabo
    }

    fn effect(&self) -> Effect {
        self.effect
    }

    fn limit(&self) -> Duration {
        self.limit
    }

    fn call(&self, site: &Site<'_>) -> Result<CallText, Phrase> {
        let instance_id = site.action.target.id;
        Ok(match self.verb {
            "start" => contabo::text(&Start { instance_id }),
            "stop" => contabo::text(&Stop { instance_id }),
            "shutdown" => contabo::text(&Shutdown { instance_id }),
            _ => contabo::text(&Restart { instance_id }),
        })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let instance = instance(&site).await?;
            if let Some(refused) = protected(&site, &instance).await? {
                return Ok(refused);
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

    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Accepted, Trouble>> {
        async move {
            let answer = self.acknowledge(client(&site)?, site.action.target.id, call).await?;
            // It may have happened, perhaps to somebody else: then the audits must say.
            same_instance(&site, answer.instance_id)?;
            Ok(answered(&answer.action).into())
        }
        .boxed()
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let instance: Instance = instance(&site).await?;
            let mut notes: PowerResult = site.notes();
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
            let began = site.since(notes.began, site.sent_at());
            notes.began = Some(began);
            if self.card.comes_back
                && notes.down_at.is_none()
                && site.now < later(began, site.policy.wait.restart_settles)
            {
                return Ok(Watched::NotYet { waits: Phrase::new("waits.going_down", []), notes: notes.json() });
            }
            let fit_at = site.since(notes.fit_at, site.now);
            notes.fit_at = Some(fit_at);
            if let Some(down_at) = notes.down_at.filter(|_| self.card.comes_back && notes.down_ms.is_none()) {
                notes.down_ms = i64::try_from(fit_at.duration_since(down_at).as_millis().max(0)).ok();
            }
            Ok(self.prove(site, status, fit_at, notes).await)
        }
        .boxed()
    }

    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness> {
        async move {
            let look = self.audit(&site).await;
            Witness { source: Source::Audit, look, aside: contabo::machine(&site).await }
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
        let look = if settled_by_audit { Look::Incomplete } else { self.audit(&site).await };
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
        if let Look::Seen { at, by, .. } = look {
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

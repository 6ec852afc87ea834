//! Suspending, unsuspending and terminating a service on both sides: what is behind it first, and WHMCS's status only
//! after that was read back.
//!
//! | kind | at the provider | in WHMCS |
//! |---|---|---|
//! | `service.suspend` | its instance is stopped, or its module suspends it | Suspended |
//! | `service.unsuspend` | its instance is started, or its module takes the suspension back | Active |
//! | `service.terminate` | its instance is stopped and cancelled, or its module terminates it | Terminated |
//!
//! Which instance or module that is was read when the plan was approved, and is sealed with the action: a link that is
//! changed afterwards does not lead it to another customer's machine. A service with neither is set in WHMCS only.
//!
//! The steps at the provider are those of `power.stop`, `power.start`, `server.cancel` and the `module.` kinds, carried
//! out on what is behind the service ([`Behind`]), with their proofs. What they brought about is never done again when
//! WHMCS does not take its status: that step alone is tried again. A newer wish takes the place of an older one that
//! has nothing under way; a termination that has begun stays.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use jiff::civil::Date;
use rackdesk_store::queue;
use rackdesk_whmcs::actions::{
    ServiceStatus,
    service::{ServiceText, UpdateClientProduct},
};
use rackdesk_wire::{Call, Effect};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Accepted, Act, CallText, Card, Checked, Gathering, Holds, Kind, Lane, Row, Site, Step, TargetKind, Trouble,
    Watched, Witness, cancel, may, module, power, resource,
    service::{self, Seen},
    whmcs::{OnWhmcs, Write, id, sealed, store_trouble, unreadable},
};
use crate::{
    act::{
        engine::Deps,
        reconcile::{Look, Source},
    },
    plan::{Impact, Phrase, Verdict, facts::Facts},
};

/// What a person gives; which of it, says the card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Why; the client sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `leave` lets the instance be as it is. It is stopped or started when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Last day of the instance; the provider's earliest when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_date: Option<Date>,
}

/// One of the three.
#[derive(Debug)]
pub struct State {
    card: Card,
    wants: ServiceStatus,
    may_from: &'static [&'static str],
    /// Status of the instance afterwards.
    machine: &'static str,
    provider: &'static [Behind],
    last: OnWhmcs<Status>,
}

/// Switches a service off for now.
pub static SUSPEND: State = State {
    card: Card {
        impact: Impact::Restart,
        fields: &[may("reason", Holds::Text { most: 255 }), may("server", Holds::Choice(&["stop", "leave"]))],
        supersedes: &["service.unsuspend", "service.terminate"],
        yields: true,
        ..Card::of("service.suspend", TargetKind::Service)
    },
    wants: ServiceStatus::Suspended,
    may_from: &["Active", "Suspended"],
    machine: "stopped",
    provider: &[
        Behind { name: "stop", part: Part::Power, kind: &power::STOP },
        Behind { name: "module", part: Part::Module, kind: &module::SUSPEND },
    ],
    last: OnWhmcs(Status(ServiceStatus::Suspended)),
};

/// Switches a service on again.
pub static UNSUSPEND: State = State {
    card: Card {
        fields: &[may("server", Holds::Choice(&["start", "leave"]))],
        supersedes: &["service.suspend", "service.terminate"],
        yields: true,
        ..Card::of("service.unsuspend", TargetKind::Service)
    },
    wants: ServiceStatus::Active,
    may_from: &["Active", "Suspended"],
    machine: "running",
    provider: &[
        Behind { name: "start", part: Part::Power, kind: &power::START },
        Behind { name: "module", part: Part::Module, kind: &module::UNSUSPEND },
    ],
    last: OnWhmcs(Status(ServiceStatus::Active)),
};

/// Ends a service.
pub static TERMINATE: State = State {
    card: Card {
        impact: Impact::Wipe,
        money: true,
        fields: &[may("cancel_date", Holds::Day)],
        supersedes: &["service.suspend", "service.unsuspend"],
        ..Card::of("service.terminate", TargetKind::Service)
    },
    wants: ServiceStatus::Terminated,
    may_from: &["Active", "Suspended", "Cancelled"],
    machine: "stopped",
    provider: &[
        Behind { name: "stop", part: Part::Power, kind: &power::STOP },
        Behind { name: "cancel", part: Part::Cancel, kind: &cancel::Cancel },
        Behind { name: "module", part: Part::Module, kind: &module::TERMINATE },
    ],
    last: OnWhmcs(Status(ServiceStatus::Terminated)),
};

impl State {
    fn forbidden_in(&self, status: &str) -> Option<Phrase> {
        if self.may_from.contains(&status) {
            return None;
        }
        Some(Phrase::new("rule.service_status", [("status", status.to_owned())]))
    }

    /// Whether the instance is to be touched.
    fn touches(input: &Input) -> bool {
        input.server.as_deref() != Some("leave")
    }

    fn block(&self, seen: &Seen, input: &Input) -> Option<Phrase> {
        if seen.status.is_empty() {
            return Some(Phrase::new("guard.no_service", []));
        }
        if let Some(forbidden) = self.forbidden_in(&seen.status) {
            return Some(forbidden);
        }
        let stops = self.machine == "stopped" && seen.machine.is_some() && Self::touches(input);
        if stops && !seen.shared_with.is_empty() {
            let ids: Vec<String> = seen.shared_with.iter().map(ToString::to_string).collect();
            return Some(Phrase::new("guard.shared_server", [("services", ids.join(", "))]));
        }
        let machine_fits = match &seen.machine {
            Some(machine) => machine.status == self.machine || !Self::touches(input),
            None => true,
        };
        let done = seen.status == self.wants.as_str() && machine_fits;
        done.then(|| Phrase::new("rule.service_status", [("status", seen.status.clone())]))
    }

    fn warning(seen: &Seen, input: &Input) -> Option<Phrase> {
        match (seen.instance_id, &seen.machine) {
            (Some(instance), None) => Some(Phrase::new("guard.instance_gone", [("instance", instance.to_string())])),
            (Some(_), Some(_)) if !Self::touches(input) => Some(Phrase::new("guard.server_left", [])),
            (None, _) if seen.module.is_empty() => Some(Phrase::new("guard.nothing_behind", [])),
            _ => None,
        }
    }
}

impl Act for State {
    type Input = Input;

    fn card(&self) -> &Card {
        &self.card
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        self.forbidden_in(&facts.status)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, _: &'a Input) -> Gathering<'a> {
        async move { Ok(sealed(&service::seen(deps, target).await?)) }.boxed()
    }

    fn change(&self, _: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let seen = gathered.and_then(|found| Seen::deserialize(found).ok()).unwrap_or_default();
        let mut row = Row::of(&self.card).fact("status", Some(&seen.status), Some(self.wants.as_str()));
        if let Some(machine) = &seen.machine {
            let after = if Self::touches(input) { self.machine } else { machine.status.as_str() };
            // What is told of and stays as it is: the same on both sides.
            row = row.fact("server_name", Some(&machine.name), Some(&machine.name)).fact(
                "server_status",
                Some(&machine.status),
                Some(after),
            );
            if self.wants == ServiceStatus::Terminated {
                let asked = input.cancel_date.map(|day| day.to_string());
                let day = machine.cancel_date.clone().or(asked).unwrap_or_else(|| "earliest".to_owned());
                row = row.fact("cancel_date", machine.cancel_date.as_deref(), Some(&day));
            }
        } else if !seen.module.is_empty() {
            row = row.fact("module", Some(&seen.module), Some(&seen.module));
        }
        if let Some(reason) = &input.reason {
            row = row.fact("reason", None, Some(reason));
        }
        row.verdict(Self::warning(&seen, input).map(|reason| Verdict::warn("behind", reason)))
            .verdict(self.block(&seen, input).map(|reason| Verdict::block("state", reason)))
    }

    fn steps(&self) -> Vec<&dyn Step> {
        let mut steps: Vec<&dyn Step> = self.provider.iter().map(|step| step as &dyn Step).collect();
        steps.push(&self.last);
        steps
    }
}

/// Which of the things behind a service a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The instance, unless it is to be left as it is.
    Power,
    /// The instance's contract.
    Cancel,
    /// The module, when there is no instance.
    Module,
}

/// The one step of another kind, carried out on what is behind the service.
#[derive(Debug)]
struct Behind {
    name: &'static str,
    part: Part,
    kind: &'static dyn Kind,
}

/// What a step has to do with the service at hand.
enum Place {
    /// Nothing.
    Skip(Phrase),
    /// It works on this.
    At(Box<queue::ActionRecord>),
}

impl Behind {
    fn inner(&self) -> Result<&'static dyn Step, Phrase> {
        self.kind.steps().into_iter().next().ok_or_else(|| Phrase::new("action.bad_input", []))
    }

    /// The action as the step's own kind would have it: its target and its input.
    fn place(&self, site: &Site<'_>) -> Result<Place, Phrase> {
        let input: Input = site.input()?;
        let seen: Seen = site.gathered().ok_or_else(|| Phrase::new("action.not_gathered", []))?;
        let nothing = || Ok(Place::Skip(Phrase::new("action.nothing_behind", [("step", self.name.to_owned())])));
        let mut action = site.action.clone();
        match (self.part, seen.instance_id) {
            (Part::Module, Some(_)) => return nothing(),
            (Part::Module, None) if seen.module.is_empty() => return nothing(),
            (Part::Module, None) => {
                let own = module::Input { reason: input.reason, ..module::Input::default() };
                action.input = json!(own).to_string();
            }
            (Part::Power, _) if !State::touches(&input) => return nothing(),
            // Gone at the provider: there is nothing left to be done to it.
            (Part::Power | Part::Cancel, Some(instance)) if seen.machine.is_some() => {
                action.target.id = instance;
                TargetKind::Instance.name().clone_into(&mut action.target.kind);
                action.input = match self.part {
                    Part::Cancel => json!(cancel::Input { cancel_date: input.cancel_date }).to_string(),
                    Part::Power | Part::Module => "{}".to_owned(),
                };
            }
            (Part::Power | Part::Cancel, _) => return nothing(),
        }
        Ok(Place::At(Box::new(action)))
    }

    /// The action on what is behind the service, once it is certain that there is something.
    fn there(&self, site: &Site<'_>) -> Result<Box<queue::ActionRecord>, Phrase> {
        match self.place(site)? {
            Place::At(action) => Ok(action),
            Place::Skip(says) => Err(says),
        }
    }
}

/// Whether somebody else is at work on the instance right now: its lane is another one than the service's.
async fn busy(site: &Site<'_>, instance: i64) -> Result<(), Trouble> {
    let key = resource(TargetKind::Instance, instance);
    let found =
        site.deps.store.peek_async(move |c| queue::open_on_targets(c, TargetKind::Instance.name(), &[instance])).await;
    let found = found.map_err(|error| store_trouble(&error))?;
    let under_way = |action: &&queue::ActionRecord| {
        action.resource_key == key && matches!(action.state.as_str(), "running" | "unknown")
    };
    match found.iter().find(under_way) {
        Some(other) => {
            let says = Phrase::new("rule.busy", [("action", other.id.to_string())]);
            Err(Trouble { cause: says.code.clone(), lasting: false, ..Trouble::hopeless(says) })
        }
        None => Ok(()),
    }
}

impl Step for Behind {
    fn name(&self) -> &'static str {
        self.name
    }

    fn lane(&self) -> Lane {
        match self.part {
            Part::Power | Part::Cancel => Lane::Contabo,
            Part::Module => Lane::Whmcs,
        }
    }

    fn effect(&self) -> Effect {
        self.inner().map_or(Effect::Destructive, |step| step.effect())
    }

    fn limit(&self) -> Duration {
        self.inner().map_or(Duration::from_secs(600), |step| step.limit())
    }

    fn call(&self, site: &Site<'_>) -> Result<CallText, Phrase> {
        match self.place(site)? {
            Place::At(action) => self.inner()?.call(&Site { action: &action, ..*site }),
            // Never made: the check says so.
            Place::Skip(_) => Ok(CallText { text: self.name.to_owned(), body: Vec::new() }),
        }
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let action = match self.place(&site)? {
                Place::At(action) => action,
                Place::Skip(says) => return Ok(Checked::Already(says)),
            };
            if self.part != Part::Module {
                busy(&site, action.target.id).await?;
            }
            self.inner()?.check(Site { action: &action, ..site }).await
        }
        .boxed()
    }

    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Accepted, Trouble>> {
        async move {
            let action = self.there(&site)?;
            self.inner()?.send(Site { action: &action, ..site }, call).await
        }
        .boxed()
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let action = self.there(&site)?;
            self.inner()?.watch(Site { action: &action, ..site }).await
        }
        .boxed()
    }

    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness> {
        async move {
            let place = self.there(&site).and_then(|action| Ok((action, self.inner()?)));
            match place {
                Ok((action, step)) => step.witness(Site { action: &action, ..site }).await,
                Err(why) => Witness { source: Source::ReadBack, look: Look::Unreadable { why }, aside: Vec::new() },
            }
        }
        .boxed()
    }
}

/// WHMCS's own status, set last.
#[derive(Debug)]
struct Status(ServiceStatus);

impl Write for Status {
    type Action = UpdateClientProduct;

    fn name(&self) -> &'static str {
        "status"
    }

    fn action(&self, site: &Site<'_>) -> Result<UpdateClientProduct, Phrase> {
        let input: Input = site.input()?;
        let unset = (self.0 == ServiceStatus::Active).then(|| vec![ServiceText::SuspendReason]);
        Ok(UpdateClientProduct {
            status: Some(self.0.clone()),
            suspendreason: input.reason,
            unset,
            ..UpdateClientProduct::new(id(site)?)
        })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let status = service::now(&site).await?.status;
            if status == self.0 {
                return Ok(Checked::Already(Phrase::new("action.already", [("status", status.to_string())])));
            }
            // Somebody has ended it in the meantime: that is not taken back.
            let ended = [ServiceStatus::Terminated, ServiceStatus::Fraud].contains(&status);
            Ok(if ended {
                Checked::Refused(Phrase::new("rule.service_status", [("status", status.to_string())]))
            } else {
                Checked::Go
            })
        }
        .boxed()
    }

    fn look<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Look> {
        async move {
            match service::now(&site).await {
                Ok(found) if found.status == self.0 => {
                    Look::Seen { at: None, by: String::new(), ids: json!({ "status": self.0.as_str() }) }
                }
                Ok(_) => Look::Absent,
                Err(trouble) => unreadable(trouble),
            }
        }
        .boxed()
    }
}

//! What WHMCS has a service's module do: create, suspend, unsuspend, terminate, change package, change password, and
//! functions of the module's own. One kind, seven rows of data.
//!
//! A success does not prove that anything was provisioned (quirk 69), so the service is read again. Where that shows
//! nothing, WHMCS's activity log is asked ([`activity`]). A refusal in a module's own words may come after half the
//! work (quirk 19): it counts as unknown, and once the read-back shows that nothing came of it, the action fails with
//! those words instead of being sent again.
//!
//! WHMCS keeps a queue of module runs that failed and has no action that runs one again: [`retries`] names the kind
//! that does the same.

use std::time::Duration;

use futures::{FutureExt, future::BoxFuture};
use rackdesk_whmcs::{
    Action, Form, Secret,
    actions::{
        Done,
        service::{
            ModuleChangePackage, ModuleChangePw, ModuleCreate, ModuleCustom, ModuleSuspend, ModuleTerminate,
            ModuleUnsuspend,
        },
    },
};
use rackdesk_wire::{Call, Effect};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Accepted, Act, CallText, Card, Checked, Gathering, Holds, InputProblem, Lane, Row, Site, Step, TargetKind, Trouble,
    Watched, Witness, activity, may, needs,
    service::{self, Seen},
    whmcs::{answered, client, id, module_said, sealed, trouble, unreadable},
};
use crate::{
    act::{
        engine::Deps,
        reconcile::{Evidence, Look, Source, Speaks},
    },
    plan::{Impact, Phrase, Verdict, facts::Facts},
};

/// What the module is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Create,
    Suspend,
    Unsuspend,
    Terminate,
    ChangePackage,
    ChangePassword,
    Custom,
}

/// One of the seven.
#[derive(Debug)]
pub struct Module {
    card: Card,
    function: Function,
    /// Statuses of the service from which it makes sense.
    may_from: &'static [&'static str],
    /// The status that shows that it was done; `None` when no status does.
    reaches: Option<&'static str>,
}

/// Has the module create the service.
pub static CREATE: Module = Module {
    card: Card { money: true, ..Card::of("module.create", TargetKind::Service) },
    function: Function::Create,
    may_from: &["Pending", "Terminated", "Cancelled"],
    reaches: Some("Active"),
};

/// Has the module suspend the service.
pub static SUSPEND: Module = Module {
    card: Card {
        impact: Impact::Restart,
        fields: &[may("reason", Holds::Text { most: 255 })],
        ..Card::of("module.suspend", TargetKind::Service)
    },
    function: Function::Suspend,
    may_from: &["Active"],
    reaches: Some("Suspended"),
};

/// Has the module take the suspension back.
pub static UNSUSPEND: Module = Module {
    card: Card::of("module.unsuspend", TargetKind::Service),
    function: Function::Unsuspend,
    may_from: &["Suspended"],
    reaches: Some("Active"),
};

/// Has the module terminate the service: what is on it is gone.
pub static TERMINATE: Module = Module {
    card: Card { impact: Impact::Wipe, ..Card::of("module.terminate", TargetKind::Service) },
    function: Function::Terminate,
    may_from: &["Active", "Suspended", "Cancelled"],
    reaches: Some("Terminated"),
};

/// Has the module apply the service's package.
pub static CHANGE_PACKAGE: Module = Module {
    card: Card {
        impact: Impact::Restart,
        depends: &["product"],
        ..Card::of("module.change_package", TargetKind::Service)
    },
    function: Function::ChangePackage,
    may_from: &["Active", "Suspended"],
    reaches: None,
};

/// Has the module set the service's password.
pub static CHANGE_PASSWORD: Module = Module {
    card: Card {
        fields: &[needs("password", Holds::Choice(&["keep", "new"]))],
        ..Card::of("module.change_password", TargetKind::Service)
    },
    function: Function::ChangePassword,
    may_from: &["Active", "Suspended"],
    reaches: None,
};

/// Runs a function of the module's own.
pub static CUSTOM: Module = Module {
    card: Card {
        impact: Impact::Wipe,
        fields: &[needs("function", Holds::Text { most: 100 })],
        ..Card::of("module.custom", TargetKind::Service)
    },
    function: Function::Custom,
    may_from: &["Active", "Suspended"],
    reaches: None,
};

/// The kind that does what an entry of WHMCS's module queue failed at; `None` when nothing here does.
pub fn retries(module_action: &str) -> Option<&'static str> {
    Some(match module_action {
        "CreateAccount" => "module.create",
        "SuspendAccount" => "module.suspend",
        "UnsuspendAccount" => "module.unsuspend",
        "TerminateAccount" => "module.terminate",
        "ChangePackage" => "module.change_package",
        "ChangePassword" => "module.change_password",
        _ => return None,
    })
}

/// What a person gives; which of it, says the card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Why it is suspended; the client sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `keep`: the password that WHMCS has is set again. `new`: one is made and handed to WHMCS, which keeps it. It is
    /// never part of the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The module's function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
}

/// Whether the name of a module's function sounds as if it could cost data.
fn sounds_grave(function: &str) -> bool {
    const GRAVE: [&str; 9] =
        ["rebuild", "reinstall", "format", "delete", "destroy", "terminate", "wipe", "remove", "reset"];
    let name = function.to_lowercase();
    GRAVE.iter().any(|word| name.contains(word))
}

impl Module {
    /// Why it makes no sense in a status; `None` when it does.
    fn forbidden_in(&self, status: &str) -> Option<Phrase> {
        if self.may_from.contains(&status) {
            return None;
        }
        Some(Phrase::new("rule.service_status", [("status", status.to_owned())]))
    }

    /// How the line in the activity log begins that tells of it.
    fn stems(&self, input: &Input) -> Vec<String> {
        match self.function {
            Function::ChangePackage => vec!["changepackage".into()],
            Function::ChangePassword => vec!["changepassword".into(), "changepw".into()],
            Function::Custom => {
                let name = input.function.as_deref().unwrap_or_default().to_lowercase();
                vec![name.chars().filter(char::is_ascii_alphanumeric).collect(), "custom".into()]
            }
            // Their status tells.
            Function::Create | Function::Suspend | Function::Unsuspend | Function::Terminate => Vec::new(),
        }
    }

    /// Name of the action.
    const fn name(&self) -> &'static str {
        match self.function {
            Function::Create => ModuleCreate::NAME,
            Function::Suspend => ModuleSuspend::NAME,
            Function::Unsuspend => ModuleUnsuspend::NAME,
            Function::Terminate => ModuleTerminate::NAME,
            Function::ChangePackage => ModuleChangePackage::NAME,
            Function::ChangePassword => ModuleChangePw::NAME,
            Function::Custom => ModuleCustom::NAME,
        }
    }

    fn queued(seen: &Seen) -> impl Iterator<Item = Verdict> + '_ {
        seen.queued.iter().map(|entry| {
            let words = [
                ("action", entry.action.clone()),
                ("retries", entry.retries.to_string()),
                ("error", entry.error.clone()),
            ];
            Verdict::warn("module_queue", Phrase::new("guard.module_failed", words))
        })
    }

    fn row(&self, seen: &Seen, input: &Input) -> Row {
        let mut row = Row::of(&self.card);
        if let Some(reaches) = self.reaches {
            row = row.fact("status", Some(&seen.status), Some(reaches));
        }
        row = row.fact("module", Some(&seen.module), Some(&seen.module));
        match self.function {
            Function::ChangePackage => row = row.fact("product", None, Some(&seen.product)),
            Function::ChangePassword => row = row.fact("password", None, input.password.as_deref()),
            Function::Custom => {
                let function = input.function.clone().unwrap_or_default();
                row.impact = if sounds_grave(&function) { Impact::Wipe } else { Impact::Restart };
                row = row.fact("function", None, Some(&function));
                let says = Phrase::new("guard.module_function", [("function", function)]);
                row = row.verdict(Some(Verdict::warn("module", says)));
            }
            Function::Suspend => {
                if let Some(reason) = &input.reason {
                    row = row.fact("reason", None, Some(reason));
                }
            }
            Function::Create | Function::Unsuspend | Function::Terminate => {}
        }
        row
    }
}

impl Act for Module {
    type Input = Input;

    fn card(&self) -> &Card {
        &self.card
    }

    fn refuse(&self, input: &Input) -> Option<InputProblem> {
        let function = input.function.as_deref()?;
        let word = function.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
            && function.chars().any(|c| c.is_ascii_alphanumeric());
        (!word).then(|| InputProblem::new("function", "is no name of a function"))
    }

    fn forbidden(&self, facts: &Facts) -> Option<Phrase> {
        self.forbidden_in(&facts.status)
    }

    fn gather<'a>(&'a self, deps: &'a Deps, target: i64, _: &'a Input) -> Gathering<'a> {
        async move { Ok(sealed(&service::seen(deps, target).await?)) }.boxed()
    }

    fn change(&self, _: &Facts, input: &Input, gathered: Option<&Value>) -> Row {
        let seen = gathered.and_then(|found| Seen::deserialize(found).ok()).unwrap_or_default();
        let mut row = self.row(&seen, input);
        let block = if seen.status.is_empty() {
            Some(Phrase::new("guard.no_service", []))
        } else if seen.module.is_empty() {
            Some(Phrase::new("guard.no_module", [("product", seen.product.clone())]))
        } else {
            // The mirror may be behind.
            self.forbidden_in(&seen.status)
        };
        row.verdicts.extend(Self::queued(&seen));
        row.verdict(block.map(|reason| Verdict::block("module", reason)))
    }

    fn steps(&self) -> Vec<&dyn Step> {
        vec![self]
    }
}

/// A password that no one has seen: 20 characters, with each sort that a module may insist on.
fn new_password(dice: &mut impl Rng) -> Secret {
    const SORTS: [&[u8]; 4] = [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnpqrstuvwxyz", b"23456789", b"!@#^*_~"];
    let mut bytes: Vec<u8> = (0..20).map(|at| SORTS[at % 4][dice.random_range(0..SORTS[at % 4].len())]).collect();
    bytes.shuffle(dice);
    Secret::new(String::from_utf8_lossy(&bytes).into_owned())
}

async fn fire<A: Action<Response = Done>>(site: &Site<'_>, action: &A, call: Call) -> Result<Accepted, Trouble> {
    client(site)?.call_with(action, call).await.map_err(|error| trouble(&error))?;
    Ok(answered(A::NAME).into())
}

impl Step for Module {
    fn lane(&self) -> Lane {
        Lane::Whmcs
    }

    fn effect(&self) -> Effect {
        match self.function {
            Function::Create => ModuleCreate::EFFECT,
            Function::Suspend => ModuleSuspend::EFFECT,
            Function::Unsuspend => ModuleUnsuspend::EFFECT,
            Function::Terminate => ModuleTerminate::EFFECT,
            Function::ChangePackage => ModuleChangePackage::EFFECT,
            Function::ChangePassword => ModuleChangePw::EFFECT,
            Function::Custom => ModuleCustom::EFFECT,
        }
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(300)
    }

    /// The body as it is journalled holds no password, so neither does its hash.
    fn call(&self, site: &Site<'_>) -> Result<CallText, Phrase> {
        let (input, service) = (site.input::<Input>()?, id(site)?);
        let mut form = Form::new();
        ModuleCreate::new(service).fields(&mut form);
        if let Some(function) = &input.function {
            form.text("func_name", function);
        }
        if let Some(reason) = &input.reason {
            form.text("suspendreason", reason);
        }
        Ok(CallText { text: self.name().to_owned(), body: form.into_string().into_bytes() })
    }

    fn check<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Checked, Trouble>> {
        async move {
            let found = service::now(&site).await?;
            let status = found.status.as_str();
            if self.reaches == Some(status) {
                return Ok(Checked::Already(Phrase::new("action.already", [("status", status.to_owned())])));
            }
            if let Some(refused) = self.forbidden_in(status) {
                return Ok(Checked::Refused(refused));
            }
            if let Some(said) = module_said(&site).await? {
                return Ok(Checked::Refused(said));
            }
            Ok(match self.reaches {
                Some(_) => Checked::Go,
                None => Checked::Knowing(json!(activity::before(&site).await?)),
            })
        }
        .boxed()
    }

    fn send<'a>(&'a self, site: Site<'a>, call: Call) -> BoxFuture<'a, Result<Accepted, Trouble>> {
        async move {
            let (input, service) = (site.input::<Input>()?, id(&site)?);
            match self.function {
                Function::Create => fire(&site, &ModuleCreate::new(service), call).await,
                Function::Suspend => {
                    fire(&site, &ModuleSuspend { suspendreason: input.reason, serviceid: service }, call).await
                }
                Function::Unsuspend => fire(&site, &ModuleUnsuspend::new(service), call).await,
                Function::Terminate => fire(&site, &ModuleTerminate::new(service), call).await,
                Function::ChangePackage => fire(&site, &ModuleChangePackage::new(service), call).await,
                Function::ChangePassword => {
                    let new = input.password.as_deref() == Some("new");
                    // It decides nothing, so it is no parameter; and nobody may be able to foretell it.
                    let servicepassword = new.then(|| new_password(&mut StdRng::from_os_rng()));
                    fire(&site, &ModuleChangePw { serviceid: service, servicepassword }, call).await
                }
                Function::Custom => {
                    let function = input.function.unwrap_or_default();
                    fire(&site, &ModuleCustom::new(service, function), call).await
                }
            }
        }
        .boxed()
    }

    fn watch<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Result<Watched, Trouble>> {
        async move {
            let name = || [("action", self.name().to_owned())];
            let Some(reaches) = self.reaches else {
                // The answer, or the log, has said so: there is nothing else to read.
                let says = Phrase::new("action.module_done", name());
                let evidence = Evidence { source: "reply", speaks: Speaks::Applied, says: says.clone() };
                return Ok(Watched::Done { result: json!({ "proof": "answer" }), evidence, says });
            };
            let status = service::now(&site).await?.status.to_string();
            if status != reaches {
                let words = [("status", status), ("wanted", reaches.to_owned())];
                return Ok(Watched::NotYet { waits: Phrase::new("waits.service_status", words), notes: Value::Null });
            }
            let says = Phrase::new("evidence.read_back", name());
            let evidence = Evidence { source: "list", speaks: Speaks::Applied, says: says.clone() };
            Ok(Watched::Done { result: json!({ "proof": "read_back", "status": status }), evidence, says })
        }
        .boxed()
    }

    fn witness<'a>(&'a self, site: Site<'a>) -> BoxFuture<'a, Witness> {
        async move {
            let look = match self.reaches {
                Some(reaches) => match service::now(&site).await {
                    Ok(found) if found.status.as_str() == reaches => {
                        Look::Seen { at: None, by: String::new(), ids: json!({ "status": reaches }) }
                    }
                    Ok(_) => Look::Absent,
                    Err(trouble) => unreadable(trouble),
                },
                None => {
                    let input: Input = site.input().unwrap_or_default();
                    let stems = self.stems(&input);
                    activity::look(&site, &stems.iter().map(String::as_str).collect::<Vec<_>>()).await
                }
            };
            Witness { source: Source::ReadBack, look, aside: Vec::new() }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_new_password_has_each_sort_of_character(seed: u64) {
            let password = new_password(&mut StdRng::seed_from_u64(seed));
            let text = password.expose();
            prop_assert_eq!(text.len(), 20);
            for sort in [char::is_ascii_uppercase, char::is_ascii_lowercase, char::is_ascii_digit] as [fn(&char) -> bool; 3] {
                prop_assert!(text.chars().any(|c| sort(&c)));
            }
            prop_assert!(text.chars().any(|c| "!@#^*_~".contains(c)));
        }
    }
}

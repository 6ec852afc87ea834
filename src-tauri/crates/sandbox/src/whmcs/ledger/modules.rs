//! Calls to the modules that provision services. The modules of the sandbox do nothing but succeed, or fail when the
//! server they would have to reach does not answer.

use jiff::civil::Date;
use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::State;
use crate::whmcs::access::letters;
use crate::whmcs::desk::Desk;
use crate::whmcs::model::catalog::Product;
use crate::whmcs::model::services::{Service, ServiceStatus};
use crate::whmcs::model::system::QueueEntry;

/// Why a module call did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModuleFault {
    /// The product has no module.
    None,
    /// The module's own words.
    Said(String),
}

impl State {
    /// A service's product.
    pub fn product_of(&self, service: u64) -> Option<&Product> {
        self.services.get(service).and_then(|service| self.products.get(service.product))
    }
}

impl Desk<'_> {
    /// Runs a module function on a service and changes the service as the billing system does afterwards.
    ///
    /// # Errors
    /// There is no module, or it failed; a failure also lands in the module queue.
    pub fn module_call(&mut self, service: u64, function: &str) -> Result<(), ModuleFault> {
        let module = self.state.product_of(service).map(|product| product.module.clone()).unwrap_or_default();
        let client = self.state.services.get(service).map_or(0, |service| service.client);
        if module.is_empty() {
            return Err(ModuleFault::None);
        }
        if let Err(words) = self.reach(service, function) {
            self.log(client, format!("Module {function} Failed - Service ID: {service} - Error: {words}"));
            self.queue_up(service, &module, function, &words);
            return Err(ModuleFault::Said(words));
        }
        self.note(Effect::Action, "service", service, json!({"module": module, "function": function}));
        self.log(client, format!("Module {function} Successful - Service ID: {service}"));
        self.after_module(service, function);
        Ok(())
    }

    /// Whether the machine behind a service answers and agrees.
    fn reach(&self, service: u64, function: &str) -> Result<(), String> {
        let Some(service) = self.state.services.get(service) else { return Ok(()) };
        let server = self.state.servers.get(service.server);
        if let Some(server) = server.filter(|server| !server.reachable) {
            let port = if server.module == "plesk" { 8443 } else { 2087 };
            let host = &server.hostname;
            return Err(format!("Could not connect to {host}:{port} (Connection timed out after 30001 milliseconds)"));
        }
        match (function, service.status) {
            ("CreateAccount", ServiceStatus::Active) => {
                Err(format!("Sorry, the account \"{}\" already exists on this server.", service.username))
            }
            ("SuspendAccount" | "ChangePassword", ServiceStatus::Terminated | ServiceStatus::Cancelled) => {
                Err(format!("cPanel reported: Unable to find account \"{}\" <b>on this host</b>", service.username))
            }
            _ => Ok(()),
        }
    }

    fn after_module(&mut self, id: u64, function: &str) {
        let today = self.today();
        let password = letters(self.rng, 12);
        match function {
            "CreateAccount" => {
                self.set_service_status(id, ServiceStatus::Active, "");
                self.change_service(id, |service| {
                    if service.username.is_empty() {
                        service.username = service.domain.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
                    }
                    if service.password.is_empty() {
                        service.password = password;
                    }
                });
            }
            "SuspendAccount" => self.set_service_status(id, ServiceStatus::Suspended, ""),
            "UnsuspendAccount" => self.set_service_status(id, ServiceStatus::Active, ""),
            "TerminateAccount" => {
                self.set_service_status(id, ServiceStatus::Terminated, "");
                self.change_service(id, |service| service.terminated = Some(today));
            }
            _ => {}
        }
    }

    /// Changes a service and writes that down.
    pub fn change_service(&mut self, id: u64, change: impl FnOnce(&mut Service)) {
        let Some(service) = self.state.services.get_mut(id) else { return };
        let before = (service.status, service.recurring, service.next_due);
        change(service);
        let after = (service.status, service.recurring, service.next_due);
        let show = |(status, recurring, due): (ServiceStatus, rust_decimal::Decimal, Option<Date>)| {
            json!({
                "status": status.text(),
                "recurring": recurring.to_string(),
                "next_due": due.map(|day| day.to_string()),
            })
        };
        self.note(Effect::Updated, "service", id, json!({"before": show(before), "after": show(after)}));
    }

    /// Sets a service's state; its add-ons follow when it ends or stops.
    pub fn set_service_status(&mut self, id: u64, status: ServiceStatus, reason: &str) {
        let today = self.today();
        self.change_service(id, |service| {
            service.status = status;
            if status == ServiceStatus::Suspended {
                reason.clone_into(&mut service.suspend_reason);
            } else {
                service.suspend_reason.clear();
            }
            if status.ended() && service.terminated.is_none() {
                service.terminated = Some(today);
            }
        });
        let follow: Vec<u64> = self
            .state
            .addons
            .iter()
            .filter(|addon| addon.service == id && !addon.status.ended() && addon.status != status)
            .map(|addon| addon.id)
            .collect();
        for addon in follow {
            if let Some(addon) = self.state.addons.get_mut(addon) {
                addon.status = status;
            }
            self.note(Effect::Updated, "addon", addon, json!({"status": status.text()}));
        }
    }

    /// Remembers a failed module call for another try.
    fn queue_up(&mut self, service: u64, module: &str, function: &str, words: &str) {
        let now = self.now();
        let known = self
            .state
            .module_queue
            .iter_mut()
            .find(|entry| entry.related == service && entry.action == function && !entry.completed);
        if let Some(entry) = known {
            entry.retries += 1;
            entry.last_attempt = now;
            entry.updated = now;
            words.clone_into(&mut entry.error);
            return;
        }
        let id = self.state.module_queue.add(|id| QueueEntry {
            id,
            kind: "service".to_owned(),
            related: service,
            module: module.to_owned(),
            action: function.to_owned(),
            last_attempt: now,
            error: words.to_owned(),
            retries: 0,
            completed: false,
            created: now,
            updated: now,
        });
        self.note(Effect::Created, "module_queue", id, json!({"service": service, "function": function}));
    }
}

//! What the kinds on WHMCS's side are about. A target on which nothing is open is put into a state from which its kind
//! makes sense, as life would have done in the meantime.

use jiff::{civil::date, tz::TimeZone};
use rackdesk_console::act::Deps;
use rackdesk_sandbox::{
    Running,
    whmcs::{
        State,
        model::{
            billing::InvoiceStatus,
            services::{Order, OrderStatus, Service, ServiceStatus},
        },
    },
    world::lock,
};
use rackdesk_store::mirror::Amount;
use rackdesk_whmcs::actions::service::ModuleChangePackage;
use serde_json::{Value, json};

use super::{Dice, is_open};

/// Services on modules that are used.
const MODULES: usize = 24;
/// Services with a machine that are used.
const MACHINES: usize = 16;
/// Services that get new servers, one after the other.
const ROOMS: usize = 12;
/// Orders and invoices that are used.
const PAPERS: usize = 16;

pub(super) struct Billing {
    bench: u32,
    on_modules: Vec<u64>,
    with_machines: Vec<u64>,
    for_servers: Vec<u64>,
    orders: Vec<u64>,
    invoices: Vec<u64>,
    tickets: Vec<u64>,
}

impl Billing {
    pub(super) async fn prepare(bench: u32, sandbox: &Running, deps: &Deps) -> Self {
        let billing = Self::choose(bench, &mut lock(sandbox.world()).whmcs);
        for (what, many) in [
            ("services on modules", billing.on_modules.len()),
            ("services with machines", billing.with_machines.len()),
            ("services for servers", billing.for_servers.len()),
            ("orders", billing.orders.len()),
            ("invoices", billing.invoices.len()),
            ("tickets", billing.tickets.len()),
        ] {
            assert!(many > 3, "only {many} {what}");
        }
        // So that the activity log is known to tell of modules.
        let whmcs = deps.whmcs.as_ref().expect("a WHMCS side");
        whmcs.call(ModuleChangePackage::new(billing.on_modules[0])).await.expect("a module that answers");
        billing
    }

    fn choose(bench: u32, state: &mut State) -> Self {
        let reached: Vec<u64> = state.servers.iter().filter(|one| one.reachable).map(|one| one.id).collect();
        let modules: Vec<u64> = state.products.iter().filter(|one| !one.module.is_empty()).map(|one| one.id).collect();
        let of = |status| {
            let fits = move |one: &&Order| one.status == status && !one.services.is_empty();
            state.orders.iter().filter(fits).map(|one| one.id)
        };
        let orders: Vec<u64> = of(OrderStatus::Pending).chain(of(OrderStatus::Active)).take(PAPERS).collect();
        // What an accepted order sets going must not speak for a module's lost call.
        let free = |one: &&Service| !orders.contains(&one.order);
        let on_modules: Vec<u64> = state
            .services
            .iter()
            .filter(free)
            .filter(|one| modules.contains(&one.product) && reached.contains(&one.server))
            .map(|one| one.id)
            .take(MODULES)
            .collect();
        let mut with_machines: Vec<u64> = state
            .services
            .iter()
            .filter(free)
            .filter(|one| one.status == ServiceStatus::Active && machine_of(state, one).is_some())
            .map(|one| one.id)
            .take(MACHINES + ROOMS)
            .collect();
        let for_servers = with_machines.split_off(with_machines.len().saturating_sub(ROOMS));
        // The nightly job keeps its hands off them: its suspensions would speak for ours.
        for id in on_modules.iter().chain(&with_machines).chain(&for_servers) {
            let Some(service) = state.services.get_mut(*id) else { continue };
            (service.no_suspend, service.no_suspend_until) = (true, None);
            // Nothing is to be paid before a server is bought.
            if let Some(order) = state.orders.get_mut(service.order).filter(|_| for_servers.contains(id)) {
                order.invoice = 0;
            }
            state.cancel_requests.remove_where(|request| request.service == *id);
        }
        let unpaid = state.invoices.iter().filter(|one| one.status == InvoiceStatus::Unpaid && !one.items.is_empty());
        let invoices = unpaid.map(|one| one.id).take(PAPERS).collect();
        let tickets = state.tickets.iter().map(|one| one.id).take(60).collect();
        Self { bench, on_modules, with_machines, for_servers, orders, invoices, tickets }
    }

    pub(super) fn wish(
        &self,
        kind: &str,
        number: u64,
        sandbox: &Running,
        deps: &Deps,
        dice: &mut Dice,
    ) -> (i64, Value) {
        let (target, input) = match kind {
            "order.accept" => (*dice.pick(&self.orders), json!({ "autosetup": false, "sendemail": false })),
            "invoice.pay" => self.payment(number, sandbox, dice),
            "ticket.reply" => (*dice.pick(&self.tickets), json!({ "message": message(self.bench, number) })),
            "service.update" => {
                let change = json!({
                    "recurringamount": format!("{}.50", 40 + number % 50), "notes": format!("Note {number} & kept")
                });
                (*dice.pick(&self.on_modules), change)
            }
            "service.suspend" | "service.unsuspend" if dice.below(2) == 0 => {
                (*dice.pick(&self.with_machines), json!({}))
            }
            // It ends the machine's contract, and there are not many.
            "service.terminate" if dice.below(12) == 0 => (*dice.pick(&self.with_machines), json!({})),
            _ if kind.starts_with("service.") || kind.starts_with("module.") => {
                (*dice.pick(&self.on_modules), module_input(kind))
            }
            other => panic!("{other} has no wishes here"),
        };
        let id = i64::try_from(target).expect("an id");
        let about = kind.split('.').next().unwrap_or_default();
        let record = if about == "module" { "service" } else { about };
        if !is_open(deps, record, id) {
            ready(&mut lock(sandbox.world()).whmcs, kind, target);
        }
        (id, input)
    }

    /// A service that has no server, or has lost it.
    pub(super) fn for_a_server(&self, sandbox: &Running, deps: &Deps, dice: &mut Dice) -> u64 {
        let service = *dice.pick(&self.for_servers);
        if !is_open(deps, "service", i64::try_from(service).expect("an id")) {
            ready(&mut lock(sandbox.world()).whmcs, "server.create", service);
        }
        service
    }

    fn payment(&self, number: u64, sandbox: &Running, dice: &mut Dice) -> (u64, Value) {
        let invoice = *dice.pick(&self.invoices);
        let gateway = lock(sandbox.world()).whmcs.invoices.get(invoice).map(|one| one.gateway.clone());
        let payment = json!({
            "transid": transid(self.bench, number), "gateway": gateway, "amount": "0.01", "date": "2026-11-19",
            "noemail": true,
        });
        (invoice, payment)
    }
}

/// What a payment of the load is known by.
pub(in super::super) const TRANSID: &str = "TX-";

/// How a reply of the load begins.
pub(in super::super) const REPLY: &str = "Reply number ";

fn transid(bench: u32, number: u64) -> String {
    format!("{TRANSID}{bench}-{number}")
}

fn message(bench: u32, number: u64) -> String {
    format!("{REPLY}{number} of {bench}.\n\nAna & team")
}

fn module_input(kind: &str) -> Value {
    match kind {
        "module.suspend" => json!({ "reason": "Overdue" }),
        "module.change_password" => json!({ "password": "new" }),
        "module.custom" => json!({ "function": "reboot" }),
        _ => json!({}),
    }
}

/// The custom field that links a service to its machine.
fn link_of(state: &State, service: &Service) -> Option<u64> {
    let product = state.products.get(service.product)?;
    product.custom_fields.iter().find(|field| field.name == "contabo_instance_id").map(|field| field.id)
}

fn machine_of(state: &State, service: &Service) -> Option<i64> {
    let field = link_of(state, service)?;
    service.custom_fields.iter().find(|(id, _)| *id == field)?.1.parse().ok()
}

/// Puts a record into a state from which a kind makes sense.
fn ready(state: &mut State, kind: &str, id: u64) {
    let status = match kind {
        "module.create" => ServiceStatus::Pending,
        "module.unsuspend" | "service.unsuspend" => ServiceStatus::Suspended,
        _ => ServiceStatus::Active,
    };
    match kind {
        "order.accept" => {
            let Some(order) = state.orders.get_mut(id) else { return };
            order.status = OrderStatus::Pending;
            for service in order.services.clone() {
                if let Some(service) = state.services.get_mut(service) {
                    service.status = ServiceStatus::Pending;
                }
            }
        }
        "invoice.pay" => {
            let Some(invoice) = state.invoices.get_mut(id) else { return };
            if invoice.status != InvoiceStatus::Unpaid {
                invoice.items[0].amount += Amount::from(100);
                invoice.settle_totals();
            }
            invoice.status = InvoiceStatus::Unpaid;
            invoice.due = date(2035, 1, 1);
            // Tried already, so that the nightly job does not charge a card for it.
            invoice.last_capture = date(2026, 1, 1).to_zoned(TimeZone::UTC).ok().map(|at| at.datetime());
        }
        "server.create" => {
            let field = state.services.get(id).and_then(|one| link_of(state, one));
            let Some(service) = state.services.get_mut(id) else { return };
            service.status = ServiceStatus::Pending;
            service
                .custom_fields
                .iter_mut()
                .filter(|(known, _)| Some(*known) == field)
                .for_each(|(_, value)| value.clear());
        }
        "ticket.reply" => {}
        _ => {
            if let Some(service) = state.services.get_mut(id) {
                service.status = status;
            }
        }
    }
}

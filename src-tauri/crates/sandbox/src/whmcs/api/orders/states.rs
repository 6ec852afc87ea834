//! What becomes of an order.

use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, done, refuse, success};
use crate::whmcs::ledger::modules::ModuleFault;
use crate::whmcs::model::billing::InvoiceStatus;
use crate::whmcs::model::services::{DomainStatus, Order, OrderStatus, ServiceStatus};
use crate::whmcs::params::Params;

fn find<'d>(desk: &'d Desk<'_>, params: &Params, refusal: &str) -> Result<&'d Order, Refusal> {
    params.id("orderid").and_then(|id| desk.state.orders.get(id)).or_refuse(refusal)
}

fn pending(desk: &Desk<'_>, params: &Params) -> Result<Order, Refusal> {
    let refusal = "Order ID not found or Status not Pending";
    let order = find(desk, params, refusal)?;
    if order.status == OrderStatus::Pending { Ok(order.clone()) } else { refuse(refusal) }
}

fn set_status(desk: &mut Desk<'_>, id: u64, status: OrderStatus) {
    let Some(order) = desk.state.orders.get_mut(id) else { return };
    let (client, before) = (order.client, order.status);
    order.status = status;
    desk.note(Effect::Updated, "order", id, json!({"before": before.text(), "after": status.text()}));
    desk.log(client, format!("Order Status Changed to {} - Order ID: {id}", status.text()));
}

/// <https://developers.whmcs.com/api-reference/acceptorder/>
pub(super) fn accept_order(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let order = pending(desk, params)?;
    for id in &order.services {
        accept_service(desk, params, *id)?;
    }
    for id in &order.addons {
        if let Some(addon) = desk.state.addons.get_mut(*id).filter(|addon| addon.status == ServiceStatus::Pending) {
            addon.status = ServiceStatus::Active;
            desk.note(Effect::Updated, "addon", id, json!({"status": "Active"}));
        }
    }
    for id in &order.domains {
        accept_domain(desk, params, *id);
    }
    set_status(desk, order.id, OrderStatus::Active);
    done()
}

fn accept_service(desk: &mut Desk<'_>, params: &Params, id: u64) -> Result<(), Refusal> {
    let Some(service) = desk.state.services.get_mut(id).filter(|one| one.status == ServiceStatus::Pending) else {
        return Ok(());
    };
    let client = service.client;
    service.server = params.id("serverid").unwrap_or(service.server);
    for (name, field) in [("serviceusername", &mut service.username), ("servicepassword", &mut service.password)] {
        if let Some(text) = params.text(name) {
            text.clone_into(field);
        }
    }
    let set_up =
        desk.state.product_of(id).is_some_and(|product| !product.module.is_empty() && !product.auto_setup.is_empty());
    if params.set_flag("autosetup").unwrap_or(set_up) {
        match desk.module_call(id, "CreateAccount") {
            Ok(()) | Err(ModuleFault::None) => {}
            Err(ModuleFault::Said(words)) => return refuse(words),
        }
    }
    desk.set_service_status(id, ServiceStatus::Active, "");
    if params.set_flag("sendemail").unwrap_or(true) {
        desk.mail(client, "New Product Information", "Your service is ready.");
    }
    Ok(())
}

fn accept_domain(desk: &mut Desk<'_>, params: &Params, id: u64) {
    let today = desk.today();
    let Some(domain) = desk.state.domains.get_mut(id).filter(|one| one.status == DomainStatus::Pending) else { return };
    if let Some(registrar) = params.text("registrar") {
        registrar.clone_into(&mut domain.registrar);
    }
    let send = params.set_flag("sendregistrar").unwrap_or(true) && !domain.registrar.is_empty();
    if domain.kind == "Transfer" {
        domain.status = if send { DomainStatus::PendingTransfer } else { DomainStatus::Active };
    } else {
        domain.status = DomainStatus::Active;
        domain.registered = today;
        let years = jiff::Span::new().years(i64::from(domain.period));
        domain.expiry = Some(today.saturating_add(years));
        domain.next_due = domain.expiry;
    }
    let status = domain.status.text();
    desk.note(Effect::Updated, "domain", id, json!({"status": status}));
}

/// Ends everything an order made; invoices that wait are cancelled.
fn end(desk: &mut Desk<'_>, order: &Order, status: ServiceStatus, domain_status: DomainStatus) {
    for id in &order.services {
        desk.set_service_status(*id, status, "");
    }
    for id in &order.addons {
        if let Some(addon) = desk.state.addons.get_mut(*id) {
            addon.status = status;
        }
    }
    for id in &order.domains {
        if let Some(domain) = desk.state.domains.get_mut(*id) {
            domain.status = domain_status;
            desk.note(Effect::Updated, "domain", id, json!({"status": domain_status.text()}));
        }
    }
    let now = desk.now();
    if desk.state.invoices.get(order.invoice).is_some_and(|invoice| invoice.status == InvoiceStatus::Unpaid) {
        desk.change_invoice(order.invoice, |invoice| {
            invoice.status = InvoiceStatus::Cancelled;
            invoice.cancelled = Some(now);
        });
    }
}

/// <https://developers.whmcs.com/api-reference/cancelorder/>
pub(super) fn cancel_order(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let order = pending(desk, params)?;
    end(desk, &order, ServiceStatus::Cancelled, DomainStatus::Cancelled);
    set_status(desk, order.id, OrderStatus::Cancelled);
    if !params.flag("noemail") {
        desk.mail(order.client, "Order Cancelled", &format!("Your order {} has been cancelled.", order.id));
    }
    done()
}

/// <https://developers.whmcs.com/api-reference/fraudorder/>
pub(super) fn fraud_order(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let order = find(desk, params, "Order ID Not Found")?.clone();
    end(desk, &order, ServiceStatus::Fraud, DomainStatus::Fraud);
    set_status(desk, order.id, OrderStatus::Fraud);
    done()
}

/// <https://developers.whmcs.com/api-reference/pendingorder/>
pub(super) fn pending_order(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let order = find(desk, params, "Order ID Not Found")?.clone();
    for id in &order.services {
        desk.set_service_status(*id, ServiceStatus::Pending, "");
    }
    for id in &order.addons {
        if let Some(addon) = desk.state.addons.get_mut(*id) {
            addon.status = ServiceStatus::Pending;
        }
    }
    for id in &order.domains {
        if let Some(domain) = desk.state.domains.get_mut(*id) {
            domain.status = DomainStatus::Pending;
            desk.note(Effect::Updated, "domain", id, json!({"status": "Pending"}));
        }
    }
    set_status(desk, order.id, OrderStatus::Pending);
    done()
}

/// <https://developers.whmcs.com/api-reference/deleteorder/>
pub(super) fn delete_order(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let order = find(desk, params, "Order ID not found")?.clone();
    if !matches!(order.status, OrderStatus::Cancelled | OrderStatus::Fraud) {
        return refuse("The order status must be in Cancelled or Fraud to be deleted");
    }
    for id in &order.services {
        desk.state.services.remove(*id);
        desk.note(Effect::Deleted, "service", id, json!({"order": order.id}));
    }
    for id in &order.addons {
        desk.state.addons.remove(*id);
    }
    for id in &order.domains {
        desk.state.domains.remove(*id);
        desk.note(Effect::Deleted, "domain", id, json!({"order": order.id}));
    }
    if desk.state.invoices.remove(order.invoice).is_some() {
        desk.note(Effect::Deleted, "invoice", order.invoice, json!({"order": order.id}));
    }
    desk.state.orders.remove(order.id);
    desk.note(Effect::Deleted, "order", order.id, json!({}));
    desk.log(order.client, format!("Deleted Order - Order ID: {}", order.id));
    done()
}

/// <https://developers.whmcs.com/api-reference/orderfraudcheck/>
pub(super) fn order_fraud_check(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let order = find(desk, params, "Order ID Not Found")?;
    let (id, foreign) = (order.id, order.status == OrderStatus::Fraud);
    let module = desk.state.modules.iter().find(|one| one.kind == "fraud" && one.active);
    let module = module.or_refuse("No Active Fraud Module")?.name;
    let score: u8 = if foreign { 91 } else { 12 };
    let status = if foreign { "Fail" } else { "Pass" };
    let results = format!("a:2:{{s:20:\"fraudlabspro_score\";i:{score};s:6:\"status\";s:4:\"{status}\";}}");
    if let Some(order) = desk.state.orders.get_mut(id) {
        module.clone_into(&mut order.fraud_module);
        results.clone_into(&mut order.fraud_output);
    }
    desk.note(Effect::Action, "order", id, json!({"fraud_check": status}));
    Ok(success(json!({"status": status, "module": module, "results": results})))
}

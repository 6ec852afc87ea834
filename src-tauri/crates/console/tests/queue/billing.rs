//! The kinds of action on WHMCS's side, on the sandbox: done once and proven whatever becomes of the answer; both sides
//! of a service in their order; what cannot be proven waits for a person.

use jiff::Timestamp;
use rackdesk_console::{
    act::{
        ActionState, ActionVerb, kinds,
        verbs::{self, Saying},
    },
    phrases::english,
    plan::Confirmation,
};
use rackdesk_contabo::api::instances::RetrieveInstance;
use rackdesk_sandbox::whmcs::model::{
    billing::InvoiceStatus,
    services::{OrderStatus, ServiceStatus},
};
use rackdesk_store::queue;
use serde_json::{Value, json};

use crate::bench::{Bench, machine_of};

/// The statuses from which the module kinds are tried, with their inputs.
const MODULE_KINDS: [(&str, &str, ServiceStatus); 7] = [
    ("module.create", "ModuleCreate", ServiceStatus::Pending),
    ("module.suspend", "ModuleSuspend", ServiceStatus::Active),
    ("module.unsuspend", "ModuleUnsuspend", ServiceStatus::Suspended),
    ("module.terminate", "ModuleTerminate", ServiceStatus::Active),
    ("module.change_package", "ModuleChangePackage", ServiceStatus::Active),
    ("module.change_password", "ModuleChangePw", ServiceStatus::Active),
    ("module.custom", "ModuleCustom", ServiceStatus::Active),
];

fn module_input(kind: &str) -> Value {
    match kind {
        "module.suspend" => json!({ "reason": "Overdue" }),
        "module.change_password" => json!({ "password": "new" }),
        "module.custom" => json!({ "function": "reboot" }),
        _ => json!({}),
    }
}

/// What a call can meet, and whether it was carried out all the same.
const TROUBLE: [(&str, bool); 6] = [
    ("cut_after", true),
    ("500_after_success", true),
    ("truncated", true),
    ("cut_before", false),
    ("429", false),
    ("html", false),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_module_action_happens_once_whatever_becomes_of_its_answer() {
    let bench = Bench::new(31).await;
    let services = bench.on_modules(7, ServiceStatus::Active);
    // So that the log is known to tell of modules.
    let first = bench.enqueue("module.change_package", services[0], json!({}));
    bench.work().await;
    assert_eq!((bench.state(first), bench.done(first)), (ActionState::Succeeded, vec!["modulechangepackage".into()]));
    for (trouble, happened) in TROUBLE {
        let mut actions = Vec::new();
        for ((kind, operation, status), service) in MODULE_KINDS.iter().zip(&services) {
            bench.billing(|state| state.services.get_mut(*service).unwrap().status = *status);
            bench.fault("whmcs", operation, trouble, 1);
            actions.push((bench.enqueue(kind, *service, module_input(kind)), *kind, *operation));
        }
        bench.work().await;
        bench.no_faults();
        for (id, kind, operation) in actions {
            let told = bench.told(id);
            assert_eq!(bench.state(id), ActionState::Succeeded, "{kind} under {trouble}:\n{told}");
            assert_eq!(bench.done(id), [operation.to_lowercase()], "{kind} under {trouble}:\n{told}");
            assert_eq!(told.contains("prove_applied"), happened, "{kind} under {trouble}:\n{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_payments_and_changes_of_services_happen_once_whatever_becomes_of_their_answers() {
    let bench = Bench::new(32).await;
    let services = bench.on_modules(TROUBLE.len(), ServiceStatus::Active);
    let (orders, invoices) = bench.billing(|state| {
        let orders: Vec<u64> = state.orders.iter().filter(|o| o.status == OrderStatus::Pending).map(|o| o.id).collect();
        let open = state.invoices.iter().filter(|invoice| invoice.status == InvoiceStatus::Unpaid);
        (orders, open.map(|invoice| (invoice.id, invoice.gateway.clone())).collect::<Vec<_>>())
    });
    assert!(invoices.len() >= TROUBLE.len() && !orders.is_empty(), "{} {}", invoices.len(), orders.len());
    for (at, (trouble, happened)) in TROUBLE.into_iter().enumerate() {
        for operation in ["AcceptOrder", "AddInvoicePayment", "UpdateClientProduct"] {
            bench.fault("whmcs", operation, trouble, 1);
        }
        let order = orders[at % orders.len()];
        bench.billing(|state| state.orders.get_mut(order).unwrap().status = OrderStatus::Pending);
        let (invoice, gateway) = &invoices[at];
        let transid = format!("TX-{at}");
        let payment = json!({ "transid": transid, "gateway": gateway, "amount": "1.00", "date": "2026-11-19" });
        let change = json!({ "recurringamount": format!("{}.50", 40 + at), "notes": "Moved & kept\nsecond line" });
        let actions = [
            (bench.enqueue("order.accept", order, json!({ "autosetup": false, "sendemail": false })), "acceptorder"),
            (bench.enqueue("invoice.pay", *invoice, payment), "addinvoicepayment"),
            (bench.enqueue("service.update", services[at], change), "updateclientproduct"),
        ];
        bench.work().await;
        bench.no_faults();
        for (id, operation) in actions {
            let told = bench.told(id);
            assert_eq!(bench.state(id), ActionState::Succeeded, "{operation} under {trouble}:\n{told}");
            assert_eq!(bench.done(id), [operation], "under {trouble}:\n{told}");
            assert_eq!(told.contains("prove_applied"), happened, "{operation} under {trouble}:\n{told}");
        }
        bench.billing(|state| {
            let noted = state.transactions.iter().filter(|one| one.transid == transid).count();
            assert_eq!(noted, 1, "{transid} under {trouble}");
            assert_eq!(state.services.get(services[at]).unwrap().recurring.to_string(), format!("{}.50", 40 + at));
            assert_eq!(state.orders.get(order).unwrap().status, OrderStatus::Active);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_id_is_never_noted_twice() {
    let bench = Bench::new(33).await;
    let open: Vec<u64> = bench.billing(|state| {
        let open = state.invoices.iter().filter(|invoice| invoice.status == InvoiceStatus::Unpaid);
        open.map(|invoice| invoice.id).take(2).collect()
    });
    let payment = json!({ "transid": "PP-77", "gateway": "paypal", "amount": "2.00", "date": "2026-11-19" });
    let first = bench.enqueue("invoice.pay", open[0], payment.clone());
    bench.work().await;
    let again = bench.enqueue("invoice.pay", open[0], payment.clone());
    let elsewhere = bench.enqueue("invoice.pay", open[1], payment);
    bench.work().await;
    assert_eq!((bench.state(first), bench.done(first).len()), (ActionState::Succeeded, 1));
    assert_eq!((bench.state(again), bench.done(again).len()), (ActionState::Succeeded, 0), "{}", bench.told(again));
    assert!(bench.told(again).contains("the payment is noted already"), "{}", bench.told(again));
    assert_eq!(bench.state(elsewhere), ActionState::Failed);
    let why = format!("Invoice {} has a transaction of this id", open[0]);
    assert!(bench.told(elsewhere).contains(&why), "{}", bench.told(elsewhere));
    assert_eq!(bench.arrived("AddInvoicePayment"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_says_no_is_not_asked_again_by_itself() {
    let bench = Bench::new(34).await;
    let service = bench.billing(|state| {
        let dead: Vec<u64> = state.servers.iter().filter(|one| !one.reachable).map(|one| one.id).collect();
        let service = state.services.iter_mut().find(|one| dead.contains(&one.server)).expect("one on a dead server");
        service.status = ServiceStatus::Active;
        service.id
    });
    let plan = bench.plan("module.suspend", service, json!({})).await;
    let action = bench.approve(&plan).await.unwrap();
    bench.work().await;
    assert_eq!(bench.state(action), ActionState::Failed, "{}", bench.told(action));
    assert!(bench.told(action).contains("The module said: Could not connect to "), "{}", bench.told(action));
    assert_eq!(bench.arrived("ModuleSuspend"), 1, "evidence was read, nothing was sent again");
    // WHMCS has put it into its own queue: the next plan shows that.
    let plan = bench.plan("module.suspend", service, json!({})).await;
    let said: Vec<String> = plan.changes[0].verdicts.iter().map(|verdict| english(&verdict.reason)).collect();
    assert!(said.iter().any(|text| text.starts_with("WHMCS's module queue: SuspendAccount failed")), "{said:?}");
    assert_eq!(kinds::module::retries("SuspendAccount"), Some("module.suspend"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_log_does_not_speak_a_lost_module_function_waits_for_a_person() {
    let bench = Bench::new(35).await;
    let service = bench.on_modules(1, ServiceStatus::Active)[0];
    bench.billing(|state| state.activity.remove_where(|_| true));
    bench.fault("whmcs", "ModuleCustom", "cut_before", 1);
    let action = bench.enqueue("module.custom", service, json!({ "function": "reboot" }));
    let engine = bench.engine().await;
    bench.until("looked for long enough", || bench.action(action).looks > 6).await;
    assert_eq!(bench.state(action), ActionState::Unknown, "its silence proves nothing:\n{}", bench.told(action));
    let policy = bench.options.policy.clone();
    let settled = bench.deps.store.write(move |c| {
        let saying = Saying { by: "ana", reason: Some("the machine did not go down"), now: Timestamp::now() };
        verbs::apply(c, action, ActionVerb::MarkNotDone, saying, &policy)
    });
    assert_eq!(settled.unwrap().unwrap(), action);
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    assert_eq!((bench.state(action), bench.arrived("ModuleCustom")), (ActionState::Failed, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_is_known_to_whmcs_alone() {
    let bench = Bench::new(36).await;
    let service = bench.on_modules(1, ServiceStatus::Active)[0];
    let before = bench.billing(|state| state.services.get(service).unwrap().password.clone());
    let action = bench.wish("module.change_password", service, json!({ "password": "new" })).await;
    bench.work().await;
    let after = bench.billing(|state| state.services.get(service).unwrap().password.clone());
    assert_ne!(before, after);
    assert_eq!(after.len(), 20, "it was made here");
    let record = format!("{:?}", bench.action(action));
    let attempts = bench.deps.store.read(move |c| queue::attempts(c, action)).unwrap();
    let plan = bench.deps.store.read(|c| queue::plan(c, 1)).unwrap();
    for text in [record, format!("{attempts:?}"), format!("{plan:?}"), bench.told(action)] {
        assert!(!text.contains(&after) && !text.contains(&before), "a password is in {text}");
    }
}

/// The places of these operations in the sandbox's journal, by this action.
fn in_order(bench: &Bench, action: i64, operations: &[&str]) {
    assert_eq!(bench.done(action), operations, "{}", bench.told(action));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_is_suspended_at_the_provider_first_and_each_side_once() {
    let bench = Bench::new(37).await;
    bench.without_notes();
    let services = bench.with_machines(TROUBLE.len()).await;
    for ((trouble, _), (service, machine)) in TROUBLE.into_iter().zip(services) {
        bench.fault("contabo", "stop", trouble, 1);
        bench.fault("whmcs", "UpdateClientProduct", trouble, 1);
        let action = bench.wish("service.suspend", service, json!({ "reason": "Overdue" })).await;
        bench.work().await;
        bench.no_faults();
        assert_eq!(bench.state(action), ActionState::Succeeded, "under {trouble}:\n{}", bench.told(action));
        in_order(&bench, action, &["stop", "updateclientproduct"]);
        assert_eq!(bench.status_of(machine).await, "stopped");
        assert_eq!(bench.service_status(service), ServiceStatus::Suspended);
        assert_eq!(bench.billing(|state| state.services.get(service).unwrap().suspend_reason.clone()), "Overdue");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_two_services_name_is_not_stopped_for_one_of_them() {
    let bench = Bench::new(37).await;
    let linked: Vec<(u64, i64)> = bench.billing(|state| {
        let active = state.services.iter().filter(|one| one.status == ServiceStatus::Active);
        active.filter_map(|one| Some((one.id, machine_of(state, one.id)?))).collect()
    });
    let (first, machine) = *linked
        .iter()
        .find(|(service, machine)| linked.iter().any(|(other, same)| other != service && same == machine))
        .expect("a server that is linked twice");
    let second = linked.iter().find(|(other, same)| *other != first && *same == machine).unwrap().0;
    bench.plan("service.suspend", first, json!({})).await;
    let plan = bench.plan("service.suspend", second, json!({})).await;
    let said: Vec<String> = plan.changes[0].verdicts.iter().map(|verdict| english(&verdict.reason)).collect();
    assert!(said.contains(&format!("The server is also that of service {first}")), "{said:?}");
    assert!(plan.changes[0].blocked());
    let left = bench.plan("service.suspend", second, json!({ "server": "leave" })).await;
    assert!(!left.changes[0].blocked(), "WHMCS's side alone is another matter");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_without_a_server_goes_through_its_module() {
    let bench = Bench::new(38).await;
    let service = bench.on_modules(1, ServiceStatus::Active)[0];
    let suspended = bench.wish("service.suspend", service, json!({})).await;
    bench.work().await;
    in_order(&bench, suspended, &["modulesuspend"]);
    assert_eq!(bench.service_status(service), ServiceStatus::Suspended, "the module has set it: nothing is left");
    let back = bench.wish("service.unsuspend", service, json!({})).await;
    bench.work().await;
    in_order(&bench, back, &["moduleunsuspend"]);
    let ended = bench.wish("service.terminate", service, json!({})).await;
    bench.work().await;
    in_order(&bench, ended, &["moduleterminate"]);
    assert_eq!(bench.service_status(service), ServiceStatus::Terminated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_provider_has_done_is_not_repeated_when_whmcs_does_not_take_its_status() {
    let bench = Bench::new(39).await;
    bench.without_notes();
    let (service, machine) = bench.with_machines(1).await[0];
    bench.fault("whmcs", "UpdateClientProduct", "503", 4);
    let action = bench.wish("service.suspend", service, json!({})).await;
    bench.work().await;
    assert_eq!(bench.state(action), ActionState::Succeeded, "{}", bench.told(action));
    in_order(&bench, action, &["stop", "updateclientproduct"]);
    assert_eq!((bench.arrived("stop"), bench.arrived("UpdateClientProduct")), (1, 5));
    assert_eq!(bench.status_of(machine).await, "stopped");
    // Back again, and nothing that was done stands in the way.
    let back = bench.wish("service.unsuspend", service, json!({})).await;
    bench.work().await;
    in_order(&bench, back, &["start", "updateclientproduct"]);
    let service = bench.billing(|state| state.services.get(service).cloned()).unwrap();
    assert_eq!((service.status, service.suspend_reason.as_str()), (ServiceStatus::Active, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_wish_takes_the_place_of_an_older_one_between_its_steps() {
    let bench = Bench::new(40).await;
    bench.without_notes();
    let (service, machine) = bench.with_machines(1).await[0];
    // WHMCS takes nothing for now.
    bench.fault("whmcs", "UpdateClientProduct", "503", 10_000);
    let older = bench.wish("service.suspend", service, json!({})).await;
    let engine = bench.engine().await;
    bench
        .until("the status is being retried", || {
            let action = bench.action(older);
            action.stage == 2 && action.state == "retryable" && action.failures > 1
        })
        .await;
    engine.stop().await;
    assert_eq!(bench.status_of(machine).await, "stopped");

    let plan = bench.plan("service.unsuspend", service, json!({})).await;
    let said: Vec<String> = plan.changes[0].verdicts.iter().map(|verdict| english(&verdict.reason)).collect();
    assert!(said.contains(&format!("Takes A-{older} back")), "{said:?}");
    let newer = bench.approve(&plan).await.unwrap();
    assert_eq!(bench.state(older), ActionState::Cancelled);
    bench.no_faults();
    bench.work().await;
    assert_eq!(bench.state(newer), ActionState::Succeeded, "{}", bench.told(newer));
    assert_eq!((bench.done(older), bench.done(newer)), (vec!["stop".to_owned()], vec!["start".to_owned()]));
    assert_eq!(bench.status_of(machine).await, "running");
    assert_eq!(bench.service_status(service), ServiceStatus::Active, "it never became Suspended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_termination_stops_and_cancels_before_whmcs_says_so_and_is_not_taken_back() {
    let bench = Bench::new(41).await;
    bench.without_notes();
    let (service, machine) = bench.with_machines(1).await[0];
    let plan = bench.plan("service.terminate", service, json!({})).await;
    assert!(matches!(&plan.confirmation, Confirmation::Type { text } if !text.is_empty()), "{:?}", plan.confirmation);
    bench.fault("contabo", "cancelInstance", "cut_after", 1);
    bench.fault("whmcs", "UpdateClientProduct", "503", 10_000);
    let action = bench.approve(&plan).await.unwrap();
    let engine = bench.engine().await;
    bench
        .until("it stands at its last step", || {
            let action = bench.action(action);
            action.stage == 3 && action.failures > 0
        })
        .await;
    engine.stop().await;
    // A newer wish has to wait, and then finds that there is nothing to go back to.
    let late = bench.plan("service.suspend", service, json!({})).await;
    let late = bench.approve(&late).await.unwrap();
    assert_ne!(bench.state(action), ActionState::Cancelled);
    bench.no_faults();
    bench.work().await;
    assert_eq!(bench.state(action), ActionState::Succeeded, "{}", bench.told(action));
    in_order(&bench, action, &["stop", "cancelinstance", "updateclientproduct"]);
    assert_eq!(bench.service_status(service), ServiceStatus::Terminated);
    let contabo = bench.deps.contabo.as_ref().unwrap();
    let left = contabo.call(RetrieveInstance { instance_id: machine }).await.unwrap();
    assert!(left.cancel_date.is_some());
    assert_eq!(bench.state(late), ActionState::Failed, "{}", bench.told(late));
    assert_eq!(bench.service_status(service), ServiceStatus::Terminated);
}

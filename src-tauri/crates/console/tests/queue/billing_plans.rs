//! What the plans of the kinds on WHMCS's side say of money and of what is in the way: pure, from facts alone.

use std::collections::BTreeMap;

use rackdesk_console::{
    act::kinds::{self, TargetKind},
    phrases::english,
    plan::{
        Change, Confirmation, Impact, Plan, Ruling,
        compute::{Ask, Stamp, compute},
        facts::{Facts, History},
        guardrails::Guardrails,
    },
};
use serde_json::{Value, json};

use crate::rig::facts;

fn plan(kind: &str, status: &str, input: Value, gathered: Value) -> Plan {
    let kind = kinds::named(kind).unwrap();
    let found = Facts {
        kind: kind.card().target,
        details: BTreeMap::from([("currency".to_owned(), "EUR".to_owned())]),
        ..facts(7, status)
    };
    let input = kind.accept(&input).unwrap_or_else(|problem| panic!("{problem:?}"));
    let ask = Ask { ids: vec![7], input, origin: "test".into(), gathered: BTreeMap::from([(7, gathered)]) };
    let stamp = Stamp { id: 1, now: found.as_of };
    compute(kind, &ask, &[found], &Guardrails::default(), &History::default(), stamp)
}

fn change(plan: &Plan) -> &Change {
    &plan.changes[0]
}

/// Each verdict of the row: B blocks, W warns.
fn said(plan: &Plan) -> Vec<String> {
    let mark = |ruling| match ruling {
        Ruling::Block => "B",
        Ruling::Warn => "W",
        Ruling::Pass => "P",
    };
    change(plan).verdicts.iter().map(|v| format!("{} {}", mark(v.ruling), english(&v.reason))).collect()
}

fn facts_of(plan: &Plan) -> Vec<(&str, Option<&str>, Option<&str>)> {
    change(plan).facts.iter().map(|f| (f.field.as_str(), f.before.as_deref(), f.after.as_deref())).collect()
}

fn money(sum: &[rackdesk_console::money::Money]) -> Vec<String> {
    sum.iter().map(|money| format!("{} {}", money.amount, money.currency)).collect()
}

fn payment(amount: &str, seen: Value) -> Plan {
    let input = json!({ "transid": "TX-1", "gateway": "paypal", "amount": amount, "date": "2026-11-19" });
    plan("invoice.pay", "Unpaid", input, seen)
}

fn invoice(status: &str, balance: &str, used: &[u64]) -> Value {
    json!({ "status": status, "balance": balance, "gateway": "paypal", "used": used })
}

#[test]
fn a_payment_says_what_is_left_and_what_becomes_of_too_much() {
    let whole = payment("119.00", invoice("Unpaid", "119.00", &[]));
    assert_eq!(said(&whole), Vec::<String>::new());
    assert_eq!(money(&whole.totals.money_now), ["119.00 EUR"]);
    assert_eq!(
        facts_of(&whole),
        [
            ("status", Some("Unpaid"), Some("Paid")),
            ("balance", Some("119.00 EUR"), Some("0.00 EUR")),
            ("transid", None, Some("TX-1")),
            ("gateway", Some("paypal"), Some("paypal")),
        ]
    );
    let part = payment("100", invoice("Unpaid", "119.00", &[]));
    assert_eq!(said(&part), ["W 19.00 EUR stay open"]);
    assert_eq!(facts_of(&part)[0].2, Some("Unpaid"));
    let more = payment("120", invoice("Collections", "119.00", &[]));
    assert_eq!(said(&more), ["W 1.00 EUR more than is open: it becomes credit"]);
}

#[test]
fn a_payment_that_was_noted_or_cannot_be_is_blocked_and_moves_no_money() {
    for (seen, why) in [
        (invoice("Unpaid", "119.00", &[7]), "B This transaction is noted on this invoice already"),
        (invoice("Unpaid", "119.00", &[3]), "B Invoice 3 has a transaction of this id"),
        (invoice("Paid", "119.00", &[]), "B Not possible: the invoice is Paid"),
        (invoice("Cancelled", "119.00", &[]), "B Not possible: the invoice is Cancelled"),
        (invoice("", "119.00", &[]), "B WHMCS has no such invoice"),
    ] {
        let plan = payment("119.00", seen);
        assert_eq!(said(&plan), [why]);
        assert_eq!((plan.totals.changes, plan.totals.money_now.len()), (0, 0), "{why}");
    }
    let kind = kinds::named("invoice.pay").unwrap();
    for amount in ["0", "-1"] {
        let input = json!({ "transid": "x", "gateway": "paypal", "amount": amount, "date": "2026-11-19" });
        assert_eq!(kind.accept(&input).unwrap_err().field, "amount");
    }
    let lacking = kind.accept(&json!({ "transid": "x", "gateway": "paypal", "amount": "1" })).unwrap_err();
    assert_eq!((lacking.field.as_str(), lacking.problem.as_str()), ("date", "is missing"));
}

#[test]
fn a_change_of_price_or_cycle_shows_what_comes_in_each_month() {
    let seen = |fields: Value| json!({ "status": "Active", "amount": "10.00", "cycle": "Monthly", "fields": fields });
    let dearer = plan(
        "service.update",
        "Active",
        json!({ "recurringamount": "12.50" }),
        seen(json!({ "recurringamount": "10.00" })),
    );
    assert_eq!(money(&dearer.totals.money_month), ["2.50 EUR"]);
    assert_eq!(facts_of(&dearer), [("recurringamount", Some("10.00"), Some("12.50"))]);
    let yearly = json!({ "recurringamount": "100.00", "billingcycle": "Annually" });
    let before = json!({ "recurringamount": "10.00", "billingcycle": "Monthly" });
    assert_eq!(money(&plan("service.update", "Active", yearly, seen(before)).totals.money_month), ["-1.67 EUR"]);
    let note =
        plan("service.update", "Active", json!({ "clear": "notes, ns1" }), seen(json!({ "notes": "old", "ns1": "" })));
    assert_eq!(facts_of(&note), [("notes", Some("old"), Some(""))], "what is empty already is no change");
    assert_eq!(note.totals.money_month, []);
    let same =
        plan("service.update", "Active", json!({ "domain": "A.example" }), seen(json!({ "domain": "a.example" })));
    assert_eq!(said(&same), ["B It is like that already"]);
}

#[test]
fn a_change_of_a_service_takes_neither_its_status_nor_nonsense() {
    let kind = kinds::named("service.update").unwrap();
    for (input, field) in [
        (json!({ "status": "Terminated" }), "status"),
        (json!({ "servicepassword": "x" }), "servicepassword"),
        (json!({}), ""),
        (json!({ "clear": "password" }), "clear"),
        (json!({ "clear": "notes", "notes": "x" }), "notes"),
        (json!({ "recurringamount": "-1" }), "recurringamount"),
        (json!({ "billingcycle": "Fortnightly" }), "billingcycle"),
    ] {
        assert_eq!(kind.accept(&input).unwrap_err().field, field, "{input}");
    }
}

#[test]
fn an_order_shows_what_is_set_up_and_what_was_not_paid() {
    let seen = json!({
        "status": "Pending", "client": "Kestrel Media", "amount": "€24.00 EUR", "invoice": 12, "payment": "Unpaid",
        "lines": [{ "kind": "product", "says": "VPS M · web.example · Monthly · €24.00 EUR", "status": "Pending" }],
    });
    let input = json!({ "autosetup": true, "sendemail": false });
    let pending = plan("order.accept", "", input.clone(), seen.clone());
    assert_eq!(said(&pending), ["W Its module sets 1 service up at once", "W Invoice 12 of the order is Unpaid"]);
    assert!(facts_of(&pending).contains(&("amount", None, Some("€24.00 EUR"))));
    let mut active = seen;
    active["status"] = json!("Active");
    let refused = plan("order.accept", "", input.clone(), active);
    assert_eq!(said(&refused).last().unwrap(), "B Not possible: the order is Active");
    assert_eq!(said(&plan("order.accept", "", input, json!({}))).last().unwrap(), "B WHMCS has no such order");
    let kind = kinds::named("order.accept").unwrap();
    assert_eq!(kind.accept(&json!({ "sendemail": true })).unwrap_err().field, "autosetup", "nothing by default");
}

#[test]
fn what_a_module_would_erase_is_typed_and_what_has_none_is_blocked() {
    let seen = |status: &str, module: &str| {
        json!({ "status": status, "product": "Web M", "module": module, "queued": [],
        "instance_id": null, "machine": null })
    };
    let ended = plan("module.terminate", "Active", json!({}), seen("Active", "cpanel"));
    assert_eq!((ended.impact, ended.totals.wiped), (Impact::Wipe, 1));
    assert!(matches!(ended.confirmation, Confirmation::Type { .. }));
    for (function, impact) in [("reboot", Impact::Restart), ("rebuildServer", Impact::Wipe)] {
        let plan = plan("module.custom", "Active", json!({ "function": function }), seen("Active", "vps"));
        assert_eq!(plan.impact, impact, "{function}");
        assert_eq!(said(&plan), [format!("W What {function} does is known to the module alone")]);
    }
    let none = plan("module.create", "Pending", json!({}), seen("Pending", ""));
    assert_eq!(said(&none), ["B Its product has no module: Web M"]);
    let moved = plan("module.create", "Pending", json!({}), seen("Active", "cpanel"));
    assert_eq!(said(&moved), ["B Not possible while the service is Active"], "the mirror is behind");
    let kind = kinds::named("module.change_password").unwrap();
    assert_eq!(kind.accept(&json!({ "password": "hunter2" })).unwrap_err().field, "password", "no secret is taken");
}

#[test]
fn a_wanted_state_names_both_sides_and_says_when_there_is_only_one() {
    let machine = json!({ "name": "web-1", "status": "running", "cancel_date": null });
    let seen = |machine: Value, module: &str, instance: Value| {
        json!({ "status": "Active", "product": "VPS M",
        "module": module, "queued": [], "instance_id": instance, "machine": machine })
    };
    let both = plan("service.suspend", "Active", json!({}), seen(machine.clone(), "", json!(5)));
    assert_eq!(
        facts_of(&both),
        [
            ("status", Some("Active"), Some("Suspended")),
            ("server_name", Some("web-1"), Some("web-1")),
            ("server_status", Some("running"), Some("stopped")),
        ]
    );
    assert_eq!(said(&both), Vec::<String>::new());
    let left = plan("service.suspend", "Active", json!({ "server": "leave" }), seen(machine.clone(), "", json!(5)));
    assert_eq!(
        (said(&left), facts_of(&left)[2].2),
        (vec!["W The server is left as it is".to_owned()], Some("running"))
    );
    let mut shared = seen(machine.clone(), "", json!(5));
    shared["shared_with"] = json!([8, 9]);
    assert_eq!(
        said(&plan("service.suspend", "Active", json!({}), shared.clone())),
        ["B The server is also that of service 8, 9"]
    );
    shared["status"] = json!("Suspended");
    assert_eq!(
        said(&plan("service.unsuspend", "Suspended", json!({}), shared)),
        Vec::<String>::new(),
        "it only starts"
    );
    let gone = plan("service.terminate", "Active", json!({}), seen(Value::Null, "", json!(5)));
    assert_eq!(said(&gone), ["W Contabo does not show server 5: only WHMCS is changed"]);
    let bare = plan("service.suspend", "Active", json!({}), seen(Value::Null, "", Value::Null));
    assert_eq!(said(&bare), ["W Neither a server nor a module is behind it: only WHMCS is changed"]);
    let ended = plan("service.terminate", "Active", json!({}), seen(machine, "", json!(5)));
    assert!(matches!(ended.confirmation, Confirmation::Type { .. }));
    assert!(facts_of(&ended).contains(&("cancel_date", None, Some("earliest"))));
    assert_eq!(kinds::named("service.suspend").unwrap().card().target, TargetKind::Service);
}

//! What one call sets off in the rest of the installation.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Sandbox, start};
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn refusal(sandbox: &Sandbox, action: &str, params: &[(&str, &str)]) -> String {
    let answer = sandbox.call(action, params).await;
    assert_eq!(answer["result"], "error", "{action}: {answer}");
    text(&answer["message"])
}

#[tokio::test]
async fn an_order_becomes_services_and_an_invoice_and_goes_again_only_when_cancelled() {
    let sandbox = start(0.1).await;
    let fields = STANDARD.encode("a:1:{i:21;s:8:\"instance\";}");
    let order = [
        ("clientid", "1"),
        ("paymentmethod", "banktransfer"),
        ("pid[]", "3"),
        ("domain[]", "box.example"),
        ("billingcycle[]", "monthly"),
        ("customfields[]", fields.as_str()),
        ("promocode", "BLACKFRIDAY"),
    ];
    let placed = sandbox.call("AddOrder", &order).await;
    let (id, service, invoice) = (text(&placed["orderid"]), text(&placed["serviceids"]), text(&placed["invoiceid"]));
    assert_eq!(placed["productids"], placed["serviceids"], "the old name is still there");
    let shown = sandbox.call("GetOrders", &[("id", &id)]).await;
    let row = &shown["orders"]["order"][0];
    assert_eq!((row["status"].as_str(), row["paymentstatus"].as_str()), (Some("Pending"), Some("Unpaid")));
    let bill = sandbox.call("GetInvoice", &[("invoiceid", &invoice)]).await;
    assert_eq!(bill["items"]["item"][0]["relid"].to_string(), service);
    let pending = sandbox.call("GetClientsProducts", &[("serviceid", &service)]).await;
    let product = &pending["products"]["product"][0];
    assert_eq!(product["status"], "Pending");
    let first = product["customfields"]["customfield"].as_array().unwrap().iter().find(|field| field["id"] == "21");
    assert!(first.is_none_or(|field| field["value"] == "instance"), "{product}");

    assert_eq!(
        refusal(&sandbox, "DeleteOrder", &[("orderid", &id)]).await,
        "The order status must be in Cancelled or Fraud to be deleted"
    );
    sandbox.call("AcceptOrder", &[("orderid", &id)]).await;
    let active = sandbox.call("GetClientsProducts", &[("serviceid", &service)]).await;
    assert_eq!(active["products"]["product"][0]["status"], "Active");
    assert_eq!(refusal(&sandbox, "CancelOrder", &[("orderid", &id)]).await, "Order ID not found or Status not Pending");
    sandbox.call("FraudOrder", &[("orderid", &id)]).await;
    let bill = sandbox.call("GetInvoice", &[("invoiceid", &invoice)]).await;
    assert_eq!(bill["status"], "Cancelled", "what nobody will pay is cancelled");
    sandbox.call("DeleteOrder", &[("orderid", &id)]).await;
    assert_eq!(refusal(&sandbox, "GetInvoice", &[("invoiceid", &invoice)]).await, "Invoice ID Not Found");
    assert_eq!(sandbox.call("GetClientsProducts", &[("serviceid", &service)]).await["totalresults"], "0");
}

#[tokio::test]
async fn an_order_needs_lists_since_8_6_and_something_in_the_cart() {
    let sandbox = start(0.1).await;
    let order = [("clientid", "1"), ("paymentmethod", "banktransfer"), ("pid", "3")];
    assert_eq!(refusal(&sandbox, "AddOrder", &order).await, "Expecting parameter 'pid' to be an array");
    assert_eq!(refusal(&sandbox, "AddOrder", &order[..2]).await, "No items added to cart so order cannot proceed");
    assert_eq!(
        refusal(&sandbox, "AddOrder", &[("clientid", "1"), ("paymentmethod", "cash")]).await,
        "Invalid Payment Method. Valid options include stripe,paypal,banktransfer,gocardless,mailin"
    );
    sandbox.tell("dialect", json!({"version": "7.10"})).await;
    assert_eq!(sandbox.call("AddOrder", &order).await["result"], "success", "the old version took a scalar");
}

#[tokio::test]
async fn credit_pays_in_part_then_the_rest_flips_it_and_too_much_comes_back() {
    let sandbox = start(0.1).await;
    let credit =
        async || sandbox.call("GetClientsDetails", &[("clientid", "2")]).await["credit"].as_str().unwrap().to_owned();
    let before: f64 = credit().await.parse().unwrap();
    let items = [("userid", "2"), ("itemdescription1", "A"), ("itemamount1", "30.00"), ("itemtaxed1", "0")];
    let invoice = text(&sandbox.call("CreateInvoice", &items).await["invoiceid"]);
    let add = [("clientid", "2"), ("description", "x"), ("amount", "10.00")];
    sandbox.call("AddCredit", &add).await;
    let applied = sandbox.call("ApplyCredit", &[("invoiceid", &invoice), ("amount", "10.00")]).await;
    assert_eq!(applied, json!({"result": "success", "invoiceid": invoice, "amount": "10.00", "invoicepaid": "false"}));
    assert_eq!(
        refusal(&sandbox, "ApplyCredit", &[("invoiceid", &invoice), ("amount", "5000")]).await,
        "Amount exceeds customer credit balance"
    );
    let pay = [("invoiceid", invoice.as_str()), ("transid", "X9"), ("gateway", "paypal"), ("amount", "25.00")];
    sandbox.call("AddInvoicePayment", &pay).await;
    let paid = sandbox.call("GetInvoice", &[("invoiceid", &invoice)]).await;
    assert_eq!(
        (paid["status"].as_str(), paid["total"].as_str(), paid["credit"].as_str()),
        (Some("Paid"), Some("20.00"), Some("10.00"))
    );
    assert_eq!(credit().await, format!("{:.2}", before + 5.0), "five too many went into the credit");

    let back = [
        ("paymentmethod", "paypal"),
        ("userid", "2"),
        ("invoiceid", invoice.as_str()),
        ("transid", "X9-R"),
        ("amountout", "25.00"),
        ("date", "20/11/2026"),
    ];
    sandbox.call("AddTransaction", &back).await;
    assert_eq!(sandbox.call("GetInvoice", &[("invoiceid", &invoice)]).await["status"], "Refunded");
    assert_eq!(refusal(&sandbox, "AddTransaction", &back).await, "Transaction ID must be Unique");
}

#[tokio::test]
async fn a_transaction_id_is_refused_the_second_time_only_where_the_documentation_says_so() {
    let sandbox = start(0.1).await;
    let bill = [("userid", "2"), ("itemdescription1", "Work"), ("itemamount1", "1e3"), ("itemtaxed1", "0")];
    let invoice = text(&sandbox.call("CreateInvoice", &bill).await["invoiceid"]);
    let found = sandbox.call("GetInvoice", &[("invoiceid", &invoice)]).await;
    assert_eq!(found["subtotal"], "1000.00", "a power of ten is one");
    let moment = ("date", "2026-11-20 12:00:00");
    let pay =
        [("invoiceid", invoice.as_str()), ("transid", "TX-9"), ("gateway", "paypal"), ("amount", "10.00"), moment];
    for _ in 0..2 {
        assert_eq!(sandbox.call("AddInvoicePayment", &pay).await["result"], "success");
    }
    let noted = sandbox.call("GetTransactions", &[("transid", "TX-9")]).await;
    assert_eq!(noted["totalresults"], 2, "nothing in WHMCS guards against paying twice");
    let note = [("paymentmethod", "paypal"), ("userid", "2"), ("transid", "TX-9"), ("date", "20/11/2026")];
    assert_eq!(refusal(&sandbox, "AddTransaction", &note).await, "Transaction ID must be Unique");
}

#[tokio::test]
async fn a_closed_client_has_nothing_running_and_orders_nothing() {
    let sandbox = start(0.1).await;
    sandbox.call("CloseClient", &[("clientid", "1")]).await;
    let services = sandbox.call("GetClientsProducts", &[("clientid", "1"), ("limitnum", "100")]).await;
    for row in services["products"]["product"].as_array().unwrap() {
        let status = row["status"].as_str().unwrap();
        assert!(["Terminated", "Cancelled", "Fraud", "Completed"].contains(&status), "{status}");
    }
    let open = sandbox.call("GetInvoices", &[("userid", "1"), ("status", "Unpaid")]).await;
    assert_eq!(open["totalresults"], 0);
    let order = [("clientid", "1"), ("paymentmethod", "paypal"), ("pid[0]", "1")];
    assert_eq!(refusal(&sandbox, "AddOrder", &order).await, "Unable to add order when client status is Closed");
}

#[tokio::test]
async fn custom_fields_change_by_serialised_text_and_unknown_ones_are_ignored() {
    let sandbox = start(0.1).await;
    let services = sandbox.call("GetClientsProducts", &[("limitnum", "90")]).await;
    let row =
        services["products"]["product"].as_array().unwrap().iter().find(|row| row["groupname"] == "Cloud VPS").unwrap();
    let id = text(&row["id"]);
    let lock =
        row["customfields"]["customfield"].as_array().unwrap().iter().find(|one| one["name"] == "contabo_action_lock");
    let field = text(&lock.unwrap()["id"]);
    let value = "gesperrt für Müller";
    let sent = STANDARD.encode(format!("a:2:{{i:{field};s:{}:\"{value}\";i:99999;s:1:\"x\";}}", value.len()));
    sandbox.call("UpdateClientProduct", &[("serviceid", &id), ("customfields", &sent), ("notes", "")]).await;
    let truth = sandbox.control(&format!("state/whmcs/service/{id}")).await;
    assert_eq!(truth["custom_fields"]["contabo_action_lock"], value);
    let unset = [("serviceid", id.as_str()), ("unset[]", "dedicatedip"), ("recurringamount", "12.345")];
    sandbox.call("UpdateClientProduct", &unset).await;
    let truth = sandbox.control(&format!("state/whmcs/service/{id}")).await;
    assert_eq!((truth["dedicated_ip"].as_str(), truth["recurring"].as_str()), (Some(""), Some("12.35")));
    assert_eq!(refusal(&sandbox, "UpdateClientProduct", &[("serviceid", "123456")]).await, "Service ID Not Found");
}

#[tokio::test]
async fn three_weeks_pass_and_the_nightly_job_has_done_its_work() {
    let sandbox = start(1.0).await;
    let before = sandbox.control("state").await;
    sandbox.tell("clock", json!({"advance_seconds": 21 * 86_400})).await;
    let after = sandbox.control("state").await;
    let grew = |what: &str| after["whmcs"][what].as_u64().unwrap() - before["whmcs"][what].as_u64().unwrap();
    assert!(grew("invoice") > 50, "{} invoices", grew("invoice"));
    assert!(grew("transaction") > 20, "cards were charged: {}", grew("transaction"));
    let journal = sandbox.control("journal?operation=cron&provider=whmcs").await;
    let entries = journal["entries"].as_array().unwrap();
    assert!(entries.iter().all(|entry| entry["cause"] == "time"));
    let suspended = entries.iter().filter(|entry| entry["detail"]["after"]["status"] == "Suspended").count();
    assert!(suspended > 3, "the overdue were suspended: {suspended}");
    let log = sandbox.call("GetAutomationLog", &[("startdate", "2026-11-21"), ("enddate", "2026-12-11")]).await;
    assert_eq!(log["statistics"].as_object().unwrap().len(), 21);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_overlap() {
    let sandbox = start(0.1).await;
    let mut seen = Vec::new();
    for start in (0..).step_by(7) {
        let start = start.to_string();
        let page = sandbox.call("GetTickets", &[("limitstart", &start), ("limitnum", "7")]).await;
        let rows = page["tickets"]["ticket"].as_array().unwrap().clone();
        assert_eq!(page["totalresults"], "60");
        if rows.is_empty() {
            break;
        }
        seen.extend(rows.iter().map(|row| text(&row["id"])));
    }
    assert_eq!(seen.len(), 60);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 60);
    assert_eq!(sandbox.call("GetTickets", &[]).await["numreturned"], 25, "the default page");
}

#[tokio::test]
async fn a_ticket_is_answered_merged_and_closed_by_silence() {
    let sandbox = start(0.1).await;
    let open = [("deptid", "2"), ("subject", "Down"), ("message", "Hello?"), ("clientid", "2")];
    let (first, second) = (sandbox.call("OpenTicket", &open).await, sandbox.call("OpenTicket", &open).await);
    let (id, other) = (text(&first["id"]), text(&second["id"]));
    sandbox.call("AddTicketReply", &[("ticketid", &other), ("message", "me too"), ("clientid", "2")]).await;
    assert_eq!(
        refusal(&sandbox, "MergeTicket", &[("ticketid", &id), ("mergeticketids", &format!("{other},777777"))]).await,
        "Invalid Merge Ticket IDs: 777777"
    );
    sandbox.call("MergeTicket", &[("ticketid", &id), ("mergeticketids", &other)]).await;
    let ticket = sandbox.call("GetTicket", &[("ticketid", &id)]).await;
    assert_eq!(ticket["replies"]["reply"].as_array().unwrap().len(), 3, "both openings and the reply");
    assert_eq!(ticket["replies"]["reply"][0]["attachments"], json!([[]]));
    sandbox.call("AddTicketReply", &[("ticketid", &id), ("message", "Fixed."), ("adminusername", "jonas")]).await;
    let status = async || sandbox.call("GetTicket", &[("ticketid", &id)]).await["status"].as_str().unwrap().to_owned();
    assert_eq!(status().await, "Answered");
    sandbox.tell("clock", json!({"advance_seconds": 9 * 86_400})).await;
    assert_eq!(status().await, "Closed");
}

#[tokio::test]
async fn the_two_sides_tell_the_same_story_about_a_server() {
    let sandbox = start(1.0).await;
    let counts = sandbox.control("state").await;
    assert_eq!(counts["whmcs"]["client"], 250);
    assert_eq!(counts["whmcs"]["service"], 900);
    assert_eq!(counts["whmcs"]["invoice"], 4_000);
    assert_eq!(counts["whmcs"]["ticket"], 600);
    let services = sandbox.call("GetClientsProducts", &[("limitnum", "900")]).await;
    let mut matching = 0;
    let mut dangling = 0;
    for row in services["products"]["product"].as_array().unwrap().iter().filter(|row| row["status"] == "Active") {
        let fields = row["customfields"]["customfield"].as_array().unwrap();
        let Some(id) =
            fields.iter().find(|one| one["name"] == "contabo_instance_id").and_then(|one| one["value"].as_str())
        else {
            continue;
        };
        if id.is_empty() {
            continue;
        }
        let url = format!("{}state/contabo/instance/{id}", sandbox.running.line.control_url);
        match sandbox.http.get(url).send().await.unwrap().status().as_u16() {
            200 => matching += 1,
            _ => dangling += 1,
        }
    }
    assert!(matching > 200, "{matching} services point at a machine that exists");
    assert!((1..20).contains(&dangling), "{dangling} point at nothing");
}

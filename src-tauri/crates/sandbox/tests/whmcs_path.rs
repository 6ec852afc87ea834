//! The road a console takes through the billing side, seen by a client that knows only its documentation.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod common;

use common::{Sandbox, start};
use serde_json::{Value, json};

#[tokio::test]
async fn a_client_finds_its_way_from_the_list_to_a_server_s_custom_fields() {
    let sandbox = start(0.1).await;
    let clients = sandbox.call("GetClients", &[("limitnum", "100"), ("orderby", "id")]).await;
    assert_eq!(clients["result"], "success");
    assert_eq!(clients["totalresults"], 25);
    let rows = clients["clients"]["client"].as_array().unwrap();
    assert_eq!(rows.len(), 25);
    assert_eq!(rows[0]["id"], 1);

    let services = sandbox.call("GetClientsProducts", &[("limitnum", "200")]).await;
    assert_eq!(services["totalresults"], "90", "this list writes its total as text");
    assert_eq!(services["numreturned"], 90);
    let linked: Vec<&Value> = services["products"]["product"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|service| field(service, "contabo_resource_type") == "instance")
        .collect();
    assert!(linked.len() > 20, "a third of the services stand at the server provider: {}", linked.len());
    assert!(linked.iter().any(|service| !field(service, "contabo_instance_id").is_empty()));

    let one = linked[0];
    let client =
        sandbox.call("GetClientsDetails", &[("clientid", one["clientid"].as_str().unwrap()), ("stats", "1")]).await;
    assert_eq!(client["client"]["id"], client["id"], "the record stands twice: at the top and under `client`");
    assert!(client["stats"]["numpaidinvoices"].is_u64());
}

fn field<'v>(service: &'v Value, name: &str) -> &'v str {
    let fields = service["customfields"]["customfield"].as_array().unwrap();
    fields.iter().find(|field| field["name"] == name).and_then(|field| field["value"].as_str()).unwrap_or_default()
}

#[tokio::test]
async fn every_invoice_adds_up_and_every_paid_one_was_paid() {
    let sandbox = start(0.1).await;
    let list = sandbox.call("GetInvoices", &[("limitnum", "1000"), ("orderby", "id"), ("order", "desc")]).await;
    let rows = list["invoices"]["invoice"].as_array().unwrap();
    assert_eq!(rows.len(), 400);
    assert!(rows[0]["id"].as_u64() > rows[1]["id"].as_u64(), "newest first");
    let mut seen = std::collections::BTreeMap::new();
    for row in rows {
        let status = row["status"].as_str().unwrap();
        *seen.entry(status.to_owned()).or_insert(0) += 1;
        let invoice = sandbox.call("GetInvoice", &[("invoiceid", &row["id"].to_string())]).await;
        let cents = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        let items: i64 = invoice["items"]["item"].as_array().unwrap().iter().map(|item| cents(&item["amount"])).sum();
        assert_eq!(cents(&invoice["subtotal"]), items, "{invoice}");
        let total = items + cents(&invoice["tax"]) + cents(&invoice["tax2"]) - cents(&invoice["credit"]);
        assert_eq!(cents(&invoice["total"]), total, "{invoice}");
        if status == "Paid" {
            assert_eq!(invoice["balance"], "0.00", "{invoice}");
            assert!(invoice["transactions"]["transaction"].is_array());
        }
        if status == "Unpaid" {
            assert_eq!(invoice["transactions"], "", "no payment is written as an empty text");
        }
    }
    assert!(seen["Paid"] > 250 && seen["Unpaid"] > 5, "{seen:?}");
    let overdue = sandbox.call("GetInvoices", &[("status", "Overdue")]).await;
    assert!(overdue["totalresults"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn a_payment_flips_the_invoice_and_the_service_is_due_later() {
    let sandbox = start(0.1).await;
    let unpaid = sandbox.call("GetInvoices", &[("status", "Unpaid"), ("limitnum", "100")]).await;
    let mut found = None;
    for row in unpaid["invoices"]["invoice"].as_array().unwrap() {
        let invoice = sandbox.call("GetInvoice", &[("invoiceid", &row["id"].to_string())]).await;
        if let Some(item) = invoice["items"]["item"].as_array().unwrap().iter().find(|item| item["type"] == "Hosting") {
            found = Some((row["id"].to_string(), item["relid"].to_string()));
            break;
        }
    }
    let (invoice, service) = found.expect("an unpaid invoice with a service on it");
    let due = |answer: Value| answer["products"]["product"][0]["nextduedate"].as_str().unwrap().to_owned();
    let before = due(sandbox.call("GetClientsProducts", &[("serviceid", &service)]).await);
    let paid = sandbox
        .call("AddInvoicePayment", &[("invoiceid", &invoice), ("transid", "T-1"), ("gateway", "banktransfer")])
        .await;
    assert_eq!(paid, json!({"result": "success"}));
    let after = sandbox.call("GetInvoice", &[("invoiceid", &invoice)]).await;
    assert_eq!((after["status"].as_str(), after["balance"].as_str()), (Some("Paid"), Some("0.00")));
    assert!(due(sandbox.call("GetClientsProducts", &[("serviceid", &service)]).await) > before);

    let journal = sandbox.control("journal?operation=AddInvoicePayment").await;
    let kinds: Vec<&str> = journal["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["resource"]["kind"].as_str().unwrap())
        .collect();
    for kind in ["transaction", "invoice", "service", "email"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_credentials_and_the_line_has_the_agreed_shape() {
    let (first, again) = (start(0.1).await, start(0.1).await);
    assert_eq!(first.running.line.whmcs.identifier, again.running.line.whmcs.identifier);
    assert_eq!(first.running.line.contabo.password, again.running.line.contabo.password);
    let line = serde_json::to_value(&first.running.line).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&line), ["whmcs", "contabo", "control_url", "seed", "scale"]);
    assert_eq!(keys(&line["whmcs"]), ["url", "identifier", "secret", "access_key"]);
    assert_eq!(keys(&line["contabo"]), ["api_url", "token_url", "client_id", "client_secret", "user", "password"]);
}

#[tokio::test]
async fn a_suspension_through_the_module_works_or_says_why_not() {
    let sandbox = start(1.0).await;
    let services = sandbox.call("GetClientsProducts", &[("limitnum", "900")]).await;
    let rows = services["products"]["product"].as_array().unwrap();
    let active = |server: &str| {
        rows.iter()
            .find(|row| row["status"] == "Active" && row["servername"] == server)
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .unwrap()
    };
    let id = active("Saturn");
    let answer = sandbox.call("ModuleSuspend", &[("serviceid", &id), ("suspendreason", "abuse")]).await;
    assert_eq!(answer, json!({"result": "success"}));
    let after = sandbox.call("GetClientsProducts", &[("serviceid", &id)]).await;
    assert_eq!(after["products"]["product"][0]["status"], "Suspended");
    assert_eq!(after["products"]["product"][0]["suspensionreason"], "abuse");

    let dead = active("Rhea");
    let answer = sandbox.call("ModuleSuspend", &[("serviceid", &dead)]).await;
    assert_eq!(answer["result"], "error");
    assert!(answer["message"].as_str().unwrap().contains("rhea.nordlicht.example"), "the module's own words: {answer}");
    let queue = sandbox.call("GetModuleQueue", &[("relatedId", &dead)]).await;
    let waiting = queue["queue"].as_array().unwrap().iter().any(|entry| entry["moduleAction"] == "SuspendAccount");
    assert!(waiting, "the failed call waits to be tried again: {queue}");

    let rented = rows.iter().find(|row| row["groupname"] == "Cloud VPS").unwrap()["id"].as_str().unwrap();
    let answer = sandbox.call("ModuleSuspend", &[("serviceid", rented)]).await;
    assert_eq!(answer["message"], "Service not assigned to a module");
}

#[tokio::test]
async fn nothing_documented_for_the_path_is_missing() {
    let sandbox: Sandbox = start(0.1).await;
    for action in [
        "GetProducts",
        "GetCurrencies",
        "GetStats",
        "GetActivityLog",
        "WhmcsDetails",
        "GetAdminDetails",
        "GetSupportDepartments",
        "GetSupportStatuses",
        "GetTicketCounts",
        "GetTransactions",
        "GetPaymentMethods",
    ] {
        let answer = sandbox.call(action, &[]).await;
        assert_eq!(answer["result"], "success", "{action}: {answer}");
    }
    let tickets = sandbox.call("GetTickets", &[("status", "All Active Tickets")]).await;
    let id = tickets["tickets"]["ticket"][0]["id"].as_str().unwrap();
    let ticket = sandbox.call("GetTicket", &[("ticketid", id)]).await;
    assert_eq!(ticket["replies"]["reply"][0]["replyid"], "0", "the opening message is reply 0");
}

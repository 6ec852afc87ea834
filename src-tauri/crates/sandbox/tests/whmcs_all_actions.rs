//! Every documented action is called once with something to do, and its answer is held against the documented names
//! and types (`facts/whmcs_fields.json`: action, path, type).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Sandbox, start};
use serde_json::Value;

/// Collects what each action's answers looked like.
struct Story {
    sandbox: Sandbox,
    shapes: BTreeMap<String, BTreeMap<String, BTreeSet<&'static str>>>,
}

impl Story {
    async fn call(&mut self, action: &str, params: &[(&str, &str)]) -> Value {
        let answer = self.sandbox.call(action, params).await;
        assert_ne!(answer["result"], "error", "{action} {params:?}: {answer}");
        shape(&answer, "", self.shapes.entry(action.to_owned()).or_default());
        answer
    }

    /// An id out of an answer, whatever type it has there.
    async fn id(&mut self, action: &str, params: &[(&str, &str)], name: &str) -> String {
        let answer = self.call(action, params).await;
        text(&answer[name])
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Notes the types found under each path; list elements share one path.
fn shape(value: &Value, path: &str, into: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let dated = name.len() == 10 && name.as_bytes()[4] == b'-';
                shape(field, &below(if dated { "*" } else { name }), into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| shape(item, &format!("{path}[]"), into)),
        other => {
            let kind = match other {
                Value::String(_) => "string",
                Value::Number(number) if number.is_i64() || number.is_u64() => "int",
                Value::Number(_) => "float",
                Value::Bool(_) => "bool",
                _ => "null",
            };
            into.entry(path.to_owned()).or_default().insert(kind);
        }
    }
}

/// What the documentation's example shows and this walk cannot.
const ELSEWHERE: &[(&str, &str)] = &[
    // Elided there with dots.
    ("GetAutomationLog", "statistics"),
];

#[tokio::test]
async fn all_162_actions_do_their_work_and_answer_as_documented() {
    let mut story = Story { sandbox: start(1.0).await, shapes: BTreeMap::new() };
    people(&mut story).await;
    money(&mut story).await;
    orders(&mut story).await;
    services(&mut story).await;
    domains(&mut story).await;
    support(&mut story).await;
    projects(&mut story).await;
    system(&mut story).await;

    let operations = story.sandbox.control("operations").await;
    let implemented: BTreeSet<String> = operations["whmcs"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(operations["contabo"].as_array().unwrap().len(), 145);
    let called: BTreeSet<String> = story.shapes.keys().cloned().collect();
    assert_eq!(implemented.difference(&called).collect::<Vec<_>>(), Vec::<&String>::new(), "implemented, not called");

    let facts: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(include_str!("facts/whmcs_fields.json")).unwrap();
    let mut complaints = Vec::new();
    for (action, fields) in &facts {
        let Some(found) = story.shapes.get(action) else {
            complaints.push(format!("{action}: never answered"));
            continue;
        };
        for (path, kind) in fields {
            if ELSEWHERE.contains(&(action.as_str(), path.as_str())) {
                continue;
            }
            match found.get(path) {
                None => complaints.push(format!("{action}: {path} is missing")),
                Some(kinds) if !kinds.contains(kind.as_str()) => {
                    complaints.push(format!("{action}: {path} is {kinds:?}, documented {kind}"));
                }
                Some(_) => {}
            }
        }
    }
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
    assert_eq!(facts.len(), 162);
}

const ADDRESS: [(&str, &str); 9] = [
    ("firstname", "Ines"),
    ("lastname", "Novák"),
    ("address1", "Hlavná 1"),
    ("city", "Košice"),
    ("state", "Košický"),
    ("postcode", "04001"),
    ("country", "SK"),
    ("phonenumber", "905123456"),
    ("password2", "geheim123"),
];

async fn people(story: &mut Story) {
    let mut form = ADDRESS.to_vec();
    form.push(("email", "ines@novak.example"));
    let client = story.id("AddClient", &form, "clientid").await;
    story.call("GetClients", &[("search", "ines")]).await;
    story.call("GetClientsDetails", &[("clientid", &client), ("stats", "1")]).await;
    story.call("UpdateClient", &[("clientid", &client), ("companyname", "Novák s.r.o.")]).await;
    story.call("GetClientPassword", &[("userid", &client)]).await;
    story.call("GetClientGroups", &[]).await;
    story.call("GetEmails", &[("clientid", &client)]).await;
    let contact = story
        .id("AddContact", &[("clientid", &client), ("firstname", "Jana"), ("email", "j@n.example")], "contactid")
        .await;
    story.call("GetContacts", &[("userid", &client)]).await;
    story.call("UpdateContact", &[("contactid", &contact), ("lastname", "Malá")]).await;
    story.call("DeleteContact", &[("contactid", &contact)]).await;
    let user = [("firstname", "Ota"), ("lastname", "Král"), ("email", "ota@kral.example"), ("password2", "x1y2z3")];
    let user = story.id("AddUser", &user, "user_id").await;
    story.call("UpdateUser", &[("user_id", &user), ("lastname", "Veselý")]).await;
    story.call("GetUsers", &[("search", "info")]).await;
    story.call("GetPermissionsList", &[]).await;
    let invite = [("client_id", client.as_str()), ("email", "neu@example.com"), ("permissions", "tickets,invoices")];
    story.call("CreateClientInvite", &invite).await;
    // A colleague that the seed has put beside an owner.
    let (client, colleague) = colleague(story).await;
    story.call("GetUserPermissions", &[("user_id", &colleague), ("client_id", &client)]).await;
    let rights = [("user_id", colleague.as_str()), ("client_id", client.as_str()), ("permissions", "tickets")];
    story.call("UpdateUserPermissions", &rights).await;
    story.call("DeleteUserClient", &rights[..2]).await;
    story.call("ResetPassword", &[("id", &user)]).await;
    story.call("ValidateLogin", &[("email", "ines@novak.example"), ("password2", "geheim123")]).await;
    story.call("AffiliateActivate", &[("userid", &client)]).await;
    story.call("GetAffiliates", &[]).await;
    story.call("AddClientNote", &[("userid", &client), ("notes", "calls on Mondays")]).await;
}

async fn colleague(story: &mut Story) -> (String, String) {
    let users = story.call("GetUsers", &[("limitnum", "1000")]).await;
    users["users"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|user| {
            let member = user["clients"].as_array()?.iter().find(|client| client["isOwner"] == false)?;
            Some((text(&member["id"]), text(&user["id"])))
        })
        .expect("somebody who is not an owner")
}

async fn money(story: &mut Story) {
    let items = [
        ("userid", "2"),
        ("itemdescription1", "Work"),
        ("itemamount1", "100.00"),
        ("itemtaxed1", "1"),
        ("itemdescription2", "Travel"),
        ("itemamount2", "20.50"),
        ("itemtaxed2", "0"),
    ];
    let invoice = story.id("CreateInvoice", &items, "invoiceid").await;
    let change = [
        ("invoiceid", invoice.as_str()),
        ("newitemdescription[0]", "Parking"),
        ("newitemamount[0]", "4.50"),
        ("newitemtaxed[0]", "0"),
    ];
    story.call("UpdateInvoice", &change).await;
    story.call("GetInvoice", &[("invoiceid", &invoice)]).await;
    story.call("AddCredit", &[("clientid", "2"), ("description", "sorry"), ("amount", "10.00")]).await;
    story.call("ApplyCredit", &[("invoiceid", &invoice), ("amount", "10.00")]).await;
    story.call("GetCredits", &[("clientid", "2")]).await;
    let part = [("invoiceid", invoice.as_str()), ("transid", "T1"), ("gateway", "paypal"), ("amount", "50.00")];
    story.call("AddInvoicePayment", &part).await;
    let transfer =
        [("paymentmethod", "paypal"), ("userid", "2"), ("transid", "T2"), ("date", "20/11/2026"), ("amountin", "5.00")];
    story.call("AddTransaction", &transfer).await;
    let list = story.call("GetTransactions", &[("transid", "T2")]).await;
    let transaction = text(&list["transactions"]["transaction"][0]["id"]);
    story.call("UpdateTransaction", &[("transactionid", &transaction), ("description", "cash")]).await;
    story.call("GetInvoices", &[]).await;
    // Client 11 pays by card in no world: the capture is tried on one who does.
    let unpaid = story.call("GetInvoices", &[("status", "Unpaid"), ("limitnum", "200")]).await;
    let cards: Vec<String> = unpaid["invoices"]["invoice"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["paymentmethod"] == "stripe" && row["userid"].as_u64().unwrap() % 11 != 3)
        .map(|row| text(&row["id"]))
        .collect();
    story.call("CapturePayment", &[("invoiceid", &cards[0])]).await;
    story.call("GenInvoices", &[("noemails", "1")]).await;
    let item =
        [("clientid", "2"), ("description", "Consulting"), ("amount", "95.00"), ("unit", "hours"), ("quantity", "1")];
    story.call("AddBillableItem", &item).await;
    let card =
        [("clientid", "2"), ("type", "CreditCard"), ("card_number", "4242424242424242"), ("card_expiry", "0429")];
    let card = story.id("AddPayMethod", &card, "paymethodid").await;
    story.call("UpdatePayMethod", &[("clientid", "2"), ("paymethodid", &card), ("card_expiry", "0530")]).await;
    for client in 1..120 {
        // Some have cards, some have bank accounts.
        story.call("GetPayMethods", &[("clientid", &client.to_string())]).await;
    }
    story.call("DeletePayMethod", &[("clientid", "2"), ("paymethodid", &card)]).await;
    let lines = STANDARD.encode("a:1:{i:0;a:5:{s:4:\"desc\";s:3:\"VPS\";s:3:\"qty\";i:2;s:2:\"up\";s:5:\"10.00\";s:8:\"discount\";s:4:\"0.00\";s:7:\"taxable\";b:1;}}");
    let quote = [
        ("subject", "Servers"),
        ("stage", "Draft"),
        ("validuntil", "20/12/2026"),
        ("userid", "2"),
        ("lineitems", lines.as_str()),
    ];
    let quote = story.id("CreateQuote", &quote, "quoteid").await;
    story.call("UpdateQuote", &[("quoteid", &quote), ("subject", "More servers")]).await;
    story.call("SendQuote", &[("quoteid", &quote)]).await;
    story.call("GetQuotes", &[("limitnum", "100")]).await;
    story.call("AcceptQuote", &[("quoteid", &quote)]).await;
    story.call("DeleteQuote", &[("quoteid", &quote)]).await;
}

async fn orders(story: &mut Story) {
    story.call("GetProducts", &[]).await;
    story.call("GetPromotions", &[]).await;
    let order = [
        ("clientid", "3"),
        ("paymentmethod", "banktransfer"),
        ("pid[0]", "15"),
        ("domain[0]", "fresh-start.com"),
        ("billingcycle[0]", "annually"),
        ("domaintype[0]", "register"),
        ("regperiod[0]", "1"),
        ("addons[0]", "1"),
    ];
    let placed = story.call("AddOrder", &order).await;
    let (first, service) = (text(&placed["orderid"]), text(&placed["serviceids"]));
    story.call("OrderFraudCheck", &[("orderid", &first)]).await;
    story.call("AcceptOrder", &[("orderid", &first)]).await;
    story.call("GetOrders", &[("id", &first)]).await;
    story.call("GetOrderStatuses", &[]).await;
    story.call("GetClientsAddons", &[("serviceid", &service)]).await;
    let addons = story.call("GetClientsAddons", &[("serviceid", &service)]).await;
    let addon = text(&addons["addons"]["addon"][0]["id"]);
    story.call("UpdateClientAddon", &[("id", &addon), ("notes", "n")]).await;
    story.call("PendingOrder", &[("orderid", &first)]).await;
    story.call("CancelOrder", &[("orderid", &first)]).await;
    story.call("FraudOrder", &[("orderid", &first)]).await;
    story.call("DeleteOrder", &[("orderid", &first)]).await;
    let product = [
        ("name", "Sample"),
        ("gid", "1"),
        ("type", "other"),
        ("paytype", "recurring"),
        ("pricing[1][monthly]", "5.00"),
    ];
    story.call("AddProduct", &product).await;
}

async fn services(story: &mut Story) {
    let all = story.call("GetClientsProducts", &[("limitnum", "900")]).await;
    let hosted: Vec<String> = all["products"]["product"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"] == "Active" && row["servername"] == "Saturn")
        .map(|row| text(&row["id"]))
        .collect();
    let id = hosted[0].as_str();
    story.call("GetClientsProducts", &[("clientid", "2")]).await;
    story.call("ModuleSuspend", &[("serviceid", id), ("suspendreason", "test")]).await;
    story.call("ModuleUnsuspend", &[("serviceid", id)]).await;
    story.call("ModuleChangePw", &[("serviceid", id)]).await;
    story.call("ModuleChangePackage", &[("serviceid", id)]).await;
    story.call("ModuleCustom", &[("serviceid", id), ("func_name", "reboot")]).await;
    story.call("ModuleTerminate", &[("serviceid", id)]).await;
    story.call("ModuleCreate", &[("serviceid", id)]).await;
    story.call("UpdateClientProduct", &[("serviceid", id), ("notes", "moved")]).await;
    let upgrade = [
        ("serviceid", hosted[1].as_str()),
        ("paymentmethod", "paypal"),
        ("type", "product"),
        ("newproductid", "16"),
        ("newproductbillingcycle", "annually"),
    ];
    story.call("UpgradeProduct", &upgrade).await;
    story.call("AddCancelRequest", &[("serviceid", &hosted[2]), ("type", "Immediate")]).await;
    story.call("GetCancelledPackages", &[]).await;
    story.call("GetModuleQueue", &[]).await;
    story.call("GetServers", &[("fetchStatus", "1")]).await;
    story.call("GetHealthStatus", &[]).await;
    let module = [("moduleType", "registrar"), ("moduleName", "opensrs")];
    story.call("ActivateModule", &module).await;
    story.call("UpdateModuleConfiguration", &[module[0], module[1], ("parameters[Username]", "me")]).await;
    story.call("GetModuleConfigurationParameters", &module).await;
    story.call("DeactivateModule", &module).await;
}

async fn domains(story: &mut Story) {
    let list = story.call("GetClientsDomains", &[("limitnum", "300")]).await;
    let of = |status: &str, ending: &str| {
        list["domains"]["domain"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["status"] == status && row["domainname"].as_str().unwrap().ends_with(ending))
            .map(|row| text(&row["id"]))
            .unwrap_or_else(|| panic!("no {status} {ending}"))
    };
    let (active, uk, pending) = (of("Active", ".com"), of("Active", ".co.uk"), of("Pending", ""));
    let id = [("domainid", active.as_str())];
    for action in
        ["DomainGetLockingStatus", "DomainGetNameservers", "DomainGetWhoisInfo", "DomainRequestEPP", "DomainRenew"]
    {
        story.call(action, &id).await;
    }
    story.call("DomainUpdateLockingStatus", &[id[0], ("lockstatus", "0")]).await;
    story.call("DomainUpdateNameservers", &[id[0], ("ns1", "a.example.net"), ("ns2", "b.example.net")]).await;
    story.call("DomainToggleIdProtect", &[id[0], ("idprotect", "1")]).await;
    let xml = "<contactdetails><Registrant><First_Name>A</First_Name></Registrant></contactdetails>";
    story.call("DomainUpdateWhoisInfo", &[id[0], ("xml", xml)]).await;
    story.call("DomainWhois", &[("domain", "example.com")]).await;
    story.call("UpdateClientDomain", &[id[0], ("notes", "n")]).await;
    story.call("DomainRelease", &[("domainid", &uk), ("newtag", "OTHER")]).await;
    story.call("DomainTransfer", &[("domainid", &pending), ("eppcode", "abc")]).await;
    story.call("DomainRegister", &[("domainid", &pending)]).await;
    story.call("GetRegistrars", &[]).await;
    story.call("GetTLDPricing", &[("currencyid", "2")]).await;
    let tld = [("extension", ".rocks"), ("currency_code", "EUR"), ("register[1]", "9.99"), ("renew[1]", "9.99")];
    story.call("CreateOrUpdateTLD", &tld).await;
}

async fn support(story: &mut Story) {
    let files = STANDARD.encode(format!("[{{\"name\":\"log.txt\",\"data\":\"{}\"}}]", STANDARD.encode("hello")));
    let open = [
        ("deptid", "2"),
        ("subject", "Help"),
        ("message", "It is **down**"),
        ("clientid", "2"),
        ("attachments", files.as_str()),
    ];
    let first = story.id("OpenTicket", &open, "id").await;
    let second = story.id("OpenTicket", &open[..4], "id").await;
    let guest =
        [("deptid", "1"), ("subject", "Offer"), ("message", "?"), ("name", "Eve"), ("email", "eve@example.org")];
    let guest = story.id("OpenTicket", &guest, "id").await;
    let reply = [("ticketid", first.as_str()), ("message", "Restarted."), ("adminusername", "jonas")];
    story.call("AddTicketReply", &reply).await;
    story.call("AddTicketReply", &[("ticketid", &first), ("message", "Thanks"), ("clientid", "2")]).await;
    story.call("AddTicketNote", &[("ticketid", &first), ("message", "third time")]).await;
    story.call("GetTickets", &[("limitnum", "600")]).await;
    let ticket = story.call("GetTicket", &[("ticketid", &first)]).await;
    let replies = ticket["replies"]["reply"].as_array().unwrap();
    assert_eq!(replies.len(), 3);
    let (early, late) = (text(&replies[1]["replyid"]), text(&replies[2]["replyid"]));
    story.call("GetTicketAttachment", &[("relatedid", &first), ("type", "ticket"), ("index", "0")]).await;
    let notes = story.call("GetTicketNotes", &[("ticketid", &first)]).await;
    story.call("DeleteTicketNote", &[("noteid", &text(&notes["notes"]["note"][0]["id"]))]).await;
    story.call("UpdateTicketReply", &[("replyid", &early), ("message", "Restarted it.")]).await;
    story.call("DeleteTicketReply", &[("ticketid", &first), ("replyid", &late)]).await;
    story.call("UpdateTicket", &[("ticketid", &first), ("status", "In Progress"), ("flag", "3")]).await;
    story.call("MergeTicket", &[("ticketid", &first), ("mergeticketids", &second)]).await;
    story.call("BlockTicketSender", &[("ticketid", &guest)]).await;
    story.call("DeleteTicket", &[("ticketid", &first)]).await;
    for action in
        ["GetSupportDepartments", "GetSupportStatuses", "GetTicketPredefinedCats", "GetTicketPredefinedReplies"]
    {
        story.call(action, &[]).await;
    }
    story.call("GetTicketCounts", &[("includeCountsByStatus", "1")]).await;
    let news = [("date", "2026-11-20 08:00:00"), ("title", "News"), ("announcement", "<p>Hi</p>"), ("published", "1")];
    let news = story.id("AddAnnouncement", &news, "announcementid").await;
    story.call("UpdateAnnouncement", &[("announcementid", &news), ("title", "Old news")]).await;
    story.call("GetAnnouncements", &[]).await;
    story.call("DeleteAnnouncement", &[("announcementid", &news)]).await;
}

async fn projects(story: &mut Story) {
    let project = story.id("CreateProject", &[("title", "Move"), ("adminid", "2")], "projectid").await;
    story.call("UpdateProject", &[("projectid", &project), ("status", "In Progress")]).await;
    story.call("AddProjectMessage", &[("projectid", &project), ("message", "Go")]).await;
    let task = [("projectid", project.as_str()), ("duedate", "2026-12-01"), ("task", "Pack")];
    story.call("AddProjectTask", &task).await;
    let shown = story.call("GetProject", &[("projectid", &project)]).await;
    let task = text(&shown["tasks"]["task"][0]["id"]);
    story.call("UpdateProjectTask", &[("taskid", &task), ("completed", "1")]).await;
    story.call("StartTaskTimer", &[("projectid", &project), ("timerid", &task)]).await;
    let shown = story.call("GetProject", &[("projectid", &project)]).await;
    let timer = text(&shown["tasks"]["task"][0]["timelogs"]["timelog"][0]["id"]);
    story.call("EndTaskTimer", &[("projectid", &project), ("timerid", &timer)]).await;
    story.call("GetProjects", &[]).await;
    story.call("DeleteProjectTask", &[("projectid", &project), ("taskid", &task)]).await;
}

async fn system(story: &mut Story) {
    for action in [
        "GetActivityLog",
        "GetAdminDetails",
        "GetAdminUsers",
        "GetAutomationLog",
        "GetCurrencies",
        "GetEmailTemplates",
        "GetPaymentMethods",
        "GetStaffOnline",
        "GetToDoItemStatuses",
        "GetToDoItems",
        "WhmcsDetails",
        "ListOAuthCredentials",
    ] {
        story.call(action, &[]).await;
    }
    story.call("GetStats", &[("timeline_days", "7")]).await;
    story.call("AddBannedIp", &[("ip", "192.0.2.9"), ("reason", "abuse"), ("days", "3")]).await;
    story.call("LogActivity", &[("description", "looked around"), ("clientid", "2")]).await;
    let hidden = story.id("EncryptPassword", &[("password2", "Grüße")], "password").await;
    let shown = story.call("DecryptPassword", &[("password2", &hidden)]).await;
    assert_eq!(shown["password"], "Grüße");
    story.call("GetConfigurationValue", &[("setting", "CompanyName")]).await;
    story.call("SetConfigurationValue", &[("setting", "PremiumDomains"), ("value", "on")]).await;
    story.call("SendEmail", &[("messagename", "Invoice Created"), ("id", "1")]).await;
    story.call("SendAdminEmail", &[("messagename", "Automatic Setup Failed")]).await;
    let event = [("notification_identifier", "x.y"), ("title", "T"), ("message", "M"), ("attributes[0][label]", "l")];
    story.call("TriggerNotificationEvent", &event).await;
    story.call("UpdateAdminNotes", &[("notes", "hi")]).await;
    story.call("UpdateToDoItem", &[("itemid", "1"), ("adminid", "2"), ("status", "Completed")]).await;
    story.call("CreateSsoToken", &[("client_id", "2")]).await;
    let oauth = [("grantType", "single_sign_on"), ("scope", "clientarea:sso"), ("serviceId", "1")];
    let oauth = story.id("CreateOAuthCredential", &oauth, "credentialId").await;
    story.call("UpdateOAuthCredential", &[("credentialId", &oauth), ("resetSecret", "1")]).await;
    story.call("DeleteOAuthCredential", &[("credentialId", &oauth)]).await;
    story.call("CloseClient", &[("clientid", "4")]).await;
    story.call("DeleteClient", &[("clientid", "4")]).await;
}

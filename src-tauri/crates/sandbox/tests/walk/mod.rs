//! Every documented action once with something to do, in an order in which each finds what it needs. What an action
//! answers is where the next one's ids come from, so a walk only gets to its end when the answers were understood.
//!
//! Walked twice: with the plainest of clients, to hold the sandbox against the documents, and with the typed client, in
//! each of the dialects that installations speak (`tests/tests/whmcs/tour.rs`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Who makes the calls.
pub(crate) trait Walker {
    /// Makes one that has to succeed.
    async fn call(&mut self, action: &str, params: &[(&str, &str)]) -> Value;

    /// Whether the installation does not have an action; a call of it is answered by nothing.
    fn lacks(&self, _: &str) -> bool {
        false
    }

    /// Whether secrets in answers are typed and so not shown.
    fn hides(&self) -> bool {
        false
    }

    /// Of how many clients the means of payment are read: in a large company some have cards, some bank accounts.
    fn clients(&self) -> u32 {
        120
    }

    /// An id out of an answer, whatever type it has there.
    async fn id(&mut self, action: &str, params: &[(&str, &str)], name: &str) -> String {
        text(&self.call(action, params).await[name])
    }
}

/// Walks to the end.
pub(crate) async fn walk(tour: &mut impl Walker) {
    people(tour).await;
    money(tour).await;
    orders(tour).await;
    services(tour).await;
    domains(tour).await;
    support(tour).await;
    projects(tour).await;
    system(tour).await;
}

/// A leaf as text; what is not there is the first of its sort.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "1".to_owned(),
        other => other.to_string(),
    }
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

async fn people(tour: &mut impl Walker) {
    let mut form = ADDRESS.to_vec();
    form.push(("email", "ines@novak.example"));
    let client = tour.id("AddClient", &form, "clientid").await;
    tour.call("GetClients", &[("search", "ines")]).await;
    tour.call("GetClientsDetails", &[("clientid", &client), ("stats", "1")]).await;
    tour.call("UpdateClient", &[("clientid", &client), ("companyname", "Novák s.r.o.")]).await;
    tour.call("GetClientPassword", &[("userid", &client)]).await;
    tour.call("GetClientGroups", &[]).await;
    tour.call("GetEmails", &[("clientid", &client)]).await;
    let contact = tour
        .id("AddContact", &[("clientid", &client), ("firstname", "Jana"), ("email", "j@n.example")], "contactid")
        .await;
    tour.call("GetContacts", &[("userid", &client)]).await;
    tour.call("UpdateContact", &[("contactid", &contact), ("lastname", "Malá")]).await;
    tour.call("DeleteContact", &[("contactid", &contact)]).await;
    let user = [("firstname", "Ota"), ("lastname", "Král"), ("email", "ota@kral.example"), ("password2", "x1y2z3")];
    let user = tour.id("AddUser", &user, "user_id").await;
    tour.call("UpdateUser", &[("user_id", &user), ("lastname", "Veselý")]).await;
    tour.call("GetUsers", &[("search", "info")]).await;
    tour.call("GetPermissionsList", &[]).await;
    let invite = [("client_id", client.as_str()), ("email", "neu@example.com"), ("permissions", "tickets,invoices")];
    tour.call("CreateClientInvite", &invite).await;
    // A colleague that the seed has put beside an owner.
    let (client, colleague) = colleague(tour).await;
    tour.call("GetUserPermissions", &[("user_id", &colleague), ("client_id", &client)]).await;
    let rights = [("user_id", colleague.as_str()), ("client_id", client.as_str()), ("permissions", "tickets")];
    tour.call("UpdateUserPermissions", &rights).await;
    tour.call("DeleteUserClient", &rights[..2]).await;
    tour.call("ResetPassword", &[("id", &user)]).await;
    tour.call("ValidateLogin", &[("email", "ines@novak.example"), ("password2", "geheim123")]).await;
    tour.call("AffiliateActivate", &[("userid", &client)]).await;
    tour.call("GetAffiliates", &[]).await;
    tour.call("AddClientNote", &[("userid", &client), ("notes", "calls on Mondays")]).await;
}

async fn colleague(tour: &mut impl Walker) -> (String, String) {
    if tour.lacks("GetUsers") {
        return ("1".to_owned(), "1".to_owned());
    }
    let users = tour.call("GetUsers", &[("limitnum", "1000")]).await;
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

async fn money(tour: &mut impl Walker) {
    let items = [
        ("userid", "2"),
        ("itemdescription1", "Work"),
        ("itemamount1", "100.00"),
        ("itemtaxed1", "1"),
        ("itemdescription2", "Travel"),
        ("itemamount2", "20.50"),
        ("itemtaxed2", "0"),
    ];
    let invoice = tour.id("CreateInvoice", &items, "invoiceid").await;
    // Version 9 changes no invoice that was issued.
    let mut draft = items.to_vec();
    draft.push(("draft", "1"));
    let draft = tour.id("CreateInvoice", &draft, "invoiceid").await;
    let change = [
        ("invoiceid", draft.as_str()),
        ("newitemdescription[0]", "Parking"),
        ("newitemamount[0]", "4.50"),
        ("newitemtaxed[0]", "0"),
    ];
    tour.call("UpdateInvoice", &change).await;
    tour.call("GetInvoice", &[("invoiceid", &invoice)]).await;
    tour.call("AddCredit", &[("clientid", "2"), ("description", "sorry"), ("amount", "10.00")]).await;
    tour.call("ApplyCredit", &[("invoiceid", &invoice), ("amount", "10.00")]).await;
    tour.call("GetCredits", &[("clientid", "2")]).await;
    let part = [
        ("invoiceid", invoice.as_str()),
        ("transid", "T1"),
        ("gateway", "paypal"),
        ("amount", "50.00"),
        ("date", "2026-11-20"),
    ];
    tour.call("AddInvoicePayment", &part).await;
    let transfer =
        [("paymentmethod", "paypal"), ("userid", "2"), ("transid", "T2"), ("date", "20/11/2026"), ("amountin", "5.00")];
    tour.call("AddTransaction", &transfer).await;
    let list = tour.call("GetTransactions", &[("transid", "T2")]).await;
    let transaction = text(&list["transactions"]["transaction"][0]["id"]);
    tour.call("UpdateTransaction", &[("transactionid", &transaction), ("description", "cash")]).await;
    tour.call("GetInvoices", &[]).await;
    // Client 11 pays by card in no world: the capture is tried on one who does.
    let unpaid = tour.call("GetInvoices", &[("status", "Unpaid"), ("limitnum", "200")]).await;
    let cards: Vec<String> = unpaid["invoices"]["invoice"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["paymentmethod"] == "stripe" && row["userid"].as_u64().unwrap() % 11 != 3)
        .map(|row| text(&row["id"]))
        .collect();
    tour.call("CapturePayment", &[("invoiceid", &cards[0])]).await;
    tour.call("GenInvoices", &[("noemails", "1")]).await;
    let item =
        [("clientid", "2"), ("description", "Consulting"), ("amount", "95.00"), ("unit", "hours"), ("quantity", "1")];
    tour.call("AddBillableItem", &item).await;
    let card =
        [("clientid", "2"), ("type", "CreditCard"), ("card_number", "4242424242424242"), ("card_expiry", "0429")];
    let card = tour.id("AddPayMethod", &card, "paymethodid").await;
    tour.call("UpdatePayMethod", &[("clientid", "2"), ("paymethodid", &card), ("card_expiry", "0530")]).await;
    for client in 1..tour.clients() {
        tour.call("GetPayMethods", &[("clientid", &client.to_string())]).await;
    }
    tour.call("DeletePayMethod", &[("clientid", "2"), ("paymethodid", &card)]).await;
    let lines = STANDARD.encode("a:1:{i:0;a:5:{s:4:\"desc\";s:3:\"VPS\";s:3:\"qty\";i:2;s:2:\"up\";s:5:\"10.00\";s:8:\"discount\";s:4:\"0.00\";s:7:\"taxable\";b:1;}}");
    let quote = [
        ("subject", "Servers"),
        ("stage", "Draft"),
        ("validuntil", "20/12/2026"),
        ("userid", "2"),
        ("lineitems", lines.as_str()),
    ];
    let quote = tour.id("CreateQuote", &quote, "quoteid").await;
    tour.call("UpdateQuote", &[("quoteid", &quote), ("subject", "More servers")]).await;
    tour.call("SendQuote", &[("quoteid", &quote)]).await;
    tour.call("GetQuotes", &[("limitnum", "100")]).await;
    tour.call("AcceptQuote", &[("quoteid", &quote)]).await;
    tour.call("DeleteQuote", &[("quoteid", &quote)]).await;
}

async fn orders(tour: &mut impl Walker) {
    tour.call("GetProducts", &[]).await;
    tour.call("GetPromotions", &[]).await;
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
    let placed = tour.call("AddOrder", &order).await;
    let (first, service) = (text(&placed["orderid"]), text(&placed["serviceids"]));
    tour.call("OrderFraudCheck", &[("orderid", &first)]).await;
    tour.call("AcceptOrder", &[("orderid", &first)]).await;
    tour.call("GetOrders", &[("id", &first)]).await;
    tour.call("GetOrderStatuses", &[]).await;
    tour.call("GetClientsAddons", &[("serviceid", &service)]).await;
    let addons = tour.call("GetClientsAddons", &[("serviceid", &service)]).await;
    let addon = text(&addons["addons"]["addon"][0]["id"]);
    tour.call("UpdateClientAddon", &[("id", &addon), ("notes", "n")]).await;
    tour.call("PendingOrder", &[("orderid", &first)]).await;
    tour.call("CancelOrder", &[("orderid", &first)]).await;
    tour.call("FraudOrder", &[("orderid", &first)]).await;
    tour.call("DeleteOrder", &[("orderid", &first)]).await;
    let product = [
        ("name", "Sample"),
        ("gid", "1"),
        ("type", "other"),
        ("paytype", "recurring"),
        ("pricing[1][monthly]", "5.00"),
    ];
    tour.call("AddProduct", &product).await;
}

async fn services(tour: &mut impl Walker) {
    let all = tour.call("GetClientsProducts", &[("limitnum", "900")]).await;
    let hosted: Vec<String> = all["products"]["product"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"] == "Active" && row["servername"] == "Saturn")
        .map(|row| text(&row["id"]))
        .collect();
    let id = hosted[0].as_str();
    tour.call("GetClientsProducts", &[("clientid", "2")]).await;
    tour.call("ModuleSuspend", &[("serviceid", id), ("suspendreason", "test")]).await;
    tour.call("ModuleUnsuspend", &[("serviceid", id)]).await;
    tour.call("ModuleChangePw", &[("serviceid", id)]).await;
    tour.call("ModuleChangePackage", &[("serviceid", id)]).await;
    tour.call("ModuleCustom", &[("serviceid", id), ("func_name", "reboot")]).await;
    tour.call("ModuleTerminate", &[("serviceid", id)]).await;
    tour.call("ModuleCreate", &[("serviceid", id)]).await;
    tour.call("UpdateClientProduct", &[("serviceid", id), ("notes", "moved")]).await;
    let upgrade = [
        ("serviceid", hosted[1].as_str()),
        ("paymentmethod", "paypal"),
        ("type", "product"),
        ("newproductid", "16"),
        ("newproductbillingcycle", "annually"),
    ];
    tour.call("UpgradeProduct", &upgrade).await;
    tour.call("AddCancelRequest", &[("serviceid", &hosted[2]), ("type", "Immediate")]).await;
    tour.call("GetCancelledPackages", &[]).await;
    tour.call("GetModuleQueue", &[]).await;
    tour.call("GetServers", &[("fetchStatus", "1")]).await;
    tour.call("GetHealthStatus", &[]).await;
    let module = [("moduleType", "registrar"), ("moduleName", "opensrs")];
    tour.call("ActivateModule", &module).await;
    tour.call("UpdateModuleConfiguration", &[module[0], module[1], ("parameters[Username]", "me")]).await;
    tour.call("GetModuleConfigurationParameters", &module).await;
    tour.call("DeactivateModule", &module).await;
}

async fn domains(tour: &mut impl Walker) {
    let list = tour.call("GetClientsDomains", &[("limitnum", "300")]).await;
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
        tour.call(action, &id).await;
    }
    tour.call("DomainUpdateLockingStatus", &[id[0], ("lockstatus", "0")]).await;
    tour.call("DomainUpdateNameservers", &[id[0], ("ns1", "a.example.net"), ("ns2", "b.example.net")]).await;
    tour.call("DomainToggleIdProtect", &[id[0], ("idprotect", "1")]).await;
    let xml = "<contactdetails><Registrant><First_Name>A</First_Name></Registrant></contactdetails>";
    tour.call("DomainUpdateWhoisInfo", &[id[0], ("xml", xml)]).await;
    tour.call("DomainWhois", &[("domain", "example.com")]).await;
    tour.call("UpdateClientDomain", &[id[0], ("notes", "n")]).await;
    tour.call("DomainRelease", &[("domainid", &uk), ("newtag", "OTHER")]).await;
    tour.call("DomainTransfer", &[("domainid", &pending), ("eppcode", "abc")]).await;
    tour.call("DomainRegister", &[("domainid", &pending)]).await;
    tour.call("GetRegistrars", &[]).await;
    tour.call("GetTLDPricing", &[("currencyid", "2")]).await;
    let tld = [("extension", ".rocks"), ("currency_code", "EUR"), ("register[1]", "9.99"), ("renew[1]", "9.99")];
    tour.call("CreateOrUpdateTLD", &tld).await;
}

async fn support(tour: &mut impl Walker) {
    let files = STANDARD.encode(format!("[{{\"name\":\"log.txt\",\"data\":\"{}\"}}]", STANDARD.encode("hello")));
    let open = [
        ("deptid", "2"),
        ("subject", "Help"),
        ("message", "It is **down**"),
        ("clientid", "2"),
        ("attachments", files.as_str()),
    ];
    let first = tour.id("OpenTicket", &open, "id").await;
    let second = tour.id("OpenTicket", &open[..4], "id").await;
    let guest =
        [("deptid", "1"), ("subject", "Offer"), ("message", "?"), ("name", "Eve"), ("email", "eve@example.org")];
    let guest = tour.id("OpenTicket", &guest, "id").await;
    let reply = [("ticketid", first.as_str()), ("message", "Restarted."), ("adminusername", "jonas")];
    tour.call("AddTicketReply", &reply).await;
    tour.call("AddTicketReply", &[("ticketid", &first), ("message", "Thanks"), ("clientid", "2")]).await;
    tour.call("AddTicketNote", &[("ticketid", &first), ("message", "third time")]).await;
    tour.call("GetTickets", &[("limitnum", "600")]).await;
    let ticket = tour.call("GetTicket", &[("ticketid", &first)]).await;
    let replies = ticket["replies"]["reply"].as_array().unwrap();
    assert_eq!(replies.len(), 3);
    let (early, late) = (text(&replies[1]["replyid"]), text(&replies[2]["replyid"]));
    tour.call("GetTicketAttachment", &[("relatedid", &first), ("type", "ticket"), ("index", "0")]).await;
    let notes = tour.call("GetTicketNotes", &[("ticketid", &first)]).await;
    tour.call("DeleteTicketNote", &[("noteid", &text(&notes["notes"]["note"][0]["id"]))]).await;
    tour.call("UpdateTicketReply", &[("replyid", &early), ("message", "Restarted it.")]).await;
    tour.call("DeleteTicketReply", &[("ticketid", &first), ("replyid", &late)]).await;
    tour.call("UpdateTicket", &[("ticketid", &first), ("status", "In Progress"), ("flag", "3")]).await;
    tour.call("MergeTicket", &[("ticketid", &first), ("mergeticketids", &second)]).await;
    tour.call("BlockTicketSender", &[("ticketid", &guest)]).await;
    tour.call("DeleteTicket", &[("ticketid", &first)]).await;
    for action in
        ["GetSupportDepartments", "GetSupportStatuses", "GetTicketPredefinedCats", "GetTicketPredefinedReplies"]
    {
        tour.call(action, &[]).await;
    }
    tour.call("GetTicketCounts", &[("includeCountsByStatus", "1")]).await;
    let news = [("date", "2026-11-20 08:00:00"), ("title", "News"), ("announcement", "<p>Hi</p>"), ("published", "1")];
    let news = tour.id("AddAnnouncement", &news, "announcementid").await;
    tour.call("UpdateAnnouncement", &[("announcementid", &news), ("title", "Old news")]).await;
    tour.call("GetAnnouncements", &[]).await;
    tour.call("DeleteAnnouncement", &[("announcementid", &news)]).await;
}

async fn projects(tour: &mut impl Walker) {
    let project = tour.id("CreateProject", &[("title", "Move"), ("adminid", "2")], "projectid").await;
    tour.call("UpdateProject", &[("projectid", &project), ("status", "In Progress")]).await;
    tour.call("AddProjectMessage", &[("projectid", &project), ("message", "Go")]).await;
    let task = [("projectid", project.as_str()), ("duedate", "2026-12-01"), ("task", "Pack")];
    tour.call("AddProjectTask", &task).await;
    let shown = tour.call("GetProject", &[("projectid", &project)]).await;
    let task = text(&shown["tasks"]["task"][0]["id"]);
    tour.call("UpdateProjectTask", &[("taskid", &task), ("completed", "1")]).await;
    tour.call("StartTaskTimer", &[("projectid", &project), ("timerid", &task)]).await;
    let shown = tour.call("GetProject", &[("projectid", &project)]).await;
    let timer = text(&shown["tasks"]["task"][0]["timelogs"]["timelog"][0]["id"]);
    tour.call("EndTaskTimer", &[("projectid", &project), ("timerid", &timer)]).await;
    tour.call("GetProjects", &[]).await;
    tour.call("DeleteProjectTask", &[("projectid", &project), ("taskid", &task)]).await;
}

async fn system(tour: &mut impl Walker) {
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
        tour.call(action, &[]).await;
    }
    tour.call("GetStats", &[("timeline_days", "7")]).await;
    tour.call("AddBannedIp", &[("ip", "192.0.2.9"), ("reason", "abuse"), ("days", "3")]).await;
    tour.call("LogActivity", &[("description", "looked around"), ("clientid", "2")]).await;
    let hidden = tour.id("EncryptPassword", &[("password2", "Grüße")], "password").await;
    let sent = if tour.hides() { "R3LDvMOfZQ==" } else { hidden.as_str() };
    let shown = tour.call("DecryptPassword", &[("password2", sent)]).await;
    if tour.hides() {
        assert_eq!(hidden, "[hidden]", "a secret is typed and not shown");
    } else {
        assert_eq!(shown["password"], "Grüße");
    }
    tour.call("GetConfigurationValue", &[("setting", "CompanyName")]).await;
    tour.call("SetConfigurationValue", &[("setting", "PremiumDomains"), ("value", "on")]).await;
    tour.call("SendEmail", &[("messagename", "Invoice Created"), ("id", "1")]).await;
    tour.call("SendAdminEmail", &[("messagename", "Automatic Setup Failed")]).await;
    let event = [("notification_identifier", "x.y"), ("title", "T"), ("message", "M"), ("attributes[0][label]", "l")];
    tour.call("TriggerNotificationEvent", &event).await;
    tour.call("UpdateAdminNotes", &[("notes", "hi")]).await;
    tour.call("UpdateToDoItem", &[("itemid", "1"), ("adminid", "2"), ("status", "Completed")]).await;
    tour.call("CreateSsoToken", &[("client_id", "2")]).await;
    let oauth = [("grantType", "single_sign_on"), ("scope", "clientarea:sso"), ("serviceId", "1")];
    let oauth = tour.id("CreateOAuthCredential", &oauth, "credentialId").await;
    tour.call("UpdateOAuthCredential", &[("credentialId", &oauth), ("resetSecret", "1")]).await;
    tour.call("DeleteOAuthCredential", &[("credentialId", &oauth)]).await;
    tour.call("CloseClient", &[("clientid", "4")]).await;
    tour.call("DeleteClient", &[("clientid", "4")]).await;
}

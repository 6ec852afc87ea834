//! The oddities of WHMCS by number, each held by a test: here, or in the file where it belongs.
//!
//! `1` endpoint · `2` credentials in the body · `3` access key · `4` allow-list · `5` roles · `6` response type ·
//! `7` lower-cased names · `8` no documented limits · `9` no documented time-outs · `10` errors with status 200 ·
//! `11` `status` for `result` · `12` warnings · `13` causes of a 403 · `14` further texts · `15` unknown action ·
//! `16` 500 with a page · `17` pages and notices · `18` empty answers · `19` free text of modules · `20` wordings ·
//! `21` quotes for nobody · `22` MergeTicket's permission · `23` no DeleteInvoice · `24`–`26` types of scalars ·
//! `27` sentinels · `28` money for people · `29` long numbers · `30` nulls in lists · `31` wrapped lists · `32` bare
//! lists · `33` keys that are data · `34` empty lists · `35` numbered and lone rows · `36` `[[]]` · `37` flat keys ·
//! `38` JSON only · `39` paging fields · `40` page sizes · `41` no pages · `42` names of sorting · `43` no changes
//! since · `44` pseudo-statuses · `45` departments left out · `46` dates out · `47` dates in · `48` entities · `49`
//! UTF-8 · `50` WHOIS text · `51` form rules · `52` lists must be lists · `53` custom fields · `54` options · `55`
//! lines · `56` attachments · `57` invoice lines · `58` comma lists · `59` slips · `60` naming · `61` who is who ·
//! `62` renames · `63` the client twice · `64` ticket ids · `65` undocumented fields · `66` sign-on tokens · `67`
//! settings · `68` secrets · `69` module queue · `70` live checks · `71` promotions and products · `72` orders and
//! closing · `73` versions · `74` emptying fields
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

mod common;

use common::{client, serve};
use rackdesk_whmcs::actions::InvoiceStatus;
use rackdesk_whmcs::actions::client::ClientService;
use rackdesk_whmcs::actions::service::ServiceText;
use rackdesk_whmcs::actions::tickets::GetTickets;
use rackdesk_whmcs::lenient::{Fit, Lenient, Price};
use rackdesk_whmcs::param::{Csv, Param};
use rackdesk_whmcs::{ActionInfo, Answer, DEFAULT_PAGE, Given, Problem, decode_entities, find};
use rackdesk_wire::{Body, Call, Effect, TimeoutClass};
use serde_json::{Value, json};

fn info(action: &str) -> &'static ActionInfo {
    find(action).unwrap()
}

fn read(action: &str, body: Value) -> Answer<Value> {
    (info(action).read_json)(body.to_string().as_bytes()).unwrap_or_else(|error| panic!("{action}: {error}"))
}

fn takes(action: &str, parameter: &str) -> bool {
    info(action).parameters.iter().any(|known| known.wire_names().contains(&parameter))
}

fn sends(action: &str, pairs: &[(&str, &str)]) -> String {
    let (client, _) = client("https://billing.example");
    let given = Given::from_pairs(pairs.iter().copied()).unwrap();
    let request = (info(action).request_json)(&client, given, &Call::fresh()).unwrap();
    let Body::Form(form) = request.body else { panic!("a form") };
    let form = String::from_utf8(form.to_vec()).unwrap();
    form.split_once("responsetype=json").unwrap().1.trim_start_matches('&').to_owned()
}

/// quirks 4, 5, 7, 22
#[tokio::test]
async fn a_missing_right_names_the_action_and_a_strange_address_is_shown() {
    let said = |message: &str| {
        wiremock::ResponseTemplate::new(403).set_body_json(json!({"result": "error", "message": message}))
    };
    let (_server, client, _) = serve(said("Invalid Permissions: API action \"mergeticket\" is not allowed")).await;
    let merge = rackdesk_whmcs::actions::support::MergeTicket::new(1, Csv(vec![2]));
    let error = client.call(merge).await.expect_err("not permitted");
    assert_eq!(error.problem, Problem::ActionNotPermitted { action: "MergeTicket".into() });
    assert_eq!(error.proves_right(), Some(false));
    let (_server, client, _) = serve(said("Invalid IP 2001:db8::1")).await;
    let error = client.call(GetTickets::default()).await.expect_err("not from here");
    assert_eq!(error.problem, Problem::IpNotAllowed { ip: Some("2001:db8::1".into()) });
    assert_eq!(error.proves_right(), None);
}

/// quirks 9, 70
#[test]
fn what_asks_somebody_else_may_take_longer_and_a_probe_asks_nobody() {
    for action in ["GetServers", "GetHealthStatus", "DomainGetNameservers", "ModuleCreate", "CapturePayment"] {
        assert_eq!(info(action).timeout, TimeoutClass::External, "{action}");
    }
    let probe = |action: &str| info(action).probe().map(|given| given.names().map(str::to_owned).collect::<Vec<_>>());
    for action in ["ModuleCreate", "CapturePayment", "DomainWhois"] {
        assert_eq!(probe(action), None, "{action}: it writes, or asks who knows the name");
    }
    for action in ["GetServers", "GetHealthStatus"] {
        assert_eq!(probe(action), Some(vec![]), "{action}: no live status");
    }
    assert_eq!(probe("DomainGetNameservers"), Some(vec!["domainid".to_owned()]), "of a domain that cannot exist");
    let servers = json!({"result": "success", "servers": [{"id": 1, "status": {"http": true, "load": "", "uptime": ""}}], "fetchStatus": ""});
    let answer = read("GetServers", servers);
    assert_eq!((answer.census.unknown, answer.census.misfits.len()), (0, 0));
    let bare = read("GetHealthStatus", json!({"result": "success"}));
    assert_eq!(bare.value, json!({}));
    let log = json!({"result": "success", "statistics": {"2026-11-20": {"invoices": 4}}});
    assert_eq!(read("GetAutomationLog", log).value["statistics"]["2026-11-20"]["invoices"], 4);
    assert!(takes("GetStats", "timeline_days"));
}

/// quirks 21, 72: what changes something is never used to look around.
#[test]
fn probes_only_read() {
    assert!(info("CreateQuote").probe().is_none());
    for action in rackdesk_whmcs::registry() {
        assert!(action.probe().is_none() || action.effect == Effect::Read, "{}", action.name);
        if let Some(probe) = action.probe() {
            let (client, _) = client("https://billing.example");
            let built = (action.request_json)(&client, probe, &Call::fresh());
            built.unwrap_or_else(|error| panic!("{}: {error}", action.name));
        }
    }
    let reads = rackdesk_whmcs::registry().iter().filter(|action| action.effect == Effect::Read);
    let without: Vec<&str> = reads.filter(|action| action.probe().is_none()).map(|action| action.name).collect();
    assert_eq!(without, ["DomainWhois"], "every other read can be tried");
    assert_eq!(info("CloseClient").effect, Effect::Destructive);
    assert_eq!(info("DeleteOrder").effect, Effect::Destructive);
    assert_eq!(info("AddOrder").effect, Effect::Billable);
    assert_ne!(info("AddOrder").timeout, TimeoutClass::External, "nothing is provisioned before AcceptOrder");
    assert_eq!(info("AcceptOrder").timeout, TimeoutClass::External);
}

/// quirk 23
#[test]
fn there_is_no_way_to_delete_an_invoice() {
    assert!(find("DeleteInvoice").is_err());
    assert_eq!(InvoiceStatus::from("cancelled"), InvoiceStatus::Cancelled);
}

/// quirks 24, 25, 26, 30
#[test]
fn scalars_are_taken_in_every_type() {
    let id = |value: Value| <Option<u64> as Lenient>::read(value).unwrap();
    for same in [json!(12), json!("12"), json!(" 12 "), json!(12.0), json!("12.00")] {
        assert!(matches!(id(same.clone()), Fit::Fits(Some(12))), "{same}");
    }
    for nothing in [json!(""), json!(null), json!([]), json!({})] {
        assert!(matches!(id(nothing.clone()), Fit::Nothing), "{nothing}");
    }
    for misfit in [json!("twelve"), json!(-1), json!([1]), json!(1.5), json!({"a": 1})] {
        assert!(matches!(id(misfit.clone()), Fit::Misfit(_)), "{misfit}");
    }
    let flag = |value: Value| <Option<bool> as Lenient>::read(value).unwrap();
    for yes in [json!(true), json!(1), json!("1"), json!("on"), json!("true"), json!("Yes")] {
        assert!(matches!(flag(yes.clone()), Fit::Fits(Some(true))), "{yes}");
    }
    for no in [json!(false), json!(0), json!("0"), json!("off"), json!("false"), json!("")] {
        assert!(matches!(flag(no.clone()), Fit::Fits(Some(false))), "{no}");
    }
    let money = |value: Value| match <rust_decimal::Decimal as Lenient>::read(value).unwrap() {
        Fit::Fits(amount) => amount.to_string(),
        other => format!("{other:?}"),
    };
    for (sent, amount) in [
        (json!("15.95"), "15.95"),
        (json!(15.95), "15.95"),
        (json!("15.950"), "15.950"),
        (json!("-8.67"), "-8.67"),
        (json!("1,234.50"), "1234.50"),
        (json!("0.00"), "0.00"),
        (json!(0.1), "0.1"),
        (json!("1.00000"), "1.00000"),
    ] {
        assert_eq!(money(sent), amount);
    }
    let mails = json!({"result": "success", "emails": {"email": [{"id": 1, "attachments": null, "created_at": null}]}});
    assert_eq!(read("GetEmails", mails).census.misfits.len(), 0);
}

/// quirk 27
#[test]
fn sentinels_mean_nothing() {
    assert!(matches!(Price::read(json!("-1.00")), Ok(Fit::Fits(Price::NotOffered))));
    assert!(matches!(Price::read(json!(-1)), Ok(Fit::Fits(Price::NotOffered))));
    assert!(matches!(Price::read(json!("0.00")), Ok(Fit::Fits(Price::Amount(_)))));
    let echoed = json!({"result": "success", "serviceid": null, "clientid": "", "totalresults": "0"});
    assert_eq!(read("GetClientsProducts", echoed).census.misfits.len(), 0);
}

/// quirk 28
#[test]
fn money_for_people_keeps_its_text() {
    let answer = read("GetStats", json!({"result": "success", "income_today": "$5.95 USD"}));
    assert_eq!(answer.value["income_today"], "$5.95 USD");
}

/// quirk 29
#[test]
fn long_numbers_keep_their_digits() {
    let orders = json!({"result": "success", "orders": {"order": [{"ordernum": 9_007_199_254_740_993_u64}]}});
    assert_eq!(read("GetOrders", orders).value["orders"]["order"][0]["ordernum"], "9007199254740993");
}

/// quirks 31, 32, 33, 34, 35, 36, 37: the shapes themselves are in `dialects.rs`; here the ones with a name.
#[test]
fn lists_have_names_that_no_rule_gives() {
    let replies =
        json!({"result": "success", "replies": {"reply": {"replyid": "1", "attachments": [[]]}}, "notes": ""});
    assert_eq!(read("GetTicket", replies).value["replies"]["reply"][0]["attachments"], json!([]));
    assert_eq!(read("GetRegistrars", json!([])).value, json!({"registrars": []}));
    let registrars = json!([{"module": "enom"}]);
    assert_eq!(read("GetRegistrars", registrars).value["registrars"][0]["module"], "enom");
    let pricing = json!({"result": "success", "pricing": {"com": {"register": {"1": "9.95"}, "renew": []}}});
    assert_eq!(read("GetTLDPricing", pricing).value["pricing"]["com"]["register"]["1"], "9.95");
    assert_eq!(read("GetTLDPricing", json!({"result": "success", "pricing": []})).census.misfits.len(), 0);
    let flat =
        json!({"result": "success", "currencies[currency][0][code]": "USD", "currencies[currency][1][code]": "EUR"});
    assert_eq!(read("GetCurrencies", flat).value["currencies"]["currency"][1]["code"], "EUR");
    let ten = (0..12).map(|n| (n.to_string(), json!({"id": n}))).rev().collect::<serde_json::Map<_, _>>();
    let ordered = read("GetClients", json!({"result": "success", "clients": {"client": ten}}));
    assert_eq!(ordered.value["clients"]["client"][11]["id"], 11, "by number, not by text");
}

/// quirks 6, 38
#[test]
fn json_is_asked_for_every_time() {
    let (client, _) = client("https://billing.example");
    for action in rackdesk_whmcs::registry() {
        for name in ["action", "identifier", "secret", "responsetype", "accesskey", "username", "password"] {
            assert!(!takes(action.name, name), "{}: {name} belongs to the client", action.name);
        }
    }
    let Body::Form(form) = client.request(&GetTickets::default(), &Call::fresh()).body else { panic!("a form") };
    assert!(form.windows(17).any(|part| part == b"responsetype=json"));
}

/// quirks 39, 40, 41
#[test]
fn some_lists_have_pages_and_the_client_says_how_large() {
    assert_eq!(rackdesk_whmcs::registry().iter().filter(|action| action.paged).count(), 16);
    for whole in [
        "GetClientsAddons",
        "GetTransactions",
        "GetCredits",
        "GetPromotions",
        "GetProducts",
        "GetServers",
        "GetModuleQueue",
        "GetTicketNotes",
    ] {
        assert!(!info(whole).paged, "{whole}");
    }
    assert_eq!(DEFAULT_PAGE, 250);
    let text = json!({"result": "success", "totalresults": "0", "startnumber": "0"});
    assert_eq!(read("GetToDoItems", text).value["totalresults"], 0);
}

/// quirks 42, 43
#[test]
fn sorting_has_a_name_of_its_own_in_each_action() {
    for (action, names) in [
        ("GetClients", &["sorting", "orderby"][..]),
        ("GetUsers", &["sorting"]),
        ("GetInvoices", &["orderby", "order"]),
        ("ListOAuthCredentials", &["sortField", "sortOrder", "limit"]),
        ("GetTicket", &["repliessort"]),
        ("GetModuleQueue", &["since"]),
    ] {
        for name in names {
            assert!(takes(action, name), "{action}: {name}");
        }
    }
    assert_eq!(sends("GetInvoices", &[("orderby", "id"), ("order", "desc")]), "orderby=id&order=desc");
    for action in ["GetInvoices", "GetClients", "GetOrders", "GetTickets"] {
        assert!(!takes(action, "since") && !takes(action, "updated_since"), "{action}");
    }
}

/// quirks 44, 45
#[test]
fn statuses_are_open_and_departments_can_be_had_all() {
    assert_eq!(sends("GetTickets", &[("status", "All Active Tickets")]), "status=All+Active+Tickets");
    assert_eq!(sends("GetTickets", &[("status", "Waiting for Parts")]), "status=Waiting+for+Parts");
    assert_eq!(sends("GetTickets", &[("ignore_dept_assignments", "yes")]), "ignore_dept_assignments=1");
    assert!(takes("GetSupportDepartments", "ignore_dept_assignments"));
    assert!(takes("GetTicketCounts", "ignoreDepartmentAssignments"));
}

/// quirk 46
#[test]
fn dates_keep_their_text_and_zero_is_none() {
    let service =
        ClientService::read(json!({"nextduedate": "2026-12-01", "lastupdate": "0000-00-00 00:00:00"})).unwrap();
    let Fit::Fits(service) = service else { panic!("a service") };
    assert_eq!(service.nextduedate.date.unwrap().to_string(), "2026-12-01");
    assert_eq!((service.lastupdate.time, service.lastupdate.raw.as_str()), (None, "0000-00-00 00:00:00"));
}

/// quirks 47, 59, 60
#[test]
fn odd_parameters_are_spelt_as_whmcs_spells_them() {
    assert_eq!(
        sends("AddTransaction", &[("paymentmethod", "paypal"), ("date", "20/11/2026")]),
        "paymentmethod=paypal&date=20%2F11%2F2026"
    );
    assert_eq!(
        sends("AddBannedIp", &[("ip", "203.0.113.1"), ("reason", "x"), ("expires", "2026-11-20")]),
        "ip=203.0.113.1&reason=x&expires=2026-11-20+00%3A00%3A00"
    );
    assert_eq!(sends("DomainTransfer", &[("domainid", "1"), ("eppcode", "aB#9")]), "domainid=1&eppcode=aB%239");
    assert!(takes("AddOrder", "notes") && takes("AddOrder", "addonsqty"));
    for (action, name) in [
        ("UpdateClient", "latefeeoveride"),
        ("UpdateClient", "overideduenotices"),
        ("UpdateClientProduct", "overideautosuspend"),
        ("ActivateModule", "moduleName"),
        ("UpdateOAuthCredential", "credentialId"),
        ("GetServers", "fetchStatus"),
        ("CreateSsoToken", "client_id"),
    ] {
        assert!(takes(action, name), "{action}: {name}");
    }
    let products = |name: &str| json!({"result": "success", "products": {"product": [{name: "https://x.example"}]}});
    for name in ["product-url", "product_url"] {
        assert_eq!(read("GetProducts", products(name)).census.unknown, 0, "{name}");
    }
}

/// quirk 48
#[test]
fn entities_stay_until_somebody_decodes_them() {
    let whois = read("DomainWhois", json!({"result": "success", "whois": "a &amp;lt; b"}));
    assert_eq!(whois.value["whois"], "a &amp;lt; b");
    assert_eq!(decode_entities("a &amp;lt; b"), "a &lt; b");
}

/// quirk 50
#[test]
fn text_that_looks_like_data_is_kept_as_text() {
    let whois = json!({"result": "success", "Registrant": "{\"Country\":GB}", "Admin": {"Country": "GB"}});
    let answer = read("DomainGetWhoisInfo", whois);
    assert_eq!(
        (&answer.value["Registrant"], &answer.value["Admin"]["Country"]),
        (&json!("{\"Country\":GB}"), &json!("GB"))
    );
    let fraud = read("OrderFraudCheck", json!({"result": "success", "results": "a:1:{s:5:\"score\";i:3;}"}));
    let results = fraud.value["results"].as_str().unwrap();
    let parsed = rackdesk_whmcs::php::PhpValue::unserialize(results.as_bytes()).unwrap();
    assert_eq!(parsed.to_json(), json!({"score": 3}));
}

/// quirks 51, 52, 58
#[test]
fn a_list_of_one_is_still_a_list() {
    let order = [("clientid", "1"), ("paymentmethod", "mailin"), ("pid", "7"), ("addons[]", "1,3")];
    assert_eq!(sends("AddOrder", &order), "clientid=1&paymentmethod=mailin&pid%5B0%5D=7&addons%5B0%5D=1%2C3");
    assert_eq!(sends("GetProducts", &[("pid", "1,2")]), "pid=1%2C2");
    assert_eq!(
        sends("MergeTicket", &[("ticketid", "1"), ("mergeticketids", "[2,3]")]),
        "ticketid=1&mergeticketids=2%2C3"
    );
    let placed = read("AddOrder", json!({"result": "success", "serviceids": "1,2", "addonids": ""}));
    assert_eq!(placed.value["serviceids"], "1,2");
    let admin = read("GetAdminDetails", json!({"result": "success", "departments": ",1,"}));
    assert_eq!(admin.value["departments"], "1");
}

/// quirks 53, 54, 55, 56, 57 from what a person types
#[test]
fn encodings_are_done_for_the_caller() {
    assert_eq!(
        sends("UpdateClient", &[("clientid", "1"), ("customfields[1]", "Google")]),
        "clientid=1&customfields=YToxOntpOjE7czo2OiJHb29nbGUiO30%3D"
    );
    assert_eq!(
        sends(
            "UpgradeProduct",
            &[("serviceid", "1"), ("paymentmethod", "p"), ("type", "configoptions"), ("configoptions[4]", "9")]
        ),
        "serviceid=1&paymentmethod=p&type=configoptions&configoptions%5B4%5D=9"
    );
    assert_eq!(sends("SendAdminEmail", &[("mergefields[a]", "b")]), "mergefields%5Ba%5D=b");
    assert_eq!(
        sends("CreateInvoice", &[("userid", "1"), ("itemdescription1", "x"), ("itemamount1", "2.50")]),
        "userid=1&itemdescription1=x&itemamount1=2.50&itemtaxed1=0"
    );
    assert_eq!(
        sends("UpdateInvoice", &[("invoiceid", "1"), ("itemdescription[13]", "x"), ("newitemtaxed[]", "0")]),
        "invoiceid=1&itemdescription%5B13%5D=x&newitemtaxed%5B0%5D=0"
    );
    assert!(
        sends(
            "CreateQuote",
            &[
                ("subject", "s"),
                ("stage", "Draft"),
                ("validuntil", "1.1.27"),
                ("lineitems", r#"[{"desc":"x","up":"1.00"}]"#)
            ]
        )
        .contains("&lineitems=YToxOntpOjA7")
    );
    assert!(takes("GetTicketAttachment", "relatedid"));
}

/// quirks 61, 62, 64, 65
#[test]
fn renamed_and_undocumented_fields_are_read_under_both_names() {
    let made = read("AddClient", json!({"result": "success", "clientid": 1, "owner_id": 9}));
    assert_eq!((made.value["owner_id"].as_u64(), made.census.unknown), (Some(9), 0));
    let old = read("AddOrder", json!({"result": "success", "orderid": 1, "productids": "4"}));
    assert_eq!((old.value["serviceids"].as_str(), old.census.unknown), (Some("4"), 0));
    for name in ["id", "ticketid"] {
        assert_eq!(read("GetTicket", json!({"result": "success", name: "4"})).value["ticketid"], 4);
        let list = json!({"result": "success", "tickets": {"ticket": [{name: "4"}]}});
        assert_eq!(read("GetTickets", list).value["tickets"]["ticket"][0]["id"], 4);
    }
    let entry = json!({"result": "success", "activity": {"entry": [{"id": 1, "clientId": 2, "userId": 3, "adminId": 0, "userid": 2}]}});
    assert_eq!(read("GetActivityLog", entry).census.unknown, 0);
    let project = read("CreateProject", json!({"result": "success", "message": "made", "projectid": "3"}));
    assert_eq!(project.value["projectid"], 3);
    assert!(takes("AddClientNote", "userid") && takes("LogActivity", "clientid") && takes("ModuleCreate", "serviceid"));
    assert!(!takes("AddBillableItem", "hours"));
}

/// quirks 66, 67, 68
#[test]
fn tokens_and_settings_are_secrets() {
    let token = read(
        "CreateSsoToken",
        json!({"result": "success", "access_token": "t0k3n", "redirect_url": "https://x/?t0k3n"}),
    );
    assert!(!token.value.to_string().contains("t0k3n"));
    let setting =
        read("GetConfigurationValue", json!({"result": "success", "setting": "SMTPPassword", "value": "hunter22"}));
    assert_eq!(setting.value, json!({"setting": "SMTPPassword", "value": "[hidden]"}));
    let odd = read("DecryptPassword", json!({"result": "success", "password": {"inner": "hunter22"}}));
    assert!(!odd.value.to_string().contains("hunter22"), "not even when it does not fit: {}", odd.value);
    assert_eq!(info("CreateSsoToken").effect, Effect::Once);
}

/// quirk 69
#[test]
fn the_module_queue_is_a_bare_list_with_a_modules_words() {
    let queue = json!({"result": "success", "count": "1", "queue": [{"id": "1", "serviceType": "service", "completed": "0", "lastAttemptError": "<b>node7</b> refused"}]});
    let answer = read("GetModuleQueue", queue);
    assert_eq!(answer.value["queue"][0]["completed"], false);
    assert_eq!(answer.value["queue"][0]["lastAttemptError"], "<b>node7</b> refused");
    assert_eq!(sends("ModuleCustom", &[("serviceid", "1"), ("func_name", "reboot")]), "serviceid=1&func_name=reboot");
}

/// quirk 71
#[test]
fn promotions_apply_to_a_comma_list_and_products_price_by_currency() {
    let promotions = json!({"result": "success", "promotions": {"promotion": [{"code": "X", "appliesto": "1,A2,Dcom", "value": 10}]}});
    let answer = read("GetPromotions", promotions);
    assert_eq!(answer.value["promotions"]["promotion"][0]["appliesto"], "1,A2,Dcom");
    let products = json!({"result": "success", "products": {"product": [{"pid": 1, "pricing": {"USD": {"monthly": "25.99", "annually": "-1.00"}}}]}});
    let usd = &read("GetProducts", products).value["products"]["product"][0]["pricing"]["USD"];
    assert_eq!((&usd["monthly"], &usd["annually"]), (&json!("25.99"), &json!("-1.00")));
}

/// quirk 73
#[tokio::test]
async fn the_version_is_asked_for_where_it_may_be_read() {
    use wiremock::matchers::body_string_contains;
    let server = wiremock::MockServer::start().await;
    let denied =
        json!({"result": "error", "message": "Invalid Permissions: API action \"whmcsdetails\" is not allowed"});
    wiremock::Mock::given(body_string_contains("action=WhmcsDetails"))
        .respond_with(wiremock::ResponseTemplate::new(403).set_body_json(denied))
        .mount(&server)
        .await;
    let details = json!({"result": "success", "adminid": 1, "whmcs": {"version": "8.13.1", "canonicalversion": "8.13.1-release.1"}});
    wiremock::Mock::given(body_string_contains("action=GetAdminDetails"))
        .respond_with(wiremock::ResponseTemplate::new(200).set_body_json(details))
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    assert_eq!(client.version().await.unwrap().version, "8.13.1");
}

/// quirk 74
#[test]
fn fields_are_emptied_by_name() {
    assert_eq!(
        sends("UpdateClientProduct", &[("serviceid", "1"), ("unset[]", "ns1"), ("autorecalc", "1")]),
        "serviceid=1&unset%5B0%5D=ns1&autorecalc=1"
    );
    assert!(ServiceText::KNOWN.contains(&"dedicatedip"));
    assert_eq!(<ServiceText as Param>::KIND, "word");
}

/// Every number is named by a test of this crate.
#[test]
fn every_quirk_is_named_by_a_test() {
    let mut named = std::collections::BTreeSet::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            // The comment of a test stands right above it.
            for (at, _) in text.match_indices("#[test]").chain(text.match_indices("#[tokio::test]")) {
                let comment = text[..at].lines().rev().take_while(|line| line.trim_start().starts_with("///"));
                for line in comment {
                    let Some((_, numbers)) = line.split_once("quirk") else { continue };
                    let numbers = numbers.trim_start_matches('s').split(|c: char| !c.is_ascii_digit());
                    named.extend(numbers.filter_map(|number| number.parse::<u32>().ok()));
                }
            }
        }
    }
    let missing: Vec<u32> = (1..=74).filter(|number| !named.contains(number)).collect();
    assert!(missing.is_empty(), "no test names quirk {missing:?}");
}

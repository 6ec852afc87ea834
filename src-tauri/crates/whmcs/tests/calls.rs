//! Calls over real HTTP: what leaves, what comes back, and what a person is told when it goes wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

mod common;

use common::{Memory, SECRET, client, client_of, serve, serve_raw};
use futures::StreamExt;
use rackdesk_whmcs::actions::billing::{CreateInvoice, GetInvoices};
use rackdesk_whmcs::actions::client::{GetClients, GetClientsDetails};
use rackdesk_whmcs::actions::service::{ModuleCreate, ModuleTerminate, UpdateClientProduct};
use rackdesk_whmcs::actions::system::LogActivity;
use rackdesk_whmcs::actions::tickets::GetTickets;
use rackdesk_whmcs::param::{InvoiceItems, LineItem, Serialized};
use rackdesk_whmcs::{Config, Credentials, Given, ParamError, Problem, Secret, find};
use rackdesk_wire::{Body, Call, Effect, Sent};
use wiremock::ResponseTemplate;

fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json")
}

fn body_of(request: &rackdesk_wire::Request) -> String {
    let Body::Form(bytes) = &request.body else { panic!("a form") };
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// quirks 1, 2, 3, 6
#[tokio::test]
async fn a_request_is_one_form_with_the_credentials_in_it_and_nothing_in_the_url() {
    let (client, _) = client_of("https://billing.example/shop/index.php?x=1");
    let request = client.request(&GetClients { search: Some("a b&c".into()), ..Default::default() }, &Call::fresh());
    assert_eq!(request.method, "POST");
    assert_eq!(request.url.as_str(), "https://billing.example/shop/includes/api.php");
    assert_eq!(
        body_of(&request),
        "action=GetClients&identifier=1dent1f1er&secret=5up3r%26s3cret&responsetype=json&search=a+b%26c"
    );
    let mut config =
        Config::new("https://billing.example".parse().unwrap(), "i".to_owned().into(), "s".to_owned().into());
    config.access_key = Some("k(ey)!".to_owned().into());
    config.credentials = Credentials::Admin {
        username: "admin".into(),
        password_md5: "5f4dcc3b5aa765d61d8327deb882cf99".to_owned().into(),
    };
    let wire = rackdesk_wire::Wire::new(Default::default(), std::sync::Arc::new(rackdesk_wire::NoRecorder));
    let client = rackdesk_whmcs::Client::new(wire, config).unwrap();
    let expected = "action=LogActivity&username=admin&password=5f4dcc3b5aa765d61d8327deb882cf99&accesskey=k%28ey%29%21\
        &responsetype=json&description=hello";
    assert_eq!(body_of(&client.request(&LogActivity::new("hello".into()), &Call::fresh())), expected);
}

/// quirks 53, 54, 57, 74
#[test]
fn writes_are_encoded_as_the_documentation_shows() {
    let (client, _) = client_of("https://billing.example");
    let own = "identifier=1dent1f1er&secret=5up3r%26s3cret&responsetype=json";
    let update = UpdateClientProduct {
        customfields: Some(Serialized::map([(5_u64, "Müller")])),
        unset: Some(vec!["ns1".into(), "notes".into()]),
        servicepassword: Some(Secret::from("pa ss")),
        ..UpdateClientProduct::new(7)
    };
    assert_eq!(
        body_of(&client.request(&update, &Call::fresh())),
        format!(
            "action=UpdateClientProduct&{own}&serviceid=7&servicepassword=pa+ss&unset%5B0%5D=ns1&unset%5B1%5D=notes\
            &customfields=YToxOntpOjU7czo3OiJNw7xsbGVyIjt9"
        )
    );
    let line = LineItem { description: "Set-up".into(), amount: "10.00".parse().unwrap(), taxed: true };
    let invoice = CreateInvoice {
        items: Some(InvoiceItems(vec![line])),
        duedate: Some("2026-12-01".parse().unwrap()),
        ..CreateInvoice::new(3)
    };
    assert_eq!(
        body_of(&client.request(&invoice, &Call::fresh())),
        format!(
            "action=CreateInvoice&{own}&userid=3&duedate=2026-12-01&itemdescription1=Set-up&itemamount1=10.00&itemtaxed1=1"
        )
    );
}

#[tokio::test]
async fn an_answer_is_typed_and_the_record_holds_no_secret() {
    let body =
        r#"{"result":"success","totalresults":"1","tickets":{"ticket":[{"id":"4","c":"KPqH7yG3","subject":"s"}]}}"#;
    let (server, client, memory) = serve(json(body)).await;
    let answer = client.call(GetTickets::default()).await.expect("an answer");
    let ticket = &answer.value.tickets[0];
    assert_eq!((ticket.id, ticket.c.expose(), ticket.subject.as_str()), (Some(4), "KPqH7yG3", "s"));
    assert!(!format!("{answer:?}").contains("KPqH7yG3"), "secrets do not print");
    assert!(!serde_json::to_string(&answer.value).unwrap().contains("KPqH7yG3"), "nor serialise");
    let exchange = memory.only();
    let kept = format!("{exchange:?}");
    assert!(!kept.contains("KPqH7yG3") && !kept.contains("s3cret"), "{kept}");
    assert_eq!(exchange.operation, "GetTickets");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

/// A secret that is given to a call is hidden even where WHMCS repeats it in words.
#[tokio::test]
async fn a_password_that_is_sent_is_hidden_in_what_comes_back() {
    let (_server, client, memory) =
        serve(json(r#"{"result":"error","message":"The password hunter22x is too weak"}"#)).await;
    let update =
        UpdateClientProduct { servicepassword: Some(Secret::from("hunter22x")), ..UpdateClientProduct::new(7) };
    client.call(update).await.expect_err("refused");
    assert!(!format!("{:?}", memory.only()).contains("hunter22x"), "{:?}", memory.only());
}

/// quirks 10, 13, 14, 15, 20: by what is said, whatever the status.
#[tokio::test]
async fn refusals_say_what_is_wrong_whatever_the_status() {
    for status in [200, 400, 403, 500] {
        for (message, expected) in [
            ("Invalid IP 203.0.113.9", Problem::IpNotAllowed { ip: Some("203.0.113.9".into()) }),
            (
                "Invalid Permissions: API action \"getclients\" is not allowed",
                Problem::ActionNotPermitted { action: "GetClients".into() },
            ),
            ("Authentication Failed", Problem::Credential),
            ("The requested API Action could not be found.", Problem::UnknownAction),
            ("CLIENT id not FOUND", Problem::NotFound),
            ("Something nobody wrote down", Problem::Refused),
        ] {
            let body = serde_json::json!({"result": "error", "message": message}).to_string();
            let (_server, client, _) = serve(ResponseTemplate::new(status).set_body_string(body)).await;
            let error = client.call(GetClients::default()).await.expect_err("refused");
            assert_eq!((error.problem.clone(), error.sent()), (expected, Sent::Rejected), "{status} {message}");
            assert_eq!(error.message, message);
        }
    }
}

/// quirk 11
#[tokio::test]
async fn a_refusal_may_be_called_status_and_success_may_be_called_nothing() {
    let (_server, client, _) = serve(json(r#"{"status":"error","message":"Client ID Not Found"}"#)).await;
    assert_eq!(client.call(GetClients::default()).await.expect_err("refused").problem, Problem::NotFound);
    let (_server, client, _) = serve(json(r#"{"clients":{"client":[{"id":1}]}}"#)).await;
    assert_eq!(client.call(GetClients::default()).await.expect("an answer").value.clients.len(), 1);
    let (_server, client, _) = serve(json(r#"{"serviceid":"7"}"#)).await;
    let error = client.call(UpdateClientProduct::new(7)).await.expect_err("a write must say that it succeeded");
    assert_eq!(
        (error.problem.clone(), error.sent()),
        (Problem::Unreadable { path: "result".into() }, Sent::Unreadable)
    );
}

/// quirk 12
#[tokio::test]
async fn warnings_come_along_and_are_never_mistaken_for_success() {
    let (_server, client, _) =
        serve(json(r#"{"result":"success","serviceid":7,"warning":"Use something else"}"#)).await;
    let answer = client.call(UpdateClientProduct::new(7)).await.expect("an answer");
    assert_eq!(answer.warnings, ["Use something else"]);
    assert_eq!(answer.census.unknown, 0);
    let alone = r#"{"warning":"Invalid or Missing Payment Information - Please Reload and Try Again"}"#;
    let (_server, client, _) = serve(json(alone)).await;
    assert!(client.call(UpdateClientProduct::new(7)).await.is_err());
}

/// quirk 19
#[tokio::test]
async fn a_module_may_have_done_half_of_it() {
    let (_server, client, _) = serve(json(r#"{"result":"error","message":"Contabo said: timeout"}"#)).await;
    let error = client.call(ModuleCreate::new(7)).await.expect_err("the module failed");
    assert_eq!((error.problem.clone(), error.sent()), (Problem::Module, Sent::MaybeSent));
    assert_eq!(error.message, "Contabo said: timeout");
    let (_server, client, _) = serve(json(r#"{"result":"error","message":"Service ID not found"}"#)).await;
    let error = client.call(ModuleTerminate::new(7)).await.expect_err("there is none");
    assert_eq!((error.problem.clone(), error.sent()), (Problem::NotFound, Sent::Rejected));
}

/// quirks 16, 17
#[tokio::test]
async fn pages_in_place_of_answers_are_told_apart() {
    let page = |status, html: &str| ResponseTemplate::new(status).set_body_raw(html.to_owned(), "text/html");
    for (template, expected, sent) in [
        (
            page(200, "<html><head><title>Client Area - Login</title>"),
            Problem::Html { title: "Client Area - Login".into() },
            Sent::Unreadable,
        ),
        (page(200, "<h1>Down for Maintenance</h1>"), Problem::Maintenance, Sent::Unreadable),
        (page(503, "<title>We are down for maintenance</title>"), Problem::Maintenance, Sent::MaybeSent),
        (page(200, "<p>License Error: your license has been suspended</p>"), Problem::Licence, Sent::Unreadable),
        (
            page(500, "<title>Oops! EmitterException</title>"),
            Problem::Html { title: "Oops! EmitterException".into() },
            Sent::MaybeSent,
        ),
        (page(404, "<title>404 Not Found</title>"), Problem::Html { title: "404 Not Found".into() }, Sent::Rejected),
    ] {
        let (_server, client, _) = serve(template).await;
        let error = client.call(LogActivity::new("x".into())).await.expect_err("a page");
        assert_eq!((error.problem.clone(), error.sent()), (expected, sent), "{error}");
    }
}

/// quirk 17
#[tokio::test]
async fn a_notice_before_the_answer_is_read_over_once_for_reads() {
    let noisy = "<br />\n<b>Warning</b>: foreach() {\"a\":1} in /x.php<br />\n{\"result\":\"success\",\"clients\":{\"client\":[{\"id\":1}]}}\n<!-- 12 ms -->";
    let (_server, client, _) = serve(json(noisy)).await;
    let answer = client.call(GetClients::default()).await.expect("salvaged");
    assert!(answer.salvaged);
    assert_eq!(answer.value.clients.len(), 1);
    let (_server, client, _) = serve(json(&noisy.replace("clients", "x"))).await;
    let error = client.call(LogActivity::new("x".into())).await.expect_err("who knows what a write did");
    assert_eq!((error.problem.clone(), error.sent()), (Problem::Unreadable { path: String::new() }, Sent::Unreadable));
}

/// quirks 11, 17: an answer that never says how it went is taken from behind a notice when nothing follows it; a row of
/// one that was cut off is not.
#[test]
fn an_answer_without_a_verdict_is_found_behind_a_notice() {
    let notice = "<br />\n<b>Notice</b>: Undefined index: x in <b>/srv/hook.php</b> on line <b>3</b><br />\n";
    let read = |body: &str| (find("GetProject").unwrap().read_json)(format!("{notice}{body}").as_bytes());
    let whole = r#"{"projectinfo":{"id":"7"},"tasks":{"task":[{"id":"1"},{"id":"2"}]}}"#;
    let answer = read(whole).expect("an answer");
    assert!(answer.salvaged);
    assert!(answer.value.to_string().contains("projectinfo"), "{}", answer.value);
    for end in [whole.len() - 1, whole.len() - 3, whole.find(r#",{"id":"2""#).unwrap()] {
        assert!(read(&whole[..end]).is_err(), "{}", &whole[..end]);
    }
}

/// quirk 18
#[tokio::test]
async fn an_empty_answer_is_asked_for_again_by_reads_only() {
    let (server, client, memory) = serve(json(" \r\n")).await;
    let error = client.call(GetClients::default()).await.expect_err("empty twice");
    assert_eq!(error.problem, Problem::Empty);
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
    let ids: std::collections::HashSet<_> = memory.all().into_iter().map(|exchange| exchange.request_id).collect();
    assert_eq!(ids.len(), 2);
    let (server, client, _) = serve(ResponseTemplate::new(204)).await;
    let error = client.call(LogActivity::new("x".into())).await.expect_err("empty");
    assert_eq!((error.problem.clone(), error.sent()), (Problem::Empty, Sent::Unreadable));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

/// quirk 49
#[tokio::test]
async fn broken_utf8_is_shown_lossily_and_flagged() {
    let body = b"{\"result\":\"success\",\"clients\":{\"client\":[{\"firstname\":\"M\xfcller\"}]}}".to_vec();
    let (_server, client, _) = serve(ResponseTemplate::new(200).set_body_raw(body, "application/json")).await;
    let answer = client.call(GetClients::default()).await.expect("an answer");
    assert!(answer.lossy);
    assert_eq!(answer.value.clients[0].firstname, "M\u{fffd}ller");
    let bom = "\u{feff}{\"result\":\"success\"}";
    let (_server, client, _) = serve(json(bom)).await;
    assert!(!client.call(GetClients::default()).await.expect("an answer").lossy);
}

/// quirks 8, 9
#[tokio::test]
async fn throttling_and_cut_lines_say_whether_it_may_have_happened() {
    let template = ResponseTemplate::new(429).insert_header("retry-after", "3").set_body_string("slow down");
    let (_server, client, _) = serve(template).await;
    let error = client.call(LogActivity::new("x".into())).await.expect_err("throttled");
    let wait = Some(std::time::Duration::from_secs(3));
    assert_eq!((error.problem.clone(), error.sent()), (Problem::Throttled { retry_after: wait }, Sent::Throttled));

    let client = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"result\":\"succ").await;
    let error = client.call(LogActivity::new("x".into())).await.expect_err("cut");
    assert_eq!((error.problem.clone(), error.sent()), (Problem::Wire(rackdesk_wire::Cause::Cut), Sent::MaybeSent));
}

/// quirk 26, 39
#[tokio::test]
async fn a_cut_in_the_json_names_the_place_and_quotes_nothing() {
    let (_server, client, _) =
        serve(json(r#"{"result":"success","clients":{"client":[{"id":1,"firstname":"5up3rs3cr"#)).await;
    let error = client.call(GetClients::default()).await.expect_err("cut");
    let Problem::Unreadable { path } = &error.problem else { panic!("{error:?}") };
    assert!(path.starts_with("clients.client[0]"), "{path}");
    assert!(!error.to_string().contains("5up3rs3cr"), "{error}");
    for cut in [
        r#"{"result":"success","clients":{"client":[{"id":1,"status":"Active"},{"id":2"#,
        "<br />Notice<br />{\"result\":\"success\",\"clients\":{\"client\":[{\"id\":1,\"result\":\"x\"},{\"id\":2",
    ] {
        let (_server, client, _) = serve(json(cut)).await;
        client.call(GetClients::default()).await.expect_err("half a list is not a list");
    }
}

/// quirk 63
#[tokio::test]
async fn a_client_is_found_at_the_top_when_it_is_not_where_it_belongs() {
    let nested = r#"{"result":"success","userid":5,"id":5,"firstname":"Eve","customfields1":"x","client":{"id":5,"firstname":"Eve","customfields1":"x","customfields":[{"id":1,"value":"x"}]},"stats":{"numtickets":"2"}}"#;
    let (_server, client, _) = serve(json(nested)).await;
    let answer = client.call(GetClientsDetails::default()).await.expect("an answer");
    assert_eq!(answer.census.unknown, 0, "the repetition is known");
    assert_eq!(answer.value.client.unwrap().customfields[0].value, "x");
    assert_eq!(answer.value.stats.unwrap().numtickets, Some(2));
    let flat = r#"{"result":"success","userid":5,"id":5,"firstname":"Eve","future":1}"#;
    let (_server, client, _) = serve(json(flat)).await;
    let answer = client.call(GetClientsDetails::default()).await.expect("an answer");
    assert_eq!(answer.value.client.as_ref().unwrap().firstname, "Eve");
    assert_eq!(answer.census.unknown, 1);
}

#[tokio::test]
async fn every_invoice_is_streamed_once_page_by_page() {
    let (server, client, _) = common::serve_list("invoices", "invoice", 23).await;
    let read = GetInvoices { limitnum: Some(10), ..Default::default() };
    let ids: Vec<u64> = client.rows(read.clone()).map(|row| row.unwrap().id.unwrap()).collect().await;
    assert_eq!(ids, (1..=23).collect::<Vec<_>>());
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
    let page = client.page(&read, 20, 10).await.unwrap();
    assert_eq!((page.rows.len(), page.start, page.total), (3, 20, Some(23)));
}

#[tokio::test]
async fn an_action_by_name_runs_typed_and_refuses_what_it_does_not_know() {
    let (server, client, _) =
        serve(json(r#"{"result":"success","totalresults":"1","clients":{"client":{"id":"1"}}}"#)).await;
    let info = find("getclients").unwrap();
    let given = |pairs: &[(&str, &str)]| Given::from_pairs(pairs.iter().copied()).unwrap();
    let answer = (info.run_json)(&client, given(&[("limitnum", "5")]), Call::fresh()).await.expect("an answer");
    // Text fields are always there, so that scripts find the same shape every time.
    let row = serde_json::json!({"id": 1, "firstname": "", "lastname": "", "companyname": "", "email": ""});
    assert_eq!(answer.value, serde_json::json!({"totalresults": 1, "clients": {"client": [row]}}));

    let refuse = |pairs: &[(&str, &str)]| match (info.request_json)(&client, given(pairs), &Call::fresh()) {
        Err(error) => {
            assert_eq!(error.sent(), Sent::NotSent);
            error.to_string()
        }
        Ok(_) => panic!("must be refused: {pairs:?}"),
    };
    assert_eq!(
        refuse(&[("limit_num", "5")]),
        "GetClients: GetClients has no parameter limit_num (did you mean limitnum?)"
    );
    assert_eq!(refuse(&[("limitnum", "many")]), "GetClients: limitnum must be a whole number");
    assert_eq!(refuse(&[("secret", "x")]).split(" (").next(), Some("GetClients: GetClients has no parameter secret"));
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "nothing of this left");
    assert_eq!(
        find("GetClint").err().unwrap(),
        ParamError::UnknownAction { name: "GetClint".into(), nearest: Some("GetClients".into()) }
    );
    let missing = (find("GetInvoice").unwrap().request_json)(&client, given(&[]), &Call::fresh()).err().unwrap();
    assert_eq!(missing.to_string(), "GetInvoice: GetInvoice needs invoiceid");
}

/// quirk 6, 59
#[tokio::test]
async fn an_untyped_call_takes_anything_but_the_keys_of_the_house() {
    let (server, client, _) = serve(json(r#"{"result":"success","rows":[1,2],"answer":"42"}"#)).await;
    let given = Given::from_pairs([("a[b][0]", "x y"), ("c", "1")]).unwrap();
    let answer = client.raw("CustomAction", given, Effect::Read, Call::fresh()).await.expect("an answer");
    assert_eq!(answer.value, serde_json::json!({"rows": [1, 2], "answer": "42"}));
    let sent = String::from_utf8(server.received_requests().await.unwrap()[0].body.clone()).unwrap();
    assert!(sent.ends_with("&responsetype=json&a%5Bb%5D%5B0%5D=x+y&c=1"), "{sent}");
    for reserved in ["action", "Secret", "identifier", "responsetype", "accesskey", "username", "password"] {
        let given = Given::from_pairs([(reserved, "x")]).unwrap();
        let error = client.raw("CustomAction", given, Effect::Read, Call::fresh()).await.expect_err("refused");
        let Problem::Parameter(why) = error.problem else { panic!("{reserved}") };
        assert!(matches!(*why, ParamError::Reserved { .. }), "{reserved}");
    }
}

#[test]
fn a_client_and_its_configuration_print_no_secret() {
    let config = Config::new(
        "https://billing.example".parse().unwrap(),
        "1dent1f1er".to_owned().into(),
        SECRET.to_owned().into(),
    );
    assert!(!format!("{config:?}").contains(SECRET));
    let (client, _): (_, std::sync::Arc<Memory>) = client_of("https://billing.example");
    assert!(!format!("{client:?}").contains(SECRET));
    let _ = client;
}

#[tokio::test]
async fn a_closed_port_is_certainly_not_sent() {
    let (client, _) = client("http://127.0.0.1:9/");
    let error = client.call(LogActivity::new("x".into())).await.expect_err("nobody there");
    assert_eq!((error.problem.clone(), error.sent()), (Problem::Wire(rackdesk_wire::Cause::Connect), Sent::NotSent));
}

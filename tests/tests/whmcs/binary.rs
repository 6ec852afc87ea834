//! `rackdeskctl call whmcs` as a person or a script meets it.

use rackdesk_tests::ctl::{Answer, Ctl, Sandbox};
use serde_json::{Value, json};

fn desk(seed: u64) -> (Sandbox, Ctl) {
    let (sandbox, ctl) = (Sandbox::start(seed, "0.1"), Ctl::new());
    ctl.run_with(&["profile", "add", "--name", "Acme", "--environment", "staging"], &sandbox.line.to_string()).ok();
    (sandbox, ctl)
}

fn call(ctl: &Ctl, rest: &[&str]) -> Answer {
    let mut args = vec!["--json", "call", "whmcs"];
    args.extend(rest);
    ctl.run(&args)
}

/// Sentence of an error, and its exit code.
fn said(answer: &Answer) -> (Option<i32>, String) {
    (answer.code, answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn actions_are_called_by_name_and_what_does_not_fit_is_told() {
    let (sandbox, ctl) = desk(51);
    let listed = call(&ctl, &["getclients", "limitnum=3"]).ok().json();
    assert_eq!(listed["clients"]["client"].as_array().map(Vec::len), Some(3), "in any letter case: {listed}");
    assert_eq!(listed["numreturned"], 3);

    let (code, words) = said(&call(&ctl, &["GetClients", "limitnumm=3"]));
    assert_eq!(code, Some(2));
    assert!(words.contains("GetClients has no parameter limitnumm (did you mean limitnum?)"), "{words}");
    let (code, words) = said(&call(&ctl, &["GetClient"]));
    assert_eq!(code, Some(2));
    assert!(words.contains("WHMCS has no action GetClient (did you mean GetClients?)"), "{words}");
    let (code, words) = said(&call(&ctl, &["GetInvoice"]));
    assert_eq!(code, Some(2));
    assert!(words.contains("GetInvoice needs invoiceid"), "{words}");
    let (code, words) = said(&call(&ctl, &["GetInvoice", "invoiceid=ten"]));
    assert_eq!(code, Some(2));
    assert!(words.contains("invoiceid must be a whole number"), "{words}");
    let (code, words) = said(&call(&ctl, &["GetClients", "responsetype=xml"]));
    assert_eq!(code, Some(2), "{words}");
    assert!(sandbox.journal("GetClients").is_empty());
}

#[test]
fn a_write_asks_and_yes_sends_it() {
    let (sandbox, ctl) = desk(52);
    let note = ["AddClientNote", "userid=1", "notes=calls on Mondays"];
    let unasked = call(&ctl, &note);
    assert_eq!(unasked.code, Some(6), "{unasked:?}");
    assert!(unasked.err.contains("AddClientNote acts; a second time would act again."), "{}", unasked.err);
    assert!(sandbox.journal("AddClientNote").is_empty(), "nothing was sent");
    call(&ctl, &[&note[..], &["--yes"]].concat()).ok();
    assert_eq!(sandbox.journal("AddClientNote").len(), 1);
    let gone = call(&ctl, &["DeleteClient", "clientid=2"]);
    assert!(gone.err.contains("DeleteClient DESTROYS DATA"), "{}", gone.err);
    let dear = call(&ctl, &["AddOrder", "clientid=1", "paymentmethod=paypal"]);
    assert!(dear.err.contains("COSTS MONEY"), "{}", dear.err);
}

#[test]
fn secrets_go_in_by_standard_input_only_and_never_come_out() {
    let (sandbox, ctl) = desk(53);
    let open = call(&ctl, &["EncryptPassword", "password2=hunter22", "--yes"]);
    assert_eq!(open.code, Some(2), "{open:?}");
    assert!(!open.out.contains("hunter22") && open.out.contains("--stdin"), "{open:?}");
    let args = ["--json", "call", "whmcs", "EncryptPassword", "--stdin", "--yes"];
    let hidden = ctl.run_with(&args, "{\"password2\": \"hunter22\"}").ok();
    assert_eq!(hidden.json()["password"], "[hidden]", "{hidden:?}");

    let raw = call(&ctl, &["GetClientsProducts", "limitnum=2", "--raw"]).ok();
    let text = raw.json().to_string();
    assert!(text.contains("totalresults") && text.contains("product"), "{text}");
    let service = sandbox.ids("whmcs/service")[0].clone();
    let password = sandbox.record(&format!("whmcs/service/{service}"));
    let password = password["password"].as_str().unwrap_or_default();
    assert!(password.is_empty() || !text.contains(password), "a service's password came out");
    for field in ["identifier", "secret", "access_key"] {
        let secret = sandbox.line["whmcs"][field].as_str().expect("text");
        assert!(!text.contains(secret) && !raw.err.contains(secret), "{field}");
    }
}

#[test]
fn what_is_wrong_on_the_other_side_is_one_sentence() {
    let (sandbox, ctl) = desk(54);
    let fault = |kind: &str| sandbox.fault(&json!({"provider": "whmcs", "kind": kind, "times": 1}));
    for (kind, code, sentence) in [
        ("html", 4, "WHMCS is in maintenance mode."),
        ("cut_middle", 4, "The line was cut before the answer was whole."),
        ("truncated", 4, "The answer could not be understood at "),
        ("empty", 4, "WHMCS answered nothing."),
        ("ip_denied", 9, "WHMCS does not allow calls from "),
        ("malformed", 4, "The answer could not be understood at "),
    ] {
        // A read asks again when the line was cut or nothing came; a write does not, and may have happened.
        fault(kind);
        let answer = call(&ctl, &["LogActivity", "description=here", "--yes"]);
        let (found, words) = said(&answer);
        assert_eq!(found, Some(code), "{kind}: {words}");
        assert_eq!(answer.err.contains("It may have happened"), code == 4, "{kind}: {answer:?}");
        assert!(words.starts_with(sentence), "{kind}: {words}");
        sandbox.no_faults();
    }
    let rejected = call(&ctl, &["GetInvoice", "invoiceid=999999999"]);
    assert_eq!(said(&rejected), (Some(3), "Invoice ID is not here.".to_owned()), "{rejected:?}");
}

#[test]
fn a_role_that_forbids_it_is_named() {
    let (sandbox, ctl) = desk(55);
    let url = format!("{}access", sandbox.line["control_url"].as_str().expect("a url"));
    let change = json!({"set": {"identifier": sandbox.line["whmcs"]["identifier"], "permissions": ["getclients"]}});
    let reply = reqwest::blocking::Client::new().post(url).json(&change).send().expect("control answers");
    assert!(reply.status().is_success());
    call(&ctl, &["GetClients", "limitnum=1"]).ok();
    let denied = call(&ctl, &["GetInvoices", "limitnum=1"]);
    assert_eq!(said(&denied).0, Some(9), "{denied:?}");
    assert_eq!(said(&denied).1, "The API role does not allow GetInvoices.");
    let hint = denied.json()["error"]["hint"].as_str().map(str::to_owned).unwrap_or_default();
    assert!(hint.starts_with("Tick the action in the credential's API role"), "{hint}");
}

/// A sample of the tour, through the program itself.
#[test]
fn some_of_everything_through_the_program_in_the_oddest_dialect() {
    let (sandbox, ctl) = desk(56);
    let odd = json!({"strings_for_numbers": true, "empty_lists": "string", "lone_objects": true, "numeric_keys": true});
    let url = format!("{}dialect", sandbox.line["control_url"].as_str().expect("a url"));
    assert!(reqwest::blocking::Client::new().post(url).json(&odd).send().expect("control").status().is_success());
    let one = call(&ctl, &["GetClients", "limitnum=1"]).ok().json();
    assert!(one["clients"]["client"][0]["id"].is_u64(), "a list of one, and its id a number: {one}");
    let invoice = ["CreateInvoice", "userid=1", "itemdescription1=Work", "itemamount1=100.00", "itemtaxed1=0", "--yes"];
    let made = call(&ctl, &invoice).ok().json();
    let id = format!("invoiceid={}", made["invoiceid"]);
    let shown = call(&ctl, &["GetInvoice", &id]).ok().json();
    assert_eq!((&shown["total"], &shown["transactions"]["transaction"]), (&json!("100.00"), &json!([])), "{shown}");
    let order = ["AddOrder", "clientid=1", "paymentmethod=banktransfer", "pid[0]=15", "domain[0]=odd-one.com", "--yes"];
    let placed = call(&ctl, &[&order[..], &["billingcycle[0]=annually"]].concat());
    let placed = placed.ok().json();
    assert!(placed["orderid"].as_u64().is_some_and(|id| id > 0), "{placed}");
    let fields = r#"customfields={"1":"Müller"}"#;
    call(&ctl, &["UpdateClient", "clientid=1", fields, "--yes"]).ok();
    for action in ["GetTLDPricing", "GetStats", "GetTicketCounts", "GetRegistrars", "GetAdminDetails", "WhmcsDetails"] {
        let answer: Value = call(&ctl, &[action]).ok().json();
        assert!(answer.is_object() && !answer.as_object().is_some_and(serde_json::Map::is_empty), "{action}: {answer}");
    }
}

//! A server is bought from the command line, with the real programs: an order in WHMCS, its invoice, the plan, the
//! purchase, and what WHMCS knows afterwards.

use rackdesk_tests::ctl::{Ctl, Sandbox};
use serde_json::{Value, json};

/// Ubuntu 24.04 in the sandbox.
const IMAGE: &str = "image_id=d64d5c6c-9dda-4e38-8174-0ee282474d8a";

/// The first number in an answer's member, whatever its shape.
fn number(answer: &Value, name: &str) -> String {
    let text = answer[name].to_string();
    let digits = text.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty());
    digits.unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
}

fn call(ctl: &Ctl, provider: &str, rest: &[&str]) -> Value {
    let mut args = vec!["--json", "call", provider];
    args.extend(rest);
    args.push("--yes");
    ctl.run(&args).ok().json()
}

fn servers_of_name(sandbox: &Sandbox, name: &str) -> Vec<Value> {
    let all = sandbox.ids("contabo/instance").into_iter().map(|id| sandbox.record(&format!("contabo/instance/{id}")));
    all.filter(|server| server["displayName"] == name).collect()
}

#[test]
fn a_server_is_bought_for_a_paid_order_and_only_once_although_its_answer_was_lost() {
    let sandbox = Sandbox::start(81, "0.1");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &["--grace-seconds", "3"]);
    let order = ["AddOrder", "clientid=2", "paymentmethod=paypal", "pid[0]=1", "billingcycle[0]=monthly"];
    let placed = call(&ctl, "whmcs", &order);
    let (service, invoice) = (number(&placed, "serviceids"), number(&placed, "invoiceid"));
    let secret = ["--json", "call", "contabo", "createSecret", "name=first", "type=password", "--stdin", "--yes"];
    let stored = ctl.run_with(&secret, &json!({ "value": "Fj3!kd92Lq0x" }).to_string()).ok().json();
    let password = format!("root_password={}", number(&stored, "secretId"));
    let tag = call(&ctl, "contabo", &["createTag", "name=sold", "color=#0A78C3"]);
    let tags = format!("tags=[{}]", number(&tag, "tagId"));
    ctl.run(&["sync"]).ok();

    let words = ["product_id=V94", IMAGE, "period=1", "default_user=root", password.as_str(), tags.as_str()];
    let plan = |more: &[&str]| {
        let mut args = vec!["--json", "plan", "make", "server.create", "--target", service.as_str()];
        args.extend(words);
        args.extend(more);
        ctl.run(&args)
    };
    let make = |more: &[&str]| plan(&[&["region=EU", "display_name=web-cli"], more].concat());

    let unpaid = make(&["--yes"]);
    assert_eq!(unpaid.code, Some(6), "{unpaid:?}");
    assert!(unpaid.out.contains(&format!("Invoice {invoice} of the order is Unpaid")), "{unpaid:?}");
    let lacking = plan(&["display_name=web-cli"]);
    assert_eq!(lacking.code, Some(2), "nothing is bought by default: {lacking:?}");
    assert!(lacking.out.contains("region"), "{lacking:?}");

    let (bill, day) = (format!("invoiceid={invoice}"), "date=2026-11-20 12:00:00");
    call(&ctl, "whmcs", &["AddInvoicePayment", &bill, "transid=CLI-9", "gateway=paypal", day]);
    let shown = make(&[]).ok().json();
    assert_eq!(shown["totals"]["money_month"][0]["amount"], "7.5", "the plan names the money: {shown}");
    assert!(sandbox.journal("createInstance").is_empty(), "and buys nothing");

    sandbox.fault(&json!({"provider": "contabo", "operation": "createInstance", "kind": "cut_after", "times": 1}));
    let done = std::thread::scope(|scope| {
        let buys = scope.spawn(|| make(&["--yes", "--reason", "order 47"]));
        // Minutes of provisioning pass while it waits.
        while !buys.is_finished() {
            sandbox.advance(20);
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        buys.join().expect("rackdeskctl ends")
    });
    let done = done.ok().json();
    assert_eq!(done[0]["row"]["state"], "succeeded", "{done}");
    let bought = servers_of_name(&sandbox, "web-cli");
    assert_eq!(bought.len(), 1, "one server and no second: {done}");
    let server = number(&bought[0], "instanceId");
    let row = call(&ctl, "whmcs", &["GetClientsProducts", &format!("serviceid={service}")]);
    let row = &row["products"]["product"][0];
    assert_eq!(row["status"], "Active", "{row}");
    let field = |name: &str| {
        let fields = row["customfields"]["customfield"].as_array().cloned().unwrap_or_default();
        fields.iter().find(|field| field["name"] == name).map(|field| field["value"].as_str().unwrap_or("").to_owned())
    };
    assert_eq!(field("contabo_instance_id").as_deref(), Some(server.as_str()), "{row}");
    assert_eq!(field("contabo_action_lock").as_deref(), Some(""), "nobody is at work any more");
    let ids = field("contabo_last_request_ids").unwrap_or_default();
    assert!(ids.contains("server.create/create A-") && ids.contains("server.create/tag_1 A-"), "{ids}");

    let again = plan(&["region=EU", "display_name=web-other", "--yes"]);
    assert_eq!(again.code, Some(6), "{again:?}");
    assert!(again.out.contains("The service has a server already"), "{again:?}");
    assert_eq!(sandbox.journal("createInstance").iter().filter(|one| one["cause"] == "request").count(), 1);
}

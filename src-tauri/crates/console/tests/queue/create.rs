//! Buying a server for a service, on the sandbox: exactly one, whatever becomes of any call and of the process; what was
//! approved is what is sent; what goes wrong after the purchase says so and can be gone on with.

use jiff::Timestamp;
use rackdesk_console::{
    act::{
        ActionState, ActionVerb, kinds,
        verbs::{self, Saying},
    },
    fault::ErrorCode,
    phrases::english,
    plan::{FactChange, Plan, Ruling},
};
use rackdesk_contabo::api::{
    instances::{Instance, RetrieveInstance, RetrieveInstancesList},
    secrets::{CreateSecret, SecretType},
    tags::{CreateTag, DeleteTag},
};
use rackdesk_sandbox::whmcs::model::{
    billing::InvoiceStatus,
    services::{Service, ServiceStatus},
};
use rackdesk_store::queue::{self, Enqueued};
use serde_json::{Value, json};

use crate::{bench::Bench, rig::action_of};

/// Ubuntu 24.04 in the sandbox.
const IMAGE: &str = "d64d5c6c-9dda-4e38-8174-0ee282474d8a";

/// What a bought server goes through with two tags.
pub const CALLS: [&str; 5] =
    ["createinstance", "createassignment", "createassignment", "updateclientproduct", "logactivity"];

/// A bench with what an order names.
pub struct Shop {
    pub bench: Bench,
    password: i64,
    tags: Vec<i64>,
    /// Paid services without a server.
    pub services: Vec<u64>,
}

fn value<'a>(state: &'a rackdesk_sandbox::whmcs::State, service: &'a Service, field: &str) -> Option<&'a str> {
    let product = state.products.get(service.product)?;
    let id = product.custom_fields.iter().find(|one| one.name == field)?.id;
    Some(service.custom_fields.iter().find(|(known, _)| *known == id)?.1.as_str())
}

impl Shop {
    pub async fn open(seed: u64, services: usize) -> Self {
        let bench = Bench::new(seed).await;
        let api = bench.contabo();
        let secret = CreateSecret::new("first".to_owned(), "Fj3!kd92Lq0x".to_owned(), SecretType::Password);
        let password = api.call(secret).await.unwrap().secret_id;
        let mut tags = Vec::new();
        for name in ["sold", "eu"] {
            tags.push(api.call(CreateTag::new(name.to_owned(), "#0A78C3".to_owned())).await.unwrap().tag_id);
        }
        let services = bench.billing(|state| {
            let linked = |one: &&Service| {
                let order = state.orders.get(one.order);
                value(state, one, "contabo_instance_id").is_some() && order.is_some_and(|order| order.invoice > 0)
            };
            let ids: Vec<u64> = state.services.iter().filter(linked).map(|one| one.id).take(services).collect();
            for id in &ids {
                let service = state.services.get_mut(*id).unwrap();
                service.status = ServiceStatus::Pending;
                service.dedicated_ip.clear();
                service.custom_fields.iter_mut().for_each(|(_, value)| value.clear());
                let invoice = state.orders.get(service.order).unwrap().invoice;
                state.invoices.get_mut(invoice).unwrap().status = InvoiceStatus::Paid;
            }
            ids
        });
        assert!(!services.is_empty());
        Self { bench, password, tags, services }
    }

    pub fn input(&self, name: &str) -> Value {
        json!({
            "product_id": "V94", "region": "EU", "image_id": IMAGE, "period": "12", "display_name": name,
            "default_user": "root", "root_password": self.password, "tags": self.tags, "backup": true,
        })
    }

    /// The servers of that name at the provider.
    pub async fn named(&self, name: &str) -> Vec<Instance> {
        let all: Vec<Instance> = self.bench.contabo().all(RetrieveInstancesList::new()).await.unwrap();
        all.into_iter().filter(|one| one.display_name == name).collect()
    }

    pub fn field(&self, service: u64, name: &str) -> String {
        self.bench.billing(|state| {
            let service = state.services.get(service).unwrap().clone();
            value(state, &service, name).unwrap_or_default().to_owned()
        })
    }

    /// Everything that must be true of a service whose server was bought, and of nothing else.
    pub async fn bought(&self, action: i64, service: u64, name: &str, besides: &str) {
        let told = self.bench.told(action);
        assert_eq!(self.bench.state(action), ActionState::Succeeded, "{besides}:\n{told}");
        assert_eq!(self.bench.done(action), CALLS, "{besides}:\n{told}");
        let servers = self.named(name).await;
        assert_eq!(servers.len(), 1, "{besides}: one server and no second:\n{told}");
        let ip = servers[0].ip_config.as_ref().unwrap().v4.as_ref().unwrap().ip.clone();
        let (status, address) = self.bench.billing(|state| {
            let service = state.services.get(service).unwrap();
            (service.status, service.dedicated_ip.clone())
        });
        assert_eq!((status, address), (ServiceStatus::Active, ip), "{besides}");
        assert_eq!(self.field(service, "contabo_instance_id"), servers[0].instance_id.to_string(), "{besides}");
        assert_eq!(self.field(service, "contabo_resource_type"), "instance");
        assert_eq!(self.field(service, "contabo_action_lock"), "", "{besides}: nobody is at work any more");
    }

    fn retry(&self, action: i64) -> i64 {
        let policy = self.bench.options.policy.clone();
        let again = self.bench.deps.store.write(move |c| {
            let saying = Saying { by: "ana", reason: None, now: Timestamp::now() };
            verbs::apply(c, action, ActionVerb::RetryNow, saying, &policy)
        });
        again.unwrap().unwrap()
    }
}

/// Each verdict of a plan's row: B blocks, W warns.
pub fn said(plan: &Plan) -> Vec<String> {
    let speaks = plan.changes[0].verdicts.iter().filter(|verdict| verdict.ruling != Ruling::Pass);
    let mark = |ruling| if ruling == Ruling::Block { "B" } else { "W" };
    speaks.map(|verdict| format!("{} {}", mark(verdict.ruling), english(&verdict.reason))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paid_service_gets_its_server_and_whmcs_learns_of_it() {
    let shop = Shop::open(51, 1).await;
    let service = shop.services[0];
    let plan = shop.bench.plan("server.create", service, shop.input("web-1")).await;
    let money = |sum: &[rackdesk_console::money::Money]| {
        sum.iter().map(|one| format!("{} {}", one.amount.normalize(), one.currency)).collect::<Vec<_>>()
    };
    // 6.00 a month for twelve of them, and 2.00 for the backup.
    assert_eq!(
        (money(&plan.totals.money_now), money(&plan.totals.money_month)),
        (vec!["96 EUR".into()], vec!["8 EUR".into()])
    );
    let shown: Vec<&str> = plan.changes[0].facts.iter().map(|fact| fact.field.as_str()).collect();
    for field in ["display_name", "product_id", "region", "image_id", "period", "backup", "seal", "status", "tag"] {
        assert!(shown.contains(&field), "{field} in {shown:?}");
    }
    let named = |field: &str| plan.changes[0].facts.iter().find(|fact| fact.field == field).cloned();
    let Some(FactChange { after: Some(image), .. }) = named("image_id") else { panic!("no image") };
    assert_eq!(image, format!("ubuntu-24.04 ({IMAGE})"));
    let action = shop.bench.approve(&plan).await.unwrap();
    shop.bench.work().await;
    shop.bought(action, service, "web-1", "nothing in the way").await;
    let line = shop.bench.billing(|state| {
        let ours =
            |line: &&rackdesk_sandbox::whmcs::model::system::Activity| line.description.starts_with("Rackdesk: ");
        state.activity.iter().filter(ours).map(|line| line.description.clone()).collect::<Vec<_>>()
    });
    assert_eq!(line.len(), 1);
    assert!(line[0].contains(&format!("for service {service}: V94, EU, 12 months [order ")), "{line:?}");
    // A second server for it: not without the first one being gone.
    let again = shop.bench.plan("server.create", service, shop.input("web-2")).await;
    assert!(
        said(&again).iter().any(|text| text.starts_with("B The service has a server already")),
        "{:?}",
        said(&again)
    );
}

/// What a call can meet.
const TROUBLE: [&str; 6] = ["cut_after", "500_after_success", "truncated", "cut_before", "429", "html"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_is_done_once_whatever_becomes_of_its_answer() {
    let shop = Shop::open(52, TROUBLE.len()).await;
    for (trouble, service) in TROUBLE.into_iter().zip(&shop.services) {
        let name = format!("web-{trouble}").replace('_', "-");
        for operation in ["createInstance", "createAssignment"] {
            shop.bench.fault("contabo", operation, trouble, 1);
        }
        // The lock and the request ids are written with the same call, before it comes to what is bought.
        shop.bench.fault("whmcs", "UpdateClientProduct", trouble, 6);
        shop.bench.fault("whmcs", "LogActivity", trouble, 1);
        let action = shop.bench.wish("server.create", *service, shop.input(&name)).await;
        shop.bench.work().await;
        shop.bench.no_faults();
        shop.bought(action, *service, &name, trouble).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_whose_audits_do_not_answer_is_found_by_its_name() {
    let shop = Shop::open(53, 2).await;
    for (service, trouble) in shop.services.clone().into_iter().zip(["500", "stale"]) {
        let name = format!("web-{trouble}");
        shop.bench.fault("contabo", "createInstance", "cut_after", 1);
        shop.bench.rule(json!({
            "provider": "contabo", "operation": "retrieveInstancesAuditsList", "kind": trouble, "age_s": 100_000
        }));
        let action = shop.bench.wish("server.create", service, shop.input(&name)).await;
        shop.bench.work().await;
        shop.bench.no_faults();
        shop.bought(action, service, &name, trouble).await;
        let told = shop.bench.told(action);
        assert!(told.contains(&format!("Contabo has a server of the order's name: {name}")), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_approved_is_what_is_sent() {
    let shop = Shop::open(54, 2).await;
    let (steady, forged) = (shop.services[0], shop.services[1]);
    let action = shop.bench.wish("server.create", steady, shop.input("sealed-1")).await;
    // The catalogue moves on between the approval and the send.
    shop.bench.contabo().call(DeleteTag { tag_id: shop.tags[1] }).await.unwrap();
    let changed = shop
        .bench
        .wish(
            "server.create",
            forged,
            json!({
                "product_id": "V91", "region": "EU", "image_id": IMAGE, "period": "1", "display_name": "sealed-2",
                "default_user": "root", "root_password": shop.password,
            }),
        )
        .await;
    // Somebody changes behind our back what it was approved for; the input itself is guarded by the database.
    let forge = "UPDATE action SET carried = json_set(carried, '$.gathered.quote.first.amount', '1') WHERE id = ?1";
    let changed_rows = shop.bench.deps.store.write(move |c| Ok(c.execute(forge, [changed])?)).unwrap();
    assert_eq!(changed_rows, 1);
    shop.bench.work().await;
    let told = shop.bench.told(changed);
    assert_eq!(shop.bench.state(changed), ActionState::Failed, "{told}");
    assert!(told.contains("What was approved was changed afterwards"), "{told}");
    assert!(shop.named("sealed-2").await.is_empty());
    let server = shop.named("sealed-1").await.remove(0);
    assert_eq!((server.product_id.as_str(), server.image_id.as_str()), ("V94", IMAGE));
    // The tag that is gone is missing, and said to be; the server stays.
    let told = shop.bench.told(action);
    assert_eq!(shop.bench.state(action), ActionState::Failed, "{told}");
    let sentence = format!("Server {} was bought and stays; a tag is missing.", server.instance_id);
    assert!(told.contains(&sentence), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_after_the_purchase_is_gone_on_with_and_never_bought_again() {
    let shop = Shop::open(55, 1).await;
    let service = shop.services[0];
    let action = shop.bench.wish("server.create", service, shop.input("web-late")).await;
    // Somebody takes the custom fields away while the server is being installed.
    let fields = shop.bench.billing(|state| {
        let service = state.services.get_mut(service).unwrap();
        let product = service.product;
        service.custom_fields.clear();
        std::mem::take(&mut state.products.get_mut(product).unwrap().custom_fields)
    });
    shop.bench.work().await;
    let server = shop.named("web-late").await.remove(0);
    let told = shop.bench.told(action);
    assert_eq!(shop.bench.state(action), ActionState::Failed, "{told}");
    let sentence = format!("Server {} was bought and stays; WHMCS does not know of it.", server.instance_id);
    assert!(told.contains(&sentence), "{told}");
    assert_eq!(shop.bench.service_status(service), ServiceStatus::Pending, "WHMCS is never ahead of what is proven");
    shop.bench.billing(|state| {
        let service = state.services.get_mut(service).unwrap();
        service.custom_fields = fields.iter().map(|field| (field.id, String::new())).collect();
        let product = service.product;
        state.products.get_mut(product).unwrap().custom_fields = fields;
    });
    let other = shop.bench.plan("server.create", service, shop.input("web-other")).await;
    let text = format!("B A-{action} has bought server {} for this service: go on there", server.instance_id);
    assert!(said(&other).contains(&text), "{:?}", said(&other));
    let again = shop.retry(action);
    shop.bench.work().await;
    let told = shop.bench.told(again);
    assert_eq!(shop.bench.state(again), ActionState::Succeeded, "{told}");
    assert_eq!(shop.bench.done(again), CALLS[3..], "it went on where it had failed:\n{told}");
    assert_eq!(shop.named("web-late").await.len(), 1);
    assert_eq!(shop.field(service, "contabo_instance_id"), server.instance_id.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_wish_is_the_action_that_exists_and_another_one_is_refused() {
    let shop = Shop::open(56, 1).await;
    let service = shop.services[0];
    let plan = shop.bench.plan("server.create", service, shop.input("web-1")).await;
    let action = shop.bench.approve(&plan).await.unwrap();
    let put = |input: Value| {
        let new = action_of("server.create", i64::try_from(service).unwrap(), input);
        shop.bench.deps.store.write(move |c| queue::enqueue(c, &new)).unwrap()
    };
    assert_eq!(put(shop.input("web-1")), Enqueued::Open(action));
    assert_eq!(put(shop.input("web-2")), Enqueued::Differs(action));
    let second = shop.bench.plan("server.create", service, shop.input("web-2")).await;
    assert!(said(&second).contains(&format!("B A-{action} is at work on it")), "{:?}", said(&second));
    assert_eq!(shop.bench.approve(&second).await.unwrap_err().code, ErrorCode::Blocked, "no row is left");
    shop.bench.work().await;
    shop.bought(action, service, "web-1", "after all that").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_says_what_is_in_the_way() {
    let shop = Shop::open(57, 1).await;
    let service = shop.services[0];
    let with = |changes: Value| {
        let mut input = shop.input("web-1");
        input.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        input
    };
    let taken = shop.bench.servers().await.remove(0);
    for (changes, sentence) in [
        (json!({ "region": "MARS" }), "B There is no region MARS".to_owned()),
        (
            json!({ "image_id": "00000000-0000-4000-8000-000000000000" }),
            "B There is no image 00000000-0000-4000-8000-000000000000".into(),
        ),
        (json!({ "product_id": "V999" }), "B The price list of 2026-08-22 has no product V999".into()),
        (json!({ "product_id": "V93" }), "B The price list of 2026-08-22 does not say what V93 costs like this".into()),
        (json!({ "root_password": 999_999 }), "B There is no password or key 999999".into()),
        (json!({ "tags": [424_242] }), "B There is no tag 424242".into()),
        (
            json!({ "display_name": taken.display_name.clone() }),
            format!("B Server {} has this name already", taken.instance_id),
        ),
    ] {
        let plan = shop.bench.plan("server.create", service, with(changes)).await;
        let blocked = said(&plan).contains(&sentence);
        assert!(blocked || sentence.contains("password"), "{sentence} in {:?}", said(&plan));
        assert!(plan.changes[0].blocked() && plan.totals.money_now.is_empty(), "nothing is bought: {sentence}");
    }
    // Not paid: only who sets themselves over it may go on.
    let invoice = shop.bench.billing(|state| {
        let order = state.services.get(service).unwrap().order;
        let invoice = state.orders.get(order).unwrap().invoice;
        state.invoices.get_mut(invoice).unwrap().status = InvoiceStatus::Unpaid;
        invoice
    });
    let unpaid = shop.bench.plan("server.create", service, shop.input("web-1")).await;
    assert!(said(&unpaid).contains(&format!("B Invoice {invoice} of the order is Unpaid")), "{:?}", said(&unpaid));
    assert!(unpaid.changes[0].verdicts.iter().any(|verdict| verdict.guardrail == "unpaid" && verdict.overridable));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_that_is_refunded_before_the_send_stops_it() {
    let shop = Shop::open(58, 1).await;
    let service = shop.services[0];
    let action = shop.bench.wish("server.create", service, shop.input("web-1")).await;
    shop.bench.billing(|state| {
        let order = state.services.get(service).unwrap().order;
        let invoice = state.orders.get(order).unwrap().invoice;
        state.invoices.get_mut(invoice).unwrap().status = InvoiceStatus::Refunded;
    });
    shop.bench.work().await;
    assert_eq!((shop.bench.state(action), shop.bench.arrived("createInstance")), (ActionState::Failed, 0));
    assert!(shop.bench.told(action).contains("of the order is Refunded"), "{}", shop.bench.told(action));
}

#[test]
fn an_order_names_everything_itself() {
    let kind = kinds::named("server.create").unwrap();
    let whole = json!({
        "product_id": "V94", "region": "EU", "image_id": IMAGE, "period": "1", "display_name": "web-1",
        "default_user": "root", "root_password": 7,
    });
    assert!(kind.accept(&whole).is_ok());
    for field in ["product_id", "region", "image_id", "period", "display_name", "default_user", "root_password"] {
        let mut input = whole.clone();
        input.as_object_mut().unwrap().remove(field);
        assert_eq!(kind.accept(&input).unwrap_err().field, field, "nothing by default");
    }
    for (field, value) in [
        ("period", json!("2")),
        ("display_name", json!(" web")),
        ("display_name", json!("a\nb")),
        ("tags", json!([1, 2, 3, 4, 5])),
        ("tags", json!([1, 1])),
        ("user_data", json!("-----BEGIN OPENSSH PRIVATE KEY-----")),
        ("root_password", json!("hunter22")),
    ] {
        let mut input = whole.clone();
        input[field] = value;
        assert_eq!(kind.accept(&input).unwrap_err().field, field);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_shows_late_is_taken_for_ours_and_not_bought_again() {
    let shop = Shop::open(60, 1).await;
    let service = shop.services[0];
    shop.bench.fault("contabo", "createInstance", "cut_after", 1);
    // Neither audits nor list show it until long after the grace time.
    for operation in ["retrieveInstancesAuditsList", "retrieveInstancesList"] {
        shop.bench.rule(json!({
            "provider": "contabo", "operation": operation, "kind": "stale", "age_s": 100_000
        }));
    }
    let action = shop.bench.wish("server.create", service, shop.input("web-1")).await;
    let engine = shop.bench.engine().await;
    shop.bench.until("it counts as not done", || shop.bench.told(action).contains("prove_absent")).await;
    shop.bench.no_faults();
    engine.run_until_idle().await.unwrap();
    engine.stop().await;
    let told = shop.bench.told(action);
    let servers = shop.named("web-1").await;
    assert_eq!(shop.bench.state(action), ActionState::Succeeded, "{told}");
    assert_eq!(servers.len(), 1, "{told}");
    let found = shop.bench.contabo().call(RetrieveInstance { instance_id: servers[0].instance_id }).await.unwrap();
    assert_eq!(found.status.as_str(), "running");
}

//! What types cost: a page of instances against `serde_json::Value`, a whole list through the sandbox against bare
//! reqwest; and how large a sandbox can be.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt, pin_mut};
use rackdesk_contabo::api::instances::{Instance, RetrieveInstancesList};
use rackdesk_contabo::reply::Reply;
use rackdesk_contabo::{Client, Config, Operation, Page};
use rackdesk_sandbox::{Options, Running};
use rackdesk_wire::{Budget, Call, NoRecorder, Wire, WireOptions};
use serde_json::{Value, json};

use super::{Report, Times};

/// A sandbox of this scale has at least as many instances.
const TEN_THOUSAND: f64 = 36.0;

/// The figures of the Contabo client.
pub fn run(report: &mut Report) {
    decoding(report);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(listing(report));
    runtime.block_on(starting(report));
}

/// A page with everything in it that the documentation has.
fn full_page(rows: usize) -> Vec<u8> {
    let address = json!({"ip": "192.0.2.17", "netmaskCidr": 24, "gateway": "192.0.2.1"});
    let row = |id: usize| {
        json!({
            "tenantId": "INT", "customerId": "54321", "additionalIps": [{"v4": address}], "name": format!("vmd{id}"),
            "displayName": format!("web {id}"), "instanceId": 100_000 + id, "dataCenter": "European Union 1",
            "region": "EU", "regionName": "European Union", "productId": "V94",
            "imageId": "afecbb85-e2fc-46f0-9684-b46b1faf00bb",
            "ipConfig": {"v4": address, "v6": {"ip": "2001:db8::17", "netmaskCidr": 64, "gateway": "fe80::1"}},
            "macAddress": "00:50:56:3c:00:17", "ramMb": 12288, "cpuCores": 6, "osType": "Linux", "diskMb": 102_400,
            "sshKeys": [1, 2], "createdDate": "2026-01-05T09:00:00.000Z", "cancelDate": "", "status": "running",
            "vHostId": 12345, "vHostNumber": 9876, "vHostName": "m9876",
            "addOns": [{"id": 1477, "quantity": 1}, {"id": 1263, "quantity": 2}], "errorMessage": "",
            "productType": "nvme", "productName": "VPS 20 NVMe", "defaultUser": "root", "applicationId": ""
        })
    };
    let pagination = json!({"size": rows, "totalElements": rows, "totalPages": 1, "page": 1});
    json!({"data": (0..rows).map(row).collect::<Vec<_>>(), "_pagination": pagination}).to_string().into_bytes()
}

fn decoding(report: &mut Report) {
    let page = full_page(100);
    report.heading(&format!("Contabo: a page of 100 instances, {} bytes, 2,000 times each, turn about", page.len()));
    let (mut typed, mut untyped) = (Times::default(), Times::default());
    for _ in 0..2_000 {
        untyped.take(|| std::hint::black_box(serde_json::from_slice::<Value>(&page).expect("JSON")));
        typed.take(|| std::hint::black_box(Page::<Instance>::decode(&page).expect("a page")));
    }
    report.figure("as serde_json::Value", untyped.text());
    report.figure("as the types", typed.text());
    report.limit("types / Value, medians", typed.median() / untyped.median(), 1.0, "×");
}

fn client(sandbox: &Running) -> Client {
    let line = &sandbox.line.contabo;
    let config = Config {
        api_url: line.api_url.parse().expect("an address"),
        token_url: line.token_url.parse().expect("an address"),
        client_id: line.client_id.clone(),
        client_secret: line.client_secret.clone().into(),
        user: line.user.clone(),
        password: line.password.clone().into(),
    };
    // The budget is the provider's protection and would be what is measured.
    let budget = Budget { per_minute: 60_000_000, burst: 1_000_000, concurrent: 8, ..Budget::default() };
    let options = WireOptions { budget, budgets: Vec::new(), ..WireOptions::default() };
    Client::new(Wire::new(options, Arc::new(NoRecorder)), config)
}

/// Megabytes that this process holds.
fn held() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    pages * 4.096e-3
}

async fn listing(report: &mut Report) {
    let options = Options { seed: 1, scale: TEN_THOUSAND, ..Options::default() };
    let sandbox = rackdesk_sandbox::start(options).await.expect("the sandbox starts");
    let client = client(&sandbox);
    let token = token(&sandbox).await;
    let bare = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let url = format!("{}/v1/compute/instances", sandbox.line.contabo.api_url);
    let (mut typed, mut untyped) = (Times::default(), Times::default());
    let (mut rows, mut grown) = (0, 0.0_f64);
    for round in 0..7 {
        let read = untyped.take_async(by_hand(&bare, &url, &token)).await;
        let before = held();
        rows = typed.take_async(by_types(&client)).await;
        if round > 0 {
            grown = grown.max(held() - before);
        }
        assert_eq!(rows, read, "both read all of it");
    }
    report.heading(&format!(
        "Contabo: all {rows} instances in pages of 100 through the sandbox, seven times, turn about"
    ));
    report.figure("bare reqwest and Value", untyped.text());
    report.figure("the client's stream", typed.text());
    report.limit("client / bare, medians", typed.median() / untyped.median(), 1.15, "×");
    report.limit("memory that a listing adds, sandbox included", grown.max(0.0), 16.0, "MB");
}

async fn by_types(client: &Client) -> usize {
    let rows = client.list(RetrieveInstancesList::new());
    pin_mut!(rows);
    let mut count = 0;
    while let Some(row) = rows.next().await {
        std::hint::black_box(row.expect("a row"));
        count += 1;
    }
    count
}

async fn by_hand(bare: &reqwest::Client, url: &str, token: &str) -> usize {
    let mut count = 0;
    for page in 1.. {
        let request = bare.get(format!("{url}?page={page}&size=100")).bearer_auth(token);
        let request = request.header("x-request-id", Call::fresh().request_id.to_string());
        let answer = request.send().await.expect("an answer").bytes().await.expect("a body");
        let mut body: Value = serde_json::from_slice(&answer).expect("JSON");
        if let Some(rows) = body["data"].as_array_mut() {
            count += rows.drain(..).map(std::hint::black_box).count();
        }
        if body["_pagination"]["totalPages"].as_u64() <= Some(page) {
            break;
        }
    }
    count
}

async fn token(sandbox: &Running) -> String {
    let line = &sandbox.line.contabo;
    let form = [
        ("grant_type", "password"),
        ("client_id", &line.client_id),
        ("client_secret", &line.client_secret),
        ("username", &line.user),
        ("password", &line.password),
    ];
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = reqwest::Client::new().post(&line.token_url).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let body = request.send().await.expect("an answer").bytes().await.expect("a body");
    let grant: Value = serde_json::from_slice(&body).expect("JSON");
    grant["access_token"].as_str().expect("a token").to_owned()
}

/// A load of a hundred: how long until it answers, and what it holds.
async fn starting(report: &mut Report) {
    let before = held();
    let began = Instant::now();
    let options = Options { seed: 1, scale: 100.0, ..Options::default() };
    let sandbox = rackdesk_sandbox::start(options).await.expect("the sandbox starts");
    let took = began.elapsed();
    let client = client(&sandbox);
    let page = client.call(RetrieveInstancesList::new().size(100)).await.expect("a page");
    let began = Instant::now();
    for _ in 0..20 {
        client.call(RetrieveInstancesList::new().page(200).size(100)).await.expect("a page");
    }
    let turn = began.elapsed() / 20;
    report.heading(&format!(
        "Sandbox of scale 100: {} instances, first call of {}",
        page.total().unwrap_or_default(),
        RetrieveInstancesList::ID
    ));
    report.figure("until it answers", format!("{:.2} s", took.as_secs_f64()));
    report.figure("a page from the middle of the list", format!("{:.2} ms", turn.as_secs_f64() * 1_000.0));
    report.figure("memory it holds, both providers", format!("{:.0} MB", held() - before));
    drop(sandbox);
    tokio::time::sleep(Duration::from_millis(50)).await;
}

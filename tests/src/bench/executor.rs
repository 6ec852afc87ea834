//! What the executor costs: ids, budget, size limit, redaction and the record, against bare reqwest on loopback.

use std::sync::Arc;
use std::time::Duration;

use rackdesk_console::record::LogRecorder;
use rackdesk_store::{DatabaseKey, Store};
use rackdesk_wire::{
    Body, Budget, Call, Effect, NoRecorder, Recorder, Redaction, Request, TimeoutClass, Wire, WireOptions,
};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Report, Times};

/// Answers of about this size: a page of a hundred rows has some 40 KB, a single look-up one or two.
const SIZES: [(&str, usize); 2] = [("a look-up", 4), ("a page of 100", 100)];
const ROUNDS: usize = 3_000;

/// The executor's figures.
pub fn run(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let place = tempfile::tempdir().expect("a temporary directory");
    let store = Store::open(&place.path().join("log.db"), &DatabaseKey::from_bytes([7; 32])).expect("a store");
    for (name, rows) in SIZES {
        let body = Arc::new(page(rows));
        report.heading(&format!("Executor: {name}, {} bytes, {ROUNDS} calls each, turn about", body.len()));
        let url = runtime.block_on(serve(Arc::clone(&body)));
        let recorder = LogRecorder::new(store.log_writer().expect("a log writer"));
        runtime.block_on(compare(report, &url, body.len(), recorder));
    }
    store.close();
}

fn page(rows: usize) -> Vec<u8> {
    let row = |n: usize| {
        json!({"instanceId": 202_000_000 + n, "name": format!("vmi{n}"), "displayName": "web", "status": "running",
            "ipConfig": {"v4": {"ip": "203.0.113.9", "gateway": "203.0.113.1", "netmaskCidr": 24}}, "region": "EU",
            "productId": "V92", "cpuCores": 4, "ramMb": 8192, "diskMb": 102_400, "createdDate": "2026-01-02T03:04:05Z"})
    };
    let page = json!({"data": (0..rows).map(row).collect::<Vec<_>>(), "_pagination": {"totalElements": rows}});
    page.to_string().into_bytes()
}

/// A host that does nothing but answer, on a thread of its own.
async fn serve(body: Arc<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&body)));
        }
    });
    format!("http://{address}/v1/compute/instances")
}

async fn answer(stream: TcpStream, body: Arc<Vec<u8>>) {
    stream.set_nodelay(true).ok();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let whole = [head.as_bytes(), &body].concat();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        if line == "\r\n" && stream.get_mut().write_all(&whole).await.is_err() {
            return;
        }
        line.clear();
    }
}

/// What a client crate builds once and what it builds for each call: the secrets to hide are its own for its whole life.
fn template(url: &str) -> Request {
    Request {
        provider: "contabo",
        operation: "retrieveInstancesList".into(),
        method: reqwest::Method::GET,
        url: url.parse().expect("an address"),
        headers: reqwest::header::HeaderMap::new(),
        body: Body::Empty,
        effect: Effect::Read,
        timeout: TimeoutClass::List,
        max_reply: 64 << 20,
        redaction: Redaction {
            fields: &["password", "rootPassword", "access_token", "secretKey"],
            whole_reply: false,
            literals: ["a-client-secret-of-some-length", "the-operator's-password", "INT-12345678"]
                .map(|secret| secrecy::SecretString::from(secret.to_owned()))
                .into(),
        },
        call: Call::fresh(),
    }
}

fn wire(recorder: Arc<dyn Recorder>) -> Wire {
    // The budget is the provider's protection and would be what is measured.
    let budget = Budget { per_minute: 60_000_000, burst: 1_000_000, concurrent: 8, ..Budget::default() };
    Wire::new(WireOptions { budget, budgets: Vec::new(), ..WireOptions::default() }, recorder)
}

async fn compare(report: &mut Report, url: &str, size: usize, recorder: LogRecorder) {
    let bare = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let template = template(url);
    let request = || Request { call: Call::fresh(), ..template.clone() };
    let (silent, recording) = (wire(Arc::new(NoRecorder)), wire(Arc::new(recorder)));
    let (mut by_reqwest, mut by_wire, mut recorded) = (Times::default(), Times::default(), Times::default());
    for round in 0..ROUNDS + 200 {
        if round == 200 {
            // What came before opened connections and warmed caches.
            (by_reqwest, by_wire, recorded) = Default::default();
        }
        let read = by_reqwest
            .take_async(async {
                let answer = bare.get(url).timeout(Duration::from_secs(60)).send().await.expect("an answer");
                answer.bytes().await.expect("a body").len()
            })
            .await;
        let through = by_wire.take_async(silent.send(request())).await.expect("an answer").body.len();
        let kept = recorded.take_async(recording.send(request())).await.expect("an answer").body.len();
        assert_eq!((read, through, kept), (size, size, size), "all read the same");
    }
    report.figure("bare reqwest", by_reqwest.text());
    report.figure("the executor, keeping nothing", by_wire.text());
    report.figure("the executor, recording into the encrypted log", recorded.text());
    report.limit("the executor against bare reqwest, median", by_wire.median() / by_reqwest.median(), 1.15, "×");
    let cost = (recorded.median() - by_wire.median()) * 1_000.0;
    report.limit("recording, on the hot path, median", cost.max(0.0), 100.0, "µs");
}

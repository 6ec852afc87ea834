//! Judges that nobody here wrote. They need programs of their own, which `cargo xtask test` provides; by hand:
//! `cargo xtask test --only contabo-prism --only contabo-stranger`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rackdesk_contabo::argument::{Kind, Parameter};
use rackdesk_contabo::registry;
use rackdesk_wire::Call;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::desk::{Desk, sandbox};
use crate::story::story;

fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; start this as cargo xtask test"))
}

/// A program that ends with the test.
struct Beside(Child);

impl Drop for Beside {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Prism, once it listens.
fn prism(upstream: &str) -> (Beside, String) {
    let port = free_port().to_string();
    let mut command = Command::new("node");
    command.arg(given("RACKDESK_PRISM")).arg("proxy").arg(given("RACKDESK_CONTABO_DOCUMENT")).arg(upstream);
    command.args(["--errors", "--host", "127.0.0.1", "--port", &port]).stdout(Stdio::piped()).stdin(Stdio::null());
    let mut child = command.spawn().expect("prism starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let began = Instant::now();
    let mut said = String::new();
    while !said.contains("Prism is listening") {
        assert!(began.elapsed() < Duration::from_secs(180), "prism does not listen: {said}");
        said = lines.next().expect("prism ended before it listened").expect("text");
    }
    // It goes on talking; a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    (Beside(child), format!("http://127.0.0.1:{port}"))
}

/// The provider's document, held between our client and our sandbox: no request and no answer of the whole story
/// contradicts it.
#[tokio::test]
#[ignore = "needs prism and the provider's document: cargo xtask test --only contabo-prism"]
async fn prism_finds_nothing_wrong_with_either_side() {
    let sandbox = sandbox(11).await;
    let (_prism, address) = prism(&sandbox.line.contabo.api_url);
    let mut desk = Desk::before(sandbox, Some(&address)).await;
    // The document requires a date where there may be none: as it is, prism has to object. It is awake.
    let shelves = story().find(|step| step.operation == "retrieveObjectStorageList").expect("in the story");
    desk.run(&shelves, Uuid::new_v4()).await.expect_err("an empty date");
    assert!(desk.kept.take().iter().any(|exchange| exchange.reply_body.contains("cancelDate must match format")));
    desk.in_documented_formats();
    let (mut called, mut exchanges, mut problems) = (BTreeSet::new(), 0, Vec::new());
    for step in story() {
        let outcome = desk.run(&step, Uuid::new_v4()).await;
        for exchange in desk.kept.take() {
            exchanges += 1;
            let judged = exchange.reply_headers.iter().any(|(_, value)| value.contains("application/problem+json"));
            if judged {
                problems.push(format!("{} {}: {}", exchange.operation, exchange.request_body, exchange.reply_body));
            }
        }
        let Ok(answer) = outcome else {
            assert!(!problems.is_empty(), "{}: {}", step.operation, outcome.expect_err("failed"));
            break;
        };
        desk.learn(&step, &answer);
        called.insert(step.operation);
        desk.wait(step.rest);
    }
    let filters = every_filter(&desk, &mut problems).await;
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(called.len(), registry().len());
    println!("prism: {} operations, {exchanges} exchanges and {filters} filters, no problem", called.len());
}

/// Each filter of each list that needs no other id, in each of its words.
async fn every_filter(desk: &Desk, problems: &mut Vec<String>) -> usize {
    let mut asked = 0;
    let lists = registry().iter().filter(|info| info.method == http::Method::GET && !info.path.contains('{'));
    for info in lists {
        for parameter in info.parameters.iter().filter(|parameter| parameter.name != "orderBy") {
            for value in values_of(desk, info.id, parameter) {
                let given = Map::from_iter([(parameter.name.clone(), value)]);
                let outcome = (info.run_json)(&desk.client, given.clone(), Call::fresh()).await;
                asked += 1;
                if let Err(error) = outcome {
                    problems.push(format!("{} {given:?}: {error}", info.id));
                }
            }
        }
    }
    for exchange in desk.kept.take() {
        if exchange.reply_body.contains("stoplight.io/prism/errors") {
            problems.push(format!("{}: {}", exchange.url, exchange.reply_body));
        }
    }
    asked
}

/// What to ask a filter for.
fn values_of(desk: &Desk, operation: &str, parameter: &Parameter) -> Vec<Value> {
    match (operation, parameter.name.as_str()) {
        // Deprecated, which prism objects to: `instanceIds` has taken its place.
        ("retrieveInstancesList", "instanceId") => Vec::new(),
        ("retrieveUserIsPasswordSet", "userId") => vec![json!(desk.known("owner"))],
        ("listHandles", "handleType") => vec![json!("person"), json!("organization")],
        _ => values(&parameter.kind),
    }
}

/// Values that fit.
fn values(kind: &Kind) -> Vec<Value> {
    match kind {
        Kind::Choice(words) => words.iter().map(|word| json!(word)).collect(),
        Kind::List(of) => values(of).into_iter().map(|value| json!([value])).collect(),
        Kind::Whole | Kind::Number => vec![json!(1)],
        Kind::Flag => vec![json!(true), json!(false)],
        Kind::Date => vec![json!("2026-01-01")],
        Kind::Time => vec![json!("2026-01-01T00:00:00Z")],
        _ => vec![json!("1")],
    }
}

/// A client from PyPI reads, orders, acts, takes snapshots and tags.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a client from PyPI: cargo xtask test --only contabo-stranger"]
async fn a_stranger_works_at_the_sandbox() {
    let sandbox = sandbox(12).await;
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");
    let line = serde_json::to_string(&sandbox.line).expect("one line");
    let output = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(given("RACKDESK_STRANGER_PYTHON"));
        command.arg(format!("{root}/tests/foreign/pfruck/stranger.py")).env("PYTHONDONTWRITEBYTECODE", "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
        child.stdin.take().expect("a pipe").write_all(line.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends")
    })
    .await
    .expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    assert!(output.status.success(), "the stranger gave up; see above");
    assert!(said.contains("deeds in"), "the day is over: {said}");
}

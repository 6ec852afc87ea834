//! What WHMCS costs: reading a page typed against reading it as untyped JSON, memory while a long list streams through,
//! and a whole read beside npm's `whmcs`. The sandbox runs as a program of its own, so that only the client is measured.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use futures::{StreamExt, TryStreamExt, stream};
use rackdesk_whmcs::actions::billing::GetInvoices;
use rackdesk_whmcs::actions::client::GetClients;
use rackdesk_whmcs::{Client, Config, decode};
use rackdesk_wire::{Budget, NoRecorder, Wire, WireOptions};
use serde_json::Value;

use super::{Report, Times};
use crate::ctl::Sandbox;

const PAGE: u64 = 250;
const AT_ONCE: usize = 4;
/// Scale 1 has 250 clients.
const CLIENTS: u64 = 20_000;
const INVOICES: u64 = 100_000;

/// The figures of the WHMCS client.
pub fn run(report: &mut Report) {
    let sandbox = Sandbox::start(5, &(CLIENTS / 250).to_string());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let client = client(&sandbox);
    decoding(report, &invoices(&sandbox));
    runtime.block_on(streaming(report, &client));
    against_npm(report, &runtime, &sandbox, &client);
}

fn text<'a>(sandbox: &'a Sandbox, field: &str) -> &'a str {
    sandbox.line["whmcs"][field].as_str().expect("text")
}

fn client(sandbox: &Sandbox) -> Client {
    let budget = Budget { per_minute: 6_000_000, burst: 100_000, concurrent: AT_ONCE, ..Budget::default() };
    let wire = Wire::new(WireOptions { budget, ..WireOptions::default() }, Arc::new(NoRecorder));
    let secret = |field| text(sandbox, field).to_owned().into();
    let mut config =
        Config::new(text(sandbox, "url").parse().expect("an address"), secret("identifier"), secret("secret"));
    config.access_key = Some(secret("access_key"));
    Client::new(wire, config).expect("a client")
}

/// A page of invoices as it comes over the line.
fn invoices(sandbox: &Sandbox) -> Vec<u8> {
    let form = [
        ("action", "GetInvoices"),
        ("identifier", text(sandbox, "identifier")),
        ("secret", text(sandbox, "secret")),
        ("responsetype", "json"),
        ("limitnum", "250"),
    ];
    let url = format!("{}includes/api.php", text(sandbox, "url"));
    let body: String = form.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    let request =
        reqwest::blocking::Client::new().post(url).header("content-type", "application/x-www-form-urlencoded");
    request.body(body).send().and_then(reqwest::blocking::Response::bytes).expect("a page").to_vec()
}

fn decoding(report: &mut Report, page: &[u8]) {
    report.heading(&format!("WHMCS: a page of {PAGE} invoices, {} bytes, 1,000 times each, turn about", page.len()));
    let rows = decode::<GetInvoices>(page).expect("invoices").value.invoices.len();
    assert_eq!(rows as u64, PAGE, "a whole page");
    let (mut typed, mut untyped) = (Times::default(), Times::default());
    for _ in 0..1_000 {
        untyped.take(|| std::hint::black_box(serde_json::from_slice::<Value>(page).expect("JSON")));
        typed.take(|| std::hint::black_box(decode::<GetInvoices>(page).expect("invoices")));
    }
    report.figure("as serde_json::Value", untyped.text());
    report.figure("as typed invoices, leniently", typed.text());
    report.limit("typed / Value, medians", typed.median() / untyped.median(), 1.0, "×");
}

async fn streaming(report: &mut Report, client: &Client) {
    let before = resident_mib();
    let (mut rows, mut highest, mut at_tenth) = (0_u64, before, before);
    let begun = Instant::now();
    // One pass has fewer: the list is read again until there were as many.
    while rows < INVOICES {
        let mut list = Box::pin(client.rows(GetInvoices { limitnum: Some(PAGE), ..GetInvoices::default() }));
        while let Some(row) = list.try_next().await.expect("an invoice") {
            std::hint::black_box(row);
            rows += 1;
            if rows.is_multiple_of(PAGE) {
                highest = highest.max(resident_mib());
            }
            if rows == INVOICES / 10 {
                at_tenth = highest;
            }
            if rows == INVOICES {
                break;
            }
        }
    }
    report.heading(&format!("WHMCS: {rows} invoices streamed, {:.1} s", begun.elapsed().as_secs_f64()));
    report.limit("memory over start, highest", highest - before, 40.0, "MiB");
    report.figure("growth after the first tenth", format!("{:.1} MiB", highest - at_tenth));
}

async fn all_clients(client: &Client) -> usize {
    let total = client.page(&GetClients::default(), 0, 1).await.expect("a page").total.expect("a total");
    let starts = (0..total).step_by(usize::try_from(PAGE).expect("small"));
    let pages = stream::iter(starts).map(|start| async move {
        let page = client.page(&GetClients::default(), start, PAGE).await.expect("a page");
        page.rows.into_iter().filter_map(|row| row.id).collect::<Vec<_>>()
    });
    pages.buffer_unordered(AT_ONCE).concat().await.into_iter().collect::<HashSet<_>>().len()
}

fn against_npm(report: &mut Report, runtime: &tokio::runtime::Runtime, sandbox: &Sandbox, client: &Client) {
    report.heading(&format!("WHMCS: all clients in pages of {PAGE}, {AT_ONCE} at once, against npm's whmcs 1.2.2"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign/whmcs-npm");
    if !folder.join("node_modules/whmcs").is_dir() {
        report.note("not measured; first: npm --prefix tests/foreign/whmcs-npm install");
        return;
    }
    let (mut best, mut theirs) = ([f64::MAX; 2], [f64::MAX; 2]);
    for _ in 0..3 {
        let (cpu, begun) = (cpu_ms(), Instant::now());
        let rows = runtime.block_on(all_clients(client));
        best = [best[0].min(cpu_ms() - cpu), best[1].min(begun.elapsed().as_secs_f64() * 1_000.0)];
        assert!(rows as u64 >= CLIENTS, "{rows} clients");
        let mut node = Command::new("node");
        node.arg(folder.join("read.mjs")).arg(sandbox.line.to_string()).args([PAGE.to_string(), AT_ONCE.to_string()]);
        let told = node.output().expect("node runs");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
        assert_eq!(told["rows"], rows, "both read the same");
        let number = |name: &str| told[name].as_f64().expect("a number");
        theirs = [theirs[0].min(number("cpu_ms")), theirs[1].min(number("wall_ms"))];
    }
    report.figure("ours, typed", format!("{:>7.0} ms CPU   {:>7.0} ms", best[0], best[1]));
    report.figure("npm's whmcs, parsed only", format!("{:>7.0} ms CPU   {:>7.0} ms", theirs[0], theirs[1]));
    report.figure("npm's CPU / ours (aim: 3 or more)", format!("{:.2} ×", theirs[0] / best[0]));
}

/// Memory of this process, where the system tells it.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

/// CPU that this process has used, where the system tells it.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: Vec<f64> = after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse().ok()).collect();
    // Linux counts in hundredths of a second.
    ticks.iter().sum::<f64>() * 10.0
}

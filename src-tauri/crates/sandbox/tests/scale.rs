//! How long the big company takes to lay out. Ignored by default: it is a measurement.
//! `cargo test -p rackdesk-sandbox --test scale -- --ignored --nocapture`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::time::Instant;

use rackdesk_sandbox::Options;

/// Resident memory in MiB, where the system says it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::test]
#[ignore = "a measurement"]
async fn laying_out_companies_of_growing_size() {
    for scale in [1.0, 10.0, 100.0] {
        let began = Instant::now();
        let running = rackdesk_sandbox::start(Options { scale, ..Options::default() }).await.unwrap();
        println!("scale {scale}: {:?}, {} MiB resident", began.elapsed(), resident());
        let http = reqwest::Client::new();
        let whmcs = &running.line.whmcs;
        for (action, more) in [
            ("GetInvoices", "&orderby=date&order=desc&limitnum=250"),
            ("GetClientsProducts", "&limitnum=250&limitstart=500"),
            ("GetTickets", "&limitnum=250"),
            ("GetStats", ""),
        ] {
            let body = format!(
                "identifier={}&secret={}&responsetype=json&action={action}{more}",
                whmcs.identifier, whmcs.secret
            );
            let began = Instant::now();
            let request = http.post(format!("{}includes/api.php", whmcs.url)).body(body);
            let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
            let bytes = answer.bytes().await.unwrap().len();
            println!("  {action}: {:?}, {bytes} bytes", began.elapsed());
        }
        running.shutdown().await;
    }
}

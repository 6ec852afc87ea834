//! Drives the real window through every page and state and keeps one picture of each.
//!
//! `cargo xtask shots --out DIR [--theme light|dark]` gives it a display, a keyring and the built programs.

use std::path::PathBuf;
use std::process::ExitCode;

use fantoccini::key::Key;
use rackdesk_tests::ctl::{Ctl, Sandbox};
use rackdesk_tests::desk;
use rackdesk_tests::window::Window;
use serde_json::json;

/// Where the pictures go, and in which theme.
struct Album {
    out: PathBuf,
    theme: String,
}

impl Album {
    fn of(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut out, mut theme) = (None, "light".to_owned());
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value."));
            match arg.as_str() {
                "--out" => out = Some(PathBuf::from(value()?)),
                "--theme" => theme = value()?,
                other => return Err(format!("shots does not know '{other}'.")),
            }
        }
        if theme != "light" && theme != "dark" {
            return Err(format!("There is no theme '{theme}': light or dark."));
        }
        Ok(Self { out: out.ok_or("shots wants --out DIR.")?, theme })
    }

    /// Waits a moment, so that nothing is on its way in or out, and takes a picture.
    async fn take(&self, window: &Window, name: &str) {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        window.picture_to(&self.out.join(format!("{name}-{}.png", self.theme))).await;
        println!("{name}");
    }
}

fn main() -> ExitCode {
    let album = match Album::of(std::env::args().skip(1)) {
        Ok(album) => album,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    std::fs::create_dir_all(&album.out).expect("the folder of the pictures can be made");
    let sandbox = Sandbox::start(31, "0.2");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(first_start(&album, &sandbox));
    runtime.block_on(states(&album, sandbox));
    let (shop, ctl) = (Sandbox::start(81, "0.1"), Ctl::new());
    let service = an_order(&ctl, &shop);
    runtime.block_on(a_purchase(&album, &ctl, &service));
    ExitCode::SUCCESS
}

/// The first start, the demo and all its pages.
async fn first_start(album: &Album, sandbox: &Sandbox) {
    let home = tempfile::tempdir().expect("a temporary folder");
    desk::start_in_theme(home.path(), &album.theme);
    let window = Window::open("shots-demo", home.path(), &[]).await;
    window.find("button", "Open demo").await;
    album.take(&window, "01-welcome").await;

    desk::begin_to_connect(&window, "Nordlicht Hosting", &sandbox.line).await;
    album.take(&window, "02-connect").await;
    desk::apart(|| sandbox.fault(&json!({"provider": "whmcs", "kind": "ip_denied"})));
    window.click("button", "Test connection").await;
    window.reads("Address to allow").await;
    album.take(&window, "03-connect-refused").await;
    desk::apart(|| sandbox.no_faults());
    window.click("button", "Close without saving").await;

    desk::explore_the_demo(&window).await;
    window.click("link", "Queue").await;
    window.reads("Nothing was ever queued").await;
    album.take(&window, "04-queue-empty").await;
    lists(album, &window).await;
    a_server(album, &window).await;
    around(album, &window).await;
    window.quit().await;
}

async fn lists(album: &Album, window: &Window) {
    window.click("link", "Clients").await;
    window.row("of any client", |_| true).await;
    album.take(window, "05-clients").await;
    desk::open_a_client_with_servers(window).await;
    for (at, tab) in ["Services", "Servers", "Invoices", "Tickets"].into_iter().enumerate() {
        window.click("tab", tab).await;
        // There may be one only.
        window.reads(&format!(" {}", tab.to_lowercase().trim_end_matches('s'))).await;
        album.take(window, &format!("0{}-client-{}", at + 6, tab.to_lowercase())).await;
    }
    window.click("link", "Invoices").await;
    window.row("of any invoice", |_| true).await;
    album.take(window, "10-invoices").await;
    window.click("link", "Tickets").await;
    window.row("of any ticket", |_| true).await;
    album.take(window, "11-tickets").await;
    window.click("link", "Servers").await;
    window.row("of any server", |_| true).await;
    album.take(window, "12-servers").await;

    let names: Vec<String> = window.rows().await.iter().map(|cells| cells[1].clone()).collect();
    for name in [1, 3, 4, 9].into_iter().filter_map(|at: usize| names.get(at)) {
        // The number of the service is not part of the row's name.
        window.click("checkbox", name.rsplit_once(' ').map_or(name.as_str(), |(name, _)| name)).await;
    }
    album.take(window, "13-servers-selected").await;
    window.click("button", "Restart…").await;
    window.reads("still current").await;
    album.take(window, "14-plan-several").await;
    window.click("button", "Cancel").await;
    window.press(&[], &char::from(Key::Escape).to_string()).await;
    window.no_longer_reads("4 selected").await;

    window.fill("Quick filter", "no server is called this").await;
    window.reads("servers match").await;
    album.take(window, "15-nothing-matches").await;
    window.click("button", "Clear all filters").await;
}

async fn a_server(album: &Album, window: &Window) {
    desk::open_a_client_with_servers(window).await;
    let server = desk::open_a_running_server(window).await;
    album.take(window, "16-server").await;
    window.click("button", "Restart").await;
    window.reads("still current").await;
    album.take(window, "17-plan").await;
    window.click("button", "Approve the restart").await;
    window.reads("Queued: Restart").await;
    window.reads("Restart is ").await;
    album.take(window, "18-server-restarting").await;
    window.click("button", "More actions").await;
    window.reads("Rename").await;
    album.take(window, "18-server-actions").await;
    window.press(&[], &char::from(Key::Escape).to_string()).await;
    window.click("tab", "Snapshots").await;
    window.find("grid", "Snapshots").await;
    album.take(window, "18-server-snapshots").await;
    window.click("link", "Queue").await;
    window.row("of the restart", |cells| cells.iter().any(|text| bare(text).contains(&bare(&server)))).await;
    album.take(window, "19-queue").await;
    window.click("checkbox", "Select all rows").await;
    window.reads("selected").await;
    album.take(window, "19-queue-selected").await;
    window.press(&[], &char::from(Key::Escape).to_string()).await;
    let done = |cells: &[String]| cells.iter().any(|text| text == "succeeded");
    window.open_row("of the restart that succeeded", done).await;
    window.reads("Evidence").await;
    album.take(window, "20-queue-action").await;
    window.click("link", "Request log").await;
    window.row("of any call", |_| true).await;
    album.take(window, "21-log").await;
    window.fill("Quick filter", "restart").await;
    let restart = |cells: &[String]| cells.iter().any(|text| text.contains("actions/restart"));
    window.open_row("of the restart's call", restart).await;
    window.reads("authorization: redacted").await;
    album.take(window, "22-log-call").await;
}

/// A name without its blanks: a cell may break it or stand beside it with something else.
fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

async fn around(album: &Album, window: &Window) {
    let escape = char::from(Key::Escape).to_string();
    window.click("link", "Settings").await;
    window.find("heading", "Settings").await;
    album.take(window, "23-settings").await;
    window.press(&[], "gr").await;
    window.find("heading", "Rights").await;
    window.click("button", "Find out").await;
    window.reads("found out just now").await;
    album.take(window, "23-rights").await;
    window.press(&[], "gp").await;
    window.reads("Two people say yes to").await;
    album.take(window, "23-policy").await;
    window.press(&[], "g,").await;
    window.reads("Keeping of the request log").await;
    to_block(window, "Keeping of the request log").await;
    album.take(window, "23-settings-log").await;
    the_record(album, window).await;
    window.click("link", "Servers").await;
    let server = window.row("of any server", |cells| cells.iter().any(|text| text == "running")).await;
    let name = server[1].split(['.', ' ']).next().unwrap_or_default().to_owned();
    window.press(&[char::from(Key::Control)], "k").await;
    window.fill("Search or do…", &format!("restart {name}")).await;
    // The keys arrive one by one: the whole of it is there when its command is.
    window.reads(&format!("Restart {name}")).await;
    album.take(window, "24-palette").await;
    window.press(&[], &format!("{escape}{escape}")).await;
    window.click("button", "Keys and help").await;
    window.find("dialog", "Keys").await;
    album.take(window, "25-keys").await;
    window.press(&[], &escape).await;
}

/// Brings a part of a page into sight.
async fn to_block(window: &Window, title: &str) {
    let script = "[...document.querySelectorAll('h2')].find((h) => h.textContent.startsWith(arguments[0]))\
                  ?.scrollIntoView({ block: 'center' })";
    window.script(script, vec![json!(title)]).await;
}

/// What was done, here and elsewhere, and what the daily jobs keep.
async fn the_record(album: &Album, window: &Window) {
    window.click("link", "Receipts").await;
    window.row("of any receipt", |_| true).await;
    window.press(&[], "v").await;
    window.reads("nothing was changed").await;
    album.take(window, "26-receipts").await;
    window.open_row("of the restart", |cells| cells.iter().any(|text| text == "Restart")).await;
    window.reads("What was hashed").await;
    album.take(window, "26-receipt").await;
    window.press(&[], "x").await;
    window.find("dialog", "Write the receipts to a file").await;
    album.take(window, "26-receipts-export").await;
    window.press(&[], &char::from(Key::Escape).to_string()).await;
    for (link, read, name) in [
        ("Done elsewhere", "Read the audits now", "27-done-elsewhere"),
        ("Usage", "Read the storages now", "28-usage"),
        ("Moved prices", "Look at prices now", "28-moved-prices"),
    ] {
        window.click("link", link).await;
        window.find("heading", link).await;
        window.click("button", read).await;
        some_rows(window).await;
        album.take(window, name).await;
    }
    window.click("link", "Done elsewhere").await;
    if some_rows(window).await {
        window.open_row("of anything that somebody else did", |_| true).await;
        window.reads("User id").await;
        album.take(window, "27-done-elsewhere-one").await;
    }
}

/// Waits a little for rows, where there need not be any.
async fn some_rows(window: &Window) -> bool {
    for _ in 0..50 {
        if !window.rows().await.is_empty() {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    false
}

/// An order in WHMCS that is paid, and a plan to buy its server that one person said yes to. The service's number.
fn an_order(ctl: &Ctl, sandbox: &Sandbox) -> String {
    let number = |answer: &serde_json::Value, name: &str| -> String {
        answer[name].to_string().chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect()
    };
    let call = |rest: &[&str]| ctl.run(&[&["--json", "call"][..], rest, &["--yes"][..]].concat()).ok().json();
    ctl.connect(sandbox, &["--grace-seconds", "3"]);
    let order = ["whmcs", "AddOrder", "clientid=2", "paymentmethod=paypal", "pid[0]=1", "billingcycle[0]=monthly"];
    let placed = call(&order);
    let (service, bill) = (number(&placed, "serviceids"), format!("invoiceid={}", number(&placed, "invoiceid")));
    let day = "date=2026-11-20 12:00:00";
    call(&["whmcs", "AddInvoicePayment", &bill, "transid=SHOT-1", "gateway=paypal", day]);
    let secret = ["--json", "call", "contabo", "createSecret", "name=first-login", "type=password", "--stdin", "--yes"];
    let stored = ctl.run_with(&secret, &json!({ "value": "Fj3!kd92Lq0x" }).to_string()).ok().json();
    let password = format!("root_password={}", number(&stored, "secretId"));
    ctl.run(&["sync"]).ok();
    ctl.run(&["policy", "set", "second_approver", "billable", "--reason", "nobody buys alone"]).ok();
    let make = ["plan", "make", "server.create", "--target", service.as_str(), "--yes", "--reason", "order 47"];
    let image = "image_id=d64d5c6c-9dda-4e38-8174-0ee282474d8a";
    let words = ["product_id=V94", "region=EU", image, "period=1", "display_name=web-okafor", "default_user=root"];
    let made = ctl.run(&[&make[..], &words[..], &[password.as_str()][..]].concat());
    println!("{}{}", made.out, made.err);
    service
}

/// A server that is bought: the service without one, the form, the plan that waits for a second yes, and its steps.
async fn a_purchase(album: &Album, ctl: &Ctl, service: &str) {
    desk::start_in_theme(ctl.dir(), &album.theme);
    let window = Window::open("shots-purchase", ctl.dir(), &[]).await;
    window.find("link", "Queue").await;
    window.go(&format!("#/services/{service}")).await;
    window.reads("There is no server behind this service.").await;
    album.take(&window, "40-service").await;
    window.click("button", "Buy server").await;
    window.find("button", "Show the plan").await;
    album.take(&window, "41-create-form").await;
    window.press(&[], &char::from(Key::Escape).to_string()).await;
    window.click("link", "Queue").await;
    window.click("button", "Look at it").await;
    window.reads("Two people say yes").await;
    album.take(&window, "42-second-yes").await;
    window.fill("Your name", "Ana Silva").await;
    album.take(&window, "42-second-yes-name").await;
    window.click("button", "Say the second yes").await;
    window.open_row("of the purchase", |cells| cells.iter().any(|text| text == "Buy server")).await;
    window.reads("step 6 of 8").await;
    album.take(&window, "43-purchase-under-way").await;
    window.quit().await;
}

/// What is shown while a first copy runs, when a provider refuses, when an outcome is not known, and without a line.
async fn states(album: &Album, sandbox: Sandbox) {
    let ctl = Ctl::new();
    desk::apart(|| {
        ctl.run_with(
            &["profile", "add", "--name", "Nordlicht Hosting", "--environment", "production"],
            &sandbox.line.to_string(),
        )
        .ok();
        sandbox.fault(&json!({"provider": "contabo", "kind": "slow", "delay_ms": 6000}));
        sandbox.fault(&json!({"provider": "whmcs", "kind": "slow", "delay_ms": 4000}));
    });
    desk::start_in_theme(ctl.dir(), &album.theme);
    let window = Window::open("shots-states", ctl.dir(), &[]).await;
    window.find("heading", "Servers").await;
    window.reads("First copy").await;
    album.take(&window, "30-first-copy").await;
    desk::apart(|| sandbox.no_faults());
    desk::copied(&window).await;

    desk::apart(|| sandbox.fault(&json!({"provider": "whmcs", "kind": "ip_denied"})));
    window.click("link", "Clients").await;
    window.click("button", "Read WHMCS again now").await;
    window.reads("could not be read").await;
    album.take(&window, "31-error").await;
    desk::apart(|| {
        sandbox.no_faults();
        sandbox.fault(&json!({"provider": "contabo", "operation": "restart", "kind": "cut_after"}));
        sandbox
            .fault(&json!({"provider": "contabo", "operation": "retrieveInstancesActionsAuditsList", "kind": "500"}));
    });
    desk::open_a_client_with_servers(&window).await;
    desk::open_a_running_server(&window).await;
    window.click("button", "Restart").await;
    window.click("button", "Approve the restart").await;
    window.click("link", "Queue").await;
    let unknown = |cells: &[String]| cells.iter().any(|text| text == "unknown");
    window.open_row("of the unknown outcome", unknown).await;
    window.reads("What is true?").await;
    album.take(&window, "32-queue-unknown").await;

    drop(sandbox);
    window.click("link", "Servers").await;
    window.click("button", "Read Contabo again now").await;
    window.reads("cannot be reached").await;
    album.take(&window, "33-offline").await;
    window.quit().await;
}

//! The real window, end to end. Started by `cargo xtask test --only e2e`, which gives it a display, a session bus, a
//! keyring and the built app; without those it cannot run, hence `ignore`.

#![cfg(any(target_os = "linux", windows))]

use std::process::Command;
use std::time::{Duration, Instant};

use rackdesk_tests::ctl::{Ctl, Sandbox, program};
use rackdesk_tests::desk;
#[cfg(target_os = "linux")]
use rackdesk_tests::desktop::{self, Display};
use rackdesk_tests::window::Window;
use serde_json::{Value, json};

#[tokio::test]
#[ignore = "needs a display and tauri-driver: cargo xtask test --only e2e"]
async fn the_first_start_offers_the_demo_and_a_connection() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open("first-run", home.path(), &[]).await;
    window.find("button", "Open demo").await;
    window.find("button", "Connect").await;
    let picture = window.picture("welcome").await;
    assert!(std::fs::metadata(&picture).unwrap().len() > 10_000, "an almost empty picture: {}", picture.display());
    window.quit().await;
}

#[tokio::test]
#[ignore = "needs a display and tauri-driver: cargo xtask test --only e2e"]
async fn a_server_is_restarted_from_the_first_start_to_its_proof_and_the_next_start_knows_it() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open("path-light", home.path(), &[]).await;
    desk::explore_the_demo(&window).await;
    desk::choose_theme(&window, "Light").await;
    window.picture("1-servers").await;
    // A page that was loaded anew would have lost this: what changes from here on changes by itself.
    window.script("window.since = 'the first page'", vec![]).await;

    let client = desk::open_a_client_with_servers(&window).await;
    window.picture("2-client").await;
    let server = desk::open_a_running_server(&window).await;
    window.picture("3-server").await;
    let server_address = window.address().await;

    window.click("button", "Restart").await;
    window.find("dialog", &format!("Restart {server}")).await;
    window.reads("still current").await;
    window.picture("4-plan").await;
    let plan = window.text_of("[role=dialog]").await;
    for fact in [
        server.as_str(),
        client.as_str(),
        "from the server's page",
        "restart",
        "1 server",
        "1 customer",
        "no charge",
        "nothing erased",
        "disks, IPs and networks stay",
        "Guardrails",
        "power actions allowed per hour",
        "still current",
    ] {
        assert!(plan.contains(fact), "the plan does not say “{fact}”: {plan}");
    }
    window.click("button", "Approve the restart").await;
    window.reads(&format!("Queued: Restart {server}")).await;
    window.reads("pending proof").await;
    // The page of the server tells what is under way, without being asked again.
    window.reads("Restart is ").await;
    window.picture("5-approved").await;

    window.click("link", "Queue").await;
    // On a quick machine it may be done before the page is painted.
    let on_its_way = |cells: &[String]| ["running", "succeeded"].iter().any(|state| is_action(cells, state, &server));
    window.row("of the restart", on_its_way).await;
    window.picture("6-queue-running").await;
    window.row("of the restart that succeeded", |cells| is_action(cells, "succeeded", &server)).await;
    window.open_row("of the restart", |cells| is_action(cells, "succeeded", &server)).await;
    window.reads("Contabo's audit has our request").await;
    window.picture("7-queue-succeeded").await;

    window.go(&server_address).await;
    window.reads("Restart done").await;
    window.no_longer_reads("Restart is running").await;
    window.picture("8-server-after").await;

    // A second action is watched from the server's page alone.
    window.click("button", "Shut down").await;
    window.click("button", "Approve the shutdown").await;
    window.reads("Shut down done").await;
    let header = window.text_of("main header").await;
    assert!(header.contains("stopped"), "its state came by itself: {header}");
    window.picture("9-server-stopped").await;

    let instance = server_address.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
    window.click("link", "Request log").await;
    window.fill("Quick filter", &format!("{instance} restart")).await;
    window.open_row("of the restart's call", |cells| cells.iter().any(|text| text.contains("actions/restart"))).await;
    window.reads("authorization: redacted").await;
    window.reads("\"action\": \"restart\"").await;
    window.picture("10-log").await;
    assert_eq!(window.script("return window.since", vec![]).await, "the first page", "nothing loaded the page anew");
    window.quit().await;

    let window = Window::open("path-dark", home.path(), &[]).await;
    window.find("heading", "Servers").await;
    desk::choose_theme(&window, "Dark").await;
    window.row("of any server", |_| true).await;
    window.picture("1-servers").await;
    window.click("link", "Queue").await;
    window.row("of the old restart", |cells| is_action(cells, "succeeded", &server)).await;
    window.picture("2-queue").await;
    window.go(&server_address).await;
    window.find("heading", &server).await;
    window.reads("Restart done").await;
    window.reads("Shut down done").await;
    window.picture("3-server").await;
    window.click("link", "Request log").await;
    window.fill("Quick filter", &format!("{instance} restart")).await;
    window.row("of the old call", |cells| cells.iter().any(|text| text.contains("actions/restart"))).await;
    window.picture("4-log").await;
    window.quit().await;
}

/// A name without its blanks: a cell may break it or stand beside it with something else.
fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Whether a row of the queue is about this server and in this state.
fn is_action(cells: &[String], state: &str, server: &str) -> bool {
    cells.iter().any(|text| text == state)
        && cells.iter().any(|text| bare(text).contains(&bare(server)))
        && cells.iter().any(|text| text == "Restart")
}

#[tokio::test]
#[ignore = "needs a display and tauri-driver: cargo xtask test --only e2e"]
async fn own_accounts_are_connected_and_when_both_are_gone_everything_is_still_there() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = desk::apart(|| Sandbox::start(31, "0.1"));
    let window = Window::open("offline", home.path(), &[]).await;
    desk::begin_to_connect(&window, "Nordlicht Hosting", &sandbox.line).await;
    desk::connect(&window, &sandbox.line).await;
    window.picture("1-connected").await;
    let server = window.row("of any server", |_| true).await[1].clone();
    drop(sandbox);
    window.click("button", "Read Contabo again now").await;
    window.reads("cannot be reached").await;
    window.row("of the same server", |cells| cells.contains(&server)).await;
    window.picture("2-gone").await;
    window.quit().await;

    let window = Window::open("offline", home.path(), &[]).await;
    window.reads("Contabo cannot be reached").await;
    window.click("button", "Try now").await;
    window.reads("WHMCS and Contabo cannot be reached").await;
    window.row("of the same server", |cells| cells.contains(&server)).await;
    desk::open_a_client_with_servers(&window).await;
    desk::open_a_running_server(&window).await;
    window.picture("3-started-without").await;
    desk::choose_theme(&window, "Dark").await;
    window.picture("4-started-without-dark").await;
    window.quit().await;
}

#[tokio::test]
#[ignore = "needs a display and tauri-driver: cargo xtask test --only e2e"]
async fn the_page_gets_no_more_than_its_policy_and_capability_allow() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open("policy", home.path(), &[]).await;
    window.ready().await;

    let global = window.script("return typeof window.__TAURI__", vec![]).await;
    assert_eq!(global, "undefined", "no global object hands the core to whatever runs in the page");

    // A command's own error is an object; a refusal by the capability is a sentence.
    let invoke = "const [name, done] = arguments; const { invoke } = window.__TAURI_INTERNALS__;\
                  invoke(name, {}).then(() => done('reached'), (e) => done(e?.code ? 'reached' : String(e)));";
    let call = |name: &'static str| {
        let client = window.client().clone();
        async move { client.execute_async(invoke, vec![serde_json::json!(name)]).await.unwrap() }
    };
    for forbidden in [
        "plugin:window|create",
        "plugin:opener|open_path",
        "plugin:dialog|open",
        "plugin:event|emit",
        "plugin:fs|read_text_file",
    ] {
        let answer = call(forbidden).await;
        let answer = answer.as_str().unwrap_or_default();
        assert!(answer.contains("not allowed"), "{forbidden} is not in the capability: {answer}");
    }
    let answer = call("app_state").await;
    assert_eq!(answer, "reached", "the app's own commands are");

    let fetched = "const done = arguments[0];\
                   document.addEventListener('securitypolicyviolation', (e) => done('blocked by ' + e.effectiveDirective));\
                   fetch('http://127.0.0.1:9/').catch(() => setTimeout(() => done('tried'), 2000));";
    let answer = window.client().execute_async(fetched, vec![]).await.unwrap();
    assert_eq!(answer, "blocked by connect-src", "the page has no way to the network");

    window.script("location.href = 'http://127.0.0.1:9/'", vec![]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let here = window.client().current_url().await.unwrap();
    assert_eq!(here.host_str(), Some("localhost"), "a link cannot lead the window elsewhere: {here}");
    window.quit().await;
}

#[tokio::test]
#[ignore = "needs a display and tauri-driver: cargo xtask test --only e2e"]
async fn a_second_start_ends_at_once_and_leaves_the_first_window() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open("second-start", home.path(), &[]).await;
    window.ready().await;

    let began = Instant::now();
    let mut second = Command::new(program("rackdesk")).arg("--data-dir").arg(home.path()).spawn().unwrap();
    let status = loop {
        if let Some(status) = second.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > Duration::from_secs(15) {
            second.kill().unwrap();
            panic!("the second start goes on beside the first");
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success(), "handing over is no failure: {status}");
    assert!(!window.text().await.is_empty(), "the first window is still there");
    window.quit().await;
}

#[tokio::test]
#[ignore = "needs a display and tauri-driver: cargo xtask test --only e2e"]
async fn the_window_opens_large_and_comes_back_as_it_was_left() {
    let home = tempfile::tempdir().unwrap();
    let size = "return [window.innerWidth, window.innerHeight]";
    let window = Window::open("size", home.path(), &[]).await;
    window.ready().await;
    assert_eq!(window.script(size, vec![]).await, serde_json::json!([1440, 900]));
    window.client().set_window_size(1200, 800).await.unwrap();
    let left = window.script(size, vec![]).await;
    assert_ne!(left, serde_json::json!([1440, 900]), "the window can be resized");
    window.quit().await;

    let window = Window::open("size", home.path(), &[]).await;
    window.ready().await;
    assert_eq!(window.script(size, vec![]).await, left);
    window.client().set_window_size(300, 200).await.unwrap();
    let least = window.script("return window.innerWidth >= 1024 && window.innerHeight >= 680", vec![]).await;
    assert_eq!(least, true, "a table needs its width");
    window.quit().await;

    for kept in ["window.json", "webview"] {
        assert!(home.path().join(kept).exists(), "{kept} is in the chosen directory");
    }
    let elsewhere =
        std::env::var_os("XDG_DATA_HOME").map(|dir| std::path::PathBuf::from(dir).join("io.rackdesk.console"));
    assert!(elsewhere.is_none_or(|dir| !dir.exists()), "and nothing is in the usual one");
}

/// How many servers are restarted at once.
const MANY: u32 = 20;

#[tokio::test]
#[ignore = "needs a display and tauri-driver: cargo xtask test --only e2e"]
async fn twenty_servers_are_restarted_at_once_and_the_line_is_lost_half_way() {
    let (sandbox, ctl) = desk::apart(|| {
        let (sandbox, ctl) = (Sandbox::start(61, "0.3"), Ctl::new());
        ctl.connect(&sandbox, &["--grace-seconds", "5"]);
        (sandbox, ctl)
    });
    let window = Window::open("bulk", ctl.dir(), &[]).await;
    window.find("heading", "Servers").await;
    window.click("tab", "Running").await;
    window.row("of a running server", |cells| cells.iter().any(|text| text == "running")).await;
    window.choose_rows(MANY).await;
    window.reads("20 selected").await;
    window.picture("1-chosen").await;
    window.click("button", "Restart…").await;
    window.find("dialog", "Restart 20 servers").await;
    window.reads("still current").await;
    window.picture("2-plan").await;
    let plan = window.text_of("[role=dialog]").await;
    assert!(plan.contains("20 servers") && plan.contains("20 selected"), "{plan}");

    // Six go well, the answers to three are lost, and then nothing gets through any more.
    desk::apart(|| {
        for rule in [json!({"kind": "cut_after", "after": 6, "times": 3}), json!({"kind": "cut_before", "after": 7})] {
            sandbox.fault(&with(&rule, &json!({"provider": "contabo", "operation": "restart"})));
        }
    });
    window.click("button", "Approve 20 restarts").await;
    window.click("link", "Queue").await;
    desk::apart(|| until("half of them were made", || restarted(&sandbox).len() >= 9));
    desk::apart(|| sandbox.fault(&json!({"provider": "contabo", "kind": "cut_before"})));
    window.reads("The line to Contabo was cut before the answer was whole").await;
    window.row("of one that nobody knows about", |cells| cells.iter().any(|text| text == "unknown")).await;
    window.picture("3-line-lost").await;
    let half = desk::apart(|| restarted(&sandbox));
    assert!(half.len() < 12, "most of them wait: {half:?}");

    desk::apart(|| sandbox.no_faults());
    window.reads_within("0 open · 20 done today", Duration::from_secs(240)).await;
    window.picture("4-all-done").await;
    let mut all = desk::apart(|| restarted(&sandbox));
    assert_eq!(all.len(), 20, "twenty restarts in the provider's journal: {all:?}");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 20, "one of each server: {all:?}");
    window.quit().await;
}

/// The servers that somebody had the provider restart, as often as they did.
fn restarted(sandbox: &Sandbox) -> Vec<String> {
    let asked = sandbox.journal("restart").into_iter().filter(|entry| entry["cause"] == "request");
    asked.map(|entry| entry["resource"]["id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A rule with more of its members.
fn with(rule: &Value, more: &Value) -> Value {
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    members(rule).into_iter().chain(members(more)).collect::<serde_json::Map<_, _>>().into()
}

/// How often the app is killed in the ordinary run; `RACKDESK_APP_KILLS` asks for more.
const KILLS: usize = 4;

#[test]
#[ignore = "needs a display and a keyring: cargo xtask test --only e2e"]
#[cfg(target_os = "linux")]
fn the_app_is_killed_between_sent_and_answered_and_the_next_start_settles_it_by_evidence() {
    let kills = std::env::var("RACKDESK_APP_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let sandbox = Sandbox::start(47, "0.3");
    let ctl = Ctl::new();
    ctl.connect(&sandbox, &[]);
    let servers = ctl.servers("running");
    assert!(servers.len() >= kills.min(50), "{} servers run", servers.len());
    let mut app = start_app(&ctl);
    for round in 0..kills {
        let server = servers[round % servers.len()];
        let before = sandbox.done("restart", server);
        // The work is done, the answer takes its time: long enough to die in between.
        let slow = serde_json::json!({"provider": "contabo", "operation": "restart", "kind": "slow", "delay_ms": 4000, "times": 1});
        sandbox.fault(&slow);
        let put = ctl.run(&["--json", "servers", "restart", &server.to_string(), "--yes", "--no-wait"]).ok().json();
        until("the restart is sent", || sandbox.done("restart", server) > before);
        std::thread::sleep(Duration::from_millis(37 * (round as u64 % 40)));
        app.kill().unwrap();
        app.wait().unwrap();
        let id =
            put["action_ids"][0].as_i64().unwrap_or_else(|| panic!("the answer names the action: {put}")).to_string();
        let state = || ctl.run(&["--json", "queue", "show", &id]).ok().json()["row"]["state"].clone();
        assert_ne!(state(), "succeeded", "it died before the answer came");
        app = start_app(&ctl);
        until("it is settled", || state() == "succeeded");
        assert_eq!(sandbox.done("restart", server), before + 1, "round {round}: restarted exactly once");
    }
    app.kill().unwrap();
    app.wait().unwrap();
    println!("the app was killed {kills} times; every restart was made once");
}

#[cfg(target_os = "linux")]
fn start_app(ctl: &Ctl) -> std::process::Child {
    Command::new(program("rackdesk")).arg("--data-dir").arg(ctl.dir()).spawn().unwrap()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(120), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[tokio::test]
#[ignore = "needs a display and tauri-driver: cargo xtask test --only e2e"]
#[cfg(target_os = "linux")]
async fn the_window_is_closed_and_the_work_goes_on_until_somebody_is_needed_and_told() {
    let desktop = desk::apart(desktop::with_icons);
    let display = Display::new();
    let (sandbox, ctl, servers) = desk::apart(|| {
        let (sandbox, ctl) = (Sandbox::start(53, "0.1"), Ctl::new());
        ctl.connect(&sandbox, &["--grace-seconds", "5"]);
        let servers: Vec<i64> = ctl.servers("running").into_iter().take(4).collect();
        (sandbox, ctl, servers)
    });
    let window = Window::open("background", ctl.dir(), &[]).await;
    window.find("heading", "Servers").await;
    desk::apart(|| desktop.menu_says("Nothing to do"));
    let offered = desk::apart(|| desktop.menu());
    for words in ["Open Rackdesk", "Pause the queue", "Stop everything", "Run what is due now", "Quit Rackdesk"] {
        assert!(offered.iter().any(|line| line == words), "no “{words}” in {offered:?}");
    }
    window.go("/settings").await;
    window.tick("Keep working in the background when the window is closed").await;
    window.script("document.querySelector('main [role=region]').scrollTo(0, 1e6)", vec![]).await;
    window.picture("1-settings").await;
    desk::apart(|| until("the wish is kept", || preferences(&ctl).contains("keepWorking")));
    // The shell reads it within the second.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let process = window.process();
    assert!(display.shows(process));
    display.close(process);
    desk::apart(|| until("the window is off the screen", || !display.shows(process)));

    // The queue goes on without the window; the provider refuses one of four.
    let (actions, refused) = desk::apart(|| {
        sandbox
            .fault(&json!({"provider": "contabo", "operation": "restart", "kind": "empty", "status": 400, "times": 1}));
        let actions = ctl.queue_restarts(&servers);
        let state = |id: &String| ctl.run(&["--json", "queue", "show", id]).ok().json()["row"].clone();
        until("all have ended", || {
            actions.iter().all(|id| ["succeeded", "failed"].contains(&state(id)["state"].as_str().unwrap_or_default()))
        });
        let refused: Vec<String> = actions
            .iter()
            .map(state)
            .filter(|row| row["state"] == "failed")
            .map(|row| row["target"]["name"].as_str().unwrap_or_default().to_owned())
            .collect();
        (actions, refused)
    });
    assert_eq!((actions.len(), refused.len(), desk::apart(|| restarted(&sandbox)).len()), (4, 1, 3));
    desk::apart(|| until("somebody is told", || !desktop.notices().is_empty()));
    desk::apart(|| desktop.menu_says("1 needs you"));
    assert_eq!(desk::apart(|| desktop.tooltip()), "Rackdesk, Acme Hosting: 1 needs you");
    tokio::time::sleep(Duration::from_secs(15)).await;
    let told = desktop.notices();
    assert_eq!(told.len(), 1, "told once: {told:?}");
    assert_eq!((told[0].title.as_str(), told[0].body.as_str()), ("Restart failed", refused[0].as_str()));

    // A second start brings the window back, as it was.
    assert!(!display.shows(process), "it stayed closed all the time");
    assert!(desk::apart(|| start_again(&ctl)).success());
    desk::apart(|| until("the window is back", || display.shows(process)));
    window.find("heading", "Settings").await;
    window.picture("2-back").await;

    // So does a click on the notice, and so does the icon.
    for back in ["notice", "icon"] {
        display.close(process);
        desk::apart(|| until("the window is off the screen again", || !display.shows(process)));
        match back {
            "notice" => desk::apart(|| desktop.click_notice(told[0].id)),
            _ => desk::apart(|| desktop.choose("Open Rackdesk")),
        }
        desk::apart(|| until(&format!("the {back} brings the window back"), || display.shows(process)));
    }

    // What is chosen at the icon is what the queue does.
    desk::apart(|| desktop.choose("Pause the queue"));
    desk::apart(|| desktop.menu_says("Resume the queue"));
    window.reads("paused").await;
    desk::apart(|| desktop.choose("Resume the queue"));
    desk::apart(|| desktop.menu_says("Pause the queue"));
    let runs = || ctl.run(&["--json", "schedule", "history", "mirror"]).ok().json().as_array().map_or(0, Vec::len);
    let before = desk::apart(runs);
    desk::apart(|| desktop.choose("Run what is due now"));
    desk::apart(|| until("what goes on all the time is run once more", || runs() > before));

    // From a stop only the window goes on.
    desk::apart(|| desktop.choose("Stop everything"));
    desk::apart(|| desktop.menu_says("Stopped, 1 needs you"));
    let offered = desk::apart(|| desktop.menu());
    assert!(!offered.iter().any(|words| words == "Resume the queue"), "{offered:?}");

    desk::apart(|| desktop.choose("Quit Rackdesk"));
    window.gone().await;

    // The next start knows that it needs somebody, and says so at the icon only.
    desk::apart(|| {
        let mut app = start_app(&ctl);
        desktop.menu_says("Stopped, 1 needs you");
        std::thread::sleep(Duration::from_secs(8));
        app.kill().unwrap();
        app.wait().unwrap();
    });
    assert_eq!(desktop.notices(), told, "nothing is told twice");
}

#[test]
#[ignore = "needs a display and a keyring: cargo xtask test --only e2e"]
#[cfg(target_os = "linux")]
fn on_a_desktop_without_icons_closing_the_window_ends_the_program_whatever_was_chosen_elsewhere() {
    let desktop = desktop::without_icons();
    let display = Display::new();
    let (sandbox, ctl) = (Sandbox::start(54, "0.1"), Ctl::new());
    ctl.connect(&sandbox, &[]);
    std::fs::write(ctl.dir().join("preferences.json"), r#"{"keepWorking": "true"}"#).unwrap();
    let mut app = start_app(&ctl);
    until("the window is open", || display.shows(app.id()));
    // Long enough for an icon to come, if one came.
    std::thread::sleep(Duration::from_secs(5));
    display.close(app.id());
    let began = Instant::now();
    let ended = loop {
        if let Some(status) = app.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > Duration::from_secs(20) {
            app.kill().unwrap();
            app.wait().unwrap();
            panic!("it works on and nobody could see it");
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(ended.success(), "{ended}");
    assert!(desktop.notices().is_empty(), "nothing happened: {:?}", desktop.notices());
}

#[cfg(target_os = "linux")]
fn preferences(ctl: &Ctl) -> String {
    std::fs::read_to_string(ctl.dir().join("preferences.json")).unwrap_or_default()
}

/// Starts the program once more beside itself.
#[cfg(target_os = "linux")]
fn start_again(ctl: &Ctl) -> std::process::ExitStatus {
    Command::new(program("rackdesk")).arg("--data-dir").arg(ctl.dir()).status().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "needs the built app: cargo xtask test --only e2e"]
fn without_a_display_there_is_one_clear_line() {
    let home = tempfile::tempdir().unwrap();
    for display in [None, Some(":4711")] {
        let mut command = Command::new(program("rackdesk"));
        command.arg("--data-dir").arg(home.path()).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        if let Some(display) = display {
            command.env("DISPLAY", display);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("Rackdesk needs a display"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

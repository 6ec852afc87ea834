//! What a person does at the window in several stories.

use std::path::Path;
use std::time::Duration;

use fantoccini::key::Key;
use serde_json::Value;

use crate::window::Window;

/// How long the first copy of a demo may take with an unoptimised program on a busy machine.
const FIRST_COPY: Duration = Duration::from_secs(120);

/// From the first start into the demo, until everything was copied once.
pub async fn explore_the_demo(window: &Window) {
    window.click("button", "Open demo").await;
    copied(window).await;
}

/// Waits until both providers were copied.
pub async fn copied(window: &Window) {
    window.reads_within("Contabo live", FIRST_COPY).await;
    window.reads_within("WHMCS live", FIRST_COPY).await;
}

/// To a client with servers, by the list of clients. Its name.
pub async fn open_a_client_with_servers(window: &Window) -> String {
    window.click("link", "Clients").await;
    window.find("heading", "Clients").await;
    window.click("tab", "With servers").await;
    // Clients own a handful of servers, not dozens: the columns after the mail are services and servers.
    let cells = window.open_row("of a client", |cells| cells.len() > 6).await;
    let name = cells[0].clone();
    window.find("heading", &name).await;
    name
}

/// From a client's page to the first of its servers that runs. The server's name.
pub async fn open_a_running_server(window: &Window) -> String {
    window.click("tab", "Servers").await;
    let cells = window.open_row("of a running server", |cells| cells.iter().any(|text| text == "running")).await;
    let name = cells[0].split(' ').next().unwrap_or_default().to_owned();
    window.find("heading", &name).await;
    window.find("button", "Restart").await;
    name
}

/// Chooses light or dark in the operator's menu.
pub async fn choose_theme(window: &Window, theme: &str) {
    window.click("button", "Operator and appearance").await;
    window.click("any", theme).await;
    window.press(&[], &char::from(Key::Escape).to_string()).await;
    let wanted = theme.to_lowercase();
    let shown = window.script("return document.documentElement.dataset.mantineColorScheme", vec![]).await;
    assert_eq!(shown, Value::from(wanted), "the theme is taken over at once");
}

/// Lets the next start be in this theme.
pub fn start_in_theme(data_dir: &Path, theme: &str) {
    let kept = serde_json::json!({ "theme": format!("\"{theme}\"") });
    std::fs::write(data_dir.join("preferences.json"), kept.to_string()).expect("the preferences can be written");
}

/// Does something that blocks, such as a word with the sandbox's control port, away from the window's own thread.
pub fn apart<T: Send>(what: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(what).join()).expect("what was done apart went well")
}

/// Fills the form of a new profile for this sandbox, up to the test of its WHMCS side.
pub async fn begin_to_connect(window: &Window, company: &str, line: &Value) {
    window.click("button", "Connect").await;
    window.fill("Company", company).await;
    window.click("button", "Continue").await;
    for (label, field) in
        [("Address", "url"), ("Identifier", "identifier"), ("Secret", "secret"), ("Access key", "access_key")]
    {
        window.fill(label, line["whmcs"][field].as_str().unwrap_or_default()).await;
    }
}

/// Fills the other side of the form, tests both, keeps the profile and waits until everything was copied.
pub async fn connect(window: &Window, line: &Value) {
    pass_the_test(window).await;
    window.click("button", "Continue").await;
    for (label, field) in [
        ("Client id", "client_id"),
        ("Client secret", "client_secret"),
        ("API user", "user"),
        ("API password", "password"),
    ] {
        window.fill(label, line["contabo"][field].as_str().unwrap_or_default()).await;
    }
    window.click("button", "Advanced").await;
    window.fill("API address", line["contabo"]["api_url"].as_str().unwrap_or_default()).await;
    window.fill("Token address", line["contabo"]["token_url"].as_str().unwrap_or_default()).await;
    pass_the_test(window).await;
    window.click("button", "Save and open").await;
    copied(window).await;
}

async fn pass_the_test(window: &Window) {
    window.reads("opens when the test passes").await;
    window.click("button", "Test connection").await;
    window.find("button", "Test again").await;
    window.no_longer_reads("opens when the test passes").await;
}

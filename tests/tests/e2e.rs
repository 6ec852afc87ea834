//! The real window, end to end. Started by `cargo xtask test --only e2e`, which gives it a display, a session bus, a
//! keyring and the built app; without those it cannot run, hence `ignore`.

#![cfg(any(target_os = "linux", windows))]

use std::process::Command;
use std::time::{Duration, Instant};

use rackdesk_tests::ctl::program;
use rackdesk_tests::window::Window;

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

//! The real keychain of Linux desktops: gnome-keyring on a D-Bus of its own, and the three ways it can be missing.
//!
//! Each story runs a part of this same test program inside the environment it is about. Without the programs it needs
//! a story says that it was skipped.
#![cfg(all(unix, not(target_os = "macos")))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::{
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

use rackdesk_vault::{SecretName, Vault, VaultError, VaultState};
use secrecy::{ExposeSecret, SecretString};

fn installed(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|paths| std::env::split_paths(&paths).any(|p| p.join(program).exists()))
}

fn skipped_without(programs: &[&str]) -> bool {
    let missing: Vec<_> = programs.iter().filter(|p| !installed(p)).collect();
    if !missing.is_empty() {
        println!("SKIPPED: this machine lacks {missing:?}, so nothing was shown about a real keychain");
    }
    !missing.is_empty()
}

/// A command with an empty home and no session of the person who runs the tests.
fn apart(program: impl AsRef<std::ffi::OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    for variable in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK"]
    {
        command.env_remove(variable);
    }
    for variable in ["HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        command.env(variable, home);
    }
    command
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    home
}

/// This program again, running only the named part.
fn part(name: &str) -> [String; 5] {
    let program = std::env::current_exe().unwrap().to_string_lossy().into_owned();
    [program, name.to_owned(), "--exact".into(), "--ignored".into(), "--nocapture".into()]
}

fn passed(output: &Output) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "stdout:\n{out}\nstderr:\n{err}");
}

#[test]
fn secrets_go_through_a_real_keyring() {
    if skipped_without(&["dbus-run-session", "gnome-keyring-daemon"]) {
        return;
    }
    let home = home();
    let script = r#"printf ci | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@""#;
    let output = apart("dbus-run-session", home.path())
        .args(["--", "sh", "-ec", script, "sh"])
        .args(part("inside_an_unlocked_keyring"))
        .output()
        .unwrap();
    passed(&output);
    // The daemon wrote its file; the secret is not readable in it.
    for entry in std::fs::read_dir(home.path().join("keyrings")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|w| w == b"s3cr3t-\xc3"), "a secret lies open in the keyring's file");
    }
}

#[tokio::test]
#[ignore = "run by secrets_go_through_a_real_keyring"]
async fn inside_an_unlocked_keyring() {
    let vault = Vault::keychain();
    assert_eq!(vault.state().await.unwrap(), VaultState::Keychain { name: "Secret Service".into() });
    assert_eq!(read(&vault, "acme", SecretName::WhmcsSecret).await, None);
    for (name, text) in [
        (SecretName::WhmcsSecret, "s3cr3t-ü".to_owned()),
        (SecretName::DatabaseKey, "0f".repeat(32)),
        (SecretName::WhmcsSecret, "s3cr3t-ü2".to_owned()),
    ] {
        vault.set("acme", name, &SecretString::from(text)).await.unwrap();
    }
    // A second connection finds it, as the next start does.
    let again = Vault::keychain();
    assert_eq!(read(&again, "acme", SecretName::WhmcsSecret).await.as_deref(), Some("s3cr3t-ü2"));
    assert_eq!(read(&again, "acme", SecretName::DatabaseKey).await, Some("0f".repeat(32)));
    assert_eq!(read(&again, "beta", SecretName::WhmcsSecret).await, None, "profiles are apart");
    again.forget("acme").await.unwrap();
    assert_eq!(read(&vault, "acme", SecretName::DatabaseKey).await, None);
    assert!(matches!(vault.get("../acme", SecretName::DatabaseKey).await, Err(VaultError::Denied { .. })));
    // Left for the look at the file.
    vault.set("acme", SecretName::WhmcsSecret, &SecretString::from("s3cr3t-ü2")).await.unwrap();
}

async fn read(vault: &Vault, profile: &str, name: SecretName) -> Option<String> {
    vault.get(profile, name).await.unwrap().map(|secret| secret.expose_secret().to_owned())
}

#[test]
fn without_a_session_it_says_so() {
    let [program, arguments @ ..] = part("inside_no_session");
    passed(&apart(program, home().path()).args(arguments).output().unwrap());
}

#[tokio::test]
#[ignore = "run by without_a_session_it_says_so"]
async fn inside_no_session() {
    let error = Vault::keychain().state().await.unwrap_err();
    assert!(
        matches!(&error, VaultError::Unavailable { cause } if cause.starts_with("there is no desktop")),
        "{error:?}"
    );
    assert!(error.hint().unwrap().contains("desktop session"));
}

#[test]
fn without_a_service_it_names_one_and_sees_it_when_it_is_started() {
    if skipped_without(&["dbus-run-session", "gnome-keyring-daemon"]) {
        return;
    }
    let home = home();
    // A bus that starts nothing by itself.
    let bus = home.path().join("bus.conf");
    std::fs::write(
        &bus,
        r#"<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
           <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
           <allow own="*"/></policy></busconfig>"#,
    )
    .unwrap();
    let output = apart("dbus-run-session", home.path())
        .arg(format!("--config-file={}", bus.display()))
        .arg("--")
        .args(part("inside_no_service"))
        .output()
        .unwrap();
    passed(&output);
}

#[tokio::test]
#[ignore = "run by without_a_service_it_names_one_and_sees_it_when_it_is_started"]
async fn inside_no_service() {
    let vault = Vault::keychain();
    let error = vault.state().await.unwrap_err();
    assert!(matches!(&error, VaultError::Unavailable { cause } if cause.starts_with("no program")), "{error:?}");
    assert!(error.hint().unwrap().contains("gnome-keyring"));

    let started = Command::new("sh")
        .args(["-ec", "printf ci | gnome-keyring-daemon --unlock --components=secrets >/dev/null"])
        .status()
        .unwrap();
    assert!(started.success());
    vault.state().await.expect("the same vault sees the service that was started meanwhile");
    vault.set("acme", SecretName::WhmcsSecret, &SecretString::from("late")).await.unwrap();
    assert_eq!(read(&vault, "acme", SecretName::WhmcsSecret).await.as_deref(), Some("late"));
}

#[test]
fn a_locked_keyring_is_told_and_does_not_hang() {
    if skipped_without(&["dbus-run-session", "gnome-keyring-daemon"]) {
        return;
    }
    let home = home();
    // The daemon runs, but nobody ever gave it a password and there is no window to ask in.
    let script = r#"gnome-keyring-daemon --start --components=secrets >/dev/null; exec "$@""#;
    let output = apart("dbus-run-session", home.path())
        .args(["--", "sh", "-ec", script, "sh"])
        .args(part("inside_a_locked_keyring"))
        .output()
        .unwrap();
    passed(&output);
}

#[tokio::test]
#[ignore = "run by a_locked_keyring_is_told_and_does_not_hang"]
async fn inside_a_locked_keyring() {
    let vault = Vault::keychain().with_patience(Duration::from_secs(20));
    let started = Instant::now();
    let error = vault.set("acme", SecretName::WhmcsSecret, &SecretString::from("x")).await.unwrap_err();
    assert_eq!(error, VaultError::Locked);
    assert!(started.elapsed() < Duration::from_secs(25));
}

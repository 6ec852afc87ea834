//! The three forms of the vault. The keychain's part speaks to a real one: the Secret Service that
//! `tests/with-keyring.sh` starts.

#![allow(clippy::unwrap_used, clippy::expect_used)] // one binary of tests

use rackdesk_vault::{SecretInput, SecretName, Vault, VaultError, VaultState};
use secrecy::{ExposeSecret, SecretString};

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

async fn shown(vault: &Vault, profile: &str, name: SecretName) -> Option<String> {
    vault.get(profile, name).await.expect("the vault answers").map(|s| s.expose_secret().to_owned())
}

async fn keeps_replaces_and_forgets(vault: &Vault) {
    assert_eq!(shown(vault, "a", SecretName::WhmcsSecret).await, None, "nothing is there at first");
    vault.set("a", SecretName::WhmcsSecret, &secret("first")).await.unwrap();
    vault.set("a", SecretName::WhmcsSecret, &secret("zweiter, länger 🔑")).await.unwrap();
    vault.set("b", SecretName::WhmcsSecret, &secret("another profile's")).await.unwrap();
    assert_eq!(shown(vault, "a", SecretName::WhmcsSecret).await.as_deref(), Some("zweiter, länger 🔑"));
    assert_eq!(shown(vault, "a", SecretName::ContaboPassword).await, None, "names do not mix");
    vault.forget("a").await.unwrap();
    vault.forget("a").await.expect("forgetting twice is no error");
    assert_eq!(shown(vault, "a", SecretName::WhmcsSecret).await, None);
    assert_eq!(shown(vault, "b", SecretName::WhmcsSecret).await.as_deref(), Some("another profile's"));
    vault.forget("b").await.unwrap();
}

#[tokio::test]
async fn memory_keeps_replaces_and_forgets() {
    keeps_replaces_and_forgets(&Vault::memory()).await;
}

#[tokio::test]
async fn the_keychain_keeps_replaces_and_forgets() {
    if std::env::var_os("RACKDESK_TEST_KEYRING").is_none() {
        println!("skipped: run through tests/with-keyring.sh, which starts a Secret Service");
        return;
    }
    let vault = Vault::keychain();
    assert!(matches!(vault.state().await, Ok(VaultState::Keychain { .. })));
    keeps_replaces_and_forgets(&vault).await;
}

/// One test, because it changes the process's environment by running itself again.
#[test]
fn without_a_session_bus_the_keychain_says_so_at_once() {
    const INNER: &str = "RACKDESK_TEST_NO_BUS";
    if std::env::var_os(INNER).is_none() {
        let begun = std::time::Instant::now();
        let ended = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["without_a_session_bus_the_keychain_says_so_at_once", "--exact"])
            .env(INNER, "1")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .status()
            .unwrap();
        assert!(ended.success());
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "it must not hang");
        return;
    }
    if cfg!(not(all(unix, not(target_os = "macos")))) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let state = runtime.block_on(Vault::keychain().state());
    assert!(matches!(state, Err(VaultError::Unavailable { .. })), "{state:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_credentials_directory_is_read_and_never_written() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8], mode: u32| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    file("whmcs_secret", b"for every profile\n", 0o400);
    file("rackdesk.acme.whmcs_secret", b"for acme\r\n", 0o400);
    file("contabo_password", b"open to all", 0o444);
    file("contabo_client_secret", &[0xff, 0xfe], 0o400);
    file("whmcs_access_key", b"", 0o400);
    let vault = Vault::directory(dir.path());

    assert_eq!(shown(&vault, "acme", SecretName::WhmcsSecret).await.as_deref(), Some("for acme"));
    assert_eq!(shown(&vault, "other", SecretName::WhmcsSecret).await.as_deref(), Some("for every profile"));
    assert_eq!(shown(&vault, "acme", SecretName::WhmcsAccessKey).await, None, "an empty file is no secret");
    assert!(matches!(vault.get("acme", SecretName::ContaboPassword).await, Err(VaultError::Denied { .. })));
    assert!(matches!(vault.get("acme", SecretName::ContaboClientSecret).await, Err(VaultError::NotText { .. })));
    assert_eq!(vault.set("acme", SecretName::WhmcsSecret, &secret("x")).await, Err(VaultError::ReadOnly));
    assert_eq!(vault.forget("acme").await, Err(VaultError::ReadOnly));
}

#[test]
fn a_typed_secret_goes_in_and_never_out() {
    let typed: SecretInput = serde_json::from_str("\"hunter2hunter2\"").unwrap();
    assert_eq!(typed.secret().expose_secret(), "hunter2hunter2");
    assert!(!format!("{typed:?}").contains("hunter2"));
    assert!(serde_json::to_string(&typed).is_err(), "serialising a secret is an error");
}

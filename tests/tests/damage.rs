//! A damaged data directory: what a person reads, and that no file is overwritten.

use std::path::PathBuf;

use rackdesk_store::{DatabaseKey, Store};
use rackdesk_tests::ctl::{Answer, Ctl, Sandbox};

const KEY: &str = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";

/// A mirrored profile whose database key is known.
fn mirrored(seed: u64) -> (Sandbox, Ctl, tempfile::TempDir, PathBuf) {
    let sandbox = Sandbox::start(seed, "0.1");
    let mut ctl = Ctl::new();
    let credentials = tempfile::tempdir().unwrap();
    let side = |side: &str, name: &str| sandbox.line[side][name].as_str().unwrap().to_owned();
    keep(&credentials, "database_key", KEY);
    for (name, from, field) in [
        ("whmcs_identifier", "whmcs", "identifier"),
        ("whmcs_secret", "whmcs", "secret"),
        ("whmcs_access_key", "whmcs", "access_key"),
        ("contabo_client_id", "contabo", "client_id"),
        ("contabo_client_secret", "contabo", "client_secret"),
        ("contabo_password", "contabo", "password"),
    ] {
        keep(&credentials, name, &side(from, field));
    }
    ctl.env.push(("CREDENTIALS_DIRECTORY".into(), credentials.path().display().to_string()));
    let (url, api) = (side("whmcs", "url"), side("contabo", "api_url"));
    let (token, user) = (side("contabo", "token_url"), side("contabo", "user"));
    let mut args = vec!["profile", "add", "--name", "Acme", "--environment", "staging", "--whmcs-url", &url];
    args.extend(["--contabo-api-url", &api, "--contabo-token-url", &token, "--contabo-user", &user]);
    ctl.run(&args).ok();
    ctl.run(&["sync", "instances"]).ok();
    let id = ctl.run(&["--json", "profile", "list"]).ok().json()[0]["id"].as_str().unwrap().to_owned();
    let db = ctl.dir().join("profiles").join(id).join("rackdesk.db");
    (sandbox, ctl, credentials, db)
}

fn keep(dir: &tempfile::TempDir, name: &str, value: &str) {
    let path = dir.path().join(name);
    std::fs::remove_file(&path).ok();
    std::fs::write(&path, value).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o400)).unwrap();
}

fn list(ctl: &Ctl) -> Answer {
    ctl.run(&["servers", "list"])
}

#[test]
fn a_damaged_database_is_set_aside_and_a_fresh_one_takes_its_place() {
    let (_sandbox, ctl, _credentials, db) = mirrored(41);
    let mut bytes = std::fs::read(&db).unwrap();
    for byte in bytes.iter_mut().skip(4096).step_by(97) {
        *byte ^= 0xa5;
    }
    std::fs::write(&db, &bytes).unwrap();
    let answer = list(&ctl);
    assert_eq!(answer.code, Some(7), "{answer:?}");
    assert!(answer.err.contains("The database is damaged; it was set aside as "), "{answer:?}");
    let aside = std::fs::read_dir(db.parent().unwrap())
        .unwrap()
        .flatten()
        .any(|entry| std::fs::read(entry.path()).is_ok_and(|kept| entry.path() != db && kept == bytes));
    assert!(aside, "the damaged file is still there, byte for byte");
    ctl.run(&["sync", "instances"]).ok();
    assert!(!ctl.servers("running").is_empty(), "the providers fill the fresh one");
}

#[test]
fn another_key_is_told_apart_from_damage_and_touches_nothing() {
    let (_sandbox, ctl, credentials, db) = mirrored(42);
    let before = std::fs::read(&db).unwrap();
    keep(&credentials, "database_key", &"ff".repeat(32));
    let answer = list(&ctl);
    assert_eq!(answer.code, Some(7), "{answer:?}");
    assert!(answer.err.starts_with("The database does not open with the key in the keychain."), "{answer:?}");
    assert!(std::fs::read(&db).unwrap() == before, "the file is untouched");
    keep(&credentials, "database_key", KEY);
    list(&ctl).ok();
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let (_sandbox, ctl, _credentials, db) = mirrored(43);
    let store = Store::open(&db, &DatabaseKey::from_hex(KEY).unwrap()).unwrap();
    store.write(|tx| Ok(tx.pragma_update(None, "user_version", 9_999)?)).unwrap();
    store.close();
    let answer = list(&ctl);
    assert_eq!(answer.code, Some(7), "{answer:?}");
    assert!(answer.err.starts_with("The database was written by a newer Rackdesk."), "{answer:?}");
    assert!(db.is_file());
}

#[test]
fn without_a_keychain_the_command_line_says_how_to_get_one() {
    let sandbox = Sandbox::start(44, "0.1");
    let mut ctl = Ctl::new();
    ctl.env.push(("DBUS_SESSION_BUS_ADDRESS".into(), "unix:path=/nonexistent/bus".into()));
    let args = ["profile", "add", "--name", "Acme", "--environment", "staging"];
    let answer = ctl.run_with(&args, &sandbox.line.to_string());
    if cfg!(target_os = "linux") {
        assert_eq!(answer.code, Some(7), "{answer:?}");
        assert!(answer.err.starts_with("This machine has no keychain that answers."), "{answer:?}");
        assert!(answer.err.contains("gnome-keyring"), "a hint names what to install: {answer:?}");
        assert_eq!(
            ctl.run(&["--json", "profile", "list"]).ok().json(),
            serde_json::json!([]),
            "nothing is left behind"
        );
    }
}

//! A damaged data directory: what a person reads, and that no file is overwritten.

use std::path::PathBuf;

use rackdesk_store::{DatabaseKey, Store};
use rackdesk_tests::ctl::{Answer, Credentials, Ctl, Sandbox};
use serde_json::{Value, json};

const KEY: &str = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";

/// A mirrored profile whose database key is known.
fn mirrored(seed: u64) -> (Sandbox, Ctl, Credentials, PathBuf) {
    let sandbox = Sandbox::start(seed, "0.1");
    let credentials = Credentials::of(&sandbox.line, KEY);
    let ctl = Ctl::with_credentials(&sandbox, &credentials, &["--grace-seconds", "3"]);
    let db = ctl.database();
    (sandbox, ctl, credentials, db)
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
    credentials.keep("database_key", &"ff".repeat(32));
    let answer = list(&ctl);
    assert_eq!(answer.code, Some(7), "{answer:?}");
    assert!(answer.err.starts_with("The database does not open with the key in the keychain."), "{answer:?}");
    assert!(std::fs::read(&db).unwrap() == before, "the file is untouched");
    credentials.keep("database_key", KEY);
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

#[test]
fn a_damaged_row_of_the_queue_is_set_aside_and_shown_and_the_others_go_on() {
    let (sandbox, ctl, _credentials, db) = mirrored(45);
    let servers: Vec<i64> = ctl.servers("running").into_iter().take(3).collect();
    let actions = ctl.queue_restarts(&servers);
    let store = Store::open(&db, &DatabaseKey::from_hex(KEY).unwrap()).unwrap();
    let broken: i64 = actions[1].parse().unwrap();
    store
        .write(move |c| {
            // A moment that no calendar has.
            c.execute("UPDATE action SET updated_at = 9223372036854775807 WHERE id = ?1", [broken])?;
            Ok(())
        })
        .unwrap();
    store.close();
    let worked = ctl.run(&["queue", "work", "--until-idle", "--seconds", "40"]);
    for at in [0, 2] {
        assert_eq!(sandbox.done("restart", servers[at]), 1, "the others go on: {worked:?}");
        let shown: Value = ctl.run(&["--json", "queue", "show", &actions[at]]).ok().json();
        assert_eq!(shown["row"]["state"], "succeeded", "{shown}");
    }
    assert_eq!(sandbox.done("restart", servers[1]), 0, "what cannot be read is not sent");
    let board = ctl.run(&["queue", "list"]).ok().out;
    assert!(board.contains(&format!("A-{broken}")), "it is shown: {board}");
    assert!(board.contains("cannot be read"), "and its sentence says what it is: {board}");
}

const PLACE: &str = "RACKDESK_TEST_SMALL_DISK";

/// No test by itself: the one named below runs it in a mount namespace of its own, on a disk of a few megabytes.
#[test]
#[ignore = "run by a_full_disk_stops_nothing_but_the_work_and_the_work_goes_on"]
fn inside_a_small_disk() {
    let disk = PathBuf::from(std::env::var(PLACE).unwrap());
    let sandbox = Sandbox::start(46, "0.1");
    let credentials = Credentials::of(&sandbox.line, KEY);
    let ctl = Ctl::on(&disk, &sandbox, &credentials, &["--grace-seconds", "3"]);
    let servers: Vec<i64> = ctl.servers("running").into_iter().take(4).collect();
    let targets = servers[..2].iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let plan = ctl.run(&["--json", "plan", "make", "power.restart", "--target", &targets]).ok().json();
    let number = plan["id"].as_i64().unwrap().to_string();

    // Full while somebody says yes.
    let ballast = fill(&disk);
    let answer = ctl.run(&["plan", "apply", &number, "--yes", "--no-wait"]);
    assert_eq!(answer.code, Some(7), "{answer:?}");
    let mut lines = answer.err.lines().map(str::trim);
    assert_eq!(lines.next(), Some("The disk is full."), "{answer:?}");
    assert_eq!(lines.next(), Some("Free some space; nothing was lost, and work goes on by itself."), "{answer:?}");
    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(ctl.run(&["--json", "queue", "list"]).ok().json(), json!([]), "all of them or none");
    ctl.run(&["plan", "apply", &number, "--yes"]).ok();
    for server in &servers[..2] {
        assert_eq!(sandbox.done("restart", *server), 1);
    }

    // Full while the work is on its way.
    let actions = ctl.queue_restarts(&servers[2..]);
    sandbox
        .fault(&json!({"provider": "contabo", "operation": "restart", "kind": "slow", "delay_ms": 1500, "times": 2}));
    let worker = ctl.command(&["queue", "work", "--until-idle", "--seconds", "90"]).spawn().unwrap();
    let begun = std::time::Instant::now();
    while sandbox.done("restart", servers[2]) == 0 {
        assert!(begun.elapsed().as_secs() < 30, "the restart is not sent");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let ballast = fill(&disk);
    std::thread::sleep(std::time::Duration::from_secs(4));
    std::fs::remove_file(&ballast).unwrap();
    let ended = worker.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    for (action, server) in actions.iter().zip(&servers[2..]) {
        let shown = ctl.run(&["--json", "queue", "show", action]).ok().json();
        assert_eq!(shown["row"]["state"], "succeeded", "{shown}");
        assert_eq!(sandbox.done("restart", *server), 1, "once, full disk or not");
    }
}

/// Fills a disk to the last byte.
fn fill(disk: &std::path::Path) -> PathBuf {
    let path = disk.join("ballast");
    let mut file = std::fs::File::create(&path).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        let block = vec![0_u8; size];
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
    }
    path
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_stops_nothing_but_the_work_and_the_work_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let disk = directory.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    // A small disk of our own, in a mount namespace of our own: gone with the process.
    let script = r#"mount -t tmpfs -o size=48m tmpfs "$1" && shift && exec "$@""#;
    let alone = |program: &std::ffi::OsStr, args: &[&str]| {
        let mut command = std::process::Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, "sh"]).arg(&disk).arg(program).args(args).env(PLACE, &disk);
        command.output()
    };
    if !alone("true".as_ref(), &[]).is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: this system lets nobody mount a small disk, so nothing was shown about a full one");
        return;
    }
    let part = ["inside_a_small_disk", "--exact", "--ignored", "--test-threads=1"];
    let output = alone(std::env::current_exe().unwrap().as_os_str(), &part).unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
}

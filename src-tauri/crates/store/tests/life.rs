//! A database's life on a real, encrypted file: made, written, closed, opened with the wrong key, damaged, newer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use rackdesk_store::{DatabaseKey, KNOWN_VERSION, OpenError, Store, StoreError, TableGroup, rusqlite};

fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([7; 32])
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("profile").join("rackdesk.db");
    (directory, path)
}

fn note(store: &Store, text: &'static str) {
    store
        .write(move |tx| {
            tx.execute_batch("CREATE TABLE IF NOT EXISTS note (text TEXT)")?;
            tx.execute("INSERT INTO note VALUES (?1)", [text])?;
            Ok(())
        })
        .unwrap();
}

fn notes(store: &Store) -> Vec<String> {
    store
        .read(|c| {
            let mut statement = c.prepare("SELECT text FROM note ORDER BY rowid")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

fn raw(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\";", "07".repeat(32))).unwrap();
    connection
}

#[test]
fn what_was_written_is_there_after_closing_and_is_not_readable_on_disk() {
    let (_directory, path) = place();
    let store = Store::open(&path, &key()).unwrap();
    note(&store, "a marker that must not be readable");
    store.write_durable(|tx| Ok(tx.execute("INSERT INTO note VALUES ('second')", [])?)).unwrap();
    store.close();
    assert_eq!(store.read(|_| Ok(())), Err(StoreError::Closed));
    assert_eq!(store.write(|_| Ok(())), Err(StoreError::Closed));

    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.starts_with(b"SQLite format 3"));
    assert!(!bytes.windows(8).any(|w| w == b"a marker"));
    assert_eq!(notes(&Store::open(&path, &key()).unwrap()), ["a marker that must not be readable", "second"]);
}

#[cfg(unix)]
#[test]
fn only_this_user_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let (_directory, path) = place();
    let _store = Store::open(&path, &key()).unwrap();
    for file in ["", "-wal", "-shm"] {
        let mode = fs::metadata(path.with_extension(format!("db{file}"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "rackdesk.db{file} has mode {mode:o}");
    }
}

#[test]
fn a_wrong_key_is_told_and_touches_nothing() {
    let (_directory, path) = place();
    let store = Store::open(&path, &key()).unwrap();
    note(&store, "kept");
    store.close();
    let before = fs::read(&path).unwrap();
    let wrong = DatabaseKey::from_bytes([8; 32]);
    assert!(matches!(Store::open(&path, &wrong), Err(OpenError::WrongKey)));
    // Without the file beside it, a wrong key is still never taken for damage.
    fs::remove_file(path.with_extension("db.id")).unwrap();
    assert!(matches!(Store::open(&path, &wrong), Err(OpenError::WrongKey)));
    assert_eq!(fs::read(&path).unwrap(), before);

    assert_eq!(notes(&Store::open(&path, &key()).unwrap()), ["kept"]);
    assert!(path.with_extension("db.id").exists(), "the right key writes the identity again");
}

#[test]
fn a_foreign_identity_beside_a_good_database_is_corrected() {
    let (_directory, path) = place();
    Store::open(&path, &key()).unwrap().close();
    let other = path.with_file_name("other.db");
    Store::open(&other, &DatabaseKey::from_bytes([9; 32])).unwrap().close();
    fs::copy(other.with_extension("db.id"), path.with_extension("db.id")).unwrap();

    Store::open(&path, &key()).unwrap().close();
    assert!(matches!(Store::open(&path, &DatabaseKey::from_bytes([9; 32])), Err(OpenError::WrongKey)));
}

#[test]
fn damage_at_the_front_is_set_aside_and_a_new_database_can_begin() {
    let (_directory, path) = place();
    let store = Store::open(&path, &key()).unwrap();
    note(&store, "lost to the damage");
    store.close();
    let mut bytes = fs::read(&path).unwrap();
    bytes[100..200].fill(0);
    fs::write(&path, &bytes).unwrap();

    let Err(OpenError::Corrupt { aside }) = Store::open(&path, &key()) else { panic!("must be told as damage") };
    assert_eq!(fs::read(&aside).unwrap(), bytes, "the damaged file is kept as it was");
    assert!(!path.exists());

    let fresh = Store::open(&path, &key()).unwrap();
    note(&fresh, "a new beginning");
    assert_eq!(fs::read(&aside).unwrap(), bytes);
}

#[test]
fn damage_met_later_is_remembered_and_found_at_the_next_open() {
    let (_directory, path) = place();
    let store = Store::open(&path, &key()).unwrap();
    store
        .write(|tx| {
            tx.execute_batch(
                "CREATE TABLE filler (text TEXT);
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                 INSERT INTO filler SELECT printf('%0200d', i) FROM n;",
            )?;
            Ok(())
        })
        .unwrap();
    store.close();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() - 20 * 4096;
    bytes[middle..middle + 512].fill(0x55);
    fs::write(&path, &bytes).unwrap();

    let store = Store::open(&path, &key()).expect("the damage is behind the first pages");
    let read = store.read(|c| Ok(c.query_row("SELECT sum(length(text)) FROM filler", [], |r| r.get::<_, i64>(0))?));
    assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
    store.close();
    assert!(matches!(Store::open(&path, &key()), Err(OpenError::Corrupt { .. })));
}

#[test]
fn an_emptied_file_is_damage_not_a_beginning() {
    let (_directory, path) = place();
    Store::open(&path, &key()).unwrap().close();
    fs::write(&path, b"").unwrap();
    assert!(matches!(Store::open(&path, &key()), Err(OpenError::Corrupt { .. })));
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let (_directory, path) = place();
    Store::open(&path, &key()).unwrap().close();
    raw(&path).pragma_update(None, "user_version", KNOWN_VERSION + 1).unwrap();
    match Store::open(&path, &key()) {
        Err(OpenError::Newer { found, known }) => assert_eq!((found, known), (KNOWN_VERSION + 1, KNOWN_VERSION)),
        other => panic!("{other:?}"),
    }
    let still: u32 = raw(&path).query_row("PRAGMA user_version", [], |r| r.get(0)).unwrap();
    assert_eq!(still, KNOWN_VERSION + 1);
}

#[test]
fn a_failed_write_leaves_nothing_and_the_writer_lives_on() {
    let (_directory, path) = place();
    let store = Store::open(&path, &key()).unwrap();
    note(&store, "first");
    let refused = store.write(|tx| {
        tx.execute("INSERT INTO note VALUES ('half')", [])?;
        Err::<(), _>(StoreError::NotFound)
    });
    assert_eq!(refused, Err(StoreError::NotFound));
    let hush = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let panicked = store.write(|tx| -> Result<(), StoreError> {
        tx.execute("INSERT INTO note VALUES ('half')", [])?;
        panic!("a fault in a closure")
    });
    std::panic::set_hook(hush);
    assert_eq!(panicked, Err(StoreError::Panicked));
    note(&store, "second");
    assert_eq!(notes(&store), ["first", "second"]);
    let constraint = store.write(|tx| {
        tx.execute_batch("CREATE TABLE one (x INTEGER UNIQUE CHECK (x > 0)); INSERT INTO one VALUES (1);")?;
        Ok(tx.execute("INSERT INTO one VALUES (1)", [])?)
    });
    assert!(matches!(constraint, Err(StoreError::Constraint { .. })), "{constraint:?}");
    assert!(matches!(store.read(|c| Ok(c.execute("DELETE FROM note", [])?)), Err(StoreError::Io { .. })));
}

#[tokio::test]
async fn commits_are_told_here_at_once_and_from_elsewhere_soon() {
    let (_directory, path) = place();
    let here = Store::open(&path, &key()).unwrap();
    let mut heard = here.subscribe();
    note(&here, "no group");
    here.write(|tx| Ok(tx.execute_batch("CREATE TABLE client_probe (x); INSERT INTO client_probe VALUES (1);")?))
        .unwrap();
    let told = heard.recv().await.unwrap();
    assert_eq!(told.groups.iter().collect::<Vec<_>>(), [TableGroup::Clients]);
    assert!(!told.elsewhere && !here.changes_elsewhere());

    let there = Store::open(&path, &key()).unwrap();
    there.write(|tx| Ok(tx.execute("INSERT INTO client_probe VALUES (2)", [])?)).unwrap();
    let told = tokio::time::timeout(std::time::Duration::from_secs(3), heard.recv()).await.unwrap().unwrap();
    assert_eq!(told.groups.iter().collect::<Vec<_>>(), [TableGroup::Clients]);
    assert!(told.elsewhere && here.changes_elsewhere() && !here.changes_elsewhere());
}

#[tokio::test]
async fn many_readers_and_writers_at_once() {
    let (_directory, path) = place();
    let store = Store::open(&path, &key()).unwrap();
    note(&store, "0");
    let work = (0..40).map(|i| {
        let store = store.clone();
        tokio::spawn(async move {
            if i % 4 == 0 {
                store.write_async(|tx| Ok(tx.execute("INSERT INTO note VALUES ('x')", [])?)).await.unwrap();
            }
            store
                .read_async(|c| {
                    let count = || c.query_row("SELECT count(*) FROM note", [], |r| r.get::<_, i64>(0));
                    let first = count()?;
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    assert_eq!(first, count()?, "a read sees one commit from its first to its last query");
                    Ok(())
                })
                .await
                .unwrap();
        })
    });
    for task in work.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(notes(&store).len(), 11);
}

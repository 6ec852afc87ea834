//! Opening a database file: prove the key, tell damage from a wrong key, migrate.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, backup::Backup};

use crate::{
    DatabaseKey, KNOWN_VERSION, OpenError, StoreError,
    identity::{Identity, with_suffix},
    migrations, mirror,
};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Writer,
    Reader,
}

/// A keyed connection. The key is not proven yet: SQLCipher reads the first page with the first query.
pub(crate) fn connect(path: &Path, key: &DatabaseKey, role: Role) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // SQLCipher would write its own lines to standard error; our errors say the same.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&key.pragma())?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(256);
    // Decrypting a page costs several times as much as fetching it, so what was decrypted is kept: a cache holds what a
    // small database has, and of a large one what is asked for again and again. All of them together stop growing at
    // the soft limit. Temporary tables and sorts stay in memory: a spill file would not be worth its encryption.
    connection.execute_batch("PRAGMA soft_heap_limit = 335544320;")?;
    connection.execute_batch(match role {
        Role::Writer => "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;",
        Role::Reader => "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -131072; PRAGMA query_only = ON;",
    })?;
    if role == Role::Writer {
        mirror::register(&connection)?;
    }
    Ok(connection)
}

/// Opens or makes the file and brings its schema forward.
pub(crate) fn open(path: &Path, key: &DatabaseKey) -> Result<Connection, OpenError> {
    let identity = Identity::load(path);
    let proven = identity.as_ref().is_some_and(|id| id.proves(key));
    let empty = prepare(path)?;
    if empty && proven && identity.as_ref().is_some_and(|id| id.made) {
        return Err(set_aside(path)?);
    }
    let mut connection = match connect(path, key, Role::Writer).and_then(proven_readable) {
        Ok(connection) => connection,
        Err(error) => {
            return Err(match StoreError::from(error) {
                StoreError::Corrupt { .. } if proven => set_aside(path)?,
                StoreError::Corrupt { .. } => OpenError::WrongKey,
                StoreError::Busy => OpenError::Busy,
                StoreError::DiskFull => OpenError::DiskFull,
                other => io_error("read the database", io::Error::other(other.to_string())),
            });
        }
    };
    if identity.as_ref().is_some_and(|id| id.suspect) && !whole(&connection) {
        drop(connection);
        return Err(set_aside(path)?);
    }
    bring_forward(path, key, &mut connection)?;
    let settled = match identity {
        Some(id) if id.proves(key) => id,
        // It opened, so this key is the right one whatever the file beside it said.
        _ => Identity::new(key).map_err(|e| io_error("make the identity file", e))?,
    }
    .settled();
    if Identity::load(path).as_ref() != Some(&settled) {
        settled.save(path).map_err(|e| io_error("identity file", e))?;
    }
    Ok(connection)
}

/// Makes directory and file, readable by this user only. Whether there is nothing in the file yet.
fn prepare(path: &Path) -> Result<bool, OpenError> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(|e| io_error("make the data directory", e))?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(false),
        // Only the size is asked for: opening and closing the file would drop this process's locks on it.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            let size = fs::metadata(path).map_err(|e| io_error("look at the database file", e))?.len();
            Ok(size == 0)
        }
        Err(e) => Err(io_error("make the database file", e)),
    }
}

/// The first page is read and authenticated; with a wrong key it is no database.
fn proven_readable(connection: Connection) -> rusqlite::Result<Connection> {
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Reads every page: each one's authentication code, then the structure.
fn whole(connection: &Connection) -> bool {
    let findings = |sql: &str| -> rusqlite::Result<Vec<String>> {
        connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
    };
    let pages = findings("PRAGMA cipher_integrity_check").is_ok_and(|lines| lines.is_empty());
    pages && findings("PRAGMA integrity_check").is_ok_and(|lines| lines == ["ok"])
}

fn bring_forward(path: &Path, key: &DatabaseKey, connection: &mut Connection) -> Result<(), OpenError> {
    let found = migrations::version(connection)?;
    if found > KNOWN_VERSION {
        return Err(OpenError::Newer { found, known: KNOWN_VERSION });
    }
    if found == 0 {
        // Only before the first table: what retention frees can then be given back to the disk in small steps.
        connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL;")?;
    }
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenError::Sql(format!("the file system offers no write-ahead log (journal mode {mode})")));
    }
    // The log is taken into the file after 16 MiB: a page that is written again and again goes there once, and the disk is
    // waited for less often. It comes to its end, and to nothing, when the last connection is closed.
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA fullfsync = ON;
         PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000;",
    )?;
    if (1..KNOWN_VERSION).contains(&found) {
        back_up(path, key, connection, found)?;
    }
    migrations::apply(connection, KNOWN_VERSION)?;
    Ok(())
}

/// A whole, encrypted copy under the same key, named after the schema it holds.
fn back_up(path: &Path, key: &DatabaseKey, from: &Connection, version: u32) -> Result<(), OpenError> {
    let target = with_suffix(path, &format!(".schema-{version}"));
    if target.exists() {
        // A migration that failed half-way is being tried again; the first copy is the true one.
        return Ok(());
    }
    let draft = with_suffix(&target, ".part");
    fs::remove_file(&draft).ok();
    let copy = || -> rusqlite::Result<()> {
        let mut to = connect(&draft, key, Role::Writer)?;
        Backup::new(from, &mut to)?.run_to_completion(2048, Duration::ZERO, None)
    };
    copy().inspect_err(|_| {
        fs::remove_file(&draft).ok();
    })?;
    fs::rename(&draft, &target).map_err(|e| io_error("keep a copy before migrating", e))
}

/// Moves a damaged database and its journal out of the way.
fn set_aside(path: &Path) -> Result<OpenError, OpenError> {
    let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let name = |n: u32| match n {
        0 => with_suffix(path, &format!(".damaged-{stamp}")),
        n => with_suffix(path, &format!(".damaged-{stamp}-{n}")),
    };
    let aside: PathBuf = (0..).map(name).find(|p| !p.exists()).unwrap_or_else(|| name(0));
    fs::rename(path, &aside).map_err(|e| io_error("set the damaged database aside", e))?;
    for part in ["-wal", "-shm", ".id"] {
        let from = with_suffix(path, part);
        if from.exists() {
            fs::rename(&from, with_suffix(&aside, part)).map_err(|e| io_error("set the damaged database aside", e))?;
        }
    }
    tracing::error!(aside = %aside.display(), "the database is damaged and was set aside");
    Ok(OpenError::Corrupt { aside })
}

fn io_error(what: &str, source: io::Error) -> OpenError {
    if source.kind() == io::ErrorKind::StorageFull {
        return OpenError::DiskFull;
    }
    OpenError::Io { what: format!("cannot {what}"), source }
}

use std::path::PathBuf;

use rusqlite::ffi::{ErrorCode, SQLITE_IOERR_SHMSIZE};

/// Why a database cannot be opened. In every case the file itself is still there.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key does not fit this file. Nothing was touched.
    #[error("the database does not open with this key")]
    WrongKey,
    /// The key is right but the file is damaged. It was moved to `aside`, together with its journal.
    #[error("the database is damaged and was set aside as {}", aside.display())]
    Corrupt {
        /// Where the damaged file is now.
        aside: PathBuf,
    },
    /// A newer Rackdesk wrote it. Nothing was touched.
    #[error("the database has schema {found}, this version knows up to {known}")]
    Newer {
        /// Schema version in the file.
        found: u32,
        /// Newest schema version this program knows.
        known: u32,
    },
    /// No room for the database, a backup or a migration.
    #[error("no room left on the disk")]
    DiskFull,
    /// Another process held the file for too long.
    #[error("another process holds the database")]
    Busy,
    /// The directory or the file cannot be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// Anything else the database said, e.g. a migration that fails.
    #[error("{0}")]
    Sql(String),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match StoreError::from(error) {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Busy => Self::Busy,
            StoreError::Io { detail } => {
                Self::Io { what: "database file".into(), source: std::io::Error::other(detail) }
            }
            other => Self::Sql(other.to_string()),
        }
    }
}

/// Why a read or a write failed. A failed write changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room left on the disk.
    #[error("no room left on the disk")]
    DiskFull,
    /// Another process, or this one's readers, kept the database busy for too long.
    #[error("the database is busy")]
    Busy,
    /// The file is damaged. The next open checks it as a whole and sets it aside if so.
    #[error("the database is damaged: {detail}")]
    Corrupt {
        /// Words of the database library.
        detail: String,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A query that wants one row found none.
    #[error("there is no such row")]
    NotFound,
    /// A `CHECK`, `UNIQUE`, `NOT NULL` or foreign key forbids the row.
    #[error("a rule of the schema forbids it: {detail}")]
    Constraint {
        /// Which one, in the words of the database library.
        detail: String,
    },
    /// Reading or writing the file failed.
    #[error("reading or writing the database failed: {detail}")]
    Io {
        /// Words of the database library.
        detail: String,
    },
    /// A stored value is not what its column promises.
    #[error("a stored value cannot be read: {what}")]
    Row {
        /// Column and reason, never the value.
        what: String,
    },
    /// A question that the caller's own input makes wrong (an unknown column, a bad cursor, a value that is no date).
    #[error("{field}: {problem}")]
    Input {
        /// Which input.
        field: String,
        /// Why.
        problem: String,
    },
    /// The closure panicked; its transaction was rolled back.
    #[error("a write ended in a panic and was rolled back")]
    Panicked,
    /// Anything else.
    #[error("{detail}")]
    Sql {
        /// SQLite's extended result code, 0 when there is none.
        code: i32,
        /// Words of the database library.
        detail: String,
    },
}

impl StoreError {
    /// A stored value that cannot be read.
    pub fn row(what: impl Into<String>) -> Self {
        Self::Row { what: what.into() }
    }

    /// An input that makes the question wrong.
    pub fn input(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Input { field: field.into(), problem: problem.into() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error {
            E::QueryReturnedNoRows => Self::NotFound,
            E::FromSqlConversionFailure(column, kind, why) => Self::row(format!("column {column} holds {kind}: {why}")),
            E::IntegralValueOutOfRange(column, _) => Self::row(format!("column {column} is out of range")),
            E::InvalidColumnType(_, name, kind) => Self::row(format!("column {name} holds {kind}")),
            E::SqliteFailure(code, words) => {
                let detail = words.unwrap_or_else(|| code.to_string());
                match code.code {
                    ErrorCode::DiskFull => Self::DiskFull,
                    // The file beside the database that readers and writers share: it could not grow.
                    _ if code.extended_code == SQLITE_IOERR_SHMSIZE => Self::DiskFull,
                    ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                    ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt { detail },
                    ErrorCode::ConstraintViolation => Self::Constraint { detail },
                    ErrorCode::SystemIoFailure
                    | ErrorCode::CannotOpen
                    | ErrorCode::ReadOnly
                    | ErrorCode::PermissionDenied => Self::Io { detail: format!("{detail} ({})", code.extended_code) },
                    _ => Self::Sql { code: code.extended_code, detail },
                }
            }
            other => Self::Sql { code: 0, detail: other.to_string() },
        }
    }
}

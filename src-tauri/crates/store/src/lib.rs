//! The encrypted database of one profile: schema, migrations, typed reads and writes. No network, no rules.
//!
//! Why it exists: everything an operator sees is answered from here, also offline, and everything that was sent to a
//! provider was first written down here. Invariants:
//!
//! * one SQLCipher file per profile, opened with a raw 32-byte key ([`DatabaseKey`]); a wrong key, a damaged file and
//!   a newer schema are told apart ([`OpenError`]), and a damaged file is set aside, never overwritten;
//! * one writer thread per process; every write is a closure over one transaction ([`Store::write`],
//!   [`Store::write_durable`]); readers see whole commits only;
//! * several processes may have the file open (the app and `rackdeskctl`);
//! * migrations only go forward, each in its own transaction, after a backup copy.
//!
//! To add a table: append a file to `migrations/` and to the list in `migrations.rs`, map its name to a group in
//! `notice.rs`, and put its typed reads and writes into a module of its own.

mod error;
mod identity;
mod key;
mod migrations;
mod moments;
mod notice;
mod open;
mod readers;
mod store;
pub mod text;
mod writer;

pub mod list;
pub mod log;
pub mod mirror;
pub mod module_queue;
pub mod policy;
pub mod queue;
pub mod receipts;
mod rows;
pub mod schedule;
pub mod strangers;
pub mod whmcs_locks;

pub use error::{OpenError, StoreError};
pub use key::{BadKey, DatabaseKey};
pub use migrations::KNOWN_VERSION;
pub use notice::{Changed, Groups, TableGroup};
pub use store::Store;

/// The SQL library, for closures given to [`Store::read`] and [`Store::write`].
pub use rusqlite;

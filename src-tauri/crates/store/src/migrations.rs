//! The schema's steps, in order. A step that shipped is never edited; a change is a new step at the end.

use rusqlite::{Connection, TransactionBehavior};

/// Name and SQL of every step; the n-th brings the schema to version n.
const STEPS: &[(&str, &str)] = &[
    ("mirror", include_str!("migrations/0001_mirror.sql")),
    ("queue", include_str!("migrations/0002_queue.sql")),
    ("exchange", include_str!("migrations/0003_exchange.sql")),
    ("queue_steps", include_str!("migrations/0004_queue_steps.sql")),
    ("record", include_str!("migrations/0005_record.sql")),
    ("module_queue", include_str!("migrations/0006_module_queue.sql")),
    ("queue_verbs", include_str!("migrations/0007_queue_verbs.sql")),
    ("policy", include_str!("migrations/0008_policy.sql")),
    ("invoice_orders", include_str!("migrations/0009_invoice_orders.sql")),
    ("queue_lines", include_str!("migrations/0010_queue_lines.sql")),
    ("whmcs_locks", include_str!("migrations/0011_whmcs_locks.sql")),
    ("usage_prices", include_str!("migrations/0012_usage_prices.sql")),
    ("board_lookups", include_str!("migrations/0013_board_lookups.sql")),
    ("lighter_rules", include_str!("migrations/0014_lighter_rules.sql")),
    ("board_by_tries", include_str!("migrations/0015_board_by_tries.sql")),
];

/// Newest schema version this program knows.
pub const KNOWN_VERSION: u32 = STEPS.len() as u32;

pub(crate) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings the schema up to `target`. Another process may be doing the same: each step looks again under the lock.
pub(crate) fn apply(connection: &mut Connection, target: u32) -> rusqlite::Result<()> {
    for (number, (name, sql)) in (1..).zip(STEPS).take(target as usize) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if version(&step)? >= number {
            continue;
        }
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
        tracing::info!(schema = number, name, "database schema brought forward");
    }
    Ok(())
}

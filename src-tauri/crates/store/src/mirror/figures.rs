//! Counts for the frame of the window.

use jiff::civil::Date;
use rusqlite::Connection;

use crate::StoreError;

/// Tickets that wait for an answer of the staff.
///
/// # Errors
/// When the database fails.
pub fn waiting_tickets(connection: &Connection) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM ticket WHERE gone_at IS NULL AND waiting = 1";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Open invoices whose due date lies before `today`.
///
/// # Errors
/// When the database fails.
pub fn overdue_invoices(connection: &Connection, today: Date) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM invoice WHERE gone_at IS NULL AND balance_e4 > 0 AND due <> '' AND due < ?1";
    Ok(connection.prepare_cached(sql)?.query_row([today.to_string()], |row| row.get(0))?)
}

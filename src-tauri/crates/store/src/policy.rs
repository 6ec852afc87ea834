//! What a profile allows, as it was changed over time, and what guardrails count: what was spent and what was sent.
//! What any of it means is decided by the console; here policies are texts that are only ever added.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    StoreError,
    moments::{micros, time},
};

/// A span of time that ends now. What lies after it was dated by a clock that was ahead, and counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lately {
    /// The first moment that counts.
    pub since: Timestamp,
    /// The last one.
    pub until: Timestamp,
}

/// One change of a profile's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    /// Number, from 1.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// The whole policy before (JSON).
    pub before: String,
    /// The whole policy since (JSON).
    pub policy: String,
}

fn read(row: &Row<'_>) -> rusqlite::Result<PolicyChange> {
    Ok(PolicyChange {
        id: row.get("id")?,
        at: time(row, "at")?,
        by: row.get("by_operator")?,
        reason: row.get("reason")?,
        before: row.get("before")?,
        policy: row.get("policy")?,
    })
}

/// The newest change; `None` when there was none.
///
/// # Errors
/// When it cannot be read.
pub fn newest(c: &Connection) -> Result<Option<PolicyChange>, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM policy_change ORDER BY id DESC LIMIT 1")?;
    Ok(statement.query_row([], read).optional()?)
}

/// The newest changes, newest first.
///
/// # Errors
/// When they cannot be read.
pub fn changes(c: &Connection, limit: u32) -> Result<Vec<PolicyChange>, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM policy_change ORDER BY id DESC LIMIT ?1")?;
    Ok(statement.query_map([limit], read)?.collect::<Result<_, _>>()?)
}

/// Adds a change; `id` is given by the database. Its number.
///
/// # Errors
/// When it cannot be written.
pub fn add(c: &Connection, change: &PolicyChange) -> Result<i64, StoreError> {
    c.prepare_cached(
        "INSERT INTO policy_change (at, by_operator, reason, before, policy) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![micros(change.at), change.by, change.reason, change.before, change.policy])?;
    Ok(c.last_insert_rowid())
}

/// What a row of a plan costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendRecord {
    /// Plan and row.
    pub plan: (i64, i64),
    /// When it was approved.
    pub at: Timestamp,
    /// Decimal text.
    pub amount: String,
    /// ISO code.
    pub currency: String,
}

/// Notes what an approved row costs. Noted once.
///
/// # Errors
/// When it cannot be written.
pub fn note_spend(c: &Connection, spend: &SpendRecord) -> Result<(), StoreError> {
    c.prepare_cached(
        "INSERT OR IGNORE INTO plan_spend (plan_id, change_index, at, amount, currency) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![spend.plan.0, spend.plan.1, micros(spend.at), spend.amount, spend.currency])?;
    Ok(())
}

/// A row whose actions all ended without anything bought spends nothing.
const COUNTS: &str = "EXISTS (
    SELECT 1 FROM action AS a WHERE a.plan_id = s.plan_id AND a.change_index = s.change_index
      AND (a.ended_at IS NULL OR a.state = 'succeeded' OR EXISTS (
          SELECT 1 FROM action_attempt AS t
          WHERE t.action_id = a.id AND t.effect = 'billable' AND t.outcome IN ('applied', 'unknown', 'open'))))";

/// What was approved to be spent lately and was, or still may be, spent.
///
/// # Errors
/// When it cannot be read.
pub fn spent_since(c: &Connection, lately: Lately) -> Result<Vec<SpendRecord>, StoreError> {
    let sql = format!("SELECT s.* FROM plan_spend AS s WHERE s.at BETWEEN ?1 AND ?2 AND {COUNTS}");
    let mut statement = c.prepare_cached(&sql)?;
    Ok(statement.query_map([micros(lately.since), micros(lately.until)], spend)?.collect::<Result<_, _>>()?)
}

/// What one row of a plan costs; `None` when nothing was noted.
///
/// # Errors
/// When it cannot be read.
pub fn spend_of(c: &Connection, plan: (i64, i64)) -> Result<Option<SpendRecord>, StoreError> {
    let mut statement = c.prepare_cached("SELECT * FROM plan_spend WHERE plan_id = ?1 AND change_index = ?2")?;
    Ok(statement.query_row(params![plan.0, plan.1], spend).optional()?)
}

fn spend(row: &Row<'_>) -> rusqlite::Result<SpendRecord> {
    Ok(SpendRecord {
        plan: (row.get("plan_id")?, row.get("change_index")?),
        at: time(row, "at")?,
        amount: row.get("amount")?,
        currency: row.get("currency")?,
    })
}

/// How many actions of some kinds came into the queue lately and were not taken back.
///
/// # Errors
/// When the queue cannot be read.
pub fn approved_since(c: &Connection, kinds: &[&str], lately: Lately) -> Result<u32, StoreError> {
    let kinds = serde_json::to_string(kinds).unwrap_or_default();
    Ok(c.prepare_cached(
        "SELECT count(*) FROM action WHERE created_at BETWEEN ?1 AND ?3 AND kind IN (SELECT value FROM json_each(?2))
             AND state <> 'cancelled'",
    )?
    .query_row(params![micros(lately.since), kinds, micros(lately.until)], |row| row.get(0))?)
}

/// When other actions that came from plans first sent something lately, newest first, at most `limit`. Only of
/// kinds among these.
///
/// # Errors
/// When the queue cannot be read.
pub fn sends_since(
    c: &Connection,
    kinds: &[&str],
    lately: Lately,
    but: i64,
    limit: u32,
) -> Result<Vec<Timestamp>, StoreError> {
    let kinds = serde_json::to_string(kinds).unwrap_or_default();
    let mut statement = c.prepare_cached(
        "SELECT min(t.sent_at) AS first FROM action_attempt AS t JOIN action AS a ON a.id = t.action_id
         WHERE t.sent_at BETWEEN ?1 AND ?5 AND t.action_id <> ?3 AND a.plan_id IS NOT NULL
             AND a.kind IN (SELECT value FROM json_each(?2))
         GROUP BY t.action_id ORDER BY first DESC LIMIT ?4",
    )?;
    let span = (micros(lately.since), micros(lately.until));
    let rows = statement.query_map(params![span.0, kinds, but, limit, span.1], |row| time(row, "first"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What was approved of a plan (JSON), without the plan itself; `None` when nobody has said yes.
///
/// # Errors
/// When it cannot be read.
pub fn approval_of(c: &Connection, plan: i64) -> Result<Option<String>, StoreError> {
    let mut statement = c.prepare_cached("SELECT approval FROM plan WHERE id = ?1")?;
    Ok(statement.query_row([plan], |row| row.get(0)).optional()?.flatten())
}

/// Whether an action has come from one of its own steps to the next by itself.
///
/// # Errors
/// When the queue cannot be read.
pub fn advanced(c: &Connection, action_id: i64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM action_event WHERE action_id = ?1 AND name = 'advance'";
    Ok(c.prepare_cached(sql)?.exists([action_id])?)
}

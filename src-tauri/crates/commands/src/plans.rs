//! See before you act: making, showing and approving plans.

use std::collections::HashSet;

use jiff::Timestamp;
use rackdesk_console::{
    act::{kinds::power, policy::EnginePolicy},
    plan::{
        Plan,
        approval::Yes,
        guardrails::Guardrails,
        kept::{self, Hand},
        power::PowerAsk,
    },
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AppError, Core, app::operator};

/// Asks for a power plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PowerRequest {
    /// `power.start`, `power.stop`, `power.shutdown` or `power.restart`.
    pub kind: String,
    /// Instances, at least one, at most 1,000.
    pub instance_ids: Vec<i64>,
    /// Where it was asked for: `server`, `servers`, `palette`, `rackdeskctl`.
    pub origin: String,
}

/// Names a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanRef {
    /// Plan number.
    pub id: i64,
}

/// A person's yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Approval {
    /// Plan number.
    pub id: i64,
    /// Rows left out, by `Change::index`.
    pub excluded: Vec<u32>,
    /// What was typed, for plans that ask for it.
    pub typed: Option<String>,
    /// Why, kept with the actions.
    pub reason: Option<String>,
}

/// What an approval made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Approved {
    /// Plan number.
    pub id: i64,
    /// The actions now in the queue, in the order of the rows.
    pub action_ids: Vec<i64>,
}

/// Most servers in one plan.
const MOST_SERVERS: usize = 1_000;

/// Computes a power plan from the mirror and keeps it. Nothing is sent.
///
/// # Errors
/// When the request makes no sense, or the store fails.
pub async fn plan_power(core: &Core, input: PowerRequest) -> Result<Plan, AppError> {
    let power = power::named(&input.kind).ok_or_else(|| AppError::invalid("kind", "is no power action"))?;
    let ask = PowerAsk { ids: servers(input.instance_ids)?, origin: origin(input.origin)? };
    let session = core.session()?;
    let rails = Guardrails::from(&session.profile.policy);
    let by = operator();
    let made = session.store.write_async(move |c| {
        let hand = Hand { by: &by, now: Timestamp::now() };
        kept::propose(c, power, &ask, &rails, hand)
    });
    Ok(made.await?)
}

/// Each server once, in the order given.
fn servers(ids: Vec<i64>) -> Result<Vec<i64>, AppError> {
    let mut seen = HashSet::new();
    let ids: Vec<i64> = ids.into_iter().filter(|id| seen.insert(*id)).collect();
    match ids.len() {
        0 => Err(AppError::invalid("instance_ids", "names no server")),
        n if n > MOST_SERVERS => Err(AppError::invalid("instance_ids", "names more than 1,000 servers")),
        _ => Ok(ids),
    }
}

fn origin(text: String) -> Result<String, AppError> {
    let word = text.len() <= 40 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if word { Ok(text) } else { Err(AppError::invalid("origin", "is no short word")) }
}

/// A kept plan. While it is open its basis is that of now: a row whose version differs from the one shown has moved.
///
/// # Errors
/// When there is none of that number, or the store fails.
pub async fn plan_show(core: &Core, input: PlanRef) -> Result<Plan, AppError> {
    let session = core.session()?;
    let shown = session.store.read_async(move |c| kept::show(c, input.id, Timestamp::now())).await?;
    shown.ok_or_else(|| AppError::missing(format!("PL-{}", input.id)))
}

/// Computes an open plan anew under its old number.
///
/// # Errors
/// When there is no such open plan, or the store fails.
pub async fn plan_refresh(core: &Core, input: PlanRef) -> Result<Plan, AppError> {
    let session = core.session()?;
    let rails = Guardrails::from(&session.profile.policy);
    let fresh = session.store.write_async(move |c| kept::refresh(c, input.id, &rails, Timestamp::now())).await?;
    Ok(fresh?)
}

/// Turns a plan into actions, all of them or none; once, however often it is approved.
///
/// # Errors
/// When the facts moved, a guardrail blocks it, the confirmation is wrong, or the store fails.
pub async fn plan_approve(core: &Core, input: Approval) -> Result<Approved, AppError> {
    let session = core.session()?;
    let rails = Guardrails::from(&session.profile.policy);
    let start_within = EnginePolicy::of(&session.profile.policy).start_within;
    let reason = reason(input.reason)?;
    let yes = Yes { excluded: input.excluded.into_iter().collect(), typed: input.typed };
    let (id, by) = (input.id, operator());
    let approved = session.store.write_durable_async(move |c| {
        let hand = Hand { by: &by, now: Timestamp::now() };
        kept::approve(c, id, &yes, reason.as_deref(), &rails, start_within, hand)
    });
    let action_ids = approved.await??;
    session.background().wake().await;
    Ok(Approved { id, action_ids })
}

fn reason(typed: Option<String>) -> Result<Option<String>, AppError> {
    let reason = typed.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if reason.as_ref().is_some_and(|text| text.chars().count() > 500) {
        return Err(AppError::invalid("reason", "is longer than 500 characters"));
    }
    Ok(reason)
}

/// Gives an open plan up.
///
/// # Errors
/// When there is no such plan, it was approved, or the store fails.
pub async fn plan_dismiss(core: &Core, input: PlanRef) -> Result<(), AppError> {
    let session = core.session()?;
    Ok(session.store.write_async(move |c| kept::dismiss(c, input.id, Timestamp::now())).await??)
}

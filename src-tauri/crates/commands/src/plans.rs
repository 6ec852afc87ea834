//! See before you act: making, showing and approving plans.

use serde::{Deserialize, Serialize};
use specta::Type;

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

/// See the list of commands.
pub async fn plan_power(core: &crate::Core, input: crate::plans::PowerRequest) -> Result<crate::Plan, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn plan_show(core: &crate::Core, input: crate::plans::PlanRef) -> Result<crate::Plan, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn plan_refresh(core: &crate::Core, input: crate::plans::PlanRef) -> Result<crate::Plan, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn plan_approve(core: &crate::Core, input: crate::plans::Approval) -> Result<crate::plans::Approved, crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

/// See the list of commands.
pub async fn plan_dismiss(core: &crate::Core, input: crate::plans::PlanRef) -> Result<(), crate::AppError> {
    let _ = (core, input);
    Err(crate::AppError::new(crate::ErrorCode::NoProfile, "no profile is open"))
}

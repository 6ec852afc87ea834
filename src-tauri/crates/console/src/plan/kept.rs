//! Plans in the store: kept when they are made, computed anew when asked, and turned into actions once.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rackdesk_store::{
    StoreError,
    queue::{self, Enqueued, NewAction, PlanRecord, TargetRecord},
    rusqlite::Connection,
};
use serde::{Deserialize, Serialize};

use super::{
    Change, Phrase, Plan, PlanState,
    approval::{Objection, Yes, accept},
    facts::{self, History, InstanceFacts},
    guardrails::{Guardrails, about_plan},
    power::{PowerAsk, Stamp, basis, plan_power},
};
use crate::{
    act::{
        ActionState, STEP_CHECK,
        kinds::power::{self, Power, PowerResult},
        reconcile::later,
        transition::to_json,
    },
    fault::{ErrorCode, Fault},
};

/// How many earlier actions an expectation is drawn from.
const REMEMBERED: u32 = 50;

/// Who acts, and when.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// Operator.
    pub by: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// What was approved, kept with the plan.
#[derive(Debug, Serialize, Deserialize)]
struct Approval {
    actions: Vec<i64>,
    excluded: Vec<u32>,
    reason: Option<String>,
    by: String,
}

/// What happened before to actions of this kind.
///
/// # Errors
/// When the queue cannot be read.
pub fn history(c: &Connection, power: &Power, now: Timestamp) -> Result<History, StoreError> {
    let hour_ago = now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
    let results = queue::recent_results(c, power.id, REMEMBERED)?;
    let down = |text: &String| serde_json::from_str::<PowerResult>(text).ok().and_then(|r| r.down_ms);
    Ok(History {
        last_hour: queue::enqueued_since(c, "power.", hour_ago)?,
        down_ms: results.iter().filter_map(down).collect(),
    })
}

fn compute(
    c: &Connection,
    power: &Power,
    ask: &PowerAsk,
    rails: &Guardrails,
    stamp: Stamp,
) -> Result<(Plan, Vec<InstanceFacts>, History), StoreError> {
    let facts = facts::read(c, &ask.ids)?;
    let history = history(c, power, stamp.now)?;
    let plan = plan_power(power, ask, &facts, rails, &history, stamp);
    Ok((plan, facts, history))
}

/// Makes a plan and keeps it.
///
/// # Errors
/// When facts cannot be read or the plan cannot be kept.
pub fn propose(
    c: &Connection,
    power: &Power,
    ask: &PowerAsk,
    rails: &Guardrails,
    hand: Hand<'_>,
) -> Result<Plan, StoreError> {
    let mut made = None;
    queue::add_plan(c, power.id, hand.by, hand.now, |id| {
        let (plan, _, _) = compute(c, power, ask, rails, Stamp { id, now: hand.now })?;
        let body = to_json(&plan);
        made = Some(plan);
        Ok(body)
    })?;
    made.ok_or(StoreError::NotFound)
}

/// A kept plan with the state it is in now. While it is open its basis is that of now, so that who compares it with the
/// basis they were shown sees which rows moved; everything else is as it was made.
///
/// # Errors
/// When it cannot be read.
pub fn show(c: &Connection, id: i64, now: Timestamp) -> Result<Option<Plan>, StoreError> {
    let Some(record) = queue::plan(c, id)? else { return Ok(None) };
    let mut plan = open(&record)?;
    if plan.state == PlanState::Open {
        let ids = ask_of(&plan).ids;
        plan.basis = basis(&ids, &facts::read(c, &ids)?, now);
    }
    Ok(Some(plan))
}

fn open(record: &PlanRecord) -> Result<Plan, StoreError> {
    let mut plan: Plan = serde_json::from_str(&record.body).map_err(|e| StoreError::row(format!("plan.body: {e}")))?;
    plan.state = match record.state.as_str() {
        "approved" => PlanState::Approved,
        "dismissed" => PlanState::Dismissed,
        _ => PlanState::Open,
    };
    Ok(plan)
}

fn missing(id: i64) -> Fault {
    Fault::with(ErrorCode::NotFound, [("what", format!("PL-{id}"))])
}

fn settled(record: &PlanRecord) -> Fault {
    Fault::with(ErrorCode::StateForbids, [("state", record.state.clone())])
}

fn ask_of(plan: &Plan) -> PowerAsk {
    PowerAsk { ids: plan.changes.iter().map(|c| c.target.id).collect(), origin: plan.origin.clone() }
}

/// Computes an open plan anew from the facts of now, under its old number.
///
/// # Errors
/// The outer error when the store fails; the inner one when there is no such open plan.
pub fn refresh(c: &Connection, id: i64, rails: &Guardrails, now: Timestamp) -> Result<Result<Plan, Fault>, StoreError> {
    let Some(record) = queue::plan(c, id)? else { return Ok(Err(missing(id))) };
    if record.state != "open" {
        return Ok(Err(settled(&record)));
    }
    let old = open(&record)?;
    let Some(power) = power::named(&old.kind) else { return Ok(Err(missing(id))) };
    let (plan, _, _) = compute(c, power, &ask_of(&old), rails, Stamp { id, now })?;
    queue::save_plan(c, &PlanRecord { body: to_json(&plan), ..record })?;
    Ok(Ok(plan))
}

/// Gives an open plan up. Doing it twice is no error.
///
/// # Errors
/// The outer error when the store fails; the inner one when there is no such plan, or it was approved.
pub fn dismiss(c: &Connection, id: i64, now: Timestamp) -> Result<Result<(), Fault>, StoreError> {
    let Some(record) = queue::plan(c, id)? else { return Ok(Err(missing(id))) };
    match record.state.as_str() {
        "dismissed" => return Ok(Ok(())),
        "approved" => return Ok(Err(settled(&record))),
        _ => {}
    }
    queue::save_plan(c, &PlanRecord { state: "dismissed".into(), settled_at: Some(now), ..record })?;
    Ok(Ok(()))
}

/// Turns a plan into actions, all of them or none. Approving a plan again returns the same actions.
///
/// The caller runs it in one durable transaction, so that the facts read here are the facts the actions were made from.
///
/// # Errors
/// The outer error when the store fails; the inner one says why the plan was not applied.
#[allow(clippy::too_many_arguments)]
pub fn approve(
    c: &Connection,
    id: i64,
    yes: &Yes,
    reason: Option<&str>,
    rails: &Guardrails,
    start_within: Duration,
    hand: Hand<'_>,
) -> Result<Result<Vec<i64>, Fault>, StoreError> {
    let Some(record) = queue::plan(c, id)? else { return Ok(Err(missing(id))) };
    match record.state.as_str() {
        "approved" => {
            let text = record.approval.as_deref().unwrap_or("null");
            let kept: Approval =
                serde_json::from_str(text).map_err(|e| StoreError::row(format!("plan.approval: {e}")))?;
            return Ok(Ok(kept.actions));
        }
        "dismissed" => return Ok(Err(settled(&record))),
        _ => {}
    }
    let seen = open(&record)?;
    let Some(power) = power::named(&seen.kind) else { return Ok(Err(missing(id))) };
    let (fresh, facts, history) = compute(c, power, &ask_of(&seen), rails, Stamp { id, now: hand.now })?;
    let overall = |rows: &[&Change]| about_plan(power, rows, &facts, rails, &history, hand.now);
    let rows = match accept(&seen, &fresh, yes, overall) {
        Ok(rows) => rows,
        Err(objection) => return Ok(Err(fault(objection))),
    };
    let mut actions = Vec::with_capacity(rows.len());
    for row in rows {
        let new = action(power, id, row, reason, start_within, hand);
        match queue::enqueue(c, &new)? {
            Enqueued::New(action) => actions.push(action),
            // The basis was read in this very transaction, so this cannot be; if it is, nothing must stay.
            Enqueued::Open(other) => {
                return Err(StoreError::Constraint { detail: format!("action {other} has the same wish") });
            }
        }
    }
    let approval = Approval {
        actions: actions.clone(),
        excluded: yes.excluded.iter().copied().collect(),
        reason: reason.map(str::to_owned),
        by: hand.by.to_owned(),
    };
    queue::save_plan(
        c,
        &PlanRecord {
            state: "approved".into(),
            approval: Some(to_json(&approval)),
            settled_at: Some(hand.now),
            ..record
        },
    )?;
    Ok(Ok(actions))
}

fn action(
    power: &Power,
    plan: i64,
    row: &Change,
    reason: Option<&str>,
    start_within: Duration,
    hand: Hand<'_>,
) -> NewAction {
    let target = &row.target;
    NewAction {
        kind: power.id.to_owned(),
        input: power::input(target.id),
        target: TargetRecord {
            kind: target.kind.clone(),
            id: target.id,
            name: target.name.clone(),
            service_id: target.service_id,
            client_id: target.client_id,
            client_name: target.client_name.clone(),
        },
        resource_key: power::resource_key(target.id),
        unique_key: power::unique_key(power.id, target.id),
        lane: "contabo".into(),
        priority: 0,
        state: ActionState::Ready.name().into(),
        step: STEP_CHECK.into(),
        deadline: Some(later(hand.now, start_within)),
        plan: Some((plan, i64::from(row.index))),
        by: hand.by.to_owned(),
        reason: reason.map(str::to_owned),
        at: hand.now,
        detail: Some(to_json(&Phrase::new("event.from_plan", [("plan", plan.to_string())]))),
    }
}

fn fault(objection: Objection) -> Fault {
    match objection {
        Objection::Moved(names) => {
            let more = names.len().saturating_sub(5);
            let mut moved = names.into_iter().take(5).collect::<Vec<_>>().join(", ");
            if more > 0 {
                moved.push_str(&format!(" + {more}"));
            }
            Fault::with(ErrorCode::BasisMoved, [("moved", moved)])
        }
        Objection::Blocked(verdict) => {
            let mut fault = Fault::with(ErrorCode::Blocked, [("guardrail", verdict.guardrail)]);
            fault.params.extend(verdict.reason.params);
            fault
        }
        Objection::Mistyped => Fault::of(ErrorCode::ConfirmationWrong),
        Objection::NothingLeft => Fault::with(
            ErrorCode::InvalidInput,
            [("field", "excluded".into()), ("problem", "no row is left to be carried out".into())],
        ),
        Objection::NoSuchRow(row) => Fault::with(
            ErrorCode::InvalidInput,
            [("field", "excluded".into()), ("problem", format!("the plan has no row {row}"))],
        ),
    }
}

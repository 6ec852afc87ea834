//! Plans in the store: kept when they are made, computed anew when asked, and turned into actions once.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use rackdesk_store::{
    StoreError,
    policy::SpendRecord,
    queue::{self, Enqueued, NewAction, PlanRecord, TargetRecord},
    rusqlite::Connection,
};
use serde_json::{Value, json};

use super::{
    Change, Phrase, Plan, PlanState, Verdict,
    approval::{Yes, accept},
    compute::{Ask, Stamp, basis, compute_over},
    facts::{self, Facts, History},
    guardrails::{Asked, Deed, about_plan, behind, cost},
    objection,
    overrides::{self, Overridden},
    set_aside::as_shown,
    yeses::{Approval, said},
};
use crate::{
    act::{
        ActionState, STEP_CHECK,
        kinds::{self, Kind},
        reconcile::later,
        transition::{Move, Transition, make, to_json},
    },
    fault::{ErrorCode, Fault},
    policy::{self, Policy},
};

/// Who acts, and when.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// Operator.
    pub by: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// What a plan is computed from, read in one transaction.
struct Known {
    facts: Vec<Facts>,
    history: History,
    policy: Policy,
    now: Timestamp,
}

impl Known {
    /// `began` is the policy the profile began with.
    fn read(c: &Connection, kind: &dyn Kind, ask: &Ask, began: &Policy, now: Timestamp) -> Result<Self, StoreError> {
        let mut facts = facts::read(c, kind.card().target, &ask.ids)?;
        for found in &mut facts {
            behind::note(c, kind, found, ask.gathered.get(&found.id))?;
        }
        Ok(Self { facts, history: History::read(c, kind, now)?, policy: policy::kept::current(c, began)?, now })
    }

    fn asked<'a>(&'a self, kind: &'a dyn Kind, ask: &'a Ask) -> Asked<'a> {
        Asked { kind, input: &ask.input, policy: &self.policy, history: &self.history, now: self.now }
    }

    fn plan(&self, kind: &dyn Kind, ask: &Ask, id: i64, over: &Overridden) -> Plan {
        compute_over(&self.asked(kind, ask), ask, &self.facts, Stamp { id, now: self.now }, over)
    }
}

/// Makes a plan and keeps it with what was asked for. `began` is the policy the profile began with; in force is the
/// newest one in the database.
///
/// # Errors
/// When facts cannot be read or the plan cannot be kept.
pub fn propose(c: &Connection, kind: &dyn Kind, ask: &Ask, began: &Policy, hand: Hand<'_>) -> Result<Plan, StoreError> {
    let mut made = None;
    queue::add_plan(c, kind.card().id, &to_json(ask), hand.by, hand.now, |id| {
        let plan = Known::read(c, kind, ask, began, hand.now)?.plan(kind, ask, id, &Overridden::default());
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
    if matches!(plan.state, PlanState::Open | PlanState::Waiting)
        && let Some(kind) = kinds::named(&plan.kind)
    {
        let ask = ask_of(&record, &plan);
        plan.basis = basis(kind, &ask, &facts::read(c, kind.card().target, &ask.ids)?, now);
    }
    Ok(Some(plan))
}

/// Plans that one person said yes to and that wait for a second one, newest first.
///
/// # Errors
/// When one cannot be read.
pub fn waiting(c: &Connection, limit: u32) -> Result<Vec<Plan>, StoreError> {
    queue::plans_waiting(c, limit)?.iter().map(open).collect()
}

/// What an open plan asks for: who wants its facts anew has to gather for it first. `None` when there is no such open
/// plan, or its kind is not known.
///
/// # Errors
/// When it cannot be read.
pub fn asked(c: &Connection, id: i64) -> Result<Option<(&'static dyn Kind, Ask)>, StoreError> {
    let Some(record) = queue::plan(c, id)?.filter(|record| record.state == "open") else { return Ok(None) };
    let plan = open(&record)?;
    Ok(kinds::named(&plan.kind).map(|kind| (kind, ask_of(&record, &plan))))
}

fn open(record: &PlanRecord) -> Result<Plan, StoreError> {
    let mut plan: Plan = serde_json::from_str(&record.body).map_err(|e| StoreError::row(format!("plan.body: {e}")))?;
    plan.state = match record.state.as_str() {
        "approved" => PlanState::Approved,
        "dismissed" => PlanState::Dismissed,
        _ if record.approval.is_some() => PlanState::Waiting,
        _ => PlanState::Open,
    };
    plan.approvals = Approval::of(record).map(|approval| approval.yeses).unwrap_or_default();
    Ok(plan)
}

fn missing(id: i64) -> Fault {
    Fault::with(ErrorCode::NotFound, [("what", format!("PL-{id}"))])
}

fn settled(record: &PlanRecord) -> Fault {
    Fault::with(ErrorCode::StateForbids, [("state", record.state.clone())])
}

fn ask_of(record: &PlanRecord, plan: &Plan) -> Ask {
    let kept = record.ask.as_deref().and_then(|text| serde_json::from_str(text).ok());
    // Plans of before asks were kept have no input of their own.
    kept.unwrap_or_else(|| Ask::of(&plan.changes.iter().map(|c| c.target.id).collect::<Vec<_>>(), &plan.origin))
}

/// Computes an open plan anew from the facts of now, under its old number. `gathered` is what was read of the providers
/// for it just now. A first yes to what it was before is forgotten.
///
/// # Errors
/// The outer error when the store fails; the inner one when there is no such open plan.
pub fn refresh(
    c: &Connection,
    id: i64,
    gathered: BTreeMap<i64, Value>,
    began: &Policy,
    now: Timestamp,
) -> Result<Result<Plan, Fault>, StoreError> {
    let Some(record) = queue::plan(c, id)? else { return Ok(Err(missing(id))) };
    if record.state != "open" {
        return Ok(Err(settled(&record)));
    }
    let old = open(&record)?;
    let Some(kind) = kinds::named(&old.kind) else { return Ok(Err(missing(id))) };
    let ask = Ask { gathered, ..ask_of(&record, &old) };
    let plan = Known::read(c, kind, &ask, began, now)?.plan(kind, &ask, id, &Overridden::default());
    queue::save_plan(c, &PlanRecord { body: to_json(&plan), ask: Some(to_json(&ask)), approval: None, ..record })?;
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

/// How a plan is carried out.
#[derive(Debug, Clone)]
pub struct Approving<'a> {
    /// The person's yes.
    pub yes: &'a Yes,
    /// Why.
    pub reason: Option<&'a str>,
    /// What was read of the providers just now, for kinds that gather.
    pub gathered: BTreeMap<i64, Value>,
    /// Actions that must have succeeded before any of these is started.
    pub after: &'a [i64],
    /// How long nothing is started yet, so that it can be taken back.
    pub delay: Duration,
    /// Given up when it was not started for this long.
    pub start_within: Duration,
}

/// Turns a plan into actions, all of them or none. Approving a plan again returns the same actions. Where the policy
/// wants the yes of two people, the first one makes none yet: the plan waits for somebody else.
///
/// The caller runs it in one durable transaction, so that the facts read here are the facts the actions were made from.
///
/// # Errors
/// The outer error when the store fails; the inner one says why nothing was enqueued.
pub fn approve(
    c: &Connection,
    id: i64,
    how: &Approving<'_>,
    began: &Policy,
    hand: Hand<'_>,
) -> Result<Result<Vec<i64>, Fault>, StoreError> {
    let Some(record) = queue::plan(c, id)? else { return Ok(Err(missing(id))) };
    match record.state.as_str() {
        "approved" => return Ok(Ok(Approval::of(&record).map(|kept| kept.actions).unwrap_or_default())),
        "dismissed" => return Ok(Err(settled(&record))),
        _ => {}
    }
    let seen = open(&record)?;
    let Some(kind) = kinds::named(&seen.kind) else { return Ok(Err(missing(id))) };
    for before in how.after {
        if queue::action(c, *before)?.is_none() {
            return Ok(Err(Fault::with(ErrorCode::NotFound, [("what", format!("A-{before}"))])));
        }
    }
    let ask = Ask { gathered: how.gathered.clone(), ..ask_of(&record, &seen) };
    let known = Known::read(c, kind, &ask, began, hand.now)?;
    let first = Approval::of(&record);
    let approval = match said(first.as_ref(), &seen, how, &known.policy, hand) {
        Ok(approval) => approval,
        Err(fault) => return Ok(Err(fault)),
    };
    let over = approval.overridden(&known.policy, hand.now);
    let fresh = known.plan(kind, &ask, id, &over);
    let given = &how.yes.overrides;
    if let Err(fault) = overrides::fitting(&fresh, given).and_then(|()| as_shown(&seen, &fresh, given)) {
        return Ok(Err(fault));
    }
    let asked = known.asked(kind, &ask);
    let yes = Yes { excluded: approval.excluded.iter().copied().collect(), ..how.yes.clone() };
    let rows = match accept(&seen, &fresh, &yes, &over, |rows| about_plan(&asked, rows, &known.facts)) {
        Ok(rows) => rows,
        Err(objection) => return Ok(Err(objection::fault(objection))),
    };
    let alone = Deed::of(kind).needs_second(&known.policy);
    if alone && first.is_some() && approval.people() < 2 {
        return Ok(Err(objection::same_person(hand.by)));
    }
    if alone && approval.people() < 2 {
        queue::save_plan(c, &PlanRecord { approval: Some(to_json(&approval)), ask: Some(to_json(&ask)), ..record })?;
        return Ok(Ok(Vec::new()));
    }
    let actions = match enqueue(c, kind, &ask, id, &rows, how, &approval, hand)? {
        Ok(actions) => actions,
        Err(fault) => return Ok(Err(fault)),
    };
    let approval = Approval { actions: actions.clone(), ..approval };
    // What was approved is what the record shows: also the rows that only an override let in.
    let body = match approval.yeses.iter().any(|yes| !yes.overrides.is_empty()) {
        true => to_json(&Plan { created_at: seen.created_at.clone(), ..fresh }),
        false => record.body.clone(),
    };
    queue::save_plan(
        c,
        &PlanRecord {
            state: "approved".into(),
            body,
            approval: Some(to_json(&approval)),
            settled_at: Some(hand.now),
            ask: Some(to_json(&ask)),
            ..record
        },
    )?;
    Ok(Ok(actions))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one approval, named where it is put together")]
fn enqueue(
    c: &Connection,
    kind: &dyn Kind,
    ask: &Ask,
    plan: i64,
    rows: &[&Change],
    how: &Approving<'_>,
    approval: &Approval,
    hand: Hand<'_>,
) -> Result<Result<Vec<i64>, Fault>, StoreError> {
    let mut actions = Vec::with_capacity(rows.len());
    let buys = Deed::of(kind).buys;
    let new: Vec<_> = rows.iter().map(|row| (row, action(kind, ask, plan, row, how, approval, hand))).collect();
    // Asked of all before anything is written. The plan names the oldest action on a target; the same wish may stand
    // behind it.
    for (_, new) in &new {
        if let Some(other) = queue::open_wish(c, &new.unique_key)? {
            let reason = Phrase::new("rule.busy", [("action", other.to_string())]);
            return Ok(Err(objection::blocked(Verdict::block("busy", reason))));
        }
    }
    for (row, new) in new {
        supersede(c, kind, &new, hand)?;
        match queue::enqueue(c, &new)? {
            Enqueued::New(action) => actions.push(action),
            // The basis was read in this very transaction, so this cannot be; if it is, nothing must stay.
            Enqueued::Open(other) | Enqueued::Differs(other) => {
                return Err(StoreError::Constraint { detail: format!("action {other} has the same wish") });
            }
        }
        if let Some(money) = cost(row).filter(|_| buys) {
            let spend = SpendRecord {
                plan: (plan, i64::from(row.index)),
                at: hand.now,
                amount: money.amount.to_string(),
                currency: money.currency,
            };
            rackdesk_store::policy::note_spend(c, &spend)?;
        }
    }
    for action in &actions {
        for before in how.after {
            queue::add_need(c, *action, *before)?;
        }
    }
    Ok(Ok(actions))
}

/// A newer wish takes older ones back that it replaces: those that have not begun, and those between two steps that
/// yield. What was sent stays, and is waited for.
fn supersede(c: &Connection, kind: &dyn Kind, new: &NewAction, hand: Hand<'_>) -> Result<(), StoreError> {
    let supersedes = kind.card().supersedes;
    if supersedes.is_empty() {
        return Ok(());
    }
    for old in queue::open_on_targets(c, &new.target.kind, &[new.target.id])? {
        let begun = facts::OpenAction::of(&old).is_none_or(|old| old.begun);
        if old.resource_key == new.resource_key && supersedes.contains(&old.kind.as_str()) && !begun {
            let says = Phrase::new("event.superseded", [("kind", new.kind.clone())]);
            make(c, old.id, None, Move::person(Transition::Supersede, hand.now, hand.by).saying(says), |_| {})?.ok();
        }
    }
    Ok(())
}

fn action(
    kind: &dyn Kind,
    ask: &Ask,
    plan: i64,
    row: &Change,
    how: &Approving<'_>,
    approval: &Approval,
    hand: Hand<'_>,
) -> NewAction {
    let from_plan = approval.told(plan);
    NewAction {
        plan: Some((plan, i64::from(row.index))),
        reason: approval.reason.clone(),
        not_before: (!how.delay.is_zero()).then(|| later(hand.now, how.delay)),
        deadline: Some(later(hand.now, how.start_within.saturating_add(how.delay))),
        detail: Some(to_json(&from_plan)),
        carried: ask.gathered.get(&row.target.id).map(|found| json!({ (kinds::GATHERED): found }).to_string()),
        ..new_action(kind, &row.target, &ask.input, hand)
    }
}

/// An action of a kind on a target, ready to be enqueued, with an input that [`Kind::accept`] has accepted.
pub fn new_action(kind: &dyn Kind, target: &super::Target, input: &Value, hand: Hand<'_>) -> NewAction {
    let (resource_key, unique_key) = kind.keys(target, input);
    let lane = kind.steps().first().map_or("contabo", |step| step.lane().name());
    NewAction {
        kind: kind.card().id.to_owned(),
        input: input.to_string(),
        target: TargetRecord {
            kind: target.kind.clone(),
            id: target.id,
            name: target.name.clone(),
            service_id: target.service_id,
            client_id: target.client_id,
            client_name: target.client_name.clone(),
        },
        resource_key,
        unique_key,
        lane: lane.into(),
        priority: 0,
        state: ActionState::Ready.name().into(),
        step: STEP_CHECK.into(),
        stage: 0,
        carried: None,
        not_before: None,
        deadline: None,
        plan: None,
        by: hand.by.to_owned(),
        reason: None,
        at: hand.now,
        detail: None,
    }
}

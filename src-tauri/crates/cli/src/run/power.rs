use std::process::ExitCode;

use rackdesk_commands::{
    AppError, Core, Plan,
    clients::RecordRef,
    plans::{self, ActionRequest, Approval, KindsRequest, PlanRef, PowerRequest},
    queue::{self, ActionDetail},
};
use rackdesk_console::{
    act::{ActionState, steps::StepStanding},
    phrases::english,
    plan::{Confirmation, objection, overrides::Override},
};

use super::{Done, query::number};
use crate::{
    args::{MakeArgs, PlanCommand, PowerArgs, policy::SayingArgs},
    exit, output,
};

/// Plan → show → approve → work → prove.
pub(super) async fn run(core: &Core, kind: &str, args: &PowerArgs, json: bool) -> Done {
    let request =
        PowerRequest { kind: kind.to_owned(), instance_ids: args.ids.clone(), origin: "rackdeskctl".to_owned() };
    let plan = plans::plan_power(core, request).await?;
    if args.plan {
        show(&plan, json);
        return Ok(ExitCode::SUCCESS);
    }
    let approval = said(&args.saying, Approval { id: plan.id, reason: args.reason.clone(), ..Approval::default() })?;
    carry_out(core, &plan, approval, args.yes, args.no_wait, json).await
}

/// Makes a plan of any kind; carries it out when that was said.
async fn make(core: &Core, args: &MakeArgs, json: bool) -> Done {
    let mut input = std::collections::BTreeMap::new();
    for pair in &args.values {
        let (name, value) = pair.split_once('=').ok_or_else(|| AppError::invalid(pair, "is not field=value"))?;
        input.insert(name.to_owned(), value.to_owned());
    }
    let origin = "rackdeskctl".to_owned();
    let request = ActionRequest { kind: args.kind.clone(), targets: args.targets.clone(), input, origin };
    let plan = plans::plan_action(core, request).await?;
    if !args.yes {
        show(&plan, json);
        return Ok(ExitCode::SUCCESS);
    }
    let approval =
        Approval { id: plan.id, typed: args.typed.clone(), reason: args.reason.clone(), ..Approval::default() };
    let approval = said(&args.saying, approval)?;
    carry_out(core, &plan, approval, true, args.no_wait, json).await
}

/// An approval with who says it, and over what.
fn said(saying: &SayingArgs, approval: Approval) -> Result<Approval, AppError> {
    let one = |text: &String| {
        let (guardrail, reason) =
            text.split_once('=').ok_or_else(|| AppError::invalid("--override", "is not guardrail=reason"))?;
        Ok(Override { guardrail: guardrail.trim().to_owned(), reason: reason.trim().to_owned() })
    };
    let overrides = saying.overrides.iter().map(one).collect::<Result<Vec<_>, AppError>>()?;
    Ok(Approval { overrides: Some(overrides), by: saying.approve_as.clone(), ..approval })
}

/// Show → approve → work → prove.
async fn carry_out(core: &Core, plan: &Plan, approval: Approval, yes: bool, no_wait: bool, json: bool) -> Done {
    if !json {
        show(plan, false);
    }
    let over = approval.overrides.as_ref().is_some_and(|overrides| !overrides.is_empty());
    if plan.totals.changes == 0 && !over {
        plans::plan_dismiss(core, PlanRef { id: plan.id }).await?;
        return Err(blocked(plan));
    }
    if !yes && !output::confirm("Approve?") {
        output::note("Not approved; nothing was sent. --yes approves without asking.");
        return Ok(ExitCode::from(exit::NOT_DONE));
    }
    let approved = plans::plan_approve(core, approval).await?;
    if approved.waits_for_second {
        if json {
            output::json(&approved);
        } else {
            output::line(&format!(
                "PL-{} waits for the yes of a second person: plan apply {} --approve-as NAME",
                approved.id, approved.id
            ));
        }
        return Ok(ExitCode::from(exit::WAITS));
    }
    if no_wait {
        if json {
            output::json(&approved);
        } else {
            approved.action_ids.iter().for_each(|id| output::line(&format!("A-{id}")));
        }
        return Ok(ExitCode::SUCCESS);
    }
    follow(core, &approved.action_ids, json).await
}

async fn list_kinds(core: &Core, about: Option<&String>, json: bool) -> Done {
    let kinds = plans::action_kinds(core, KindsRequest { target_kind: about.cloned(), target_id: None }).await?;
    if json {
        output::json(&kinds);
        return Ok(ExitCode::SUCCESS);
    }
    let field = |f: &plans::FieldInfo| {
        let text = format!("{}={}", f.name, if f.choices.is_empty() { f.holds.clone() } else { f.choices.join("|") });
        if f.required { text } else { format!("[{text}]") }
    };
    let rows: Vec<_> = kinds
        .iter()
        .map(|kind| {
            vec![
                kind.kind.clone(),
                kind.target_kind.clone(),
                format!("{:?}", kind.impact).to_lowercase(),
                if kind.money { "money".into() } else { "—".into() },
                kind.fields.iter().map(field).collect::<Vec<_>>().join(" "),
            ]
        })
        .collect();
    output::table(&["KIND", "ON", "EFFECT", "COSTS", "TAKES"], &rows);
    Ok(ExitCode::SUCCESS)
}

/// The guardrail that keeps everything out, in its own words.
fn blocked(plan: &Plan) -> AppError {
    let verdicts = plan.changes.iter().flat_map(|c| &c.verdicts).chain(&plan.verdicts);
    match verdicts.filter(|verdict| verdict.blocks()).max_by_key(|verdict| !verdict.overridable) {
        Some(verdict) => AppError::from(objection::blocked(verdict.clone())),
        None => AppError::invalid("excluded", "nothing is left to do"),
    }
}

/// Works the queue (or lets the process that has it work) until these actions ended or wait for a person.
pub(super) async fn follow(core: &Core, ids: &[i64], json: bool) -> Done {
    core.work_until(|rows| rows.iter().filter(|r| ids.contains(&r.id)).all(|r| r.settled)).await?;
    let mut details = Vec::with_capacity(ids.len());
    for id in ids {
        details.push(queue::action_detail(core, RecordRef { id: *id }).await?);
    }
    if json {
        output::json(&details);
    } else {
        details.iter().for_each(story);
    }
    Ok(verdict(&details))
}

/// The whole story of one action on a few lines.
pub(super) fn story(detail: &ActionDetail) {
    let row = &detail.row;
    output::line(&format!("A-{}  {}  {}  {}", row.id, row.kind, row.target.name, word(row.state)));
    if detail.steps.len() > 1 {
        let steps: Vec<_> = detail.steps.iter().map(|s| format!("{} {}", s.name, standing(s.standing))).collect();
        output::line(&format!("  {}", steps.join("  ›  ")));
    }
    for event in &detail.events {
        output::line(&format!("  {}  {}", event.at, english(&event.title)));
        event.lines.iter().for_each(|l| output::line(&format!("      {}", english(l))));
    }
    if let Some(notice) = &detail.notice {
        output::note(&english(notice));
    }
}

fn standing(standing: StepStanding) -> &'static str {
    match standing {
        StepStanding::Done => "done",
        StepStanding::Skipped => "left out",
        StepStanding::Here => "here",
        StepStanding::Ended => "ended here",
        StepStanding::Ahead => "to come",
    }
}

/// A state as it is written everywhere.
pub(super) fn word(state: ActionState) -> String {
    serde_json::to_value(state).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn verdict(details: &[ActionDetail]) -> ExitCode {
    let any = |f: fn(ActionState) -> bool| details.iter().any(|d| f(d.row.state));
    if any(|s| matches!(s, ActionState::Failed)) {
        ExitCode::from(exit::FAILED)
    } else if any(|s| !s.is_final()) {
        ExitCode::from(exit::WAITS)
    } else {
        ExitCode::SUCCESS
    }
}

/// `plan show` and `plan apply`.
pub(super) async fn plan(core: &Core, command: &PlanCommand, json: bool) -> Done {
    match command {
        PlanCommand::Kinds { about } => list_kinds(core, about.as_ref(), json).await,
        PlanCommand::Make(args) => make(core, args, json).await,
        PlanCommand::Show { id } => {
            show(&plans::plan_show(core, PlanRef { id: number(id, "PL-")? }).await?, json);
            Ok(ExitCode::SUCCESS)
        }
        PlanCommand::Apply { id, exclude, typed, saying, reason, delay, after, no_wait, yes } => {
            let id = number(id, "PL-")?;
            let plan = plans::plan_show(core, PlanRef { id }).await?;
            let after = after.iter().map(|id| number(id, "A-")).collect::<Result<Vec<_>, _>>()?;
            let approval = Approval {
                id,
                excluded: exclude.clone(),
                typed: typed.clone(),
                reason: reason.clone(),
                delay_seconds: *delay,
                after: Some(after),
                ..Approval::default()
            };
            let approval = said(saying, approval)?;
            carry_out(core, &plan, approval, *yes, *no_wait, json).await
        }
    }
}

fn change(fact: &rackdesk_console::plan::FactChange) -> String {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".into());
    if fact.before == fact.after {
        return format!("{}: {}", fact.field, side(&fact.before));
    }
    format!("{}: {} → {}", fact.field, side(&fact.before), side(&fact.after))
}

fn show(plan: &Plan, json: bool) {
    if json {
        return output::json(plan);
    }
    output::line(&format!("PL-{}  {}", plan.id, english(&plan.title)));
    let rows: Vec<_> = plan
        .changes
        .iter()
        .map(|c| {
            let why = c.verdicts.iter().map(|v| english(&v.reason)).collect::<Vec<_>>().join("; ");
            vec![
                c.index.to_string(),
                c.target.name.clone(),
                c.target.id.to_string(),
                c.target.client_name.clone().unwrap_or_else(|| "—".into()),
                if c.blocked() { "blocked".into() } else { format!("{:?}", c.impact).to_lowercase() },
                c.facts.iter().map(change).collect::<Vec<_>>().join("; "),
                why,
            ]
        })
        .collect();
    output::table(&["ROW", "ON", "ID", "CLIENT", "EFFECT", "CHANGE", "REMARK"], &rows);
    for v in &plan.verdicts {
        let ruling = format!("{:?}", v.ruling).to_lowercase();
        let over = if v.overridable { "  (--override)" } else { "" };
        output::line(&format!("  {ruling}  {}  {}{over}", v.guardrail, english(&v.reason)));
    }
    for yes in &plan.approvals {
        output::line(&format!("  yes  {}  {}", yes.by, yes.at));
        for one in &yes.overrides {
            output::line(&format!("       over {}: {}", one.guardrail, one.reason));
        }
    }
    if let Confirmation::Type { text } = &plan.confirmation {
        output::line(&format!("To approve, type: {text}"));
    }
}

use std::{process::ExitCode, time::Duration};

use rackdesk_commands::{
    AppError, Core,
    clients::RecordRef,
    queue::{self, QueueSwitch, SwitchRequest, VerbRequest},
};
use rackdesk_console::{act::ActionVerb, phrases::english};

use super::{Done, power, query};
use crate::{args::QueueCommand, exit, output};

pub(super) async fn run(core: &Core, command: &QueueCommand, json: bool) -> Done {
    match command {
        QueueCommand::List(list) => {
            let window = queue::queue_window(core, query::query(list)?).await?;
            if json {
                output::json(&window.rows);
            } else {
                let rows: Vec<_> = window
                    .rows
                    .iter()
                    .map(|a| {
                        vec![
                            format!("A-{}", a.id),
                            power::word(a.state),
                            a.kind.clone(),
                            a.target.name.clone(),
                            a.waits.as_ref().map_or_else(|| "—".into(), english),
                            a.next_try.clone().unwrap_or_else(|| "—".into()),
                            a.tries.to_string(),
                        ]
                    })
                    .collect();
                output::table(&["ID", "STATE", "ACTION", "ON", "WHY IT WAITS", "NEXT TRY", "TRIES"], &rows);
            }
            Ok(ExitCode::SUCCESS)
        }
        QueueCommand::Show { id } => {
            let detail = queue::action_detail(core, RecordRef { id: query::number(id, "A-")? }).await?;
            if json {
                output::json(&detail)
            } else {
                power::story(&detail)
            }
            Ok(ExitCode::SUCCESS)
        }
        QueueCommand::Work { until_idle, seconds } => work(core, *until_idle, *seconds, json).await,
        QueueCommand::Act { verb, ids, reason, step } => act(core, verb, ids, reason.clone(), step.clone(), json).await,
        QueueCommand::Pause { lane: None } => switch(core, QueueSwitch::Pause, None).await,
        QueueCommand::Resume { lane: None } => switch(core, QueueSwitch::Resume, None).await,
        QueueCommand::Pause { lane } => switch(core, QueueSwitch::PauseLane, lane.clone()).await,
        QueueCommand::Resume { lane } => switch(core, QueueSwitch::ResumeLane, lane.clone()).await,
        QueueCommand::Stop => switch(core, QueueSwitch::StopEverything, None).await,
    }
}

async fn switch(core: &Core, switch: QueueSwitch, lane: Option<String>) -> Done {
    queue::queue_switch(core, SwitchRequest { switch, lane }).await?;
    Ok(ExitCode::SUCCESS)
}

async fn work(core: &Core, until_idle: bool, seconds: Option<u64>, json: bool) -> Done {
    let working = core.work_until(|rows| until_idle && rows.iter().all(|r| r.settled));
    match seconds {
        Some(s) => tokio::time::timeout(Duration::from_secs(s), working).await.unwrap_or(Ok(()))?,
        None => tokio::select! {
            done = working => done?,
            _ = tokio::signal::ctrl_c() => {}
        },
    }
    let open = core.open_actions().await?;
    if json {
        output::json(
            &serde_json::json!({ "open": open.len(), "waits_for_person": open.iter().filter(|r| r.settled).count() }),
        );
    } else {
        output::line(&format!("{} open", open.len()));
    }
    Ok(if open.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::WAITS) })
}

async fn act(
    core: &Core,
    verb: &str,
    ids: &[String],
    reason: Option<String>,
    step: Option<String>,
    json: bool,
) -> Done {
    let verb = serde_json::from_value(serde_json::Value::String(verb.replace('-', "_"))).map_err(|_| {
        let verbs = ActionVerb::ALL.map(|verb| verb.name().replace('_', "-"));
        AppError::invalid("verb", format!("is none of {}", verbs.join(", ")))
    })?;
    let ids = ids.iter().map(|id| query::number(id, "A-")).collect::<Result<Vec<_>, _>>()?;
    let results = queue::action_verb(core, VerbRequest { ids, verb, reason, step }).await?;
    if json {
        output::json(&results);
    }
    let mut code = ExitCode::SUCCESS;
    for result in &results {
        if let Some(error) = &result.error {
            if !json {
                output::note(&format!("A-{}: {}", result.id, error.message));
            }
            code = ExitCode::from(exit::code(error.code));
        }
    }
    Ok(code)
}

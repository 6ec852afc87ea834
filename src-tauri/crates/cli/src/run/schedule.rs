use std::process::ExitCode;

use rackdesk_commands::{
    Core,
    schedule::{self, JobCadence, JobRef, JobRow, JobRun, PauseRequest, RunsQuery},
};

use super::Done;
use crate::{args::record::ScheduleCommand, exit, output};

pub(super) async fn run(core: &Core, command: &ScheduleCommand, json: bool) -> Done {
    match command {
        ScheduleCommand::List => list(core, json).await,
        ScheduleCommand::Run { job: Some(job), .. } => {
            let run = schedule::schedule_run(core, JobRef { job: job.clone() }).await?;
            Ok(told(&[run], json))
        }
        ScheduleCommand::Run { job: None, .. } => Ok(told(&core.run_due_jobs().await?, json)),
        ScheduleCommand::History { job, limit } => {
            let runs = schedule::schedule_runs(core, RunsQuery { job: job.clone(), limit: *limit }).await?;
            show(&runs, json);
            Ok(ExitCode::SUCCESS)
        }
        ScheduleCommand::Pause { job } => pause(core, job.as_ref(), true).await,
        ScheduleCommand::Resume { job } => pause(core, job.as_ref(), false).await,
    }
}

async fn pause(core: &Core, job: Option<&String>, paused: bool) -> Done {
    schedule::schedule_pause(core, PauseRequest { job: job.cloned(), paused }).await?;
    Ok(ExitCode::SUCCESS)
}

async fn list(core: &Core, json: bool) -> Done {
    let state = schedule::schedule_list(core, ()).await?;
    if json {
        output::json(&state);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |job: &JobRow| {
        let next = match (&job.paused_by, &job.next_at) {
            _ if job.running => "runs now".to_owned(),
            (Some(by), _) => format!("paused by {by}"),
            (None, Some(at)) => at.clone(),
            (None, None) => "—".to_owned(),
        };
        let last = job.last.as_ref();
        vec![
            job.name.clone(),
            cadence(&job.cadence),
            next,
            last.map_or_else(|| "—".into(), |run| run.began_at.clone()),
            last.and_then(|run| run.outcome.clone()).unwrap_or_else(|| "—".into()),
            last.map_or_else(String::new, counts),
        ]
    };
    let rows: Vec<_> = state.jobs.iter().map(row).collect();
    output::table(&["JOB", "HOW OFTEN", "NEXT", "LAST", "ENDED", "BROUGHT"], &rows);
    if let Some(by) = &state.paused_by {
        output::note(&format!("All of it is paused by {by}."));
    }
    Ok(ExitCode::SUCCESS)
}

fn cadence(cadence: &JobCadence) -> String {
    match cadence {
        JobCadence::Continuous => "all the time".into(),
        JobCadence::Every { minutes } => format!("every {minutes} min"),
        JobCadence::Daily { at } => format!("daily at {at}"),
    }
}

fn counts(run: &JobRun) -> String {
    run.counts.iter().map(|figure| format!("{} {}", figure.count, figure.value)).collect::<Vec<_>>().join(", ")
}

fn show(runs: &[JobRun], json: bool) {
    if json {
        output::json(&runs);
        return;
    }
    let row = |run: &JobRun| {
        vec![
            run.job.clone(),
            run.began_at.clone(),
            run.ms.map_or_else(|| "—".into(), |ms| ms.to_string()),
            run.outcome.clone().unwrap_or_else(|| "runs".into()),
            counts(run),
            run.by.clone().unwrap_or_else(|| "due".into()),
            run.place.clone(),
        ]
    };
    let rows: Vec<_> = runs.iter().map(row).collect();
    output::table(&["JOB", "BEGAN", "MS", "ENDED", "BROUGHT", "BY", "WHERE"], &rows);
}

/// What was run, and the exit code of the first run that failed.
fn told(runs: &[JobRun], json: bool) -> ExitCode {
    show(runs, json);
    let failed: Vec<_> = runs.iter().filter_map(|run| Some((&run.job, run.error.as_ref()?))).collect();
    if !json {
        for figure in runs.iter().flat_map(|run| &run.counts).filter(|figure| figure.value == "list_old") {
            output::note(&format!("Contabo's price list is {} days old: too old to be relied on", figure.count));
        }
        failed.iter().for_each(|(job, error)| output::note(&format!("{job}: {}", error.message)));
    }
    failed.first().map_or(ExitCode::SUCCESS, |(_, error)| ExitCode::from(exit::code(error.code)))
}

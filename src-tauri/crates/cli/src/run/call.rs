use std::process::ExitCode;

use rackdesk_commands::{AppError, Core};

use super::Done;
use crate::{args::CallArgs, exit, output};

/// Runs any typed operation by its name.
pub(super) async fn run(core: &Core, provider: &str, args: &CallArgs, json: bool) -> Done {
    let params = args
        .params
        .iter()
        .map(|p| p.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned())))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| AppError::invalid("parameter", "write name=value"))?;
    let operation = core.operation(provider, &args.name, &params)?;
    if operation.writes() && !args.yes {
        output::note(&operation.consequence());
        if !output::confirm("Send it?") {
            output::note("Not sent. --yes sends without asking.");
            return Ok(ExitCode::from(exit::NOT_DONE));
        }
    }
    let answer = core.call(&operation, args.raw).await?;
    if json {
        output::json(&answer);
    } else {
        output::line(&serde_json::to_string_pretty(&answer).map_err(AppError::internal)?);
    }
    Ok(ExitCode::SUCCESS)
}

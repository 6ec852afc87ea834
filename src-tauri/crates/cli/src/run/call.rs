use std::{collections::BTreeMap, io::Read, process::ExitCode};

use rackdesk_commands::{AppError, Core};

use super::Done;
use crate::{args::CallArgs, exit, output};

/// Runs any typed operation by its name.
pub(super) async fn run(core: &Core, provider: &str, args: &CallArgs, json: bool) -> Done {
    let mut params = args
        .params
        .iter()
        .map(|p| p.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned())))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| AppError::invalid("parameter", "write name=value"))?;
    let secrets = core.secret_parameters(provider, &args.name)?;
    if let Some((name, _)) = params.iter().find(|(name, _)| secrets.iter().any(|s| s.eq_ignore_ascii_case(name))) {
        // Command lines are seen by every program on the machine and kept by shells.
        return Err(AppError::invalid(name, "is a secret; give it through --stdin as {\"name\": \"value\"}"));
    }
    if args.stdin {
        params.extend(from_stdin()?);
    }
    let operation = core.operation(provider, &args.name, &params)?;
    if operation.writes() && !args.yes {
        output::note(&operation.consequence());
        if !output::confirm("Send it?") {
            output::note("Not sent. --yes sends without asking.");
            return Ok(ExitCode::from(exit::NOT_DONE));
        }
    }
    let answer = match core.call(&operation, args.raw).await {
        Err(e) if e.params.get("outcome").is_some_and(|outcome| outcome == "unknown") => {
            exit::report(&e, json);
            output::note("It may have happened: look before sending it again.");
            return Ok(ExitCode::from(exit::WAITS));
        }
        answer => answer?,
    };
    if json {
        output::json(&answer);
    } else {
        output::line(&serde_json::to_string_pretty(&answer).map_err(AppError::internal)?);
    }
    Ok(ExitCode::SUCCESS)
}

fn from_stdin() -> Result<Vec<(String, String)>, AppError> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text)?;
    // The parser's own words could quote a secret: only the place is told.
    let given: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|e| {
        let place = format!("line {}, column {}", e.line(), e.column());
        AppError::invalid("standard input", format!("is no JSON object of texts ({place})"))
    })?;
    Ok(given.into_iter().collect())
}

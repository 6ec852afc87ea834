use std::{io::Read, process::ExitCode};

use rackdesk_commands::{
    AppError, Core, ErrorCode, SecretInput,
    profiles::{self, ConnectionReport, ContaboDraft, Environment, ProfileDraft, ProfileRef, StepState, WhmcsDraft},
};
use serde::Deserialize;

use super::Done;
use crate::{
    args::{Env, ProfileAdd, ProfileCommand},
    exit, output,
};

/// Secrets as `sandbox serve` prints them; everything but the secrets may also be typed as options.
#[derive(Debug, Default, Deserialize)]
struct Secrets {
    whmcs: Option<WhmcsSecrets>,
    contabo: Option<ContaboSecrets>,
    control_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WhmcsSecrets {
    url: Option<String>,
    identifier: Option<SecretInput>,
    secret: Option<SecretInput>,
    access_key: Option<SecretInput>,
}

#[derive(Debug, Deserialize)]
struct ContaboSecrets {
    api_url: Option<String>,
    token_url: Option<String>,
    client_id: Option<SecretInput>,
    client_secret: Option<SecretInput>,
    user: Option<String>,
    password: Option<SecretInput>,
}

pub(super) async fn run(core: &Core, command: &ProfileCommand, json: bool) -> Done {
    match command {
        ProfileCommand::Add(args) => add(core, args, json).await,
        ProfileCommand::List => {
            let list = core.profiles();
            if json {
                output::json(&list);
            } else {
                let rows: Vec<_> = list
                    .iter()
                    .map(|p| {
                        let url = |u: &Option<String>| u.clone().unwrap_or_else(|| "—".into());
                        vec![p.id.clone(), p.name.clone(), url(&p.whmcs_url), url(&p.contabo_url)]
                    })
                    .collect();
                output::table(&["ID", "NAME", "WHMCS", "CONTABO"], &rows);
            }
            Ok(ExitCode::SUCCESS)
        }
        ProfileCommand::Test => {
            let report = core.test_current().await?;
            Ok(show(&report, json))
        }
        ProfileCommand::Credentials { no_test } => renew(core, *no_test, json).await,
        ProfileCommand::Remove { yes } => {
            let current = core.current_profile()?;
            if !yes && !output::confirm(&format!("Remove {} with its data and keychain items?", current.name)) {
                return Ok(ExitCode::from(exit::NOT_DONE));
            }
            profiles::profile_remove(core, ProfileRef { id: current.id }).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn add(core: &Core, args: &ProfileAdd, json: bool) -> Done {
    let draft = draft(args, read_secrets()?)?;
    if !args.no_test {
        let report = profiles::connection_test(core, draft.clone()).await?;
        if !report.ok {
            return Ok(show(&report, json));
        }
    }
    let saved = profiles::profile_save(core, draft).await?;
    if let Some(seconds) = args.grace_seconds {
        core.change_policy(|policy| policy.grace_seconds = seconds).await?;
    }
    if json {
        output::json(&saved);
    } else {
        output::line(&saved.id);
    }
    Ok(ExitCode::SUCCESS)
}

/// The open profile with other secrets, and nothing else about it changed.
async fn renew(core: &Core, no_test: bool, json: bool) -> Done {
    let current = core.current_profile()?;
    let secrets = read_secrets()?;
    let (whmcs, contabo) = (secrets.whmcs, secrets.contabo);
    let whmcs = current.whmcs_url.map(|url| {
        let given = whmcs.map(|w| (w.identifier, w.secret, w.access_key)).unwrap_or_default();
        WhmcsDraft { url, identifier: given.0, secret: given.1, access_key: given.2 }
    });
    let contabo = current.contabo_url.zip(current.contabo_user).map(|(api_url, user)| {
        let token_url = core.token_url(&current.id).unwrap_or_default();
        let mut draft = ContaboDraft { api_url, token_url, client_id: None, client_secret: None, user, password: None };
        if let Some(given) = contabo {
            (draft.client_id, draft.client_secret, draft.password) =
                (given.client_id, given.client_secret, given.password);
            draft.user = given.user.unwrap_or(draft.user);
        }
        draft
    });
    let draft = ProfileDraft {
        id: Some(current.id),
        name: current.name,
        colour: current.colour,
        environment: current.environment,
        whmcs,
        contabo,
        session_only: current.session_only,
    };
    if !no_test {
        let report = profiles::connection_test(core, draft.clone()).await?;
        if !report.ok {
            return Ok(show(&report, json));
        }
    }
    let saved = profiles::profile_save(core, draft).await?;
    if json {
        output::json(&saved);
    } else {
        output::line(&saved.id);
    }
    Ok(ExitCode::SUCCESS)
}

fn read_secrets() -> Result<Secrets, AppError> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text)?;
    if text.trim().is_empty() {
        return Ok(Secrets::default());
    }
    // The parser's own words could quote a secret: only the place is told.
    serde_json::from_str(&text).map_err(|e| {
        AppError::invalid(
            "standard input",
            format!("is not the JSON that sandbox serve prints (line {}, column {})", e.line(), e.column()),
        )
    })
}

fn draft(args: &ProfileAdd, secrets: Secrets) -> Result<ProfileDraft, AppError> {
    let environment = match args.environment {
        Env::Production => Environment::Production,
        Env::Staging => Environment::Staging,
        Env::Demo => Environment::Demo,
    };
    let whmcs = secrets.whmcs;
    let whmcs_url = args.whmcs_url.clone().or_else(|| whmcs.as_ref().and_then(|w| w.url.clone()));
    let contabo = secrets.contabo;
    let contabo_user = args.contabo_user.clone().or_else(|| contabo.as_ref().and_then(|c| c.user.clone()));
    if whmcs_url.is_none() && contabo_user.is_none() {
        return Err(AppError::invalid("profile", "neither WHMCS nor Contabo is named; see --help"));
    }
    // The control address of a sandbox is of no use to a profile, but its line must be accepted whole.
    drop(secrets.control_url);
    Ok(ProfileDraft {
        id: None,
        name: args.name.clone(),
        colour: args.colour.clone(),
        environment,
        whmcs: whmcs_url.map(|url| {
            let (identifier, secret, access_key) =
                whmcs.map_or((None, None, None), |w| (w.identifier, w.secret, w.access_key));
            WhmcsDraft { url, identifier, secret, access_key }
        }),
        contabo: contabo_user.map(|user| {
            let from = contabo.as_ref();
            ContaboDraft {
                api_url: args
                    .contabo_api_url
                    .clone()
                    .or_else(|| from.and_then(|c| c.api_url.clone()))
                    .unwrap_or_default(),
                token_url: args
                    .contabo_token_url
                    .clone()
                    .or_else(|| from.and_then(|c| c.token_url.clone()))
                    .unwrap_or_default(),
                client_id: from.and_then(|c| c.client_id.clone()),
                client_secret: from.and_then(|c| c.client_secret.clone()),
                user,
                password: from.and_then(|c| c.password.clone()),
            }
        }),
        session_only: false,
    })
}

fn show(report: &ConnectionReport, json: bool) -> ExitCode {
    if json {
        output::json(report);
    } else {
        for step in &report.steps {
            let word = match step.state {
                StepState::Passed => "ok",
                StepState::Warned => "look",
                StepState::Failed => "FAILED",
                StepState::Skipped => "skipped",
            };
            output::line(&format!("{:8} {:11} {word}", step.provider, step.step));
            if let Some(error) = &step.error {
                output::error(error);
            }
        }
    }
    let worst = report.steps.iter().filter(|s| s.state == StepState::Failed).find_map(|s| s.error.as_ref());
    match worst {
        Some(error) => ExitCode::from(exit::code(error.code)),
        None if report.ok => ExitCode::SUCCESS,
        None => ExitCode::from(exit::code(ErrorCode::Internal)),
    }
}

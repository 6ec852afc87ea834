//! Receipts, the log as a file, saved questions, strangers.

use std::{path::Path, process::ExitCode};

use rackdesk_commands::{
    AppError, Core,
    clients::RecordRef,
    exports::{self, ExportFormat, LogExport, LogFilterDraft, LogFilterRef, RetentionDraft},
    list::ListQuery,
    modules,
    receipts::{self, ReceiptDamage, ReceiptDetail, ReceiptExport, ReceiptFinding, VerifyRequest},
    strangers::{self, Acknowledgement, StrangersRequest},
};
use rackdesk_console::record::export::Format;

use super::{Done, query};
use crate::{
    args::{
        ListArgs,
        record::{LogExportArgs, LogFormat, ReceiptsCommand, RetentionArgs, StrangersCommand},
    },
    exit, output,
};

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_else(|| "—".into())
}

/// A file with its whole path, as the use cases want it.
fn whole(path: &Path) -> Result<String, AppError> {
    Ok(std::path::absolute(path)?.display().to_string())
}

pub(super) async fn receipts(core: &Core, command: &ReceiptsCommand, json: bool) -> Done {
    match command {
        ReceiptsCommand::List(list) => list_receipts(core, list, json).await,
        ReceiptsCommand::Show { id } => {
            let found = match id.strip_prefix("A-") {
                Some(_) => {
                    let action = RecordRef { id: query::number(id, "A-")? };
                    let missing = || AppError::missing(format!("A receipt of {id}"));
                    receipts::receipt_of_action(core, action).await?.ok_or_else(missing)?
                }
                None => receipts::receipt_show(core, RecordRef { id: query::number(id, "R-")? }).await?,
            };
            show_receipt(&found, json);
            Ok(ExitCode::SUCCESS)
        }
        ReceiptsCommand::Verify { hash } => verify(core, hash.clone(), json).await,
        ReceiptsCommand::Export { out: Some(file) } => {
            let written = receipts::receipts_export(core, ReceiptExport { path: whole(file)? }).await?;
            output::note(&format!("{} receipts in {}", written.entries, written.path));
            Ok(ExitCode::SUCCESS)
        }
        ReceiptsCommand::Export { out: None } => {
            core.write_receipts(output::raw()).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn list_receipts(core: &Core, list: &ListArgs, json: bool) -> Done {
    let window = receipts::receipts_window(core, query::query(list)?).await?;
    if json {
        output::json(&window.rows);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |r: &receipts::ReceiptRow| {
        vec![
            format!("R-{}", r.id),
            r.at.clone(),
            format!("A-{}", r.action_id),
            r.kind.clone(),
            r.state.clone(),
            r.target_name.clone(),
            r.by.clone(),
            r.hash[..12.min(r.hash.len())].to_owned(),
        ]
    };
    let rows: Vec<_> = window.rows.iter().map(row).collect();
    output::table(&["RECEIPT", "ENDED", "ACTION", "KIND", "STATE", "ON", "BY", "HASH"], &rows);
    Ok(ExitCode::SUCCESS)
}

fn show_receipt(found: &ReceiptDetail, json: bool) {
    if json {
        output::json(found);
        return;
    }
    let row = &found.row;
    output::line(&format!("R-{}  {}  {}", row.id, row.hash, if found.whole { "whole" } else { "DAMAGED" }));
    output::line(&format!("after {}", found.prev));
    let says = serde_json::from_str::<serde_json::Value>(&found.body).ok();
    let pretty = says.and_then(|says| serde_json::to_string_pretty(&says).ok());
    output::line(&output::clean(&pretty.unwrap_or_else(|| found.body.clone())));
    if let Some(line) = &found.activity {
        output::line(&output::clean(&format!("WHMCS activity log: {} — {}", line.state, line.line)));
    }
}

async fn verify(core: &Core, hash: Option<String>, json: bool) -> Done {
    let asked = hash.is_some();
    let report = receipts::receipts_verify(core, VerifyRequest { hash }).await?;
    if json {
        output::json(&report);
    } else {
        for finding in &report.findings {
            output::line(&sentence(finding));
        }
        if report.findings.is_empty() {
            output::line(&format!("{} receipts, nothing is wrong; the last one hashes to", report.receipts));
            output::line(&report.hash);
        }
        match report.known {
            Some(id) => output::line(&format!("The hash is that of R-{id}.")),
            None if asked => output::line("The hash is not in the chain: what led to it was changed."),
            None => {}
        }
    }
    let wrong = !report.findings.is_empty() || asked && report.known.is_none();
    Ok(if wrong { ExitCode::from(exit::FAILED) } else { ExitCode::SUCCESS })
}

fn sentence(finding: &ReceiptFinding) -> String {
    let which = match (finding.receipt, finding.to) {
        (from, to) if from < to => format!("R-{from} to R-{to}"),
        (from, _) => format!("R-{from}"),
    };
    let action = finding.action_id.map_or_else(|| "an action".to_owned(), |id| format!("A-{id}"));
    match finding.damage {
        ReceiptDamage::Edited => format!("{which}: its text was changed"),
        ReceiptDamage::Displaced => format!("{which}: it was changed, or stands in another one's place"),
        ReceiptDamage::Missing => format!("{which}: not there"),
        ReceiptDamage::Unlinked => format!("{which}: does not follow the one before it"),
        ReceiptDamage::Foreign => format!("{which}: was put in"),
        ReceiptDamage::Unwritten => format!("{action} ended and has no receipt"),
        ReceiptDamage::ActionChanged => format!("{which}: {action} was changed after it"),
        ReceiptDamage::HeadMoved => format!("{which}: the chain should not end here"),
    }
}

pub(super) async fn export(core: &Core, args: &LogExportArgs) -> Done {
    let question = match &args.saved {
        Some(name) => saved(core, name).await?,
        None => question(&args.text, &args.filters)?,
    };
    match &args.out {
        Some(file) => {
            let format = match args.format {
                LogFormat::Jsonl => ExportFormat::Jsonl,
                LogFormat::Csv => ExportFormat::Csv,
                LogFormat::Har => ExportFormat::Har,
            };
            let written = exports::log_export(core, LogExport { query: question, format, path: whole(file)? }).await?;
            output::note(&format!("{} exchanges in {}", written.entries, written.path));
        }
        None => {
            let format = match args.format {
                LogFormat::Jsonl => Format::Jsonl,
                LogFormat::Csv => Format::Csv,
                LogFormat::Har => Format::Har,
            };
            core.write_log(question, format, output::raw()).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn question(text: &str, filters: &[String]) -> Result<ListQuery, AppError> {
    let args = ListArgs { text: text.to_owned(), filters: filters.to_vec(), sort: None, limit: 100 };
    query::query(&args)
}

async fn saved(core: &Core, name: &str) -> Result<ListQuery, AppError> {
    let found = exports::log_filters(core, ()).await?.into_iter().find(|f| f.name.eq_ignore_ascii_case(name));
    found.map(|f| f.query).ok_or_else(|| AppError::missing(format!("The filter “{name}”")))
}

pub(super) async fn filters(core: &Core, json: bool) -> Done {
    let kept = exports::log_filters(core, ()).await?;
    if json {
        output::json(&kept);
    } else {
        let rows: Vec<_> =
            kept.iter().map(|f| vec![f.name.clone(), f.by.clone(), f.saved_at.clone(), f.query.text.clone()]).collect();
        output::table(&["NAME", "BY", "SAVED", "TEXT"], &rows);
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn save(core: &Core, name: &str, list: &ListArgs) -> Done {
    exports::log_filter_save(core, LogFilterDraft { name: name.to_owned(), query: query::query(list)? }).await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn drop(core: &Core, name: &str) -> Done {
    exports::log_filter_drop(core, LogFilterRef { name: name.to_owned() }).await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn retention(core: &Core, args: &RetentionArgs, json: bool) -> Done {
    let bound = |asked: Option<u32>, kept: Option<u32>| match asked {
        None => kept,
        Some(0) => None,
        some => some,
    };
    let kept = exports::log_retention(core, ()).await?;
    if args.days.is_some() || args.megabytes.is_some() {
        let draft =
            RetentionDraft { days: bound(args.days, kept.days), megabytes: bound(args.megabytes, kept.megabytes) };
        exports::log_retention_set(core, draft).await?;
    }
    let mut kept = exports::log_retention(core, ()).await?;
    let draft = RetentionDraft { days: kept.days, megabytes: kept.megabytes };
    let mut forgotten = None;
    if args.forget {
        forgotten = Some(exports::log_forget(core, draft.clone()).await?.rows);
        kept = exports::log_retention(core, ()).await?;
    }
    let next = exports::log_would_forget(core, draft).await?;
    if json {
        output::json(&serde_json::json!({ "retention": kept, "forgotten": forgotten, "would_forget": next }));
    } else {
        let bound = |n: Option<u32>, what: &str| n.map_or_else(|| "no bound".to_owned(), |n| format!("{n} {what}"));
        output::line(&format!("kept: {}, {}", bound(kept.days, "days"), bound(kept.megabytes, "MiB")));
        output::line(&format!("holds: {} exchanges, {} MiB", kept.rows, kept.megabytes_used));
        if let Some(rows) = forgotten {
            output::line(&format!("forgotten: {rows} exchanges"));
        }
        output::line(&format!("goes with the next clearing: {} exchanges, {} MiB", next.rows, next.megabytes));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn modules(core: &Core, read: bool, json: bool) -> Done {
    let queue =
        if read { modules::module_queue_read(core, ()).await? } else { modules::module_queue(core, ()).await? };
    if json {
        output::json(&queue);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |run: &modules::FailedModuleRun| {
        vec![
            run.id.to_string(),
            format!("{} {}", run.subject, run.subject_id),
            text(run.name.as_ref()),
            run.module.clone(),
            run.action.clone(),
            run.retries.to_string(),
            run.last_attempt.clone(),
            run.error.clone(),
            text(run.again.as_ref()),
        ]
    };
    let head = ["ID", "ON", "NAME", "MODULE", "WHAT", "RETRIES", "LAST", "WHY", "AGAIN BY"];
    output::table(&head, &queue.runs.iter().map(row).collect::<Vec<_>>());
    output::note(&format!("as of {}", text(queue.as_of.as_ref())));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn strangers(core: &Core, command: &StrangersCommand, json: bool) -> Done {
    match command {
        StrangersCommand::List(list) => list_strangers(core, list, json).await,
        StrangersCommand::Read { since } => {
            let read = strangers::strangers_read(core, StrangersRequest { since: since.clone() }).await?;
            if json {
                output::json(&read);
            } else {
                output::line(&format!(
                    "{} lists, {} rows, {} new strangers, {} open",
                    read.lists, read.rows, read.new, read.open
                ));
                if read.failed > 0 {
                    output::note(&format!("{} lists could not be read; `strangers state` says why", read.failed));
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        StrangersCommand::State => {
            let state = strangers::strangers_state(core, ()).await?;
            if json {
                output::json(&state);
            } else {
                let row = |l: &strangers::AuditListState| {
                    let why = l.error.as_ref().map_or_else(|| "—".into(), |e| e.message.clone());
                    vec![l.list.clone(), text(l.read_at.as_ref()), why]
                };
                output::table(&["LIST", "READ", "WHY NOT"], &state.lists.iter().map(row).collect::<Vec<_>>());
                output::line(&format!("{} open", state.open));
            }
            Ok(ExitCode::SUCCESS)
        }
        StrangersCommand::Acknowledge { ids, reason } => acknowledge(core, ids, reason, json).await,
    }
}

async fn list_strangers(core: &Core, list: &ListArgs, json: bool) -> Done {
    let window = strangers::strangers_window(core, query::query(list)?).await?;
    if json {
        output::json(&window.rows);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |s: &strangers::StrangerRow| {
        let on: Vec<_> = s.resource.iter().map(|r| format!("{} {}", r.name, r.value)).collect();
        vec![
            s.id.to_string(),
            text(s.at.as_ref()),
            s.list.clone(),
            s.action.clone(),
            on.join(", "),
            if s.username.is_empty() { s.user_id.clone() } else { s.username.clone() },
            text(s.acknowledged_by.as_ref()),
        ]
    };
    let rows: Vec<_> = window.rows.iter().map(row).collect();
    output::table(&["ID", "AT", "LIST", "WHAT", "ON", "WHO", "NOTED BY"], &rows);
    Ok(ExitCode::SUCCESS)
}

async fn acknowledge(core: &Core, ids: &[i64], reason: &str, json: bool) -> Done {
    let noted = Acknowledgement { ids: ids.to_vec(), reason: reason.to_owned() };
    let results = strangers::strangers_acknowledge(core, noted).await?;
    if json {
        output::json(&results);
    }
    let mut code = ExitCode::SUCCESS;
    for result in &results {
        if let Some(error) = &result.error {
            if !json {
                output::note(&format!("{}: {}", result.id, error.message));
            }
            code = ExitCode::from(exit::code(error.code));
        }
    }
    Ok(code)
}

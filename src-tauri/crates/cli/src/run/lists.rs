use std::process::ExitCode;

use rackdesk_commands::{
    AppError, Core,
    app::{self, SyncRequest},
    clients::{self, RecordRef},
    log, servers,
};

use super::{Done, query::query};
use crate::{args::ListArgs, output};

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_else(|| "—".into())
}

fn next(next: Option<&String>, json: bool) {
    if next.is_some() && !json {
        output::note("more rows; narrow with text and --where, or raise --limit");
    }
}

pub(super) async fn sync(core: &Core, kinds: &[String], json: bool) -> Done {
    let outcome = core.sync(&SyncRequest { kinds: kinds.to_vec() }).await;
    let status = app::status(core, ()).await?;
    if json {
        output::json(&status.freshness);
    } else {
        let rows: Vec<_> = status
            .freshness
            .iter()
            .flat_map(|p| p.kinds.iter().map(move |k| (p, k)))
            .map(|(p, k)| vec![p.provider.clone(), k.kind.clone(), k.rows.to_string(), text(k.as_of.as_ref())])
            .collect();
        output::table(&["PROVIDER", "KIND", "ROWS", "AS OF"], &rows);
    }
    outcome.map(|()| ExitCode::SUCCESS)
}

pub(super) async fn clients(core: &Core, args: &ListArgs, json: bool) -> Done {
    let window = clients::clients_window(core, query(args)?).await?;
    if json {
        output::json(&window.rows);
    } else {
        let rows: Vec<_> = window
            .rows
            .iter()
            .map(|c| {
                vec![c.id.to_string(), c.name.clone(), c.company.clone(), c.status.clone(), c.services.to_string()]
            })
            .collect();
        output::table(&["ID", "NAME", "COMPANY", "STATUS", "SERVICES"], &rows);
    }
    next(window.next.as_ref(), json);
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn servers(core: &Core, args: &ListArgs, json: bool) -> Done {
    let window = servers::servers_window(core, query(args)?).await?;
    if json {
        output::json(&window.rows);
    } else {
        let rows: Vec<_> = window
            .rows
            .iter()
            .map(|s| {
                vec![
                    s.id.to_string(),
                    s.name.clone(),
                    s.state.clone(),
                    s.region.clone(),
                    s.size.clone(),
                    text(s.ipv4.as_ref()),
                    text(s.client_name.as_ref()),
                ]
            })
            .collect();
        output::table(&["ID", "NAME", "STATE", "REGION", "SIZE", "IPV4", "CLIENT"], &rows);
    }
    next(window.next.as_ref(), json);
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn server(core: &Core, id: i64, json: bool) -> Done {
    let page = servers::server_page(core, RecordRef { id }).await?;
    if json {
        output::json(&page);
        return Ok(ExitCode::SUCCESS);
    }
    output::line(&format!("{}  {}  {}", page.row.name, page.row.state, page.row.id));
    let rows: Vec<_> = page
        .facts
        .iter()
        .map(|f| {
            vec![
                f.fact.clone(),
                text(f.whmcs.as_ref()),
                text(f.contabo.as_ref()),
                format!("{:?}", f.verdict).to_lowercase(),
            ]
        })
        .collect();
    output::table(&["FACT", "WHMCS", "CONTABO", "VERDICT"], &rows);
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn log(core: &Core, args: &ListArgs, json: bool) -> Done {
    let window = log::log_window(core, query(args)?).await?;
    if json {
        output::json(&window.rows);
    } else {
        let rows: Vec<_> = window
            .rows
            .iter()
            .map(|r| {
                vec![
                    r.id.to_string(),
                    r.at.clone(),
                    r.provider.clone(),
                    format!("{} {}", r.method, r.path),
                    r.status.map_or_else(|| r.outcome.clone(), |s| s.to_string()),
                    r.ms.to_string(),
                    r.action_id.map_or_else(|| "—".into(), |a| format!("A-{a}")),
                ]
            })
            .collect();
        output::table(&["ID", "AT", "PROVIDER", "CALL", "STATUS", "MS", "ACTION"], &rows);
    }
    next(window.next.as_ref(), json);
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn log_entry(core: &Core, id: i64, json: bool) -> Result<ExitCode, AppError> {
    let entry = log::log_entry(core, RecordRef { id }).await?;
    if json {
        output::json(&entry);
        return Ok(ExitCode::SUCCESS);
    }
    output::line(&format!("{} {}", entry.row.method, output::clean(&entry.url)));
    for h in &entry.request_headers {
        output::line(&output::clean(&format!("> {}: {}", h.name, h.value)));
    }
    output::line(&output::clean(&entry.request_body));
    output::line(&format!("< {} {} in {} ms", entry.row.status.unwrap_or(0), entry.row.outcome, entry.row.ms));
    output::line(&output::clean(&entry.reply_body));
    Ok(ExitCode::SUCCESS)
}

//! What is read once a day: what object storages hold, and prices that moved.

use std::process::ExitCode;

use rackdesk_commands::{AppError, Core, prices, usage};

use super::{Done, query};
use crate::{
    args::{
        ListArgs,
        daily::{PricesCommand, UsageCommand},
    },
    output,
};

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_else(|| "—".into())
}

fn why(error: Option<&AppError>) -> String {
    error.map_or_else(|| "—".into(), |e| e.message.clone())
}

pub(super) async fn usage(core: &Core, command: &UsageCommand, json: bool) -> Done {
    match command {
        UsageCommand::List(list) => usage_list(core, list, json).await,
        UsageCommand::State => usage_state(core, json).await,
    }
}

async fn usage_list(core: &Core, list: &ListArgs, json: bool) -> Done {
    let window = usage::usage_window(core, query::query(list)?).await?;
    if json {
        output::json(&window.rows);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |r: &usage::UsageRow| {
        vec![
            r.day.clone(),
            r.name.clone(),
            r.region.clone(),
            r.used_tb.clone(),
            text(r.bought_tb.as_ref()),
            text(r.percent.as_ref()),
            r.objects.to_string(),
            if r.scaling == "enabled" { text(r.limit_tb.as_ref()) } else { r.scaling.clone() },
            r.status.clone(),
            r.storage_id.clone(),
        ]
    };
    let head = ["DAY", "STORAGE", "REGION", "USED TB", "OF TB", "PERCENT", "OBJECTS", "GROWS TO TB", "STATE", "ID"];
    output::table(&head, &window.rows.iter().map(row).collect::<Vec<_>>());
    Ok(ExitCode::SUCCESS)
}

async fn usage_state(core: &Core, json: bool) -> Done {
    let state = usage::usage_state(core, ()).await?;
    if json {
        output::json(&state);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |s: &usage::UsageStorage| {
        vec![
            s.name.clone(),
            s.region.clone(),
            text(s.read_at.as_ref()),
            why(s.error.as_ref()),
            text(s.gone_at.as_ref()),
        ]
    };
    let rows: Vec<_> = state.storages.iter().map(row).collect();
    output::table(&["STORAGE", "REGION", "READ", "WHY NOT", "GONE"], &rows);
    output::note(&format!("asked {}", text(state.asked_at.as_ref())));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn prices(core: &Core, command: &PricesCommand, json: bool) -> Done {
    match command {
        PricesCommand::Moved(list) => moved(core, list, json).await,
        PricesCommand::State => prices_state(core, json).await,
    }
}

async fn moved(core: &Core, list: &ListArgs, json: bool) -> Done {
    let window = prices::prices_window(core, query::query(list)?).await?;
    if json {
        output::json(&window.rows);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |m: &prices::PriceMove| {
        vec![
            m.at.clone(),
            m.kind.clone(),
            m.name.clone(),
            m.term.clone(),
            m.currency.clone(),
            text(m.old.as_ref()),
            text(m.new.as_ref()),
            m.change.clone(),
        ]
    };
    let rows: Vec<_> = window.rows.iter().map(row).collect();
    output::table(&["SEEN", "KIND", "OF", "FOR", "CURRENCY", "WAS", "IS", "CHANGE"], &rows);
    Ok(ExitCode::SUCCESS)
}

async fn prices_state(core: &Core, json: bool) -> Done {
    let state = prices::prices_state(core, ()).await?;
    if json {
        output::json(&state);
        return Ok(ExitCode::SUCCESS);
    }
    let row = |l: &prices::PriceListState| {
        let (prices, unclear) = (l.prices.to_string(), l.unclear.to_string());
        vec![l.list.clone(), text(l.read_at.as_ref()), prices, unclear, why(l.error.as_ref())]
    };
    let rows: Vec<_> = state.lists.iter().map(row).collect();
    output::table(&["LIST", "READ", "PRICES", "UNCLEAR", "WHY NOT"], &rows);
    let list = &state.contabo;
    let old = if list.old { ": too old to be relied on" } else { "" };
    output::line(&format!("Contabo's prices are of {}, {} days ago{old}", list.as_of, list.days));
    Ok(ExitCode::SUCCESS)
}

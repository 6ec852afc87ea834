//! The whole UI in a plain browser against the real core: the same commands and events as the desktop shell, on
//! loopback, behind a one-time token.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use axum::{
    Json, Router,
    extract::{Path as Segment, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event as Sent, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures::{Stream, StreamExt};
use rackdesk_commands::{AppError, Core, Event, Tag, TagsChanged};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::broadcast;

use super::Done;
use crate::output;

#[derive(Clone)]
struct Bridge {
    core: Core,
    ui: Arc<PathBuf>,
    token: Arc<str>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

/// Serves until interrupted.
pub(super) async fn serve(core: &Core, port: u16, ui: &Path) -> Done {
    if !ui.join("index.html").is_file() {
        return Err(AppError::invalid("--ui", format!("{} has no index.html; build the UI first", ui.display())));
    }
    let token: String = {
        use rand::distr::{Alphanumeric, SampleString};
        Alphanumeric.sample_string(&mut rand::rng(), 32)
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    let bridge = Bridge { core: core.clone(), ui: Arc::new(ui.to_path_buf()), token: token.clone().into() };
    let router = Router::new()
        .route("/ipc/{command}", post(invoke))
        .route("/events", get(events))
        .fallback(get(file))
        .with_state(bridge);
    output::json(&serde_json::json!({ "url": format!("http://{address}/?token={token}") }));
    axum::serve(listener, router)
        .with_graceful_shutdown(async {
            tokio::signal::ctrl_c().await.ok();
        })
        .await?;
    Ok(ExitCode::SUCCESS)
}

/// Compared without an early end, so that the time it takes tells nothing.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}

async fn invoke(
    State(bridge): State<Bridge>,
    Segment(command): Segment<String>,
    headers: HeaderMap,
    body: Option<Json<Value>>,
) -> Response {
    let token = headers.get("x-bridge-token").and_then(|t| t.to_str().ok()).unwrap_or_default();
    if !same(token, &bridge.token) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let args = body.map_or(Value::Null, |Json(v)| v);
    match rackdesk_commands::dispatch(&bridge.core, &command, args).await {
        Ok(value) => Json(value).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response(),
    }
}

async fn events(State(bridge): State<Bridge>, Query(query): Query<Token>) -> Response {
    if !same(&query.token, &bridge.token) {
        return StatusCode::FORBIDDEN.into_response();
    }
    Sse::new(stream(bridge.core.events())).keep_alive(KeepAlive::default()).into_response()
}

fn stream(events: broadcast::Receiver<Event>) -> impl Stream<Item = Result<Sent, Infallible>> {
    futures::stream::unfold(events, |mut events| async move {
        let event = match events.recv().await {
            Ok(event) => event,
            // What was missed is not known: everything may have changed.
            Err(broadcast::error::RecvError::Lagged(_)) => Event::TagsChanged(TagsChanged { tags: Tag::ALL.to_vec() }),
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        Some((event, events))
    })
    .map(|event| {
        let (name, data) = match &event {
            Event::TagsChanged(e) => ("tags-changed", serde_json::to_string(e)),
            Event::Progress(e) => ("progress", serde_json::to_string(e)),
        };
        Ok(Sent::default().event(name).data(data.unwrap_or_default()))
    })
}

async fn file(State(bridge): State<Bridge>, uri: axum::http::Uri) -> Response {
    let wanted = uri.path().trim_start_matches('/');
    let wanted = if wanted.is_empty() { "index.html" } else { wanted };
    if wanted.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(bridge.ui.join(wanted)).await {
        Ok(bytes) => {
            ([(header::CONTENT_TYPE, media_type(wanted)), (header::CACHE_CONTROL, "no-store")], bytes).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

//! The control side: what happened, what shall go wrong, what time it is.

use axum::Json;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use bytes::Bytes;
use http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::contabo;
use crate::dialect::Dialect;
use crate::faults::Fault;
use crate::journal::Provider;
use crate::world::{Shared, World, lock};

pub(super) fn router(world: Shared) -> Router {
    Router::new()
        .route("/", get(|| async { include_str!("control.txt") }))
        .route("/journal", get(journal))
        .route("/arrivals", get(arrivals))
        .route("/faults", get(faults).post(add_faults).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/clock", get(clock).post(push_clock))
        .route("/dialect", get(dialect).post(set_dialect))
        .route("/access", get(access).post(set_access))
        .route("/contabo", get(contabo_settings).post(configure_contabo))
        .route("/state", get(state_counts))
        .route("/state/{provider}/{kind}", get(state_ids))
        .route("/state/{provider}/{kind}/{id}", get(state_one))
        .route("/operations", get(operations))
        .route("/contabo/settings", get(settings).post(set_settings))
        .route("/contabo/credentials", get(contabo_credentials))
        .with_state(world)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Since {
    after: u64,
    provider: Option<Provider>,
    operation: Option<String>,
    request_id: Option<String>,
    limit: Option<usize>,
}

impl Since {
    fn wants(&self, provider: Provider, operation: &str, request_id: Option<&str>) -> bool {
        self.provider.is_none_or(|wanted| wanted == provider)
            && self.operation.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(operation))
            && self
                .request_id
                .as_deref()
                .is_none_or(|wanted| request_id.is_some_and(|id| id.eq_ignore_ascii_case(wanted)))
    }
}

async fn journal(State(world): State<Shared>, Query(since): Query<Since>) -> Response {
    let mut world = lock(&world);
    world.tick();
    let entries: Vec<_> = world
        .journal
        .after(since.after)
        .iter()
        .filter(|row| since.wants(row.entry.provider, &row.entry.operation, row.entry.request_id.as_deref()))
        .take(since.limit.unwrap_or(usize::MAX))
        .collect();
    Json(json!({"last": world.journal.last(), "entries": entries})).into_response()
}

async fn arrivals(State(world): State<Shared>, Query(since): Query<Since>) -> Response {
    let world = lock(&world);
    let rows: Vec<_> = world
        .arrivals
        .after(since.after)
        .filter(|row| since.wants(row.provider, &row.operation, row.request_id.as_deref()))
        .take(since.limit.unwrap_or(usize::MAX))
        .collect();
    Json(json!({"last": world.arrivals.count(), "arrivals": rows})).into_response()
}

async fn faults(State(world): State<Shared>) -> Response {
    Json(json!({"faults": lock(&world).faults.rules()})).into_response()
}

/// One rule or a list of them.
async fn add_faults(State(world): State<Shared>, body: Bytes) -> Response {
    let rules: Vec<Fault> = match parse(&body).and_then(|value: Value| match value {
        list @ Value::Array(_) => serde_json::from_value(list).map_err(|error| error.to_string()),
        one => serde_json::from_value(one).map(|rule| vec![rule]).map_err(|error| error.to_string()),
    }) {
        Ok(rules) => rules,
        Err(message) => return refuse(message),
    };
    let mut world = lock(&world);
    let added: Vec<_> = rules.into_iter().map(|rule| world.faults.add(rule)).collect();
    world.keep_snapshots();
    (StatusCode::CREATED, Json(json!({"faults": added}))).into_response()
}

async fn clear_faults(State(world): State<Shared>) -> StatusCode {
    lock(&world).faults.clear();
    StatusCode::NO_CONTENT
}

async fn remove_fault(State(world): State<Shared>, Path(id): Path<u64>) -> StatusCode {
    if lock(&world).faults.remove(id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

async fn clock(State(world): State<Shared>) -> Response {
    Json(time_of(&lock(&world))).into_response()
}

fn time_of(world: &World) -> Value {
    json!({
        "now": world.clock.now(),
        "start": world.clock.start(),
        "advanced_seconds": world.clock.advanced_seconds(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    advance_seconds: u32,
}

async fn push_clock(State(world): State<Shared>, body: Bytes) -> Response {
    match parse::<Push>(&body) {
        Ok(push) => {
            let mut world = lock(&world);
            world.clock.advance(SignedDuration::from_secs(push.advance_seconds.into()));
            world.tick();
            Json(time_of(&world)).into_response()
        }
        Err(message) => refuse(message),
    }
}

async fn dialect(State(world): State<Shared>) -> Response {
    Json(lock(&world).dialect).into_response()
}

/// Replaces the dialect: what is not named goes back to its default.
async fn set_dialect(State(world): State<Shared>, body: Bytes) -> Response {
    match parse::<Dialect>(&body) {
        Ok(dialect) => {
            lock(&world).dialect = dialect;
            Json(dialect).into_response()
        }
        Err(message) => refuse(message),
    }
}

async fn access(State(world): State<Shared>) -> Response {
    Json(lock(&world).whmcs.access().describe()).into_response()
}

async fn set_access(State(world): State<Shared>, body: Bytes) -> Response {
    let change = match parse(&body) {
        Ok(change) => change,
        Err(message) => return refuse(message),
    };
    let mut world = lock(&world);
    let World { whmcs, rng, .. } = &mut *world;
    Json(whmcs.access_mut().change(change, rng)).into_response()
}

async fn contabo_settings(State(world): State<Shared>) -> Response {
    Json(contabo::settings(&lock(&world).contabo)).into_response()
}

/// Replaces the settings: what is not named goes back to its default.
async fn configure_contabo(State(world): State<Shared>, body: Bytes) -> Response {
    match parse(&body) {
        Ok(settings) => {
            let mut world = lock(&world);
            contabo::configure(&mut world.contabo, settings);
            Json(contabo::settings(&world.contabo)).into_response()
        }
        Err(message) => refuse(message),
    }
}

async fn operations() -> Response {
    Json(json!({"whmcs": crate::operations::whmcs(), "contabo": crate::operations::contabo()})).into_response()
}

async fn settings(State(world): State<Shared>) -> Response {
    Json(contabo::settings(&lock(&world).contabo)).into_response()
}

/// Replaces the settings: what is not named goes back to its default.
async fn set_settings(State(world): State<Shared>, body: Bytes) -> Response {
    match parse::<contabo::Settings>(&body) {
        Ok(settings) => {
            contabo::configure(&mut lock(&world).contabo, settings);
            Json(settings).into_response()
        }
        Err(message) => refuse(message),
    }
}

async fn contabo_credentials(State(world): State<Shared>) -> Response {
    Json(contabo::credentials(&lock(&world).contabo)).into_response()
}

async fn state_counts(State(world): State<Shared>) -> Response {
    let mut world = lock(&world);
    world.tick();
    Json(json!({"whmcs": world.whmcs.counts(), "contabo": contabo::inspect(&world.contabo, "", "")})).into_response()
}

async fn state_ids(world: State<Shared>, Path((provider, kind)): Path<(Provider, String)>) -> Response {
    state_one(world, Path((provider, kind, String::new()))).await
}

async fn state_one(
    State(world): State<Shared>,
    Path((provider, kind, id)): Path<(Provider, String, String)>,
) -> Response {
    let mut world = lock(&world);
    world.tick();
    let found = match provider {
        Provider::Whmcs => world.whmcs.inspect(&kind, &id),
        Provider::Contabo => contabo::inspect(&world.contabo, &kind, &id),
    };
    match found {
        Some(value) => Json(value).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({"error": format!("no {kind} {id}")}))).into_response(),
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn refuse(message: String) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": message}))).into_response()
}

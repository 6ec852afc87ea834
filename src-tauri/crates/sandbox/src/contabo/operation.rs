//! The table of operations, and the one way a call goes through it: token, rights, request id, then the operation.

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::routing::{MethodFilter, on};
use http::{HeaderMap, Method, StatusCode};
use serde_json::json;

use super::answer::{Outcome, Refusal};
use super::call::Call;
use super::query::Query;
use super::rights::{Principal, Verb};
use super::text::is_request_id;
use super::{
    State, actions, assignments, audits, data_centers, domains, firewalls, handles, images, instance_orders, instances,
    object_storages, private_networks, ptrs, roles, s3_credentials, secrets, snapshots, tags, token, troubleshooting,
    users, vips, zones,
};
use crate::faults::serve;
use crate::journal::{Journal, Provider};
use crate::reply::Reply;
use crate::world::{Shared, World};

/// What an operation does with a call that has been let in.
type Run = for<'a, 'b> fn(&'a mut Call<'b>) -> Outcome;

/// One documented operation.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    /// The document's `operationId`.
    pub(super) id: &'static str,
    pub(super) verb: Verb,
    method: MethodFilter,
    pub(super) path: &'static str,
    /// The name under which roles grant it.
    pub(super) api: &'static str,
    run: Run,
}

pub(super) const fn get(id: &'static str, path: &'static str, api: &'static str, run: Run) -> Operation {
    Operation { id, verb: Verb::Read, method: MethodFilter::GET, path, api, run }
}

pub(super) const fn post(id: &'static str, path: &'static str, api: &'static str, run: Run) -> Operation {
    Operation { id, verb: Verb::Create, method: MethodFilter::POST, path, api, run }
}

pub(super) const fn put(id: &'static str, path: &'static str, api: &'static str, run: Run) -> Operation {
    Operation { id, verb: Verb::Update, method: MethodFilter::PUT, path, api, run }
}

pub(super) const fn patch(id: &'static str, path: &'static str, api: &'static str, run: Run) -> Operation {
    Operation { id, verb: Verb::Update, method: MethodFilter::PATCH, path, api, run }
}

pub(super) const fn delete(id: &'static str, path: &'static str, api: &'static str, run: Run) -> Operation {
    Operation { id, verb: Verb::Delete, method: MethodFilter::DELETE, path, api, run }
}

/// Every area's operations.
const AREAS: &[&[Operation]] = &[
    instances::OPERATIONS,
    instance_orders::OPERATIONS,
    actions::OPERATIONS,
    snapshots::OPERATIONS,
    images::OPERATIONS,
    private_networks::OPERATIONS,
    firewalls::OPERATIONS,
    vips::OPERATIONS,
    data_centers::OPERATIONS,
    object_storages::OPERATIONS,
    s3_credentials::OPERATIONS,
    secrets::OPERATIONS,
    tags::OPERATIONS,
    assignments::OPERATIONS,
    users::OPERATIONS,
    roles::OPERATIONS,
    ptrs::OPERATIONS,
    zones::OPERATIONS,
    domains::OPERATIONS,
    handles::OPERATIONS,
    troubleshooting::OPERATIONS,
    audits::OPERATIONS,
];

/// Every operation there is.
pub(super) fn all() -> impl Iterator<Item = &'static Operation> {
    AREAS.iter().flat_map(|area| area.iter())
}

/// The largest request body read; user data is the only large field and stays far below.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// What the web firewall in front shows instead of an answer.
const BLOCKED: &str = "<!DOCTYPE html><html><head><title>Your IP is not allowed</title></head>\
<body><h1>Your IP is not allowed</h1><p>The request was blocked.</p></body></html>";

/// A request as far as operations see it.
pub(super) struct Incoming {
    pub(super) headers: HeaderMap,
    pub(super) path: String,
    pub(super) query: Query,
    pub(super) params: Vec<(String, String)>,
    pub(super) body: bytes::Bytes,
}

/// The API under `/v1` and the token endpoint.
pub(super) fn router(world: Shared) -> Router {
    let mut router = Router::new();
    for operation in all() {
        let world = world.clone();
        let handler = move |params: Result<RawPathParams, RawPathParamsRejection>, request: Request| {
            // What is no text is the id of nothing.
            let named = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            let params = params.iter().flat_map(|params| params.iter().map(named)).collect();
            answer(world.clone(), operation, params, request)
        };
        router = router.route(operation.path, on(operation.method, handler));
    }
    let lost = move |request: Request| unknown(world.clone(), request);
    router.fallback(lost.clone()).method_not_allowed_fallback(lost)
}

async fn answer(
    world: Shared,
    operation: &'static Operation,
    params: Vec<(String, String)>,
    request: Request,
) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_LIMIT).await;
    let work = |world: &mut World| {
        let Ok(body) = body else {
            let message = json!({"statusCode": 413, "message": "request entity too large"});
            return Reply::json(StatusCode::PAYLOAD_TOO_LARGE, &message);
        };
        let incoming = Incoming {
            headers: parts.headers.clone(),
            path: parts.uri.path().to_owned(),
            query: Query::parse(parts.uri.query().unwrap_or_default()),
            params,
            // What does not call itself JSON is not read as JSON, and leaves every field missing.
            body: if says_json(&parts.headers) { body } else { bytes::Bytes::new() },
        };
        let now = world.clock.now();
        if world.contabo.account.dates.blocks(&incoming.body) {
            return Reply::html(StatusCode::FORBIDDEN, BLOCKED);
        }
        match perform(&mut world.contabo, &mut world.journal, now, operation, incoming) {
            Ok(answer) => answer.reply(),
            Err(refusal) => refusal.reply(),
        }
    };
    serve(&world, Provider::Contabo, operation.id, &parts.headers, work).await
}

fn perform(
    state: &mut State,
    journal: &mut Journal,
    now: jiff::Timestamp,
    operation: &'static Operation,
    incoming: Incoming,
) -> Outcome {
    let user = token::bearer(state, &incoming.headers, now).ok_or_else(Refusal::unauthorized)?;
    let who = Principal::of(state, &user).ok_or_else(Refusal::unauthorized)?;
    if !who.may(operation.api, operation.verb) {
        return Err(Refusal::forbidden(format!("You are not allowed to {} {}", operation.verb.name(), operation.api)));
    }
    let request_id = header(&incoming.headers, "x-request-id").unwrap_or_default();
    if !is_request_id(&request_id) {
        return Err(Refusal::bad("x-request-id header has to be a UUID"));
    }
    let trace_id = header(&incoming.headers, "x-trace-id").unwrap_or_default();
    let mut call = Call::new(state, journal, now, operation, incoming, who, request_id, trace_id);
    (operation.run)(&mut call)
}

fn says_json(headers: &HeaderMap) -> bool {
    let kind = header(headers, "content-type").unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind == "application/json" || kind.ends_with("+json")
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Paths and methods that the document does not have.
async fn unknown(world: Shared, request: Request) -> axum::response::Response {
    let (parts, _) = request.into_parts();
    let method: Method = parts.method.clone();
    let path = parts.uri.path().to_owned();
    serve(&world, Provider::Contabo, "unknown", &parts.headers, move |_| {
        let body = json!({"statusCode": 404, "message": format!("Cannot {method} {path}")});
        Reply::json(StatusCode::NOT_FOUND, &body)
    })
    .await
}

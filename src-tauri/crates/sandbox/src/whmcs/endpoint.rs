//! The one address of the API, and the little that is around it.

use std::net::IpAddr;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State as Shown};
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};

use super::desk::{Desk, Refusal};
use super::params::Params;
use super::php::form::{self, Fields};
use super::php::json as out;
use super::registry;
use crate::faults;
use crate::journal::Provider;
use crate::reply::Reply;
use crate::server::Peer;
use crate::world::{Shared, World};

/// More than this is no form.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// The site: the API below any prefix, and a page for everything else.
pub fn router(world: Shared) -> Router {
    Router::new().fallback(enter).with_state(world)
}

async fn enter(Shown(world): Shown<Shared>, ConnectInfo(peer): ConnectInfo<Peer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !parts.uri.path().ends_with("/includes/api.php") {
        return page(parts.uri.path()).into_response();
    }
    if parts.method != Method::POST {
        let refusal = json!({"result": "error", "message": "Access Denied"});
        return Reply::json(StatusCode::FORBIDDEN, &refusal).into_response();
    }
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return Reply::html(StatusCode::PAYLOAD_TOO_LARGE, "<h1>413 Request Entity Too Large</h1>").into_response();
    };
    let params = Params::new(read_form(&parts.headers, &body));
    let asked = params.text("action").unwrap_or_default();
    let operation = registry::find(asked).map_or_else(|| asked.to_lowercase(), |action| action.name.to_owned());
    let from = peer.address.ip();
    faults::serve(&world, Provider::Whmcs, &operation, &parts.headers, |world| answer(world, &params, from)).await
}

fn read_form(headers: &HeaderMap, body: &[u8]) -> Fields {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        form::decode(body)
    } else if let Some(boundary) =
        kind.strip_prefix("multipart/form-data").and_then(|rest| rest.split("boundary=").nth(1))
    {
        form::decode_multipart(body, boundary.trim_matches('"'))
    } else {
        // PHP fills its form fields from these two types only.
        Fields::new()
    }
}

/// Computes the answer to one call.
fn answer(world: &mut World, params: &Params, from: IpAddr) -> Reply {
    let asked = params.text("action").unwrap_or_default();
    let (status, name, value) = match run(world, params, asked, from) {
        Ok((name, value)) => (StatusCode::OK, name, value),
        Err((status, message)) => (status, asked, json!({"result": "error", "message": message})),
    };
    let value = world.dialect.apply(name, value);
    match params.text("responsetype").unwrap_or_default() {
        "json" => Reply::with_type(status, "application/json", out::to_json(&value)),
        "xml" => Reply::with_type(status, "application/xml", out::to_xml(name, &value)),
        _ => Reply::text(status, out::to_pairs(&value)),
    }
}

fn run(
    world: &mut World,
    params: &Params,
    asked: &str,
    from: IpAddr,
) -> Result<(&'static str, Value), (StatusCode, String)> {
    let World { whmcs, journal, rng, clock, dialect, .. } = world;
    let caller =
        whmcs.access.admit(params, from, asked, &whmcs.admins).map_err(|denied| (denied.status, denied.message))?;
    if asked.is_empty() {
        return Err((StatusCode::BAD_REQUEST, "Empty action request".to_owned()));
    }
    let action = registry::find(asked).filter(|action| action.since <= dialect.version).ok_or_else(|| {
        let message = "The requested API Action could not be found.";
        (StatusCode::OK, message.to_owned())
    })?;
    let mut desk = Desk { state: whmcs, journal, rng, at: clock.now(), caller, version: dialect.version };
    match (action.run)(&mut desk, params) {
        Ok(value) => Ok((action.name, value)),
        Err(Refusal(message)) => Err((StatusCode::OK, message)),
    }
}

/// What a browser sees.
fn page(path: &str) -> Reply {
    let (status, title) = match path {
        "/" | "/index.php" | "/clientarea.php" => (StatusCode::OK, "Client Area"),
        _ => (StatusCode::NOT_FOUND, "404 - Page Not Found"),
    };
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1><p>This installation belongs to the sandbox.</p></body></html>\n"
    );
    Reply::html(status, body)
}

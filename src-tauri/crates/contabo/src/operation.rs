//! What an operation is, and how its request is built without I/O.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue};
use http::{HeaderMap, Method};
use rackdesk_wire::{Body, Call, Effect, Redaction, Request, TimeoutClass};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::argument::{Argument, Parameter};
use crate::error::{Error, Problem};
use crate::registry::registry;
use crate::reply::{Page, Reply};

/// The areas of the API, one source file each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each is the documentation's own heading
pub enum Area {
    Instances,
    InstanceActions,
    Snapshots,
    Images,
    PrivateNetworks,
    Firewalls,
    Vips,
    ObjectStorages,
    DataCenters,
    S3Credentials,
    Secrets,
    Tags,
    TagAssignments,
    Users,
    Roles,
    Dns,
    Domains,
    Handles,
    Troubleshooting,
    Audits,
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Instances => "Instances",
            Self::InstanceActions => "Instance actions",
            Self::Snapshots => "Snapshots",
            Self::Images => "Images",
            Self::PrivateNetworks => "Private networks",
            Self::Firewalls => "Firewalls",
            Self::Vips => "VIPs",
            Self::ObjectStorages => "Object storages",
            Self::DataCenters => "Data centers",
            Self::S3Credentials => "S3 credentials",
            Self::Secrets => "Secrets",
            Self::Tags => "Tags",
            Self::TagAssignments => "Tag assignments",
            Self::Users => "Users",
            Self::Roles => "Roles",
            Self::Dns => "DNS",
            Self::Domains => "Domains",
            Self::Handles => "Domain handles",
            Self::Troubleshooting => "Troubleshooting",
            Self::Audits => "Audits",
        })
    }
}

/// One operation of the API: its request as a value, its reply as a type.
pub trait Operation: Send + Sync {
    /// `operationId` in the provider's documentation.
    const ID: &'static str;
    /// Where the documentation lists it.
    const AREA: Area;
    /// HTTP method.
    const METHOD: Method;
    /// Path with `{parameter}` segments.
    const PATH: &'static str;
    /// What it does at the provider.
    const EFFECT: Effect;
    /// How long it may take.
    const TIMEOUT: TimeoutClass;
    /// JSON members that are hidden in the record.
    const HIDE: &'static [&'static str];
    /// What a success answers.
    type Response: Reply;

    /// The path parameters by name, not yet encoded.
    fn segments(&self) -> Vec<(String, String)>;

    /// The path with its parameters percent-encoded.
    fn path(&self) -> String {
        let mut path = Self::PATH.to_owned();
        for (name, value) in self.segments() {
            path = path.replace(&format!("{{{name}}}"), &encode(&value));
        }
        path
    }

    /// Adds the query parameters.
    fn query(&self, query: &mut Query);

    /// The JSON body, secrets in plain; `None` when the operation has no body.
    fn body(&self) -> Option<Map<String, Value>>;

    /// Some failures are answers (404 of an availability check).
    fn recover(&self, _failure: &rackdesk_wire::Error) -> Option<Self::Response> {
        None
    }

    /// Why it must not be sent as it is.
    fn refuse(&self) -> Option<&'static str> {
        None
    }

    /// The request as it will be sent, except for the bearer token.
    ///
    /// # Errors
    /// [`Problem::Unsendable`] when a path parameter is empty, `.` or `..` (such a path would name another resource) or a
    /// word that stands in its place in another path (quirk 9), and what [`Operation::refuse`] says.
    fn request(&self, api: &Url, call: Call) -> Result<Request, Error> {
        if let Some(why) = self.refuse() {
            return Err(Error::unsent(Problem::Unsendable { detail: why.to_owned() }, Self::ID, call.request_id));
        }
        for (name, value) in self.segments() {
            if value.is_empty() || value == "." || value == ".." {
                let detail = format!("{name} must not be empty, \".\" or \"..\"");
                return Err(Error::unsent(Problem::Unsendable { detail }, Self::ID, call.request_id));
            }
            if is_word_of_the_path(Self::PATH, &name, &value) {
                let detail = format!("{value} in the place of {name} is another operation");
                return Err(Error::unsent(Problem::Unsendable { detail }, Self::ID, call.request_id));
            }
        }
        let mut query = Query::default();
        self.query(&mut query);
        let text = format!("{}{}{}", api.as_str().trim_end_matches('/'), self.path(), query.suffix());
        let url = text.parse::<Url>().map_err(|error| {
            Error::unsent(Problem::Unsendable { detail: error.to_string() }, Self::ID, call.request_id)
        })?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let body = match self.body() {
            Some(members) => Body::Json(Bytes::from(Value::Object(members).to_string())),
            None => Body::Empty,
        };
        let max_reply = match Self::TIMEOUT {
            TimeoutClass::List => 32 << 20,
            TimeoutClass::Quick | TimeoutClass::External => 4 << 20,
        };
        Ok(Request {
            provider: PROVIDER,
            operation: Self::ID.to_owned(),
            method: Self::METHOD,
            url,
            headers,
            body,
            effect: Self::EFFECT,
            timeout: Self::TIMEOUT,
            max_reply,
            redaction: Redaction { fields: Self::HIDE, ..Redaction::default() },
            call,
        })
    }
}

/// Whether another operation's path has this word where `path` has the parameter: `/v1/users/client` is no user.
fn is_word_of_the_path(path: &str, name: &str, value: &str) -> bool {
    let Some((before, _)) = path.split_once(&format!("{{{name}}}")) else { return false };
    registry().iter().any(|other| {
        let theirs = other.path.strip_prefix(before).and_then(|rest| rest.split('/').next());
        theirs.is_some_and(|word| word.eq_ignore_ascii_case(value))
    })
}

/// How this provider is named in requests and in the record.
pub const PROVIDER: &str = "contabo";

/// A list with pages.
pub trait Paged: Operation<Response = Page<Self::Item>> + Clone {
    /// A row.
    type Item: Keyed + Reply;

    /// Asks for page `page` (from 1) of `size` rows.
    fn turn_to(&mut self, page: i64, size: i64);
}

/// A row that can be told from another one of the same list.
pub trait Keyed {
    /// Its identity within the list.
    fn key(&self) -> String;
}

/// An operation that says what its parameters are and can be read from them by name.
pub trait Described: Operation {
    /// Path parameters first, then query, then body.
    fn parameters() -> Vec<Parameter>;
}

/// A query string in the making.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Adds a parameter, repeated when it has several texts; nothing when it is absent.
    pub fn add<T: Argument>(&mut self, name: String, value: Option<&T>) {
        for text in value.map(T::texts).unwrap_or_default() {
            self.0.push((name.clone(), text));
        }
    }

    fn suffix(&self) -> String {
        let pairs: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters: one rule that is right in a segment and in a query.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte as char),
            _ => {
                encoded.push('%');
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
            }
        }
    }
    encoded
}

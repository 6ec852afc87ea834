//! What can go wrong with a call, in the terms in which a person can act on it.

use std::time::Duration;

use jiff::Timestamp;
use rackdesk_wire::{self as wire, Sent};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lenient::Lenient;
use crate::reply::{Unreadable, html_title};

/// A failed call.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{operation}: {problem}")]
pub struct Error {
    /// What went wrong.
    pub problem: Problem,
    /// `operationId`, or [`crate::auth::TOKEN_OPERATION`].
    pub operation: &'static str,
    /// The `x-request-id` of the call.
    pub request_id: Uuid,
    /// Status of the answer, when there was one.
    pub status: Option<u16>,
    sent: Sent,
    /// The provider's clock, when its answer showed it.
    pub(crate) date: Option<Timestamp>,
}

/// What went wrong. Closed: a caller explains each of them.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Problem {
    /// The credentials do not work.
    #[error("{0}")]
    Credential(Credential),
    /// 403: the role is too small.
    #[error("not permitted: {message}")]
    PermissionDenied {
        /// The provider's words.
        message: String,
        /// What the role would have to allow.
        needs: Permission,
    },
    /// 404.
    #[error("not found: {message}")]
    NotFound {
        /// The provider's words.
        message: String,
    },
    /// 402: needs something that is paid for, or a limit of the plan is reached (quirk 4: snapshots).
    #[error("needs a paid service: {message}")]
    PaymentRequired {
        /// The provider's words.
        message: String,
    },
    /// 409: a duplicate, or it is already so.
    #[error("conflict: {message}")]
    Conflict {
        /// The provider's words.
        message: String,
    },
    /// 400 or 422: the provider does not take the request as it is.
    #[error("refused: {}", messages.join("; "))]
    Validation {
        /// The provider's words, one per field where it lists them.
        messages: Vec<String>,
    },
    /// 422 on a cancellation (quirk 4: ordered in the panel, or not cancellable).
    #[error("cannot be cancelled: {message}")]
    NotCancellable {
        /// The provider's words.
        message: String,
    },
    /// 415: the URL is no direct link to an .iso or .qcow2 image.
    #[error("no usable image: {message}")]
    UnsupportedMedia {
        /// The provider's words.
        message: String,
    },
    /// 429, or our own budget: nothing was done.
    #[error("asked too often")]
    Throttled {
        /// How long the provider wants us to wait; it hardly ever says (quirk 4).
        retry_after: Option<Duration>,
    },
    /// 5xx: the provider failed, perhaps after doing it.
    #[error("the provider failed: {message}")]
    ProviderFailed {
        /// The provider's words.
        message: String,
    },
    /// An HTML page instead of an answer (a web firewall, a proxy, a maintenance page).
    #[error("a web page instead of an answer: {title}")]
    Html {
        /// Its title.
        title: String,
    },
    /// A success whose answer could not be understood. It may have been done.
    #[error("unreadable answer at {path}: {detail}")]
    Unreadable {
        /// JSON path.
        path: String,
        /// What was expected there.
        detail: String,
    },
    /// Another status of failure that no rule above covers.
    #[error("refused: {message}")]
    Refused {
        /// The provider's words.
        message: String,
    },
    /// The request cannot be built from these parameters.
    #[error("cannot be sent: {detail}")]
    Unsendable {
        /// Why.
        detail: String,
    },
    /// A list that does not move on: page by page it would never end, or rows would be missed.
    #[error("the list stands still at page {page}: {detail}")]
    Stuck {
        /// The page that was asked for.
        page: i64,
        /// How it was seen.
        detail: String,
    },
    /// No answer.
    #[error("{}", .0.detail)]
    Wire(Box<wire::Error>),
}

/// Why the credentials do not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Credential {
    /// `invalid_client`: there is no client with this id (or, at a sign-in that does not tell them apart, its secret is
    /// wrong).
    #[error("client id or client secret is wrong")]
    InvalidClient,
    /// The client is known and its secret is another one, as Keycloak tells them apart; the sign-in is one (inferred from
    /// its address, quirk 1).
    #[error("client secret is wrong")]
    WrongClientSecret,
    /// `invalid_grant`: API user or API password is wrong (it is not the portal's password). Accounts of the new portal
    /// that have no API password get the same words (quirk 1).
    #[error("API user or API password is wrong")]
    InvalidUser,
    /// The account exists but may not use the API: not set up, disabled, or the client may not sign in with a password.
    #[error("the account cannot use the API: {detail}")]
    NoApiAccess {
        /// The provider's words.
        detail: String,
    },
    /// The API refuses a token that the sign-in has just given, and this machine's clock is off.
    #[error("this machine's clock is {seconds} s off")]
    ClockSkew {
        /// Local time minus the provider's, in seconds.
        seconds: i64,
    },
    /// The API refuses a fresh token.
    #[error("the API refuses the token")]
    TokenRefused,
    /// The sign-in refuses for another reason.
    #[error("sign-in refused: {error}")]
    Refused {
        /// OAuth2 error code, or the status.
        error: String,
        /// The provider's words.
        detail: String,
    },
    /// The address of the sign-in answers, but not as a sign-in does: a wrong URL.
    #[error("the sign-in address answers with something else")]
    NotASignIn {
        /// What it is: the title of a web page, or a JSON path.
        detail: String,
    },
}

/// A right as the roles know it: an API path and one of four actions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Permission {
    /// e.g. `/v1/compute/instances`.
    pub api: String,
    /// `CREATE`, `READ`, `UPDATE` or `DELETE`.
    pub action: String,
}

impl Permission {
    /// The right an operation needs: its path without parameters, its method as an action.
    pub fn of(method: &http::Method, path: &str) -> Self {
        let action = match method.as_str() {
            "POST" => "CREATE",
            "PUT" | "PATCH" => "UPDATE",
            "DELETE" => "DELETE",
            _ => "READ",
        };
        Self { api: path.to_owned(), action: action.to_owned() }
    }
}

impl Error {
    /// Whether the provider may have acted.
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// A failure before anything was sent.
    pub(crate) fn unsent(problem: Problem, operation: &'static str, request_id: Uuid) -> Self {
        Self { problem, operation, request_id, status: None, sent: Sent::NotSent, date: None }
    }

    pub(crate) fn with_answer(mut self, status: Option<u16>, date: Option<Timestamp>) -> Self {
        (self.status, self.date) = (status, date);
        self
    }

    /// A whole answer that could not be read.
    pub(crate) fn unreadable(
        unreadable: Unreadable,
        body: &[u8],
        operation: &'static str,
        request_id: Uuid,
        status: u16,
    ) -> Self {
        let problem = match html_title(body) {
            Some(title) => Problem::Html { title },
            None => Problem::Unreadable { path: unreadable.path, detail: unreadable.detail },
        };
        Self { problem, operation, request_id, status: Some(status), sent: Sent::Unreadable, date: None }
    }

    /// A list that does not move on. The calls themselves were reads.
    pub(crate) fn stuck(page: i64, detail: &str, operation: &'static str) -> Self {
        let problem = Problem::Stuck { page, detail: detail.to_owned() };
        Self { problem, operation, request_id: Uuid::nil(), status: None, sent: Sent::Unreadable, date: None }
    }

    /// A credential problem found before or instead of the call.
    pub(crate) fn credential(
        credential: Credential,
        operation: &'static str,
        request_id: Uuid,
        status: Option<u16>,
    ) -> Self {
        let problem = Problem::Credential(credential);
        Self { problem, operation, request_id, status, sent: Sent::NotSent, date: None }
    }

    /// The same failure as another call sees it: its own request did not leave.
    pub(crate) fn seen_by(mut self, operation: &'static str, request_id: Uuid) -> Self {
        self.operation = operation;
        self.request_id = request_id;
        self.sent = Sent::NotSent;
        self
    }

    /// Classifies what the executor reports of a call. `needs` is what a role would have had to permit.
    pub fn of_wire(error: wire::Error, operation: &'static str, needs: Permission) -> Self {
        let (request_id, status, sent, date) = (error.request_id, error.status, error.sent, error.date);
        let done = |problem| Self { problem, operation, request_id, status, sent, date };
        if sent == Sent::Throttled {
            return done(Problem::Throttled { retry_after: error.retry_after });
        }
        let (Some(status), Some(body)) = (status, error.body.as_deref()) else {
            return done(Problem::Wire(Box::new(error)));
        };
        if status < 400 {
            return done(Problem::Wire(Box::new(error)));
        }
        if let Some(title) = html_title(body.as_bytes()) {
            return done(Problem::Html { title });
        }
        let words = Words::of(body);
        let message = words.joined();
        done(match status {
            400 => Problem::Validation { messages: words.messages },
            401 => Problem::Credential(Credential::TokenRefused),
            402 => Problem::PaymentRequired { message },
            403 => Problem::PermissionDenied { message, needs },
            404 => Problem::NotFound { message },
            409 => Problem::Conflict { message },
            415 => Problem::UnsupportedMedia { message },
            422 if operation.to_ascii_lowercase().starts_with("cancel") => Problem::NotCancellable { message },
            422 => Problem::Validation { messages: words.messages },
            429 => Problem::Throttled { retry_after: error.retry_after },
            500.. => Problem::ProviderFailed { message },
            _ => Problem::Refused { message },
        })
    }
}

/// The body of a failure: `message` is a text or a list of texts, and sometimes there is nothing (quirk 4).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Failure {
    #[serde(deserialize_with = "crate::lenient::read")]
    message: Vec<Line>,
    #[serde(deserialize_with = "crate::lenient::read")]
    error: String,
}

/// One message; an object in its place is shown as JSON.
#[derive(Debug)]
struct Line(String);

impl Lenient for Line {
    fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = crate::lenient::value(deserializer)?;
        Ok(Self(value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    }
}

/// What a failure says.
struct Words {
    messages: Vec<String>,
}

impl Words {
    fn of(body: &str) -> Self {
        let mut messages: Vec<String> = match serde_json::from_str::<Failure>(body) {
            Ok(failure) if failure.message.is_empty() => vec![failure.error],
            Ok(failure) => failure.message.into_iter().map(|line| line.0).collect(),
            Err(_) => vec![body.trim().to_owned()],
        };
        messages.retain(|message| !message.is_empty());
        for message in &mut messages {
            if let Some((end, _)) = message.char_indices().nth(1000) {
                message.truncate(end);
            }
        }
        Self { messages }
    }

    fn joined(&self) -> String {
        self.messages.join("; ")
    }
}

//! What an operation answers: the document's envelope, or a refusal in the provider's two shapes.

use http::StatusCode;
use serde_json::{Value, json};

use crate::reply::Reply;

/// A success.
#[derive(Debug)]
pub(super) enum Answer {
    /// A JSON body.
    Json(StatusCode, Value),
    /// 204 and the like.
    Empty(StatusCode),
}

/// What every operation returns.
pub(super) type Outcome = Result<Answer, Refusal>;

/// `{"statusCode": …, "message": "…"}`; the message is an array when fields were found wrong.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: Value,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: Value::String(message.into()) }
    }

    /// 400 with one sentence.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400 with one sentence per field.
    pub(super) fn fields(problems: Vec<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: json!(problems) }
    }

    /// 401: no token, a broken one, an expired one, or its user is gone.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// 402: needs something that has to be bought first.
    pub(super) fn payment(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, message)
    }

    /// 403.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 404 for a resource.
    pub(super) fn missing(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Entity {what} {id} not found"))
    }

    /// 404 with its own words.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 415, the one the document words itself.
    pub(super) fn unsupported_media(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    }

    /// 422: understood, and not possible with this resource.
    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 500, which this provider also answers to some mistakes of the caller.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }

    /// As an HTTP answer.
    pub(super) fn reply(&self) -> Reply {
        let body = json!({"statusCode": self.status.as_u16(), "message": self.message});
        Reply::json(self.status, &body)
    }
}

impl Answer {
    /// As an HTTP answer.
    pub(super) fn reply(&self) -> Reply {
        match self {
            Self::Json(status, body) => Reply::json(*status, body),
            Self::Empty(status) => Reply::empty(*status),
        }
    }
}

/// The 204 of most deletions.
pub(super) fn no_content() -> Outcome {
    Ok(Answer::Empty(StatusCode::NO_CONTENT))
}

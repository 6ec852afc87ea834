//! What a failure means: its cause, and whether the provider may have acted.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use url::Url;

use crate::{Cause, Effect, Error, Sent};

/// Longest pause that is reported; providers have been seen to send nonsense.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

/// A failure before it has its operation and ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) sent: Sent,
    pub(crate) cause: Cause,
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(sent: Sent, cause: Cause, detail: impl Into<String>) -> Self {
        Self { sent, cause, detail: detail.into() }
    }
}

/// How far a request is known to have come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// Its own connection does not stand yet.
    Nothing,
    /// A connection, so bytes may have left.
    Connection,
    /// The head of an answer.
    Answer,
}

impl Reached {
    pub(crate) const fn sent(self) -> Sent {
        match self {
            Self::Nothing => Sent::NotSent,
            Self::Connection | Self::Answer => Sent::MaybeSent,
        }
    }
}

/// A failure below HTTP.
pub(crate) fn transport(error: &reqwest::Error, reached: Reached) -> Failure {
    let words = innermost_words(error);
    if error.is_builder() {
        return Failure::new(Sent::NotSent, Cause::Other, format!("the request could not be built: {words}"));
    }
    if error.is_connect() {
        let (cause, what) = if error.is_dns() {
            (Cause::Dns, "the host name could not be resolved")
        } else if error.is_timeout() {
            (Cause::Timeout, "no connection within the time-out")
        } else if is_tls(error) {
            (Cause::Tls, "no secure connection")
        } else {
            (Cause::Connect, "no connection")
        };
        return Failure::new(Sent::NotSent, cause, format!("{what}: {words}"));
    }
    if error.is_timeout() {
        return Failure::new(reached.sent(), Cause::Timeout, "no whole answer within the time-out");
    }
    if is_cut(error) {
        return Failure::new(reached.sent(), Cause::Cut, format!("the connection was cut: {words}"));
    }
    // Headers that are no HTTP, a chunk without a length, broken gzip: something answered, but not sensibly.
    let sent = if reached == Reached::Answer { Sent::Unreadable } else { reached.sent() };
    Failure::new(sent, Cause::Other, format!("the answer is no valid HTTP: {words}"))
}

/// A status that is no success; `None` for 2xx.
pub(crate) fn status(status: StatusCode, headers: &HeaderMap, effect: Effect, asked: &Url) -> Option<Failure> {
    let code = status.as_u16();
    let maybe = if effect.writes() { Sent::MaybeSent } else { Sent::Rejected };
    let (sent, cause) = match code {
        200..=299 => return None,
        300..=399 => {
            let to = redirect_target(headers, asked);
            // "It is elsewhere" means that nothing was done here. 302 and 303 also follow a form that was accepted.
            let sent = if matches!(code, 301 | 307 | 308) { Sent::Rejected } else { maybe };
            (sent, Cause::Redirect { to })
        }
        429 => (Sent::Throttled, Cause::Status { code }),
        // A proxy that gave up waiting for the request may have passed it on.
        408 => (Sent::MaybeSent, Cause::Status { code }),
        400..=499 => (Sent::Rejected, Cause::Status { code }),
        _ => (Sent::MaybeSent, Cause::Status { code }),
    };
    let detail = match &cause {
        Cause::Redirect { to } if to.is_empty() => format!("answered {status}, which is not followed"),
        Cause::Redirect { to } => format!("redirected to {to}, which is not followed"),
        _ => format!("answered {status}"),
    };
    Some(Failure { sent, cause, detail })
}

/// Whether a read is worth another attempt.
pub(crate) fn worth_repeating(error: &Error) -> bool {
    match &error.cause {
        Cause::Dns | Cause::Connect | Cause::Timeout | Cause::Cut | Cause::Other => true,
        Cause::Status { code } => matches!(code, 408 | 425 | 429 | 500 | 502..=504 | 507..=599),
        Cause::Tls | Cause::TooLarge { .. } | Cause::Redirect { .. } | Cause::RefusedUrl => false,
        Cause::Budget | Cause::Dropped => false,
    }
}

/// Whether the host asks for fewer requests.
pub(crate) const fn is_complaint(status: Option<u16>) -> bool {
    matches!(status, Some(429 | 503))
}

/// `Retry-After`, as seconds or as a date. A date is measured against the answer's own `Date`, so that a wrong
/// clock on either side does not matter.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = if let Ok(seconds) = text.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let until = http_date(text)?;
        let sent = date(headers).unwrap_or(now);
        Duration::from_secs(u64::try_from(until.as_second().saturating_sub(sent.as_second())).unwrap_or(0))
    };
    Some(pause.min(LONGEST_RETRY_AFTER))
}

/// What the sender's clock showed, by its `Date` header.
pub fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(header::DATE)?.to_str().ok()?)
}

fn http_date(text: &str) -> Option<Timestamp> {
    static DATES: jiff::fmt::rfc2822::DateTimeParser = jiff::fmt::rfc2822::DateTimeParser::new();
    DATES.parse_timestamp(text).ok()
}

/// Host of the `Location`; the rest of it may hold tokens.
fn redirect_target(headers: &HeaderMap, asked: &Url) -> String {
    headers
        .get(header::LOCATION)
        .and_then(|location| asked.join(location.to_str().ok()?).ok())
        .and_then(|target| target.host_str().map(str::to_owned))
        .unwrap_or_default()
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        // An io::Error shows its inner error only here and skips it in source().
        Some(inner) => Some(inner as &(dyn StdError + 'static)),
        None => error.source(),
    })
}

fn io_errors<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a io::Error> {
    chain(error).filter_map(|error| error.downcast_ref::<io::Error>())
}

/// The handshake's own errors come as I/O errors that the operating system did not raise.
fn is_tls(error: &reqwest::Error) -> bool {
    io_errors(error).any(|error| {
        error.raw_os_error().is_none()
            && matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
    })
}

fn is_cut(error: &reqwest::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
    chain(error).any(|error| {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            return error.is_incomplete_message() || error.is_closed() || error.is_canceled();
        }
        error.downcast_ref::<io::Error>().is_some_and(|error| {
            matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof)
        })
    })
}

/// The deepest message; the outer ones repeat the URL or say "error sending request".
fn innermost_words(error: &reqwest::Error) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().expect("a header value"))).collect()
    }

    fn judge(code: u16, effect: Effect) -> Sent {
        let url = "https://a.example/".parse().expect("a URL");
        status(StatusCode::from_u16(code).expect("a status"), &HeaderMap::new(), effect, &url).expect("a failure").sent
    }

    #[test]
    fn only_a_refusal_proves_that_a_write_did_not_happen() {
        for code in [400, 401, 402, 403, 404, 405, 409, 415, 422, 301, 307, 308] {
            assert_eq!(judge(code, Effect::Billable), Sent::Rejected, "{code}");
        }
        for code in [302, 303, 304, 408, 500, 501, 502, 503, 504, 520, 599, 600] {
            assert_eq!(judge(code, Effect::Billable), Sent::MaybeSent, "{code}");
        }
        assert_eq!(judge(429, Effect::Billable), Sent::Throttled);
    }

    #[test]
    fn a_pause_is_read_as_seconds_or_as_a_date_and_never_taken_for_years() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().expect("a time");
        let pause = |pairs: &[_]| retry_after(&headers(pairs), now);
        assert_eq!(pause(&[(header::RETRY_AFTER, "7")]), Some(Duration::from_secs(7)));
        let date = (header::RETRY_AFTER, "Fri, 20 Nov 2026 10:00:30 GMT");
        assert_eq!(pause(std::slice::from_ref(&date)), Some(Duration::from_secs(30)));
        let their_clock = (header::DATE, "Fri, 20 Nov 2026 10:00:10 GMT");
        assert_eq!(pause(&[date, their_clock]), Some(Duration::from_secs(20)));
        assert_eq!(pause(&[(header::RETRY_AFTER, "Thu, 19 Nov 2026 10:00:30 GMT")]), Some(Duration::ZERO));
        assert_eq!(pause(&[(header::RETRY_AFTER, "99999999999999")]), Some(LONGEST_RETRY_AFTER));
        for nonsense in ["soon", "-3", "", "1.5"] {
            assert_eq!(pause(&[(header::RETRY_AFTER, nonsense)]), None, "{nonsense:?}");
        }
    }

    #[test]
    fn a_redirect_tells_only_the_host() {
        let url: Url = "https://a.example/includes/api.php".parse().expect("a URL");
        let headers = headers(&[(header::LOCATION, "https://b.example/login?token=5up3rs3cret")]);
        let failure = status(StatusCode::FOUND, &headers, Effect::Read, &url).expect("a failure");
        assert_eq!(failure.cause, Cause::Redirect { to: "b.example".into() });
        assert!(!failure.detail.contains("5up3rs3cret"));
    }
}

//! From bytes to a typed answer, or to what is wrong with them.

use std::borrow::Cow;

use rackdesk_wire::Effect;
use serde_json::Value;
use uuid::Uuid;

use crate::action::{Action, Reply};
use crate::error::Problem;
use crate::lenient::{At, Census, Extra, Fit, Lenient};

/// A typed answer and what else came with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<R> {
    /// The answer.
    pub value: R,
    /// What WHMCS warned of. A call that succeeded with a warning may not have done all it was asked to (quirk 12).
    pub warnings: Vec<String>,
    /// Fields that are not known here, and known ones that did not fit. Nothing of it is lost: it is in `extra`.
    pub census: Census,
    /// There was text around the JSON, such as a PHP notice. Only reads are taken from such an answer (quirk 17).
    pub salvaged: bool,
    /// Some bytes were no UTF-8 and were replaced (quirk 49).
    pub lossy: bool,
    /// The `x-request-id` it came under.
    pub request_id: Uuid,
}

impl<R> Answer<R> {
    pub(crate) fn map<T>(self, change: impl FnOnce(R) -> T) -> Answer<T> {
        let Self { value, warnings, census, salvaged, lossy, request_id } = self;
        Answer { value: change(value), warnings, census, salvaged, lossy, request_id }
    }
}

/// What is wrong with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// WHMCS says no.
    Refused(String),
    /// A page.
    Page(String),
    /// Nothing.
    Empty,
    /// Something else.
    Unreadable { path: String, detail: String },
}

crate::lenient::record! {
    /// What any answer may say beside its content.
    Verdict {
        result: String,
        status: Value,
        message: Value,
        error: Value,
        warning: Value,
        warnings: Value,
    }
}

impl Verdict {
    /// The error's text, when this is one.
    fn refusal(&self) -> Option<String> {
        let says = |word: &str| {
            let word = word.trim();
            ["error", "failure", "failed", "fail"].iter().any(|failure| word.eq_ignore_ascii_case(failure))
        };
        let failed = if self.result.is_empty() { self.status.as_str().is_some_and(says) } else { says(&self.result) };
        failed.then(|| {
            let text = [&self.message, &self.error].into_iter().find_map(Value::as_str);
            text.or_else(|| self.warning.as_str()).unwrap_or("no reason given").to_owned()
        })
    }

    fn is_success(&self) -> bool {
        let said = if self.result.is_empty() { self.status.as_str().unwrap_or_default() } else { &self.result };
        said.trim().eq_ignore_ascii_case("success")
    }
}

/// Reads an answer of an action that somebody else has received.
///
/// # Errors
/// What a call would have ended with.
pub fn decode<A: Action>(body: &[u8]) -> Result<Answer<A::Response>, Problem> {
    read::<A>(body, Uuid::nil()).map_err(|flaw| crate::client::explain(flaw, &crate::client::speaker::<A>()).0)
}

/// Reads the answer of an action.
pub(crate) fn read<A: Action>(body: &[u8], request_id: Uuid) -> Result<Answer<A::Response>, Flaw> {
    let (text, lossy) = text(body);
    let found = find_json(&text, A::EFFECT)?;
    let json = match A::ROOT_LIST {
        Some(name) if found.json.starts_with('[') => Cow::Owned(format!("{{\"{name}\":{}}}", found.json)),
        _ => Cow::Borrowed(found.json),
    };
    let mut value = parse_or_explain::<A::Response>(&json)?;
    if value.loose().iter().any(|(name, _)| name.ends_with(']') && name.contains('[')) {
        value = parse_or_explain(&unflatten(&json)?)?;
    }
    judge(&mut value, &json, A::EFFECT)?;
    let warnings = warnings(value.loose());
    A::settle(&mut value);
    let mut census = Census::default();
    value.tally(&At::Root, &mut census);
    Ok(Answer { value, warnings, census, salvaged: found.noise, lossy, request_id })
}

/// The message of a refusal, whatever the action. For answers with an HTTP status that is an error itself.
pub(crate) fn refusal(body: &str) -> Option<String> {
    let found = find_json(body, Effect::Read).ok()?;
    parse::<Verdict>(found.json).ok()?.refusal()
}

/// What a body is that should have been an answer but came with an error status.
pub(crate) fn flaw(body: &str) -> Flaw {
    match find_json(body, Effect::Read) {
        Ok(_) => Flaw::Unreadable { path: String::new(), detail: "JSON that is no answer of WHMCS".into() },
        Err(flaw) => flaw,
    }
}

fn text(body: &[u8]) -> (Cow<'_, str>, bool) {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match std::str::from_utf8(body) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (Cow::Owned(String::from_utf8_lossy(body).into_owned()), true),
    }
}

struct FoundJson<'a> {
    json: &'a str,
    noise: bool,
}

/// The JSON in a body. Text around it is an error for a write: whatever printed it may have stopped the
/// work as well.
fn find_json(text: &str, effect: Effect) -> Result<FoundJson<'_>, Flaw> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Flaw::Empty);
    }
    if trimmed.starts_with(['{', '[']) {
        return without_tail(trimmed, effect);
    }
    match salvage(trimmed) {
        Some(json) if !effect.writes() => Ok(FoundJson { json, noise: true }),
        Some(_) => Err(unreadable("", "text around the JSON")),
        None if trimmed.starts_with('<') => Err(Flaw::Page(trimmed.to_owned())),
        None if trimmed.to_ascii_lowercase().contains("<html") => Err(Flaw::Page(trimmed.to_owned())),
        None => Err(unreadable("", "no JSON")),
    }
}

/// JSON from the first byte on. What is cut off stays as it is: the parser says where.
fn without_tail(text: &str, effect: Effect) -> Result<FoundJson<'_>, Flaw> {
    let whole = FoundJson { json: text, noise: false };
    if text.ends_with(['}', ']']) {
        return Ok(whole);
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    match values.next() {
        Some(Ok(_)) if effect.writes() => Err(unreadable("", "text around the JSON")),
        Some(Ok(_)) => Ok(FoundJson { json: &text[..values.byte_offset()], noise: true }),
        _ => Ok(whole),
    }
}

/// Most places at which JSON is looked for; each try is a parse.
const MOST_TRIES: usize = 32;

/// A whole answer somewhere in the text. It must say how it went: a row out of an answer that was cut off parses as
/// well, and is not one. A few reads never say it (quirk 11): there the first JSON there is must reach to the end.
fn salvage(text: &str) -> Option<&str> {
    let whole = |start: usize| {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde::de::IgnoredAny>();
        values.next()?.ok()?;
        Some(&text[start..start + values.byte_offset()])
    };
    let likely = text.match_indices("{\"").map(|(at, _)| at);
    let first = likely.clone().next();
    let tries = text.match_indices("{\"result\"").map(|(at, _)| at).chain(likely).take(MOST_TRIES);
    tries
        .filter_map(whole)
        .find(|json| parse::<Verdict>(json).is_ok_and(|verdict| verdict.is_success() || verdict.refusal().is_some()))
        .or_else(|| first.and_then(whole).filter(|json| text.ends_with(json)))
}

fn parse<T: Lenient>(json: &str) -> Result<T, serde_json::Error> {
    let mut source = serde_json::Deserializer::from_str(json);
    let found = T::read(&mut source)?;
    source.end()?;
    match found {
        Fit::Fits(value) => Ok(value),
        Fit::Nothing => Ok(T::default()),
        Fit::Misfit(_) => Err(serde::de::Error::custom("expected an object")),
    }
}

/// Parses; if that fails, once more with a track of the path, or finds out that it was an error all along.
fn parse_or_explain<T: Reply>(json: &str) -> Result<T, Flaw> {
    let first = match parse::<T>(json) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if let Some(message) = parse::<Verdict>(json).ok().and_then(|verdict| verdict.refusal()) {
        return Err(Flaw::Refused(message));
    }
    let mut track = serde_path_to_error::Track::new();
    let mut source = serde_json::Deserializer::from_str(json);
    let failed = T::read(serde_path_to_error::Deserializer::new(&mut source, &mut track)).err();
    let path = if failed.is_some() { track.path().to_string() } else { String::new() };
    let detail = failed.map_or_else(|| first.to_string(), |error| error.to_string());
    Err(unreadable(if path == "." { "" } else { &path }, &detail))
}

fn unreadable(path: &str, detail: &str) -> Flaw {
    Flaw::Unreadable { path: path.to_owned(), detail: detail.to_owned() }
}

/// Success or not: `result`, else `status`, else success when there is something (quirk 11).
fn judge<R: Reply>(value: &mut R, json: &str, effect: Effect) -> Result<(), Flaw> {
    let said =
        value.loose().get("result").and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("success"));
    if said {
        value.loose().take("result");
        return Ok(());
    }
    let verdict = parse::<Verdict>(json).unwrap_or_default();
    if let Some(message) = verdict.refusal() {
        return Err(Flaw::Refused(message));
    }
    if verdict.is_success() {
        for name in ["result", "status"] {
            if value.loose().get(name).is_some() {
                value.loose().take(name);
            }
        }
        return Ok(());
    }
    if let Some(warning) = verdict.warning.as_str().filter(|_| verdict.extra.is_empty()) {
        return Err(Flaw::Refused(warning.to_owned()));
    }
    // Every documented write says how it went. One that does not was not understood.
    if effect.writes() { Err(unreadable("result", "no word on whether it succeeded")) } else { Ok(()) }
}

fn warnings(loose: &mut Extra) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["warning", "warnings"] {
        match loose.take(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => found.push(text),
            Some(Value::Array(items)) => {
                found.extend(
                    items.into_iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)),
                );
            }
            Some(Value::Object(items)) => {
                found.extend(
                    items.into_iter().map(|(_, item)| item.as_str().map_or_else(|| item.to_string(), str::to_owned)),
                );
            }
            _ => {}
        }
    }
    found
}

/// `"clients[client][0][id]"` as a key is the NVP format in JSON's clothes (quirk 37): builds the tree it stands for.
/// Numbered objects are left to the list reader. Keys with more brackets than any list is deep stay as they are.
fn unflatten(json: &str) -> Result<String, Flaw> {
    let flat: serde_json::Map<String, Value> =
        serde_json::from_str(json).map_err(|error| unreadable("", &error.to_string()))?;
    let mut root = serde_json::Map::new();
    for (name, value) in flat {
        let keys: Vec<&str> = match name.split_once('[') {
            Some((base, rest)) if rest.ends_with(']') && rest.matches('[').count() < MOST_BRACKETS => {
                std::iter::once(base).chain(rest[..rest.len() - 1].split("][")).map(str::trim).collect()
            }
            _ => vec![name.as_str()],
        };
        insert(&mut root, &keys, value);
    }
    Ok(Value::Object(root).to_string())
}

/// More pairs of brackets than any documented list needs.
const MOST_BRACKETS: usize = 16;

fn insert(tree: &mut serde_json::Map<String, Value>, keys: &[&str], value: Value) {
    match keys {
        [] => {}
        [last] => _ = tree.insert((*last).to_owned(), value),
        [first, rest @ ..] => {
            let branch = tree.entry((*first).to_owned()).or_insert_with(|| Value::Object(serde_json::Map::new()));
            if !branch.is_object() {
                *branch = Value::Object(serde_json::Map::new());
            }
            if let Value::Object(branch) = branch {
                insert(branch, rest, value);
            }
        }
    }
}

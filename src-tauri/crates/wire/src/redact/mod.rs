//! Hides secrets before anything is recorded or put into an error.
//!
//! Two passes over at most what is kept: first the values of named form fields and JSON members, then literal
//! secrets wherever they stand and in whatever way they are escaped. Both are linear. Nothing is ever removed
//! without a mark in its place, so joining two halves cannot make a secret appear.

mod form;
mod json;
mod literals;
mod names;

use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderMap;
use secrecy::SecretString;
use url::Url;

use self::literals::Literals;
use self::names::Names;
use crate::Redaction;

/// What stands in place of a secret.
pub(crate) const MARK: &str = "[hidden]";

/// Largest recorded body in bytes.
pub(crate) const KEPT: usize = 64 * 1024;

/// Headers that are secret by their nature.
const SECRET_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// A compiled [`Redaction`].
pub(crate) struct Redactor {
    names: Names,
    literals: Literals,
}

impl Redactor {
    fn new(redaction: &Redaction) -> Self {
        Self { names: Names::new(redaction.fields), literals: Literals::new(&redaction.literals) }
    }

    /// A body that may be or contain JSON.
    pub(crate) fn text(&self, body: &[u8]) -> String {
        self.finish(|room, out| json::hide_members(body, &self.names, room, out))
    }

    /// A form body.
    pub(crate) fn form(&self, body: &[u8]) -> String {
        self.finish(|room, out| form::hide_fields(body, &self.names, room, out))
    }

    /// Words that hold no fields.
    pub(crate) fn words(&self, words: &str) -> String {
        self.literals.hide_in(words)
    }

    /// A URL, its query treated as a form.
    pub(crate) fn url(&self, url: &Url) -> String {
        match url.query() {
            None => self.literals.hide_in(url.as_str()),
            Some(query) => {
                let before = url.as_str().len() - query.len() - url.fragment().map_or(0, |f| f.len() + 1);
                let mut out = url.as_str().as_bytes()[..before].to_vec();
                form::hide_fields(query.as_bytes(), &self.names, KEPT, &mut out);
                self.literals.hide_in(&String::from_utf8_lossy(&out))
            }
        }
    }

    /// Headers in order.
    pub(crate) fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        headers
            .iter()
            .map(|(name, value)| {
                let name = name.as_str();
                let value = if SECRET_HEADERS.contains(&name) || self.names.contains(name.as_bytes()) {
                    MARK.to_owned()
                } else if name == "location" {
                    self.location(&String::from_utf8_lossy(value.as_bytes()))
                } else {
                    self.literals.hide_in(&String::from_utf8_lossy(value.as_bytes()))
                };
                (name.to_owned(), value)
            })
            .collect()
    }

    /// A `Location` may be relative, so it is no [`Url`].
    fn location(&self, value: &str) -> String {
        let Some((path, query)) = value.split_once('?') else { return self.literals.hide_in(value) };
        let mut out = format!("{path}?").into_bytes();
        form::hide_fields(query.as_bytes(), &self.names, KEPT, &mut out);
        self.literals.hide_in(&String::from_utf8_lossy(&out))
    }

    /// First pass with some room beyond the cut, so that a literal that straddles it is still seen whole.
    fn finish(&self, first: impl FnOnce(usize, &mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        first(KEPT + self.literals.longest(), &mut out);
        let hidden = self.literals.hide(out);
        let mut text = match String::from_utf8(hidden) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        text.truncate(text.floor_char_boundary(KEPT));
        text
    }
}

/// Compiled redactions by the identity of what they were compiled from. A profile uses two or three.
#[derive(Default)]
pub(crate) struct Redactors {
    known: RwLock<Vec<Known>>,
}

struct Known {
    fields: &'static [&'static str],
    /// Kept so that its address stays taken.
    literals: Arc<[SecretString]>,
    redactor: Arc<Redactor>,
}

/// More than a few means that a caller makes new literals for each request; the oldest are forgotten.
const MOST_KNOWN: usize = 32;

impl Redactors {
    pub(crate) fn of(&self, redaction: &Redaction) -> Arc<Redactor> {
        let same = |known: &&Known| {
            std::ptr::eq(known.fields, redaction.fields) && Arc::ptr_eq(&known.literals, &redaction.literals)
        };
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).iter().find(same) {
            return Arc::clone(&known.redactor);
        }
        let redactor = Arc::new(Redactor::new(redaction));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.remove(0);
        }
        known.push(Known {
            fields: redaction.fields,
            literals: Arc::clone(&redaction.literals),
            redactor: Arc::clone(&redactor),
        });
        redactor
    }
}

#[cfg(test)]
mod tests;

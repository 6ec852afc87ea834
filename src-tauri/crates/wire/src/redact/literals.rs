//! Hides known secrets wherever they stand, plain or escaped in one of the ways they can end up in an exchange.

use std::collections::BTreeSet;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use secrecy::{ExposeSecret, SecretString};

use super::MARK;

/// Shorter literals would hide half of every text.
const SHORTEST: usize = 4;

pub(crate) enum Literals {
    None,
    Some {
        automaton: Box<AhoCorasick>,
        longest: usize,
    },
    /// The automaton could not be built: better to show nothing.
    Everything,
}

impl Literals {
    pub(crate) fn new(literals: &Arc<[SecretString]>) -> Self {
        let spellings: BTreeSet<Vec<u8>> = literals
            .iter()
            .map(ExposeSecret::expose_secret)
            .filter(|literal| literal.len() >= SHORTEST)
            .flat_map(spellings)
            .collect();
        if spellings.is_empty() {
            return Self::None;
        }
        let longest = spellings.iter().map(Vec::len).max().unwrap_or(0);
        // Case is ignored because hexadecimal escapes come in both, and so do md5 sums.
        AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(spellings)
            .map_or(Self::Everything, |automaton| Self::Some { automaton: Box::new(automaton), longest })
    }

    /// Length of the longest spelling.
    pub(crate) fn longest(&self) -> usize {
        match self {
            Self::Some { longest, .. } => *longest,
            Self::None | Self::Everything => 0,
        }
    }

    pub(crate) fn hide(&self, text: Vec<u8>) -> Vec<u8> {
        match self {
            Self::None => text,
            Self::Everything => MARK.into(),
            Self::Some { automaton, .. } => replace(automaton, &text).unwrap_or(text),
        }
    }

    pub(crate) fn hide_in(&self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Everything => MARK.to_owned(),
            Self::Some { automaton, .. } => replace(automaton, text.as_bytes())
                .map_or_else(|| text.to_owned(), |hidden| String::from_utf8_lossy(&hidden).into_owned()),
        }
    }
}

/// `None` when there is nothing to replace, which is nearly always.
fn replace(automaton: &AhoCorasick, text: &[u8]) -> Option<Vec<u8>> {
    let mut found = automaton.find_iter(text).peekable();
    found.peek()?;
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    for found in found {
        out.extend_from_slice(&text[copied..found.start()]);
        out.extend_from_slice(MARK.as_bytes());
        copied = found.end();
    }
    out.extend_from_slice(&text[copied..]);
    Some(out)
}

/// The ways one secret may be written in a request or an answer.
fn spellings(literal: &str) -> Vec<Vec<u8>> {
    let json = [
        json_escaped(literal, |_| false),
        json_escaped(literal, |c| c == '/'),
        json_escaped(literal, |c| !c.is_ascii()),
        json_escaped(literal, |c| c == '/' || !c.is_ascii()),
        json_escaped(literal, |c| matches!(c, '<' | '>' | '&')),
        json_escaped(literal, |c| matches!(c, '<' | '>' | '&' | '\'' | '/') || !c.is_ascii()),
    ];
    let mut all = vec![literal.to_owned()];
    for (quote, apostrophe) in [("&quot;", "&#039;"), ("&quot;", "&#39;"), ("&quot;", "'"), ("\"", "'")] {
        all.push(html_escaped(literal, quote, apostrophe));
    }
    all.push(percent_encoded(literal, b""));
    all.push(percent_encoded(literal, b"-._~"));
    all.push(percent_encoded(literal, b"-_.!~*'()"));
    all.push(url::form_urlencoded::byte_serialize(literal.as_bytes()).collect());
    for once in json {
        all.push(url::form_urlencoded::byte_serialize(once.as_bytes()).collect());
        all.push(json_escaped(&once, |_| false));
        all.push(json_escaped(&once, |c| c == '/'));
        all.push(once);
    }
    all.into_iter().map(String::into_bytes).collect()
}

/// As JSON writes it inside quotes; `also` names characters that an encoder may escape beyond the necessary.
fn json_escaped(text: &str, also: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '/' if also('/') => out.push_str("\\/"),
            c if c < ' ' || also(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn html_escaped(text: &str, quote: &str, apostrophe: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', quote).replace('\'', apostrophe)
}

fn percent_encoded(text: &str, plain: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

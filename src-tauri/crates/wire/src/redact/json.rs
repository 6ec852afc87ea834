//! Hides members by name in anything that contains JSON: whole documents, documents after a PHP notice, documents
//! cut in the middle, and documents inside a string of another one.
//!
//! No parser, because the text may be broken. Quotes are told apart by the backslashes before them: with none or an
//! even number they delimit a string of the text itself; `\"` delimits one inside such a string, `\\\"` one level
//! deeper. The level of a quote is the number of trailing one bits of its backslash count.

use super::MARK;
use super::names::Names;

/// Copies `text` to `out` until that holds `room` bytes, with the values of secret members hidden.
pub(super) fn hide_members(text: &[u8], names: &Names, room: usize, out: &mut Vec<u8>) {
    let mut copied = 0;
    let mut before: Option<Quote> = None;
    let mut at = 0;
    while out.len() + (at - copied) < room {
        let Some(quote) = Quote::find(text, at) else { break };
        at = quote.end;
        let Some(open) = before.replace(quote) else { continue };
        if open.level != quote.level || !names.contains(&text[open.end..quote.start]) {
            continue;
        }
        let Some(value) = value_after(text, quote.end) else { continue };
        let Some(hidden) = span(text, value, quote.level) else { continue };
        out.extend_from_slice(&text[copied..value]);
        let delimiter = "\\".repeat((1 << quote.level.min(8)) - 1) + "\"";
        out.extend_from_slice(delimiter.as_bytes());
        out.extend_from_slice(MARK.as_bytes());
        out.extend_from_slice(delimiter.as_bytes());
        copied = hidden;
        at = hidden;
        before = None;
    }
    let left = room.saturating_sub(out.len());
    let rest = &text[copied..];
    out.extend_from_slice(&rest[..rest.len().min(left)]);
}

#[derive(Debug, Clone, Copy)]
struct Quote {
    /// Where its own backslashes begin.
    start: usize,
    /// Behind the `"`.
    end: usize,
    level: u32,
}

impl Quote {
    /// The first quote at or after `from`. Backslashes before `from` belong to something else.
    fn find(text: &[u8], from: usize) -> Option<Self> {
        let mark = from + memchr::memchr(b'"', &text[from..])?;
        let slashes = text[from..mark].iter().rev().take_while(|&&byte| byte == b'\\').count();
        let level = slashes.trailing_ones();
        // Of the backslashes only the innermost belong to the delimiter, the others end what it delimits.
        let own = if level >= usize::BITS { slashes } else { (1 << level) - 1 };
        Some(Self { start: mark - own, end: mark + 1, level })
    }

    fn closes(self, level: u32) -> bool {
        self.level <= level
    }
}

/// Where the value begins when a colon follows a name.
fn value_after(text: &[u8], from: usize) -> Option<usize> {
    let colon = skip_blanks(text, from);
    (text.get(colon) == Some(&b':')).then(|| skip_blanks(text, colon + 1))
}

/// Blanks, also escaped ones (`\n`, `\t` inside a string).
fn skip_blanks(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(b'\\') => {
                let slashes = text[at..].iter().take_while(|&&byte| byte == b'\\').count();
                if !matches!(text.get(at + slashes), Some(b'n' | b'r' | b't')) {
                    return at;
                }
                at += slashes + 1;
            }
            _ => return at,
        }
    }
}

/// End of the value that begins at `from`, or `None` when there is nothing to hide (null, empty).
fn span(text: &[u8], from: usize, level: u32) -> Option<usize> {
    let opening = Quote::find(text, from).filter(|quote| quote.start == from);
    if let Some(opening) = opening {
        return match closing(text, opening.end, opening.level) {
            Some(closing) if closing.start == opening.end => None,
            Some(closing) if closing.level == opening.level => Some(closing.end),
            // The string around it ended first: leave that quote in place.
            Some(closing) => Some(closing.start),
            None => Some(text.len()),
        };
    }
    let scalar_end = || {
        let stop = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b'"' | b'\\' | b'<' | b' ' | b'\t' | b'\r' | b'\n');
        text[from..].iter().position(stop).map_or(text.len(), |length| from + length)
    };
    match text.get(from)? {
        b'{' | b'[' => Some(balanced(text, from, level)),
        _ => {
            let end = scalar_end();
            (end > from && &text[from..end] != b"null").then_some(end)
        }
    }
}

/// The quote that ends a string of this level.
fn closing(text: &[u8], mut at: usize, level: u32) -> Option<Quote> {
    loop {
        let quote = Quote::find(text, at)?;
        if quote.closes(level) {
            return Some(quote);
        }
        at = quote.end;
    }
}

/// End of the object or list that begins at `from`.
fn balanced(text: &[u8], from: usize, level: u32) -> usize {
    let mut depth = 0_usize;
    let mut at = from;
    while let Some(found) = text[at..].iter().position(|byte| matches!(byte, b'{' | b'[' | b'}' | b']' | b'"')) {
        match text[at + found] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {
                let Some(open) = Quote::find(text, at) else { return text.len() };
                if open.level < level {
                    return open.start;
                }
                match closing(text, open.end, open.level) {
                    Some(end) if end.level < level => return end.start,
                    Some(end) => at = end.end,
                    None => return text.len(),
                }
                continue;
            }
        }
        at += found + 1;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

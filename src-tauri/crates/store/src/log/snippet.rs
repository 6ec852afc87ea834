//! A few words around a hit.

use crate::text::{find_phrase, unescaped};

/// Characters before the hit, and in all.
const BEFORE: usize = 30;
const LENGTH: usize = 120;

/// The first hit of any phrase in the first text that has one.
pub(super) fn around<'a>(texts: impl IntoIterator<Item = &'a str>, phrases: &[String]) -> Option<String> {
    for text in texts {
        let plain = unescaped(text);
        if let Some((at, _)) = phrases.iter().find_map(|phrase| find_phrase(&plain, phrase)) {
            return Some(cut(&plain, at));
        }
    }
    None
}

fn cut(text: &str, at: usize) -> String {
    let start = text[..at].char_indices().rev().take(BEFORE).last().map_or(at, |(i, _)| i);
    let mut words = String::new();
    if start > 0 {
        words.push('…');
    }
    let mut rest = text[start..].chars();
    for c in rest.by_ref().take(LENGTH) {
        // Line breaks and tabs of a body would tear the row apart.
        words.push(if c.is_whitespace() || c.is_control() { ' ' } else { c });
    }
    if rest.next().is_some() {
        words.push('…');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hit_stands_in_its_surroundings() {
        let body = format!(
            "{{\"filler\":\"{}\",\n\"name\":\"M\\u00fcller\",\"more\":\"{}\"}}",
            "x".repeat(500),
            "y ".repeat(200)
        );
        let snippet = around(["nothing here", &body], &[" mull".into()]).unwrap();
        assert!(
            snippet.starts_with('…') && snippet.ends_with('…') && snippet.contains("\"name\":\"Müller\""),
            "{snippet}"
        );
        assert_eq!(snippet.chars().count(), LENGTH + 2);
        assert_eq!(around([body.as_str()], &[" absent".into()]), None);
    }
}

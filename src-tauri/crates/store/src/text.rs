//! How text is folded for search and sorting: lower case, Latin letters without their marks, words apart.

use std::{
    borrow::Cow,
    collections::{BTreeSet, VecDeque},
};

/// Folds a text for sorting: `"Müller & Søn"` → `"muller & son"`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        push_folded(c, &mut folded);
    }
    folded
}

/// The searchable words of some texts: each folded word after one space. A text that begins with a word of it is
/// found with `instr(words, ' begin')`; a full-text prefix phrase finds the same.
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for text in texts {
        push_words(text, &mut all);
    }
    all
}

fn push_words(text: &str, all: &mut String) {
    let mut inside = false;
    for c in text.chars() {
        if !c.is_alphanumeric() {
            inside = false;
            continue;
        }
        if !inside {
            all.push(' ');
            inside = true;
        }
        push_folded(c, all);
    }
}

/// What a person typed, as phrases that must all be found; each is words after one space, the last word unfinished.
/// `"müll 62.171"` → `[" mull", " 62 171"]`.
pub fn phrases(typed: &str) -> Vec<String> {
    let mut phrases: Vec<String> =
        typed.split_whitespace().map(|term| words([term])).filter(|phrase| !phrase.is_empty()).collect();
    phrases.dedup();
    phrases
}

/// A full-text query for phrases of [`phrases`].
pub fn match_query(phrases: &[String]) -> String {
    let mut query = String::new();
    for phrase in phrases {
        if !query.is_empty() {
            query.push_str(" AND ");
        }
        // Words are alphanumeric only, so nothing in them can be syntax.
        query.push('"');
        query.push_str(phrase.trim_start());
        query.push_str("\" *");
    }
    query
}

/// A text as it was meant: `\u00fc` of JSON and `%C3%BC` of URLs and forms become the letter, `\/` the slash and `+`
/// between words stays a separator anyway. What is no such sequence stays as it is.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|b| b == b'%' || b == b'\\') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if let Some(byte) = percent(rest) {
            out.push(byte);
            at += 3;
        } else if let Some((letter, length)) = json_escape(rest) {
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            at += length;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

fn hex_digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |value, byte| Some(value * 16 + (*byte as char).to_digit(16)?))
}

fn percent(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', digits @ ..] if digits.len() >= 2 => hex_digits(&digits[..2]).map(|value| value as u8),
        _ => None,
    }
}

fn json_escape(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |bytes: &[u8]| match bytes {
        [b'\\', b'u', digits @ ..] if digits.len() >= 4 => hex_digits(&digits[..4]),
        _ => None,
    };
    let first = unit(bytes)?;
    if let Some(letter) = char::from_u32(first) {
        return Some((letter, 6));
    }
    let second = unit(bytes.get(6..)?)?;
    let pair = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    let letter = char::decode_utf16(pair).next()?.ok()?;
    Some((letter, 12))
}

/// Signs that hold the parts of one thing together: addresses, dates, paths, ids, host names.
const JOINTS: [char; 7] = ['.', '-', ':', '@', '/', '_', '+'];

/// Most parts that are indexed as one word.
const JOINED: usize = 4;

/// The folded parts of each thing in a text, in order: `62.171.9.1` is one thing of four parts.
pub fn things(text: &str) -> Vec<Vec<String>> {
    let mut things: Vec<Vec<String>> = Vec::new();
    let mut last_end = None;
    for (start, end) in word_places(text) {
        let mut part = String::with_capacity(end - start);
        text[start..end].chars().for_each(|c| push_folded(c, &mut part));
        let joined = last_end.is_some_and(|last: usize| {
            let mut between = text[last..start].chars();
            between.next().is_some_and(|c| JOINTS.contains(&c)) && between.next().is_none()
        });
        match things.last_mut() {
            Some(thing) if joined => thing.push(part),
            _ => things.push(vec![part]),
        }
        last_end = Some(end);
    }
    things
}

/// The words under which a text is found in an index that knows no positions: each part, and from each part on up to
/// four of them joined, so that `171.9` and `62.171.9.1` are one look-up each.
pub fn index_words(text: &str, into: &mut BTreeSet<String>) {
    for thing in things(text) {
        for at in 0..thing.len() {
            let joined = &thing[at..thing.len().min(at + JOINED)];
            if joined.len() > 1 {
                into.insert(joined.join("_"));
            }
            if !into.contains(&thing[at]) {
                into.insert(thing[at].clone());
            }
        }
    }
}

/// What was typed as a query for [`index_words`]: words that must all be there, the last of them unfinished unless a
/// space follows it. Whole words first. `None` when nothing that could be a word was typed.
pub fn index_query(typed: &str) -> Option<(Vec<String>, Vec<String>)> {
    let things = things(typed);
    let unfinished = !typed.ends_with(char::is_whitespace);
    let count = things.len();
    let (mut whole, mut begun) = (Vec::new(), Vec::new());
    for (at, thing) in things.into_iter().enumerate() {
        // Of a longer thing every four neighbours are looked up, which leaves nothing of it out.
        let windows = thing.len().saturating_sub(JOINED);
        whole.extend((0..windows).map(|from| thing[from..from + JOINED].join("_")));
        let rest = thing[windows..].join("_");
        // A thing that ends here may go on in the text, so its joined form is always only a beginning.
        if at + 1 == count && unfinished || thing.len() > 1 {
            begun.push(rest);
        } else {
            whole.push(rest);
        }
    }
    (!whole.is_empty() || !begun.is_empty()).then_some((whole, begun))
}

/// Where a phrase of [`phrases`] stands in a text, in bytes: the text is read as [`words`] reads it.
pub fn find_phrase(text: &str, phrase: &str) -> Option<(usize, usize)> {
    let wanted: Vec<&str> = phrase.split_whitespace().collect();
    let (last, whole) = wanted.split_last()?;
    let mut found: VecDeque<(usize, usize, String)> = VecDeque::with_capacity(wanted.len());
    for (start, end) in word_places(text) {
        let mut word = String::new();
        text[start..end].chars().for_each(|c| push_folded(c, &mut word));
        found.push_back((start, end, word));
        if found.len() > wanted.len() {
            found.pop_front();
        }
        if found.len() == wanted.len()
            && found.back().is_some_and(|(_, _, word)| word.starts_with(last))
            && whole.iter().zip(&found).all(|(wanted, (_, _, word))| wanted == word)
        {
            return Some((found.front()?.0, end));
        }
    }
    None
}

fn word_places(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut letters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = letters.find(|(_, c)| c.is_alphanumeric())?;
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = letters.next_if(|(_, c)| c.is_alphanumeric()) {
            end = at + c.len_utf8();
        }
        Some((start, end))
    })
}

fn push_folded(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    let plain = match c {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' | 'Ǎ' | 'ǎ' => "a",
        'Æ' | 'æ' => "ae",
        'Ç' | 'ç' | 'Ć'..='č' => "c",
        'Ð' | 'ð' | 'Ď'..='đ' => "d",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' => "e",
        'Ĝ'..='ģ' => "g",
        'Ĥ'..='ħ' => "h",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' => "i",
        'Ĳ' | 'ĳ' => "ij",
        'Ĵ' | 'ĵ' => "j",
        'Ķ'..='ĸ' => "k",
        'Ĺ'..='ł' => "l",
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' | 'Ơ' | 'ơ' => "o",
        'Œ' | 'œ' => "oe",
        'Ŕ'..='ř' => "r",
        'Ś'..='š' | 'ſ' | 'Ș' | 'ș' => "s",
        'ß' | 'ẞ' => "ss",
        'Þ' | 'þ' => "th",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "t",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' | 'Ư' | 'ư' => "u",
        'Ŵ' | 'ŵ' => "w",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' => "y",
        'Ź'..='ž' => "z",
        // Combining marks after a letter that was typed apart from them.
        '\u{300}'..='\u{36f}' => "",
        _ => return out.extend(c.to_lowercase()),
    };
    out.push_str(plain);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_their_marks() {
        assert_eq!(fold("Müller & Søn"), "muller & son");
        assert_eq!(words(["Łukasz Żak", "", "l.zak@example.com"]), " lukasz zak l zak example com");
        assert_eq!(words(["STRASSE", "Straße"]), " strasse strasse");
        assert_eq!(words(["Иванов 株式会社"]), " иванов 株式会社");
    }

    #[test]
    fn what_is_typed_becomes_phrases_without_syntax() {
        assert_eq!(phrases("müll 62.171"), [" mull", " 62 171"]);
        assert_eq!(match_query(&phrases("müll 62.171")), "\"mull\" * AND \"62 171\" *");
        assert_eq!(phrases("\" OR * ( )"), [" or"]);
        assert!(phrases("- ?").is_empty());
        let all = words(["Łukasz Żak", "62.171.140.9"]);
        assert!(phrases("zak 62.171").iter().all(|p| all.contains(p)));
        assert!(!phrases("ukasz").iter().all(|p| all.contains(p)), "words are found from their beginning");
    }

    #[test]
    fn bodies_are_read_as_what_they_mean() {
        assert_eq!(unescaped(r#"{"n":"M\u00fcller \ud83d\ude00"}"#), "{\"n\":\"Müller 😀\"}");
        assert_eq!(unescaped("name=M%C3%BCller+S%F6hne&x=100%"), "name=Müller+S\u{fffd}hne&x=100%");
        for odd in ["\\u12", "\\ud83d", "%", "%z1", "\\", "plain"] {
            assert_eq!(unescaped(odd), odd);
        }
    }

    #[test]
    fn a_phrase_is_found_where_it_stands() {
        let text = "Ümlaut at 62.171.140.9, then Łukasz";
        assert_eq!(find_phrase(text, " 62 171 14").map(|(s, e)| &text[s..e]), Some("62.171.140"));
        assert_eq!(find_phrase(text, " uml").map(|(s, e)| &text[s..e]), Some("Ümlaut"));
        assert_eq!(find_phrase(text, " then luk").map(|(s, e)| &text[s..e]), Some("then Łukasz"));
        assert_eq!(find_phrase(text, " 62 14"), None);
        assert_eq!(find_phrase("", " a"), None);
    }

    #[test]
    fn things_are_found_by_any_of_their_neighbouring_parts() {
        let mut words = BTreeSet::new();
        index_words(r#"{"ip":"62.171.9.1","name":"Zoë","at":"2026-11-20T10:00:00Z"}"#, &mut words);
        for part in ["62", "62_171_9_1", "171_9_1", "9_1", "zoe", "2026_11_20t10_00", "ip", "00z"] {
            assert!(words.contains(part), "{part} in {words:?}");
        }
        assert!(!words.iter().any(|w| w.contains("ip_") || w.contains("zoe_")), "quotes hold nothing together");
        let query = |typed| index_query(typed).unwrap();
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert_eq!(query("Zoë 62.171."), (list(&["zoe"]), list(&["62_171"])));
        assert_eq!(query("zo"), (list(&[]), list(&["zo"])));
        assert_eq!(query("zoe "), (list(&["zoe"]), list(&[])));
        assert_eq!(query("9f-1a-2b-3c-4d"), (list(&["9f_1a_2b_3c"]), list(&["1a_2b_3c_4d"])));
        assert_eq!(index_query(" \" - "), None);
    }
}

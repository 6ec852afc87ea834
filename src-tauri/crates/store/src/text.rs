//! How text is folded for search and sorting: lower case, Latin letters without their marks, words apart.

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
}

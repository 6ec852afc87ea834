//! Text as WHMCS keeps it.

/// Undoes the five escapes that WHMCS applies, once. Never done behind the caller's back: whether a field
/// is escaped depends on the version and on who wrote it (quirk 48).
pub fn decode_entities(text: &str) -> String {
    const ENTITIES: [(&str, char); 6] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#039;", '\''), ("&#39;", '\'')];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, plain)) => {
                out.push(*plain);
                rest = &rest[entity.len()..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn entities_are_decoded_once_and_only_the_known_ones() {
        let decode = super::decode_entities;
        assert_eq!(
            decode("a &lt;b&gt; &amp;amp; &quot;c&quot; &#039;d&#039; &euro; &"),
            "a <b> &amp; \"c\" 'd' &euro; &"
        );
    }
}

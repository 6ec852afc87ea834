//! Reading a form body as PHP does: `a[b][]=c` becomes nested arrays.

use indexmap::IndexMap;

/// A form value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// What every leaf is.
    Text(String),
    /// `name[key]=…`, keys in the order in which they came.
    Map(Fields),
}

/// Form values by name.
pub type Fields = IndexMap<String, Field>;

/// PHP's `max_input_vars`: what comes after is dropped without a word.
pub const MAX_VARIABLES: usize = 1000;
/// PHP's `max_input_nesting_level`: a variable nested deeper is dropped.
const MAX_DEPTH: usize = 64;

/// Decodes an `application/x-www-form-urlencoded` body.
pub fn decode(body: &[u8]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in url::form_urlencoded::parse(body).take(MAX_VARIABLES) {
        insert(&mut fields, &name, value.into_owned());
    }
    fields
}

/// Decodes a `multipart/form-data` body; uploaded files are ignored.
pub fn decode_multipart(body: &[u8], boundary: &str) -> Fields {
    let text = String::from_utf8_lossy(body);
    let mut fields = Fields::new();
    for part in text.split(&format!("--{boundary}")).skip(1).take(MAX_VARIABLES) {
        let Some((head, value)) = part.split_once("\r\n\r\n") else { continue };
        if head.contains("filename=") {
            continue;
        }
        let name = head.split(';').find_map(|piece| piece.trim().strip_prefix("name=\"")?.split('"').next());
        if let Some(name) = name {
            insert(&mut fields, name, value.strip_suffix("\r\n").unwrap_or(value).to_owned());
        }
    }
    fields
}

/// Files one variable under its bracketed name.
pub fn insert(fields: &mut Fields, name: &str, value: String) {
    let Some(path) = path_of(name) else { return };
    if path.len() > MAX_DEPTH {
        return;
    }
    place(fields, &path, value);
}

/// Splits `a[b][]` into its keys; an empty key asks for the next number.
fn path_of(name: &str) -> Option<Vec<String>> {
    let name = name.trim_start_matches(' ');
    let (root, mut rest) = match name.find('[') {
        Some(0) | None => (name, ""),
        Some(at) => name.split_at(at),
    };
    if root.is_empty() {
        return None;
    }
    let mut root = mangle(root);
    let mut keys = Vec::new();
    while let Some(inner) = rest.strip_prefix('[') {
        let Some(end) = inner.find(']') else {
            // An opening bracket that is never closed is an ordinary character, written as an underscore.
            if keys.is_empty() {
                root.push('_');
                root.push_str(&mangle(inner));
            }
            break;
        };
        keys.push(inner[..end].to_owned());
        rest = &inner[end + 1..];
    }
    keys.insert(0, root);
    Some(keys)
}

/// Dots, blanks and a leading bracket cannot stand in a PHP variable's name.
fn mangle(name: &str) -> String {
    name.chars().map(|letter| if matches!(letter, '.' | ' ' | '[') { '_' } else { letter }).collect()
}

fn place(fields: &mut Fields, path: &[String], value: String) {
    let [first, rest @ ..] = path else { return };
    let key = if first.is_empty() { next_number(fields) } else { first.clone() };
    if rest.is_empty() {
        fields.insert(key, Field::Text(value));
        return;
    }
    // A scalar that was there before gives way to the array.
    let slot = fields.entry(key).or_insert_with(|| Field::Map(Fields::new()));
    if let Field::Text(_) = slot {
        *slot = Field::Map(Fields::new());
    }
    if let Field::Map(inner) = slot {
        place(inner, rest, value);
    }
}

/// `[]` takes the number after the greatest one so far.
fn next_number(fields: &Fields) -> String {
    let greatest = fields.keys().filter_map(|key| key.parse::<i64>().ok()).max();
    greatest.map_or(0, |greatest| greatest.saturating_add(1).max(0)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(value: &str) -> Field {
        Field::Text(value.to_owned())
    }

    fn map<const N: usize>(pairs: [(&str, Field); N]) -> Field {
        Field::Map(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    #[test]
    fn brackets_nest_and_empty_ones_count() {
        let fields = decode(b"pid[]=1&pid[]=7&pricing[1][monthly]=1.00&pricing[1][annually]=10.00&name=J%C3%B6rg+B");
        assert_eq!(fields["pid"], map([("0", text("1")), ("1", text("7"))]));
        assert_eq!(fields["pricing"], map([("1", map([("monthly", text("1.00")), ("annually", text("10.00"))]))]));
        assert_eq!(fields["name"], text("Jörg B"));
    }

    #[test]
    fn the_last_of_equal_names_wins_and_an_array_replaces_a_scalar() {
        assert_eq!(decode(b"a=1&a=2")["a"], text("2"));
        assert_eq!(decode(b"a=1&a[x]=2")["a"], map([("x", text("2"))]));
        assert_eq!(decode(b"a[x]=2&a=1")["a"], text("1"));
        assert_eq!(decode(b"a[5]=x&a[]=y")["a"], map([("5", text("x")), ("6", text("y"))]));
    }

    #[test]
    fn names_are_bent_into_variable_names() {
        assert!(decode(b"a.b=1").contains_key("a_b"));
        assert!(decode(b"a%20b=1").contains_key("a_b"));
        assert!(decode(b"a[b=1").contains_key("a_b"), "a bracket that stays open");
        assert!(decode(b"=1").is_empty(), "no name, no variable");
        assert_eq!(decode(b"[x]=1").keys().next().unwrap(), "_x]");
        assert_eq!(decode(b"a[x]tail=1")["a"], map([("x", text("1"))]), "what follows the brackets is dropped");
    }

    #[test]
    fn the_thousand_and_first_variable_is_dropped() {
        let body = (0..1001).map(|n| format!("v{n}=1")).collect::<Vec<_>>().join("&");
        let fields = decode(body.as_bytes());
        assert_eq!(fields.len(), MAX_VARIABLES);
        assert!(!fields.contains_key("v1000"));
    }

    #[test]
    fn a_multipart_form_reads_like_the_other() {
        let body = "--xyz\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\nGetClients\r\n\
                    --xyz\r\nContent-Disposition: form-data; name=\"pid[0]\"\r\n\r\n7\r\n--xyz--\r\n";
        let fields = decode_multipart(body.as_bytes(), "xyz");
        assert_eq!(fields["action"], text("GetClients"));
        assert_eq!(fields["pid"], map([("0", text("7"))]));
    }

    /// What a correct sender writes: keys of letters and digits, any text as values.
    fn tree() -> impl Strategy<Value = Field> {
        let leaf = any::<String>().prop_map(Field::Text);
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop::collection::vec(("[a-z][a-z0-9]{0,6}", inner), 1..4)
                .prop_map(|pairs| Field::Map(pairs.into_iter().collect()))
        })
    }

    fn write(prefix: &str, field: &Field, out: &mut url::form_urlencoded::Serializer<'_, String>) {
        match field {
            Field::Text(value) => {
                out.append_pair(prefix, value);
            }
            Field::Map(fields) => {
                for (key, value) in fields {
                    write(&format!("{prefix}[{key}]"), value, out);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_with_brackets_is_read_back(value in tree()) {
            let mut out = url::form_urlencoded::Serializer::new(String::new());
            write("field", &value, &mut out);
            let fields = decode(out.finish().as_bytes());
            prop_assert_eq!(&fields["field"], &value);
        }

        #[test]
        fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode(&bytes);
            let _ = decode_multipart(&bytes, "b");
        }

        #[test]
        fn no_name_brings_it_down(name in r"[\[\]a.\- 0-9]{0,24}") {
            let mut fields = Fields::new();
            insert(&mut fields, &name, "v".to_owned());
        }
    }
}

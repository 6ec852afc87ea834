//! Parameters as a person types them: `name=value`, `list[0]=…`, `map[key]=…`, or JSON for a whole list or map.

use indexmap::IndexMap;

use crate::php::PhpValue;

/// Deepest brackets that are read.
const DEEPEST: usize = 16;

/// Parameters by name, not yet typed.
#[derive(Debug, Clone, Default)]
pub struct Given {
    nodes: IndexMap<String, Node>,
}

/// One parameter as it was given.
#[derive(Debug, Clone)]
pub enum Node {
    /// Text.
    Leaf(String),
    /// What was given in brackets.
    Branch(IndexMap<String, Self>),
}

/// Why parameters do not fit an action. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// No parameter of this action has that name.
    #[error("{action} has no parameter {name}{}", hint(nearest.as_deref()))]
    Unknown {
        /// The action.
        action: &'static str,
        /// What was given.
        name: String,
        /// The closest name it has.
        nearest: Option<String>,
    },
    /// No action has that name.
    #[error("WHMCS has no action {name}{}", hint(nearest.as_deref()))]
    UnknownAction {
        /// What was given.
        name: String,
        /// The closest name there is.
        nearest: Option<String>,
    },
    /// A parameter that must be given was not.
    #[error("{action} needs {name}")]
    Missing {
        /// The action.
        action: &'static str,
        /// The parameter.
        name: &'static str,
    },
    /// The value does not fit.
    #[error("{name} must be {expected}")]
    Misfit {
        /// The parameter.
        name: String,
        /// What fits, e.g. `a whole number`.
        expected: &'static str,
    },
    /// A name that only the client sets: action, credentials, response type.
    #[error("{name} is set by the client and cannot be given")]
    Reserved {
        /// The parameter.
        name: String,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!(" (did you mean {nearest}?)")).unwrap_or_default()
}

impl Given {
    /// Sorts `name=value` pairs into a tree. A name given twice becomes a list, `name[]` appends.
    ///
    /// # Errors
    /// Brackets that do not close or are nested too deeply, and a name that is both a value and a list.
    pub fn from_pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, ParamError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let mut given = Self::default();
        for (name, value) in pairs {
            given.insert(name.into(), value.into())?;
        }
        Ok(given)
    }

    fn insert(&mut self, name: String, value: String) -> Result<(), ParamError> {
        let misfit = |expected| ParamError::Misfit { name: name.clone(), expected };
        let (base, keys) = keys(&name).ok_or_else(|| misfit("a name, or a name with keys in brackets"))?;
        if keys.is_empty() {
            match self.nodes.get_mut(base) {
                None => _ = self.nodes.insert(base.to_owned(), Node::Leaf(value)),
                Some(node) => node.append(value),
            }
            return Ok(());
        }
        let mut node = self.nodes.entry(base.to_owned()).or_insert_with(|| Node::Branch(IndexMap::new()));
        for (depth, key) in keys.iter().enumerate() {
            let Node::Branch(children) = node else { return Err(misfit("given either plainly or in brackets")) };
            let key = if key.is_empty() { children.len().to_string() } else { (*key).to_owned() };
            if depth + 1 == keys.len() {
                children.insert(key, Node::Leaf(value));
                return Ok(());
            }
            node = children.entry(key).or_insert_with(|| Node::Branch(IndexMap::new()));
        }
        Ok(())
    }

    /// Takes one parameter out.
    pub fn remove(&mut self, name: &str) -> Option<Node> {
        self.nodes.shift_remove(name)
    }

    /// Takes out `prefix1`, `prefix2`, … in the order of their numbers.
    pub fn remove_numbered(&mut self, prefix: &str) -> Vec<(u64, Node)> {
        let number = |name: &str| name.strip_prefix(prefix)?.parse::<u64>().ok();
        let names: Vec<_> = self.nodes.keys().filter(|name| number(name).is_some()).cloned().collect();
        let mut found: Vec<_> =
            names.into_iter().filter_map(|name| Some((number(&name)?, self.remove(&name)?))).collect();
        found.sort_by_key(|(number, _)| *number);
        found
    }

    /// Whatever nobody took.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// Everything, in the order it was given.
    pub fn into_nodes(self) -> impl Iterator<Item = (String, Node)> {
        self.nodes.into_iter()
    }
}

impl Node {
    fn append(&mut self, value: String) {
        match self {
            Self::Branch(children) => {
                children.insert(children.len().to_string(), Self::Leaf(value));
            }
            Self::Leaf(first) => {
                let first = std::mem::take(first);
                *self = Self::Branch(
                    [first, value].into_iter().enumerate().map(|(n, v)| (n.to_string(), Self::Leaf(v))).collect(),
                );
            }
        }
    }

    /// Text, when it is nothing else.
    pub fn leaf(self) -> Option<String> {
        match self {
            Self::Leaf(text) => Some(text),
            Self::Branch(_) => None,
        }
    }

    /// Keys and values: of brackets, of a JSON object or list, or the text alone under key 0.
    pub fn entries(self) -> Vec<(String, Self)> {
        match self {
            Self::Branch(children) => children.into_iter().collect(),
            Self::Leaf(text) => match json(&text) {
                Some(serde_json::Value::Object(members)) => {
                    members.into_iter().map(|(key, value)| (key, Self::from_json(value))).collect()
                }
                Some(serde_json::Value::Array(items)) => {
                    items.into_iter().enumerate().map(|(n, item)| (n.to_string(), Self::from_json(item))).collect()
                }
                _ if text.is_empty() => Vec::new(),
                _ => vec![("0".to_owned(), Self::Leaf(text))],
            },
        }
    }

    /// What a text holds that is already encoded as base64 of a PHP array; anything else as it is.
    pub(crate) fn unserialised(self) -> Self {
        use base64::Engine;
        let Self::Leaf(text) = &self else { return self };
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok();
        match bytes.and_then(|bytes| PhpValue::unserialize(&bytes).ok()) {
            Some(array @ PhpValue::Array(_)) => Self::from_json(array.to_json()),
            _ => self,
        }
    }

    fn from_json(value: serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::String(text) => Self::Leaf(text),
            Value::Null => Self::Leaf(String::new()),
            Value::Bool(yes) => Self::Leaf(if yes { "1" } else { "0" }.to_owned()),
            Value::Number(number) => Self::Leaf(number.to_string()),
            Value::Array(items) => Self::Branch(
                items.into_iter().enumerate().map(|(n, item)| (n.to_string(), Self::from_json(item))).collect(),
            ),
            Value::Object(members) => {
                Self::Branch(members.into_iter().map(|(key, value)| (key, Self::from_json(value))).collect())
            }
        }
    }

    /// As a PHP value: brackets are arrays, JSON keeps its types, other text is text.
    pub fn into_php(self) -> PhpValue {
        match self {
            Self::Branch(children) => PhpValue::map(children.into_iter().map(|(key, node)| (key, node.into_php()))),
            Self::Leaf(text) => match json(&text) {
                Some(value) => PhpValue::from_json(&value),
                None => PhpValue::Text(text),
            },
        }
    }
}

/// JSON objects and lists; everything else is plain text.
fn json(text: &str) -> Option<serde_json::Value> {
    text.trim_start().starts_with(['{', '[']).then(|| serde_json::from_str(text).ok())?
}

/// `a[b][c]` → `a`, `[b, c]`.
fn keys(name: &str) -> Option<(&str, Vec<&str>)> {
    let Some((base, rest)) = name.split_once('[') else { return (!name.is_empty()).then_some((name, Vec::new())) };
    let inner = rest.strip_suffix(']')?;
    let keys: Vec<_> = inner.split("][").collect();
    let sound = !base.is_empty() && keys.len() <= DEEPEST && keys.iter().all(|key| !key.contains(['[', ']']));
    sound.then_some((base, keys))
}

/// The name that needs the fewest edits, when it is near enough to have been meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = name.to_ascii_lowercase();
    let (edits, best) = known
        .into_iter()
        .map(|known| (distance(&wanted, &known.to_ascii_lowercase()), known))
        .min_by_key(|(n, _)| *n)?;
    (edits <= 2 + wanted.chars().count() / 3).then(|| best.to_owned())
}

/// Levenshtein's distance. Names are short.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_repeats_and_json_say_the_same() {
        for pairs in [
            vec![("pid[0]", "7"), ("pid[1]", "8")],
            vec![("pid[]", "7"), ("pid[]", "8")],
            vec![("pid", "7"), ("pid", "8")],
            vec![("pid", "[7, 8]")],
        ] {
            let mut given = Given::from_pairs(pairs).unwrap();
            let entries = given.remove("pid").unwrap().entries();
            let values: Vec<_> = entries.into_iter().filter_map(|(_, node)| node.leaf()).collect();
            assert_eq!(values, ["7", "8"]);
        }
    }

    #[test]
    fn nested_brackets_become_a_tree_and_broken_ones_are_refused() {
        let mut given = Given::from_pairs([("pricing[1][monthly]", "5.00"), ("pricing[1][annually]", "50")]).unwrap();
        let php = given.remove("pricing").unwrap().into_php();
        assert_eq!(php.to_json(), serde_json::json!({"1": {"monthly": "5.00", "annually": "50"}}));
        for bad in ["a[", "a]b[", "[0]", "", "a[0", "a[0]]"] {
            assert!(Given::from_pairs([(bad, "x")]).is_err(), "{bad}");
        }
        let deep = format!("a{}", "[x]".repeat(DEEPEST + 1));
        assert!(Given::from_pairs([(deep, "x")]).is_err());
        assert!(Given::from_pairs([("a", "1"), ("a[b]", "2")]).is_err());
    }

    #[test]
    fn a_slip_of_the_finger_finds_the_name_that_was_meant() {
        let known = ["clientid", "limitnum", "limitstart", "orderby"];
        assert_eq!(nearest("client_id", known).as_deref(), Some("clientid"));
        assert_eq!(nearest("LimitNumber", known).as_deref(), Some("limitnum"));
        assert_eq!(nearest("zzzzzzzz", known), None);
    }
}

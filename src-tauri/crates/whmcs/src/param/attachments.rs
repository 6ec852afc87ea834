use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Param;
use crate::form::Form;
use crate::given::Node;

/// A file beside a ticket message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name. WHMCS refuses types that its settings do not list.
    pub name: String,
    /// Content.
    pub data: Vec<u8>,
}

/// Files in one field: base64 of a JSON list whose members hold `name` and base64 `data`. The documentation's text
/// says `filename`, its example says `name`, and the example is right (quirk 56).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attachments(pub Vec<Attachment>);

impl Param for Attachments {
    const KIND: &'static str = "attachments";

    fn put(&self, name: &str, form: &mut Form) {
        let files: Vec<_> = self
            .0
            .iter()
            .map(|file| serde_json::json!({"name": file.name, "data": STANDARD.encode(&file.data)}))
            .collect();
        form.text(name, &STANDARD.encode(serde_json::Value::from(files).to_string()));
    }

    /// A JSON list of `{"name", "data"}` with base64 data, plain or already encoded.
    fn take(node: Node) -> Result<Self, &'static str> {
        let expected = "a JSON list of {\"name\", \"data\" in base64}";
        let node = match node {
            Node::Leaf(text) => match STANDARD.decode(text.trim()).ok().and_then(|json| String::from_utf8(json).ok()) {
                Some(json) => Node::Leaf(json),
                None => Node::Leaf(text),
            },
            branch => branch,
        };
        node.entries()
            .into_iter()
            .map(|(_, file)| {
                let mut file: indexmap::IndexMap<_, _> = file.entries().into_iter().collect();
                let mut text = |key| file.shift_remove(key).and_then(Node::leaf).ok_or(expected);
                let (name, data) = (text("name")?, text("data")?);
                Ok(Attachment { name, data: STANDARD.decode(data).map_err(|_| expected)? })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

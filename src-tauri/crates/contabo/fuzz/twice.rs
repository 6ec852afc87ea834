//! Reading an answer, writing it down, reading that.

use rackdesk_contabo::OperationInfo;
use serde_json::{Value, json};

/// Whether the answer could be read; what was read must survive being written.
pub fn read(info: &OperationInfo, body: &[u8]) -> bool {
    let (first, _) = match (info.read_json)(body) {
        Ok(read) => read,
        Err(refused) => {
            assert!(refused.path.len() + refused.detail.len() < 4096, "{}: a refusal that rambles", info.id);
            return false;
        }
    };
    // A list is written as it came; one row, or none, without its envelope.
    let written = match &first {
        Value::Object(members) if members.get("data").is_some_and(Value::is_array) => first.clone(),
        Value::Null => json!({"data": []}),
        row => json!({"data": [row]}),
    };
    let again = (info.read_json)(written.to_string().as_bytes());
    let (second, _) = again.unwrap_or_else(|error| panic!("{}: {error:?}: {written}", info.id));
    assert_eq!(second, first, "{}", info.id);
    true
}

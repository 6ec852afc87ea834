//! What WHMCS sends, read by each action. The first line names the action; an unknown name picks one by its bytes.
//!
//! Whatever comes is read or refused. What was read can be written down and read again, and is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rackdesk_whmcs::{ActionInfo, find, registry};
use serde_json::Value;

fn action(name: &[u8]) -> &'static ActionInfo {
    let known = std::str::from_utf8(name).ok().and_then(|name| find(name).ok());
    known.unwrap_or_else(|| {
        let sum = name.iter().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        &registry()[sum % registry().len()]
    })
}

fuzz_target!(|data: &[u8]| {
    let at = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (name, body) = (&data[..at], data.get(at + 1..).unwrap_or_default());
    let action = action(name);
    let Ok(first) = (action.read_json)(body) else { return };
    let Value::Object(mut fields) = first.value.clone() else { panic!("{}: an answer is an object", action.name) };
    // Success is said once and taken out; a word that says neither is kept.
    fields.entry("result").or_insert_with(|| "success".into());
    let written = Value::Object(fields).to_string();
    let second = (action.read_json)(written.as_bytes()).unwrap_or_else(|e| panic!("{}: {e}: {written}", action.name));
    assert_eq!(second.value, first.value, "{}", action.name);
});

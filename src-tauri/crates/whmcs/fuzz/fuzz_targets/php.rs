//! PHP's serialised text. Whatever comes is read or refused; what was read is written as PHP would and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rackdesk_whmcs::http_build_query;
use rackdesk_whmcs::php::PhpValue;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = PhpValue::unserialize(data) else { return };
    let written = value.serialize();
    let again = PhpValue::unserialize(&written).expect("what was written can be read");
    assert_eq!(again.serialize(), written);
    // Not what was read: a float that is no number equals nothing, not even itself.
    let _ = PhpValue::from_json(&value.to_json()).serialize_base64();
    let _ = http_build_query(&value);
});

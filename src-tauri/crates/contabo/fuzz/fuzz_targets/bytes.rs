//! Any bytes as the answer of any operation, audits included. The first byte picks the operation.
//!
//! Whatever comes is read or refused. What was read can be written down and read again, and is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rackdesk_contabo::registry;

#[path = "../twice.rs"]
mod twice;

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    twice::read(&registry()[usize::from(*first) % registry().len()], body);
});

//! Failures, refused sign-ins, tokens and dates: all that is read without being an operation's answer.
//!
//! Nothing of it panics; what a failure says stays short; a date has a day when it has a moment.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use rackdesk_contabo::{Error, Identity, Permission, Stamp, auth};
use rackdesk_wire::{Cause, Sent};

fn failure(status: u16, body: &[u8]) -> rackdesk_wire::Error {
    rackdesk_wire::Error {
        sent: if status >= 500 { Sent::MaybeSent } else { Sent::Rejected },
        cause: Cause::Status { code: status },
        operation: "restart".to_owned(),
        detail: String::new(),
        status: Some(status),
        body: Some(String::from_utf8_lossy(body).into_owned()),
        retry_after: None,
        date: None,
        request_id: uuid::Uuid::nil(),
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind % 4 {
        0 => {
            let Some((status, body)) = rest.split_first() else { return };
            let status = 400 + u16::from(*status) % 200;
            let needs = Permission::of(&http::Method::POST, "/v1/x");
            let error = Error::of_wire(failure(status, body), "restart", needs);
            assert_eq!(error.status, Some(status));
            assert!(error.to_string().len() <= 2 * body.len() * 3 + 5000, "longer than what it quotes");
        }
        1 => {
            let Some((status, body)) = rest.split_first() else { return };
            let error = auth::refusal(failure(400 + u16::from(*status) % 200, body));
            assert!(error.sent() != Sent::MaybeSent, "a sign-in leaves nothing behind");
            let _ = error.to_string();
        }
        2 => {
            let text = String::from_utf8_lossy(rest);
            let _ = Identity::of_token(&text);
            let token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(rest));
            let identity = Identity::of_token(&token);
            if serde_json::from_slice::<serde_json::Value>(rest).is_err() {
                assert_eq!(identity, Identity::default(), "what is no JSON names nobody");
            }
        }
        _ => {
            let stamp = Stamp(String::from_utf8_lossy(rest).into_owned());
            let _ = (stamp.at(), stamp.date());
            let quoted = serde_json::to_string(&stamp).expect("text");
            assert_eq!(serde_json::from_str::<Stamp>(&quoted).expect("text"), stamp);
        }
    }
});

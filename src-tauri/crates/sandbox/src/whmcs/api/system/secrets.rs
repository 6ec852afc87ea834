//! Hiding texts and showing them again: different every time it hides, and good only for the sandbox.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::whmcs::desk::{Answer, Desk, success};
use crate::whmcs::params::Params;

/// <https://developers.whmcs.com/api-reference/encryptpassword/>
pub(super) fn encrypt_password(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let salt: [u8; 8] = desk.rng.random();
    let text = params.raw("password2").unwrap_or_default();
    let hidden = [&salt[..], &mask(&salt, text.as_bytes())].concat();
    Ok(success(json!({"password": STANDARD.encode(hidden)})))
}

/// <https://developers.whmcs.com/api-reference/decryptpassword/>
pub(super) fn decrypt_password(_desk: &mut Desk<'_>, params: &Params) -> Answer {
    let bytes = STANDARD.decode(params.raw("password2").unwrap_or_default().trim()).unwrap_or_default();
    let shown = bytes.split_at_checked(8).map(|(salt, rest)| mask(salt, rest)).unwrap_or_default();
    Ok(success(json!({"password": String::from_utf8(shown).unwrap_or_default()})))
}

fn mask(salt: &[u8], text: &[u8]) -> Vec<u8> {
    let block = |number: usize| Sha256::new().chain_update(salt).chain_update(number.to_le_bytes()).finalize();
    text.chunks(32)
        .enumerate()
        .flat_map(|(number, part)| part.iter().zip(block(number)).map(|(byte, key)| byte ^ key).collect::<Vec<_>>())
        .collect()
}

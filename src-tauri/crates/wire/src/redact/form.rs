use super::MARK;
use super::names::Names;

/// Copies `a=1&b=2` to `out` until it holds `room` bytes, with the values of secret fields hidden. A field counts
/// as secret when its name does, or any part of it: `secrets[0]`, `client[password]`.
pub(super) fn hide_fields(form: &[u8], names: &Names, room: usize, out: &mut Vec<u8>) {
    let room = out.len() + room;
    for (index, pair) in form.split(|&byte| byte == b'&').enumerate() {
        if out.len() >= room {
            return;
        }
        if index > 0 {
            out.push(b'&');
        }
        let key_end = memchr::memchr(b'=', pair).unwrap_or(pair.len());
        let (key, rest) = pair.split_at(key_end);
        if rest.len() > 1 && is_secret(key, names) {
            out.extend_from_slice(key);
            out.push(b'=');
            out.extend_from_slice(MARK.as_bytes());
        } else {
            // One value alone may be many megabytes.
            let left = room.saturating_sub(out.len());
            out.extend_from_slice(&pair[..pair.len().min(left)]);
        }
    }
}

fn is_secret(key: &[u8], names: &Names) -> bool {
    if !key.iter().any(|byte| matches!(byte, b'%' | b'+' | b'[')) {
        return names.contains(key);
    }
    let decoded = url::form_urlencoded::parse(key).next().map(|(key, _)| key.into_owned()).unwrap_or_default();
    decoded.split(['[', ']']).any(|part| !part.is_empty() && names.contains(part.as_bytes()))
}

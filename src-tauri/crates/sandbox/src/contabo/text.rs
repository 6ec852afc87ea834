//! How times and addresses are written.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rand::Rng;
use rand_chacha::ChaCha12Rng;

/// `2026-03-30T11:35:06.177Z`.
pub(super) fn moment(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The day a moment falls on, in UTC.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Midnight UTC of a day.
pub(super) fn midnight(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |start| start.timestamp())
}

/// A random UUID (version 4) from a source of chance.
pub(super) fn uuid_of(rng: &mut ChaCha12Rng) -> String {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string()
}

/// Whether the text has the form of a UUID (any version).
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// Whether the text may serve as `x-request-id`: the document's pattern, a UUID of version 0 to 5.
pub(super) fn is_request_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => (b'0'..=b'5').contains(byte),
            19 => matches!(byte, b'0' | b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_carry_milliseconds_and_request_ids_follow_the_pattern() {
        let at: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        assert_eq!(moment(at), "2026-03-01T09:00:00.000Z");
        assert!(is_request_id("04e0f898-37b4-48bc-a794-1a57abe6aa31"));
        assert!(is_request_id("00000000-0000-0000-0000-000000000000"));
        for wrong in
            ["", "04e0f898-37b4-78bc-a794-1a57abe6aa31", "04e0f898-37b4-48bc-c794-1a57abe6aa31", "04e0f89837b4"]
        {
            assert!(!is_request_id(wrong), "{wrong}");
        }
    }
}

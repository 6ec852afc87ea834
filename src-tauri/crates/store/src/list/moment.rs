//! Reading what a person or a view wrote as number, amount, date or duration.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use rust_decimal::Decimal;

use crate::{StoreError, mirror::e4};

pub(super) fn number(field: &str, text: &str) -> Result<i64, StoreError> {
    text.trim().parse().map_err(|_| StoreError::input(field, "is not a whole number"))
}

/// Milliseconds as microseconds.
pub(super) fn micros(field: &str, text: &str) -> Result<i64, StoreError> {
    Ok(number(field, text)?.saturating_mul(1_000))
}

pub(super) fn amount(field: &str, text: &str) -> Result<i64, StoreError> {
    let amount: Decimal = text.trim().parse().map_err(|_| StoreError::input(field, "is not an amount like 12.50"))?;
    Ok(e4(&amount))
}

pub(super) fn date(field: &str, text: &str) -> Result<Date, StoreError> {
    text.trim().parse().map_err(|_| StoreError::input(field, "is not a date like 2026-11-20"))
}

/// A moment, or a day: its beginning, or with `end` its last microsecond.
pub(super) fn moment(field: &str, text: &str, end: bool) -> Result<i64, StoreError> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment.as_microsecond());
    }
    let problem = || StoreError::input(field, "is not a time like 2026-11-20T10:30:00Z");
    let date: Date = text.parse().map_err(|_| problem())?;
    let time = if end { date.at(23, 59, 59, 999_999_999) } else { DateTime::from(date) };
    let moment = time.to_zoned(TimeZone::UTC).map_err(|_| problem())?.timestamp();
    Ok(moment.as_microsecond())
}

/// `30m`, `6h`, `7d`, `2w`; with a plus in front it looks ahead. At most a hundred years.
pub(super) fn duration(field: &str, text: &str) -> Result<(SignedDuration, bool), StoreError> {
    let problem = || StoreError::input(field, "is not a duration like 30m, 6h, 7d or 2w");
    let text = text.trim();
    let (text, ahead) = text.strip_prefix('+').map_or((text, false), |rest| (rest, true));
    let unit = text.chars().next_back().ok_or_else(problem)?;
    let count: i64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| problem())?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(problem()),
    };
    let seconds = count.checked_mul(seconds).filter(|s| (0..=3_155_760_000).contains(s)).ok_or_else(problem)?;
    Ok((SignedDuration::from_secs(seconds), ahead))
}

/// Whole days of a duration, at least one unless it is nothing.
pub(super) fn days(duration: SignedDuration) -> i64 {
    (duration.as_secs() + 86_399) / 86_400
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_or_refused() {
        assert_eq!(duration("f", "90m").unwrap(), (SignedDuration::from_mins(90), false));
        assert_eq!(duration("f", " +2w ").unwrap(), (SignedDuration::from_hours(14 * 24), true));
        assert_eq!(days(duration("f", "25h").unwrap().0), 2);
        for wrong in ["", "7", "d", "-1d", "7y", "9999999999999999d", "7 d", "1µ", "99999999d"] {
            assert!(duration("f", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_reaches_to_its_end() {
        let (start, end) = (moment("f", "2026-11-20", false).unwrap(), moment("f", "2026-11-20", true).unwrap());
        assert_eq!(end - start, 86_400_000_000 - 1);
        assert_eq!(moment("f", "2026-11-20T00:00:00Z", true).unwrap(), start);
        assert!(moment("f", "yesterday", false).is_err());
    }
}

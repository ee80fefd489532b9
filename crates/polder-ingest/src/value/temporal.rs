//! Dates and timestamps, in the ISO forms and no others: `03/04/2025` is two different days, depending on whom one asks.

use chrono::{Datelike, NaiveDate};
use polder_times::DAYS;

const MICROSECONDS_A_SECOND: i64 = 1_000_000;
const SECONDS_A_DAY: i64 = 86_400;
/// Days from the first of the first year to 1970.
const EPOCH: i32 = 719_163;

/// A point in time, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) microseconds: i64,
    /// Whether the text named its zone. It is in UTC then.
    pub(crate) zoned: bool,
}

/// `2025-03-04`, as days since 1970. Years go from 0001 to 9999.
#[inline]
pub(crate) fn date(text: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let year = two(*y1, *y2)? * 100 + two(*y3, *y4)?;
    if year == 0 {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two(*m1, *m2)?, two(*d1, *d2)?)?;
    Some(date.num_days_from_ce() - EPOCH)
}

/// `2025-03-04T05:06[:07[.123456789]]`, a space for the `T`, then nothing, `Z`, `+01`, `+0100` or `+01:00`. What is finer than
/// a microsecond is cut off.
#[inline]
pub(crate) fn moment(text: &[u8]) -> Option<Moment> {
    let (day, rest) = text.split_at_checked(10)?;
    let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, rest @ ..] = rest else { return None };
    let (hour, minute) = (two(*h1, *h2)?, two(*m1, *m2)?);
    let (second, rest) = seconds(rest)?;
    let (fraction, rest) = fraction(rest)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let offset = offset(rest)?;
    let seconds = i64::from(date(day)?) * SECONDS_A_DAY + i64::from(hour * 3600 + minute * 60 + second)
        - offset.unwrap_or(0);
    // A zone may lead out of these years.
    if !DAYS.contains(&seconds.div_euclid(SECONDS_A_DAY)) {
        return None;
    }
    Some(Moment { microseconds: seconds * MICROSECONDS_A_SECOND + fraction, zoned: offset.is_some() })
}

fn seconds(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [b':', s1, s2, rest @ ..] => Some((two(*s1, *s2)?, rest)),
        [b':', ..] => None,
        _ => Some((0, text)),
    }
}

/// One to nine digits behind a dot (or a comma, which ISO has too), in microseconds.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.' | b',', digits)) = text.split_first() else { return Some((0, text)) };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let digit = |place: usize| digits[..count].get(place).map_or(0, |byte| i64::from(byte - b'0'));
    Some(((0..6).fold(0, |sum, place| sum * 10 + digit(place)), &digits[count..]))
}

/// Seconds east of UTC; none if no zone is written.
#[expect(clippy::option_option, reason = "no zone is not the same as a wrong one")]
fn offset(text: &[u8]) -> Option<Option<i64>> {
    let (sign, digits) = match text {
        [] => return Some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [h1, h2] => (two(*h1, *h2)?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (two(*h1, *h2)?, two(*m1, *m2)?),
        _ => return None,
    };
    (hours <= 18 && minutes <= 59).then(|| Some(sign * i64::from(hours * 3600 + minutes * 60)))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(i64, bool)> {
        moment(text.as_bytes()).map(|moment| (moment.microseconds, moment.zoned))
    }

    #[test]
    fn dates_are_days_since_1970() {
        for (text, days) in [
            ("1970-01-01", Some(0)),
            ("2024-02-29", Some(19_782)),
            ("0001-01-01", Some(-719_162)),
            ("9999-12-31", Some(2_932_896)),
        ] {
            assert_eq!(date(text.as_bytes()), days);
        }
    }

    #[test]
    fn other_forms_and_days_that_there_are_not_are_no_dates() {
        for text in [
            "2023-02-29",
            "2025-13-01",
            "0000-01-01",
            "2025-1-1",
            "01/02/2025",
            "20250102",
            "10000-01-01",
            "",
        ] {
            assert_eq!(date(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_zone_leads_to_utc_and_none_to_none() {
        assert_eq!(of("1970-01-01T00:00:01"), Some((1_000_000, false)));
        assert_eq!(of("1970-01-01 00:01"), Some((60_000_000, false)));
        assert_eq!(of("1970-01-01T01:00:00+01:00"), Some((0, true)));
        assert_eq!(of("1969-12-31 22:30:00.5-0130"), Some((500_000, true)));
        assert_eq!(of("1970-01-01T00:00:00.123456789Z"), Some((123_456, true)));
        assert_eq!(of("1970-01-01 02:00:00+02"), Some((0, true)));
        assert_eq!(of("0001-01-01T01:00:00+01:00"), Some((-62_135_596_800_000_000, true)));
    }

    #[test]
    fn other_forms_and_times_that_there_are_not_are_no_timestamps() {
        for text in [
            "1970-01-01T24:00:00",
            "1970-01-01T00:60:00",
            "1970-01-01T00:00:60",
            "1970-01-01T00:00:00.",
            "1970-01-01T00:00:00.1234567890",
            "1970-01-01T00:00:00 UTC",
            "1970-01-01T00:00:00+1",
            "1970-01-01T00:00:00+19:00",
            "1970-01-01T00",
            "1970-01-01",
            "é970-01-01T00:00:00",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}

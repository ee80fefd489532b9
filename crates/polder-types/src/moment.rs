//! Moments as people write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// Times without a zone; a fraction of the seconds is read, too.
const FORMS: [&str; 4] = ["%F %H:%M", "%FT%H:%M", "%F %T%.f", "%FT%T%.f"];

/// A time with its zone (RFC 3339), one in UTC without it, or a day, which is its first moment in UTC.
#[must_use]
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    let zoned = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    let read = |form: &&str| NaiveDateTime::parse_from_str(text, form).ok();
    let day = || NaiveDate::parse_from_str(text, "%F").ok().map(|day| day.and_time(NaiveTime::MIN));
    zoned().or_else(|| FORMS.iter().find_map(read).or_else(day).map(|time| time.and_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        for (text, moment_in_utc) in [
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-20 06:00", "2026-11-20T06:00:00Z"),
            ("2026-11-20T06:00:01.5", "2026-11-20T06:00:01.500Z"),
            ("2026-11-20T06:00:00+01:00", "2026-11-20T05:00:00Z"),
            ("2026-11-20 06:00:00Z", "2026-11-20T06:00:00Z"),
        ] {
            assert_eq!(moment(text), moment_in_utc.parse().ok(), "{text}");
        }
        for text in ["", "yesterday", "2026-11-31", "2026-11-20 25:00", "20.11.2026", "2026-11-20 06:00 CET"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}

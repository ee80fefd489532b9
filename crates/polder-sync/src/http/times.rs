//! Times as APIs write them: by `strftime`'s directives, and as seconds, milliseconds or microseconds since 1970.

use chrono::format::{Parsed, StrftimeItems, parse};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

pub(super) fn format(time: DateTime<Utc>, form: &str) -> String {
    match form {
        "%s" => time.timestamp().to_string(),
        "%ms" => time.timestamp_millis().to_string(),
        "%epoch_microseconds" => time.timestamp_micros().to_string(),
        form => {
            use std::fmt::Write;
            let mut text = String::new();
            // A directive that there is not: what was written stands there.
            if write!(text, "{}", time.format(form)).is_err() {
                return form.to_owned();
            }
            text
        }
    }
}

/// The time of a text in one of the forms.
pub(super) fn read<'f>(text: &str, forms: impl IntoIterator<Item = &'f str>) -> Option<DateTime<Utc>> {
    forms.into_iter().find_map(|form| one(text, form))
}

fn one(text: &str, form: &str) -> Option<DateTime<Utc>> {
    match form {
        "%s" => return DateTime::from_timestamp(text.parse().ok()?, 0),
        "%ms" => return DateTime::from_timestamp_millis(text.parse().ok()?),
        "%epoch_microseconds" => return DateTime::from_timestamp_micros(text.parse().ok()?),
        _ => {}
    }
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, StrftimeItems::new(form)).ok()?;
    if let Ok(time) = parsed.to_datetime() {
        return Some(time.to_utc());
    }
    let date = parsed.to_naive_date().ok()?;
    let time = parsed.to_naive_time().unwrap_or(NaiveTime::MIN);
    Some(NaiveDateTime::new(date, time).and_utc())
}

/// The time of a text in whatever form is common.
pub(super) fn guess(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    let plain = || text.parse::<NaiveDateTime>().ok().map(|time| time.and_utc());
    let spaced =
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok().map(|time| time.and_utc());
    let date = || text.parse::<NaiveDate>().ok().map(|date| date.and_time(NaiveTime::MIN).and_utc());
    zoned.or_else(plain).or_else(spaced).or_else(date)
}

pub(super) fn iso(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        let time = DateTime::from_timestamp(1_706_695_200, 0).unwrap();
        for form in [
            "%Y-%m-%dT%H:%M:%SZ",
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M:%S%z",
            "%s",
            "%ms",
            "%epoch_microseconds",
        ] {
            let text = format(time, form);
            assert_eq!(read(&text, [form]), Some(time), "{form}: {text}");
        }
        assert_eq!(format(time, "%Y-%m-%d"), "2024-01-31");
        assert_eq!(
            read("2024-01-31", ["%s", "%Y-%m-%d"]).map(|time| time.to_string()).unwrap(),
            "2024-01-31 00:00:00 UTC"
        );
        assert_eq!(read("2024-02-31", ["%Y-%m-%d"]), None);
        assert_eq!(read("x", ["%s", "%ms"]), None);
        assert_eq!(format(time, "%Q"), "%Q");
    }
}

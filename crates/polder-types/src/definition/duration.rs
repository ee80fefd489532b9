//! Durations as users write them: `30s`, `15m`, `2h`, `7d`.

use std::time::Duration;

const UNITS: &[(&str, u64)] = &[("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];
/// Ten years: longer is a mistake, and far from every overflow.
const LIMIT: u64 = 3650 * 86400;

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("`{0}` is not a duration")]
    Shape(String),
    #[error("`{0}` has no unit")]
    NoUnit(String),
    #[error("`{0}` is longer than ten years")]
    TooLong(String),
}

/// Reads `30s`, `15m`, `2h` or `7d`.
///
/// # Errors
/// If the text is anything else, or longer than ten years.
pub fn parse(text: &str) -> Result<Duration, Error> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    if digits.is_empty() {
        return Err(Error::Shape(text.to_owned()));
    }
    if unit.is_empty() {
        return Err(Error::NoUnit(text.to_owned()));
    }
    let (_, seconds) =
        UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(|| Error::Shape(text.to_owned()))?;
    let total = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(*seconds));
    total
        .filter(|total| *total <= LIMIT)
        .map(Duration::from_secs)
        .ok_or_else(|| Error::TooLong(text.to_owned()))
}

/// The shortest way to write a duration of whole seconds; what is finer is left out.
#[must_use]
pub fn format(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let fits = |(_, size): &&(&str, u64)| seconds >= *size && seconds.is_multiple_of(*size);
    let (unit, size) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[0]);
    format!("{}{unit}", seconds / size)
}

/// What was probably meant by a text that is no duration, such as `30 min`.
pub(crate) fn guess(text: &str) -> Option<String> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(split);
    let unit = unit.trim().to_ascii_lowercase();
    let (short, _) = UNITS.iter().find(|(name, _)| unit.starts_with(name) && unit != "ms")?;
    (!digits.is_empty()).then(|| format!("{digits}{short}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for (text, seconds) in [("30s", 30), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("0s", 0)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)));
            assert_eq!(format(Duration::from_secs(seconds)), text);
        }
        assert_eq!(format(Duration::from_secs(90)), "90s");
    }

    #[test]
    fn refuses_and_guesses() {
        assert_eq!(parse("30"), Err(Error::NoUnit("30".into())));
        assert_eq!(parse("99999d"), Err(Error::TooLong("99999d".into())));
        assert_eq!(parse("99999999999999999999d"), Err(Error::TooLong("99999999999999999999d".into())));
        for text in ["", "h", "1.5h", "-1h", "1h30m", "30 min"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(guess("30 min").as_deref(), Some("30m"));
        assert_eq!(guess("2hours").as_deref(), Some("2h"));
        assert_eq!(guess("abc"), None);
    }
}

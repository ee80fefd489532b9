//! Of which types a value can be, and of which type a column with such values is.

use super::{Number, date, moment};
use crate::ColumnType;

/// The types that all values seen so far can be of, a bit each. Text is what is left when there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fits(u8);

impl Fits {
    const BOOLEAN: Self = Self(1);
    const BIGINT: Self = Self(1 << 1);
    const WIDE: Self = Self(1 << 2);
    const DOUBLE: Self = Self(1 << 3);
    const DATE: Self = Self(1 << 4);
    const TIMESTAMP: Self = Self(1 << 5);
    const TIMESTAMPTZ: Self = Self(1 << 6);
    const JSON: Self = Self(1 << 7);
    const TEXT: Self = Self(0);
    /// Nothing was seen.
    const ALL: Self = Self(u8::MAX);

    /// From the narrowest to the widest.
    const ORDER: [(Self, ColumnType); 8] = [
        (Self::BOOLEAN, ColumnType::Boolean),
        (Self::BIGINT, ColumnType::Bigint),
        (Self::WIDE, ColumnType::Decimal { precision: 38, scale: 0 }),
        (Self::DOUBLE, ColumnType::Double),
        (Self::DATE, ColumnType::Date),
        (Self::TIMESTAMP, ColumnType::Timestamp),
        (Self::TIMESTAMPTZ, ColumnType::Timestamptz),
        (Self::JSON, ColumnType::Json),
    ];

    /// What a text without quotes can be, in a format that says nothing of types.
    pub(crate) fn text(text: &[u8]) -> Self {
        let text = trim(text);
        match text.first() {
            Some(b't' | b'T' | b'f' | b'F') => Self::boolean(text),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.' | b'N' | b'I' | b'i') => {
                Self::temporal(text).or(Self::number(text))
            }
            _ => Self::TEXT,
        }
    }

    /// What a text in quotes can be, in a format that has numbers and booleans of its own.
    pub(crate) fn quoted(text: &[u8]) -> Self {
        Self::temporal(text)
    }

    pub(crate) fn truth() -> Self {
        Self::BOOLEAN
    }

    pub(crate) fn nested() -> Self {
        Self::JSON
    }

    /// Any column that has seen nothing but this is that column's type.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The narrowest type that holds all values.
    pub(crate) fn column_type(self) -> ColumnType {
        let narrowest = Self::ORDER.iter().find(|(bit, _)| self.0 & bit.0 != 0);
        narrowest.filter(|_| self != Self::ALL).map_or(ColumnType::Text, |(_, found)| *found)
    }

    /// Whether there is nothing left to find out.
    pub(crate) fn is_text(self) -> bool {
        self == Self::TEXT
    }

    fn boolean(text: &[u8]) -> Self {
        let is_one = text.eq_ignore_ascii_case(b"true") || text.eq_ignore_ascii_case(b"false");
        if is_one { Self::BOOLEAN } else { Self::TEXT }
    }

    fn temporal(text: &[u8]) -> Self {
        if date(text).is_some() {
            return Self::DATE.or(Self::TIMESTAMP);
        }
        match moment(text) {
            Some(moment) if moment.zoned => Self::TIMESTAMPTZ,
            Some(_) => Self::TIMESTAMP,
            None => Self::TEXT,
        }
    }

    fn number(text: &[u8]) -> Self {
        match Number::scan(text).filter(Number::is_plain) {
            Some(number) => Self::of_number(&number),
            None if not_finite(text).is_some() => Self::DOUBLE,
            None => Self::TEXT,
        }
    }

    /// What a number can be, in a format that has numbers.
    pub(crate) fn own_number(text: &[u8]) -> Self {
        Number::scan(text).map_or(Self::TEXT, |number| Self::of_number(&number))
    }

    fn of_number(number: &Number<'_>) -> Self {
        let when = |fits: bool, bit: Self| if fits { bit } else { Self::TEXT };
        when(number.bigint().is_some(), Self::BIGINT)
            .or(when(number.is_whole() && number.decimal(38, 0).is_some(), Self::WIDE))
            .or(when(number.is_exact_in_double(), Self::DOUBLE))
    }
}

impl Default for Fits {
    fn default() -> Self {
        Self::ALL
    }
}

/// The floating numbers that are none, as programs write them.
pub(crate) fn not_finite(text: &[u8]) -> Option<f64> {
    match text {
        b"NaN" => Some(f64::NAN),
        b"Infinity" | b"inf" => Some(f64::INFINITY),
        b"-Infinity" | b"-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Without the spaces and tabs around it.
#[inline]
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    match text {
        [b' ' | b'\t', ..] | [.., b' ' | b'\t'] => text.trim_ascii(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> String {
        let all = values.iter().fold(Fits::default(), |all, value| all.and(Fits::text(value.as_bytes())));
        all.column_type().to_string()
    }

    /// The table of `docs/ingest.md`, row by row.
    #[test]
    fn columns_are_of_the_narrowest_type_that_holds_all_values() {
        for (values, expected) in [
            (&["true", "FALSE"] as &[&str], "boolean"),
            (&["yes", "no"], "text"),
            (&["0", "1"], "bigint"),
            (&["1", " -20 "], "bigint"),
            (&["1", "9223372036854775808"], "decimal(38,0)"),
            (&["1", &"9".repeat(39)], "text"),
            (&["1", "2.5"], "double"),
            (&["9007199254740993", "2.5"], "text"),
            (&["0.30000000000000004"], "double"),
            (&["0.123456789012345678"], "text"),
            (&["9007199254740995.0"], "text"),
            (&["9007199254740996.0", "9900000000000000.0", "-9007199254740993.5"], "double"),
            (&["1e-400"], "text"),
            (&["-0.0", "0e-400", "5e-324"], "double"),
            (&["1e-05", "NaN"], "double"),
            (&["1e400.0"], "text"),
            (&["1.0e400"], "text"),
            (&["12E4"], "text"),
            (&["1", "007"], "text"),
            (&["+49"], "text"),
            (&["1", "true"], "text"),
            (&["2025-01-31"], "date"),
            (&["2025-01-31", "2025-01-31 10:00:00"], "timestamp"),
            (&["2025-01-31T10:00:00Z", "2025-01-31T10:00:00+02:00"], "timestamptz"),
            (&["2025-01-31T10:00:00Z", "2025-01-31T10:00:00"], "text"),
            (&["2025-02-30"], "text"),
            (&["31/01/2025"], "text"),
            (&["12:30"], "text"),
            (&["1,5"], "text"),
            (&[], "text"),
        ] {
            assert_eq!(of(values), expected, "{values:?}");
        }
    }
}

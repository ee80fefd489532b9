use std::fmt;
use std::str::FromStr;

use arrow::datatypes::{DataType, TimeUnit};
use serde::{Deserialize, Serialize};

/// What a column holds. There are few on purpose: each is kept by Delta without loss and has one name in PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ColumnType {
    Boolean,
    /// A whole number of 64 bits.
    Bigint,
    /// A floating number of 64 bits.
    Double,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Date,
    /// A time of day on a date, without a zone, in microseconds.
    Timestamp,
    /// An instant, in UTC, in microseconds.
    Timestamptz,
    Text,
    /// Text that is JSON: what is nested in a file stays so.
    Json,
    /// Bytes. Only Parquet has them.
    Bytea,
}

/// The zone of every [`ColumnType::Timestamptz`].
pub(crate) const UTC: &str = "UTC";

/// A type that a user wrote and that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a type: there are boolean, bigint, double, decimal(1 to 38, scale), date, timestamp, timestamptz, \
     text and json"
)]
pub struct UnknownType(pub String);

impl ColumnType {
    #[must_use]
    pub fn arrow(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Bigint => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Decimal { precision, scale } => DataType::Decimal128(precision, scale.cast_signed()),
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Timestamptz => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
            Self::Text | Self::Json => DataType::Utf8,
            Self::Bytea => DataType::Binary,
        }
    }
}

impl ColumnType {
    /// The type that holds the values of a table's column. None if there is none.
    #[must_use]
    pub fn holding(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Boolean => Self::Boolean,
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Self::Bigint,
            DataType::Float32 | DataType::Float64 => Self::Double,
            DataType::Decimal128(precision, scale) if *scale >= 0 => {
                Self::Decimal { precision: *precision, scale: scale.cast_unsigned() }
            }
            DataType::Date32 => Self::Date,
            DataType::Timestamp(_, None) => Self::Timestamp,
            DataType::Timestamp(_, Some(_)) => Self::Timestamptz,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Self::Bytea,
            _ => return None,
        })
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Decimal { precision, scale } => return write!(f, "decimal({precision},{scale})"),
            Self::Boolean => "boolean",
            Self::Bigint => "bigint",
            Self::Double => "double",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Timestamptz => "timestamptz",
            Self::Text => "text",
            Self::Json => "json",
            Self::Bytea => "bytea",
        })
    }
}

impl FromStr for ColumnType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let name = text.trim().to_ascii_lowercase();
        Ok(match name.as_str() {
            "boolean" => Self::Boolean,
            "bigint" => Self::Bigint,
            "double" => Self::Double,
            "date" => Self::Date,
            "timestamp" => Self::Timestamp,
            "timestamptz" => Self::Timestamptz,
            "text" => Self::Text,
            "json" => Self::Json,
            "bytea" => Self::Bytea,
            _ => return decimal(&name).ok_or_else(|| UnknownType(text.to_owned())),
        })
    }
}

fn decimal(name: &str) -> Option<ColumnType> {
    let arguments = name.strip_prefix("decimal")?.trim().strip_prefix('(')?.strip_suffix(')')?;
    let (precision, scale) = arguments.split_once(',').unwrap_or((arguments, "0"));
    let (precision, scale) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
    ((1..=38).contains(&precision) && scale <= precision).then_some(ColumnType::Decimal { precision, scale })
}

impl From<ColumnType> for String {
    fn from(column_type: ColumnType) -> Self {
        column_type.to_string()
    }
}

impl TryFrom<String> for ColumnType {
    type Error = UnknownType;

    fn try_from(text: String) -> Result<Self, UnknownType> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_reads_as_it_is_written() {
        for name in [
            "boolean",
            "bigint",
            "double",
            "decimal(12,2)",
            "date",
            "timestamp",
            "timestamptz",
            "text",
            "json",
            "bytea",
        ] {
            assert_eq!(name.parse::<ColumnType>().unwrap().to_string(), name);
        }
        assert_eq!(
            " Decimal ( 9 ) ".parse::<ColumnType>().unwrap(),
            ColumnType::Decimal { precision: 9, scale: 0 }
        );
    }

    #[test]
    fn what_is_no_type_is_named() {
        for name in ["", "decimal", "decimal(39,2)", "decimal(2,3)", "decimal(-1,0)", "varchar"] {
            assert_eq!(name.parse::<ColumnType>(), Err(UnknownType(name.to_owned())));
        }
    }
}

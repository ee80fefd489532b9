//! Types of columns in PostgreSQL's words: those that their values come as.

use std::sync::Arc;

use arrow_pg::datatypes::field_into_pg_type;
use deltalake::arrow::datatypes::{DataType, Field};
use pgwire::api::Type;

pub(super) struct Kind {
    kind: Type,
    /// Of a decimal number: how many digits it has, and how many of them behind the point.
    decimal: Option<(u8, i8)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) count: Option<i32>,
    pub(super) radix: i32,
    pub(super) behind_point: Option<i32>,
}

impl Kind {
    /// What has no type there is shown as a text, as in `pg_attribute`.
    pub(super) fn of(field: &Arc<Field>) -> Self {
        let kind = field_into_pg_type(field).unwrap_or(Type::TEXT);
        // A structure is called after its fields otherwise.
        let kind = Type::from_oid(kind.oid()).unwrap_or(kind);
        let decimal = match field.data_type() {
            DataType::Decimal128(count, behind_point) => Some((*count, *behind_point)),
            _ => None,
        };
        Self { kind, decimal }
    }

    /// As in `pg_type`.
    pub(super) fn name(&self) -> &str {
        self.kind.name()
    }

    /// As in SQL.
    pub(super) fn in_words(&self) -> &str {
        match self.name() {
            "bool" => "boolean",
            "char" => "\"char\"",
            "int2" => "smallint",
            "int4" => "integer",
            "int8" => "bigint",
            "float4" => "real",
            "float8" => "double precision",
            "time" => "time without time zone",
            "timestamp" => "timestamp without time zone",
            "timestamptz" => "timestamp with time zone",
            list if list.starts_with('_') => "ARRAY",
            same => same,
        }
    }

    /// None for what is no number.
    pub(super) fn digits(&self) -> Option<Digits> {
        let of = |count, radix, behind_point| Some(Digits { count, radix, behind_point });
        match (self.name(), self.decimal) {
            ("int2", _) => of(Some(16), 2, Some(0)),
            ("int4", _) => of(Some(32), 2, Some(0)),
            ("int8", _) => of(Some(64), 2, Some(0)),
            ("float4", _) => of(Some(24), 2, None),
            ("float8", _) => of(Some(53), 2, None),
            ("numeric", Some((count, behind))) => of(Some(count.into()), 10, Some(behind.into())),
            ("numeric", None) => of(None, 10, None),
            _ => None,
        }
    }

    /// How long a text can be.
    pub(super) fn bytes(&self) -> Option<i32> {
        (self.kind == Type::TEXT).then_some(1 << 30)
    }

    /// How many digits of a second a time has.
    pub(super) fn of_seconds(&self) -> Option<i32> {
        match self.name() {
            "date" => Some(0),
            "time" | "timestamp" | "timestamptz" | "interval" => Some(6),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use deltalake::arrow::datatypes::{Fields, TimeUnit};

    use super::*;

    fn kind(of: DataType) -> Kind {
        Kind::of(&Arc::new(Field::new("a", of, true)))
    }

    #[test]
    fn types_are_in_the_words_of_postgres() {
        let item = |of| Arc::new(Field::new("item", of, true));
        let time = |zone: Option<&str>| DataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into));
        let entries = DataType::Struct(Fields::from(vec![Field::new("key", DataType::Utf8, false)]));
        let types = [
            (DataType::Boolean, "boolean bool"),
            (DataType::Int8, "smallint int2"),
            (DataType::Int16, "smallint int2"),
            (DataType::Int32, "integer int4"),
            (DataType::Int64, "bigint int8"),
            (DataType::Float32, "real float4"),
            (DataType::Float64, "double precision float8"),
            (DataType::Decimal128(22, 2), "numeric numeric"),
            (DataType::Utf8View, "text text"),
            (DataType::Binary, "bytea bytea"),
            (DataType::Date32, "date date"),
            (time(None), "timestamp without time zone timestamp"),
            (time(Some("UTC")), "timestamp with time zone timestamptz"),
            (DataType::List(item(DataType::Int64)), "ARRAY _int8"),
            (entries.clone(), "record record"),
            (DataType::List(item(entries.clone())), "ARRAY _record"),
            (DataType::Map(item(entries), false), "text text"),
        ];
        for (of, expected) in types {
            let kind = kind(of);
            assert_eq!(format!("{} {}", kind.in_words(), kind.name()), expected);
        }
    }

    #[test]
    fn numbers_have_digits_and_times_have_parts_of_seconds() {
        let digits = |of| kind(of).digits().map(|one| (one.count, one.radix, one.behind_point));
        assert_eq!(digits(DataType::Decimal128(22, 2)), Some((Some(22), 10, Some(2))));
        assert_eq!(digits(DataType::UInt64), Some((None, 10, None)));
        assert_eq!(digits(DataType::Int32), Some((Some(32), 2, Some(0))));
        assert_eq!(digits(DataType::Float64), Some((Some(53), 2, None)));
        assert_eq!(digits(DataType::Utf8), None);
        let seconds = [DataType::Date32, DataType::Utf8].map(|of| kind(of).of_seconds());
        assert_eq!(seconds, [Some(0), None]);
    }
}

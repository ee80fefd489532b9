//! One value on its way between a database and a backup.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::types::Json;
use sqlx::{Postgres, Row, Sqlite, TypeInfo, ValueRef};
use uuid::Uuid;

use crate::{Error, Result};

/// A value as SQLite stores it. PostgreSQL's types become these, and come back by the type of the column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    pub(super) fn from_sqlite(row: &SqliteRow, index: usize) -> Result<Self> {
        let r#type = row.try_get_raw(index)?.type_info().name().to_owned();
        if row.try_get_raw(index)?.is_null() {
            return Ok(Self::Null);
        }
        Ok(match r#type.as_str() {
            "INTEGER" | "BOOLEAN" => Self::Integer(row.try_get_unchecked(index)?),
            "REAL" => Self::Real(row.try_get_unchecked(index)?),
            "BLOB" => Self::Bytes(row.try_get_unchecked(index)?),
            _ => Self::Text(row.try_get_unchecked(index)?),
        })
    }

    pub(super) fn from_postgres(row: &PgRow, index: usize) -> Result<Self> {
        let value = row.try_get_raw(index)?;
        if value.is_null() {
            return Ok(Self::Null);
        }
        Ok(match value.type_info().name() {
            "INT8" => Self::Integer(row.try_get(index)?),
            "BOOL" => Self::Integer(row.try_get::<bool, _>(index)?.into()),
            "FLOAT8" => Self::Real(row.try_get(index)?),
            "BYTEA" => Self::Bytes(row.try_get(index)?),
            "UUID" => Self::Bytes(row.try_get::<Uuid, _>(index)?.as_bytes().to_vec()),
            "TIMESTAMPTZ" => Self::Text(time_text(row.try_get(index)?)),
            "JSONB" => Self::Text(row.try_get::<Json<serde_json::Value>, _>(index)?.0.to_string()),
            "TEXT" => Self::Text(row.try_get(index)?),
            other => return Err(Error::Backup(format!("the type {other} cannot be saved"))),
        })
    }

    pub(super) fn bind_sqlite(
        self,
        query: Query<'_, Sqlite, SqliteArguments>,
    ) -> Query<'_, Sqlite, SqliteArguments> {
        match self {
            Self::Null => query.bind(None::<String>),
            Self::Integer(number) => query.bind(number),
            Self::Real(number) => query.bind(number),
            Self::Text(text) => query.bind(text),
            Self::Bytes(bytes) => query.bind(bytes),
        }
    }

    /// Binds as a value of a column of this type (`data_type` of the information schema).
    pub(super) fn bind_postgres<'q>(
        self,
        r#type: &str,
        query: Query<'q, Postgres, PgArguments>,
    ) -> Result<Query<'q, Postgres, PgArguments>> {
        let unfit = || Error::Backup(format!("a value does not fit a column of type {}", r#type));
        Ok(match r#type {
            "bigint" => query.bind(self.optional(Self::integer).ok_or_else(unfit)?),
            "boolean" => query.bind(self.optional(|cell| Some(cell.integer()? != 0)).ok_or_else(unfit)?),
            "double precision" => query.bind(self.optional(Self::real).ok_or_else(unfit)?),
            "bytea" => query.bind(self.optional(Self::bytes).ok_or_else(unfit)?),
            "uuid" => {
                query.bind(self.optional(|cell| Uuid::from_slice(&cell.bytes()?).ok()).ok_or_else(unfit)?)
            }
            "timestamp with time zone" => query
                .bind(self.optional(|cell| cell.text()?.parse::<DateTime<Utc>>().ok()).ok_or_else(unfit)?),
            "jsonb" => {
                let json =
                    |cell: Self| serde_json::from_str::<serde_json::Value>(&cell.text()?).ok().map(Json);
                query.bind(self.optional(json).ok_or_else(unfit)?)
            }
            "text" => query.bind(self.optional(Self::text).ok_or_else(unfit)?),
            other => return Err(Error::Backup(format!("the type {other} cannot be restored"))),
        })
    }

    /// `Some(None)` for null, `None` if the value is of another kind.
    fn optional<T>(self, get: impl FnOnce(Self) -> Option<T>) -> Option<Option<T>> {
        if self == Self::Null { Some(None) } else { get(self).map(Some) }
    }

    fn integer(self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(number) } else { None }
    }

    fn real(self) -> Option<f64> {
        if let Self::Real(number) = self { Some(number) } else { None }
    }

    fn text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn bytes(self) -> Option<Vec<u8>> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

/// As sqlx writes times into SQLite: they must compare as texts with those that it writes later.
fn time_text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Null,
    Integer(i64),
    Text(String),
    Bytes { bytes: String },
    Real { real: String },
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => Written::Bytes { bytes: hex::encode(bytes) }.serialize(serializer),
            Self::Real(number) => Written::Real { real: format!("{number:?}") }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Null => Self::Null,
            Written::Integer(number) => Self::Integer(number),
            Written::Text(text) => Self::Text(text),
            Written::Bytes { bytes } => Self::Bytes(hex::decode(bytes).map_err(D::Error::custom)?),
            Written::Real { real } => Self::Real(real.parse().map_err(D::Error::custom)?),
        })
    }
}

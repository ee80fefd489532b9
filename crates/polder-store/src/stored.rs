//! How values travel between Rust and a column, where sqlx has no answer of its own.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Postgres, Sqlite, Type};

use crate::{Error, Result};

/// A stored word (a status, a kind) as its enum; a word that this version does not know is an error, never a panic.
pub(crate) fn parse<T: FromStr>(what: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::corrupt(what, text))
}

/// A stored count as the number type that the domain uses for it.
pub(crate) fn number<T: TryFrom<i64>>(what: &'static str, value: i64) -> Result<T> {
    T::try_from(value).map_err(|_| Error::corrupt(what, value.to_string()))
}

/// A stored document with the version of its shape.
#[derive(Serialize, Deserialize)]
struct Document<T> {
    version: u32,
    content: T,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// A document as it is stored: `{"version": …, "content": …}`.
pub(crate) fn to_document<T: Serialize>(version: u32, content: &T) -> Result<String> {
    serde_json::to_string(&Document { version, content })
        .map_err(|e| Error::corrupt("document", e.to_string()))
}

/// The content of a stored document of at most `newest`'s version.
pub(crate) fn from_document<T: DeserializeOwned>(what: &'static str, newest: u32, text: &str) -> Result<T> {
    let corrupt = |error: serde_json::Error| Error::corrupt(what, error.to_string());
    let Version { version } = serde_json::from_str(text).map_err(corrupt)?;
    if version > newest {
        return Err(Error::corrupt(what, format!("version {version} is newer than this program")));
    }
    serde_json::from_str(text).map(|document: Document<T>| document.content).map_err(corrupt)
}

/// A `LIKE … ESCAPE '\\'` pattern for text that contains `needle`, in a column that is stored in lower case.
pub(crate) fn containing(needle: &str) -> String {
    let mut pattern = String::from("%");
    for c in needle.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// ` AND condition`, where `condition` has the placeholder `$number`; without a value one that is always true (nothing is bound there).
/// So a planner sees only the conditions that are asked for, and the values keep their numbers.
pub(crate) fn and(sql: &mut String, wanted: bool, number: usize, condition: &str) {
    sql.push_str(" AND ");
    if wanted {
        sql.push_str(&condition.replace('?', &format!("${number}")));
    } else {
        sql.push_str(&format!("${number} IS NULL"));
    }
}

/// Where a list goes on: the position after the last item, as text that says nothing to a client.
pub(crate) fn to_cursor<T: Serialize>(position: &T) -> Result<String> {
    serde_json::to_vec(position).map(hex::encode).map_err(|_| Error::Cursor)
}

pub(crate) fn from_cursor<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let bytes = hex::decode(cursor).map_err(|_| Error::Cursor)?;
    serde_json::from_slice(&bytes).map(Some).map_err(|_| Error::Cursor)
}

/// The page's size that a request asks for, within bounds.
pub(crate) fn page_size(limit: Option<u32>) -> i64 {
    i64::from(limit.unwrap_or(50).clamp(1, 500))
}

/// A document in a `TEXT` column of both databases.
///
/// For what a person wrote (definitions, manifests): unlike `jsonb`, it keeps the order of keys, and holds U+0000.
/// Use `sqlx::types::Json` with `TEXT`/`JSONB` columns for small values without order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JsonText<T>(pub T);

impl<T> Type<Sqlite> for JsonText<T> {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl<T> Type<Postgres> for JsonText<T> {
    fn type_info() -> PgTypeInfo {
        <String as Type<Postgres>>::type_info()
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        <String as Type<Postgres>>::compatible(ty)
    }
}

impl<T: Serialize> Encode<'_, Sqlite> for JsonText<T> {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(serde_json::to_string(&self.0)?, buffer)
    }
}

impl<T: Serialize> Encode<'_, Postgres> for JsonText<T> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(serde_json::to_string(&self.0)?, buffer)
    }
}

impl<'r, T: DeserializeOwned> Decode<'r, Sqlite> for JsonText<T> {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(<&str as Decode<Sqlite>>::decode(value)?)?))
    }
}

impl<'r, T: DeserializeOwned> Decode<'r, Postgres> for JsonText<T> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(<&str as Decode<Postgres>>::decode(value)?)?))
    }
}

#[cfg(test)]
mod tests;

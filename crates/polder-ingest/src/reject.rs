//! Rows that do not fit, as rows of a table of their own.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;

use crate::rows::Bad;

/// Why a row does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// A value cannot be read as its column's type.
    WrongType,
    /// A column of the key has no value.
    NullKey,
    TooManyFields,
    TooFewFields,
    /// A quote that is never closed, or text behind a closed one.
    BadQuotes,
    /// Bytes that are no text in the file's encoding.
    InvalidText,
    TooLong,
    NotJson,
    /// JSON, and not an object.
    NotAnObject,
    TooDeep,
    /// The file has more columns than there may be.
    TooManyColumns,
}

impl Reason {
    /// As it stands in the rejected rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongType => "wrong_type",
            Self::NullKey => "null_key",
            Self::TooManyFields => "too_many_fields",
            Self::TooFewFields => "too_few_fields",
            Self::BadQuotes => "bad_quotes",
            Self::InvalidText => "invalid_text",
            Self::TooLong => "too_long",
            Self::NotJson => "not_json",
            Self::NotAnObject => "not_an_object",
            Self::TooDeep => "too_deep",
            Self::TooManyColumns => "too_many_columns",
        }
    }
}

/// `file`, `line`, `reason`, `message`, `raw`: the columns of rejected rows. `raw` has up to 64 KiB of the row's text, and is null
/// if columns are excluded or hashed, since they would stand in it.
#[must_use]
pub fn rejected_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let text = |name: &str, nullable: bool| Field::new(name, DataType::Utf8, nullable);
        let line = Field::new("line", DataType::Int64, false);
        let fields =
            [text("file", false), line, text("reason", false), text("message", false), text("raw", true)];
        Arc::new(Schema::new(Vec::from(fields)))
    });
    SCHEMA.clone()
}

/// The rejected rows of a part, in the order of their lines; none if there are none.
pub(crate) fn rejected(file: &str, mut bad: Vec<Bad>) -> Option<RecordBatch> {
    if bad.is_empty() {
        return None;
    }
    bad.sort_by_key(|bad| bad.line);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(bad.iter().map(|_| file))),
        Arc::new(Int64Array::from_iter_values(bad.iter().map(|bad| bad.line.cast_signed()))),
        Arc::new(StringArray::from_iter_values(bad.iter().map(|bad| bad.reason.code()))),
        Arc::new(StringArray::from_iter_values(bad.iter().map(|bad| &bad.message))),
        Arc::new(StringArray::from_iter(bad.iter().map(|bad| bad.raw.as_deref()))),
    ];
    Some(RecordBatch::try_new(rejected_schema(), columns).expect("the columns are those of the schema"))
}

pub(crate) fn count(bad: &[Bad]) -> BTreeMap<Reason, u64> {
    let mut counts = BTreeMap::new();
    for bad in bad {
        *counts.entry(bad.reason).or_default() += 1;
    }
    counts
}

//! What a stream says of its columns, in the words of polder-ingest.

use chrono::{DateTime, Utc};
use polder_ingest::{AddedColumns, ColumnRules, FileFormat, KeptSchema, OnAdded, ReadOptions, Salt};
use polder_lake::Landing;
use polder_types::definition::sync::{OnSchemaChange, Stream, Sync};
use serde_json::Value;

use crate::{Error, Result};

/// How a stream's files are read.
pub(crate) fn options(
    sync: &Sync,
    stream: &Stream,
    format: &Value,
    at: DateTime<Utc>,
) -> Result<ReadOptions> {
    let format: FileFormat = serde_json::from_value(format.clone())?;
    Ok(ReadOptions {
        format,
        columns: columns(stream)?,
        salt: Salt::new(sync.salt.clone().unwrap_or_default()),
        on_added: match sync.on_schema_change {
            OnSchemaChange::Evolve => OnAdded::Evolve,
            OnSchemaChange::Ignore => OnAdded::Ignore,
            OnSchemaChange::Fail => OnAdded::Fail,
        },
        added: AddedColumns { loaded_at: Some(at), ..AddedColumns::default() },
        ..ReadOptions::default()
    })
}

/// What is said of a stream's columns.
pub(crate) fn columns(stream: &Stream) -> Result<ColumnRules> {
    let columns = &stream.columns;
    let types = columns.types.iter().map(|(name, text)| Ok((name.clone(), text.parse()?)));
    let types =
        types.collect::<Result<_, polder_ingest::UnknownType>>().map_err(polder_ingest::Error::from)?;
    Ok(ColumnRules {
        exclude: columns.exclude.clone(),
        hash: columns.hash.clone(),
        types,
        key: stream.primary_key.clone(),
        ..ColumnRules::default()
    })
}

/// How a stream's rows come into its table; whether they take the place of those that are there is another's to say.
pub(crate) fn landing(stream: &Stream, schema: &KeptSchema, replaces: bool) -> Result<Landing> {
    if stream.primary_key.is_empty() {
        return Ok(if replaces { Landing::Overwrite } else { Landing::Append });
    }
    let key = stream.primary_key.iter().map(|name| column(schema, name, "part of the primary key"));
    let cursor = stream.cursor.as_ref().map(|name| column(schema, name, "the cursor")).transpose()?;
    Ok(Landing::Upsert { key: key.collect::<Result<_>>()?, cursor })
}

/// The column of the table that somebody means.
fn column(schema: &KeptSchema, name: &str, what: &'static str) -> Result<String> {
    schema.find(name).map(|column| column.name.clone()).ok_or_else(|| {
        let columns: Vec<&str> = schema.columns.iter().map(|column| column.name.as_str()).collect();
        Error::Column { column: name.to_owned(), what, columns: columns.join(", ") }
    })
}

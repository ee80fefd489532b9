//! Of which types a stream's columns are: as it is said by hand, else as the table has them by now, else as they were kept or found.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use polder_ingest::{ColumnRules, ColumnType, KeptColumn, KeptSchema};
use polder_lake::{Error as Lake, Work};
use polder_types::definition::sync::{Stream, SyncMode};

use crate::{Error, Result};

/// Decides the types. What a full refresh replaces does not bind it; otherwise the table must be able to hold them. Gives the columns of
/// texts that are to be hashed and were not: the table can hold that, and has their values.
///
/// # Errors
/// [`Error::Type`] if it cannot: then nothing was read or written.
pub(crate) async fn settle(
    work: &Work,
    stream: &Stream,
    rules: &ColumnRules,
    schema: &mut KeptSchema,
) -> Result<Vec<String>> {
    let there = work.columns(&stream.table).await?;
    there.iter().for_each(|there| schema.take_types_of(there));
    let is_new = |column: &&KeptColumn| !column.declared && rules.hashes(column);
    let newly_hashed = schema.columns.iter().filter(is_new).map(|column| column.name.clone()).collect();
    schema.take_types_by_hand(rules);
    let Some(there) = there.filter(|_| stream.mode == SyncMode::Incremental) else { return Ok(Vec::new()) };
    let wanted = Arc::new(Schema::new(schema.fields().collect::<Vec<_>>()));
    let has_room = work.has_room(&stream.table, &wanted).await;
    has_room.map_err(|error| refused(error, &there, rules, schema))?;
    Ok(newly_hashed)
}

/// Says it in the words of types that people give by hand, with what can be done.
fn refused(error: Lake, there: &SchemaRef, rules: &ColumnRules, schema: &KeptSchema) -> Error {
    let Lake::Column { table, column, .. } = &error else { return error.into() };
    let wanted = schema.columns.iter().find(|wanted| wanted.name == *column);
    let found = there.field_with_name(column).ok().and_then(|field| ColumnType::holding(field.data_type()));
    let Some((wanted, found)) = wanted.zip(found) else { return error.into() };
    let KeptColumn { column_type, declared, .. } = *wanted;
    let why = match () {
        () if rules.hashes(wanted) => "because it is hashed",
        () if declared => "as `columns: {types: …}` says",
        () => "by what was kept of it",
    };
    let (table, column) = (table.to_string(), column.clone());
    Error::Type { table, column, found, wanted: column_type, why }
}

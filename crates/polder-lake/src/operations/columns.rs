//! Brings batches into the columns of a table.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, RecordBatch, new_null_array};
use deltalake::arrow::compute::{CastOptions, cast_with_options};
use deltalake::arrow::datatypes::{Field, Schema, SchemaRef};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};

use crate::{Error, Result, TableName};

/// Rows as they come, in batches that are each held in memory.
pub struct Batches {
    schema: SchemaRef,
    pub(crate) stream: BoxStream<'static, Result<RecordBatch>>,
}

impl Batches {
    pub fn new(schema: SchemaRef, stream: impl Stream<Item = Result<RecordBatch>> + Send + 'static) -> Self {
        Self { schema, stream: stream.boxed() }
    }

    /// The columns of all batches.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The rows, to be read once.
    #[must_use]
    pub fn into_stream(self) -> BoxStream<'static, Result<RecordBatch>> {
        self.stream
    }

    /// What is in memory already.
    #[must_use]
    pub fn of(batches: Vec<RecordBatch>) -> Self {
        let schema = batches.first().map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
        Self::new(schema, futures::stream::iter(batches.into_iter().map(Ok)))
    }
}

/// The rows in the columns of a table: by name, in its order, cast where nothing is lost, null where a column is not given.
///
/// # Errors
/// [`Error::Column`] when one is unknown, is missing though it may not be null, or holds what does not fit.
pub(crate) fn conform(table: &TableName, batch: &RecordBatch, to: &SchemaRef) -> Result<RecordBatch> {
    if batch.schema_ref() == to {
        return Ok(batch.clone());
    }
    if let Some(unknown) =
        batch.schema_ref().fields().iter().find(|field| to.column_with_name(field.name()).is_none())
    {
        return Err(Error::column(table, unknown.name(), "the table has no such column".to_owned()));
    }
    let columns = to.fields().iter().map(|field| column(table, batch, field)).collect::<Result<Vec<_>>>()?;
    RecordBatch::try_new(to.clone(), columns).map_err(|error| Error::column(table, "*", error.to_string()))
}

fn column(table: &TableName, batch: &RecordBatch, field: &Field) -> Result<ArrayRef> {
    let Some(found) = batch.column_by_name(field.name()) else {
        if field.is_nullable() {
            return Ok(new_null_array(field.data_type(), batch.num_rows()));
        }
        return Err(Error::column(table, field.name(), "it may not be null, and is not given".to_owned()));
    };
    if found.null_count() > 0 && !field.is_nullable() {
        return Err(Error::column(
            table,
            field.name(),
            format!("it may not be null, and {} values are", found.null_count()),
        ));
    }
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(found, field.data_type(), &strict)
        .map_err(|error| Error::column(table, field.name(), error.to_string()))
}

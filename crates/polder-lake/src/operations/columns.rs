//! Brings batches into the columns of a table.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, RecordBatch, new_null_array};
use deltalake::arrow::compute::{CastOptions, cast_with_options};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use polder_times::{Beyond, Reach, beyond, beyond_in};

use crate::error::engine::arrow as told;
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

/// The rows that come in for a table, as it may store them: [`conform`], and no date or time that its other readers do not know.
///
/// # Errors
/// As [`conform`], and [`Error::Column`] for such a date or time.
pub(crate) fn storable(table: &TableName, batch: &RecordBatch, to: &SchemaRef) -> Result<RecordBatch> {
    let batch = conform(table, batch, to)?;
    let found = beyond(&batch, Reach::Years);
    found.map_or(Ok(batch), |found| Err(beyond_years(table, &found)))
}

fn beyond_years(table: &TableName, found: &Beyond) -> Error {
    let reason = format!(
        "{} is not within the years 1 to 9999, and others could not read the table; \
         `CASE WHEN extract(year FROM …) BETWEEN 1 AND 9999 THEN … END` makes it null",
        found.value
    );
    Error::column(table, &found.column, reason)
}

/// Values in the type of a column, all of them.
///
/// # Errors
/// [`Error::Column`] when one does not fit.
pub(crate) fn cast(table: &TableName, values: &ArrayRef, name: &str, to: &DataType) -> Result<ArrayRef> {
    if values.data_type() == to {
        return Ok(Arc::clone(values));
    }
    // In the units of another type they may be too large for their bits.
    if let Some(found) = beyond_in(name, values, Reach::Years) {
        return Err(beyond_years(table, &found));
    }
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(values, to, &strict).map_err(|error| Error::column(table, name, told(&error)))
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
    cast(table, found, field.name(), field.data_type())
}

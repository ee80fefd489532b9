//! The key of a table's rows: some columns that say together which row is which.

use std::sync::Arc;

use deltalake::arrow::array::{Array, ArrayRef, RecordBatch};
use deltalake::arrow::compute::SortOptions;
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::arrow::row::{RowConverter, Rows, SortField};

use crate::{Error, Result, TableName};

/// Encodes keys so that they can be looked up and compared as bytes, in the order of the columns.
pub(crate) struct Key {
    table: TableName,
    fields: Vec<Arc<Field>>,
    /// Where they are among the table's columns.
    indices: Vec<usize>,
    converter: RowConverter,
}

impl Key {
    /// # Errors
    /// [`Error::Column`] when the table has no such column, or it is of a type that cannot tell rows apart.
    pub(crate) fn new(table: &TableName, schema: &SchemaRef, names: &[String]) -> Result<Self> {
        if names.is_empty() {
            return Err(Error::column(table, "*", "a key has at least one column".to_owned()));
        }
        let indices = names.iter().map(|name| index(table, schema, name)).collect::<Result<Vec<_>>>()?;
        let fields: Vec<_> = indices.iter().map(|index| Arc::clone(&schema.fields()[*index])).collect();
        let sorted = fields.iter().map(|field| SortField::new_with_options(field.data_type().clone(), ORDER));
        let converter = RowConverter::new(sorted.collect())
            .map_err(|error| Error::column(table, "*", error.to_string()))?;
        Ok(Self { table: table.clone(), fields, indices, converter })
    }

    /// In the order in which they were given.
    pub(crate) fn fields(&self) -> &[Arc<Field>] {
        &self.fields
    }

    /// The columns alone.
    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.fields.clone()))
    }

    /// Those columns of rows of the table.
    pub(crate) fn columns(&self, batch: &RecordBatch) -> Vec<ArrayRef> {
        self.indices.iter().map(|index| Arc::clone(batch.column(*index))).collect()
    }

    pub(crate) fn encode(&self, columns: &[ArrayRef]) -> Result<Rows> {
        let encoded = self.converter.convert_columns(columns);
        encoded.map_err(|error| Error::delta(&self.table)(error.into()))
    }

    /// # Errors
    /// [`Error::NullKey`]: nothing is the same as null, so such a row could not be found again.
    pub(crate) fn refuse_nulls(&self, batch: &RecordBatch) -> Result<()> {
        for (column, field) in self.columns(batch).iter().zip(&self.fields) {
            if column.null_count() > 0 {
                let (table, column, rows) = (self.table.clone(), field.name().clone(), column.null_count());
                return Err(Error::NullKey { table, column, rows: rows as u64 });
            }
        }
        Ok(())
    }
}

/// The order of keys, here and in files.
pub(crate) const ORDER: SortOptions = SortOptions { descending: false, nulls_first: true };

fn index(table: &TableName, schema: &SchemaRef, name: &str) -> Result<usize> {
    let index = schema.index_of(name).map_err(|_| {
        Error::column(table, name, "it is part of the key, and the table has no such column".to_owned())
    })?;
    let found = schema.field(index).data_type();
    if can_tell_rows_apart(found) {
        return Ok(index);
    }
    Err(Error::column(
        table,
        name,
        format!("a key is of whole numbers, decimals, text, dates or times, and this is {found}"),
    ))
}

fn can_tell_rows_apart(found: &DataType) -> bool {
    use DataType::{Boolean, Date32, Decimal128, LargeUtf8, Timestamp, Utf8, Utf8View};
    found.is_integer()
        || matches!(found, Utf8 | LargeUtf8 | Utf8View | Date32 | Timestamp(..) | Decimal128(..) | Boolean)
}

//! Dates and times as the numbers that they are in the file, where they cannot be written otherwise.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use arrow::error::ArrowError;
use polder_times::{Reach, rows};

/// The row with the numbers of what is beyond the years 0001 to 9999; of what is nested, all of them.
pub(super) fn in_place_of_times(row: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in row.schema().fields().iter().zip(row.columns()) {
        let shown = match rows(column.as_ref(), Reach::Years) {
            Some(_) => as_numbers(column)?,
            None => Arc::clone(column),
        };
        fields.push(Field::new(field.name(), shown.data_type().clone(), true));
        columns.push(shown);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn as_numbers(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    cast(array, &with_numbers(array.data_type()))
}

/// The type with that of the numbers wherever it has dates or times. Arrow knows days as 32 bits only.
fn with_numbers(data_type: &DataType) -> DataType {
    let within = |field: &FieldRef| {
        let data_type = with_numbers(field.data_type());
        Arc::new(field.as_ref().clone().with_data_type(data_type))
    };
    match data_type {
        DataType::Date32 | DataType::Time32(_) => DataType::Int32,
        DataType::Date64 | DataType::Time64(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
            DataType::Int64
        }
        DataType::Dictionary(_, values) => with_numbers(values),
        DataType::List(item) => DataType::List(within(item)),
        DataType::LargeList(item) => DataType::LargeList(within(item)),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(within(item), *size),
        DataType::Map(entries, sorted) => DataType::Map(within(entries), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(within).collect()),
        other => other.clone(),
    }
}

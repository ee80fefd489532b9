//! Dates and times of Parquet that are beyond the years 0001 to 9999: they can be written, and hardly anything can read them.

use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, TimeUnit};
use arrow::error::ArrowError;

use crate::value::DAYS;

/// Which values are beyond; none if no value is.
pub(super) fn beyond(array: &ArrayRef) -> Result<Option<BooleanArray>, ArrowError> {
    let Some(years) = years(array.data_type()) else { return Ok(None) };
    let numbers = cast(&as_numbers_of(array)?, &DataType::Int64)?;
    let numbers = numbers.as_primitive::<Int64Type>();
    let is_beyond = |row| numbers.is_valid(row) && !years.contains(&numbers.value(row));
    let beyond: BooleanArray = (0..numbers.len()).map(|row| Some(is_beyond(row))).collect();
    Ok((beyond.true_count() > 0).then_some(beyond))
}

/// The row with the numbers of what is beyond, which cannot be written otherwise.
pub(super) fn as_numbers(row: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in row.schema().fields().iter().zip(row.columns()) {
        let shown = if beyond(column)?.is_some() { as_numbers_of(column)? } else { Arc::clone(column) };
        fields.push(Field::new(field.name(), shown.data_type().clone(), true));
        columns.push(shown);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// Arrow knows days as 32 bits only.
fn as_numbers_of(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let number = if *array.data_type() == DataType::Date32 { DataType::Int32 } else { DataType::Int64 };
    cast(array, &number)
}

/// The years in the unit of a type; none if it is of no dates.
fn years(data_type: &DataType) -> Option<RangeInclusive<i64>> {
    let in_a_day = match data_type {
        DataType::Date32 => 1,
        DataType::Date64 => 86_400_000,
        DataType::Timestamp(TimeUnit::Second, _) => 86_400,
        DataType::Timestamp(TimeUnit::Millisecond, _) => 86_400_000,
        DataType::Timestamp(TimeUnit::Microsecond, _) => 86_400_000_000,
        // 64 bits of them do not lead out of these years.
        _ => return None,
    };
    Some(DAYS.start() * in_a_day..=(DAYS.end() + 1) * in_a_day - 1)
}

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray, new_null_array};
use arrow::compute::{CastOptions, cast_with_options, concat, nullif};
use arrow::datatypes::{DataType, Field};
use arrow::error::ArrowError;
use arrow::json::LineDelimitedWriter;
use arrow::json::writer::{EncoderOptions, make_encoder};
use polder_times::{Reach, rows};

use super::numbers;
use crate::column::{Failure, Failures, Reading};
use crate::rows::{Cell, Kind, Quoting, Rows, Slot, Span, short};
use crate::{ColumnType, Reason};

/// The type that holds all values of a type of Parquet.
pub(crate) fn column_type(data_type: &DataType) -> ColumnType {
    match data_type {
        DataType::Boolean => ColumnType::Boolean,
        DataType::UInt64 => ColumnType::Decimal { precision: 20, scale: 0 },
        whole if whole.is_integer() => ColumnType::Bigint,
        floating if floating.is_floating() => ColumnType::Double,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale)
            if *precision <= 38 && *scale >= 0 =>
        {
            ColumnType::Decimal { precision: *precision, scale: scale.cast_unsigned() }
        }
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(_, None) => ColumnType::Timestamp,
        DataType::Timestamp(_, Some(_)) => ColumnType::Timestamptz,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            ColumnType::Bytea
        }
        DataType::Dictionary(_, values) => column_type(values),
        nested if nested.is_nested() => ColumnType::Json,
        _ => ColumnType::Text,
    }
}

/// How a column of Parquet becomes one of the schema.
pub(crate) struct Conversion<'a> {
    pub(crate) reading: Reading<'a>,
    pub(crate) rows: usize,
}

impl Conversion<'_> {
    /// All null if the file does not have the column.
    pub(crate) fn array(
        &self,
        found: Option<(&Field, &ArrayRef)>,
        failures: &mut Failures,
    ) -> Result<ArrayRef, ArrowError> {
        let wanted = self.reading.column.column_type;
        let Some((field, array)) = found else {
            let array = new_null_array(&wanted.arrow(), self.rows);
            self.reading.check_key(&array, failures);
            return Ok(array);
        };
        let plain = plain(field, &self.within_years(array, failures)?)?;
        if column_type(field.data_type()) == wanted && self.reading.salt.is_none() {
            return Ok(self.cast(&plain, failures));
        }
        let text = self.cast_to(&plain, &DataType::Utf8, failures);
        let texts = text
            .as_any()
            .downcast_ref::<StringArray>()
            .ok_or_else(|| ArrowError::CastError("no text".to_owned()))?;
        Ok(self.reading.array(&as_rows(texts), Some(0), failures))
    }

    /// Dates and times without those that no reader knows, whatever they are to become. Nested ones go with all that is around them.
    fn within_years(&self, array: &ArrayRef, failures: &mut Failures) -> Result<ArrayRef, ArrowError> {
        let Some(beyond) = rows(array.as_ref(), Reach::Years) else { return Ok(Arc::clone(array)) };
        let what = match array.data_type() {
            nested if nested.is_nested() => "a date or time in it is not within the years 0001 to 9999",
            DataType::Time32(_) | DataType::Time64(_) | DataType::Duration(_) => "the value is no time",
            _ => "the value is not within the years 0001 to 9999",
        };
        for row in beyond.set_indices() {
            let message = format!("column {}: {what}", self.reading.column.name);
            failures.entry(row).or_insert(Failure { reason: Reason::WrongType, message });
        }
        nullif(array, &BooleanArray::new(beyond, None))
    }

    /// The same values in the type that Polder has for them. A time beyond microseconds of 64 bits does not fit.
    fn cast(&self, array: &ArrayRef, failures: &mut Failures) -> ArrayRef {
        let cast = self.cast_to(array, &self.reading.column.column_type.arrow(), failures);
        self.reading.check_key(&cast, failures);
        cast
    }

    fn cast_to(&self, array: &ArrayRef, to: &DataType, failures: &mut Failures) -> ArrayRef {
        let lenient = CastOptions { safe: true, ..CastOptions::default() };
        let cast = cast_with_options(array, to, &lenient).unwrap_or_else(|_| one_by_one(array, to, &lenient));
        if cast.logical_null_count() > array.logical_null_count() {
            let nulls = array.logical_nulls();
            let was_there = |row: &usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(*row));
            let column = self.reading.column;
            for row in (0..array.len()).filter(was_there).filter(|row| cast.is_null(*row)) {
                let message = format!("column {}: the value is no {}", column.name, column.column_type);
                failures.entry(row).or_insert(Failure { reason: Reason::WrongType, message });
            }
        }
        cast
    }
}

/// Where all together cannot be cast: those that can be. The others are null.
fn one_by_one(array: &ArrayRef, to: &DataType, options: &CastOptions<'_>) -> ArrayRef {
    let one =
        |row| cast_with_options(&array.slice(row, 1), to, options).unwrap_or_else(|_| new_null_array(to, 1));
    let values: Vec<ArrayRef> = (0..array.len()).map(one).collect();
    let values: Vec<&dyn Array> = values.iter().map(AsRef::as_ref).collect();
    concat(&values).unwrap_or_else(|_| new_null_array(to, array.len()))
}

/// What is nested as JSON, and dictionaries as what they stand for.
fn plain(field: &Field, array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match field.data_type() {
        DataType::Dictionary(_, values) => arrow::compute::cast(array, values),
        nested if nested.is_nested() => as_json(field, array),
        _ => Ok(array.clone()),
    }
}

fn as_json(field: &Field, array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let field = Arc::new(field.clone());
    let mut encoder = make_encoder(&field, array, &options)?;
    let mut text = Vec::new();
    let texts = (0..array.len()).map(|row| {
        text.clear();
        (!array.is_null(row)).then(|| {
            encoder.encode(row, &mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    });
    Ok(Arc::new(texts.collect::<StringArray>()))
}

/// One row as JSON, for those that are rejected.
pub(crate) fn row_as_json(row: &RecordBatch) -> Result<String, ArrowError> {
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(&numbers::in_place_of_times(row)?)?;
    writer.finish()?;
    Ok(short(&writer.into_inner()))
}

/// Texts as if they had been cut out of a file, to be read by the same rules.
fn as_rows(texts: &StringArray) -> Rows {
    let mut rows = Rows::new(Arc::new(vec![String::new()]), Quoting { quote: b'"', escape: None });
    let cells = texts.offsets().windows(2).enumerate().map(|(row, ends)| {
        let [start, end] = [ends[0], ends[1]].map(|end| usize::try_from(end).unwrap_or(0));
        if texts.is_null(row) { Cell::NULL } else { Cell::new(start, end, Kind::Plain) }
    });
    rows.slots = vec![Slot { first: 0, cells: cells.collect() }];
    rows.spans = vec![Span { start: 0, end: 0, line: 0 }; texts.len()];
    rows.text = texts.value_data().to_vec();
    rows
}

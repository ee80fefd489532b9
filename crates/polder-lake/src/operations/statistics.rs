//! What the log says of the values in a file (Delta's protocol, "Per-file Statistics"), taken from what Parquet says in its footer.

use deltalake::arrow::array::{Array, ArrayRef, AsArray, UInt64Array};
use deltalake::arrow::compute::kernels::cast::cast;
use deltalake::arrow::compute::{SortOptions, sort, sum};
use deltalake::arrow::datatypes::{
    DataType, Float64Type, Int64Type, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use deltalake::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use deltalake::parquet::file::metadata::ParquetMetaData;
use polder_times::{Reach, rows};
use serde_json::{Map, Value, json};

/// A number in the log is a floating one to many readers: decimals of more digits are left out.
const EXACT_DIGITS: u8 = 15;

/// The JSON of a file's statistics, for the first columns and for those that are named.
pub(crate) fn statistics(
    metadata: &ParquetMetaData,
    schema: &SchemaRef,
    first: usize,
    also: &[String],
) -> String {
    let (mut min, mut max, mut nulls) = (Map::new(), Map::new(), Map::new());
    for (index, field) in schema.fields().iter().enumerate() {
        if index >= first && !also.contains(field.name()) {
            continue;
        }
        let Some(found) = column(metadata, schema, field.name()) else { continue };
        nulls.insert(field.name().clone(), json!(found.nulls));
        if let (Some(low), Some(high)) = (found.min, found.max) {
            min.insert(field.name().clone(), low);
            max.insert(field.name().clone(), high);
        }
    }
    let rows = metadata.file_metadata().num_rows();
    json!({"numRecords": rows, "minValues": min, "maxValues": max, "nullCount": nulls}).to_string()
}

struct Found {
    min: Option<Value>,
    max: Option<Value>,
    nulls: u64,
}

/// None for columns within columns, and if a group of rows does not tell.
fn column(metadata: &ParquetMetaData, schema: &Schema, name: &str) -> Option<Found> {
    let parquet = metadata.file_metadata().schema_descr();
    let converter = StatisticsConverter::try_new(name, schema, parquet).ok()?;
    converter.parquet_column_index()?;
    let groups = || metadata.row_groups().iter();
    let nulls = converter.row_group_null_counts(groups()).ok()?;
    let rows = UInt64Array::from_iter(groups().map(|group| u64::try_from(group.num_rows()).ok()));
    let bound = |bounds: ArrayRef, largest: bool| {
        let tells = |group| bounds.is_valid(group) || nulls.value(group) == rows.value(group);
        (0..bounds.len()).all(tells).then(|| extreme(&bounds, largest)).flatten()
    };
    let min = converter.row_group_mins(groups()).ok().and_then(|bounds| bound(bounds, false));
    let max = converter.row_group_maxes(groups()).ok().and_then(|bounds| bound(bounds, true));
    Some(Found { min, max, nulls: sum(&nulls).unwrap_or(0) })
}

/// The smallest or largest value, as JSON.
fn extreme(bounds: &ArrayRef, largest: bool) -> Option<Value> {
    let order = SortOptions { descending: largest, nulls_first: false };
    let value = sort(bounds, Some(order)).ok()?.slice(0, 1);
    // Some readers would stop at a date that they do not know, and with it at the whole log.
    if value.is_null(0) || rows(value.as_ref(), Reach::Years).is_some() {
        return None;
    }
    match value.data_type() {
        found if found.is_integer() => {
            Some(json!(cast(&value, &DataType::Int64).ok()?.as_primitive::<Int64Type>().value(0)))
        }
        DataType::Float32 | DataType::Float64 => {
            let value = cast(&value, &DataType::Float64).ok()?.as_primitive::<Float64Type>().value(0);
            value.is_finite().then(|| json!(value))
        }
        DataType::Decimal128(digits, _) if *digits <= EXACT_DIGITS => {
            serde_json::from_str(&text(&value)?).ok()
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Date32 => {
            Some(json!(text(&value)?))
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let micros = value.as_primitive::<TimestampMicrosecondType>().value(0);
            time(micros, largest, zone.is_some())
        }
        _ => None,
    }
}

fn text(value: &ArrayRef) -> Option<String> {
    Some(cast(value, &DataType::Utf8).ok()?.as_string::<i32>().value(0).to_owned())
}

/// In milliseconds, as the protocol has it; rounded outwards.
fn time(micros: i64, upwards: bool, has_zone: bool) -> Option<Value> {
    let millis = micros.div_euclid(1000) + i64::from(upwards && micros.rem_euclid(1000) > 0);
    let time = chrono::DateTime::from_timestamp_millis(millis)?;
    let format = if has_zone { "%Y-%m-%dT%H:%M:%S%.3fZ" } else { "%Y-%m-%d %H:%M:%S%.3f" };
    Some(json!(time.format(format).to_string()))
}

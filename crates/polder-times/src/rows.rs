//! Which rows hold a value that goes too far, in columns of any depth.

use std::ops::RangeInclusive;

use arrow::array::{
    Array, ArrayRef, ArrowNumericType, ArrowPrimitiveType, AsArray, FixedSizeListArray, OffsetSizeTrait,
    PrimitiveArray,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{cast, max, min};
use arrow::datatypes::{DataType, Int32Type, Int64Type};

use crate::{Reach, calendar};

/// A bit for each row, set where it holds a value that goes too far; none if no row does. What a null hides does not count.
#[must_use]
pub fn rows(array: &dyn Array, reach: Reach) -> Option<BooleanBuffer> {
    let found = match array.data_type() {
        DataType::Struct(_) => any_of(array.as_struct().columns(), reach),
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            in_lists(list.values(), list.value_offsets(), reach)
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            in_lists(list.values(), list.value_offsets(), reach)
        }
        DataType::Map(..) => {
            let map = array.as_map();
            in_lists(map.entries(), map.value_offsets(), reach)
        }
        DataType::FixedSizeList(..) => in_fixed(array.as_fixed_size_list(), reach),
        DataType::Dictionary(..) => in_dictionary(array, reach),
        plain => {
            let bounds = reach.bounds(plain)?;
            let numbers = numbers(array)?;
            match numbers.as_primitive_opt::<Int32Type>() {
                Some(numbers) => outside(numbers, &bounds),
                None => outside(numbers.as_primitive::<Int64Type>(), &bounds),
            }
        }
    }?;
    let found = match array.nulls() {
        Some(nulls) => &found & nulls.inner(),
        None => found,
    };
    (found.count_set_bits() > 0).then_some(found)
}

fn any_of(columns: &[ArrayRef], reach: Reach) -> Option<BooleanBuffer> {
    let found = columns.iter().filter_map(|column| rows(column.as_ref(), reach));
    found.reduce(|one, other| &one | &other)
}

/// Only what the lists hold is looked at: they may be a small part of all.
fn in_lists<O: OffsetSizeTrait>(values: &dyn Array, offsets: &[O], reach: Reach) -> Option<BooleanBuffer> {
    let (first, last) = (offsets.first()?.as_usize(), offsets.last()?.as_usize());
    let found = rows(values.slice(first, last - first).as_ref(), reach)?;
    let place = |row: usize| offsets[row].as_usize() - first;
    let holds = |row: usize| (place(row)..place(row + 1)).any(|value| found.value(value));
    Some(BooleanBuffer::collect_bool(offsets.len() - 1, holds))
}

fn in_fixed(list: &FixedSizeListArray, reach: Reach) -> Option<BooleanBuffer> {
    let found = rows(list.values().as_ref(), reach)?;
    let length = list.len();
    let size = found.len() / length.max(1);
    Some(BooleanBuffer::collect_bool(length, |row| {
        (row * size..(row + 1) * size).any(|value| found.value(value))
    }))
}

fn in_dictionary(array: &dyn Array, reach: Reach) -> Option<BooleanBuffer> {
    let dictionary = array.as_any_dictionary();
    let found = rows(dictionary.values().as_ref(), reach)?;
    let keys = dictionary.normalized_keys();
    Some(BooleanBuffer::collect_bool(array.len(), |row| found.value(keys[row])))
}

/// The same memory, as numbers.
fn numbers(array: &dyn Array) -> Option<ArrayRef> {
    let number = match array.data_type() {
        DataType::Date32 | DataType::Time32(_) => DataType::Int32,
        _ => DataType::Int64,
    };
    cast(array, &number).ok()
}

fn outside<T>(numbers: &PrimitiveArray<T>, bounds: &RangeInclusive<i64>) -> Option<BooleanBuffer>
where
    T: ArrowPrimitiveType + ArrowNumericType,
    T::Native: Into<i64>,
{
    let is_within = |number: T::Native| bounds.contains(&number.into());
    if min(numbers).is_none_or(is_within) && max(numbers).is_none_or(is_within) {
        return None;
    }
    let values = numbers.values();
    Some(BooleanBuffer::collect_bool(values.len(), |row| !is_within(values[row])))
}

/// The first value that goes too far of a column of one row, as people write it. The names of the parts that it is in are added to
/// a path.
pub(crate) fn value(row: &dyn Array, reach: Reach, path: &mut Vec<String>) -> Option<String> {
    match row.data_type() {
        DataType::Struct(fields) => {
            let parts = row.as_struct();
            let too_far = |part: &usize| rows(parts.column(*part).as_ref(), reach).is_some();
            let part = (0..fields.len()).find(too_far)?;
            path.push(fields[part].name().clone());
            value(parts.column(part).as_ref(), reach, path)
        }
        DataType::List(_) => first(row.as_list::<i32>().value(0).as_ref(), reach, path),
        DataType::LargeList(_) => first(row.as_list::<i64>().value(0).as_ref(), reach, path),
        DataType::FixedSizeList(..) => first(row.as_fixed_size_list().value(0).as_ref(), reach, path),
        DataType::Map(..) => first(&row.as_map().value(0), reach, path),
        DataType::Dictionary(_, values) => value(cast(row, values).ok()?.as_ref(), reach, path),
        plain => {
            let number = cast(&numbers(row)?, &DataType::Int64).ok()?;
            Some(calendar::written(plain, number.as_primitive::<Int64Type>().value(0)))
        }
    }
}

fn first(values: &dyn Array, reach: Reach, path: &mut Vec<String>) -> Option<String> {
    let place = rows(values, reach)?.set_indices().next()?;
    value(values.slice(place, 1).as_ref(), reach, path)
}

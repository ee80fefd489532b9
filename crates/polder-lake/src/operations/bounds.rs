//! Between which keys a file, or a group of rows in it, lies; and whether a key that comes in can be there.

use std::sync::Arc;

use deltalake::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Scalar, TimestampMicrosecondArray,
    make_comparator,
};
use deltalake::arrow::compute::and;
use deltalake::arrow::compute::cast;
use deltalake::arrow::compute::kernels::cmp::{gt_eq, lt_eq};

use deltalake::arrow::datatypes::{DataType, Decimal128Type, Field, TimeUnit, TimestampMicrosecondType};
use deltalake::datafusion::common::Column;
use deltalake::datafusion::physical_optimizer::pruning::PruningStatistics;

use super::key::{Key, ORDER};
use crate::{Result, Table};

/// Decimals of more digits are rounded in the log, and may be cut off: nothing follows from what it says of them.
const EXACT_DIGITS: u8 = 18;
/// The log has times in whole milliseconds, whichever way they were rounded.
const ROUNDED_BY: i64 = 1000;

/// The bounds of each of some places, for each column of a key.
pub(crate) struct Bounds {
    columns: Vec<Option<Range>>,
}

/// The smallest and the largest value of each place; null where that is not known.
struct Range {
    min: ArrayRef,
    max: ArrayRef,
}

impl Bounds {
    pub(crate) fn new(columns: impl IntoIterator<Item = Option<(ArrayRef, ArrayRef)>>) -> Self {
        let range = |found: Option<(ArrayRef, ArrayRef)>| found.map(|(min, max)| Range { min, max });
        Self { columns: columns.into_iter().map(range).collect() }
    }

    /// Of the files of a table, in the order of its log.
    pub(crate) fn of_files(table: &Table, key: &Key) -> Result<Self> {
        let snapshot = table.snapshot()?;
        let log = snapshot.log_data();
        let range = |field: &Arc<Field>| {
            let column = Column::from_name(field.name());
            let (min, max) = (log.min_values(&column)?, log.max_values(&column)?);
            Some((loosened(&min, field.data_type(), -1)?, loosened(&max, field.data_type(), 1)?))
        };
        Ok(Self::new(key.fields().iter().map(range)))
    }

    /// Whether one of the keys, which are sorted and given by column, may be in a place.
    pub(crate) fn may_hold(&self, place: usize, keys: &[ArrayRef]) -> bool {
        let known = self.columns.iter().zip(keys).map(|(range, keys)| {
            let range = range.as_ref()?;
            let is_known = range.min.is_valid(place) && range.max.is_valid(place);
            is_known.then(|| (range.min.slice(place, 1), range.max.slice(place, 1), keys))
        });
        let mut known = known.collect::<Vec<_>>().into_iter();
        let total = keys.first().map_or(0, |keys| keys.len());
        let (first, end) = match known.next().flatten() {
            Some((min, max, keys)) => between(keys, &min, &max).unwrap_or((0, total)),
            None => (0, total),
        };
        let mut inside: Option<BooleanArray> = None;
        for (min, max, keys) in known.flatten() {
            let Some(more) = within(&keys.slice(first, end - first), min, max) else { continue };
            inside = match inside {
                None => Some(more),
                Some(before) => and(&before, &more).ok(),
            };
        }
        inside.map_or(end > first, |inside| inside.true_count() > 0)
    }
}

/// From which to before which of the sorted keys they are between two others.
fn between(keys: &ArrayRef, min: &ArrayRef, max: &ArrayRef) -> Option<(usize, usize)> {
    let to_min = make_comparator(keys, min, ORDER).ok()?;
    let to_max = make_comparator(keys, max, ORDER).ok()?;
    let first = partition_point(keys.len(), |at| to_min(at, 0).is_lt());
    let end = partition_point(keys.len(), |at| to_max(at, 0).is_le());
    Some((first, end.max(first)))
}

/// How many of the first places are so, if none behind one that is not is so.
fn partition_point(places: usize, is_so: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, places);
    while low < high {
        let middle = low.midpoint(high);
        if is_so(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

fn within(keys: &ArrayRef, min: ArrayRef, max: ArrayRef) -> Option<BooleanArray> {
    and(&gt_eq(keys, &Scalar::new(min)).ok()?, &lt_eq(keys, &Scalar::new(max)).ok()?).ok()
}

/// Bounds from the log, as far out as rounding may have moved them inwards; none if they say nothing.
pub(crate) fn loosened(bounds: &ArrayRef, to: &DataType, outwards: i64) -> Option<ArrayRef> {
    let bounds = cast(bounds, to).ok()?;
    match to {
        DataType::Decimal128(digits, _) if *digits > EXACT_DIGITS => None,
        DataType::Decimal128(digits, scale) => {
            let moved: Decimal128Array = bounds
                .as_primitive::<Decimal128Type>()
                .unary(|value| value + i128::from(outwards) * ((value.abs() >> 50) + 1));
            Some(Arc::new(moved.with_precision_and_scale(*digits, *scale).ok()?))
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let moved: TimestampMicrosecondArray = bounds
                .as_primitive::<TimestampMicrosecondType>()
                .unary(|value| value.saturating_add(outwards * ROUNDED_BY));
            Some(Arc::new(moved.with_timezone_opt(zone.clone())))
        }
        _ => Some(bounds),
    }
}

#[cfg(test)]
mod tests {
    use deltalake::arrow::array::{Int64Array, StringArray};

    use super::*;

    fn numbers(numbers: impl IntoIterator<Item = Option<i64>>) -> ArrayRef {
        Arc::new(Int64Array::from_iter(numbers))
    }

    #[test]
    fn a_place_is_looked_into_only_if_a_key_lies_between_its_bounds() {
        let bounds =
            Bounds::new([Some((numbers([Some(10), Some(30), None]), numbers([Some(20), Some(40), None])))]);
        let may_hold =
            |place, keys: &[i64]| bounds.may_hold(place, &[numbers(keys.iter().copied().map(Some))]);
        assert!(may_hold(0, &[1, 10]) && may_hold(0, &[20, 50]) && may_hold(0, &[5, 15, 25]));
        assert!(!may_hold(0, &[1, 9, 21]) && !may_hold(1, &[10, 29, 41]) && !may_hold(1, &[]));
        assert!(may_hold(2, &[1]), "nothing is known of it");
    }

    #[test]
    fn a_key_of_two_columns_must_fit_in_both() {
        let text = |values: &[&str]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
        let bounds =
            Bounds::new([Some((text(&["b"]), text(&["d"]))), Some((numbers([Some(1)]), numbers([Some(5)])))]);
        let may_hold = |names: &[&str], ids: &[i64]| {
            bounds.may_hold(0, &[text(names), numbers(ids.iter().copied().map(Some))])
        };
        assert!(may_hold(&["a", "c"], &[9, 5]));
        assert!(!may_hold(&["a", "c", "e"], &[3, 9, 3]), "each fits in one only");
    }

    #[test]
    fn what_the_log_rounds_is_loosened() {
        let decimals: ArrayRef =
            Arc::new(Decimal128Array::from(vec![12345]).with_precision_and_scale(18, 2).unwrap());
        let looser = loosened(&decimals, decimals.data_type(), 1).unwrap();
        assert_eq!(looser.as_primitive::<Decimal128Type>().value(0), 12346);
        assert!(loosened(&decimals, &DataType::Decimal128(38, 2), 1).is_none());
        let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![5000]).with_timezone("UTC"));
        let looser = loosened(&times, times.data_type(), -1).unwrap();
        assert_eq!(looser.as_primitive::<TimestampMicrosecondType>().value(0), 4000);
    }
}

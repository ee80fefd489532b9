use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, DictionaryArray, Int32Array, Int64Array, ListArray, MapArray,
    StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{CastOptions, cast, cast_with_options};
use arrow::datatypes::{DataType, Date32Type, Field, Int64Type, TimeUnit};

use super::*;

const YEAR_10000: i32 = 2_932_897;

fn dates(days: impl IntoIterator<Item = Option<i32>>) -> ArrayRef {
    Arc::new(Date32Array::from_iter(days))
}

fn found(array: &dyn Array) -> Vec<usize> {
    rows(array, Reach::Years).map(|rows| rows.set_indices().collect()).unwrap_or_default()
}

fn value(array: &ArrayRef, reach: Reach) -> Option<String> {
    beyond_in("c", array, reach).map(|beyond| format!("{} {}", beyond.column, beyond.value))
}

/// One array of each type that counts time in 64 bits.
fn of_type(numbers: &[i64], data_type: &DataType) -> ArrayRef {
    cast(&Int64Array::from(numbers.to_vec()), data_type).unwrap()
}

#[test]
fn years_end_where_readers_do_in_every_unit() {
    for (unit, second) in
        [(TimeUnit::Second, 1), (TimeUnit::Millisecond, 1000), (TimeUnit::Microsecond, 1_000_000)]
    {
        for zone in [None, Some("UTC".into())] {
            let (first, end) = (-719_162 * 86_400 * second, 2_932_897 * 86_400 * second);
            let times = [first - 1, first, 0, end - 1, end, i64::MIN, i64::MAX];
            assert_eq!(found(&of_type(&times, &DataType::Timestamp(unit, zone))), [0, 4, 5, 6], "{unit:?}");
        }
    }
    let days = dates([-719_163, -719_162, 2_932_896, YEAR_10000, i32::MIN, i32::MAX].map(Some));
    assert_eq!(found(&days), [0, 3, 4, 5]);
    assert!(
        found(&of_type(&[i64::MAX, i64::MIN], &DataType::Timestamp(TimeUnit::Nanosecond, None))).is_empty()
    );
    assert!(found(&of_type(&[i64::MAX], &DataType::Int64)).is_empty());
}

#[test]
fn values_are_named_as_people_write_them() {
    let times = |unit, number| {
        let zoned = DataType::Timestamp(unit, Some("UTC".into()));
        value(&of_type(&[number], &zoned), Reach::Years).unwrap()
    };
    assert_eq!(times(TimeUnit::Microsecond, i64::MAX), "c 294247-01-10 04:00:54.775807 UTC");
    assert_eq!(times(TimeUnit::Second, 1_000_000_000_000), "c 33658-09-27 01:46:40 UTC");
    assert_eq!(times(TimeUnit::Millisecond, i64::MIN), "c 292275056-05-16 16:47:04.192 UTC BC");
    assert_eq!(value(&dates([Some(YEAR_10000)]), Reach::Years).unwrap(), "c 10000-01-01");
    assert_eq!(value(&dates([Some(-719_163)]), Reach::Years).unwrap(), "c 0001-12-31 BC");
    assert_eq!(value(&dates([Some(i32::MAX)]), Reach::Years).unwrap(), "c 5881580-07-11");
    let date64 = of_type(&[253_402_300_800_000], &DataType::Date64);
    assert_eq!(value(&date64, Reach::Years).unwrap(), "c 10000-01-01 00:00:00");
}

/// Where the years that people write are those of the library, the dates are.
#[test]
fn the_calendar_is_that_of_the_library() {
    for days in (-719_162..2_932_896).step_by(997).chain([19_781, 19_782, 19_783, 11_016]) {
        let date = dates([Some(days)]);
        let text = cast(&date, &DataType::Utf8).unwrap();
        assert_eq!(calendar::written(&DataType::Date32, days.into()), text.as_string::<i32>().value(0));
    }
}

#[test]
fn what_is_nested_counts_for_its_row() {
    let list = ListArray::from_iter_primitive::<Date32Type, _, _>([
        Some(vec![Some(0)]),
        None,
        Some(vec![Some(1), None, Some(YEAR_10000)]),
        Some(vec![]),
    ]);
    let list: ArrayRef = Arc::new(list);
    assert_eq!(found(&list), [2]);
    assert_eq!((found(&list.slice(0, 2)), found(&list.slice(2, 2))), (vec![], vec![0]));
    let plain: ArrayRef = Arc::new(Int32Array::from(vec![1; 4]));
    let outer: ArrayRef = Arc::new(StructArray::from(vec![
        (Arc::new(Field::new("n", DataType::Int32, true)), plain),
        (Arc::new(Field::new("days", list.data_type().clone(), true)), Arc::clone(&list)),
    ]));
    assert_eq!(
        (found(&outer), value(&outer, Reach::Years).unwrap()),
        (vec![2], "c.days 10000-01-01".to_owned())
    );
    let keys = Int64Array::from(vec![Some(0), Some(1), None]);
    let dictionary: ArrayRef =
        Arc::new(DictionaryArray::<Int64Type>::try_new(keys, dates([Some(0), Some(YEAR_10000)])).unwrap());
    assert_eq!(
        (found(&dictionary), value(&dictionary, Reach::Years).unwrap()),
        (vec![1], "c 10000-01-01".to_owned())
    );
    let fixed = cast(
        &list.slice(0, 1),
        &DataType::FixedSizeList(Arc::new(Field::new_list_field(DataType::Date32, true)), 1),
    );
    assert!(found(&fixed.unwrap()).is_empty());
}

#[test]
fn maps_are_looked_into() {
    let keys: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
    let entries = StructArray::from(vec![
        (Arc::new(Field::new("keys", DataType::Int32, false)), keys),
        (Arc::new(Field::new("values", DataType::Date32, true)), dates([Some(0), Some(1), Some(YEAR_10000)])),
    ]);
    let field = Arc::new(Field::new("entries", entries.data_type().clone(), false));
    let map: ArrayRef =
        Arc::new(MapArray::new(field, OffsetBuffer::new(vec![0, 2, 3].into()), entries, None, false));
    assert_eq!(
        (found(&map), value(&map, Reach::Years).unwrap()),
        (vec![1], "c.values 10000-01-01".to_owned())
    );
}

#[test]
fn what_a_null_hides_is_not_there() {
    let days = Date32Array::new(vec![YEAR_10000, 0].into(), Some(NullBuffer::from(vec![false, true])));
    assert!(found(&days).is_empty());
    let fields = vec![Field::new("d", DataType::Date32, true)].into();
    let hidden = NullBuffer::from(vec![false, true]);
    let parts = StructArray::new(fields, vec![dates([Some(YEAR_10000), Some(0)])], Some(hidden));
    assert!(found(&parts).is_empty());
}

/// Otherwise Arrow writes `ERROR: …` where the value should stand.
#[test]
fn there_is_a_text_for_whatever_does_not_go_too_far() {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let types = [
        DataType::Date64,
        DataType::Timestamp(TimeUnit::Second, Some("+14:00".into())),
        DataType::Timestamp(TimeUnit::Millisecond, Some("-12:00".into())),
        DataType::Timestamp(TimeUnit::Microsecond, None),
        DataType::Time64(TimeUnit::Microsecond),
        DataType::Time64(TimeUnit::Nanosecond),
        DataType::Duration(TimeUnit::Second),
        DataType::Duration(TimeUnit::Millisecond),
    ];
    for data_type in types {
        let bounds = Reach::Text.bounds(&data_type).unwrap();
        let within = of_type(&[*bounds.start(), *bounds.end()], &data_type);
        assert_eq!(value(&within, Reach::Text), None, "{data_type}");
        let text = cast_with_options(&within, &DataType::Utf8, &strict).unwrap();
        assert!(text.as_string::<i32>().iter().flatten().all(|text| text != "<invalid>"), "{data_type}");
        let beyond = of_type(&[bounds.start() - 1, bounds.end() + 1], &data_type);
        assert_eq!(rows(&beyond, Reach::Text).unwrap().count_set_bits(), 2, "{data_type}");
    }
    let days = dates([-96_464_927, 95_025_871].map(Some));
    assert_eq!(
        (value(&days, Reach::Text), cast_with_options(&days, &DataType::Utf8, &strict).is_ok()),
        (None, true)
    );
}

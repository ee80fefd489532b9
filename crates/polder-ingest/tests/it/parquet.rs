use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, Date32Array, DictionaryArray, Float32Array, Int32Array, Int64Array,
    ListArray, MapArray, RecordBatch, StringArray, StructArray, Time32MillisecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, UInt64Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Date32Type, Field, Int32Type, Int64Type};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use polder_ingest::{ColumnRules, Error, KeptSchema, OnAdded, ReadOptions, Salt};
use sha2::{Digest, Sha256};

use crate::support::{read, read_by};

pub(crate) fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(1000))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn integers(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

#[tokio::test]
async fn types_become_the_nearest_that_hold_all_values() {
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), None]);
    let inner: ArrayRef = Arc::new(StringArray::from(vec!["x\"", "y"]));
    let nested = StructArray::from(vec![(Arc::new(Field::new("a", DataType::Utf8, true)), inner)]);
    let dictionary: DictionaryArray<Int32Type> = [Some("red"), None].into_iter().collect();
    let bytes = file(vec![
        ("small", Arc::new(Int32Array::from(vec![1, 2]))),
        ("large", Arc::new(UInt64Array::from(vec![u64::MAX, 0]))),
        ("float", Arc::new(Float32Array::from(vec![0.5, 1.5]))),
        ("at", Arc::new(TimestampNanosecondArray::from(vec![1_999, 0]).with_timezone("+02:00"))),
        ("list", Arc::new(list)),
        ("nested", Arc::new(nested)),
        ("colour", Arc::new(dictionary)),
        ("bytes", Arc::new(BinaryArray::from(vec![b"\xFF".as_slice(), b""]))),
    ]);
    let read = read("a.parquet", bytes, ReadOptions::default()).await.unwrap();
    assert_eq!(
        read.columns(),
        [
            "small bigint",
            "large decimal(20,0)",
            "float double",
            "at timestamptz",
            "list json",
            "nested json",
            "colour text",
            "bytes bytea"
        ]
    );
    assert_eq!(
        read.rows()[0],
        r#"{"small":1,"large":18446744073709551615,"float":0.5,"at":"1970-01-01T00:00:00.000001Z","list":"[1,null]","nested":"{\"a\":\"x\\\"\"}","colour":"red","bytes":"ff"}"#
    );
}

#[tokio::test]
async fn values_of_another_type_are_read_by_the_rules_for_text() {
    let kept = read("a.csv", "n,t\n1,x\n", ReadOptions::default()).await.unwrap().schema;
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["5", "x", "007"]));
    let read = read_by(
        kept,
        "a.parquet",
        file(vec![("n", texts), ("t", integers([1, 2, 3]))]),
        ReadOptions::default(),
    )
    .await;
    assert_eq!(read.rows(), [r#"{"n":5,"t":"1"}"#]);
    assert_eq!(read.reasons(), ["2 wrong_type", "3 wrong_type"]);
    assert_eq!(read.rejected[0].raw.as_deref(), Some(r#"{"n":"x","t":2}"#));
}

#[tokio::test]
async fn floating_numbers_are_not_cut_to_whole_ones() {
    let kept = read("a.csv", "n\n1\n", ReadOptions::default()).await.unwrap().schema;
    let numbers: ArrayRef = Arc::new(Float32Array::from(vec![2.5]));
    let read = read_by(kept, "a.parquet", file(vec![("n", numbers)]), ReadOptions::default()).await;
    assert_eq!(read.reasons(), ["1 wrong_type"]);
}

/// They would stop whoever writes or reads the table.
#[tokio::test]
async fn dates_and_times_beyond_the_years_that_others_know_are_rejected() {
    let (year_one, year_9999) = (-719_162, 2_932_896);
    let days =
        Date32Array::from(vec![i32::MAX, i32::MIN, year_one - 1, year_9999 + 1, year_one, year_9999, 0]);
    let day = 86_400_000;
    let at = |days: i32| i64::from(days) * day;
    let times = [i64::MAX, i64::MIN, 0, 0, at(year_one) - 1, at(year_9999 + 1), at(year_9999 + 1) - 1];
    let bytes = file(vec![
        ("d", Arc::new(days)),
        ("t", Arc::new(TimestampMillisecondArray::from(times.to_vec()).with_timezone("UTC"))),
    ]);
    for kept in ["d,t\n2025-01-01,2025-01-01T00:00Z\n", "d,t\nx,y\n", "d\n2025-01-01T00:00\n"] {
        let kept = read("a.csv", kept, ReadOptions::default()).await.unwrap().schema;
        let read = read_by(kept, "a.parquet", &bytes, ReadOptions::default()).await;
        assert_eq!((read.rows().len(), read.rejected.len()), (1, 6), "{:?}", read.columns());
        assert_eq!(read.rejected[0].reason, "wrong_type");
    }
    let read = read("a.parquet", bytes, ReadOptions::default()).await.unwrap();
    assert_eq!(read.rows(), [r#"{"d":"1970-01-01","t":"9999-12-31T23:59:59.999Z"}"#]);
    assert_eq!(read.rejected[0].message, "column d: the value is not within the years 0001 to 9999");
    assert_eq!(read.rejected[0].raw.as_deref(), Some(r#"{"d":2147483647,"t":9223372036854775807}"#));
    assert_eq!(read.rejected[4].raw.as_deref(), Some(r#"{"d":"0001-01-01","t":-62135596800001}"#));
}

/// As JSON there would be an error of Arrow where the value should stand.
#[tokio::test]
async fn they_are_rejected_however_deep_they_lie() {
    let times =
        || -> ArrayRef { Arc::new(TimestampMillisecondArray::from(vec![0, i64::MAX]).with_timezone("UTC")) };
    let of_type = |values: ArrayRef| Arc::new(Field::new("at", values.data_type().clone(), true));
    let nested: ArrayRef = Arc::new(StructArray::from(vec![(of_type(times()), times())]));
    let days = [Some(vec![Some(0), None]), Some(vec![Some(1), Some(i32::MAX)])];
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Date32Type, _, _>(days));
    let keys: ArrayRef = Arc::new(StringArray::from(vec!["k", "k"]));
    let entries = StructArray::from(vec![
        (Arc::new(Field::new("keys", DataType::Utf8, false)), keys),
        (of_type(times()), times()),
    ]);
    let field = Arc::new(Field::new("entries", entries.data_type().clone(), false));
    let offsets = OffsetBuffer::from_lengths([1, 1]);
    let map: ArrayRef = Arc::new(MapArray::new(field, offsets, entries, None, false));
    let expected = [
        (nested, r#"{"n":"{\"at\":\"1970-01-01T00:00:00Z\"}"}"#, r#"{"n":{"at":9223372036854775807}}"#),
        (list, r#"{"n":"[\"1970-01-01\",null]"}"#, r#"{"n":[1,2147483647]}"#),
        (map, r#"{"n":"{\"k\":\"1970-01-01T00:00:00Z\"}"}"#, r#"{"n":{"k":9223372036854775807}}"#),
    ];
    for (array, row, raw) in expected {
        let read = read("a.parquet", file(vec![("n", array)]), ReadOptions::default()).await.unwrap();
        assert_eq!((read.columns(), read.rows()), (vec!["n json".to_owned()], vec![row.to_owned()]));
        assert_eq!(read.reasons(), ["2 wrong_type"]);
        let message = "column n: a date or time in it is not within the years 0001 to 9999";
        assert_eq!(
            (read.rejected[0].message.as_str(), read.rejected[0].raw.as_deref()),
            (message, Some(raw))
        );
    }
}

#[tokio::test]
async fn one_value_that_cannot_be_text_costs_no_other_row() {
    let kept = read("a.csv", "t\nx\n", ReadOptions::default()).await.unwrap().schema;
    let times: ArrayRef = Arc::new(Time32MillisecondArray::from(vec![1000, -5, 2000]));
    let read = read_by(kept, "a.parquet", file(vec![("t", times)]), ReadOptions::default()).await;
    assert_eq!(read.rows(), [r#"{"t":"00:00:01"}"#, r#"{"t":"00:00:02"}"#]);
    assert_eq!(read.reasons(), ["2 wrong_type"]);
}

#[tokio::test]
async fn new_and_missing_columns_are_as_elsewhere() {
    let kept = read("a.csv", "b,a\nx,1\n", ReadOptions::default()).await.unwrap().schema;
    let bytes = file(vec![("New", integers([7, 8])), ("a", integers([1, 2]))]);
    for (on_added, expected) in [(OnAdded::Evolve, r#"{"a":1,"new":7}"#), (OnAdded::Ignore, r#"{"a":1}"#)] {
        let options = ReadOptions { on_added, ..ReadOptions::default() };
        let read = read_by(kept.clone(), "a.parquet", &bytes, options).await;
        assert_eq!((read.rows()[0].as_str(), read.changes.len()), (expected, 1));
    }
}

#[tokio::test]
async fn columns_are_hidden_and_hashed() {
    let columns = ColumnRules {
        exclude: vec!["iban".to_owned()],
        hash: vec!["id".to_owned()],
        key: vec!["k".to_owned()],
        ..ColumnRules::default()
    };
    let options = ReadOptions { columns, salt: Salt::new("pepper"), ..ReadOptions::default() };
    let key: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
    let iban: ArrayRef = Arc::new(StringArray::from(vec!["DE89", "DE89"]));
    let read = read("a.parquet", file(vec![("id", integers([7, 8])), ("IBAN", iban), ("k", key)]), options)
        .await
        .unwrap();
    assert_eq!(read.rows(), [format!(r#"{{"id":"{}","k":1}}"#, hex::encode(Sha256::digest("pepper7")))]);
    assert_eq!((read.reasons(), read.rejected[0].raw.as_deref()), (vec!["2 null_key".to_owned()], None));
}

#[tokio::test]
async fn many_rows_in_many_groups_come_in_batches() {
    let bytes = file(vec![("n", integers(0..10_000)), ("m", integers(0..10_000))]);
    let read = read("a.parquet", bytes, ReadOptions::default()).await.unwrap();
    assert_eq!((read.batch().num_rows(), read.rejected.len()), (10_000, 0));
}

#[tokio::test]
async fn parquet_that_is_cut_off_or_something_else_is_an_error() {
    let whole = file(vec![("n", integers(0..10_000))]);
    for length in [0, 3, 11, 100, whole.len() - 1] {
        let error = read("a.parquet", &whole[..length], ReadOptions::default()).await.err().unwrap();
        assert!(matches!(error, Error::Truncated { .. }), "{length}: {error}");
    }
    let error = read("a.parquet", "id,name\n1,this is CSV\n", ReadOptions::default()).await.err().unwrap();
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn parquet_that_is_damaged_inside_is_an_error_and_no_panic() {
    let whole = file(vec![("n", integers((0..10_000).map(|n| n * 7919 % 10_007)))]);
    for at in (4..whole.len() - 8).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[at..at + 4].fill(0x5A);
        let read = read_by_lenient(damaged).await;
        assert!(read.is_none_or(|error| matches!(error, Error::Corrupt { .. } | Error::Truncated { .. })));
    }
}

async fn read_by_lenient(bytes: Vec<u8>) -> Option<Error> {
    read_by(Arc::new(KeptSchema::empty()), "a.parquet", bytes, ReadOptions::default()).await.error
}

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::csv::WriterBuilder;
use arrow::json::LineDelimitedWriter;
use object_store::chunked::ChunkedStore;
use polder_ingest::{
    ColumnRules, FileFormat, Format, KeptSchema, Limits, ReadOptions, Sample, Source, infer,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use crate::support::{Read, read, read_source, store};

const TYPES: [(&str, &str); 7] = [
    ("n", "bigint"),
    ("d", "decimal(30,4)"),
    ("b", "boolean"),
    ("f", "double"),
    ("day", "date"),
    ("at", "timestamp"),
    ("t", "text"),
];

type Row = (Option<i64>, Option<i64>, Option<bool>, Option<f64>, Option<i32>, Option<i64>, Option<String>);

/// Texts are not empty: a writer of CSV writes an empty one as it writes null.
fn row() -> impl Strategy<Value = Row> {
    (
        of(any::<i64>()),
        of(any::<i64>()),
        of(any::<bool>()),
        of(proptest::num::f64::NORMAL | proptest::num::f64::ZERO),
        of(-700_000..2_900_000),
        of(-60_000_000_000_000_000i64..250_000_000_000_000_000),
        of("[a-c,;\"'\\\\\n\r\t é😀]{1,12}"),
    )
}

fn batch(rows: &[Row]) -> RecordBatch {
    let decimals: Decimal128Array = rows.iter().map(|row| row.1.map(i128::from)).collect();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>()),
        Arc::new(decimals.with_precision_and_scale(30, 4).unwrap()),
        Arc::new(rows.iter().map(|row| row.2).collect::<BooleanArray>()),
        Arc::new(rows.iter().map(|row| row.3).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| row.4).collect::<Date32Array>()),
        Arc::new(rows.iter().map(|row| row.5).collect::<TimestampMicrosecondArray>()),
        Arc::new(rows.iter().map(|row| row.6.as_deref()).collect::<StringArray>()),
    ];
    RecordBatch::try_from_iter(TYPES.map(|(name, _)| name).into_iter().zip(columns)).unwrap()
}

fn declared() -> ReadOptions {
    let types = TYPES.map(|(name, column_type)| (name.to_owned(), column_type.parse().unwrap())).into();
    ReadOptions { columns: ColumnRules { types, ..ColumnRules::default() }, ..ReadOptions::default() }
}

fn in_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

fn same_columns(read: &Read, written: &RecordBatch) -> bool {
    read.batch().columns() == written.columns()
}

/// Reads with small limits and in small pieces.
fn read_in_pieces(
    name: &str,
    bytes: &[u8],
    block: usize,
    chunk: usize,
) -> (Vec<String>, Vec<crate::support::Rejected>) {
    in_runtime(async {
        let store = ChunkedStore::new(store(&[(name, bytes)]).await, chunk);
        let source = Source::in_store(Arc::new(store), name).unwrap();
        let limits = Limits { block_bytes: block, record_bytes: 4096, ..Limits::default() };
        let options = Arc::new(ReadOptions { limits, ..declared() });
        let read = read_source(&source, kept_text(), &options).await.unwrap();
        let mut rows = read.rows_before_error();
        rows.extend(read.error.map(|error| error.to_string()));
        (rows, read.rejected)
    })
}

fn kept_text() -> Arc<KeptSchema> {
    let columns =
        ["a", "b", "c"].map(|name| format!(r#"{{"name":"{name}","original":"{name}","type":"text"}}"#));
    Arc::new(serde_json::from_str(&format!(r#"{{"version":1,"columns":[{}]}}"#, columns.join(","))).unwrap())
}

fn read_anything(name: &str, bytes: &[u8], format: Format) {
    in_runtime(async {
        let source = Source::in_store(store(&[(name, bytes)]).await, name).unwrap();
        let limits = Limits { block_bytes: 32, record_bytes: 128, ..Limits::default() };
        let format = FileFormat { format: Some(format), ..FileFormat::default() };
        let options = Arc::new(ReadOptions { format, limits, ..ReadOptions::default() });
        let files = source.list().await.unwrap();
        let told = infer(&source, &files, &options, Sample::default()).await;
        let read = read_source(&source, Arc::new(KeptSchema::empty()), &options).await;
        for error in [told.err(), read.map_or_else(Some, |read| read.error)].into_iter().flatten() {
            assert!(!matches!(error, polder_ingest::Error::BrokeOff { .. }), "{error}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn csv_that_arrow_wrote_is_read_back(rows in vec(row(), 1..40)) {
        let written = batch(&rows);
        let mut bytes = Vec::new();
        WriterBuilder::new().with_header(true).build(&mut bytes).write(&written).unwrap();
        let read = in_runtime(read("a.csv", &bytes, declared())).unwrap();
        prop_assert!(read.rejected.is_empty(), "{:?}", read.rejected);
        prop_assert!(same_columns(&read, &written), "{:?}\n{written:?}", read.batch());
    }

    #[test]
    fn json_that_arrow_wrote_is_read_back(rows in vec(row(), 1..40)) {
        let written = batch(&rows);
        let mut writer = LineDelimitedWriter::new(Vec::new());
        writer.write(&written).unwrap();
        writer.finish().unwrap();
        let read = in_runtime(read("a.jsonl", writer.into_inner(), declared())).unwrap();
        prop_assert!(read.rejected.is_empty(), "{:?}", read.rejected);
        for (at, (name, _)) in TYPES.iter().enumerate() {
            match read.batch().column_by_name(name) {
                Some(column) => prop_assert_eq!(column, written.column(at)),
                None => prop_assert_eq!(written.column(at).null_count(), rows.len()),
            }
        }
    }

    #[test]
    fn parquet_that_was_written_is_read_back(rows in vec(row(), 1..40)) {
        let written = batch(&rows);
        let columns = written.schema().fields().iter().zip(written.columns()).map(|(field, column)| (field.name().clone(), column.clone())).collect::<Vec<_>>();
        let bytes = crate::parquet::file(columns.iter().map(|(name, column)| (name.as_str(), column.clone())).collect());
        let read = in_runtime(read("a.parquet", bytes, ReadOptions::default())).unwrap();
        prop_assert!(same_columns(&read, &written));
    }

    #[test]
    fn how_a_csv_comes_in_pieces_makes_no_difference(
        lines in vec("(x|\"[,\n\"]{0,3}\"|ü|\"|#|\r)?(,(y|\"\"|\"a\"\"b\"|\" ))?(,z{0,40})?", 0..40),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        block in 1usize..200,
        chunk in 1usize..50,
    ) {
        let text = format!("a,b,c{end}{}", lines.join(end));
        let whole = read_in_pieces("x.csv", text.as_bytes(), 1 << 20, 1 << 20);
        prop_assert_eq!(read_in_pieces("x.csv", text.as_bytes(), block, chunk), whole);
    }

    #[test]
    fn how_json_comes_in_pieces_makes_no_difference(
        rows in vec("\\{(\"a\":(1|\"x\\\\\"\"|\\[\"]\"\\]))?(,\"b\":null)?\\}|7|\\{", 0..30),
        block in 1usize..200,
        chunk in 1usize..50,
    ) {
        for (name, text) in [("x.jsonl", rows.join("\n")), ("x.json", format!("[{}\n]", rows.join(",\n")))] {
            let whole = read_in_pieces(name, text.as_bytes(), 1 << 20, 1 << 20);
            prop_assert_eq!(read_in_pieces(name, text.as_bytes(), block, chunk), whole);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in vec(prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\\n\r019.eE+-tfn\0\xFF\xFE\x1F\x8B ".to_vec())], 0..300)) {
        for format in [Format::Csv, Format::Jsonl, Format::Json] {
            read_anything("x", &bytes, format);
        }
        read_anything("x.parquet", &[b"PAR1", bytes.as_slice(), b"PAR1"].concat(), Format::Parquet);
    }
}

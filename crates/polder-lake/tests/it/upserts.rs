use std::sync::Arc;

use deltalake::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use deltalake::arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit};
use deltalake::datafusion::prelude::SessionContext;
use polder_lake::operations::{Batches, Design, Note, Upserted};
use polder_lake::{Error, Line, Table};

use crate::bench::{Bench, branch, ids, name, now, rows};

pub(crate) fn id() -> Vec<String> {
    vec!["id".to_owned()]
}

/// Ids with names.
pub(crate) fn named(rows: &[(i64, &str)]) -> Batches {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0)));
    let names: ArrayRef = Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1)));
    Batches::of(vec![RecordBatch::try_from_iter([("id", ids), ("name", names)]).unwrap()])
}

async fn upsert(table: Table, rows: Batches) -> (Table, Upserted) {
    table.upsert(rows, &id(), None, now(), &Note::default()).await.unwrap()
}

/// All rows as text, sorted.
pub(crate) async fn content(table: &Table) -> Vec<String> {
    let context = SessionContext::new();
    context.register_table("t", table.delta().table_provider().await.unwrap()).unwrap();
    let batches = context.sql("SELECT * FROM t").await.unwrap().collect().await.unwrap();
    let mut rows = Vec::new();
    for batch in &batches {
        let texts: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| deltalake::arrow::compute::cast(column, &DataType::Utf8).unwrap())
            .collect();
        for row in 0..batch.num_rows() {
            let values = texts.iter().map(|text| match text.is_null(row) {
                true => "-",
                false => text.as_string::<i32>().value(row),
            });
            rows.push(values.collect::<Vec<_>>().join(" "));
        }
    }
    rows.sort();
    rows
}

#[tokio::test]
async fn rows_are_replaced_and_added() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", 1..=3).await;
    let (table, done) = upsert(table, named(&[(4, "d"), (2, "b")])).await;
    assert_eq!((done.inserted, done.updated, done.duplicates), (1, 1, 0));
    assert_eq!((done.files_read, done.files_rewritten), (1, 1));
    assert!(done.bytes > 0);
    assert_eq!(content(&table).await, ["1 n1", "2 b", "3 n3", "4 d"]);
    assert_eq!(table.version(), 2, "one commit");
    let (table, done) = upsert(table, named(&[(9, "i")])).await;
    assert_eq!((done.inserted, done.files_read), (1, 0), "the log tells that it is nowhere");
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3, 4, 9]);
    let (table, done) = upsert(table, Batches::of(Vec::new())).await;
    assert_eq!((done, table.version()), (Upserted::default(), 3));
}

#[tokio::test]
async fn the_first_upsert_fills_a_table_and_sorts_it() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", []).await;
    let (table, done) = upsert(table, rows((0..1000).rev())).await;
    assert_eq!((done.inserted, done.updated, done.files_rewritten), (1000, 0, 0));
    assert_eq!(ids(&table).await, (0..1000).collect::<Vec<_>>());
    let properties = table.delta().snapshot().unwrap().metadata().configuration().clone();
    assert_eq!(properties["polder.key"], r#"["id"]"#);
}

#[tokio::test]
async fn the_last_of_several_rows_counts() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", [1]).await;
    let (table, done) = upsert(table, named(&[(1, "z"), (2, "x"), (1, "a"), (2, "c"), (2, "b")])).await;
    assert_eq!((done.inserted, done.updated, done.duplicates), (1, 1, 3));
    assert_eq!(content(&table).await, ["1 a", "2 b"]);
    let batch = named(&[(1, "k"), (1, "z"), (1, "m")]);
    let (table, done) = table.upsert(batch, &id(), Some("name"), now(), &Note::default()).await.unwrap();
    assert_eq!(done.duplicates, 2);
    assert_eq!(content(&table).await, ["1 z", "2 b"], "by the cursor");
}

#[tokio::test]
async fn one_row_is_left_of_a_key_that_the_table_had_twice() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", [1, 2, 2, 3]).await;
    let (table, _) = table.append(rows([2, 4]), &Note::default()).await.unwrap();
    let (table, done) = upsert(table, named(&[(2, "b")])).await;
    assert_eq!((done.updated, done.surplus, done.files_rewritten), (1, 2, 2));
    assert_eq!(content(&table).await, ["1 n1", "2 b", "3 n3", "4 n4"]);
}

#[tokio::test]
async fn a_poor_key_is_refused_by_name() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", [1]).await;
    let upsert = async |rows, key: &[&str], cursor| {
        let key: Vec<_> = key.iter().map(|column| (*column).to_owned()).collect();
        table.clone().upsert(rows, &key, cursor, now(), &Note::default()).await.unwrap_err().to_string()
    };
    insta::assert_snapshot!(upsert(rows([1]), &["no"], None).await, @"column no of table raw.orders: it is part of the key, and the table has no such column");
    insta::assert_snapshot!(upsert(rows([1]), &[], None).await, @"column * of table raw.orders: a key has at least one column");
    insta::assert_snapshot!(upsert(rows([1]), &["id"], Some("no")).await, @"column no of table raw.orders: it is the cursor, and the table has no such column");
    let nulls: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, None]));
    let nulls = || Batches::of(vec![RecordBatch::try_from_iter([("id", Arc::clone(&nulls))]).unwrap()]);
    insta::assert_snapshot!(upsert(nulls(), &["id"], None).await, @"column id of table raw.orders: it may not be null, and 2 values are");
    let names: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>]));
    let ones: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let nameless = Batches::of(vec![RecordBatch::try_from_iter([("id", ones), ("name", names)]).unwrap()]);
    let refused = upsert(nameless, &["name"], None).await;
    insta::assert_snapshot!(refused, @"column name is part of the key of table raw.orders, and is null in 1 of the rows to write");
    assert_eq!(bench.outside("raw.orders").await, [1]);
}

fn wide() -> SchemaRef {
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("day", DataType::Date32, true),
        Field::new("code", DataType::Utf8, true),
        Field::new("price", DataType::Decimal128(38, 4), true),
        Field::new("at", utc, true),
        Field::new("value", DataType::Int64, true),
    ]))
}

fn wide_rows(range: std::ops::Range<i64>, value: i64) -> Batches {
    let times = TimestampMicrosecondArray::from_iter_values(range.clone().map(|row| row * 1_234_567));
    let prices =
        Decimal128Array::from_iter_values(range.clone().map(|row| 10_i128.pow(30) + i128::from(row)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Date32Array::from_iter_values(range.clone().map(|row| i32::try_from(row % 3).unwrap()))),
        Arc::new(StringArray::from_iter_values(range.clone().map(|row| format!("é-{row:040}")))),
        Arc::new(prices.with_precision_and_scale(38, 4).unwrap()),
        Arc::new(times.with_timezone("UTC")),
        Arc::new(Int64Array::from_iter_values(range.map(|row| row * 1000 + value))),
    ];
    Batches::of(vec![RecordBatch::try_new(wide(), columns).unwrap()])
}

/// In a folder each, or not; by each type of key alone, and by all together.
#[tokio::test]
async fn keys_may_be_of_many_types_and_columns() {
    let bench = Bench::new();
    for (number, key) in
        ["code", "price", "at", "price,code", "day,at", "day,code,price,at"].iter().enumerate()
    {
        for folders in [vec![], vec!["day".to_owned()]] {
            let table = name(&format!("raw.t{number}_{}", folders.len()));
            let design = Design { partition_by: folders, ..Design::new(wide()) };
            let table = bench.lake.create(&table, &Line::main(), &design, &Note::default()).await.unwrap();
            let key: Vec<_> = key.split(',').map(str::to_owned).collect();
            let write = async |table: Table, rows| {
                table.upsert(rows, &key, None, now(), &Note::default()).await.unwrap()
            };
            let (table, done) = write(table, wide_rows(0..60, 0)).await;
            assert_eq!((done.inserted, done.updated), (60, 0));
            let (table, done) = write(table, wide_rows(40..100, 1)).await;
            assert_eq!((done.inserted, done.updated, done.surplus), (40, 20, 0), "{key:?}");
            let (table, done) = write(table, wide_rows(100..110, 1)).await;
            assert_eq!((done.inserted, done.updated), (10, 0), "{key:?}");
            let values: i64 = content(&table)
                .await
                .iter()
                .map(|row| row.rsplit(' ').next().unwrap().parse::<i64>().unwrap())
                .sum();
            assert_eq!(values, (0..110).sum::<i64>() * 1000 + 70, "{key:?}");
        }
    }
}

#[tokio::test]
async fn a_row_moves_into_the_folder_that_it_belongs_to() {
    let bench = Bench::new();
    let schema: SchemaRef = Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("place", DataType::Utf8, true),
    ]));
    let design = Design { partition_by: vec!["place".to_owned()], ..Design::new(Arc::clone(&schema)) };
    let table =
        bench.lake.create(&name("raw.orders"), &Line::main(), &design, &Note::default()).await.unwrap();
    let placed = |rows: &[(i64, Option<&str>)]| {
        let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0)));
        let places: ArrayRef = Arc::new(StringArray::from_iter(rows.iter().map(|row| row.1)));
        Batches::of(vec![RecordBatch::try_new(Arc::clone(&schema), vec![ids, places]).unwrap()])
    };
    let (table, _) =
        upsert(table, placed(&[(1, Some("a/b c")), (2, Some("a/b c")), (3, None), (4, None)])).await;
    let (table, done) =
        upsert(table, placed(&[(1, Some("ü=%")), (3, Some("a/b c")), (4, None), (5, None)])).await;
    assert_eq!((done.inserted, done.updated, done.surplus), (1, 3, 0));
    assert_eq!(content(&table).await, ["1 ü=%", "2 a/b c", "3 a/b c", "4 -", "5 -"]);
    let (table, done) = upsert(table, placed(&[(2, Some("x"))])).await;
    assert_eq!((done.updated, done.files_rewritten), (1, 1));
    assert_eq!(content(&table).await, ["1 ü=%", "2 x", "3 a/b c", "4 -", "5 -"]);
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn groups_of_rows_in_which_nothing_changes_are_copied() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", []).await;
    let (table, _) = upsert(table, rows(0..200_000)).await;
    let (table, done) = upsert(table, named(&[(70_000, "x"), (200_000, "new")])).await;
    assert_eq!((done.inserted, done.updated, done.files_rewritten), (1, 1, 1));
    let context = SessionContext::new();
    context.register_table("t", table.delta().table_provider().await.unwrap()).unwrap();
    let sql = "SELECT count(*), sum(id), count(DISTINCT id), count(*) FILTER (WHERE name = 'n' || id) FROM t";
    let answer = context.sql(sql).await.unwrap().collect().await.unwrap();
    let number = |column| answer[0].column(column).as_primitive::<Int64Type>().value(0);
    assert_eq!((number(0), number(2), number(3)), (200_001, 200_001, 199_999));
    assert_eq!(number(1), (0..=200_000).sum::<i64>());
    for id in [0_i64, 65_535, 65_536, 70_000, 131_072, 199_999] {
        let found = context
            .sql(&format!("SELECT name FROM t WHERE id = {id}"))
            .await
            .unwrap()
            .collect()
            .await
            .unwrap();
        assert_eq!(found.iter().map(RecordBatch::num_rows).sum::<usize>(), 1, "{id}");
    }
}

#[tokio::test]
async fn an_upsert_on_a_branch_is_published_as_one_commit() {
    let bench = Bench::new();
    let main = bench.table("raw.orders", 1..=3).await;
    let ours = main.branch(branch("run")).await.unwrap();
    let (ours, _) = upsert(ours, named(&[(2, "b"), (4, "d")])).await;
    let (ours, _) = upsert(ours, named(&[(4, "e"), (1, "a")])).await;
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3]);
    bench.publish("p1", &[&ours]).await;
    let main = bench.lake.table(&name("raw.orders"), &Line::main(), None).await.unwrap();
    assert_eq!((content(&main).await, main.version()), (content(&ours).await, 2));
    assert_eq!(content(&main).await, ["1 a", "2 b", "3 n3", "4 e"]);
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_change_meanwhile_is_told() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", 1..=3).await;
    let (theirs, _) = table.clone().append(rows([4]), &Note::default()).await.unwrap();
    let late =
        table.clone().upsert(named(&[(4, "d")]), &id(), None, now(), &Note::default()).await.unwrap_err();
    assert!(matches!(late, Error::Delta { .. }), "{late}");
    assert_eq!(
        content(&theirs).await,
        content(&bench.lake.table(&name("raw.orders"), &Line::main(), None).await.unwrap()).await
    );
}

#[tokio::test]
async fn more_than_fits_into_memory_is_sorted_on_disk() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", []).await;
    // Four times a chunk, each key twice, in no order.
    let batch = |number: i64| {
        let ids: Vec<_> = (0..2000).map(|row| (row * 48_271 + number % 4 * 2000) % 8009).collect();
        let names = ids.iter().map(|id| format!("{number}-{id}-{}", "x".repeat(15_000)));
        let names: ArrayRef = Arc::new(StringArray::from_iter_values(names));
        let ids: ArrayRef = Arc::new(Int64Array::from(ids));
        RecordBatch::try_from_iter([("id", ids), ("name", names)]).unwrap()
    };
    let schema = batch(0).schema();
    let batches = || {
        Batches::new(Arc::clone(&schema), futures::stream::iter((0..8).map(move |number| Ok(batch(number)))))
    };
    let (table, done) = upsert(table, batches()).await;
    assert_eq!(done.inserted + done.duplicates, 16_000);
    assert_eq!(done.inserted, table.size().unwrap().rows.unwrap());
    let found = ids(&table).await;
    assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
    let (table, again) = upsert(table, batches()).await;
    assert_eq!((again.inserted, again.updated, again.surplus), (0, done.inserted, 0));
    assert_eq!(ids(&table).await, found);
}

#[tokio::test]
async fn deletion_vectors_are_refused() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", 1..=3).await;
    let log = bench.folder.path().join("raw/orders/_delta_log/00000000000000000001.json");
    let text = std::fs::read_to_string(&log).unwrap();
    let vector = r#""deletionVector":{"storageType":"i","pathOrInlineDv":"wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L","sizeInBytes":40,"cardinality":1}"#;
    std::fs::write(&log, text.replace(r#""dataChange":true"#, &format!(r#""dataChange":true,{vector}"#)))
        .unwrap();
    drop(table);
    let table = bench.lake.table(&name("raw.orders"), &Line::main(), None).await.unwrap();
    let refused = table.upsert(rows([1]), &id(), None, now(), &Note::default()).await.unwrap_err();
    assert!(matches!(refused, Error::Unsupported { .. }), "{refused}");
}

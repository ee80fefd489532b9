use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use polder_lake::operations::{Batches, Design, Note};
use polder_lake::{Error, Line, Table};

use crate::bench::{Bench, ids, name, now, rows};
use crate::upserts::{content, id, named};

fn keys(ids: &[Option<i64>]) -> Batches {
    let ids: ArrayRef = Arc::new(Int64Array::from(ids.to_vec()));
    Batches::of(vec![RecordBatch::try_from_iter([("id", ids)]).unwrap()])
}

fn placed_schema() -> SchemaRef {
    let id = Field::new("id", DataType::Int64, false);
    Arc::new(Schema::new(vec![id, Field::new("place", DataType::Utf8, true)]))
}

fn placed(rows: &[(i64, Option<&str>)]) -> Batches {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0)));
    let places: ArrayRef = Arc::new(StringArray::from_iter(rows.iter().map(|row| row.1)));
    Batches::of(vec![RecordBatch::try_new(placed_schema(), vec![ids, places]).unwrap()])
}

/// In a folder for each place.
async fn in_folders(bench: &Bench, rows: &[(i64, Option<&str>)]) -> Table {
    let design = Design { partition_by: vec!["place".to_owned()], ..Design::new(placed_schema()) };
    let table =
        bench.lake.create(&name("raw.orders"), &Line::main(), &design, &Note::default()).await.unwrap();
    table.append(placed(rows), &Note::default()).await.unwrap().0
}

#[tokio::test]
async fn rows_are_deleted_by_a_condition() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", 1..=10).await;
    let (table, _) = table.append(rows(20..30), &Note::default()).await.unwrap();
    let (table, done) = table.delete("id % 2 = 0 AND name < 'n3'", now(), &Note::default()).await.unwrap();
    assert_eq!((done.rows, done.files), (Some(7), 2));
    assert_eq!(ids(&table).await, [1, 3, 4, 5, 6, 7, 8, 9, 21, 23, 25, 27, 29]);
    let (table, done) = table.delete("id >= 20", now(), &Note::default()).await.unwrap();
    assert_eq!((done.rows, done.files, done.bytes), (Some(5), 1, 0), "the file goes as a whole");
    let (table, done) = table.delete("id = 77", now(), &Note::default()).await.unwrap();
    assert_eq!((done.rows, done.files, table.version()), (Some(0), 0, 4), "nothing, so no commit");
    assert_eq!(bench.outside("raw.orders").await, [1, 3, 4, 5, 6, 7, 8, 9]);
    let (table, _) = table.delete("true", now(), &Note::default()).await.unwrap();
    assert!(ids(&table).await.is_empty());
}

#[tokio::test]
async fn what_is_no_condition_is_refused() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", [1]).await;
    for poor in ["id +", "id + 1", "nothing = 1", "random() < 0.5", "id = (SELECT 1)", "true; DROP TABLE t"] {
        let refused = table.clone().delete(poor, now(), &Note::default()).await.unwrap_err();
        assert!(matches!(refused, Error::Query(_)), "{poor}: {refused:?}");
    }
    assert_eq!(bench.outside("raw.orders").await, [1]);
}

#[tokio::test]
async fn rows_are_deleted_by_key() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", [1, 2, 3, 3]).await;
    let delete = async |table: Table, keys| table.delete_keys(keys, &id(), now(), &Note::default()).await;
    let (table, done) = delete(table, keys(&[Some(3), Some(9), Some(3)])).await.unwrap();
    assert_eq!((done.rows, done.files), (Some(2), 1));
    assert_eq!(ids(&table).await, [1, 2]);
    let refused = delete(table.clone(), keys(&[Some(1), None])).await.unwrap_err();
    assert!(matches!(refused, Error::Column { .. } | Error::NullKey { .. }), "{refused}");
    assert_eq!(bench.outside("raw.orders").await, [1, 2]);
}

#[tokio::test]
async fn a_condition_on_folders_reads_none_of_them() {
    let bench = Bench::new();
    let table = in_folders(&bench, &[(1, Some("a")), (2, Some("b")), (3, None), (4, Some("b"))]).await;
    for file in walk(&bench.folder.path().join("raw/orders/place=b")) {
        std::fs::write(file, "not Parquet").unwrap();
    }
    let (table, done) = table.delete("place = 'b'", now(), &Note::default()).await.unwrap();
    assert_eq!((done.rows, done.files), (Some(2), 1));
    assert_eq!(ids(&table).await, [1, 3]);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn folders_are_replaced() {
    let bench = Bench::new();
    let table = in_folders(&bench, &[(1, Some("a")), (2, Some("b")), (3, None)]).await;
    let rows = placed(&[(4, Some("b")), (5, None), (6, Some("c"))]);
    let (table, written) = table.overwrite_partitions(rows, now(), &Note::default()).await.unwrap();
    assert_eq!((written.rows, written.files, table.version()), (3, 3, 2));
    assert_eq!(content(&table).await, ["1 a", "4 b", "5 -", "6 c"]);
}

#[tokio::test]
async fn rows_of_a_condition_are_replaced() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", 1..=6).await;
    let replace =
        async |table: Table, rows| table.overwrite_where(rows, "id > 3", now(), &Note::default()).await;
    let (table, written) = replace(table, named(&[(4, "d"), (9, "i")])).await.unwrap();
    assert_eq!((written.rows, table.version()), (2, 2));
    assert_eq!(content(&table).await, ["1 n1", "2 n2", "3 n3", "4 d", "9 i"]);
    let refused = replace(table, named(&[(3, "c"), (5, "e")])).await.unwrap_err();
    insta::assert_snapshot!(refused, @"`id > 3` is to be replaced in table raw.orders, and is not true for 1 of the rows to write");
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3, 4, 9]);
}

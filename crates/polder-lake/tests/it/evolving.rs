use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Int32Array, RecordBatch};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use polder_lake::operations::{Batches, Design, Note};
use polder_lake::{Line, Table};

use crate::bench::{Bench, name, now, rows};
use crate::upserts::{content, named};

fn columns(columns: &[(&str, DataType)]) -> SchemaRef {
    let fields = columns.iter().map(|(name, data_type)| Field::new(*name, data_type.clone(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

async fn numbers(bench: &Bench) -> Table {
    let schema = columns(&[("id", DataType::Int32), ("price", DataType::Decimal128(10, 2))]);
    let table = bench
        .lake
        .create(&name("raw.t"), &Line::main(), &Design::new(schema), &Note::default())
        .await
        .unwrap();
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), None, Some(i32::MAX)]));
    let rows = Batches::of(vec![RecordBatch::try_from_iter([("id", ids)]).unwrap()]);
    table.append(rows, &Note::default()).await.unwrap().0
}

#[tokio::test]
async fn columns_are_added_without_touching_files() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", [1, 2]).await;
    let files = table.size().unwrap();
    let to = columns(&[("more", DataType::Float64), ("id", DataType::Int64)]);
    let (table, evolved) = table.evolve(&to, now(), &Note::default()).await.unwrap();
    assert_eq!((evolved.added.as_slice(), evolved.widened.len()), (&["more".to_owned()][..], 0));
    assert_eq!(table.size().unwrap(), files);
    assert_eq!(content(&table).await, ["1 n1 -", "2 n2 -"]);
    let version = table.version();
    let (table, evolved) = table.evolve(&to, now(), &Note::default()).await.unwrap();
    assert!(evolved.added.is_empty() && table.version() == version, "it holds them already");
    let key = ["id".to_owned()];
    let (table, _) = table.upsert(named(&[(2, "b")]), &key, None, now(), &Note::default()).await.unwrap();
    assert_eq!(content(&table).await, ["1 n1 -", "2 b -"], "a file without the column is rewritten with it");
    assert_eq!(bench.outside("raw.orders").await, [1, 2]);
}

#[tokio::test]
async fn types_become_wider() {
    let bench = Bench::new();
    let table = numbers(&bench).await;
    let to = columns(&[("id", DataType::Int64), ("price", DataType::Decimal128(14, 4))]);
    let (table, evolved) = table.evolve(&to, now(), &Note::default()).await.unwrap();
    assert_eq!(evolved.widened, ["id", "price"]);
    assert_eq!(table.schema().unwrap().field(0).data_type(), &DataType::Int64);
    assert_eq!(content(&table).await, ["- -", "1 -", "2147483647 -"]);
    let reopened = bench.lake.table(&name("raw.t"), &Line::main(), None).await.unwrap();
    assert_eq!((content(&reopened).await.len(), reopened.version()), (3, 2));
}

#[tokio::test]
async fn anything_else_is_refused_by_name() {
    let bench = Bench::new();
    let table = numbers(&bench).await;
    let refused = async |to: &[(&str, DataType)]| {
        table.clone().evolve(&columns(to), now(), &Note::default()).await.unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused(&[("id", DataType::Utf8)]).await, @"column id of table raw.t: the table has Int32, which cannot become Utf8 without losing values");
    insta::assert_snapshot!(refused(&[("price", DataType::Decimal128(10, 4))]).await, @"column price of table raw.t: the table has Decimal128(10, 2), which cannot become Decimal128(10, 4) without losing values");
    insta::assert_snapshot!(refused(&[("ID", DataType::Int32)]).await, @"column ID of table raw.t: the table has `id`, which differs in case only");
    insta::assert_snapshot!(refused(&[("x", DataType::Utf8), ("X", DataType::Utf8)]).await, @"column X of table raw.t: it is given twice");
    assert_eq!(table.version(), 1);
}

#[tokio::test]
async fn rows_that_replace_all_others_may_be_of_other_types() {
    let bench = Bench::new();
    let table = numbers(&bench).await.with_property("note", "kept", &Note::default()).await.unwrap();
    let to = columns(&[("id", DataType::Utf8), ("more", DataType::Int64)]);
    let table = table.evolve_anew(&to, now(), &Note::default()).await.unwrap();
    let schema = table.schema().unwrap();
    let types: Vec<String> = schema.fields().iter().map(|field| field.data_type().to_string()).collect();
    assert_eq!(types, ["Utf8", "Decimal128(10, 2)", "Int64"]);
    assert_eq!((content(&table).await.len(), table.property("note").unwrap().as_deref()), (0, Some("kept")));
    let version = table.version();
    let table = table.evolve_anew(&to, now(), &Note::default()).await.unwrap();
    assert_eq!(table.version(), version, "it holds them already");
}

#[tokio::test]
async fn the_log_tells_of_values() {
    let bench = Bench::new();
    let table = numbers(&bench).await;
    let told = table.column_statistics().unwrap();
    assert_eq!(
        (told[0].nulls, told[0].min.as_deref(), told[0].max.as_deref()),
        (Some(1), Some("1"), Some("2147483647"))
    );
    assert_eq!((told[1].nulls, told[1].min.as_deref()), (Some(3), None), "{told:?}");
    let (orders, _) =
        bench.table("raw.orders", [3, 1]).await.append(rows([7]), &Note::default()).await.unwrap();
    let told = orders.column_statistics().unwrap();
    assert_eq!(
        (told[0].min.as_deref(), told[1].max.as_deref(), told[1].nulls),
        (Some("1"), Some("n7"), Some(0))
    );
}

#[tokio::test]
async fn times_without_a_zone_are_said_to_be_there() {
    let bench = Bench::new();
    let table = bench.table("raw.orders", [1]).await;
    let to = columns(&[("at", DataType::Timestamp(TimeUnit::Microsecond, None))]);
    let (table, _) = table.evolve(&to, now(), &Note::default()).await.unwrap();
    let protocol = table.delta().snapshot().unwrap().protocol().clone();
    assert_eq!((protocol.min_reader_version(), protocol.min_writer_version()), (3, 7));
    let (table, _) = table.append(rows([2]), &Note::default()).await.unwrap();
    assert_eq!(content(&table).await, ["1 n1 -", "2 n2 -"]);
    assert_eq!(bench.outside("raw.orders").await, [1, 2]);
}

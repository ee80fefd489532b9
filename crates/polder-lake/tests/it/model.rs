//! Whatever is done to a table, it holds what a map would hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use polder_lake::operations::{Batches, Design, Note};
use polder_lake::{Line, Table};
use proptest::prelude::*;

use crate::bench::{Bench, branch, name, now};
use crate::upserts::{content, id};

/// An id, a folder, a value that is the cursor too.
pub(crate) type Row = (i64, Option<u8>, Option<i64>);
/// The rows of each id: appending may add more than one.
type Model = BTreeMap<i64, Vec<Row>>;

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<Row>),
    Upsert(Vec<Row>, bool),
    DeleteKeys(Vec<i64>),
    DeleteWhere(i64),
    OverwriteWhere(i64, Vec<Row>),
    Optimise,
    /// To the main line, to go on from there on another branch.
    Publish,
}

pub(crate) fn row() -> impl Strategy<Value = Row> {
    (0..40_i64, prop::option::of(0..3_u8), prop::option::of(0..9_i64))
}

fn step() -> impl Strategy<Value = Step> {
    let rows = || prop::collection::vec(row(), 0..20);
    prop_oneof![
        2 => rows().prop_map(Step::Append),
        6 => (rows(), any::<bool>()).prop_map(|(rows, cursor)| Step::Upsert(rows, cursor)),
        2 => prop::collection::vec(0..40_i64, 0..6).prop_map(Step::DeleteKeys),
        1 => (0..5_i64).prop_map(Step::DeleteWhere),
        1 => (0..40_i64, rows()).prop_map(|(from, rows)| Step::OverwriteWhere(from, rows)),
        1 => Just(Step::Optimise),
        1 => Just(Step::Publish),
    ]
}

pub(crate) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("folder", DataType::Utf8, true),
        Field::new("value", DataType::Int64, true),
    ]))
}

pub(crate) fn batch(rows: &[Row]) -> Batches {
    let folders = rows.iter().map(|row| row.1.map(|folder| format!("f {folder}")));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0))),
        Arc::new(StringArray::from_iter(folders)),
        Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.2))),
    ];
    Batches::of(vec![RecordBatch::try_new(schema(), columns).unwrap()])
}

fn keys(ids: &[i64]) -> Batches {
    let ids: ArrayRef = Arc::new(Int64Array::from(ids.to_vec()));
    Batches::of(vec![RecordBatch::try_from_iter([("id", ids)]).unwrap()])
}

fn imagine(model: &mut Model, step: &Step) {
    match step {
        Step::Append(rows) => rows.iter().for_each(|row| model.entry(row.0).or_default().push(*row)),
        Step::Upsert(rows, cursor) => {
            let mut last: BTreeMap<i64, Row> = BTreeMap::new();
            for row in rows {
                let before = last.get(&row.0);
                if before.is_none_or(|before| !cursor || row.2 >= before.2) {
                    last.insert(row.0, *row);
                }
            }
            model.extend(last.into_iter().map(|(id, row)| (id, vec![row])));
        }
        Step::DeleteKeys(ids) => model.retain(|id, _| !ids.contains(id)),
        Step::DeleteWhere(rest) => model.values_mut().for_each(|rows| {
            rows.retain(|row| row.2.is_none_or(|value| value % 5 != *rest));
        }),
        Step::OverwriteWhere(from, rows) => {
            model.retain(|id, _| id < from);
            inside(rows, *from).iter().for_each(|row| model.entry(row.0).or_default().push(*row));
        }
        Step::Optimise | Step::Publish => {}
    }
}

fn inside(rows: &[Row], from: i64) -> Vec<Row> {
    rows.iter().filter(|row| row.0 >= from).copied().collect()
}

async fn act(bench: &Bench, table: Table, step: &Step, number: usize) -> Table {
    let note = Note::default();
    match step {
        Step::Append(rows) => table.append(batch(rows), &note).await.unwrap().0,
        Step::Upsert(rows, cursor) => {
            let cursor = cursor.then_some("value");
            table.upsert(batch(rows), &id(), cursor, now(), &note).await.unwrap().0
        }
        Step::DeleteKeys(ids) => table.delete_keys(keys(ids), &id(), now(), &note).await.unwrap().0,
        Step::DeleteWhere(rest) => {
            table.delete(&format!("value % 5 = {rest}"), now(), &note).await.unwrap().0
        }
        Step::OverwriteWhere(from, rows) => {
            let rows = batch(&inside(rows, *from));
            table.overwrite_where(rows, &format!("id >= {from}"), now(), &note).await.unwrap().0
        }
        Step::Optimise => table.optimise(now(), &note).await.unwrap().0,
        Step::Publish => {
            bench.publish(&format!("p{number}"), &[&table]).await;
            let main = bench.lake.table(&name("raw.t"), &Line::main(), None).await.unwrap();
            main.branch(branch(&format!("run{number}"))).await.unwrap()
        }
    }
}

fn expected(model: &Model) -> Vec<String> {
    let text = |row: &Row| {
        let folder = row.1.map_or_else(|| "-".to_owned(), |folder| format!("f {folder}"));
        format!("{} {folder} {}", row.0, row.2.map_or_else(|| "-".to_owned(), |value| value.to_string()))
    };
    let mut rows: Vec<_> = model.values().flatten().map(text).collect();
    rows.sort();
    rows
}

async fn check(steps: &[Step], in_folders: bool) {
    let bench = Bench::new();
    let partition_by = if in_folders { vec!["folder".to_owned()] } else { Vec::new() };
    let design = Design { partition_by, ..Design::new(schema()) };
    let main = bench.lake.create(&name("raw.t"), &Line::main(), &design, &Note::default()).await.unwrap();
    let mut table = main.branch(branch("run")).await.unwrap();
    let mut model = Model::new();
    for (number, step) in steps.iter().chain([&Step::Publish]).enumerate() {
        table = act(&bench, table, step, number).await;
        imagine(&mut model, step);
        assert_eq!(content(&table).await, expected(&model), "after step {number}, {step:?}");
    }
    let ids: Vec<_> = model.values().flatten().map(|row| row.0).collect();
    assert_eq!(bench.outside("raw.t").await, ids);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_table_holds_what_a_map_would(steps in prop::collection::vec(step(), 1..12), in_folders: bool) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(check(&steps, in_folders));
    }
}

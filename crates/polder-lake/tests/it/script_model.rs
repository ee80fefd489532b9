//! Whatever scripts do to a table, it holds what a list of rows would hold.

use polder_lake::{Limits, Line, Work};
use proptest::prelude::*;

use crate::bench::{Bench, name};
use crate::upserts::content;
use crate::work::{attempt, base, publish, view};

/// An id, a folder, a value.
type Row = (i64, Option<i64>, Option<i64>);

#[derive(Debug, Clone)]
enum Step {
    Insert(Vec<Row>),
    Upsert(Vec<Row>),
    InsertMissing(Vec<Row>),
    OverwriteFolders(Vec<Row>),
    /// Of those whose value is larger, or is null.
    Add(i64, i64),
    Move(i64, Option<i64>),
    /// Those that a query within answers.
    UpdateFrom(i64),
    DeleteLarger(i64),
    DeleteNotIn(i64),
    DeleteAll,
    Replace,
    /// To the main line, to go on with another work.
    Publish,
}

fn row() -> impl Strategy<Value = Row> {
    (0..20_i64, prop::option::of(0..3_i64), prop::option::of(0..9_i64))
}

fn step() -> impl Strategy<Value = Step> {
    let rows = || prop::collection::vec(row(), 1..12);
    prop_oneof![
        3 => rows().prop_map(Step::Insert),
        4 => rows().prop_map(Step::Upsert),
        3 => rows().prop_map(Step::InsertMissing),
        1 => rows().prop_map(Step::OverwriteFolders),
        3 => (0..9_i64, -3..3_i64).prop_map(|(than, more)| Step::Add(than, more)),
        2 => (0..20_i64, prop::option::of(0..3_i64)).prop_map(|(id, folder)| Step::Move(id, folder)),
        2 => (0..9_i64).prop_map(Step::UpdateFrom),
        2 => (0..9_i64).prop_map(Step::DeleteLarger),
        2 => (0..9_i64).prop_map(Step::DeleteNotIn),
        1 => Just(Step::DeleteAll),
        1 => Just(Step::Replace),
        2 => Just(Step::Publish),
    ]
}

fn sql(step: &Step) -> String {
    match step {
        Step::Insert(rows) => format!("INSERT INTO raw.t {}", values(rows)),
        Step::Upsert(rows) => format!(
            "INSERT INTO raw.t {} ON CONFLICT (id) DO UPDATE SET folder = EXCLUDED.folder, value = EXCLUDED.value",
            values(rows)
        ),
        Step::InsertMissing(rows) => {
            format!("INSERT INTO raw.t {} ON CONFLICT (id) DO NOTHING", values(rows))
        }
        Step::OverwriteFolders(rows) => format!("INSERT OVERWRITE raw.t {}", values(rows)),
        Step::Add(than, more) => format!("UPDATE raw.t SET value = value + {more} WHERE NOT value <= {than}"),
        Step::Move(id, folder) => {
            format!("UPDATE raw.t AS x SET folder = {} WHERE x.id = {id}", text(*folder))
        }
        Step::UpdateFrom(value) => format!(
            "UPDATE raw.t SET value = (SELECT max(id) FROM raw.t), id = id WHERE id IN (SELECT y.id FROM raw.t y WHERE y.value = {value})"
        ),
        Step::DeleteLarger(than) => format!("DELETE FROM raw.t WHERE value > {than}"),
        Step::DeleteNotIn(value) => {
            format!("DELETE FROM raw.t WHERE folder NOT IN (SELECT folder FROM raw.t WHERE value = {value})")
        }
        Step::DeleteAll => "DELETE FROM raw.t".to_owned(),
        Step::Replace => {
            "CREATE OR REPLACE TABLE raw.t PRIMARY KEY (id) PARTITIONED BY (folder) AS SELECT * FROM raw.t"
                .to_owned()
        }
        Step::Publish => String::new(),
    }
}

/// As the columns are: of literals that are all null no type would be known.
fn values(rows: &[Row]) -> String {
    let row = |row: &Row| format!("({}, {}, {})", row.0, text(row.1), text(row.2));
    format!("VALUES {}", rows.iter().map(row).collect::<Vec<_>>().join(", "))
}

fn text(value: Option<i64>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| value.to_string())
}

fn imagine(model: &mut Vec<Row>, step: &Step) {
    match step {
        Step::Insert(rows) => model.extend(rows),
        Step::Upsert(rows) => {
            for row in rows {
                model.retain(|old| old.0 != row.0);
                model.push(*row);
            }
        }
        Step::InsertMissing(rows) => {
            for row in rows {
                if model.iter().all(|old| old.0 != row.0) {
                    model.push(*row);
                }
            }
        }
        Step::OverwriteFolders(rows) => {
            model.retain(|old| rows.iter().all(|row| row.1 != old.1));
            model.extend(rows);
        }
        Step::Add(than, more) => change(
            model,
            |row| row.2.is_some_and(|value| value > *than),
            |row| row.2 = row.2.map(|value| value + more),
        ),
        Step::Move(id, folder) => change(model, |row| row.0 == *id, |row| row.1 = *folder),
        Step::UpdateFrom(value) => {
            let largest = model.iter().map(|row| row.0).max();
            let ids: Vec<_> = model.iter().filter(|row| row.2 == Some(*value)).map(|row| row.0).collect();
            change(model, |row| ids.contains(&row.0), |row| row.2 = largest);
        }
        Step::DeleteLarger(than) => model.retain(|row| row.2.is_none_or(|value| value <= *than)),
        Step::DeleteNotIn(value) => {
            let folders: Vec<_> = model.iter().filter(|row| row.2 == Some(*value)).map(|row| row.1).collect();
            let is_not_in = |folder: Option<i64>| match folder {
                // Nothing is not in nothing, even null.
                _ if folders.is_empty() => true,
                None => false,
                some => !folders.contains(&None) && !folders.contains(&some),
            };
            model.retain(|row| !is_not_in(row.1));
        }
        Step::DeleteAll => model.clear(),
        Step::Replace | Step::Publish => {}
    }
}

fn change(model: &mut [Row], which: impl Fn(&Row) -> bool, how: impl Fn(&mut Row)) {
    model.iter_mut().filter(|row| which(row)).for_each(how);
}

fn expected(model: &[Row]) -> Vec<String> {
    let text = |value: Option<i64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    let mut rows: Vec<_> =
        model.iter().map(|row| format!("{} {} {}", row.0, text(row.1), text(row.2))).collect();
    rows.sort();
    rows
}

async fn check(steps: &[Step], in_folders: bool) {
    let bench = Bench::new();
    let limits = Limits { threads: 2, ..Limits::default() };
    let mut work = Work::begin(&bench.lake, base(view(&[]), "run"), &limits).unwrap();
    let folders = if in_folders { "PARTITIONED BY (folder)" } else { "" };
    attempt(
        &mut work,
        &format!("CREATE TABLE raw.t (id BIGINT PRIMARY KEY, folder BIGINT, value BIGINT) {folders}"),
    )
    .await
    .unwrap();
    let (mut model, mut is_cut) = (Vec::new(), in_folders);
    for (number, step) in steps.iter().chain([&Step::Publish]).enumerate() {
        let step = match step {
            // All rows of a table that is not cut into folders, which is tested elsewhere.
            Step::OverwriteFolders(rows) if !is_cut => &Step::Insert(rows.clone()),
            step => step,
        };
        is_cut |= matches!(step, Step::Replace);
        attempt(&mut work, &sql(step)).await.unwrap_or_else(|error| panic!("{}: {error}", sql(step)));
        imagine(&mut model, step);
        let now = match step {
            Step::Publish => {
                publish(&bench, &work, &format!("p{number}")).await;
                let main = bench.lake.table(&name("raw.t"), &Line::main(), None).await.unwrap();
                work =
                    Work::begin(&bench.lake, base(view(&[&main]), &format!("run{number}")), &limits).unwrap();
                main
            }
            _ => work.tables_written().next().unwrap().clone(),
        };
        assert_eq!(content(&now).await, expected(&model), "after step {number}, {}", sql(step));
    }
    let mut ids: Vec<_> = model.iter().map(|row| row.0).collect();
    ids.sort_unstable();
    assert_eq!(bench.outside("raw.t").await, ids);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_table_holds_what_a_list_would(steps in prop::collection::vec(step(), 1..10), in_folders: bool) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(check(&steps, in_folders));
    }
}

//! Dates and times that other readers do not know: whichever way they come, they get into no table.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, TimestampMicrosecondArray};
use deltalake::arrow::datatypes::{DataType, TimeUnit};
use polder_lake::operations::{Batches, Design, Note};
use polder_lake::{Error, Limits, Line, Table, Work};

use crate::bench::{Bench, name, now};
use crate::upserts::{content, id};
use crate::work::{answer, base, begin, refusal, run, view};

const TABLE: &str =
    "CREATE TABLE raw.t (id BIGINT PRIMARY KEY, d DATE, at TIMESTAMP, tz TIMESTAMP WITH TIME ZONE);
    INSERT INTO raw.t VALUES (1, '0001-01-01', '2026-11-20', '2026-11-20T00:00:00Z')";
const LARGEST: &str = "arrow_cast(9223372036854775807, 'Timestamp(Microsecond, Some(\"UTC\"))')";

/// The same statement, with the largest time for `?`.
fn with_largest(sql: &str) -> String {
    sql.replace('?', LARGEST)
}

fn batch(days: &[i32]) -> RecordBatch {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values((1..).take(days.len())));
    let days: ArrayRef = Arc::new(Date32Array::from(days.to_vec()));
    RecordBatch::try_from_iter([("id", ids), ("d", days)]).unwrap()
}

async fn dates(bench: &Bench, table: &str, days: &[i32]) -> Table {
    let design = Design::new(batch(&[]).schema());
    let table = bench.lake.create(&name(table), &Line::main(), &design, &Note::default()).await.unwrap();
    table.append(Batches::of(vec![batch(days)]), &Note::default()).await.unwrap().0
}

#[tokio::test]
async fn no_statement_stores_what_others_cannot_read() {
    let bench = Bench::new();
    let mut said = Vec::new();
    for (place, sql) in [
        "CREATE TABLE raw.x AS SELECT ? AS a",
        "CREATE OR REPLACE TABLE raw.t AS SELECT ? AS a",
        "CREATE TABLE raw.x PARTITIONED BY (a) AS SELECT 1 AS id, ? AS a",
        "CREATE TABLE raw.x PRIMARY KEY (a) AS SELECT 1 AS id, ? AS a",
        "CREATE TABLE raw.x AS SELECT DATE '0001-01-01' - INTERVAL '1 day' AS a",
        "CREATE TABLE raw.x AS SELECT to_timestamp_seconds(1700000000000) AS a",
        "CREATE TABLE raw.x AS SELECT arrow_cast(9223372036854775807, 'Date64') AS a",
        "CREATE TABLE raw.x AS SELECT named_struct('from', [?]) AS a",
        "CREATE TABLE raw.x AS SELECT map(['k'], [?]) AS a",
        "INSERT INTO raw.t (id, d) VALUES (2, DATE '9999-12-31' + 1)",
        "INSERT INTO raw.t (id, d) VALUES (2, '2026-11-20'), (3, '+10000-01-01')",
        "INSERT INTO raw.t (id, at) SELECT 2, CAST(2147483647 AS DATE)",
        "INSERT INTO raw.t (id, at) SELECT 2, arrow_cast(9223372036854775807, 'Timestamp(Second, None)')",
        "INSERT OVERWRITE raw.t (id, tz) SELECT 2, ?",
        "INSERT INTO raw.t SELECT 1, d, at, ? FROM raw.t ON CONFLICT (id) DO UPDATE SET d = EXCLUDED.d, at = EXCLUDED.at, tz = EXCLUDED.tz",
        "INSERT INTO raw.t (id, tz) SELECT 2, ? ON CONFLICT (id) DO NOTHING",
        "UPDATE raw.t SET tz = ? WHERE id = 1",
    ]
    .into_iter()
    .enumerate()
    {
        let mut work =
            Work::begin(&bench.lake, base(view(&[]), &format!("run{place}")), &Limits::default()).unwrap();
        run(&mut work, TABLE).await;
        let refused = refusal(&mut work, &with_largest(sql)).await;
        let (what, rest) = refused.split_once(" is not within the years 1 to 9999").expect(&refused);
        assert!(rest.contains("THEN … END` makes it null"), "{refused}");
        said.push(format!("{sql}\n    {what}"));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
CREATE TABLE raw.x AS SELECT ? AS a
    line 1: column a of table raw.x: 294247-01-10 04:00:54.775807 UTC
CREATE OR REPLACE TABLE raw.t AS SELECT ? AS a
    line 1: column a of table raw.t: 294247-01-10 04:00:54.775807 UTC
CREATE TABLE raw.x PARTITIONED BY (a) AS SELECT 1 AS id, ? AS a
    line 1: column a of table raw.x: 294247-01-10 04:00:54.775807 UTC
CREATE TABLE raw.x PRIMARY KEY (a) AS SELECT 1 AS id, ? AS a
    line 1: column a of table raw.x: 294247-01-10 04:00:54.775807 UTC
CREATE TABLE raw.x AS SELECT DATE '0001-01-01' - INTERVAL '1 day' AS a
    line 1: column a of table raw.x: 0001-12-31 BC
CREATE TABLE raw.x AS SELECT to_timestamp_seconds(1700000000000) AS a
    line 1: column a of table raw.x: 55840-11-08 22:13:20 UTC
CREATE TABLE raw.x AS SELECT arrow_cast(9223372036854775807, 'Date64') AS a
    line 1: column a of table raw.x: 292278994-08-17 07:12:55.807
CREATE TABLE raw.x AS SELECT named_struct('from', [?]) AS a
    line 1: column a.from of table raw.x: 294247-01-10 04:00:54.775807 UTC
CREATE TABLE raw.x AS SELECT map(['k'], [?]) AS a
    line 1: column a.value of table raw.x: 294247-01-10 04:00:54.775807 UTC
INSERT INTO raw.t (id, d) VALUES (2, DATE '9999-12-31' + 1)
    line 1: column d of table raw.t: 10000-01-01
INSERT INTO raw.t (id, d) VALUES (2, '2026-11-20'), (3, '+10000-01-01')
    line 1: column d of table raw.t: 10000-01-01
INSERT INTO raw.t (id, at) SELECT 2, CAST(2147483647 AS DATE)
    line 1: column at of table raw.t: 5881580-07-11
INSERT INTO raw.t (id, at) SELECT 2, arrow_cast(9223372036854775807, 'Timestamp(Second, None)')
    line 1: column at of table raw.t: 292277026596-12-04 15:30:07
INSERT OVERWRITE raw.t (id, tz) SELECT 2, ?
    line 1: column tz of table raw.t: 294247-01-10 04:00:54.775807 UTC
INSERT INTO raw.t SELECT 1, d, at, ? FROM raw.t ON CONFLICT (id) DO UPDATE SET d = EXCLUDED.d, at = EXCLUDED.at, tz = EXCLUDED.tz
    line 1: column tz of table raw.t: 294247-01-10 04:00:54.775807 UTC
INSERT INTO raw.t (id, tz) SELECT 2, ? ON CONFLICT (id) DO NOTHING
    line 1: column tz of table raw.t: 294247-01-10 04:00:54.775807 UTC
UPDATE raw.t SET tz = ? WHERE id = 1
    line 1: column tz of table raw.t: 294247-01-10 04:00:54.775807 UTC
"#);
}

#[tokio::test]
async fn what_the_refusal_says_to_write_is_written() {
    let bench = Bench::new();
    let mut work = begin(&bench, &[]);
    run(&mut work, TABLE).await;
    let within = "CASE WHEN extract(year FROM x) BETWEEN 1 AND 9999 THEN x END";
    let sql = format!(
        "INSERT INTO raw.t (id, d) SELECT column1, {within} FROM (SELECT column1, column2 AS x FROM (VALUES
            (2, DATE '9999-12-31'), (3, DATE '9999-12-31' + 1), (4, DATE '0001-01-01' - 1), (5, CAST(2147483647 AS DATE))));
         UPDATE raw.t SET tz = (SELECT {within} FROM (SELECT ? AS x)), at = '9999-12-31T23:59:59.999999' WHERE id = 1"
    );
    run(&mut work, &with_largest(&sql)).await;
    insta::assert_snapshot!(answer(&mut work, "SELECT * FROM raw.t ORDER BY id").await, @r#"
+----+------------+----------------------------+----+
| id | d          | at                         | tz |
+----+------------+----------------------------+----+
| 1  | 0001-01-01 | 9999-12-31T23:59:59.999999 |    |
| 2  | 9999-12-31 |                            |    |
| 3  |            |                            |    |
| 4  |            |                            |    |
| 5  |            |                            |    |
+----+------------+----------------------------+----+
"#);
}

#[tokio::test]
async fn no_program_stores_what_others_cannot_read() {
    let bench = Bench::new();
    let table = dates(&bench, "raw.t", &[0]).await;
    let note = Note::default();
    let rows = || Batches::of(vec![batch(&[1]), batch(&[0, i32::MAX])]);
    let refused = [
        table.clone().append(rows(), &note).await.map(drop),
        table.clone().overwrite(rows(), now(), &note).await.map(drop),
        table.clone().overwrite_where(rows(), "id > 0", now(), &note).await.map(drop),
        table.clone().upsert(rows(), &id(), None, now(), &note).await.map(drop),
        table.clone().insert_missing(rows(), &id(), now(), &note).await.map(drop),
    ];
    for refused in refused {
        let error = refused.unwrap_err();
        assert!(matches!(&error, Error::Column { column, .. } if column == "d"), "{error}");
        assert!(error.to_string().contains("5881580-07-11 is not within"), "{error}");
    }
    let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![i64::MIN]));
    let milliseconds = DataType::Timestamp(TimeUnit::Millisecond, None);
    let rows = RecordBatch::try_from_iter([("at", times)]).unwrap();
    let design = Design::new(rows.schema());
    let table = bench.lake.create(&name("raw.at"), &Line::main(), &design, &note).await.unwrap();
    let reinterpreted =
        deltalake::arrow::compute::cast(&Int64Array::from(vec![i64::MAX]), &milliseconds).unwrap();
    let other_unit = RecordBatch::try_from_iter([("at", reinterpreted)]).unwrap();
    for rows in [rows, other_unit] {
        let error = table.clone().append(Batches::of(vec![rows]), &note).await.unwrap_err();
        assert!(error.to_string().contains("is not within the years 1 to 9999"), "{error}");
    }
}

/// Others may have written what Polder does not: it is not taken for rows that come in, and can be mended.
#[tokio::test]
async fn what_others_stored_is_kept_and_can_be_mended() {
    let bench = Bench::new();
    let table = dates(&bench, "raw.t", &[0, 1]).await;
    let written = table.delta().clone().write([batch(&[2, 2_932_897, 3])]).await.unwrap();
    let table = bench.lake.table(&name("raw.t"), &Line::main(), written.version()).await.unwrap();
    let (table, _) = table
        .upsert(Batches::of(vec![batch(&[4]).slice(0, 1)]), &id(), None, now(), &Note::default())
        .await
        .unwrap();
    let told = table.column_statistics().unwrap();
    assert_eq!(
        (told[0].max.as_deref(), told[1].max.as_deref()),
        (Some("3"), None),
        "no date that others stop at"
    );
    let mut work = Work::begin(&bench.lake, base(view(&[&table]), "mend"), &Limits::default()).unwrap();
    run(
        &mut work,
        "UPDATE raw.t SET d = '9999-12-31' WHERE d > '9999-12-31'; DELETE FROM raw.t WHERE id = 3",
    )
    .await;
    let mended = work.tables_written().next().unwrap().clone();
    assert_eq!(content(&mended).await, ["1 1970-01-05", "2 1970-01-02", "2 9999-12-31"]);
}

use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::util::pretty::pretty_format_batches;
use futures::TryStreamExt;
use polder_lake::operations::Note;
use polder_lake::{Limits, Pin, Session, Table, View};

use crate::bench::{Bench, branch, name, rows};

fn view(tables: &[&Table]) -> View {
    let pin =
        |table: &&Table| (table.name().clone(), Pin { line: table.line().clone(), version: table.version() });
    tables.iter().map(pin).collect()
}

async fn answer(session: &Session, sql: &str) -> String {
    let batches: Vec<RecordBatch> = session.query(sql).await.unwrap().try_collect().await.unwrap();
    pretty_format_batches(&batches).unwrap().to_string()
}

/// What is said of a statement, when it is planned or while it runs.
async fn refusal(session: &Session, sql: &str) -> String {
    match session.query(sql).await {
        Err(error) => error.to_string(),
        Ok(stream) => stream.try_collect::<Vec<_>>().await.expect_err(sql).to_string(),
    }
}

#[tokio::test]
async fn a_view_is_queried_by_schema_and_name_in_any_case() {
    let bench = Bench::new();
    let (orders, extra) = (bench.table("raw.Orders", 1..=3).await, bench.table("marts.extra", 2..=9).await);
    let session = bench.lake.session(&view(&[&orders, &extra]), &Limits::default()).unwrap();
    let joined = "SELECT o.id, e.name FROM raw.orders o JOIN extra e ON o.id = e.id ORDER BY 1";
    assert_eq!(
        answer(&session, joined).await,
        "+----+------+\n| id | name |\n+----+------+\n| 2  | n2   |\n| 3  | n3   |\n+----+------+"
    );
    let tables = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema <> 'information_schema' ORDER BY 1";
    assert!(answer(&session, tables).await.contains("| raw          | Orders     |"));
    assert!(refusal(&session, "SELECT * FROM raw.none").await.contains("raw.none"));
}

#[tokio::test]
async fn a_view_stays_what_it_is() {
    let bench = Bench::new();
    let before = bench.table("raw.orders", 1..=3).await;
    let old = bench.lake.session(&view(&[&before]), &Limits::default()).unwrap();
    let (ours, _) =
        before.branch(branch("run")).await.unwrap().append(rows([4]), &Note::default()).await.unwrap();
    let on_branch = bench.lake.session(&view(&[&ours]), &Limits::default()).unwrap();
    bench.publish("p1", &[&ours]).await;
    let after = bench.lake.table(&name("raw.orders"), &polder_lake::Line::main(), None).await.unwrap();
    let new = bench.lake.session(&view(&[&after]), &Limits::default()).unwrap();
    let count = "SELECT count(*) AS n FROM raw.orders";
    for (session, rows) in [(&old, 3), (&on_branch, 4), (&new, 4)] {
        assert!(answer(session, count).await.contains(&format!("| {rows} |")));
    }
}

#[tokio::test]
async fn nothing_but_a_query_gets_through() {
    let bench = Bench::new();
    let session =
        bench.lake.session(&view(&[&bench.table("raw.orders", 1..=3).await]), &Limits::default()).unwrap();
    let stolen = bench.folder.path().join("stolen.csv");
    std::fs::write(bench.folder.path().join("secret.csv"), "password\nhunter2\n").unwrap();
    let folder = bench.folder.path().display();
    for statement in [
        "INSERT INTO raw.orders VALUES (4, 'x')".to_owned(),
        "UPDATE raw.orders SET name = 'x'".to_owned(),
        "DELETE FROM raw.orders".to_owned(),
        "TRUNCATE TABLE raw.orders".to_owned(),
        "DROP TABLE raw.orders".to_owned(),
        "DROP SCHEMA raw CASCADE".to_owned(),
        "CREATE TABLE raw.mine AS SELECT 1".to_owned(),
        "CREATE VIEW raw.mine AS SELECT 1".to_owned(),
        "CREATE SCHEMA mine".to_owned(),
        "CREATE DATABASE mine".to_owned(),
        format!("CREATE EXTERNAL TABLE raw.mine STORED AS CSV LOCATION '{folder}/secret.csv'"),
        "CREATE FUNCTION f(INT) RETURNS INT RETURN $1".to_owned(),
        format!("COPY raw.orders TO '{}'", stolen.display()),
        format!("COPY (SELECT 1) TO '{}' STORED AS CSV", stolen.display()),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "RESET datafusion.execution.batch_size".to_owned(),
        "BEGIN".to_owned(),
        "PREPARE p AS SELECT 1".to_owned(),
        "EXECUTE p".to_owned(),
        "SELECT 1; DROP TABLE raw.orders".to_owned(),
        format!("EXPLAIN ANALYZE COPY raw.orders TO '{}'", stolen.display()),
        "EXPLAIN ANALYZE DELETE FROM raw.orders".to_owned(),
        format!("SELECT * FROM '{folder}/secret.csv'"),
        format!("SELECT * FROM read_csv('{folder}/secret.csv')"),
    ] {
        let said = refusal(&session, &statement).await;
        assert!(!said.contains("hunter2"), "{statement}: {said}");
    }
    assert!(!stolen.exists());
    assert!(answer(&session, "SELECT count(*) AS n FROM raw.orders").await.contains("| 3 |"));
}

#[tokio::test]
async fn a_query_that_needs_too_much_fails_alone() {
    let bench = Bench::new();
    let session_of = |spilled| {
        let limits = Limits { memory: 2 << 20, spilled, threads: 2, ..Limits::default() };
        bench.lake.session(&View::default(), &limits).unwrap()
    };
    let sort = "SELECT max(r - value) FROM (SELECT value, row_number() OVER (ORDER BY value % 1000, value) AS r FROM generate_series(1, 500000))";
    let said = refusal(&session_of(1 << 10), sort).await;
    assert!(said.contains("esources exhausted") || said.contains("limit"), "{said}");
    assert!(answer(&session_of(1 << 30), "SELECT 1 AS one").await.contains("| 1   |"));
}

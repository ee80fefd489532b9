use deltalake::arrow::array::RecordBatch;
use deltalake::arrow::util::pretty::pretty_format_batches;
use futures::TryStreamExt;
use polder_lake::operations::Note;
use polder_lake::{Intent, Limits, Line, Occasion, Pin, Session, Table, View};

use crate::bench::{Bench, branch, name, occasion, rows};

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
        Ok(stream) => {
            polder_lake::Error::query(stream.try_collect::<Vec<_>>().await.expect_err(sql)).to_string()
        }
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
async fn all_tables_of_a_view_are_opened_at_once() {
    let bench = Bench::new();
    let (orders, extra) = (bench.table("raw.Orders", 1..=3).await, bench.table("marts.extra", 2..=9).await);
    let session = bench.lake.session(&view(&[&orders, &extra]), &Limits::default()).unwrap();
    let opened = session.open_tables().await;
    let rows: Vec<_> =
        opened.iter().map(|table| (table.name().to_string(), table.facts().unwrap().rows_total)).collect();
    assert_eq!(rows, [("marts.extra".to_owned(), Some(8)), ("raw.Orders".to_owned(), Some(3))]);
}

#[tokio::test]
async fn a_table_that_cannot_be_read_keeps_nobody_from_the_others() {
    let bench = Bench::new();
    let (orders, broken) = (bench.table("raw.orders", 1..=3).await, bench.table("raw.broken", 1..=3).await);
    let session = bench.lake.session(&view(&[&orders, &broken]), &Limits::default()).unwrap();
    let log = bench.folder.path().join("raw/broken/_delta_log");
    std::fs::remove_dir_all(&log).unwrap();
    let columns = "SELECT table_name, count(*) AS n FROM information_schema.columns WHERE table_schema = 'raw' GROUP BY 1";
    assert!(answer(&session, columns).await.contains("| orders     | 2 |"));
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'raw'";
    assert!(answer(&session, tables).await.contains("broken"));
    assert_eq!(session.open_tables().await.len(), 1);
    let told = [
        refusal(&session, "SELECT id FROM raw.orders JOIN raw.broken USING (id)").await,
        refusal(&session, "SELECT count(*) FROM raw.broken").await,
    ];
    assert_eq!(told, ["there is no table raw.broken on main"; 2]);
}

#[tokio::test]
async fn whole_numbers_that_do_not_fit_are_errors() {
    let bench = Bench::new();
    let session = bench.lake.session(&View::default(), &Limits::default()).unwrap();
    let large = "(VALUES (9223372036854775807, 1, 'a'), (1, 1, 'a'), (5, 2, 'b')) t(x, i, g)";
    let small = "(SELECT CAST(2000000000 AS INT) AS a, CAST(2 AS INT) AS b)";
    let mut told = Vec::new();
    for sql in [
        "SELECT sum(a) FROM (VALUES ('x')) t(a)".to_owned(),
        "SELECT 9223372036854775807 + 1".to_owned(),
        format!("SELECT x * 2 FROM {large}"),
        format!("SELECT i - x - x FROM {large}"),
        format!("SELECT a * b FROM {small}"),
        format!("SELECT sum(x) FROM {large}"),
        format!("SELECT g, sum(x) FROM {large} GROUP BY g"),
        format!("SELECT sum(x) OVER (ORDER BY x DESC) FROM {large}"),
    ] {
        told.push(refusal(&session, &sql).await);
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    `sum` does not take text: cast it first, such as `CAST(… AS DOUBLE)`
    a whole number gets too large: 9223372036854775807 + 1; `CAST(… AS DECIMAL(38, 0))` has room
    a whole number gets too large: 9223372036854775807 * 2; `CAST(… AS DECIMAL(38, 0))` has room
    a whole number gets too large: -9223372036854775806 - 9223372036854775807; `CAST(… AS DECIMAL(38, 0))` has room
    a whole number gets too large: 2000000000 * 2; `CAST(… AS DECIMAL(38, 0))` has room
    a whole number gets too large: sum is 9223372036854775813; `CAST(… AS DECIMAL(38, 0))` has room
    a whole number gets too large: sum is 9223372036854775808; `CAST(… AS DECIMAL(38, 0))` has room
    a whole number gets too large: sum is 9223372036854775812; `CAST(… AS DECIMAL(38, 0))` has room
    ");
    let fine = format!(
        "SELECT g, sum(i + 1) AS s, sum(CAST(x AS DECIMAL(38, 0))) AS d, sum(DISTINCT i) AS n, sum(NULL::INT) AS nothing,
            sum(sum(i)) OVER (ORDER BY g ROWS 1 PRECEDING) AS w, sum(i) FILTER (WHERE x > 1) * 2 - 1 AS f
        FROM {large} GROUP BY g HAVING sum(i) + 1 > 0 ORDER BY sum(i) * 2, g"
    );
    insta::assert_snapshot!(answer(&session, &fine).await, @r"
    +---+---+---------------------+---+---------+---+---+
    | g | s | d                   | n | nothing | w | f |
    +---+---+---------------------+---+---------+---+---+
    | a | 4 | 9223372036854775808 | 1 |         | 2 | 1 |
    | b | 3 | 5                   | 2 |         | 4 | 3 |
    +---+---+---------------------+---+---------+---+---+
    ");
    let grouped = format!("SELECT i * 2 + 1, count(*) FROM {large} GROUP BY i * 2 + 1 ORDER BY i * 2 + 1");
    insta::assert_snapshot!(answer(&session, &grouped).await, @r"
    +-----------+----------+
    | i * 2 + 1 | count(*) |
    +-----------+----------+
    | 3         | 2        |
    | 5         | 1        |
    +-----------+----------+
    ");
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
    let after = bench.lake.table(&name("raw.orders"), &Line::main(), None).await.unwrap();
    let new = bench.lake.session(&view(&[&after]), &Limits::default()).unwrap();
    let count = "SELECT count(*) AS n FROM raw.orders";
    for (session, rows) in [(&old, 3), (&on_branch, 4), (&new, 4)] {
        assert!(answer(session, count).await.contains(&format!("| {rows} |")));
    }
}

#[tokio::test]
async fn tables_are_asked_as_they_were() {
    let bench = Bench::new();
    let first = bench.table("raw.Orders", 1..=3).await;
    let (second, _) = first.append(rows([4]), &Note::default()).await.unwrap();
    let (third, _) = second.clone().append(rows([5, 6]), &Note::default()).await.unwrap();
    let session = bench.lake.session(&view(&[&second]), &Limits::default()).unwrap();
    let count = async |sql: &str| answer(&session, sql).await;
    for (orders, ids) in [
        ("raw.orders", 4),
        ("raw.orders VERSION AS OF 1", 3),
        ("raw.orders@v1", 3),
        ("raw.\"Orders@v0\"", 0),
        ("raw.orders VERSION AS OF 1 o JOIN raw.orders n ON n.id = o.id + 1", 3),
        ("(SELECT * FROM raw.orders TIMESTAMP AS OF now() + INTERVAL '1 day')", 4),
        ("raw.orders TIMESTAMP AS OF '2999-01-01 06:00'", 4),
        ("raw.orders FOR SYSTEM_TIME AS OF TIMESTAMP '2200-01-01 06:00:00'", 4),
    ] {
        let counted = count(&format!("SELECT count(*) AS n FROM {orders}")).await;
        assert!(counted.contains(&format!("| {ids} |")), "{orders}: {counted}");
    }
    let named = "SELECT count(orders.id) AS n FROM raw.orders VERSION AS OF 1 WHERE orders.id > 1";
    assert!(count(named).await.contains("| 2 |"));
    let refused = [
        "SELECT * FROM raw.orders VERSION AS OF 3".to_owned(),
        "SELECT * FROM raw.orders TIMESTAMP AS OF '2026-11-19'".to_owned(),
        "SELECT * FROM raw.orders TIMESTAMP AS OF 'yesterday'".to_owned(),
        "SELECT * FROM raw.orders TIMESTAMP AS OF 3 + 4".to_owned(),
        "SELECT * FROM raw.orders@latest".to_owned(),
        "SELECT * FROM raw.orderz VERSION AS OF 1".to_owned(),
        "SELECT * FROM raw.orders AT(TIMESTAMP => '2026-11-19')".to_owned(),
        "SELECT * FROM raw.orders TIMESTAMP AS OF (SELECT max(id) FROM raw.orders)".to_owned(),
        "EXPLAIN DELETE FROM raw.orders VERSION AS OF 1".to_owned(),
    ];
    let mut told = Vec::new();
    for sql in refused {
        told.push(refusal(&session, &sql).await);
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    table raw.Orders is seen at version 2; it has no version 3 yet
    there was no table raw.Orders yet at 2026-11-19T00:00:00Z
    `yesterday` is no version of table raw.Orders: write `VERSION AS OF 3`, or a time, as in `TIMESTAMP AS OF '2026-11-20 06:00'`
    `3 + 4` is no time: write one as '2026-11-20 06:00' (UTC), or as now() - INTERVAL '1 day'
    `latest` is no version of table raw.Orders: write `VERSION AS OF 3`, or a time, as in `TIMESTAMP AS OF '2026-11-20 06:00'`
    there is no table `raw.orderz`; did you mean `raw.Orders`?
    `AT(TIMESTAMP => '2026-11-19')` says nothing of versions here: write `VERSION AS OF 3` or `TIMESTAMP AS OF '2026-11-20 06:00'`
    `(SELECT max(id) FROM raw.orders)` is no time: write one as '2026-11-20 06:00' (UTC), or as now() - INTERVAL '1 day'
    this is no query, but DELETE: what changes tables belongs into a step of a pipeline
    ");
    let (replaced, _) = third.overwrite(rows([7]), crate::bench::now(), &Note::default()).await.unwrap();
    remove_what_is_not_in(&bench.folder.path().join("raw/Orders"), &replaced);
    let session = bench.lake.session(&view(&[&replaced]), &Limits::default()).unwrap();
    let gone = refusal(&session, "SELECT * FROM raw.orders VERSION AS OF 2").await;
    assert!(gone.starts_with("version 2 of table raw.Orders is not kept any more: its file part-"), "{gone}");
}

fn remove_what_is_not_in(folder: &std::path::Path, table: &Table) {
    let kept: Vec<String> = table.delta().get_file_uris().unwrap().collect();
    for file in std::fs::read_dir(folder).unwrap().flatten().filter(|file| file.path().is_file()) {
        if !kept.iter().any(|uri| uri.ends_with(file.file_name().to_str().unwrap())) {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
}

/// Tables of one publish have one time: whoever asks for a moment never sees two publishes mixed.
#[tokio::test]
async fn a_moment_is_the_same_for_all_tables_of_a_publish() {
    let bench = Bench::new();
    let tables = [bench.table("raw.a", 1..=1).await, bench.table("raw.b", 1..=1).await];
    let mut ours = Vec::new();
    for table in &tables {
        let on_branch = table.branch(branch("run")).await.unwrap();
        ours.push(on_branch.append(rows([2]), &Note::default()).await.unwrap().0);
    }
    let published = polder_types::Clock::now(&polder_types::SystemClock) + chrono::TimeDelta::hours(1);
    let occasion = Occasion { at: published, ..occasion("p1") };
    let mut staged = Vec::new();
    for table in &ours {
        staged.extend(bench.lake.stage(table, &occasion).await.unwrap());
    }
    bench.lake.complete(&Intent { publish: "p1".to_owned(), tables: staged }).await.unwrap();
    let newest = async |table: &Table| bench.lake.table(table.name(), &Line::main(), None).await.unwrap();
    let after = [newest(&tables[0]).await, newest(&tables[1]).await];
    let seen = view(&[&after[0], &after[1]]);
    let counts = "SELECT (SELECT count(*) FROM raw.a) AS a, (SELECT count(*) FROM raw.b) AS b";
    let session = bench.lake.session_at(&seen, Some(published), &Limits::default()).unwrap();
    assert!(answer(&session, counts).await.contains("| 2 | 2 |"));
    let before = published - chrono::TimeDelta::milliseconds(1);
    let session = bench.lake.session_at(&seen, Some(before), &Limits::default()).unwrap();
    assert!(answer(&session, counts).await.contains("| 1 | 1 |"));
    let never = bench.lake.session_at(&seen, Some(crate::bench::now()), &Limits::default()).unwrap();
    assert!(refusal(&never, counts).await.contains("there was no table raw.a yet at 2026-11-20T03:00:00Z"));
}

#[tokio::test]
async fn the_same_may_be_asked_for_twice() {
    let bench = Bench::new();
    let session =
        bench.lake.session(&view(&[&bench.table("raw.orders", 1..=3).await]), &Limits::default()).unwrap();
    for (twice, part) in [
        ("SELECT count(*), count(*) FROM raw.orders", "| 3 "),
        ("SELECT (SELECT count(*) FROM raw.orders), (SELECT count(*) FROM raw.orders)", "| 3 "),
        ("EXPLAIN SELECT id, id FROM raw.orders", "logical_plan"),
        ("SELECT 3, 3 UNION ALL SELECT id, id FROM raw.orders", "| 3 "),
    ] {
        let answered = answer(&session, twice).await;
        assert!(answered.contains(part), "{twice}: {answered}");
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

use deltalake::arrow::array::{AsArray, RecordBatch};
use deltalake::arrow::datatypes::Int64Type;
use deltalake::arrow::util::pretty::pretty_format_batches;
use futures::TryStreamExt;
use polder_lake::operations::{Design, Note};
use polder_lake::{Base, Effect, Error, Intent, Limits, Line, Outcome, Pin, Script, Table, View, Work};

use crate::bench::{Bench, branch, ids, name, now, occasion, rows, schema};
use crate::upserts::content;

pub(crate) fn view(tables: &[&Table]) -> View {
    let pin =
        |table: &&Table| (table.name().clone(), Pin { line: table.line().clone(), version: table.version() });
    tables.iter().map(pin).collect()
}

pub(crate) fn base(view: View, run: &str) -> Base {
    Base { view, root: Line::main(), branch: branch(run), at: now(), note: Note::default() }
}

pub(crate) fn begin(bench: &Bench, tables: &[&Table]) -> Work {
    Work::begin(&bench.lake, base(view(tables), "run"), &Limits::default()).unwrap()
}

pub(crate) async fn attempt(work: &mut Work, sql: &str) -> Result<Vec<Effect>, Error> {
    let mut effects = Vec::new();
    for statement in Script::parse(sql).unwrap().statements() {
        match work.run(statement).await? {
            Outcome::Wrote(effect) => effects.push(effect),
            Outcome::Rows(rows) => drop(rows.into_stream().try_collect::<Vec<_>>().await?),
        }
    }
    Ok(effects)
}

pub(crate) async fn run(work: &mut Work, sql: &str) -> Vec<Effect> {
    attempt(work, sql).await.unwrap()
}

pub(crate) async fn refusal(work: &mut Work, sql: &str) -> String {
    attempt(work, sql).await.expect_err(sql).to_string()
}

pub(crate) async fn answer(work: &mut Work, sql: &str) -> String {
    let Outcome::Rows(rows) = work.run(&Script::parse(sql).unwrap().statements()[0]).await.unwrap() else {
        panic!("{sql} is no query")
    };
    let batches: Vec<RecordBatch> = rows.into_stream().try_collect().await.unwrap();
    pretty_format_batches(&batches).unwrap().to_string()
}

fn table(work: &Work, table: &str) -> Table {
    work.tables_written().find(|written| written.name() == &name(table)).unwrap().clone()
}

fn counts(effect: &Effect) -> (u64, u64, Option<u64>, u64) {
    (effect.inserted, effect.updated, effect.deleted, effect.duplicates)
}

pub(crate) async fn publish(bench: &Bench, work: &Work, publish: &str) -> Vec<String> {
    let staged = work.stage(&occasion(publish)).await.unwrap();
    let tables: Vec<_> = staged.into_iter().map(|(staged, _)| staged).collect();
    let names = tables.iter().map(|staged| staged.table.to_string()).collect();
    bench.lake.complete(&Intent { publish: publish.to_owned(), tables }).await.unwrap();
    names
}

#[tokio::test]
async fn a_script_reads_what_it_wrote_and_nobody_else_does() {
    let bench = Bench::new();
    let orders = bench.table("raw.orders", 1..=3).await;
    let mut work = begin(&bench, &[&orders]);
    let effects = run(
        &mut work,
        "CREATE TABLE marts.totals AS WITH all_of_them AS (SELECT * FROM raw.orders) SELECT count(*) AS n FROM all_of_them;
         INSERT INTO raw.orders VALUES (4, 'd'), (5, NULL);
         INSERT INTO marts.totals SELECT count(*) FROM raw.orders;
         DELETE FROM raw.orders WHERE id < 3;
         INSERT INTO marts.totals SELECT count(*) FROM raw.orders;",
    )
    .await;
    assert_eq!(
        effects.iter().map(counts).collect::<Vec<_>>(),
        [(1, 0, Some(0), 0), (2, 0, Some(0), 0), (1, 0, Some(0), 0), (0, 0, Some(2), 0), (1, 0, Some(0), 0),]
    );
    insta::assert_snapshot!(answer(&mut work, "SELECT n FROM marts.totals ORDER BY n").await, @r#"
+---+
| n |
+---+
| 3 |
| 3 |
| 5 |
+---+
"#);
    assert_eq!(
        work.tables_read().iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["marts.totals", "raw.orders"]
    );
    assert_eq!(bench.outside("raw.orders").await, [1, 2, 3]);
    assert_eq!(bench.lake.tables().await.unwrap(), [name("raw.orders")]);
    assert_eq!(publish(&bench, &work, "p1").await, ["marts.totals", "raw.orders"]);
    assert_eq!(bench.outside("raw.orders").await, [3, 4, 5]);
}

#[tokio::test]
async fn a_table_is_created_as_it_is_described() {
    let bench = Bench::new();
    let mut work = begin(&bench, &[]);
    run(
        &mut work,
        "CREATE TABLE raw.t (id BIGINT, small SMALLINT, n INT NOT NULL, price DECIMAL(10, 2), ratio DOUBLE, half REAL, yes BOOLEAN,
           name VARCHAR COMMENT 'what it is called', data BYTEA, day DATE, at TIMESTAMP, seen TIMESTAMP WITH TIME ZONE, tags TEXT[], \"Mixed\" TEXT)
           PARTITIONED BY (day) PRIMARY KEY (id);
         CREATE TABLE IF NOT EXISTS raw.t (other INT);
         INSERT INTO raw.t (id, n, price, ratio, half, yes, name, data, day, at, seen, \"mixed\")
           VALUES (1, 2, 1.5, 0.1, 0.1, true, 'a', 'xy', '2026-11-21', '2026-11-21 10:00:00', now(), 'M')",
    )
    .await;
    let staged = work.stage(&occasion("p1")).await.unwrap();
    let facts = &staged[0].1;
    let columns: Vec<_> = facts
        .columns
        .iter()
        .map(|column| {
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!(
                "{} {}{null} {}",
                column.name,
                column.data_type,
                column.description.clone().unwrap_or_default()
            )
        })
        .collect();
    insta::assert_snapshot!(columns.join("\n"), @r#"
id BIGINT NOT NULL 
small SMALLINT 
n INTEGER NOT NULL 
price DECIMAL(10, 2) 
ratio DOUBLE 
half REAL 
yes BOOLEAN 
name VARCHAR what it is called
data BYTEA 
day DATE 
at TIMESTAMP 
seen TIMESTAMP WITH TIME ZONE 
tags ARRAY<VARCHAR> 
Mixed VARCHAR
"#);
    assert_eq!((facts.rows_total, facts.files_total, facts.bytes_total > 0), (Some(1), 1, true));
    assert_eq!(
        (facts.partitioned_by.as_slice(), facts.key.as_slice()),
        (&["day".to_owned()][..], &["id".to_owned()][..])
    );
    insta::assert_snapshot!(answer(&mut work, "SELECT id, small, price, half, name, day, at, tags, \"Mixed\" FROM raw.t").await, @r#"
+----+-------+-------+------+------+------------+---------------------+------+-------+
| id | small | price | half | name | day        | at                  | tags | Mixed |
+----+-------+-------+------+------+------------+---------------------+------+-------+
| 1  |       | 1.50  | 0.1  | a    | 2026-11-21 | 2026-11-21T10:00:00 |      | M     |
+----+-------+-------+------+------+------------+---------------------+------+-------+
"#);
}

#[tokio::test]
async fn a_table_becomes_another_in_one_commit() {
    let bench = Bench::new();
    let orders = bench.table("raw.orders", 1..=3).await;
    let mut work = begin(&bench, &[&orders]);
    let sql = "CREATE OR REPLACE TABLE raw.orders PARTITIONED BY (kind) PRIMARY KEY (number)
        AS SELECT CAST(id AS INT) AS number, id % 2 AS kind, TIMESTAMP '2026-11-21 00:00:00' AS at FROM raw.orders WHERE id > 1";
    let effects = run(&mut work, sql).await;
    assert_eq!(counts(&effects[0]), (2, 0, Some(3), 0));
    let now = table(&work, "raw.orders");
    assert_eq!(
        (now.version(), content(&now).await),
        (2, vec!["2 0 2026-11-21T00:00:00".to_owned(), "3 1 2026-11-21T00:00:00".to_owned()])
    );
    assert_eq!(now.facts().unwrap().key, ["number"]);
    // It is less of a table now, and still one.
    run(&mut work, "CREATE OR REPLACE TABLE raw.orders AS SELECT 'x' AS id; UPDATE raw.orders SET id = 'y'")
        .await;
    assert_eq!(content(&table(&work, "raw.orders")).await, ["y"]);
    assert!(table(&work, "raw.orders").facts().unwrap().partitioned_by.is_empty());
    publish(&bench, &work, "p1").await;
    let published = bench.lake.table(&name("raw.orders"), &Line::main(), None).await.unwrap();
    assert_eq!(content(&published).await, ["y"]);
    let before = bench.lake.table(&name("raw.orders"), &Line::main(), Some(1)).await.unwrap();
    assert_eq!(ids(&before).await, [1, 2, 3]);
}

#[tokio::test]
async fn rows_are_written_by_key() {
    let bench = Bench::new();
    let mut work = begin(&bench, &[]);
    let effects = run(
        &mut work,
        "CREATE TABLE raw.t (id BIGINT PRIMARY KEY, a TEXT, b INT);
         INSERT INTO raw.t VALUES (1, 'a', 1), (2, 'b', 2);
         INSERT INTO raw.t SELECT * FROM (VALUES (2, 'c', 3), (3, 'd', 4), (3, 'e', 5)) ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a, b = excluded.b;
         INSERT INTO raw.t (b, id, a) VALUES (9, 3, 'x'), (8, 4, 'f'), (7, 4, 'g') ON CONFLICT (id) DO NOTHING;",
    )
    .await;
    assert_eq!(effects[2..].iter().map(counts).collect::<Vec<_>>(), [(1, 1, Some(0), 1), (1, 0, Some(0), 2)]);
    assert_eq!(content(&table(&work, "raw.t")).await, ["1 a 1", "2 c 3", "3 e 5", "4 f 8"]);
    for sql in [
        "INSERT INTO raw.t (id, a) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a",
        "INSERT INTO raw.t VALUES (1, 'x', 1) ON CONFLICT (id) DO UPDATE SET a = EXCLUDED.a",
        "INSERT INTO raw.t VALUES (1, 'x', 1) ON CONFLICT (b) DO NOTHING",
    ] {
        let orders = bench.table(&format!("raw.t{}", sql.len()), 1..=2).await;
        let mut other =
            Work::begin(&bench.lake, base(view(&[&orders]), "other"), &Limits::default()).unwrap();
        let sql = format!("CREATE TABLE raw.t (id BIGINT PRIMARY KEY, a TEXT, b INT); {sql}");
        let said = refusal(&mut other, &sql).await;
        bench.lake.remove_branch(&name("raw.t"), &branch("other")).await.unwrap();
        assert!(
            said.contains("a row is replaced as a whole") || said.contains("the key of the table is (id)"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn rows_are_overwritten_folder_by_folder() {
    let bench = Bench::new();
    let orders = bench.table("raw.orders", 1..=3).await;
    let mut work = begin(&bench, &[&orders]);
    let effects = run(
        &mut work,
        "CREATE TABLE raw.t (id BIGINT, place TEXT) PARTITIONED BY (place);
         INSERT INTO raw.t VALUES (1, 'a'), (2, 'b'), (3, NULL), (4, 'b');
         INSERT OVERWRITE raw.t VALUES (5, 'b');
         INSERT OVERWRITE raw.t SELECT * FROM raw.t WHERE false;
         INSERT OVERWRITE raw.orders (id) SELECT id FROM raw.t;
         INSERT OVERWRITE raw.orders SELECT * FROM raw.orders WHERE false;",
    )
    .await;
    assert_eq!(
        effects[2..].iter().map(counts).collect::<Vec<_>>(),
        [(1, 0, Some(2), 0), (0, 0, Some(0), 0), (3, 0, Some(3), 0), (0, 0, Some(3), 0)]
    );
    assert_eq!(content(&table(&work, "raw.t")).await, ["1 a", "3 -", "5 b"]);
    assert!(content(&table(&work, "raw.orders")).await.is_empty());
}

#[tokio::test]
async fn changes_mean_what_they_mean_in_sql() {
    let bench = Bench::new();
    let mut work = begin(&bench, &[]);
    let effects = run(
        &mut work,
        "CREATE TABLE raw.t (id BIGINT, n INT, place TEXT) PARTITIONED BY (place);
         INSERT INTO raw.t VALUES (1, 10, 'a'), (2, NULL, 'a'), (3, 30, NULL), (4, 40, 'b'), (5, 50, 'b');
         CREATE TABLE raw.other AS SELECT 4 AS id UNION ALL SELECT NULL;
         UPDATE raw.t SET n = n + 1, place = 'c' WHERE n > 30;
         UPDATE raw.t AS x SET n = (SELECT max(o.id) FROM raw.other o) WHERE x.n IS NULL OR x.place IS NULL;
         DELETE FROM raw.t WHERE place <> 'a';
         DELETE FROM raw.t WHERE id NOT IN (SELECT id FROM raw.other);
         UPDATE raw.t SET n = raw.t.id WHERE t.id = 1;
         DELETE FROM raw.t x WHERE EXISTS (SELECT 1 FROM raw.other o WHERE o.id = x.n);
         DELETE FROM raw.t WHERE NULL;
         UPDATE raw.t SET id = id * 2;",
    )
    .await;
    assert_eq!(
        effects[3..].iter().map(counts).collect::<Vec<_>>(),
        [
            (0, 2, Some(0), 0),
            (0, 2, Some(0), 0),
            (0, 0, Some(2), 0),
            (0, 0, Some(0), 0),
            (0, 1, Some(0), 0),
            (0, 0, Some(2), 0),
            (0, 0, Some(0), 0),
            (0, 1, Some(0), 0),
        ]
    );
    assert_eq!(content(&table(&work, "raw.t")).await, ["2 1 a"]);
    assert_eq!(work.tables_read().iter().map(ToString::to_string).collect::<Vec<_>>(), ["raw.other"]);
    let effects = run(&mut work, "DELETE FROM raw.t; DELETE FROM raw.t; UPDATE raw.t SET id = 1").await;
    assert_eq!(
        effects.iter().map(counts).collect::<Vec<_>>(),
        [(0, 0, Some(1), 0), (0, 0, Some(0), 0), (0, 0, Some(0), 0)]
    );
}

#[tokio::test]
async fn what_does_not_fit_is_said_with_its_line_and_column() {
    let bench = Bench::new();
    let orders = bench.table("raw.orders", 1..=2).await;
    let mut said = Vec::new();
    for (place, sql) in [
        "INSERT INTO raw.none SELECT 1",
        "INSERT INTO raw.orders VALUES (1)",
        "INSERT INTO raw.orders (id, nope) VALUES (1, 2)",
        "INSERT INTO raw.orders (id, id) VALUES (1, 2)",
        "INSERT INTO raw.orders (name) VALUES ('x')",
        "INSERT INTO raw.orders VALUES (NULL, 'x')",
        "INSERT INTO raw.orders VALUES ('x', 'x')",
        "INSERT INTO raw.orders VALUES (1.5, 'x')",
        "INSERT INTO raw.orders SELECT id, nope FROM raw.orders",
        "INSERT INTO raw.orders (id) SELECT 9223372036854775808",
        "INSERT INTO raw.orders (id) SELECT now()",
        "UPDATE raw.orders SET id = NULL",
        "UPDATE raw.orders SET id = 1, \"ID\" = 2",
        "UPDATE raw.orders SET nope = 1",
        "DELETE FROM raw.orders WHERE nope = 1",
        "DELETE FROM raw.orders WHERE id",
        "CREATE TABLE raw.orders (a INT)",
        "CREATE TABLE raw.t AS SELECT NULL AS a",
        "CREATE TABLE raw.t AS SELECT count(*) FROM raw.orders",
        "CREATE TABLE raw.t AS SELECT 1 AS a, 2 AS \"A\"",
        "CREATE TABLE raw.t AS SELECT INTERVAL '1 day' AS a",
        "CREATE TABLE raw.t (a INT) PARTITIONED BY (b)",
        "CREATE TABLE raw.t (a INT) PARTITIONED BY (a)",
        "CREATE TABLE raw.t (a INT) PRIMARY KEY (b)",
        "CREATE TABLE raw.t (a DOUBLE PRIMARY KEY)",
        "CREATE TABLE raw.t (a INT, b INT) PRIMARY KEY (a); INSERT INTO raw.t (b) VALUES (1)",
        "WITH orders AS (SELECT * FROM orders) SELECT * FROM orders",
        "SELECT * FROM raw.orders, raw.none",
        "SELECT 1 / 0 FROM raw.orders",
    ]
    .into_iter()
    .enumerate()
    {
        let run = format!("run{place}");
        let mut work = Work::begin(&bench.lake, base(view(&[&orders]), &run), &Limits::default()).unwrap();
        said.push(format!("{sql}\n    {}", refusal(&mut work, &format!("SELECT 1;\n{sql}")).await));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
INSERT INTO raw.none SELECT 1
    line 2: there is no table raw.none on main
INSERT INTO raw.orders VALUES (1)
    line 2: column * of table raw.orders: 1 columns come in for 2; name those that they are for: `(column, …)`
INSERT INTO raw.orders (id, nope) VALUES (1, 2)
    line 2: column nope of table raw.orders: the table has no such column
INSERT INTO raw.orders (id, id) VALUES (1, 2)
    line 2: column id of table raw.orders: it is given twice
INSERT INTO raw.orders (name) VALUES ('x')
    line 2: column id of table raw.orders: it may not be null, and is not given
INSERT INTO raw.orders VALUES (NULL, 'x')
    line 2: column id of table raw.orders: it may not be null, and 1 values are
INSERT INTO raw.orders VALUES ('x', 'x')
    line 2: column id of table raw.orders: 'x' cannot be read as BIGINT
INSERT INTO raw.orders VALUES (1.5, 'x')
    line 2: column id of table raw.orders: what comes in is DOUBLE, and may not all be BIGINT; write `CAST(… AS BIGINT)` if it is to be made so
INSERT INTO raw.orders SELECT id, nope FROM raw.orders
    line 2: No field named nope. Did you mean 'raw.orders.name'?
Valid fields are raw.orders.id, raw.orders.name.
INSERT INTO raw.orders (id) SELECT 9223372036854775808
    line 2: column id of table raw.orders: Can't cast value 9223372036854775808 to type Int64
INSERT INTO raw.orders (id) SELECT now()
    line 2: column id of table raw.orders: what comes in is TIMESTAMP WITH TIME ZONE, and is not BIGINT; write `CAST(… AS BIGINT)` if it is to be made so
UPDATE raw.orders SET id = NULL
    line 2: column id of table raw.orders: it may not be null, and 2 values are
UPDATE raw.orders SET id = 1, "ID" = 2
    line 2: column ID of table raw.orders: it is given twice
UPDATE raw.orders SET nope = 1
    line 2: column nope of table raw.orders: the table has no such column
DELETE FROM raw.orders WHERE nope = 1
    line 2: No field named nope. Did you mean 'raw.orders.name'?
Valid fields are raw.orders.id, raw.orders.name.
DELETE FROM raw.orders WHERE id
    line 2: Cannot create filter with non-boolean predicate 'raw.orders.id' returning Int64
CREATE TABLE raw.orders (a INT)
    line 2: table raw.orders is there already on main
CREATE TABLE raw.t AS SELECT NULL AS a
    line 2: column a of table raw.t: it is always null, and so of no type; write `CAST(NULL AS …)`
CREATE TABLE raw.t AS SELECT count(*) FROM raw.orders
    line 2: column count(*) of table raw.t: a column cannot be called so; write `… AS name`
CREATE TABLE raw.t AS SELECT 1 AS a, 2 AS "A"
    line 2: column A of table raw.t: there are two of that name; write `… AS name`
CREATE TABLE raw.t AS SELECT INTERVAL '1 day' AS a
    line 2: column a of table raw.t: a table cannot hold INTERVAL(MONTHDAYNANO); write `CAST(… AS …)`
CREATE TABLE raw.t (a INT) PARTITIONED BY (b)
    line 2: column b of table raw.t: it is to name folders, and the table has no such column
CREATE TABLE raw.t (a INT) PARTITIONED BY (a)
    line 2: column * of table raw.t: not all columns can name folders: nothing would be in them
CREATE TABLE raw.t (a INT) PRIMARY KEY (b)
    line 2: column b of table raw.t: it is part of the key, and the table has no such column
CREATE TABLE raw.t (a DOUBLE PRIMARY KEY)
    line 2: column a of table raw.t: a key is of whole numbers, decimals, text, dates or times, and this is Float64
CREATE TABLE raw.t (a INT, b INT) PRIMARY KEY (a); INSERT INTO raw.t (b) VALUES (1)
    line 2: column a of table raw.t: it may not be null, and is not given
WITH orders AS (SELECT * FROM orders) SELECT * FROM orders
    line 2: there is no table `orders`; write its schema too: `raw.orders`
SELECT * FROM raw.orders, raw.none
    line 2: there is no table `raw.none`; `polder tables` lists those that there are
SELECT 1 / 0 FROM raw.orders
    line 2: a division by zero; `nullif(divisor, 0)` gives nothing instead
"#);
    assert_eq!(bench.outside("raw.orders").await, [1, 2]);
}

#[tokio::test]
async fn what_was_stopped_is_not_gone_on_with() {
    let bench = Bench::new();
    let orders = bench.table("raw.orders", 1..=2).await;
    let mut work = begin(&bench, &[&orders]);
    let script =
        Script::parse("INSERT INTO raw.orders SELECT value, 'x' FROM generate_series(1, 100000000)").unwrap();
    let stopped =
        tokio::time::timeout(std::time::Duration::from_millis(200), work.run(&script.statements()[0])).await;
    assert!(stopped.is_err());
    assert!(matches!(work.stage(&occasion("p1")).await.unwrap_err(), Error::Unfinished));
    let said = refusal(&mut work, "DELETE FROM raw.orders").await;
    assert!(said.contains("begin anew"), "{said}");
    assert_eq!(bench.outside("raw.orders").await, [1, 2]);
    let mut failed = Work::begin(&bench.lake, base(view(&[&orders]), "failed"), &Limits::default()).unwrap();
    refusal(&mut failed, "CREATE TABLE raw.t AS SELECT CAST('x' AS INT) AS a FROM raw.orders").await;
    assert!(matches!(failed.stage(&occasion("p1")).await.unwrap_err(), Error::Unfinished));
}

#[tokio::test]
async fn an_attempt_has_a_branch_of_its_own() {
    let bench = Bench::new();
    let orders = bench.table("raw.orders", 1..=2).await;
    run(
        &mut begin(&bench, &[&orders]),
        "INSERT INTO raw.orders (id) VALUES (3); CREATE TABLE raw.t AS SELECT 1 AS a",
    )
    .await;
    for sql in ["INSERT INTO raw.orders (id) VALUES (3)", "CREATE TABLE raw.t AS SELECT 1 AS a"] {
        let said = refusal(&mut begin(&bench, &[&orders]), sql).await;
        assert!(
            said.contains("branch run of table raw.") && said.contains("was written to before"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn writing_keeps_to_its_limits() {
    let bench = Bench::new();
    let spill = tempfile::tempdir().unwrap();
    let limits =
        Limits { memory: 24 << 20, spill: Some(spill.path().to_owned()), spilled: 1 << 30, threads: 1 };
    let mut work = Work::begin(&bench.lake, base(View::default(), "run"), &limits).unwrap();
    let sql = "CREATE TABLE raw.t (id BIGINT PRIMARY KEY, text TEXT);
        INSERT INTO raw.t SELECT 1000000 - value, repeat(CAST(value AS TEXT), 10) FROM generate_series(1, 1000000)";
    let effects = run(&mut work, sql).await;
    assert_eq!(effects[1].inserted, 1_000_000);
    let told = table(&work, "raw.t").column_statistics().unwrap();
    assert_eq!((told[0].min.as_deref(), told[0].max.as_deref()), (Some("0"), Some("999999")));
    let limits = Limits { spilled: 1 << 10, ..limits };
    let mut work = Work::begin(&bench.lake, base(View::default(), "other"), &limits).unwrap();
    let said = refusal(&mut work, sql).await;
    assert!(
        said.starts_with("line 2: ") && (said.contains("limit") || said.contains("esources exhausted")),
        "{said}"
    );
}

#[tokio::test]
async fn an_environment_has_tables_of_its_own() {
    let bench = Bench::new();
    let orders = bench.table("raw.orders", 1..=2).await;
    let dev = |at| Line::main().fork(branch("dev"), at);
    let pin = Pin { line: dev(Some(orders.version())), version: orders.version() };
    let base = Base { root: dev(None), ..base([(name("raw.orders"), pin)].into_iter().collect(), "run") };
    let mut work = Work::begin(&bench.lake, base, &Limits::default()).unwrap();
    run(&mut work, "INSERT INTO raw.orders (id) VALUES (3); CREATE TABLE raw.t AS SELECT 1 AS id").await;
    publish(&bench, &work, "p1").await;
    assert_eq!(bench.outside("raw.orders").await, [1, 2]);
    assert_eq!(bench.lake.tables().await.unwrap(), [name("raw.orders")]);
    let ours = bench.lake.table(&name("raw.orders"), &dev(Some(orders.version())), None).await.unwrap();
    assert_eq!(ids(&ours).await, [1, 2, 3]);
    assert!(bench.lake.table(&name("raw.t"), &dev(None), None).await.is_ok());
}

#[tokio::test]
async fn programs_write_without_sql() {
    let bench = Bench::new();
    let orders = bench.table("raw.orders", 1..=2).await;
    let mut work = begin(&bench, &[&orders]);
    let design = Design { key: vec!["id".to_owned()], ..Design::new(schema()) };
    let plain = Design::new(schema());
    assert_eq!(work.append(&name("raw.orders"), rows([3]), &plain).await.unwrap().inserted, 1);
    assert_eq!(
        counts(&work.upsert(&name("raw.new"), rows([2, 1, 2]), &design, None).await.unwrap()),
        (2, 0, Some(0), 1)
    );
    assert_eq!(
        counts(&work.upsert(&name("raw.NEW"), rows([2, 3]), &design, Some("name")).await.unwrap()),
        (1, 1, Some(0), 0)
    );
    assert_eq!(
        counts(&work.overwrite(&name("raw.orders"), rows([9]), &plain).await.unwrap()),
        (1, 0, Some(3), 0)
    );
    assert_eq!(ids(&table(&work, "raw.new")).await, [1, 2, 3]);
    assert_eq!(publish(&bench, &work, "p1").await, ["raw.new", "raw.orders"]);
    assert_eq!((bench.outside("raw.orders").await, bench.outside("raw.new").await), (vec![9], vec![1, 2, 3]));
}

#[tokio::test]
async fn what_was_not_changed_is_not_published() {
    let bench = Bench::new();
    let (orders, other) = (bench.table("raw.orders", 1..=2).await, bench.table("raw.other", 1..=2).await);
    let mut work = begin(&bench, &[&orders, &other]);
    run(
        &mut work,
        "DELETE FROM raw.orders WHERE id = 9; INSERT INTO raw.other SELECT * FROM raw.orders WHERE id = 9",
    )
    .await;
    assert!(work.stage(&occasion("p1")).await.unwrap().is_empty());
    run(&mut work, "DELETE FROM raw.orders WHERE id = 1").await;
    assert_eq!(publish(&bench, &work, "p2").await, ["raw.orders"]);
}

/// In a task, which has as much stack as those of the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_be_nested_is_planned_and_run() {
    let chain = |first: &str, more: &str, times: usize| format!("SELECT {first}{} AS x", more.repeat(times));
    let nested = |before: &str, inner: &str, after: &str, times: usize| {
        format!("SELECT {}{inner}{} AS x", before.repeat(times), after.repeat(times))
    };
    let joins: Vec<_> = (0..60).map(|b| format!("JOIN raw.orders b{b} ON a.id = b{b}.id")).collect();
    for sql in [
        chain("1", " + 1", 290),
        chain("'a'", " || 'a'", 290),
        chain("true", " AND true", 290),
        format!("SELECT 1 AS x FROM raw.orders WHERE id = 1{}", " OR id = 2 AND name IS NULL".repeat(40)),
        format!("SELECT CASE{} END AS x", " WHEN 1 = 2 THEN 3".repeat(400)),
        format!("SELECT 1 AS x WHERE 1 IN (0{})", ", 1".repeat(10_000)),
        format!("SELECT 1 AS x{}", " UNION ALL SELECT 2".repeat(62)),
        format!("SELECT 1 AS x{}", " EXCEPT SELECT 2".repeat(62)),
        format!("SELECT a.id AS x FROM raw.orders a {}", joins.join(" ")),
        nested("(", "1", ")", 26),
        nested("(SELECT ", "1", ")", 10),
        nested("abs(", "1", ")", 26),
        nested("CASE WHEN true THEN ", "1", " END", 20),
        format!("SELECT x FROM {}SELECT 1 AS x{}", "(SELECT x FROM ".repeat(9) + "(", ")".repeat(10)),
    ] {
        let done = tokio::spawn(async move {
            let bench = Bench::new();
            let orders = bench.table("raw.orders", 1..=2).await;
            let mut work = begin(&bench, &[&orders]);
            let sql = format!("CREATE TABLE raw.t AS {sql}; UPDATE raw.t SET x = x WHERE x IN ({sql})");
            attempt(&mut work, &sql).await.map_err(|error| error.to_string())
        });
        let done = done.await.unwrap();
        assert!(done.is_ok(), "{done:?}");
    }
}

#[tokio::test]
async fn rows_of_a_table_with_a_key_lie_in_its_order() {
    let bench = Bench::new();
    let mut work = begin(&bench, &[]);
    run(
        &mut work,
        "CREATE TABLE raw.t (text TEXT, id BIGINT PRIMARY KEY);
         INSERT INTO raw.t (id, text) SELECT (value * 7919) % 10007, 'x' FROM generate_series(1, 10000)",
    )
    .await;
    let limits = Limits { threads: 1, ..Limits::default() };
    let session = bench.lake.session(&view(&[&table(&work, "raw.t")]), &limits).unwrap();
    let batches: Vec<RecordBatch> =
        session.query("SELECT id FROM raw.t").await.unwrap().try_collect().await.unwrap();
    let ids: Vec<i64> = batches
        .iter()
        .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec())
        .collect();
    assert!(ids.len() == 10_000 && ids.is_sorted());
}

use std::time::{Duration, Instant};

use polder_types::script::{Kind, Script};
use proptest::prelude::*;

fn mistakes(sql: &str) -> String {
    let found = Script::parse(sql).expect_err(sql);
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_text_is_cut_into_statements() {
    let sql = "-- first; second\nSELECT ';' AS \"a;b\"; ;\n\n  /* x; */ INSERT INTO raw.Orders (id)\nSELECT 1 ; /* é */ DELETE FROM polder.raw.\"Orders\"\n";
    let script = Script::parse(sql).unwrap();
    let found: Vec<_> = script
        .statements()
        .iter()
        .map(|one| {
            (
                one.kind(),
                one.line(),
                one.column(),
                one.text().to_owned(),
                one.table().map(ToString::to_string),
            )
        })
        .collect();
    let text = |text: &str| text.to_owned();
    assert_eq!(
        found,
        [
            (Kind::Select, 2, 1, text("SELECT ';' AS \"a;b\""), None),
            (Kind::Insert, 4, 12, text("INSERT INTO raw.Orders (id)\nSELECT 1"), Some(text("raw.orders"))),
            (Kind::Delete, 5, 20, text("DELETE FROM polder.raw.\"Orders\""), Some(text("raw.Orders"))),
        ]
    );
    assert!(Script::parse(" ; -- nothing\n").unwrap().statements().is_empty());
}

#[test]
fn what_is_known_is_understood() {
    let kinds =
        |sql: &str| Script::parse(sql).unwrap().statements().iter().map(|one| one.kind()).collect::<Vec<_>>();
    for (sql, kind) in [
        ("WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b", Kind::Select),
        ("SELECT * FROM generate_series(1, 3)", Kind::Select),
        ("(SELECT 1) UNION ALL SELECT 2", Kind::Select),
        ("VALUES (1)", Kind::Select),
        (
            "CREATE TABLE IF NOT EXISTS s.t (id BIGINT PRIMARY KEY, \"Day\" DATE NOT NULL COMMENT 'its day')",
            Kind::Create,
        ),
        ("CREATE TABLE s.t (a INT, b INT, PRIMARY KEY (a, b))", Kind::Create),
        ("CREATE TABLE s.t (a INT, b INT) PRIMARY KEY (a) PARTITIONED BY (b)", Kind::Create),
        (
            "CREATE OR REPLACE TABLE s.t PARTITIONED BY (b) PRIMARY KEY (a, c) AS WITH x AS (SELECT 1) SELECT * FROM x",
            Kind::Create,
        ),
        ("INSERT INTO s.t WITH x AS (SELECT 1) SELECT * FROM x", Kind::Insert),
        ("INSERT INTO s.t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b", Kind::Upsert),
        ("INSERT INTO s.t SELECT * FROM s.u ON CONFLICT (a) DO NOTHING", Kind::Upsert),
        ("INSERT OVERWRITE s.t SELECT 1", Kind::Overwrite),
        ("INSERT OVERWRITE TABLE s.t (a) SELECT 1", Kind::Overwrite),
        ("UPDATE s.t AS x SET a = x.a + 1 WHERE x.b IS NULL", Kind::Update),
        ("UPDATE s.t SET a = (SELECT max(a) FROM s.u)", Kind::Update),
        ("DELETE FROM s.t x WHERE EXISTS (SELECT 1 FROM s.u WHERE u.a = x.a)", Kind::Delete),
    ] {
        assert_eq!(kinds(sql), [kind], "{sql}");
    }
}

#[test]
fn all_mistakes_are_said_at_once() {
    let sql = "SELECT 1 +;\nSELEKT 2;\nSELECT 3;\n  INSERT INTO orders SELECT 1;\nSELECT * FROM raw.a JOIN b ON true;\nSELECT 'open";
    insta::assert_snapshot!(mistakes(sql), @r#"
line 1, column 11: found the end of the statement, expected an expression; write `SELECT … FROM schema.table …`
line 2, column 1: `SELEKT` cannot be part of a script; a script may SELECT, CREATE TABLE, INSERT, UPDATE and DELETE
line 4, column 15: table `orders` is named without its schema; write `schema.orders`
line 5, column 26: table `b` is named without its schema; write `schema.b`
line 6, column 8: Unterminated string literal; text ends with `'`, and `''` stands for one in it
"#);
}

#[test]
fn what_a_script_may_not_do_is_refused_with_what_to_write_instead() {
    let refused: Vec<_> = [
        "MERGE INTO s.t USING s.u ON t.a = u.a WHEN MATCHED THEN DELETE",
        "DROP TABLE s.t",
        "TRUNCATE TABLE s.t",
        "COPY s.t TO '/tmp/x.csv'",
        "COPY (SELECT 1) TO '/tmp/x.csv' STORED AS CSV",
        "SET datafusion.execution.batch_size = 1",
        "CREATE VIEW s.v AS SELECT 1",
        "CREATE OR REPLACE VIEW s.v AS SELECT 1",
        "CREATE EXTERNAL TABLE s.t STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE TEMPORARY TABLE s.t (a INT)",
        "CREATE SCHEMA s",
        "EXPLAIN ANALYZE INSERT INTO s.t SELECT 1",
        "BEGIN",
        "ALTER TABLE s.t ADD COLUMN a INT",
        "WITH x AS (SELECT 1) INSERT INTO s.t SELECT * FROM x",
        "SELECT 1 INTO s.t",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM other.raw.t",
        "CREATE TABLE s.t (a INT DEFAULT 1)",
        "CREATE TABLE s.t (a INT UNIQUE)",
        "CREATE TABLE s.t (a INT, FOREIGN KEY (a) REFERENCES s.u (a))",
        "CREATE TABLE s.t (a INT) WITH (x = 1)",
        "CREATE TABLE s.t (a INT) PARTITIONED BY (b",
        "CREATE TABLE s.t (a INT) PARTITIONED BY day",
        "CREATE TABLE s.t",
        "CREATE TABLE s.t LIKE s.u",
        "CREATE TABLE s.t (a INT) AS SELECT 1",
        "CREATE OR REPLACE TABLE IF NOT EXISTS s.t AS SELECT 1",
        "CREATE TABLE s.\"é\" (a INT)",
        "INSERT INTO s.t DEFAULT VALUES",
        "INSERT INTO s.t SELECT 1 RETURNING a",
        "INSERT INTO s.t SELECT 1 ON CONFLICT DO NOTHING",
        "INSERT INTO s.t SELECT 1 ON CONFLICT (a) DO UPDATE SET b = 2",
        "INSERT INTO s.t SELECT 1 ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b WHERE t.b > 1",
        "UPDATE s.t SET a = 1 FROM s.u",
        "UPDATE s.t SET (a, b) = (1, 2)",
        "UPDATE s.t TABLESAMPLE (10) SET a = 1",
        "DELETE FROM s.t USING s.u",
        "DELETE FROM s.t LIMIT 1",
        "DELETE FROM s.t, s.u",
    ]
    .into_iter()
    .map(|sql| format!("{sql}\n    {}", mistakes(sql)))
    .collect();
    insta::assert_snapshot!(refused.join("\n"), @r#"
MERGE INTO s.t USING s.u ON t.a = u.a WHEN MATCHED THEN DELETE
    line 1, column 1: `MERGE` cannot be part of a script; write `INSERT INTO schema.table … ON CONFLICT (key) DO UPDATE SET …`, and `DELETE` for what is to go
DROP TABLE s.t
    line 1, column 1: `DROP` cannot be part of a script; write `DELETE FROM schema.table` to empty it: a table is more than one step's to drop
TRUNCATE TABLE s.t
    line 1, column 1: `TRUNCATE` cannot be part of a script; write `DELETE FROM schema.table`
COPY s.t TO '/tmp/x.csv'
    line 1, column 1: `COPY` cannot be part of a script; SQL reads and writes tables only, no files: write `INSERT INTO schema.table SELECT …`
COPY (SELECT 1) TO '/tmp/x.csv' STORED AS CSV
    line 1, column 1: `COPY` cannot be part of a script; SQL reads and writes tables only, no files: write `INSERT INTO schema.table SELECT …`
SET datafusion.execution.batch_size = 1
    line 1, column 1: `SET` cannot be part of a script; leave it out: a script has no settings, and names have their schema
CREATE VIEW s.v AS SELECT 1
    line 1, column 1: `CREATE VIEW` cannot be part of a script; write `CREATE OR REPLACE TABLE schema.table AS SELECT …`
CREATE OR REPLACE VIEW s.v AS SELECT 1
    line 1, column 1: `CREATE VIEW` cannot be part of a script; write `CREATE OR REPLACE TABLE schema.table AS SELECT …`
CREATE EXTERNAL TABLE s.t STORED AS CSV LOCATION '/etc/passwd'
    line 1, column 1: `CREATE EXTERNAL` cannot be part of a script; SQL reads and writes tables only, no files: write `CREATE TABLE schema.table (…)`, and let a step fill it
CREATE TEMPORARY TABLE s.t (a INT)
    line 1, column 1: `CREATE TEMPORARY` cannot be part of a script; use `WITH name AS (SELECT …)` in the statement that needs it
CREATE SCHEMA s
    line 1, column 1: `CREATE SCHEMA` cannot be part of a script; leave it out: a schema is there as soon as it has a table
EXPLAIN ANALYZE INSERT INTO s.t SELECT 1
    line 1, column 1: `EXPLAIN` cannot be part of a script; leave it out, or `SELECT` from `information_schema.tables` or `information_schema.columns`
BEGIN
    line 1, column 1: `BEGIN` cannot be part of a script; leave it out: all that a script writes is published together, or not at all
ALTER TABLE s.t ADD COLUMN a INT
    line 1, column 1: `ALTER` cannot be part of a script; write `CREATE OR REPLACE TABLE schema.table AS SELECT …` with the columns that it is to have
WITH x AS (SELECT 1) INSERT INTO s.t SELECT * FROM x
    line 1, column 1: what follows `WITH` here is not a query; begin the statement with what it does: `INSERT INTO schema.table WITH … SELECT …`
SELECT 1 INTO s.t
    line 1, column 1: `SELECT … INTO` is not known here; write `CREATE TABLE schema.table AS SELECT …`
SELECT * FROM '/etc/passwd'
    line 1, column 1: table `/etc/passwd` is named without its schema; write `schema.table`
SELECT * FROM other.raw.t
    line 1, column 15: `other.raw.t` is not the name of a table here; write `schema.table`
CREATE TABLE s.t (a INT DEFAULT 1)
    line 1, column 1: `DEFAULT 1` is not known for column a; a column has a type, and may be `NOT NULL`, `PRIMARY KEY` and have a `COMMENT 'text'`
CREATE TABLE s.t (a INT UNIQUE)
    line 1, column 1: `UNIQUE` is not known for column a; a column has a type, and may be `NOT NULL`, `PRIMARY KEY` and have a `COMMENT 'text'`
CREATE TABLE s.t (a INT, FOREIGN KEY (a) REFERENCES s.u (a))
    line 1, column 1: `FOREIGN KEY (a) REFERENCES s.u(a)` is not known; of constraints only `PRIMARY KEY (column, …)` and `NOT NULL` are known
CREATE TABLE s.t (a INT) WITH (x = 1)
    line 1, column 1: this `CREATE TABLE` says more than is known here; behind the columns only `PARTITIONED BY (…)`, `PRIMARY KEY (…)` and `AS SELECT …` are known
CREATE TABLE s.t (a INT) PARTITIONED BY (b
    line 1, column 43: found the end of the statement, expected `,` or `)`; write `PARTITIONED BY (column, …)` and `PRIMARY KEY (column, …)`
CREATE TABLE s.t (a INT) PARTITIONED BY day
    line 1, column 41: found `day`, expected `(`; write `PARTITIONED BY (column, …)` and `PRIMARY KEY (column, …)`
CREATE TABLE s.t
    line 1, column 1: a table has columns that are listed, or those of a query; write `CREATE TABLE schema.table (column TYPE [NOT NULL], …)` or `CREATE [OR REPLACE] TABLE schema.table AS SELECT …`
CREATE TABLE s.t LIKE s.u
    line 1, column 1: this `CREATE TABLE` says more than is known here; behind the columns only `PARTITIONED BY (…)`, `PRIMARY KEY (…)` and `AS SELECT …` are known
CREATE TABLE s.t (a INT) AS SELECT 1
    line 1, column 1: a table has columns that are listed, or those of a query; write `CREATE TABLE schema.table (column TYPE [NOT NULL], …)` or `CREATE [OR REPLACE] TABLE schema.table AS SELECT …`
CREATE OR REPLACE TABLE IF NOT EXISTS s.t AS SELECT 1
    line 1, column 1: `OR REPLACE` and `IF NOT EXISTS` exclude one another; write `CREATE TABLE schema.table (column TYPE [NOT NULL], …)` or `CREATE [OR REPLACE] TABLE schema.table AS SELECT …`
CREATE TABLE s."é" (a INT)
    line 1, column 14: `é` cannot be the name of a table: use letters, digits and `_`, beginning with a letter, at most 128; write `schema.table`
INSERT INTO s.t DEFAULT VALUES
    line 1, column 1: there are no rows to insert; write `INSERT INTO schema.table [(column, …)] SELECT …` or `… VALUES (…), (…)`
INSERT INTO s.t SELECT 1 RETURNING a
    line 1, column 1: this `INSERT` says more than is known here; write `INSERT INTO schema.table [(column, …)] SELECT …` or `… VALUES (…), (…)`
INSERT INTO s.t SELECT 1 ON CONFLICT DO NOTHING
    line 1, column 1: this does not say by which key rows are the same; write `ON CONFLICT (key, …) DO UPDATE SET column = EXCLUDED.column, …` with all columns but the key, or `DO NOTHING`
INSERT INTO s.t SELECT 1 ON CONFLICT (a) DO UPDATE SET b = 2
    line 1, column 1: `b = 2` is not known here: a row is replaced as it comes in; write `b = EXCLUDED.b`
INSERT INTO s.t SELECT 1 ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b WHERE t.b > 1
    line 1, column 1: `DO UPDATE … WHERE` is not known here; put the condition into the query that the rows come from
UPDATE s.t SET a = 1 FROM s.u
    line 1, column 1: `UPDATE … FROM` is not known here; use `SET column = (SELECT …)`
UPDATE s.t SET (a, b) = (1, 2)
    line 1, column 1: several columns cannot be set at once; write `SET a = …, b = …`
UPDATE s.t TABLESAMPLE (10) SET a = 1
    line 1, column 1: only one table can be changed at a time; use `WHERE column IN (SELECT …)` or `WHERE EXISTS (SELECT …)`
DELETE FROM s.t USING s.u
    line 1, column 1: `DELETE … USING` is not known here; use `WHERE column IN (SELECT …)` or `WHERE EXISTS (SELECT …)`
DELETE FROM s.t LIMIT 1
    line 1, column 1: `DELETE` has `FROM` and `WHERE` here, and nothing else; leave it out, and `SELECT` the rows in a statement of their own
DELETE FROM s.t, s.u
    line 1, column 1: `DELETE` is from one table; use `WHERE column IN (SELECT …)` or `WHERE EXISTS (SELECT …)`
"#);
}

/// On a thread with as much stack as those of the server.
fn parsed_in_time(sql: String) -> bool {
    let work = move || {
        let begin = Instant::now();
        let parsed = Script::parse(&sql);
        (parsed.is_ok(), begin.elapsed())
    };
    let (parsed, elapsed) =
        std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    parsed
}

#[test]
fn what_is_nested_deeply_is_refused_and_uses_up_no_stack() {
    let nested = |before: &str, inner: &str, after: &str, times: usize| {
        format!("SELECT {}{inner}{}", before.repeat(times), after.repeat(times))
    };
    for times in [100, 100_000] {
        for (before, inner, after) in [
            ("(", "1", ")"),
            ("(SELECT ", "1", ")"),
            ("[", "1", "]"),
            ("CAST(", "1", " AS INT)"),
            ("f(", "1", ")"),
            ("CASE WHEN ", "1", " THEN 1 END"),
            ("1 FROM (", "1", ")"),
            ("1 WHERE EXISTS (WITH x AS (SELECT 1), y AS (SELECT ", "1", ") SELECT 1)"),
            ("", "CAST(1 AS ", ")"),
            ("(", "", ""),
        ] {
            assert!(!parsed_in_time(nested(before, inner, after, times)), "{times} {before}");
        }
        assert!(!parsed_in_time(format!(
            "SELECT CAST(1 AS {}INT{})",
            "ARRAY<".repeat(times),
            ">".repeat(times)
        )));
    }
    for (before, inner, after) in [
        ("NOT ", "true", ""),
        ("- ", "1", ""),
        ("", "1", " + 1"),
        ("", "1", "::INT"),
        ("", "1", " UNION SELECT 1"),
        ("", "x", " IS NULL"),
        ("", "1 FROM s.t", " JOIN s.t ON true"),
        ("", "a", "[1]"),
        ("", "a", " OR a = 'x'"),
        ("", "a", " AND (a)"),
        ("", "a", ".a"),
        ("", "CAST(1 AS INT", "[]"),
    ] {
        parsed_in_time(nested(before, inner, after, 60));
        parsed_in_time(nested(before, inner, after, 290));
        parsed_in_time(nested(before, inner, after, 100_000));
    }
    for times in [10, 20, 29, 39] {
        for (before, inner, after) in [
            ("(", "1", ")"),
            ("1 FROM (", "s.t", ")"),
            ("(SELECT ", "1", ")"),
            ("f(", "1", ")"),
            ("1 FROM (SELECT ", "1", ")"),
            ("CASE WHEN ", "1", " THEN 1 END"),
        ] {
            parsed_in_time(nested(before, inner, after, times));
        }
        parsed_in_time(format!("SELECT 1 FROM {}s.t{}", "(".repeat(times), ")".repeat(times)));
        parsed_in_time(format!("SELECT 1 FROM {}", "(".repeat(times)));
        parsed_in_time(format!("INSERT INTO s.t {}", "(".repeat(times)));
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "SELECT",
            "FROM",
            "WITH",
            "AS",
            "INSERT",
            "INTO",
            "OVERWRITE",
            "s.t",
            "a",
            "b",
            "(",
            ")",
            ",",
            ";",
            "VALUES",
            "1",
            "'x'",
            "CREATE",
            "TABLE",
            "OR",
            "REPLACE",
            "IF",
            "NOT",
            "EXISTS",
            "PARTITIONED",
            "BY",
            "PRIMARY",
            "KEY",
            "INT",
            "DELETE",
            "UPDATE",
            "SET",
            "=",
            "WHERE",
            "ON",
            "CONFLICT",
            "DO",
            "NOTHING",
            "EXCLUDED.a",
            "NULL",
            "JOIN",
            "UNION",
            "ALL",
            "ORDER",
            "LIMIT",
            "CASE",
            "WHEN",
            "END",
            "INTERVAL",
            "[",
            "]",
            "<",
            ">",
            "::",
            "$1",
            "--",
            "\n",
            "/*",
            "*/",
            "'",
            "\"",
            "`",
            "EXPLAIN",
            "COPY",
            "TO",
            "LATERAL",
            "PIVOT",
            "*",
            "+",
            "-",
            ".",
            "x'",
            "e'\\",
            "$$",
            "@",
            "é",
            "ARRAY",
            "STRUCT",
            "MAP",
            "{",
            "}",
            ":",
            "?",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), words in prop::collection::vec(word(), 0..40)) {
        let _ = Script::parse(&text);
        let sql = words.join(" ");
        match Script::parse(&sql) {
            Ok(script) => for one in script.statements() {
                let line = sql.split('\n').nth(one.line() as usize - 1).unwrap();
                let begin: String = line.chars().skip(one.column() as usize - 1).collect();
                prop_assert!(begin.starts_with(one.text().split('\n').next().unwrap()));
            },
            Err(mistakes) => for one in mistakes {
                prop_assert!(one.line >= 1 && one.column >= 1 && !one.message.is_empty());
            },
        }
    }
}

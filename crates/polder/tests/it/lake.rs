//! Steps of SQL, what they publish, and who sees it; and what is left when something dies on the way.

use serde_json::Value;

use crate::session::{Server, Session, assert_session};

const PROJECT: &str = "project: shop\nteam: shop\nenvironments: {prod: {}, dev: {schedules: off}}\n";
/// Makes a table that is not there yet, and adds to it.
const LOAD: &str = "
name: load
steps:
  - name: orders
    sql: |
      CREATE TABLE IF NOT EXISTS raw.orders (id BIGINT NOT NULL, amount DECIMAL(12, 2), day DATE);
      INSERT INTO raw.orders VALUES (1, 10.50, DATE {{ run.date }}), (2, 3, DATE {{ run.date }})
  - {name: days, sql: days.sql, compute: {memory: 256MiB, cpus: 1}}
";
const DAYS: &str = "CREATE OR REPLACE TABLE marts.days AS
SELECT day, count(*) AS orders, sum(amount) AS amount FROM raw.orders GROUP BY day;
SELECT * FROM marts.days ORDER BY day
";
const WRONG: &str = "
name: wrong
steps: [{name: a, sql: 'INSERT INTO raw.orders VALUES (3, 1, NULL); INSERT INTO raw.orders SELECT * FROM raw.nothing'}]
";

fn shop(server: &[(&str, &str)]) -> (Session, Server) {
    let mut session = Session::new();
    session.write("shop/polder.yaml", PROJECT);
    session.write("shop/pipelines/load.yaml", LOAD);
    session.write("shop/pipelines/wrong.yaml", WRONG);
    session.write("shop/days.sql", DAYS);
    let server = session.start_server_with("data", server);
    login(&mut session, &server);
    session.polder(0, &["deploy", "shop"]);
    (session, server)
}

fn login(session: &mut Session, server: &Server) {
    let token_file = server.token_file.display().to_string();
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
}

fn count(session: &Session, table: &str, more: &[&str]) -> Value {
    let query = format!("SELECT count(*) FROM {table}");
    session.json(&[&["sql", "-c", &query], more].concat())["rows"][0][0].clone()
}

#[test]
fn a_day_with_the_lake() {
    let (mut session, _server) = shop(&[]);
    session.polder(0, &["tables"]);
    session.polder(0, &["run", "shop/load", "--date", "2026-11-20", "--follow"]);
    session.polder(0, &["tables"]);
    session.polder(0, &["sql", "-c", "SELECT * FROM marts.days"]);
    session.polder(
        0,
        &["sql", "--format", "table", "-c", "SELECT * FROM raw.orders ORDER BY id; SELECT NULL AS nothing"],
    );
    let lines = "SELECT 1 AS n, 'two\nlines' AS of_text UNION ALL SELECT 2, NULL ORDER BY n";
    session.polder(0, &["sql", "--format", "lines", "-c", lines]);
    session.polder(0, &["run", "shop/load", "--date", "2026-11-21", "--follow"]);
    session.polder(1, &["run", "shop/wrong", "--follow"]);
    session.polder(0, &["publishes"]);
    session.polder(1, &["sql", "-c", "SELECT * FROM marts.dayz"]);
    session.polder(1, &["sql", "-c", "DELETE FROM marts.days"]);
    session.polder(2, &["sql", "--format", "parquet", "-c", "SELECT 1"]);
    session.polder(0, &["sql", "-o", "days.parquet", "-c", "SELECT * FROM marts.days"]);
    assert_session("a_day_with_the_lake", session);
}

#[test]
fn what_was_published_is_taken_back_and_what_failed_is_looked_into() {
    let (session, server) = shop(&[]);
    assert_eq!(session.output(&["run", "shop/load", "--follow"], "").status.code(), Some(0));
    assert_eq!(session.output(&["run", "shop/load", "--follow"], "").status.code(), Some(0));
    assert_eq!(count(&session, "raw.orders", &[]), 4);
    let publishes = session.json(&["publishes"]);
    let id = |at: usize| publishes["items"][at]["id"].as_str().unwrap().to_owned();
    let early = session.output(&["rollback", &id(3)], "");
    assert_eq!(early.status.code(), Some(1), "a later publish has changed the table");
    let back = session.json(&["rollback", &id(1)]);
    assert_eq!((back["state"].as_str(), count(&session, "raw.orders", &[])), (Some("DONE"), 2.into()));
    let publishes = session.json(&["publishes"]);
    let shown = |at: usize, what: &str| publishes["items"][at][what].as_str().map(str::to_owned);
    assert_eq!((shown(0, "rolls_back"), shown(2, "rolled_back_by")), (Some(id(1)), shown(0, "id")));
    let listed = session.output(&["publishes"], "");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let first = listed.lines().nth(1).unwrap();
    assert!(first.contains("roll-back of") && first.contains("-2"), "{listed}");
    assert!(listed.lines().nth(3).unwrap().contains("rolled back by"), "{listed}");
    let twice = session.output(&["rollback", &id(1)], "");
    let twice = String::from_utf8(twice.stderr).unwrap();
    assert!(twice.contains("was rolled back by publish"), "{twice}");
    assert_eq!(session.output(&["rollback", "0000"], "").status.code(), Some(1), "there is none of that end");
    assert_eq!(session.output(&["rollback", &id(0)[28..]], "").status.code(), Some(0));
    let run = session.json(&["run", "shop/wrong"])["id"].as_str().unwrap().to_owned();
    server.until(|| session.json(&["show", &run])["terminal"] == true);
    assert_eq!(count(&session, "raw.orders", &[]), 2, "nothing of it is published");
    for named in [&run, &run[28..], "latest:shop/wrong"] {
        assert_eq!(count(&session, "raw.orders", &["--branch", named]), 3, "but it can be seen as {named}");
    }
    let written = server.get(&format!("/lake/branches/{run}/tables"))["items"].clone();
    assert_eq!(written, serde_json::json!([{"name": "raw.orders", "made": false, "rows": 3}]));
    assert_eq!(server.get("/lake/branches/none/tables")["status"], 404);
}

#[test]
fn what_functions_make_is_memory_too() {
    let (session, _server) = shop(&[]);
    let large = "SELECT max(repeat(value::text, 1000000)) FROM generate_series(1, 1000000)";
    let output = session.output(&["sql", "-c", large], "");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("error: it needed more memory than it may use"), "{told}");
}

#[test]
fn the_tables_are_asked_as_they_were() {
    let (session, _server) = shop(&[]);
    session.output(&["run", "shop/load", "--follow"], "");
    let between = polder_types::Clock::now(&polder_types::SystemClock).to_rfc3339();
    session.output(&["run", "shop/load", "--follow"], "");
    assert_eq!(count(&session, "raw.orders", &[]), 4);
    assert_eq!(count(&session, "raw.orders", &["--at", &between]), 2);
    assert_eq!(count(&session, &format!("raw.orders TIMESTAMP AS OF '{between}'"), &[]), 2);
    assert_eq!(count(&session, "raw.orders VERSION AS OF 0", &[]), 2);
    let told = |at: &str| {
        let output = session.output(&["sql", "-c", "SELECT * FROM raw.orders", "--at", at], "");
        String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(told("yesterday"), @r"
    error: invalid value 'yesterday' for '--at <TIME>': write a day (2026-11-20), a time in UTC (2026-11-20 06:00) or one with its zone (2026-11-20T06:00:00+01:00)

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(told("2020-01-01"), @r"
    error: there was no table raw.orders yet at 2020-01-01T00:00:00Z
      code: SQL_FAILED (see `polder explain SQL_FAILED`)
    ");
}

#[test]
fn another_environment_begins_as_prod_and_goes_its_own_way() {
    let (mut session, _server) = shop(&[]);
    session.polder(0, &["run", "shop/load", "--follow"]);
    assert_eq!(count(&session, "raw.orders", &["--env", "dev"]), 2, "it is as prod before it is used");
    session.polder(0, &["deploy", "shop", "--env", "dev"]);
    session.polder(0, &["run", "shop/load", "--env", "dev", "--follow"]);
    assert_eq!(count(&session, "raw.orders", &["--env", "dev"]), 4);
    assert_eq!(count(&session, "raw.orders", &[]), 2);
    session.polder(1, &["env", "reset", "prod"]);
    let reset = session.json(&["env", "reset", "dev"]);
    assert_eq!(count(&session, "raw.orders", &["--env", "dev"]), 2, "it is as prod once more");
    assert_eq!(count(&session, "raw.orders", &["--branch", reset["before"].as_str().unwrap()]), 4);
    session.polder(0, &["run", "shop/load", "--env", "dev", "--follow"]);
    assert_eq!(count(&session, "raw.orders", &["--env", "dev"]), 4, "and goes its own way again");
}

#[test]
fn an_environment_that_nobody_has_declared_is_a_mistake() {
    let (mut session, _server) = shop(&[]);
    assert!(session.output(&["run", "shop/load", "--follow"], "").status.success());
    assert_eq!(session.json(&["env", "reset", "dev"])["before"], Value::Null, "nothing was written there");
    assert_eq!(
        session.json(&["tables", "--env", "dev"])["items"][0]["name"],
        "marts.days",
        "it is as prod is"
    );
    assert_eq!(session.json(&["publishes", "--env", "dev"])["items"], serde_json::json!([]));
    session.polder(1, &["sql", "--env", "pord", "-c", "SELECT count(*) FROM raw.orders"]);
    session.polder(1, &["tables", "--env", "PROD"]);
    session.polder(1, &["publishes", "--env", "staging"]);
    session.polder(1, &["env", "reset", "test"]);
    // It is one as soon as a project that is deployed says so, and until none does.
    session.write("shop/polder.yaml", &PROJECT.replace("dev", "staging"));
    session.polder(0, &["deploy", "shop"]);
    assert_eq!(count(&session, "raw.orders", &["--env", "staging"]), 2);
    session.polder(1, &["sql", "--env", "dev", "-c", "SELECT count(*) FROM raw.orders"]);
    assert_session("an_environment_that_nobody_has_declared_is_a_mistake", session);
}

/// The server dies at a point of a publish; the rows are there once.
fn dies_at(point: &str) {
    let (mut session, server) = shop(&[("POLDER_CRASH_AT", point)]);
    session.output(&["run", "shop/load"], "");
    server.wait_for_death();
    let server = session.start_server("data");
    login(&mut session, &server);
    let ended = || session.json(&["runs"])["items"][0]["terminal"] == true;
    server.until(ended);
    let runs = session.json(&["runs"]);
    assert_eq!(runs["items"][0]["status"], "SUCCEEDED", "{runs}");
    assert_eq!(count(&session, "raw.orders", &[]), 2);
    assert_eq!(session.json(&["publishes"])["items"].as_array().unwrap().len(), 2);
}

#[test]
fn what_was_decided_when_the_server_died_is_there_once() {
    dies_at("prepared");
}

#[test]
fn what_was_published_when_the_server_died_is_not_published_again() {
    dies_at("published");
}

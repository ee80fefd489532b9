//! Steps that bring rows in and build models from them: one publish, or none.

use serde_json::{Value, json};

use super::{counted, rows, run, shop};
use crate::session::{Server, Session};

const BOTH: &str = "name: load\nsteps:\n  - {name: both, sync: shop, models: '*', compute: {cpus: 1}}\n";
const SOURCES: &str = "version: 2
sources:
  - name: raw
    tables: [{name: v, columns: [{name: n, tests: [unique]}]}]
";

fn both() -> (Session, Server) {
    let sync = "streams: [{name: v, files: 'INBOX/*.csv', mode: incremental}]\n";
    let (session, server) = shop(sync, None);
    session.write("shop/pipelines/load.yaml", BOTH);
    session.write("shop/models/staging/v.sql", "select n from {{ source('raw', 'v') }}");
    session.write("shop/models/schema.yml", SOURCES);
    session.write("shop/tests/are_small.sql", "select n from {{ ref('v') }} where n > 100");
    assert!(session.output(&["deploy", "shop"], "").status.success());
    session.write("inbox/1.csv", "n\n1\n2\n");
    assert!(run(&session));
    assert_eq!(seen(&session), (json!([[2, 2]]), 1));
    (session, server)
}

/// How many rows of each table, and how many publishes.
fn seen(session: &Session) -> (Value, usize) {
    let counts = rows(session, "SELECT (SELECT count(*) FROM raw.v), (SELECT count(*) FROM staging.v)");
    (counts, session.json(&["publishes"])["items"].as_array().unwrap().len())
}

fn code(session: &Session) -> Value {
    session.json(&["show", "latest:shop/load"])["error"]["code"].clone()
}

#[test]
fn what_a_test_finds_is_not_seen_where_it_came_in_either() {
    let (session, _server) = both();
    session.write("inbox/2.csv", "n\n200\nx\n");
    assert!(!run(&session));
    assert_eq!(code(&session), "TESTS_FAILED");
    assert_eq!(seen(&session), (json!([[2, 2]]), 1), "readers see what they saw");
    let branch = session.json(&["show", "latest:shop/load"])["id"].as_str().unwrap().to_owned();
    let on_branch = session.json(&["sql", "--branch", &branch, "-c", "SELECT max(n) FROM raw.v"]);
    assert_eq!(on_branch["rows"], json!([[200]]), "what failed can be looked at");
    // The file was not read, as far as the next run knows.
    session.write("inbox/2.csv", "n\n20\nx\n");
    assert!(session.output(&["rerun", &branch, "--follow"], "").status.success());
    assert_eq!(seen(&session), (json!([[3, 3]]), 2));
    assert_eq!(counted(&session), (json!(4), json!(1), json!({"raw.v__rejected": 1})));
    let told = String::from_utf8(session.output(&["show", "latest:shop/load"], "").stdout).unwrap();
    assert!(told.contains("1 row was rejected: it is in raw.v__rejected, with a reason"), "{told}");
}

#[test]
fn a_test_of_the_source_holds_back_what_came_in() {
    let (session, _server) = both();
    session.write("inbox/2.csv", "n\n2\n");
    assert!(!run(&session));
    assert_eq!((code(&session), seen(&session)), (json!("TESTS_FAILED"), (json!([[2, 2]]), 1)));
}

#[test]
fn what_cannot_be_brought_in_is_told_as_that() {
    let (session, _server) = both();
    std::fs::write(session.path("inbox/2.csv"), [0x1f, 0x8b, 0x08, 0x00]).unwrap();
    assert!(!run(&session));
    assert_eq!((code(&session), seen(&session)), (json!("SYNC_FAILED"), (json!([[2, 2]]), 1)));
}

//! What the lake keeps, and what is gone when its time is over: on disk, and to whoever asks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::session::{Server, Session};

const PROJECT: &str = "project: shop\nteam: shop\nenvironments: {prod: {}}\n";
const LOAD: &str = "
name: load
steps:
  - name: orders
    sql: |
      CREATE TABLE IF NOT EXISTS raw.orders (id BIGINT NOT NULL);
      INSERT INTO raw.orders VALUES (1), (2)
";
const WRONG: &str = "
name: wrong
steps: [{name: a, sql: 'INSERT INTO raw.orders VALUES (3); INSERT INTO raw.orders SELECT * FROM raw.nothing'}]
";
/// Writes, and goes on until it is aborted.
const SLOW: &str = "
name: slow
steps: [{name: a, sql: 'INSERT INTO raw.orders VALUES (4); SELECT count(*) FROM generate_series(1, 100000000000) AS a'}]
";

/// A server that keeps what has ended for so long.
fn server(session: &mut Session, retention: &str) -> Server {
    let server = session.start_server_given("data", &["--lake-retention", retention]);
    let token_file = server.token_file.display().to_string();
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
    server
}

fn run(session: &Session, server: &Server, pipeline: &str) -> String {
    let id = session.json(&["run", &format!("shop/{pipeline}")])["id"].as_str().unwrap().to_owned();
    server.until(|| session.json(&["show", &id])["terminal"] == true);
    id
}

fn count(session: &Session, more: &[&str]) -> Value {
    let query = ["sql", "-c", "SELECT count(*) FROM raw.orders"];
    session.json(&[&query, more].concat())["rows"][0][0].clone()
}

/// The files below a folder that end so.
fn files(folder: &Path, end: &str) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            found.insert(path);
        }
    }
    found
}

/// What a reader who knows nothing of Polder opens.
fn named_by_the_log(table: &Path) -> BTreeSet<PathBuf> {
    let mut named = BTreeSet::new();
    for commit in files(&table.join("_delta_log"), ".json") {
        for line in fs::read_to_string(commit).unwrap().lines() {
            let action: Value = serde_json::from_str(line).unwrap();
            let path = |kind: &str| action[kind]["path"].as_str().map(|path| table.join(path));
            if let Some(removed) = path("remove") {
                named.remove(&removed);
            }
            named.extend(path("add"));
        }
    }
    named
}

/// Cleans up until it is so; somebody else may be doing so.
fn vacuum_until(session: &Session, is_so: impl Fn() -> bool) {
    for _ in 0..200 {
        if is_so() {
            return;
        }
        let output = session.output(&["vacuum", "--json"], "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() || said.contains("CONFLICT"), "{said}");
    }
    panic!("it is never so");
}

#[test]
fn what_failed_is_gone_when_its_time_is_over_and_nothing_else_is() {
    let mut session = Session::new();
    session.write("shop/polder.yaml", PROJECT);
    for (name, text) in [("load", LOAD), ("wrong", WRONG), ("slow", SLOW)] {
        session.write(&format!("shop/pipelines/{name}.yaml"), text);
    }
    let table = session.path("data/lake/raw/orders");
    let data = || files(&table, ".parquet");

    let keeping = server(&mut session, "7d");
    session.polder(0, &["deploy", "shop"]);
    run(&session, &keeping, "load");
    run(&session, &keeping, "load");
    let publish = session.json(&["publishes"])["items"][0]["id"].as_str().unwrap().to_owned();
    session.json(&["rollback", &publish]);
    let before = data();
    let failed = run(&session, &keeping, "wrong");
    let of_failed: Vec<_> = data().difference(&before).cloned().collect();
    assert_eq!((of_failed.len(), count(&session, &["--branch", &failed])), (1, 3.into()));
    let dry = session.json(&["vacuum", "--dry-run"]);
    assert_eq!(
        (&dry["dry_run"], &dry["files"], &dry["branches_removed"]),
        (&true.into(), &0.into(), &0.into())
    );
    keeping.stop();
    // Long before anybody else writes: a second is soon over, or not.
    let of_branch = files(&table.join("_branches"), "").into_iter().filter(|file| names(file, &failed));
    for file in of_failed.iter().cloned().chain(of_branch) {
        let old = fs::metadata(&file).unwrap().modified().unwrap() - Duration::from_secs(3600);
        fs::File::options().write(true).open(file).unwrap().set_modified(old).unwrap();
    }

    let forgetting = server(&mut session, "1s");
    let before = data();
    let slow = session.json(&["run", "shop/slow"])["id"].as_str().unwrap().to_owned();
    forgetting.until(|| data().difference(&before).count() == 1);
    let of_open: Vec<_> = data().difference(&before).cloned().collect();
    vacuum_until(&session, || {
        !of_failed[0].exists() && !branches(&table).iter().any(|name| name.contains(&failed))
    });
    assert!(of_open[0].exists(), "somebody writes");
    assert!(branches(&table).iter().any(|name| name.contains(&slow)));
    assert!(named_by_the_log(&table).iter().all(|file| file.exists()), "what others read");
    session.polder(0, &["abort", &slow]);
    forgetting.until(|| session.json(&["show", &slow])["terminal"] == true);
    vacuum_until(&session, || data() == named_by_the_log(&table));
    forgetting.stop();

    let _server = server(&mut session, "7d");
    assert_eq!(count(&session, &[]), 2, "what the rollback went back to");
    let gone = session.output(&["sql", "--branch", &failed, "-c", "SELECT 1", "--json"], "");
    let said = String::from_utf8_lossy(&gone.stderr).into_owned();
    assert!(said.contains("RETENTION_OVER") && said.contains("--lake-retention"), "{said}");
    let audit = session.json(&["audit"]);
    assert!(
        audit["items"].as_array().unwrap().iter().any(|entry| entry["action"] == "lake.vacuum"),
        "{audit}"
    );
}

/// Whether a part of a path tells of a run.
fn names(path: &Path, run: &str) -> bool {
    path.to_string_lossy().contains(run)
}

/// The folders of branches.
fn branches(table: &Path) -> Vec<String> {
    let folders = fs::read_dir(table.join("_branches")).unwrap();
    folders.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

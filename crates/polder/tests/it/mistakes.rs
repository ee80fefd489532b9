//! What somebody does on the first day that goes wrong, and what the command line says to it.

use std::fs;

use serde_json::Value;

use crate::session::{Server, Session, assert_session};

fn deployed() -> (Session, Server) {
    let mut session = Session::new();
    let server = session.start_server("data");
    let token_file = server.token_file.display().to_string();
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
    session.polder(0, &["init", "demo"]);
    session.polder(0, &["deploy", "demo"]);
    (session, server)
}

#[test]
fn the_end_of_an_id_names_a_run() {
    let (session, _server) = deployed();
    let started = session.json(&["run", "my-team/hello", "--date", "2026-11-20"]);
    let id = started["id"].as_str().unwrap();
    for part in [&id[28..], &id[..18], id] {
        assert_eq!(session.json(&["show", part])["id"], started["id"], "{part}");
    }
}

#[test]
fn runs_that_begin_alike_are_listed() {
    let (session, _server) = deployed();
    let [first, second] = ["2026-11-20", "2026-11-21"].map(|date| {
        let started = session.json(&["run", "my-team/hello", "--date", date]);
        started["id"].as_str().unwrap().to_owned()
    });
    let output = session.output(&["show", &first[..4]], "");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains(&first) && error.contains(&second), "{error}");
}

#[test]
fn what_does_not_fit_is_told_with_what_to_do() {
    let (mut session, _server) = deployed();
    session.polder(0, &["run", "my-team/hello", "--date", "2026-11-20", "--follow"]);
    session.polder(1, &["rerun", "latest:my-team/hello"]);
    session.polder(1, &["runs", "my-team/helo"]);
    session.polder(1, &["logs", "latest:my-team/helo"]);
    session.polder(2, &["runs", "--limit", "0"]);
    session.polder(2, &["runs", "--since", "monday"]);
    session.polder(2, &["run", "my-team/hello", "-p", "name=a", "-p", "name=b"]);
    session.polder(2, &["run", "my-team/hello", "--secrets-file", "x"]);
    session.polder(0, &["audit", "--action", "no.such"]);
    session.polder(2, &["explain", "NOTFOUND"]);
    session.polder(1, &["run", "--local", "hello", "demo", "--env", "prd"]);
    session.polder_with(0, &["secret", "set", "my-team/token", "--env", "prd"], "hunter22");
    session.polder_with(1, &["secret", "set", "my-team/token"], "");
    session.polder(1, &["backup", "no/such/folder/file"]);
    session.polder(1, &["token", "revoke", "ci"]);
    session.polder(0, &["token", "create", "ci", "--role", "viewer"]);
    session.polder(0, &["token", "revoke", "ci"]);
    assert_session("what_does_not_fit_is_told_with_what_to_do", session);
}

#[test]
fn a_job_is_registered_by_one_command() {
    let (mut session, _server) = deployed();
    session.write("count", "echo counted\n");
    session.polder(2, &["job", "register", "my-team/count"]);
    session.polder(2, &["job", "register", "my-team/count", "--script", "count", "--run", "echo"]);
    session.polder(2, &["job", "register", "my-team/count", "--script", "count"]);
    session.write("count", "#!/bin/sh\necho counted\n");
    session.polder(0, &["job", "register", "my-team/count", "--script", "count"]);
    session.polder(0, &["job", "run", "my-team/count", "--date", "2026-11-20", "--follow"]);
    session.polder(0, &["job", "show", "my-team/count"]);
    session.polder(1, &["job", "show", "my-team/cont"]);
    assert_session("a_job_is_registered_by_one_command", session);
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let mut session = Session::new();
    session.polder(1, &["server", "--data", "data", "--listen", "203.0.113.1:7070"]);
    session.polder(1, &["server", "--data", "data", "--listen", "7070"]);
    assert!(!session.path("data").exists(), "nothing is left behind");
    session.polder(2, &["server", "--data", "data", "--slots", "0"]);
    session.polder(2, &["server", "--data", "data", "--public-url", "example"]);
    session.polder(2, &["server", "--data", "data", "--session-idle", "12"]);
    session.write("file", "");
    session.polder(1, &["server", "--data", "file", "--listen", "127.0.0.1:0"]);
    session.write("data/polder.db", &"no database at all. ".repeat(100));
    session.polder(1, &["server", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert_session("a_server_that_cannot_start_says_why", session);
}

#[test]
fn logins_that_are_broken_are_repaired_by_logging_in() {
    let mut session = Session::new();
    let server = session.start_server("data");
    session.write("home/.config/polder/logins.json", "{ broken");
    session.polder(1, &["runs"]);
    session.polder(0, &["init", "needs-no-server"]);
    session.polder(0, &["login", &server.url, "--token-file", "data/admin-token"]);
    session.polder(0, &["runs"]);
    assert_session("logins_that_are_broken_are_repaired_by_logging_in", session);
}

#[test]
fn programs_get_every_mistake_as_json_with_a_code() {
    let session = Session::new();
    let code = |arguments: &[&str]| {
        let output = session.output(&[arguments, &["--json"]].concat(), "");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        (output.status.code(), error["error"]["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(code(&["runs", "--limit", "0"]), (Some(2), "USAGE".to_owned()));
    assert_eq!(code(&["nonsense"]), (Some(2), "USAGE".to_owned()));
    assert_eq!(code(&["completions", "bash"]), (Some(2), "USAGE".to_owned()));
    assert_eq!(code(&["runs", "--url", "http://127.0.0.1:9"]), (Some(1), "UNREACHABLE".to_owned()));
    assert_eq!(code(&["check", "nowhere"]), (Some(1), "FAILED".to_owned()));
}

#[test]
fn a_project_is_found_from_the_folders_in_it() {
    let session = Session::new();
    session.output(&["init", "demo"], "");
    fs::create_dir(session.path("demo/sub")).unwrap();
    let output = session.output_in("demo/sub", &["check"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn sql_is_judged_before_anything_is_deployed() {
    let (mut session, _server) = deployed();
    let pipeline = "name: build\nsteps:\n  - {name: load, sql: load.sql}\n  - {name: build, models: \"*\"}\n  - {name: old, sql: old.sql}\n";
    session.write("shop/polder.yaml", "project: shop\nteam: my-team\n");
    session.write("shop/pipeline.yaml", pipeline);
    session.write("shop/load.sql", "create table raw.a as select 1 as id;\ndrop table raw.b;\n");
    fs::write(session.path("shop/old.sql"), b"select 'M\xfcnchen'").unwrap();
    fs::write(session.path("shop/dump.sql"), b"nobody names it: \xfc").unwrap();
    session.write("shop/models/days.sql", "delete from raw.a");
    session.polder(1, &["check", "shop"]);
    session.polder(1, &["deploy", "shop"]);
    assert_session("sql_is_judged_before_anything_is_deployed", session);
}

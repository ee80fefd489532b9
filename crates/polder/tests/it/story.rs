//! From an empty folder to a restored backup.

use crate::session::{Server, Session, assert_session, is_private};

const FLAKY: &str = "
name: flaky
description: Fails until the file says otherwise
steps:
  - name: extract
    run: echo rows=3 >> $POLDER_OUTPUT
  - name: load
    run: cat state.txt; grep -q good state.txt
";

const DEPENDENT: &str = "
name: dependent
triggers:
  - executions:
      allOf:
        - pipeline: my-team/hello
        - pipeline: my-team/flaky
      within: day
steps:
  - name: work
    run: echo both are there for {{ run.date }}
";

const SECRETIVE: &str = "
name: secretive
steps:
  - name: use
    run: echo the token is $TOKEN
    secrets: {TOKEN: api-token}
";

fn logged_in() -> (Session, Server) {
    let mut session = Session::new();
    let server = session.start_server("data");
    let token_file = server.token_file.display().to_string();
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
    (session, server)
}

fn with_project() -> (Session, Server) {
    let (mut session, server) = logged_in();
    session.polder(0, &["init", "demo"]);
    (session, server)
}

#[test]
fn from_an_empty_folder_to_a_run() {
    let (mut session, server) = with_project();
    assert!(is_private(&server.token_file), "the admin token is its owner's alone");
    session.polder(0, &["check", "demo"]);
    session.polder(0, &["plan", "demo"]);
    session.polder(0, &["deploy", "demo", "--note", "first"]);
    session.polder(0, &["pipelines"]);
    session.polder(0, &["run", "my-team/hello", "--date", "2026-11-20", "-p", "name=reader", "--follow"]);
    session.polder(0, &["runs", "my-team/hello"]);
    session.polder(0, &["show", "latest:my-team/hello"]);
    session.polder(0, &["logs", "latest:my-team/hello", "greet"]);
    session.polder(0, &["logs", "latest:my-team/hello", "--search", "letters"]);
    session.polder(0, &["show", "my-team/hello"]);
    session.polder(0, &["deploy", "demo"]);
    server.stop();
    assert_session("from_an_empty_folder_to_a_run", session);
}

#[test]
fn a_failure_is_fixed_and_dependents_follow() {
    let (mut session, server) = with_project();
    session.write("demo/pipelines/flaky.yaml", FLAKY);
    session.write("demo/pipelines/dependent.yaml", DEPENDENT);
    session.write("demo/state.txt", "bad\n");
    session.polder(0, &["deploy", "demo"]);
    session.polder(0, &["run", "my-team/hello", "--date", "2026-11-20", "--follow"]);
    session.polder(1, &["run", "my-team/flaky", "--date", "2026-11-20", "--follow"]);
    session.polder(0, &["why", "my-team/dependent"]);
    session.write("demo/state.txt", "good\n");
    session.polder(0, &["deploy", "demo"]);
    session.polder(0, &["rerun", "latest:my-team/flaky", "--follow"]);
    server.until(|| {
        session.json(&["runs", "my-team/dependent"])["items"].as_array().is_some_and(|runs| !runs.is_empty())
    });
    session.polder(0, &["logs", "latest:my-team/dependent", "-f"]);
    session.polder(0, &["why", "my-team/dependent"]);
    session.polder(0, &["revisions", "my-team/demo"]);
    session.polder(0, &["rollback", "my-team/demo"]);
    assert_session("a_failure_is_fixed_and_dependents_follow", session);
}

#[test]
fn a_run_is_aborted_and_a_pipeline_paused() {
    let (mut session, _server) = with_project();
    session.write(
        "demo/pipelines/slow.yaml",
        "name: slow\nsteps:\n  - name: wait\n    run: echo begun; exec sleep 600\n",
    );
    session.polder(0, &["deploy", "demo"]);
    let watched = session.start(&["run", "my-team/slow", "--date", "2026-11-20", "--follow"]);
    session.polder(0, &["abort", "latest:my-team/slow"]);
    session.wait(1, watched);
    let run = session.json(&["runs"])["items"][0]["id"].as_str().unwrap().to_owned();
    session.polder(0, &["show", &run[..17]]);
    session.polder(0, &["pause", "my-team/slow"]);
    session.polder(1, &["run", "my-team/slow"]);
    session.polder(0, &["resume", "my-team/slow"]);
    assert_session("a_run_is_aborted_and_a_pipeline_paused", session);
}

#[test]
fn a_secret_is_used_and_never_shown() {
    let (mut session, _server) = with_project();
    session.write("demo/pipelines/secretive.yaml", SECRETIVE);
    session.polder(0, &["deploy", "demo"]);
    session.polder(1, &["run", "my-team/secretive", "--date", "2026-11-20", "--follow"]);
    session.polder_with(0, &["secret", "set", "my-team/api-token"], "hunter22\n");
    session.polder(0, &["run", "my-team/secretive", "--date", "2026-11-20", "--follow"]);
    session.polder(0, &["secret", "list"]);
    session.polder(0, &["secret", "rotate-key"]);
    session.polder(0, &["run", "my-team/secretive", "--date", "2026-11-20", "--follow"]);
    session.polder(0, &["secret", "delete", "my-team/api-token"]);
    session.polder(0, &["audit", "--action", "secret.set"]);
    assert_session("a_secret_is_used_and_never_shown", session);
}

#[test]
fn a_viewer_may_look_and_not_touch() {
    let (mut session, _server) = with_project();
    session.polder(0, &["deploy", "demo"]);
    let token =
        session.polder(0, &["token", "create", "anna", "--role", "viewer:my-team", "--expires", "30d"]);
    session.polder(0, &["token", "list"]);
    session.write("token", &token);
    let url = session.json(&["show", "my-team/hello"])["start_url"].as_str().unwrap().to_owned();
    let server = url.split("/api/").next().unwrap().to_owned();
    session.polder(0, &["login", &server, "--token-file", "token"]);
    session.polder(0, &["pipelines"]);
    session.polder(1, &["run", "my-team/hello"]);
    session.polder(1, &["audit"]);
    session.polder(0, &["logout"]);
    assert_session("a_viewer_may_look_and_not_touch", session);
}

#[test]
fn a_script_becomes_a_job() {
    let (mut session, _server) = logged_in();
    session.write("count.sh", "echo counted for $WHO\n");
    session.polder(0, &["job", "register", "my-team/count", "--script", "count.sh", "--var", "WHO=you"]);
    let job = session.json(&["job", "register", "my-team/count", "--script", "count.sh", "--var", "WHO=you"]);
    let id = job["id"].as_str().unwrap().to_owned();
    session.polder(0, &["job", "run", &id, "--date", "2026-11-20", "--follow"]);
    session.polder(0, &["job", "show", &id]);
    assert_session("a_script_becomes_a_job", session);
}

#[test]
fn a_backup_brings_everything_back() {
    let (mut session, server) = with_project();
    session.polder(0, &["deploy", "demo"]);
    session.polder(0, &["run", "my-team/hello", "--date", "2026-11-20", "--follow"]);
    session.polder(0, &["backup", "saved.polder"]);
    assert!(is_private(&session.path("saved.polder")));
    session.polder(1, &["backup", "saved.polder"]);
    session.polder(1, &["restore", "saved.polder", "--data", "data"]);
    server.stop();
    session.polder(0, &["restore", "saved.polder", "--data", "other"]);
    let other = session.start_server("other");
    session.polder(0, &["login", &other.url, "--token-file", "data/admin-token"]);
    session.polder(0, &["runs"]);
    session.polder(0, &["run", "my-team/hello", "--date", "2026-11-21", "--follow"]);
    assert_session("a_backup_brings_everything_back", session);
}

//! What works without a server.

use crate::session::{Session, assert_session};

const ODD: &str = "
name: odd
steps:
  - name: fail
    run: echo bad >&2; exit 3
    retries: {limit: 1, backoff: 1s}
  - name: after
    run: echo never
  - name: notify
    needs: [fail]
    when: on_failure
    run: echo told with $TOKEN
    secrets: {TOKEN: some-token}
";

const OUTER: &str = "
name: outer
steps:
  - name: inner
    pipeline: {name: my-team/hello, parameters: {name: outer}}
  - name: endless
    run: exec sleep 600
    timeout: 1s
";

#[test]
fn pipelines_run_here() {
    let mut session = Session::new();
    session.polder(0, &["init", "demo"]);
    session.write("demo/pipelines/odd.yaml", ODD);
    session.write("demo/pipelines/outer.yaml", OUTER);
    session.polder(0, &["run", "--local", "hello", "demo", "--date", "2026-11-20", "-p", "name=here"]);
    session.polder(1, &["run", "--local", "odd", "demo"]);
    session.write("demo/.env", "# for running here\nsome-token=hunter22\n");
    session.polder(1, &["run", "--local", "odd", "demo"]);
    session.polder(1, &["run", "--local", "outer", "demo", "--date", "2026-11-20"]);
    session.polder(1, &["run", "--local", "helo", "demo"]);
    session.polder(1, &["run", "--local", "hello", "demo", "-p", "nam=x"]);
    assert_session("pipelines_run_here", session);
}

#[test]
fn the_result_of_a_local_run_is_json_too() {
    let session = Session::new();
    session.output(&["init", "demo"], "");
    let output = session.output(&["run", "--local", "hello", "demo", "--json"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(
        (last["status"].as_str(), last["steps"]["greet"]["outputs"]["letters"].as_str()),
        (Some("SUCCEEDED"), Some("31"))
    );
}

#[test]
fn projects_grow() {
    let mut session = Session::new();
    session.polder(0, &["init", "demo", "--name", "flights", "--team", "ops"]);
    session.polder(1, &["init", "demo"]);
    session.polder(0, &["new", "pipeline", "hourly", "demo"]);
    session.polder(1, &["new", "pipeline", "hourly", "demo"]);
    session.polder(0, &["check", "demo"]);
    session.polder(0, &["explain", "not-found"]);
    assert_session("projects_grow", session);
}

#[test]
fn schemas_and_completions_are_printed() {
    let session = Session::new();
    for file in ["project", "pipeline"] {
        assert!(session.json(&["schema", file])["properties"].is_object(), "{file}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let output = session.output(&["completions", shell], "");
        assert!(String::from_utf8(output.stdout).unwrap().contains("polder"), "{shell}");
    }
}

//! What a user reads when something is wrong: what happened, the cause, and what to do next.

use crate::session::{Session, assert_session};

#[test]
fn nothing_answers() {
    let mut session = Session::new();
    // Nobody listens on the port of discard.
    session.use_url("http://127.0.0.1:9");
    session.polder(1, &["pipelines"]);
    session.polder(1, &["pipelines", "--json"]);
    session.polder(1, &["login", "http://127.0.0.1:9"]);
    session.use_url("localhost:7070");
    session.polder(1, &["runs"]);
    assert_session("nothing_answers", session);
}

#[test]
fn the_server_refuses() {
    let mut session = Session::new();
    let server = session.start_server("data");
    session.use_url(&server.url);
    session.polder(1, &["pipelines"]);
    session.write("wrong", "pld_wrong");
    session.polder(1, &["login", &server.url, "--token-file", "wrong"]);
    session.polder(0, &["login", &server.url, "--token-file", "data/admin-token"]);
    session.polder(0, &["init", "demo"]);
    session.polder(0, &["deploy", "demo"]);
    session.polder(1, &["run", "my-team/helo"]);
    session.polder(1, &["run", "my-team/hello", "-p", "nam=x"]);
    session.polder(1, &["show", "0190a7b2-0000-7000-8000-000000000001"]);
    session.polder(1, &["logs", "0000000000"]);
    session.polder(1, &["rollback", "my-team/demo"]);
    session.polder(1, &["deploy", "demo", "--env", "staging"]);
    session.polder(1, &["server", "--data", "data", "--listen", "127.0.0.1:0"]);
    let address = server.url.trim_start_matches("http://").to_owned();
    session.polder(1, &["server", "--data", "other", "--listen", &address]);
    assert_session("the_server_refuses", session);
}

#[test]
fn the_command_line_is_wrong() {
    let mut session = Session::new();
    session.polder(2, &["run", "hello"]);
    session.polder(2, &["run", "a/b", "--date", "tomorrow"]);
    session.polder(2, &["logs", "weather"]);
    session.polder(2, &["explain", "NO_SUCH"]);
    session.polder(2, &["init", "--team", "My Team"]);
    session.polder(1, &["check", "nowhere"]);
    session.polder(1, &["deploy"]);
    assert_session("the_command_line_is_wrong", session);
}

#[test]
fn a_project_has_mistakes() {
    let mut session = Session::new();
    session.polder(0, &["init", "demo"]);
    session.write("demo/polder.yaml", "project: demo\nteam: my-team\ncolour: blue\n");
    let steps = "steps:\n  - name: a\n    needs: [b]\n    run: python3 helo.py\n  - name: b\n    run: echo {{ parms.x }}\n";
    session.write("demo/pipelines/broken.yaml", &format!("name: broken\n{steps}"));
    session.polder(1, &["check", "demo"]);
    session.use_url("http://127.0.0.1:9");
    session.polder(1, &["deploy", "demo"]);
    assert_session("a_project_has_mistakes", session);
}

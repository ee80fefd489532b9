//! Polder's own state as tables: asked by the command line and by psql, and nobody sees more of it than elsewhere.

use std::process::Command;

use serde_json::{Value, json};

use crate::session::{Server, Session};

const LOAD: &str = "
name: load
steps:
  - {name: first, run: 'echo one'}
  - {name: second, run: 'exit 3', needs: [first], retries: {limit: 1, backoff: 0s}}
";
const FINE: &str = "
name: fine
steps: [{name: only, run: 'true'}]
";

/// Two teams with a pipeline each, and a run of each.
fn two_teams() -> (Session, Server) {
    let mut session = Session::new();
    for (team, name, pipeline) in [("shop", "load", LOAD), ("web", "fine", FINE)] {
        session.write(
            &format!("{team}/polder.yaml"),
            &format!("project: {team}\nteam: {team}\nenvironments: {{prod: {{}}}}\n"),
        );
        session.write(&format!("{team}/pipelines/{name}.yaml"), pipeline);
    }
    let server = session.start_server_given("data", &["--sql-listen", "127.0.0.1:0"]);
    session.polder(0, &["login", &server.url, "--token-file", &server.token_file.display().to_string()]);
    session.polder(0, &["deploy", "shop"]);
    session.polder(0, &["deploy", "web"]);
    session.output(&["run", "shop/load", "--date", "2026-11-20", "--follow"], "");
    session.output(&["run", "web/fine", "--follow"], "");
    (session, server)
}

fn rows(session: &Session, query: &str) -> Value {
    session.json(&["sql", "-c", query])["rows"].clone()
}

fn refusal(session: &Session, arguments: &[&str]) -> String {
    let output = session.output(&[&["sql"], arguments].concat(), "");
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap().lines().next().unwrap().to_owned()
}

#[test]
fn runs_steps_and_events_are_tables() {
    let (session, _server) = two_teams();
    let runs =
        "SELECT team, pipeline, environment, status, logical_day, reason, started_by, seconds > 0, error_code
        FROM polder.runs ORDER BY created_at";
    let expected = json!([
        ["shop", "load", "prod", "FAILED", "2026-11-20", "manual", "admin", true, "STEP_FAILED"],
        ["web", "fine", "prod", "SUCCEEDED", null, "manual", "admin", true, null],
    ]);
    assert_eq!(rows(&session, runs), expected);
    let steps = "SELECT r.pipeline, s.position, s.step, s.kind, s.status, s.attempts
        FROM polder.runs r JOIN polder.steps s ON s.run_id = r.id ORDER BY r.created_at, s.position";
    let expected = json!([
        ["load", 1, "first", "run", "SUCCEEDED", 1],
        ["load", 2, "second", "run", "FAILED", 2],
        ["fine", 1, "only", "run", "SUCCEEDED", 1],
    ]);
    assert_eq!(rows(&session, steps), expected);
    let tries = "SELECT object, attempt, status, exit_code, agent IS NULL FROM polder.events
        WHERE pipeline = 'load' AND step = 'second' AND object = 'attempt' ORDER BY attempt, at, status DESC";
    let attempt = |number| {
        [
            json!(["attempt", number, "READY", null, true]),
            json!(["attempt", number, "CLAIMED", null, false]),
            json!(["attempt", number, "STARTED", null, false]),
            json!(["attempt", number, "ENDED", 3, false]),
        ]
    };
    assert_eq!(rows(&session, tries), json!([attempt(1), attempt(2)].concat()));
    let of_runs = "SELECT status FROM polder.events WHERE object = 'run' AND team = 'shop' ORDER BY at";
    assert_eq!(rows(&session, of_runs), json!([["QUEUED"], ["RUNNING"], ["FAILED"]]));
}

#[test]
fn they_are_asked_like_any_table_but_only_as_they_are_now() {
    let (session, _server) = two_teams();
    let columns = "SELECT table_name, count(*) FROM information_schema.columns WHERE table_schema = 'polder' GROUP BY 1 ORDER BY 1";
    assert_eq!(rows(&session, columns), json!([["events", 17], ["runs", 19], ["steps", 18]]));
    let recent = "SELECT count(*) FROM polder.runs WHERE created_at > now() - INTERVAL '1 hour' AND '2020-01-01' < created_at";
    assert_eq!(rows(&session, recent), json!([[2]]));
    // What the server is asked for is narrowed by times; nothing that fits is left out.
    let all = rows(&session, "SELECT count(*) FROM polder.events");
    let lately =
        "FROM polder.events WHERE at BETWEEN now() - INTERVAL '1 minute' AND now() + INTERVAL '1 minute'";
    assert_eq!(rows(&session, &format!("SELECT count(*) {lately}")), all);
    let ended = "SELECT count(*) FROM polder.steps WHERE ended_at > now() + INTERVAL '1 day'";
    assert_eq!(rows(&session, ended), json!([[0]]));
    assert_eq!(rows(&session, "SELECT team FROM polder.runs WHERE team <> 'web' LIMIT 1"), json!([["shop"]]));
    assert_eq!(
        rows(&session, "SELECT count(*) FROM polder.runs WHERE team = 'web' AND team = 'shop'"),
        json!([[0]])
    );
    assert_eq!(rows(&session, "SELECT count(*) FROM polder.runs WHERE id = 'no id'"), json!([[0]]));
    let told = [
        refusal(&session, &["-c", "SELECT * FROM polder.run"]),
        refusal(&session, &["-c", "SELECT * FROM polder.runs VERSION AS OF 1"]),
        refusal(&session, &["-c", "SELECT * FROM polder.runs", "--at", "2026-11-20"]),
        refusal(&session, &["-c", "SELECT * FROM polder.audit"]),
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    error: there is no table `polder.run`; did you mean `polder.runs`?
    error: `polder.runs` shows what is now: how that was is not kept
    error: `polder.runs` shows what is now: how that was is not kept
    error: there is no table `polder.audit`; did you mean `polder.runs`?
    ");
}

#[test]
fn nobody_sees_runs_of_other_teams() {
    let (session, server) = two_teams();
    let created = session.json(&["token", "create", "looker", "--role", "viewer:web"]);
    let port = server.sql_address.as_ref().unwrap().rsplit(':').next().unwrap();
    let place = format!("host=127.0.0.1 port={port} user=looker dbname=prod");
    let ask = |statement: &str| {
        let output = Command::new("psql")
            .args(["-X", "-q", "-A", "-t", "-d", &place, "-c", statement])
            .env("PGPASSWORD", created["token"].as_str().unwrap())
            .output()
            .unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap().trim().to_owned()
    };
    assert_eq!(ask("SELECT team, status FROM polder.runs"), "web|SUCCEEDED");
    assert_eq!(ask("SELECT team, status FROM polder.runs WHERE team = 'shop'"), "");
    let all = "SELECT DISTINCT r.team, s.team, e.team FROM polder.runs r, polder.steps s, polder.events e";
    assert_eq!(ask(all), "web|web|web");
    let cursor = "BEGIN; DECLARE c CURSOR FOR SELECT step FROM polder.steps; FETCH ALL FROM c; COMMIT";
    assert_eq!(ask(cursor), "only");
    assert_eq!(
        ask(r"\dv polder.*"),
        "polder|events|view|polder\npolder|runs|view|polder\npolder|steps|view|polder"
    );
}

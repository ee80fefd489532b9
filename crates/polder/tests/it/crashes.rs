//! The server dies behind a commit, with its agent, and is started again: nothing is lost, and no step runs twice unless
//! its retries say so.

use std::fs;

use serde_json::Value;

use crate::session::{Server, Session};

/// `first` notes each time that it is run; `second` follows it.
const FIRST: &str = "
name: first
steps:
  - {name: note, run: echo run >> MARKS; echo said, retries: {limit: 1, backoff: 1s}}
";
const SECOND: &str = "
name: second
triggers: [{executions: {allOf: [{pipeline: my-team/first}]}}]
steps: [{name: a, run: 'true'}]
";

struct Crashed {
    session: Session,
    server: Server,
}

/// Starts a run on a server that dies at `point`, and that server again.
fn crash_at(point: &str) -> Crashed {
    let mut session = Session::new();
    let marks = session.path("marks");
    session.write("project/polder.yaml", "project: crash\nteam: my-team\n");
    session.write("project/pipelines/first.yaml", &FIRST.replace("MARKS", &marks.display().to_string()));
    session.write("project/pipelines/second.yaml", SECOND);
    let server = session.start_server_with("data", &[("POLDER_CRASH_AT", point)]);
    let token_file = server.token_file.display().to_string();
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
    session.polder(0, &["deploy", "project"]);
    // Whether the answer still comes depends on when the server dies.
    session.output(&["run", "my-team/first"], "");
    server.wait_for_death();
    let server = session.start_server("data");
    session.polder(0, &["login", &server.url, "--token-file", &token_file]);
    Crashed { session, server }
}

impl Crashed {
    fn runs(&self, pipeline: &str) -> Vec<Value> {
        let runs = self.session.json(&["runs", &format!("my-team/{pipeline}")]);
        runs["items"].as_array().unwrap().clone()
    }

    /// Once `second` has ended: the statuses of both, and how often the step was run.
    fn outcome(&self) -> (Vec<String>, Vec<String>, usize) {
        self.server.until(|| self.runs("second").iter().any(|run| run["terminal"] == true));
        let statuses = |pipeline| {
            self.runs(pipeline).iter().map(|run| run["status"].as_str().unwrap().to_owned()).collect()
        };
        let marks = fs::read_to_string(self.session.path("marks")).unwrap();
        (statuses("first"), statuses("second"), marks.lines().count())
    }
}

fn once_each(times: usize) -> (Vec<String>, Vec<String>, usize) {
    (vec!["SUCCEEDED".into()], vec!["SUCCEEDED".into()], times)
}

#[test]
fn after_a_run_was_made_it_is_run() {
    assert_eq!(crash_at("created").outcome(), once_each(1));
}

#[test]
fn after_a_claim_that_never_arrived_the_retry_runs_it() {
    assert_eq!(crash_at("claimed").outcome(), once_each(1));
}

#[test]
fn in_the_middle_of_a_log_the_retry_runs_it_again() {
    assert_eq!(crash_at("logged").outcome(), once_each(2));
}

#[test]
fn after_the_end_was_written_down_it_is_not_run_again() {
    assert_eq!(crash_at("ended").outcome(), once_each(1));
}

#[test]
fn after_the_outbox_was_worked_off_its_work_is_not_done_again() {
    assert_eq!(crash_at("done").outcome(), once_each(1));
}

//! Attempts from the claim to the report of their end.

use polder_types::Code;
use polder_types::definition::{Command, HttpRequest};
use polder_types::run::{Outcome, StopReason};
use polder_types::wire::{LogStream, Stop, Task};
use serde_json::json;

use crate::support::{Bench, assignment, lives, shell};

#[tokio::test]
async fn an_attempt_is_started_its_log_delivered_and_its_end_told() {
    let bench = Bench::new();
    let script = "echo to out; echo to err >&2; echo rows=12 >> $POLDER_OUTPUT; echo day=$POLDER_LOGICAL_DATE >> $POLDER_OUTPUT";
    let key = bench.offer(shell(script));
    let ended = bench.server.ended(&key).await;
    assert_eq!((ended.outcome, ended.exit_code, ended.rows), (Outcome::Succeeded, Some(0), Some(12)));
    assert_eq!(json!(ended.outputs), json!({"rows": 12, "day": "2026-11-20"}));
    assert!(ended.cpu_seconds.is_some() && ended.code.is_none() && ended.message.is_none());
    let state = bench.server.state();
    assert_eq!(state.started, [key.to_string()]);
    let lines = &state.logs[&key.to_string()];
    assert_eq!(lines.iter().filter(|line| line.stream == LogStream::Stdout).count(), 1);
    assert_eq!(lines.iter().find(|line| line.stream == LogStream::Stderr).unwrap().text, "to err");
}

#[tokio::test]
async fn what_the_answer_to_an_end_brings_is_run_without_asking() {
    let bench = Bench::new();
    let mut second = shell("echo second");
    second.key.step = "second".into();
    bench.server.change(|state| state.next.push(second.clone()));
    let first = bench.offer(shell("echo first"));
    let ended = bench.server.ended(&second.key).await;
    assert_eq!(ended.outcome, Outcome::Succeeded);
    assert_eq!(bench.server.log(&first), ["first"]);
    assert_eq!(bench.server.log(&second.key), ["second"]);
    bench.server.until_idle().await;
}

#[tokio::test]
async fn the_next_attempt_finds_nothing_of_the_one_before() {
    let bench = Bench::new();
    let mess = "echo x > left; mkdir -p a/b; echo y > \"$HOME/.hidden\"; echo z > \"$TMPDIR/t\"; echo n=1 >> $POLDER_OUTPUT; ls -A .. | sort";
    let mut looks = shell("ls -A; ls -A ..; ls -A \"$TMPDIR\"; cat $POLDER_OUTPUT 2>/dev/null; true");
    looks.key.step = "second".into();
    bench.server.change(|state| state.next.push(looks.clone()));
    let first = bench.offer(shell(mess));
    bench.server.ended(&looks.key).await;
    assert_eq!(bench.server.log(&first), [".hidden", "output", "tmp", "work"]);
    assert_eq!(bench.server.log(&looks.key), ["tmp", "work"]);
}

#[tokio::test]
async fn a_failure_tells_its_exit() {
    let bench = Bench::new();
    let key = bench.offer(shell("exit 3"));
    let ended = bench.server.ended(&key).await;
    assert_eq!(
        (ended.outcome, ended.exit_code, ended.code),
        (Outcome::Failed, Some(3), Some(Code::StepFailed))
    );
    assert_eq!(ended.message.as_deref(), Some("exit code 3"));
}

#[tokio::test]
async fn outputs_that_cannot_be_read_fail_the_attempt() {
    let bench = Bench::new();
    let key = bench.offer(shell("echo nonsense > $POLDER_OUTPUT"));
    let ended = bench.server.ended(&key).await;
    assert_eq!(
        (ended.outcome, ended.exit_code, ended.code),
        (Outcome::Failed, Some(0), Some(Code::BadOutput))
    );
    assert!(ended.message.unwrap().starts_with("line 1 of the output file"));
}

#[tokio::test]
async fn outputs_that_are_too_large_or_too_deep_fail_the_attempt_at_once() {
    let large = "python3 -c 'import json; print(json.dumps({\"a\": \"x\" * 2_000_000}))' > $POLDER_OUTPUT";
    let deep = "python3 -c 'print(\"{\\\"a\\\":\" + \"[\" * 126 + \"]\" * 126 + \"}\")' > $POLDER_OUTPUT";
    for (script, problem) in [(large, "larger than 1 MiB"), (deep, "nested deeper than 32 levels")] {
        let bench = Bench::new();
        let ended = bench.server.ended(&bench.offer(shell(script))).await;
        assert_eq!((ended.outcome, ended.code), (Outcome::Failed, Some(Code::BadOutput)));
        assert!(ended.message.as_ref().unwrap().contains(problem), "{ended:?}");
        assert!(ended.outputs.is_empty() && ended.exit_code == Some(0));
    }
}

#[tokio::test]
async fn outputs_that_the_server_refuses_are_left_out_at_once() {
    for (offence, problem) in [
        (("TOO_LARGE", 413), "the outputs are larger than the server takes: write less"),
        (("BAD_REQUEST", 400), "the server does not take the outputs: BAD_REQUEST"),
    ] {
        let bench = Bench::new();
        bench.server.change(|state| state.offence = Some(offence));
        let ended = bench.server.ended(&bench.offer(shell("echo a=1 > $POLDER_OUTPUT"))).await;
        assert_eq!((ended.outcome, ended.code), (Outcome::Failed, Some(Code::BadOutput)));
        assert_eq!((ended.message.as_deref(), ended.outputs.len()), (Some(problem), 0));
        let failed = bench.server.ended(&bench.offer(shell("echo a=1 > $POLDER_OUTPUT; exit 3"))).await;
        assert_eq!(
            (failed.code, failed.exit_code),
            (Some(Code::StepFailed), Some(3)),
            "the exit matters more"
        );
        assert_eq!(bench.server.state().refused, 2);
    }
}

#[tokio::test]
async fn what_cannot_be_started_says_why_in_its_log_too() {
    let bench = Bench::new();
    let key = bench.offer(assignment(Task::Run(Command::Arguments(vec!["no-such-program".into()]))));
    let ended = bench.server.ended(&key).await;
    assert_eq!((ended.outcome, ended.code), (Outcome::Failed, Some(Code::CannotStart)));
    assert!(ended.message.as_ref().unwrap().starts_with("`no-such-program` was not found"));
    assert_eq!(bench.server.log(&key), [ended.message.unwrap()]);
}

#[tokio::test]
async fn secrets_reach_the_attempt_and_nothing_else() {
    let bench = Bench::new();
    let mut assignment =
        shell("test \"$TOKEN\" = hunter22-hunter22 && echo \"got $TOKEN and $PIN\"; ls -a ..");
    assignment.secrets = [("TOKEN".into(), "hunter22-hunter22".into()), ("PIN".into(), "12".into())].into();
    let key = bench.offer(assignment);
    assert_eq!(bench.server.ended(&key).await.outcome, Outcome::Succeeded);
    let log = bench.server.log(&key);
    assert!(log.contains(&"got *** and 12".to_owned()), "{log:?}");
    assert!(log.iter().any(|line| line.ends_with("shorter than 4 characters: PIN")), "{log:?}");
    assert!(!log.iter().any(|line| line.contains("hunter")));
    let found = std::process::Command::new("grep")
        .args(["-r", "hunter22"])
        .arg(bench.folder.path())
        .output()
        .unwrap();
    assert!(found.stdout.is_empty(), "no file of the agent has it");
}

#[tokio::test]
async fn there_are_never_more_attempts_than_slots() {
    let bench = Bench::with(|config| config.slots = 2);
    let keys: Vec<_> = (0..3).map(|_| bench.offer(shell("echo ready; sleep 1000"))).collect();
    bench.until_line(&keys[0], "ready").await;
    bench.until_line(&keys[1], "ready").await;
    let (offers, started) = bench.server.until(|state| Some((state.offers.len(), state.started.len()))).await;
    assert_eq!((offers, started), (1, 2));
    bench.server.change(|state| state.stops.push(Stop { key: keys[0].clone(), reason: StopReason::Abort }));
    bench.until_line(&keys[2], "ready").await;
    assert!(bench.server.state().ended.contains_key(&keys[0].to_string()));
    bench.shut_down().await;
}

#[tokio::test]
async fn an_attempt_that_is_aborted_ends_with_all_its_processes() {
    let bench = Bench::new();
    let key = bench
        .offer(shell("trap '' TERM; setsid sleep 1000 & echo $!; echo ready; while :; do sleep 1000; done"));
    bench.until_line(&key, "ready").await;
    let pid = bench.server.log(&key)[0].clone();
    assert!(lives(&pid));
    bench.server.change(|state| state.stops.push(Stop { key: key.clone(), reason: StopReason::Abort }));
    let ended = bench.server.ended(&key).await;
    assert_eq!((ended.outcome, ended.code, ended.signal), (Outcome::Stopped, Some(Code::Aborted), Some(9)));
    assert!(!lives(&pid));
    assert!(bench.server.log(&key).contains(&"told to stop: the run was aborted".to_owned()));
}

#[tokio::test]
async fn a_fenced_attempt_is_killed_and_nothing_is_said_of_it() {
    let bench = Bench::new();
    let key = bench.offer(shell("trap '' TERM; echo $$; echo ready; while :; do sleep 1000; done"));
    bench.until_line(&key, "ready").await;
    let pid = bench.server.log(&key)[0].clone();
    bench.server.change(|state| state.stops.push(Stop { key: key.clone(), reason: StopReason::Fenced }));
    bench.server.until_idle().await;
    assert!(!lives(&pid) && bench.server.state().ended.is_empty());
}

#[tokio::test]
async fn an_attempt_whose_lines_are_refused_is_killed() {
    let bench = Bench::new();
    let key = bench.offer(shell("echo $$; echo ready; while :; do echo more; sleep 0.05; done"));
    bench.until_line(&key, "ready").await;
    let pid = bench.server.log(&key)[0].clone();
    bench.server.change(|state| state.fenced.push(key.to_string()));
    bench.server.until_idle().await;
    assert!(!lives(&pid) && bench.server.state().ended.is_empty());
}

#[tokio::test]
async fn the_agent_ends_what_has_had_its_time_if_the_server_does_not() {
    let bench = Bench::with(|config| config.deadline_margin = std::time::Duration::ZERO);
    let mut assignment = shell("sleep 1000");
    assignment.timeout_seconds = Some(1);
    let key = bench.offer(assignment);
    let ended = bench.server.ended(&key).await;
    assert_eq!((ended.outcome, ended.code), (Outcome::Failed, Some(Code::TimedOut)));
}

#[tokio::test]
async fn a_request_is_done_by_the_task_program_which_reads_it() {
    let script = "#!/bin/sh\necho \"$1 $2\"; cat; echo >&2; echo 'it was refused' >&2; exit 22\n";
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("polder");
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let bench = Bench::with(|config| config.task_program = program);
    let request = HttpRequest {
        method: "POST".into(),
        url: "https://example.com/hook?sig=hunter22".into(),
        headers: [].into(),
        body: Some(json!({"a": 1})),
        expect: vec![],
    };
    let mut assignment = assignment(Task::Http(request.clone()));
    assignment.secrets = [("SIG".into(), "hunter22".into())].into();
    let key = bench.offer(assignment);
    let ended = bench.server.ended(&key).await;
    assert_eq!((ended.outcome, ended.code), (Outcome::Failed, Some(Code::HttpFailed)));
    assert_eq!(ended.message.as_deref(), Some("it was refused"));
    let log = bench.server.log(&key);
    let spec = polder_agent::task::http::Spec { request, has_secrets: true };
    let sent = serde_json::to_string(&spec).unwrap().replace("hunter22", "***");
    assert!(log.contains(&"task http".to_owned()) && log.contains(&sent), "{log:?}");
}

#[tokio::test]
async fn shutting_down_ends_what_runs_and_says_so() {
    let bench = Bench::new();
    let key = bench.offer(shell("trap '' TERM; echo $$; echo ready; while :; do sleep 1000; done"));
    bench.until_line(&key, "ready").await;
    let pid = bench.server.log(&key)[0].clone();
    let server = bench.shut_down().await;
    let ended = &server.state().ended[&key.to_string()];
    assert_eq!((ended.outcome, ended.message.as_deref()), (Outcome::Lost, Some("the agent was shut down")));
    assert!(!lives(&pid));
}

#[tokio::test]
async fn shutting_down_may_wait_for_what_runs() {
    let bench = Bench::with(|config| config.drain = std::time::Duration::from_secs(60));
    let key = bench.offer(shell("echo ready; sleep 0.3; echo done"));
    bench.until_line(&key, "ready").await;
    let server = bench.shut_down().await;
    assert_eq!(server.state().ended[&key.to_string()].outcome, Outcome::Succeeded);
}

#[tokio::test]
async fn folders_of_attempts_do_not_stay() {
    let bench = Bench::new();
    let key = bench.offer(shell("touch left-over; mktemp"));
    bench.server.ended(&key).await;
    let attempts = bench.folder.path().join("attempts");
    let folder = bench.folder;
    // Removed by a thread of its own; a runtime waits for those when it ends.
    tokio::task::spawn_blocking(move || {
        while std::fs::read_dir(&attempts).unwrap().next().is_some() {
            std::thread::yield_now()
        }
    })
    .await
    .unwrap();
    drop(folder);
}

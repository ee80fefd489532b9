//! Steps, attempts, retries, time-outs, aborts, outputs, secrets, and who may report.

use chrono::TimeDelta;
use polder_engine::{Error, Idempotency};
use polder_store::on_both_databases;
use polder_store::secrets::{self, Sealed, SecretKey};
use polder_types::Code;
use polder_types::definition::Command;
use polder_types::run::{Outcome, RunStatus, StepStatus, StopReason};
use polder_types::wire::{
    AttemptStarted, Claim, LogBatch, LogLine, LogStream, Rerun, RerunFrom, StartRun, Stop, Task,
};
use serde_json::json;

use crate::story::{AGENT, Story};

const CHAIN: &str = "
parameters: {country: {type: string, default: DE}}
steps:
  - {name: extract, run: 'extract --country {{ params.country }} --day {{ run.date }}'}
  - {name: load, run: 'load {{ steps.extract.rows }} {{ steps.extract.file }}'}
";

fn command(task: &Task) -> &str {
    let Task::Run(Command::Shell(text)) = task else { panic!("not a command for a shell") };
    text
}

on_both_databases! {
    async fn a_chain_hands_its_outputs_on(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", CHAIN).await;
        let run = story.start_on("p", "2026-11-20").await;
        let extract = story.claim_one().await;
        assert_eq!(command(&extract.task), "extract --country DE --day 2026-11-20");
        story.end_with(&extract.key, Outcome::Succeeded, json!({"rows": 3, "file": "a b; rm -rf /"})).await;
        let load = story.claim_one().await;
        assert_eq!(command(&load.task), "load 3 'a b; rm -rf /'");
        story.end(&load.key, Outcome::Succeeded).await;
        assert_eq!(story.status(run).await, RunStatus::Succeeded);
    }

    async fn the_answer_to_an_end_brings_what_comes_next(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", CHAIN).await;
        let run = story.start_on("p", "2026-11-20").await;
        let extract = story.claim_one().await;
        let load = story.go_on(&extract.key, json!({"rows": 3, "file": "x"})).await.expect("the next attempt");
        assert_eq!(command(&load.task), "load 3 x");
        assert!(story.claim().await.is_empty(), "nobody else gets it");
        assert!(story.go_on(&load.key, json!({})).await.is_none(), "the run is over");
        assert_eq!(story.status(run).await, RunStatus::Succeeded);
    }

    async fn what_the_answer_to_an_end_brought_can_be_stopped_at_once(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", CHAIN).await;
        let run = story.start("p").await;
        let extract = story.claim_one().await;
        let claim = Claim { slots: 1, wait_seconds: 50, executors: vec!["process".into()], running: vec![extract.key.clone()] };
        let waiting = story.engine.claim(AGENT, claim);
        tokio::pin!(waiting);
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        let (load, claimed) = tokio::join!(
            async {
                let load = story.go_on(&extract.key, json!({"rows": 3, "file": "x"})).await.expect("the next attempt");
                story.engine.abort(run, "ann").await.expect("aborted");
                load
            },
            waiting,
        );
        let stops = claimed.expect("an answer").stops;
        assert!(stops.contains(&Stop { key: load.key, reason: StopReason::Abort }), "{stops:?}");
    }

    async fn a_failed_attempt_is_tried_again_after_its_wait(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x, retries: {limit: 1, backoff: 30s}}]").await;
        let run = story.start("p").await;
        story.end(&story.claim_one().await.key, Outcome::Failed).await;
        story.later(TimeDelta::seconds(29)).await;
        assert!(story.claim().await.is_empty(), "29 seconds are not 30");
        story.later(TimeDelta::seconds(1)).await;
        let second = story.claim_one().await;
        assert_eq!(second.key.epoch, 2);
        story.end(&second.key, Outcome::Failed).await;
        let shown = story.engine.run(run).await.unwrap();
        assert_eq!(shown.summary.status, RunStatus::Failed);
        assert_eq!(shown.summary.error.unwrap().message, "step a: it ended with exit code 1");
        assert_eq!(shown.steps[0].attempts.len(), 2);
    }

    async fn a_step_out_of_time_is_told_to_stop(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x, timeout: 1m}]").await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        assert_eq!(attempt.timeout_seconds, Some(60));
        assert!(story.stops(&[&attempt.key]).await.is_empty());
        story.later(TimeDelta::seconds(60)).await;
        assert_eq!(story.stops(&[&attempt.key]).await[0].reason, StopReason::TimedOut);
        story.end(&attempt.key, Outcome::Stopped).await;
        assert_eq!(story.status(run).await, RunStatus::TimedOut);
    }

    async fn a_run_out_of_time_stops_all_of_it(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "timeout: 1h\nsteps: [{name: a, run: x}, {name: b, run: y}]").await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        story.later(TimeDelta::hours(1)).await;
        assert_eq!(story.stops(&[&attempt.key]).await[0].reason, StopReason::TimedOut);
        story.end(&attempt.key, Outcome::Stopped).await;
        assert_eq!(story.steps(run).await, [("a".into(), StepStatus::TimedOut), ("b".into(), StepStatus::Skipped)]);
        assert_eq!(story.status(run).await, RunStatus::TimedOut);
    }

    async fn an_abort_is_idempotent_and_says_by_whom(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", CHAIN).await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        for _ in 0..2 {
            assert_eq!(story.engine.abort(run, "ann").await.unwrap().status, RunStatus::Running);
        }
        assert_eq!(story.stops(&[&attempt.key]).await[0].reason, StopReason::Abort);
        story.end(&attempt.key, Outcome::Stopped).await;
        let ended = story.engine.abort(run, "bob").await.unwrap();
        assert_eq!((ended.status, ended.error.unwrap().message.as_str()), (RunStatus::Aborted, "aborted by ann"));
    }

    async fn reports_of_others_and_of_older_attempts_are_refused(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x, retries: {limit: 1, backoff: 1s}}]").await;
        story.start("p").await;
        let first = story.claim_one().await.key;
        let report = story.report(Outcome::Succeeded, serde_json::Map::new());
        let other = story.engine.attempt_ended("other", &first, report.clone()).await;
        assert!(matches!(other, Err(Error::Fenced)), "{other:?}");
        story.end(&first, Outcome::Lost).await;
        story.later(TimeDelta::seconds(1)).await;
        let second = story.claim_one().await.key;
        let late = LogBatch { first_line: 0, lines: vec![] };
        assert!(matches!(story.engine.append_log(AGENT, &first, late).await, Err(Error::Fenced)));
        assert_eq!(story.stops(&[&first, &second]).await[0].reason, StopReason::Fenced);
        story.end(&second, Outcome::Succeeded).await;
        story.engine.attempt_ended(AGENT, &second, report).await.expect("telling it twice changes nothing");
    }

    async fn log_lines_sent_again_are_there_once(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", CHAIN).await;
        let run = story.start("p").await;
        let key = story.claim_one().await.key;
        let started_at = story.engine.clock().now();
        story.engine.attempt_started(AGENT, &key, AttemptStarted { started_at }).await.unwrap();
        let line = |text: &str| LogLine { stream: LogStream::Stdout, at: started_at, text: text.into(), continued: false };
        let batch = LogBatch { first_line: 0, lines: vec![line("one"), line("two")] };
        for _ in 0..2 {
            let position = story.engine.append_log(AGENT, &key, batch.clone()).await.unwrap();
            assert_eq!(position.next_line, 2);
        }
        story.end(&key, Outcome::Succeeded).await;
        assert_eq!(story.engine.run(run).await.unwrap().steps[0].attempts[0].log_lines, 2);
    }

    async fn logs_are_kept_for_their_time_and_no_longer(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x}]").await;
        story.start("p").await;
        let key = story.claim_one().await.key;
        let at = story.engine.clock().now();
        let line = LogLine { stream: LogStream::Stdout, at, text: "one".into(), continued: false };
        story.engine.append_log(AGENT, &key, LogBatch { first_line: 0, lines: vec![line] }).await.unwrap();
        story.end(&key, Outcome::Succeeded).await;
        let log = polder_store::logs::LogKey { run: key.run, position: 0, epoch: 1 };
        story.later(TimeDelta::days(29)).await;
        assert_eq!(story.engine.tidy().await.unwrap(), 0);
        assert_eq!(story.engine.logs().read(log, 0, 10).await.unwrap().len(), 1);
        story.later(TimeDelta::days(2)).await;
        assert_eq!(story.engine.tidy().await.unwrap(), 1);
        assert!(story.engine.logs().read(log, 0, 10).await.unwrap().is_empty());
    }

    async fn an_output_that_is_not_there_fails_the_step_with_the_reason(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", CHAIN).await;
        let run = story.start("p").await;
        story.end(&story.claim_one().await.key, Outcome::Succeeded).await;
        assert!(story.claim().await.is_empty());
        let shown = story.engine.run(run).await.unwrap();
        assert_eq!(shown.summary.status, RunStatus::Failed);
        assert_eq!(shown.steps[1].error.as_ref().unwrap().code, Code::TemplateFailed);
    }

    async fn a_secret_that_cannot_be_opened_fails_its_step_and_no_other(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x, secrets: {TOKEN: token}}]").await;
        story.pipeline("q", "steps: [{name: a, run: x}]").await;
        let sealed = Sealed { ciphertext: vec![1], nonce: vec![0; 12], wrapped_key: vec![0; 60], key_id: "lost".into() };
        let mut tx = story.engine.store().begin().await.unwrap();
        let key = SecretKey { workspace_id: "default", team: "p", environment: "prod", name: "token" };
        secrets::set(&mut tx, key, &sealed, "ann", story.engine.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
        let (with, without) = (story.start("p").await, story.start("q").await);
        story.end(&story.claim_one().await.key, Outcome::Succeeded).await;
        assert_eq!(story.status(without).await, RunStatus::Succeeded);
        let error = story.engine.run(with).await.unwrap().summary.error.expect("an error");
        assert_eq!(error.code, Code::MasterKey);
        assert!(error.message.contains("`token`"), "{}", error.message);
    }

    async fn nothing_of_a_run_that_succeeded_is_repeated_but_from_the_start(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x}]").await;
        let run = story.start("p").await;
        story.work(Outcome::Succeeded).await;
        let refused = story.engine.rerun(run, Rerun::default(), "ann", None).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        story.engine.rerun(run, Rerun { from: RerunFrom::Start, ..Rerun::default() }, "ann", None).await.expect("repeated");
    }

    async fn a_repetition_with_a_key_is_made_once(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x}]").await;
        let run = story.start("p").await;
        story.work(Outcome::Failed).await;
        let key = Idempotency { scope: "p".into(), key: "k".into() };
        let once = story.engine.rerun(run, Rerun::default(), "ann", Some(&key)).await.unwrap();
        let again = story.engine.rerun(run, Rerun::default(), "ann", Some(&key)).await.unwrap();
        assert_eq!((again.run, once.replayed, again.replayed), (once.run, false, true));
        let other = Rerun { from: RerunFrom::Start, ..Rerun::default() };
        let refused = story.engine.rerun(run, other, "ann", Some(&key)).await;
        assert!(matches!(refused, Err(Error::IdempotencyMismatch)), "{refused:?}");
    }

    async fn what_is_repeated_with_a_new_definition_takes_its_parameters(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "parameters: {old: {default: x}}\nsteps: [{name: a, run: x}]").await;
        let run = story.start("p").await;
        story.work(Outcome::Failed).await;
        story.pipeline("p", "parameters: {new: {default: y}}\nsteps: [{name: a, run: 'x {{ params.new }}'}]").await;
        story.rerun(run).await;
        assert_eq!(command(&story.claim_one().await.task), "x y");
        story.pipeline("p", "parameters: {must: {type: string}}\nsteps: [{name: a, run: x}]").await;
        story.work(Outcome::Failed).await;
        let refused = story.engine.rerun(run, Rerun::default(), "ann", None).await;
        assert!(matches!(refused, Err(Error::InvalidParameters(_))), "{refused:?}");
    }

    async fn a_secret_that_is_not_there_fails_the_step_and_is_named(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x, secrets: {TOKEN: exact-token}}]").await;
        let run = story.start("p").await;
        assert!(story.claim().await.is_empty());
        let error = story.engine.run(run).await.unwrap().summary.error.unwrap();
        assert_eq!(error.code, Code::UnknownSecret);
        assert!(error.message.contains("`exact-token` for team p in prod"), "{}", error.message);
    }

    async fn parameters_are_checked_all_at_once(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "parameters: {n: {type: integer}}\nsteps: [{name: a, run: x}]").await;
        let parameters = serde_json::from_value(json!({"m": 1, "n": "many"})).unwrap();
        let refused = story.try_start("p", StartRun { parameters, ..StartRun::default() }).await;
        let Err(Error::InvalidParameters(mistakes)) = refused else { panic!("{refused:?}") };
        let paths: Vec<_> = mistakes.iter().filter_map(|mistake| mistake.path.as_deref()).collect();
        assert_eq!(paths, ["parameters.m", "parameters.n"]);
    }

    async fn a_pipeline_step_waits_for_the_run_that_it_starts(store: Store) {
        let story = Story::new(store);
        story.pipeline("child", "parameters: {n: {type: integer}}\nsteps: [{name: a, run: 'x {{ params.n }}'}]").await;
        let parent = "steps:\n  - {name: call, pipeline: {name: child/child, parameters: {n: 7}}}\n  - {name: after, run: 'y {{ steps.call.rows }}'}";
        story.pipeline("parent", parent).await;
        let run = story.start_on("parent", "2026-11-20").await;
        story.engine.run_due().await.unwrap();
        let child = story.claim_one().await;
        assert_eq!((command(&child.task), child.logical_day.to_string().as_str()), ("x 7", "2026-11-20"));
        story.end_with(&child.key, Outcome::Succeeded, json!({"rows": 5})).await;
        let after = story.claim_one().await;
        assert_eq!(command(&after.task), "y 5");
        story.end(&after.key, Outcome::Succeeded).await;
        let shown = story.engine.run(run).await.unwrap();
        assert_eq!((shown.summary.status, shown.steps[0].child_run), (RunStatus::Succeeded, Some(child.key.run)));
        assert_eq!(shown.started_runs, [child.key.run]);
    }

    async fn an_abort_reaches_the_run_that_a_step_has_started(store: Store) {
        let story = Story::new(store);
        story.pipeline("child", "steps: [{name: a, run: x}]").await;
        story.pipeline("parent", "steps: [{name: call, pipeline: child/child}]").await;
        let run = story.start("parent").await;
        story.engine.run_due().await.unwrap();
        let child = story.claim_one().await;
        story.engine.abort(run, "ann").await.unwrap();
        story.engine.run_due().await.unwrap();
        assert_eq!(story.stops(&[&child.key]).await.len(), 1);
        story.end(&child.key, Outcome::Stopped).await;
        assert_eq!((story.status(run).await, story.status(child.key.run).await), (RunStatus::Aborted, RunStatus::Aborted));
    }

    async fn a_repetition_keeps_what_succeeded(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", CHAIN).await;
        let run = story.start_on("p", "2026-11-20").await;
        story.end_with(&story.claim_one().await.key, Outcome::Succeeded, json!({"rows": 3, "file": "f"})).await;
        story.end(&story.claim_one().await.key, Outcome::Failed).await;
        let again = story.rerun(run).await;
        let load = story.claim_one().await;
        assert_eq!((load.key.run, command(&load.task)), (again, "load 3 f"));
        story.end(&load.key, Outcome::Succeeded).await;
        let shown = story.engine.run(again).await.unwrap();
        assert_eq!((shown.summary.status, shown.steps[0].taken_from), (RunStatus::Succeeded, Some(run)));
        assert_eq!(shown.summary.logical_day.unwrap().to_string(), "2026-11-20");
        assert_eq!(story.status(run).await, RunStatus::Failed, "a run that has ended never changes");
    }
}

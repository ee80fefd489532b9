//! Steps that write to the lake: their branch, what they publish, and what becomes of it when something dies.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use polder_engine::Error;
use polder_engine::lake::{Asked, LONGEST_VACUUM, Proof};
use polder_store::lake::branches;
use polder_store::lake::views::{self, PublishFilter};
use polder_store::lake::{self as stored, Place};
use polder_store::on_both_databases;
use polder_store::run_views::RunScope;
use polder_types::Code;
use polder_types::id::RunId;
use polder_types::lake::{BranchState, Intent, Line, Staged, TableFacts, TableName, View};
use polder_types::models::Severity;
use polder_types::run::{Outcome, RunStatus};
use polder_types::wire::{
    Assignment, BadRows, CheckStatus, Checks, Heartbeat, LakeTable, LakeWork, PublishRequest, StepChecks,
    Task, TestRun,
};
use serde_json::Map;

use crate::story::{AGENT, Story};

const STEP: &str =
    "steps: [{name: load, sql: 'INSERT INTO raw.a SELECT {{ run.date }}', retries: {limit: 1, backoff: 0s}}]";

const STEP_ONCE: &str = "steps: [{name: load, sql: 'INSERT INTO raw.a SELECT 1'}]";

fn proof(assignment: &Assignment) -> Proof {
    Proof { key: assignment.key.clone(), token: assignment.token.clone().expect("a token") }
}

/// What it takes to publish these tables.
fn request(work: &LakeWork, tables: &[&str]) -> PublishRequest {
    let staged = |table: &&str| {
        let table = table.parse().expect("a name");
        let pin = work.view.get(&table);
        let line = pin.map_or(&work.root, |pin| &pin.line);
        let before = pin.map(|pin| pin.version);
        let from = line.fork(work.branch.clone(), before);
        Staged { table, from, before, version: before.map_or(0, |before| before + 1), rows: 3, bytes: 10 }
    };
    let tables = tables.iter().map(staged).collect();
    let intent = Intent { publish: work.publish.to_string(), tables };
    PublishRequest { intent, reads: vec!["raw.source".parse().expect("a name")], facts: facts() }
}

fn facts() -> BTreeMap<TableName, TableFacts> {
    let facts = TableFacts {
        description: None,
        columns: vec![],
        rows_total: Some(3),
        bytes_total: 10,
        files_total: 1,
        partitioned_by: vec![],
        key: vec![],
    };
    BTreeMap::from([("raw.a".parse().expect("a name"), facts)])
}

/// A test of this name, which found a row.
fn checks(name: &str) -> Checks {
    let types = vec!["Int64".to_owned()];
    let rows = BadRows {
        columns: vec!["id".to_owned()],
        types,
        rows: vec![vec![Some("\u{0}'".to_owned())], vec![None]],
    };
    let test = TestRun {
        name: name.to_owned(),
        file: "tests/a.sql".to_owned(),
        of: vec![],
        severity: Severity::Error,
        status: CheckStatus::Failed,
        rows: Some(2),
        began_after_milliseconds: 1,
        milliseconds: 2,
        sql: None,
        message: None,
        bad_rows: Some(rows),
    };
    Checks { tables: vec![], models: vec![], tests: vec![test] }
}

/// By which attempt, and the name of its test.
async fn told(story: &Story, run: RunId, epoch: Option<u32>) -> (Option<u32>, String) {
    let known = story.engine.checks(run, "load", epoch).await.expect("checks");
    let expected = checks(&known.checks.tests[0].name);
    assert_eq!(known.checks, expected, "as it was told");
    (known.epoch, expected.tests[0].name.clone())
}

impl Story {
    async fn begin(&self, assignment: &Assignment) -> LakeWork {
        self.engine.begin_work(&proof(assignment)).await.expect("a branch")
    }

    async fn view(&self, environment: &str) -> View {
        let mut tx = self.engine.store().read().await.expect("a transaction");
        stored::view(&mut tx, Place { workspace_id: "default", environment }).await.expect("a view")
    }

    /// The runs that made the publishes of `prod` that match.
    async fn publishes_of(&self, filter: PublishFilter<'_>) -> Vec<RunId> {
        let mut tx = self.engine.store().read().await.expect("a transaction");
        let place = Place { workspace_id: "default", environment: "prod" };
        let found = views::publishes(&mut tx, place, filter).await.expect("publishes");
        found.into_iter().map(|publish| publish.run.expect("a run").id).collect()
    }

    async fn branch_states(&self, run: RunId) -> Vec<BranchState> {
        let mut tx = self.engine.store().read().await.expect("a transaction");
        let found = branches::of_run(&mut tx, run).await.expect("branches");
        found.into_iter().map(|branch| branch.state).collect()
    }

    async fn end_late(&self, assignment: &Assignment, outcome: Outcome) {
        let report = self.report(outcome, Map::new());
        self.engine.attempt_ended(AGENT, &assignment.key, report).await.expect("accepted");
        self.engine.run_due().await.expect("done");
    }
}

on_both_databases! {
    async fn what_a_step_publishes_is_seen_when_it_says_so(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP).await;
        let run = story.start_on("p", "2026-11-20").await;
        let attempt = story.claim_one().await;
        let Task::Sql(task) = &attempt.task else { panic!("not SQL") };
        assert_eq!(task.text, "INSERT INTO raw.a SELECT '2026-11-20'");
        let work = story.begin(&attempt).await;
        assert_eq!((work.lake.as_str(), &work.root, &work.decided), ("file:///lake", &Line::main(), &None));
        assert_eq!(story.begin(&attempt).await.branch, work.branch, "asking again gives the same branch");
        let publish = request(&work, &["raw.a", "raw.b"]);
        story.engine.prepare_publish(&proof(&attempt), publish.clone()).await.unwrap();
        story.engine.prepare_publish(&proof(&attempt), publish).await.unwrap();
        assert_eq!(story.view("prod").await.tables().count(), 0, "not yet");
        story.engine.finish_publish(&proof(&attempt), work.publish).await.unwrap();
        story.engine.finish_publish(&proof(&attempt), work.publish).await.unwrap();
        assert_eq!(story.view("prod").await.tables().count(), 2);
        story.end(&attempt.key, Outcome::Succeeded).await;
        assert_eq!(story.status(run).await, RunStatus::Succeeded);
        assert_eq!(story.branch_states(run).await, [BranchState::Published]);
        let mut tx = story.engine.store().read().await.unwrap();
        let place = Place { workspace_id: "default", environment: "prod" };
        let shown = views::publishes(&mut tx, place, PublishFilter::default()).await.unwrap();
        let made = shown[0].run.as_ref().unwrap();
        assert_eq!((shown.len(), made.id, made.pipeline.as_str(), made.step.as_str()), (1, run, "p", "load"));
        assert_eq!((shown[0].tables.len(), shown[0].tables[0].rows, shown[0].reads.len()), (2, 3, 1));
        assert_eq!(views::publish(&mut tx, "default", shown[0].id).await.unwrap().as_ref(), Some(&shown[0]));
        let tables = views::tables(&mut tx, place, "RAW", "", None).await.unwrap();
        let rows = |table: &LakeTable| table.facts.as_ref().and_then(|facts| facts.rows_total);
        assert_eq!(tables.iter().map(rows).collect::<Vec<_>>(), [Some(3), None]);
        assert_eq!(views::tables(&mut tx, place, "", "raw.a", None).await.unwrap().len(), 1);
        assert!(views::tables(&mut tx, place, "_", "", None).await.unwrap().is_empty(), "it is no wildcard");
        assert_eq!(views::branches_of(&mut tx, place, None, Some(run)).await.unwrap().len(), 1);
    }

    async fn publishes_are_found_by_what_they_changed_or_read_and_by_their_run(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP).await;
        let mut runs = Vec::new();
        for tables in [&["raw.a", "raw.b"][..], &["raw.a"]] {
            runs.push(story.start("p").await);
            let attempt = story.claim_one().await;
            let work = story.begin(&attempt).await;
            story.engine.prepare_publish(&proof(&attempt), request(&work, tables)).await.unwrap();
            story.engine.finish_publish(&proof(&attempt), work.publish).await.unwrap();
            story.end(&attempt.key, Outcome::Succeeded).await;
        }
        let (a, b, source) = ("raw.A".parse().unwrap(), "raw.b".parse().unwrap(), "raw.source".parse().unwrap());
        let all = PublishFilter::default();
        let of_both = story.publishes_of(PublishFilter { table: Some(&a), ..all }).await;
        assert_eq!(of_both, [runs[1], runs[0]]);
        assert_eq!(story.publishes_of(PublishFilter { table: Some(&b), ..all }).await, [runs[0]]);
        assert_eq!(story.publishes_of(PublishFilter { reads: Some(&source), limit: Some(1), ..all }).await, [runs[1]]);
        assert_eq!(story.publishes_of(PublishFilter { reads: Some(&a), ..all }).await, []);
        assert_eq!(story.publishes_of(PublishFilter { run: Some(runs[0]), ..all }).await, [runs[0]]);
        let neither = PublishFilter { table: Some(&b), run: Some(runs[1]), ..all };
        assert_eq!(story.publishes_of(neither).await, []);
    }

    async fn only_the_attempt_itself_may_write(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP).await;
        story.start("p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        let forged = Proof { token: "pla_00".to_owned(), ..proof(&attempt) };
        let other_step = Proof { key: polder_types::wire::AttemptKey { step: "x".into(), ..attempt.key.clone() }, ..proof(&attempt) };
        for wrong in [&forged, &other_step] {
            assert!(matches!(story.engine.begin_work(wrong).await, Err(Error::Fenced)));
            let asked = story.engine.prepare_publish(wrong, request(&work, &["raw.a"])).await;
            assert!(matches!(asked, Err(Error::Fenced)));
        }
        let mut foreign = request(&work, &["raw.a"]);
        foreign.intent.tables[0].from = Line::main();
        let refused = story.engine.prepare_publish(&proof(&attempt), foreign).await;
        assert!(matches!(refused, Err(Error::BadRequest { .. })), "{refused:?}");
        story.end_late(&attempt, Outcome::Failed).await;
        let late = story.engine.prepare_publish(&proof(&attempt), request(&work, &["raw.a"])).await;
        assert!(matches!(late, Err(Error::Fenced)), "the attempt has ended: {late:?}");
    }

    async fn what_an_attempt_tells_of_its_models_is_kept_beside_what_others_told(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP).await;
        let run = story.start_on("p", "2026-11-20").await;
        let first = story.claim_one().await;
        assert_eq!(story.engine.checks(run, "load", None).await.unwrap(), StepChecks::default());
        story.engine.note_checks(&proof(&first), &checks("half")).await.unwrap();
        story.engine.note_checks(&proof(&first), &checks("first")).await.unwrap();
        story.end_late(&first, Outcome::Failed).await;
        let late = story.engine.note_checks(&proof(&first), &checks("late")).await;
        assert!(matches!(late, Err(Error::Fenced)), "{late:?}");
        let second = story.claim_one().await;
        assert_eq!(told(&story, run, None).await, (Some(1), "first".to_owned()), "nothing newer was told");
        story.engine.note_checks(&proof(&second), &checks("second")).await.unwrap();
        assert_eq!(told(&story, run, None).await, (Some(2), "second".to_owned()));
        assert_eq!(told(&story, run, Some(1)).await, (Some(1), "first".to_owned()));
        let nowhere = story.engine.checks(run, "nowhere", None).await.unwrap_err();
        assert_eq!(nowhere.code(), Code::NotFound);
    }

    async fn a_branch_that_is_not_published_has_failed(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: load, sql: SELECT 1}]").await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        story.begin(&attempt).await;
        story.end(&attempt.key, Outcome::Failed).await;
        assert_eq!(story.branch_states(run).await, [BranchState::Failed]);
        assert_eq!(story.status(run).await, RunStatus::Failed);
    }

    async fn two_that_write_one_table_conflict_and_the_second_may_try_again(store: Store) {
        let story = Story::new(store);
        story.pipeline("a", STEP).await;
        story.pipeline("b", STEP).await;
        story.start("a").await;
        let first = story.claim_one().await;
        let run = story.start("b").await;
        let second = story.claim_one().await;
        let (ours, theirs) = (story.begin(&first).await, story.begin(&second).await);
        story.engine.prepare_publish(&proof(&first), request(&ours, &["raw.a"])).await.unwrap();
        let busy = story.engine.prepare_publish(&proof(&second), request(&theirs, &["raw.a"])).await.unwrap_err();
        assert_eq!(busy.code(), Code::PublishConflict);
        assert!(busy.to_string().contains("raw.a is being published"), "{busy}");
        story.engine.finish_publish(&proof(&first), ours.publish).await.unwrap();
        let moved = story.engine.prepare_publish(&proof(&second), request(&theirs, &["raw.a"])).await.unwrap_err();
        assert!(moved.to_string().contains("raw.a was made by somebody else"), "{moved}");
        story.end_late(&second, Outcome::Failed).await;
        let again = story.claim_one().await;
        let work = story.begin(&again).await;
        assert_eq!(work.view.tables().count(), 1, "it begins with the tables as they are now");
        story.engine.prepare_publish(&proof(&again), request(&work, &["raw.a"])).await.unwrap();
        story.engine.finish_publish(&proof(&again), work.publish).await.unwrap();
        story.end_late(&again, Outcome::Succeeded).await;
        assert_eq!(story.status(run).await, RunStatus::Succeeded);
        assert_eq!(story.branch_states(run).await, [BranchState::Failed, BranchState::Published]);
    }

    async fn what_was_decided_is_completed_by_the_next_attempt_and_nothing_is_done_twice(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP).await;
        let run = story.start("p").await;
        let first = story.claim_one().await;
        let work = story.begin(&first).await;
        let publish = request(&work, &["raw.a"]);
        story.engine.prepare_publish(&proof(&first), publish.clone()).await.unwrap();
        assert!(story.engine.unfinished_publishes().await.unwrap().is_empty(), "its attempt is there");
        story.end_late(&first, Outcome::Lost).await;
        assert_eq!(story.engine.unfinished_publishes().await.unwrap(), std::slice::from_ref(&publish.intent));
        story.later(TimeDelta::seconds(2)).await;
        let second = story.claim_one().await;
        let again = story.begin(&second).await;
        assert_eq!(again.decided.as_ref(), Some(&publish.intent));
        assert!(story.engine.unfinished_publishes().await.unwrap().is_empty(), "the next attempt attends to it");
        story.engine.finish_publish(&proof(&second), work.publish).await.unwrap();
        story.end_late(&second, Outcome::Succeeded).await;
        assert_eq!((story.status(run).await, story.view("prod").await.tables().count()), (RunStatus::Succeeded, 1));
        assert!(story.engine.unfinished_publishes().await.unwrap().is_empty());
    }

    async fn what_readers_see_is_not_undone_by_how_the_process_ended(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: load, sql: INSERT INTO raw.a SELECT 1}]").await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        story.engine.prepare_publish(&proof(&attempt), request(&work, &["raw.a"])).await.unwrap();
        story.engine.finish_publish(&proof(&attempt), work.publish).await.unwrap();
        let story = story.restart();
        story.engine.heartbeat(AGENT, Heartbeat { running: vec![], starting: true }).await.unwrap();
        story.engine.run_due().await.unwrap();
        assert_eq!(story.status(run).await, RunStatus::Succeeded);
    }

    async fn what_was_decided_is_completed_though_nothing_is_to_be_tried_again(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: load, sql: INSERT INTO raw.a SELECT 1}]").await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        let publish = request(&work, &["raw.a"]);
        story.engine.prepare_publish(&proof(&attempt), publish.clone()).await.unwrap();
        story.end_late(&attempt, Outcome::Failed).await;
        assert_eq!(story.status(run).await, RunStatus::Running, "who repeats a failed run would do it twice");
        story.later(TimeDelta::seconds(2)).await;
        let second = story.claim_one().await;
        assert_eq!(story.begin(&second).await.decided, Some(publish.intent.clone()));
        // Meanwhile the server has completed it, and the attempt never says that it is done.
        story.engine.recover_publish(&publish.intent).await.unwrap();
        story.end_late(&second, Outcome::Lost).await;
        assert_eq!((story.status(run).await, story.view("prod").await.tables().count()), (RunStatus::Succeeded, 1));
    }

    async fn what_was_taken_back_is_a_failure(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: load, sql: INSERT INTO raw.a SELECT 1}]").await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        let publish = request(&work, &["raw.a"]);
        story.engine.prepare_publish(&proof(&attempt), publish.clone()).await.unwrap();
        story.engine.undo_publish(&publish.intent, &[]).await.unwrap();
        story.end_late(&attempt, Outcome::Failed).await;
        assert_eq!((story.status(run).await, story.view("prod").await.tables().count()), (RunStatus::Failed, 0));
        assert_eq!(story.branch_states(run).await, [BranchState::Failed]);
    }

    async fn what_an_aborted_run_had_decided_is_completed_by_the_server(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: load, sql: INSERT INTO raw.a SELECT 1}]").await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        story.engine.prepare_publish(&proof(&attempt), request(&work, &["raw.a"])).await.unwrap();
        story.engine.abort(run, "anna").await.unwrap();
        story.end_late(&attempt, Outcome::Stopped).await;
        assert_eq!(story.status(run).await, RunStatus::Aborted);
        let left = story.engine.unfinished_publishes().await.unwrap();
        story.engine.recover_publish(&left[0]).await.unwrap();
        assert_eq!(story.view("prod").await.tables().count(), 1, "it was decided");
        assert_eq!(story.branch_states(run).await, [BranchState::Published]);
    }

    async fn an_environment_begins_as_prod_is(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP).await;
        story.start("p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        story.engine.prepare_publish(&proof(&attempt), request(&work, &["raw.a"])).await.unwrap();
        story.engine.finish_publish(&proof(&attempt), work.publish).await.unwrap();
        story.end(&attempt.key, Outcome::Succeeded).await;
        story.deploy_to("dev", "p", &[("pipeline.yaml", &format!("name: p\n{STEP}"))]).await;
        story.start_in("dev", "p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        let pin = work.view.get(&"raw.a".parse().unwrap()).expect("it begins as prod is");
        assert_eq!((pin.version, pin.line.forks().len(), work.root.forks().len()), (0, 1, 1));
        story.engine.prepare_publish(&proof(&attempt), request(&work, &["raw.a", "raw.new"])).await.unwrap();
        story.engine.finish_publish(&proof(&attempt), work.publish).await.unwrap();
        assert_eq!(story.view("dev").await.tables().count(), 2);
        assert_eq!(story.view("prod").await.tables().count(), 1, "prod sees nothing of it");
    }

    async fn statements_in_a_file_are_those_of_the_revision(store: Store) {
        let story = Story::new(store);
        let pipeline = "name: p\nsteps: [{name: load, sql: load.sql, compute: {memory: 1GiB}}]";
        story.deploy("p", &[("pipeline.yaml", pipeline), ("load.sql", "SELECT {{ run.date }} AS day")]).await;
        story.start_on("p", "2026-11-20").await;
        let attempt = story.claim_one().await;
        let Task::Sql(task) = &attempt.task else { panic!("not SQL") };
        assert_eq!((task.text.as_str(), task.file.as_deref()), ("SELECT '2026-11-20' AS day", Some("load.sql")));
        assert_eq!(task.compute.memory_bytes, Some(1 << 30));
    }

    async fn what_failed_is_shown_for_a_week_and_its_files_stay_until_nobody_reads_them(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP_ONCE).await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        story.end(&attempt.key, Outcome::Failed).await;
        let all = everything();
        let shown = || story.engine.branch_view(&all, work.branch.as_str());
        story.later(TimeDelta::days(7)).await;
        assert_eq!(story.engine.remove_branches().await.unwrap(), 0);
        assert!(story.engine.begin_vacuum(Asked::ByTheClock).await.unwrap().is_none(), "nothing is older than a week");
        shown().await.unwrap();
        for (team, sees) in [("p", true), ("other", false)] {
            let scope = RunScope { teams: Some(vec![team.to_owned()]), ..everything() };
            assert_eq!(story.engine.branch_view(&scope, work.branch.as_str()).await.is_ok(), sees, "{team}");
            assert_eq!(story.engine.branch_view(&scope, &run.to_string()).await.is_ok(), sees, "{team}");
            let mut tx = story.engine.store().begin().await.unwrap();
            let place = Place { workspace_id: "default", environment: "prod" };
            let listed = views::branches_of(&mut tx, place, scope.teams.as_deref(), None).await.unwrap();
            assert_eq!(listed.len(), usize::from(sees));
        }
        story.later(TimeDelta::seconds(1)).await;
        let first = story.engine.begin_vacuum(Asked::ByTheClock).await.unwrap().unwrap();
        assert_eq!((first.branches_removed, first.spec.kept.branches.len()), (1, 1));
        let gone = shown().await.unwrap_err();
        assert_eq!(gone.code(), Code::RetentionOver, "{gone}");
        assert_eq!(story.branch_states(run).await, [BranchState::Removed]);
        story.later(TimeDelta::days(1) + TimeDelta::seconds(1)).await;
        let plan = story.engine.try_vacuum().await.unwrap();
        assert!(plan.spec.dry_run && plan.spec.kept.branches.is_empty(), "who read it is done");
    }

    async fn an_environment_is_reset_while_nobody_writes_in_it(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP_ONCE).await;
        let reset = |environment| story.engine.reset_environment("default", environment);
        assert_eq!(reset("prod").await.unwrap_err().code(), Code::Conflict);
        assert_eq!(reset("dev").await.unwrap().before, None);
        assert_eq!(reset("dve").await.unwrap_err().code(), Code::UnknownEnvironment);
        story.deploy_to("dev", "p", &[("pipeline.yaml", &format!("name: p\n{STEP_ONCE}"))]).await;
        story.start_in("dev", "p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        let refused = reset("dev").await.unwrap_err();
        assert!(refused.to_string().contains(work.branch.as_str()), "{refused}");
        story.engine.prepare_publish(&proof(&attempt), request(&work, &["raw.a"])).await.unwrap();
        story.engine.finish_publish(&proof(&attempt), work.publish).await.unwrap();
        story.end(&attempt.key, Outcome::Succeeded).await;
        assert_eq!(story.view("dev").await.tables().count(), 1);
        let before = reset("dev").await.unwrap().before.unwrap();
        assert_eq!(story.view("dev").await.tables().count(), 0, "prod has none");
        let shown = story.engine.branch_view(&everything(), before.as_str()).await.unwrap();
        assert_eq!(shown.view.tables().count(), 1);
        story.later(TimeDelta::days(8)).await;
        story.engine.remove_branches().await.unwrap();
        let gone = story.engine.branch_view(&everything(), before.as_str()).await.unwrap_err();
        assert_eq!(gone.code(), Code::RetentionOver, "{gone}");
    }

    async fn one_cleans_up_at_a_time_and_once_a_day(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP_ONCE).await;
        story.start("p").await;
        let attempt = story.claim_one().await;
        story.begin(&attempt).await;
        story.end(&attempt.key, Outcome::Failed).await;
        story.later(TimeDelta::days(8)).await;
        let begin = |asked| story.engine.begin_vacuum(asked);
        let first = begin(Asked::ByTheClock).await.unwrap().unwrap();
        assert!(begin(Asked::ByTheClock).await.unwrap().is_none());
        let busy = begin(Asked::ByHand).await.unwrap_err();
        assert_eq!(busy.code(), Code::Conflict, "{busy}");
        story.later(LONGEST_VACUUM).await;
        let second = begin(Asked::ByTheClock).await.unwrap().expect("whoever had the turn is gone");
        story.engine.end_vacuum(first.begun_at, true).await.unwrap();
        assert!(begin(Asked::ByTheClock).await.unwrap().is_none(), "the first says nothing of the second");
        story.engine.end_vacuum(second.begun_at, false).await.unwrap();
        let third = begin(Asked::ByTheClock).await.unwrap().expect("what was not done is tried again");
        story.engine.end_vacuum(third.begun_at, true).await.unwrap();
        assert!(begin(Asked::ByTheClock).await.unwrap().is_none(), "once a day");
        let asked = begin(Asked::ByHand).await.unwrap().expect("a person may");
        story.engine.end_vacuum(asked.begun_at, true).await.unwrap();
        story.later(TimeDelta::days(1)).await;
        assert!(begin(Asked::ByTheClock).await.unwrap().is_some());
    }

    async fn what_a_publish_replaced_is_brought_back_within_the_retention(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP_ONCE).await;
        story.start("p").await;
        let attempt = story.claim_one().await;
        let work = story.begin(&attempt).await;
        story.engine.prepare_publish(&proof(&attempt), request(&work, &["raw.a"])).await.unwrap();
        story.engine.finish_publish(&proof(&attempt), work.publish).await.unwrap();
        story.end(&attempt.key, Outcome::Succeeded).await;
        story.later(TimeDelta::days(7)).await;
        let spec = story.engine.begin_rollback("default", work.publish).await.unwrap();
        story.later(TimeDelta::days(2)).await;
        let over = story.engine.begin_rollback("default", work.publish).await.unwrap_err();
        assert_eq!(over.code(), Code::RetentionOver, "{over}");
        story.engine.remove_branches().await.unwrap();
        let late = PublishRequest { intent: Intent { publish: spec.publish.to_string(), tables: vec![] }, ..request(&work, &[]) };
        let refused = story.engine.decide_rollback("default", &spec.branch, &late, "anna", work.publish).await.unwrap_err();
        assert_eq!(refused.code(), Code::Conflict, "a branch that was left open was ended: {refused}");
    }
}

/// Of somebody who may see all teams.
fn everything() -> RunScope {
    RunScope { workspace: "default".to_owned(), teams: None }
}

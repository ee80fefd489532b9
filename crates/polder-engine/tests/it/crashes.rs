//! The server dies between two commits, the agent dies with steps running: nothing is lost, and nothing runs twice
//! unless its retry policy says so.

use chrono::TimeDelta;
use polder_engine::Error;
use polder_store::on_both_databases;
use polder_types::Code;
use polder_types::run::{Outcome, RunStatus};
use polder_types::wire::Heartbeat;

use crate::story::{AGENT, Story};

async fn agent_starts_anew(story: &Story) {
    story.engine.heartbeat(AGENT, Heartbeat { running: vec![], starting: true }).await.unwrap();
    story.engine.run_due().await.unwrap();
}

on_both_databases! {
    async fn what_was_committed_but_not_done_is_done_after_the_restart(store: Store) {
        let story = Story::new(store);
        story.pipeline("a", "steps: [{name: a, run: x}]").await;
        story.pipeline("b", "triggers: [{executions: {allOf: [{pipeline: a/a}]}}]\nsteps: [{name: a, run: x}]").await;
        story.start("a").await;
        let attempt = story.claim_one().await;
        let report = story.report(Outcome::Succeeded, serde_json::Map::new());
        story.engine.attempt_ended(AGENT, &attempt.key, report).await.unwrap();
        assert!(story.runs("b").await.is_empty(), "the outbox has not been looked at");
        let story = story.restart();
        story.engine.run_due().await.unwrap();
        story.engine.run_due().await.unwrap();
        assert_eq!(story.runs("b").await.len(), 1);
    }

    async fn a_step_whose_agent_died_fails_and_is_not_run_again(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x}]").await;
        let run = story.start("p").await;
        let attempt = story.claim_one().await;
        let story = story.restart();
        agent_starts_anew(&story).await;
        assert!(story.claim().await.is_empty());
        let shown = story.engine.run(run).await.unwrap();
        assert_eq!((shown.summary.status, shown.summary.error.unwrap().code), (RunStatus::Failed, Code::AgentLost));
        let late = story.report(Outcome::Succeeded, serde_json::Map::new());
        assert!(matches!(story.engine.attempt_ended("ghost", &attempt.key, late).await, Err(Error::Fenced)));
    }

    async fn a_step_with_retries_is_tried_again_with_a_higher_epoch(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x, retries: {limit: 1, backoff: 1s}}]").await;
        let run = story.start("p").await;
        story.claim_one().await;
        let story = story.restart();
        agent_starts_anew(&story).await;
        story.later(TimeDelta::seconds(1)).await;
        let second = story.claim_one().await;
        assert_eq!(second.key.epoch, 2);
        story.end(&second.key, Outcome::Succeeded).await;
        assert_eq!(story.status(run).await, RunStatus::Succeeded);
    }

    async fn an_assignment_that_never_arrived_is_noticed(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x}]").await;
        let run = story.start("p").await;
        story.claim_one().await;
        let heartbeat = || Heartbeat { running: vec![], starting: false };
        story.engine.heartbeat(AGENT, heartbeat()).await.unwrap();
        assert_eq!(story.status(run).await, RunStatus::Running, "it may still be on its way");
        story.later(TimeDelta::seconds(31)).await;
        story.engine.heartbeat(AGENT, heartbeat()).await.unwrap();
        assert_eq!(story.status(run).await, RunStatus::Failed);
    }

    async fn timers_survive_a_restart(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "timeout: 1h\nsteps: [{name: a, run: x}]").await;
        story.start("p").await;
        let attempt = story.claim_one().await;
        let story = story.restart();
        story.later(TimeDelta::hours(2)).await;
        assert_eq!(story.stops(&[&attempt.key]).await.len(), 1);
    }

    async fn a_queued_run_gets_its_place_although_the_server_died(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "concurrency: {limit: 1}\nsteps: [{name: a, run: x}]").await;
        story.start("p").await;
        let second = story.start("p").await;
        let attempt = story.claim_one().await;
        let report = story.report(Outcome::Succeeded, serde_json::Map::new());
        story.engine.attempt_ended(AGENT, &attempt.key, report).await.unwrap();
        let story = story.restart();
        story.engine.run_due().await.unwrap();
        assert_eq!(story.status(second).await, RunStatus::Running);
    }
}

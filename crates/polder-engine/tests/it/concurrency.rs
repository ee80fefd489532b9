//! How many runs at once, and what happens to one more; idempotency keys.

use polder_engine::{Error, Idempotency, StartRequest};
use polder_store::on_both_databases;
use polder_types::Code;
use polder_types::run::{Outcome, RunStatus};
use polder_types::wire::{OnFailedReplay, Reason, StartRun, TickOutcome, TriggerView};

use crate::story::Story;

fn limited(on_conflict: &str) -> String {
    format!("concurrency: {{limit: 1, on_conflict: {on_conflict}}}\nsteps: [{{name: a, run: x}}]")
}

on_both_databases! {
    async fn with_queue_the_next_one_waits_its_turn(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", &limited("queue")).await;
        let runs = [story.start("p").await, story.start("p").await, story.start("p").await];
        for (turn, run) in runs.into_iter().enumerate() {
            let claimed = story.claim_one().await;
            assert_eq!(claimed.key.run, run, "turn {turn}");
            story.end(&claimed.key, Outcome::Succeeded).await;
            assert_eq!(story.status(run).await, RunStatus::Succeeded);
        }
    }

    async fn with_skip_and_reject_a_start_is_refused_and_names_the_run(store: Store) {
        let story = Story::new(store);
        for policy in ["skip", "reject"] {
            story.pipeline(policy, &limited(policy)).await;
            let first = story.start(policy).await;
            let refused = story.try_start(policy, StartRun::default()).await;
            assert!(matches!(refused, Err(Error::AlreadyRunning { run }) if run == first), "{policy}: {refused:?}");
            assert_eq!(story.runs(policy).await.len(), 1);
        }
    }

    async fn with_reject_a_tick_leaves_a_run_that_failed_at_once(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", &format!("triggers: [{{schedule: '0 11 * * *'}}]\n{}", limited("reject"))).await;
        story.start("p").await;
        story.later(chrono::TimeDelta::hours(1)).await;
        let runs = story.runs("p").await;
        assert_eq!(runs[1].status, RunStatus::Failed);
        assert_eq!(runs[1].error.as_ref().unwrap().code, Code::AlreadyRunning);
        let trigger = story.engine.store().triggers_of(story.id("p").await).await.unwrap()[0].id;
        assert_eq!(story.engine.store().ticks(trigger, 1).await.unwrap()[0].outcome, TickOutcome::Rejected);
    }

    async fn what_a_trigger_skips_is_told(store: Store) {
        let story = Story::new(store);
        story.pipeline("up", "steps: [{name: a, run: x}]").await;
        let trigger = "triggers: [{executions: {allOf: [{pipeline: up/up}]}}]";
        story.pipeline("p", &format!("{trigger}\n{}", limited("skip"))).await;
        let busy = story.start("p").await;
        let first = story.claim_one().await;
        story.start_on("up", "2026-11-03").await;
        story.end(&story.claim_one().await.key, Outcome::Succeeded).await;
        let why = story.engine.why(story.id("p").await).await.unwrap();
        let [TriggerView::Executions { skipped, .. }] = &why.triggers[..] else { panic!("{:?}", why.triggers) };
        assert_eq!(skipped.len(), 1);
        assert_eq!((skipped[0].busy, skipped[0].logical_at.to_rfc3339().as_str()), (busy, "2026-11-03T00:00:00+00:00"));
        story.end(&first.key, Outcome::Succeeded).await;
    }

    async fn with_replace_the_newer_one_takes_the_place(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", &limited("replace")).await;
        let old = story.start("p").await;
        let attempt = story.claim_one().await;
        let new = story.start("p").await;
        assert_eq!(story.stops(&[&attempt.key]).await.len(), 1);
        assert_eq!(story.status(new).await, RunStatus::Queued, "the place is free only once the old one is dead");
        story.end(&attempt.key, Outcome::Stopped).await;
        assert_eq!((story.status(old).await, story.status(new).await), (RunStatus::Aborted, RunStatus::Running));
    }

    async fn one_key_is_one_run(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "parameters: {n: {type: integer, default: 1}}\nsteps: [{name: a, run: x}]").await;
        let pipeline = story.id("p").await;
        let start = |start: StartRun| {
            let reason = Reason::Manual { by: "test".into() };
            let idempotency = Some(Idempotency { scope: "default".into(), key: "k".into() });
            story.engine.start_run(StartRequest { pipeline, reason, start, payload: None, idempotency })
        };
        let first = start(StartRun::default()).await.unwrap();
        let second = start(StartRun::default()).await.unwrap();
        assert_eq!((second.run, first.replayed, second.replayed), (first.run, false, true));
        let other = StartRun { logical_date: Some("2026-11-20".into()), ..StartRun::default() };
        assert!(matches!(start(other).await, Err(Error::IdempotencyMismatch)));
        assert_eq!(story.runs("p").await.len(), 1);
    }

    async fn a_failed_run_is_replaced_if_the_caller_says_so(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x}]").await;
        let pipeline = story.id("p").await;
        let start = || {
            let reason = Reason::Manual { by: "test".into() };
            let idempotency = Some(Idempotency { scope: "default".into(), key: "k".into() });
            let start = StartRun { on_failed_replay: OnFailedReplay::New, ..StartRun::default() };
            story.engine.start_run(StartRequest { pipeline, reason, start, payload: None, idempotency })
        };
        let first = start().await.unwrap().run;
        story.work(Outcome::Failed).await;
        let second = start().await.unwrap();
        assert!(second.run != first && !second.replayed);
        assert_eq!(start().await.unwrap().run, second.run, "and that one is replayed while it runs");
    }
}

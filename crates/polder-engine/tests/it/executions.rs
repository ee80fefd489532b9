//! Executions triggers: once per day and never more, after fixes, and why not yet.

use chrono::TimeDelta;
use polder_store::on_both_databases;
use polder_types::id::RunId;
use polder_types::run::{Outcome, RunStatus};
use polder_types::wire::{ExpressionView, Reason, TriggerView};

use crate::story::Story;

const STEP: &str = "steps: [{name: a, run: x}]";
const DELAYS: &str = "
triggers:
  - executions:
      allOf: [{pipeline: flights/flights}, {pipeline: weather/weather}]
      within: day
steps: [{name: a, run: x}]
";

async fn upstreams(story: &Story) {
    story.pipeline("flights", STEP).await;
    story.pipeline("weather", STEP).await;
    story.pipeline("delays", DELAYS).await;
}

/// Runs a pipeline for a day, and nothing else.
async fn run(story: &Story, name: &str, day: &str, outcome: Outcome) -> RunId {
    let run = story.start_on(name, day).await;
    story.end(&story.claim_one().await.key, outcome).await;
    run
}

on_both_databases! {
    async fn both_on_the_same_day_start_it_once(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        run(&story, "flights", "2026-11-01", Outcome::Succeeded).await;
        run(&story, "weather", "2026-11-02", Outcome::Succeeded).await;
        assert!(story.runs("delays").await.is_empty(), "they are of different days");
        let weather = run(&story, "weather", "2026-11-01", Outcome::Succeeded).await;
        let runs = story.runs("delays").await;
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0].logical_day.unwrap().to_string(), "2026-11-01");
        let Reason::Executions { events, .. } = &runs[0].reason else { panic!("{:?}", runs[0].reason) };
        assert_eq!(events.len(), 2);
        assert_eq!(story.engine.run(weather).await.unwrap().started_runs, [runs[0].id]);
        story.work(Outcome::Succeeded).await;
        for name in ["flights", "weather"] {
            run(&story, name, "2026-11-01", Outcome::Succeeded).await;
        }
        assert_eq!(story.runs("delays").await.len(), 1, "once for a day and never more");
    }

    async fn a_fixed_upstream_starts_what_it_held_up(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        run(&story, "flights", "2026-11-03", Outcome::Succeeded).await;
        let failed = run(&story, "weather", "2026-11-03", Outcome::Failed).await;
        assert!(story.runs("delays").await.is_empty());
        story.rerun(failed).await;
        story.work(Outcome::Succeeded).await;
        let runs = story.runs("delays").await;
        assert_eq!(runs.iter().map(|run| run.status).collect::<Vec<_>>(), [RunStatus::Succeeded]);
    }

    async fn when_an_upstream_that_fed_it_is_run_again_it_follows_once(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        story.pipeline("report", "triggers: [{executions: {allOf: [{pipeline: delays/delays}]}}]\nsteps: [{name: a, run: x}]").await;
        let flights = run(&story, "flights", "2026-11-03", Outcome::Succeeded).await;
        run(&story, "weather", "2026-11-03", Outcome::Succeeded).await;
        story.work(Outcome::Succeeded).await;
        let again = story.start_anew(flights).await;
        story.work(Outcome::Succeeded).await;
        let runs = story.runs("delays").await;
        assert_eq!(runs.len(), 2);
        let Reason::Follow { follows, events, .. } = &runs[1].reason else { panic!("{:?}", runs[1].reason) };
        assert_eq!((*follows, events[0].run), (runs[0].id, again));
        assert_eq!(runs[1].logical_day, runs[0].logical_day);
        assert_eq!(story.runs("report").await.len(), 2, "and what depends on it follows too");
    }

    async fn an_upstream_that_fails_again_starts_nothing(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        let flights = run(&story, "flights", "2026-11-03", Outcome::Succeeded).await;
        run(&story, "weather", "2026-11-03", Outcome::Succeeded).await;
        story.work(Outcome::Succeeded).await;
        story.start_anew(flights).await;
        story.work(Outcome::Failed).await;
        assert_eq!(story.runs("delays").await.len(), 1);
    }

    async fn rerun_ignore_does_not_follow(store: Store) {
        let story = Story::new(store);
        story.pipeline("flights", STEP).await;
        story.pipeline("d", "triggers: [{executions: {allOf: [{pipeline: flights/flights}], rerun: ignore}}]\nsteps: [{name: a, run: x}]").await;
        let flights = run(&story, "flights", "2026-11-03", Outcome::Succeeded).await;
        story.work(Outcome::Succeeded).await;
        story.start_anew(flights).await;
        story.work(Outcome::Succeeded).await;
        assert_eq!(story.runs("d").await.len(), 1);
    }

    async fn a_failure_or_a_start_can_be_asked_for(store: Store) {
        let story = Story::new(store);
        story.pipeline("a", STEP).await;
        story.pipeline("b", "triggers: [{executions: {anyOf: [{pipeline: a/a, status: [FAILED, TIMED_OUT]}]}}]\nsteps: [{name: a, run: x}]").await;
        story.pipeline("c", "triggers: [{executions: {anyOf: [{pipeline: a/a, status: RUNNING}]}}]\nsteps: [{name: a, run: x}]").await;
        story.start("a").await;
        story.engine.run_due().await.unwrap();
        assert_eq!((story.runs("b").await.len(), story.runs("c").await.len()), (0, 1));
        story.work(Outcome::Failed).await;
        assert_eq!((story.runs("b").await.len(), story.runs("c").await.len()), (1, 1));
    }

    async fn events_from_before_the_trigger_was_deployed_do_not_count(store: Store) {
        let story = Story::new(store);
        story.pipeline("flights", STEP).await;
        run(&story, "flights", "2026-11-01", Outcome::Succeeded).await;
        story.pipeline("weather", STEP).await;
        story.pipeline("delays", DELAYS).await;
        run(&story, "weather", "2026-11-01", Outcome::Succeeded).await;
        assert!(story.runs("delays").await.is_empty());
    }

    async fn deploying_the_same_trigger_again_keeps_its_events(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        run(&story, "flights", "2026-11-01", Outcome::Succeeded).await;
        story.pipeline("delays", &format!("description: other\n{DELAYS}")).await;
        run(&story, "weather", "2026-11-01", Outcome::Succeeded).await;
        assert_eq!(story.runs("delays").await.len(), 1);
    }

    async fn a_reworded_trigger_keeps_its_events_and_its_days(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        for (name, day) in [("flights", "2026-11-02"), ("flights", "2026-11-01"), ("weather", "2026-11-01")] {
            run(&story, name, day, Outcome::Succeeded).await;
        }
        story.work(Outcome::Succeeded).await;
        let swapped = DELAYS.replace(
            "[{pipeline: flights/flights}, {pipeline: weather/weather}]",
            "[{pipeline: weather/weather}, {pipeline: flights/flights}]\n      rerun: follow",
        );
        story.pipeline("delays", &swapped).await;
        run(&story, "flights", "2026-11-01", Outcome::Succeeded).await;
        run(&story, "weather", "2026-11-01", Outcome::Succeeded).await;
        assert_eq!(story.runs("delays").await.len(), 1, "it has fired for that day");
        run(&story, "weather", "2026-11-02", Outcome::Succeeded).await;
        assert_eq!(story.runs("delays").await.len(), 2, "what flights did before the edit counts");
    }

    async fn an_edit_starts_nothing_for_what_was_waiting(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        for day in ["2026-11-01", "2026-11-02"] {
            run(&story, "flights", day, Outcome::Succeeded).await;
        }
        story.pipeline("delays", &DELAYS.replace(", {pipeline: weather/weather}", "")).await;
        run(&story, "flights", "2026-11-03", Outcome::Succeeded).await;
        let runs = story.runs("delays").await;
        assert_eq!(runs.len(), 1, "{runs:?}");
        assert_eq!(runs[0].logical_day.unwrap().to_string(), "2026-11-03");
    }

    async fn a_trigger_that_comes_back_does_not_fire_twice_for_a_day(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        for name in ["flights", "weather"] {
            run(&story, name, "2026-11-01", Outcome::Succeeded).await;
        }
        story.work(Outcome::Succeeded).await;
        story.pipeline("delays", STEP).await;
        story.pipeline("delays", DELAYS).await;
        for name in ["flights", "weather"] {
            run(&story, name, "2026-11-01", Outcome::Succeeded).await;
        }
        assert_eq!(story.runs("delays").await.len(), 1);
    }

    async fn what_follows_takes_the_parameters_of_the_present_definition(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        let flights = run(&story, "flights", "2026-11-01", Outcome::Succeeded).await;
        run(&story, "weather", "2026-11-01", Outcome::Succeeded).await;
        story.work(Outcome::Succeeded).await;
        let (head, _) = DELAYS.split_once("steps:").unwrap();
        let new = format!("{head}parameters: {{limit: {{type: integer, default: 7}}}}\nsteps: [{{name: a, run: 'x {{{{ params.limit }}}}'}}]");
        story.pipeline("delays", &new).await;
        story.start_anew(flights).await;
        story.work(Outcome::Succeeded).await;
        let runs = story.runs("delays").await;
        assert_eq!(runs.len(), 2);
        let newest = runs.iter().max_by_key(|run| run.id).unwrap();
        let newest = story.engine.run(newest.id).await.unwrap();
        assert_eq!(serde_json::json!(newest.parameters), serde_json::json!({"limit": 7}));
    }

    async fn taking_away_what_others_wait_for_is_warned_of(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        let plan = story.plan("weather", &[("pipeline.yaml", "name: other\nsteps: [{name: a, run: x}]")]).await;
        let warnings: Vec<_> = plan.warnings.iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(warnings, ["weather/weather is removed, and delays/delays will wait for it in vain"]);
    }

    async fn a_paused_pipeline_catches_up_when_it_is_resumed(store: Store) {
        let story = Story::new(store);
        upstreams(&story).await;
        let delays = story.id("delays").await;
        story.engine.pause(delays, true, "test").await.unwrap();
        run(&story, "flights", "2026-11-01", Outcome::Succeeded).await;
        run(&story, "weather", "2026-11-01", Outcome::Succeeded).await;
        assert!(story.runs("delays").await.is_empty());
        story.engine.pause(delays, false, "test").await.unwrap();
        story.engine.run_due().await.unwrap();
        assert_eq!(story.runs("delays").await.len(), 1);
    }

    async fn within_a_duration_old_events_are_forgotten(store: Store) {
        let story = Story::new(store);
        story.pipeline("a", STEP).await;
        story.pipeline("b", STEP).await;
        story.pipeline("c", "triggers: [{executions: {allOf: [{pipeline: a/a}, {pipeline: b/b}], within: 6h}}]\nsteps: [{name: a, run: x}]").await;
        run(&story, "a", "2026-11-01", Outcome::Succeeded).await;
        story.later(TimeDelta::hours(7)).await;
        run(&story, "b", "2026-11-01", Outcome::Succeeded).await;
        assert!(story.runs("c").await.is_empty());
        story.later(TimeDelta::hours(1)).await;
        run(&story, "a", "2026-11-01", Outcome::Succeeded).await;
        assert_eq!(story.runs("c").await.len(), 1);
    }

    async fn why_tells_what_is_waited_for(store: Store) {
        let story = Story::new(store);
        story.pipeline("flights", STEP).await;
        story.pipeline("delays", DELAYS).await;
        let flights = run(&story, "flights", "2026-11-01", Outcome::Succeeded).await;
        let why = story.engine.why(story.id("delays").await).await.unwrap();
        let [TriggerView::Executions { waiting, .. }] = &why.triggers[..] else { panic!("{:?}", why.triggers) };
        assert_eq!(waiting[0].day.unwrap().to_string(), "2026-11-01");
        let ExpressionView::All { met: false, parts } = &waiting[0].expression else { panic!("{:?}", waiting[0]) };
        let told: Vec<_> = parts.iter().map(|part| match part {
            ExpressionView::Is { met, exists, pipeline, event, .. } => (pipeline.as_str(), *met, *exists, event.as_ref().map(|event| event.run)),
            _ => panic!("a condition"),
        }).collect();
        assert_eq!(told, [("flights", true, true, Some(flights)), ("weather", false, false, None)]);
    }
}

//! What is broken, late, running and next.

use chrono::TimeDelta;
use polder_store::logs::LogKey;
use polder_store::on_both_databases;
use polder_store::sight::Sight;
use polder_types::id::RunId;
use polder_types::run::{Outcome, RunStatus};
use polder_types::wire::{
    Broken, HeldBack, Late, LateKind, LogLine, LogStream, Overview, StartRun, TeamOverview,
};
use serde_json::json;

use crate::story::Story;

const STEP: &str = "steps: [{name: a, run: x}]";
const DELAYS: &str = "
triggers:
  - executions:
      allOf: [{pipeline: flights/flights}, {pipeline: weather/weather}]
      within: day
steps: [{name: a, run: x}]
";

fn sight(teams: Option<&[&str]>) -> Sight {
    let teams = teams.map(|teams| teams.iter().map(|team| (*team).to_owned()).collect());
    Sight { workspace: "default".into(), environment: "prod".into(), teams }
}

async fn overview(story: &Story) -> Overview {
    story.engine.overview(&sight(None)).await.unwrap()
}

async fn broken(story: &Story) -> Vec<Broken> {
    overview(story).await.broken
}

async fn late(story: &Story, kind: LateKind) -> Vec<Late> {
    overview(story).await.late.into_iter().filter(|late| late.kind == kind).collect()
}

async fn end(story: &Story, outcome: Outcome) {
    story.end(&story.claim_one().await.key, outcome).await;
}

/// Runs a pipeline for a day, and nothing else.
async fn run(story: &Story, name: &str, day: &str, outcome: Outcome) -> RunId {
    let run = story.start_on(name, day).await;
    end(story, outcome).await;
    run
}

async fn team(story: &Story, name: &str) -> TeamOverview {
    overview(story).await.teams.into_iter().find(|team| team.team == name).unwrap()
}

on_both_databases! {
    async fn a_failure_is_broken_until_it_is_mended(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "steps: [{name: a, run: x, retries: 1}]").await;
        let failed = story.start_on("p", "2026-11-20").await;
        end(&story, Outcome::Failed).await;
        assert!(broken(&story).await.is_empty(), "it is tried again");
        story.later(TimeDelta::minutes(1)).await;
        let key = story.claim_one().await.key;
        let line = |number: u32| LogLine {
            stream: LogStream::Stderr, at: story.clock_now(), text: format!("line {number}"), continued: false,
        };
        let log = LogKey { run: failed, position: 0, epoch: 2 };
        story.engine.logs().append(log, 0, (0..20).map(line).collect()).await.unwrap();
        story.end(&key, Outcome::Failed).await;

        let found = broken(&story).await.remove(0);
        assert_eq!((found.run.id, found.step.as_deref(), found.epoch), (failed, Some("a"), Some(2)));
        assert_eq!((found.newest, found.failures), (true, 1));
        let lines: Vec<_> = found.last_lines.iter().map(|line| (line.line, line.content.text.as_str())).collect();
        assert_eq!((lines.len(), lines[0], lines[7]), (8, (12, "line 12"), (19, "line 19")));
        assert_eq!(team(&story, "p").await.broken, 1);

        let again = story.rerun(failed).await;
        let now = overview(&story).await;
        assert!(now.broken.is_empty() && now.running[0].mends, "it is being mended");
        assert_eq!((now.running[0].run.id, &now.running[0].steps), (again, &vec!["a".to_owned()]));
        story.engine.abort(again, "test").await.unwrap();
        story.claim().await;
        story.engine.run_due().await.unwrap();
        assert_eq!(story.status(again).await, RunStatus::Aborted);
        assert_eq!(broken(&story).await[0].run.id, failed, "giving up mends nothing");

        let again = story.rerun(failed).await;
        end(&story, Outcome::Failed).await;
        story.later(TimeDelta::minutes(1)).await;
        end(&story, Outcome::Failed).await;
        let found = broken(&story).await;
        assert_eq!((found.len(), found[0].run.id, found[0].failures), (1, again, 1), "one date, one failure");
        story.rerun(failed).await;
        end(&story, Outcome::Succeeded).await;
        assert!(broken(&story).await.is_empty());
    }

    async fn an_older_date_is_left_behind_for_a_week_and_the_newest_run_for_ever(store: Store) {
        let story = Story::new(store);
        for name in ["daily", "monthly"] {
            story.pipeline(name, STEP).await;
            run(&story, name, "2026-11-20", Outcome::Failed).await;
        }
        let other = run(&story, "daily", "2026-11-19", Outcome::Failed).await;
        let found = broken(&story).await;
        assert_eq!(found.iter().map(|one| one.failures).collect::<Vec<_>>(), [2, 1], "the newest failure first");
        assert_eq!((found[0].run.id, found[0].newest), (other, true));
        run(&story, "daily", "2026-11-21", Outcome::Succeeded).await;
        let found = broken(&story).await;
        assert_eq!((found[0].run.id, found[0].newest, found[0].failures), (other, false, 2));
        run(&story, "daily", "2026-11-19", Outcome::Succeeded).await;
        let found = broken(&story).await;
        assert_eq!((found.len(), found[0].failures), (2, 1), "a start by hand for the same day mends too");
        story.later(TimeDelta::days(8)).await;
        let found = broken(&story).await;
        assert_eq!(found.iter().map(|one| one.run.pipeline.as_str()).collect::<Vec<_>>(), ["monthly"]);
        assert!(found[0].newest);
        assert_eq!((team(&story, "daily").await.broken, team(&story, "monthly").await.broken), (0, 1));
        run(&story, "monthly", "2026-11-21", Outcome::Succeeded).await;
        assert!(broken(&story).await.is_empty(), "a newer run has ended, and the failure is old");
    }

    async fn what_was_started_without_a_date_is_mended_by_the_same_again(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "parameters: {n: {type: integer, default: 1}}\nsteps: [{name: a, run: x}]").await;
        let with = |n: i64| StartRun { parameters: json!({"n": n}).as_object().unwrap().clone(), ..StartRun::default() };
        let failed = story.try_start("p", with(1)).await.unwrap().run;
        end(&story, Outcome::Failed).await;
        story.later(TimeDelta::minutes(5)).await;
        story.try_start("p", with(2)).await.unwrap();
        end(&story, Outcome::Succeeded).await;
        assert_eq!(broken(&story).await[0].run.id, failed, "it was about something else");
        story.rerun(failed).await;
        end(&story, Outcome::Failed).await;
        story.later(TimeDelta::minutes(5)).await;
        story.start("p").await;
        assert!(broken(&story).await.is_empty(), "it is being mended");
        end(&story, Outcome::Succeeded).await;
        assert!(broken(&story).await.is_empty());
    }

    async fn a_later_success_stands_whatever_ends_after_it(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP).await;
        story.start_on("p", "2026-11-20").await;
        let slow = story.claim_one().await;
        run(&story, "p", "2026-11-20", Outcome::Succeeded).await;
        story.end(&slow.key, Outcome::Failed).await;
        assert!(broken(&story).await.is_empty());
        story.start_on("p", "2026-11-19").await;
        let slow = story.claim_one().await;
        let failed = run(&story, "p", "2026-11-19", Outcome::Failed).await;
        story.end(&slow.key, Outcome::Succeeded).await;
        assert_eq!(broken(&story).await[0].run.id, failed, "it was made later");
    }

    async fn what_a_person_ends_is_not_broken_and_what_is_gone_neither(store: Store) {
        let story = Story::new(store);
        story.deploy("t", &[("pipelines/p.yaml", &format!("name: p\n{STEP}")), ("pipelines/q.yaml", &format!("name: q\n{STEP}"))]).await;
        let start = |name: &'static str| {
            let key = polder_store::pipelines::PipelineKey { workspace_id: "default", environment: "prod", team: "t", name };
            let story = &story;
            async move {
                let id = polder_store::pipelines::find(&mut story.engine.store().read().await.unwrap(), key).await.unwrap().unwrap().id;
                story.start_id(id).await
            }
        };
        let run = start("p").await;
        story.engine.abort(run, "test").await.unwrap();
        story.claim().await;
        assert!(broken(&story).await.is_empty());
        start("q").await;
        story.work(Outcome::Failed).await;
        assert_eq!(broken(&story).await.len(), 1);
        story.deploy("t", &[("pipelines/p.yaml", &format!("name: p\n{STEP}"))]).await;
        assert!(broken(&story).await.is_empty());
    }

    async fn it_says_whom_a_failure_holds_back(store: Store) {
        let story = Story::new(store);
        for name in ["flights", "weather"] {
            story.pipeline(name, STEP).await;
        }
        story.pipeline("delays", DELAYS).await;
        story.pipeline("alarm", "triggers: [{executions: {anyOf: [{pipeline: weather/weather, status: [FAILED]}]}}]\nsteps: [{name: a, run: x}]").await;
        story.pipeline("next", "triggers: [{executions: {allOf: [{pipeline: weather/weather}]}}]\nsteps: [{name: a, run: x}]").await;
        run(&story, "flights", "2026-11-19", Outcome::Succeeded).await;
        let failed = run(&story, "weather", "2026-11-19", Outcome::Failed).await;
        story.work(Outcome::Succeeded).await;
        let found = broken(&story).await;
        assert_eq!((found.len(), found[0].run.id), (1, failed));
        assert_eq!(found[0].holds_back, ["delays/delays", "next/next"]);
        let seen = story.engine.overview(&sight(Some(&["weather", "next"]))).await.unwrap();
        assert_eq!(seen.broken[0].holds_back, ["next/next"], "other teams' names are not told");
        assert_eq!(seen.teams.iter().map(|team| team.team.as_str()).collect::<Vec<_>>(), ["next", "weather"]);

        run(&story, "weather", "2026-11-20", Outcome::Succeeded).await;
        story.work(Outcome::Succeeded).await;
        let found = broken(&story).await;
        assert_eq!(found[0].holds_back, ["delays/delays"], "the day still waits, the other has gone on");
    }

    async fn a_team_is_told_what_holds_it_back_until_it_has_followed(store: Store) {
        let story = Story::new(store);
        for name in ["flights", "weather"] {
            story.pipeline(name, STEP).await;
        }
        story.pipeline("delays", DELAYS).await;
        run(&story, "flights", "2026-11-19", Outcome::Succeeded).await;
        let failed = run(&story, "weather", "2026-11-19", Outcome::Failed).await;
        let held = HeldBack {
            team: "delays".into(), pipeline: "delays".into(), by: "weather/weather".into(),
            day: "2026-11-19".parse().ok(), mending: false,
        };
        let own = sight(Some(&["delays"]));
        let seen = story.engine.overview(&own).await.unwrap();
        assert_eq!((seen.broken.len(), &seen.held_back), (0, &vec![held.clone()]));
        assert!(story.engine.overview(&sight(Some(&["flights"]))).await.unwrap().held_back.is_empty());

        story.rerun(failed).await;
        assert_eq!(overview(&story).await.held_back, [HeldBack { mending: true, ..held.clone() }]);
        let seen = story.engine.overview(&own).await.unwrap();
        assert_eq!(seen.held_back, [held], "what another team does is not told");
        end(&story, Outcome::Succeeded).await;
        story.engine.run_due().await.unwrap();
        let seen = story.engine.overview(&own).await.unwrap();
        assert!(seen.held_back.is_empty() && seen.running[0].follows && !seen.running[0].mends);
        story.work(Outcome::Succeeded).await;

        run(&story, "flights", "2026-11-20", Outcome::Succeeded).await;
        run(&story, "weather", "2026-11-20", Outcome::Succeeded).await;
        story.engine.run_due().await.unwrap();
        assert!(!overview(&story).await.running[0].follows, "nothing had failed for that day");
    }

    async fn what_waits_for_a_place_or_an_agent_is_late(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "concurrency: {limit: 1, on_conflict: queue}\nsteps: [{name: a, run: x}]").await;
        let first = story.start("p").await;
        let second = story.start("p").await;
        story.later(TimeDelta::seconds(60)).await;
        assert!(overview(&story).await.late.is_empty());
        story.later(TimeDelta::seconds(1)).await;
        let now = overview(&story).await;
        let runs: Vec<_> = now.late.iter().map(|late| (late.kind, late.run.as_ref().unwrap().id)).collect();
        assert_eq!(runs, [(LateKind::Queued, first), (LateKind::Queued, second)]);
        assert!((now.late[0].seconds - 61.0).abs() < 0.1);
        assert_eq!((now.teams[0].running, now.teams[0].queued, now.teams[0].late), (1, 1, 2));
        story.claim().await;
        let runs: Vec<_> = late(&story, LateKind::Queued).await.into_iter().map(|late| late.run.unwrap().id).collect();
        assert_eq!(runs, [second]);
    }

    async fn what_takes_longer_than_usual_is_late(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", STEP).await;
        for seconds in [10, 20, 30, 40, 5000] {
            story.start("p").await;
            let key = story.claim_one().await.key;
            story.later(TimeDelta::seconds(100)).await;
            assert!(late(&story, LateKind::SlowerThanUsual).await.is_empty(), "too few to say what is usual");
            story.later(TimeDelta::seconds(seconds)).await;
            story.end(&key, Outcome::Succeeded).await;
        }
        story.start("p").await;
        story.claim_one().await;
        story.later(TimeDelta::seconds(260)).await;
        let now = overview(&story).await;
        assert_eq!(now.running[0].usual_seconds, Some(130.0), "the median of 110, 120, 130, 140 and 5100");
        assert!(now.late.is_empty());
        story.later(TimeDelta::seconds(1)).await;
        let found = late(&story, LateKind::SlowerThanUsual).await;
        assert_eq!((found.len(), found[0].usual_seconds), (1, Some(130.0)));
    }

    async fn a_tick_that_was_missed_is_late_until_the_next_one(store: Store) {
        let story = Story::new(store);
        story.pipeline("p", "triggers: [{schedule: '0 3 * * *', catch_up: none}]\nsteps: [{name: a, run: x}]").await;
        story.later(TimeDelta::days(3)).await;
        let found = late(&story, LateKind::MissedTick).await;
        assert_eq!(found.len(), 1, "one, however many there were");
        assert_eq!(found[0].since.to_rfc3339(), "2026-11-24T03:00:00+00:00");
        let next = overview(&story).await.next.remove(0);
        assert_eq!((next.meaning.as_str(), next.at.to_rfc3339().as_str()), ("every day at 03:00, UTC", "2026-11-25T03:00:00+00:00"));
        story.clock.advance(TimeDelta::hours(17));
        story.later(TimeDelta::seconds(1)).await;
        assert_eq!(story.runs("p").await.len(), 1);
        assert!(late(&story, LateKind::MissedTick).await.is_empty());
    }

    async fn what_is_missing_and_does_not_come_is_waited_for(store: Store) {
        let story = Story::new(store);
        for name in ["flights", "weather"] {
            story.pipeline(name, STEP).await;
        }
        story.pipeline("delays", DELAYS).await;
        run(&story, "flights", "2026-11-21", Outcome::Succeeded).await;
        story.later(TimeDelta::minutes(15)).await;
        assert!(late(&story, LateKind::Waiting).await.is_empty());
        story.later(TimeDelta::seconds(1)).await;
        let found = late(&story, LateKind::Waiting).await;
        assert_eq!((found.len(), found[0].pipeline.as_str()), (1, "delays"));
        assert_eq!((found[0].waiting_for.as_slice(), found[0].day.unwrap().to_string()), (["weather/weather".to_owned()].as_slice(), "2026-11-21".to_owned()));
        let weather = story.start_on("weather", "2026-11-21").await;
        assert!(late(&story, LateKind::Waiting).await.is_empty(), "it is on its way");
        story.work(Outcome::Failed).await;
        assert_eq!(late(&story, LateKind::Waiting).await.len(), 1, "it has failed");
        story.rerun(weather).await;
        story.work(Outcome::Succeeded).await;
        assert!(late(&story, LateKind::Waiting).await.is_empty());
    }

    async fn what_comes_later_on_the_day_is_not_waited_for_in_vain(store: Store) {
        let story = Story::new(store);
        story.pipeline("flights", STEP).await;
        story.pipeline("source", "triggers: [{schedule: '0 20 * * *', catch_up: all}]\nsteps: [{name: a, run: x}]").await;
        story.pipeline("weather", "triggers: [{executions: {allOf: [{pipeline: source/source}], within: day}}]\nsteps: [{name: a, run: x}]").await;
        story.pipeline("delays", DELAYS).await;
        run(&story, "flights", "2026-11-21", Outcome::Succeeded).await;
        story.later(TimeDelta::hours(1)).await;
        assert!(late(&story, LateKind::Waiting).await.is_empty(), "weather runs after source, at 20:00");
        story.later(TimeDelta::hours(9)).await;
        assert!(late(&story, LateKind::Waiting).await.is_empty(), "source runs");
        story.work(Outcome::Failed).await;
        let found = late(&story, LateKind::Waiting).await;
        assert_eq!(found.iter().map(|late| late.pipeline.as_str()).collect::<Vec<_>>(), ["delays"]);
        story.later(TimeDelta::days(8)).await;
        assert!(late(&story, LateKind::Waiting).await.is_empty(), "nobody waits for a day of last week");
    }

    async fn a_day_is_counted_by_the_hour_and_by_team(store: Store) {
        let story = Story::new(store);
        for name in ["p", "q"] {
            story.pipeline(name, STEP).await;
        }
        run(&story, "p", "2026-11-19", Outcome::Succeeded).await;
        story.later(TimeDelta::minutes(90)).await;
        run(&story, "p", "2026-11-20", Outcome::Failed).await;
        let aborted = story.start("q").await;
        story.engine.abort(aborted, "test").await.unwrap();
        story.claim().await;
        story.engine.pause(story.id("q").await, true, "test").await.unwrap();
        let now = overview(&story).await;
        let counts: Vec<_> = now.hours.iter().map(|hour| (hour.succeeded, hour.failed, hour.other)).collect();
        assert_eq!((counts.len(), counts[22], counts[23]), (24, (1, 0, 0), (0, 1, 1)));
        assert_eq!(counts[..22].iter().filter(|counts| **counts != (0, 0, 0)).count(), 0);
        assert_eq!(now.hours[23].from, story.clock_now() - TimeDelta::hours(1));
        assert_eq!(now.teams[1], TeamOverview { team: "q".into(), pipelines: 1, paused: 1, ..TeamOverview::default() });
        let q = story.engine.overview(&sight(None).of_team(Some("q"))).await.unwrap();
        assert_eq!((q.teams.len(), q.broken.len(), q.hours[23].failed, q.hours[23].other), (1, 0, 0, 1));
        let none = story.engine.overview(&sight(Some(&["p"])).of_team(Some("q"))).await.unwrap();
        assert!(none.teams.is_empty() && none.hours.iter().all(|hour| hour.other == 0));
    }
}

//! Not timed by the suite: `cargo test --release -p polder-engine -- --ignored --nocapture ten_thousand`.

use std::collections::BTreeMap;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use polder_store::Tx;
use polder_store::failures::{self, About};
use polder_store::pipelines::{self, Asked, Pipeline, PipelineKey};
use polder_store::runs::{self, Logical, NewRun, NewStep, PipelineRef};
use polder_store::sight::Sight;
use polder_store::testing::TestStore;
use polder_types::id::RunId;
use polder_types::run::{RunState, RunStatus, StepStatus};
use polder_types::wire::{PipelineFilter, PipelineState, Reason};
use serde_json::{Map, json};

use crate::story::Story;

const TEAMS: usize = 100;
const PIPELINES: usize = 100;
const RUNS: i64 = 10;

fn files(team: &str) -> Vec<(String, String)> {
    let file = |number: usize| {
        let triggers = match number % 4 {
            0 => format!("[{{schedule: '{} * * * *'}}]", number % 60),
            1 => {
                format!("[{{executions: {{allOf: [{{pipeline: {team}/p{:03}}}], within: day}}}}]", number - 1)
            }
            2 => format!(
                "[{{executions: {{allOf: [{{pipeline: {team}/p{:03}}}, {{pipeline: {team}/p{:03}}}]}}}}]",
                number - 2,
                number - 1
            ),
            _ => "[]".into(),
        };
        let name = format!("p{number:03}");
        let text = format!(
            "name: {name}\ndescription: One of many\nowner: anna\ntriggers: {triggers}\nsteps: [{{name: a, run: x}}]\n"
        );
        (format!("pipelines/{name}.yaml"), text)
    };
    (0..PIPELINES).map(file).collect()
}

/// Ten runs of a pipeline, an hour apart; of some the newest failed, or is active.
async fn runs_of(tx: &mut Tx, hash: &str, pipeline: &Pipeline, number: usize, now: DateTime<Utc>) {
    let place = PipelineRef {
        id: pipeline.id,
        workspace: pipeline.workspace_id.clone(),
        environment: pipeline.environment.clone(),
        team: pipeline.team.clone(),
        name: pipeline.name.clone(),
    };
    for back in (0..RUNS).rev() {
        let at = now - TimeDelta::hours(back) - TimeDelta::minutes(1);
        let status = match (back, number % 50) {
            (0, 0) => RunStatus::Running,
            (0, 1 | 2) | (5, 3) => RunStatus::Failed,
            _ => RunStatus::Succeeded,
        };
        let logical = Logical { at, day: None };
        let run = NewRun {
            id: RunId::new(at),
            pipeline: place.clone(),
            revision: Some(pipeline.revision_id),
            definition_hash: hash.to_owned(),
            logical,
            created_at: at,
            parameters: Map::new(),
            payload: None,
            labels: BTreeMap::new(),
            reason: Reason::Manual { by: "test".into() },
            rerun_of: None,
            parent: None,
            call_back_uri: None,
            steps: vec![NewStep { name: "a".into(), kind: "run", needs: vec![], taken: None }],
        };
        runs::insert(tx, &run).await.unwrap();
        let before = RunState::new(&pipeline.definition);
        let mut after = before.clone();
        (after.status, after.started_at) = (status, Some(at));
        after.ended_at = status.is_terminal().then_some(at + TimeDelta::seconds(30));
        after.steps[0].epoch = 1;
        after.steps[0].status = match status {
            RunStatus::Running => StepStatus::Running,
            RunStatus::Failed => StepStatus::Failed,
            _ => StepStatus::Succeeded,
        };
        runs::save(tx, run.id, &before, &after, at).await.unwrap();
        if status == RunStatus::Failed {
            let about = About { run: run.id, pipeline: &place, logical, undated: None };
            failures::note(tx, &about, at, now - TimeDelta::days(7)).await.unwrap();
        }
    }
}

async fn fill(story: &Story) {
    let store = story.engine.store();
    for team in 0..TEAMS {
        let team = format!("team-{team:03}");
        let files = files(&team);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        story.deploy(&team, &files).await;
        let mut tx = store.begin().await.unwrap();
        runs::insert_definition(&mut tx, "x", &json!({})).await.unwrap();
        for number in 0..PIPELINES {
            let name = format!("p{number:03}");
            let key = PipelineKey { workspace_id: "default", environment: "prod", team: &team, name: &name };
            let pipeline = pipelines::find(&mut tx, key).await.unwrap().unwrap();
            runs_of(&mut tx, "x", &pipeline, number, story.clock_now()).await;
        }
        tx.commit().await.unwrap();
    }
}

#[expect(clippy::print_stdout, reason = "its figures are what it is for")]
async fn timed<T>(what: &str, work: impl AsyncFn() -> T) {
    work().await;
    let mut took: Vec<_> = Vec::new();
    for _ in 0..5 {
        let clock = Instant::now();
        work().await;
        took.push(clock.elapsed());
    }
    took.sort();
    println!("{what}: {:?}", took[2]);
}

async fn lists(story: &Story) {
    let all = PipelineFilter::default;
    for (what, filter) in [
        ("a page of pipelines", all()),
        ("broken", PipelineFilter { state: Some(PipelineState::Broken), ..all() }),
        ("running", PipelineFilter { state: Some(PipelineState::Running), ..all() }),
        ("ok", PipelineFilter { state: Some(PipelineState::Ok), ..all() }),
        ("in prod", PipelineFilter { environment: Some("prod".into()), ..all() }),
        ("found", PipelineFilter { search: Some("team-050/p05".into()), ..all() }),
    ] {
        let filter = PipelineFilter { limit: Some(100), ..filter };
        let since = story.engine.failures_count_since();
        let asked = Asked { workspace_id: "default", filter: &filter, teams: None, since };
        timed(what, async || {
            let mut tx = story.engine.store().read().await.unwrap();
            let page = pipelines::list(&mut tx, asked).await.unwrap();
            let ids: Vec<_> = page.items.iter().map(|pipeline| pipeline.id).collect();
            pipelines::standings(&mut tx, &ids, 10, since).await.unwrap();
        })
        .await;
        timed("… and their number", async || {
            let mut tx = story.engine.store().read().await.unwrap();
            pipelines::count(&mut tx, asked).await.unwrap();
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "for measuring"]
async fn ten_thousand_pipelines_and_a_hundred_thousand_runs() {
    for test in [TestStore::sqlite().await, TestStore::postgres().await] {
        let story = Story::new(test.store.clone());
        let clock = Instant::now();
        fill(&story).await;
        test.analyze().await;
        println!("PostgreSQL: {}; filled in {:?}", test.store.is_postgres(), clock.elapsed());
        let sight = |teams: Option<Vec<String>>| Sight {
            workspace: "default".into(),
            environment: "prod".into(),
            teams,
        };
        let (all, one) = (sight(None), sight(Some(vec!["team-007".into()])));
        timed("overview", async || story.engine.overview(&all).await.unwrap()).await;
        timed("overview of a team", async || story.engine.overview(&one).await.unwrap()).await;
        timed("graph of all", async || story.engine.graph(&all).await.unwrap()).await;
        timed("graph of a team", async || story.engine.graph(&one).await.unwrap()).await;
        lists(&story).await;
    }
}

//! What is broken, late, running and next: see `polder_types::wire::Overview` for what the words mean.
//!
//! The store finds candidates by index; what needs a definition, a zone or a judgement is decided here.

mod broken;
mod held_back;
mod late;
mod on_its_way;
mod waiting;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use polder_store::Tx;
use polder_store::overview::{self as stored, BrokenPipeline, NextTick};
use polder_store::sight::Sight;
use polder_types::definition::Trigger;
use polder_types::id::{PipelineId, RunId};
use polder_types::run::RunStatus;
use polder_types::schedule::Schedule;
use polder_types::wire::{Graph, Late, NextRun, Overview, Reason, RunSummary, RunningRun, TeamOverview};

use crate::mending::COUNTED;
use crate::{Engine, Result};

/// How many of each the lists hold.
const MOST: usize = 50;
const MOST_NEXT: i64 = 10;
const HOURS: i32 = 24;

impl Engine {
    /// How an environment stands, as far as `sight` goes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overview(&self, sight: &Sight) -> Result<Overview> {
        let now = self.now();
        let mut tx = self.store().read().await?;
        let broken = stored::broken(&mut tx, sight, self.failures_count_since()).await?;
        let mut late = late::late(&mut tx, sight, now).await?;
        let teams = teams(&mut tx, sight, &broken, &late).await?;
        late.truncate(MOST);
        let shown = &broken[..broken.len().min(MOST)];
        let shown = broken::described(&mut tx, sight, shown).await?;
        let mut held_back = held_back::held(&mut tx, sight, self.failures_count_since()).await?;
        held_back.truncate(MOST);
        let running = running(&mut tx, sight).await?;
        let next = stored::next_ticks(&mut tx, sight, MOST_NEXT).await?.into_iter().map(next_run).collect();
        let hours = stored::ended_by_hour(&mut tx, sight, now, HOURS).await?;
        drop(tx);
        let broken = broken::with_lines(self, shown).await;
        Ok(Overview {
            environment: sight.environment.clone(),
            at: now,
            teams,
            broken,
            held_back,
            late,
            running,
            next,
            hours,
        })
    }

    /// Since when a failure counts that is not its pipeline's newest run.
    #[must_use]
    pub fn failures_count_since(&self) -> DateTime<Utc> {
        self.now() - COUNTED
    }

    /// The pipelines of an environment and what they depend on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn graph(&self, sight: &Sight) -> Result<Graph> {
        Ok(self.store().graph(sight, self.failures_count_since()).await?)
    }
}

/// All teams with a pipeline here, and those that have active runs of pipelines that are gone.
async fn teams(
    tx: &mut Tx,
    sight: &Sight,
    broken: &[BrokenPipeline],
    late: &[Late],
) -> Result<Vec<TeamOverview>> {
    let mut teams: BTreeMap<String, TeamOverview> = BTreeMap::new();
    let mut of = |team: &str, note: &dyn Fn(&mut TeamOverview)| {
        let new = || TeamOverview { team: team.to_owned(), ..TeamOverview::default() };
        note(teams.entry(team.to_owned()).or_insert_with(new));
    };
    for count in stored::teams(tx, sight).await? {
        of(&count.team, &|team| (team.pipelines, team.paused) = (count.pipelines, count.paused));
    }
    for (name, status, count) in stored::active_counts(tx, sight).await? {
        let count = u64::try_from(count).unwrap_or(0);
        of(&name, &|team| match status.as_str() {
            "QUEUED" => team.queued += count,
            _ => team.running += count,
        });
    }
    for pipeline in broken {
        of(&pipeline.team, &|team| team.broken += 1);
    }
    for one in late {
        of(&one.team, &|team| team.late += 1);
    }
    Ok(teams.into_values().collect())
}

/// The newest active runs, RUNNING ones first.
async fn running(tx: &mut Tx, sight: &Sight) -> Result<Vec<RunningRun>> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let mut runs = stored::active(tx, sight, RunStatus::Running, most).await?;
    runs.extend(stored::active(tx, sight, RunStatus::Queued, most).await?);
    runs.truncate(MOST);
    let mut steps = stored::running_steps(tx, runs.iter().map(|run| run.id)).await?;
    let usual = usual_of(tx, runs.iter().map(|run| run.pipeline_id)).await?;
    let mending = stored::mending(tx, runs.iter().map(|run| (run.pipeline_id, run.id))).await?;
    let mended = stored::after_failures(tx, runs.iter().flat_map(started_by)).await?;
    let view = |run: RunSummary| RunningRun {
        steps: steps.remove(&run.id).unwrap_or_default(),
        usual_seconds: usual.get(&run.pipeline_id).copied(),
        mends: mending.contains(&run.id),
        follows: started_by(&run).iter().any(|upstream| mended.contains(upstream)),
        run,
    };
    Ok(runs.into_iter().map(view).collect())
}

/// The runs of other pipelines that started this one.
fn started_by(run: &RunSummary) -> Vec<RunId> {
    let events = match &run.reason {
        Reason::Executions { events, .. } | Reason::Follow { events, .. } => events.as_slice(),
        _ => &[],
    };
    events.iter().map(|event| event.run).collect()
}

/// How long runs of these pipelines usually take, asked for each of them once.
async fn usual_of(
    tx: &mut Tx,
    pipelines: impl Iterator<Item = PipelineId>,
) -> Result<HashMap<PipelineId, f64>> {
    let mut pipelines: Vec<PipelineId> = pipelines.collect();
    pipelines.sort_unstable();
    pipelines.dedup();
    Ok(stored::usual(tx, pipelines).await?)
}

fn next_run(tick: NextTick) -> NextRun {
    let meaning = match &tick.trigger {
        Trigger::Schedule(schedule) => {
            Schedule::parse(&schedule.expression, Some(schedule.dialect), &schedule.timezone)
                .map(|parsed| parsed.describe())
                .unwrap_or_default()
        }
        _ => String::new(),
    };
    NextRun { team: tick.team, pipeline: tick.pipeline, pipeline_id: tick.pipeline_id, at: tick.at, meaning }
}

/// For how long something has been going on, in seconds.
fn seconds(since: DateTime<Utc>, now: DateTime<Utc>) -> f64 {
    (now - since).as_seconds_f64().max(0.0)
}

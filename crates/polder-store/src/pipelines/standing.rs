//! How the pipelines of a page stand: a few statements for all of them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use polder_types::id::PipelineId;
use polder_types::wire::RunSummary;
use uuid::Uuid;

use crate::newest::runs_of_each;
use crate::overview::broken::counts;
use crate::runs::RunRow;
use crate::statement::{Statement, Value, ids};
use crate::{Result, Tx};

/// What is shown of pipelines beside their definitions.
#[derive(Debug, Default)]
pub struct Standings {
    /// Newest first.
    pub last_runs: HashMap<PipelineId, Vec<RunSummary>>,
    pub next_at: HashMap<PipelineId, DateTime<Utc>>,
    pub broken: HashSet<PipelineId>,
    pub running: HashSet<PipelineId>,
}

/// How these pipelines stand, each with so many of its newest runs. Failures since `since` count.
pub async fn standings(
    tx: &mut Tx,
    pipelines: &[PipelineId],
    runs: u32,
    since: DateTime<Utc>,
) -> Result<Standings> {
    Ok(Standings {
        last_runs: last_runs(tx, pipelines, runs).await?,
        next_at: next_at(tx, pipelines).await?,
        broken: broken(tx, pipelines, since).await?,
        running: running(tx, pipelines).await?,
    })
}

async fn last_runs(
    tx: &mut Tx,
    pipelines: &[PipelineId],
    runs: u32,
) -> Result<HashMap<PipelineId, Vec<RunSummary>>> {
    let pipelines = pipelines.iter().map(|pipeline| pipeline.0);
    let rows: Vec<RunRow> = runs_of_each(tx, "*", "", pipelines, i64::from(runs)).await?;
    let mut by_pipeline: HashMap<PipelineId, Vec<RunSummary>> = HashMap::new();
    for row in rows {
        let run = RunSummary::from(row.into_stored()?);
        by_pipeline.entry(run.pipeline_id).or_default().push(run);
    }
    for runs in by_pipeline.values_mut() {
        runs.sort_by_key(|run| std::cmp::Reverse(run.id));
    }
    Ok(by_pipeline)
}

async fn next_at(tx: &mut Tx, pipelines: &[PipelineId]) -> Result<HashMap<PipelineId, DateTime<Utc>>> {
    let sql = "SELECT pipeline_id, min(next_at) FROM triggers WHERE next_at IS NOT NULL";
    let statement = of(Statement::new(sql), "AND pipeline_id", pipelines).and("GROUP BY pipeline_id");
    let rows: Vec<(Uuid, DateTime<Utc>)> = statement.all(tx).await?;
    Ok(rows.into_iter().map(|(pipeline, at)| (PipelineId(pipeline), at)).collect())
}

async fn broken(tx: &mut Tx, pipelines: &[PipelineId], since: DateTime<Utc>) -> Result<HashSet<PipelineId>> {
    let sql = format!("SELECT DISTINCT u.pipeline_id FROM unmended_runs u WHERE {}", counts("u", "?"));
    let statement = Statement::default().with(&sql, Value::Time(since));
    set(tx, of(statement, "AND u.pipeline_id", pipelines)).await
}

async fn running(tx: &mut Tx, pipelines: &[PipelineId]) -> Result<HashSet<PipelineId>> {
    let sql = "SELECT DISTINCT pipeline_id FROM runs WHERE status IN ('QUEUED', 'RUNNING')";
    set(tx, of(Statement::new(sql), "AND pipeline_id", pipelines)).await
}

fn of(statement: Statement, condition: &str, pipelines: &[PipelineId]) -> Statement {
    statement.any(condition, ids(pipelines.iter().map(|pipeline| pipeline.0)))
}

async fn set(tx: &mut Tx, statement: Statement) -> Result<HashSet<PipelineId>> {
    let rows: Vec<(Uuid,)> = statement.all(tx).await?;
    Ok(rows.into_iter().map(|(pipeline,)| PipelineId(pipeline)).collect())
}

//! What is active, and how long such a run usually takes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use polder_types::id::{PipelineId, RunId};
use polder_types::run::RunStatus;
use polder_types::wire::RunSummary;
use uuid::Uuid;

use crate::newest::runs_of_each;
use crate::runs::RunRow;
use crate::sight::Sight;
use crate::statement::{Statement, Value, ids};
use crate::{Result, Tx};

/// So many of the newest successful runs are looked at …
const LOOKED_AT: i64 = 20;
/// … and there must be so many, for there to be a usual time.
const FEWEST: usize = 5;

/// The newest active runs of a status.
pub async fn active(tx: &mut Tx, sight: &Sight, status: RunStatus, limit: i64) -> Result<Vec<RunSummary>> {
    let statement = of_status(sight, status);
    rows(tx, statement.with("ORDER BY r.id DESC LIMIT ?", Value::Number(limit))).await
}

/// The oldest runs that have been QUEUED since before `before`.
pub async fn long_queued(
    tx: &mut Tx,
    sight: &Sight,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<RunSummary>> {
    let statement = of_status(sight, RunStatus::Queued).with("AND r.created_at < ?", Value::Time(before));
    rows(tx, statement.with("ORDER BY r.id LIMIT ?", Value::Number(limit))).await
}

fn of_status(sight: &Sight, status: RunStatus) -> Statement {
    Statement::new("SELECT r.* FROM runs r WHERE r.status IN ('QUEUED', 'RUNNING')")
        .seen("r", sight)
        .with("AND r.status = ?", Value::Text(status.as_str().to_owned()))
}

/// Run, pipeline, and since when it runs, of the oldest that are RUNNING.
pub async fn under_way(
    tx: &mut Tx,
    sight: &Sight,
    limit: i64,
) -> Result<Vec<(RunId, PipelineId, DateTime<Utc>)>> {
    let sql = "SELECT r.id, r.pipeline_id, r.started_at FROM runs r WHERE r.status IN ('QUEUED', 'RUNNING')
        AND r.status = 'RUNNING' AND r.started_at IS NOT NULL";
    let statement = Statement::new(sql).seen("r", sight).with("ORDER BY r.id LIMIT ?", Value::Number(limit));
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>)> = statement.all(tx).await?;
    Ok(rows.into_iter().map(|(run, pipeline, at)| (RunId(run), PipelineId(pipeline), at)).collect())
}

/// These runs, in no order.
pub async fn runs_of(tx: &mut Tx, runs: impl IntoIterator<Item = RunId>) -> Result<Vec<RunSummary>> {
    let statement = Statement::new("SELECT r.* FROM runs r WHERE TRUE");
    rows(tx, statement.any("AND r.id", ids(runs.into_iter().map(|run| run.0)))).await
}

async fn rows(tx: &mut Tx, statement: Statement) -> Result<Vec<RunSummary>> {
    let rows: Vec<RunRow> = statement.all(tx).await?;
    rows.into_iter().map(|row| row.into_stored().map(RunSummary::from)).collect()
}

/// The names of the steps of these runs that are READY, RUNNING or RETRYING, in the order written.
pub async fn running_steps(
    tx: &mut Tx,
    runs: impl IntoIterator<Item = RunId>,
) -> Result<HashMap<RunId, Vec<String>>> {
    let sql = "SELECT s.run_id, s.name FROM step_runs s WHERE s.status IN ('READY', 'RUNNING', 'RETRYING')";
    let statement = Statement::new(sql).any("AND s.run_id", ids(runs.into_iter().map(|run| run.0)));
    let rows: Vec<(Uuid, String)> = statement.and("ORDER BY s.run_id, s.position").all(tx).await?;
    let mut names: HashMap<RunId, Vec<String>> = HashMap::new();
    for (run, name) in rows {
        names.entry(RunId(run)).or_default().push(name);
    }
    Ok(names)
}

/// Pipeline, start and end of a run.
type TookRow = (Uuid, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// How long a run of each of these pipelines usually takes, in seconds: the median of the newest that succeeded; none of one with
/// few of them.
pub async fn usual(
    tx: &mut Tx,
    pipelines: impl IntoIterator<Item = PipelineId>,
) -> Result<HashMap<PipelineId, f64>> {
    let (columns, condition) = ("pipeline_id, started_at, ended_at", "AND status = 'SUCCEEDED'");
    let pipelines = pipelines.into_iter().map(|pipeline| pipeline.0);
    let rows: Vec<TookRow> = runs_of_each(tx, columns, condition, pipelines, LOOKED_AT).await?;
    let mut durations: HashMap<PipelineId, Vec<f64>> = HashMap::new();
    for (pipeline, started_at, ended_at) in rows {
        if let (Some(started_at), Some(ended_at)) = (started_at, ended_at) {
            let took = (ended_at - started_at).as_seconds_f64();
            durations.entry(PipelineId(pipeline)).or_default().push(took);
        }
    }
    let usual = durations.into_iter().filter(|(_, took)| took.len() >= FEWEST);
    Ok(usual.map(|(pipeline, took)| (pipeline, median(took))).collect())
}

/// The middle one, or the mean of the middle two.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

//! What is broken: see `failures.rs` for how it is kept.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use polder_types::id::{PipelineId, RunId};
use polder_types::run::StepStatus;
use uuid::Uuid;

use crate::runs::as_u32;
use crate::sight::Sight;
use crate::statement::{Statement, Value, ids};
use crate::stored::{number, parse};
use crate::{Error, Result, Tx};

/// Whether a run of the pipeline that was made later than the unmended one has ended by itself.
pub(crate) fn overtaken(run: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM runs n WHERE n.pipeline_id = {run}.pipeline_id AND n.id > {run}.run_id
            AND n.status IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT'))"
    )
}

/// The unmended run counts: it ended after `since`, or none has overtaken it.
pub(crate) fn counts(run: &str, since: &str) -> String {
    format!("{run}.mending_run_id IS NULL AND ({run}.ended_at >= {since} OR NOT {})", overtaken(run))
}

/// A pipeline with runs that failed and were not mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenPipeline {
    pub pipeline: PipelineId,
    pub team: String,
    pub failures: u64,
    /// When the newest of them ended.
    pub ended_at: DateTime<Utc>,
}

/// The step because of which a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedStep {
    pub run: RunId,
    pub position: u32,
    pub name: String,
    pub epoch: u32,
}

/// The broken pipelines, newest failure first.
pub async fn broken(tx: &mut Tx, sight: &Sight, since: DateTime<Utc>) -> Result<Vec<BrokenPipeline>> {
    let sql = "SELECT u.pipeline_id, u.team, count(*), max(u.ended_at) FROM unmended_runs u
        JOIN pipelines p ON p.id = u.pipeline_id AND p.workspace_id = u.workspace_id AND p.environment = u.environment
            AND p.team = u.team AND p.archived_at IS NULL
        WHERE TRUE";
    let statement = Statement::new(sql)
        .seen("u", sight)
        .with(&format!("AND {}", counts("u", "?")), Value::Time(since))
        .and("GROUP BY u.team, u.pipeline_id ORDER BY 4 DESC, 1");
    let rows: Vec<(Uuid, String, i64, DateTime<Utc>)> = statement.all(tx).await?;
    let broken = |(pipeline, team, failures, ended_at)| {
        Ok(BrokenPipeline {
            pipeline: PipelineId(pipeline),
            team,
            failures: number("count", failures)?,
            ended_at,
        })
    };
    rows.into_iter().map(broken).collect()
}

/// Run, and whether a run of the pipeline that was made later has ended by itself.
type Newest = (Uuid, bool);

/// The newest run of each that was not mended, and whether it is the newest that has ended by itself.
pub async fn newest_unmended(tx: &mut Tx, broken: &[BrokenPipeline]) -> Result<Vec<(RunId, bool)>> {
    let sql =
        format!("SELECT u.run_id, {} FROM unmended_runs u WHERE u.mending_run_id IS NULL", overtaken("u"));
    let pairs = broken.iter().map(|one| (Value::Id(one.pipeline.0), Value::Time(one.ended_at)));
    let statement = Statement::new(&sql).any_pair("AND (u.pipeline_id, u.ended_at)", pairs);
    let rows: Vec<Newest> = statement.all(tx).await?;
    Ok(rows.into_iter().map(|(run, overtaken)| (RunId(run), !overtaken)).collect())
}

/// A failure that nobody has mended yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmended {
    pub run: RunId,
    /// Whether it is the newest run of its pipeline that has ended by itself.
    pub newest: bool,
    /// Whether a run that is to mend it is active.
    pub mending: bool,
}

/// The failures that count, and those that are being mended.
pub async fn unmended(tx: &mut Tx, sight: &Sight, since: DateTime<Utc>, limit: i64) -> Result<Vec<Unmended>> {
    let columns = format!("SELECT u.run_id, {}", overtaken("u"));
    let left = format!(
        "{columns} FROM unmended_runs u JOIN pipelines p ON p.id = u.pipeline_id AND p.archived_at IS NULL WHERE TRUE"
    );
    let left =
        Statement::new(&left).seen("u", sight).with(&format!("AND {}", counts("u", "?")), Value::Time(since));
    let mending = format!(
        "{columns} FROM runs r JOIN unmended_runs u ON u.pipeline_id = r.pipeline_id AND u.mending_run_id = r.id
        WHERE r.status IN ('QUEUED', 'RUNNING')"
    );
    let mending = Statement::new(&mending).seen("r", sight);
    let mut all = Vec::new();
    for (statement, mending) in [(left, false), (mending, true)] {
        let rows: Vec<Newest> = statement.with("LIMIT ?", Value::Number(limit)).all(tx).await?;
        let unmended = |(run, overtaken): Newest| Unmended { run: RunId(run), newest: !overtaken, mending };
        all.extend(rows.into_iter().map(unmended));
    }
    Ok(all)
}

/// Those of these runs before which one failed that was about the same date.
pub async fn after_failures(tx: &mut Tx, runs: impl IntoIterator<Item = RunId>) -> Result<HashSet<RunId>> {
    let sql = "SELECT r.id FROM runs r WHERE EXISTS (SELECT 1 FROM runs f WHERE f.pipeline_id = r.pipeline_id AND f.id < r.id
            AND f.status IN ('FAILED', 'TIMED_OUT') AND (f.logical_day = r.logical_day
                OR (f.logical_day IS NULL AND r.logical_day IS NULL AND f.logical_at = r.logical_at)))";
    let statement = Statement::new(sql).any("AND r.id", ids(runs.into_iter().map(|run| run.0)));
    let rows: Vec<(Uuid,)> = statement.all(tx).await?;
    Ok(rows.into_iter().map(|(run,)| RunId(run)).collect())
}

/// Those of these active runs that are to mend something.
pub async fn mending(tx: &mut Tx, runs: impl Iterator<Item = (PipelineId, RunId)>) -> Result<HashSet<RunId>> {
    let pairs = runs.map(|(pipeline, run)| (Value::Id(pipeline.0), Value::Id(run.0)));
    let statement = Statement::new("SELECT DISTINCT u.mending_run_id FROM unmended_runs u WHERE TRUE")
        .any_pair("AND (u.pipeline_id, u.mending_run_id)", pairs);
    let rows: Vec<(Uuid,)> = statement.all(tx).await?;
    Ok(rows.into_iter().map(|(run,)| RunId(run)).collect())
}

/// Run, position, name, status, epoch, end.
type StepRow = (Uuid, i64, String, String, i64, Option<DateTime<Utc>>);

/// The step of each of these runs that failed first; of a run that was ended from outside, the one that was ended with it.
pub async fn failed_steps(tx: &mut Tx, runs: &[RunId]) -> Result<Vec<FailedStep>> {
    let statement = Statement::new(
        "SELECT run_id, position, name, status, epoch, ended_at FROM step_runs WHERE status IN ('FAILED', 'TIMED_OUT', 'ABORTED')",
    );
    let statement = statement.any("AND run_id", ids(runs.iter().map(|run| run.0)));
    let rows: Vec<StepRow> = statement.all(tx).await?;
    let mut steps = Vec::new();
    for (run, position, name, status, epoch, ended_at) in rows {
        let status: StepStatus = parse("status of a step", &status)?;
        let place = u32::try_from(position).map_err(|_| Error::corrupt("position", position.to_string()))?;
        let step = FailedStep { run: RunId(run), position: place, name, epoch: as_u32("epoch", epoch)? };
        steps.push(((run, status == StepStatus::Aborted, ended_at, position), step));
    }
    steps.sort_by_key(|(order, _)| *order);
    steps.dedup_by_key(|(_, step)| step.run);
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}

//! Runs as they are listed and shown.

mod conditions;
mod own;
mod search;
mod started;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use polder_types::id::{PipelineId, RunId};
use polder_types::run::RunStatus;
use polder_types::wire::{Attempt, Page, Run, RunFilter, RunSummary, StepRun};

use self::conditions::Conditions;
use self::started::{caused_by, started};
use crate::runs::{RunRow, StoredRun, StoredStep, as_u32, load, load_steps, run_error};
use crate::{Error, Result, Store, Tx};

const LIMIT: u32 = 50;
const MOST: u32 = 500;

/// What a caller may see: a workspace, and there all teams or some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunScope {
    pub workspace: String,
    /// `None`: all teams.
    pub teams: Option<Vec<String>>,
}

impl From<StoredRun> for RunSummary {
    fn from(run: StoredRun) -> Self {
        Self {
            id: run.id,
            pipeline_id: run.pipeline.id,
            team: run.pipeline.team,
            pipeline: run.pipeline.name,
            environment: run.pipeline.environment,
            status: run.status,
            terminal: run.status.is_terminal(),
            succeeded: run.status == RunStatus::Succeeded,
            logical_at: run.logical.at,
            logical_day: run.logical.day,
            created_at: run.created_at,
            started_at: run.started_at,
            ended_at: run.ended_at,
            revision: run.revision,
            labels: run.labels,
            reason: run.reason,
            rerun_of: run.rerun_of,
            error: run.error,
        }
    }
}

impl Store {
    /// A run with its steps, their attempts, and what it has started.
    pub async fn run(&self, run: RunId) -> Result<Run> {
        let mut tx = self.read().await?;
        let stored = load(&mut tx, run).await?;
        let steps = load_steps(&mut tx, run).await?;
        let mut attempts = load_attempts(&mut tx, run).await?;
        let steps = steps
            .into_iter()
            .enumerate()
            .map(|(position, step)| view(step, attempts.remove(&position).unwrap_or_default()));
        let steps = steps.collect();
        let started_runs = caused_by(&mut tx, run).await?;
        let started = started(&mut tx, run).await?;
        Ok(Run {
            parameters: stored.parameters.clone(),
            summary: stored.into(),
            steps,
            started_runs,
            started,
        })
    }

    /// Runs, newest first; of any of these statuses, or of all if there are none. What a search finds: see `run_views/search.rs`.
    pub async fn runs(
        &self,
        filter: &RunFilter,
        statuses: &[RunStatus],
        scope: &RunScope,
    ) -> Result<Page<RunSummary>> {
        let limit = filter.limit.unwrap_or(LIMIT).clamp(1, MOST);
        let mut tx = self.read().await?;
        let conditions = Conditions::new(filter, statuses, scope)?;
        let rows = match filter.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
            Some(text) => search::found(&mut tx, &conditions, scope, text, limit + 1).await?,
            None => conditions.runs(&mut tx, limit + 1).await?,
        };
        page(rows, limit)
    }

    /// The newest runs of a pipeline.
    pub async fn last_runs(&self, pipeline: PipelineId, limit: u32) -> Result<Vec<RunSummary>> {
        let mut tx = self.read().await?;
        let sql = "SELECT * FROM runs WHERE pipeline_id = $1 ORDER BY id DESC LIMIT $2";
        let rows: Vec<RunRow> =
            on!(tx, |c| sqlx::query_as(sql).bind(pipeline.0).bind(i64::from(limit)).fetch_all(c))?;
        rows.into_iter().map(|row| row.into_stored().map(RunSummary::from)).collect()
    }

    /// The runs of a pipeline that have not ended, oldest first.
    pub async fn active_runs(&self, pipeline: PipelineId) -> Result<Vec<RunSummary>> {
        let mut tx = self.read().await?;
        let sql = "SELECT * FROM runs WHERE status IN ('QUEUED', 'RUNNING') AND pipeline_id = $1 ORDER BY id LIMIT 1000";
        let rows: Vec<RunRow> = on!(tx, |c| sqlx::query_as(sql).bind(pipeline.0).fetch_all(c))?;
        rows.into_iter().map(|row| row.into_stored().map(RunSummary::from)).collect()
    }

    /// How many runs are active, by team, environment and status.
    pub async fn active_counts(&self) -> Result<Vec<(String, String, String, i64)>> {
        let mut tx = self.read().await?;
        let sql = "SELECT team, environment, status, count(*) FROM runs WHERE status IN ('QUEUED', 'RUNNING')
            GROUP BY team, environment, status";
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c))
    }
}

fn page(mut rows: Vec<RunRow>, limit: u32) -> Result<Page<RunSummary>> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next_cursor = if more { rows.last().map(|row| row.id.to_string()) } else { None };
    let items: Result<Vec<RunSummary>> =
        rows.into_iter().map(|row| row.into_stored().map(RunSummary::from)).collect();
    Ok(Page { items: items?, next_cursor })
}

async fn load_attempts(tx: &mut Tx, run: RunId) -> Result<HashMap<usize, Vec<Attempt>>> {
    let sql = "SELECT * FROM attempts WHERE run_id = $1 ORDER BY position, epoch";
    let rows: Vec<AttemptRow> = on!(tx, |c| sqlx::query_as(sql).bind(run.0).fetch_all(c))?;
    let mut by_step: HashMap<usize, Vec<Attempt>> = HashMap::new();
    for row in rows {
        let position = usize::try_from(row.position)
            .map_err(|_| Error::corrupt("position", row.position.to_string()))?;
        by_step.entry(position).or_default().push(row.into_view()?);
    }
    Ok(by_step)
}

fn view(step: StoredStep, attempts: Vec<Attempt>) -> StepRun {
    StepRun {
        name: step.name,
        kind: step.kind,
        needs: step.needs,
        status: step.status,
        epoch: step.epoch,
        started_at: step.started_at,
        ended_at: step.ended_at,
        retry_at: step.retry_at,
        outputs: step.outputs,
        rows: step.rows,
        bytes: step.bytes,
        error: step.error,
        attempts,
        child_run: step.child_run,
        taken_from: step.taken_from,
    }
}

#[derive(Debug, sqlx::FromRow)]
struct AttemptRow {
    position: i64,
    epoch: i64,
    agent: Option<String>,
    ready_at: DateTime<Utc>,
    claimed_at: Option<DateTime<Utc>>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    exit_code: Option<i64>,
    signal: Option<i64>,
    peak_memory_bytes: Option<i64>,
    cpu_seconds: Option<f64>,
    error_code: Option<String>,
    error_message: Option<String>,
    log_lines: i64,
}

impl AttemptRow {
    fn into_view(self) -> Result<Attempt> {
        let small = |number: Option<i64>| number.and_then(|number| i32::try_from(number).ok());
        Ok(Attempt {
            epoch: as_u32("epoch", self.epoch)?,
            agent: self.agent,
            ready_at: self.ready_at,
            claimed_at: self.claimed_at,
            started_at: self.started_at,
            ended_at: self.ended_at,
            exit_code: small(self.exit_code),
            signal: small(self.signal),
            peak_memory_bytes: self.peak_memory_bytes,
            cpu_seconds: self.cpu_seconds,
            error: run_error(self.error_code, self.error_message)?,
            log_lines: self.log_lines,
        })
    }
}

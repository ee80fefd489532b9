//! Runs and their steps as the engine moves them. How they are shown is in `run_views.rs`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use polder_types::id::{PipelineId, RevisionId, RunId};
use polder_types::run::{RunState, RunStatus, StepState, StepStatus, StopReason};
use polder_types::wire::{Reason, RunError};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::stored::parse;
use crate::{JsonText, Result, Store, Tx};

/// Which pipeline, with the names that stand on each of its runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineRef {
    pub id: PipelineId,
    pub workspace: String,
    pub environment: String,
    pub team: String,
    pub name: String,
}

/// The step of another run that waits for this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    pub run: RunId,
    pub position: usize,
    pub epoch: u32,
}

/// The instant that a run is about, and the day where it is about a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logical {
    pub at: DateTime<Utc>,
    pub day: Option<NaiveDate>,
}

/// A run to be made.
#[derive(Debug, Clone)]
pub struct NewRun {
    pub id: RunId,
    pub pipeline: PipelineRef,
    pub revision: Option<RevisionId>,
    pub definition_hash: String,
    pub logical: Logical,
    pub created_at: DateTime<Utc>,
    pub parameters: Map<String, Value>,
    pub payload: Option<Value>,
    pub labels: BTreeMap<String, String>,
    pub reason: Reason,
    /// The run that this one repeats, and the first of that chain.
    pub rerun_of: Option<(RunId, RunId)>,
    pub parent: Option<Parent>,
    pub call_back_uri: Option<String>,
    pub steps: Vec<NewStep>,
}

/// A step of a run to be made.
#[derive(Debug, Clone)]
pub struct NewStep {
    pub name: String,
    pub kind: &'static str,
    pub needs: Vec<String>,
    /// Set when the result of an earlier run is taken over.
    pub taken: Option<Taken>,
}

/// A result that is taken over from the run that is repeated.
#[derive(Debug, Clone)]
pub struct Taken {
    pub from: RunId,
    pub outputs: Map<String, Value>,
    pub rows: Option<i64>,
    pub bytes: Option<i64>,
}

/// A run as it is stored.
#[derive(Debug, Clone)]
pub struct StoredRun {
    pub id: RunId,
    pub pipeline: PipelineRef,
    pub revision: Option<RevisionId>,
    pub definition_hash: String,
    pub status: RunStatus,
    pub stopping: Option<StopReason>,
    pub logical: Logical,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub parameters: Map<String, Value>,
    pub payload: Option<Value>,
    pub labels: BTreeMap<String, String>,
    pub reason: Reason,
    pub rerun_of: Option<RunId>,
    pub root: RunId,
    pub parent: Option<Parent>,
    pub call_back_uri: Option<String>,
    pub error: Option<RunError>,
}

/// A step of a run as it is stored.
#[derive(Debug, Clone)]
pub struct StoredStep {
    pub name: String,
    pub kind: String,
    pub needs: Vec<String>,
    pub status: StepStatus,
    pub epoch: u32,
    pub stopping: Option<StopReason>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub retry_at: Option<DateTime<Utc>>,
    pub outputs: Map<String, Value>,
    pub rows: Option<i64>,
    pub bytes: Option<i64>,
    pub error: Option<RunError>,
    pub child_run: Option<RunId>,
    pub taken_from: Option<RunId>,
}

/// What an attempt's end tells of its step.
#[derive(Debug, Clone, Default)]
pub struct StepResult {
    pub outputs: Map<String, Value>,
    pub rows: Option<i64>,
    pub bytes: Option<i64>,
    pub error: Option<RunError>,
}

/// Stores a definition under its hash, if it is not there yet.
pub async fn insert_definition(tx: &mut Tx, hash: &str, definition: &Value) -> Result<()> {
    let sql = "INSERT INTO run_definitions (hash, definition) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    execute!(tx, sqlx::query(sql).bind(hash).bind(JsonText(definition)))?;
    Ok(())
}

/// Stores a run, QUEUED, with its steps.
pub async fn insert(tx: &mut Tx, run: &NewRun) -> Result<()> {
    insert_run(tx, run).await?;
    for (position, step) in run.steps.iter().enumerate() {
        insert_step(tx, run, position, step).await?;
    }
    Ok(())
}

async fn insert_run(tx: &mut Tx, run: &NewRun) -> Result<()> {
    let sql = "INSERT INTO runs (id, pipeline_id, workspace_id, environment, team, pipeline, revision_id, definition_hash, status,
        logical_at, logical_day, created_at, parameters, payload, labels, reason, rerun_of, root_id, parent_run_id,
        parent_position, parent_epoch, call_back_uri)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'QUEUED', $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(run.id.0)
            .bind(run.pipeline.id.0)
            .bind(run.pipeline.workspace.as_str())
            .bind(run.pipeline.environment.as_str())
            .bind(run.pipeline.team.as_str())
            .bind(run.pipeline.name.as_str())
            .bind(run.revision.map(|id| id.0))
            .bind(run.definition_hash.as_str())
            .bind(run.logical.at)
            .bind(run.logical.day.map(|day| day.to_string()))
            .bind(run.created_at)
            .bind(JsonText(&run.parameters))
            .bind(run.payload.as_ref().map(JsonText))
            .bind(JsonText(&run.labels))
            .bind(JsonText(&run.reason))
            .bind(run.rerun_of.map(|(of, _)| of.0))
            .bind(run.rerun_of.map_or(run.id.0, |(_, root)| root.0))
            .bind(run.parent.map(|parent| parent.run.0))
            .bind(run.parent.map(|parent| as_i64(parent.position)))
            .bind(run.parent.map(|parent| i64::from(parent.epoch)))
            .bind(run.call_back_uri.as_deref())
    )?;
    Ok(())
}

async fn insert_step(tx: &mut Tx, run: &NewRun, position: usize, step: &NewStep) -> Result<()> {
    let sql = "INSERT INTO step_runs (run_id, position, name, kind, needs, status, epoch, outputs, rows_count, bytes_count, taken_from)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10)";
    let status = if step.taken.is_some() { StepStatus::Succeeded } else { StepStatus::Waiting };
    let nothing = Map::new();
    let taken = step.taken.as_ref();
    execute!(
        tx,
        sqlx::query(sql)
            .bind(run.id.0)
            .bind(as_i64(position))
            .bind(step.name.as_str())
            .bind(step.kind)
            .bind(JsonText(&step.needs))
            .bind(status.as_str())
            .bind(JsonText(taken.map_or(&nothing, |taken| &taken.outputs)))
            .bind(taken.and_then(|taken| taken.rows))
            .bind(taken.and_then(|taken| taken.bytes))
            .bind(taken.map(|taken| taken.from.0))
    )?;
    Ok(())
}

/// Records that `run` was started because of `cause`.
pub async fn insert_cause(tx: &mut Tx, cause: RunId, run: RunId) -> Result<()> {
    let sql = "INSERT INTO run_causes (cause_run_id, run_id) VALUES ($1, $2) ON CONFLICT (cause_run_id, run_id) DO NOTHING";
    execute!(tx, sqlx::query(sql).bind(cause.0).bind(run.0))?;
    Ok(())
}

/// Waits until no other transaction moves this run, so that what is read next stays true.
pub async fn lock(tx: &mut Tx, run: RunId) -> Result<()> {
    tx.lock("run", run.0).await
}

/// A run.
///
/// # Errors
/// [`crate::Error::NotFound`] when there is none of that id.
pub async fn load(tx: &mut Tx, run: RunId) -> Result<StoredRun> {
    let row: RunRow =
        on!(tx, |c| sqlx::query_as("SELECT * FROM runs WHERE id = $1").bind(run.0).fetch_one(c))?;
    row.into_stored()
}

/// The steps of a run, in the order written.
pub async fn load_steps(tx: &mut Tx, run: RunId) -> Result<Vec<StoredStep>> {
    let sql = "SELECT * FROM step_runs WHERE run_id = $1 ORDER BY position";
    let rows: Vec<StepRow> = on!(tx, |c| sqlx::query_as(sql).bind(run.0).fetch_all(c))?;
    rows.into_iter().map(StepRow::into_stored).collect()
}

/// Writes what is different between two states of a run.
pub async fn save(
    tx: &mut Tx,
    run: RunId,
    before: &RunState,
    after: &RunState,
    now: DateTime<Utc>,
) -> Result<()> {
    if (before.status, before.stopping) != (after.status, after.stopping) {
        let sql = "UPDATE runs SET status = $2, stopping = $3, started_at = $4, ended_at = $5 WHERE id = $1";
        execute!(
            tx,
            sqlx::query(sql)
                .bind(run.0)
                .bind(after.status.as_str())
                .bind(after.stopping.map(stop_text))
                .bind(after.started_at)
                .bind(after.ended_at)
        )?;
    }
    for (position, (old, new)) in before.steps.iter().zip(&after.steps).enumerate() {
        if (old.status, old.epoch, old.stopping) != (new.status, new.epoch, new.stopping) {
            save_step(tx, run, position, new, now).await?;
        }
    }
    Ok(())
}

async fn save_step(
    tx: &mut Tx,
    run: RunId,
    position: usize,
    step: &StepState,
    now: DateTime<Utc>,
) -> Result<()> {
    let sql = "UPDATE step_runs SET status = $3, epoch = $4, stopping = $5,
        started_at = COALESCE(started_at, $6), ended_at = $7, retry_at = NULL WHERE run_id = $1 AND position = $2";
    let started_at = (step.status == StepStatus::Running).then_some(now);
    let ended_at = step.status.is_terminal().then_some(now);
    execute!(
        tx,
        sqlx::query(sql)
            .bind(run.0)
            .bind(as_i64(position))
            .bind(step.status.as_str())
            .bind(i64::from(step.epoch))
            .bind(step.stopping.map(stop_text))
            .bind(started_at)
            .bind(ended_at)
    )?;
    Ok(())
}

/// Notes when the next attempt of a step may start.
pub async fn set_retry_at(tx: &mut Tx, run: RunId, position: usize, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE step_runs SET retry_at = $3 WHERE run_id = $1 AND position = $2";
    execute!(tx, sqlx::query(sql).bind(run.0).bind(as_i64(position)).bind(at))?;
    Ok(())
}

/// Notes what the newest attempt of a step brought.
pub async fn set_step_result(tx: &mut Tx, run: RunId, position: usize, result: &StepResult) -> Result<()> {
    let sql = "UPDATE step_runs SET outputs = $3, rows_count = $4, bytes_count = $5, error_code = $6, error_message = $7
        WHERE run_id = $1 AND position = $2";
    execute!(
        tx,
        sqlx::query(sql)
            .bind(run.0)
            .bind(as_i64(position))
            .bind(JsonText(&result.outputs))
            .bind(result.rows)
            .bind(result.bytes)
            .bind(result.error.as_ref().map(|error| error.code.as_str()))
            .bind(result.error.as_ref().map(|error| error.message.as_str()))
    )?;
    Ok(())
}

/// Notes the run that a `pipeline` step has started.
pub async fn set_child(tx: &mut Tx, run: RunId, position: usize, child: RunId) -> Result<()> {
    let sql = "UPDATE step_runs SET child_run_id = $3 WHERE run_id = $1 AND position = $2";
    execute!(tx, sqlx::query(sql).bind(run.0).bind(as_i64(position)).bind(child.0))?;
    Ok(())
}

/// Notes why a run did not succeed.
pub async fn set_error(tx: &mut Tx, run: RunId, error: &RunError) -> Result<()> {
    let sql = "UPDATE runs SET error_code = $2, error_message = $3 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(run.0).bind(error.code.as_str()).bind(error.message.as_str()))?;
    Ok(())
}

/// The runs of a pipeline that have a place (RUNNING), oldest first.
pub async fn running_of(tx: &mut Tx, pipeline: PipelineId) -> Result<Vec<RunId>> {
    of_pipeline(tx, pipeline, RunStatus::Running).await
}

/// The runs of a pipeline that wait for a place (QUEUED), oldest first.
pub async fn queued_of(tx: &mut Tx, pipeline: PipelineId) -> Result<Vec<RunId>> {
    of_pipeline(tx, pipeline, RunStatus::Queued).await
}

async fn of_pipeline(tx: &mut Tx, pipeline: PipelineId, status: RunStatus) -> Result<Vec<RunId>> {
    // The first condition repeats that of the partial index, which is how both databases know that it may be used.
    let sql = "SELECT id FROM runs WHERE status IN ('QUEUED', 'RUNNING') AND pipeline_id = $1 AND status = $2 ORDER BY id LIMIT 1000";
    let ids: Vec<Uuid> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(pipeline.0).bind(status.as_str()).fetch_all(c))?;
    Ok(ids.into_iter().map(RunId).collect())
}

impl Store {
    /// The definition with this hash.
    pub async fn run_definition(&self, hash: &str) -> Result<Value> {
        let mut tx = self.read().await?;
        let sql = "SELECT definition FROM run_definitions WHERE hash = $1";
        let text: String = on!(tx, |c| sqlx::query_scalar(sql).bind(hash).fetch_one(c))?;
        serde_json::from_str(&text).map_err(|error| crate::Error::corrupt("definition", error.to_string()))
    }

    /// A run, on its own.
    pub async fn stored_run(&self, run: RunId) -> Result<StoredRun> {
        let mut tx = self.read().await?;
        load(&mut tx, run).await
    }

    /// A run with its steps, on its own.
    pub async fn stored_run_with_steps(&self, run: RunId) -> Result<(StoredRun, Vec<StoredStep>)> {
        let mut tx = self.read().await?;
        Ok((load(&mut tx, run).await?, load_steps(&mut tx, run).await?))
    }
}

#[derive(Debug, sqlx::FromRow)]
pub(crate) struct RunRow {
    pub id: Uuid,
    pub pipeline_id: Uuid,
    pub workspace_id: String,
    pub environment: String,
    pub team: String,
    pub pipeline: String,
    pub revision_id: Option<Uuid>,
    pub definition_hash: String,
    pub status: String,
    pub stopping: Option<String>,
    pub logical_at: DateTime<Utc>,
    pub logical_day: Option<String>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub parameters: JsonText<Map<String, Value>>,
    pub payload: Option<JsonText<Value>>,
    pub labels: JsonText<BTreeMap<String, String>>,
    pub reason: JsonText<Reason>,
    pub rerun_of: Option<Uuid>,
    pub root_id: Uuid,
    pub parent_run_id: Option<Uuid>,
    pub parent_position: Option<i64>,
    pub parent_epoch: Option<i64>,
    pub call_back_uri: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

impl RunRow {
    pub(crate) fn into_stored(self) -> Result<StoredRun> {
        let parent = self.parent();
        Ok(StoredRun {
            id: RunId(self.id),
            pipeline: PipelineRef {
                id: PipelineId(self.pipeline_id),
                workspace: self.workspace_id,
                environment: self.environment,
                team: self.team,
                name: self.pipeline,
            },
            revision: self.revision_id.map(RevisionId),
            definition_hash: self.definition_hash,
            status: parse("status of a run", &self.status)?,
            stopping: self.stopping.as_deref().map(stop_reason).transpose()?,
            logical: Logical { at: self.logical_at, day: self.logical_day.as_deref().map(day).transpose()? },
            created_at: self.created_at,
            started_at: self.started_at,
            ended_at: self.ended_at,
            parameters: self.parameters.0,
            payload: self.payload.map(|payload| payload.0),
            labels: self.labels.0,
            reason: self.reason.0,
            rerun_of: self.rerun_of.map(RunId),
            root: RunId(self.root_id),
            parent,
            call_back_uri: self.call_back_uri,
            error: run_error(self.error_code, self.error_message)?,
        })
    }

    fn parent(&self) -> Option<Parent> {
        Some(Parent {
            run: RunId(self.parent_run_id?),
            position: usize::try_from(self.parent_position?).ok()?,
            epoch: u32::try_from(self.parent_epoch?).ok()?,
        })
    }
}

#[derive(Debug, sqlx::FromRow)]
struct StepRow {
    name: String,
    kind: String,
    needs: JsonText<Vec<String>>,
    status: String,
    epoch: i64,
    stopping: Option<String>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    retry_at: Option<DateTime<Utc>>,
    outputs: JsonText<Map<String, Value>>,
    rows_count: Option<i64>,
    bytes_count: Option<i64>,
    error_code: Option<String>,
    error_message: Option<String>,
    child_run_id: Option<Uuid>,
    taken_from: Option<Uuid>,
}

impl StepRow {
    fn into_stored(self) -> Result<StoredStep> {
        Ok(StoredStep {
            name: self.name,
            kind: self.kind,
            needs: self.needs.0,
            status: parse("status of a step", &self.status)?,
            epoch: as_u32("epoch", self.epoch)?,
            stopping: self.stopping.as_deref().map(stop_reason).transpose()?,
            started_at: self.started_at,
            ended_at: self.ended_at,
            retry_at: self.retry_at,
            outputs: self.outputs.0,
            rows: self.rows_count,
            bytes: self.bytes_count,
            error: run_error(self.error_code, self.error_message)?,
            child_run: self.child_run_id.map(RunId),
            taken_from: self.taken_from.map(RunId),
        })
    }
}

pub(crate) fn run_error(code: Option<String>, message: Option<String>) -> Result<Option<RunError>> {
    let Some(code) = code else { return Ok(None) };
    Ok(Some(RunError { code: parse("error code", &code)?, message: message.unwrap_or_default() }))
}

pub(crate) const fn stop_text(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Abort => "ABORT",
        StopReason::TimedOut => "TIMED_OUT",
        StopReason::Fenced => "FENCED",
    }
}

pub(crate) fn stop_reason(text: &str) -> Result<StopReason> {
    match text {
        "ABORT" => Ok(StopReason::Abort),
        "TIMED_OUT" => Ok(StopReason::TimedOut),
        "FENCED" => Ok(StopReason::Fenced),
        _ => Err(crate::Error::corrupt("reason to stop", text)),
    }
}

pub(crate) fn day(text: &str) -> Result<NaiveDate> {
    parse("day", text)
}

pub(crate) fn as_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn as_u32(what: &'static str, number: i64) -> Result<u32> {
    u32::try_from(number).map_err(|_| crate::Error::corrupt(what, number.to_string()))
}

//! Runs and their steps as the engine moves them. How they are shown is in `run_views.rs`.

mod insert;
mod row;
mod save;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use polder_types::id::{PipelineId, RevisionId, RunId};
use polder_types::run::{RunStatus, StepStatus, StopReason};
use polder_types::wire::{Reason, RunError};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use self::insert::{insert, insert_cause, insert_definition};
use self::row::StepRow;
pub(crate) use self::row::{RunRow, as_i64, as_u32, day, run_error, stop_reason, stop_text};
pub use self::save::{save, set_call_back, set_child, set_error, set_retry_at, set_step_result};
use crate::{Result, Store, Tx};

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

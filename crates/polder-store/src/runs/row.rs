//! How runs and steps lie in their tables.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use polder_types::id::{PipelineId, RevisionId, RunId};
use polder_types::run::StopReason;
use polder_types::wire::{Reason, RunError};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Logical, Parent, PipelineRef, StoredRun, StoredStep};
use crate::stored::parse;
use crate::{JsonText, Result};

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
pub(super) struct StepRow {
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
    pub(super) fn into_stored(self) -> Result<StoredStep> {
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

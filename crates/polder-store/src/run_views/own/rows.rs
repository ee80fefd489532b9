//! How they lie in the database, and as rows of the tables.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use polder_types::wire::{OwnEvent, OwnRun, OwnStep, Reason};
use serde::Serialize;
use uuid::Uuid;

use super::Read;
use crate::runs::{StoredRun, as_u32};
use crate::{Error, Result};

#[derive(Debug, sqlx::FromRow)]
pub(super) struct StepRow {
    pub run_id: Uuid,
    pub position: i64,
    pub name: String,
    pub kind: String,
    pub status: String,
    pub epoch: i64,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub rows_count: Option<i64>,
    pub bytes_count: Option<i64>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct AttemptRow {
    pub run_id: Uuid,
    pub position: i64,
    pub epoch: i64,
    pub name: String,
    pub state: String,
    pub agent: Option<String>,
    pub ready_at: DateTime<Utc>,
    pub claimed_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub exit_code: Option<i64>,
    pub peak_memory_bytes: Option<i64>,
    pub cpu_seconds: Option<f64>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// What belongs to a run.
pub(super) trait OfRun {
    fn run(&self) -> Uuid;
}

impl OfRun for StepRow {
    fn run(&self) -> Uuid {
        self.run_id
    }
}

impl OfRun for AttemptRow {
    fn run(&self) -> Uuid {
        self.run_id
    }
}

impl<T: OfRun> Read<T> {
    fn with_runs(&self) -> impl Iterator<Item = (&StoredRun, &T)> {
        let runs: HashMap<Uuid, &StoredRun> = self.runs.iter().map(|run| (run.id.0, run)).collect();
        self.rows.iter().filter_map(move |row| Some((*runs.get(&row.run())?, row)))
    }

    pub(super) fn events(
        &self,
        of: impl Fn(&StoredRun, &T) -> Result<Vec<OwnEvent>>,
    ) -> Result<Vec<OwnEvent>> {
        let mut events = Vec::new();
        for (run, row) in self.with_runs() {
            events.extend(of(run, row)?);
        }
        Ok(events)
    }
}

impl Read<StepRow> {
    pub(super) fn steps(&self) -> Result<Vec<OwnStep>> {
        self.with_runs().map(|(run, row)| step(run, row)).collect()
    }
}

pub(super) fn run(run: StoredRun) -> Result<OwnRun> {
    let (reason, started_by) = reason(&run.reason)?;
    Ok(OwnRun {
        id: run.id,
        team: run.pipeline.team,
        pipeline: run.pipeline.name,
        environment: run.pipeline.environment,
        status: run.status.to_string(),
        logical_at: run.logical.at,
        logical_day: run.logical.day,
        created_at: run.created_at,
        started_at: run.started_at,
        ended_at: run.ended_at,
        seconds: seconds(run.started_at, run.ended_at),
        reason,
        started_by,
        rerun_of: run.rerun_of,
        revision: run.revision.map(|revision| revision.to_string()),
        parameters: json(&run.parameters)?,
        labels: json(&run.labels)?,
        error_code: run.error.as_ref().map(|error| error.code.as_str().to_owned()),
        error_message: run.error.map(|error| error.message),
    })
}

fn step(run: &StoredRun, row: &StepRow) -> Result<OwnStep> {
    Ok(OwnStep {
        run_id: run.id,
        team: run.pipeline.team.clone(),
        pipeline: run.pipeline.name.clone(),
        environment: run.pipeline.environment.clone(),
        logical_at: run.logical.at,
        logical_day: run.logical.day,
        position: as_u32("position", row.position)? + 1,
        step: row.name.clone(),
        kind: row.kind.clone(),
        status: row.status.clone(),
        attempts: as_u32("epoch", row.epoch)?,
        started_at: row.started_at,
        ended_at: row.ended_at,
        seconds: seconds(row.started_at, row.ended_at),
        rows: row.rows_count,
        bytes: row.bytes_count,
        error_code: row.error_code.clone(),
        error_message: row.error_message.clone(),
    })
}

fn seconds(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Option<f64> {
    from.zip(to).map(|(from, to)| (to - from).as_seconds_f64())
}

/// The word for what started a run, and who did.
fn reason(reason: &Reason) -> Result<(String, Option<String>)> {
    let value = serde_json::to_value(reason).map_err(|error| Error::corrupt("reason", error.to_string()))?;
    let text = |name: &str| value.get(name).and_then(|text| text.as_str()).map(str::to_owned);
    Ok((text("kind").unwrap_or_default(), text("by")))
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::corrupt("JSON", error.to_string()))
}

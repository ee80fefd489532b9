//! What happened, as far as it is kept: the times that stand on runs, on steps and on attempts, each as an event.

use chrono::{DateTime, Utc};
use polder_types::run::{RunStatus, StepStatus};
use polder_types::wire::OwnEvent;

use super::rows::{AttemptRow, StepRow};
use crate::Result;
use crate::runs::{StoredRun, as_u32};
use crate::stored::number;

/// Something that happened to an object of a run.
fn event(run: &StoredRun, object: &str, at: DateTime<Utc>, status: &str) -> OwnEvent {
    OwnEvent {
        at,
        run_id: run.id,
        team: run.pipeline.team.clone(),
        pipeline: run.pipeline.name.clone(),
        environment: run.pipeline.environment.clone(),
        logical_at: run.logical.at,
        logical_day: run.logical.day,
        object: object.to_owned(),
        step: None,
        attempt: None,
        status: status.to_owned(),
        agent: None,
        exit_code: None,
        peak_memory_bytes: None,
        cpu_seconds: None,
        error_code: None,
        error_message: None,
    }
}

pub(super) fn of_run(run: &StoredRun) -> Vec<OwnEvent> {
    let began = run.started_at.map(|at| event(run, "run", at, RunStatus::Running.as_str()));
    let ended = run.ended_at.map(|at| OwnEvent {
        error_code: run.error.as_ref().map(|error| error.code.as_str().to_owned()),
        error_message: run.error.as_ref().map(|error| error.message.clone()),
        ..event(run, "run", at, run.status.as_str())
    });
    let queued = event(run, "run", run.created_at, RunStatus::Queued.as_str());
    [Some(queued), began, ended].into_iter().flatten().collect()
}

pub(super) fn of_step(run: &StoredRun, row: &StepRow) -> Result<Vec<OwnEvent>> {
    let of = |at, status: &str| OwnEvent { step: Some(row.name.clone()), ..event(run, "step", at, status) };
    let began = row.started_at.map(|at| of(at, StepStatus::Running.as_str()));
    let ended = row.ended_at.map(|at| OwnEvent {
        error_code: row.error_code.clone(),
        error_message: row.error_message.clone(),
        ..of(at, &row.status)
    });
    Ok([began, ended].into_iter().flatten().collect())
}

pub(super) fn of_attempt(run: &StoredRun, row: &AttemptRow) -> Result<Vec<OwnEvent>> {
    let epoch = as_u32("epoch", row.epoch)?;
    let exit_code = row.exit_code.map(|code| number("exit code", code)).transpose()?;
    let of = |at, status: &str| OwnEvent {
        step: Some(row.name.clone()),
        attempt: Some(epoch),
        agent: row.agent.clone(),
        ..event(run, "attempt", at, status)
    };
    let ended = row.ended_at.map(|at| OwnEvent {
        exit_code,
        peak_memory_bytes: row.peak_memory_bytes,
        cpu_seconds: row.cpu_seconds,
        error_code: row.error_code.clone(),
        error_message: row.error_message.clone(),
        // `ENDED`, or `WITHDRAWN` by whoever had offered it.
        ..of(at, &row.state)
    });
    let ready = OwnEvent { agent: None, ..of(row.ready_at, "READY") };
    let claimed = row.claimed_at.map(|at| of(at, "CLAIMED"));
    let started = row.started_at.map(|at| of(at, "STARTED"));
    Ok([Some(ready), claimed, started, ended].into_iter().flatten().collect())
}

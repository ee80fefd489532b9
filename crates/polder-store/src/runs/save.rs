//! Writes down what the moves of a run have changed.

use chrono::{DateTime, Utc};
use polder_types::id::RunId;
use polder_types::run::{RunState, StepState, StepStatus};
use polder_types::wire::RunError;

use super::{StepResult, as_i64, stop_text};
use crate::{JsonText, Result, Tx};

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

/// Notes where the end of a run is to be posted.
pub async fn set_call_back(tx: &mut Tx, run: RunId, uri: &str) -> Result<()> {
    let sql = "UPDATE runs SET call_back_uri = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(run.0).bind(uri))?;
    Ok(())
}

/// Notes why a run did not succeed.
pub async fn set_error(tx: &mut Tx, run: RunId, error: &RunError) -> Result<()> {
    let sql = "UPDATE runs SET error_code = $2, error_message = $3 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(run.0).bind(error.code.as_str()).bind(error.message.as_str()))?;
    Ok(())
}

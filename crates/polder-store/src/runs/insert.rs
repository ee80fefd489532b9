//! Makes runs.

use polder_types::id::RunId;
use polder_types::run::StepStatus;
use serde_json::{Map, Value};

use super::{NewRun, NewStep, as_i64};
use crate::{JsonText, Result, Tx};

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

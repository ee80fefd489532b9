//! The runs of a pipeline with the durations of their steps.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use polder_types::id::RunId;
use polder_types::wire::{HistoryRun, HistoryStep, PipelineHistory, RunSummary};
use uuid::Uuid;

use crate::pipelines::Pipeline;
use crate::runs::{RunRow, as_u32};
use crate::statement::{Statement, Value, ids};
use crate::stored::{page_size, parse};
use crate::{Error, Result, Store, Tx, overview};

impl Store {
    /// Runs of a pipeline, newest first.
    pub async fn history(
        &self,
        pipeline: &Pipeline,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<PipelineHistory> {
        let mut tx = self.read().await?;
        let size = page_size(limit);
        let mut runs = runs(&mut tx, pipeline, cursor, size + 1).await?;
        let more = i64::try_from(runs.len()).is_ok_and(|count| count > size);
        if more {
            runs.pop();
        }
        let next_cursor = runs.last().filter(|_| more).map(|last| last.id.to_string());
        let mut steps = steps(&mut tx, &runs).await?;
        let items = runs.into_iter().map(|run| {
            let steps = steps.remove(&run.id).unwrap_or_default();
            HistoryRun { run, steps }
        });
        let items: Vec<HistoryRun> = items.collect();
        let usual_seconds = overview::usual(&mut tx, [pipeline.id]).await?.remove(&pipeline.id);
        Ok(PipelineHistory { steps: rows(pipeline, &items), usual_seconds, items, next_cursor })
    }
}

async fn runs(tx: &mut Tx, pipeline: &Pipeline, cursor: Option<&str>, limit: i64) -> Result<Vec<RunSummary>> {
    let mut statement =
        Statement::new("SELECT * FROM runs WHERE").with("pipeline_id = ?", Value::Id(pipeline.id.0));
    if let Some(cursor) = cursor {
        statement = statement.with("AND id < ?", Value::Id(cursor.parse().map_err(|_| Error::Cursor)?));
    }
    let rows: Vec<RunRow> = statement.with("ORDER BY id DESC LIMIT ?", Value::Number(limit)).all(tx).await?;
    rows.into_iter().map(|row| row.into_stored().map(RunSummary::from)).collect()
}

/// Run, name, status, start, end and epoch of a step.
type StepRow = (Uuid, String, String, Option<DateTime<Utc>>, Option<DateTime<Utc>>, i64);

async fn steps(tx: &mut Tx, runs: &[RunSummary]) -> Result<HashMap<RunId, Vec<HistoryStep>>> {
    let sql = "SELECT run_id, name, status, started_at, ended_at, epoch FROM step_runs WHERE TRUE";
    let statement = Statement::new(sql).any("AND run_id", ids(runs.iter().map(|run| run.id.0)));
    let rows: Vec<StepRow> = statement.and("ORDER BY run_id, position").all(tx).await?;
    let mut by_run: HashMap<RunId, Vec<HistoryStep>> = HashMap::new();
    for (run, name, status, started_at, ended_at, epoch) in rows {
        let took = started_at.zip(ended_at).map(|(from, to)| (to - from).as_seconds_f64());
        let status = parse("status of a step", &status)?;
        let step = HistoryStep { name, status, seconds: took, attempts: as_u32("epoch", epoch)? };
        by_run.entry(RunId(run)).or_default().push(step);
    }
    Ok(by_run)
}

/// The steps as they are defined now, then those that only older runs have, newest first.
fn rows(pipeline: &Pipeline, runs: &[HistoryRun]) -> Vec<String> {
    let defined = pipeline.definition.steps.iter().map(|step| &step.name);
    let run = runs.iter().flat_map(|run| run.steps.iter().map(|step| &step.name));
    let mut known = HashSet::new();
    defined.chain(run).filter(|name| known.insert(name.as_str())).cloned().collect()
}

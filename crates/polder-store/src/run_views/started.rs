//! What a run has started, whatever the way.

use chrono::{DateTime, Utc};
use polder_types::id::RunId;
use polder_types::wire::StartedRun;
use uuid::Uuid;

use crate::runs::day;
use crate::stored::parse;
use crate::{Result, Tx};

/// How many of them are told with what they are.
const MOST_STARTED: i64 = 1000;

/// Id, team, pipeline, status, logical time and day.
type StartedRow = (Uuid, String, String, String, DateTime<Utc>, Option<String>);

pub(super) async fn started(tx: &mut Tx, run: RunId) -> Result<Vec<StartedRun>> {
    let sql = "SELECT r.id, r.team, r.pipeline, r.status, r.logical_at, r.logical_day
        FROM run_causes c JOIN runs r ON r.id = c.run_id WHERE c.cause_run_id = $1 ORDER BY c.run_id LIMIT $2";
    let rows: Vec<StartedRow> = on!(tx, |c| sqlx::query_as(sql).bind(run.0).bind(MOST_STARTED).fetch_all(c))?;
    let view = |(id, team, pipeline, status, logical_at, logical_day): StartedRow| {
        let status = parse("status of a run", &status)?;
        let logical_day = logical_day.as_deref().map(day).transpose()?;
        Ok(StartedRun { id: RunId(id), team, pipeline, status, logical_at, logical_day })
    };
    rows.into_iter().map(view).collect()
}

pub(super) async fn caused_by(tx: &mut Tx, run: RunId) -> Result<Vec<RunId>> {
    let sql = "SELECT run_id FROM run_causes WHERE cause_run_id = $1 ORDER BY run_id";
    let ids: Vec<Uuid> = on!(tx, |c| sqlx::query_scalar(sql).bind(run.0).fetch_all(c))?;
    Ok(ids.into_iter().map(RunId).collect())
}

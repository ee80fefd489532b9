//! What the overview is made of: each part a few statements that are answered by an index, however long the history is.

pub(crate) mod broken;
mod held_back;
mod late;
mod running;

use chrono::{DateTime, TimeDelta, Utc};
use polder_types::definition::Trigger;
use polder_types::id::PipelineId;
use polder_types::wire::HourOfRuns;
use uuid::Uuid;

pub use self::broken::{
    BrokenPipeline, FailedStep, Unmended, after_failures, broken, failed_steps, mending, newest_unmended,
    unmended,
};
pub use self::held_back::{Heard, Listener, fired, heard, listeners};
pub use self::late::{Failed, MissedTick, Partly, Standing, missed_ticks, partly_met, standings, unclaimed};
pub use self::running::{active, long_queued, running_steps, runs_of, under_way, usual};
use crate::sight::Sight;
use crate::statement::{Statement, Value};
use crate::stored::number;
use crate::{JsonText, Result, Tx};

/// A team's pipelines, and how many of them are paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamCount {
    pub team: String,
    pub pipelines: u64,
    pub paused: u64,
}

/// A tick to come.
#[derive(Debug, Clone)]
pub struct NextTick {
    pub team: String,
    pub pipeline: String,
    pub pipeline_id: PipelineId,
    pub at: DateTime<Utc>,
    pub trigger: Trigger,
}

/// The teams that have pipelines, by name.
pub async fn teams(tx: &mut Tx, sight: &Sight) -> Result<Vec<TeamCount>> {
    let sql = "SELECT p.team, count(*), count(*) FILTER (WHERE p.paused) FROM pipelines p WHERE p.archived_at IS NULL";
    let statement = Statement::new(sql).seen("p", sight).and("GROUP BY p.team ORDER BY p.team");
    let rows: Vec<(String, i64, i64)> = statement.all(tx).await?;
    let count = |(team, pipelines, paused): (String, i64, i64)| {
        Ok(TeamCount { team, pipelines: number("count", pipelines)?, paused: number("count", paused)? })
    };
    rows.into_iter().map(count).collect()
}

/// How many runs of each team are active, by status.
pub async fn active_counts(tx: &mut Tx, sight: &Sight) -> Result<Vec<(String, String, i64)>> {
    let sql = "SELECT r.team, r.status, count(*) FROM runs r WHERE r.status IN ('QUEUED', 'RUNNING')";
    Statement::new(sql).seen("r", sight).and("GROUP BY r.team, r.status").all(tx).await
}

/// The next ticks of pipelines that are not paused.
pub async fn next_ticks(tx: &mut Tx, sight: &Sight, limit: i64) -> Result<Vec<NextTick>> {
    // Read along the index on the time: of what is joined, no condition may seem to be worth beginning with.
    let sql = "SELECT p.team, p.name, p.id, t.next_at, t.definition FROM triggers t JOIN pipelines p ON p.id = t.pipeline_id
        WHERE t.next_at IS NOT NULL AND p.archived_at IS NULL AND NOT p.paused";
    let statement = Statement::new(sql)
        .with("AND COALESCE(p.workspace_id, '') = ?", Value::Text(sight.workspace.clone()))
        .with("AND COALESCE(p.environment, '') = ?", Value::Text(sight.environment.clone()));
    let statement = match &sight.teams {
        None => statement,
        Some(teams) => statement.any("AND COALESCE(p.team, '')", teams.iter().cloned().map(Value::Text)),
    };
    type Row = (String, String, Uuid, DateTime<Utc>, JsonText<Trigger>);
    let rows: Vec<Row> = statement.with("ORDER BY t.next_at LIMIT ?", Value::Number(limit)).all(tx).await?;
    let tick = |(team, pipeline, id, at, trigger): Row| NextTick {
        team,
        pipeline,
        pipeline_id: PipelineId(id),
        at,
        trigger: trigger.0,
    };
    Ok(rows.into_iter().map(tick).collect())
}

/// The runs that ended in each of so many hours before `now`, oldest first.
pub async fn ended_by_hour(
    tx: &mut Tx,
    sight: &Sight,
    now: DateTime<Utc>,
    hours: i32,
) -> Result<Vec<HourOfRuns>> {
    let mut found = Vec::new();
    for back in (1..=hours).rev() {
        let from = now - TimeDelta::hours(1) * back;
        found.push(hour(tx, sight, from, from + TimeDelta::hours(1), back == 1).await?);
    }
    Ok(found)
}

async fn hour(
    tx: &mut Tx,
    sight: &Sight,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    newest: bool,
) -> Result<HourOfRuns> {
    // What ends at this very moment belongs to the newest hour.
    let before = if newest { "AND r.ended_at <= ?" } else { "AND r.ended_at < ?" };
    let sql = "SELECT count(*) FILTER (WHERE r.status = 'SUCCEEDED'), count(*) FILTER (WHERE r.status IN ('FAILED', 'TIMED_OUT')),
            count(*) FILTER (WHERE r.status = 'ABORTED')
        FROM runs r WHERE r.ended_at IS NOT NULL";
    let statement = Statement::new(sql)
        .seen("r", sight)
        .with("AND r.ended_at >= ?", Value::Time(from))
        .with(before, Value::Time(until));
    let rows: Vec<(i64, i64, i64)> = statement.all(tx).await?;
    let (succeeded, failed, other) = rows.first().copied().unwrap_or_default();
    let count = |value| number("count", value);
    Ok(HourOfRuns { from, succeeded: count(succeeded)?, failed: count(failed)?, other: count(other)? })
}

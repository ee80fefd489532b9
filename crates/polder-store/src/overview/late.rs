//! What waits: for an agent, for a tick that never came, for another pipeline.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use polder_types::definition::Trigger;
use polder_types::id::{PipelineId, RunId, TriggerId};
use uuid::Uuid;

use super::broken::overtaken;
use crate::runs::{Logical, day};
use crate::sight::Sight;
use crate::statement::{Statement, Value, ids, text};
use crate::triggers::Delivered;
use crate::{JsonText, Result, Tx};

/// A schedule whose newest ticks passed while the server was down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedTick {
    pub pipeline: PipelineId,
    pub team: String,
    pub name: String,
    pub planned_at: DateTime<Utc>,
}

/// An executions trigger that has something that it has not used.
#[derive(Debug, Clone)]
pub struct Partly {
    pub trigger: TriggerId,
    pub pipeline: PipelineId,
    pub team: String,
    pub name: String,
    pub definition: Trigger,
    /// Newest first.
    pub events: Vec<Delivered>,
}

/// Whether a pipeline is going to run.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    pub paused: bool,
    /// What its active runs are about.
    pub active: Vec<Logical>,
    /// Its runs that failed and were not mended.
    pub failed: Vec<Failed>,
    pub next_at: Option<DateTime<Utc>>,
    /// The pipelines that its executions triggers listen to.
    pub upstream: Vec<(String, String)>,
}

/// A run that failed and was not mended.
#[derive(Debug, Clone, Copy)]
pub struct Failed {
    pub about: Logical,
    /// Whether no run of its pipeline that was made later has ended by itself.
    pub newest: bool,
}

/// The runs of which a step has waited for an agent since before `before` while no other step of it is at work, and since when.
pub async fn unclaimed(
    tx: &mut Tx,
    sight: &Sight,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(RunId, DateTime<Utc>)>> {
    let sql = "SELECT a.run_id, min(a.ready_at) FROM attempts a JOIN runs r ON r.id = a.run_id
        WHERE a.state = 'OFFERED' AND a.executor <> 'engine'
            AND NOT EXISTS (SELECT 1 FROM attempts o WHERE o.run_id = a.run_id AND o.state = 'CLAIMED')";
    let statement = Statement::new(sql)
        .seen("r", sight)
        .with("AND a.ready_at < ?", Value::Time(before))
        .with("GROUP BY a.run_id LIMIT ?", Value::Number(limit));
    let rows: Vec<(Uuid, DateTime<Utc>)> = statement.all(tx).await?;
    Ok(rows.into_iter().map(|(run, since)| (RunId(run), since)).collect())
}

/// The schedules in force whose newest tick among those that were missed since `since` was followed by none that started a run.
pub async fn missed_ticks(tx: &mut Tx, sight: &Sight, since: DateTime<Utc>) -> Result<Vec<MissedTick>> {
    // Grouped by what no index has, so that the one on the time is taken, and not all ticks are read in the order of their triggers.
    let sql = "SELECT p.id, p.team, p.name, m.planned_at FROM (SELECT COALESCE(trigger_id, trigger_id) AS trigger_id,
            max(planned_at) AS planned_at FROM ticks WHERE outcome = 'MISSED_DOWN' AND decided_at >= ? GROUP BY 1) m
        JOIN triggers t ON t.id = m.trigger_id AND t.active JOIN pipelines p ON p.id = t.pipeline_id
        WHERE p.archived_at IS NULL AND NOT p.paused AND NOT EXISTS (SELECT 1 FROM ticks k WHERE k.trigger_id = m.trigger_id
            AND k.planned_at > m.planned_at AND k.outcome IN ('FIRED', 'CAUGHT_UP'))";
    let statement = Statement::default()
        .with(sql, Value::Time(since))
        .seen("p", sight)
        .and("ORDER BY m.planned_at, p.id");
    let rows: Vec<(Uuid, String, String, DateTime<Utc>)> = statement.all(tx).await?;
    let missed =
        |(id, team, name, planned_at)| MissedTick { pipeline: PipelineId(id), team, name, planned_at };
    Ok(rows.into_iter().map(missed).collect())
}

/// The executions triggers with an event between two instants that they have not used, each with its newest events.
pub async fn partly_met(
    tx: &mut Tx,
    sight: &Sight,
    (since, before): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
    events: u32,
) -> Result<Vec<Partly>> {
    let sql = "SELECT t.id, p.id, p.team, p.name, t.definition FROM pipelines p
        JOIN triggers t ON t.pipeline_id = p.id AND t.active AND t.kind = 'EXECUTIONS'
        WHERE p.archived_at IS NULL AND NOT p.paused";
    let statement = Statement::new(sql)
        .seen("p", sight)
        .with(
            "AND EXISTS (SELECT 1 FROM trigger_events e WHERE e.trigger_id = t.id AND e.used_by IS NULL AND e.at >= ?",
            Value::Time(since),
        )
        .with("AND e.at < ?)", Value::Time(before))
        .with("LIMIT ?", Value::Number(limit));
    let rows: Vec<(Uuid, Uuid, String, String, JsonText<Trigger>)> = statement.all(tx).await?;
    let mut found = Vec::new();
    for (trigger, pipeline, team, name, definition) in rows {
        let (trigger, definition) = (TriggerId(trigger), definition.0);
        let events = crate::triggers::unused(tx, trigger, events).await?;
        found.push(Partly { trigger, pipeline: PipelineId(pipeline), team, name, definition, events });
    }
    Ok(found)
}

/// How the pipelines of these names stand, in an environment; what does not exist is not in it.
pub async fn standings(
    tx: &mut Tx,
    workspace: &str,
    environment: &str,
    names: &[(String, String)],
) -> Result<HashMap<(String, String), Standing>> {
    let statement = Statement::new("SELECT id, team, name, paused FROM pipelines WHERE archived_at IS NULL")
        .with("AND workspace_id = ?", text(workspace))
        .with("AND environment = ?", text(environment))
        .any("AND team", names.iter().map(|(team, _)| text(team)))
        .any("AND name", names.iter().map(|(_, name)| text(name)));
    let rows: Vec<(Uuid, String, String, bool)> = statement.all(tx).await?;
    let mut by_id: HashMap<Uuid, ((String, String), Standing)> = HashMap::new();
    for (id, team, name, paused) in rows {
        let name = (team, name);
        if names.contains(&name) {
            by_id.insert(id, (name, Standing { paused, ..Standing::default() }));
        }
    }
    add_runs(tx, &mut by_id).await?;
    add_triggers(tx, &mut by_id).await?;
    Ok(by_id.into_values().collect())
}

type Found = HashMap<Uuid, ((String, String), Standing)>;
/// Pipeline, logical time and day.
type AboutRow = (Uuid, DateTime<Utc>, Option<String>);
/// The same, and whether a run that was made later has ended by itself.
type FailedRow = (Uuid, DateTime<Utc>, Option<String>, bool);

async fn add_runs(tx: &mut Tx, found: &mut Found) -> Result<()> {
    let sql = "SELECT r.pipeline_id, r.logical_at, r.logical_day FROM runs r WHERE r.status IN ('QUEUED', 'RUNNING')";
    let active = Statement::new(sql).any("AND r.pipeline_id", ids(found.keys().copied()));
    let active: Vec<AboutRow> = active.and("LIMIT 10000").all(tx).await?;
    let sql = format!(
        "SELECT u.pipeline_id, u.logical_at, u.logical_day, {} FROM unmended_runs u WHERE u.mending_run_id IS NULL",
        overtaken("u")
    );
    let failed = Statement::new(&sql).any("AND u.pipeline_id", ids(found.keys().copied()));
    let failed: Vec<FailedRow> = failed.and("LIMIT 10000").all(tx).await?;
    for (pipeline, at, text) in active {
        let logical = Logical { at, day: text.as_deref().map(day).transpose()? };
        found.entry(pipeline).and_modify(|(_, standing)| standing.active.push(logical));
    }
    for (pipeline, at, text, overtaken) in failed {
        let about = Logical { at, day: text.as_deref().map(day).transpose()? };
        let failed = Failed { about, newest: !overtaken };
        found.entry(pipeline).and_modify(|(_, standing)| standing.failed.push(failed));
    }
    Ok(())
}

async fn add_triggers(tx: &mut Tx, found: &mut Found) -> Result<()> {
    let sql = "SELECT pipeline_id, min(next_at) FROM triggers WHERE next_at IS NOT NULL";
    let next = Statement::new(sql).any("AND pipeline_id", ids(found.keys().copied()));
    let next: Vec<(Uuid, DateTime<Utc>)> = next.and("GROUP BY pipeline_id").all(tx).await?;
    let sql = "SELECT DISTINCT t.pipeline_id, c.team, c.pipeline FROM triggers t
        JOIN trigger_conditions c ON c.trigger_id = t.id WHERE t.active AND t.kind = 'EXECUTIONS'";
    let upstream = Statement::new(sql).any("AND t.pipeline_id", ids(found.keys().copied()));
    let upstream: Vec<(Uuid, String, String)> = upstream.all(tx).await?;
    for (pipeline, at) in next {
        found.entry(pipeline).and_modify(|(_, standing)| standing.next_at = Some(at));
    }
    for (pipeline, team, name) in upstream {
        found.entry(pipeline).and_modify(|(_, standing)| standing.upstream.push((team, name)));
    }
    Ok(())
}

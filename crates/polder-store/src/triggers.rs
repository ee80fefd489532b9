//! Executions triggers: who listens to whom, which events each has and has used, and for which days it has fired.
//!
//! Everything is found by index on the upstream or on the trigger: the cost of an event grows with the pipelines that
//! depend on it, not with their history nor with the number of pipelines.

use chrono::{DateTime, NaiveDate, Utc};
use polder_types::definition::{ExecutionsTrigger, Trigger};
use polder_types::executions::{Available, Match};
use polder_types::id::{EventId, PipelineId, ProjectId, RunId, TriggerId};
use polder_types::run::EventStatus;
use polder_types::wire::{FiredDay, SkippedMatch, UsedEvent};
use uuid::Uuid;

use crate::pipelines::PipelineKey;
use crate::runs::{PipelineRef, StoredRun, day};
use crate::stored::parse;
use crate::{JsonText, Result, Store, Tx};

/// A schedule or executions trigger as it was deployed.
#[derive(Debug, Clone)]
pub struct StoredTrigger {
    pub id: TriggerId,
    pub pipeline: PipelineId,
    pub definition: Trigger,
    pub content_hash: String,
    pub deployed_at: DateTime<Utc>,
    pub next_at: Option<DateTime<Utc>>,
}

/// A status change of a run, to be delivered.
#[derive(Debug, Clone, Copy)]
pub struct StatusChange<'a> {
    pub id: EventId,
    pub run: &'a StoredRun,
    pub status: EventStatus,
    pub at: DateTime<Utc>,
}

/// An event that a trigger has, with the run that it is about.
#[derive(Debug, Clone)]
pub struct Delivered {
    pub event: Available,
    pub run: RunId,
    pub root: RunId,
    /// Whether that run repeats an earlier one.
    pub rerun: bool,
    pub logical_day: Option<NaiveDate>,
    pub used_by: Option<RunId>,
}

/// The triggers of a pipeline that are in force.
pub async fn of_pipeline(tx: &mut Tx, pipeline: PipelineId) -> Result<Vec<StoredTrigger>> {
    let sql = "SELECT id, pipeline_id, definition, content_hash, deployed_at, next_at FROM triggers
        WHERE pipeline_id = $1 AND active ORDER BY id";
    let rows: Vec<TriggerRow> = on!(tx, |c| sqlx::query_as(sql).bind(pipeline.0).fetch_all(c))?;
    Ok(rows.into_iter().map(TriggerRow::into_stored).collect())
}

/// A trigger, if it is in force.
pub async fn active(tx: &mut Tx, trigger: TriggerId) -> Result<Option<StoredTrigger>> {
    let sql = "SELECT id, pipeline_id, definition, content_hash, deployed_at, next_at FROM triggers WHERE id = $1 AND active";
    let row: Option<TriggerRow> = on!(tx, |c| sqlx::query_as(sql).bind(trigger.0).fetch_optional(c))?;
    Ok(row.map(TriggerRow::into_stored))
}

/// Puts a trigger in force. The conditions of an executions trigger listen from now on.
pub async fn insert(tx: &mut Tx, pipeline: &PipelineRef, trigger: &StoredTrigger) -> Result<()> {
    let sql =
        "INSERT INTO triggers (id, pipeline_id, kind, content_hash, definition, active, deployed_at, next_at)
        VALUES ($1, $2, $3, $4, $5, TRUE, $6, $7)";
    let kind = if matches!(trigger.definition, Trigger::Executions(_)) { "EXECUTIONS" } else { "SCHEDULE" };
    execute!(
        tx,
        sqlx::query(sql)
            .bind(trigger.id.0)
            .bind(trigger.pipeline.0)
            .bind(kind)
            .bind(trigger.content_hash.as_str())
            .bind(JsonText(&trigger.definition))
            .bind(trigger.deployed_at)
            .bind(trigger.next_at)
    )?;
    listen(tx, pipeline, trigger.id, &trigger.definition).await
}

async fn listen(tx: &mut Tx, pipeline: &PipelineRef, trigger: TriggerId, definition: &Trigger) -> Result<()> {
    match definition {
        Trigger::Executions(executions) => insert_conditions(tx, pipeline, trigger, executions).await,
        _ => Ok(()),
    }
}

async fn listen_no_more(tx: &mut Tx, trigger: TriggerId) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM trigger_conditions WHERE trigger_id = $1").bind(trigger.0))?;
    Ok(())
}

async fn insert_conditions(
    tx: &mut Tx,
    pipeline: &PipelineRef,
    trigger: TriggerId,
    executions: &ExecutionsTrigger,
) -> Result<()> {
    let sql = "INSERT INTO trigger_conditions (workspace_id, environment, team, pipeline, status, trigger_id)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    for condition in executions.expression.conditions() {
        for status in &condition.statuses {
            execute!(
                tx,
                sqlx::query(sql)
                    .bind(pipeline.workspace.as_str())
                    .bind(pipeline.environment.as_str())
                    .bind(condition.team.as_str())
                    .bind(condition.pipeline.as_str())
                    .bind(status.as_str())
                    .bind(trigger.0)
            )?;
        }
    }
    Ok(())
}

/// Changes the definition of a trigger in force. It listens to the new conditions from now on, and keeps all else.
pub async fn reword(
    tx: &mut Tx,
    pipeline: &PipelineRef,
    trigger: TriggerId,
    definition: &Trigger,
    content_hash: &str,
) -> Result<()> {
    let sql = "UPDATE triggers SET definition = $2, content_hash = $3 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(JsonText(definition)).bind(content_hash))?;
    listen_no_more(tx, trigger).await?;
    listen(tx, pipeline, trigger, definition).await
}

/// The newest trigger with this content that was put out of force.
pub async fn retired(tx: &mut Tx, pipeline: PipelineId, content_hash: &str) -> Result<Option<TriggerId>> {
    let sql = "SELECT id FROM triggers WHERE pipeline_id = $1 AND content_hash = $2 AND NOT active ORDER BY id DESC LIMIT 1";
    let id: Option<Uuid> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(pipeline.0).bind(content_hash).fetch_optional(c))?;
    Ok(id.map(TriggerId))
}

/// Puts a trigger in force again. Events that it had not used when it was put out of force are gone.
pub async fn revive(
    tx: &mut Tx,
    pipeline: &PipelineRef,
    trigger: TriggerId,
    definition: &Trigger,
    next_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let sql = "UPDATE triggers SET active = TRUE, retired_at = NULL, next_at = $2 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(next_at))?;
    let sql = "DELETE FROM trigger_events WHERE trigger_id = $1 AND used_by IS NULL";
    execute!(tx, sqlx::query(sql).bind(trigger.0))?;
    listen(tx, pipeline, trigger, definition).await
}

/// Puts a trigger out of force: it listens and ticks no more. Its history stays.
pub async fn retire(tx: &mut Tx, trigger: TriggerId, now: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE triggers SET active = FALSE, retired_at = $2, next_at = NULL WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(now))?;
    execute!(tx, sqlx::query("DELETE FROM trigger_conditions WHERE trigger_id = $1").bind(trigger.0))?;
    Ok(())
}

/// The triggers that listen to this status of this pipeline.
pub async fn listening(
    tx: &mut Tx,
    pipeline: &PipelineRef,
    status: EventStatus,
) -> Result<Vec<StoredTrigger>> {
    let sql = "SELECT t.id, t.pipeline_id, t.definition, t.content_hash, t.deployed_at, t.next_at FROM trigger_conditions c
        JOIN triggers t ON t.id = c.trigger_id
        WHERE c.workspace_id = $1 AND c.environment = $2 AND c.team = $3 AND c.pipeline = $4 AND c.status = $5
        ORDER BY t.id";
    let rows: Vec<TriggerRow> = on!(tx, |c| sqlx::query_as(sql)
        .bind(pipeline.workspace.as_str())
        .bind(pipeline.environment.as_str())
        .bind(pipeline.team.as_str())
        .bind(pipeline.name.as_str())
        .bind(status.as_str())
        .fetch_all(c))?;
    Ok(rows.into_iter().map(TriggerRow::into_stored).collect())
}

/// Full names of the pipelines with a trigger on this one, except those of a project.
pub async fn waiting_for(
    tx: &mut Tx,
    upstream: PipelineKey<'_>,
    except: Option<ProjectId>,
) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT p.team || '/' || p.name FROM trigger_conditions c
        JOIN triggers t ON t.id = c.trigger_id AND t.active JOIN pipelines p ON p.id = t.pipeline_id
        WHERE c.workspace_id = $1 AND c.environment = $2 AND c.team = $3 AND c.pipeline = $4
            AND p.archived_at IS NULL AND p.project_id <> $5 ORDER BY 1";
    on!(tx, |c| sqlx::query_scalar(sql)
        .bind(upstream.workspace_id)
        .bind(upstream.environment)
        .bind(upstream.team)
        .bind(upstream.name)
        .bind(except.map_or(Uuid::nil(), |id| id.0))
        .fetch_all(c))
}

/// Gives a trigger an event. `day` is the run's logical day in the trigger's zone.
pub async fn deliver(
    tx: &mut Tx,
    trigger: TriggerId,
    change: StatusChange<'_>,
    day: NaiveDate,
) -> Result<()> {
    let sql = "INSERT INTO trigger_events (trigger_id, event_id, run_id, root_id, rerun, team, pipeline, status, at, logical_at,
        logical_day, day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    let run = change.run;
    execute!(
        tx,
        sqlx::query(sql)
            .bind(trigger.0)
            .bind(change.id.0)
            .bind(run.id.0)
            .bind(run.root.0)
            .bind(run.rerun_of.is_some())
            .bind(run.pipeline.team.as_str())
            .bind(run.pipeline.name.as_str())
            .bind(change.status.as_str())
            .bind(change.at)
            .bind(run.logical.at)
            .bind(run.logical.day.map(|day| day.to_string()))
            .bind(day.to_string())
    )?;
    Ok(())
}

/// The oldest events that a trigger has not used: of one day, or since an instant, or all; at most `limit`.
pub async fn unused(tx: &mut Tx, trigger: TriggerId, limit: u32) -> Result<Vec<Delivered>> {
    let sql =
        "SELECT * FROM trigger_events WHERE trigger_id = $1 AND used_by IS NULL ORDER BY at DESC LIMIT $2";
    let rows: Vec<EventRow> =
        on!(tx, |c| sqlx::query_as(sql).bind(trigger.0).bind(i64::from(limit)).fetch_all(c))?;
    rows.into_iter().map(EventRow::into_delivered).collect()
}

/// The events of one run chain that a trigger has used.
pub async fn used_of_root(tx: &mut Tx, trigger: TriggerId, root: RunId) -> Result<Vec<Delivered>> {
    let sql = "SELECT * FROM trigger_events WHERE trigger_id = $1 AND root_id = $2 AND used_by IS NOT NULL ORDER BY at";
    let rows: Vec<EventRow> = on!(tx, |c| sqlx::query_as(sql).bind(trigger.0).bind(root.0).fetch_all(c))?;
    rows.into_iter().map(EventRow::into_delivered).collect()
}

/// Marks an event as used.
///
/// # Errors
/// [`crate::Error::NotFound`] when it is used already: then nothing of this transaction may be committed.
pub async fn mark_used(tx: &mut Tx, trigger: TriggerId, event: EventId, by: RunId) -> Result<()> {
    let sql =
        "UPDATE trigger_events SET used_by = $3 WHERE trigger_id = $1 AND event_id = $2 AND used_by IS NULL";
    match execute!(tx, sqlx::query(sql).bind(trigger.0).bind(event.0).bind(by.0))? {
        0 => Err(crate::Error::NotFound),
        _ => Ok(()),
    }
}

/// Throws one unused event away: its match was not wanted.
pub async fn discard(tx: &mut Tx, trigger: TriggerId, event: EventId) -> Result<()> {
    let sql = "DELETE FROM trigger_events WHERE trigger_id = $1 AND event_id = $2 AND used_by IS NULL";
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(event.0))?;
    Ok(())
}

/// Throws away events that nothing can use any more: those of a day that has fired, or that are older than a window.
pub async fn expire_day(tx: &mut Tx, trigger: TriggerId, day: NaiveDate) -> Result<()> {
    let sql = "DELETE FROM trigger_events WHERE trigger_id = $1 AND day = $2 AND used_by IS NULL";
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(day.to_string()))?;
    Ok(())
}

/// Throws away unused events from before `at`.
pub async fn expire_before(tx: &mut Tx, trigger: TriggerId, at: DateTime<Utc>) -> Result<()> {
    let sql = "DELETE FROM trigger_events WHERE trigger_id = $1 AND at < $2 AND used_by IS NULL";
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(at))?;
    Ok(())
}

/// Whether a trigger has fired for a day.
pub async fn has_fired(tx: &mut Tx, trigger: TriggerId, day: NaiveDate) -> Result<bool> {
    let sql = "SELECT day FROM trigger_days WHERE trigger_id = $1 AND day = $2";
    let found: Option<String> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(trigger.0).bind(day.to_string()).fetch_optional(c))?;
    Ok(found.is_some())
}

/// Notes that a trigger has fired for a day; a second time is a conflict.
pub async fn fire_day(tx: &mut Tx, trigger: TriggerId, day: NaiveDate, run: Option<RunId>) -> Result<()> {
    let sql = "INSERT INTO trigger_days (trigger_id, day, run_id) VALUES ($1, $2, $3)";
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(day.to_string()).bind(run.map(|run| run.0)))?;
    Ok(())
}

/// Notes that what a trigger had found started nothing, because `busy` had the place.
pub async fn skip(
    tx: &mut Tx,
    trigger: TriggerId,
    found: &Match,
    busy: RunId,
    at: DateTime<Utc>,
) -> Result<()> {
    let sql =
        "INSERT INTO trigger_skips (trigger_id, at, logical_at, day, busy_run_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    let (logical_at, day) = (found.logical_at, found.day.map(|day| day.to_string()));
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(at).bind(logical_at).bind(day).bind(busy.0))?;
    Ok(())
}

/// When, for which logical date and day, and the run that was in the way.
type SkipRow = (DateTime<Utc>, DateTime<Utc>, Option<String>, Uuid);

impl Store {
    /// The newest matches of a trigger that started nothing.
    pub async fn skipped(&self, trigger: TriggerId, limit: u32) -> Result<Vec<SkippedMatch>> {
        let mut tx = self.read().await?;
        let sql = "SELECT at, logical_at, day, busy_run_id FROM trigger_skips WHERE trigger_id = $1 ORDER BY at DESC LIMIT $2";
        let rows: Vec<SkipRow> =
            on!(tx, |c| sqlx::query_as(sql).bind(trigger.0).bind(i64::from(limit)).fetch_all(c))?;
        let skipped = |(at, logical_at, text, busy): SkipRow| {
            let logical_day = text.as_deref().map(day).transpose()?;
            Ok(SkippedMatch { at, logical_at, logical_day, busy: RunId(busy) })
        };
        rows.into_iter().map(skipped).collect()
    }

    /// The triggers of a pipeline that are in force, on its own.
    pub async fn triggers_of(&self, pipeline: PipelineId) -> Result<Vec<StoredTrigger>> {
        let mut tx = self.read().await?;
        of_pipeline(&mut tx, pipeline).await
    }

    /// The newest days that a trigger has fired for.
    pub async fn fired_days(&self, trigger: TriggerId, limit: u32) -> Result<Vec<FiredDay>> {
        let mut tx = self.read().await?;
        let sql = "SELECT day, run_id FROM trigger_days WHERE trigger_id = $1 ORDER BY day DESC LIMIT $2";
        let rows: Vec<(String, Option<Uuid>)> =
            on!(tx, |c| sqlx::query_as(sql).bind(trigger.0).bind(i64::from(limit)).fetch_all(c))?;
        rows.into_iter().map(|(text, run)| Ok(FiredDay { day: day(&text)?, run: run.map(RunId) })).collect()
    }

    /// The newest events that a trigger has not used, on its own.
    pub async fn unused_events(&self, trigger: TriggerId, limit: u32) -> Result<Vec<Delivered>> {
        let mut tx = self.read().await?;
        unused(&mut tx, trigger, limit).await
    }
}

impl Delivered {
    /// The event as a run's reason shows it.
    #[must_use]
    pub fn as_used(&self) -> UsedEvent {
        UsedEvent {
            id: self.event.id,
            run: self.run,
            team: self.event.team.clone(),
            pipeline: self.event.pipeline.clone(),
            status: self.event.status,
            at: self.event.at,
            logical_at: self.event.logical_at,
            logical_day: self.logical_day,
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
pub(crate) struct TriggerRow {
    id: Uuid,
    pipeline_id: Uuid,
    definition: JsonText<Trigger>,
    content_hash: String,
    deployed_at: DateTime<Utc>,
    next_at: Option<DateTime<Utc>>,
}

impl TriggerRow {
    pub(crate) fn into_stored(self) -> StoredTrigger {
        StoredTrigger {
            id: TriggerId(self.id),
            pipeline: PipelineId(self.pipeline_id),
            definition: self.definition.0,
            content_hash: self.content_hash,
            deployed_at: self.deployed_at,
            next_at: self.next_at,
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
struct EventRow {
    event_id: Uuid,
    run_id: Uuid,
    root_id: Uuid,
    rerun: bool,
    team: String,
    pipeline: String,
    status: String,
    at: DateTime<Utc>,
    logical_at: DateTime<Utc>,
    logical_day: Option<String>,
    day: String,
    used_by: Option<Uuid>,
}

impl EventRow {
    fn into_delivered(self) -> Result<Delivered> {
        Ok(Delivered {
            event: Available {
                id: EventId(self.event_id),
                team: self.team,
                pipeline: self.pipeline,
                status: parse("status of an event", &self.status)?,
                at: self.at,
                logical_at: self.logical_at,
                day: day(&self.day)?,
            },
            run: RunId(self.run_id),
            root: RunId(self.root_id),
            rerun: self.rerun,
            logical_day: self.logical_day.as_deref().map(day).transpose()?,
            used_by: self.used_by.map(RunId),
        })
    }
}

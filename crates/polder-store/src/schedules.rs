//! Schedules: which tick next, and the ledger of every planned tick with what came of it.

use chrono::{DateTime, Utc};
use polder_types::id::{RunId, TriggerId};
use polder_types::wire::{Tick, TickOutcome};
use uuid::Uuid;

use crate::triggers::{StoredTrigger, TriggerRow};
use crate::{Error, Result, Store, Tx};

/// Moves a schedule on to its next tick; none takes it out of the queue.
pub async fn set_next(tx: &mut Tx, trigger: TriggerId, next_at: Option<DateTime<Utc>>) -> Result<()> {
    let sql = "UPDATE triggers SET next_at = $2 WHERE id = $1 AND active";
    execute!(tx, sqlx::query(sql).bind(trigger.0).bind(next_at))?;
    Ok(())
}

/// Writes a tick into the ledger; false if it is there already, so that it must not start anything again.
pub async fn insert_tick(tx: &mut Tx, trigger: TriggerId, tick: &Tick) -> Result<bool> {
    let sql =
        "INSERT INTO ticks (trigger_id, planned_at, decided_at, outcome, run_id) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (trigger_id, planned_at) DO NOTHING";
    let outcome = outcome_text(tick.outcome);
    let run = tick.run.map(|run| run.0);
    let added = execute!(
        tx,
        sqlx::query(sql).bind(trigger.0).bind(tick.planned_at).bind(tick.decided_at).bind(outcome).bind(run)
    )?;
    Ok(added > 0)
}

impl Store {
    /// The schedules that are due, earliest first, at most `limit`.
    pub async fn due_schedules(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<StoredTrigger>> {
        let mut tx = self.read().await?;
        let sql = "SELECT id, pipeline_id, definition, content_hash, deployed_at, next_at FROM triggers
            WHERE next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at LIMIT $2";
        let rows: Vec<TriggerRow> =
            on!(tx, |c| sqlx::query_as(sql).bind(now).bind(i64::from(limit)).fetch_all(c))?;
        Ok(rows.into_iter().map(TriggerRow::into_stored).collect())
    }

    /// When the next schedule is due.
    pub async fn next_schedule_at(&self) -> Result<Option<DateTime<Utc>>> {
        let mut tx = self.read().await?;
        let sql = "SELECT next_at FROM triggers WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1";
        on!(tx, |c| sqlx::query_scalar(sql).fetch_optional(c))
    }

    /// The newest ticks of a schedule.
    pub async fn ticks(&self, trigger: TriggerId, limit: u32) -> Result<Vec<Tick>> {
        let mut tx = self.read().await?;
        let sql = "SELECT planned_at, decided_at, outcome, run_id FROM ticks WHERE trigger_id = $1 ORDER BY planned_at DESC LIMIT $2";
        let rows: Vec<TickRow> =
            on!(tx, |c| sqlx::query_as(sql).bind(trigger.0).bind(i64::from(limit)).fetch_all(c))?;
        rows.into_iter().map(tick).collect()
    }
}

type TickRow = (DateTime<Utc>, DateTime<Utc>, String, Option<Uuid>);

fn tick((planned_at, decided_at, outcome, run): TickRow) -> Result<Tick> {
    let outcome = serde_json::from_value(outcome.clone().into())
        .map_err(|_| Error::corrupt("outcome of a tick", outcome))?;
    Ok(Tick { planned_at, decided_at, outcome, run: run.map(RunId) })
}

const fn outcome_text(outcome: TickOutcome) -> &'static str {
    match outcome {
        TickOutcome::Fired => "FIRED",
        TickOutcome::CaughtUp => "CAUGHT_UP",
        TickOutcome::MissedDown => "MISSED_DOWN",
        TickOutcome::SkippedPaused => "SKIPPED_PAUSED",
        TickOutcome::SkippedOverlap => "SKIPPED_OVERLAP",
        TickOutcome::Rejected => "REJECTED",
    }
}

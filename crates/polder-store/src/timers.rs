//! What happens at a time: retries and deadlines of runs and steps.

use chrono::{DateTime, Utc};
use polder_types::id::RunId;
use uuid::Uuid;

use crate::runs::{as_i64, as_u32};
use crate::{Error, Result, Store, Tx};

/// Something that is due at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timer {
    pub run: RunId,
    pub kind: TimerKind,
}

/// What is due. Steps are positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerKind {
    Retry { position: usize, epoch: u32 },
    StepDeadline { position: usize, epoch: u32 },
    RunDeadline,
}

impl TimerKind {
    const fn parts(self) -> (&'static str, usize, u32) {
        match self {
            Self::Retry { position, epoch } => ("RETRY", position, epoch),
            Self::StepDeadline { position, epoch } => ("STEP_DEADLINE", position, epoch),
            Self::RunDeadline => ("RUN_DEADLINE", 0, 0),
        }
    }

    fn from_parts(kind: &str, position: usize, epoch: u32) -> Result<Self> {
        match kind {
            "RETRY" => Ok(Self::Retry { position, epoch }),
            "STEP_DEADLINE" => Ok(Self::StepDeadline { position, epoch }),
            "RUN_DEADLINE" => Ok(Self::RunDeadline),
            _ => Err(Error::corrupt("kind of timer", kind)),
        }
    }
}

/// Sets a timer.
pub async fn set(tx: &mut Tx, timer: Timer, due_at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO timers (run_id, kind, position, epoch, due_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (run_id, kind, position, epoch) DO UPDATE SET due_at = excluded.due_at";
    let (kind, position, epoch) = timer.kind.parts();
    execute!(
        tx,
        sqlx::query(sql)
            .bind(timer.run.0)
            .bind(kind)
            .bind(as_i64(position))
            .bind(i64::from(epoch))
            .bind(due_at)
    )?;
    Ok(())
}

/// Takes a timer away; it need not be there.
pub async fn clear(tx: &mut Tx, timer: Timer) -> Result<()> {
    let sql = "DELETE FROM timers WHERE run_id = $1 AND kind = $2 AND position = $3 AND epoch = $4";
    let (kind, position, epoch) = timer.kind.parts();
    execute!(
        tx,
        sqlx::query(sql).bind(timer.run.0).bind(kind).bind(as_i64(position)).bind(i64::from(epoch))
    )?;
    Ok(())
}

/// Takes all timers of a run away.
pub async fn clear_all(tx: &mut Tx, run: RunId) -> Result<()> {
    execute!(tx, sqlx::query("DELETE FROM timers WHERE run_id = $1").bind(run.0))?;
    Ok(())
}

impl Store {
    /// The timers that are due, earliest first, at most `limit`.
    pub async fn due_timers(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Timer>> {
        let mut tx = self.read().await?;
        let sql =
            "SELECT run_id, kind, position, epoch FROM timers WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
        let rows: Vec<(Uuid, String, i64, i64)> =
            on!(tx, |c| sqlx::query_as(sql).bind(now).bind(i64::from(limit)).fetch_all(c))?;
        rows.into_iter().map(timer).collect()
    }

    /// When the next timer is due.
    pub async fn next_timer_at(&self) -> Result<Option<DateTime<Utc>>> {
        let mut tx = self.read().await?;
        let sql = "SELECT due_at FROM timers ORDER BY due_at LIMIT 1";
        on!(tx, |c| sqlx::query_scalar(sql).fetch_optional(c))
    }
}

fn timer((run, kind, position, epoch): (Uuid, String, i64, i64)) -> Result<Timer> {
    let position = usize::try_from(position).map_err(|_| Error::corrupt("position", position.to_string()))?;
    Ok(Timer { run: RunId(run), kind: TimerKind::from_parts(&kind, position, as_u32("epoch", epoch)?)? })
}

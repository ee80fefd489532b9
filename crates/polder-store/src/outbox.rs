//! What has to be done because of something that was committed. Written in the same transaction as its cause, deleted
//! in the one that does it (or once an outside system has accepted it), so that nothing is lost when a process dies.

use chrono::{DateTime, Utc};
use polder_types::id::{OutboxId, PipelineId, RunId, TriggerId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{JsonText, Result, Store, Tx};

/// A thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Task {
    /// A trigger got an event: does it fire?
    Evaluate { trigger: TriggerId },
    /// A place among a pipeline's active runs became free.
    Admit { pipeline: PipelineId },
    /// A `pipeline` step is ready: start what it names.
    StartChild { run: RunId, position: usize, epoch: u32 },
    /// A run that a `pipeline` step waits for has ended.
    ChildEnded { child: RunId, run: RunId, position: usize, epoch: u32 },
    /// A run must end.
    Abort { run: RunId },
    /// A run's end must be posted to the address that its start gave.
    CallBack { run: RunId },
}

/// An entry of the outbox.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: OutboxId,
    pub task: Task,
    pub tries: u32,
    pub created_at: DateTime<Utc>,
}

/// Adds a thing to do, at once.
pub async fn add(tx: &mut Tx, task: &Task, now: DateTime<Utc>) -> Result<()> {
    let sql =
        "INSERT INTO outbox (id, kind, payload, due_at, tries, created_at) VALUES ($1, $2, $3, $4, 0, $4)";
    execute!(
        tx,
        sqlx::query(sql).bind(OutboxId::new(now).0).bind(task.kind()).bind(JsonText(task)).bind(now)
    )?;
    Ok(())
}

/// Deletes an entry; false if it was gone already, so that its work must not be done again.
pub async fn remove(tx: &mut Tx, id: OutboxId) -> Result<bool> {
    Ok(execute!(tx, sqlx::query("DELETE FROM outbox WHERE id = $1").bind(id.0))? > 0)
}

/// Puts an entry off.
pub async fn postpone(tx: &mut Tx, id: OutboxId, until: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE outbox SET due_at = $2, tries = tries + 1 WHERE id = $1";
    execute!(tx, sqlx::query(sql).bind(id.0).bind(until))?;
    Ok(())
}

impl Task {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Evaluate { .. } => "EVALUATE",
            Self::Admit { .. } => "ADMIT",
            Self::StartChild { .. } => "START_CHILD",
            Self::ChildEnded { .. } => "CHILD_ENDED",
            Self::Abort { .. } => "ABORT",
            Self::CallBack { .. } => "CALL_BACK",
        }
    }
}

impl Store {
    /// The entries that are due, oldest first, at most `limit`.
    pub async fn due_outbox(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Entry>> {
        let mut tx = self.read().await?;
        let sql = "SELECT id, payload, tries, created_at FROM outbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
        let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).bind(now).bind(i64::from(limit)).fetch_all(c))?;
        rows.into_iter().map(entry).collect()
    }

    /// When the next entry is due.
    pub async fn next_outbox_at(&self) -> Result<Option<DateTime<Utc>>> {
        let mut tx = self.read().await?;
        on!(tx, |c| sqlx::query_scalar("SELECT due_at FROM outbox ORDER BY due_at LIMIT 1").fetch_optional(c))
    }

    /// How many entries there are.
    pub async fn outbox_depth(&self) -> Result<i64> {
        let mut tx = self.read().await?;
        on!(tx, |c| sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(c))
    }

    /// Deletes an entry, on its own.
    pub async fn remove_outbox(&self, id: OutboxId) -> Result<()> {
        let mut tx = self.begin().await?;
        remove(&mut tx, id).await?;
        tx.commit().await
    }

    /// Puts an entry off, on its own.
    pub async fn postpone_outbox(&self, id: OutboxId, until: DateTime<Utc>) -> Result<()> {
        let mut tx = self.begin().await?;
        postpone(&mut tx, id, until).await?;
        tx.commit().await
    }
}

type Row = (Uuid, JsonText<Task>, i64, DateTime<Utc>);

fn entry((id, task, tries, created_at): Row) -> Result<Entry> {
    Ok(Entry { id: OutboxId(id), task: task.0, tries: crate::runs::as_u32("tries", tries)?, created_at })
}

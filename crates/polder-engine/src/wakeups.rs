//! Who waits for what, and how a commit wakes them.

use chrono::{DateTime, Utc};
use polder_types::id::{PipelineId, PublishId, RevisionId, RunId};
use polder_types::run::{RunStatus, StepStatus};
use serde::Serialize;
use tokio::sync::{Notify, broadcast};

/// Followers that are slower than this many changes are told that they missed some.
const CHANGES_KEPT: usize = 4096;

/// Something changed; told to whoever follows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    pub at: DateTime<Utc>,
    pub team: String,
    pub environment: String,
    #[serde(flatten)]
    pub kind: ChangeKind,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChangeKind {
    Run { id: RunId, pipeline_id: PipelineId, pipeline: String, status: RunStatus },
    Step { run: RunId, step: String, status: StepStatus, epoch: u32 },
    Log { run: RunId, step: String, epoch: u32, next_line: u64 },
    Pipeline { id: PipelineId, pipeline: String, paused: bool },
    Deployment { revision: RevisionId, project: String },
    Publish { id: PublishId },
}

/// The places where somebody may be waiting.
#[derive(Debug)]
pub(crate) struct Wakeups {
    /// Agents that wait for an attempt or an order.
    pub agents: Notify,
    /// The loop of timers and schedules.
    pub timers: Notify,
    /// The loop of the outbox.
    pub outbox: Notify,
    changes: broadcast::Sender<Change>,
}

impl Default for Wakeups {
    fn default() -> Self {
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        Self { agents: Notify::new(), timers: Notify::new(), outbox: Notify::new(), changes }
    }
}

impl Wakeups {
    /// Follows all changes from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Tells a change to all followers; there may be none.
    pub(crate) fn tell(&self, change: Change) {
        let _ = self.changes.send(change);
    }
}

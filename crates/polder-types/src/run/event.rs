//! What can happen to a run, and what has to be done about it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::RunStatus;

/// Something that happened. Steps are positions in [`super::RunState::steps`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The run has a place among its pipeline's active runs.
    Admitted,
    /// An agent took the attempt.
    Claimed { step: usize, epoch: u32 },
    /// The attempt is over, and it is certain that none of its processes lives.
    Ended { step: usize, epoch: u32, outcome: Outcome },
    /// The attempt is over, and what it brings was decided before: another one completes that, however many there were.
    Interrupted { step: usize, epoch: u32 },
    /// The wait before the next attempt is over.
    RetryDue { step: usize },
    /// The attempt has had its time.
    StepDeadline { step: usize, epoch: u32 },
    /// The run has had its time.
    RunDeadline,
    /// Somebody wants the run to end.
    AbortRequested,
    /// The run cannot start at all, such as when its place is taken and the policy is to refuse.
    Refused,
}

/// How an attempt ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Succeeded,
    Failed,
    /// Its agent died; the work is known to be dead, but not how far it came.
    Lost,
    /// It was ended because it was told to stop.
    Stopped,
}

/// Why an attempt, or a whole run, is told to stop.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    Abort,
    TimedOut,
    /// A newer attempt has the epoch; this one must not go on.
    Fenced,
}

/// What has to be done when a move is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The run has started: timers are set, triggers on RUNNING are told.
    RunStarted { deadline_at: Option<DateTime<Utc>> },
    /// An attempt with this epoch may be claimed.
    Offer { step: usize, epoch: u32 },
    /// The attempt's clock runs: at `at` it has had its time.
    StepTimer { step: usize, epoch: u32, at: DateTime<Utc> },
    /// The next attempt may start at `at`.
    RetryTimer { step: usize, wait: Duration, at: DateTime<Utc> },
    /// The agent that has the attempt is told to stop it.
    Stop { step: usize, epoch: u32, reason: StopReason },
    /// An attempt that nobody has claimed is taken back.
    Withdraw { step: usize, epoch: u32 },
    /// The run has ended: triggers, waiting runs, parents and callbacks are told.
    RunEnded { status: RunStatus },
}

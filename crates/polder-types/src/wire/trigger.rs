//! What triggers wait for, and the ledger of ticks.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{RunId, TriggerId};
use crate::run::EventStatus;
use crate::wire::{RunSummary, UsedEvent};

/// A trigger with what it will do next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TriggerView {
    Schedule {
        /// None while schedules are off in the environment.
        id: Option<TriggerId>,
        expression: String,
        timezone: String,
        /// The schedule in words.
        meaning: String,
        /// The next ticks; empty while schedules are off or the pipeline is paused.
        next: Vec<DateTime<Utc>>,
        last_ticks: Vec<Tick>,
    },
    Executions {
        id: TriggerId,
        /// `day`, a duration, or absent.
        within: Option<String>,
        timezone: String,
        /// What is met and what is waited for: a day each with `within: day`, else one.
        waiting: Vec<Waiting>,
        /// With `within: day`, the newest days that it has fired for: it does so once a day.
        fired: Vec<FiredDay>,
        /// What it found last and did not start, because the concurrency limit was reached and the policy is not to wait.
        skipped: Vec<SkippedMatch>,
    },
    Webhook {
        url: String,
    },
    Manual,
}

/// A day that a trigger has fired for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FiredDay {
    pub day: NaiveDate,
    /// None if the concurrency limit was reached and the policy is not to wait.
    pub run: Option<RunId>,
}

/// Events that were there and started nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SkippedMatch {
    pub at: DateTime<Utc>,
    /// The logical date that the run would have had.
    pub logical_at: DateTime<Utc>,
    pub logical_day: Option<NaiveDate>,
    /// The run that had the place.
    pub busy: RunId,
}

/// One truth table of an executions trigger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    pub day: Option<NaiveDate>,
    pub expression: ExpressionView,
}

/// An expression with what is known of each part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(no_recursion)]
pub enum ExpressionView {
    All {
        met: bool,
        parts: Vec<Self>,
    },
    Any {
        met: bool,
        parts: Vec<Self>,
    },
    Is {
        met: bool,
        team: String,
        pipeline: String,
        statuses: Vec<EventStatus>,
        exists: bool,
        event: Option<UsedEvent>,
    },
}

/// A planned tick of a schedule, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tick {
    pub planned_at: DateTime<Utc>,
    pub decided_at: DateTime<Utc>,
    pub outcome: TickOutcome,
    pub run: Option<RunId>,
}

/// What came of a planned tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TickOutcome {
    /// A run was started or queued in time.
    Fired,
    /// A run was started for a tick that passed while the server was down.
    CaughtUp,
    /// It passed while the server was down, and the policy is not to catch up.
    MissedDown,
    SkippedPaused,
    /// The concurrency limit was reached, and the policy is to skip.
    SkippedOverlap,
    /// The concurrency limit was reached, and the policy is to refuse: the run failed at once.
    Rejected,
}

/// The answer to `why`: what the triggers wait for, and why the newest run started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Why {
    pub team: String,
    pub pipeline: String,
    pub environment: String,
    pub paused: bool,
    pub triggers: Vec<TriggerView>,
    pub last_run: Option<RunSummary>,
    /// The runs that wait for a free place, and the ones that have the places.
    pub queued: Vec<RunSummary>,
    pub active: Vec<RunSummary>,
}

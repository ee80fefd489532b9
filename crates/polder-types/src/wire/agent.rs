//! What an agent and the server say to each other.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Code;
use crate::definition::sync::Sync;
use crate::definition::{Command, Compute, HttpRequest};
use crate::id::{RevisionId, RunId};
use crate::run::{Outcome, StopReason};

/// Which attempt: a run, one of its steps, and the number of the try, which fences late reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct AttemptKey {
    pub run: RunId,
    pub step: String,
    pub epoch: u32,
}

impl std::fmt::Display for AttemptKey {
    /// `<run>-<step>-<epoch>`: the name that is given to outside engines.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.run, self.step, self.epoch)
    }
}

/// An agent asks for work, and waits for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Claim {
    /// How many attempts it has room for.
    pub slots: u32,
    /// How long to wait for the first one, in seconds, at most 50.
    pub wait_seconds: u32,
    /// What it can execute with, such as `process`.
    pub executors: Vec<String>,
    /// The attempts that it has, so that a stop order is answered for them at once.
    pub running: Vec<AttemptKey>,
}

/// Work, and orders to stop work.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Claimed {
    pub assignments: Vec<Assignment>,
    pub stops: Vec<Stop>,
}

/// An attempt to execute.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Assignment {
    pub key: AttemptKey,
    pub team: String,
    pub pipeline: String,
    pub environment: String,
    pub project: Option<String>,
    /// The project's revision to copy into the working directory; none for a job without files.
    pub revision: Option<RevisionId>,
    pub logical_at: DateTime<Utc>,
    pub logical_day: NaiveDate,
    #[schema(value_type = Object)]
    pub task: Task,
    pub env: BTreeMap<String, String>,
    /// Environment variables whose values are secrets, for this attempt only.
    pub secrets: BTreeMap<String, String>,
    /// With this the attempt's own work talks to the server, for as long as the attempt lasts; only where it has to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Seconds that the attempt may take; the server ends it too, this is for when it cannot be reached.
    pub timeout_seconds: Option<u64>,
    /// Seconds between TERM and KILL.
    pub grace_seconds: u64,
}

impl std::fmt::Debug for Assignment {
    /// Says which attempt it is, and nothing that could be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Assignment({})", self.key)
    }
}

/// What to do, with all templates rendered.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Run(Command),
    Http(HttpRequest),
    Sql(SqlTask),
    Sync(Box<Sync>),
    Models(ModelsTask),
}

impl Task {
    /// Whether it works on a branch of the lake.
    #[must_use]
    pub const fn uses_lake(&self) -> bool {
        matches!(self, Self::Sql(_) | Self::Sync(_) | Self::Models(_))
    }
}

/// Statements over the lake, with their templates filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlTask {
    pub text: String,
    /// The file of the project that they are from; none if they stand in the step itself.
    pub file: Option<String>,
    pub compute: Compute,
}

/// Models of the project in the working directory, to be built and tested.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelsTask {
    /// Selectors, of which each counts.
    pub select: Vec<String>,
    pub full_refresh: bool,
    /// With their templates filled in.
    pub vars: Map<String, Value>,
    pub compute: Compute,
    /// What is brought in before, on the same branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync: Option<Box<Sync>>,
}

/// An order to end an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stop {
    pub key: AttemptKey,
    pub reason: StopReason,
}

/// An agent says that it is alive, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Heartbeat {
    pub running: Vec<AttemptKey>,
    /// It has just started and has nothing but these: what else it was given is lost.
    #[serde(default)]
    pub starting: bool,
}

/// The attempts that the agent must end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Orders {
    pub stops: Vec<Stop>,
}

/// An attempt's process is running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AttemptStarted {
    pub started_at: DateTime<Utc>,
}

/// An attempt is over, and none of its processes lives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AttemptEnded {
    #[schema(value_type = String)]
    pub outcome: Outcome,
    pub ended_at: DateTime<Utc>,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    pub peak_memory_bytes: Option<i64>,
    pub cpu_seconds: Option<f64>,
    /// What the step wrote to `$POLDER_OUTPUT`.
    #[serde(default)]
    pub outputs: Map<String, Value>,
    pub rows: Option<i64>,
    pub bytes: Option<i64>,
    pub code: Option<Code>,
    /// Why it did not succeed, in a sentence.
    pub message: Option<String>,
    /// With what the agent can execute the run's next attempt, in the room that this one leaves; empty if it wants no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goes_on_with: Vec<String>,
}

/// The answer to the report of an attempt's end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Continued {
    /// What comes next in the same run, if the agent wanted it. Saves it from asking, which on a busy server is a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Assignment>,
}

/// Lines of an attempt's log, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LogBatch {
    /// The number of the first line; those that the server has already are ignored.
    pub first_line: u64,
    pub lines: Vec<LogLine>,
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    pub stream: LogStream,
    pub at: DateTime<Utc>,
    pub text: String,
    /// Whether the next line goes on with this one, which was too long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continued: bool,
}

/// Where a line was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogStream {
    Stdout,
    Stderr,
    /// Polder's own remarks.
    System,
}

/// How far the server has an attempt's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogPosition {
    pub next_line: u64,
}

/// A line as it is read: with its number and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NumberedLine {
    pub step: String,
    pub epoch: u32,
    pub line: u64,
    #[serde(flatten)]
    pub content: LogLine,
}

//! A project as the engine uses it: defaults applied, needs resolved, durations parsed. Made from users' files by the
//! parser beside this file, stored with each revision as JSON ([`VERSION`]), and never edited.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::sync::Sync;

/// Version of the stored JSON of these types. A fixture of each version is read by a test for ever.
pub const VERSION: u32 = 1;

/// A whole project: what one deployment brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    pub name: String,
    pub team: String,
    pub environments: BTreeMap<String, Environment>,
    pub pipelines: Vec<Pipeline>,
}

/// A place to deploy to, as the project configures it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Whether schedules tick in this environment.
    pub schedules: bool,
}

/// Steps with triggers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    pub name: String,
    pub description: Option<String>,
    pub owner: Option<String>,
    pub labels: BTreeMap<String, String>,
    /// IANA name of the zone in which days and times are meant; `UTC` if nothing is said.
    pub timezone: String,
    pub triggers: Vec<Trigger>,
    pub parameters: Vec<Parameter>,
    pub concurrency: Option<Concurrency>,
    /// Longest time for the whole run, from its start.
    pub timeout: Option<Duration>,
    pub steps: Vec<Step>,
    /// The file that this pipeline was read from, relative to the project.
    pub file: String,
}

/// What starts a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trigger {
    Schedule(ScheduleTrigger),
    Executions(ExecutionsTrigger),
    Webhook,
    Manual,
}

/// A schedule: its text as written, the dialect that was recognised, and its zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleTrigger {
    pub expression: String,
    pub dialect: Dialect,
    pub timezone: String,
    pub catch_up: CatchUp,
}

/// How a schedule's text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// 5 fields, or `@daily` and the like.
    Cron,
    /// Amazon EventBridge's 6 fields: minute hour day month weekday (1 = Sunday) year.
    Aws,
}

/// What happens to the ticks that passed while the server was down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    None,
    #[default]
    Last,
    All,
}

/// Starts when status changes of other pipelines make `expression` true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionsTrigger {
    pub expression: Expression,
    pub within: Option<Within>,
    /// The zone whose days `within: day` compares.
    pub timezone: String,
    pub rerun: Rerun,
}

/// A condition, or several combined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expression {
    All(Vec<Self>),
    Any(Vec<Self>),
    Is(Condition),
}

/// Met by a status change of `pipeline` to one of `statuses`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Condition {
    pub team: String,
    pub pipeline: String,
    pub statuses: Vec<crate::run::EventStatus>,
}

/// How near to each other the events of one match must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// On the same logical day.
    Day,
    /// At most this long between the first and the last.
    Duration(Duration),
}

/// Whether a dependent follows when an upstream run that fed it is run again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rerun {
    #[default]
    Follow,
    Ignore,
}

/// A value that a start may give, with its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    pub name: String,
    pub r#type: ParameterType,
    pub description: Option<String>,
    /// Used when a start gives none. Without it the parameter is required.
    pub default: Option<Value>,
    /// The values allowed; empty means any of the type.
    pub choices: Vec<Value>,
}

/// The type of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterType {
    String,
    Integer,
    Number,
    Boolean,
    /// A calendar day, `2026-11-21`.
    Date,
}

/// How many runs of a pipeline may be active at once, and what happens to one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concurrency {
    pub limit: u32,
    pub on_conflict: OnConflict,
}

/// What happens to a run that finds no free place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// It waits, QUEUED.
    #[default]
    Queue,
    /// It is not made.
    Skip,
    /// The start is refused; a tick or trigger leaves a run that failed at once, so that it is seen.
    Reject,
    /// The active runs are aborted and it takes their place.
    Replace,
}

/// A node of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
    pub kind: StepKind,
    /// Names of the steps that must have ended before; resolved, so never implicit.
    pub needs: Vec<String>,
    pub when: When,
    /// Environment variables; values are templates.
    pub env: BTreeMap<String, String>,
    /// Environment variable → name of the secret.
    pub secrets: BTreeMap<String, String>,
    pub retries: Retries,
    /// Longest time for one attempt, from its start.
    pub timeout: Option<Duration>,
}

/// What a step does. Texts are templates, rendered when an attempt is claimed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    Run(Command),
    Http(HttpRequest),
    Pipeline(PipelineCall),
    Sql(SqlScript),
    Sync(Box<Sync>),
    Models(ModelsBuild),
}

impl StepKind {
    /// The key by which it is written.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Http(_) => "http",
            Self::Pipeline(_) => "pipeline",
            Self::Sql(_) => "sql",
            Self::Sync(_) => "sync",
            Self::Models(_) => "models",
        }
    }

    /// Whether attempts work on a branch of the lake.
    #[must_use]
    pub const fn uses_lake(&self) -> bool {
        matches!(self, Self::Sql(_) | Self::Sync(_) | Self::Models(_))
    }
}

/// What to execute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A text for `sh -c`. Interpolated values are quoted for the shell.
    Shell(String),
    /// Program and arguments, no shell.
    Arguments(Vec<String>),
}

/// One HTTP request; an answer outside `expect` fails the attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: BTreeMap<String, String>,
    /// A JSON value whose strings are templates; a plain string is sent as it is.
    pub body: Option<Value>,
    /// The status codes that count as success; empty means 200 to 299.
    pub expect: Vec<u16>,
}

/// Starts another pipeline of the same environment and waits for its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PipelineCall {
    pub team: String,
    pub pipeline: String,
    /// Values for its parameters; strings are templates.
    pub parameters: BTreeMap<String, Value>,
}

/// Statements over the tables of the lake. What they write is published together when all have succeeded, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlScript {
    pub source: SqlSource,
    pub compute: Compute,
}

/// Where the statements are. Values that templates bring in are written as literals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlSource {
    Text(String),
    /// The path of a file of the project.
    File(String),
}

/// Models of the project that are built and tested. They are published together when no test has found an error, or not at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelsBuild {
    /// Selectors, of which each counts.
    pub select: Vec<String>,
    /// Whether incremental models are built anew.
    pub full_refresh: bool,
    /// What `var` answers; strings are templates.
    pub vars: BTreeMap<String, Value>,
    pub compute: Compute,
    /// What is brought in before, on the same branch: it is published with the models, or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync: Option<Box<Sync>>,
}

/// What a step may use; of what is not said, all that the machine has to give.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compute {
    /// What needs more than this goes to disk, or fails.
    pub memory_bytes: Option<u64>,
    pub cpus: Option<u32>,
}

impl Compute {
    /// What is said here, and of the rest what `other` says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { memory_bytes: self.memory_bytes.or(other.memory_bytes), cpus: self.cpus.or(other.cpus) }
    }
}

/// When a step runs, given how the steps that it needs ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    #[default]
    OnSuccess,
    OnFailure,
    Always,
}

/// How often a failed attempt is tried again, and how long to wait before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retries {
    /// Attempts after the first.
    pub limit: u32,
    /// The wait before the first retry; each further wait is twice as long, up to `max_backoff`.
    pub backoff: Duration,
    pub max_backoff: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { limit: 0, backoff: Duration::from_secs(10), max_backoff: Duration::from_secs(600) }
    }
}

impl Retries {
    /// The wait before attempt `epoch + 1`, when attempt `epoch` (from 1) has failed.
    #[must_use]
    pub fn wait_after(&self, epoch: u32) -> Duration {
        let factor = 2u32.checked_pow(epoch.saturating_sub(1)).unwrap_or(u32::MAX);
        self.backoff.checked_mul(factor).unwrap_or(self.max_backoff).min(self.max_backoff)
    }
}

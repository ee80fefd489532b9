//! What is broken, late, running and next in an environment, in one answer.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::PipelineId;
use crate::wire::{NumberedLine, RunSummary};

/// An environment at one moment, as far as the caller may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    pub environment: String,
    pub at: DateTime<Utc>,
    /// Every team that has a pipeline here, by name. These counts are whole, also where the lists below are cut off.
    pub teams: Vec<TeamOverview>,
    /// Pipelines with a failure that nobody has mended, newest failure first; at most 50.
    pub broken: Vec<Broken>,
    /// Pipelines that wait for something that failed, whichever team that is of; at most 50.
    #[serde(default)]
    pub held_back: Vec<HeldBack>,
    /// What should have happened and has not, longest first; at most 50.
    pub late: Vec<Late>,
    /// Runs that are active, RUNNING before QUEUED, newest first; at most 50.
    pub running: Vec<RunningRun>,
    /// The next ticks of schedules; at most 10.
    pub next: Vec<NextRun>,
    /// The runs that ended in each of the last 24 hours, oldest first. The last of them is the one that ends now.
    pub hours: Vec<HourOfRuns>,
}

/// How a team stands. `late` counts what the list of late things is made of, before it is cut off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamOverview {
    pub team: String,
    pub pipelines: u64,
    /// Pipelines, not runs.
    pub broken: u64,
    pub late: u64,
    /// Runs.
    pub running: u64,
    /// Runs.
    pub queued: u64,
    /// Pipelines.
    pub paused: u64,
}

/// A pipeline with a run that FAILED or TIMED_OUT and was not mended.
///
/// It is mended by a run for the same logical date (or, of a run that was started without one: with the same parameters) that was made
/// later and SUCCEEDED; while such a run is active, it counts as running. What failed in the last 7 days counts, and however long ago it
/// was, the pipeline's newest run that has ended. A run that was ABORTED is neither broken nor does it mend anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Broken {
    /// The newest of the runs that were not mended.
    pub run: RunSummary,
    /// The step that failed first.
    pub step: Option<String>,
    /// Its attempt.
    pub epoch: Option<u32>,
    /// The last lines of that attempt, at most 8; none if its log is no longer there.
    pub last_lines: Vec<NumberedLine>,
    /// Whether this is the pipeline's newest run that has ended (ABORTED ones aside); otherwise it is an older date that was left behind.
    pub newest: bool,
    /// For how many logical dates this pipeline failed and was not mended, this one among them.
    pub failures: u64,
    /// `team/name` of the pipelines that wait for it to succeed, of teams that the caller may see.
    pub holds_back: Vec<String>,
}

/// A pipeline that waits for one that failed, and that nobody has mended yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct HeldBack {
    pub team: String,
    pub pipeline: String,
    /// `team/name` of what failed. Of one that the caller may not see, nothing else is told.
    pub by: String,
    /// The day that it waits for, with `within: day`.
    pub day: Option<NaiveDate>,
    /// Whether what failed is being mended, as far as the caller may see it.
    pub mending: bool,
}

/// Something that should have happened and has not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Late {
    pub team: String,
    pub pipeline: String,
    pub pipeline_id: PipelineId,
    pub environment: String,
    pub kind: LateKind,
    /// Since when it waits; of a missed tick, when it was planned.
    pub since: DateTime<Utc>,
    /// The run that is late; none where there should be one and is not.
    pub run: Option<RunSummary>,
    /// How long a run of this pipeline usually takes.
    pub usual_seconds: Option<f64>,
    /// For how long it has been going on.
    pub seconds: f64,
    /// `waiting`: `team/name` of what has not happened.
    pub waiting_for: Vec<String>,
    /// `waiting`: the day that it is about, with `within: day`.
    pub day: Option<NaiveDate>,
}

/// In which way something is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LateKind {
    /// A run has waited for a place, or one of its steps for an agent, for longer than a minute.
    Queued,
    /// A run takes longer than twice its usual time, and than that and a minute.
    SlowerThanUsual,
    /// A tick of its schedule passed while the server was down, and nothing has run by schedule since.
    MissedTick,
    /// A part of what its executions trigger wants has happened, more than 15 minutes ago (and less than 7 days), and what is missing is
    /// not on its way: no run of it is active, and none will be started by its schedule, or by what it depends on itself, on that day
    /// (without `within: day`: at all, unless it has failed).
    Waiting,
}

/// A run that is active.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunningRun {
    pub run: RunSummary,
    /// The names of its steps that are READY, RUNNING or RETRYING.
    pub steps: Vec<String>,
    /// The median of how long its pipeline's last 20 runs that SUCCEEDED took; none if there are fewer than 5.
    pub usual_seconds: Option<f64>,
    /// Whether it is for something that failed before and that nothing has mended: while it is active, that is not told as broken.
    #[serde(default)]
    pub mends: bool,
    /// Whether it was started by a run that mended something.
    #[serde(default)]
    pub follows: bool,
}

/// A tick to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NextRun {
    pub team: String,
    pub pipeline: String,
    pub pipeline_id: PipelineId,
    pub at: DateTime<Utc>,
    /// The schedule in words.
    pub meaning: String,
}

/// How many runs ended in an hour, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HourOfRuns {
    pub from: DateTime<Utc>,
    pub succeeded: u64,
    /// FAILED or TIMED_OUT.
    pub failed: u64,
    /// ABORTED.
    pub other: u64,
}

/// Which part of an environment to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverviewFilter {
    /// `prod` if left out.
    pub environment: Option<String>,
    /// Only this team.
    pub team: Option<String>,
}

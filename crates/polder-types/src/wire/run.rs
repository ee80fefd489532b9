//! Starting, showing and following runs.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Code;
use crate::id::{EventId, PipelineId, RevisionId, RunId, TriggerId};
use crate::run::{EventStatus, RunStatus, StepStatus};

/// Starts a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    #[serde(default)]
    pub parameters: Map<String, Value>,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The logical date: a day (`2026-11-21`) or an instant (RFC 3339). Without it, now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logical_date: Option<String>,
    /// Where to POST the end of the run to, as Azure Data Factory's WebHook activity wants it.
    #[serde(default, rename = "callBackUri", skip_serializing_if = "Option::is_none")]
    pub call_back_uri: Option<String>,
    /// `new`: the same idempotency key gets a new run if the one that it made has not succeeded.
    #[serde(default)]
    pub on_failed_replay: OnFailedReplay,
}

/// What the same idempotency key gets after a run that did not succeed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailedReplay {
    /// The run that it made.
    #[default]
    Same,
    /// A new run.
    New,
}

/// The answer to a start: where everything about the run is found. All URLs are absolute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunStarted {
    pub id: RunId,
    pub status: RunStatus,
    pub terminal: bool,
    pub status_url: String,
    pub operation_url: String,
    pub result_url: String,
    pub logs_url: String,
    pub abort_url: String,
    pub ui_url: String,
    pub revision: Option<RevisionId>,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunSummary {
    pub id: RunId,
    pub pipeline_id: PipelineId,
    pub team: String,
    pub pipeline: String,
    pub environment: String,
    pub status: RunStatus,
    pub terminal: bool,
    pub succeeded: bool,
    /// The instant that the run is about.
    pub logical_at: DateTime<Utc>,
    /// The day that the run is about, where it is about a whole day.
    pub logical_day: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub revision: Option<RevisionId>,
    pub labels: BTreeMap<String, String>,
    pub reason: Reason,
    /// The run that this one repeats.
    pub rerun_of: Option<RunId>,
    /// Why it did not succeed, in a sentence.
    pub error: Option<RunError>,
}

/// A run with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    #[serde(flatten)]
    pub summary: RunSummary,
    pub parameters: Map<String, Value>,
    pub steps: Vec<StepRun>,
    /// Runs that were started because of this one.
    pub started_runs: Vec<RunId>,
    /// Those of them that the caller may see, with what they are.
    #[serde(default)]
    pub started: Vec<StartedRun>,
}

/// A run that was started because of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StartedRun {
    pub id: RunId,
    pub team: String,
    pub pipeline: String,
    pub status: RunStatus,
    pub logical_at: DateTime<Utc>,
    pub logical_day: Option<NaiveDate>,
}

/// Why a run did not succeed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunError {
    pub code: Code,
    pub message: String,
}

/// What started a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// Somebody asked for it.
    Manual { by: String },
    /// A tick of a schedule.
    Schedule { trigger: TriggerId, planned_at: DateTime<Utc>, schedule: String },
    /// Status changes of other pipelines.
    Executions { trigger: TriggerId, events: Vec<UsedEvent> },
    /// An upstream run that had fed `follows` was run again.
    Follow { trigger: TriggerId, follows: RunId, events: Vec<UsedEvent> },
    /// A call of its webhook.
    Webhook { by: String },
    /// A step of another run.
    Step { run: RunId, step: String },
    /// Somebody had an earlier run repeated.
    Rerun { of: RunId, by: String },
}

impl Reason {
    /// Who asked for it; none if nobody did.
    #[must_use]
    pub fn by(&self) -> Option<&str> {
        match self {
            Self::Manual { by } | Self::Webhook { by } | Self::Rerun { by, .. } => Some(by),
            Self::Schedule { .. } | Self::Executions { .. } | Self::Follow { .. } | Self::Step { .. } => None,
        }
    }
}

/// An event that a trigger used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UsedEvent {
    pub id: EventId,
    pub run: RunId,
    pub team: String,
    pub pipeline: String,
    pub status: EventStatus,
    pub at: DateTime<Utc>,
    pub logical_at: DateTime<Utc>,
    pub logical_day: Option<NaiveDate>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepRun {
    pub name: String,
    /// `run`, `http` or `pipeline`.
    pub kind: String,
    pub needs: Vec<String>,
    pub status: StepStatus,
    /// The newest attempt's number, from 1.
    pub epoch: u32,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When the next attempt may start, while RETRYING.
    pub retry_at: Option<DateTime<Utc>>,
    pub outputs: Map<String, Value>,
    pub rows: Option<i64>,
    pub bytes: Option<i64>,
    pub error: Option<RunError>,
    pub attempts: Vec<Attempt>,
    /// The run that a `pipeline` step has started.
    pub child_run: Option<RunId>,
    /// The run whose result was taken over, when a re-run starts from what failed.
    pub taken_from: Option<RunId>,
}

impl StepRun {
    /// How many rows did not fit, in a step that tells of such.
    #[must_use]
    pub fn rejected(&self) -> Option<u64> {
        let may_sync = matches!(self.kind.as_str(), "sync" | "models");
        if may_sync { self.outputs.get("rejected")?.as_u64() } else { None }
    }

    /// The tables that they are in, with how many.
    pub fn rejected_in(&self) -> impl Iterator<Item = (&str, u64)> {
        let tables = self.outputs.get("rejected_in").filter(|_| self.rejected().is_some());
        let tables = tables.and_then(Value::as_object).into_iter().flatten();
        tables.filter_map(|(table, rows)| Some((table.as_str(), rows.as_u64()?)))
    }
}

/// One try of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    pub epoch: u32,
    pub agent: Option<String>,
    pub ready_at: DateTime<Utc>,
    pub claimed_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub exit_code: Option<i32>,
    pub signal: Option<i32>,
    /// The largest resident memory of any of its processes, in bytes.
    pub peak_memory_bytes: Option<i64>,
    /// CPU time of all its processes, in seconds.
    pub cpu_seconds: Option<f64>,
    pub error: Option<RunError>,
    /// Lines of log that the server has.
    pub log_lines: i64,
}

/// The result of a run that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunResult {
    pub run_id: RunId,
    pub status: RunStatus,
    pub succeeded: bool,
    /// Outputs by step.
    pub output: Map<String, Value>,
    pub error: Option<RunError>,
}

/// Repeats a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rerun {
    #[serde(default)]
    pub from: RerunFrom,
    #[serde(default)]
    pub revision: RerunRevision,
}

/// Where a repeated run begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RerunFrom {
    /// Steps that succeeded keep their results.
    #[default]
    Failed,
    Start,
}

/// The definition that a repeated run uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RerunRevision {
    #[default]
    Latest,
    Same,
}

/// Which runs to list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RunFilter {
    pub environment: Option<String>,
    pub team: Option<String>,
    pub pipeline: Option<String>,
    pub status: Option<RunStatus>,
    /// Runs about this day or later: by their logical day, where they have one, else by their logical time.
    pub since: Option<NaiveDate>,
    /// Runs about this day or earlier.
    pub until: Option<NaiveDate>,
    /// Where `since` begins and `until` ends for runs that are about an instant; UTC if left out.
    pub timezone: Option<String>,
    /// Text in the pipeline's name, description, owner or labels; at least four digits of the beginning of the run's id; or, among the
    /// newest 10,000 runs that fit the rest, of the id's end, or text in the run's own labels (`key=value`).
    pub search: Option<String>,
    pub cursor: Option<String>,
    /// At most this many, from 1 to 500 (what is beyond is taken as the nearest of them); 50 if left out.
    pub limit: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reasons are stored with runs: what the first version wrote is read for ever.
    const REASONS: &str = r#"[
        {"kind": "manual", "by": "ann"},
        {"kind": "schedule", "trigger": "01900000-0000-7000-8000-000000000001", "planned_at": "2026-11-21T03:00:00Z", "schedule": "0 3 * * *"},
        {"kind": "executions", "trigger": "01900000-0000-7000-8000-000000000001", "events": [{"id": "01900000-0000-7000-8000-000000000002",
            "run": "01900000-0000-7000-8000-000000000003", "team": "weather", "pipeline": "weather", "status": "SUCCEEDED",
            "at": "2026-11-21T03:01:00Z", "logical_at": "2026-11-21T03:00:00Z", "logical_day": "2026-11-21"}]},
        {"kind": "follow", "trigger": "01900000-0000-7000-8000-000000000001", "follows": "01900000-0000-7000-8000-000000000003", "events": []},
        {"kind": "webhook", "by": "github"},
        {"kind": "step", "run": "01900000-0000-7000-8000-000000000003", "step": "call"},
        {"kind": "rerun", "of": "01900000-0000-7000-8000-000000000003", "by": "ann"}
    ]"#;

    #[test]
    fn reasons_of_the_first_version_are_still_read() {
        let reasons: Vec<Reason> = serde_json::from_str(REASONS).expect("reasons");
        let again: Value = serde_json::to_value(&reasons).expect("JSON");
        assert_eq!(again, serde_json::from_str::<Value>(REASONS).expect("JSON"), "nothing is lost");
    }
}

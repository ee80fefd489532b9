//! The runs of a pipeline as a grid: steps by runs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::run::StepStatus;
use crate::wire::RunSummary;

/// Runs of a pipeline, newest first, with the durations of their steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PipelineHistory {
    /// The rows of the grid: the steps as they are defined now, then those that only older runs have.
    pub steps: Vec<String>,
    /// The median of how long its last 20 runs that SUCCEEDED took; none if there are fewer than 5.
    pub usual_seconds: Option<f64>,
    pub items: Vec<HistoryRun>,
    /// Give this as `?cursor=` for the next items; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A run with its steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HistoryRun {
    pub run: RunSummary,
    pub steps: Vec<HistoryStep>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HistoryStep {
    pub name: String,
    pub status: StepStatus,
    /// From its first attempt's start to its end; none while it has not ended.
    pub seconds: Option<f64>,
    /// 0 if it never began, or took over the result of an earlier run.
    pub attempts: u32,
}

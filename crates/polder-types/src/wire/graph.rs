//! Which pipelines there are, and which depend on which.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{PipelineId, RunId};
use crate::run::{EventStatus, RunStatus};

/// All pipelines of an environment that the caller may see, and what they depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Graph {
    pub environment: String,
    /// By team and name.
    pub nodes: Vec<GraphNode>,
    pub edges: Vec<GraphEdge>,
}

/// A pipeline, or a name that one refers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GraphNode {
    pub team: String,
    pub name: String,
    /// None of what does not exist, and of other teams' pipelines that the caller may not see: then nothing else is told either.
    pub id: Option<PipelineId>,
    pub exists: bool,
    pub paused: bool,
    pub job: bool,
    /// Whether it stands among the broken ones of the overview.
    pub broken: bool,
    /// Of its newest run.
    pub last_status: Option<RunStatus>,
    /// Its newest run.
    pub last_run: Option<RunId>,
    pub last_ended_at: Option<DateTime<Utc>>,
    /// How many of its runs are active.
    pub active: u64,
    /// When a schedule starts it next.
    pub next_at: Option<DateTime<Utc>>,
}

/// That one pipeline depends on another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct GraphEdge {
    /// `team/name` of the one whose executions, or whose step, start the other.
    pub from: String,
    /// `team/name` of the one that is started.
    pub to: String,
    pub kind: EdgeKind,
    /// `executions`: the statuses that are listened for.
    pub statuses: Vec<EventStatus>,
}

/// In which way one pipeline starts another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// By an executions trigger.
    Executions,
    /// By a step that runs it.
    Step,
}

/// An environment that has pipelines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentView {
    pub name: String,
    pub pipelines: u64,
    pub teams: Vec<EnvironmentTeam>,
}

/// A team that has pipelines in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentTeam {
    pub name: String,
    pub pipelines: u64,
}

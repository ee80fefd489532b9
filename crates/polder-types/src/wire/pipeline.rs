//! Pipelines as they are listed and shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::id::{PipelineId, RevisionId};
use crate::wire::{RunSummary, TriggerView};

/// A pipeline in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PipelineSummary {
    pub id: PipelineId,
    pub team: String,
    pub name: String,
    pub environment: String,
    pub project: Option<String>,
    /// Whether it was registered as a job.
    pub job: bool,
    pub description: Option<String>,
    pub owner: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub paused: bool,
    pub revision: Option<RevisionId>,
    /// When a schedule starts it next.
    pub next_at: Option<DateTime<Utc>>,
    /// What starts it, in a few words each: `every day at 03:00, Europe/Amsterdam`, `after flights, weather`, `webhook`. Empty if only people do.
    #[serde(default)]
    pub starts: Vec<String>,
    /// The file of the revision that defines it; none of a job.
    #[serde(default)]
    pub file: Option<String>,
    /// How it stands.
    #[serde(default)]
    pub state: PipelineState,
    /// Its newest runs, newest first.
    pub last_runs: Vec<RunSummary>,
}

/// How a pipeline stands, by what matters most.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PipelineState {
    /// It failed and was not mended, as the overview has it.
    Broken,
    /// A run of it is active.
    Running,
    Paused,
    /// None of these.
    #[default]
    Ok,
}

/// Some pipelines, and the cursor for the next ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PipelinePage {
    pub items: Vec<PipelineSummary>,
    /// Give this as `?cursor=` for the next items; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many pipelines fit the filter; only on the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// A pipeline with its definition and triggers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PipelineView {
    #[serde(flatten)]
    pub summary: PipelineSummary,
    /// The definition with defaults applied.
    #[schema(value_type = Object)]
    pub definition: Value,
    pub triggers: Vec<TriggerView>,
    /// URL that starts it.
    pub start_url: String,
}

/// Which pipelines to list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PipelineFilter {
    pub environment: Option<String>,
    pub team: Option<String>,
    /// Text in name, description, owner or labels.
    pub search: Option<String>,
    pub paused: Option<bool>,
    /// Those that stand like this. A pipeline may be several of `broken`, `running` and `paused` at once; `ok` is none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<PipelineState>,
    pub cursor: Option<String>,
    /// At most this many, from 1 to 500 (what is beyond is taken as the nearest of them); 50 if left out.
    pub limit: Option<u32>,
}

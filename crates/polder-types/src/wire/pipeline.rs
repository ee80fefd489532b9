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
    /// Its newest runs, newest first.
    pub last_runs: Vec<RunSummary>,
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
    pub cursor: Option<String>,
    /// At most this many, from 1 to 500 (what is beyond is taken as the nearest of them); 50 if left out.
    pub limit: Option<u32>,
}

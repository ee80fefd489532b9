//! Deploying a project: what it consists of, what would change, what it became.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::id::{PipelineId, ProjectId, RevisionId};
use crate::wire::Mistake;

/// A file of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectFile {
    /// Relative to the project, `/` between parts, never leaving it.
    pub path: String,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    pub size: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub executable: bool,
}

/// Asks for a deployment, or for its plan. The contents of all files (for a plan: of the definitions) must have been
/// uploaded; otherwise the answer is `MISSING_FILES` with the hashes in `missing`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    pub environment: String,
    pub files: Vec<ProjectFile>,
    /// What it is about, such as the subject of the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where it comes from, such as `{"commit": "…", "branch": "main", "dirty": false}`.
    #[serde(default)]
    pub source: BTreeMap<String, String>,
}

/// What a deployment would change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    pub project: String,
    pub team: String,
    pub environment: String,
    pub pipelines: Vec<PipelineChange>,
    pub files: FileChanges,
    /// Worth knowing, but not in the way.
    pub warnings: Vec<Mistake>,
}

/// What would happen to a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PipelineChange {
    pub name: String,
    pub change: Change,
    /// What is different, in a few words each: `schedule`, `step load`, …
    pub differences: Vec<String>,
}

/// Kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Changed,
    Unchanged,
    Removed,
}

/// How many files would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileChanges {
    pub added: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
    pub unchanged: u64,
}

/// A deployment that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Deployed {
    pub revision: Revision,
    pub plan: Plan,
    /// Whether it made this revision; not if nothing was different.
    #[serde(default)]
    pub new: bool,
}

/// A project in an environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Project {
    pub id: ProjectId,
    pub team: String,
    pub name: String,
    pub environment: String,
    /// The revision that new runs use.
    pub current_revision: Option<RevisionId>,
}

/// An immutable deployment of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Revision {
    pub id: RevisionId,
    pub project: String,
    pub team: String,
    pub environment: String,
    /// Counts up in each project and environment, from 1.
    pub number: u32,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub note: Option<String>,
    pub source: BTreeMap<String, String>,
    /// Whether new runs use it.
    pub current: bool,
    /// The revision that this one brought back.
    pub rolled_back_to: Option<RevisionId>,
}

/// The files of a revision, for an agent or a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevisionFiles {
    pub files: Vec<ProjectFile>,
}

/// Registers a script or command as a pipeline of one step.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterJob {
    pub team: String,
    pub name: String,
    #[serde(default = "prod")]
    pub environment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A text for `sh -c`, or a list of program and arguments. Templates are allowed.
    #[schema(value_type = JobCommand)]
    pub run: Value,
    /// Files beside the command: path → text. Larger projects are deployed instead.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Environment variables.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Environment variable → name of a secret.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// Values of secrets to store with the job: name → value. They are never shown again.
    #[serde(default)]
    pub secret_values: BTreeMap<String, String>,
    /// Parameters, as in a pipeline's file.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
    /// Further keys of a pipeline's file: `triggers`, `concurrency`, `retries`, `timeout`, `labels`, `timezone`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
}

impl std::fmt::Debug for RegisterJob {
    /// Says which job it is, and nothing that could be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RegisterJob({}/{})", self.team, self.name)
    }
}

fn prod() -> String {
    "prod".to_owned()
}

/// What a job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum JobCommand {
    /// For `sh -c`.
    Text(String),
    /// A program and its arguments.
    Arguments(Vec<String>),
}

/// A registered job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Job {
    pub id: PipelineId,
    pub team: String,
    pub name: String,
    pub environment: String,
    /// POST here starts it.
    pub start_url: String,
    pub revision: RevisionId,
}

/// A registered job with what it does. Secrets stand in it by their names only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobView {
    #[serde(flatten)]
    pub job: Job,
    pub paused: bool,
    /// The definition with defaults applied, as that of a pipeline of one step.
    #[schema(value_type = Object)]
    pub definition: Value,
    pub files: Vec<ProjectFile>,
}

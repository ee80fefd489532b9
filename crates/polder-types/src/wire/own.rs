//! Polder's own tables, as queries see them: `polder.runs`, `polder.steps` and `polder.events`.
//!
//! They are no tables of the lake. Whoever answers a query asks the server for them, page by page, while the query reads; each page shows
//! what is then, and only what the caller may see.

mod columns;

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::columns::{OwnColumn, OwnKind};
use crate::id::RunId;
use crate::lake::ColumnFacts;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnTable {
    Runs,
    Steps,
    Events,
}

impl OwnTable {
    pub const ALL: [Self; 3] = [Self::Runs, Self::Steps, Self::Events];
    /// The schema that they are in.
    pub const SCHEMA: &str = "polder";

    /// Without its schema.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Steps => "steps",
            Self::Events => "events",
        }
    }
}

impl fmt::Display for OwnTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Self::SCHEMA, self.name())
    }
}

/// One of them, for whoever writes queries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnTableFacts {
    /// With its schema.
    pub name: String,
    pub description: String,
    pub columns: Vec<ColumnFacts>,
}

impl From<OwnTable> for OwnTableFacts {
    fn from(table: OwnTable) -> Self {
        let columns = table.columns().iter().map(ColumnFacts::from).collect();
        Self { name: table.to_string(), description: table.description().to_owned(), columns }
    }
}

/// Asks for a page of one of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnQuestion {
    pub table: OwnTable,
    pub of: OwnFilter,
    /// Where the page before ended.
    pub after: Option<OwnPlace>,
    /// No more runs, steps or attempts are looked at for a page; the server may look at fewer. Each may have several events.
    pub limit: u32,
}

/// Which runs it is about. Rows that do not fit may be among them: whoever asks looks again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFilter {
    pub environment: Option<String>,
    pub team: Option<String>,
    pub pipeline: Option<String>,
    pub run: Option<RunId>,
    /// Runs that were created then or later.
    pub since: Option<DateTime<Utc>>,
    /// Runs that were created then or earlier.
    pub until: Option<DateTime<Utc>>,
    /// Runs that had not ended before then.
    pub alive_at: Option<DateTime<Utc>>,
}

/// A place among what a table is made of: newest runs first, and within a run from its first step on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPlace {
    pub source: OwnSource,
    /// The last that was told; none at the beginning of the source.
    pub last: Option<(RunId, u32, u32)>,
}

/// What a table is made of, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnSource {
    Runs,
    Steps,
    Attempts,
}

/// A page of one of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnPage {
    pub rows: OwnRows,
    /// Where the next page begins; none behind the last.
    pub next: Option<OwnPlace>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnRows {
    Runs(Vec<OwnRun>),
    Steps(Vec<OwnStep>),
    Events(Vec<OwnEvent>),
}

/// A row of `polder.runs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnRun {
    pub id: RunId,
    pub team: String,
    pub pipeline: String,
    pub environment: String,
    pub status: String,
    pub logical_at: DateTime<Utc>,
    pub logical_day: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// From its start to its end.
    pub seconds: Option<f64>,
    /// What started it: `manual`, `schedule`, `executions`, …
    pub reason: String,
    /// Who, where somebody did.
    pub started_by: Option<String>,
    pub rerun_of: Option<RunId>,
    pub revision: Option<String>,
    /// JSON.
    pub parameters: String,
    /// JSON.
    pub labels: String,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// A row of `polder.steps`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnStep {
    pub run_id: RunId,
    pub team: String,
    pub pipeline: String,
    pub environment: String,
    pub logical_at: DateTime<Utc>,
    pub logical_day: Option<NaiveDate>,
    /// From 1, in the order in which they are written.
    pub position: u32,
    pub step: String,
    /// `run`, `sql`, `sync`, …
    pub kind: String,
    pub status: String,
    /// How often it was tried.
    pub attempts: u32,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// From its first attempt's start to its end.
    pub seconds: Option<f64>,
    pub rows: Option<i64>,
    pub bytes: Option<i64>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// A row of `polder.events`: something that happened to a run, to one of its steps, or to an attempt of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnEvent {
    pub at: DateTime<Utc>,
    pub run_id: RunId,
    pub team: String,
    pub pipeline: String,
    pub environment: String,
    pub logical_at: DateTime<Utc>,
    pub logical_day: Option<NaiveDate>,
    /// `run`, `step` or `attempt`.
    pub object: String,
    pub step: Option<String>,
    /// From 1.
    pub attempt: Option<u32>,
    /// The status that it had from then on; of an attempt `READY`, `CLAIMED`, `STARTED`, `ENDED` or `WITHDRAWN`.
    pub status: String,
    /// Who works on the attempt.
    pub agent: Option<String>,
    pub exit_code: Option<i32>,
    pub peak_memory_bytes: Option<i64>,
    pub cpu_seconds: Option<f64>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

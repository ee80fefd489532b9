//! How far a step is with its tables, and what became of its models and tests, as its program tells it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lake::TableName;
use crate::models::Severity;

/// Bad rows of one test that are kept at most.
pub const BAD_ROWS: usize = 100;
/// Bytes that the bad rows of one step take at most, and its SQL as much again.
pub const BAD_BYTES: usize = 256 << 10;

/// The tables, models and tests of one attempt of a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Checks {
    /// What takes its time: tables that rows came in for, in the order in which they began.
    #[serde(default)]
    pub tables: Vec<TableProgress>,
    /// In the order in which they ended.
    pub models: Vec<ModelRun>,
    pub tests: Vec<TestRun>,
}

/// How far a table is that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableProgress {
    #[schema(value_type = String)]
    pub table: TableName,
    /// That came in so far, or, once it is done, that were written.
    pub rows: u64,
    /// That were written; none before it is done.
    pub bytes: Option<u64>,
    /// Since it began.
    pub milliseconds: u64,
    pub done: bool,
}

/// What is known of the tables, models and tests of a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepChecks {
    /// The attempt that told it, from 1; none if none has told anything.
    pub epoch: Option<u32>,
    #[serde(flatten)]
    pub checks: Checks,
}

/// A table that was to be built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelRun {
    pub name: String,
    /// In the project.
    pub file: String,
    #[schema(value_type = String)]
    pub table: TableName,
    pub kind: ModelKind,
    pub status: CheckStatus,
    /// That were written.
    pub rows: Option<u64>,
    pub bytes: Option<u64>,
    /// After the build began.
    pub began_after_milliseconds: u64,
    pub milliseconds: u64,
    /// What was run; none for a seed, and for what did not come to it.
    pub sql: Option<String>,
    /// What went wrong, or what it waited for in vain.
    pub message: Option<String>,
}

/// How a model is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    Seed,
    Table,
    Incremental,
}

/// A query that was to find nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TestRun {
    pub name: String,
    /// The file that says so.
    pub file: String,
    /// The models that it reads.
    pub of: Vec<String>,
    #[schema(value_type = String)]
    pub severity: Severity,
    pub status: CheckStatus,
    /// That it found.
    pub rows: Option<u64>,
    /// After the build began.
    pub began_after_milliseconds: u64,
    pub milliseconds: u64,
    pub sql: Option<String>,
    /// What went wrong, or what it waited for in vain.
    pub message: Option<String>,
    /// The first rows that it found.
    pub bad_rows: Option<BadRows>,
}

/// What became of a model or a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    Passed,
    /// A test found something that only is to be told.
    Warned,
    /// A test found something.
    Failed,
    /// It could not be run.
    Broken,
    /// Something before it did not pass.
    Skipped,
}

/// Rows as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BadRows {
    pub columns: Vec<String>,
    /// The types of the columns; none, if an older version told of the rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Null is no text.
    pub rows: Vec<Vec<Option<String>>>,
}

impl CheckStatus {
    /// Whether what comes after it may go on.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(self, Self::Passed | Self::Warned)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::Broken => "broken",
            Self::Skipped => "skipped",
        }
    }
}

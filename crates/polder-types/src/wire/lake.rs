//! The lake: what steps that write to it and the server say to each other, and what people see of it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{BranchId, PublishId, RunId};
use crate::lake::{BranchName, BranchState, Intent, Line, PublishState, TableFacts, TableName, View};

/// What an attempt's own work needs to know before it writes to the lake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LakeWork {
    /// Where the lake is: `file:///…`, `s3://bucket/folder`.
    pub lake: String,
    /// What it writes to; nobody else does.
    pub branch: BranchName,
    /// The tables as they are for as long as it works.
    pub view: View,
    /// Where tables are made that are not there yet.
    pub root: Line,
    /// What it publishes carries this.
    #[schema(value_type = String)]
    pub publish: PublishId,
    /// An earlier attempt of the same step has decided already what is published: that is completed, and nothing else done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Intent>,
}

/// Asks to publish what an attempt has written, all of it or nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublishRequest {
    pub intent: Intent,
    /// The tables that were read for it.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub reads: Vec<TableName>,
    /// What the tables are like then.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, TableFacts>)]
    pub facts: BTreeMap<TableName, TableFacts>,
}

/// A table, as readers of an environment see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LakeTable {
    /// `schema.table`.
    #[schema(value_type = String)]
    pub name: TableName,
    pub version: u64,
    /// What made it so.
    #[schema(value_type = String)]
    pub publish: PublishId,
    pub published_at: DateTime<Utc>,
    pub created_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunOfPublish>,
    /// None for a table of which nothing was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<TableFacts>,
}

/// A publish in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PublishView {
    #[schema(value_type = String)]
    pub id: PublishId,
    #[schema(value_type = String)]
    pub state: PublishState,
    pub environment: String,
    /// The run and the step that made it; none if a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunOfPublish>,
    /// The publish that this one takes back: it is a roll-back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rolls_back: Option<PublishId>,
    /// The publish that took this one back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rolled_back_by: Option<PublishId>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub tables: Vec<PublishedTable>,
    /// The tables that were read for it.
    #[schema(value_type = Vec<String>)]
    pub reads: Vec<TableName>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunOfPublish {
    pub id: RunId,
    pub team: String,
    pub pipeline: String,
    pub step: String,
    /// The instant that the run is about.
    pub logical_at: DateTime<Utc>,
    /// The day that the run is about, where it is about a whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logical_day: Option<NaiveDate>,
    /// Who asked for the run; none if nobody did, as with a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<String>,
}

/// What a publish did to a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedTable {
    #[schema(value_type = String)]
    pub name: TableName,
    /// None: it made the table.
    pub version_before: Option<u64>,
    pub version: u64,
    /// Rows and bytes in the files that it added.
    pub rows: u64,
    pub bytes: u64,
    /// Of a roll-back, rows in the files that the publish before it had added, and that this one took away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_removed: Option<u64>,
}

/// A branch: what a step wrote before it was published, or that never was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BranchView {
    #[schema(value_type = String)]
    pub id: BranchId,
    pub name: BranchName,
    pub environment: String,
    #[schema(value_type = String)]
    pub state: BranchState,
    pub run: Option<RunId>,
    pub step: Option<String>,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When it was taken from readers; its files go after that.
    pub removed_at: Option<DateTime<Utc>>,
}

/// A table that was written on a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BranchTable {
    /// `schema.table`.
    #[schema(value_type = String)]
    pub name: TableName,
    /// Whether the branch made it: readers of the environment saw no such table then.
    pub made: bool,
    /// The rows that it has there; none if that is not known without reading them.
    pub rows: Option<u64>,
}

/// An environment that began anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentReset {
    pub environment: String,
    /// It is as this one is now.
    pub base: String,
    /// The branch that shows what it was; none if no step had written in it.
    pub before: Option<BranchName>,
}

/// What a vacuum of the lake did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VacuumReport {
    /// Nothing was done: this is what would be.
    pub dry_run: bool,
    /// Branches whose time was over, so that nobody is shown them from now on. Their files go with a later vacuum, when whoever reads
    /// them now is done.
    pub branches_removed: u64,
    /// What was deleted, in all tables.
    pub files: u64,
    pub bytes: u64,
    /// The tables of which something was deleted, and those that were left alone because something is wrong with them.
    pub tables: Vec<VacuumedTable>,
}

/// What a vacuum deleted of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VacuumedTable {
    #[schema(value_type = String)]
    pub name: TableName,
    /// Data files, and logs of branches.
    pub files: u64,
    pub bytes: u64,
    /// Branches whose logs were deleted.
    pub branches: u64,
    /// Why nothing of it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Asks a query of the lake.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SqlRequest {
    /// One query.
    pub sql: String,
    /// `prod` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The id of a run, or the name of a branch: the tables are as they are there, published or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The tables as they were at this time: of each the version that was the newest, as far as this environment or branch knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// No more rows are answered; 10,000 in JSON if left out, otherwise as many as there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rows: Option<u64>,
    /// At most 600; 60 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u64>,
}

/// The rows that a query gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SqlAnswer {
    pub columns: Vec<SqlColumn>,
    /// A list of values for each row, in the order of the columns.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whether there were more rows than were asked for.
    pub truncated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SqlColumn {
    pub name: String,
    pub r#type: String,
}

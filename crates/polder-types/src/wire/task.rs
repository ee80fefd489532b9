//! What Polder's own programs, `polder task …`, are told on standard input.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AttemptKey, ModelsTask, OwnPage, OwnQuestion, SqlTask};
use crate::definition::sync::Sync;
use crate::id::PublishId;
use crate::lake::{BranchName, Intent, Kept, Line, Pin, Published, TableName, View};

/// The exit code that says that others have published meanwhile: in BSD's `sysexits.h` a failure that may pass.
pub const EXIT_CONFLICT: u8 = 75;
/// The exit code that says that tests found something: there, that data is wrong.
pub const EXIT_TESTS: u8 = 65;
/// The exit code that says that what was to be brought in could not be: there, that input is not there or cannot be read.
pub const EXIT_SYNC: u8 = 66;

/// Work of an attempt on a branch of the lake, and by what name to talk to the server about it: `polder task sql` and the like.
#[derive(Clone, Serialize, Deserialize)]
pub struct LakeTask<T> {
    /// Where the server is.
    pub server: String,
    pub key: AttemptKey,
    pub token: String,
    pub team: String,
    pub pipeline: String,
    pub logical_at: DateTime<Utc>,
    pub task: T,
}

/// `polder task sync`.
pub type SyncSpec = LakeTask<Sync>;

/// `polder task sql`.
pub type SqlSpec = LakeTask<SqlTask>;

/// `polder task models`.
pub type ModelsSpec = LakeTask<ModelsTask>;

impl<T> fmt::Debug for LakeTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LakeTask({})", self.key)
    }
}

/// `polder task query`: one query about one view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuerySpec {
    /// Where the lake is.
    pub lake: String,
    pub view: View,
    /// A branch that was made from that view; what it wrote is seen instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<QueryBranch>,
    /// The tables are seen as they were then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    pub sql: String,
    pub format: QueryFormat,
    pub limits: QueryLimits,
}

/// A branch, and the line on which it makes new tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryBranch {
    pub name: BranchName,
    pub root: Line,
}

/// `polder task branch`: which tables a branch has written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BranchSpec {
    /// Where the lake is.
    pub lake: String,
    /// What the branch was made from.
    pub view: View,
    pub branch: QueryBranch,
}

/// `polder task session`: one connection of a client that speaks PostgreSQL's protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionSpec {
    /// Where the lake is.
    pub lake: String,
    /// The environment whose tables are seen.
    pub database: String,
    /// Who asks.
    pub user: String,
    /// What the client has set when it began, such as `application_name`.
    pub settings: BTreeMap<String, String>,
    /// What ends a statement of this session when it is sent on another connection.
    pub key: SessionKey,
    pub limits: QueryLimits,
    /// The longest that a statement may take.
    pub statement_seconds: u64,
    /// The longest that nothing may be asked.
    pub idle_seconds: u64,
    /// The longest that a transaction may see the same view.
    pub view_seconds: u64,
}

/// Names a session to those who may end its statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionKey {
    pub id: i32,
    pub secret: i32,
}

/// What a program that answers queries asks the server meanwhile, a line of JSON each. It is answered in the same order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerQuestion {
    /// What readers see now.
    View,
    /// A page of a table of Polder's own.
    Own(OwnQuestion),
}

/// What the server tells it, a line of JSON each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerWord {
    View {
        view: View,
        /// A branch that was made from that view; what it wrote is seen instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<QueryBranch>,
    },
    Own(OwnPage),
    /// Why what was asked for is not to be had.
    No(String),
    /// End the statement that is being answered, if there is one.
    Cancel,
}

/// `polder task publish`: completes what was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishSpec {
    /// Where the lake is.
    pub lake: String,
    pub intent: Intent,
    pub at: DateTime<Utc>,
}

/// What came of that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishDone {
    Completed,
    /// Somebody who does not go through Polder had written to a table: what was done was taken back. Tables whose logs went on by that are
    /// at these versions, which say what readers saw before.
    Undone(Vec<Published>),
}

/// `polder task vacuum`: deletes what nobody needs any more; the answer is a list of [`VacuumedTable`](super::VacuumedTable).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VacuumSpec {
    /// Where the lake is.
    pub lake: String,
    pub kept: Kept,
    /// Deletes nothing.
    pub dry_run: bool,
}

/// `polder task restore`: makes tables what they were, as something to be published; the answer is a [`PublishRequest`](super::PublishRequest).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestoreSpec {
    /// Where the lake is.
    pub lake: String,
    pub branch: BranchName,
    pub publish: PublishId,
    pub tables: Vec<RestoreTable>,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestoreTable {
    pub table: TableName,
    /// As readers see it now.
    pub from: Pin,
    /// None: to a table without rows.
    pub to: Option<u64>,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueryFormat {
    /// One object: `columns`, `rows`, `truncated`.
    #[default]
    Json,
    /// With a line of names.
    Csv,
    /// An IPC stream, uncompressed.
    Arrow,
}

/// What one query may use. What exceeds it fails, alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryLimits {
    /// Bytes; what is over it goes to disk first.
    pub memory: u64,
    /// Bytes on that disk.
    pub disk: u64,
    pub threads: u32,
    /// No more rows are answered; whether there were more is told.
    pub rows: u64,
}

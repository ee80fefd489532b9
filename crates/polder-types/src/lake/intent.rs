//! A publish, as it is recorded before it is done.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Line, TableName};

/// What a publish is about to do, to be recorded before it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Intent {
    /// Unique for ever; the commits carry it.
    pub publish: String,
    pub tables: Vec<Staged>,
}

/// A table's commit that lies ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Staged {
    #[schema(value_type = String)]
    pub table: TableName,
    /// The branch that it comes from.
    pub from: Line,
    /// The version before, of the line that the branch was made from; none if there was no table.
    pub before: Option<u64>,
    /// The version that it becomes there.
    pub version: u64,
    /// How many rows are in the files that it adds, and how many bytes.
    pub rows: u64,
    pub bytes: u64,
}

/// A table's commit that is in its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    #[schema(value_type = String)]
    pub table: TableName,
    pub line: Line,
    pub version: u64,
}

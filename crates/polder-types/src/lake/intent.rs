//! A publish, as it is recorded before it is done.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Line, Pin, TableName};

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
    /// How many rows were put in, others in their place among them, and how many bytes are in the files that it adds.
    pub rows: u64,
    pub bytes: u64,
}

impl Staged {
    /// Where readers saw it before; none if there was no table.
    #[must_use]
    pub fn pin_before(&self) -> Option<Pin> {
        let (line, _) = self.from.parent()?;
        Some(Pin { line, version: self.before? })
    }

    /// Where readers see it afterwards; none if it comes from no branch.
    #[must_use]
    pub fn pin_after(&self) -> Option<Pin> {
        let (line, _) = self.from.parent()?;
        Some(Pin { line, version: self.version })
    }
}

/// A table's commit that is in its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    #[schema(value_type = String)]
    pub table: TableName,
    pub line: Line,
    pub version: u64,
}

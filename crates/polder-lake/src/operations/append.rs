//! Adds rows.

use deltalake::kernel::Action;
use deltalake::protocol::{DeltaOperation, SaveMode};

use super::{Batches, Note};
use crate::{Result, Table};

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    pub rows: u64,
    pub files: u64,
    /// In the files, compressed.
    pub bytes: u64,
}

impl Table {
    /// Adds rows. Without any there is still a commit if it notes progress.
    ///
    /// # Errors
    /// When rows do not fit the columns, or cannot be written; then nothing was added.
    pub async fn append(self, batches: Batches, note: &Note) -> Result<(Self, Written)> {
        let (adds, rows) = self.write_files(batches).await?;
        let written = Written::of(&adds, rows);
        if adds.is_empty() && note.progress.is_empty() {
            return Ok((self, written));
        }
        let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
        let actions = adds.into_iter().map(Action::Add).collect();
        Ok((self.commit(actions, operation, note).await?, written))
    }
}

impl Written {
    pub(crate) fn of(adds: &[deltalake::kernel::Add], rows: u64) -> Self {
        let bytes = adds.iter().map(|add| u64::try_from(add.size).unwrap_or(0)).sum();
        Self { rows, files: adds.len() as u64, bytes }
    }
}

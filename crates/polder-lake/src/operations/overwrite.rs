//! Replaces all rows, in one commit: a reader sees the old ones or the new ones.

use chrono::{DateTime, Utc};
use deltalake::kernel::{Action, Remove};
use deltalake::protocol::{DeltaOperation, SaveMode};

use super::{Batches, Note, Written};
use crate::{Error, Result, Table};

impl Table {
    /// Replaces all rows by others in the same columns. If those cannot be read to the end, the table stays as it was.
    ///
    /// # Errors
    /// As [`Table::append`].
    pub async fn overwrite(
        self,
        batches: Batches,
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Written)> {
        let (adds, rows) = self.write_files(batches).await?;
        let written = Written::of(&adds, rows);
        let removes = self.remove_all(at)?;
        let actions = removes.into_iter().map(Action::Remove).chain(adds.into_iter().map(Action::Add));
        let operation =
            DeltaOperation::Write { mode: SaveMode::Overwrite, partition_by: None, predicate: None };
        let actions = actions.collect();
        Ok((self.commit(actions, operation, note).await?, written))
    }

    fn remove_all(&self, at: DateTime<Utc>) -> Result<Vec<Remove>> {
        let snapshot = self.delta.snapshot().map_err(Error::delta(&self.name))?;
        let removed = |file: deltalake::kernel::LogicalFileView| {
            let mut remove = file.remove_action(true);
            remove.deletion_timestamp = Some(at.timestamp_millis());
            remove
        };
        Ok(snapshot.log_data().iter().map(removed).collect())
    }
}

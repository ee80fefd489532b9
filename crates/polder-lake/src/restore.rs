//! Goes back to what a table was, as something to be published: readers are switched with all else that goes back.

use deltalake::protocol::DeltaOperation;
use polder_types::lake::TableFacts;

use crate::operations::Note;
use crate::{BranchName, Error, Lake, Occasion, Pin, Result, Staged, TableName};

impl Lake {
    /// Makes a table on a branch what it was at an earlier version of its line, and the commit of it; without a version, a table
    /// without rows. None if it is that already. Nobody sees it yet.
    ///
    /// # Errors
    /// When files of that version are gone; [`Error::BranchUsed`]; [`Error::Conflict`] when others changed the table since `from`.
    pub async fn stage_restore(
        &self,
        table: &TableName,
        from: &Pin,
        to: Option<u64>,
        branch: BranchName,
        occasion: &Occasion,
    ) -> Result<Option<(Staged, TableFacts)>> {
        let then = match to {
            Some(version) => Some(self.table(table, &from.line, Some(version)).await?),
            None => None,
        };
        let line = from.line.fork(branch.clone(), Some(from.version));
        let now = self.table(table, &line, None).await?;
        if now.version() != from.version {
            return Err(Error::BranchUsed { table: table.clone(), branch });
        }
        let actions = now.back_to(then.as_ref(), occasion.at).await?;
        if actions.is_empty() {
            return Ok(None);
        }
        let operation = DeltaOperation::Restore { version: to, datetime: None };
        let back = now.commit(actions, operation, &Note::default()).await?;
        let staged = self.stage(&back, occasion).await?;
        staged.map(|staged| Ok((staged, back.facts()?))).transpose()
    }
}

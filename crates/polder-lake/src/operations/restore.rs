//! Goes back to an older version, by a commit that says so.

use super::Note;
use crate::{Error, Result, Table};

impl Table {
    /// Makes the table what it was at a version of its line.
    ///
    /// # Errors
    /// When files of that version are gone.
    pub async fn restore(mut self, version: u64, note: &Note) -> Result<Self> {
        let restore = self.delta.clone().restore().with_version_to_restore(version);
        let restored = restore.with_commit_properties(note.properties()).await;
        (self.delta, _) = restored.map_err(Error::delta(&self.name))?;
        Ok(self)
    }
}

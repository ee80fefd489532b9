//! Texts that a table carries with it: they are as old as its rows, on every branch and after every restore.

use deltalake::kernel::{Action, MetadataExt};
use deltalake::protocol::DeltaOperation;

use super::Note;
use crate::{Error, Result, Table};

impl Table {
    /// What was noted under a name.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub fn property(&self, name: &str) -> Result<Option<String>> {
        Ok(self.snapshot()?.metadata().configuration().get(name).cloned())
    }

    /// Notes a text under a name, instead of the one before.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub async fn with_property(self, name: &str, value: &str, note: &Note) -> Result<Self> {
        let metadata = self.snapshot()?.metadata().clone();
        let noted = metadata.add_config_key(name.to_owned(), value.to_owned());
        let noted = noted.map_err(|error| Error::log(&self.name, error))?;
        let properties = [(name.to_owned(), value.to_owned())].into();
        self.commit(vec![Action::Metadata(noted)], DeltaOperation::SetTableProperties { properties }, note)
            .await
    }
}

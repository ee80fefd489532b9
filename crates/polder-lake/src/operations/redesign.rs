//! Makes another table of a table: other columns, other folders, another key, and other rows, in one commit.
//!
//! Delta lets a commit that removes all files say anything of what comes after them, so no change of columns is refused. What stays
//! is the table's identity, its name and what else its properties say; what was before can be read at its version.

use chrono::{DateTime, Utc};
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::{Action, Metadata, MetadataExt, StructType, new_metadata};
use deltalake::protocol::{DeltaOperation, SaveMode};

use super::files::{KEY, Layout};
use super::{Batches, Design, Note, Written};
use crate::{Error, Result, Table};

impl Table {
    /// Replaces all rows and the design.
    ///
    /// # Errors
    /// [`Error::Column`] when the design cannot be; [`Error::Unsupported`] when columns are called otherwise in the files; and as
    /// [`Table::append`]. Then the table stays as it was.
    pub async fn redesign(
        self,
        batches: Batches,
        design: &Design,
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Written)> {
        design.check(&self.name)?;
        self.committed_files()?;
        let columns: StructType =
            design.schema.as_ref().try_into_kernel().map_err(|error| Error::log(&self.name, error))?;
        let metadata = self.redesigned(&columns, design)?;
        let layout = if design.key.is_empty() { Layout::PLAIN } else { Layout::KEYED };
        let rows = self.incoming(batches, &design.schema, &design.key)?;
        let (adds, rows) =
            self.write_rows_in(rows, &design.schema, layout, design.partition_by.clone()).await?;
        let written = Written::of(&adds, rows);
        let actions = self.protocol_for(&columns)?.into_iter().chain([Action::Metadata(metadata)]);
        let actions = actions.chain(self.remove_all(at)?.into_iter().map(Action::Remove));
        let actions = actions.chain(adds.into_iter().map(Action::Add)).collect();
        let partition_by = (!design.partition_by.is_empty()).then(|| design.partition_by.clone());
        let operation = DeltaOperation::Write { mode: SaveMode::Overwrite, partition_by, predicate: None };
        Ok((self.commit(actions, operation, note).await?, written))
    }

    fn redesigned(&self, columns: &StructType, design: &Design) -> Result<Metadata> {
        let old = self.snapshot()?.metadata();
        let new = design.properties(&self.name)?;
        let kept = old.configuration().iter().filter(|(name, _)| *name != KEY);
        let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
        let mut properties: std::collections::BTreeMap<String, String> = kept.collect();
        properties.extend(new.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let described = design.description.clone().or_else(|| old.description().map(ToOwned::to_owned));
        let metadata = new_metadata(columns, &design.partition_by, properties)
            .and_then(|metadata| metadata.with_table_id(old.id().to_owned()))
            .and_then(|metadata| metadata.with_name(self.name.table().to_owned()));
        let metadata = match described {
            Some(text) => metadata.and_then(|metadata| metadata.with_description(text)),
            None => metadata,
        };
        metadata.map_err(|error| Error::log(&self.name, error))
    }
}

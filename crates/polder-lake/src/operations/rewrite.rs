//! Writes a data file anew with some rows replaced or left out, in the order that it had.
//!
//! What happens to its groups of rows is said in [`super::row_group`]. Several are worked on at once, and what is held in memory
//! are the encoded groups that are under way, never a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::Add;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;

use super::data_file::{DataFile, Files};
use super::file_writer::FileWriter;
use super::files::Layout;
use super::row_group::Job;
use super::task::spawned;
use crate::Result;

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// By the row at a place among the replacements.
    Replace(u32),
    Remove,
}

/// By group of rows, and by row in it, in their order.
pub(crate) type Edits = BTreeMap<usize, Vec<(u32, Edit)>>;

/// How files are written.
#[derive(Clone)]
pub(crate) struct Manner {
    pub(crate) layout: Layout,
    /// Columns that the log tells about beside the first ones.
    pub(crate) also: Vec<String>,
    pub(crate) at: DateTime<Utc>,
}

impl Files {
    /// The files that hold what is left of one, which stays as it is: none if nothing is left.
    pub(crate) async fn rewrite(
        self: &Arc<Self>,
        file: &DataFile,
        mut edits: Edits,
        replacements: &RecordBatch,
        manner: &Manner,
    ) -> Result<Vec<Add>> {
        let opened = Arc::new(self.open(file, true).await?);
        let mut writer = self.writer(file, manner)?;
        let can_copy = writer.has_columns_of(opened.metadata.metadata());
        let groups = (0..opened.metadata.metadata().num_row_groups()).map(|group| {
            let (files, opened, factory) = (Arc::clone(self), Arc::clone(&opened), writer.factory());
            let (edits, replacements) = (edits.remove(&group), replacements.clone());
            let limit = manner.layout.row_group;
            let job =
                Job { files, opened, group, edits: edits.unwrap_or_default(), replacements, factory, limit };
            spawned(async move { if can_copy { job.copy().await } else { job.encode().await } })
        });
        let groups: Vec<_> = groups.collect();
        let mut groups = futures::stream::iter(groups).buffered(self.threads);
        let (mut adds, mut rows) = (Vec::new(), false);
        while let Some(group) = groups.try_next().await? {
            rows |= writer.put(group).await.map_err(|error| self.unreadable(error))?;
            if writer.written() > 2 * manner.layout.file_size {
                let full = std::mem::replace(&mut writer, self.writer(file, manner)?);
                adds.push(self.finish(full, file, manner).await?);
                rows = false;
            }
        }
        if rows {
            adds.push(self.finish(writer, file, manner).await?);
        }
        Ok(adds)
    }

    fn writer(&self, beside: &DataFile, manner: &Manner) -> Result<FileWriter> {
        let name = format!("part-00000-{}-c000.zstd.parquet", uuid::Uuid::new_v4());
        let mut parts: Vec<_> = beside.location.parts().collect();
        parts.pop();
        parts.push(name.into());
        let location = Path::from_iter(parts);
        let writer =
            FileWriter::new(Arc::clone(&self.store), location, &self.stored, manner.layout.properties());
        writer.map_err(|error| self.unreadable(error))
    }

    async fn finish(&self, writer: FileWriter, like: &DataFile, manner: &Manner) -> Result<Add> {
        let add = writer.finish(&self.stored, manner.layout.indexed, &manner.also, manner.at).await;
        let add = add.map_err(|error| self.unreadable(error))?;
        Ok(Add { partition_values: like.partition.clone(), ..add })
    }
}

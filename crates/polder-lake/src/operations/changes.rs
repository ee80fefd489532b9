//! Files that come and go, until they are committed together.

use std::sync::Arc;

use deltalake::arrow::array::RecordBatch;
use deltalake::kernel::{Action, Add, Remove};
use object_store::ObjectStoreExt;

use super::data_file::{DataFile, Files, Origin};
use super::rewrite::{Edits, Manner};
use crate::{Error, Result, Table};

/// What a table's files are to be. Nobody sees any of it before it is committed.
pub(crate) struct Changes<'a> {
    pub(crate) table: &'a Table,
    pub(crate) files: Arc<Files>,
    pub(crate) manner: Manner,
    /// Those that were there in the order of the log, but for the ones that are removed, and then those that were written.
    current: Vec<Option<DataFile>>,
    /// How many were there.
    before: usize,
    removes: Vec<Remove>,
    /// Files that were written and are not needed after all.
    garbage: Vec<DataFile>,
}

impl<'a> Changes<'a> {
    pub(crate) fn new(table: &'a Table, files: Arc<Files>, manner: Manner) -> Result<Self> {
        let current: Vec<_> = table.committed_files()?.into_iter().map(Some).collect();
        let (before, removes, garbage) = (current.len(), Vec::new(), Vec::new());
        Ok(Self { table, files, manner, current, before, removes, garbage })
    }

    /// By place. The places of files that are in the log are those that they have there.
    pub(crate) fn current(&self) -> impl Iterator<Item = (usize, &DataFile)> {
        self.current.iter().enumerate().filter_map(|(place, file)| Some((place, file.as_ref()?)))
    }

    pub(crate) fn file(&self, place: usize) -> Option<&DataFile> {
        self.current.get(place)?.as_ref()
    }

    /// Whether the log knows the file at a place.
    pub(crate) fn is_committed(&self, place: usize) -> bool {
        place < self.before
    }

    /// Puts in the place of a file what is left of it after edits.
    pub(crate) async fn rewrite(
        &mut self,
        place: usize,
        edits: Edits,
        replacements: &RecordBatch,
    ) -> Result<()> {
        let Some(file) = self.current[place].clone() else { return Ok(()) };
        let files = Arc::clone(&self.files);
        let stored = files.stored.fields().iter().map(|field| files.schema.index_of(field.name()));
        let stored = stored.collect::<Result<Vec<_>, _>>().map_err(|error| files.wrong(error))?;
        let replacements = replacements.project(&stored).map_err(|error| files.wrong(error))?;
        let adds = files.rewrite(&file, edits, &replacements, &self.manner).await?;
        self.remove(place);
        self.add(adds);
        Ok(())
    }

    pub(crate) fn add(&mut self, adds: Vec<Add>) {
        self.current.extend(adds.into_iter().map(|add| Some(DataFile::new(add))));
    }

    pub(crate) fn remove(&mut self, place: usize) {
        let Some(file) = self.current[place].take() else { return };
        match file.origin {
            Origin::Committed(remove) => {
                let at = Some(self.manner.at.timestamp_millis());
                self.removes.push(Remove { deletion_timestamp: at, ..*remove });
            }
            Origin::New(_) => self.garbage.push(file),
        }
    }

    /// What is to be committed, and the bytes of the files that come.
    pub(crate) async fn end(self) -> (Vec<Action>, u64) {
        for file in &self.garbage {
            // Nothing refers to it; vacuuming finds it if this fails.
            let _ = self.files.store.delete(&file.location).await;
        }
        let adds = self.current.into_iter().flatten().filter_map(|file| match file.origin {
            Origin::New(add) => Some(*add),
            Origin::Committed(_) => None,
        });
        let adds: Vec<_> = adds.collect();
        let bytes = adds.iter().map(|add| u64::try_from(add.size).unwrap_or(0)).sum();
        let removes = self.removes.into_iter().map(Action::Remove);
        (removes.chain(adds.into_iter().map(Action::Add)).collect(), bytes)
    }
}

impl Table {
    /// Says how files of this table are written.
    pub(crate) fn manner(&self, at: chrono::DateTime<chrono::Utc>) -> Result<Manner> {
        Ok(Manner { layout: self.layout()?, also: self.key()?.unwrap_or_default(), at })
    }

    pub(crate) fn failed(&self, error: deltalake::DeltaTableError) -> Error {
        Error::delta(&self.name)(error)
    }
}

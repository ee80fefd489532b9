//! Writes rows by key: a row whose key is there replaces it, any other is added.
//!
//! What it costs grows with the files that are touched, not with the table:
//!
//! 1. Rows that come in are sorted by key (what does not fit into memory goes to a temporary folder), and of each key the last one
//!    stays. They are worked off in chunks of some 64 MiB.
//! 2. The log tells between which keys each file lies; files in which no key of the chunk can be are not opened.
//! 3. Of the others the keys are read, and only those of the groups of rows in which a key can be.
//! 4. A file that holds one of the keys is rewritten in its order; groups of rows without one are copied undecoded. Rows whose keys
//!    are nowhere go to new files, sorted. So files of a table that is written by key lie between narrow bounds, and stay so.
//! 5. Small files are joined as described in [`super::compact`].
//! 6. All of it is one commit.

mod bounds;
mod find;
mod incoming;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::array::{BooleanArray, Scalar, UInt32Array};
use deltalake::arrow::compute::kernels::cmp::not_distinct;
use deltalake::arrow::compute::{and, take_record_batch};
use deltalake::datafile::writer::DeltaWriter;
use deltalake::kernel::{Action, Add, MetadataExt, Remove};
use deltalake::protocol::{DeltaOperation, MergePredicate};
use futures::{StreamExt, TryStreamExt};

use self::bounds::Bounds;
use self::find::{Hit, find};
use self::incoming::{Chunk, Incoming};
use super::data_file::{DataFile, Files, Origin};
use super::files::{KEY, Layout};
use super::key::Key;
use super::rewrite::{Edit, Edits, Manner};
use super::task::{at_once, spawned};
use super::{Batches, Note};
use crate::{Error, Result, Table};

/// What an upsert did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upserted {
    pub inserted: u64,
    pub updated: u64,
    /// Rows that came in and were replaced by another one of the same key that came with them.
    pub duplicates: u64,
    /// Rows that the table had beside another one of the same key, and that are gone now: only keys that came in are looked at.
    pub surplus: u64,
    pub files_read: u64,
    pub files_rewritten: u64,
    /// Of what was written, compressed.
    pub bytes: u64,
}

impl Table {
    /// Writes rows by key, given by its columns. Of several rows with one key, the one with the largest `cursor` counts, or the
    /// last one if they are the same or no column is the cursor. Afterwards there is one row of each key that came in. In a table
    /// that is cut into folders a row moves, if it is in another folder now.
    ///
    /// # Errors
    /// [`Error::NullKey`]; when rows do not fit the columns; when others changed the table meanwhile. Then nothing was changed.
    pub async fn upsert(
        self,
        batches: Batches,
        key: &[String],
        cursor: Option<&str>,
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Upserted)> {
        let files = Arc::new(self.files()?);
        let columns = Arc::new(Key::new(&self.name, &files.schema, key)?);
        let mut incoming = Incoming::new(&self.name, &files.schema, &columns, cursor, batches)?;
        let layout = Layout { indexed: self.layout()?.indexed, ..Layout::KEYED };
        let manner = Manner { layout, also: key.to_vec(), at };
        let mut upsert = Upsert::new(&self, files, columns, manner)?;
        while let Some(chunk) = incoming.next().await? {
            upsert.apply(Arc::new(chunk)).await?;
        }
        upsert.close().await?;
        upsert.report.duplicates = incoming.duplicates;
        let (actions, report) = upsert.end().await;
        if actions.is_empty() && note.progress.is_empty() {
            return Ok((self, report));
        }
        let actions = self.known_key(key)?.into_iter().chain(actions).collect();
        Ok((self.commit(actions, merge(key), note).await?, report))
    }

    /// Notes the key in the table's properties, unless it has one.
    fn known_key(&self, key: &[String]) -> Result<Option<Action>> {
        if self.key()?.is_some() {
            return Ok(None);
        }
        let text = serde_json::to_string(key).map_err(|error| Error::log(&self.name, error))?;
        let snapshot = self.delta.snapshot().map_err(Error::delta(&self.name))?;
        let noted = snapshot.metadata().clone().add_config_key(KEY.to_owned(), text);
        Ok(Some(Action::Metadata(noted.map_err(|error| Error::log(&self.name, error))?)))
    }
}

/// In Delta's words.
fn merge(key: &[String]) -> DeltaOperation {
    let same: Vec<_> = key.iter().map(|column| format!("target.{column} = source.{column}")).collect();
    let does = |what: &str| vec![MergePredicate { action_type: what.to_owned(), predicate: None }];
    DeltaOperation::Merge {
        predicate: None,
        merge_predicate: Some(same.join(" AND ")),
        matched_predicates: does("UPDATE"),
        not_matched_predicates: does("INSERT"),
        not_matched_by_source_predicates: Vec::new(),
    }
}

/// An upsert under way.
struct Upsert<'a> {
    table: &'a Table,
    files: Arc<Files>,
    key: Arc<Key>,
    manner: Manner,
    /// What the log says of the first of the current files.
    bounds: Bounds,
    /// Those that were there in the order of the log, and then those that chunks before wrote.
    current: Vec<Option<DataFile>>,
    /// How many were there.
    before: usize,
    removes: Vec<Remove>,
    inserts: Option<DeltaWriter>,
    inserted: Vec<Add>,
    /// Files that were written and are not needed after all.
    garbage: Vec<DataFile>,
    report: Upserted,
}

/// What became of a row that comes in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its key was not found.
    New,
    /// It took the place of the old one.
    InPlace,
    /// The old one is gone, and it belongs into another folder.
    Moved,
}

impl<'a> Upsert<'a> {
    fn new(table: &'a Table, files: Arc<Files>, key: Arc<Key>, manner: Manner) -> Result<Self> {
        let current: Vec<_> = table.committed_files()?.into_iter().map(Some).collect();
        Ok(Self {
            table,
            files,
            bounds: Bounds::of_files(table, &key)?,
            key,
            manner,
            before: current.len(),
            current,
            removes: Vec::new(),
            inserts: None,
            inserted: Vec::new(),
            garbage: Vec::new(),
            report: Upserted::default(),
        })
    }

    async fn apply(&mut self, chunk: Arc<Chunk>) -> Result<()> {
        let mut fates = vec![Fate::New; chunk.batch.num_rows()];
        let mut found = futures::stream::iter(self.searches(&chunk)).buffered(at_once());
        while let Some((index, hits)) = found.try_next().await? {
            self.report.files_read += 1;
            if !hits.is_empty() {
                self.rewrite(index, &hits, &chunk, &mut fates).await?;
            }
        }
        self.insert(&chunk, &fates).await
    }

    /// Looks for the keys of a chunk in each file where they can be.
    fn searches(
        &self,
        chunk: &Arc<Chunk>,
    ) -> Vec<impl Future<Output = Result<(usize, Vec<Hit>)>> + Send + 'static> {
        let may_hold = |index: usize| index >= self.before || self.bounds.may_hold(index, &chunk.columns);
        let current = self.current.iter().enumerate();
        let candidates = current.filter_map(|(index, file)| Some((index, file.clone()?)));
        let candidates = candidates.filter(|(index, _)| may_hold(*index));
        let search = |(index, file): (usize, DataFile)| {
            let (files, key, chunk) = (Arc::clone(&self.files), Arc::clone(&self.key), Arc::clone(chunk));
            spawned(async move { Ok((index, find(&files, &key, &file, &chunk).await?)) })
        };
        candidates.map(search).collect()
    }

    async fn rewrite(&mut self, index: usize, hits: &[Hit], chunk: &Chunk, fates: &mut [Fate]) -> Result<()> {
        let Some(file) = self.current[index].take() else { return Ok(()) };
        let edits = self.edits(&file, hits, chunk, fates)?;
        let stored: Vec<_> = self.files.stored.fields().iter().collect();
        let stored = stored.into_iter().map(|field| self.files.schema.index_of(field.name()));
        let stored: Vec<_> = stored.collect::<Result<_, _>>().map_err(|error| self.files.wrong(error))?;
        let replacements = chunk.batch.project(&stored).map_err(|error| self.files.wrong(error))?;
        let adds = self.files.rewrite(&file, edits, &replacements, &self.manner).await?;
        self.current.extend(adds.into_iter().map(|add| Some(DataFile::new(add))));
        self.report.files_rewritten += 1;
        self.remove(file);
        Ok(())
    }

    fn remove(&mut self, file: DataFile) {
        match file.origin {
            Origin::Committed(remove) => {
                let at = Some(self.manner.at.timestamp_millis());
                self.removes.push(Remove { deletion_timestamp: at, ..*remove });
            }
            Origin::New(_) => self.garbage.push(file),
        }
    }

    /// What becomes of the rows of a file, and of those that come in for them.
    fn edits(&mut self, file: &DataFile, hits: &[Hit], chunk: &Chunk, fates: &mut [Fate]) -> Result<Edits> {
        let belongs = self.belongs(file, chunk)?;
        let mut edits = Edits::new();
        for hit in hits {
            let fate = &mut fates[hit.place as usize];
            let is_first = *fate == Fate::New;
            let stays = belongs.as_ref().is_none_or(|belongs| belongs.value(hit.place as usize));
            let edit = if is_first && stays { Edit::Replace(hit.place) } else { Edit::Remove };
            if is_first {
                *fate = if stays { Fate::InPlace } else { Fate::Moved };
            } else {
                self.report.surplus += 1;
            }
            edits.entry(hit.row_group).or_default().push((hit.row, edit));
        }
        Ok(edits)
    }

    /// Which rows that come in belong into the folder of a file; none if there are no folders.
    fn belongs(&self, file: &DataFile, chunk: &Chunk) -> Result<Option<BooleanArray>> {
        let mut all: Option<BooleanArray> = None;
        for column in &self.files.partitions {
            let value = Scalar::new(self.files.partition_value(file, column, 1)?);
            let Some(values) = chunk.batch.column_by_name(column) else { continue };
            let same = not_distinct(values, &value).map_err(|error| self.files.wrong(error))?;
            all = Some(match all {
                None => same,
                Some(before) => and(&before, &same).map_err(|error| self.files.wrong(error))?,
            });
        }
        Ok(all)
    }

    /// Writes the rows that took no place.
    async fn insert(&mut self, chunk: &Chunk, fates: &[Fate]) -> Result<()> {
        let count = |which: Fate| fates.iter().filter(|fate| **fate == which).count() as u64;
        let (new, moved) = (count(Fate::New), count(Fate::Moved));
        self.report.inserted += new;
        self.report.updated += moved + count(Fate::InPlace);
        if new + moved == 0 {
            return Ok(());
        }
        let places = (0..).zip(fates).filter(|(_, fate)| **fate != Fate::InPlace).map(|(place, _)| place);
        let rows = take_record_batch(&chunk.batch, &UInt32Array::from_iter_values(places));
        let rows = rows.map_err(|error| self.files.wrong(error))?;
        let mut writer = match self.inserts.take() {
            Some(writer) => writer,
            None => self.table.file_writer(&self.files.schema, self.manner.layout)?,
        };
        writer.write(&rows).await.map_err(Error::delta(&self.table.name))?;
        self.inserts = Some(writer);
        // Each folder has a file open, and there may be many.
        if self.files.partitions.is_empty() { Ok(()) } else { self.close().await }
    }

    async fn close(&mut self) -> Result<()> {
        if let Some(writer) = self.inserts.take() {
            self.inserted.extend(writer.close().await.map_err(Error::delta(&self.table.name))?);
        }
        Ok(())
    }

    /// What is to be committed.
    async fn end(mut self) -> (Vec<Action>, Upserted) {
        for file in &self.garbage {
            // It is vacuumed else.
            let _ = object_store::ObjectStoreExt::delete(&self.files.store, &file.location).await;
        }
        let rewritten = self.current.into_iter().flatten().filter_map(|file| match file.origin {
            Origin::New(add) => Some(*add),
            Origin::Committed(_) => None,
        });
        let adds: Vec<_> = rewritten.chain(self.inserted).collect();
        self.report.bytes = adds.iter().map(|add| u64::try_from(add.size).unwrap_or(0)).sum();
        let removes = self.removes.into_iter().map(Action::Remove);
        (removes.chain(adds.into_iter().map(Action::Add)).collect(), self.report)
    }
}

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

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::array::{BooleanArray, Scalar, UInt32Array};
use deltalake::arrow::compute::kernels::cmp::not_distinct;
use deltalake::arrow::compute::{and, take_record_batch};
use deltalake::datafile::writer::DeltaWriter;
use deltalake::kernel::{Action, MetadataExt};
use deltalake::protocol::{DeltaOperation, MergePredicate};
use futures::{StreamExt, TryStreamExt};

use super::bounds::Bounds;
use super::changes::Changes;
use super::compact::worth_joining;
use super::data_file::{DataFile, Files};
use super::files::{KEY, Layout};
use super::find::{Hit, find};
use super::incoming::{Chunk, Incoming, Wins};
use super::key::Key;
use super::rewrite::{Edit, Edits, Manner};
use super::task::spawned;
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
    /// Small files that were made into larger ones.
    pub files_joined: u64,
    /// That were written, and their bytes, compressed.
    pub files_written: u64,
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
        self.write_by_key(batches, key, Wins::New { cursor }, at, note).await
    }

    /// Adds the rows whose keys are not there, of several with one key the first one. The others are counted as duplicates.
    ///
    /// # Errors
    /// As [`Table::upsert`].
    pub async fn insert_missing(
        self,
        batches: Batches,
        key: &[String],
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Upserted)> {
        self.write_by_key(batches, key, Wins::Old, at, note).await
    }

    async fn write_by_key(
        self,
        batches: Batches,
        key: &[String],
        wins: Wins<'_>,
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Upserted)> {
        let files = Arc::new(self.files()?);
        let columns = Arc::new(Key::new(&self.name, &files.schema, key)?);
        let batches = self.storable(batches, &files.schema);
        let mut incoming = Incoming::new(&self, &files.schema, &columns, wins, batches)?;
        let layout = Layout { indexed: self.layout()?.indexed, ..Layout::KEYED };
        let manner = Manner { layout, also: key.to_vec(), at };
        let mut upsert = Upsert::new(&self, files, columns, manner)?;
        upsert.keeps_old = wins == Wins::Old;
        while let Some(chunk) = incoming.next().await? {
            upsert.apply(Arc::new(chunk)).await?;
        }
        upsert.report.duplicates += incoming.duplicates;
        let (actions, report) = upsert.end(key).await?;
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
        let snapshot = self.snapshot()?;
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
    changes: Changes<'a>,
    key: Arc<Key>,
    /// What the log says of the files that it has.
    bounds: Bounds,
    inserts: Option<DeltaWriter>,
    /// Whether rows that are there stay as they are.
    keeps_old: bool,
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
    /// The old one stays.
    Dropped,
}

impl<'a> Upsert<'a> {
    fn new(table: &'a Table, files: Arc<Files>, key: Arc<Key>, manner: Manner) -> Result<Self> {
        let bounds = Bounds::of_files(table, &key)?;
        let changes = Changes::new(table, files, manner)?;
        Ok(Self { changes, key, bounds, inserts: None, keeps_old: false, report: Upserted::default() })
    }

    async fn apply(&mut self, chunk: Arc<Chunk>) -> Result<()> {
        let mut fates = vec![Fate::New; chunk.batch.num_rows()];
        let mut found = futures::stream::iter(self.searches(&chunk)).buffered(self.changes.files.threads);
        while let Some((place, hits)) = found.try_next().await? {
            self.report.files_read += 1;
            if hits.is_empty() {
                continue;
            }
            if self.keeps_old {
                hits.iter().for_each(|hit| fates[hit.place as usize] = Fate::Dropped);
                continue;
            }
            let edits = self.edits(place, &hits, &chunk, &mut fates)?;
            self.changes.rewrite(place, edits, &chunk.batch).await?;
            self.report.files_rewritten += 1;
        }
        self.insert(&chunk, &fates).await
    }

    /// Looks for the keys of a chunk in each file where they can be.
    fn searches(
        &self,
        chunk: &Arc<Chunk>,
    ) -> Vec<impl Future<Output = Result<(usize, Vec<Hit>)>> + Send + 'static> {
        let may_hold =
            |place: usize| !self.changes.is_committed(place) || self.bounds.may_hold(place, &chunk.columns);
        let candidates = self.changes.current().filter(|(place, _)| may_hold(*place));
        let search = |(place, file): (usize, &DataFile)| {
            let (files, key, file) = (Arc::clone(&self.changes.files), Arc::clone(&self.key), file.clone());
            let chunk = Arc::clone(chunk);
            spawned(async move { Ok((place, find(&files, &key, &file, &chunk).await?)) })
        };
        candidates.map(search).collect()
    }

    /// What becomes of the rows of a file, and of those that come in for them.
    fn edits(&mut self, place: usize, hits: &[Hit], chunk: &Chunk, fates: &mut [Fate]) -> Result<Edits> {
        let file = self.changes.file(place);
        let belongs = file.map(|file| self.belongs(file, chunk)).transpose()?.flatten();
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
        for column in &self.changes.files.partitions {
            let value = Scalar::new(self.changes.files.partition_value(file, column, 1)?);
            let Some(values) = chunk.batch.column_by_name(column) else { continue };
            let same = not_distinct(values, &value).map_err(|error| self.changes.files.wrong(error))?;
            all = Some(match all {
                None => same,
                Some(before) => and(&before, &same).map_err(|error| self.changes.files.wrong(error))?,
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
        self.report.duplicates += count(Fate::Dropped);
        if new + moved == 0 {
            return Ok(());
        }
        let places = (0..).zip(fates).filter(|(_, fate)| matches!(fate, Fate::New | Fate::Moved));
        let places = places.map(|(place, _)| place);
        let rows = take_record_batch(&chunk.batch, &UInt32Array::from_iter_values(places));
        let rows = rows.map_err(|error| self.changes.files.wrong(error))?;
        let mut writer = match self.inserts.take() {
            Some(writer) => writer,
            None => self.changes.table.file_writer(&self.changes.files.schema, self.changes.manner.layout)?,
        };
        writer.write(&rows).await.map_err(|error| self.changes.table.failed(error))?;
        self.inserts = Some(writer);
        // Each folder has a file open, and there may be many.
        if self.changes.files.partitions.is_empty() { Ok(()) } else { self.close().await }
    }

    async fn close(&mut self) -> Result<()> {
        if let Some(writer) = self.inserts.take() {
            self.changes.add(writer.close().await.map_err(|error| self.changes.table.failed(error))?);
        }
        Ok(())
    }

    /// Joins small files, and says what is to be committed.
    async fn end(mut self, key: &[String]) -> Result<(Vec<Action>, Upserted)> {
        self.close().await?;
        if self.report.inserted + self.report.updated > 0 {
            for group in worth_joining(&self.changes.places(), self.changes.manner.layout.file_size) {
                self.report.files_joined += group.len() as u64;
                self.changes.join(&group, key).await?;
            }
        }
        let (actions, bytes) = self.changes.end().await;
        let files_written = actions.iter().filter(|action| matches!(action, Action::Add(_))).count() as u64;
        Ok((actions, Upserted { files_written, bytes, ..self.report }))
    }
}

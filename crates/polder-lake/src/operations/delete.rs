//! Deletes rows: those for which a condition is true, or those of some keys.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::array::RecordBatch;
use deltalake::protocol::DeltaOperation;

use super::bounds::Bounds;
use super::changes::Changes;
use super::find::find;
use super::incoming::{Chunk, Incoming, Wins};
use super::key::Key;
use super::predicate::{Found, Predicate};
use super::rewrite::{Edit, Edits};
use super::{Batches, Note};
use crate::{Result, Table};

/// What a delete did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deleted {
    /// None if a file that went as a whole does not tell how many it had.
    pub rows: Option<u64>,
    /// Files that held some of them, and are gone or were written anew.
    pub files: u64,
    /// Of what was written anew, compressed.
    pub bytes: u64,
}

impl Table {
    /// Deletes the rows for which a condition in SQL is true. Files in which all rows go are not read, if their folder tells.
    ///
    /// # Errors
    /// [`crate::Error::Query`] when it is no condition on the table's columns; when others changed the table meanwhile.
    pub async fn delete(self, predicate: &str, at: DateTime<Utc>, note: &Note) -> Result<(Self, Deleted)> {
        let predicate = Predicate::new(predicate, &self.schema()?)?;
        let mut changes = Changes::new(&self, Arc::new(self.files()?), self.manner(at)?)?;
        let done = changes.delete(&predicate).await?;
        self.deleted(changes.end().await, done, Some(predicate.sql), note).await
    }

    /// Deletes the rows whose keys are given, in batches of the columns of the key. Keys that the table has not are passed over.
    ///
    /// # Errors
    /// [`crate::Error::NullKey`], and as [`Table::delete`].
    pub async fn delete_keys(
        self,
        keys: Batches,
        key: &[String],
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Deleted)> {
        let files = Arc::new(self.files()?);
        let columns = Key::new(&self.name, &files.schema, key)?.schema();
        let encoder = Arc::new(Key::new(&self.name, &columns, key)?);
        let mut incoming = Incoming::new(&self, &columns, &encoder, Wins::New { cursor: None }, keys)?;
        let bounds = Bounds::of_files(&self, &encoder)?;
        let mut changes = Changes::new(&self, files, self.manner(at)?)?;
        let mut done = Deleted { rows: Some(0), ..Deleted::default() };
        while let Some(chunk) = incoming.next().await? {
            changes.delete_chunk(&encoder, &bounds, &chunk, &mut done).await?;
        }
        self.deleted(changes.end().await, done, None, note).await
    }

    async fn deleted(
        &self,
        (actions, bytes): (Vec<deltalake::kernel::Action>, u64),
        done: Deleted,
        predicate: Option<String>,
        note: &Note,
    ) -> Result<(Self, Deleted)> {
        let done = Deleted { bytes, ..done };
        if actions.is_empty() && note.progress.is_empty() {
            return Ok((self.clone(), done));
        }
        let operation = DeltaOperation::Delete { predicate };
        Ok((self.clone().commit(actions, operation, note).await?, done))
    }
}

impl Changes<'_> {
    /// Takes away all rows for which a condition is true.
    pub(crate) async fn delete(&mut self, predicate: &Predicate) -> Result<Deleted> {
        let may_hold = predicate.candidates(self.table)?;
        let places = self.current().map(|(place, _)| place);
        let candidates: Vec<_> = places.filter(|place| may_hold.get(*place) != Some(&false)).collect();
        let mut done = Deleted { rows: Some(0), ..Deleted::default() };
        for place in candidates {
            let Some(file) = self.file(place).cloned() else { continue };
            match predicate.find(&self.files, &file).await? {
                Found::All => {
                    done.rows = done.rows.zip(file.rows).map(|(before, rows)| before + rows);
                    self.remove(place);
                }
                Found::Some(rows) if rows.is_empty() => continue,
                Found::Some(rows) => {
                    done.rows = done.rows.map(|before| before + rows.len() as u64);
                    self.remove_rows(place, rows).await?;
                }
            }
            done.files += 1;
        }
        Ok(done)
    }

    async fn delete_chunk(
        &mut self,
        key: &Key,
        bounds: &Bounds,
        chunk: &Chunk,
        done: &mut Deleted,
    ) -> Result<()> {
        let may_hold = |place: usize| !self.is_committed(place) || bounds.may_hold(place, &chunk.columns);
        let candidates: Vec<_> =
            self.current().map(|(place, _)| place).filter(|place| may_hold(*place)).collect();
        for place in candidates {
            let Some(file) = self.file(place).cloned() else { continue };
            let hits = find(&self.files, key, &file, chunk).await?;
            if hits.is_empty() {
                continue;
            }
            done.rows = done.rows.map(|before| before + hits.len() as u64);
            done.files += 1;
            self.remove_rows(place, hits.iter().map(|hit| (hit.row_group, hit.row)).collect()).await?;
        }
        Ok(())
    }

    pub(crate) async fn remove_rows(&mut self, place: usize, rows: Vec<(usize, u32)>) -> Result<()> {
        let mut edits = Edits::new();
        for (group, row) in rows {
            edits.entry(group).or_default().push((row, Edit::Remove));
        }
        let nothing = RecordBatch::new_empty(Arc::clone(&self.files.schema));
        self.rewrite(place, edits, &nothing).await
    }
}

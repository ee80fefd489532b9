//! Replaces rows, all or some, in one commit: a reader sees the old ones or the new ones.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::kernel::{Action, Remove};
use deltalake::protocol::{DeltaOperation, SaveMode};
use futures::StreamExt;

use super::changes::Changes;
use super::columns::conform;
use super::predicate::Predicate;
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

    /// Replaces the rows of the folders that the new rows belong to, and leaves the others; all rows if there are no folders.
    ///
    /// # Errors
    /// As [`Table::append`].
    pub async fn overwrite_partitions(
        self,
        batches: Batches,
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Written)> {
        let (adds, rows) = self.write_files(batches).await?;
        let written = Written::of(&adds, rows);
        let mut changes = Changes::new(&self, Arc::new(self.files()?), self.manner(at)?)?;
        let folders: Vec<_> = adds.iter().map(|add| add.partition_values.clone()).collect();
        let replaced = changes.current().filter(|(_, file)| folders.contains(&file.partition));
        let replaced: Vec<_> = replaced.map(|(place, _)| place).collect();
        replaced.into_iter().for_each(|place| changes.remove(place));
        changes.add(adds);
        self.replace(changes, None, note).await.map(|table| (table, written))
    }

    /// Replaces the rows for which a condition in SQL is true. It must be true for the new rows too, so that the same again changes
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Query`] when it is no condition on the table's columns; [`Error::Outside`]; and as [`Table::append`].
    pub async fn overwrite_where(
        self,
        batches: Batches,
        predicate: &str,
        at: DateTime<Utc>,
        note: &Note,
    ) -> Result<(Self, Written)> {
        let predicate = Arc::new(Predicate::new(predicate, &self.schema()?)?);
        let inside = self.all_inside(batches, &predicate)?;
        let (adds, rows) = self.write_files(inside).await?;
        let written = Written::of(&adds, rows);
        let mut changes = Changes::new(&self, Arc::new(self.files()?), self.manner(at)?)?;
        changes.delete(&predicate).await?;
        changes.add(adds);
        self.replace(changes, Some(predicate.sql.clone()), note).await.map(|table| (table, written))
    }

    async fn replace(&self, changes: Changes<'_>, predicate: Option<String>, note: &Note) -> Result<Self> {
        let (actions, _) = changes.end().await;
        let operation = DeltaOperation::Write { mode: SaveMode::Overwrite, partition_by: None, predicate };
        self.clone().commit(actions, operation, note).await
    }

    /// The rows, in the table's columns, until one comes for which the condition is not true.
    fn all_inside(&self, batches: Batches, predicate: &Arc<Predicate>) -> Result<Batches> {
        let (table, to, predicate) = (self.name.clone(), self.schema()?, Arc::clone(predicate));
        let schema = Arc::clone(&to);
        let checked = batches.stream.map(move |batch| {
            let batch = conform(&table, &batch?, &to)?;
            let outside = batch.num_rows() - predicate.rows(&table, &batch)?.true_count();
            if outside == 0 {
                return Ok(batch);
            }
            let (table, predicate) = (table.clone(), predicate.sql.clone());
            Err(Error::Outside { table, predicate, rows: outside as u64 })
        });
        Ok(Batches::new(schema, checked))
    }

    pub(crate) fn remove_all(&self, at: DateTime<Utc>) -> Result<Vec<Remove>> {
        let snapshot = self.snapshot()?;
        let removed = |file: deltalake::kernel::LogicalFileView| {
            let mut remove = file.remove_action(true);
            remove.deletion_timestamp = Some(at.timestamp_millis());
            remove
        };
        Ok(snapshot.log_data().iter().map(removed).collect())
    }
}

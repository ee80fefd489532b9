//! Rows that come from outside: the table grows to hold them, and remembers how far its source was read.

use deltalake::arrow::datatypes::SchemaRef;
use polder_types::lake::Descriptions;

use super::{Effect, Work};
use crate::operations::{Batches, Design, Note};
use crate::{Error, Kind, Result, Table, TableName};

/// How rows come into a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    /// They are added.
    Append,
    /// They are all there is then.
    Overwrite,
    /// Each takes the place of the one with its key; of several that come in, the one with the largest cursor.
    Upsert { key: Vec<String>, cursor: Option<String> },
}

impl Work {
    /// What was [noted](Work::remember) with a table as the view has it, or as it is now on the branch; none if there is no table.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub async fn remembered(&self, table: &TableName, name: &str) -> Result<Option<String>> {
        match self.find(table).await? {
            Some(table) => table.property(name),
            None => Ok(None),
        }
    }

    /// Whether the view or the branch has a table of this name.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub async fn is_there(&self, table: &TableName) -> Result<bool> {
        Ok(self.find(table).await?.is_some())
    }

    /// Whether all that was in a table was taken back by rolling back its first publish: who writes it begins anew.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub async fn is_taken_back(&self, table: &TableName) -> Result<bool> {
        self.find(table).await?.map_or(Ok(false), |table| table.is_taken_back())
    }

    /// The columns of a table as the view has it, or as it is now on the branch; none if there is no table.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub async fn columns(&self, table: &TableName) -> Result<Option<SchemaRef>> {
        self.find(table).await?.map(|table| table.schema()).transpose()
    }

    /// Whether there is, or could be made, room for these columns. Writes nothing.
    ///
    /// # Errors
    /// As [`Work::make_room`].
    pub async fn has_room(&self, table: &TableName, columns: &SchemaRef) -> Result<()> {
        self.find(table).await?.map_or(Ok(()), |table| table.can_hold(columns))
    }

    /// Makes a table that has these columns, or gives it those that it has not. A new one has rows in the order of the key.
    ///
    /// # Errors
    /// [`Error::Column`] when one is there that cannot hold what is to come; [`Error::BranchUsed`].
    pub async fn make_room(&mut self, table: &TableName, columns: &SchemaRef, how: &Landing) -> Result<()> {
        self.start()?;
        let made = match self.find(table).await? {
            Some(table) => table.evolve(columns, self.base.at, &self.base.note).await?.0,
            None => self.make(table, &design(columns, how)).await?,
        };
        self.is_unfinished = false;
        self.keep(made);
        Ok(())
    }

    /// The same for rows that are to replace all that the table has: what it holds does not bind its types, and is gone then.
    ///
    /// # Errors
    /// When the columns cannot be stored; [`Error::BranchUsed`].
    pub async fn make_room_anew(
        &mut self,
        table: &TableName,
        columns: &SchemaRef,
        how: &Landing,
    ) -> Result<()> {
        let Some(found) = self.find(table).await? else { return self.make_room(table, columns, how).await };
        self.start()?;
        let made = found.evolve_anew(columns, self.base.at, &self.base.note).await?;
        self.is_unfinished = false;
        self.keep(made);
        Ok(())
    }

    /// Brings rows into a table that has room for them. If the rows themselves cannot be read to the end ([`Error::Source`]), the
    /// table is as it was, and it may be tried again.
    ///
    /// # Errors
    /// As the operations of [`Table`]; after any other than [`Error::Source`] the work is over.
    pub async fn land(&mut self, table: &TableName, rows: Batches, how: &Landing) -> Result<Effect> {
        self.start()?;
        let table = self.table(table).await?;
        let (at, note) = (self.base.at, &self.base.note);
        let landed = match how {
            Landing::Append => self.appended(table, rows).await,
            Landing::Overwrite => {
                let name = table.name.clone();
                let effect = |written| Effect::written(Kind::Overwrite, &name, written);
                table.overwrite(rows, at, note).await.map(|(table, written)| (table, effect(written)))
            }
            Landing::Upsert { key, cursor } => self.upserted(table, rows, key, cursor.as_deref()).await,
        };
        self.is_unfinished = landed.as_ref().is_err_and(|error| !is_of_source(error));
        let (table, effect) = landed?;
        self.keep(table);
        self.count(&effect);
        Ok(effect)
    }

    /// Says what a table and its columns are for.
    ///
    /// # Errors
    /// When there is no such table.
    pub async fn describe(&mut self, table: &TableName, texts: &Descriptions) -> Result<()> {
        let table = self.table(table).await?;
        let version = table.version();
        let described = table.described(texts, &self.base.note).await?;
        // What is as it was is not published for that.
        if described.version() > version {
            self.keep(described);
        }
        Ok(())
    }

    /// Notes a text with a table, published with its rows and taken back with them. `progress` is a number that grows each time, for
    /// those who know Delta's `txn`.
    ///
    /// # Errors
    /// When there is no such table.
    pub async fn remember(&mut self, table: &TableName, name: &str, text: &str, progress: i64) -> Result<()> {
        let note = Note { progress: [(name.to_owned(), progress)].into(), ..self.base.note.clone() };
        let noted: Table = self.table(table).await?.with_property(name, text, &note).await?;
        self.keep(noted);
        Ok(())
    }
}

fn design(columns: &SchemaRef, how: &Landing) -> Design {
    let mut design = Design::new(columns.clone());
    if let Landing::Upsert { key, .. } = how {
        design.key.clone_from(key);
    }
    design
}

/// Whether it is the rows that could not be had; what worked on them may have put that into errors of its own.
fn is_of_source(error: &Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if matches!(error.downcast_ref::<Error>(), Some(Error::Source(_))) {
            return true;
        }
        next = error.source();
    }
    false
}

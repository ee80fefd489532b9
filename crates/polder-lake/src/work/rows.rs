//! Writing rows that a program has, without SQL.

use super::{Effect, Work};
use crate::operations::{Batches, Design, Evolved};
use crate::{Result, Table, TableName};
use deltalake::arrow::datatypes::SchemaRef;

impl Work {
    /// Adds rows to a table, which is made by a design if it is not there. Otherwise it keeps its own.
    ///
    /// # Errors
    /// As [`Table::append`] and [`crate::Lake::create`]; after any the work is over.
    pub async fn append(&mut self, table: &TableName, rows: Batches, design: &Design) -> Result<Effect> {
        self.start()?;
        let effect = async {
            let table = self.found_or_made(table, design).await?;
            self.appended(table, rows).await
        };
        let done = Box::pin(effect).await;
        self.kept(done)
    }

    /// Replaces all rows of a table, or, if it is cut into folders, those of the folders that rows come for.
    ///
    /// # Errors
    /// As [`Work::append`].
    pub async fn overwrite(&mut self, table: &TableName, rows: Batches, design: &Design) -> Result<Effect> {
        self.start()?;
        let effect = async {
            let table = self.found_or_made(table, design).await?;
            self.overwritten(table, rows).await
        };
        let done = Box::pin(effect).await;
        self.kept(done)
    }

    /// Makes a table hold these rows and have their columns, whatever was there before.
    ///
    /// # Errors
    /// When the columns cannot be stored; as [`Work::append`].
    pub async fn replace(&mut self, table: &TableName, rows: Batches) -> Result<Effect> {
        self.start()?;
        let done = Box::pin(self.replaced_by(table, rows)).await;
        self.finish(done)
    }

    /// Writes rows by the key of the design, see [`Table::upsert`].
    ///
    /// # Errors
    /// As [`Table::upsert`] and [`Work::append`].
    pub async fn upsert(
        &mut self,
        table: &TableName,
        rows: Batches,
        design: &Design,
        cursor: Option<&str>,
    ) -> Result<Effect> {
        self.start()?;
        let effect = async {
            let table = self.found_or_made(table, design).await?;
            self.upserted(table, rows, &design.key, cursor).await
        };
        let done = Box::pin(effect).await;
        self.kept(done)
    }

    /// Makes a table that is there hold rows of other columns, see [`Table::evolve`]; none if there is no such table.
    ///
    /// # Errors
    /// As there; after any the work is over.
    pub async fn evolve(&mut self, table: &TableName, to: &SchemaRef) -> Result<Option<Evolved>> {
        self.start()?;
        let Some(found) = self.find(table).await? else {
            self.is_unfinished = false;
            return Ok(None);
        };
        let (table, evolved) = Box::pin(found.evolve(to, self.base.at, &self.base.note)).await?;
        self.keep(table);
        self.is_unfinished = false;
        Ok(Some(evolved))
    }

    async fn found_or_made(&self, table: &TableName, design: &Design) -> Result<Table> {
        match self.find(table).await? {
            Some(table) => Ok(table),
            None => self.make(table, design).await,
        }
    }

    fn kept(&mut self, done: Result<(Table, Effect)>) -> Result<Effect> {
        let effect = done.map(|(table, effect)| {
            self.keep(table);
            effect
        });
        self.finish(effect)
    }
}

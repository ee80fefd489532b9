//! The tables that a work writes: branched or made when they are first written, and known to it from then on.

use std::sync::Arc;

use super::Work;
use crate::operations::Design;
use crate::session::Entry;
use crate::{Error, Result, Table, TableName};

impl Work {
    /// The name as it is known: names that differ only in case are the same.
    pub(super) fn known_as(&self, name: &TableName) -> TableName {
        if self.known.contains_key(name) {
            return name.clone();
        }
        let key = name.key();
        let known = self.known.keys().find(|known| known.key() == key);
        known.unwrap_or(name).clone()
    }

    /// A table on its branch; none if there is no such table.
    ///
    /// # Errors
    /// [`Error::BranchUsed`] when somebody wrote to that branch before.
    pub(super) async fn find(&self, name: &TableName) -> Result<Option<Table>> {
        let name = self.known_as(name);
        if let Some(table) = self.written.get(&name) {
            return Ok(Some(table.clone()));
        }
        let Some(pin) = self.base.view.get(&name) else { return Ok(None) };
        let line = pin.line.fork(self.base.branch.clone(), Some(pin.version));
        let table = self.lake.table(&name, &line, None).await?;
        if table.version() == pin.version { Ok(Some(table)) } else { Err(self.used(&name)) }
    }

    /// # Errors
    /// [`Error::NoTable`], and as [`Work::find`].
    pub(super) async fn table(&self, name: &TableName) -> Result<Table> {
        let missing = || Error::NoTable { table: name.clone(), line: self.base.root.clone() };
        self.find(name).await?.ok_or_else(missing)
    }

    /// A new table, without rows.
    ///
    /// # Errors
    /// When its design cannot be, and as [`Work::find`].
    pub(super) async fn make(&self, name: &TableName, design: &Design) -> Result<Table> {
        let line = self.base.root.fork(self.base.branch.clone(), None);
        match self.lake.create(name, &line, design, &self.base.note).await {
            Err(Error::TableExists { .. }) => Err(self.used(name)),
            made => made,
        }
    }

    /// What follows reads the table as it is now.
    pub(super) fn keep(&mut self, table: Table) {
        self.known.insert(table.name.clone(), Arc::new(Entry::loaded(&table)));
        self.written.insert(table.name.clone(), table);
    }

    fn used(&self, table: &TableName) -> Error {
        Error::BranchUsed { table: table.clone(), branch: self.base.branch.clone() }
    }
}

//! A table, as it is on a line at a version.

use std::collections::BTreeSet;

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::table::state::DeltaTableState;
use deltalake::{DeltaTable, DeltaTableError};
use futures::TryStreamExt;
use object_store::path::Path;

use crate::BranchName;
use crate::{Error, Lake, Line, Result, TableName};

/// See the head of this file. Operations take it and give the table after them.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) lake: Lake,
    pub(crate) name: TableName,
    pub(crate) line: Line,
    pub(crate) delta: DeltaTable,
}

impl Lake {
    /// A table on a line: at a version, or the newest one.
    ///
    /// # Errors
    /// [`Error::NoTable`], or [`Error::NoVersion`].
    pub async fn table(&self, name: &TableName, line: &Line, version: Option<u64>) -> Result<Table> {
        let mut table = self.unloaded(name, line)?;
        let loaded = match version {
            Some(version) => table.delta.load_version(version).await,
            None => table.delta.load().await,
        };
        match loaded {
            Ok(()) => Ok(table),
            Err(error) => Err(self.missing(name, line, version, error).await),
        }
    }

    pub(crate) fn unloaded(&self, name: &TableName, line: &Line) -> Result<Table> {
        let delta = DeltaTable::new(self.log_store(name, line)?);
        Ok(Table { lake: self.clone(), name: name.clone(), line: line.clone(), delta })
    }

    /// Which of "no table" and "no version" it is, or what else went wrong.
    async fn missing(
        &self,
        name: &TableName,
        line: &Line,
        version: Option<u64>,
        error: DeltaTableError,
    ) -> Error {
        let Ok(store) = self.log_store(name, line) else { return Error::delta(name)(error) };
        match (store.is_delta_table_location().await, version) {
            (Ok(false), _) => Error::NoTable { table: name.clone(), line: line.clone() },
            (Ok(true), Some(version)) if is_missing(&error) => {
                Error::NoVersion { table: name.clone(), line: line.clone(), version }
            }
            _ => Error::delta(name)(error),
        }
    }

    /// The tables that the folder holds on the main line, in the order of their names; what is not a table's folder is passed over.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn tables(&self) -> Result<Vec<TableName>> {
        let mut found = Vec::new();
        for name in self.table_folders().await? {
            let log = self.log_store(&name, &Line::main())?;
            if log.is_delta_table_location().await.map_err(Error::delta(&name))? {
                found.push(name);
            }
        }
        Ok(found)
    }

    /// The folders that may be tables, whatever is in them, in the order of their names.
    pub(crate) async fn table_folders(&self) -> Result<BTreeSet<TableName>> {
        let mut found = BTreeSet::new();
        for schema in self.folders(&self.root()).await? {
            for folder in self.folders(&schema).await? {
                let names = (schema.filename(), folder.filename());
                let (Some(schema), Some(table)) = names else { continue };
                found.extend(TableName::new(schema, table));
            }
        }
        Ok(found)
    }

    async fn folders(&self, folder: &Path) -> Result<Vec<Path>> {
        Ok(self.store().list_with_delimiter(Some(folder)).await?.common_prefixes)
    }

    /// Removes the log of a branch of a table. Its data files stay until they are vacuumed: the main line may have taken them over.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn remove_branch(&self, table: &TableName, branch: &BranchName) -> Result<()> {
        let folder = crate::log::branch_folder(&self.folder(table), branch);
        let files = self.store().list(Some(&folder)).map_ok(|meta| meta.location);
        self.store().delete_stream(Box::pin(files)).try_collect::<Vec<_>>().await?;
        Ok(())
    }
}

fn is_missing(error: &DeltaTableError) -> bool {
    match error {
        DeltaTableError::InvalidVersion(_) | DeltaTableError::NotATable(_) => true,
        DeltaTableError::KernelError(error) => error.to_string().contains("version"),
        _ => false,
    }
}

impl Table {
    #[must_use]
    pub fn name(&self) -> &TableName {
        &self.name
    }

    #[must_use]
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// The version that it is at.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.delta.version().expect("a loaded table has a version")
    }

    /// The columns, in order.
    ///
    /// # Errors
    /// When its log says something that cannot be a schema.
    pub fn schema(&self) -> Result<SchemaRef> {
        Ok(self.snapshot()?.snapshot().arrow_schema())
    }

    /// The same table on a branch of its line that is made at this version. Nothing is copied or written.
    ///
    /// # Errors
    /// When the table cannot be read there.
    pub async fn branch(&self, branch: BranchName) -> Result<Self> {
        let line = self.line.fork(branch, Some(self.version()));
        self.lake.table(&self.name, &line, None).await
    }

    /// What the log says of it at its version.
    pub(crate) fn snapshot(&self) -> Result<&DeltaTableState> {
        self.delta.snapshot().map_err(Error::delta(&self.name))
    }

    /// What Delta itself offers for a table.
    #[must_use]
    pub fn delta(&self) -> &DeltaTable {
        &self.delta
    }
}

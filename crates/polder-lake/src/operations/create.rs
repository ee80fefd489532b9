//! Makes a table.

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::{StructField, StructType};
use deltalake::operations::create::CreateBuilder;

use super::Note;
use super::files::KEY;
use super::key::Key;
use crate::{Error, Lake, Line, Result, Table, TableName};

/// Properties of every table. A summary of the log every ten entries keeps opening quick. Old entries are Polder's to clean up:
/// a branch may still need them, which other writers cannot know.
const PROPERTIES: [(&str, &str); 2] =
    [("delta.checkpointInterval", "10"), ("delta.enableExpiredLogCleanup", "false")];

/// What a new table is to be.
#[derive(Debug, Clone)]
pub struct Design {
    pub schema: SchemaRef,
    /// The columns whose values are folders; few values each, or none.
    pub partition_by: Vec<String>,
    /// The columns that say together which row is which, or none. Rows are kept in their order.
    pub key: Vec<String>,
    /// What readers in general are told of it.
    pub description: Option<String>,
}

impl Design {
    #[must_use]
    pub fn new(schema: SchemaRef) -> Self {
        Self { schema, partition_by: Vec::new(), key: Vec::new(), description: None }
    }
}

impl Design {
    /// What the table says of itself.
    pub(crate) fn properties(&self, table: &TableName) -> Result<Vec<(&'static str, String)>> {
        let mut properties = PROPERTIES.map(|(name, value)| (name, value.to_owned())).to_vec();
        if !self.key.is_empty() {
            let key = serde_json::to_string(&self.key).map_err(|error| Error::log(table, error))?;
            properties.push((KEY, key));
        }
        Ok(properties)
    }

    /// # Errors
    /// [`Error::Column`] when the columns that it names are not there, or cannot be what they are to be.
    pub(crate) fn check(&self, table: &TableName) -> Result<()> {
        if !self.key.is_empty() {
            Key::new(table, &self.schema, &self.key)?;
        }
        if let Some(unknown) =
            self.partition_by.iter().find(|column| self.schema.column_with_name(column).is_none())
        {
            return Err(Error::column(
                table,
                unknown,
                "it is to name folders, and the table has no such column",
            ));
        }
        if !self.schema.fields().is_empty() && self.partition_by.len() >= self.schema.fields().len() {
            return Err(Error::column(
                table,
                "*",
                "not all columns can name folders: nothing would be in them",
            ));
        }
        Ok(())
    }
}

impl Lake {
    /// Makes an empty table on a line.
    ///
    /// # Errors
    /// [`Error::TableExists`]; columns that Delta cannot hold.
    pub async fn create(&self, name: &TableName, line: &Line, design: &Design, note: &Note) -> Result<Table> {
        design.check(name)?;
        let log_store = self.log_store(name, line)?;
        if log_store.is_delta_table_location().await.map_err(Error::delta(name))? {
            return Err(Error::TableExists { table: name.clone(), line: line.clone() });
        }
        let columns: StructType =
            design.schema.as_ref().try_into_kernel().map_err(|error| Error::log(name, error))?;
        let builder = CreateBuilder::new()
            .with_log_store(log_store)
            .with_table_name(name.table())
            .with_columns(columns.fields().cloned().collect::<Vec<StructField>>())
            .with_partition_columns(design.partition_by.clone())
            .with_configuration(design.properties(name)?.into_iter().map(|(name, value)| (name, Some(value))))
            // Not all of them are Delta's.
            .with_raise_if_key_not_exists(false)
            .with_commit_properties(note.properties());
        let builder = match &design.description {
            Some(description) => builder.with_comment(description),
            None => builder,
        };
        let delta = builder.await.map_err(Error::delta(name))?;
        Ok(Table { lake: self.clone(), name: name.clone(), line: line.clone(), delta })
    }
}

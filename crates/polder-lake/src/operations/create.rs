//! Makes a table.

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::{StructField, StructType};
use deltalake::operations::create::CreateBuilder;

use super::Note;
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
    /// What readers in general are told of it.
    pub description: Option<String>,
}

impl Design {
    #[must_use]
    pub fn new(schema: SchemaRef) -> Self {
        Self { schema, partition_by: Vec::new(), description: None }
    }
}

impl Lake {
    /// Makes an empty table on a line.
    ///
    /// # Errors
    /// [`Error::TableExists`]; columns that Delta cannot hold.
    pub async fn create(&self, name: &TableName, line: &Line, design: &Design, note: &Note) -> Result<Table> {
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
            .with_configuration(PROPERTIES.map(|(name, value)| (name, Some(value))))
            .with_commit_properties(note.properties());
        let builder = match &design.description {
            Some(description) => builder.with_comment(description),
            None => builder,
        };
        let delta = builder.await.map_err(Error::delta(name))?;
        Ok(Table { lake: self.clone(), name: name.clone(), line: line.clone(), delta })
    }
}

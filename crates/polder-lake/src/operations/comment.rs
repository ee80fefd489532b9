//! What a table and its columns are for, in words, where every reader of Delta finds it.

use std::sync::Arc;

use deltalake::arrow::datatypes::{Field, Schema};
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::{Action, Metadata, MetadataExt, StructType};
use deltalake::protocol::DeltaOperation;
use polder_types::lake::Descriptions;

use super::{COMMENT, Note};
use crate::{Error, Result, Table};

impl Table {
    /// Says what the table and its columns are for. What is not described keeps what was said of it; columns that are not there are
    /// passed over.
    ///
    /// # Errors
    /// When the log cannot be read or written.
    pub async fn described(self, texts: &Descriptions, note: &Note) -> Result<Self> {
        let old = self.snapshot()?.metadata().clone();
        let new = self.with_texts(old.clone(), texts)?;
        if new == old {
            return Ok(self);
        }
        let operation = DeltaOperation::UpdateFieldMetadata { fields: Vec::new() };
        self.commit(vec![Action::Metadata(new)], operation, note).await
    }

    fn with_texts(&self, metadata: Metadata, texts: &Descriptions) -> Result<Metadata> {
        let wrong = |error| Error::log(&self.name, error);
        let schema = self.schema()?;
        let fields = schema.fields().iter().map(|field| Arc::new(with_text(field, texts)));
        let columns: StructType = (&Schema::new(fields.collect::<Vec<_>>()))
            .try_into_kernel()
            .map_err(|error| Error::log(&self.name, error))?;
        let metadata = metadata.with_schema(&columns).map_err(wrong)?;
        match &texts.table {
            Some(text) => metadata.with_description(text.clone()).map_err(wrong),
            None => Ok(metadata),
        }
    }
}

fn with_text(field: &Field, texts: &Descriptions) -> Field {
    let text = texts.columns.iter().find(|(name, _)| name.eq_ignore_ascii_case(field.name()));
    let mut said = field.metadata().clone();
    said.extend(text.map(|(_, text)| (COMMENT.to_owned(), text.clone())));
    field.clone().with_metadata(said)
}

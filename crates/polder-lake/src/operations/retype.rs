//! Gives the columns of a table other types, for rows that replace all that there are: what a table holds cannot stand in their way.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::datatypes::{Schema, SchemaRef};

use super::evolve::{Fit, as_stored, fit};
use super::{Batches, Design, Note};
use crate::{Result, Table};

impl Table {
    /// As [`Table::evolve`]. If a column would have to become something else, it is that then, and the table is empty.
    ///
    /// # Errors
    /// When the columns cannot be stored.
    pub async fn evolve_anew(self, to: &SchemaRef, at: DateTime<Utc>, note: &Note) -> Result<Self> {
        let table = match self.retyped(&as_stored(&self, to)?)? {
            Some(schema) => self.emptied(schema, at, note).await?,
            None => self,
        };
        Ok(table.evolve(to, at, note).await?.0)
    }

    /// The columns with the types that they cannot become, if there is one.
    fn retyped(&self, to: &Schema) -> Result<Option<SchemaRef>> {
        let (mut fields, mut is_other) = (self.schema()?.fields().to_vec(), false);
        for field in &mut fields {
            let Ok(wanted) = to.field_with_name(field.name()) else { continue };
            if fit(field.data_type(), wanted.data_type()) == Fit::Other {
                *field = Arc::new(wanted.clone().with_nullable(true));
                is_other = true;
            }
        }
        Ok(is_other.then(|| Arc::new(Schema::new(fields))))
    }

    async fn emptied(self, schema: SchemaRef, at: DateTime<Utc>, note: &Note) -> Result<Self> {
        let partition_by = self.snapshot()?.metadata().partition_columns().to_vec();
        let key = self.key()?.unwrap_or_default();
        let none = Batches::new(Arc::clone(&schema), futures::stream::empty());
        let design = Design { partition_by, key, ..Design::new(schema) };
        Ok(self.redesign(none, &design, at, note).await?.0)
    }
}

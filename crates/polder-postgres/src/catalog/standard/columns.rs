//! `information_schema.columns`: the columns of all tables, looked up when it is read.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use deltalake::arrow::datatypes::{DataType, Field, SchemaRef};
use deltalake::datafusion::catalog::{CatalogProvider, CatalogProviderList, SchemaProvider};
use deltalake::datafusion::error::Result;
use deltalake::datafusion::execution::{SendableRecordBatchStream, TaskContext};
use deltalake::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::datafusion::physical_plan::streaming::PartitionStream;

use super::kinds::Kind;
use crate::catalog::empty;

/// As PostgreSQL has them, in the same order. What has no value here has none there for such columns either.
const LISTED: &str = "table_catalog table_schema table_name column_name ordinal_position:i column_default is_nullable \
    data_type character_maximum_length:i character_octet_length:i numeric_precision:i numeric_precision_radix:i \
    numeric_scale:i datetime_precision:i interval_type interval_precision:i character_set_catalog \
    character_set_schema character_set_name collation_catalog collation_schema collation_name domain_catalog \
    domain_schema domain_name udt_catalog udt_schema udt_name scope_catalog scope_schema scope_name \
    maximum_cardinality:i dtd_identifier is_self_referencing is_identity identity_generation identity_start \
    identity_increment identity_maximum identity_minimum identity_cycle is_generated generation_expression \
    is_updatable";

#[derive(Debug, Clone)]
pub(super) struct Columns {
    listed: SchemaRef,
    catalogs: Arc<dyn CatalogProviderList>,
    database: String,
}

struct Column {
    database: String,
    schema: String,
    table: String,
    field: Arc<Field>,
    /// Counted from one.
    place: usize,
    kind: Kind,
}

impl Columns {
    pub(super) fn new(catalogs: &Arc<dyn CatalogProviderList>, database: &str) -> Self {
        let (catalogs, database) = (Arc::clone(catalogs), database.to_owned());
        Self { listed: empty::listed(LISTED), catalogs, database }
    }

    pub(super) fn listed(&self) -> SchemaRef {
        Arc::clone(&self.listed)
    }

    async fn rows(self) -> Result<RecordBatch> {
        let all = match self.catalogs.catalog(&self.database) {
            Some(catalog) => self.all(&*catalog).await?,
            None => Vec::new(),
        };
        let values = self.listed.fields().iter().map(|field| values(field, &all));
        Ok(RecordBatch::try_new(Arc::clone(&self.listed), values.collect())?)
    }

    async fn all(&self, catalog: &dyn CatalogProvider) -> Result<Vec<Column>> {
        let mut all = Vec::new();
        for name in catalog.schema_names() {
            if let Some(schema) = catalog.schema(&name) {
                all.extend(self.of_schema(&name, &*schema).await?);
            }
        }
        Ok(all)
    }

    async fn of_schema(&self, name: &str, schema: &dyn SchemaProvider) -> Result<Vec<Column>> {
        let mut all = Vec::new();
        for table in schema.table_names() {
            let Some(found) = schema.table(&table).await? else { continue };
            all.extend(found.schema().fields().iter().zip(1..).map(|(field, place)| Column {
                database: self.database.clone(),
                schema: name.to_owned(),
                table: table.clone(),
                kind: Kind::of(field),
                field: Arc::clone(field),
                place,
            }));
        }
        Ok(all)
    }
}

impl PartitionStream for Columns {
    fn schema(&self) -> &SchemaRef {
        &self.listed
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = futures::stream::once(self.clone().rows());
        Box::pin(RecordBatchStreamAdapter::new(self.listed(), rows))
    }
}

fn values(of: &Field, all: &[Column]) -> ArrayRef {
    match of.data_type() {
        DataType::Int32 => Arc::new(all.iter().map(|one| one.number(of.name())).collect::<Int32Array>()),
        _ => Arc::new(all.iter().map(|one| one.text(of.name())).collect::<StringArray>()),
    }
}

impl Column {
    fn text(&self, of: &str) -> Option<String> {
        Some(match of {
            "table_catalog" | "udt_catalog" => self.database.clone(),
            "table_schema" => self.schema.clone(),
            "table_name" => self.table.clone(),
            "column_name" => self.field.name().clone(),
            "is_nullable" => if self.field.is_nullable() { "YES" } else { "NO" }.to_owned(),
            "data_type" => self.kind.in_words().to_owned(),
            "udt_schema" => crate::catalog::SYSTEM.to_owned(),
            "udt_name" => self.kind.name().to_owned(),
            "dtd_identifier" => self.place.to_string(),
            "is_generated" => "NEVER".to_owned(),
            "is_self_referencing" | "is_identity" | "identity_cycle" | "is_updatable" => "NO".to_owned(),
            _ => return None,
        })
    }

    fn number(&self, of: &str) -> Option<i32> {
        match of {
            "ordinal_position" => i32::try_from(self.place).ok(),
            "character_octet_length" => self.kind.bytes(),
            "numeric_precision" => self.kind.digits()?.count,
            "numeric_precision_radix" => Some(self.kind.digits()?.radix),
            "numeric_scale" => self.kind.digits()?.behind_point,
            "datetime_precision" => self.kind.of_seconds(),
            _ => None,
        }
    }
}

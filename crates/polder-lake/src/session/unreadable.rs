//! Tables that cannot be opened: what lists all tables goes on without their columns, and a query that names one is told why.

use std::sync::Arc;

use async_trait::async_trait;
use deltalake::arrow::datatypes::{Schema, SchemaRef};
use deltalake::datafusion::catalog::{Session, TableProvider};
use deltalake::datafusion::error::{DataFusionError, Result};
use deltalake::datafusion::execution::SessionState;
use deltalake::datafusion::logical_expr::{Expr, TableType};
use deltalake::datafusion::physical_plan::ExecutionPlan;
use deltalake::datafusion::sql::parser::Statement;

/// A table of which nothing is known but why.
#[derive(Debug)]
struct Unreadable(Arc<DataFusionError>);

/// The table, or one that stands for it.
pub(super) fn shown(opened: Result<Arc<dyn TableProvider>>) -> Arc<dyn TableProvider> {
    opened.unwrap_or_else(|error| Arc::new(Unreadable(Arc::new(error))))
}

/// Looks whether all tables that a statement names can be read.
pub(super) async fn refuse(state: &SessionState, statement: &Statement) -> Result<()> {
    let catalog = &state.config_options().catalog;
    for named in state.resolve_table_references(statement)? {
        let named = named.resolve(&catalog.default_catalog, &catalog.default_schema);
        let tables = state.catalog_list().catalog(&named.catalog);
        let Some(schema) = tables.and_then(|tables| tables.schema(&named.schema)) else { continue };
        let table = schema.table(&named.table).await?;
        if let Some(unreadable) = table.as_deref().and_then(|table| table.downcast_ref::<Unreadable>()) {
            return Err(unreadable.reason());
        }
    }
    Ok(())
}

impl Unreadable {
    fn reason(&self) -> DataFusionError {
        DataFusionError::Shared(Arc::clone(&self.0))
    }
}

#[async_trait]
impl TableProvider for Unreadable {
    fn schema(&self) -> SchemaRef {
        Arc::new(Schema::empty())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        _: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Err(self.reason())
    }
}

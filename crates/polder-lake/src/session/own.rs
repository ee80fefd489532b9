//! Polder's own tables beside those of a view: the schema `polder`, whose rows are asked of whoever has them, while a query reads.

mod filter;
mod stream;

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use deltalake::datafusion::catalog::{CatalogProvider, SchemaProvider, Session, TableProvider};
use deltalake::datafusion::error::{DataFusionError, Result};
use deltalake::datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use deltalake::datafusion::physical_plan::ExecutionPlan;
use deltalake::datafusion::physical_plan::streaming::StreamingTableExec;
use polder_types::wire::{OwnColumn, OwnKind, OwnPage, OwnQuestion, OwnTable};

use self::stream::Pages;
use super::{past, unreadable};
use crate::operations::COMMENT;

/// Who has the rows.
#[async_trait]
pub trait OwnSource: Debug + Send + Sync {
    /// A page of them, or why there is none.
    async fn page(&self, question: OwnQuestion) -> Result<OwnPage, String>;
}

/// A catalog with that schema in it.
#[derive(Debug)]
pub(super) struct WithOwn {
    pub(super) tables: Arc<dyn CatalogProvider>,
    pub(super) own: Arc<OwnSchema>,
}

#[derive(Debug)]
pub(super) struct OwnSchema {
    pub(super) source: Arc<dyn OwnSource>,
    /// All that is seen is to be of an earlier time. That is not kept here.
    pub(super) is_past: bool,
}

/// One of them.
#[derive(Debug)]
struct Own {
    table: OwnTable,
    schema: SchemaRef,
    source: Arc<dyn OwnSource>,
}

impl CatalogProvider for WithOwn {
    fn schema_names(&self) -> Vec<String> {
        let mut names = self.tables.schema_names();
        names.push(OwnTable::SCHEMA.to_owned());
        names
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        if name.eq_ignore_ascii_case(OwnTable::SCHEMA) {
            return Some(Arc::clone(&self.own) as Arc<dyn SchemaProvider>);
        }
        self.tables.schema(name)
    }
}

#[async_trait]
impl SchemaProvider for OwnSchema {
    fn table_names(&self) -> Vec<String> {
        OwnTable::ALL.map(|table| table.name().to_owned()).to_vec()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let (name, past) = past::split(name);
        let Some(table) = named(name) else { return Ok(None) };
        if self.is_past || past.is_some() {
            let message = format!("`{table}` shows what is now: how that was is not kept");
            return Ok(Some(unreadable::shown(Err(DataFusionError::Plan(message)))));
        }
        let source = Arc::clone(&self.source);
        Ok(Some(Arc::new(Own { table, schema: schema(table), source })))
    }

    fn table_exist(&self, name: &str) -> bool {
        named(past::split(name).0).is_some()
    }
}

fn named(name: &str) -> Option<OwnTable> {
    OwnTable::ALL.into_iter().find(|table| table.name().eq_ignore_ascii_case(name))
}

#[async_trait]
impl TableProvider for Own {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // They narrow what is asked for, and are looked at again in what comes.
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let of = filter::of(self.table, filters);
        let (schema, source) = (self.schema(), Arc::clone(&self.source));
        let pages = Arc::new(Pages { table: self.table, of, schema: Arc::clone(&schema), source });
        // Not all of what comes may fit the filters: a limit is for what does.
        let limit = limit.filter(|_| filters.is_empty());
        let plan = StreamingTableExec::try_new(schema, vec![pages], projection, None, false, limit)?;
        Ok(Arc::new(plan))
    }
}

/// The columns, as the fields of the rows.
fn schema(table: OwnTable) -> SchemaRef {
    let comment = |column: &OwnColumn| HashMap::from([(COMMENT.to_owned(), column.description.to_owned())]);
    let field = |column: &OwnColumn| {
        Field::new(column.name, data_type(column.kind), column.nullable).with_metadata(comment(column))
    };
    Arc::new(Schema::new(table.columns().iter().map(field).collect::<Vec<_>>()))
}

fn data_type(kind: OwnKind) -> DataType {
    match kind {
        OwnKind::Text => DataType::Utf8,
        OwnKind::Integer => DataType::Int32,
        OwnKind::BigInteger => DataType::Int64,
        OwnKind::Number => DataType::Float64,
        OwnKind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        OwnKind::Day => DataType::Date32,
    }
}

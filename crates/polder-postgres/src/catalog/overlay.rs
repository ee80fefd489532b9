//! The system's schema: the library's tables, with what it lacks, and without what is not so here.

use std::sync::Arc;

use async_trait::async_trait;
use deltalake::arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::datafusion::catalog::{SchemaProvider, TableProvider};
use deltalake::datafusion::datasource::{MemTable, ViewTable, provider_as_source};
use deltalake::datafusion::error::Result;
use deltalake::datafusion::logical_expr::{Expr, LogicalPlanBuilder, TableType, cast, col, lit};
use deltalake::datafusion::scalar::ScalarValue;

use super::cursors::Cursors;
use super::known::Known;
use super::{empty, functions};
use crate::settings;

#[derive(Debug)]
pub(super) struct Overlay {
    pub(super) library: Arc<dyn SchemaProvider>,
    pub(super) database: String,
    pub(super) cursors: Cursors,
    pub(super) known: Known,
}

#[async_trait]
impl SchemaProvider for Overlay {
    fn table_names(&self) -> Vec<String> {
        let mut names = self.library.table_names();
        names.extend(empty::names().map(str::to_owned));
        names
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(columns) = empty::columns(name) {
            return self.unknown(name, columns).map(Some);
        }
        let Some(found) = self.library.table(name).await? else { return Ok(None) };
        match name.to_ascii_lowercase().as_str() {
            "pg_aggregate" => without_numbers(found),
            "pg_class" => self.classes(found),
            "pg_attribute" => self.attributes(found),
            "pg_database" => self.databases(found),
            "pg_description" => self.descriptions(found),
            "pg_settings" => settings_of(&found.schema()),
            _ => Ok(found),
        }
        .map(Some)
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        Ok(self.table_exist(name).then_some(TableType::Base))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.library.table_exist(name) || empty::columns(name).is_some()
    }
}

impl Overlay {
    /// What the library does not know.
    fn unknown(&self, name: &str, columns: SchemaRef) -> Result<Arc<dyn TableProvider>> {
        if name.eq_ignore_ascii_case("pg_cursors") {
            self.cursors.table(columns)
        } else {
            held(columns, None)
        }
    }

    /// With what PostgreSQL has beside it. How many rows a table has is not known: 0 would say that it is empty.
    fn classes(&self, found: Arc<dyn TableProvider>) -> Result<Arc<dyn TableProvider>> {
        let nothing = || cast(lit(ScalarValue::Null), DataType::Utf8);
        let more = ["relacl", "reloptions"].map(|name| nothing().alias(name));
        changed("pg_class", found, |name| (name == "reltuples").then(|| lit(-1.0)), more)
    }

    /// With the digits of decimal numbers.
    fn attributes(&self, found: Arc<dyn TableProvider>) -> Result<Arc<dyn TableProvider>> {
        let number = |name| cast(col(name), DataType::Int64);
        let modifier = functions::modifier(&self.known).call(vec![number("attrelid"), number("attnum")]);
        changed("pg_attribute", found, |name| (name == "atttypmod").then(|| modifier.clone()), [])
    }

    /// Without the one that the library adds: it cannot be connected to.
    fn databases(&self, found: Arc<dyn TableProvider>) -> Result<Arc<dyn TableProvider>> {
        let own = col("datname").eq(lit(&*self.database));
        let plan =
            LogicalPlanBuilder::scan("pg_database", provider_as_source(found), None)?.filter(own)?.build()?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }

    /// With what is said of the lake's tables and their columns.
    fn descriptions(&self, found: Arc<dyn TableProvider>) -> Result<Arc<dyn TableProvider>> {
        let tables = self.known.tables();
        let all = tables.descriptions();
        let class = tables.system("pg_class").unwrap_or_default();
        let numbers = |of: &dyn Fn(&(i64, i64, &str)) -> i64| -> ArrayRef {
            Arc::new(all.iter().map(|one| i32::try_from(of(one)).ok()).collect::<Int32Array>())
        };
        let texts: ArrayRef = Arc::new(all.iter().map(|(_, _, text)| Some(*text)).collect::<StringArray>());
        let columns = vec![numbers(&|one| one.0), numbers(&|_| class), numbers(&|one| one.1), texts];
        let names = ["objoid", "classoid", "objsubid", "description"];
        let ours = RecordBatch::try_from_iter(names.into_iter().zip(columns))?;
        let ours = provider_as_source(held(ours.schema(), Some(ours))?);
        let ours = LogicalPlanBuilder::scan("ours", ours, None)?.build()?;
        let plan = LogicalPlanBuilder::scan("pg_description", provider_as_source(found), None)?;
        let plan = plan.project(names.map(col))?.union(ours)?.build()?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }
}

/// The library has names there, with which a number cannot be compared.
fn without_numbers(found: Arc<dyn TableProvider>) -> Result<Arc<dyn TableProvider>> {
    let none = |name: &str| (name == "aggfnoid").then(|| cast(lit(ScalarValue::Null), DataType::Int32));
    changed("pg_aggregate", found, none, [])
}

/// The same table with other values in some columns, and with more columns.
fn changed(
    name: &str,
    found: Arc<dyn TableProvider>,
    change: impl Fn(&str) -> Option<Expr>,
    more: impl IntoIterator<Item = Expr>,
) -> Result<Arc<dyn TableProvider>> {
    let schema = found.schema();
    let columns = schema.fields().iter().map(|field| match change(field.name()) {
        Some(value) => value.alias(field.name()),
        None => col(field.name()),
    });
    let columns: Vec<Expr> = columns.chain(more).collect();
    let plan = LogicalPlanBuilder::scan(name, provider_as_source(found), None)?.project(columns)?.build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}

/// What `SHOW` answers to whoever has set nothing, in the library's columns.
fn settings_of(library: &Schema) -> Result<Arc<dyn TableProvider>> {
    let (names, values): (Vec<_>, Vec<_>) = settings::defaults().unzip();
    let fields = ["name", "setting"].map(|name| Field::new(name, DataType::Utf8, true));
    let columns: Vec<ArrayRef> =
        vec![Arc::new(StringArray::from(names)), Arc::new(StringArray::from(values))];
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), columns)?;
    let ours = held(batch.schema(), Some(batch))?;
    let nothing =
        |field: &Arc<Field>| cast(lit(ScalarValue::Null), field.data_type().clone()).alias(field.name());
    changed("pg_settings", ours, |_| None, library.fields().iter().skip(2).map(nothing))
}

pub(super) fn held(columns: SchemaRef, rows: Option<RecordBatch>) -> Result<Arc<dyn TableProvider>> {
    Ok(Arc::new(MemTable::try_new(columns, vec![rows.into_iter().collect()])?))
}

//! A view as SQL's catalog: schemas of tables, opened when they are first named.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use deltalake::datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use deltalake::datafusion::error::{DataFusionError, Result};
use deltalake::datafusion::logical_expr::TableType;
use tokio::sync::OnceCell;

use super::{past, unreadable};
use crate::{Lake, Pin, Table, TableName, View};

#[derive(Debug)]
pub(crate) struct Catalog {
    schemas: BTreeMap<String, Arc<Schema>>,
}

#[derive(Debug)]
pub(super) struct Schema {
    tables: BTreeMap<String, Arc<Entry>>,
}

/// A table, opened once when it is first named.
#[derive(Debug)]
pub(crate) struct Entry {
    lake: Lake,
    name: TableName,
    pin: Pin,
    at: Option<DateTime<Utc>>,
    table: OnceCell<Table>,
    provider: OnceCell<Arc<dyn TableProvider>>,
}

impl Catalog {
    /// `at`: the tables are seen as they were then, however new the versions are that the view has.
    pub(super) fn new(lake: &Lake, view: &View, at: Option<DateTime<Utc>>) -> Self {
        let entry = |(name, pin)| Arc::new(Entry { at, ..Entry::pinned(lake, name, pin) });
        Self::of(view.tables().map(entry))
    }

    pub(crate) fn of(entries: impl IntoIterator<Item = Arc<Entry>>) -> Self {
        let mut schemas: BTreeMap<String, BTreeMap<String, Arc<Entry>>> = BTreeMap::new();
        for entry in entries {
            let (schema, table) = (entry.name.schema().to_owned(), entry.name.table().to_owned());
            schemas.entry(schema).or_default().insert(table, entry);
        }
        let schemas = schemas.into_iter().map(|(name, tables)| (name, Arc::new(Schema { tables })));
        Self { schemas: schemas.collect() }
    }
}

/// SQL writes names without quotes in lower case, and ours keep their case: an exact match, else one in another case.
fn find<'a, T>(named: &'a BTreeMap<String, T>, name: &str) -> Option<&'a T> {
    named
        .get(name)
        .or_else(|| named.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, found)| found))
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        self.schemas.keys().cloned().collect()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        find(&self.schemas, name).map(|schema| Arc::clone(schema) as Arc<dyn SchemaProvider>)
    }
}

#[async_trait]
impl SchemaProvider for Schema {
    fn table_names(&self) -> Vec<String> {
        self.tables.keys().cloned().collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let (name, past) = past::split(name);
        match (find(&self.tables, name), past) {
            (Some(entry), None) => Ok(Some(unreadable::shown(entry.open().await))),
            (Some(entry), Some(past)) => entry.open_past(past).await.map(Some),
            (None, _) => Ok(None),
        }
    }

    /// Without opening it.
    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        Ok(self.table_exist(name).then_some(TableType::Base))
    }

    fn table_exist(&self, name: &str) -> bool {
        find(&self.tables, past::split(name).0).is_some()
    }
}

impl Schema {
    pub(super) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.tables.values()
    }
}

impl Entry {
    pub(crate) fn pinned(lake: &Lake, name: &TableName, pin: &Pin) -> Self {
        let (lake, name, pin) = (lake.clone(), name.clone(), pin.clone());
        Self { lake, name, pin, at: None, table: OnceCell::new(), provider: OnceCell::new() }
    }

    pub(crate) fn loaded(table: &Table) -> Self {
        let pin = Pin { line: table.line.clone(), version: table.version() };
        let loaded = OnceCell::new_with(Some(table.clone()));
        Self { table: loaded, ..Self::pinned(&table.lake, &table.name, &pin) }
    }

    async fn open(&self) -> Result<Arc<dyn TableProvider>> {
        let open = async || provided(self.table().await.map_err(external)?).await;
        self.provider.get_or_try_init(open).await.cloned()
    }

    pub(super) async fn table(&self) -> crate::Result<&Table> {
        self.table.get_or_try_init(|| self.seen()).await
    }

    async fn seen(&self) -> crate::Result<Table> {
        match self.at {
            Some(at) => self.past(self.lake.version_at(&self.name, &self.pin, at).await?).await,
            None => self.past(self.pin.version).await,
        }
    }

    /// As it was. That is asked for seldom, and not kept.
    async fn open_past(&self, past: &str) -> Result<Arc<dyn TableProvider>> {
        let past = async {
            let version = past::version(&self.lake, &self.name, &self.pin, past).await?;
            self.past(version).await
        };
        provided(&past.await.map_err(external)?).await
    }

    /// At a version that is kept: what is seen is.
    async fn past(&self, version: u64) -> crate::Result<Table> {
        let then = self.lake.table(&self.name, &self.pin.line, Some(version)).await?;
        if version < self.pin.version {
            let now = self.lake.table(&self.name, &self.pin.line, Some(self.pin.version)).await?;
            now.still_has(&then).await?;
        }
        Ok(then)
    }
}

async fn provided(table: &Table) -> Result<Arc<dyn TableProvider>> {
    let provider = table.delta.table_provider().await;
    provider.map(|provider| provider as Arc<dyn TableProvider>).map_err(external)
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

//! A view as SQL's catalog: schemas of tables, opened when they are first named.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use deltalake::datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use deltalake::datafusion::error::{DataFusionError, Result};
use tokio::sync::OnceCell;

use crate::{Lake, Pin, Table, TableName, View};

#[derive(Debug)]
pub(crate) struct Catalog {
    schemas: BTreeMap<String, Arc<Schema>>,
}

#[derive(Debug)]
struct Schema {
    tables: BTreeMap<String, Arc<Entry>>,
}

/// A table, opened once when it is first named.
#[derive(Debug)]
pub(crate) struct Entry {
    lake: Lake,
    name: TableName,
    pin: Pin,
    /// If it is loaded already.
    loaded: Option<Table>,
    provider: OnceCell<Arc<dyn TableProvider>>,
}

impl Catalog {
    pub(super) fn new(lake: &Lake, view: &View) -> Self {
        Self::of(view.tables().map(|(name, pin)| Arc::new(Entry::pinned(lake, name, pin))))
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
        match find(&self.tables, name) {
            Some(entry) => entry.open().await.map(Some),
            None => Ok(None),
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        find(&self.tables, name).is_some()
    }
}

impl Entry {
    pub(crate) fn pinned(lake: &Lake, name: &TableName, pin: &Pin) -> Self {
        let (lake, name, pin) = (lake.clone(), name.clone(), pin.clone());
        Self { lake, name, pin, loaded: None, provider: OnceCell::new() }
    }

    pub(crate) fn loaded(table: &Table) -> Self {
        let pin = Pin { line: table.line.clone(), version: table.version() };
        Self { loaded: Some(table.clone()), ..Self::pinned(&table.lake, &table.name, &pin) }
    }

    async fn open(&self) -> Result<Arc<dyn TableProvider>> {
        let open = async || {
            let table = match &self.loaded {
                Some(table) => Ok(table.clone()),
                None => self.lake.table(&self.name, &self.pin.line, Some(self.pin.version)).await,
            };
            let table = table.map_err(|error| DataFusionError::External(Box::new(error)))?;
            let provider = table.delta.table_provider().await;
            provider
                .map(|provider| provider as Arc<dyn TableProvider>)
                .map_err(|error| DataFusionError::External(Box::new(error)))
        };
        self.provider.get_or_try_init(open).await.cloned()
    }
}

//! A lake for a test, and short words for what tests do to it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deltalake::arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::datafusion::prelude::SessionContext;
use polder_lake::operations::{Batches, Design, Note};
use polder_lake::{BranchName, Intent, Lake, Line, Occasion, StorageOptions, Table, TableName};
use serde_json::json;

pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) lake: Lake,
}

pub(crate) fn name(text: &str) -> TableName {
    text.parse().unwrap()
}

pub(crate) fn branch(text: &str) -> BranchName {
    BranchName::new(text).unwrap()
}

pub(crate) fn schema() -> SchemaRef {
    let fields = vec![Field::new("id", DataType::Int64, false), Field::new("name", DataType::Utf8, true)];
    Arc::new(Schema::new(fields))
}

/// A row for each id.
pub(crate) fn rows(ids: impl IntoIterator<Item = i64>) -> Batches {
    let ids: Vec<i64> = ids.into_iter().collect();
    let names = StringArray::from_iter_values(ids.iter().map(|id| format!("n{id}")));
    let columns: Vec<Arc<dyn Array>> = vec![Arc::new(Int64Array::from(ids)), Arc::new(names)];
    Batches::of(vec![RecordBatch::try_new(schema(), columns).unwrap()])
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-20T03:00:00Z".parse().unwrap()
}

pub(crate) fn occasion(publish: &str) -> Occasion {
    Occasion { publish: publish.to_owned(), about: json!({"run": "r1"}), at: now() }
}

/// A new table of a lake, on a line, with these ids.
pub(crate) async fn table_in(
    lake: &Lake,
    table: &str,
    line: &Line,
    ids: impl IntoIterator<Item = i64>,
) -> Table {
    let table = lake.create(&name(table), line, &Design::new(schema()), &Note::default()).await.unwrap();
    table.append(rows(ids), &Note::default()).await.unwrap().0
}

/// The ids in a table, sorted.
pub(crate) async fn ids(table: &Table) -> Vec<i64> {
    let context = SessionContext::new();
    let provider = table.delta().table_provider().await.unwrap();
    context.register_table("t", provider).unwrap();
    let batches = context.sql("SELECT id FROM t ORDER BY id").await.unwrap().collect().await.unwrap();
    let ids = batches.iter().flat_map(|batch| {
        let column = batch.column(0).as_any().downcast_ref::<Int64Array>().unwrap();
        column.values().to_vec()
    });
    ids.collect()
}

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = url::Url::from_directory_path(folder.path()).unwrap();
        let lake = Lake::open(url.as_str(), &StorageOptions::default()).unwrap();
        Self { folder, lake }
    }

    /// A table on the main line with these ids.
    pub(crate) async fn table(&self, table: &str, ids: impl IntoIterator<Item = i64>) -> Table {
        self.table_on(table, &Line::main(), ids).await
    }

    pub(crate) async fn table_on(
        &self,
        table: &str,
        line: &Line,
        ids: impl IntoIterator<Item = i64>,
    ) -> Table {
        table_in(&self.lake, table, line, ids).await
    }

    /// As somebody sees it who knows nothing of Polder.
    pub(crate) async fn outside(&self, table: &str) -> Vec<i64> {
        let table = name(table);
        let folder = self.folder.path().join(table.schema()).join(table.table());
        let url = url::Url::from_directory_path(folder).unwrap();
        let delta = deltalake::open_table(url).await.unwrap();
        let context = SessionContext::new();
        context.register_table("t", delta.table_provider().await.unwrap()).unwrap();
        let batches = context.sql("SELECT id FROM t ORDER BY id").await.unwrap().collect().await.unwrap();
        let column = |batch: &RecordBatch| {
            batch.column(0).as_any().downcast_ref::<Int64Array>().unwrap().values().to_vec()
        };
        batches.iter().flat_map(column).collect()
    }

    pub(crate) async fn publish(&self, publish: &str, tables: &[&Table]) -> Intent {
        let mut staged = Vec::new();
        for table in tables {
            staged.extend(self.lake.stage(table, &occasion(publish)).await.unwrap());
        }
        let intent = Intent { publish: publish.to_owned(), tables: staged };
        self.lake.complete(&intent).await.unwrap();
        intent
    }
}

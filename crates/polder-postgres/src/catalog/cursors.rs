//! `pg_cursors`: what a session has declared. Drivers look there before they close a cursor.

use std::sync::{Arc, PoisonError, RwLock};

use deltalake::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray, new_null_array};
use deltalake::arrow::datatypes::{DataType, Field, SchemaRef};
use deltalake::datafusion::catalog::TableProvider;
use deltalake::datafusion::catalog::streaming::StreamingTable;
use deltalake::datafusion::error::Result;
use deltalake::datafusion::execution::{SendableRecordBatchStream, TaskContext};
use deltalake::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::datafusion::physical_plan::streaming::PartitionStream;

#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    pub(crate) name: String,
    pub(crate) statement: String,
}

/// Those that there are when a query begins to read.
#[derive(Debug, Clone, Default)]
pub(super) struct Cursors(Arc<RwLock<Vec<Cursor>>>);

#[derive(Debug)]
struct Listed {
    columns: SchemaRef,
    cursors: Cursors,
}

impl Cursors {
    pub(super) fn tell(&self, cursors: Vec<Cursor>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = cursors;
    }

    pub(super) fn table(&self, columns: SchemaRef) -> Result<Arc<dyn TableProvider>> {
        let listed = Listed { columns: Arc::clone(&columns), cursors: self.clone() };
        Ok(Arc::new(StreamingTable::try_new(columns, vec![Arc::new(listed)])?))
    }
}

impl Listed {
    fn rows(&self) -> Result<RecordBatch> {
        let cursors = self.cursors.0.read().unwrap_or_else(PoisonError::into_inner);
        let values = self.columns.fields().iter().map(|field| values(field, &cursors));
        Ok(RecordBatch::try_new(Arc::clone(&self.columns), values.collect())?)
    }
}

/// They go forward only and end with their transaction; when each was declared is not kept.
fn values(of: &Field, cursors: &[Cursor]) -> ArrayRef {
    let texts = |text: fn(&Cursor) -> &str| -> ArrayRef {
        Arc::new(cursors.iter().map(|cursor| Some(text(cursor))).collect::<StringArray>())
    };
    match (of.name().as_str(), of.data_type()) {
        ("name", _) => texts(|cursor| &cursor.name),
        ("statement", _) => texts(|cursor| &cursor.statement),
        (_, DataType::Boolean) => Arc::new(BooleanArray::from(vec![false; cursors.len()])),
        (_, other) => new_null_array(other, cursors.len()),
    }
}

impl PartitionStream for Listed {
    fn schema(&self) -> &SchemaRef {
        &self.columns
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = futures::stream::iter([self.rows()]);
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.columns), rows))
    }
}

//! One page after another, as the query takes them.

use std::sync::Arc;

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::arrow::error::ArrowError;
use deltalake::arrow::json::ReaderBuilder;
use deltalake::arrow::record_batch::RecordBatch;
use deltalake::datafusion::error::{DataFusionError, Result};
use deltalake::datafusion::execution::{SendableRecordBatchStream, TaskContext};
use deltalake::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::datafusion::physical_plan::streaming::PartitionStream;
use futures::stream;
use polder_types::wire::{OwnFilter, OwnPlace, OwnQuestion, OwnRows, OwnTable};
use serde::Serialize;

use super::OwnSource;

/// What is asked for at once: some hundred kilobytes.
const PAGE: u32 = 2000;

#[derive(Debug)]
pub(super) struct Pages {
    pub(super) table: OwnTable,
    pub(super) of: OwnFilter,
    pub(super) schema: SchemaRef,
    pub(super) source: Arc<dyn OwnSource>,
}

/// Which page comes next.
enum Next {
    First,
    At(OwnPlace),
    End,
}

/// What a page needs that is asked for without the query.
type Asking = (OwnTable, OwnFilter, SchemaRef, Arc<dyn OwnSource>);

impl PartitionStream for Pages {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let asking = (self.table, self.of.clone(), Arc::clone(&self.schema), Arc::clone(&self.source));
        let pages = stream::try_unfold((Next::First, asking), |(next, asking)| async move {
            let Some((batch, next)) = page(next, &asking).await? else { return Ok(None) };
            Ok(Some((batch, (next, asking))))
        });
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), pages))
    }
}

async fn page(next: Next, (table, of, schema, source): &Asking) -> Result<Option<(RecordBatch, Next)>> {
    let after = match next {
        Next::First => None,
        Next::At(place) => Some(place),
        Next::End => return Ok(None),
    };
    let question = OwnQuestion { table: *table, of: of.clone(), after, limit: PAGE };
    let page =
        source.page(question).await.map_err(|why| DataFusionError::Execution(format!("{table}: {why}")))?;
    let next = page.next.map_or(Next::End, Next::At);
    Ok(Some((batch(schema, &page.rows)?, next)))
}

fn batch(schema: &SchemaRef, rows: &OwnRows) -> Result<RecordBatch, ArrowError> {
    match rows {
        OwnRows::Runs(rows) => in_columns(schema, rows),
        OwnRows::Steps(rows) => in_columns(schema, rows),
        OwnRows::Events(rows) => in_columns(schema, rows),
    }
}

/// A field that is no column is a mistake of ours, and told.
fn in_columns<T: Serialize>(schema: &SchemaRef, rows: &[T]) -> Result<RecordBatch, ArrowError> {
    let reader =
        ReaderBuilder::new(Arc::clone(schema)).with_batch_size(rows.len().max(1)).with_strict_mode(true);
    let mut decoder = reader.build_decoder()?;
    decoder.serialize(rows)?;
    Ok(decoder.flush()?.unwrap_or_else(|| RecordBatch::new_empty(Arc::clone(schema))))
}

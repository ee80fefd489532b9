//! Sorts rows of any number within bounded memory: what does not fit goes to a temporary folder and is merged from there.

use std::fmt;
use std::sync::{Arc, Mutex};

use deltalake::arrow::compute::SortOptions;
use deltalake::arrow::datatypes::SchemaRef;
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::execution::{SendableRecordBatchStream, TaskContext};
use deltalake::datafusion::physical_expr::expressions::Column;
use deltalake::datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use deltalake::datafusion::physical_plan::ExecutionPlan;
use deltalake::datafusion::physical_plan::sorts::sort::SortExec;
use deltalake::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use deltalake::datafusion::prelude::SessionConfig;
use futures::{StreamExt, TryStreamExt};

use super::columns::Batches;
use crate::means::Means;
use crate::{Error, Result};

/// Merging has that part of the memory for itself: what is merged holds most of the rest, and grows with it.
const MERGING: usize = 8;

/// The rows ordered by columns, which are given by their place. Equal ones come in any order.
pub(crate) fn sorted(rows: Batches, by: &[(usize, SortOptions)], means: &Means) -> Result<Batches> {
    let schema = Arc::clone(rows.schema());
    let order = by.iter().map(|(index, options)| {
        let column = Column::new(schema.field(*index).name(), *index);
        PhysicalSortExpr::new(Arc::new(column), *options)
    });
    let Some(order) = LexOrdering::new(order) else { return Ok(rows) };
    let stream = execute(rows, order, means).map_err(Error::query)?;
    Ok(Batches::new(schema, stream.map_err(own)))
}

fn execute(
    rows: Batches,
    order: LexOrdering,
    means: &Means,
) -> Result<SendableRecordBatchStream, DataFusionError> {
    let schema = Arc::clone(rows.schema());
    let source = Arc::new(Once { schema: Arc::clone(&schema), rows: Mutex::new(Some(rows)) });
    let source = StreamingTableExec::try_new(schema, vec![source], None, [], false, None)?;
    let config = SessionConfig::new().with_sort_spill_reservation_bytes(means.memory / MERGING);
    let context = TaskContext::default().with_session_config(config).with_runtime(Arc::clone(&means.runtime));
    SortExec::new(order, Arc::new(source)).execute(0, Arc::new(context))
}

/// An error of ours that went through the engine, as it was.
pub(crate) fn own(error: DataFusionError) -> Error {
    match error {
        DataFusionError::External(inner) => match inner.downcast::<Error>() {
            Ok(own) => *own,
            Err(inner) => Error::query(DataFusionError::External(inner)),
        },
        other => Error::query(other),
    }
}

/// Rows that can be read once.
struct Once {
    schema: SchemaRef,
    rows: Mutex<Option<Batches>>,
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }
}

impl PartitionStream for Once {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let rows = self.rows.lock().ok().and_then(|mut rows| rows.take());
        let stream = rows.map_or_else(|| futures::stream::empty().boxed(), |rows| rows.stream);
        let stream = stream.map_err(|error| DataFusionError::External(Box::new(error)));
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), stream))
    }
}

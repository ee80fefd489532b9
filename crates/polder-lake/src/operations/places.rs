//! The rows of a table with the places where they are, as a table that SQL can ask.
//!
//! A statement that changes some rows is then a query: the places that it answers are those of the rows to take away, and what else
//! it answers are the rows to put there. So it means what the same condition means in a query, with nulls and with queries within it.

use std::fmt;
use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use deltalake::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use deltalake::datafusion::catalog::TableProvider;
use deltalake::datafusion::catalog::streaming::StreamingTable;
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::execution::{SendableRecordBatchStream, TaskContext};
use deltalake::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use deltalake::datafusion::physical_plan::streaming::PartitionStream;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};

use super::data_file::{DataFile, Files};
use super::predicate::Predicate;
use crate::{Error, Result, Table};

/// The file of a row, by its place in the log. No column of a table can be called so.
pub(crate) const FILE: &str = "\u{0}file";
/// Its group of rows in the upper half, and its place there in the lower one.
pub(crate) const ROW: &str = "\u{0}row";

impl Table {
    /// All rows with [`FILE`] and [`ROW`] behind their columns; without files that the log says hold none for which a condition is
    /// true, if it is one that the log can be asked.
    pub(crate) fn places(&self, condition: Option<&str>) -> Result<Arc<dyn TableProvider>> {
        let files = Arc::new(self.files()?);
        let condition = condition.and_then(|sql| Predicate::new(sql, &files.schema).ok());
        let may_hold = condition.map(|condition| condition.candidates(self)).transpose()?;
        let all = self.committed_files()?.into_iter().enumerate();
        let candidates = all.filter(|(place, _)| {
            may_hold.as_ref().is_none_or(|may_hold| may_hold.get(*place) != Some(&false))
        });
        let mut lanes: Vec<Vec<_>> = vec![Vec::new(); files.threads.max(1)];
        for (turn, file) in candidates.enumerate() {
            let lane = turn % lanes.len();
            lanes[lane].push(file);
        }
        let schema = with_places(&files.schema);
        let lanes = lanes.into_iter().map(|candidates| {
            let (files, schema) = (Arc::clone(&files), Arc::clone(&schema));
            Arc::new(Lane { files, schema, candidates }) as Arc<dyn PartitionStream>
        });
        let table = StreamingTable::try_new(Arc::clone(&schema), lanes.collect()).map_err(Error::query)?;
        Ok(Arc::new(table))
    }
}

fn with_places(schema: &Schema) -> SchemaRef {
    let places = [FILE, ROW].map(|name| Arc::new(Field::new(name, DataType::UInt64, false)));
    Arc::new(Schema::new(schema.fields().iter().cloned().chain(places).collect::<Vec<_>>()))
}

/// Some files, one after another.
struct Lane {
    files: Arc<Files>,
    schema: SchemaRef,
    candidates: Vec<(usize, DataFile)>,
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files of {}", self.candidates.len(), self.files.table)
    }
}

impl PartitionStream for Lane {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (files, schema) = (Arc::clone(&self.files), Arc::clone(&self.schema));
        let rows = futures::stream::iter(self.candidates.clone()).then(move |(place, file)| {
            let (files, schema) = (Arc::clone(&files), Arc::clone(&schema));
            async move { file_rows(files, schema, place, file).await }
        });
        let rows = rows.try_flatten().map_err(|error| DataFusionError::External(Box::new(error)));
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows))
    }
}

type Rows = BoxStream<'static, Result<RecordBatch>>;

async fn file_rows(files: Arc<Files>, schema: SchemaRef, place: usize, file: DataFile) -> Result<Rows> {
    let opened = Arc::new(files.open(&file, false).await?);
    let groups = 0..opened.metadata.metadata().num_row_groups();
    let rows = futures::stream::iter(groups).map(move |group| {
        let (files, file, schema) = (Arc::clone(&files), file.clone(), Arc::clone(&schema));
        let batches = files.read(&opened, vec![group], &files.stored)?;
        let mut first = (group as u64) << 32;
        let placed = batches.map(move |batch| {
            let batch = files.with_partition(&file, &batch?)?;
            let rows = batch.num_rows() as u64;
            first += rows;
            let in_file: ArrayRef = Arc::new(UInt64Array::from_value(place as u64, batch.num_rows()));
            let in_group: ArrayRef = Arc::new(UInt64Array::from_iter_values(first - rows..first));
            let columns = batch.columns().iter().cloned().chain([in_file, in_group]).collect();
            RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|error| files.wrong(error))
        });
        Ok::<_, Error>(placed)
    });
    Ok(rows.try_flatten().boxed())
}

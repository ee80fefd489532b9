//! Finds the rows of a file whose keys come in, by reading nothing but its keys, where they can be.

use std::sync::Arc;

use deltalake::arrow::array::{ArrayRef, RecordBatch};
use deltalake::arrow::datatypes::{Schema, SchemaRef};
use deltalake::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use futures::StreamExt;

use super::bounds::Bounds;
use super::data_file::{DataFile, Files, Opened};
use super::incoming::Chunk;
use super::key::Key;
use crate::Result;

/// A row whose key comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) row_group: usize,
    /// In its group.
    pub(crate) row: u32,
    /// The place of the row that comes in.
    pub(crate) place: u32,
}

/// All rows of a file whose keys are in a chunk, in their order.
pub(crate) async fn find(files: &Files, key: &Key, file: &DataFile, chunk: &Chunk) -> Result<Vec<Hit>> {
    let opened = files.open(file, false).await?;
    let columns = stored_columns(files, key);
    let mut hits = Vec::new();
    for row_group in row_groups(key, &opened, chunk) {
        let mut batches = files.read(&opened, vec![row_group], &columns)?;
        let mut row = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch?;
            let encoded = key.encode(&key_columns(files, key, file, &batch)?)?;
            let places = encoded.iter().map(|encoded| chunk.place(encoded.as_ref()));
            hits.extend(
                (row..).zip(places).filter_map(|(row, place)| Some(Hit { row_group, row, place: place? })),
            );
            row += u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
        }
    }
    Ok(hits)
}

fn stored_columns(files: &Files, key: &Key) -> SchemaRef {
    let is_stored = |name: &String| !files.partitions.contains(name);
    let fields = key.fields().iter().filter(|field| is_stored(field.name())).map(|field| {
        // A file from before the column was there holds no key.
        Arc::new(field.as_ref().clone().with_nullable(true))
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn key_columns(files: &Files, key: &Key, file: &DataFile, batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
    let column = |name: &String| match batch.column_by_name(name) {
        Some(column) => Ok(Arc::clone(column)),
        None => files.partition_value(file, name, batch.num_rows()),
    };
    key.fields().iter().map(|field| column(field.name())).collect()
}

/// Those that may hold a key that comes in.
fn row_groups(key: &Key, opened: &Opened, chunk: &Chunk) -> Vec<usize> {
    let bounds = Bounds::new(key.fields().iter().map(|field| {
        let found = opened.metadata.schema();
        let groups = || opened.metadata.metadata().row_groups().iter();
        let statistics =
            StatisticsConverter::try_new(field.name(), found, opened.metadata.parquet_schema()).ok()?;
        let (min, max) =
            (statistics.row_group_mins(groups()).ok()?, statistics.row_group_maxes(groups()).ok()?);
        (min.data_type() == field.data_type()).then_some((min, max))
    }));
    let all = 0..opened.metadata.metadata().num_row_groups();
    all.filter(|row_group| bounds.may_hold(*row_group, &chunk.columns)).collect()
}
